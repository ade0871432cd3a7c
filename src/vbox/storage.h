/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file storage.h
 * Storage pools and volumes. VirtualBox has no pools: a pool is a folder of images, and its definition is an
 * extra data of VirtualBox, so that every client of the same user sees the same pools. A volume is a file in
 * it; what can be made, copied and deleted is made, copied and deleted by VirtualBox where that is its image.
 */
#ifndef EB_VBOX_STORAGE_H
#define EB_VBOX_STORAGE_H

#include "vbox/machine_medium.h"

/* ---- Pools (pool.c) ---- */

/** A zeroed one is empty. */
struct vbox_pool {
    struct eb_pool_def *def; /* without sizes */
    bool active, autostart, persistent;
};
void vbox_pool_clear(struct vbox_pool *pool);
#define VBOX_AUTOPOOL EB_CLEANUP(vbox_pool_clear)
/** Gives the number of entries of *out, or -1. */
int vbox_pools_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_pool **out, eb_error *err);
void vbox_pools_free(struct vbox_pool *pools, size_t n);
/** EB_ERR_NO_STORAGE_POOL in libvirt's words. */
int vbox_pool_find(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, struct vbox_pool *out,
                   eb_error *err);
int vbox_pool_find_name(struct vbox_conn *c, IVirtualBox *vbox, const char *name, struct vbox_pool *out,
                        eb_error *err);
/** EB_ERR_OPERATION_INVALID unless the pool is active. */
int vbox_pool_need_active(const struct vbox_pool *pool, eb_error *err);
/** Gives a new file or folder the mode and owner that XML says. */
int vbox_set_permissions(const char *path, const struct eb_storage_permissions *permissions, eb_error *err);

extern const struct eb_driver_object_ops vbox_pool_ops;
int vbox_pool_get_info(eb_conn *conn, const struct eb_object_key *pool, eb_pool_info *out, eb_error *err);
int vbox_pool_refresh(eb_conn *conn, const struct eb_object_key *pool, unsigned flags, eb_error *err);
int vbox_pool_build(eb_conn *conn, const struct eb_object_key *pool, unsigned flags, eb_error *err);
int vbox_pool_delete(eb_conn *conn, const struct eb_object_key *pool, unsigned flags, eb_error *err);

/* ---- Volumes (volume.c, volume_make.c) ---- */

/** The volume of a key: its path, in a pool that is active. EB_ERR_NO_STORAGE_VOL when there is no such file.
 * The caller frees it. */
int vbox_volume_path(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_object_key *vol, char **out,
                     eb_error *err);
/** The key of the file `name` of the pool. */
void vbox_volume_key(const struct vbox_pool *pool, const char *name, struct eb_object_key *out);
/** EB_ERR_INVALID_ARG for what is no name of a file in a folder. */
int vbox_volume_check_name(const char *name, eb_error *err);
/** VirtualBox's word for a format of libvirt's that it can make images of, or NULL. */
const char *vbox_volume_format(const char *format);
/** The formats that it can make images of, libvirt's words; NULL behind the last. */
const char *vbox_volume_format_at(size_t i);

extern const struct eb_driver_object_ops vbox_volume_ops;
extern const struct eb_driver_storage_ops vbox_storage_ops;
int vbox_volume_create(eb_conn *conn, const struct eb_object_key *pool, const struct eb_volume_def *def,
                       const struct eb_object_key *from, unsigned flags, struct eb_object_key *out,
                       eb_error *err);
int vbox_volume_delete(eb_conn *conn, const struct eb_object_key *vol, unsigned flags, eb_error *err);

/** Copies bytes of a file to the same place in another one: 0, or -1 with errno. */
int vbox_copy_range(int in, int out, off_t at, off_t end) EB_MUST_CHECK;

/* ---- Their contents and sizes (volume_data.c, volume_size.c) ---- */

int vbox_volume_download(eb_conn *conn, const struct eb_object_key *vol, uint64_t offset, uint64_t length,
                         unsigned flags, eb_stream **out, eb_error *err);
int vbox_volume_upload(eb_conn *conn, const struct eb_object_key *vol, uint64_t offset, uint64_t length,
                       unsigned flags, eb_stream **out, eb_error *err);
int vbox_volume_resize(eb_conn *conn, const struct eb_object_key *vol, uint64_t capacity, unsigned flags,
                       eb_error *err);
int vbox_volume_wipe(eb_conn *conn, const struct eb_object_key *vol, unsigned algorithm, unsigned flags,
                     eb_error *err);
int vbox_block_resize(eb_conn *conn, eb_uuid uuid, const char *disk, uint64_t bytes, unsigned flags,
                      eb_error *err);
/** What VirtualBox counts media in: bytes since 4.0, MiB before. */
uint64_t vbox_size_unit(const struct vbox_conn *c);
/** Makes it larger; one that is as large already stays. */
int vbox_medium_grow(struct vbox_conn *c, IMedium *medium, uint64_t capacity, eb_error *err);
/** The medium of a path: known to VirtualBox or, for now, made known; then `*opened`, and the caller closes
 * it. */
int vbox_medium_open(struct vbox_conn *c, IVirtualBox *vbox, const char *path, IMedium **out, bool *opened,
                     eb_error *err);

/* ---- Files that VirtualBox knows (volume_use.c) ---- */

/** A zeroed one holds nothing. */
struct vbox_volume_hold {
    struct vbox_conn *c;
    IVirtualBox *vbox; /* the caller's */
    IMedium *medium;   /* NULL: VirtualBox does not know the file */
    enum vb_DeviceType type;
    char *path; /* as VirtualBox calls it */
    bool closed;
};
/** EB_ERR_OPERATION_INVALID for a file that a machine has or that others are differences to. */
int vbox_volume_hold(struct vbox_conn *c, IVirtualBox *vbox, const char *path, struct vbox_volume_hold *out,
                     eb_error *err);
/** VirtualBox forgets what it knows of it, until the release. */
int vbox_volume_close(struct vbox_volume_hold *hold, eb_error *err);
/** What was closed is opened anew, as what it is now. */
void vbox_volume_release(struct vbox_volume_hold *hold);
#define VBOX_AUTOHOLD EB_CLEANUP(vbox_volume_release)

/* ---- What pools there can be (pool_find.c) ---- */

int vbox_find_pool_sources(eb_conn *conn, const char *type, const char *spec, unsigned flags, char **xml,
                           eb_error *err);
int vbox_pool_lookup_target(eb_conn *conn, const char *path, struct eb_object_key *out, eb_error *err);
int vbox_pool_capabilities(eb_conn *conn, unsigned flags, char **xml, eb_error *err);

/* ---- Images (image.c) ---- */

/** What the head of a file says. */
struct vbox_image {
    const char *format; /* libvirt's word; "raw" for what has no head */
    uint64_t capacity;  /* bytes */
    uint64_t allocation;
    uint64_t physical; /* the file's size */
};
/** Reads at most the first sectors and the last. 0, or -1 with errno. */
int vbox_image_read(const char *path, struct vbox_image *out) EB_MUST_CHECK;

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file storage.h
 * The contents of storage volumes, and their sizes. Part of everbox.h, whose conventions hold; include that.
 */
#ifndef EVERBOX_STORAGE_H
#define EVERBOX_STORAGE_H

#include "everbox/everbox.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The active pool of this folder. virStoragePoolLookupByTargetPath. */
EB_API int eb_pool_lookup_by_target_path(eb_conn *conn, const char *path, eb_pool **out, eb_error *err);
/** Which pools and formats there can be. virConnectGetStoragePoolCapabilities. */
EB_API int eb_conn_get_pool_capabilities(eb_conn *conn, unsigned flags, char **xml, eb_error *err);

/** virStorageVolInfoFlags: `allocation` is the size of the volume's file, holes and all. */
enum { EB_VOLUME_GET_PHYSICAL = 1 << 0 };
EB_API int eb_volume_get_info_flags(eb_volume *vol, eb_volume_info *out, unsigned flags, eb_error *err);

/** virStorageVolResizeFlags. */
enum {
    EB_VOLUME_RESIZE_ALLOCATE = 1 << 0, /* with storage for what is new */
    EB_VOLUME_RESIZE_DELTA = 1 << 1,    /* `capacity` is by how much */
    EB_VOLUME_RESIZE_SHRINK = 1 << 2,   /* it may become smaller; with DELTA it does */
};
/** `capacity` in bytes. virStorageVolResize. */
EB_API int eb_volume_resize(eb_volume *vol, uint64_t capacity, unsigned flags, eb_error *err);

/** virStorageVolWipeAlgorithm. */
enum {
    EB_VOLUME_WIPE_ZERO = 0,
    EB_VOLUME_WIPE_NNSA = 1,
    EB_VOLUME_WIPE_DOD = 2,
    EB_VOLUME_WIPE_BSI = 3,
    EB_VOLUME_WIPE_GUTMANN = 4,
    EB_VOLUME_WIPE_SCHNEIER = 5,
    EB_VOLUME_WIPE_PFITZNER7 = 6,
    EB_VOLUME_WIPE_PFITZNER33 = 7,
    EB_VOLUME_WIPE_RANDOM = 8,
    EB_VOLUME_WIPE_TRIM = 9,
};
/** Nobody can read any more what the volume held. virStorageVolWipePattern. */
EB_API int eb_volume_wipe(eb_volume *vol, unsigned algorithm, unsigned flags, eb_error *err);

/**
 * The bytes of the volume's file, from `offset` on, `length` of them or (0) all that are there; it may change
 * meanwhile. virStorageVolDownload.
 */
EB_API int eb_volume_download(eb_volume *vol, uint64_t offset, uint64_t length, unsigned flags,
                              eb_stream **out, eb_error *err);
/**
 * New bytes for the volume's file, from `offset` on, `length` of them at most (0: as many as come). They take
 * their place when the stream is finished, which fails when they could not; until then, and when the stream
 * is aborted, the volume is as it was. virStorageVolUpload.
 */
EB_API int eb_volume_upload(eb_volume *vol, uint64_t offset, uint64_t length, unsigned flags, eb_stream **out,
                            eb_error *err);

/** virDomainBlockResizeFlags: `size` is of bytes, not KiB. */
enum { EB_BLOCK_RESIZE_BYTES = 1 << 0 };
/** The capacity of one of the domain's disks, by target or source. virDomainBlockResize. */
EB_API int eb_domain_block_resize(eb_domain *dom, const char *disk, uint64_t size, unsigned flags,
                                  eb_error *err);

#ifdef __cplusplus
}
#endif

#endif

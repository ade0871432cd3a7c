/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file save_file.h
 * The file of virDomainSave. VirtualBox's own saved state says nothing of the machine that it belongs to, so
 * it is wrapped:
 *
 *     offset  size
 *     0       16    "Everbox saved 1\n"
 *     16      4     length of the definition, big endian
 *     20      4     1: the domain was paused; else 0
 *     24      8     length of the state, big endian
 *     32      …     the definition: <domain> as XML (EB_XML_SECURE | EB_XML_INACTIVE)
 *     …       …     VirtualBox's saved state, as it is
 *
 * Numbers that do not fit the file are refused. The file is made beside its path and moved there when it is
 * whole.
 */
#ifndef EB_VBOX_SAVE_FILE_H
#define EB_VBOX_SAVE_FILE_H

#include "base/error.h"

struct vbox_save_header {
    char *xml; /* owned */
    bool paused;
    uint64_t state_offset, state_size;
};
void vbox_save_header_clear(struct vbox_save_header *h);
#define VBOX_AUTOHEADER EB_CLEANUP(vbox_save_header_clear)

/** A save file that is being made. A zeroed one is none. */
struct vbox_save_writer {
    int fd;
    char *path, *temporary;
};
/** Opens a file beside `path`, so that what cannot be written is known before the domain is touched. */
int vbox_save_open(const char *path, struct vbox_save_writer *out, eb_error *err);
/** Writes everything and flushes it to the disk, still beside its path. */
int vbox_save_write(struct vbox_save_writer *w, const char *xml, bool paused, const char *state_file,
                    eb_error *err);
/** Moves the file to its path. */
int vbox_save_commit(struct vbox_save_writer *w, eb_error *err);
/** Removes what was not moved to its path. */
void vbox_save_writer_clear(struct vbox_save_writer *w);
#define VBOX_AUTOWRITER EB_CLEANUP(vbox_save_writer_clear)

int vbox_save_read_header(const char *path, struct vbox_save_header *out, eb_error *err);
/** Copies the state out of `path` to a new file, which must not be there yet. */
int vbox_save_extract(const char *path, const struct vbox_save_header *h, const char *state_file,
                      eb_error *err);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file native_text.h
 * The text of a settings file, made such that VirtualBox can open it beside the machine that it was written
 * for: ids and paths of its own stand in for the real ones, which come back in what is read from it.
 */
#ifndef EB_VBOX_NATIVE_TEXT_H
#define EB_VBOX_NATIVE_TEXT_H

#include "base/error.h"

struct _xmlDoc;
struct _xmlNode;

/** Texts that stand for others. A zeroed one is empty. */
struct vbox_swaps {
    struct vbox_swap {
        char *stands, *meant;
    } * items;
    size_t n;
};
void vbox_swaps_add(struct vbox_swaps *swaps, const char *stands, const char *meant);
/** The text of XML with what is meant, escaped, in place of what stands for it, in the order in which they
 * were added. The caller frees it. */
char *vbox_swaps_undo(const struct vbox_swaps *swaps, const char *xml) EB_MUST_CHECK;
void vbox_swaps_clear(struct vbox_swaps *swaps);

/** An image that the file declares, at the path that stands for its own. */
struct vbox_native_image {
    char *path;
    enum vbox_native_kind { VBOX_NATIVE_DISK, VBOX_NATIVE_DVD, VBOX_NATIVE_FLOPPY } kind;
};
/** A settings file. A zeroed one is empty. */
struct vbox_native {
    struct _xmlDoc *doc;
    struct _xmlNode *machine; /* of `doc` */
    unsigned char uuid[16];
    char *name;
    struct vbox_native_image *images;
    size_t n_images;
    struct vbox_swaps swaps;
};
/** EB_ERR_XML_ERROR or EB_ERR_XML_DETAIL for what is no settings file, EB_ERR_CONFIG_UNSUPPORTED for an
 * encrypted one. */
int vbox_native_parse(const char *text, struct vbox_native *out, eb_error *err);
/**
 * Gives the machine a new id, the images that it declares new ids and paths below `folder`, and everything
 * in the folder `home`, in which the machine lives, a place in `folder`. Snapshots and the saved state, of
 * which no definition tells, are left out. The caller frees the text.
 */
char *vbox_native_hide(struct vbox_native *n, const char *home, const char *folder) EB_MUST_CHECK;
void vbox_native_clear(struct vbox_native *n);

#endif

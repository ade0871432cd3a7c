/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file marshal.h
 * Arguments between C and XPCOM, for the generated calls. In: memory that lives over the call, freed by the
 * cleanup attribute. Out: copies in malloc memory; VirtualBox's own is freed here.
 */
#ifndef EB_VBOX_COM_MARSHAL_H
#define EB_VBOX_COM_MARSHAL_H

#include "vbox/com/call.h"

/** XPCOM's nsID, Windows' GUID. */
struct vb_guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

struct vb_guid vb_guid_from_bytes(const unsigned char bytes[16]);
void vb_guid_to_bytes(const struct vb_guid *guid, unsigned char bytes[16]);

/**
 * UTF-8 to UTF-16, zero-terminated, the caller's to free; NULL when `s` is not UTF-8. *units (may be NULL):
 * without the zero.
 */
uint16_t *vb_utf16_from_utf8(const char *s, size_t *units) EB_MUST_CHECK;
/** The same for checked UTF-8, into `to`, which has room for strlen(s) + 1 units. Result: units without the
 * zero. */
size_t vb_utf16_put(uint16_t *to, const char *s);
/** UTF-16 to UTF-8; lone surrogates become U+FFFD; NULL gives "". The caller frees it. */
char *vb_utf16_to_utf8(const uint16_t *s) EB_MUST_CHECK;

/* In. Each refuses what it cannot pass with an error that names the parameter (its index). */

struct vb_in_wstring {
    uint16_t *s;
    uint16_t room[64];
};
int vb_in_wstring(const struct vb_call *call, unsigned param, const char *s, struct vb_in_wstring *in,
                  eb_error *err);
void vb_in_wstring_clear(struct vb_in_wstring *in);

int vb_in_uuid(const struct vb_call *call, unsigned param, const char *s, struct vb_guid *in, eb_error *err);
int vb_in_enum(const struct vb_call *call, unsigned param, unsigned value, uint32_t *in, eb_error *err);
/** A number for a parameter that is narrower in this installation. */
int vb_in_narrow(const struct vb_call *call, unsigned param, int64_t value, uint32_t *in, eb_error *err);

/** A converted array. */
struct vb_in_array {
    void *items;
    size_t n;
    bool owned; /* the items are pointers to free */
};
int vb_in_wstrings(const struct vb_call *call, unsigned param, size_t n, const char *const *items,
                   struct vb_in_array *in, eb_error *err);
int vb_in_uuids(const struct vb_call *call, unsigned param, size_t n, const char *const *items,
                struct vb_in_array *in, eb_error *err);
int vb_in_bools(const struct vb_call *call, unsigned param, size_t n, const bool *items,
                struct vb_in_array *in, eb_error *err);
int vb_in_enums(const struct vb_call *call, unsigned param, size_t n, const unsigned *items,
                struct vb_in_array *in, eb_error *err);
void vb_in_array_clear(struct vb_in_array *in);
/** An array that goes as it is. VirtualBox refuses a NULL one, also where it is empty. */
const void *vb_in_items(const void *items);

/* Out. */

/** Never NULL. */
char *vb_out_wstring(const struct vb_call *call, uint16_t *s) EB_MUST_CHECK;
char *vb_out_string(const struct vb_call *call, char *s) EB_MUST_CHECK;
char *vb_out_uuid(const struct vb_call *call, struct vb_guid *guid) EB_MUST_CHECK;
unsigned vb_out_enum(const struct vb_call *call, unsigned param, uint32_t number) EB_MUST_CHECK;

void vb_out_wstrings(const struct vb_call *call, uint32_t n, uint16_t **items, size_t *out_n, char ***out);
void vb_out_uuids(const struct vb_call *call, uint32_t n, struct vb_guid **items, size_t *out_n, char ***out);
void vb_out_bools(const struct vb_call *call, uint32_t n, int32_t *items, size_t *out_n, bool **out);
void vb_out_enums(const struct vb_call *call, unsigned param, uint32_t n, uint32_t *items, size_t *out_n,
                  unsigned **out);
/** Numbers and objects: `size` bytes each, as they are. Gives NULL for none. */
void *vb_out_items(const struct vb_call *call, uint32_t n, void *items, size_t size,
                   size_t *out_n) EB_MUST_CHECK;

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/marshal.h"

#include "base/error.h"
#include "base/uuid.h"
#include "vbox/com/known.h"

/** "IMachine.setGuestProperty: parameter 'value'" */
static int refuse(const struct vb_call *call, unsigned param, const char *why, eb_error *err)
{
    const struct vb_known_member *known = &vb_known_members[call->member];

    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INVALID_ARG, "%s: parameter '%s' %s",
                             vb_member_name(call->member), known->params[param].name, why);
}

/* ---- ids ---- */

struct vb_guid vb_guid_from_bytes(const unsigned char bytes[16])
{
    struct vb_guid g;

    g.a = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    g.b = (uint16_t)(bytes[4] << 8 | bytes[5]);
    g.c = (uint16_t)(bytes[6] << 8 | bytes[7]);
    memcpy(g.d, bytes + 8, 8);
    return g;
}

void vb_guid_to_bytes(const struct vb_guid *guid, unsigned char bytes[16])
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(guid->a >> (24 - 8 * i));
    bytes[4] = (unsigned char)(guid->b >> 8);
    bytes[5] = (unsigned char)guid->b;
    bytes[6] = (unsigned char)(guid->c >> 8);
    bytes[7] = (unsigned char)guid->c;
    memcpy(bytes + 8, guid->d, 8);
}

int vb_in_uuid(const struct vb_call *call, unsigned param, const char *s, struct vb_guid *in, eb_error *err)
{
    unsigned char bytes[16] = {0};

    /* the null id is what an empty string is in the releases that pass ids as strings */
    if (s && *s && !eb_uuid_parse(s, bytes))
        return refuse(call, param, "is not a UUID", err);
    *in = vb_guid_from_bytes(bytes);
    return 0;
}

static char *guid_text(const struct vb_guid *guid)
{
    unsigned char bytes[16];
    char text[EB_UUID_STRLEN + 1];

    if (!guid)
        return eb_strdup("");
    vb_guid_to_bytes(guid, bytes);
    eb_uuid_format(bytes, text);
    return eb_strdup(text);
}

static void com_free(const struct vb_call *call, void *memory)
{
    if (memory)
        vb_com_unalloc(call->vb, memory);
}

char *vb_out_uuid(const struct vb_call *call, struct vb_guid *guid)
{
    char *out = guid_text(guid);

    com_free(call, guid);
    return out;
}

/* ---- strings ---- */

int vb_in_wstring(const struct vb_call *call, unsigned param, const char *s, struct vb_in_wstring *in,
                  eb_error *err)
{
    size_t n;

    in->s = NULL;
    if (!s)
        return 0;
    n = strlen(s);
    if (!eb_utf8_valid(s, n))
        return refuse(call, param, "is not UTF-8", err);
    in->s = n < EB_ARRAY_SIZE(in->room) ? in->room : eb_calloc(n + 1, sizeof(*in->s));
    vb_utf16_put(in->s, s);
    return 0;
}

void vb_in_wstring_clear(struct vb_in_wstring *in)
{
    if (in->s != in->room)
        free(in->s);
}

char *vb_out_wstring(const struct vb_call *call, uint16_t *s)
{
    char *out = vb_utf16_to_utf8(s);

    com_free(call, s);
    return out;
}

char *vb_out_string(const struct vb_call *call, char *s)
{
    char *out = eb_strdup(s ? s : "");

    com_free(call, s);
    return out;
}

/* ---- numbers and enums ---- */

int vb_in_narrow(const struct vb_call *call, unsigned param, int64_t value, uint32_t *in, eb_error *err)
{
    if (value < 0 || value > UINT32_MAX)
        return refuse(call, param, "is out of this VirtualBox's range", err);
    *in = (uint32_t)value;
    return 0;
}

int vb_in_enum(const struct vb_call *call, unsigned param, unsigned value, uint32_t *in, eb_error *err)
{
    enum vb_enum_id id = vb_known_members[call->member].params[param].enum_id;

    if (vb_binding_enum_number(call->binding, id, (int)value, in))
        return 0;
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT, "VirtualBox %u.%u has no %s_%s",
                             call->vb->version / 1000000, call->vb->version / 1000 % 1000,
                             vb_known_enums[id].names[0], vb_enum_name(id, (int)value));
}

unsigned vb_out_enum(const struct vb_call *call, unsigned param, uint32_t number)
{
    return (unsigned)vb_binding_enum_value(call->binding,
                                           vb_known_members[call->member].params[param].enum_id, number);
}

/* ---- arrays in ---- */

const void *vb_in_items(const void *items)
{
    static const uint64_t none = 0;

    return items ? items : &none;
}

/** Room for the converted items; never NULL. */
static void *in_array(struct vb_in_array *in, size_t n, size_t size, bool owned)
{
    in->items = eb_calloc(n ? n : 1, size);
    in->n = n;
    in->owned = owned;
    return in->items;
}

void vb_in_array_clear(struct vb_in_array *in)
{
    void **items = in->items;

    for (size_t i = 0; in->owned && i < in->n; i++)
        free(items[i]);
    free(items);
}

int vb_in_wstrings(const struct vb_call *call, unsigned param, size_t n, const char *const *items,
                   struct vb_in_array *in, eb_error *err)
{
    uint16_t **out = in_array(in, n, sizeof(*out), true);

    for (size_t i = 0; i < n; i++) {
        out[i] = vb_utf16_from_utf8(items[i] ? items[i] : "", NULL);
        if (!out[i])
            return refuse(call, param, "has a string that is not UTF-8", err);
    }
    return 0;
}

int vb_in_uuids(const struct vb_call *call, unsigned param, size_t n, const char *const *items,
                struct vb_in_array *in, eb_error *err)
{
    struct vb_guid **out = in_array(in, n, sizeof(*out), true);

    for (size_t i = 0; i < n; i++) {
        out[i] = EB_NEW(struct vb_guid);
        if (vb_in_uuid(call, param, items[i], out[i], err) < 0)
            return -1;
    }
    return 0;
}

int vb_in_bools(const struct vb_call *call, unsigned param, size_t n, const bool *items,
                struct vb_in_array *in, eb_error *err)
{
    int32_t *out = in_array(in, n, sizeof(*out), false);

    (void)call, (void)param, (void)err;
    for (size_t i = 0; i < n; i++)
        out[i] = items[i];
    return 0;
}

int vb_in_enums(const struct vb_call *call, unsigned param, size_t n, const unsigned *items,
                struct vb_in_array *in, eb_error *err)
{
    uint32_t *out = in_array(in, n, sizeof(*out), false);

    for (size_t i = 0; i < n; i++)
        if (vb_in_enum(call, param, items[i], &out[i], err) < 0)
            return -1;
    return 0;
}

/* ---- arrays out ---- */

void *vb_out_items(const struct vb_call *call, uint32_t n, void *items, size_t size, size_t *out_n)
{
    void *out = NULL;

    *out_n = items ? n : 0;
    if (*out_n)
        out = memcpy(eb_calloc(n, size), items, n * size);
    com_free(call, items);
    return out;
}

void vb_out_wstrings(const struct vb_call *call, uint32_t n, uint16_t **items, size_t *out_n, char ***out)
{
    *out_n = items ? n : 0;
    *out = *out_n ? eb_calloc(n, sizeof(**out)) : NULL;
    for (size_t i = 0; i < *out_n; i++)
        (*out)[i] = vb_out_wstring(call, items[i]);
    com_free(call, items);
}

void vb_out_uuids(const struct vb_call *call, uint32_t n, struct vb_guid **items, size_t *out_n, char ***out)
{
    *out_n = items ? n : 0;
    *out = *out_n ? eb_calloc(n, sizeof(**out)) : NULL;
    for (size_t i = 0; i < *out_n; i++)
        (*out)[i] = vb_out_uuid(call, items[i]);
    com_free(call, items);
}

void vb_out_bools(const struct vb_call *call, uint32_t n, int32_t *items, size_t *out_n, bool **out)
{
    *out_n = items ? n : 0;
    *out = *out_n ? eb_calloc(n, sizeof(**out)) : NULL;
    for (size_t i = 0; i < *out_n; i++)
        (*out)[i] = items[i] != 0;
    com_free(call, items);
}

void vb_out_enums(const struct vb_call *call, unsigned param, uint32_t n, uint32_t *items, size_t *out_n,
                  unsigned **out)
{
    *out_n = items ? n : 0;
    *out = *out_n ? eb_calloc(n, sizeof(**out)) : NULL;
    for (size_t i = 0; i < *out_n; i++)
        (*out)[i] = vb_out_enum(call, param, items[i]);
    com_free(call, items);
}

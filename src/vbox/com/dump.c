/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/dump.h"
#include "base/uuid.h"

#define RESERVED_ATTR "InternalAndReservedAttribute"
#define RESERVED_METHOD "InternalAndReservedMethod"

static const char *type_name(const struct vb_tl_param *p)
{
    static const char *const names[] = {
        [VB_T_VOID] = "void",
        [VB_T_BOOL] = "bool",
        [VB_T_I8] = "i8",
        [VB_T_U8] = "u8",
        [VB_T_I16] = "i16",
        [VB_T_U16] = "u16",
        [VB_T_I32] = "i32",
        [VB_T_U32] = "u32",
        [VB_T_I64] = "i64",
        [VB_T_U64] = "u64",
        [VB_T_FLOAT] = "float",
        [VB_T_DOUBLE] = "double",
        [VB_T_CHAR] = "char",
        [VB_T_WCHAR] = "wchar",
        [VB_T_STRING] = "string",
        [VB_T_WSTRING] = "wstring",
        [VB_T_UUID] = "uuid",
        [VB_T_PTR] = "ptr",
        [VB_T_INTERFACE_IS] = "ptr",
    };

    if (p->kind == VB_T_INTERFACE)
        return !p->iface || strcmp(p->iface, "nsISupports") == 0 ? "unknown" : p->iface;
    if (p->kind == VB_T_VOID && p->pointer)
        return "ptr";
    return names[p->kind];
}

static bool is_raw_pointer(const struct vb_tl_param *p)
{
    return p->pointer && !p->array && p->kind >= VB_T_BOOL && p->kind <= VB_T_WCHAR;
}

static void add_type(struct eb_strbuf *out, const struct vb_tl_param *p)
{
    eb_strbuf_printf(out, "%s%s", type_name(p), p->array ? "[]" : is_raw_pointer(p) ? "*" : "");
}

/* The count of an array comes with the array: it has no words of its own. */
static bool is_count(const struct vb_tl_method *m, unsigned i)
{
    for (unsigned k = 0; k < m->n_params; k++)
        if (m->params[k].array && m->params[k].count_arg == i)
            return true;
    return false;
}

static void add_params(struct eb_strbuf *out, const struct vb_tl_method *m)
{
    const char *separator = " ";

    for (unsigned i = 0, n = 0; i < m->n_params; i++) {
        const struct vb_tl_param *p = &m->params[i];

        if (is_count(m, i))
            continue;
        eb_strbuf_printf(out, "%s%s ", separator,
                         p->retval         ? "ret"
                         : p->in && p->out ? "inout"
                         : p->out          ? "out"
                                           : "in");
        add_type(out, p);
        eb_strbuf_printf(out, " p%u", n++);
        separator = ", ";
    }
}

/* How many members from `at` on are reserved ones of the kind that starts with `prefix`. */
static unsigned reserved_run(const struct vb_tl_interface *iface, unsigned at, const char *prefix)
{
    unsigned n = 0;

    while (at + n < iface->n_methods && eb_starts_with(iface->methods[at + n].name, prefix))
        n++;
    return n;
}

static void add_attribute(const struct vb_tl_interface *iface, unsigned at, bool writable,
                          struct eb_strbuf *out)
{
    const struct vb_tl_method *m = &iface->methods[at];

    eb_strbuf_printf(out, "  attr %s ", writable ? "rw" : "ro");
    if (m->n_params > 0)
        add_type(out, &m->params[m->n_params - 1]);
    eb_strbuf_printf(out, " %s%s\n", m->name, m->notxpcom ? " direct" : "");
}

static void add_members(const struct vb_tl_interface *iface, struct eb_strbuf *out)
{
    unsigned i = 0;

    while (i < iface->n_methods) {
        const struct vb_tl_method *m = &iface->methods[i], *next = i + 1 < iface->n_methods ? m + 1 : NULL;
        unsigned n;

        if ((n = reserved_run(iface, i, RESERVED_ATTR))) {
            eb_strbuf_printf(out, "  reserved %u attr\n", n);
        } else if ((n = reserved_run(iface, i, RESERVED_METHOD))) {
            eb_strbuf_printf(out, "  reserved %u method\n", n);
        } else if (m->getter) {
            bool writable = next && next->setter && strcmp(next->name, m->name) == 0;

            add_attribute(iface, i, writable, out);
            n = writable ? 2 : 1;
        } else {
            eb_strbuf_printf(out, "  %s %s", m->setter ? "setter" : "method", m->name);
            add_params(out, m);
            eb_strbuf_printf(out, "%s%s\n", m->hidden ? " native" : "", m->notxpcom ? " direct" : "");
            n = 1;
        }
        i += n;
    }
}

static bool is_enum(const struct vb_tl_interface *iface)
{
    return iface->n_consts > 0 && iface->n_methods == 0;
}

static void add_interface(const struct vb_tl_interface *iface, struct eb_strbuf *out)
{
    char iid[EB_UUID_STRLEN + 1];

    if (is_enum(iface)) {
        eb_strbuf_printf(out, "enum %s", iface->name);
        for (unsigned i = 0; i < iface->n_consts; i++)
            eb_strbuf_printf(out, " %s=%u", iface->consts[i].name, iface->consts[i].value);
        eb_strbuf_addc(out, '\n');
        return;
    }
    eb_uuid_format(iface->iid, iid);
    eb_strbuf_printf(out, "interface %s iid %s base %s slots %u\n", iface->name, iid,
                     iface->parent_name ? iface->parent_name : "-", iface->n_methods);
    add_members(iface, out);
}

void vb_dump_interface(const struct vb_typelib *tl, const char *name, struct eb_strbuf *out)
{
    const struct vb_tl_interface *iface = vb_typelib_find(tl, name);

    if (iface && iface->resolved)
        add_interface(iface, out);
}

void vb_dump_typelib(const struct vb_typelib *tl, struct eb_strbuf *out)
{
    for (int enums = 1; enums >= 0; enums--)
        for (unsigned i = 0; i < tl->n_interfaces; i++)
            if (tl->interfaces[i].resolved && !tl->interfaces[i].builtin &&
                is_enum(&tl->interfaces[i]) == enums)
                add_interface(&tl->interfaces[i], out);
}

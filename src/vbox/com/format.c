/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call's arguments as text, for the trace. */
#include "vbox/com/call.h"
#include "vbox/com/known.h"

enum { MAX_TEXT = 120, MAX_ITEMS = 8 };

static bool secret(const char *name)
{
    return strcasestr(name, "password") || strcasestr(name, "secret");
}

static void add_string(struct eb_strbuf *text, const char *s)
{
    size_t n = s ? strlen(s) : 0;

    if (!s) {
        eb_strbuf_add(text, "null");
        return;
    }
    eb_strbuf_addc(text, '"');
    for (size_t i = 0; i < n && i < MAX_TEXT; i++) {
        if (s[i] == '\n')
            eb_strbuf_add(text, "\\n");
        else
            eb_strbuf_addc(text, s[i]);
    }
    eb_strbuf_add(text, n > MAX_TEXT ? "…\"" : "\"");
}

/** One value; *size is that of its C type. `value` NULL: the size alone. */
static void add_value(struct eb_strbuf *text, const struct vb_known_param *p, const void *value, size_t *size)
{
    switch (p->kind) {
    case 'b':
        *size = sizeof(bool);
        if (value)
            eb_strbuf_add(text, *(const bool *)value ? "true" : "false");
        break;
    case 'B':
        *size = 1;
        if (value)
            eb_strbuf_printf(text, "%u", *(const uint8_t *)value);
        break;
    case 'h':
    case 'H':
        *size = 2;
        if (value)
            eb_strbuf_printf(text, "%d", p->kind == 'h' ? *(const int16_t *)value : *(const uint16_t *)value);
        break;
    case 'i':
        *size = 4;
        if (value)
            eb_strbuf_printf(text, "%d", *(const int32_t *)value);
        break;
    case 'u':
        *size = 4;
        if (value)
            eb_strbuf_printf(text, "%u", *(const uint32_t *)value);
        break;
    case 'l':
        *size = 8;
        if (value)
            eb_strbuf_printf(text, "%lld", (long long)*(const int64_t *)value);
        break;
    case 'e':
        *size = sizeof(unsigned);
        if (value)
            eb_strbuf_add(text, vb_enum_name((enum vb_enum_id)p->enum_id, *(const int *)value));
        break;
    case 's':
        *size = sizeof(char *);
        if (value && secret(p->name))
            eb_strbuf_add(text, "***");
        else if (value)
            add_string(text, *(char *const *)value);
        break;
    default:
        *size = sizeof(void *);
        if (value)
            eb_strbuf_printf(text, "%p", *(void *const *)value);
        break;
    }
}

static void add_array(struct eb_strbuf *text, const struct vb_known_param *p, size_t n, const char *items)
{
    size_t size;

    add_value(text, p, NULL, &size);
    eb_strbuf_addc(text, '[');
    for (size_t i = 0; i < n && i < MAX_ITEMS; i++) {
        if (i)
            eb_strbuf_add(text, ", ");
        add_value(text, p, items + i * size, &size);
    }
    if (n > MAX_ITEMS)
        eb_strbuf_printf(text, ", … %zu in all", n);
    eb_strbuf_addc(text, ']');
}

void vb_call_format(const struct vb_call *call, void *const *args, bool out, struct eb_strbuf *text)
{
    const struct vb_known_member *known = &vb_known_members[call->member];
    bool first = true;

    for (unsigned i = 0; i < known->n_params; i++) {
        const struct vb_known_param *p = &known->params[i];
        size_t size;

        if (p->out == out) {
            eb_strbuf_printf(text, "%s%s=", first ? "" : ", ", p->name);
            first = false;
            if (p->array)
                add_array(text, p, *(const size_t *)args[0], *(const char *const *)args[1]);
            else
                add_value(text, p, args[0], &size);
        }
        args += p->array ? 2 : 1;
    }
}

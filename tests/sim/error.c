/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IVirtualBoxErrorInfo, which is an nsIException too. */
#include <stdio.h>

#include "model.h"

struct object *error_new(uint32_t rc, const char *component, const char *text)
{
    struct object *o = object_new("IVirtualBoxErrorInfo");
    EB_AUTOFREE char *name = eb_strdup(component);
    const struct sim_iface *iface;

    /* the classes have been wrapped since 5.0 */
    if (release->numeric < 5000000 && eb_ends_with(name, "Wrap"))
        name[strlen(name) - 4] = '\0';
    o->view = VIEW_OWN;
    o->own = node_new("Error", NULL);
    node_set_num(o->own, "resultCode", (int32_t)rc);
    node_set_num(o->own, "result", (int64_t)rc);
    node_set(o->own, "resultDetail", "0");
    node_set(o->own, "component", name);
    node_set(o->own, "text", text);
    node_set(o->own, "message", text);
    name[strcspn(name, " ")] = '\0';
    if (eb_ends_with(name, "Wrap"))
        name[strlen(name) - 4] = '\0';
    {
        EB_AUTOFREE char *full = eb_asprintf("I%s", eb_streq(name, "SessionMachine") ? "Machine" : name);
        const unsigned char *b;

        iface = sim_iface_named(release, full);
        if (iface) {
            EB_AUTOFREE char *id = NULL;

            b = iface->iid;
            id = eb_asprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                             b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                             b[14], b[15]);
            node_set(o->own, "interfaceID", id);
        } else {
            node_set(o->own, "interfaceID", "00000000-0000-0000-0000-000000000000");
        }
    }
    return o;
}

static uint32_t get_next(struct call *c)
{
    ret_obj(c, NULL);
    return S_OK;
}

static uint32_t to_string(struct call *c)
{
    ret_str(c, node_get(c->self->own, "text"));
    return S_OK;
}

static uint32_t get_name(struct call *c)
{
    ret_str(c, "");
    return S_OK;
}

static uint32_t get_line(struct call *c)
{
    ret_num(c, 0);
    return S_OK;
}

const struct member error_members[] = {
    {"IVirtualBoxErrorInfo.next", get_next}, {"nsIException.toString", to_string},
    {"nsIException.name", get_name},         {"nsIException.filename", get_name},
    {"nsIException.lineNumber", get_line},   {"nsIException.columnNumber", get_line},
    {"nsIException.inner", get_next},        {NULL, NULL},
};

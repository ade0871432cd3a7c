/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file object.h
 * Handles of networks, pools, volumes, interfaces and node devices: one structure and one set of calls; the
 * typed functions of the public API (network.c …) say which kind they are of. For src/core alone.
 */
#ifndef EB_CORE_OBJECT_H
#define EB_CORE_OBJECT_H

#include "core/conn.h"

struct eb_object {
    atomic_int refs;
    eb_conn *conn;
    enum eb_object_kind kind;
    struct eb_object_key key; /* never changes */
};
/* Each has the object alone, so that a list of handles of one type is a list of objects. */
struct eb_network {
    struct eb_object object;
};
struct eb_pool {
    struct eb_object object;
};
struct eb_volume {
    struct eb_object object;
};
struct eb_iface {
    struct eb_object object;
};
struct eb_nodedev {
    struct eb_object object;
};

/** Takes the strings of the key. */
struct eb_object *eb_object_new(eb_conn *conn, enum eb_object_kind kind, struct eb_object_key *key);
void eb_object_unref(struct eb_object *object);

/** Says which bits of a list's flags are a choice of which; 0 for none. */
struct eb_object_filters {
    unsigned active, inactive, persistent, transient, autostart, no_autostart;
    unsigned own; /* what eb_object_summary.filters has */
};
/** `function` is libvirt's. `out` may be NULL: only the number is asked for. */
int eb_object_list(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *in, unsigned flags,
                   const struct eb_object_filters *filters, const char *function, struct eb_object ***out,
                   eb_error *err);
/** A handle from what an operation of the driver gave: `result` and `key`. `out` may be NULL. */
int eb_object_give(eb_conn *conn, enum eb_object_kind kind, int result, struct eb_object_key *key,
                   struct eb_object **out, eb_error *err);

/* The calls that kinds have in common. */
int eb_object_lookup_name(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *in,
                          const char *name, struct eb_object **out, eb_error *err);
int eb_object_lookup_uuid(eb_conn *conn, enum eb_object_kind kind, const unsigned char *uuid,
                          struct eb_object **out, eb_error *err);
int eb_object_lookup_uuid_string(eb_conn *conn, enum eb_object_kind kind, const char *text,
                                 struct eb_object **out, eb_error *err);
int eb_object_is_active(struct eb_object *object, eb_error *err);
int eb_object_is_persistent(struct eb_object *object, eb_error *err);
int eb_object_get_xml(struct eb_object *object, unsigned flags, char **xml, eb_error *err);
int eb_object_get_autostart(struct eb_object *object, eb_error *err);
int eb_object_set_autostart(struct eb_object *object, int autostart, eb_error *err);
int eb_object_define_xml(eb_conn *conn, enum eb_object_kind kind, const char *xml, unsigned flags,
                         struct eb_object **out, eb_error *err);
int eb_object_create_xml(eb_conn *conn, enum eb_object_kind kind, const char *xml, unsigned flags,
                         struct eb_object **out, eb_error *err);
int eb_object_start(struct eb_object *object, unsigned flags, eb_error *err);
int eb_object_destroy(struct eb_object *object, unsigned flags, eb_error *err);
int eb_object_undefine(struct eb_object *object, eb_error *err);

/** As EB_CALL, for an operation of a group that a driver may have nothing of. */
#define EB_CALL_GROUP(conn, function, group, op, ...)                                                        \
    ((conn)->driver->group && (conn)->driver->group->op                                                      \
         ? eb_driver_result((conn), (conn)->driver->group->op(__VA_ARGS__), err)                             \
         : eb_no_support((conn), (function), err))
/** The definition, for what is read from it. `function` is libvirt's. */
int eb_object_get_def(struct eb_object *object, const char *function, struct eb_object_def **out,
                      eb_error *err);

/** What every type has: from_key, ref, unref, get_conn, get_name. */
#define EB_DEFINE_HANDLE(type, object_kind)                                                                  \
    type *type##_from_key(eb_conn *conn, struct eb_object_key *key)                                          \
    {                                                                                                        \
        return (type *)eb_object_new(conn, (object_kind), key);                                              \
    }                                                                                                        \
    type *type##_ref(type *handle)                                                                           \
    {                                                                                                        \
        atomic_fetch_add(&handle->object.refs, 1);                                                           \
        return handle;                                                                                       \
    }                                                                                                        \
    void type##_unref(type *handle)                                                                          \
    {                                                                                                        \
        eb_object_unref((struct eb_object *)handle);                                                         \
    }                                                                                                        \
    eb_conn *type##_get_conn(type *handle)                                                                   \
    {                                                                                                        \
        return handle->object.conn;                                                                          \
    }                                                                                                        \
    const char *type##_get_name(type *handle)                                                                \
    {                                                                                                        \
        return handle->object.key.name;                                                                      \
    }

#endif

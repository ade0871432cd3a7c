/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/object.h"
#include "model/validate.h"

#include <stdio.h>

/* How libvirt's functions of each kind begin. */
static const char *const prefixes[EB_OBJECT_LAST] = {
    [EB_OBJECT_NETWORK] = "virNetwork",    [EB_OBJECT_POOL] = "virStoragePool",
    [EB_OBJECT_VOLUME] = "virStorageVol",  [EB_OBJECT_IFACE] = "virInterface",
    [EB_OBJECT_NODEDEV] = "virNodeDevice",
};

enum { FUNCTION_LEN = 64 };

/* `function` has FUNCTION_LEN bytes. */
static const char *name_function(char *function, enum eb_object_kind kind, const char *call)
{
    snprintf(function, FUNCTION_LEN, "%s%s", prefixes[kind], call);
    return function;
}

static const struct eb_driver_object_ops no_operations;

static const struct eb_driver_object_ops *operations(const eb_conn *conn, enum eb_object_kind kind)
{
    return conn->driver->object[kind] ? conn->driver->object[kind] : &no_operations;
}

/** As EB_CALL for an operation of the kind; `call` is the end of libvirt's name. */
#define CALL(conn, kind, call, op, ...)                                                                      \
    (operations(conn, kind)->op                                                                              \
         ? eb_driver_result((conn), operations(conn, kind)->op(__VA_ARGS__), err)                            \
         : eb_no_support((conn), name_function((char[FUNCTION_LEN]){0}, (kind), (call)), err))

void eb_object_key_clear(struct eb_object_key *key)
{
    free(key->name);
    free(key->pool);
    free(key->also);
    memset(key, 0, sizeof(*key));
}

void eb_object_summaries_free(struct eb_object_summary *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        eb_object_key_clear(&list[i].key);
    free(list);
}

/* ---- Filters that a definition tells ---- */

static unsigned pool_filter(enum eb_pool_type type)
{
    static const unsigned filters[EB_POOL_LAST] = {
        EB_LIST_POOLS_DIR,   EB_LIST_POOLS_FS,       EB_LIST_POOLS_NETFS,        EB_LIST_POOLS_LOGICAL,
        EB_LIST_POOLS_DISK,  EB_LIST_POOLS_ISCSI,    EB_LIST_POOLS_ISCSI_DIRECT, EB_LIST_POOLS_SCSI,
        EB_LIST_POOLS_MPATH, EB_LIST_POOLS_RBD,      EB_LIST_POOLS_SHEEPDOG,     EB_LIST_POOLS_GLUSTER,
        EB_LIST_POOLS_ZFS,   EB_LIST_POOLS_VSTORAGE,
    };
    return filters[type];
}

unsigned eb_nodedev_cap_filter(const char *cap)
{
    /* In the order of the filters' bits. */
    static const char *const caps[] = {
        "system",  "pci",     "usb_device", "usb",          "net",       "scsi_host",  "scsi_target", "scsi",
        "storage", "fc_host", "vports",     "scsi_generic", "drm",       "mdev_types", "mdev",        "ccw",
        "css",     "vdpa",    "ap_card",    "ap_queue",     "ap_matrix", "vpd",
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(caps); i++) {
        if (eb_streq(cap, caps[i]) || (i == 10 && eb_streq(cap, "vport_ops")))
            return 1u << i;
    }
    return 0;
}

static unsigned cap_filters(const struct eb_nodedev_def *def)
{
    unsigned filters = 0;

    for (size_t i = 0; i < def->n_caps; i++)
        filters |= eb_nodedev_cap_filter(def->caps[i]);
    return filters;
}

unsigned eb_object_def_filters(const struct eb_object_def *def)
{
    if (def->kind == EB_OBJECT_POOL)
        return pool_filter(((const struct eb_pool_def *)def)->type);
    return def->kind == EB_OBJECT_NODEDEV ? cap_filters((const struct eb_nodedev_def *)def) : 0;
}

struct eb_object *eb_object_new(eb_conn *conn, enum eb_object_kind kind, struct eb_object_key *key)
{
    struct eb_object *object = EB_NEW(struct eb_object);

    atomic_init(&object->refs, 1);
    object->conn = eb_conn_ref(conn);
    object->kind = kind;
    object->key = *key;
    memset(key, 0, sizeof(*key));
    return object;
}

void eb_object_unref(struct eb_object *object)
{
    if (!object || atomic_fetch_sub(&object->refs, 1) != 1)
        return;
    eb_object_key_clear(&object->key);
    eb_conn_unref(object->conn);
    free(object);
}

/* ---- Lists ---- */

/* A group of filters: none of it asked for lets all pass. */
static bool group_passes(unsigned flags, bool is, unsigned yes, unsigned no)
{
    return !(flags & (yes | no)) || (flags & (is ? yes : no));
}

static bool passes(const struct eb_object_summary *s, unsigned flags, const struct eb_object_filters *f)
{
    return group_passes(flags, s->active, f->active, f->inactive) &&
           group_passes(flags, s->persistent, f->persistent, f->transient) &&
           group_passes(flags, s->autostart, f->autostart, f->no_autostart) &&
           (!(flags & f->own) || (flags & f->own & s->filters));
}

int eb_object_list(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *in, unsigned flags,
                   const struct eb_object_filters *f, const char *function, struct eb_object ***out,
                   eb_error *err)
{
    unsigned known =
        f->active | f->inactive | f->persistent | f->transient | f->autostart | f->no_autostart | f->own;
    struct eb_object_summary *list = NULL;
    struct eb_object **objects;
    int n, kept = 0;

    if (eb_check_flags(flags, known, function, err) < 0)
        return -1;
    if (!operations(conn, kind)->list)
        return eb_no_support(conn, function, err);
    n = eb_driver_result(conn, operations(conn, kind)->list(conn, in, &list, err), err);
    if (n < 0)
        return -1;
    objects = eb_calloc((size_t)n + 1, sizeof(struct eb_object *));
    for (int i = 0; i < n; i++) {
        if (passes(&list[i], flags, f))
            objects[kept++] = eb_object_new(conn, kind, &list[i].key);
    }
    eb_object_summaries_free(list, (size_t)n);
    if (out) {
        *out = objects;
        return kept;
    }
    for (int i = 0; i < kept; i++)
        eb_object_unref(objects[i]);
    free(objects);
    return kept;
}

/* ---- Lookups ---- */

int eb_object_give(eb_conn *conn, enum eb_object_kind kind, int result, struct eb_object_key *key,
                   struct eb_object **out, eb_error *err)
{
    if (eb_driver_result(conn, result, err) < 0)
        return -1;
    if (out)
        *out = eb_object_new(conn, kind, key);
    else
        eb_object_key_clear(key);
    return 0;
}

int eb_object_lookup_name(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *in,
                          const char *name, struct eb_object **out, eb_error *err)
{
    struct eb_object_key key = {.name = NULL};

    if (eb_need_arg(name, "name", name_function((char[FUNCTION_LEN]){0}, kind, "LookupByName"), err) < 0)
        return -1;
    return eb_object_give(
        conn, kind, CALL(conn, kind, "LookupByName", lookup_name, conn, in, name, &key, err), &key, out, err);
}

int eb_object_lookup_uuid(eb_conn *conn, enum eb_object_kind kind, const unsigned char *uuid,
                          struct eb_object **out, eb_error *err)
{
    struct eb_object_key key = {.name = NULL};

    if (eb_need_arg(uuid, "uuid", name_function((char[FUNCTION_LEN]){0}, kind, "LookupByUUID"), err) < 0)
        return -1;
    return eb_object_give(conn, kind, CALL(conn, kind, "LookupByUUID", lookup_uuid, conn, uuid, &key, err),
                          &key, out, err);
}

int eb_object_lookup_uuid_string(eb_conn *conn, enum eb_object_kind kind, const char *text,
                                 struct eb_object **out, eb_error *err)
{
    char function[FUNCTION_LEN];
    unsigned char uuid[16];

    name_function(function, kind, "LookupByUUIDString");
    if (eb_need_arg(text, "uuidstr", function, err) < 0)
        return -1;
    if (!eb_uuid_parse(text, uuid))
        return eb_error_set_arg(err, EB_FROM_NONE, "uuidstr in %s must be a valid UUID", function);
    return eb_object_lookup_uuid(conn, kind, uuid, out, err);
}

/* ---- What is known of it ---- */

int eb_object_is_active(struct eb_object *o, eb_error *err)
{
    return CALL(o->conn, o->kind, "IsActive", is_active, o->conn, &o->key, err);
}

int eb_object_is_persistent(struct eb_object *o, eb_error *err)
{
    return CALL(o->conn, o->kind, "IsPersistent", is_persistent, o->conn, &o->key, err);
}

int eb_object_get_xml(struct eb_object *o, unsigned flags, char **xml, eb_error *err)
{
    EB_AUTOOBJECT struct eb_object_def *def = NULL;

    if (CALL(o->conn, o->kind, "GetXMLDesc", get_def, o->conn, &o->key, flags, &def, err) < 0)
        return -1;
    *xml = eb_object_def_format(def);
    return 0;
}

int eb_object_get_def(struct eb_object *o, const char *function, struct eb_object_def **out, eb_error *err)
{
    if (!operations(o->conn, o->kind)->get_def)
        return eb_no_support(o->conn, function, err);
    return eb_driver_result(o->conn, operations(o->conn, o->kind)->get_def(o->conn, &o->key, 0, out, err),
                            err);
}

int eb_object_get_autostart(struct eb_object *o, eb_error *err)
{
    return CALL(o->conn, o->kind, "GetAutostart", get_autostart, o->conn, &o->key, err);
}

/* ---- Changes ---- */

static int need_write(eb_conn *conn, enum eb_object_kind kind, const char *call, eb_error *err)
{
    return eb_need_write(conn, name_function((char[FUNCTION_LEN]){0}, kind, call), err);
}

int eb_object_set_autostart(struct eb_object *o, int autostart, eb_error *err)
{
    if (need_write(o->conn, o->kind, "SetAutostart", err) < 0)
        return -1;
    return CALL(o->conn, o->kind, "SetAutostart", set_autostart, o->conn, &o->key, autostart != 0, err);
}

/* What checks a definition, where the call knows EB_DEFINE_VALIDATE. */
static const char *const schemas[EB_OBJECT_LAST] = {
    [EB_OBJECT_NETWORK] = "network.rng",
    [EB_OBJECT_POOL] = "storagepool.rng",
    [EB_OBJECT_IFACE] = "interface.rng",
};

typedef int define_op(eb_conn *conn, const struct eb_object_def *def, unsigned flags,
                      struct eb_object_key *out, eb_error *err);

static int define(eb_conn *conn, enum eb_object_kind kind, define_op *op, const char *call,
                  const char *schema, const char *xml, unsigned flags, struct eb_object **out, eb_error *err)
{
    EB_AUTOOBJECT struct eb_object_def *def = NULL;
    struct eb_object_key key = {.name = NULL};
    char function[FUNCTION_LEN];

    name_function(function, kind, call);
    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(xml, "xml", function, err) < 0)
        return -1;
    if (!op)
        return eb_no_support(conn, function, err);
    if (schema && (flags & EB_DEFINE_VALIDATE)) {
        if (eb_xml_validate(xml, schema, err) < 0)
            return -1;
        flags &= ~(unsigned)EB_DEFINE_VALIDATE;
    }
    if (eb_driver_result(conn, eb_object_def_parse(kind, xml, &def, err), err) < 0)
        return -1;
    return eb_object_give(conn, kind, op(conn, def, flags, &key, err), &key, out, err);
}

int eb_object_define_xml(eb_conn *conn, enum eb_object_kind kind, const char *xml, unsigned flags,
                         struct eb_object **out, eb_error *err)
{
    return define(conn, kind, operations(conn, kind)->define, "DefineXML", schemas[kind], xml, flags, out,
                  err);
}

int eb_object_create_xml(eb_conn *conn, enum eb_object_kind kind, const char *xml, unsigned flags,
                         struct eb_object **out, eb_error *err)
{
    /* for a pool the same bit says that it shall be built */
    return define(conn, kind, operations(conn, kind)->create, "CreateXML",
                  kind == EB_OBJECT_POOL ? NULL : schemas[kind], xml, flags, out, err);
}

int eb_object_start(struct eb_object *o, unsigned flags, eb_error *err)
{
    if (need_write(o->conn, o->kind, "Create", err) < 0)
        return -1;
    return CALL(o->conn, o->kind, "Create", start, o->conn, &o->key, flags, err);
}

int eb_object_destroy(struct eb_object *o, unsigned flags, eb_error *err)
{
    if (need_write(o->conn, o->kind, "Destroy", err) < 0)
        return -1;
    return CALL(o->conn, o->kind, "Destroy", destroy, o->conn, &o->key, flags, err);
}

int eb_object_undefine(struct eb_object *o, eb_error *err)
{
    if (need_write(o->conn, o->kind, "Undefine", err) < 0)
        return -1;
    return CALL(o->conn, o->kind, "Undefine", undefine, o->conn, &o->key, err);
}

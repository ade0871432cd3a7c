/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's network interfaces, and its devices. */
#include <strings.h>

#include "test/objects.h"

#include "test/world.h"

static int iface_list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, struct eb_object_summary **out,
                      eb_error *err EB_UNUSED)
{
    return test_object_list(conn, EB_OBJECT_IFACE, out);
}

static int iface_lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name,
                             struct eb_object_key *out, eb_error *err)
{
    return test_object_lookup_name(conn, EB_OBJECT_IFACE, name, out, err);
}

static int iface_lookup_mac(eb_conn *conn, const char *mac, struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct test_list *list = &world->objects.lists[EB_OBJECT_IFACE];
    const struct test_object *found = NULL;

    for (size_t i = 0; i < list->n; i++) {
        const char *own = ((const struct eb_iface_def *)list->items[i]->def)->mac;

        if (!own || strcasecmp(own, mac) != 0)
            continue;
        if (found)
            return eb_error_set(err, EB_ERR_MULTIPLE_INTERFACES, NULL);
        found = list->items[i];
    }
    if (!found)
        return eb_error_set(err, EB_ERR_NO_INTERFACE, "no interface with matching mac '%s'", mac);
    test_object_key_of(found, out);
    return 0;
}

static int iface_is_active(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *iface = test_object_need(world, EB_OBJECT_IFACE, key, err);

    return iface ? iface->active : -1;
}

static int iface_get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags,
                         struct eb_object_def **out, eb_error *err)
{
    return test_object_get_def(conn, EB_OBJECT_IFACE, key, flags, "testInterfaceGetXMLDesc", out, err);
}

static int iface_define(eb_conn *conn, const struct eb_object_def *def, unsigned flags,
                        struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *iface;

    if (eb_check_flags(flags, 0, "testInterfaceDefineXML", err) < 0)
        return -1;
    iface = test_object_by_name(world, EB_OBJECT_IFACE, def->name);
    if (!iface) {
        iface = test_object_add(&world->objects.lists[EB_OBJECT_IFACE], eb_object_def_copy(def));
    } else {
        eb_object_def_free(iface->def);
        iface->def = eb_object_def_copy(def);
    }
    iface->persistent = true;
    test_object_key_of(iface, out);
    return 0;
}

static int set_active(eb_conn *conn, const struct eb_object_key *key, bool active, unsigned flags,
                      const char *function, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *iface;

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    iface = test_object_need(world, EB_OBJECT_IFACE, key, err);
    if (!iface)
        return -1;
    if (iface->active == active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, NULL);
    iface->active = active;
    return 0;
}

static int iface_start(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    return set_active(conn, key, true, flags, "testInterfaceCreate", err);
}

static int iface_destroy(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    return set_active(conn, key, false, flags, "testInterfaceDestroy", err);
}

static int iface_undefine(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *iface = test_object_need(world, EB_OBJECT_IFACE, key, err);

    if (!iface)
        return -1;
    test_object_remove(&world->objects.lists[EB_OBJECT_IFACE], iface);
    return 0;
}

/* ---- Changes that can be taken back ---- */

static void copy_list(struct test_list *to, const struct test_list *from)
{
    for (size_t i = 0; i < from->n; i++) {
        struct test_object *copy = test_object_add(to, eb_object_def_copy(from->items[i]->def));

        copy->active = from->items[i]->active;
        copy->persistent = from->items[i]->persistent;
    }
}

static int change_begin(eb_conn *conn, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (eb_check_flags(flags, 0, "testInterfaceChangeBegin", err) < 0)
        return -1;
    if (world->objects.changing)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "there is another transaction running.");
    copy_list(&world->objects.before, &world->objects.lists[EB_OBJECT_IFACE]);
    world->objects.changing = true;
    return 0;
}

static int change_commit(eb_conn *conn, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (eb_check_flags(flags, 0, "testInterfaceChangeCommit", err) < 0)
        return -1;
    if (!world->objects.changing)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "no transaction running, nothing to be committed.");
    test_list_clear(&world->objects.before);
    world->objects.changing = false;
    return 0;
}

static int change_rollback(eb_conn *conn, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_list *now = &world->objects.lists[EB_OBJECT_IFACE];

    if (eb_check_flags(flags, 0, "testInterfaceChangeRollback", err) < 0)
        return -1;
    if (!world->objects.changing)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "no transaction running, nothing to rollback.");
    test_list_clear(now);
    *now = world->objects.before;
    memset(&world->objects.before, 0, sizeof(world->objects.before));
    world->objects.changing = false;
    return 0;
}

/* ---- Devices ---- */

static int nodedev_list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED,
                        struct eb_object_summary **out, eb_error *err EB_UNUSED)
{
    return test_object_list(conn, EB_OBJECT_NODEDEV, out);
}

static int nodedev_lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name,
                               struct eb_object_key *out, eb_error *err)
{
    return test_object_lookup_name(conn, EB_OBJECT_NODEDEV, name, out, err);
}

static int nodedev_lookup_wwn(eb_conn *conn, const char *wwnn, const char *wwpn, struct eb_object_key *out,
                              eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct test_list *list = &world->objects.lists[EB_OBJECT_NODEDEV];

    for (size_t i = 0; i < list->n; i++) {
        const struct eb_nodedev_def *def = (const struct eb_nodedev_def *)list->items[i]->def;

        if (eb_streq(def->wwnn, wwnn) && eb_streq(def->wwpn, wwpn)) {
            test_object_key_of(list->items[i], out);
            return 0;
        }
    }
    return eb_error_set(err, EB_ERR_NO_NODE_DEVICE, "no node device with matching wwnn '%s' and wwpn '%s'",
                        wwnn, wwpn);
}

static int nodedev_get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags,
                           struct eb_object_def **out, eb_error *err)
{
    return test_object_get_def(conn, EB_OBJECT_NODEDEV, key, flags, "testNodeDeviceGetXMLDesc", out, err);
}

/* All are there for good, and none is started by anybody. */
static int nodedev_is_there(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    return test_object_need(world, EB_OBJECT_NODEDEV, key, err) ? 1 : -1;
}

static int nodedev_get_autostart(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    return test_object_need(world, EB_OBJECT_NODEDEV, key, err) ? 0 : -1;
}

const struct eb_driver_object_ops test_iface_ops = {
    .list = iface_list,
    .lookup_name = iface_lookup_name,
    .is_active = iface_is_active,
    .get_def = iface_get_def,
    .define = iface_define,
    .start = iface_start,
    .destroy = iface_destroy,
    .undefine = iface_undefine,
};
const struct eb_driver_iface_ops test_iface_own_ops = {
    .lookup_mac = iface_lookup_mac,
    .change_begin = change_begin,
    .change_commit = change_commit,
    .change_rollback = change_rollback,
};
const struct eb_driver_object_ops test_nodedev_ops = {
    .list = nodedev_list,
    .lookup_name = nodedev_lookup_name,
    .is_active = nodedev_is_there,
    .is_persistent = nodedev_is_there,
    .get_autostart = nodedev_get_autostart,
    .get_def = nodedev_get_def,
};
const struct eb_driver_nodedev_ops test_nodedev_own_ops = {.lookup_wwn = nodedev_lookup_wwn};

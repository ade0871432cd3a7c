/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only networks have. */
#include "model/network_update.h"
#include "test/objects.h"
#include "test/world.h"

static struct eb_network_def *network_of(struct eb_object_def *def)
{
    return (struct eb_network_def *)def;
}

static int check_affect(const struct test_object *object, unsigned *flags, eb_error *err)
{
    if (eb_check_flags(*flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "testNetworkUpdate", err) < 0)
        return -1;
    if (*flags == EB_AFFECT_CURRENT)
        *flags = object->active ? EB_AFFECT_LIVE : EB_AFFECT_CONFIG;
    if ((*flags & EB_AFFECT_LIVE) && !object->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "network is not running");
    if ((*flags & EB_AFFECT_CONFIG) && !object->persistent)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "cannot change persistent config of a transient network");
    return 0;
}

static void put(struct eb_object_def **place, struct eb_network_def *def)
{
    eb_object_def_free(*place);
    *place = &def->base;
}

static int update(eb_conn *conn, const struct eb_object_key *key, unsigned command, unsigned section,
                  int index, const char *xml, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = test_object_need(world, EB_OBJECT_NETWORK, key, err);
    struct eb_network_def *config = NULL, *live = NULL;
    struct eb_object_def *defined;

    if (!object || check_affect(object, &flags, err) < 0)
        return -1;
    defined = object->next ? object->next : object->def;
    if ((flags & EB_AFFECT_CONFIG) &&
        eb_network_def_update(network_of(defined), command, section, index, xml, &config, err) < 0)
        return -1;
    if ((flags & EB_AFFECT_LIVE) &&
        eb_network_def_update(network_of(object->def), command, section, index, xml, &live, err) < 0) {
        eb_object_def_free(config ? &config->base : NULL);
        return -1;
    }
    /* what the network will be again stays what it is */
    if (live && object->persistent && !object->next)
        object->next = eb_object_def_copy(object->def);
    if (config)
        put(object->active ? &object->next : &object->def, config);
    if (live)
        put(&object->def, live);
    return 0;
}

const struct eb_driver_network_ops test_network_own_ops = {.update = update};

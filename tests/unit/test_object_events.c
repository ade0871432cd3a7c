/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of networks, pools and devices on the test driver: recorded from libvirt's driver of that name
 * (9.0), which tells the same in the same order; and the life of such callbacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "everbox/everbox.h"

static eb_conn *conn;
static eb_network *net;
static eb_pool *pool;
static struct eb_strbuf said;

static void note(const char *what, const char *name, const eb_object_event *e)
{
    eb_strbuf_printf(&said, "%s%s %s %d %d", said.len ? "; " : "", what, name, e->id, e->event);
}

static void hear_network(eb_conn *c, eb_network *n, const eb_object_event *e, void *opaque)
{
    assert_ptr_equal(c, conn);
    (void)opaque;
    note("net", eb_network_get_name(n), e);
}

static void hear_pool(eb_conn *c, eb_pool *p, const eb_object_event *e, void *opaque)
{
    assert_ptr_equal(c, conn);
    (void)opaque;
    note("pool", eb_pool_get_name(p), e);
}

static void hear_nodedev(eb_conn *c, eb_nodedev *d, const eb_object_event *e, void *opaque)
{
    (void)c;
    (void)opaque;
    note("dev", eb_nodedev_get_name(d), e);
}

static void nothing(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void turn(void)
{
    int timer = eb_loop_current()->add_timer(0, nothing, NULL, NULL);

    for (int i = 0; i < 4; i++)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

/* What was said since the last look. */
static void heard(const char *expected)
{
    EB_AUTOFREE char *is = NULL;

    turn();
    is = eb_strbuf_steal(&said);
    assert_string_equal(is ? is : "", expected);
}

static int set_up(void **state)
{
    (void)state;
    if (eb_loop_register_default(NULL) < 0 || eb_connect_open("test:///default", 0, &conn, NULL) < 0 ||
        eb_network_lookup_by_name(conn, "default", &net, NULL) < 0 ||
        eb_pool_lookup_by_name(conn, "default-pool", &pool, NULL) < 0)
        return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    eb_network_unref(net);
    eb_pool_unref(pool);
    eb_conn_unref(conn);
    conn = NULL;
    eb_strbuf_free(&said);
    return 0;
}

static int listen_to_network(eb_network *only)
{
    return eb_conn_register_network_event(conn, only, EB_NETWORK_EVENT_ID_LIFECYCLE, hear_network, NULL, NULL,
                                          NULL);
}

static void a_networks_life_is_told(void **state)
{
    EB_AUTOFREE char *xml = NULL;

    (void)state;
    assert_true(listen_to_network(NULL) >= 0);
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    heard("net default 0 3");
    assert_int_equal(eb_network_start(net, NULL), 0);
    heard("net default 0 2");
    assert_int_equal(eb_network_get_xml(net, 0, &xml, NULL), 0);
    assert_int_equal(eb_network_define_xml(conn, xml, 0, NULL, NULL), 0);
    heard("net default 0 0");
    assert_int_equal(eb_network_undefine(net, NULL), -1);
    heard("");
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    assert_int_equal(eb_network_undefine(net, NULL), 0);
    heard("net default 0 3; net default 0 1");
    assert_int_equal(eb_network_create_xml(conn, xml, 0, NULL, NULL), 0);
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    heard("net default 0 2; net default 0 3");
}

static void a_pools_life_and_refresh_are_told_to_who_asked_for_them(void **state)
{
    int life, refresh;

    (void)state;
    life = eb_conn_register_pool_event(conn, NULL, EB_POOL_EVENT_ID_LIFECYCLE, hear_pool, NULL, NULL, NULL);
    refresh = eb_conn_register_pool_event(conn, pool, EB_POOL_EVENT_ID_REFRESH, hear_pool, NULL, NULL, NULL);
    assert_true(life >= 0 && refresh >= 0);
    assert_int_equal(eb_pool_refresh(pool, 0, NULL), 0);
    heard("pool default-pool 1 0");
    assert_int_equal(eb_pool_destroy(pool, NULL), 0);
    assert_int_equal(eb_pool_build(pool, 0, NULL), 0);
    assert_int_equal(eb_pool_start(pool, 0, NULL), 0);
    heard("pool default-pool 0 3; pool default-pool 0 4; pool default-pool 0 2");
    assert_int_equal(eb_pool_destroy(pool, NULL), 0);
    assert_int_equal(eb_pool_delete(pool, 0, NULL), 0);
    assert_int_equal(eb_pool_undefine(pool, NULL), 0);
    heard("pool default-pool 0 3; pool default-pool 0 5; pool default-pool 0 1");
    assert_int_equal(eb_conn_deregister_object_event(conn, life, NULL), 0);
    assert_int_equal(eb_conn_deregister_object_event(conn, refresh, NULL), 0);
}

static void a_filter_lets_one_object_pass(void **state)
{
    static const char xml[] = "<network><name>other</name></network>";
    eb_network *other = NULL;

    (void)state;
    assert_int_equal(eb_network_define_xml(conn, xml, 0, &other, NULL), 0);
    assert_true(listen_to_network(other) >= 0);
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    assert_int_equal(eb_network_undefine(other, NULL), 0);
    heard("net other 0 1");
    eb_network_unref(other);
}

static void devices_may_be_listened_to_though_nothing_ever_happens_to_them(void **state)
{
    eb_nodedev *dev = NULL;
    int id;

    (void)state;
    assert_int_equal(eb_nodedev_lookup_by_name(conn, "computer", &dev, NULL), 0);
    id =
        eb_conn_register_nodedev_event(conn, dev, EB_NODEDEV_EVENT_ID_UPDATE, hear_nodedev, NULL, NULL, NULL);
    assert_true(id >= 0);
    assert_int_equal(eb_conn_deregister_object_event(conn, id, NULL), 0);
    eb_nodedev_unref(dev);
}

static void kinds_and_objects_that_do_not_fit_are_refused(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *other = NULL;

    (void)state;
    assert_int_equal(
        eb_conn_register_network_event(conn, NULL, (eb_network_event_id)1, hear_network, NULL, NULL, &err),
        -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_error_clear(&err);
    assert_int_equal(
        eb_conn_register_pool_event(conn, NULL, EB_POOL_EVENT_ID_REFRESH, NULL, NULL, NULL, &err), -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_error_clear(&err);
    assert_int_equal(eb_connect_open("test:///default", 0, &other, NULL), 0);
    assert_int_equal(eb_conn_register_network_event(other, net, EB_NETWORK_EVENT_ID_LIFECYCLE, hear_network,
                                                    NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_error_clear(&err);
    assert_int_equal(eb_conn_deregister_object_event(conn, 99, &err), -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_conn_unref(other);
}

/* ---- Life ---- */

static unsigned freed;

static void count_freed(void *opaque)
{
    (void)opaque;
    freed++;
}

static void leave(eb_conn *c, eb_network *n, const eb_object_event *e, void *opaque)
{
    const int *ids = opaque;

    note("left", eb_network_get_name(n), e);
    assert_int_equal(eb_conn_deregister_object_event(c, ids[0], NULL), 0);
    assert_int_equal(eb_conn_deregister_object_event(c, ids[1], NULL), 0);
}

static void a_callback_may_remove_itself_and_the_next_one(void **state)
{
    int ids[2];

    (void)state;
    freed = 0;
    ids[0] = eb_conn_register_network_event(conn, NULL, EB_NETWORK_EVENT_ID_LIFECYCLE, leave, ids,
                                            count_freed, NULL);
    ids[1] = eb_conn_register_network_event(conn, NULL, EB_NETWORK_EVENT_ID_LIFECYCLE, hear_network, NULL,
                                            count_freed, NULL);
    assert_true(ids[0] >= 0 && ids[1] >= 0);
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    assert_int_equal(eb_network_start(net, NULL), 0);
    heard("left default 0 3");
    assert_int_equal(freed, 2);
}

static void the_end_of_the_connection_frees_what_is_left(void **state)
{
    eb_conn *other = NULL;

    (void)state;
    freed = 0;
    assert_int_equal(eb_connect_open("test:///default", 0, &other, NULL), 0);
    assert_true(eb_conn_register_network_event(other, NULL, EB_NETWORK_EVENT_ID_LIFECYCLE, hear_network, NULL,
                                               count_freed, NULL) >= 0);
    assert_true(eb_conn_register_nodedev_event(other, NULL, EB_NODEDEV_EVENT_ID_LIFECYCLE, hear_nodedev, NULL,
                                               count_freed, NULL) >= 0);
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    eb_conn_unref(other);
    heard("");
    assert_int_equal(freed, 2);
}

#define EVENTS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVENTS_TEST(a_networks_life_is_told),
        EVENTS_TEST(a_pools_life_and_refresh_are_told_to_who_asked_for_them),
        EVENTS_TEST(a_filter_lets_one_object_pass),
        EVENTS_TEST(devices_may_be_listened_to_though_nothing_ever_happens_to_them),
        EVENTS_TEST(kinds_and_objects_that_do_not_fit_are_refused),
        EVENTS_TEST(a_callback_may_remove_itself_and_the_next_one),
        EVENTS_TEST(the_end_of_the_connection_frees_what_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

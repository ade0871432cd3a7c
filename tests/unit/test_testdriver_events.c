/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What callbacks hear of each operation of the test driver: recorded from libvirt's driver of that name
 * (9.0), which tells the same in the same order; below that, what only this one can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "everbox/everbox.h"

static eb_conn *conn;
static struct eb_strbuf said;
static const char save_file[] = "testdriver-events.save";

static void hear(eb_conn *c, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)c;
    (void)opaque;
    eb_strbuf_printf(&said, "%s%d %s", said.len ? "; " : "", (int)event->id, eb_domain_get_name(dom));
    if (event->id == EB_DOMAIN_EVENT_ID_LIFECYCLE)
        eb_strbuf_printf(&said, " %d %d", event->data.lifecycle.event, event->data.lifecycle.detail);
    else if (event->id == EB_DOMAIN_EVENT_ID_METADATA_CHANGE)
        eb_strbuf_printf(&said, " %d %s", event->data.metadata_change.type,
                         event->data.metadata_change.uri ? event->data.metadata_change.uri : "-");
    else if (event->id == EB_DOMAIN_EVENT_ID_DEVICE_ADDED || event->id == EB_DOMAIN_EVENT_ID_DEVICE_REMOVED)
        eb_strbuf_printf(&said, " %s", event->data.device.alias);
}

static void nothing(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

/* Runs what is due; a timer that fires at each turn keeps the loop from waiting for more. */
static void turn(void)
{
    int timer = eb_loop_current()->add_timer(0, nothing, NULL, NULL);

    for (int i = 0; i < 4; i++)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

static const char *xml_of(const char *name, const char *extra)
{
    static char xml[1024];

    snprintf(xml, sizeof(xml),
             "<domain type='test'><name>%s</name><uuid>11111111-2222-3333-4444-5555555555%02x</uuid>"
             "<memory>65536</memory><os><type>hvm</type></os>%s</domain>",
             name, (unsigned)name[0], extra);
    return xml;
}

static int define(const char *name, const char *extra)
{
    return eb_domain_define_xml(conn, xml_of(name, extra), 0, NULL, NULL);
}

static int create(const char *name, unsigned flags)
{
    return eb_domain_create_xml(conn, xml_of(name, ""), flags, NULL, NULL);
}

static int define_to_destroy(const char *name)
{
    return define(name, "<on_reboot>destroy</on_reboot>");
}

static int redefine_running(void)
{
    eb_domain *dom = NULL;
    char *xml = NULL;
    int result = -1;

    if (eb_domain_lookup_by_name(conn, "test", &dom, NULL) == 0 &&
        eb_domain_get_xml(dom, EB_XML_INACTIVE, &xml, NULL) == 0)
        result = eb_domain_define_xml(conn, xml, 0, NULL, NULL);
    eb_free(xml);
    eb_domain_unref(dom);
    return result;
}

static int of_another_connection(unsigned flags, bool transient)
{
    eb_conn *other = NULL;
    eb_domain *dom = NULL;
    int result = eb_connect_open("test:///default", 0, &other, NULL);

    if (result == 0 && transient) {
        result = eb_domain_create_xml(other, xml_of("z", ""), flags, NULL, NULL);
    } else if (result == 0) {
        result = eb_domain_lookup_by_name(other, "a", &dom, NULL);
        if (result == 0)
            result = eb_domain_start(dom, flags, NULL);
        eb_domain_unref(dom);
    }
    eb_conn_unref(other);
    return result;
}

static const char disk[] = "<disk type='file' device='disk'><source file='/x'/><target dev='vdb'/></disk>";
static const char aliased[] = "<interface type='user'><mac address='52:54:00:00:00:01'/>"
                              "<alias name='ua-nic'/></interface>";

/* Calls `call` with `dom` as the domain named `of`. */
#define ON(of, call)                                                                                         \
    ({                                                                                                       \
        eb_domain *dom = NULL;                                                                               \
        int on_result;                                                                                       \
        assert_int_equal(eb_domain_lookup_by_name(conn, of, &dom, NULL), 0);                                 \
        on_result = (call);                                                                                  \
        eb_domain_unref(dom);                                                                                \
        on_result;                                                                                           \
    })

/* An operation, which must succeed, and what callbacks hear of it: event id, domain, what it carries. */
#define SAYS(call, expected)                                                                                 \
    do {                                                                                                     \
        EB_AUTOFREE char *heard = NULL;                                                                      \
        assert_int_equal((call), 0);                                                                         \
        turn();                                                                                              \
        heard = eb_strbuf_steal(&said);                                                                      \
        assert_string_equal(heard, expected);                                                                \
    } while (0)
#define SAYS_NOTHING_AND_FAILS(call)                                                                         \
    do {                                                                                                     \
        assert_int_equal((call), -1);                                                                        \
        turn();                                                                                              \
        assert_int_equal(said.len, 0);                                                                       \
    } while (0)

static int set_up(void **state)
{
    (void)state;
    if (eb_loop_register_default(NULL) < 0 || eb_connect_open("test:///default", 0, &conn, NULL) < 0)
        return -1;
    for (int id = 0; id <= EB_DOMAIN_EVENT_ID_NIC_MAC_CHANGE; id++) {
        if (eb_conn_register_domain_event(conn, NULL, (eb_domain_event_id)id, hear, NULL, NULL, NULL) < 0)
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    eb_conn_unref(conn);
    conn = NULL;
    turn();
    eb_strbuf_free(&said);
    unlink(save_file);
    return 0;
}

static void pauses_and_reboots(void **state)
{
    (void)state;
    SAYS(ON("test", eb_domain_suspend(dom, NULL)), "0 test 3 0");
    SAYS_NOTHING_AND_FAILS(ON("test", eb_domain_suspend(dom, NULL)));
    SAYS(ON("test", eb_domain_resume(dom, NULL)), "0 test 4 0");
    SAYS(ON("test", eb_domain_reboot(dom, 0, NULL)), "");
    SAYS(ON("test", eb_domain_reset(dom, 0, NULL)), "");
    SAYS(define_to_destroy("r"), "0 r 0 0");
    SAYS(ON("r", eb_domain_start(dom, 0, NULL)), "0 r 2 0");
    SAYS(ON("r", eb_domain_reboot(dom, 0, NULL)), "0 r 5 0");
}

static void changes_of_the_configuration(void **state)
{
    (void)state;
    SAYS(ON("test", eb_domain_set_memory(dom, 1000000, 0, NULL)), "");
    SAYS(ON("test", eb_domain_set_vcpus(dom, 1, 0, NULL)), "");
    SAYS(ON("test", eb_domain_set_autostart(dom, 1, NULL)), "");
    SAYS(ON("test", eb_domain_set_metadata(dom, EB_METADATA_TITLE, "t", NULL, NULL, 0, NULL)), "23 test 1 -");
    SAYS(ON("test", eb_domain_set_metadata(dom, EB_METADATA_TITLE, "u", NULL, NULL,
                                           EB_AFFECT_LIVE | EB_AFFECT_CONFIG, NULL)),
         "23 test 1 -");
    SAYS(ON("test", eb_domain_set_metadata(dom, EB_METADATA_DESCRIPTION, "d", NULL, NULL, 0, NULL)),
         "23 test 0 -");
    SAYS(ON("test", eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<a/>", "k", "http://x/",
                                           EB_AFFECT_CONFIG, NULL)),
         "23 test 2 http://x/");
}

static void saves_and_restores(void **state)
{
    (void)state;
    SAYS(ON("test", eb_domain_save(dom, save_file, NULL, 0, NULL)), "0 test 5 4");
    SAYS(eb_domain_restore(conn, save_file, NULL, 0, NULL), "0 test 2 2");
    SAYS(ON("test", eb_domain_managed_save(dom, 0, NULL)), "0 test 5 4");
    SAYS(ON("test", eb_domain_start(dom, 0, NULL)), "0 test 2 0");
    SAYS(ON("test", eb_domain_managed_save(dom, 0, NULL)), "0 test 5 4");
    SAYS(ON("test", eb_domain_managed_save_remove(dom, 0, NULL)), "");
}

static void starts_stops_and_renames(void **state)
{
    (void)state;
    SAYS(ON("test", eb_domain_destroy(dom, 0, NULL)), "0 test 5 1");
    SAYS_NOTHING_AND_FAILS(ON("test", eb_domain_destroy(dom, 0, NULL)));
    SAYS(ON("test", eb_domain_rename(dom, "toast", 0, NULL)), "0 test 1 1; 0 toast 0 2");
    SAYS(ON("toast", eb_domain_rename(dom, "test", 0, NULL)), "0 toast 1 1; 0 test 0 2");
    SAYS(ON("test", eb_domain_start(dom, 0, NULL)), "0 test 2 0");
    SAYS(ON("test", eb_domain_shutdown(dom, 0, NULL)), "0 test 5 0");
}

static void definitions_come_and_go(void **state)
{
    (void)state;
    SAYS(redefine_running(), "0 test 0 1");
    SAYS(ON("test", eb_domain_undefine(dom, 0, NULL)), "0 test 1 0");
    SAYS(ON("test", eb_domain_shutdown(dom, 0, NULL)), "0 test 5 0");
    SAYS(define("a", ""), "0 a 0 0");
    SAYS(define("a", ""), "0 a 0 1");
    SAYS(ON("a", eb_domain_undefine(dom, 0, NULL)), "0 a 1 0");
    SAYS(create("b", 0), "0 b 2 0");
    SAYS(define("b", ""), "0 b 0 0");
    SAYS(ON("b", eb_domain_destroy(dom, 0, NULL)), "0 b 5 1");
    SAYS(create("b", 0), "0 b 2 0");
    SAYS(ON("b", eb_domain_destroy(dom, 0, NULL)), "0 b 5 1");
    SAYS(ON("b", eb_domain_undefine(dom, 0, NULL)), "0 b 1 0");
}

/* libvirt's driver refuses these; the events are those of its QEMU driver. */
static void what_only_this_driver_can_do(void **state)
{
    (void)state;
    SAYS(ON("test", eb_domain_attach_device(dom, disk, 0, NULL)), "19 test disk 'vdb'");
    SAYS(ON("test", eb_domain_detach_device(dom, disk, 0, NULL)), "15 test disk 'vdb'");
    SAYS(ON("test", eb_domain_attach_device(dom, aliased, 0, NULL)), "19 test ua-nic");
    SAYS(ON("test", eb_domain_attach_device(dom, disk, EB_AFFECT_CONFIG, NULL)), "");
    SAYS(ON("test", eb_domain_save(dom, save_file, NULL, EB_SAVE_PAUSED, NULL)), "0 test 5 4");
    SAYS(eb_domain_restore(conn, save_file, NULL, 0, NULL), "0 test 2 2; 0 test 3 4");
    SAYS(create("c", EB_START_PAUSED), "0 c 2 0; 0 c 3 0");
    SAYS(ON("c", eb_domain_destroy(dom, 0, NULL)), "0 c 5 1");
    SAYS(define("a", ""), "0 a 0 0");
    SAYS(of_another_connection(EB_START_AUTODESTROY, false), "0 a 2 0; 0 a 5 1");
    SAYS(of_another_connection(EB_START_AUTODESTROY, true), "0 z 2 0; 0 z 5 1");
}

/* The round that once crashed libvirt's driver, with a callback that comes and goes at each point of it. */
enum { OPENED, SHUT_DOWN, UNDEFINED, ASKED, CLOSED, N_POINTS };

static int registered;

static void at_point(int point, int when_to_register, int when_to_remove)
{
    if (point == when_to_register)
        registered =
            eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, hear, NULL, NULL, NULL);
    assert_int_not_equal(registered, -1);
    if (point == when_to_remove)
        assert_int_equal(eb_conn_deregister_domain_event(conn, registered, NULL), 0);
}

/* `hearing`: the loop runs before the connection is dropped, not only after. */
static void round_of(int when_to_register, int when_to_remove, bool hearing)
{
    eb_domain *dom = NULL;
    eb_domain_info info;

    assert_int_equal(eb_connect_open("test:///default", 0, &conn, NULL), 0);
    at_point(OPENED, when_to_register, when_to_remove);
    assert_int_equal(eb_domain_lookup_by_name(conn, "test", &dom, NULL), 0);
    assert_int_equal(eb_domain_shutdown(dom, 0, NULL), 0);
    at_point(SHUT_DOWN, when_to_register, when_to_remove);
    assert_int_equal(eb_domain_undefine(dom, 0, NULL), 0);
    at_point(UNDEFINED, when_to_register, when_to_remove);
    assert_int_equal(eb_domain_get_info(dom, &info, NULL), -1);
    at_point(ASKED, when_to_register, when_to_remove);
    eb_domain_unref(dom);
    if (hearing)
        turn();
    eb_conn_unref(conn);
}

static void twenty_thousand_rounds_with_a_callback_at_every_point(void **state)
{
    int rounds = 0;
    bool hearing = false;

    (void)state;
    eb_conn_unref(conn);
    eb_strbuf_free(&said);
    for (; rounds < 20000; hearing = !hearing) {
        for (int from = OPENED; from <= ASKED; from++) {
            for (int to = from; to <= CLOSED; to++, rounds++) {
                round_of(from, to, hearing);
                if (rounds % 3 == 0)
                    turn();
            }
        }
    }
    assert_int_equal(eb_connect_open("test:///default", 0, &conn, NULL), 0);
    turn();
    assert_true(said.len > 0);
}

int main(void)
{
#define EVENTS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EVENTS_TEST(pauses_and_reboots),
        EVENTS_TEST(changes_of_the_configuration),
        EVENTS_TEST(saves_and_restores),
        EVENTS_TEST(starts_stops_and_renames),
        EVENTS_TEST(definitions_come_and_go),
        EVENTS_TEST(what_only_this_driver_can_do),
        EVENTS_TEST(twenty_thousand_rounds_with_a_callback_at_every_point),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of what happens in and to a running machine, made to happen in a stand-in. */
#include "vboxtest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/strbuf.h"
#include "base/uuid.h"
#include "vbox/com/fault.h"

enum { PATIENCE_MS = 20000, QUIET_MS = 200 };

static struct eb_strbuf said;
static unsigned n_said;

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    (void)dom;
    (void)opaque;
    eb_strbuf_printf(&said, "%s", n_said++ ? "; " : "");
    switch ((int)event->id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
        eb_strbuf_printf(&said, "life %d %d", event->data.lifecycle.event, event->data.lifecycle.detail);
        break;
    case EB_DOMAIN_EVENT_ID_REBOOT:
        eb_strbuf_printf(&said, "reboot");
        break;
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        eb_strbuf_printf(&said, "agent %d %d", event->data.agent_lifecycle.state,
                         event->data.agent_lifecycle.reason);
        break;
    case EB_DOMAIN_EVENT_ID_GRAPHICS:
        eb_strbuf_printf(&said, "graphics %d %d %s", event->data.graphics.phase,
                         event->data.graphics.remote.family, event->data.graphics.remote.node);
        break;
    case EB_DOMAIN_EVENT_ID_IO_ERROR:
        eb_strbuf_printf(&said, "error %d", event->data.io_error.action);
        break;
    case EB_DOMAIN_EVENT_ID_IO_ERROR_REASON:
        eb_strbuf_printf(&said, "error %d %s", event->data.io_error.action, event->data.io_error.reason);
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        eb_strbuf_printf(&said, "tray %d %s", event->data.tray_change.reason, event->data.tray_change.device);
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED:
        eb_strbuf_printf(&said, "device %d %s", (int)event->id, event->data.device.alias);
        break;
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
        eb_strbuf_printf(&said, "balloon %llu", (unsigned long long)event->data.balloon_change.actual);
        break;
    default:
        fail_msg("event %d was not asked for", (int)event->id);
    }
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run_for(long ms, unsigned until_said)
{
    int timer = eb_loop_current()->add_timer(20, tick, NULL, NULL);
    long end = now_ms() + ms;

    while (n_said < until_said && now_ms() < end)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

/* These events come, `n` of them, and no other. */
static void heard(unsigned n, const char *expected)
{
    EB_AUTOFREE char *is = NULL;

    run_for(PATIENCE_MS, n);
    run_for(QUIET_MS, n + 1);
    is = eb_strbuf_steal(&said);
    n_said = 0;
    assert_string_equal(is ? is : "", expected);
}

static int has(eb_conn *conn, eb_domain_event_id id)
{
    int callback = eb_conn_register_domain_event(conn, NULL, id, hear, NULL, NULL, fresh());

    if (callback < 0)
        assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
    return callback;
}

/* Registers for it, or skips the test where this release has no source. */
static void want(eb_conn *conn, eb_domain_event_id id)
{
    if (has(conn, id) < 0)
        skip();
}

static void happen(eb_domain *dom, const char *what)
{
    char uuid[EB_UUID_STRLEN + 1];
    EB_AUTOFREE char *key = NULL;

    eb_domain_get_uuid_string(dom, uuid);
    key = eb_asprintf("EverboxSim/Happen/%s", uuid);
    back_set_global(key, what);
}

/* Started, and its console listened to: what a moment later happens is heard. */
static eb_domain *start_one(eb_conn *conn, const char *devices)
{
    EB_AUTOFREE char *xml = xml_of("d", NULL, devices);
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(conn, xml, 0, &dom, fresh()));
    OK(eb_domain_start(dom, 0, fresh()));
    run_for(3 * QUIET_MS, 99);
    eb_strbuf_free(&said);
    n_said = 0;
    return dom;
}

static int set_up(void **state)
{
    return test_setup(state) < 0 || eb_loop_register_default(NULL) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    eb_strbuf_free(&said);
    n_said = 0;
    return test_teardown(state);
}

static void who_turned_a_machine_off_is_told(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_LIFECYCLE);
    dom = start_one(*state, NULL);
    happen(dom, "off");
    heard(1, "life 5 0");
    OK(eb_domain_start(dom, 0, fresh()));
    heard(1, "life 2 0");
    back_power_down(dom);
    heard(1, "life 5 1");
    OK(eb_domain_start(dom, 0, fresh()));
    heard(1, "life 2 0");
    OK(eb_domain_destroy(dom, 0, fresh()));
    heard(1, "life 5 1");
    OK(eb_domain_start(dom, 0, fresh()));
    heard(1, "life 2 0");
    happen(dom, "stuck");
    heard(1, "life 8 0");
    OK(eb_domain_destroy(dom, 0, fresh()));
    heard(1, "life 5 1");
    remove_domain(dom);
}

static void resets_are_told_whoever_does_them(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_REBOOT);
    dom = start_one(*state, NULL);
    OK(eb_domain_reset(dom, 0, fresh()));
    heard(1, "reboot");
    if (eb_conn_register_domain_event(*state, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, hear, NULL, NULL, fresh()) <
        0)
        fail();
    OK(eb_domain_suspend(dom, fresh()));
    OK(eb_domain_resume(dom, fresh()));
    heard(2, "life 3 0; life 4 0");
    remove_domain(dom);
    run_for(QUIET_MS, 99);
}

static void guest_additions_that_come_and_go_are_told(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE);
    dom = start_one(*state, NULL);
    happen(dom, "additions Userland");
    heard(1, "agent 1 2");
    happen(dom, "additions Desktop");
    heard(0, "");
    happen(dom, "additions None");
    heard(1, "agent 2 2");
    happen(dom, "additions Desktop");
    heard(1, "agent 1 2");
    OK(eb_domain_destroy(dom, 0, fresh()));
    heard(1, "agent 2 1");
    remove_domain(dom);
}

static void viewers_of_the_remote_display_are_told(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_GRAPHICS);
    dom = start_one(*state, NULL);
    happen(dom, "viewers 1 192.0.2.7 me");
    heard(2, "graphics 0 0 192.0.2.7; graphics 1 0 192.0.2.7");
    happen(dom, "viewers 2 2001:db8::1 you");
    heard(2, "graphics 0 1 2001:db8::1; graphics 1 1 2001:db8::1");
    happen(dom, "viewers 0");
    heard(2, "graphics 2 1 2001:db8::1; graphics 2 1 2001:db8::1");
    remove_domain(dom);
}

static void a_full_disk_pauses_the_machine(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_IO_ERROR_REASON);
    want(*state, EB_DOMAIN_EVENT_ID_IO_ERROR);
    dom = start_one(*state, NULL);
    happen(dom, "error 0 DrvVD_DISKFULL");
    heard(2, "error 1; error 1 enospc");
    OK(eb_domain_resume(dom, fresh()));
    happen(dom, "error 0 HostMemoryLow"); /* no error of a disk */
    heard(0, "");
    OK(eb_domain_resume(dom, fresh()));
    happen(dom, "error 1 DrvVD_ISCSIDOWN");
    heard(2, "error 2; error 2 eio");
    remove_domain(dom);
}

static void a_machine_paused_by_a_full_disk_says_so(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_IO_ERROR);
    dom = start_one(*state, NULL);
    want(*state, EB_DOMAIN_EVENT_ID_LIFECYCLE);
    happen(dom, "error 0 DrvVD_DISKFULL");
    if (vb_has(vb, VB_IConsole_registerCallback)) /* the pause is told before the reason */
        heard(2, "life 3 0; error 1");
    else
        heard(2, "error 1; life 3 2");
    OK(eb_domain_resume(dom, fresh()));
    OK(eb_domain_suspend(dom, fresh()));
    heard(2, "life 4 0; life 3 0");
    remove_domain(dom);
    run_for(QUIET_MS, 99);
}

static void usb_devices_that_come_and_go_are_told(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_DEVICE_ADDED);
    want(*state, EB_DOMAIN_EVENT_ID_DEVICE_REMOVED);
    if (has(*state, EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED) < 0)
        skip();
    dom = start_one(*state, NULL);
    happen(dom, "usb attached 7531 2");
    heard(1, "device 19 usb-1d6b:0002");
    happen(dom, "usb failed 7531 2");
    heard(1, "device 22 usb-1d6b:0002");
    happen(dom, "usb detached 7531 2");
    heard(1, "device 15 usb-1d6b:0002");
    remove_domain(dom);
}

static void a_balloon_that_changes_is_told(void **state)
{
    VB_AUTO(ISession) session = NULL;
    VB_AUTO(IMachine) machine = NULL;
    VB_AUTO(IConsole) console = NULL;
    VB_AUTO(IGuest) guest = NULL;
    eb_domain *dom;

    if (!vb_has(vb, VB_IGuest_set_memoryBalloonSize))
        skip();
    want(*state, EB_DOMAIN_EVENT_ID_BALLOON_CHANGE);
    dom = start_one(*state, NULL);
    machine = back_lock(dom, true, &session);
    console = back_console(session);
    OK(IConsole_get_guest(vb, console, &guest, fresh()));
    OK(IGuest_set_memoryBalloonSize(vb, guest, 8, fresh()));
    heard(1, "balloon 24576");
    OK(IGuest_set_memoryBalloonSize(vb, guest, 0, fresh()));
    heard(1, "balloon 32768");
    back_unlock(EB_STEAL(session));
    remove_domain(dom);
}

/* A session of ours on a machine whose console is listened to keeps nobody from anything. */
static void a_machine_that_is_listened_to_can_be_changed_and_removed_at_once(void **state)
{
    static const eb_domain_event_id ids[] = {EB_DOMAIN_EVENT_ID_IO_ERROR, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE};

    for (size_t i = 0; i < EB_ARRAY_SIZE(ids); i++)
        (void)has(*state, ids[i]);
    for (int i = 0; i < 5; i++) {
        eb_domain *dom = define(*state, "d");

        OK(eb_domain_start(dom, 0, fresh()));
        run_for(i * 100, 99);
        OK(eb_domain_destroy(dom, 0, fresh()));
        OK(eb_domain_start(dom, 0, fresh()));
        OK(eb_domain_destroy(dom, 0, fresh()));
        OK(eb_domain_undefine(dom, 0, fresh()));
        eb_domain_unref(dom);
    }
}

static void callbacks_resume_when_vboxsvc_comes_back(void **state)
{
    eb_domain *dom;

    want(*state, EB_DOMAIN_EVENT_ID_LIFECYCLE);
    (void)has(*state, EB_DOMAIN_EVENT_ID_IO_ERROR);
    dom = start_one(*state, NULL);
    assert_true(vb_fault_kill_server(vb_home(vb)) > 0);
    heard(1, "life 5 2");
    OK(eb_domain_start(dom, 0, fresh()));
    heard(1, "life 2 0");
    run_for(3 * QUIET_MS, 99);
    if (has(*state, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE) >= 0) {
        happen(dom, "additions Userland");
        heard(1, "agent 1 2");
    }
    remove_domain(dom);
    run_for(QUIET_MS, 99);
}

static void what_has_no_source_is_refused_by_name(void **state)
{
    static const eb_domain_event_id ids[] = {
        EB_DOMAIN_EVENT_ID_WATCHDOG,       EB_DOMAIN_EVENT_ID_RTC_CHANGE, EB_DOMAIN_EVENT_ID_CONTROL_ERROR,
        EB_DOMAIN_EVENT_ID_DISK_CHANGE,    EB_DOMAIN_EVENT_ID_PMWAKEUP,   EB_DOMAIN_EVENT_ID_PMSUSPEND,
        EB_DOMAIN_EVENT_ID_TUNABLE,        EB_DOMAIN_EVENT_ID_BLOCK_JOB,  EB_DOMAIN_EVENT_ID_MEMORY_FAILURE,
        EB_DOMAIN_EVENT_ID_NIC_MAC_CHANGE,
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(ids); i++) {
        EB_AUTOFREE char *words = eb_asprintf("no source of domain event %d", (int)ids[i]);

        assert_int_equal(eb_conn_register_domain_event(*state, NULL, ids[i], hear, NULL, NULL, fresh()), -1);
        assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
        assert_non_null(strstr(eb_error_message(&test_error), words));
    }
}

#define EVENTS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EVENTS_TEST(who_turned_a_machine_off_is_told),
        EVENTS_TEST(resets_are_told_whoever_does_them),
        EVENTS_TEST(guest_additions_that_come_and_go_are_told),
        EVENTS_TEST(viewers_of_the_remote_display_are_told),
        EVENTS_TEST(a_full_disk_pauses_the_machine),
        EVENTS_TEST(a_machine_paused_by_a_full_disk_says_so),
        EVENTS_TEST(usb_devices_that_come_and_go_are_told),
        EVENTS_TEST(a_balloon_that_changes_is_told),
        EVENTS_TEST(a_machine_that_is_listened_to_can_be_changed_and_removed_at_once),
        EVENTS_TEST(what_has_no_source_is_refused_by_name),
        EVENTS_TEST(callbacks_resume_when_vboxsvc_comes_back),
    };

    return run_vbox_tests(argc, argv, "guest-events", tests, EB_ARRAY_SIZE(tests));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Event callbacks as programs use them, on a driver made for the purpose: the life of its source, what
 * callbacks see, connections that end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "core/driver.h"

static struct eb_event_hub *hub;
static atomic_int starts, stops, closes;
static bool refuse_start;

static int fake_probe(const struct eb_uri *uri, eb_error *err)
{
    (void)err;
    return strcmp(uri->scheme, "fake") == 0;
}

static int fake_open(eb_conn *conn, const struct eb_uri *uri, eb_error *err)
{
    (void)uri;
    (void)err;
    eb_event_hub_join(hub, conn);
    return 0;
}

static void fake_close(eb_conn *conn)
{
    closes++;
    eb_event_hub_leave(hub, conn);
}

static bool fake_has(eb_conn *conn, enum eb_event_class class, int id)
{
    (void)conn;
    return class == EB_EVENT_DOMAIN && id != EB_DOMAIN_EVENT_ID_WATCHDOG;
}

static int fake_start(eb_conn *conn, eb_error *err)
{
    (void)conn;
    if (refuse_start)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "no source today");
    starts++;
    return 0;
}

static void fake_stop(eb_conn *conn)
{
    (void)conn;
    stops++;
}

static int fake_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err)
{
    (void)conn;
    (void)err;
    memset(out->uuid, name[0], sizeof(out->uuid));
    out->name = eb_strdup(name);
    out->id = -1;
    return 0;
}

static const struct eb_driver fake = {
    .name = "fake",
    .type = "Fake",
    .error_domain = EB_FROM_TEST,
    .conn = {.probe = fake_probe, .open = fake_open, .close = fake_close},
    .domain = {.lookup_name = fake_lookup_name},
    .event = {.has = fake_has, .start = fake_start, .stop = fake_stop},
};

const struct eb_driver *const eb_drivers[] = {&fake, NULL};

static eb_conn *open_fake(void)
{
    eb_conn *conn = NULL;

    assert_int_equal(eb_connect_open("fake:///x", 0, &conn, NULL), 0);
    return conn;
}

/* What a callback saw and does. */
struct listener {
    atomic_int calls;
    atomic_int freed;
    eb_domain_event last; /* texts in it are not to be looked at */
    char name[16];
    char texts[5][16];
    eb_conn *drop; /* unreferenced when called */
    eb_close_reason reason;
};

static void heard(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    struct listener *l = opaque;

    assert_ptr_equal(eb_domain_get_conn(dom), conn);
    l->calls++;
    l->last = *event;
    snprintf(l->name, sizeof(l->name), "%s", eb_domain_get_name(dom));
    if (l->drop)
        eb_conn_unref(EB_STEAL(l->drop));
}

static void let_go(void *opaque)
{
    ((struct listener *)opaque)->freed++;
}

static int listen_to(eb_conn *conn, eb_domain *dom, eb_domain_event_id id, struct listener *l)
{
    int callback = eb_conn_register_domain_event(conn, dom, id, heard, l, let_go, NULL);

    assert_true(callback >= 0);
    return callback;
}

static struct eb_event *happened(const char *name, eb_domain_event_id id)
{
    struct eb_domain_key key = {.name = (char *)(uintptr_t)name, .id = 3};

    memset(key.uuid, name[0], sizeof(key.uuid));
    return eb_domain_event_new(&key, id);
}

static void lifecycle(const char *name, int event, int detail)
{
    struct eb_event *e = happened(name, EB_DOMAIN_EVENT_ID_LIFECYCLE);

    e->numbers[0] = event;
    e->numbers[1] = detail;
    eb_event_hub_emit(hub, e);
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
    assert_int_equal(eb_loop_current()->remove_timer(timer), 0);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

static int set_up(void **state)
{
    (void)state;
    hub = eb_event_hub_new();
    return eb_loop_register_default(NULL);
}

static int tear_down(void **state)
{
    (void)state;
    turn();
    eb_event_hub_free(hub);
    return 0;
}

static void the_source_runs_exactly_while_a_callback_is_registered(void **state)
{
    eb_conn *conn = open_fake();
    struct listener a = {0}, b = {0};
    int first, second, before = starts, stopped = stops;

    (void)state;
    first = listen_to(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &a);
    second = listen_to(conn, NULL, EB_DOMAIN_EVENT_ID_REBOOT, &b);
    assert_int_equal(starts, before + 1);
    assert_int_equal(eb_conn_deregister_domain_event(conn, first, NULL), 0);
    assert_int_equal(stops, stopped);
    assert_int_equal(eb_conn_deregister_domain_event(conn, second, NULL), 0);
    assert_int_equal(stops, stopped + 1);
    listen_to(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &a);
    assert_int_equal(starts, before + 2);
    eb_conn_unref(conn);
    assert_int_equal(stops, stopped + 2);
    assert_int_equal(a.freed, 2);
    assert_int_equal(b.freed, 1);
}

static void a_source_that_does_not_start_leaves_nothing_behind(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_fake();
    struct listener a = {0};
    int stopped = stops;

    (void)state;
    refuse_start = true;
    assert_int_equal(
        eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, heard, &a, let_go, &err), -1);
    refuse_start = false;
    assert_int_equal(err.code, EB_ERR_OPERATION_FAILED);
    assert_int_equal(a.freed, 0);
    eb_conn_unref(conn);
    assert_int_equal(stops, stopped);
}

static void callbacks_hear_of_their_domain_or_of_all(void **state)
{
    eb_conn *conn = open_fake();
    eb_domain *one = NULL;
    struct listener all = {0}, of_one = {0};

    (void)state;
    assert_int_equal(eb_domain_lookup_by_name(conn, "b", &one, NULL), 0);
    listen_to(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &all);
    listen_to(conn, one, EB_DOMAIN_EVENT_ID_LIFECYCLE, &of_one);
    eb_domain_unref(one);
    lifecycle("a", EB_DOMAIN_EVENT_STARTED, EB_DOMAIN_EVENT_STARTED_RESTORED);
    lifecycle("b", EB_DOMAIN_EVENT_STOPPED, EB_DOMAIN_EVENT_STOPPED_CRASHED);
    eb_event_hub_emit(hub, happened("b", EB_DOMAIN_EVENT_ID_REBOOT));
    turn();
    assert_int_equal(all.calls, 2);
    assert_int_equal(of_one.calls, 1);
    assert_string_equal(of_one.name, "b");
    assert_int_equal(of_one.last.data.lifecycle.event, EB_DOMAIN_EVENT_STOPPED);
    assert_int_equal(of_one.last.data.lifecycle.detail, EB_DOMAIN_EVENT_STOPPED_CRASHED);
    eb_conn_unref(conn);
}

static void every_connection_of_a_world_hears_the_same(void **state)
{
    eb_conn *first = open_fake(), *second = open_fake();
    struct listener a = {0}, b = {0};

    (void)state;
    listen_to(first, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &a);
    listen_to(second, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &b);
    lifecycle("a", EB_DOMAIN_EVENT_DEFINED, 0);
    turn();
    eb_conn_unref(first);
    lifecycle("a", EB_DOMAIN_EVENT_UNDEFINED, 0);
    turn();
    assert_int_equal(a.calls, 1);
    assert_int_equal(b.calls, 2);
    eb_conn_unref(second);
}

static void keep(char *to, const char *text)
{
    snprintf(to, 16, "%.15s", text ? text : "(null)");
}

static void saw_texts(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    struct listener *l = opaque;

    heard(conn, dom, event, opaque);
    switch ((int)event->id) {
    case EB_DOMAIN_EVENT_ID_GRAPHICS:
        keep(l->texts[0], event->data.graphics.local.node);
        keep(l->texts[1], event->data.graphics.local.service);
        keep(l->texts[2], event->data.graphics.remote.node);
        keep(l->texts[3], event->data.graphics.remote.service);
        keep(l->texts[4], event->data.graphics.auth_scheme);
        break;
    case EB_DOMAIN_EVENT_ID_IO_ERROR_REASON:
        keep(l->texts[0], event->data.io_error.source);
        keep(l->texts[1], event->data.io_error.device);
        keep(l->texts[2], event->data.io_error.reason);
        break;
    case EB_DOMAIN_EVENT_ID_DISK_CHANGE:
        keep(l->texts[0], event->data.disk_change.old_source);
        keep(l->texts[1], event->data.disk_change.new_source);
        keep(l->texts[2], event->data.disk_change.device);
        break;
    case EB_DOMAIN_EVENT_ID_METADATA_CHANGE:
        keep(l->texts[0], event->data.metadata_change.uri);
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        keep(l->texts[0], event->data.tray_change.device);
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
        keep(l->texts[0], event->data.device.alias);
        break;
    case EB_DOMAIN_EVENT_ID_JOB_COMPLETED:
        assert_int_equal(event->data.job_completed.n_params, 1);
        keep(l->texts[0], event->data.job_completed.params[0].field);
        break;
    default:
        break;
    }
}

/* Emits an event with the numbers 7, 8, 9 and the texts "A" to "E", and gives what a callback saw. */
static void pass(eb_conn *conn, eb_domain_event_id id, struct listener *l)
{
    struct eb_event *e = happened("a", id);

    memset(l, 0, sizeof(*l));
    assert_true(eb_conn_register_domain_event(conn, NULL, id, saw_texts, l, NULL, NULL) >= 0);
    for (int i = 0; i < 3; i++)
        e->numbers[i] = 7 + i;
    for (int i = 0; i < EB_EVENT_TEXTS; i++)
        e->texts[i] = eb_asprintf("%c", 'A' + i);
    snprintf(EB_APPEND(e->params, e->n_params)->field, 16, "type");
    e->params[0].type = EB_PARAM_INT;
    eb_event_hub_emit(hub, e);
    turn();
    assert_int_equal(l->calls, 1);
    assert_int_equal(l->last.id, id);
}

static void each_kind_of_event_has_its_members(void **state)
{
    eb_conn *conn = open_fake();
    struct listener l;

    (void)state;
    pass(conn, EB_DOMAIN_EVENT_ID_GRAPHICS, &l);
    assert_int_equal(l.last.data.graphics.phase, 7);
    assert_int_equal(l.last.data.graphics.local.family, 8);
    assert_int_equal(l.last.data.graphics.remote.family, 9);
    assert_string_equal(l.texts[0], "A");
    assert_string_equal(l.texts[1], "B");
    assert_string_equal(l.texts[2], "C");
    assert_string_equal(l.texts[3], "D");
    assert_string_equal(l.texts[4], "E");
    pass(conn, EB_DOMAIN_EVENT_ID_IO_ERROR_REASON, &l);
    assert_int_equal(l.last.data.io_error.action, 7);
    assert_string_equal(l.texts[0], "A");
    assert_string_equal(l.texts[1], "B");
    assert_string_equal(l.texts[2], "C");
    pass(conn, EB_DOMAIN_EVENT_ID_DISK_CHANGE, &l);
    assert_int_equal(l.last.data.disk_change.reason, 7);
    assert_string_equal(l.texts[0], "A");
    assert_string_equal(l.texts[1], "B");
    assert_string_equal(l.texts[2], "C");
    pass(conn, EB_DOMAIN_EVENT_ID_TRAY_CHANGE, &l);
    assert_int_equal(l.last.data.tray_change.reason, 7);
    assert_string_equal(l.texts[0], "A");
    pass(conn, EB_DOMAIN_EVENT_ID_METADATA_CHANGE, &l);
    assert_int_equal(l.last.data.metadata_change.type, 7);
    assert_string_equal(l.texts[0], "A");
    pass(conn, EB_DOMAIN_EVENT_ID_DEVICE_ADDED, &l);
    assert_string_equal(l.texts[0], "A");
    pass(conn, EB_DOMAIN_EVENT_ID_JOB_COMPLETED, &l);
    assert_string_equal(l.texts[0], "type");
    pass(conn, EB_DOMAIN_EVENT_ID_BALLOON_CHANGE, &l);
    assert_int_equal(l.last.data.balloon_change.actual, 7);
    pass(conn, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, &l);
    assert_int_equal(l.last.data.agent_lifecycle.state, 7);
    assert_int_equal(l.last.data.agent_lifecycle.reason, 8);
    pass(conn, EB_DOMAIN_EVENT_ID_MIGRATION_ITERATION, &l);
    assert_int_equal(l.last.data.migration_iteration.iteration, 7);
    pass(conn, EB_DOMAIN_EVENT_ID_MEMORY_FAILURE, &l);
    assert_int_equal(l.last.data.memory_failure.recipient, 7);
    assert_int_equal(l.last.data.memory_failure.action, 8);
    assert_int_equal(l.last.data.memory_failure.flags, 9);
    eb_conn_unref(conn);
}

static void refused(eb_conn *conn, eb_domain *dom, int id, eb_domain_event_fn fn, eb_error_code code,
                    const char *message)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    assert_int_equal(eb_conn_register_domain_event(conn, dom, (eb_domain_event_id)id, fn, NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, code);
    assert_string_equal(err.message, message);
}

static void wrong_registrations_are_refused(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_fake(), *other = open_fake();
    eb_domain *foreign = NULL;

    (void)state;
    assert_int_equal(eb_domain_lookup_by_name(other, "x", &foreign, NULL), 0);
    refused(conn, NULL, 28, heard, EB_ERR_INVALID_ARG,
            "eventID in virConnectDomainEventRegisterAny must be less than 28");
    refused(conn, NULL, -1, heard, EB_ERR_INVALID_ARG,
            "eventID in virConnectDomainEventRegisterAny must be less than 28");
    refused(conn, NULL, 0, NULL, EB_ERR_INVALID_ARG,
            "cb in virConnectDomainEventRegisterAny must not be NULL");
    refused(conn, foreign, 0, heard, EB_ERR_INVALID_ARG,
            "domain 'x' in virConnectDomainEventRegisterAny must match connection");
    refused(conn, NULL, EB_DOMAIN_EVENT_ID_WATCHDOG, heard, EB_ERR_NO_SUPPORT,
            "this function is not supported by the connection driver: virConnectDomainEventRegisterAny: the "
            "fake driver has no source of domain event 3");
    assert_int_equal(eb_conn_deregister_domain_event(conn, 17, &err), -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_domain_unref(foreign);
    eb_conn_unref(other);
    eb_conn_unref(conn);
}

static void the_connection_may_be_dropped_inside_a_callback(void **state)
{
    eb_conn *conn = open_fake();
    struct listener a = {.drop = conn}, b = {0};
    int before = closes;

    (void)state;
    listen_to(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &a);
    listen_to(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, &b);
    lifecycle("a", 0, 0);
    lifecycle("a", 1, 0);
    turn();
    assert_int_equal(closes, before + 1);
    assert_int_equal(a.calls, 1);
    assert_int_equal(b.calls, 0);
    assert_int_equal(a.freed + b.freed, 2);
}

static void was_closed(eb_conn *conn, eb_close_reason reason, void *opaque)
{
    struct listener *l = opaque;

    (void)conn;
    l->calls++;
    l->reason = reason;
}

static void another_was_closed(eb_conn *conn, eb_close_reason reason, void *opaque)
{
    (void)conn;
    (void)reason;
    (void)opaque;
}

static void a_lost_connection_is_told_once_with_the_reason(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_fake();
    struct listener l = {0};

    (void)state;
    assert_int_equal(eb_conn_unregister_close(conn, was_closed, &err), -1);
    eb_error_clear(&err);
    assert_int_equal(eb_conn_register_close(conn, was_closed, &l, let_go, NULL), 0);
    assert_int_equal(eb_conn_register_close(conn, was_closed, &l, let_go, &err), -1);
    assert_string_equal(err.message, "internal error: A close callback is already registered");
    eb_conn_emit_closed(conn, EB_CLOSE_REASON_EOF);
    turn();
    assert_int_equal(l.calls, 1);
    assert_int_equal(l.reason, EB_CLOSE_REASON_EOF);
    assert_int_equal(eb_conn_unregister_close(conn, another_was_closed, NULL), -1);
    assert_int_equal(eb_conn_unregister_close(conn, was_closed, NULL), 0);
    assert_int_equal(l.freed, 1);
    eb_conn_emit_closed(conn, EB_CLOSE_REASON_ERROR);
    turn();
    assert_int_equal(l.calls, 1);
    assert_int_equal(eb_conn_register_close(conn, was_closed, &l, let_go, NULL), 0);
    eb_conn_unref(conn);
    assert_int_equal(l.freed, 2);
}

static atomic_bool stop;

static void *emits(void *opaque)
{
    (void)opaque;
    for (int i = 0; i < 5000; i++)
        lifecycle("a", i % 8, 0);
    return NULL;
}

static void count(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    (void)dom;
    (void)event;
    atomic_fetch_add((atomic_int *)opaque, 1);
}

static void *opens_and_closes(void *opaque)
{
    for (int i = 0; i < 500; i++) {
        eb_conn *conn = NULL;
        int id;

        if (eb_connect_open("fake:///x", 0, &conn, NULL) < 0)
            return opaque;
        id = eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, count, opaque, NULL,
                                           NULL);
        if (id < 0)
            return opaque;
        lifecycle("b", 0, 0);
        if (i % 2 && eb_conn_deregister_domain_event(conn, id, NULL) < 0)
            return opaque;
        eb_conn_unref(conn);
    }
    return NULL;
}

static void *runs_the_loop(void *opaque)
{
    int timer = eb_loop_current()->add_timer(1, nothing, NULL, NULL);

    (void)opaque;
    while (!atomic_load(&stop))
        eb_loop_run_default(NULL);
    eb_loop_current()->remove_timer(timer);
    return NULL;
}

static void connections_may_end_in_any_thread_while_events_arrive(void **state)
{
    eb_conn *conn = open_fake();
    atomic_int kept = 0, passing = 0;
    pthread_t loop, workers[4];

    (void)state;
    assert_true(eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, count, &kept, NULL,
                                              NULL) >= 0);
    assert_int_equal(pthread_create(&loop, NULL, runs_the_loop, NULL), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, i % 2 ? emits : opens_and_closes, &passing), 0);
    for (int i = 0; i < 4; i++) {
        void *complaint = NULL;

        pthread_join(workers[i], &complaint);
        assert_null(complaint);
    }
    for (int i = 0; i < 1000 && atomic_load(&kept) < 11000; i++)
        usleep(10000);
    assert_int_equal(atomic_load(&kept), 11000); /* 2 * 5000 + 2 * 500, none lost, none twice */
    atomic_store(&stop, true);
    pthread_join(loop, NULL);
    eb_conn_unref(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_source_runs_exactly_while_a_callback_is_registered),
        cmocka_unit_test(a_source_that_does_not_start_leaves_nothing_behind),
        cmocka_unit_test(callbacks_hear_of_their_domain_or_of_all),
        cmocka_unit_test(every_connection_of_a_world_hears_the_same),
        cmocka_unit_test(each_kind_of_event_has_its_members),
        cmocka_unit_test(wrong_registrations_are_refused),
        cmocka_unit_test(the_connection_may_be_dropped_inside_a_callback),
        cmocka_unit_test(a_lost_connection_is_told_once_with_the_reason),
        cmocka_unit_test(connections_may_end_in_any_thread_while_events_arrive),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

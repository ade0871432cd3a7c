/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: every change is told once, in order, with libvirt's event and detail. */
#include "suite.h"

#include <time.h>

#define DEFINED(why) EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_##why
#define UNDEFINED(why) EB_DOMAIN_EVENT_UNDEFINED, EB_DOMAIN_EVENT_UNDEFINED_##why
#define STARTED(why) EB_DOMAIN_EVENT_STARTED, EB_DOMAIN_EVENT_STARTED_##why
#define SUSPENDED(why) EB_DOMAIN_EVENT_SUSPENDED, EB_DOMAIN_EVENT_SUSPENDED_##why
#define RESUMED EB_DOMAIN_EVENT_RESUMED, EB_DOMAIN_EVENT_RESUMED_UNPAUSED
#define STOPPED(why) EB_DOMAIN_EVENT_STOPPED, EB_DOMAIN_EVENT_STOPPED_##why

enum { PATIENCE_MS = 10000, HEARD_MAX = 64 };

/* What a test hears of its own machines, and of no other. */
struct ear {
    const char *prefix;
    size_t n;
    struct {
        int event, detail;
        char name[80];
    } heard[HEARD_MAX];
};

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    struct ear *ear = opaque;
    const char *name = eb_domain_get_name(dom);

    (void)conn;
    if (strncmp(name, ear->prefix, strlen(ear->prefix)) != 0 || ear->n == HEARD_MAX)
        return;
    snprintf(ear->heard[ear->n].name, sizeof(ear->heard[0].name), "%s", name + strlen(ear->prefix));
    ear->heard[ear->n].event = event->data.lifecycle.event;
    ear->heard[ear->n++].detail = event->data.lifecycle.detail;
}

static int listen_with(struct fixture *t, eb_conn *conn, eb_domain *dom, struct ear *ear)
{
    ear->prefix = t->prefix;
    return OK(
        t, eb_conn_register_domain_event(conn, dom, EB_DOMAIN_EVENT_ID_LIFECYCLE, hear, ear, NULL, fresh(t)));
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

/* Runs the loop until `n` events were heard, and then a little, for those that should not come. */
static void run_until(struct ear *ear, size_t n)
{
    int timer = eb_loop_current()->add_timer(20, tick, NULL, NULL);
    long patience = now_ms() + PATIENCE_MS, quiet;

    while (ear->n < n && now_ms() < patience)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    for (quiet = now_ms() + quiet_ms(); now_ms() < quiet;)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

/* The events since the last look are these pairs of event and detail. */
#define HEARD(ear, ...)                                                                                      \
    expect((ear), (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int) / 2,          \
           __FILE__, __LINE__)
static void expect(struct ear *ear, const int *pairs, size_t n, const char *file, int line)
{
    bool same;

    run_until(ear, n);
    same = ear->n == n;
    for (size_t i = 0; i < n && same; i++)
        same = ear->heard[i].event == pairs[2 * i] && ear->heard[i].detail == pairs[2 * i + 1];
    if (!same) {
        print_error("heard:");
        for (size_t i = 0; i < ear->n; i++)
            print_error(" %s %d,%d", ear->heard[i].name, ear->heard[i].event, ear->heard[i].detail);
        print_error("\nexpected:");
        for (size_t i = 0; i < n; i++)
            print_error(" %d,%d", pairs[2 * i], pairs[2 * i + 1]);
        print_error("\n");
        _fail(file, line);
    }
    ear->n = 0;
}

static void heard_nothing(struct ear *ear)
{
    run_until(ear, 0);
    assert_int_equal(ear->n, 0);
}

/* The loop must be there before the first callback; once for the process. */
static int event_setup(void **state)
{
    return eb_loop_register_default(NULL) < 0 ? -1 : suite_setup(state);
}
#define EVENT_TEST(fn) cmocka_unit_test_setup_teardown(fn, event_setup, suite_teardown)

static void a_definition_comes_changes_and_goes(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    const char *name = name_for(t, "d");
    eb_domain *dom;

    listen_with(t, t->conn, NULL, &ear);
    dom = define(t, xml_for(t, name, "", ""));
    HEARD(&ear, DEFINED(ADDED));
    define(t, xml_for(t, name, text(t, "<uuid>%s</uuid><description>x</description>", uuid_of(t, dom)), ""));
    HEARD(&ear, DEFINED(UPDATED));
    OK(t, eb_domain_rename(dom, name_for(t, "e"), 0, fresh(t)));
    HEARD(&ear, UNDEFINED(RENAMED), DEFINED(RENAMED));
    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    HEARD(&ear, UNDEFINED(REMOVED));
}

static void a_refused_change_is_not_told(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    eb_domain *dom = define_small(t, "d");

    listen_with(t, t->conn, NULL, &ear);
    REFUSED(t, EB_ERR_OK, eb_domain_suspend(dom, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_destroy(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK,
            eb_domain_define_xml(
                t->conn,
                xml_for(t, name_for(t, "d"), "<uuid>11111111-2222-3333-4444-555555555555</uuid>", ""), 0,
                NULL, fresh(t)));
    heard_nothing(&ear);
}

static void a_domain_lives(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    eb_domain *dom = define_small(t, "d");

    listen_with(t, t->conn, NULL, &ear);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    HEARD(&ear, STARTED(BOOTED));
    OK(t, eb_domain_suspend(dom, fresh(t)));
    HEARD(&ear, SUSPENDED(PAUSED));
    OK(t, eb_domain_resume(dom, fresh(t)));
    HEARD(&ear, RESUMED);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    HEARD(&ear, STOPPED(DESTROYED));
    OK(t, eb_domain_start(dom, EB_START_PAUSED, fresh(t)));
    HEARD(&ear, STARTED(BOOTED), SUSPENDED(PAUSED));
}

static void many_changes_are_told_in_order(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    eb_domain *dom;

    dom = define_small(t, "d");
    listen_with(t, t->conn, NULL, &ear);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    for (int i = 0; i < 3; i++) {
        OK(t, eb_domain_suspend(dom, fresh(t)));
        OK(t, eb_domain_resume(dom, fresh(t)));
    }
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    HEARD(&ear, STARTED(BOOTED), SUSPENDED(PAUSED), RESUMED, SUSPENDED(PAUSED), RESUMED, SUSPENDED(PAUSED),
          RESUMED, STOPPED(DESTROYED), UNDEFINED(REMOVED));
}

static void a_saved_domain_is_restored(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    eb_domain *dom;
    const char *path = path_for(t, "saved");

    dom = start_small(t, "d");
    listen_with(t, t->conn, NULL, &ear);
    OK(t, eb_domain_save(dom, path, NULL, 0, fresh(t)));
    HEARD(&ear, STOPPED(SAVED));
    OK(t, eb_domain_restore(t->conn, path, NULL, 0, fresh(t)));
    HEARD(&ear, STARTED(RESTORED));
    OK(t, eb_domain_managed_save(dom, 0, fresh(t)));
    HEARD(&ear, STOPPED(SAVED));
}

static void a_transient_domain_is_never_defined(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    eb_domain *dom;

    listen_with(t, t->conn, NULL, &ear);
    dom = create_small(t, "d");
    HEARD(&ear, STARTED(BOOTED));
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    HEARD(&ear, STOPPED(DESTROYED));
}

static void undefining_a_running_domain_leaves_it_running(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};
    eb_domain *dom = start_small(t, "d");
    listen_with(t, t->conn, NULL, &ear);
    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    HEARD(&ear, UNDEFINED(REMOVED));
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    HEARD(&ear, STOPPED(DESTROYED));
}

static void callbacks_of_one_domain_hear_of_no_other(void **state)
{
    struct fixture *t = *state;
    struct ear all = {0}, one = {0};
    eb_domain *a = define_small(t, "a"), *b = define_small(t, "b");

    listen_with(t, t->conn, NULL, &all);
    listen_with(t, t->conn, b, &one);
    OK(t, eb_domain_undefine(a, 0, fresh(t)));
    OK(t, eb_domain_undefine(b, 0, fresh(t)));
    HEARD(&all, UNDEFINED(REMOVED), UNDEFINED(REMOVED));
    HEARD(&one, UNDEFINED(REMOVED));
}

static void another_connection_hears_the_same(void **state)
{
    struct fixture *t = *state;
    struct ear here = {0}, there = {0};
    eb_conn *other = suite_open(EB_CONNECT_RO);

    listen_with(t, t->conn, NULL, &here);
    listen_with(t, other, NULL, &there);
    define_small(t, "d");
    HEARD(&here, DEFINED(ADDED));
    HEARD(&there, DEFINED(ADDED));
    eb_conn_unref(other);
    define_small(t, "e");
    HEARD(&here, DEFINED(ADDED));
    assert_int_equal(there.n, 0);
}

static void callbacks_come_and_go(void **state)
{
    struct fixture *t = *state;
    struct ear ear = {0};

    for (int i = 0; i < 3; i++) {
        int id = listen_with(t, t->conn, NULL, &ear);

        define_small(t, text(t, "d%d", i));
        HEARD(&ear, DEFINED(ADDED));
        OK(t, eb_conn_deregister_domain_event(t->conn, id, fresh(t)));
        define_small(t, text(t, "e%d", i));
        heard_nothing(&ear);
    }
}

struct metadata_ear {
    const char *prefix;
    int n, last;
};

static void hear_metadata(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    struct metadata_ear *ear = opaque;

    (void)conn;
    if (strncmp(eb_domain_get_name(dom), ear->prefix, strlen(ear->prefix)) != 0)
        return;
    ear->n++;
    ear->last = event->data.metadata_change.type;
}

static void metadata_that_changes_is_told(void **state)
{
    struct fixture *t = *state;
    struct metadata_ear ear = {.prefix = t->prefix};
    struct ear none = {0};
    eb_domain *dom = define_small(t, "d");

    if (eb_conn_register_domain_event(t->conn, NULL, EB_DOMAIN_EVENT_ID_METADATA_CHANGE, hear_metadata, &ear,
                                      NULL, fresh(t)) < 0) {
        assert_int_equal(t->err.code, EB_ERR_NO_SUPPORT);
        print_message("without metadata-events: it tells of no change of extra data\n");
        skip();
    }
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "new", NULL, NULL, 0, fresh(t)));
    run_until(&none, 0);
    assert_int_equal(ear.n, 1);
    assert_int_equal(ear.last, EB_METADATA_TITLE);
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<a/>", "k", "http://x/", 0, fresh(t)));
    run_until(&none, 0);
    assert_int_equal(ear.n, 2);
    assert_int_equal(ear.last, EB_METADATA_ELEMENT);
}

static const struct CMUnitTest tests[] = {
    EVENT_TEST(a_definition_comes_changes_and_goes),
    EVENT_TEST(a_refused_change_is_not_told),
    EVENT_TEST(a_domain_lives),
    EVENT_TEST(many_changes_are_told_in_order),
    EVENT_TEST(a_saved_domain_is_restored),
    EVENT_TEST(a_transient_domain_is_never_defined),
    EVENT_TEST(undefining_a_running_domain_leaves_it_running),
    EVENT_TEST(callbacks_of_one_domain_hear_of_no_other),
    EVENT_TEST(another_connection_hears_the_same),
    EVENT_TEST(callbacks_come_and_go),
    EVENT_TEST(metadata_that_changes_is_told),
};
SUITE_GROUP(suite_event, "event", tests);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many threads at once, on one connection and on several. */
#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 4

/* cmocka's checks belong to the test's own thread: a worker keeps its first failure. */
struct worker {
    pthread_t thread;
    struct fixture *t;
    eb_conn *conn;
    eb_domain *dom; /* shared by all */
    unsigned number, rounds;
    atomic_bool *stop;
    char failure[300];
    const char *xml; /* of a machine of its own */
};

static bool fine(struct worker *w, int result, const char *what, eb_error *err)
{
    if (result < 0 && !w->failure[0])
        snprintf(w->failure, sizeof(w->failure), "%s: %s", what, eb_error_message(err));
    eb_error_clear(err);
    return result >= 0;
}
#define FINE(w, call) fine((w), (call), #call, &err)

static void run_all(struct worker *w, size_t n, void *(*fn)(void *))
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_create(&w[i].thread, NULL, fn, &w[i]), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        if (w[i].failure[0])
            fail_msg("thread %u: %s", w[i].number, w[i].failure);
    }
}

static bool one_life(struct worker *w)
{
    eb_error err = EB_ERROR_INIT;
    eb_domain *dom = NULL;
    eb_domain_state state = EB_DOMAIN_NOSTATE;
    bool good;

    if (!FINE(w, eb_domain_define_xml(w->conn, w->xml, 0, &dom, &err)))
        return false;
    good = FINE(w, eb_domain_start(dom, 0, &err)) && FINE(w, eb_domain_suspend(dom, &err)) &&
           FINE(w, eb_domain_get_state(dom, &state, NULL, &err));
    if (good && state != EB_DOMAIN_PAUSED) {
        snprintf(w->failure, sizeof(w->failure), "paused, and yet in state %d", (int)state);
        good = false;
    }
    good = good && FINE(w, eb_domain_resume(dom, &err)) && FINE(w, eb_domain_destroy(dom, 0, &err)) &&
           FINE(w, eb_domain_undefine(dom, 0, &err));
    eb_domain_unref(dom);
    return good;
}

static void *live_and_die(void *data)
{
    struct worker *w = data;

    for (unsigned i = 0; i < w->rounds && one_life(w); i++) {
    }
    return NULL;
}

static void lives_on_one_connection_do_not_disturb_each_other(void **state)
{
    struct fixture *t = *state;
    struct worker w[THREADS] = {{0}};

    for (unsigned i = 0; i < THREADS; i++) {
        w[i].t = t;
        w[i].conn = t->conn;
        w[i].number = i;
        w[i].rounds = rounds(t);
        w[i].xml = xml_for(t, name_for(t, text(t, "life-%u", i)), "", "");
    }
    run_all(w, THREADS, live_and_die);
}

static void lives_on_connections_of_their_own_do_not_disturb_each_other(void **state)
{
    struct fixture *t = *state;
    struct worker w[THREADS] = {{0}};

    for (unsigned i = 0; i < THREADS; i++) {
        w[i].t = t;
        w[i].conn = suite_open(0);
        assert_non_null(w[i].conn);
        w[i].number = i;
        w[i].rounds = rounds(t);
        w[i].xml = xml_for(t, name_for(t, text(t, "life-%u", i)), "", "");
    }
    run_all(w, THREADS, live_and_die);
    for (unsigned i = 0; i < THREADS; i++)
        eb_conn_unref(w[i].conn);
}

/* Looks at everything that is there, again and again; what is gone meanwhile is no failure. */
static void look_at(struct worker *w, eb_domain *dom)
{
    eb_error err = EB_ERROR_INIT;
    eb_domain_info info;
    char *xml = NULL;

    if (eb_domain_get_xml(dom, 0, &xml, &err) < 0 && err.code != EB_ERR_NO_DOMAIN)
        FINE(w, -1);
    eb_error_clear(&err);
    eb_free(xml);
    if (eb_domain_get_info(dom, &info, &err) < 0 && err.code != EB_ERR_NO_DOMAIN)
        FINE(w, -1);
    eb_error_clear(&err);
    eb_domain_get_id(dom);
    if (!eb_domain_get_name(dom)[0])
        snprintf(w->failure, sizeof(w->failure), "a domain without a name");
}

static void *look(void *data)
{
    struct worker *w = data;

    while (!atomic_load(w->stop) && !w->failure[0]) {
        eb_error err = EB_ERROR_INIT;
        eb_domain **domains = NULL;
        int n = eb_conn_list_domains(w->conn, 0, &domains, &err);

        FINE(w, n);
        for (int i = 0; i < n; i++) {
            look_at(w, domains[i]);
            eb_domain_unref(domains[i]);
        }
        eb_free(domains);
    }
    return NULL;
}

static void *live_then_stop(void *data)
{
    struct worker *w = data;

    live_and_die(w);
    atomic_store(w->stop, true);
    return NULL;
}

static void looking_goes_on_while_domains_come_and_go(void **state)
{
    struct fixture *t = *state;
    struct worker w[THREADS] = {{0}};
    atomic_bool stop = false;

    for (unsigned i = 0; i < THREADS; i++) {
        w[i].t = t;
        w[i].conn = t->conn;
        w[i].number = i;
        w[i].rounds = rounds(t);
        w[i].stop = &stop;
        w[i].xml = xml_for(t, name_for(t, "life"), "", "");
    }
    for (unsigned i = 1; i < THREADS; i++)
        assert_int_equal(pthread_create(&w[i].thread, NULL, look, &w[i]), 0);
    live_then_stop(&w[0]);
    for (unsigned i = 1; i < THREADS; i++)
        assert_int_equal(pthread_join(w[i].thread, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        assert_string_equal(w[i].failure, "");
}

/* Each thread drives the same domain: calls may be refused, never with anything but an error of state. */
static void *drive(void *data)
{
    struct worker *w = data;

    for (unsigned i = 0; i < w->rounds && !w->failure[0]; i++) {
        eb_error err = EB_ERROR_INIT;
        char title[32];

        snprintf(title, sizeof(title), "title %u %u", w->number, i);
        FINE(w, eb_domain_set_metadata(w->dom, EB_METADATA_TITLE, title, NULL, NULL, EB_AFFECT_CONFIG, &err));
        eb_domain_start(w->dom, 0, NULL);
        eb_domain_suspend(w->dom, NULL);
        eb_domain_resume(w->dom, NULL);
        eb_domain_destroy(w->dom, 0, NULL);
        FINE(w, eb_domain_is_persistent(w->dom, &err));
    }
    return NULL;
}

static void one_domain_driven_by_many_stays_whole(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "driven");
    struct worker w[THREADS] = {{0}};
    eb_domain_state now;

    for (unsigned i = 0; i < THREADS; i++) {
        w[i].t = t;
        w[i].conn = t->conn;
        w[i].dom = dom;
        w[i].number = i;
        w[i].rounds = rounds(t);
    }
    run_all(w, THREADS, drive);
    OK(t, eb_domain_get_state(dom, &now, NULL, fresh(t)));
    if (now != EB_DOMAIN_SHUTOFF)
        OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    assert_non_null(strstr(xml_of(t, dom, 0), "<title>title "));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
}

static void *take_and_drop(void *data)
{
    struct worker *w = data;

    for (unsigned i = 0; i < w->rounds; i++) {
        eb_domain *dom = eb_domain_ref(w->dom);
        eb_conn *conn = eb_conn_ref(eb_domain_get_conn(dom));

        eb_domain_unref(dom);
        eb_conn_unref(conn);
    }
    return NULL;
}

static void handles_are_shared_between_threads(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "shared");
    struct worker w[THREADS] = {{0}};

    for (unsigned i = 0; i < THREADS; i++) {
        w[i].dom = dom;
        w[i].rounds = 1000;
    }
    run_all(w, THREADS, take_and_drop);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 1);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(lives_on_one_connection_do_not_disturb_each_other),
    SUITE_TEST(lives_on_connections_of_their_own_do_not_disturb_each_other),
    SUITE_TEST(looking_goes_on_while_domains_come_and_go),
    SUITE_TEST(one_domain_driven_by_many_stays_whole),
    SUITE_TEST(handles_are_shared_between_threads),
};
SUITE_GROUP(suite_threads, "threads", tests);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of event callbacks, of the timer that they need, and of the state that holds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/event.h"
#include "everbox/everbox.h"

static const unsigned char uuid_a[16] = {1}, uuid_b[16] = {2};

struct listener {
    struct eb_event_state *state;
    int calls;
    int last;       /* numbers[0] of the last event */
    int id;         /* its callback */
    int freed;      /* how often its opaque was freed */
    int deregister; /* when called: this callback is removed; -1: none */
    bool again;     /* when called: registers itself anew */
    bool drop_all;  /* when called: the connection's callbacks are removed and the state is dropped */
};

static void heard(void *conn, const struct eb_event *event, void *opaque);

static void let_go(void *opaque)
{
    ((struct listener *)opaque)->freed++;
}

static int listen_to(struct eb_event_state *state, struct listener *l, const unsigned char *uuid)
{
    l->state = state;
    l->deregister = -1;
    l->id = eb_event_state_register(state, NULL, EB_EVENT_DOMAIN, 0, uuid, heard, l, let_go, NULL);
    assert_true(l->id >= 0);
    return l->id;
}

static void heard(void *conn, const struct eb_event *event, void *opaque)
{
    struct listener *l = opaque;

    (void)conn;
    l->calls++;
    l->last = (int)event->numbers[0];
    if (l->deregister >= 0)
        assert_int_not_equal(eb_event_state_deregister(l->state, NULL, l->deregister, NULL), -1);
    if (l->again) {
        l->again = false;
        listen_to(l->state, l, NULL);
    }
    if (l->drop_all) {
        eb_event_state_deregister_conn(l->state, NULL);
        eb_event_state_unref(l->state);
    }
}

static void happen(struct eb_event_state *state, const unsigned char *uuid, int number)
{
    struct eb_event *event = eb_event_new(EB_EVENT_DOMAIN, 0, uuid, "machine", -1);

    event->numbers[0] = number;
    eb_event_state_queue(state, event);
}

static void nothing(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

/* Runs what is due; a timer that fires at each turn keeps the loop from waiting for more. */
static void turn(int times)
{
    int timer = eb_loop_current()->add_timer(0, nothing, NULL, NULL);

    for (int i = 0; i < times + 3; i++)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    assert_int_equal(eb_loop_current()->remove_timer(timer), 0);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

static int set_up_loop(void **state)
{
    (void)state;
    return eb_loop_register_default(NULL);
}

static void timer_exists_exactly_while_a_callback_is_registered(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener a = {0}, b = {0};

    (void)unused;
    assert_false(eb_event_state_has_timer(state));
    listen_to(state, &a, NULL);
    assert_true(eb_event_state_has_timer(state));
    listen_to(state, &b, NULL);
    assert_int_equal(eb_event_state_deregister(state, NULL, a.id, NULL), 1);
    assert_true(eb_event_state_has_timer(state));
    assert_int_equal(eb_event_state_deregister(state, NULL, b.id, NULL), 0);
    assert_false(eb_event_state_has_timer(state));
    assert_int_equal(a.freed + b.freed, 2);
    turn(1);
    eb_event_state_unref(state);
}

static void events_arrive_in_order_at_those_who_want_them(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener all = {0}, one = {0};

    (void)unused;
    listen_to(state, &all, NULL);
    listen_to(state, &one, uuid_b);
    for (int i = 1; i <= 5; i++)
        happen(state, uuid_a, i);
    happen(state, uuid_b, 6);
    turn(1);
    assert_int_equal(all.calls, 6);
    assert_int_equal(all.last, 6);
    assert_int_equal(one.calls, 1);
    assert_int_equal(one.last, 6);
    eb_event_state_deregister_conn(state, NULL);
    turn(1);
    eb_event_state_unref(state);
}

static void an_event_without_a_listener_is_dropped(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener late = {0};

    (void)unused;
    happen(state, uuid_a, 1);
    listen_to(state, &late, NULL);
    turn(1);
    assert_int_equal(late.calls, 0);
    eb_event_state_deregister_conn(state, NULL);
    turn(1);
    eb_event_state_unref(state);
}

static void a_removed_callback_hears_no_queued_event(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener a = {0}, b = {0};

    (void)unused;
    listen_to(state, &a, NULL);
    listen_to(state, &b, NULL);
    happen(state, uuid_a, 1);
    assert_int_equal(eb_event_state_deregister(state, NULL, a.id, NULL), 1);
    turn(1);
    assert_int_equal(a.calls, 0);
    assert_int_equal(b.calls, 1);
    eb_event_state_deregister_conn(state, NULL);
    turn(1);
    eb_event_state_unref(state);
}

static void a_callback_may_remove_itself_and_others(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener first = {0}, second = {0}, third = {0};

    (void)unused;
    listen_to(state, &first, NULL);
    listen_to(state, &second, NULL);
    listen_to(state, &third, NULL);
    first.deregister = second.id;
    third.deregister = third.id;
    happen(state, uuid_a, 1);
    turn(1);
    assert_int_equal(first.calls, 1);
    assert_int_equal(second.calls, 0);
    assert_int_equal(third.calls, 1);
    assert_int_equal(second.freed, 1);
    assert_int_equal(third.freed, 1);
    assert_int_equal(eb_event_state_count(state), 1);
    eb_event_state_deregister_conn(state, NULL);
    turn(1);
    assert_int_equal(first.freed, 1);
    eb_event_state_unref(state);
}

static void the_last_callback_may_remove_itself_and_come_back(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener a = {0};

    (void)unused;
    a.deregister = listen_to(state, &a, NULL);
    a.again = true;
    happen(state, uuid_a, 1);
    happen(state, uuid_a, 2);
    turn(1);
    assert_int_equal(a.calls, 1);
    assert_true(eb_event_state_has_timer(state));
    happen(state, uuid_a, 3);
    turn(1);
    assert_int_equal(a.calls, 2);
    assert_int_equal(a.last, 3);
    eb_event_state_deregister_conn(state, NULL);
    turn(1);
    eb_event_state_unref(state);
}

static void the_state_may_be_dropped_inside_a_callback(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    struct listener a = {0}, b = {0};

    (void)unused;
    listen_to(state, &a, NULL);
    listen_to(state, &b, NULL);
    a.drop_all = true;
    happen(state, uuid_a, 1);
    happen(state, uuid_a, 2);
    turn(2);
    assert_int_equal(a.calls, 1);
    assert_int_equal(b.calls, 0);
    assert_int_equal(a.freed + b.freed, 2);
}

static void dropping_the_connection_with_the_timer_due_frees_nothing_early(void **unused)
{
    (void)unused;
    for (int i = 0; i < 20000; i++) {
        struct eb_event_state *state = eb_event_state_new(NULL, NULL);
        struct listener a = {0};

        listen_to(state, &a, NULL);
        if (i % 2)
            happen(state, uuid_a, i);
        if (i % 3 == 0)
            turn(0);
        eb_event_state_deregister_conn(state, NULL);
        eb_event_state_unref(state);
        assert_int_equal(a.freed, 1);
    }
    turn(2);
}

static void an_unknown_callback_is_refused(void **unused)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);

    (void)unused;
    assert_int_equal(eb_event_state_deregister(state, NULL, 7, &err), -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_event_state_unref(state);
}

static atomic_int heard_by_threads;
static atomic_bool stop;

static void count(void *conn, const struct eb_event *event, void *opaque)
{
    (void)conn;
    (void)event;
    (void)opaque;
    atomic_fetch_add(&heard_by_threads, 1);
}

static void *registers_and_removes(void *opaque)
{
    struct eb_event_state *state = opaque;

    for (int i = 0; i < 2000; i++) {
        int id = eb_event_state_register(state, &stop, EB_EVENT_DOMAIN, 0, NULL, count, NULL, NULL, NULL);

        happen(state, uuid_a, i);
        if (eb_event_state_deregister(state, &stop, id, NULL) < 0)
            return state; /* a callback was lost */
    }
    return NULL;
}

static void *queues(void *opaque)
{
    for (int i = 0; i < 5000; i++)
        happen(opaque, uuid_b, i);
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

static void threads_may_register_queue_and_remove_at_once(void **unused)
{
    struct eb_event_state *state = eb_event_state_new(NULL, NULL);
    pthread_t loop, workers[4];
    int kept = eb_event_state_register(state, NULL, EB_EVENT_DOMAIN, 0, uuid_b, count, NULL, NULL, NULL);

    (void)unused;
    atomic_store(&heard_by_threads, 0);
    assert_int_equal(pthread_create(&loop, NULL, runs_the_loop, NULL), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, i % 2 ? queues : registers_and_removes, state), 0);
    for (int i = 0; i < 4; i++) {
        void *complaint = NULL;

        pthread_join(workers[i], &complaint);
        assert_null(complaint);
    }
    for (int i = 0; i < 200 && atomic_load(&heard_by_threads) < 10000; i++)
        usleep(10000);
    assert_true(atomic_load(&heard_by_threads) >=
                10000); /* the kept one alone hears all 10,000 of its object */
    assert_int_equal(eb_event_state_deregister(state, NULL, kept, NULL), 0);
    atomic_store(&stop, true);
    pthread_join(loop, NULL);
    turn(2);
    eb_event_state_unref(state);
}

static void handle_is_told_what_is_ready(int handle, int fd, int events, void *opaque)
{
    char c;

    assert_true(events & EB_HANDLE_READABLE);
    assert_int_equal(read(fd, &c, 1), 1);
    *(int *)opaque += 1;
    eb_loop_current()->remove_handle(handle);
}

static void the_built_in_loop_watches_descriptors(void **unused)
{
    int fds[2], calls = 0;

    (void)unused;
    assert_int_equal(pipe(fds), 0);
    assert_true(eb_loop_current()->add_handle(fds[0], EB_HANDLE_READABLE, handle_is_told_what_is_ready,
                                              &calls, NULL) > 0);
    turn(1);
    assert_int_equal(calls, 0);
    assert_int_equal(write(fds[1], "xy", 2), 2);
    turn(2);
    assert_int_equal(calls, 1);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer_exists_exactly_while_a_callback_is_registered),
        cmocka_unit_test(events_arrive_in_order_at_those_who_want_them),
        cmocka_unit_test(an_event_without_a_listener_is_dropped),
        cmocka_unit_test(a_removed_callback_hears_no_queued_event),
        cmocka_unit_test(a_callback_may_remove_itself_and_others),
        cmocka_unit_test(the_last_callback_may_remove_itself_and_come_back),
        cmocka_unit_test(the_state_may_be_dropped_inside_a_callback),
        cmocka_unit_test(dropping_the_connection_with_the_timer_due_frees_nothing_early),
        cmocka_unit_test(an_unknown_callback_is_refused),
        cmocka_unit_test(the_built_in_loop_watches_descriptors),
        cmocka_unit_test(threads_may_register_queue_and_remove_at_once),
    };

    return cmocka_run_group_tests(tests, set_up_loop, NULL);
}

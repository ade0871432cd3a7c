/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much later than a bare getEvent loop a callback hears of what another process does, both in one run and
 * of the same changes: event-latency URI EVERBOX. The other process is EVERBOX, which pauses and resumes a
 * machine.
 */
#include "../tests/vbox/vboxtest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 100, EVENTS = 2 * ROUNDS, PATIENCE_S = 60 };

static const char *everbox;
static int64_t bare[EVENTS], told[EVENTS];
static atomic_uint n_bare, n_told;
static atomic_bool ready, stop;

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void note(int64_t *stamps, atomic_uint *n)
{
    unsigned i = atomic_fetch_add(n, 1);

    if (i < EVENTS)
        stamps[i] = now_ns();
}

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    (void)dom;
    (void)event;
    (void)opaque;
    note(told, &n_told);
}

static void *listen_bare(void *opaque)
{
    enum vb_VBoxEventType type = VBoxEventType_OnMachineStateChanged;
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IEventSource) source = NULL;
    VB_AUTO(IEventListener) listener = NULL;

    (void)opaque;
    if (vb_begin(vb, &vbox, NULL, NULL) < 0 || IVirtualBox_get_eventSource(vb, vbox, &source, NULL) < 0 ||
        IEventSource_createListener(vb, source, &listener, NULL) < 0 ||
        IEventSource_registerListener(vb, source, listener, 1, &type, false, NULL) < 0)
        return NULL;
    atomic_store(&ready, true);
    while (!atomic_load(&stop)) {
        VB_AUTO(IEvent) event = NULL;

        if (IEventSource_getEvent(vb, source, listener, 200, &event, NULL) == 0 && event) {
            note(bare, &n_bare);
            IEventSource_eventProcessed(vb, source, listener, event, NULL);
        }
    }
    IEventSource_unregisterListener(vb, source, listener, NULL);
    return NULL;
}

static void *change(void *opaque)
{
    FILE *commands;

    (void)opaque;
    commands = popen(everbox, "w"); // NOLINT(cert-env33-c): it is a command
    if (!commands)
        return NULL;
    for (int i = 0; i < ROUNDS; i++)
        fputs("suspend measured\nresume measured\n", commands);
    pclose(commands);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void callbacks_hear_soon_after_a_bare_loop(void **state)
{
    const struct timespec step = {0, 10000000};
    int64_t later[EVENTS], until = now_ns() + (int64_t)PATIENCE_S * 1000000000;
    eb_domain *dom = define(*state, "measured");
    pthread_t listener, changer;
    int timer, id;

    OK(eb_loop_register_default(fresh()));
    OK(eb_domain_start(dom, 0, fresh()));
    id = OK(
        eb_conn_register_domain_event(*state, dom, EB_DOMAIN_EVENT_ID_LIFECYCLE, hear, NULL, NULL, fresh()));
    assert_int_equal(pthread_create(&listener, NULL, listen_bare, NULL), 0);
    while (!atomic_load(&ready) && now_ns() < until)
        nanosleep(&step, NULL);
    timer = eb_loop_current()->add_timer(100, tick, NULL, NULL);
    assert_int_equal(pthread_create(&changer, NULL, change, NULL), 0);
    while ((atomic_load(&n_told) < EVENTS || atomic_load(&n_bare) < EVENTS) && now_ns() < until)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    atomic_store(&stop, true);
    pthread_join(changer, NULL);
    pthread_join(listener, NULL);
    OK(eb_conn_deregister_domain_event(*state, id, fresh()));
    remove_domain(dom);
    assert_int_equal(atomic_load(&n_told), EVENTS);
    assert_int_equal(atomic_load(&n_bare), EVENTS);
    for (int i = 0; i < EVENTS; i++)
        later[i] = told[i] - bare[i];
    qsort(later, EVENTS, sizeof(*later), compare);
    printf("a callback after a bare getEvent loop: ms: median %.2f, p99 %.2f\n",
           (double)later[EVENTS / 2] / 1e6, (double)later[EVENTS * 99 / 100] / 1e6);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {VBOX_TEST(callbacks_hear_soon_after_a_bare_loop)};

    if (argc < 3) {
        fprintf(stderr, "usage: event-latency URI EVERBOX\n");
        return 2;
    }
    everbox = eb_asprintf("'%s' -q -c '%s' > /dev/null", argv[2], argv[1]);
    return run_vbox_tests(2, argv, "event-latency", tests, EB_ARRAY_SIZE(tests));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server over a driver whose operations take as long as the test wants: who waits for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/driver.h"
#include "rpc/framing.h"
#include "rpc/protocol.h"
#include "rpc/server.h"

/* ---- The driver: starting a domain waits until the gate opens ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool gate_open; /* under the lock, as the next two */
static int waiting, closed;

/* What reading a domain's state may have to wait for, and where it ran. */
static pthread_mutex_t world = PTHREAD_MUTEX_INITIALIZER;
static bool waits_although_held; /* under `lock`, as the next */
static int reads, reads_in_loop;
static pthread_t loop_thread; /* set before there is a client */

static int probe(const struct eb_uri *uri, eb_error *err EB_UNUSED)
{
    return eb_streq(uri->scheme, "slow");
}

static int open_conn(eb_conn *conn EB_UNUSED, const struct eb_uri *uri EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 0;
}

static void close_conn(eb_conn *conn EB_UNUSED)
{
    pthread_mutex_lock(&lock);
    closed++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Under `lock`. */
static void wait_for_gate(void)
{
    waiting++;
    pthread_cond_broadcast(&changed);
    while (!gate_open)
        pthread_cond_wait(&changed, &lock);
    waiting--;
    pthread_cond_broadcast(&changed);
}

static int start(eb_conn *conn EB_UNUSED, eb_uuid uuid EB_UNUSED, unsigned flags EB_UNUSED,
                 eb_error *err EB_UNUSED)
{
    pthread_mutex_lock(&lock);
    wait_for_gate();
    pthread_mutex_unlock(&lock);
    return 0;
}

static bool try_hold(eb_conn *conn EB_UNUSED)
{
    return pthread_mutex_trylock(&world) == 0;
}

static void let_go(eb_conn *conn EB_UNUSED)
{
    pthread_mutex_unlock(&world);
}

static int get_state(eb_conn *conn EB_UNUSED, eb_uuid uuid EB_UNUSED, eb_domain_state *state, int *reason,
                     eb_error *err EB_UNUSED)
{
    pthread_mutex_lock(&lock);
    reads++;
    reads_in_loop += pthread_equal(pthread_self(), loop_thread) != 0;
    if (waits_although_held)
        wait_for_gate();
    pthread_mutex_unlock(&lock);
    *state = EB_DOMAIN_PAUSED;
    *reason = EB_PAUSED_USER;
    return 0;
}

static const struct eb_driver slow_driver = {
    .name = "slow",
    .type = "SLOW",
    .conn = {.probe = probe, .open = open_conn, .close = close_conn, .try_hold = try_hold, .let_go = let_go},
    .domain = {.start = start, .get_state = get_state},
};
const struct eb_driver *const eb_drivers[] = {&slow_driver, NULL};

static void set_gate(bool open)
{
    pthread_mutex_lock(&lock);
    gate_open = open;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void open_gate(void)
{
    set_gate(true);
}

static void wait_until(const int *what, int value)
{
    pthread_mutex_lock(&lock);
    while (*what != value)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* ---- The server and its clients ---- */

struct fixture {
    struct rpc_server *server;
    pthread_t thread;
    struct sockaddr_un address;
};

static void *run(void *opaque)
{
    rpc_server_run(opaque, NULL, NULL);
    return NULL;
}

static int set_up(void **state)
{
    struct rpc_limits limits = RPC_LIMITS_DEFAULT;
    struct rpc_access access = {.same_user = true};
    struct fixture *f = EB_NEW(struct fixture);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    gate_open = waits_although_held = false;
    waiting = closed = reads = reads_in_loop = 0;
    limits.workers = 2;
    limits.quick_workers = 1;
    limits.max_client_requests = 3;
    f->address.sun_family = AF_UNIX;
    snprintf(f->address.sun_path + 1, sizeof(f->address.sun_path) - 1, "everbox-test-server-%d",
             (int)getpid());
    assert_int_equal(bind(fd, (struct sockaddr *)&f->address, sizeof(f->address)), 0);
    assert_int_equal(rpc_server_new(&limits, &f->server, NULL), 0);
    assert_int_equal(rpc_server_listen(f->server, fd, &access, NULL), 0);
    assert_int_equal(pthread_create(&f->thread, NULL, run, f->server), 0);
    loop_thread = f->thread;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    open_gate();
    rpc_server_stop(f->server);
    pthread_join(f->thread, NULL);
    rpc_server_free(f->server);
    free(f);
    return 0;
}

static void add_call(struct eb_strbuf *out, uint32_t procedure, uint32_t serial, const struct xdr_type *type,
                     const void *args)
{
    struct rpc_header header = {
        .program = RPC_PROGRAM_REMOTE, .version = 1, .procedure = procedure, .serial = serial};
    struct eb_strbuf frame = {0};

    rpc_frame_begin(&frame, &header);
    assert_int_equal(xdr_encode(type, args, &frame, NULL), 0);
    assert_int_equal(rpc_frame_end(&frame, NULL), 0);
    eb_strbuf_addn(out, frame.s, frame.len);
    eb_strbuf_free(&frame);
}

static void send_call(int fd, uint32_t procedure, uint32_t serial, const struct xdr_type *type,
                      const void *args)
{
    struct eb_strbuf frame = {0};

    add_call(&frame, procedure, serial, type, args);
    assert_int_equal(send(fd, frame.s, frame.len, MSG_NOSIGNAL), (ssize_t)frame.len);
    eb_strbuf_free(&frame);
}

/* The serial of the next answer, which must be no error; -1 when the server hung up. */
static int64_t receive(int fd)
{
    unsigned char head[RPC_FRAME_MIN], rest[4096];
    uint32_t n;

    if (recv(fd, head, sizeof(head), MSG_WAITALL) != (ssize_t)sizeof(head))
        return -1;
    n = xdr_get_u32(head) - RPC_FRAME_MIN;
    assert_true(n <= sizeof(rest));
    if (n) /* a socket waits for data even to give none */
        assert_int_equal(recv(fd, rest, n, MSG_WAITALL), (ssize_t)n);
    assert_int_equal(xdr_get_u32(head + 24), RPC_STATUS_OK);
    return xdr_get_u32(head + 20);
}

static int connect_client(struct fixture *f)
{
    struct rpc_connect_open_args args = {.name = (char *)(uintptr_t) "slow:///"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&f->address, sizeof(f->address)), 0);
    send_call(fd, RPC_CONNECT_OPEN, 0, &rpc_connect_open_args_type, &args);
    assert_int_equal(receive(fd), 0);
    return fd;
}

static void begin_start(int fd, uint32_t serial)
{
    struct rpc_domain_create_args args = {.dom = {.name = (char *)(uintptr_t) "x", .id = -1}};

    send_call(fd, RPC_DOMAIN_CREATE, serial, &rpc_domain_create_args_type, &args);
}

static void begin_get_state(int fd, uint32_t serial)
{
    struct rpc_domain_get_state_args args = {.dom = {.name = (char *)(uintptr_t) "x", .id = -1}};

    send_call(fd, RPC_DOMAIN_GET_STATE, serial, &rpc_domain_get_state_args_type, &args);
}

/* ---- Tests ---- */

static void quick_calls_are_answered_while_every_worker_is_busy(void **state)
{
    int busy = connect_client(*state), other = connect_client(*state);

    begin_start(busy, 1);
    begin_start(busy, 2);
    wait_until(&waiting, 2);
    begin_get_state(busy, 3);
    assert_int_equal(receive(busy), 3);
    begin_get_state(other, 1);
    assert_int_equal(receive(other), 1);
    open_gate();
    assert_int_equal(receive(busy) + receive(busy), 3);
    close(busy);
    close(other);
}

static void a_client_s_calls_over_its_limit_wait_for_the_others(void **state)
{
    int fd = connect_client(*state);
    struct pollfd p = {.fd = fd, .events = POLLIN};

    for (uint32_t serial = 1; serial <= 3; serial++)
        begin_start(fd, serial);
    begin_get_state(fd, 4);
    wait_until(&waiting, 2);
    assert_int_equal(poll(&p, 1, 200), 0);
    open_gate();
    assert_int_equal(receive(fd) + receive(fd) + receive(fd) + receive(fd), 10);
    close(fd);
}

static void operations_that_stand_still_take_nobody_s_place(void **state)
{
    int stuck = connect_client(*state), other = connect_client(*state);

    begin_start(stuck, 1);
    begin_start(stuck, 2);
    wait_until(&waiting, 2);
    begin_start(other, 1); /* there are two workers */
    wait_until(&waiting, 3);
    open_gate();
    assert_int_equal(receive(stuck) + receive(stuck), 3);
    assert_int_equal(receive(other), 1);
    close(stuck);
    close(other);
}

static void quick_calls_that_stand_still_take_nobody_s_place(void **state)
{
    int stuck = connect_client(*state), other = connect_client(*state);

    pthread_mutex_lock(&world); /* so they go to workers */
    waits_although_held = true;
    begin_get_state(stuck, 1);
    wait_until(&waiting, 1);
    begin_get_state(other, 1); /* there is one quick worker */
    wait_until(&waiting, 2);
    open_gate();
    assert_int_equal(receive(stuck), 1);
    assert_int_equal(receive(other), 1);
    pthread_mutex_unlock(&world);
    close(stuck);
    close(other);
}

static void a_stop_lets_running_operations_end_and_answers_them(void **state)
{
    struct fixture *f = *state;
    int fd = connect_client(f), idle = connect_client(f);

    begin_start(fd, 1);
    wait_until(&waiting, 1);
    rpc_server_stop(f->server);
    assert_int_equal(receive(idle), -1);
    open_gate();
    assert_int_equal(receive(fd), 1);
    assert_int_equal(receive(fd), -1);
    close(fd);
    close(idle);
}

static void the_connection_of_a_client_that_left_is_closed_when_its_operation_ended(void **state)
{
    int fd = connect_client(*state), other = connect_client(*state);

    begin_start(fd, 1);
    wait_until(&waiting, 1);
    close(fd);
    begin_get_state(other, 1);
    assert_int_equal(receive(other), 1);
    pthread_mutex_lock(&lock);
    assert_int_equal(closed, 0);
    pthread_mutex_unlock(&lock);
    open_gate();
    wait_until(&closed, 1);
    close(other);
}

/* Under `lock`, since a worker may just be at it. */
static int look_at(const int *what)
{
    int value;

    pthread_mutex_lock(&lock);
    value = *what;
    pthread_mutex_unlock(&lock);
    return value;
}

static void what_waits_for_nobody_runs_in_the_loop_s_thread(void **state)
{
    int fd = connect_client(*state);

    begin_get_state(fd, 1);
    assert_int_equal(receive(fd), 1);
    assert_int_equal(look_at(&reads_in_loop), 1);
    close(fd);
}

static void what_would_wait_for_another_goes_to_a_worker(void **state)
{
    int fd = connect_client(*state);

    pthread_mutex_lock(&world); /* as a slow operation would */
    begin_get_state(fd, 1);
    assert_int_equal(receive(fd), 1);
    pthread_mutex_unlock(&world);
    assert_int_equal(look_at(&reads), 1);
    assert_int_equal(look_at(&reads_in_loop), 0);
    close(fd);
}

static void the_loop_runs_a_few_calls_of_a_client_before_it_looks_at_the_others(void **state)
{
    enum { MANY = 60, A_FEW = 16 };
    struct rpc_domain_get_state_args args = {.dom = {.name = (char *)(uintptr_t) "x", .id = -1}};
    struct eb_strbuf all = {0};
    int fd = connect_client(*state);
    int64_t sum = 0;

    for (uint32_t serial = 1; serial <= MANY; serial++)
        add_call(&all, RPC_DOMAIN_GET_STATE, serial, &rpc_domain_get_state_args_type, &args);
    assert_int_equal(send(fd, all.s, all.len, MSG_NOSIGNAL), (ssize_t)all.len);
    for (int i = 0; i < MANY; i++)
        sum += receive(fd);
    assert_int_equal(sum, MANY * (MANY + 1) / 2);
    assert_int_equal(look_at(&reads), MANY);
    assert_int_equal(look_at(&reads_in_loop), A_FEW);
    eb_strbuf_free(&all);
    close(fd);
}

static void driver_that_waits_in_the_loop_is_found_out_at_once(void **state)
{
    int fd = connect_client(*state), other;

    waits_although_held = true;
    begin_get_state(fd, 1);
    wait_until(&waiting, 1);
    usleep(20000); /* longer than what counts as waiting */
    open_gate();
    assert_int_equal(receive(fd), 1);
    set_gate(false);
    begin_get_state(fd, 2);
    wait_until(&waiting, 1);
    other = connect_client(*state);
    open_gate();
    assert_int_equal(receive(fd), 2);
    assert_int_equal(look_at(&reads_in_loop), 1);
    close(fd);
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quick_calls_are_answered_while_every_worker_is_busy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_client_s_calls_over_its_limit_wait_for_the_others, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(operations_that_stand_still_take_nobody_s_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quick_calls_that_stand_still_take_nobody_s_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_lets_running_operations_end_and_answers_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            the_connection_of_a_client_that_left_is_closed_when_its_operation_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_for_nobody_runs_in_the_loop_s_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_would_wait_for_another_goes_to_a_worker, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_loop_runs_a_few_calls_of_a_client_before_it_looks_at_the_others,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(driver_that_waits_in_the_loop_is_found_out_at_once, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

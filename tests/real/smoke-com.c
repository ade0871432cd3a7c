/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * smoke-com [HOME]: the binding against a VirtualBox, from opening it to losing its server. Prints what it
 * does and ends with 0 when all of it went well. It kills the VBoxSVC of this user and settings folder. With
 * HOME it is for a stand-in (tests/sim); without, for the real one in the chroot.
 */
#include "vbox/com/bind.h"
#include "vbox/com/calls.h"
#include "vbox/com/client.h"
#include "vbox/com/hook.h"
#include "vbox/com/link.h"
#include "vbox/com/mainthread.h"
#include "vbox/com/own.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            printf("FAILED %s:%d: %s\n", __FILE__, __LINE__, #condition);                                    \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)
#define OK(call)                                                                                             \
    do {                                                                                                     \
        eb_error ok_err = EB_ERROR_INIT;                                                                     \
        eb_error *err = &ok_err;                                                                             \
        if ((call) < 0) {                                                                                    \
            printf("FAILED %s:%d: %s: %s\n", __FILE__, __LINE__, #call, eb_error_message(err));              \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

static struct vb *vb;
static const char *home; /* NULL: the real one */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void machines_are_listed(void)
{
    VB_AUTO(IVirtualBox) box = NULL;
    EB_AUTOFREE char *version = NULL;
    IMachine **machines = NULL;
    uint64_t epoch = 0;
    size_t n = 0;

    OK(vb_begin(vb, &box, &epoch, err));
    OK(IVirtualBox_get_version(vb, box, &version, err));
    OK(IVirtualBox_get_machines(vb, box, &n, &machines, err));
    printf("epoch %llu, version %s, %zu machines\n", (unsigned long long)epoch, version, n);
    vb_objects_free(n, machines);
}

static void an_error_has_virtualbox_words(void)
{
    VB_AUTO(IVirtualBox) box = NULL;
    VB_AUTO(IMachine) machine = NULL;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    OK(vb_begin(vb, &box, NULL, err));
    CHECK(IVirtualBox_findMachine(vb, box, "no such machine", &machine, &why) < 0);
    printf("%s\n", eb_error_message(&why));
    CHECK(why.code == EB_ERR_OPERATION_FAILED && why.domain == EB_FROM_VBOX);
    CHECK(why.vbox_result == VB_E_OBJECT_NOT_FOUND);
    CHECK(why.vbox_text && strstr(why.vbox_text, "no such machine"));
    CHECK(why.vbox_component && *why.vbox_component);
}

static void sessions_are_fresh(void)
{
    VB_AUTO(IVirtualBox) box = NULL;
    VB_AUTO(ISession) a = NULL;
    VB_AUTO(ISession) b = NULL;
    int state = 0;

    OK(vb_begin(vb, &box, NULL, err));
    OK(vb_new_session(vb, &a, err));
    OK(vb_new_session(vb, &b, err));
    CHECK(a != b);
    OK(ISession_get_state(vb, a, (void *)&state, err));
    CHECK(state == SessionState_Unlocked || state == SessionState_Closed);
}

/* ---- what VirtualBox calls ---- */

struct heard {
    atomic_uint n;
    IEvent *_Atomic last;
};

static void hear(void *opaque, struct vb_own_call *call)
{
    struct heard *heard = opaque;

    CHECK(call->member == VB_IEventListener_handleEvent);
    CHECK(call->in[0].object);
    vb_unref(atomic_exchange(&heard->last, vb_object_ref(call->in[0].object)));
    atomic_fetch_add(&heard->n, 1);
}

static void until_heard(struct heard *heard, unsigned n)
{
    for (int i = 0; i < 500 && atomic_load(&heard->n) < n; i++)
        usleep(10000);
    CHECK(atomic_load(&heard->n) >= n);
}

/* An active listener is an object of ours: VirtualBox's own IPC asks it for its interfaces, counts and calls
 * it. */
static void virtualbox_calls_our_objects(void)
{
    enum vb_VBoxEventType types[] = {VBoxEventType_OnExtraDataChanged}, type;
    struct heard heard = {0};
    VB_AUTO(IVirtualBox) box = NULL;
    VB_AUTO(IEventSource) source = NULL;
    void *listener = NULL, *changed = NULL;
    EB_AUTOFREE char *key = NULL;

    OK(vb_begin(vb, &box, NULL, err));
    if (!vb_has(vb, VB_IVirtualBox_get_eventSource))
        return;
    OK(IVirtualBox_get_eventSource(vb, box, &source, err));
    OK(vb_own_new(vb, VB_IFACE_IEventListener, hear, &heard, &listener, err));
    OK(IEventSource_registerListener(vb, source, listener, 1, types, true, err));
    OK(IVirtualBox_setExtraData(vb, box, "Everbox/Smoke", "1", err));
    until_heard(&heard, 1);
    OK(IEvent_get_type(vb, atomic_load(&heard.last), &type, err));
    CHECK(type == VBoxEventType_OnExtraDataChanged);
    OK(vb_cast(vb, atomic_load(&heard.last), VB_IFACE_IExtraDataChangedEvent, &changed, err));
    OK(IExtraDataChangedEvent_get_key(vb, changed, &key, err));
    CHECK(strcmp(key, "Everbox/Smoke") == 0);
    vb_unref(changed);
    OK(IVirtualBox_setExtraData(vb, box, "Everbox/Smoke", "", err));
    until_heard(&heard, 2);
    OK(IEventSource_unregisterListener(vb, source, listener, err));
    vb_own_close(listener);
    vb_unref(atomic_load(&heard.last));
    printf("VirtualBox called our listener %u times\n", atomic_load(&heard.n));
}

struct queue_job {
    struct vb_main_job job;
    const struct vb_xpcom *xpcom;
    void *of_services, *of_table;
};

static void find_queues(struct vb_main_job *job)
{
    struct queue_job *q = (struct queue_job *)job;
    void *services = NULL;

    if (q->xpcom->get_service_manager && (int32_t)q->xpcom->get_service_manager(&services) >= 0 && services)
        q->of_services = vb_link_thread_queue(services);
    vb_unref(services);
    if (q->xpcom->get_event_queue)
        q->xpcom->get_event_queue(&q->of_table);
}

static void drop_nothing(struct vb_main_job *job)
{
    (void)job;
}

/* The road for 2.2, whose function table has no queue, leads to the queue that later tables give. */
static void the_service_manager_knows_the_queue(void)
{
    struct queue_job q = {.job = {find_queues, drop_nothing}, .xpcom = &atomic_load(&vb->link)->xpcom};

    OK(vb_main_run(vb->main, &q.job, 5000, err));
    CHECK(q.of_services);
    if (q.of_table)
        CHECK(q.of_services == q.of_table);
    vb_unref(q.of_services);
    CHECK(vb_calls_back(vb));
}

static IProgress *create_disk(IVirtualBox *box, const char *path, int64_t size, enum vb_MediumVariant variant,
                              IMedium **medium)
{
    IProgress *progress = NULL;
    enum vb_MediumVariant variants[] = {variant};

    OK(IVirtualBox_createMedium(vb, box, "VDI", path, AccessMode_ReadWrite, DeviceType_HardDisk, medium,
                                err));
    OK(IMedium_createBaseStorage__array(vb, *medium, size, 1, variants, &progress, err));
    return progress;
}

static void long_operations_fail_in_virtualbox_words(void)
{
    VB_AUTO(IVirtualBox) box = NULL;
    VB_AUTO(IMedium) good = NULL;
    VB_AUTO(IMedium) bad = NULL;
    VB_AUTO(IProgress) made = NULL;
    VB_AUTO(IProgress) failed = NULL;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    OK(vb_begin(vb, &box, NULL, err));
    made = create_disk(box, "/tmp/smoke-good.vdi", 1 << 20, MediumVariant_Standard, &good);
    OK(vb_wait(vb, made, "creating a disk", NULL, NULL, err));
    failed = create_disk(box, "/proc/nowhere/smoke-bad.vdi", 1 << 20, MediumVariant_Standard, &bad);
    CHECK(vb_wait(vb, failed, "creating a disk", NULL, NULL, &why) < 0);
    printf("%s\n", eb_error_message(&why));
    CHECK(why.vbox_text && why.vbox_component && why.vbox_result);
    vb_unref(EB_STEAL(made));
    OK(IMedium_deleteStorage(vb, good, &made, err));
    OK(vb_wait(vb, made, "deleting a disk", NULL, NULL, err));
}

static void *caller(void *arg)
{
    for (unsigned i = 0; i < 50; i++) {
        VB_AUTO(IVirtualBox) box = NULL;
        EB_AUTOFREE char *version = NULL;

        OK(vb_begin(vb, &box, NULL, err));
        OK(IVirtualBox_get_version(vb, box, &version, err));
    }
    return arg;
}

static void threads_call_at_once(void)
{
    pthread_t threads[8];

    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < EB_ARRAY_SIZE(threads); i++)
            CHECK(pthread_create(&threads[i], NULL, caller, NULL) == 0);
        for (unsigned i = 0; i < EB_ARRAY_SIZE(threads); i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
    printf("1200 calls of 24 threads\n");
}

static void the_server_may_die_between_calls(void)
{
    VB_AUTO(IVirtualBox) old = NULL;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    EB_AUTOFREE char *version = NULL;
    uint64_t before = 0, after = 0;
    VB_AUTO(IVirtualBox) box = NULL;
    double t;

    OK(vb_begin(vb, &old, &before, err));
    CHECK(vb_fault_kill_server(vb_home(vb)) == 1);
    CHECK(IVirtualBox_get_version(vb, old, &version, &why) < 0);
    printf("%s\n", eb_error_message(&why));
    CHECK(strstr(why.message, "went away during IVirtualBox.version"));
    t = now();
    OK(vb_begin(vb, &box, &after, err));
    printf("reconnected in %.0f ms\n", (now() - t) * 1000);
    CHECK(after > before);
    free(version);
    version = NULL;
    OK(IVirtualBox_get_version(vb, box, &version, err));
    an_error_has_virtualbox_words();
    sessions_are_fresh();
}

static atomic_bool lost;

static void *until_lost(void *arg)
{
    VB_AUTO(IVirtualBox) box = NULL;

    OK(vb_begin(vb, &box, NULL, err));
    for (unsigned i = 0; i < 1000000; i++) {
        EB_AUTOERROR eb_error why = EB_ERROR_INIT;
        EB_AUTOFREE char *version = NULL;
        double t = now();

        if (IVirtualBox_get_version(vb, box, &version, &why) < 0) {
            CHECK(now() - t < 5);
            CHECK(strstr(why.message, "went away during IVirtualBox.version"));
            atomic_store(&lost, true);
            return arg;
        }
    }
    CHECK(!"the server lives");
    return NULL;
}

static void the_server_may_die_during_calls(void)
{
    pthread_t threads[4];

    for (unsigned i = 0; i < EB_ARRAY_SIZE(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, until_lost, NULL) == 0);
    usleep(200000);
    CHECK(vb_fault_kill_server(vb_home(vb)) == 1);
    for (unsigned i = 0; i < EB_ARRAY_SIZE(threads); i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(atomic_load(&lost));
    machines_are_listed();
    threads_call_at_once();
}

static void faults_are_injected(void)
{
    VB_AUTO(IVirtualBox) box = NULL;
    EB_AUTOFREE char *version = NULL;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    OK(vb_begin(vb, &box, NULL, err));
    vb_hook_set_fault(vb, VB_FAULT_FAIL, 2);
    OK(IVirtualBox_get_version(vb, box, &version, err));
    free(version);
    version = NULL;
    CHECK(IVirtualBox_get_version(vb, box, &version, &why) < 0);
    printf("%s\n", eb_error_message(&why));
    CHECK(why.vbox_result == 0x80004005u);
    vb_hook_set_fault(vb, VB_FAULT_GARBAGE, 1);
    free(version);
    version = NULL;
    OK(IVirtualBox_get_version(vb, box, &version, err));
    CHECK(strstr(version, "garbage"));
    vb_hook_set_fault(vb, VB_FAULT_DIE, 1);
    eb_error_clear(&why);
    free(version);
    version = NULL;
    CHECK(IVirtualBox_get_version(vb, box, &version, &why) < 0);
    printf("%s\n", eb_error_message(&why));
    CHECK(strstr(why.message, "went away"));
    vb_hook_set_fault(vb, VB_FAULT_NONE, 0);
    machines_are_listed();
}

static void on_child(int signal)
{
    (void)signal;
}

static void signals_and_children_are_the_programs(void)
{
    struct sigaction action;
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
    usleep(100000);
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
    CHECK(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == on_child);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && (home || action.sa_handler == SIG_IGN));
}

/* As an upgrade does: the file is another one when VBoxSVC comes back. */
static void a_changed_type_library_is_bound_anew(void)
{
    VB_AUTO(IVirtualBox) box = NULL;
    const struct vb_binding *before;

    OK(vb_begin(vb, &box, NULL, err));
    before = vb_binding_of(vb);
    CHECK(utimensat(AT_FDCWD, vb->typelib_path, NULL, 0) == 0);
    CHECK(vb_fault_kill_server(vb_home(vb)) == 1);
    usleep(110000);
    machines_are_listed();
    CHECK(vb_binding_of(vb) != before);
}

/* A failed connection leaves nothing that keeps the next one from working. */
static void a_missing_server_is_an_error_until_it_is_there(void)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    EB_AUTOFREE char *server = NULL;
    EB_AUTOFREE char *away = NULL;

    OK(vb_open(home, &vb, err));
    server = eb_asprintf("%s/VBoxSVC", vb_home(vb));
    away = eb_asprintf("%s.away", server);
    vb_unref_client(vb);
    vb_fault_kill_server(vb_home(vb));
    CHECK(rename(server, away) == 0);
    CHECK(vb_open(home, &vb, &why) < 0);
    CHECK(rename(away, server) == 0);
    printf("%s\n", eb_error_message(&why));
    CHECK(strstr(why.message, "cannot connect to VirtualBox's server (VBoxSVC)"));
    OK(vb_open(home, &vb, err));
    machines_are_listed();
    vb_unref_client(vb);
}

static void it_is_closed_and_opened_again(void)
{
    vb_unref_client(vb);
    OK(vb_open(home, &vb, err));
    machines_are_listed();
    sessions_are_fresh();
}

/* Each death costs a name space of libraries; when there are no more, the error says what to do. */
static void too_many_deaths_ask_for_a_new_process(void)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    unsigned deaths = 0;

    for (;; deaths++) {
        VB_AUTO(IVirtualBox) box = NULL;
        EB_AUTOFREE char *version = NULL;
        double t = now();

        CHECK(deaths < 50);
        if (vb_begin(vb, &box, NULL, &why) < 0) {
            CHECK(now() - t < 1);
            break;
        }
        OK(IVirtualBox_get_version(vb, box, &version, err));
        CHECK(vb_fault_kill_server(vb_home(vb)) == 1);
        usleep(110000);
    }
    printf("%u more deaths, then: %s\n", deaths, eb_error_message(&why));
    CHECK(deaths >= 5);
    CHECK(strstr(why.message, "this process must be restarted"));
}

int main(int argc, char **argv)
{
    double t = now();
    struct vb *same = NULL;

    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGCHLD, on_child);
    home = argc > 1 ? argv[1] : NULL;
    if (!home)
        a_missing_server_is_an_error_until_it_is_there();
    t = now();
    OK(vb_open(home, &vb, err));
    printf("%s: VirtualBox %u, open in %.0f ms\n", vb_home(vb), vb_version(vb), (now() - t) * 1000);
    OK(vb_open(home, &same, err));
    CHECK(same == vb);
    vb_unref_client(same);
    machines_are_listed();
    an_error_has_virtualbox_words();
    sessions_are_fresh();
    the_service_manager_knows_the_queue();
    virtualbox_calls_our_objects();
    if (!home)
        long_operations_fail_in_virtualbox_words();
    signals_and_children_are_the_programs();
    threads_call_at_once();
    it_is_closed_and_opened_again();
    the_server_may_die_between_calls();
    the_server_may_die_during_calls();
    signals_and_children_are_the_programs();
    a_changed_type_library_is_bound_anew();
    faults_are_injected();
    it_is_closed_and_opened_again();
    if (!home)
        too_many_deaths_ask_for_a_new_process();
    vb_unref_client(vb);
    printf("all went well\n");
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What VirtualBox's releases do so alike that one is easily taken for another. Each test holds on every
 * release; what differs between them is in its table. Calls that would arrive in another slot are
 * check-calls'.
 */
#include "vboxtest.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define UUID "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

/* ---- createMachine: 3.2 and 4.0 take the same types in another order ---- */

static void each_argument_of_create_machine_is_where_this_release_wants_it(void **state)
{
    static const char *const xml =
        "<domain type='vbox'><name>argument</name><uuid>" UUID "</uuid><memory unit='MiB'>32</memory>"
        "<os><type>hvm</type></os><metadata><vbox:machine xmlns:vbox='urn:everbox:vbox:1' os-type='Debian'/>"
        "</metadata></domain>";
    eb_domain *dom = NULL;
    VB_AUTO(IMachine) machine = NULL;
    EB_AUTOFREE char *name = NULL, *os = NULL, *id = NULL, *file = NULL, *folder = NULL;

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    machine = back_machine(dom);
    OK(IMachine_get_name(vb, machine, &name, fresh()));
    OK(IMachine_get_OSTypeId(vb, machine, &os, fresh()));
    OK(IMachine_get_id(vb, machine, &id, fresh()));
    OK(IMachine_get_settingsFilePath(vb, machine, &file, fresh()));
    assert_string_equal(name, "argument");
    assert_string_equal(os, "Debian");
    assert_string_equal(id, UUID);
    folder = eb_asprintf("%s/argument/argument.", machine_folder);
    assert_true(eb_starts_with(file, folder));
    remove_domain(dom);
}

/* ---- Ids: 2.2's are structures, by pointer going in and owned by the caller coming out ---- */

static void ids_are_the_same_in_every_form(void **state)
{
    EB_AUTOFREE char *xml = xml_of("ids", "<uuid>" UUID "</uuid>", NULL);
    eb_domain *dom = NULL, *found = NULL;
    VB_AUTO(IMachine) machine = NULL;
    EB_AUTOFREE char *id = NULL;
    ISession *session = NULL;
    char text[37];

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    OK(eb_domain_lookup_by_uuid_string(*state, UUID, &found, fresh()));
    eb_domain_get_uuid_string(found, text);
    assert_string_equal(text, UUID);
    assert_string_equal(eb_domain_get_name(found), "ids");
    /* a session is opened by id, too, before 4.0 */
    machine = back_lock(found, false, &session);
    OK(IMachine_get_id(vb, machine, &id, fresh()));
    assert_string_equal(id, UUID);
    back_unlock(session);
    eb_domain_unref(found);
    remove_domain(dom);
    assert_true(eb_domain_lookup_by_uuid_string(*state, UUID, &found, fresh()) < 0);
    assert_int_equal(test_error.code, EB_ERR_NO_DOMAIN);
}

/* ---- Host-only interfaces: 2.2 has no members on XPCOM to make them ---- */

static void host_only_interfaces_are_made_or_refused_by_name(void **state)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    VB_AUTO(IHost) host = NULL;
    VB_AUTO(IHostNetworkInterface) made = NULL;
    VB_AUTO(IHostNetworkInterface) found = NULL;
    VB_AUTO(IHostNetworkInterface) removed = NULL;
    EB_AUTOFREE char *id = NULL, *name = NULL;
    IProgress *progress = NULL;
    bool is_made;

    (void)state;
    OK(IVirtualBox_get_host(vb, vbox, &host, fresh()));
    is_made = IHost_createHostOnlyNetworkInterface(vb, host, &made, &progress, fresh()) == 0;
    assert_int_equal(is_made, vb_version(vb) >= 3000000);
    if (!is_made) {
        assert_non_null(strstr(eb_error_message(&test_error), "IHost.createHostOnlyNetworkInterface"));
        assert_null(made);
        return;
    }
    back_wait(progress);
    OK(IHostNetworkInterface_get_id(vb, made, &id, fresh()));
    OK(IHostNetworkInterface_get_name(vb, made, &name, fresh()));
    /* in the slots after it */
    OK(IHost_findHostNetworkInterfaceByName(vb, host, name, &found, fresh()));
    if (vb_has(vb, VB_IHost_removeHostOnlyNetworkInterface__interface))
        OK(IHost_removeHostOnlyNetworkInterface__interface(vb, host, id, &removed, &progress, fresh()));
    else
        OK(IHost_removeHostOnlyNetworkInterface__progress(vb, host, id, &progress, fresh()));
    back_wait(progress);
}

/* ---- Events: callbacks and an event queue before 4.0, no queue at all in 2.2, listeners after. Before 4.0
 * machines are looked at each second, so what is heard may not follow too soon. ---- */

enum { PATIENCE_S = 20 };

static int n_started, n_stopped;

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    (void)dom;
    (void)opaque;
    n_started += event->data.lifecycle.event == EB_DOMAIN_EVENT_STARTED;
    n_stopped += event->data.lifecycle.event == EB_DOMAIN_EVENT_STOPPED;
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void hear_until(const int *n)
{
    time_t end = time(NULL) + PATIENCE_S;

    while (!*n && time(NULL) < end)
        OK(eb_loop_run_default(fresh()));
    assert_int_equal(*n, 1);
}

static void changes_of_another_are_heard_however_this_release_tells_them(void **state)
{
    eb_domain *dom;
    int timer;

    OK(eb_loop_register_default(fresh()));
    timer = eb_loop_current()->add_timer(20, tick, NULL, NULL);
    n_started = n_stopped = 0;
    dom = define(*state, "heard");
    OK(eb_conn_register_domain_event(*state, dom, EB_DOMAIN_EVENT_ID_LIFECYCLE, hear, NULL, NULL, fresh()));
    OK(eb_domain_start(dom, 0, fresh()));
    hear_until(&n_started);
    back_power_down(dom);
    hear_until(&n_stopped);
    OK(eb_domain_undefine(dom, 0, fresh()));
    eb_domain_unref(dom);
    eb_loop_current()->remove_timer(timer);
    OK(eb_loop_run_default(fresh()));
}

/* ---- Errors: V1 and V2 have no function that gives the exception, and no registration of threads ---- */

enum { THREADS = 4, ROUNDS = 25 };

struct failing {
    pthread_t thread;
    unsigned number;
    char wrong[256]; /* what was said instead */
};

static void *fail_often(void *opaque)
{
    struct failing *f = opaque;
    char name[32];

    snprintf(name, sizeof(name), "nobody-%u", f->number);
    for (unsigned i = 0; i < ROUNDS && !f->wrong[0]; i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        VB_AUTO(IMachine) machine = NULL;
        VB_AUTO(IVirtualBox) vbox = NULL;
        uint64_t epoch;

        if (vb_begin(vb, &vbox, &epoch, &err) < 0 ||
            IVirtualBox_findMachine(vb, vbox, name, &machine, &err) == 0 ||
            !strstr(eb_error_message(&err), name))
            snprintf(f->wrong, sizeof(f->wrong), "%s", eb_error_message(&err) ? eb_error_message(&err) : "");
    }
    return NULL;
}

static void each_thread_hears_what_virtualbox_says_to_it(void **state)
{
    struct failing failing[THREADS] = {0};

    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        failing[i].number = i;
        assert_int_equal(pthread_create(&failing[i].thread, NULL, fail_often, &failing[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(failing[i].thread, NULL);
        assert_string_equal(failing[i].wrong, "");
    }
}

/* ---- MachineState: Running was 4, then 5, is 6; what is Running here is Paused there ---- */

static void numbers_of_states_are_this_releases(void **state)
{
    static const struct {
        unsigned since;
        uint32_t saved, aborted, running, paused, starting, setting_up;
    } numbers[] = {
        {2002000, 2, 3, 4, 5, 7, 12},  {3001000, 2, 4, 5, 6, 10, 18}, {3002000, 2, 4, 5, 6, 10, 20},
        {4000000, 2, 4, 5, 6, 10, 21}, {5000000, 2, 4, 5, 6, 10, 22}, {6001000, 2, 4, 5, 6, 10, 21},
        {7000000, 2, 4, 6, 7, 11, 22},
    };
    size_t i = EB_ARRAY_SIZE(numbers) - 1;

    (void)state;
    while (numbers[i].since > vb_version(vb))
        i--;
#define NUMBER(name) vb_enum_number(vb, VB_ENUM_MachineState, MachineState_##name)
    assert_int_equal(NUMBER(Saved), numbers[i].saved);
    assert_int_equal(NUMBER(Aborted), numbers[i].aborted);
    assert_int_equal(NUMBER(Running), numbers[i].running);
    assert_int_equal(NUMBER(Paused), numbers[i].paused);
    assert_int_equal(NUMBER(Starting), numbers[i].starting);
    assert_int_equal(NUMBER(SettingUp), numbers[i].setting_up);
}

static void states_are_told_by_name_not_by_number(void **state)
{
    eb_domain *dom = define(*state, "states");

    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
    OK(eb_domain_start(dom, 0, fresh()));
    assert_state(dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    OK(eb_domain_suspend(dom, fresh()));
    assert_state(dom, EB_DOMAIN_PAUSED, EB_PAUSED_USER);
    OK(eb_domain_resume(dom, fresh()));
    OK(eb_domain_managed_save(dom, 0, fresh()));
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
    assert_int_equal(OK(eb_domain_has_managed_save(dom, 0, fresh())), 1);
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(each_argument_of_create_machine_is_where_this_release_wants_it),
        VBOX_TEST(ids_are_the_same_in_every_form),
        VBOX_TEST(host_only_interfaces_are_made_or_refused_by_name),
        VBOX_TEST(changes_of_another_are_heard_however_this_release_tells_them),
        VBOX_TEST(each_thread_hears_what_virtualbox_says_to_it),
        VBOX_TEST(numbers_of_states_are_this_releases),
        VBOX_TEST(states_are_told_by_name_not_by_number),
    };

    return run_vbox_tests(argc, argv, "traps", tests, EB_ARRAY_SIZE(tests));
}

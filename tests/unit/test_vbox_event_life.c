/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a machine's way through VirtualBox's states means, way by way; what of a settings file counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vbox/event_life.h"
#include "vbox/state.h"

#define E(name, detail)                                                                                      \
    {                                                                                                        \
        EB_DOMAIN_EVENT_##name, EB_DOMAIN_EVENT_##name##_##detail                                            \
    }
#define S(name) MachineState_##name
#define UNTOLD                                                                                               \
    {                                                                                                        \
        EB_DOMAIN_EVENT_STOPPED, VBOX_DETAIL_UNKNOWN                                                         \
    }
#define END_OF_WAY MachineState__none
#define NONE                                                                                                 \
    {                                                                                                        \
        -1, -1                                                                                               \
    }

static const struct {
    const char *name;
    enum vb_MachineState way[6];
    struct vbox_life_event events[3];
} ways[] = {
    {"starts", {S(PoweredOff), S(Starting), S(Running)}, {E(STARTED, BOOTED), NONE}},
    {"starts after a crash", {S(Aborted), S(Starting), S(Running)}, {E(STARTED, BOOTED), NONE}},
    {"starts paused",
     {S(PoweredOff), S(Starting), S(Paused)},
     {E(STARTED, BOOTED), E(SUSPENDED, PAUSED), NONE}},
    {"starts and hangs",
     {S(PoweredOff), S(Starting), S(Stuck)},
     {E(STARTED, BOOTED), E(CRASHED, PANICKED), NONE}},
    {"starts unseen", {S(PoweredOff), S(Running)}, {E(STARTED, BOOTED), NONE}},
    {"is restored", {S(Saved), S(Restoring), S(Running)}, {E(STARTED, RESTORED), NONE}},
    {"is restored paused",
     {S(Saved), S(Restoring), S(Paused)},
     {E(STARTED, RESTORED), E(SUSPENDED, RESTORED), NONE}},
    {"is restored after a crash", {S(AbortedSaved), S(Restoring), S(Running)}, {E(STARTED, RESTORED), NONE}},
    {"comes from another host", {S(PoweredOff), S(TeleportingIn), S(Running)}, {E(STARTED, MIGRATED), NONE}},
    {"comes paused from another host",
     {S(PoweredOff), S(TeleportingIn), S(Paused)},
     {E(STARTED, MIGRATED), E(SUSPENDED, MIGRATED), NONE}},
    {"does not start", {S(PoweredOff), S(Starting), S(PoweredOff)}, {E(STOPPED, FAILED), NONE}},
    {"does not start and says so late",
     {S(PoweredOff), S(Starting), S(Stopping), S(PoweredOff)},
     {E(STOPPED, FAILED), NONE}},
    {"its process dies while it starts",
     {S(PoweredOff), S(Starting), S(Aborted)},
     {E(STOPPED, FAILED), NONE}},
    {"cannot be restored", {S(Saved), S(Restoring), S(Saved)}, {E(STOPPED, FAILED), NONE}},
    {"does not come", {S(PoweredOff), S(TeleportingIn), S(PoweredOff)}, {E(STOPPED, FAILED), NONE}},
    {"pauses", {S(Running), S(Paused)}, {E(SUSPENDED, PAUSED), NONE}},
    {"goes on", {S(Paused), S(Running)}, {E(RESUMED, UNPAUSED), NONE}},
    {"hangs", {S(Running), S(Stuck)}, {E(CRASHED, PANICKED), NONE}},
    {"hangs while paused", {S(Paused), S(Stuck)}, {E(CRASHED, PANICKED), NONE}},
    {"is reset after it hung", {S(Stuck), S(Running)}, {E(RESUMED, UNPAUSED), NONE}},
    {"is looked at after it hung", {S(Stuck), S(Paused)}, {E(SUSPENDED, PAUSED), NONE}},
    {"stops", {S(Running), S(Stopping), S(PoweredOff)}, {UNTOLD, NONE}},
    {"stops while paused", {S(Paused), S(Stopping), S(PoweredOff)}, {UNTOLD, NONE}},
    {"stops unseen", {S(Running), S(PoweredOff)}, {UNTOLD, NONE}},
    {"stops after it hung", {S(Stuck), S(Stopping), S(PoweredOff)}, {E(STOPPED, CRASHED), NONE}},
    {"is saved", {S(Running), S(Saving), S(Saved)}, {E(STOPPED, SAVED), NONE}},
    {"is saved while paused", {S(Paused), S(Saving), S(Saved)}, {E(STOPPED, SAVED), NONE}},
    {"cannot be saved", {S(Running), S(Saving), S(Running)}, {NONE}},
    {"its process dies", {S(Running), S(Aborted)}, {E(STOPPED, CRASHED), NONE}},
    {"its process dies and leaves the saved state",
     {S(Running), S(AbortedSaved)},
     {E(STOPPED, CRASHED), NONE}},
    {"goes to another host", {S(Running), S(Teleporting), S(Teleported)}, {E(STOPPED, MIGRATED), NONE}},
    {"goes paused to another host",
     {S(Paused), S(TeleportingPausedVM), S(Teleported)},
     {E(STOPPED, MIGRATED), NONE}},
    {"stays", {S(Running), S(Teleporting), S(Running)}, {NONE}},
    {"has a snapshot taken", {S(Running), S(LiveSnapshotting), S(Running)}, {NONE}},
    {"has a snapshot taken in one go", {S(Running), S(OnlineSnapshotting), S(Running)}, {NONE}},
    {"has a snapshot taken while off", {S(PoweredOff), S(Snapshotting), S(PoweredOff)}, {NONE}},
    {"has a snapshot deleted", {S(PoweredOff), S(DeletingSnapshot), S(PoweredOff)}, {NONE}},
    {"has a snapshot deleted while it runs", {S(Running), S(DeletingSnapshotOnline), S(Running)}, {NONE}},
    {"has a snapshot deleted while paused", {S(Paused), S(DeletingSnapshotPaused), S(Paused)}, {NONE}},
    {"goes back to a snapshot",
     {S(PoweredOff), S(RestoringSnapshot), S(PoweredOff)},
     {E(DEFINED, FROM_SNAPSHOT), NONE}},
    {"goes back to a snapshot of a running one",
     {S(PoweredOff), S(RestoringSnapshot), S(Saved)},
     {E(DEFINED, FROM_SNAPSHOT), NONE}},
    {"loses its saved state", {S(Saved), S(PoweredOff)}, {NONE}},
    {"is set up", {S(PoweredOff), S(SettingUp), S(PoweredOff)}, {NONE}},
    {"stays as it is", {S(Running), S(Running)}, {NONE}},
    {"becomes unreadable", {S(PoweredOff), S(Null)}, {NONE}},
    {"is found while it starts", {S(Starting), S(Running)}, {E(STARTED, BOOTED), NONE}},
    {"is found while it is restored", {S(Restoring), S(Running)}, {E(STARTED, RESTORED), NONE}},
    {"is found while it comes", {S(TeleportingIn), S(Running)}, {E(STARTED, MIGRATED), NONE}},
    {"is found while it stops", {S(Stopping), S(PoweredOff)}, {UNTOLD, NONE}},
    {"is found while it is saved", {S(Saving), S(Saved)}, {E(STOPPED, SAVED), NONE}},
    {"is found while a snapshot is taken", {S(OnlineSnapshotting), S(Running)}, {NONE}},
    {"is found paused on its way", {S(TeleportingPausedVM), S(Paused)}, {NONE}},
    {"lives",
     {S(PoweredOff), S(Starting), S(Running), S(Stopping), S(Aborted)},
     {E(STARTED, BOOTED), E(STOPPED, CRASHED), NONE}},
};

static void every_way_has_its_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(ways); i++) {
        struct vbox_life life = vbox_life_in(ways[i].way[0]);
        size_t told = 0;

        for (size_t at = 1; at < EB_ARRAY_SIZE(ways[i].way) && ways[i].way[at] != END_OF_WAY; at++) {
            struct vbox_life_event out[VBOX_LIFE_EVENTS];
            size_t n = vbox_life_goes_on(&life, ways[i].way[at], out);

            for (size_t e = 0; e < n; e++, told++) {
                if (out[e].event != ways[i].events[told].event ||
                    out[e].detail != ways[i].events[told].detail)
                    fail_msg("a machine that %s: event %zu is %d %d", ways[i].name, told, out[e].event,
                             out[e].detail);
            }
        }
        if (ways[i].events[told].event != -1)
            fail_msg("a machine that %s: only %zu events", ways[i].name, told);
    }
}

static void a_state_of_a_later_virtualbox_changes_nothing(void **state)
{
    struct vbox_life life = vbox_life_in(MachineState_Running);
    struct vbox_life_event out[VBOX_LIFE_EVENTS];

    (void)state;
    assert_int_equal(vbox_life_goes_on(&life, MachineState__none, out), 0);
    assert_true(vbox_life_is_active(&life));
}

static void what_was_intended_is_told_once(void **state)
{
    static const unsigned char a[16] = {1}, b[16] = {2};

    (void)state;
    assert_int_equal(vbox_life_intended(a), -1);
    vbox_life_intend(a, EB_DOMAIN_EVENT_STOPPED_DESTROYED);
    vbox_life_intend(b, EB_DOMAIN_EVENT_STOPPED_DESTROYED);
    vbox_life_intend(b, EB_DOMAIN_EVENT_STOPPED_SAVED);
    assert_int_equal(vbox_life_intended(a), EB_DOMAIN_EVENT_STOPPED_DESTROYED);
    assert_int_equal(vbox_life_intended(a), -1);
    assert_int_equal(vbox_life_intended(b), EB_DOMAIN_EVENT_STOPPED_SAVED);
}

static void states_and_guest_properties_do_not_count_as_settings(void **state)
{
    uint64_t mark = vbox_settings_mark("<Machine name=\"a\" lastStateChange=\"1\"><Hardware/></Machine>");

    (void)state;
    assert_int_equal(mark,
                     vbox_settings_mark("<Machine name=\"a\" lastStateChange=\"22\"><Hardware/></Machine>"));
    assert_int_equal(mark, vbox_settings_mark("<Machine name=\"a\" stateFile=\"/x\" aborted=\"true\">"
                                              "<Hardware/><GuestProperties>b</GuestProperties></Machine>"));
    assert_int_equal(
        mark, vbox_settings_mark("<Machine name=\"a\">\n <Hardware/>\n <GuestProperties/>\n</Machine>"));
    assert_int_not_equal(
        mark, vbox_settings_mark("<Machine name=\"b\" lastStateChange=\"1\"><Hardware/></Machine>"));
    assert_int_not_equal(
        mark, vbox_settings_mark("<Machine name=\"a\" lastStateChange=\"1\"><Hardware /></Machine>"));
    assert_int_not_equal(mark, vbox_settings_mark("<Machine name=\"a\" lastStateChange=\"1"));
}

static void the_log_says_who_turned_the_machine_off(void **state)
{
    static const char request[] =
        "00:00:02.8 Console::powerDown(): A request to power off the VM has been issued "
        "(mMachineState=Stopping, InUninit=0)\n",
                      off[] = "00:00:02.9 Changing the VM state from 'RUNNING' to 'POWERING_OFF'\n";
    EB_AUTOFREE char *by_client = eb_asprintf("a\n%s%sz\n", request, off);
    EB_AUTOFREE char *by_guest = eb_asprintf("a\n%s%sz\n", off, request);

    (void)state;
    assert_int_equal(vbox_log_stop_detail(by_client), EB_DOMAIN_EVENT_STOPPED_DESTROYED);
    assert_int_equal(vbox_log_stop_detail(by_guest), EB_DOMAIN_EVENT_STOPPED_SHUTDOWN);
    assert_int_equal(vbox_log_stop_detail(off), VBOX_DETAIL_UNKNOWN);
    assert_int_equal(vbox_log_stop_detail(""), VBOX_DETAIL_UNKNOWN);
}

static void errors_of_disks_have_libvirts_words(void **state)
{
    static const struct {
        const char *id, *reason;
    } rows[] = {
        {"DrvVD_DISKFULL", "enospc"},
        {"DevATA_DISKFULL", "enospc"},
        {"DrvVD_FILETOOBIG", "enospc"},
        {"DrvVD_ISCSIDOWN", "eio"},
        {"BLKCACHE_IOERR", "eio"},
        {"DrvVD_DEKMISSING", "eperm"},
        {"HostMemoryLow", NULL},
        {"", NULL},
        {"_DISKFULL", NULL},
        {"DrvVD_DISKFULL_LATER", NULL},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(rows); i++) {
        const char *is = vbox_io_error_reason(rows[i].id);

        if (rows[i].reason)
            assert_string_equal(is, rows[i].reason);
        else
            assert_null(is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_has_its_events),
        cmocka_unit_test(a_state_of_a_later_virtualbox_changes_nothing),
        cmocka_unit_test(what_was_intended_is_told_once),
        cmocka_unit_test(errors_of_disks_have_libvirts_words),
        cmocka_unit_test(the_log_says_who_turned_the_machine_off),
        cmocka_unit_test(states_and_guest_properties_do_not_count_as_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

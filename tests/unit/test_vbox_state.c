/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VirtualBox's machine states in libvirt's words, the reasons that are ours, the ids of running domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vbox/com/known.h"
#include "vbox/state.h"

static const unsigned char one[16] = {1}, two[16] = {2};

static void assert_words(enum vb_MachineState state, eb_domain_state words, int reason)
{
    eb_domain_state got;
    int why;

    vbox_state_words(state, &got, &why);
    assert_int_equal(got, words);
    assert_int_equal(why, reason);
}

static void resting_states_are_libvirts(void **state)
{
    (void)state;
    assert_words(MachineState_PoweredOff, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
    assert_words(MachineState_Saved, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
    assert_words(MachineState_Aborted, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_CRASHED);
    assert_words(MachineState_AbortedSaved, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_CRASHED);
    assert_words(MachineState_Teleported, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_MIGRATED);
    assert_words(MachineState_Running, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_words(MachineState_Paused, EB_DOMAIN_PAUSED, EB_PAUSED_UNKNOWN);
    assert_words(MachineState_Stuck, EB_DOMAIN_CRASHED, EB_CRASHED_PANICKED);
}

static void states_on_the_way_are_libvirts_too(void **state)
{
    (void)state;
    assert_words(MachineState_Starting, EB_DOMAIN_PAUSED, EB_PAUSED_STARTING_UP);
    assert_words(MachineState_Restoring, EB_DOMAIN_PAUSED, EB_PAUSED_STARTING_UP);
    assert_words(MachineState_Saving, EB_DOMAIN_PAUSED, EB_PAUSED_SAVE);
    assert_words(MachineState_Stopping, EB_DOMAIN_SHUTDOWN, EB_SHUTDOWN_UNKNOWN);
    assert_words(MachineState_Teleporting, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_words(MachineState_TeleportingPausedVM, EB_DOMAIN_PAUSED, EB_PAUSED_MIGRATION);
    assert_words(MachineState_TeleportingIn, EB_DOMAIN_PAUSED, EB_PAUSED_MIGRATION);
    assert_words(MachineState_LiveSnapshotting, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_words(MachineState_OnlineSnapshotting, EB_DOMAIN_PAUSED, EB_PAUSED_SNAPSHOT);
    assert_words(MachineState_DeletingSnapshotOnline, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_words(MachineState_DeletingSnapshot, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
    assert_words(MachineState_SettingUp, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
}

static void every_state_of_every_release_has_words(void **state)
{
    const struct vb_known_enum *known = &vb_known_enums[VB_ENUM_MachineState];
    int with_words = 0;

    (void)state;
    for (int s = 1; s < known->n_constants; s++) {
        const char *name = vb_enum_name(VB_ENUM_MachineState, s);
        eb_domain_state words;
        int reason;

        if (strcmp(name, "Null") == 0 || strncmp(name, "First", 5) == 0 || strncmp(name, "Last", 4) == 0)
            continue;
        vbox_state_words((enum vb_MachineState)s, &words, &reason);
        if (words == EB_DOMAIN_NOSTATE)
            fail_msg("MachineState_%s is no libvirt state", name);
        with_words++;
    }
    assert_true(with_words >= 25);
}

static void state_of_a_later_release_is_no_state(void **state)
{
    (void)state;
    assert_words(MachineState__none, EB_DOMAIN_NOSTATE, 0);
    assert_false(vbox_state_is_active(MachineState__none));
}

static void only_states_with_a_vm_are_active(void **state)
{
    static const enum vb_MachineState active[] = {
        MachineState_Running, MachineState_Paused,    MachineState_Stuck,      MachineState_Starting,
        MachineState_Saving,  MachineState_Restoring, MachineState_Teleporting};
    static const enum vb_MachineState inactive[] = {MachineState_Null,
                                                    MachineState_PoweredOff,
                                                    MachineState_Saved,
                                                    MachineState_Aborted,
                                                    MachineState_AbortedSaved,
                                                    MachineState_Teleported,
                                                    MachineState_SettingUp,
                                                    MachineState_Snapshotting,
                                                    MachineState_DeletingSnapshot,
                                                    MachineState_RestoringSnapshot};

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(active); i++)
        assert_true(vbox_state_is_active(active[i]));
    for (size_t i = 0; i < EB_ARRAY_SIZE(inactive); i++)
        assert_false(vbox_state_is_active(inactive[i]));
}

static void saved_states_are_managed_saves(void **state)
{
    (void)state;
    assert_true(vbox_state_is_saved(MachineState_Saved));
    assert_true(vbox_state_is_saved(MachineState_AbortedSaved));
    assert_false(vbox_state_is_saved(MachineState_Aborted));
    assert_false(vbox_state_is_saved(MachineState_Running));
}

static void reason_is_kept_for_its_own_state_and_domain(void **state)
{
    int64_t changed = 0;
    int reason = 0;

    (void)state;
    vbox_reason_keep(one, EB_DOMAIN_PAUSED, EB_PAUSED_USER, 77);
    assert_true(vbox_reason_get(one, EB_DOMAIN_PAUSED, &reason, &changed));
    assert_int_equal(reason, EB_PAUSED_USER);
    assert_int_equal(changed, 77);
    assert_false(vbox_reason_get(one, EB_DOMAIN_RUNNING, &reason, &changed));
    assert_false(vbox_reason_get(two, EB_DOMAIN_PAUSED, &reason, &changed));
    vbox_reason_keep(one, EB_DOMAIN_RUNNING, EB_RUNNING_UNPAUSED, 78);
    assert_false(vbox_reason_get(one, EB_DOMAIN_PAUSED, &reason, &changed));
    vbox_reason_forget(one);
    assert_false(vbox_reason_get(one, EB_DOMAIN_RUNNING, &reason, &changed));
    vbox_reason_forget(one);
}

static void id_is_the_process_id(void **state)
{
    (void)state;
    assert_int_equal(vbox_domain_id(one, 4711), 4711);
    assert_int_equal(vbox_domain_id(two, 4711), 4711);
}

static void id_without_a_process_is_the_domains_own(void **state)
{
    (void)state;
    assert_int_equal(vbox_domain_id(one, 0), vbox_domain_id(one, UINT32_MAX));
    assert_int_not_equal(vbox_domain_id(one, 0), vbox_domain_id(two, 0));
    assert_true(vbox_domain_id(one, 0) > 4194304); /* no process id is that large */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(resting_states_are_libvirts),
        cmocka_unit_test(states_on_the_way_are_libvirts_too),
        cmocka_unit_test(every_state_of_every_release_has_words),
        cmocka_unit_test(state_of_a_later_release_is_no_state),
        cmocka_unit_test(only_states_with_a_vm_are_active),
        cmocka_unit_test(saved_states_are_managed_saves),
        cmocka_unit_test(reason_is_kept_for_its_own_state_and_domain),
        cmocka_unit_test(id_is_the_process_id),
        cmocka_unit_test(id_without_a_process_is_the_domains_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

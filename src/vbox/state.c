/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/state.h"

#include <pthread.h>
#include <uthash.h>

enum { ACTIVE = 1, SAVED = 2, TRANSIENT = 4 };

static const struct {
    enum vb_MachineState state;
    eb_domain_state words;
    int reason;
    unsigned what;
} states[] = {
    {MachineState_PoweredOff, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN, 0},
    {MachineState_Saved, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED, SAVED},
    {MachineState_Teleported, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_MIGRATED, 0},
    {MachineState_Aborted, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_CRASHED, 0},
    /* it crashed before it had left its saved state behind */
    {MachineState_AbortedSaved, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_CRASHED, SAVED},
    {MachineState_Running, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN, ACTIVE},
    {MachineState_Paused, EB_DOMAIN_PAUSED, EB_PAUSED_UNKNOWN, ACTIVE},
    /* the guest took the virtual machine with it; it is still there to be looked at */
    {MachineState_Stuck, EB_DOMAIN_CRASHED, EB_CRASHED_PANICKED, ACTIVE},
    {MachineState_Teleporting, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN, ACTIVE | TRANSIENT},
    {MachineState_LiveSnapshotting, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN, ACTIVE | TRANSIENT},
    {MachineState_OnlineSnapshotting, EB_DOMAIN_PAUSED, EB_PAUSED_SNAPSHOT, ACTIVE | TRANSIENT},
    {MachineState_FaultTolerantSyncing, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN, ACTIVE | TRANSIENT},
    {MachineState_Starting, EB_DOMAIN_PAUSED, EB_PAUSED_STARTING_UP, ACTIVE | TRANSIENT},
    {MachineState_Restoring, EB_DOMAIN_PAUSED, EB_PAUSED_STARTING_UP, ACTIVE | TRANSIENT},
    {MachineState_Stopping, EB_DOMAIN_SHUTDOWN, EB_SHUTDOWN_UNKNOWN, ACTIVE | TRANSIENT},
    {MachineState_Saving, EB_DOMAIN_PAUSED, EB_PAUSED_SAVE, ACTIVE | TRANSIENT},
    {MachineState_TeleportingPausedVM, EB_DOMAIN_PAUSED, EB_PAUSED_MIGRATION, ACTIVE | TRANSIENT},
    {MachineState_TeleportingIn, EB_DOMAIN_PAUSED, EB_PAUSED_MIGRATION, ACTIVE | TRANSIENT},
    {MachineState_DeletingSnapshotOnline, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN, ACTIVE | TRANSIENT},
    {MachineState_DeletingSnapshotPaused, EB_DOMAIN_PAUSED, EB_PAUSED_SNAPSHOT, ACTIVE | TRANSIENT},
    {MachineState_RestoringSnapshot, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN, TRANSIENT},
    {MachineState_DeletingSnapshot, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN, TRANSIENT},
    {MachineState_Snapshotting, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN, TRANSIENT},
    {MachineState_Discarding, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN, TRANSIENT},
    {MachineState_SettingUp, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN, TRANSIENT},
};

void vbox_state_words(enum vb_MachineState state, eb_domain_state *out, int *reason)
{
    *out = EB_DOMAIN_NOSTATE;
    *reason = 0;
    for (size_t i = 0; i < EB_ARRAY_SIZE(states); i++)
        if (states[i].state == state) {
            *out = states[i].words;
            *reason = states[i].reason;
        }
}

static unsigned what(enum vb_MachineState state)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(states); i++)
        if (states[i].state == state)
            return states[i].what;
    return 0;
}

bool vbox_state_is_active(enum vb_MachineState state)
{
    return what(state) & ACTIVE;
}

bool vbox_state_is_saved(enum vb_MachineState state)
{
    return what(state) & SAVED;
}

bool vbox_state_is_transient(enum vb_MachineState state)
{
    return what(state) & TRANSIENT;
}

/* ---- Reasons ---- */

struct kept {
    unsigned char uuid[16];
    eb_domain_state state;
    int reason;
    int64_t changed;
    UT_hash_handle hh;
};
static struct kept *kept;
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

void vbox_reason_keep(const unsigned char uuid[16], eb_domain_state state, int reason, int64_t changed)
{
    struct kept *k = NULL;

    pthread_mutex_lock(&kept_lock);
    HASH_FIND(hh, kept, uuid, 16, k);
    if (!k) {
        k = EB_NEW(struct kept);
        memcpy(k->uuid, uuid, 16);
        HASH_ADD(hh, kept, uuid, 16, k);
    }
    k->state = state;
    k->reason = reason;
    k->changed = changed;
    pthread_mutex_unlock(&kept_lock);
}

bool vbox_reason_get(const unsigned char uuid[16], eb_domain_state state, int *reason, int64_t *changed)
{
    struct kept *k = NULL;
    bool found;

    pthread_mutex_lock(&kept_lock);
    HASH_FIND(hh, kept, uuid, 16, k);
    found = k && k->state == state;
    if (found) {
        *reason = k->reason;
        *changed = k->changed;
    }
    pthread_mutex_unlock(&kept_lock);
    return found;
}

void vbox_reason_forget(const unsigned char uuid[16])
{
    struct kept *k = NULL;

    pthread_mutex_lock(&kept_lock);
    HASH_FIND(hh, kept, uuid, 16, k);
    if (k)
        HASH_DEL(kept, k);
    pthread_mutex_unlock(&kept_lock);
    free(k);
}

int vbox_domain_id(const unsigned char uuid[16], uint32_t pid)
{
    uint32_t sum = 2166136261u; /* FNV-1a */

    if (pid > 0 && pid < INT32_MAX)
        return (int)pid;
    for (size_t i = 0; i < 16; i++)
        sum = (sum ^ uuid[i]) * 16777619u;
    return (int)((sum & 0x3fffffffu) | 0x40000000u);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/event_life.h"

#include <pthread.h>
#include <uthash.h>

#include "vbox/state.h"

/* States of rest. */
enum { OFF = 1, RUNS = 2, PAUSED = 4, STUCK = 8, ACTIVE = RUNS | PAUSED | STUCK };
#define ANY MachineState__none
#define NO_EVENT -1

#define STARTED(why) EB_DOMAIN_EVENT_STARTED, EB_DOMAIN_EVENT_STARTED_##why
#define SUSPENDED(why) EB_DOMAIN_EVENT_SUSPENDED, EB_DOMAIN_EVENT_SUSPENDED_##why
#define STOPPED(why) EB_DOMAIN_EVENT_STOPPED, EB_DOMAIN_EVENT_STOPPED_##why
#define RESUMED EB_DOMAIN_EVENT_RESUMED, EB_DOMAIN_EVENT_RESUMED_UNPAUSED
#define PANICKED EB_DOMAIN_EVENT_CRASHED, EB_DOMAIN_EVENT_CRASHED_PANICKED
#define REVERTED EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT
#define ASK EB_DOMAIN_EVENT_STOPPED, VBOX_DETAIL_UNKNOWN
#define NOTHING NO_EVENT, 0

/* The first that fits counts. */
static const struct {
    unsigned from;
    enum vb_MachineState via;
    unsigned to;
    enum vb_MachineState state;
    struct vbox_life_event first, second;
} rules[] = {
    {OFF, MachineState_Restoring, RUNS, ANY, {STARTED(RESTORED)}, {NOTHING}},
    {OFF, MachineState_TeleportingIn, RUNS, ANY, {STARTED(MIGRATED)}, {NOTHING}},
    {OFF, ANY, RUNS, ANY, {STARTED(BOOTED)}, {NOTHING}},
    {OFF, MachineState_Restoring, PAUSED, ANY, {STARTED(RESTORED)}, {SUSPENDED(RESTORED)}},
    {OFF, MachineState_TeleportingIn, PAUSED, ANY, {STARTED(MIGRATED)}, {SUSPENDED(MIGRATED)}},
    {OFF, ANY, PAUSED, ANY, {STARTED(BOOTED)}, {SUSPENDED(PAUSED)}},
    {OFF, ANY, STUCK, ANY, {STARTED(BOOTED)}, {PANICKED}},
    {RUNS | STUCK, ANY, PAUSED, ANY, {SUSPENDED(PAUSED)}, {NOTHING}},
    {PAUSED | STUCK, ANY, RUNS, ANY, {RESUMED}, {NOTHING}},
    {RUNS | PAUSED, ANY, STUCK, ANY, {PANICKED}, {NOTHING}},
    {ACTIVE, ANY, OFF, MachineState_Saved, {STOPPED(SAVED)}, {NOTHING}},
    {ACTIVE, ANY, OFF, MachineState_Aborted, {STOPPED(CRASHED)}, {NOTHING}},
    {ACTIVE, ANY, OFF, MachineState_AbortedSaved, {STOPPED(CRASHED)}, {NOTHING}},
    {ACTIVE, ANY, OFF, MachineState_Teleported, {STOPPED(MIGRATED)}, {NOTHING}},
    {STUCK, ANY, OFF, ANY, {STOPPED(CRASHED)}, {NOTHING}},
    {ACTIVE, ANY, OFF, ANY, {ASK}, {NOTHING}},
    /* it was about to start, and had an id already */
    {OFF, MachineState_Starting, OFF, ANY, {STOPPED(FAILED)}, {NOTHING}},
    {OFF, MachineState_Restoring, OFF, ANY, {STOPPED(FAILED)}, {NOTHING}},
    {OFF, MachineState_TeleportingIn, OFF, ANY, {STOPPED(FAILED)}, {NOTHING}},
    {OFF, MachineState_RestoringSnapshot, OFF, ANY, {REVERTED}, {NOTHING}},
};

static unsigned kind_of(enum vb_MachineState state)
{
    if (state == MachineState_Running)
        return RUNS;
    if (state == MachineState_Paused)
        return PAUSED;
    return state == MachineState_Stuck ? STUCK : OFF;
}

struct vbox_life vbox_life_in(enum vb_MachineState state)
{
    struct vbox_life life = {.rest = state, .via = ANY};
    eb_domain_state words;
    int reason;

    if (!vbox_state_is_transient(state))
        return life;
    life.via = state;
    vbox_state_words(state, &words, &reason);
    if (!vbox_state_is_active(state) || reason == EB_PAUSED_STARTING_UP ||
        state == MachineState_TeleportingIn)
        life.rest = MachineState_PoweredOff;
    else
        life.rest = words == EB_DOMAIN_PAUSED && state != MachineState_Saving &&
                            state != MachineState_OnlineSnapshotting
                        ? MachineState_Paused
                        : MachineState_Running;
    return life;
}

size_t vbox_life_goes_on(struct vbox_life *life, enum vb_MachineState to,
                         struct vbox_life_event out[VBOX_LIFE_EVENTS])
{
    unsigned from = kind_of(life->rest), kind = kind_of(to);
    enum vb_MachineState via = life->via;

    if (to == ANY)
        return 0;
    if (vbox_state_is_transient(to)) {
        if (via == ANY)
            life->via = to;
        return 0;
    }
    *life = (struct vbox_life){.rest = to, .via = ANY};
    for (size_t i = 0; i < EB_ARRAY_SIZE(rules); i++) {
        if (!(rules[i].from & from) || !(rules[i].to & kind) ||
            (rules[i].via != ANY && rules[i].via != via) || (rules[i].state != ANY && rules[i].state != to))
            continue;
        out[0] = rules[i].first;
        out[1] = rules[i].second;
        return rules[i].second.event == NO_EVENT ? 1 : 2;
    }
    return 0;
}

bool vbox_life_is_active(const struct vbox_life *life)
{
    return kind_of(life->rest) != OFF;
}

bool vbox_life_rests(const struct vbox_life *life)
{
    return life->via == ANY;
}

/* ---- Logs ---- */

static const char *last_of(const char *text, const char *words)
{
    const char *last = NULL;

    for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
        last = at;
    return last;
}

int vbox_log_stop_detail(const char *text)
{
    const char *request =
        last_of(text, "Console::powerDown(): A request to power off the VM has been issued");
    const char *off = last_of(text, "' to 'POWERING_OFF'");

    if (!request || !off)
        return VBOX_DETAIL_UNKNOWN;
    return request < off ? EB_DOMAIN_EVENT_STOPPED_DESTROYED : EB_DOMAIN_EVENT_STOPPED_SHUTDOWN;
}

/* ---- Errors ---- */

/* VirtualBox names an error by the part that met it and what it was: "DrvVD_DISKFULL", "DevATA_DISKFULL"
 * before. What is not listed is no error of a disk. */
static const struct {
    const char *ending, *reason; /* as libvirt says it */
} io_errors[] = {
    {"_DISKFULL", "enospc"}, {"_FILETOOBIG", "enospc"}, {"_ISCSIDOWN", "eio"},
    {"_IOERR", "eio"},       {"_DEKMISSING", "eperm"},
};

const char *vbox_io_error_reason(const char *id)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(io_errors); i++) {
        size_t length = strlen(id), ending = strlen(io_errors[i].ending);

        if (length > ending && strcmp(id + length - ending, io_errors[i].ending) == 0)
            return io_errors[i].reason;
    }
    return NULL;
}

/* ---- Settings files ---- */

/* What is passed over: from the first text to the end of the second. */
static const char *const passing[][2] = {
    {" lastStateChange=\"", "\""},
    {" stateFile=\"", "\""},
    {" aborted=\"", "\""},
    {" currentStateModified=\"", "\""},
    {"<GuestProperties>", "</GuestProperties>"},
    {"<GuestProperties/>", ""},
};

static const char *skip_passing(const char *at)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(passing); i++) {
        const char *end;

        if (!eb_starts_with(at, passing[i][0]))
            continue;
        end = strstr(at + strlen(passing[i][0]), passing[i][1]);
        if (end)
            return end + strlen(passing[i][1]);
    }
    return at;
}

uint64_t vbox_settings_mark(const char *text)
{
    uint64_t mark = 14695981039346656037u; /* FNV-1a */
    char last = '>';

    for (const char *at = text; *at;) {
        const char *next = *at == ' ' || *at == '<' ? skip_passing(at) : at;

        /* space between elements comes and goes with the elements that are passed over */
        if (next == at && last == '>' && (*at == ' ' || *at == '\n' || *at == '\r'))
            next++;
        if (next == at) {
            last = *next++;
            mark = (mark ^ (unsigned char)last) * 1099511628211u;
        }
        at = next;
    }
    return mark;
}

/* ---- Intentions ---- */

struct intention {
    unsigned char uuid[16];
    int detail;
    UT_hash_handle hh;
};
static struct intention *intentions;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void vbox_life_intend(const unsigned char uuid[16], int detail)
{
    struct intention *i = NULL;

    pthread_mutex_lock(&lock);
    HASH_FIND(hh, intentions, uuid, 16, i);
    if (!i) {
        i = EB_NEW(struct intention);
        memcpy(i->uuid, uuid, 16);
        HASH_ADD(hh, intentions, uuid, 16, i);
    }
    i->detail = detail;
    pthread_mutex_unlock(&lock);
}

int vbox_life_intended(const unsigned char uuid[16])
{
    struct intention *i = NULL;
    int detail;

    pthread_mutex_lock(&lock);
    HASH_FIND(hh, intentions, uuid, 16, i);
    if (i)
        HASH_DEL(intentions, i);
    pthread_mutex_unlock(&lock);
    detail = i ? i->detail : -1;
    free(i);
    return detail;
}

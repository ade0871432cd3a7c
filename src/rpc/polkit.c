/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/polkit.h"

#include <stdio.h>
#include <systemd/sd-bus.h>

#include "base/log.h"

#define EB_MODULE "polkit"

enum { MAY_ASK_A_PERSON = 1, STAT_MAX = 4096, FIELDS_BEFORE_START = 19 };
/* A person has so long to type a password. */
#define PATIENCE_USEC (120ull * 1000 * 1000)

uint64_t rpc_polkit_start_time(pid_t pid)
{
    char path[32];
    EB_AUTOFREE char *text = NULL;
    const char *p;
    size_t n;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (eb_read_file(path, STAT_MAX, &text, &n) < 0)
        return 0;
    /* The second field is the program's name in brackets, and may hold anything. */
    p = strrchr(text, ')');
    for (int field = 0; p && field <= FIELDS_BEFORE_START; field++) {
        p = strchr(p, ' ');
        p += p != NULL;
    }
    return p ? strtoull(p, NULL, 10) : 0;
}

static int add_subject(sd_bus_message *call, const struct rpc_polkit_subject *subject)
{
    return sd_bus_message_append(call, "(sa{sv})", "unix-process", 3, "pid", "u", (uint32_t)subject->pid,
                                 "start-time", "t", subject->start_time, "uid", "i", (int32_t)subject->uid);
}

/* The answer: it may, it could if somebody were asked, and what there is to say about it. */
static int read_answer(sd_bus_message *reply, bool *allowed, bool *challenge, bool *dismissed)
{
    const char *key, *value;
    int yes, could, result;

    result = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
    if (result < 0)
        return result;
    result = sd_bus_message_read(reply, "bb", &yes, &could);
    if (result < 0)
        return result;
    *allowed = yes;
    *challenge = could;
    result = sd_bus_message_enter_container(reply, 'a', "{ss}");
    while (result >= 0 && (result = sd_bus_message_read(reply, "{ss}", &key, &value)) > 0) {
        if (strcmp(key, "polkit.dismissed") == 0)
            *dismissed = true;
    }
    return result;
}

static int ask(sd_bus *bus, const struct rpc_polkit_subject *subject, const char *action,
               sd_bus_message **reply, sd_bus_error *problem)
{
    sd_bus_message *call = NULL;
    int result;

    result = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.PolicyKit1",
                                            "/org/freedesktop/PolicyKit1/Authority",
                                            "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
    if (result >= 0)
        result = add_subject(call, subject);
    if (result >= 0)
        result = sd_bus_message_append(call, "sa{ss}us", action, 0, (uint32_t)MAY_ASK_A_PERSON, "");
    if (result >= 0)
        result = sd_bus_call(bus, call, PATIENCE_USEC, problem, reply);
    sd_bus_message_unref(call);
    return result;
}

int rpc_polkit_check(const struct rpc_polkit_subject *subject, bool read_only, eb_error *err)
{
    const char *action = read_only ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage";
    bool allowed = false, challenge = false, dismissed = false;
    sd_bus_error problem = SD_BUS_ERROR_NULL;
    sd_bus_message *reply = NULL;
    sd_bus *bus = NULL;
    int result;

    /* Without the time the number alone would be judged, and that can be had by another process. */
    if (!subject->start_time)
        return eb_error_set(err, EB_ERR_AUTH_FAILED, NULL);
    result = sd_bus_open_system(&bus);
    if (result >= 0)
        result = ask(bus, subject, action, &reply, &problem);
    if (result >= 0)
        result = read_answer(reply, &allowed, &challenge, &dismissed);
    if (result < 0)
        EB_WARN("cannot ask polkit for %s: %s", action,
                problem.message ? problem.message : strerror(-result));
    sd_bus_error_free(&problem);
    sd_bus_message_unref(reply);
    sd_bus_flush_close_unref(bus);
    if (result < 0)
        return eb_error_set(err, EB_ERR_AUTH_FAILED, "polkit cannot be asked");
    if (allowed)
        return 0;
    EB_INFO("polkit denies %s to process %d of user %u", action, (int)subject->pid, (unsigned)subject->uid);
    if (dismissed)
        return eb_error_set(err, EB_ERR_AUTH_CANCELLED, "user cancelled authentication process");
    if (challenge)
        return eb_error_set(err, EB_ERR_AUTH_UNAVAILABLE,
                            "no polkit agent available to authenticate action '%s'", action);
    return eb_error_set(err, EB_ERR_AUTH_FAILED, "access denied by policy");
}

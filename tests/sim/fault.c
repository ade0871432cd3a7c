/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Misbehaviour on request: see README.md. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model.h"

static char *control;

void control_read(void)
{
    static struct stat seen;
    EB_AUTOFREE char *path = eb_asprintf("%s/sim.control", home);
    struct stat st;
    size_t len;

    if (stat(path, &st) != 0) {
        free(EB_STEAL(control));
        memset(&seen, 0, sizeof(seen));
        return;
    }
    /* two changes may come within a tick of the clock */
    if (st.st_mtim.tv_sec == seen.st_mtim.tv_sec && st.st_mtim.tv_nsec == seen.st_mtim.tv_nsec &&
        st.st_size == seen.st_size && st.st_ino == seen.st_ino)
        return;
    seen = st;
    free(EB_STEAL(control));
    if (eb_read_file(path, 1 << 20, &control, &len) != 0)
        control = NULL;
}

static char *line_value(const char *lines, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = lines; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        if (strncmp(p, name, len) == 0 && p[len] == '=')
            return eb_strndup(p + len + 1, strcspn(p + len + 1, "\n"));
    return NULL;
}

char *option(const struct client *c, const char *name)
{
    char *v = line_value(control, name), full[64];

    snprintf(full, sizeof(full), "EVERBOX_SIM_%s", name);
    return v || !c ? v : line_value(c->options, full);
}

bool disk_full(const struct call *c)
{
    EB_AUTOFREE char *v = option(c ? c->client : NULL, "FULL_DISK");

    return v && *v != '0';
}

void sim_log(const char *fmt, ...)
{
    EB_AUTOFREE char *path = option(NULL, "LOG"), *text = NULL;
    const char *env = getenv("EVERBOX_SIM_LOG");
    va_list args;
    FILE *f;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    if (!path && !env)
        return;
    f = fopen(path ? path : env, "ae");
    if (f) {
        fprintf(f, "%s: %s\n", release->version, text);
        fclose(f);
    }
}

/* "MEMBER[:A[:B]]" against the call; A and B stay as they are when absent. */
static bool matches(const char *rule, const struct call *c, int64_t *a, int64_t *b)
{
    EB_AUTOFREE char *name = eb_asprintf("%s.%s", c->slot->iface->name, c->slot->name);
    size_t len = strcspn(rule, ":,");
    char *end;

    if (!(len == 1 && *rule == '*') && (strlen(name) != len || strncmp(rule, name, len) != 0))
        return false;
    if (rule[len] == ':') {
        *a = strtoll(rule + len + 1, &end, 0);
        if (*end == ':')
            *b = strtoll(end + 1, NULL, 0);
    }
    return true;
}

/* Counts the calls that a rule is about; the count begins anew with another rule. */
static bool nth(const char *what, const char *rule, int64_t n)
{
    static struct counter {
        char *rule;
        int64_t seen;
        UT_hash_handle hh;
    } * counters;
    EB_AUTOFREE char *key = eb_asprintf("%s %s", what, rule);
    struct counter *c;

    HASH_FIND_STR(counters, key, c);
    if (!c) {
        c = EB_NEW(struct counter);
        c->rule = EB_STEAL(key);
        HASH_ADD_KEYPTR(hh, counters, c->rule, strlen(c->rule), c);
    }
    c->seen++;
    return n == 0 || c->seen == n;
}

static void be_slow(struct call *c)
{
    EB_AUTOFREE char *v = option(c->client, "SLOW");

    for (const char *rule = v; rule && *rule; rule = strchr(rule, ',') ? strchr(rule, ',') + 1 : NULL) {
        int64_t ms = 0, none;

        if (!matches(rule, c, &ms, &none) || ms <= 0)
            continue;
        pthread_mutex_unlock(&model_lock);
        usleep((unsigned)(ms * 1000));
        pthread_mutex_lock(&model_lock);
    }
}

bool faults_before(struct call *c, uint32_t *rc)
{
    EB_AUTOFREE char *rule = NULL, *die = NULL;
    int64_t n = 1, code = (int64_t)E_FAIL;

    be_slow(c);
    die = option(c->client, "DIE");
    if (die && *die && matches(die, c, &n, &code) && nth("die", die, n))
        _exit(3);
    n = 1;
    code = (int64_t)E_FAIL;
    rule = option(c->client, "FAIL");
    if (rule && *rule && matches(rule, c, &n, &code) && nth("fail", rule, n)) {
        *rc = fail(c, (uint32_t)code, "The stand-in was asked to fail here");
        return false;
    }
    return true;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <unistd.h>

#define NAME_START "everbox-suite-"

const char *suite_uri;
static unsigned tests_made;

eb_conn *suite_open(unsigned flags)
{
    eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL;

    if (eb_connect_open(suite_uri, flags, &conn, &err) < 0) {
        print_error("cannot open %s: %s\n", suite_uri, eb_error_message(&err));
        eb_error_clear(&err);
    }
    return conn;
}

/* ---- Fixture ---- */

static void free_all(eb_domain **domains, int n)
{
    for (int i = 0; i < n; i++)
        eb_domain_unref(domains[i]);
    eb_free(domains);
}

static void remove_domain(eb_domain *dom)
{
    eb_error err = EB_ERROR_INIT;

    if (eb_domain_is_active(dom, NULL) == 1 && eb_domain_destroy(dom, 0, &err) < 0)
        print_error("%s: %s\n", eb_domain_get_name(dom), eb_error_message(&err));
    eb_error_clear(&err);
    eb_domain_undefine(dom, EB_UNDEFINE_MANAGED_SAVE | EB_UNDEFINE_SNAPSHOTS_METADATA, NULL);
}

/* Removes what `ours` picks by name; gives how many there were. */
static int sweep(eb_conn *conn, bool (*ours)(const char *name, const void *data), const void *data)
{
    eb_domain **domains = NULL;
    int n = eb_conn_list_domains(conn, 0, &domains, NULL);
    int found = 0;

    for (int i = 0; i < n; i++) {
        if (ours(eb_domain_get_name(domains[i]), data)) {
            remove_domain(domains[i]);
            found++;
        }
    }
    free_all(domains, n);
    return found;
}

static bool has_prefix(const char *name, const void *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* A machine of a suite whose process died before it could clean up. */
static bool is_orphan(const char *name, const void *data)
{
    long pid;

    (void)data;
    if (strncmp(name, NAME_START, strlen(NAME_START)) != 0)
        return false;
    pid = strtol(name + strlen(NAME_START), NULL, 10);
    return pid > 1 && pid != (long)getpid() && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

int suite_setup(void **state)
{
    struct fixture *t = calloc(1, sizeof(*t));

    *state = t;
    t->conn = suite_open(0);
    if (!t->conn)
        return -1;
    if (tests_made == 0)
        sweep(t->conn, is_orphan, NULL);
    snprintf(t->prefix, sizeof(t->prefix), NAME_START "%ld-%u-", (long)getpid(), tests_made++);
    snprintf(t->dir, sizeof(t->dir), "/tmp/" NAME_START "XXXXXX");
    return mkdtemp(t->dir) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Its volumes go first: VirtualBox may know them. 1 where it stays. */
static int remove_pool(eb_pool *pool)
{
    eb_volume **vols = NULL;
    int n = eb_pool_list_volumes(pool, 0, &vols, NULL), stays;

    for (int i = 0; i < n; i++) {
        eb_volume_delete(vols[i], 0, NULL);
        eb_volume_unref(vols[i]);
    }
    eb_free(vols);
    eb_pool_destroy(pool, NULL);
    stays = eb_pool_undefine(pool, NULL) < 0;
    eb_pool_unref(pool);
    return stays;
}

int suite_teardown(void **state)
{
    struct fixture *t = *state;
    int left = 0;

    for (size_t i = 0; i < t->n_domains; i++)
        eb_domain_unref(t->domains[i]);
    free(t->domains);
    for (size_t i = 0; i < t->n_volumes; i++)
        eb_volume_unref(t->volumes[i]);
    free(t->volumes);
    if (t->conn) {
        sweep(t->conn, has_prefix, t->prefix);
        left = sweep(t->conn, has_prefix, t->prefix);
    }
    for (size_t i = 0; i < t->n_pools; i++)
        left += remove_pool(t->pools[i]);
    free(t->pools);
    eb_conn_unref(t->conn);
    eb_error_clear(&t->err);
    for (size_t i = 0; i < t->n_texts; i++)
        free(t->texts[i]);
    free(t->texts);
    if (t->dir[0])
        nftw(t->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(t);
    if (left)
        print_error("%d machines and pools of the test could not be removed\n", left);
    return left ? -1 : 0;
}

/* ---- What a call answers ---- */

eb_error *fresh(struct fixture *t)
{
    eb_error_clear(&t->err);
    return &t->err;
}

int suite_ok(struct fixture *t, int result, const char *call, const char *file, int line)
{
    if (result < 0) {
        print_error("%s\n  failed with %d: %s\n", call, (int)t->err.code, eb_error_message(&t->err));
        _fail(file, line);
    }
    if (t->err.code != EB_ERR_OK) {
        print_error("%s\n  succeeded and yet left an error: %s\n", call, eb_error_message(&t->err));
        _fail(file, line);
    }
    return result;
}

void suite_refused(struct fixture *t, eb_error_code code, int result, const char *call, const char *file,
                   int line)
{
    if (result >= 0) {
        print_error("%s\n  was not refused\n", call);
        _fail(file, line);
    }
    if (!t->err.message || !*t->err.message || t->err.code == EB_ERR_OK) {
        print_error("%s\n  failed without an error\n", call);
        _fail(file, line);
    }
    if (code != EB_ERR_OK && t->err.code != code) {
        print_error("%s\n  failed with %d, not %d: %s\n", call, (int)t->err.code, (int)code,
                    eb_error_message(&t->err));
        _fail(file, line);
    }
}

/* ---- Machines ---- */

const char *keep_text(struct fixture *t, char *owned)
{
    t->texts = realloc(t->texts, (t->n_texts + 1) * sizeof(*t->texts));
    t->texts[t->n_texts++] = owned;
    return owned;
}

const char *text(struct fixture *t, const char *fmt, ...)
{
    char *out = NULL;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&out, fmt, args) < 0)
        abort();
    va_end(args);
    return keep_text(t, out);
}

const char *name_for(struct fixture *t, const char *label)
{
    return text(t, "%s%s", t->prefix, label);
}

const char *path_for(struct fixture *t, const char *name)
{
    return text(t, "%s/%s", t->dir, name);
}

const char *xml_for(struct fixture *t, const char *name, const char *extra, const char *devices)
{
    return text(t,
                "<domain type='%s'><name>%s</name>%s<memory unit='MiB'>64</memory>"
                "<os><type arch='x86_64'>hvm</type></os><devices>%s</devices></domain>",
                domain_type(t), name, extra, devices);
}

eb_domain *keep_domain(struct fixture *t, eb_domain *dom)
{
    t->domains = realloc(t->domains, (t->n_domains + 1) * sizeof(*t->domains));
    t->domains[t->n_domains++] = dom;
    return dom;
}

eb_pool *keep_pool(struct fixture *t, eb_pool *pool)
{
    t->pools = realloc(t->pools, (t->n_pools + 1) * sizeof(eb_pool *));
    t->pools[t->n_pools++] = pool;
    return pool;
}

eb_volume *keep_volume(struct fixture *t, eb_volume *vol)
{
    t->volumes = realloc(t->volumes, (t->n_volumes + 1) * sizeof(eb_volume *));
    t->volumes[t->n_volumes++] = vol;
    return vol;
}

eb_domain *define(struct fixture *t, const char *xml)
{
    eb_domain *dom = NULL;

    OK(t, eb_domain_define_xml(t->conn, xml, 0, &dom, fresh(t)));
    return keep_domain(t, dom);
}

eb_domain *define_small(struct fixture *t, const char *label)
{
    return define(t, xml_for(t, name_for(t, label), "", ""));
}

eb_domain *start_small(struct fixture *t, const char *label)
{
    eb_domain *dom = define_small(t, label);

    OK(t, eb_domain_start(dom, 0, fresh(t)));
    return dom;
}

eb_domain *create_small(struct fixture *t, const char *label)
{
    eb_domain *dom = NULL;

    OK(t, eb_domain_create_xml(t->conn, xml_for(t, name_for(t, label), "", ""), 0, &dom, fresh(t)));
    return keep_domain(t, dom);
}

const char *uuid_of(struct fixture *t, eb_domain *dom)
{
    char uuid[37];

    eb_domain_get_uuid_string(dom, uuid);
    return text(t, "%s", uuid);
}

/* ---- What is true of a machine ---- */

void suite_in_state(struct fixture *t, eb_domain *dom, eb_domain_state state, int reason, const char *file,
                    int line)
{
    eb_domain_state is = EB_DOMAIN_NOSTATE;
    int why = -1;

    suite_ok(t, eb_domain_get_state(dom, &is, &why, fresh(t)), "eb_domain_get_state", file, line);
    if (is != state || (reason != REASON_ANY && why != reason)) {
        print_error("%s is in state %d, reason %d, not in %d, %d\n", eb_domain_get_name(dom), (int)is, why,
                    (int)state, reason);
        _fail(file, line);
    }
}

const char *xml_of(struct fixture *t, eb_domain *dom, unsigned flags)
{
    char *xml = NULL;

    OK(t, eb_domain_get_xml(dom, flags, &xml, fresh(t)));
    assert_non_null(xml);
    return keep_text(t, xml);
}

int exists(struct fixture *t, eb_conn *conn, const char *name)
{
    eb_domain *dom = NULL;
    int result = eb_domain_lookup_by_name(conn, name, &dom, fresh(t));

    if (result < 0)
        assert_int_equal(t->err.code, EB_ERR_NO_DOMAIN);
    eb_domain_unref(dom);
    return result == 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Saved states: a file with a head line, a line that says how to resume, and the definition; and the managed
 * ones, which are only remembered. */
#include <errno.h>
#include <sys/stat.h>

#include "base/strbuf.h"
#include "test/ops.h"

#define HEAD "everbox test state 1\n"
#define RUNNING "running\n"
#define PAUSED "paused\n"

struct image {
    struct eb_domain_def *def;
    bool paused;
};

static void image_clear(struct image *image)
{
    eb_domain_def_free(image->def);
    image->def = NULL;
}
#define AUTOIMAGE EB_CLEANUP(image_clear)

/* The definition that is stored in place of the domain's must still be the domain's. */
static int check_replacement(const struct eb_domain_def *def, const struct eb_domain_def *instead,
                             eb_error *err)
{
    char old[EB_UUID_STRLEN + 1], new[EB_UUID_STRLEN + 1];

    if (!eb_streq(def->name, instead->name))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "Target domain name '%s' does not match source name '%s'", instead->name,
                            def->name);
    if (instead->has_uuid && memcmp(def->uuid, instead->uuid, sizeof(def->uuid)) != 0) {
        eb_uuid_format(def->uuid, old);
        eb_uuid_format(instead->uuid, new);
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "Target domain uuid %s does not match source uuid %s", new, old);
    }
    return 0;
}

static struct eb_domain_def *replacement(const struct eb_domain_def *def, const struct eb_domain_def *instead)
{
    struct eb_domain_def *copy = eb_domain_def_copy(instead);

    memcpy(copy->uuid, def->uuid, sizeof(copy->uuid));
    copy->has_uuid = true;
    test_fill_defaults(copy);
    return copy;
}

/* A device or a pipe is no place for a file that replaces what is there. */
static int check_place(const char *path)
{
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    return 0;
}

static int write_image(const char *path, const struct eb_domain_def *def, bool paused, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};
    EB_AUTOFREE char *xml = eb_domain_def_format(def, EB_XML_SECURE | EB_XML_INACTIVE);

    eb_strbuf_add(&text, HEAD);
    eb_strbuf_add(&text, paused ? PAUSED : RUNNING);
    eb_strbuf_add(&text, xml);
    if (check_place(path) < 0 || eb_write_file(path, text.s, text.len, 0600) < 0)
        return eb_error_set_errno(err, errno, "saving domain '%s' to '%s': open failed", def->name, path);
    return 0;
}

static int read_image(const char *path, struct image *out, eb_error *err)
{
    EB_AUTOFREE char *text = NULL;
    const char *at;
    size_t len;

    if (check_place(path) < 0 || eb_read_file(path, EB_XML_MAX, &text, &len) < 0)
        return eb_error_set_errno(err, errno, "cannot read domain image '%s'", path);
    at = text + strlen(HEAD);
    if (!eb_starts_with(text, HEAD) || (!eb_starts_with(at, RUNNING) && !eb_starts_with(at, PAUSED)))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "'%s' is not a saved state of the test driver",
                            path);
    out->paused = eb_starts_with(at, PAUSED);
    at += strlen(out->paused ? PAUSED : RUNNING);
    if (strlen(at) != len - (size_t)(at - text))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "the saved state '%s' is damaged", path);
    if (eb_domain_def_parse(at, EB_XML_INACTIVE, &out->def, err) < 0)
        return eb_error_prefix(err, "the saved state '%s' is damaged", path);
    return 0;
}

int test_save(eb_conn *conn, eb_uuid uuid, const char *path, const struct eb_domain_def *dxml, unsigned flags,
              eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = NULL;
    EB_AUTODEF struct eb_domain_def *instead = NULL;
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_SAVE_RUNNING | EB_SAVE_PAUSED, "testDomainSaveFlags", err) < 0 ||
        test_job_run(conn, uuid, EB_JOB_OPERATION_SAVE, true, err) < 0)
        return -1;
    world = test_world_enter(conn);
    dom = test_need(world, uuid, err);
    if (!dom || test_need_active(dom, err) < 0 || (dxml && check_replacement(dom->def, dxml, err) < 0))
        return -1;
    if (dxml)
        instead = replacement(dom->def, dxml);
    if (write_image(path, instead ? instead : dom->def, flags & EB_SAVE_PAUSED, err) < 0)
        return -1;
    test_stop(world, dom, EB_SHUTOFF_SAVED);
    return 0;
}

int test_restore(eb_conn *conn, const char *path, const struct eb_domain_def *dxml, unsigned flags,
                 eb_error *err)
{
    AUTOIMAGE struct image image = {0};
    TEST_AUTOLEAVE struct test_world *world = NULL;
    struct test_domain *dom;
    bool paused;

    if (eb_check_flags(flags, EB_SAVE_RUNNING | EB_SAVE_PAUSED, "testDomainRestoreFlags", err) < 0 ||
        read_image(path, &image, err) < 0)
        return -1;
    if (dxml) {
        struct eb_domain_def *instead;

        if (check_replacement(image.def, dxml, err) < 0)
            return -1;
        instead = replacement(image.def, dxml);
        eb_domain_def_free(image.def);
        image.def = instead;
    }
    paused = flags & EB_SAVE_PAUSED || (image.paused && !(flags & EB_SAVE_RUNNING));
    if (test_job_run(conn, image.def->uuid, EB_JOB_OPERATION_RESTORE, false, err) < 0)
        return -1;
    world = test_world_enter(conn);
    if (test_check_identity(world, image.def, true, &dom, err) < 0)
        return -1;
    if (!dom)
        dom = test_add(world, EB_STEAL(image.def));
    if (paused)
        test_run(world, dom, EB_STEAL(image.def), EB_DOMAIN_PAUSED, EB_PAUSED_USER);
    else
        test_run(world, dom, EB_STEAL(image.def), EB_DOMAIN_RUNNING, EB_RUNNING_RESTORED);
    test_emit_started(world, dom, EB_DOMAIN_EVENT_STARTED_RESTORED);
    return 0;
}

int test_save_image_get_def(eb_conn *conn EB_UNUSED, const char *path, unsigned flags EB_UNUSED,
                            struct eb_domain_def **out, eb_error *err)
{
    AUTOIMAGE struct image image = {0};

    if (read_image(path, &image, err) < 0)
        return -1;
    *out = EB_STEAL(image.def);
    return 0;
}

int test_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = NULL;
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_SAVE_BYPASS_CACHE | EB_SAVE_RUNNING | EB_SAVE_PAUSED,
                       "testDomainManagedSave", err) < 0 ||
        test_job_run(conn, uuid, EB_JOB_OPERATION_SAVE, true, err) < 0)
        return -1;
    world = test_world_enter(conn);
    dom = test_need(world, uuid, err);
    if (!dom || test_need_active(dom, err) < 0)
        return -1;
    if (!dom->persistent)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot do managed save for transient domain");
    test_stop(world, dom, EB_SHUTOFF_SAVED);
    dom->managed_save = true;
    dom->managed_save_paused = flags & EB_SAVE_PAUSED;
    return 0;
}

int test_has_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainHasManagedSaveImage", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    return dom ? dom->managed_save : -1;
}

int test_managed_save_remove(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainManagedSaveRemove", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    dom->managed_save = dom->managed_save_paused = false;
    return 0;
}

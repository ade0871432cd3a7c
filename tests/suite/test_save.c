/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Saved states: managed ones, and those in a file. */
#include "suite.h"

#include <sys/stat.h>

static void managed_save_is_taken_up_by_the_next_start(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");

    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
    OK(t, eb_domain_managed_save(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 1);
    assert_int_equal(eb_domain_get_id(dom), -1);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
}

static void managed_save_can_be_dropped(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");

    OK(t, eb_domain_managed_save(dom, 0, fresh(t)));
    OK(t, eb_domain_managed_save_remove(dom, 0, fresh(t)));
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
}

static void dropping_no_managed_save_is_fine(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "plain");

    OK(t, eb_domain_managed_save_remove(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void forced_boot_drops_the_managed_save(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");

    OK(t, eb_domain_managed_save(dom, 0, fresh(t)));
    OK(t, eb_domain_start(dom, EB_START_FORCE_BOOT, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
}

static void paused_domain_can_be_saved(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");

    OK(t, eb_domain_suspend(dom, fresh(t)));
    OK(t, eb_domain_managed_save(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
}

static void managed_save_of_a_transient_domain_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = create_small(t, "transient");

    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_managed_save(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
}

static void contradicting_save_flags_are_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_managed_save(dom, EB_SAVE_RUNNING | EB_SAVE_PAUSED, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_managed_save(dom, 1u << 20, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
}

static void saved_domain_is_restored_from_its_file(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");
    const char *path = path_for(t, "state");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);
    struct stat st;

    OK(t, eb_domain_save(dom, path, NULL, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
    OK(t, eb_domain_restore(t->conn, path, NULL, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_RESTORED);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
}

static void save_image_tells_its_definition(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");
    const char *path = path_for(t, "state");
    char *xml = NULL;

    OK(t, eb_domain_save(dom, path, NULL, 0, fresh(t)));
    OK(t, eb_save_image_get_xml(t->conn, path, 0, &xml, fresh(t)));
    keep_text(t, xml);
    assert_non_null(strstr(xml, eb_domain_get_name(dom)));
    assert_non_null(strstr(xml, uuid_of(t, dom)));
}

static void restore_may_leave_the_domain_paused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");
    const char *path = path_for(t, "state");

    OK(t, eb_domain_save(dom, path, NULL, 0, fresh(t)));
    OK(t, eb_domain_restore(t->conn, path, NULL, EB_SAVE_PAUSED, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, REASON_ANY);
    OK(t, eb_domain_resume(dom, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNPAUSED);
}

static void save_that_cannot_be_written_leaves_the_domain_running(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");
    int id = eb_domain_get_id(dom);

    REFUSED(t, EB_ERR_OK, eb_domain_save(dom, path_for(t, "no/such/folder"), NULL, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_save(dom, t->dir, NULL, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_save(dom, "", NULL, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_save(dom, NULL, NULL, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(eb_domain_get_id(dom), id);
}

static const char *write_file(struct fixture *t, const char *name, const char *contents, size_t len)
{
    const char *path = path_for(t, name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(contents, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void what_is_no_saved_state_is_not_restored(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    const char *xml = xml_of(t, dom, 0);
    char *out = NULL;
    const char *paths[] = {
        path_for(t, "missing"),
        t->dir,
        write_file(t, "empty", "", 0),
        write_file(t, "junk", "neither XML nor a state\n", 24),
        write_file(t, "zeros", "\0\0\0\0\0\0\0\0", 8),
        write_file(t, "xml", xml, strlen(xml)),
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        REFUSED(t, EB_ERR_OK, eb_domain_restore(t->conn, paths[i], NULL, 0, fresh(t)));
        REFUSED(t, EB_ERR_OK, eb_save_image_get_xml(t->conn, paths[i], 0, &out, fresh(t)));
        assert_null(out);
    }
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void restoring_a_domain_that_runs_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");
    const char *path = path_for(t, "state");

    OK(t, eb_domain_save(dom, path, NULL, 0, fresh(t)));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_restore(t->conn, path, NULL, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(managed_save_is_taken_up_by_the_next_start),
    SUITE_TEST(managed_save_can_be_dropped),
    SUITE_TEST(dropping_no_managed_save_is_fine),
    SUITE_TEST(forced_boot_drops_the_managed_save),
    SUITE_TEST(paused_domain_can_be_saved),
    SUITE_TEST(managed_save_of_a_transient_domain_is_refused),
    SUITE_TEST(contradicting_save_flags_are_refused),
    SUITE_TEST(saved_domain_is_restored_from_its_file),
    SUITE_TEST(save_image_tells_its_definition),
    SUITE_TEST(restore_may_leave_the_domain_paused),
    SUITE_TEST(save_that_cannot_be_written_leaves_the_domain_running),
    SUITE_TEST(what_is_no_saved_state_is_not_restored),
    SUITE_TEST(restoring_a_domain_that_runs_is_refused),
};
SUITE_GROUP(suite_save, "saved-states", tests);

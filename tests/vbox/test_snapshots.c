/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots of VirtualBox alone: what failed calls leave, what others make, what VirtualBox cannot do. */
#include "vboxtest.h"

static int take(eb_domain *dom, const char *name, unsigned flags)
{
    EB_AUTOFREE char *xml = eb_asprintf("<domainsnapshot><name>%s</name></domainsnapshot>", name);

    return eb_domain_create_snapshot(dom, xml, flags, NULL, fresh());
}

/* Looks at what is there without touching the error of the action. */
static int count(eb_domain *dom)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    return check_ok(eb_domain_list_snapshots(dom, 0, NULL, &err), "list", __FILE__, __LINE__);
}

static eb_snapshot *look_up(eb_domain *dom, const char *name)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_snapshot *snapshot = NULL;

    check_ok(eb_domain_lookup_snapshot(dom, name, 0, &snapshot, &err), name, __FILE__, __LINE__);
    return snapshot;
}

static int delete (eb_domain *dom, const char *name)
{
    eb_snapshot *snapshot = look_up(dom, name);
    int result = eb_snapshot_delete(snapshot, 0, fresh());

    eb_snapshot_unref(snapshot);
    return result;
}

/* ---- Faults ---- */

static int take_one(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    return take(dom, "s", 0);
}

static void none_is_there(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    if (count(dom) != 0)
        fail_msg("a snapshot is there after: %s", eb_error_message(&test_error));
}

static void delete_it(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    OK(delete (dom, "s"));
}

static void snapshot_that_fails_anywhere_is_not_there(void **state)
{
    eb_domain *dom = define(*state, "off");

    print_message("%u calls\n", fail_each_call(*state, dom, take_one, none_is_there, delete_it));
    assert_int_equal(count(dom), 1);
    remove_domain(dom);
}

static int delete_one(eb_conn *conn, eb_domain *dom)
{
    eb_snapshot *snapshot = NULL;
    int result;

    (void)conn;
    if (eb_domain_lookup_snapshot(dom, "s", 0, &snapshot, fresh()) < 0)
        return -1;
    result = eb_snapshot_delete(snapshot, 0, fresh());
    eb_snapshot_unref(snapshot);
    return result;
}

static void one_is_there(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    if (count(dom) != 1)
        fail_msg("the snapshot is gone after: %s", eb_error_message(&test_error));
}

static void take_it_again(eb_conn *conn, eb_domain *dom)
{
    OK(take_one(conn, dom));
}

static void deletion_that_fails_anywhere_deletes_nothing(void **state)
{
    eb_domain *dom = define(*state, "off");

    OK(take(dom, "s", 0));
    print_message("%u calls\n", fail_each_call(*state, dom, delete_one, one_is_there, take_it_again));
    assert_int_equal(count(dom), 0);
    remove_domain(dom);
}

static int revert(eb_conn *conn, eb_domain *dom)
{
    eb_snapshot *snapshot = NULL;
    int result;

    (void)conn;
    if (eb_domain_lookup_snapshot(dom, "s", 0, &snapshot, fresh()) < 0)
        return -1;
    result = eb_snapshot_revert(snapshot, 0, fresh());
    eb_snapshot_unref(snapshot);
    return result;
}

static void domain_runs_on(eb_conn *conn, eb_domain *dom)
{
    one_is_there(conn, dom);
    if (eb_domain_is_active(dom, NULL) != 1)
        fail_msg("stopped after: %s", eb_error_message(&test_error));
}

static void start_again(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    OK(eb_domain_start(dom, 0, fresh()));
}

static void revert_that_fails_anywhere_lets_the_domain_run_on(void **state)
{
    eb_domain *dom = define(*state, "run");

    OK(take(dom, "s", 0));
    OK(eb_domain_start(dom, 0, fresh()));
    print_message("%u calls\n", fail_each_call(*state, dom, revert, domain_runs_on, start_again));
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_FROM_SNAPSHOT);
    remove_domain(dom);
}

/* ---- What VirtualBox cannot do ---- */

static void assert_refused(eb_domain *dom, const char *xml, unsigned flags, const char *part)
{
    assert_int_equal(eb_domain_create_snapshot(dom, xml, flags, NULL, fresh()), -1);
    if (!strstr(eb_error_message(&test_error), part))
        fail_msg("'%s' does not name '%s'", eb_error_message(&test_error), part);
    assert_int_equal(count(dom), 0);
}

static void what_virtualbox_cannot_do_is_refused_by_name(void **state)
{
    eb_domain *dom = define(*state, "off");

    assert_refused(dom, "<domainsnapshot><memory file='/m'/></domainsnapshot>", 0, "<memory");
    assert_refused(dom, "<domainsnapshot><shape/></domainsnapshot>", 0, "<shape>");
    assert_refused(dom, "<domainsnapshot/>", EB_SNAPSHOT_CREATE_QUIESCE, "QUIESCE");
    assert_refused(dom, "<domainsnapshot/>", EB_SNAPSHOT_CREATE_NO_METADATA, "NO_METADATA");
    assert_refused(dom, "<domainsnapshot/>", EB_SNAPSHOT_CREATE_REUSE_EXT, "REUSE_EXT");
    OK(eb_domain_start(dom, 0, fresh()));
    assert_refused(dom, "<domainsnapshot><memory snapshot='no'/></domainsnapshot>", 0, "<memory");
    assert_refused(dom, "<domainsnapshot/>", EB_SNAPSHOT_CREATE_DISK_ONLY, "DISK_ONLY");
    remove_domain(dom);
}

static void managed_save_stays_one_after_a_revert(void **state)
{
    eb_domain *dom = define(*state, "saved");

    OK(eb_domain_start(dom, 0, fresh()));
    OK(eb_domain_managed_save(dom, 0, fresh()));
    OK(take(dom, "s", 0));
    OK(eb_domain_managed_save_remove(dom, 0, fresh()));
    OK(revert(*state, dom));
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
    assert_int_equal(OK(eb_domain_has_managed_save(dom, 0, fresh())), 1);
    OK(eb_domain_managed_save_remove(dom, 0, fresh()));
    OK(delete (dom, "s"));
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(snapshot_that_fails_anywhere_is_not_there),
        VBOX_TEST(deletion_that_fails_anywhere_deletes_nothing),
        VBOX_TEST(revert_that_fails_anywhere_lets_the_domain_run_on),
        VBOX_TEST(what_virtualbox_cannot_do_is_refused_by_name),
        VBOX_TEST(managed_save_stays_one_after_a_revert),
    };

    return run_vbox_tests(argc, argv, "snapshots", tests, EB_ARRAY_SIZE(tests));
}

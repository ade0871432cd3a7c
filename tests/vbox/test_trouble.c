/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VirtualBox in trouble, which a stand-in can be asked for: no room on the disk, machines that others hold,
 * operations that fail. The user is told in VirtualBox's words, and everything stays as it was. */
#include "vboxtest.h"

#include <stdio.h>
#include <unistd.h>

/* The stand-in reads its control file anew when it changes. */
static void ask(const char *what)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/sim.control", getenv("VBOX_USER_HOME"));

    assert_int_equal(eb_write_file(path, what, strlen(what), 0600), 0);
}

static void says(const char *words)
{
    if (!test_error.message || !strstr(test_error.message, words))
        fail_msg("not \"%s\": %s", words, test_error.message ? test_error.message : "no error");
}

static int teardown(void **state)
{
    ask("");
    return test_teardown(state);
}
#define TROUBLE_TEST(fn) cmocka_unit_test_setup_teardown(fn, test_setup, teardown)

static void definition_without_room_says_so_and_leaves_nothing(void **state)
{
    eb_domain *dom = NULL;
    EB_AUTOFREE char *xml = xml_of("roomless", NULL, NULL);

    ask("FULL_DISK=1\n");
    assert_int_equal(eb_domain_define_xml(*state, xml, 0, &dom, fresh()), -1);
    says("VERR_DISK_FULL");
    ask("");
    assert_false(domain_exists(*state, "roomless"));
    assert_int_equal(entries_of(machine_folder), 0);
    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    remove_domain(dom);
}

static void change_without_room_changes_nothing(void **state)
{
    eb_domain *dom = define(*state, "full");
    eb_domain_info info;

    ask("FULL_DISK=1\n");
    assert_int_equal(eb_domain_set_memory(dom, 65536, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh()), -1);
    says("VERR_DISK_FULL");
    ask("");
    OK(eb_domain_get_info(dom, &info, fresh()));
    assert_int_equal(info.max_memory, 32 * 1024);
    remove_domain(dom);
}

static void save_without_room_leaves_the_domain_running(void **state)
{
    eb_domain *dom = define(*state, "saving");

    OK(eb_domain_start(dom, 0, fresh()));
    ask("FULL_DISK=1\n");
    assert_int_equal(eb_domain_managed_save(dom, 0, fresh()), -1);
    assert_non_null(test_error.message);
    ask("");
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 1);
    assert_int_equal(OK(eb_domain_has_managed_save(dom, 0, fresh())), 0);
    remove_domain(dom);
}

static void machine_that_is_locked_can_be_looked_at_and_nothing_else(void **state)
{
    eb_domain *dom = define(*state, "locked");
    EB_AUTOFREE char *xml = NULL;

    ask("LOCKED=locked\n");
    OK(eb_domain_get_xml(dom, 0, &xml, fresh()));
    assert_int_equal(eb_domain_set_memory(dom, 65536, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh()), -1);
    says("locked");
    assert_int_equal(eb_domain_start(dom, 0, fresh()), -1);
    says("locked");
    ask("");
    OK(eb_domain_start(dom, 0, fresh()));
    remove_domain(dom);
}

static void start_that_fails_half_way_leaves_the_domain_off(void **state)
{
    eb_domain *dom = define(*state, "fails");

    ask("PROGRESS_FAIL=*\n");
    assert_int_equal(eb_domain_start(dom, 0, fresh()), -1);
    assert_non_null(test_error.message);
    ask("");
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 0);
    OK(eb_domain_start(dom, 0, fresh()));
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        TROUBLE_TEST(definition_without_room_says_so_and_leaves_nothing),
        TROUBLE_TEST(change_without_room_changes_nothing),
        TROUBLE_TEST(save_without_room_leaves_the_domain_running),
        TROUBLE_TEST(machine_that_is_locked_can_be_looked_at_and_nothing_else),
        TROUBLE_TEST(start_that_fails_half_way_leaves_the_domain_off),
    };

    return run_vbox_tests(argc, argv, "trouble", tests, EB_ARRAY_SIZE(tests));
}

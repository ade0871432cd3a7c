/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding installations in folders made for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vbox/com/install.h"

static const char *fakes;
static char *root; /* of a test */

static char *in_root(const char *path)
{
    return eb_asprintf("%s/%s", root, path);
}

static int setup(void **state EB_UNUSED)
{
    char template[] = "/tmp/test-install-XXXXXX";

    root = eb_strdup(mkdtemp(template));
    return root ? 0 : -1;
}

static int teardown(void **state EB_UNUSED)
{
    EB_AUTOFREE char *command = eb_asprintf("rm -rf '%s'", root);
    int status = system(command);

    free(root);
    return status;
}

/* A folder that looks like an installation; `fake` NULL: without the library. */
static char *make(const char *name, const char *fake, bool typelib)
{
    char *home = in_root(name);
    EB_AUTOFREE char *components = eb_asprintf("%s/components", home);
    EB_AUTOFREE char *library = eb_asprintf("%s/VBoxXPCOMC.so", home);
    EB_AUTOFREE char *xpt = eb_asprintf("%s/VirtualBox_XPCOM.xpt", components);
    EB_AUTOFREE char *target = fake ? eb_asprintf("%s/%s", fakes, fake) : NULL;

    assert_int_equal(mkdir(home, 0755), 0);
    assert_int_equal(mkdir(components, 0755), 0);
    if (target)
        assert_int_equal(symlink(target, library), 0);
    if (typelib)
        assert_int_equal(eb_write_file(xpt, "x", 1, 0644), 0);
    return home;
}

static void assert_error_names(const struct vb_install_places *places, const char *home, const char *words)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct vb_install install = {0};

    assert_int_equal(vb_install_choose(places, home, &install, &err), -1);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
}

static void assert_chosen(const struct vb_install_places *places, const char *home, const char *wanted)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct vb_install install = {0};

    if (vb_install_choose(places, home, &install, &err) < 0)
        fail_msg("%s", eb_error_message(&err));
    assert_string_equal(install.home, wanted);
    vb_install_clear(&install);
}

static void a_standard_folder_is_found(void **state EB_UNUSED)
{
    EB_AUTOFREE char *home = make("a", "fake-v4c.so", true);
    EB_AUTOFREE char *none = in_root("none");
    const char *folders[] = {none, home, NULL};

    assert_chosen(&(struct vb_install_places){.folders = folders}, NULL, home);
}

static void the_newest_that_loads_is_chosen(void **state EB_UNUSED)
{
    EB_AUTOFREE char *old = make("old", "fake-v4b.so", true);
    EB_AUTOFREE char *broken = make("broken", "fake-unknown.so", true);
    EB_AUTOFREE char *newest = make("newest", "fake-v4c.so", true);
    const char *folders[] = {old, broken, newest, NULL};

    assert_chosen(&(struct vb_install_places){.folders = folders}, NULL, newest);
}

static void the_uri_names_another_one(void **state EB_UNUSED)
{
    EB_AUTOFREE char *old = make("old", "fake-v4b.so", true);
    EB_AUTOFREE char *newest = make("newest", "fake-v4c.so", true);
    const char *folders[] = {old, newest, NULL};

    assert_chosen(&(struct vb_install_places){.folders = folders}, old, old);
}

static void app_home_is_then_the_only_place(void **state EB_UNUSED)
{
    EB_AUTOFREE char *home = make("home", "fake-v4b.so", true);
    EB_AUTOFREE char *newest = make("newest", "fake-v4c.so", true);
    EB_AUTOFREE char *nowhere = in_root("nowhere");
    const char *folders[] = {newest, NULL};

    assert_chosen(&(struct vb_install_places){.app_home = home, .folders = folders}, NULL, home);
    assert_error_names(&(struct vb_install_places){.app_home = nowhere, .folders = folders}, NULL,
                       "VBOX_APP_HOME names the folder ");
    assert_error_names(&(struct vb_install_places){.app_home = nowhere, .folders = folders}, NULL,
                       "/nowhere: No such");
}

static void a_home_without_virtualbox_is_named(void **state EB_UNUSED)
{
    EB_AUTOFREE char *empty = make("empty", NULL, false);
    EB_AUTOFREE char *no_typelib = make("half", "fake-v4c.so", false);
    EB_AUTOFREE char *file = in_root("file");
    const char *folders[] = {NULL};
    struct vb_install_places places = {.folders = folders};

    assert_int_equal(eb_write_file(file, "x", 1, 0644), 0);
    assert_error_names(&places, empty, "/empty, which is no VirtualBox: ");
    assert_error_names(&places, empty, "/empty/VBoxXPCOMC.so: No such file");
    assert_error_names(&places, no_typelib, "/half/components/VirtualBox_XPCOM.xpt: No such file");
    assert_error_names(&places, file, "/file, which is no folder");
    assert_error_names(&places, "", "home= names the folder : No such file");
}

static void the_configuration_names_a_folder(void **state EB_UNUSED)
{
    static const char *const forms[] = {"# VirtualBox\nINSTALL_DIR='%s'\n", "INSTALL_DIR=\"%s\"\nX=1\n",
                                        "INSTALL_DIR=/wrong\n  INSTALL_DIR=%s # last\n"};
    EB_AUTOFREE char *home = make("home", "fake-v4b.so", true);
    EB_AUTOFREE char *config = in_root("vbox.cfg");
    const char *folders[] = {NULL};

    for (size_t i = 0; i < EB_ARRAY_SIZE(forms); i++) {
        const char *hole = strstr(forms[i], "%s");
        EB_AUTOFREE char *text = eb_asprintf("%.*s%s%s", (int)(hole - forms[i]), forms[i], home, hole + 2);

        assert_int_equal(eb_write_file(config, text, strlen(text), 0644), 0);
        assert_chosen(&(struct vb_install_places){.config = config, .folders = folders}, NULL, home);
    }
}

static void one_folder_by_two_names_is_one_installation(void **state EB_UNUSED)
{
    EB_AUTOFREE char *home = make("home", "fake-v4c.so", true);
    EB_AUTOFREE char *link = in_root("link");
    const char *folders[] = {home, link, NULL};
    struct vb_install_places places = {.folders = folders};
    struct vb_install *found = NULL;
    size_t n = 0;

    assert_int_equal(symlink(home, link), 0);
    assert_int_equal(vb_install_find(&places, NULL, &found, &n, NULL), 0);
    assert_int_equal(n, 1);
    vb_installs_free(found, n);
}

static void nothing_found_says_where_it_looked(void **state EB_UNUSED)
{
    EB_AUTOFREE char *nowhere = in_root("nowhere");
    const char *folders[] = {nowhere, NULL};

    assert_error_names(&(struct vb_install_places){.folders = folders}, NULL, nowhere);
}

static void a_probe_finds_the_version_or_the_reason(void **state EB_UNUSED)
{
    EB_AUTOFREE char *good = make("good", "fake-v3.so", true);
    EB_AUTOFREE char *bad = make("bad", "fake-lying.so", true);
    const char *folders[] = {good, bad, NULL};
    struct vb_install_places places = {.folders = folders};
    struct vb_install *found = NULL;
    size_t n = 0;

    assert_int_equal(vb_install_find(&places, NULL, &found, &n, NULL), 0);
    assert_int_equal(n, 2);
    assert_int_equal(found[0].version, 0);
    vb_install_probe(&found[0]);
    vb_install_probe(&found[1]);
    assert_int_equal(found[0].version, 4003004);
    assert_null(found[0].unusable);
    assert_non_null(strstr(found[1].unusable, "no function table"));
    vb_installs_free(found, n);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_standard_folder_is_found),
        TEST(the_newest_that_loads_is_chosen),
        TEST(the_uri_names_another_one),
        TEST(app_home_is_then_the_only_place),
        TEST(a_home_without_virtualbox_is_named),
        TEST(the_configuration_names_a_folder),
        TEST(one_folder_by_two_names_is_one_installation),
        TEST(nothing_found_says_where_it_looked),
        TEST(a_probe_finds_the_version_or_the_reason),
    };

    fakes = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}

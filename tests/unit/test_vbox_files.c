/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the VirtualBox driver writes and reads by itself: metadata texts and save files. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vbox/metadata_text.h"
#include "vbox/save_file.h"

/* ---- Metadata ---- */

static void assert_comes_back(const struct eb_metadata *items, size_t n)
{
    EB_AUTOFREE char *text = vbox_metadata_encode(items, n);
    struct eb_metadata *back = NULL;
    size_t count = 0;

    assert_true(vbox_metadata_decode(text, &back, &count));
    assert_int_equal(count, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(back[i].uri, items[i].uri);
        assert_string_equal(back[i].xml, items[i].xml);
    }
    vbox_metadata_free(back, count);
}

static void metadata_comes_back_byte_for_byte(void **state)
{
    char uri[] = "http://example.org/a,b:1", xml[] = "<a xmlns='x'>\n\t&lt; 3:x, \xe2\x82\xac\n</a>";
    char other[] = "urn:x", empty[] = "";
    const struct eb_metadata items[] = {{uri, xml}, {other, empty}, {empty, xml}};

    (void)state;
    assert_comes_back(items, 3);
    assert_comes_back(items, 1);
    assert_comes_back(NULL, 0);
}

static void metadata_that_someone_changed_is_not_taken(void **state)
{
    static const char *const bad[] = {"x",          "3:ab,1:c,",       "2:ab,",
                                      "2:ab,1:c",   "2:ab,9999999:c,", "2ab,1:c,",
                                      "-1:ab,1:c,", ":ab,1:c,",        "2:ab,99999999999999999999:c,",
                                      "2:ab,1:c,z"};

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(bad); i++) {
        struct eb_metadata *items = NULL;
        size_t n = 0;

        if (vbox_metadata_decode(bad[i], &items, &n))
            fail_msg("taken: %s", bad[i]);
        assert_null(items);
    }
}

/* ---- Save files ---- */

static char dir[] = "/tmp/everbox-test-XXXXXX";

static char *path_of(const char *name)
{
    return eb_asprintf("%s/%s", dir, name);
}

static void put_file(const char *path, const char *data, size_t n)
{
    assert_int_equal(eb_write_file(path, data, n, 0600), 0);
}

static void save(const char *path, const char *xml, bool paused, const char *state, size_t n)
{
    VBOX_AUTOWRITER struct vbox_save_writer writer = {0};
    EB_AUTOFREE char *state_file = path_of("state");
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    put_file(state_file, state, n);
    assert_int_equal(vbox_save_open(path, &writer, &err), 0);
    assert_int_equal(vbox_save_write(&writer, xml, paused, state_file, &err), 0);
    assert_int_equal(vbox_save_commit(&writer, &err), 0);
}

static void saved_file_gives_back_definition_and_state(void **state)
{
    static const char data[] = "\0binary\xff, and more";
    VBOX_AUTOHEADER struct vbox_save_header h = {0};
    EB_AUTOFREE char *path = path_of("saved");
    EB_AUTOFREE char *out = path_of("out");
    EB_AUTOFREE char *back = NULL;
    size_t n;

    (void)state;
    save(path, "<domain/>", true, data, sizeof(data));
    assert_int_equal(vbox_save_read_header(path, &h, NULL), 0);
    assert_string_equal(h.xml, "<domain/>");
    assert_true(h.paused);
    assert_int_equal(h.state_size, sizeof(data));
    assert_int_equal(vbox_save_extract(path, &h, out, NULL), 0);
    assert_int_equal(eb_read_file(out, 1000, &back, &n), 0);
    assert_int_equal(n, sizeof(data));
    assert_memory_equal(back, data, n);
}

static void saved_file_replaces_an_older_one(void **state)
{
    VBOX_AUTOHEADER struct vbox_save_header h = {0};
    EB_AUTOFREE char *path = path_of("again");

    (void)state;
    save(path, "<old/>", true, "old", 3);
    save(path, "<new/>", false, "new!", 4);
    assert_int_equal(vbox_save_read_header(path, &h, NULL), 0);
    assert_string_equal(h.xml, "<new/>");
    assert_false(h.paused);
    assert_int_equal(h.state_size, 4);
}

static void save_that_fails_leaves_no_file(void **state)
{
    EB_AUTOFREE char *path = path_of("none");
    EB_AUTOFREE char *missing = path_of("missing");
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    {
        VBOX_AUTOWRITER struct vbox_save_writer writer = {0};

        assert_int_equal(vbox_save_open(path, &writer, &err), 0);
        assert_int_equal(vbox_save_write(&writer, "<domain/>", false, missing, &err), -1);
        assert_int_equal(err.code, EB_ERR_SYSTEM_ERROR);
    }
    assert_int_equal(access(path, F_OK), -1);
}

static void folder_that_is_not_there_is_known_before_anything_is_saved(void **state)
{
    VBOX_AUTOWRITER struct vbox_save_writer writer = {0};
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    assert_int_equal(vbox_save_open("/nonexistent/x", &writer, &err), -1);
    assert_non_null(strstr(err.message, "/nonexistent/x"));
    eb_error_clear(&err);
    assert_int_equal(vbox_save_open(dir, &writer, &err), -1);
    assert_non_null(strstr(err.message, dir));
}

static void assert_no_save_file(const char *path)
{
    VBOX_AUTOHEADER struct vbox_save_header h = {0};
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    assert_int_equal(vbox_save_read_header(path, &h, &err), -1);
    assert_non_null(strstr(err.message, path));
    assert_null(h.xml);
}

static void what_is_no_save_file_is_refused(void **state)
{
    EB_AUTOFREE char *good = path_of("good");
    EB_AUTOFREE char *bad = path_of("bad");
    EB_AUTOFREE char *bytes = NULL;
    size_t n;

    (void)state;
    save(good, "<domain/>", false, "state", 5);
    assert_int_equal(eb_read_file(good, 1000, &bytes, &n), 0);
    for (size_t cut = 0; cut < n; cut++) {
        put_file(bad, bytes, cut);
        assert_no_save_file(bad);
    }
    for (size_t at = 16; at < 32; at++) {
        if (at >= 20 && at < 24)
            continue; /* paused or not: both are fine */
        bytes[at] ^= 0x40;
        put_file(bad, bytes, n);
        assert_no_save_file(bad);
        bytes[at] ^= 0x40;
    }
    assert_no_save_file(dir);
    assert_no_save_file("/nonexistent/x");
}

static void state_is_not_written_over_a_file(void **state)
{
    VBOX_AUTOHEADER struct vbox_save_header h = {0};
    EB_AUTOFREE char *path = path_of("over");
    EB_AUTOFREE char *there = path_of("there");
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *back = NULL;
    size_t n;

    (void)state;
    save(path, "<domain/>", false, "state", 5);
    put_file(there, "mine", 4);
    assert_int_equal(vbox_save_read_header(path, &h, NULL), 0);
    assert_int_equal(vbox_save_extract(path, &h, there, &err), -1);
    assert_int_equal(eb_read_file(there, 100, &back, &n), 0);
    assert_string_equal(back, "mine");
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    EB_AUTOFREE char *command = eb_asprintf("rm -r '%s'", dir);

    (void)state;
    return system(command);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_comes_back_byte_for_byte),
        cmocka_unit_test(metadata_that_someone_changed_is_not_taken),
        cmocka_unit_test(saved_file_gives_back_definition_and_state),
        cmocka_unit_test(saved_file_replaces_an_older_one),
        cmocka_unit_test(save_that_fails_leaves_no_file),
        cmocka_unit_test(folder_that_is_not_there_is_known_before_anything_is_saved),
        cmocka_unit_test(what_is_no_save_file_is_refused),
        cmocka_unit_test(state_is_not_written_over_a_file),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

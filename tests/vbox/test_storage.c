/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pools and volumes of VirtualBox, and definitions that wait: for a machine to stop, for a volume to come. */
#include "vboxtest.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20 };
static char folder[] = "/tmp/everbox-pool-XXXXXX";

/* A pool on an empty folder, which is active. */
static eb_pool *make_pool(eb_conn *conn)
{
    EB_AUTOFREE char *xml = NULL;
    eb_pool *pool = NULL;

    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(rmdir(folder), 0);
    xml = eb_asprintf("<pool type='dir'><name>images</name><target><path>%s</path>"
                      "<permissions><mode>0700</mode></permissions></target></pool>",
                      folder);
    OK(eb_pool_define_xml(conn, xml, 0, &pool, fresh()));
    OK(eb_pool_build(pool, 0, fresh()));
    OK(eb_pool_start(pool, 0, fresh()));
    return pool;
}

/* It must be empty by now. */
static void remove_pool(eb_pool *pool)
{
    OK(eb_pool_destroy(pool, fresh()));
    OK(eb_pool_delete(pool, 0, fresh()));
    OK(eb_pool_undefine(pool, fresh()));
    eb_pool_unref(pool);
}

static char *volume_xml(const char *name, const char *format, unsigned mib)
{
    return eb_asprintf("<volume><name>%s</name><capacity unit='MiB'>%u</capacity><allocation>0</allocation>"
                       "<target><format type='%s'/></target></volume>",
                       name, mib, format);
}

static eb_volume *make_volume(eb_pool *pool, const char *name, const char *format)
{
    EB_AUTOFREE char *xml = volume_xml(name, format, 4);
    eb_volume *vol = NULL;

    OK(eb_volume_create_xml(pool, xml, 0, &vol, fresh()));
    return vol;
}

static void delete_volume(eb_volume *vol)
{
    OK(eb_volume_delete(vol, 0, fresh()));
    eb_volume_unref(vol);
}

static void assert_volume(eb_volume *vol, const char *format)
{
    EB_AUTOFREE char *xml = NULL;
    EB_AUTOFREE char *word = eb_asprintf("<format type='%s'/>", format);
    eb_volume_info info;

    OK(eb_volume_get_info(vol, &info, fresh()));
    assert_int_equal(info.capacity, 4 * MIB);
    OK(eb_volume_get_xml(vol, 0, &xml, fresh()));
    assert_non_null(strstr(xml, word));
}

static void assert_refused(int result, eb_error_code code, const char *words)
{
    assert_int_equal(result, -1);
    assert_int_equal(test_error.code, code);
    if (!strstr(eb_error_message(&test_error), words))
        fail_msg("no '%s' in '%s'", words, eb_error_message(&test_error));
}

static void pool_lives(void **state)
{
    eb_pool *pool = make_pool(*state), *same = NULL;
    eb_pool_info info;
    struct stat st;

    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    OK(eb_pool_get_info(pool, &info, fresh()));
    assert_int_equal(info.state, EB_POOL_RUNNING);
    assert_int_equal(info.capacity, info.allocation + info.available);
    OK(eb_pool_set_autostart(pool, 1, fresh()));
    OK(eb_pool_lookup_by_name(*state, "images", &same, fresh()));
    assert_int_equal(OK(eb_pool_get_autostart(same, fresh())), 1);
    assert_int_equal(OK(eb_pool_is_active(same, fresh())), 1);
    assert_int_equal(OK(eb_pool_is_persistent(same, fresh())), 1);
    OK(eb_pool_refresh(same, 0, fresh()));
    eb_pool_unref(same);
    assert_refused(eb_pool_undefine(pool, fresh()), EB_ERR_OPERATION_INVALID, "still active");
    assert_refused(eb_pool_start(pool, 0, fresh()), EB_ERR_OPERATION_INVALID, "already active");
    remove_pool(pool);
    assert_refused(eb_pool_lookup_by_name(*state, "images", &same, fresh()), EB_ERR_NO_STORAGE_POOL,
                   "images");
    assert_int_equal(access(folder, F_OK), -1);
}

static void pool_that_is_no_folder_is_refused(void **state)
{
    int there = OK(eb_conn_list_pools(*state, 0, NULL, fresh())); /* of whoever uses this VirtualBox too */
    eb_pool *pool = make_pool(*state), *other = NULL;
    EB_AUTOFREE char *xml =
        eb_asprintf("<pool type='dir'><name>others</name><target><path>%s</path></target></pool>", folder);

    assert_refused(
        eb_pool_define_xml(*state,
                           "<pool type='netfs'><name>n</name><source><host name='h'/><dir path='/d'/>"
                           "</source><target><path>/mnt</path></target></pool>",
                           0, &other, fresh()),
        EB_ERR_CONFIG_UNSUPPORTED, "netfs");
    assert_refused(eb_pool_define_xml(*state, xml, 0, &other, fresh()), EB_ERR_OPERATION_FAILED, "images");
    assert_refused(eb_pool_create_xml(
                       *state, "<pool type='dir'><name>n</name><target><path>/no/such</path></target></pool>",
                       0, &other, fresh()),
                   EB_ERR_SYSTEM_ERROR, "/no/such");
    assert_int_equal(OK(eb_conn_list_pools(*state, 0, NULL, fresh())), there + 1);
    remove_pool(pool);
}

static void volumes_of_every_format_are_made_listed_and_deleted(void **state)
{
    static const char *const formats[] = {"raw", "vdi", "vmdk", "vpc"};
    eb_pool *pool = make_pool(*state);
    eb_volume *vol, *same = NULL;

    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++) {
        EB_AUTOFREE char *name = eb_asprintf("a.%s", formats[i]);
        EB_AUTOFREE char *path = eb_asprintf("%s/%s", folder, name);
        EB_AUTOFREE char *xml = volume_xml(name, formats[i], 4);

        vol = make_volume(pool, name, formats[i]);
        assert_volume(vol, formats[i]);
        assert_string_equal(eb_volume_get_key(vol), path);
        OK(eb_volume_lookup_by_path(*state, path, &same, fresh()));
        assert_string_equal(eb_volume_get_pool_name(same), "images");
        eb_volume_unref(same);
        assert_int_equal(OK(eb_pool_list_volumes(pool, 0, NULL, fresh())), 1);
        assert_refused(eb_volume_create_xml(pool, xml, 0, &same, fresh()), EB_ERR_STORAGE_VOL_EXIST, name);
        delete_volume(vol);
        assert_int_equal(access(path, F_OK), -1);
    }
    remove_pool(pool);
}

static void volume_is_copied_into_another_format(void **state)
{
    eb_pool *pool = make_pool(*state);
    eb_volume *vol = make_volume(pool, "a.vdi", "vdi"), *copy = NULL;
    EB_AUTOFREE char *xml = volume_xml("b.vmdk", "vmdk", 4);
    EB_AUTOFREE char *plain = volume_xml("b.raw", "raw", 4);

    OK(eb_volume_create_xml_from(pool, xml, vol, 0, &copy, fresh()));
    assert_volume(copy, "vmdk");
    delete_volume(copy);
    assert_refused(eb_volume_create_xml_from(pool, plain, vol, 0, &copy, fresh()), EB_ERR_CONFIG_UNSUPPORTED,
                   "'vdi' to 'raw'");
    delete_volume(vol);
    remove_pool(pool);
}

static void copy_of_a_plain_file_has_its_bytes_and_holes(void **state)
{
    eb_pool *pool = make_pool(*state);
    eb_volume *vol = make_volume(pool, "a.img", "raw"), *copy = NULL;
    EB_AUTOFREE char *xml = volume_xml("b.img", "raw", 4), *bytes = NULL;
    EB_AUTOFREE char *from = eb_asprintf("%s/a.img", folder), *to = eb_asprintf("%s/b.img", folder);
    FILE *file = fopen(from, "r+");
    struct stat st;
    size_t n;

    assert_non_null(file);
    fseek(file, 3 * MIB, SEEK_SET);
    fputs("here", file);
    fclose(file);
    OK(eb_volume_create_xml_from(pool, xml, vol, 0, &copy, fresh()));
    assert_int_equal(eb_read_file(to, 8 * MIB, &bytes, &n), 0);
    assert_int_equal(n, 4 * MIB);
    assert_memory_equal(bytes + 3 * MIB, "here", 4);
    assert_int_equal(stat(to, &st), 0);
    assert_true(st.st_blocks * 512 < 2 * MIB);
    delete_volume(copy);
    delete_volume(vol);
    remove_pool(pool);
}

static char *with_disk(const char *name, const char *volume, const char *extra)
{
    EB_AUTOFREE char *disk = eb_asprintf("<disk type='file' device='disk'><source file='%s/%s'/>"
                                         "<target dev='hda' bus='ide'/></disk>",
                                         folder, volume);

    return xml_of(name, extra, disk);
}

static void volume_of_a_machine_is_not_deleted(void **state)
{
    eb_pool *pool = make_pool(*state);
    eb_volume *vol = make_volume(pool, "a.vdi", "vdi");
    EB_AUTOFREE char *xml = with_disk("user", "a.vdi", NULL);
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    assert_int_equal(eb_volume_delete(vol, 0, fresh()), -1);
    assert_volume(vol, "vdi");
    remove_domain(dom);
    delete_volume(vol);
    remove_pool(pool);
}

static void domain_waits_for_a_volume_of_a_pool(void **state)
{
    eb_pool *pool = make_pool(*state);
    EB_AUTOFREE char *xml = with_disk("waiting", "later.vdi", NULL);
    EB_AUTOFREE char *before = NULL, *after = NULL;
    eb_domain *dom = NULL;
    eb_volume *vol;

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    OK(eb_domain_get_xml(dom, 0, &before, fresh()));
    assert_non_null(strstr(before, "later.vdi"));
    assert_int_equal(eb_domain_start(dom, 0, fresh()), -1);
    assert_non_null(strstr(eb_error_message(&test_error), "later.vdi"));
    vol = make_volume(pool, "later.vdi", "vdi");
    OK(eb_domain_get_xml(dom, 0, &after, fresh()));
    assert_non_null(strstr(after, "later.vdi"));
    assert_non_null(strstr(after, "<driver type='vdi'/>"));
    remove_domain(dom);
    delete_volume(vol);
    remove_pool(pool);
}

static void transient_domain_that_is_defined_becomes_that_when_it_stops(void **state)
{
    EB_AUTOFREE char *first = xml_of("installed", "<uuid>11111111-2222-3333-4444-555555555555</uuid>", NULL);
    EB_AUTOFREE char *then =
        xml_of("installed", "<uuid>11111111-2222-3333-4444-555555555555</uuid><title>ready</title>",
               "<sound model='ac97'/>");
    EB_AUTOFREE char *live = NULL, *next = NULL, *stopped = NULL;
    eb_domain *dom = NULL, *same = NULL;

    OK(eb_domain_create_xml(*state, first, 0, &dom, fresh()));
    OK(eb_domain_define_xml(*state, then, 0, &same, fresh()));
    eb_domain_unref(same);
    assert_int_equal(OK(eb_domain_is_persistent(dom, fresh())), 1);
    assert_int_equal(OK(eb_domain_is_updated(dom, fresh())), 1);
    OK(eb_domain_get_xml(dom, 0, &live, fresh()));
    assert_null(strstr(live, "<sound"));
    OK(eb_domain_get_xml(dom, EB_XML_INACTIVE, &next, fresh()));
    assert_non_null(strstr(next, "<sound"));
    OK(eb_domain_destroy(dom, 0, fresh()));
    assert_int_equal(OK(eb_domain_is_updated(dom, fresh())), 0);
    OK(eb_domain_get_xml(dom, 0, &stopped, fresh()));
    assert_non_null(strstr(stopped, "<sound model='ac97'/>"));
    assert_non_null(strstr(stopped, "<title>ready</title>"));
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(pool_lives),
        VBOX_TEST(pool_that_is_no_folder_is_refused),
        VBOX_TEST(volumes_of_every_format_are_made_listed_and_deleted),
        VBOX_TEST(volume_is_copied_into_another_format),
        VBOX_TEST(copy_of_a_plain_file_has_its_bytes_and_holes),
        VBOX_TEST(volume_of_a_machine_is_not_deleted),
        VBOX_TEST(domain_waits_for_a_volume_of_a_pool),
        VBOX_TEST(transient_domain_that_is_defined_becomes_that_when_it_stops),
    };

    return run_vbox_tests(argc, argv, "storage", tests, EB_ARRAY_SIZE(tests));
}

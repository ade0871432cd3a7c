/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage: pools, volumes, and what volumes hold. */
#include "suite.h"

#include <dirent.h>

enum { MIB = 1 << 20 };

/* A started pool, a folder of the test's; it lives as long as the test. */
static eb_pool *make_pool(struct fixture *t)
{
    const char *name = name_for(t, "pool");
    const char *xml =
        text(t, "<pool type='dir'><name>%s</name><target><path>%s/pool</path></target></pool>", name, t->dir);
    eb_pool *pool = NULL;

    OK(t, eb_pool_define_xml(t->conn, xml, 0, &pool, fresh(t)));
    keep_pool(t, pool);
    OK(t, eb_pool_build(pool, 0, fresh(t)));
    OK(t, eb_pool_start(pool, 0, fresh(t)));
    return pool;
}

static eb_volume *make_volume(struct fixture *t, eb_pool *pool, const char *name, const char *format,
                              uint64_t capacity)
{
    const char *xml = text(t,
                           "<volume><name>%s</name><capacity>%llu</capacity><allocation>0</allocation>"
                           "<target><format type='%s'/></target></volume>",
                           name, (unsigned long long)capacity, format);
    eb_volume *vol = NULL;

    OK(t, eb_volume_create_xml(pool, xml, 0, &vol, fresh(t)));
    return keep_volume(t, vol);
}

static uint64_t capacity_of(struct fixture *t, eb_volume *vol)
{
    eb_volume_info info;

    OK(t, eb_volume_get_info(vol, &info, fresh(t)));
    return info.capacity;
}

/* How many files the folder of the pool has, hidden ones too. */
static unsigned files_in_pool(struct fixture *t)
{
    DIR *folder = opendir(path_for(t, "pool"));
    unsigned n = 0;

    assert_non_null(folder);
    while (readdir(folder))
        n++;
    closedir(folder);
    return n - 2;
}

/* ---- Pools and volumes ---- */

static void pool_is_found_by_what_it_is_called(void **state)
{
    struct fixture *t = *state;
    eb_pool *pool = make_pool(t), *again = NULL;
    char uuid[37];

    eb_pool_get_uuid_string(pool, uuid);
    OK(t, eb_pool_lookup_by_uuid_string(t->conn, uuid, &again, fresh(t)));
    assert_string_equal(eb_pool_get_name(again), eb_pool_get_name(pool));
    eb_pool_unref(again);
    REFUSED(t, EB_ERR_NO_STORAGE_POOL,
            eb_pool_lookup_by_name(t->conn, name_for(t, "nobody"), &again, fresh(t)));
}

static void pool_is_found_by_its_folder_while_it_is_active(void **state)
{
    struct fixture *t = *state;
    eb_pool *pool, *found = NULL;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    pool = make_pool(t);
    OK(t, eb_pool_lookup_by_target_path(t->conn, text(t, "%s//pool/", t->dir), &found, fresh(t)));
    assert_string_equal(eb_pool_get_name(found), eb_pool_get_name(pool));
    eb_pool_unref(found);
    OK(t, eb_pool_destroy(pool, fresh(t)));
    REFUSED(t, EB_ERR_NO_STORAGE_POOL,
            eb_pool_lookup_by_target_path(t->conn, path_for(t, "pool"), &found, fresh(t)));
}

static void volume_is_found_by_name_key_and_path(void **state)
{
    struct fixture *t = *state;
    eb_pool *pool = make_pool(t);
    eb_volume *vol = make_volume(t, pool, "a.img", "raw", MIB), *found = NULL;
    char *path = NULL;

    OK(t, eb_volume_get_path(vol, &path, fresh(t)));
    keep_text(t, path);
    assert_string_equal(path, path_for(t, "pool/a.img"));
    OK(t, eb_volume_lookup_by_name(pool, "a.img", &found, fresh(t)));
    eb_volume_unref(found);
    OK(t, eb_volume_lookup_by_key(t->conn, eb_volume_get_key(vol), &found, fresh(t)));
    eb_volume_unref(found);
    OK(t, eb_volume_lookup_by_path(t->conn, path, &found, fresh(t)));
    assert_string_equal(eb_volume_get_name(found), "a.img");
    eb_volume_unref(found);
    REFUSED(t, EB_ERR_NO_STORAGE_VOL, eb_volume_lookup_by_name(pool, "b.img", &found, fresh(t)));
}

static void volume_has_the_size_that_was_asked_for_until_it_is_deleted(void **state)
{
    struct fixture *t = *state;
    eb_pool *pool = make_pool(t);
    eb_volume *vol = make_volume(t, pool, "a.img", "raw", 3 * MIB);
    eb_volume_info info;

    assert_int_equal(capacity_of(t, vol), 3 * MIB);
    REFUSED(t, EB_ERR_OK,
            eb_volume_create_xml(pool, "<volume><name>a.img</name><capacity>1</capacity></volume>", 0, NULL,
                                 fresh(t)));
    OK(t, eb_volume_delete(vol, 0, fresh(t)));
    REFUSED(t, EB_ERR_NO_STORAGE_VOL, eb_volume_get_info(vol, &info, fresh(t)));
    assert_int_equal(OK(t, eb_pool_list_volumes(pool, 0, NULL, fresh(t))), 0);
}

static void volume_of_a_pool_that_stopped_is_not_to_be_had(void **state)
{
    struct fixture *t = *state;
    eb_pool *pool = make_pool(t);
    eb_volume *vol = make_volume(t, pool, "a.img", "raw", MIB);
    eb_volume_info info;

    OK(t, eb_pool_destroy(pool, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_volume_get_info(vol, &info, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_pool_list_volumes(pool, 0, NULL, fresh(t)));
}

/* ---- What a volume holds ---- */

static int send(eb_volume *vol, uint64_t offset, uint64_t length, const char *bytes, size_t n, eb_error *err)
{
    eb_stream *stream = NULL;
    int result = eb_volume_upload(vol, offset, length, 0, &stream, err);

    if (result < 0)
        return -1;
    if (eb_stream_write(stream, bytes, n, err) < 0 || eb_stream_finish(stream, err) < 0)
        result = -1;
    eb_stream_unref(stream);
    return result;
}

/* All that comes, at most `max` bytes; gives their number. */
static size_t receive(struct fixture *t, eb_volume *vol, uint64_t offset, uint64_t length, char *out,
                      size_t max)
{
    eb_stream *stream = NULL;
    size_t n = 0;
    int got;

    OK(t, eb_volume_download(vol, offset, length, 0, &stream, fresh(t)));
    while ((got = OK(t, eb_stream_read(stream, out + n, max - n, fresh(t)))) > 0)
        n += (size_t)got;
    OK(t, eb_stream_finish(stream, fresh(t)));
    eb_stream_unref(stream);
    return n;
}

static void assert_holds(struct fixture *t, eb_volume *vol, uint64_t offset, const char *bytes)
{
    char held[64] = {0};

    assert_int_equal(receive(t, vol, offset, strlen(bytes), held, sizeof(held)), strlen(bytes));
    assert_string_equal(held, bytes);
}

/* A raw volume of 1 MiB that begins with "before". */
static eb_volume *make_filled(struct fixture *t, eb_pool *pool)
{
    eb_volume *vol = make_volume(t, pool, "a.img", "raw", MIB);

    OK(t, send(vol, 0, 0, "before", 6, fresh(t)));
    return vol;
}

static void what_is_uploaded_is_downloaded(void **state)
{
    enum { SIZE = 3 * MIB + 5 };
    struct fixture *t = *state;
    eb_volume *vol;
    char *sent, *held;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_volume(t, make_pool(t), "a.img", "raw", 1);
    sent = malloc(SIZE);
    held = malloc(SIZE + 1);
    assert_true(sent && held);
    for (size_t i = 0; i < SIZE; i++)
        sent[i] = (char)(i * 7 + i / 1000);
    OK(t, send(vol, 0, SIZE, sent, SIZE, fresh(t)));
    assert_int_equal(receive(t, vol, 0, 0, held, SIZE + 1), SIZE);
    assert_memory_equal(sent, held, SIZE);
    assert_int_equal(capacity_of(t, vol), SIZE);
    assert_int_equal(files_in_pool(t), 1);
    free(sent);
    free(held);
}

static void upload_of_a_part_leaves_the_rest(void **state)
{
    struct fixture *t = *state;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    OK(t, send(vol, 2, 2, "XY", 2, fresh(t)));
    assert_holds(t, vol, 0, "beXYre");
    assert_int_equal(capacity_of(t, vol), MIB);
}

static void volume_reaches_beyond_four_gibibytes(void **state)
{
    static const uint64_t far = (uint64_t)5 << 30;
    struct fixture *t = *state;
    char held[8];
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_volume(t, make_pool(t), "a.img", "raw", far);
    OK(t, send(vol, far - 3, 6, "abcdef", 6, fresh(t)));
    assert_int_equal(capacity_of(t, vol), far + 3);
    assert_holds(t, vol, far - 3, "abcdef");
    assert_int_equal(receive(t, vol, far + 3, 0, held, sizeof(held)), 0);
    assert_int_equal(receive(t, vol, UINT64_C(1) << 62, 5, held, sizeof(held)), 0);
    REFUSED(t, EB_ERR_INVALID_ARG, send(vol, UINT64_C(1) << 63, 0, "x", 1, fresh(t)));
}

static void upload_that_is_not_finished_changes_nothing(void **state)
{
    struct fixture *t = *state;
    eb_stream *stream = NULL;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    OK(t, eb_volume_upload(vol, 0, 0, 0, &stream, fresh(t)));
    OK(t, eb_stream_write(stream, "after", 5, fresh(t)));
    eb_stream_unref(stream);
    OK(t, eb_volume_upload(vol, 0, 0, 0, &stream, fresh(t)));
    OK(t, eb_stream_write(stream, "after", 5, fresh(t)));
    eb_stream_abort(stream);
    REFUSED(t, EB_ERR_OPERATION_ABORTED, eb_stream_finish(stream, fresh(t)));
    eb_stream_unref(stream);
    assert_holds(t, vol, 0, "before");
}

static void upload_of_more_than_was_said_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    REFUSED(t, EB_ERR_SYSTEM_ERROR, send(vol, 0, 4, "after", 5, fresh(t)));
    assert_holds(t, vol, 0, "before");
}

static void sparse_streams_are_refused(void **state)
{
    enum { SPARSE = 1 };
    struct fixture *t = *state;
    eb_stream *stream = NULL;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    REFUSED(t, EB_ERR_ARGUMENT_UNSUPPORTED, eb_volume_upload(vol, 0, 0, SPARSE, &stream, fresh(t)));
    REFUSED(t, EB_ERR_ARGUMENT_UNSUPPORTED, eb_volume_download(vol, 0, 0, SPARSE, &stream, fresh(t)));
}

static void upload_into_a_volume_that_goes_meanwhile_fails(void **state)
{
    struct fixture *t = *state;
    eb_stream *stream = NULL;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    OK(t, eb_volume_upload(vol, 0, 0, 0, &stream, fresh(t)));
    OK(t, eb_stream_write(stream, "after", 5, fresh(t)));
    OK(t, eb_volume_delete(vol, 0, fresh(t)));
    REFUSED(t, EB_ERR_NO_STORAGE_VOL, eb_stream_finish(stream, fresh(t)));
    eb_stream_unref(stream);
    assert_int_equal(files_in_pool(t), 0);
}

static void download_of_a_volume_that_goes_meanwhile_ends_as_it_would_have(void **state)
{
    struct fixture *t = *state;
    eb_stream *stream = NULL;
    eb_volume *vol;
    char held[16] = {0};

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    OK(t, eb_volume_download(vol, 0, 6, 0, &stream, fresh(t)));
    OK(t, eb_volume_delete(vol, 0, fresh(t)));
    assert_int_equal(OK(t, eb_stream_read(stream, held, sizeof(held), fresh(t))), 6);
    assert_string_equal(held, "before");
    assert_int_equal(OK(t, eb_stream_read(stream, held, sizeof(held), fresh(t))), 0);
    OK(t, eb_stream_finish(stream, fresh(t)));
    eb_stream_unref(stream);
}

static void contents_are_not_for_read_only_connections(void **state)
{
    struct fixture *t = *state;
    eb_conn *conn = suite_open(EB_CONNECT_RO);
    eb_stream *stream = NULL;
    eb_volume *vol = NULL;

    assert_non_null(conn);
    make_volume(t, make_pool(t), "a.img", "raw", MIB);
    OK(t, eb_volume_lookup_by_path(conn, path_for(t, "pool/a.img"), &vol, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_volume_download(vol, 0, 0, 0, &stream, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_volume_upload(vol, 0, 0, 0, &stream, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_volume_resize(vol, 1, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_volume_wipe(vol, 0, 0, fresh(t)));
    eb_volume_unref(vol);
    eb_conn_unref(conn);
}

/* ---- Images of VirtualBox, and machines that have them ---- */

static eb_domain *define_with_disk(struct fixture *t, const char *path)
{
    const char *disk = text(t,
                            "<controller type='sata' index='0'/><disk type='file' device='disk'>"
                            "<source file='%s'/><target dev='sda' bus='sata'/></disk>",
                            path);

    return define(t, xml_for(t, name_for(t, "user"), "", disk));
}

static void image_is_uploaded_and_then_a_machine_has_it(void **state)
{
    enum { MAX = 3 * MIB };
    struct fixture *t = *state;
    eb_pool *pool;
    eb_volume *from, *vol;
    char *image;
    size_t n;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    pool = make_pool(t);
    from = make_volume(t, pool, "from.vdi", "vdi", 8 * MIB);
    vol = make_volume(t, pool, "to.vdi", "vdi", 64 * MIB);
    image = malloc(MAX);
    assert_non_null(image);
    n = receive(t, from, 0, 0, image, MAX);
    OK(t, eb_volume_delete(from, 0, fresh(t)));
    OK(t, send(vol, 0, 0, image, n, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 8 * MIB);
    define_with_disk(t, path_for(t, "pool/to.vdi"));
    /* now it is not to be changed any more */
    REFUSED(t, EB_ERR_OPERATION_INVALID, send(vol, 0, 0, "nothing", 7, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 8 * MIB);
    free(image);
}

static void upload_that_a_machine_overtakes_fails(void **state)
{
    struct fixture *t = *state;
    eb_stream *stream = NULL;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_volume(t, make_pool(t), "a.vdi", "vdi", 8 * MIB);
    OK(t, eb_volume_upload(vol, 0, 0, 0, &stream, fresh(t)));
    OK(t, eb_stream_write(stream, "after", 5, fresh(t)));
    define_with_disk(t, path_for(t, "pool/a.vdi"));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_stream_finish(stream, fresh(t)));
    eb_stream_unref(stream);
    assert_int_equal(capacity_of(t, vol), 8 * MIB);
}

/* ---- Sizes ---- */

static void raw_volume_changes_its_size(void **state)
{
    struct fixture *t = *state;
    eb_volume_info info;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    vol = make_filled(t, make_pool(t));
    OK(t, eb_volume_resize(vol, 4 * MIB, 0, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 4 * MIB);
    OK(t, eb_volume_resize(vol, MIB, EB_VOLUME_RESIZE_DELTA, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 5 * MIB);
    REFUSED(t, EB_ERR_INVALID_ARG, eb_volume_resize(vol, 2 * MIB, 0, fresh(t)));
    OK(t, eb_volume_resize(vol, 3 * MIB, EB_VOLUME_RESIZE_DELTA | EB_VOLUME_RESIZE_SHRINK, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 2 * MIB);
    REFUSED(t, EB_ERR_INVALID_ARG, eb_volume_resize(vol, 0, EB_VOLUME_RESIZE_SHRINK, fresh(t)));
    OK(t, eb_volume_resize(vol, 3 * MIB, EB_VOLUME_RESIZE_ALLOCATE, fresh(t)));
    OK(t, eb_volume_get_info_flags(vol, &info, EB_VOLUME_GET_PHYSICAL, fresh(t)));
    assert_int_equal(info.allocation, 3 * MIB);
    assert_holds(t, vol, 0, "before");
}

static void image_becomes_larger_and_not_smaller(void **state)
{
    struct fixture *t = *state;
    eb_volume *vol;

    NEEDS(t, ABLE_GROW_IMAGES);
    vol = make_volume(t, make_pool(t), "a.vdi", "vdi", 8 * MIB);
    OK(t, eb_volume_resize(vol, 16 * MIB, 0, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 16 * MIB);
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED,
            eb_volume_resize(vol, 8 * MIB, EB_VOLUME_RESIZE_SHRINK, fresh(t)));
    REFUSED(t, EB_ERR_ARGUMENT_UNSUPPORTED,
            eb_volume_resize(vol, 32 * MIB, EB_VOLUME_RESIZE_ALLOCATE, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 16 * MIB);
}

static void image_that_would_not_become_larger_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_pool *pool;
    eb_volume *vol;

    NEEDS(t, ABLE_GROW_IMAGES);
    pool = make_pool(t);
    vol = make_volume(t, pool, "a.vmdk", "vmdk", 8 * MIB);
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED, eb_volume_resize(vol, 16 * MIB, 0, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 8 * MIB);
    OK(t, eb_volume_create_xml(pool,
                               "<volume><name>fixed.vdi</name><capacity>1048576</capacity>"
                               "<allocation>1048576</allocation><target><format type='vdi'/></target>"
                               "</volume>",
                               0, &vol, fresh(t)));
    keep_volume(t, vol);
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED, eb_volume_resize(vol, 16 * MIB, 0, fresh(t)));
    assert_int_equal(capacity_of(t, vol), MIB);
}

static void disk_of_a_domain_becomes_larger(void **state)
{
    struct fixture *t = *state;
    eb_block_info info;
    eb_domain *dom;

    NEEDS(t, ABLE_GROW_IMAGES);
    dom = define_with_disk(t, write_vdi(t, "disk.vdi"));
    OK(t, eb_domain_block_resize(dom, "sda", 8 * MIB, EB_BLOCK_RESIZE_BYTES, fresh(t)));
    OK(t, eb_domain_get_block_info(dom, "sda", 0, &info, fresh(t)));
    assert_int_equal(info.capacity, 8 * MIB);
    OK(t, eb_domain_block_resize(dom, path_for(t, "disk.vdi"), 16 * 1024, 0, fresh(t)));
    OK(t, eb_domain_get_block_info(dom, "sda", 0, &info, fresh(t)));
    assert_int_equal(info.capacity, 16 * MIB);
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED, eb_domain_block_resize(dom, "sda", 1024, 0, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_block_resize(dom, "sdz", 1024, 0, fresh(t)));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED, eb_domain_block_resize(dom, "sda", 64 * 1024, 0, fresh(t)));
}

static void raw_volume_is_wiped_and_an_image_is_not(void **state)
{
    static const char zeros[6];
    struct fixture *t = *state;
    char held[6];
    eb_pool *pool;
    eb_volume *vol;

    NEEDS(t, ABLE_VOLUME_CONTENTS);
    pool = make_pool(t);
    vol = make_filled(t, pool);
    REFUSED(t, EB_ERR_ARGUMENT_UNSUPPORTED, eb_volume_wipe(vol, EB_VOLUME_WIPE_NNSA, 0, fresh(t)));
    assert_holds(t, vol, 0, "before");
    OK(t, eb_volume_wipe(vol, EB_VOLUME_WIPE_ZERO, 0, fresh(t)));
    assert_int_equal(receive(t, vol, 0, sizeof(held), held, sizeof(held)), sizeof(held));
    assert_memory_equal(held, zeros, sizeof(held));
    assert_int_equal(capacity_of(t, vol), MIB);
    vol = make_volume(t, pool, "a.vdi", "vdi", 8 * MIB);
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED, eb_volume_wipe(vol, EB_VOLUME_WIPE_ZERO, 0, fresh(t)));
    assert_int_equal(capacity_of(t, vol), 8 * MIB);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(pool_is_found_by_what_it_is_called),
    SUITE_TEST(pool_is_found_by_its_folder_while_it_is_active),
    SUITE_TEST(volume_is_found_by_name_key_and_path),
    SUITE_TEST(volume_has_the_size_that_was_asked_for_until_it_is_deleted),
    SUITE_TEST(volume_of_a_pool_that_stopped_is_not_to_be_had),
    SUITE_TEST(what_is_uploaded_is_downloaded),
    SUITE_TEST(upload_of_a_part_leaves_the_rest),
    SUITE_TEST(volume_reaches_beyond_four_gibibytes),
    SUITE_TEST(upload_that_is_not_finished_changes_nothing),
    SUITE_TEST(upload_of_more_than_was_said_is_refused),
    SUITE_TEST(sparse_streams_are_refused),
    SUITE_TEST(upload_into_a_volume_that_goes_meanwhile_fails),
    SUITE_TEST(download_of_a_volume_that_goes_meanwhile_ends_as_it_would_have),
    SUITE_TEST(contents_are_not_for_read_only_connections),
    SUITE_TEST(image_is_uploaded_and_then_a_machine_has_it),
    SUITE_TEST(upload_that_a_machine_overtakes_fails),
    SUITE_TEST(raw_volume_changes_its_size),
    SUITE_TEST(image_becomes_larger_and_not_smaller),
    SUITE_TEST(image_that_would_not_become_larger_is_refused),
    SUITE_TEST(disk_of_a_domain_becomes_larger),
    SUITE_TEST(raw_volume_is_wiped_and_an_image_is_not),
};

SUITE_GROUP(suite_storage, "storage", tests);

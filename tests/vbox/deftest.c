/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "deftest.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/uuid.h"
#include "model/domain_xml.h"

/* ---- Media: the smallest that VirtualBox takes ---- */

char media[64];

static char *medium(const char *name)
{
    return eb_asprintf("%s/%s", media, name);
}

static void write_file(const char *name, const void *data, size_t n, size_t size, size_t at)
{
    EB_AUTOFREE char *path = medium(name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(ftruncate(fileno(f), (off_t)size), 0);
    assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void put(unsigned char *at, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

/* An empty growing VDI of 10 MiB: its header and a table that says that no block is there. */
static void make_disk(const char *name)
{
    enum { BLOCKS = 10, BLOCK = 1 << 20, TABLE = BLOCK, DATA = 2 * BLOCK, SIZE = TABLE + 4 * BLOCKS };
    EB_AUTOFREE unsigned char *h = eb_calloc(1, SIZE);
    const struct {
        size_t at, n;
        uint64_t value;
    } fields[] = {
        {0x40, 4, 0xbeda107f}, {0x44, 4, 0x10001}, {0x48, 4, 400},  {0x4c, 4, 1},
        {0x154, 4, TABLE},     {0x158, 4, DATA},   {0x168, 4, 512}, {0x170, 8, (uint64_t)BLOCKS * BLOCK},
        {0x178, 4, BLOCK},     {0x180, 4, BLOCKS}, {0x1d4, 4, 512},
    };

    strcpy((char *)h, "<<< Oracle VM VirtualBox Disk Image >>>\n");
    for (size_t i = 0; i < EB_ARRAY_SIZE(fields); i++)
        put(h + fields[i].at, fields[i].value, fields[i].n);
    eb_uuid_generate(h + 0x188);
    eb_uuid_generate(h + 0x198);
    memset(h + TABLE, 0xff, 4 * BLOCKS);
    write_file(name, h, SIZE, DATA, 0);
}

char *make_cd(const char *name)
{
    write_file(name, "\1CD001\1", 7, 64 * 2048, 16 * 2048);
    return medium(name);
}

static void make_media(void)
{
    strcpy(media, "/tmp/everbox-media-XXXXXX");
    assert_non_null(mkdtemp(media));
    make_disk("one.vdi");
    make_disk("two.vdi");
    free(make_cd("cd.iso"));
    free(make_cd("other.iso"));
    write_file("floppy.img", "", 0, 1474560, 0);
}

/* Forgets the media that tests opened: VirtualBox keeps those of machines that are gone. */
static void close_media(void)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    IMedium **list = NULL;
    size_t n = 0;

    if (!vb_has(vb, VB_IVirtualBox_get_hardDisks__medium))
        return;
    OK(IVirtualBox_get_hardDisks__medium(vb, vbox, &n, &list, fresh()));
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *location = NULL;

        OK(IMedium_get_location(vb, list[i], &location, fresh()));
        if (eb_starts_with(location, media))
            OK(IMedium_close(vb, list[i], fresh()));
    }
    vb_objects_free(n, list);
}

int media_setup(void **state)
{
    if (group_setup(state) < 0)
        return -1;
    make_media();
    return 0;
}

int media_teardown(void **state)
{
    EB_AUTOFREE char *command = eb_asprintf("rm -rf '%s'", media);

    close_media();
    return system(command) != 0 ? -1 : group_teardown(state);
}

/* ---- Texts ---- */

char *with_media(const char *text)
{
    struct eb_strbuf {
        char *s;
    } b = {eb_strdup("")};

    for (; *text; text++) {
        char *longer = *text == '@' ? eb_asprintf("%s%s", b.s, media) : eb_asprintf("%s%c", b.s, *text);

        free(b.s);
        b.s = longer;
    }
    return b.s;
}

void replace(char **text, const char *from, const char *to)
{
    char *at = strstr(*text, from);
    char *changed;

    assert_non_null(at);
    changed = eb_asprintf("%.*s%s%s", (int)(at - *text), *text, to, at + strlen(from));
    free(*text);
    *text = changed;
}

void drop_line(char **text, const char *word)
{
    char *at = strstr(*text, word), *from, *to;

    if (!at)
        return;
    for (from = at; from > *text && from[-1] != '\n';)
        from--;
    to = strchr(at, '\n');
    assert_non_null(to);
    memmove(from, to + 1, strlen(to + 1) + 1);
}

void drop_element(char **text, const char *from, const char *to)
{
    char *begin = strstr(*text, from);
    char *end = begin ? strstr(begin, to) : NULL;

    if (!end)
        fail();
    else
        memmove(begin, end + strlen(to), strlen(end + strlen(to)) + 1);
}

char *dump(eb_domain *dom)
{
    char *xml = NULL;

    OK(eb_domain_get_xml(dom, EB_XML_SECURE | EB_XML_INACTIVE, &xml, fresh()));
    return xml;
}

void assert_valid(const char *name, const char *xml)
{
    eb_error why = EB_ERROR_INIT;

    /* libvirt's schemas before 11 do not know NVMe; this test then says nothing of it */
    if (strstr(xml, "nvme") ||
        (eb_domain_xml_validate(xml, &why) < 0 && why.code == EB_ERR_OPERATION_UNSUPPORTED)) {
        eb_error_clear(&why);
        return;
    }
    if (why.code != EB_ERR_OK) {
        print_error("%s: %s\n%s\n", name, eb_error_message(&why), xml);
        eb_error_clear(&why);
        fail();
    }
}

void define_xml(eb_conn *conn, const char *name, const char *xml, eb_domain **out)
{
    if (eb_domain_define_xml(conn, xml, 0, out, fresh()) == 0)
        return;
    print_error("%s: %s\n%s\n", name, eb_error_message(&test_error), xml);
    fail();
}

int run_definition_tests(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n)
{
    test_uri = argc > 1 ? argv[1] : getenv("EVERBOX_SUITE_URI");
    if (!test_uri || !*test_uri)
        test_uri = "vbox:///session";
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    return _cmocka_run_group_tests(name, tests, n, media_setup, media_teardown);
}

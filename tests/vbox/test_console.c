/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Consoles: the other end of a running machine's serial ports. The guest says "tick" again and again and
 * answers in capitals: on the stand-ins theirs does, on the real one the boot sector below.
 */
#include "vboxtest.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Both ports are set up; then each is looked at in turn, what came is sent back in capitals, and after every
 * 16384 looks each hears "tick". */
static const unsigned char boot_code[] = {
    0x31, 0xc0, 0x8e, 0xd8,                         /* xor ax, ax; mov ds, ax */
    0xbb, 0xf8, 0x03, 0xe8, 0x26, 0x00,             /* mov bx, 3f8; call init */
    0xbb, 0xf8, 0x02, 0xe8, 0x20, 0x00,             /* mov bx, 2f8; call init */
    0xb9, 0x00, 0x40,                               /* again: mov cx, 4000 */
    0xbb, 0xf8, 0x03, 0xe8, 0x2f, 0x00,             /* look: mov bx, 3f8; call serve */
    0xbb, 0xf8, 0x02, 0xe8, 0x29, 0x00,             /* mov bx, 2f8; call serve */
    0x49, 0x75, 0xf1,                               /* dec cx; jnz look */
    0xbb, 0xf8, 0x03, 0xe8, 0x49, 0x00,             /* mov bx, 3f8; call tick */
    0xbb, 0xf8, 0x02, 0xe8, 0x43, 0x00,             /* mov bx, 2f8; call tick */
    0xeb, 0xe0,                                     /* jmp again */
    0x8d, 0x57, 0x03, 0xb0, 0x80, 0xee,             /* init: dx = bx + 3; out 80 */
    0x89, 0xda, 0xb0, 0x01, 0xee,                   /* dx = bx; out 1: 115200 baud */
    0x42, 0xfe, 0xc8, 0xee,                         /* inc dx; out 0 */
    0x8d, 0x57, 0x03, 0xb0, 0x03, 0xee,             /* dx = bx + 3; out 3: 8N1 */
    0x42, 0xee, 0xc3,                               /* inc dx; out 3: ready; ret */
    0x8d, 0x57, 0x05, 0xec, 0xa8, 0x01, 0x74, 0x20, /* serve: dx = bx + 5; in; nothing came: ret */
    0x89, 0xda, 0xec,                               /* dx = bx; in al */
    0x3c, 0x61, 0x72, 0x06, 0x3c, 0x7a, 0x77, 0x02, /* not from a to z: put */
    0x2c, 0x20,                                     /* al -= 20 */
    0x50, 0xbf, 0xff, 0xff,                         /* put: push ax; mov di, ffff */
    0x8d, 0x57, 0x05,                               /* dx = bx + 5 */
    0xec, 0xa8, 0x20, 0x75, 0x03, 0x4f, 0x75, 0xf8, /* wait until it may be sent, but not for ever */
    0x58, 0x89, 0xda, 0xee, 0xc3,                   /* pop ax; dx = bx; out al; ret */
    0xbe, 0x7e, 0x7c,                               /* tick: mov si, text */
    0xac, 0x08, 0xc0, 0x74, 0xf7,                   /* next: lodsb; at its end: ret */
    0xe8, 0xe1, 0xff, 0xeb, 0xf6,                   /* call put; jmp next */
    't',  'i',  'c',  'k',  '\r', '\n', 0,
};

enum { FLOPPY_BYTES = 1440 * 1024, SECTOR = 512 };
static char floppy[] = "/tmp/everbox-console-XXXXXX.img";
static const char usage[] =
    "test-vbox-console [URI [RUN [SKIP]]] | --floppy FILE (makes the guest's floppy)\n";

static int make_floppy(int fd)
{
    unsigned char sector[SECTOR] = {[SECTOR - 2] = 0x55, [SECTOR - 1] = 0xaa};
    int result;

    if (fd < 0)
        return -1;
    memcpy(sector, boot_code, sizeof(boot_code));
    result = write(fd, sector, SECTOR) == SECTOR ? ftruncate(fd, FLOPPY_BYTES) : -1;
    close(fd);
    return result;
}

static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static eb_domain *start_machine(eb_conn *conn, const char *name, const char *serials)
{
    EB_AUTOFREE char *xml =
        eb_asprintf("<domain type='vbox'><name>%s</name><memory unit='MiB'>32</memory>"
                    "<os><type>hvm</type><boot dev='fd'/></os><devices><disk type='file' device='floppy'>"
                    "<source file='%s'/><target dev='fda' bus='fdc'/></disk>%s</devices></domain>",
                    name, floppy, serials);
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(conn, xml, 0, &dom, fresh()));
    OK(eb_domain_start(dom, 0, fresh()));
    return dom;
}

static eb_stream *open_console(eb_domain *dom, const char *device, unsigned flags)
{
    eb_stream *stream = NULL;

    OK(eb_domain_open_console(dom, device, flags, &stream, fresh()));
    return stream;
}

/* Reads until `text` came. */
static void await_text(eb_stream *stream, const char *text)
{
    char all[8192];
    size_t n = 0;

    do {
        int got = OK(eb_stream_read(stream, all + n, sizeof(all) - 1 - n, fresh()));

        assert_true(got > 0);
        n += (size_t)got;
        all[n] = '\0';
    } while (!strstr(all, text) && n < sizeof(all) - 1);
    assert_non_null(strstr(all, text));
}

static void assert_talks(eb_stream *stream)
{
    await_text(stream, "tick\r\n");
    OK(eb_stream_write(stream, "hello, guest", 12, fresh()));
    await_text(stream, "H");
}

static void assert_refused(eb_domain *dom, const char *device, unsigned flags, int code, const char *words)
{
    eb_stream *stream = NULL;

    assert_int_equal(eb_domain_open_console(dom, device, flags, &stream, fresh()), -1);
    assert_int_equal(test_error.code, code);
    assert_non_null(strstr(eb_error_message(&test_error), words));
}

#define PTY "<serial type='pty'><target port='0'/></serial>"
#define TWO_PTYS PTY "<serial type='pty'><target port='1'/></serial>"

static void console_talks_with_the_guest(void **state)
{
    eb_domain *dom = start_machine(*state, "talks", TWO_PTYS);
    static const char *const names[] = {NULL, "console0", "serial0", "serial1"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        eb_stream *stream = open_console(dom, names[i], EB_CONSOLE_SAFE);

        assert_talks(stream);
        OK(eb_stream_finish(stream, fresh()));
        eb_stream_unref(stream);
    }
    remove_domain(dom);
}

static void two_ports_have_two_consoles(void **state)
{
    eb_domain *dom = start_machine(*state, "two", TWO_PTYS);
    eb_stream *first = open_console(dom, "serial0", 0), *second = open_console(dom, "serial1", 0);

    assert_talks(first);
    assert_talks(second);
    eb_stream_unref(first);
    eb_stream_unref(second);
    remove_domain(dom);
}

static void tcp_port_has_a_console(void **state)
{
    EB_AUTOFREE char *serial =
        eb_asprintf("<serial type='tcp'><source mode='bind' host='0.0.0.0' service='%u'/>"
                    "<protocol type='raw'/><target port='0'/></serial>",
                    free_port());
    eb_stream *stream;
    eb_domain *dom;

    if (!vb_enum_has(vb, VB_ENUM_PortMode, PortMode_TCP))
        skip();
    dom = start_machine(*state, "tcp", serial);
    stream = open_console(dom, NULL, 0);
    assert_talks(stream);
    assert_refused(dom, NULL, 0, EB_ERR_OPERATION_FAILED, "Active console session exists for this domain");
    eb_stream_unref(stream);
    stream = open_console(dom, NULL, 0);
    assert_talks(stream);
    OK(eb_domain_destroy(dom, 0, fresh()));
    eb_stream_unref(stream);
    remove_domain(dom);
}

static void second_console_is_refused_unless_it_is_forced(void **state)
{
    eb_domain *dom = start_machine(*state, "wanted", PTY);
    eb_stream *first = open_console(dom, NULL, 0), *second;
    char bytes[4096];
    int got;

    assert_refused(dom, NULL, 0, EB_ERR_OPERATION_FAILED, "Active console session exists for this domain");
    assert_refused(dom, "serial0", EB_CONSOLE_SAFE, EB_ERR_OPERATION_FAILED, "Active console session");
    assert_talks(first);
    second = open_console(dom, NULL, EB_CONSOLE_FORCE);
    while ((got = eb_stream_read(first, bytes, sizeof(bytes), fresh())) > 0)
        ;
    assert_int_equal(got, -1);
    assert_non_null(strstr(eb_error_message(&test_error), "stream had unexpected termination"));
    assert_int_equal(eb_stream_write(first, "x", 1, fresh()), -1);
    assert_talks(second);
    eb_stream_unref(first);
    assert_refused(dom, NULL, 0, EB_ERR_OPERATION_FAILED, "Active console session exists for this domain");
    eb_stream_unref(second);
    second = open_console(dom, NULL, 0);
    assert_talks(second);
    eb_stream_unref(second);
    remove_domain(dom);
}

static void machine_that_is_powered_off_ends_its_console(void **state)
{
    eb_domain *dom = start_machine(*state, "ends", PTY);
    eb_stream *stream = open_console(dom, NULL, 0);
    char bytes[4096];
    int got;

    assert_talks(stream);
    OK(eb_domain_destroy(dom, 0, fresh()));
    while ((got = OK(eb_stream_read(stream, bytes, sizeof(bytes), fresh()))) > 0)
        ;
    OK(eb_stream_finish(stream, fresh()));
    eb_stream_unref(stream);
    assert_refused(dom, NULL, 0, EB_ERR_OPERATION_INVALID, "not running");
    OK(eb_domain_start(dom, 0, fresh()));
    stream = open_console(dom, NULL, 0);
    assert_talks(stream);
    eb_stream_unref(stream);
    remove_domain(dom);
}

static void *read_to_the_end(void *opaque)
{
    static eb_error err;
    char bytes[4096];

    eb_error_clear(&err);
    while (eb_stream_read(opaque, bytes, sizeof(bytes), &err) > 0)
        ;
    return &err;
}

static void abort_ends_who_waits(void **state)
{
    eb_domain *dom = start_machine(*state, "aborted", PTY);
    eb_stream *stream = open_console(dom, NULL, 0);
    pthread_t reader;
    void *err;

    await_text(stream, "tick");
    assert_int_equal(pthread_create(&reader, NULL, read_to_the_end, stream), 0);
    eb_stream_abort(stream);
    pthread_join(reader, &err);
    assert_int_equal(((eb_error *)err)->code, EB_ERR_OPERATION_ABORTED);
    eb_error_clear(err);
    eb_stream_unref(stream);
    stream = open_console(dom, NULL, 0);
    await_text(stream, "tick");
    eb_stream_unref(stream);
    remove_domain(dom);
}

static void what_has_no_console_is_refused_by_its_name(void **state)
{
    eb_domain *dom = start_machine(*state, "other", "<serial type='null'><target port='0'/></serial>");

    assert_refused(dom, NULL, 0, EB_ERR_OPERATION_UNSUPPORTED, "character device serial0");
    assert_refused(dom, "serial1", 0, EB_ERR_INTERNAL_ERROR, "cannot find character device serial1");
    assert_refused(dom, NULL, 1u << 7, EB_ERR_INVALID_ARG, "unsupported flags");
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VBOX_TEST(console_talks_with_the_guest),
        VBOX_TEST(two_ports_have_two_consoles),
        VBOX_TEST(tcp_port_has_a_console),
        VBOX_TEST(second_console_is_refused_unless_it_is_forced),
        VBOX_TEST(machine_that_is_powered_off_ends_its_console),
        VBOX_TEST(abort_ends_who_waits),
        VBOX_TEST(what_has_no_console_is_refused_by_its_name),
    };

    int result;

    if (argc > 1 && eb_streq(argv[1], "--floppy")) {
        if (argc == 3)
            return make_floppy(open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0;
        fputs(usage, stderr);
        return 2;
    }
    if (make_floppy(mkstemps(floppy, 4)) < 0)
        return 1;
    result = run_vbox_tests(argc, argv, "console", tests, EB_ARRAY_SIZE(tests));
    unlink(floppy);
    return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests that the test driver makes up: libvirt's. */
#include "base/png.h"
#include "test/stats.h"
#include "test/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "model/mac.h"

static struct test_domain *need_running(struct test_world *world, eb_uuid uuid, eb_error *err)
{
    struct test_domain *dom = test_need(world, uuid, err);

    return dom && test_need_active(dom, err) == 0 ? dom : NULL;
}

const struct eb_interface *test_find_interface(const struct eb_domain_def *def, const char *name)
{
    for (size_t i = 0; i < def->n_interfaces; i++) {
        const struct eb_interface *nic = &def->interfaces[i];
        char mac[EB_MAC_STRLEN + 1];

        eb_mac_format(nic->mac, mac);
        if (eb_streq(nic->target, name) || (nic->has_mac && strcasecmp(mac, name) == 0))
            return nic;
    }
    return NULL;
}

/* ---- Screen and keyboard ---- */

enum { SCREEN_WIDTH = 1120, SCREEN_HEIGHT = 832 };

/* Bars of colour, each brighter from top to bottom. */
static int screenshot(eb_conn *conn, eb_uuid uuid, unsigned screen EB_UNUSED, char **mime,
                      unsigned char **bytes, size_t *n, eb_error *err)
{
    EB_AUTOFREE unsigned char *rgb = NULL;
    unsigned char *at;

    {
        TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

        if (!test_need(world, uuid, err))
            return -1;
    }
    at = rgb = eb_calloc(SCREEN_HEIGHT, SCREEN_WIDTH * 3);
    for (unsigned y = 0; y < SCREEN_HEIGHT; y++) {
        unsigned char level = (unsigned char)(64 + y * 191 / SCREEN_HEIGHT);

        for (unsigned x = 0; x < SCREEN_WIDTH; x++) {
            unsigned bar = x / (SCREEN_WIDTH / 8);

            for (unsigned colour = 0; colour < 3; colour++)
                *at++ = bar >> colour & 1 ? level : 0;
        }
    }
    *bytes = eb_png_encode(rgb, SCREEN_WIDTH, SCREEN_HEIGHT, n);
    *mime = eb_strdup("image/png");
    return 0;
}

static int send_key(eb_conn *conn, eb_uuid uuid, eb_codeset codeset, unsigned hold_ms EB_UNUSED,
                    const unsigned *keys, unsigned n, eb_error *err)
{
    static const char *const names[] = {"linux", "xt",     "atset1", "atset2", "atset3",
                                        "os-x",  "xt_kbd", "usb",    "win32",  "qnum"};
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (!need_running(world, uuid, err))
        return -1;
    for (unsigned i = 0; i < n; i++) {
        if (keys[i] > 255)
            return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "invalid keycode %u of %s codeset", keys[i],
                                names[codeset]);
    }
    return 0;
}

static int inject_nmi(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    return need_running(world, uuid, err) ? 0 : -1;
}

/* virDomainCoreDumpFlags, virDomainCoreDumpFormat */
enum { DUMP_CRASH = 1 << 0, DUMP_RAW = 0, DUMP_LAST = 5 };
#define DUMP_CONTENTS "TestGuestMagic"

static int core_dump(eb_conn *conn, eb_uuid uuid, const char *path, unsigned format, unsigned flags,
                     eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (format >= DUMP_LAST)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "dumpformat '%u' is not supported", format);
    if (eb_check_flags(flags, DUMP_CRASH, "testDomainCoreDumpWithFormat", err) < 0)
        return -1;
    dom = need_running(world, uuid, err);
    if (!dom)
        return -1;
    if (eb_write_file(path, DUMP_CONTENTS, sizeof(DUMP_CONTENTS), 0600) < 0)
        return eb_error_set_errno(err, errno, "domain '%s' coredump: failed to open %s", dom->def->name,
                                  path);
    if (flags & DUMP_CRASH)
        test_stop(world, dom, EB_SHUTOFF_CRASHED);
    if (format != DUMP_RAW)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "kdump-compressed format is not supported here");
    return 0;
}

/* ---- What it says of itself ---- */

static int hostname(eb_conn *conn, eb_uuid uuid, unsigned flags, char **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainGetHostname", err) < 0)
        return -1;
    dom = need_running(world, uuid, err);
    if (!dom)
        return -1;
    *out = eb_asprintf("%shost", dom->def->name);
    return 0;
}

static int get_time(eb_conn *conn, eb_uuid uuid, int64_t *seconds, unsigned *nanoseconds, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);

    if (!dom)
        return -1;
    *seconds = dom->time_set ? dom->seconds : TEST_GUEST_TIME;
    *nanoseconds = dom->time_set ? dom->nanoseconds : 0;
    return 0;
}

/* Synchronized or not: what the call says. */
static int set_time(eb_conn *conn, eb_uuid uuid, int64_t seconds, unsigned nanoseconds,
                    unsigned flags EB_UNUSED, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);

    if (!dom)
        return -1;
    dom->time_set = true;
    dom->seconds = seconds;
    dom->nanoseconds = nanoseconds;
    return 0;
}

static const struct {
    const char *mount_point, *name;
} filesystems[TEST_FILESYSTEMS] = {{"/", "vda1"}, {"/boot", "vda2"}};

static bool has_vda(const struct test_domain *dom)
{
    for (size_t i = 0; i < dom->def->n_disks; i++) {
        if (eb_streq(dom->def->disks[i].target, "vda"))
            return true;
    }
    return false;
}

static int fs_info(eb_conn *conn, eb_uuid uuid, eb_guest_fs **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);

    if (!dom)
        return -1;
    *out = eb_calloc(TEST_FILESYSTEMS, sizeof(**out));
    if (!has_vda(dom))
        return 0;
    for (size_t i = 0; i < TEST_FILESYSTEMS; i++) {
        eb_guest_fs *fs = &(*out)[i];

        fs->mount_point = eb_strdup(filesystems[i].mount_point);
        fs->name = eb_strdup(filesystems[i].name);
        fs->type = eb_strdup("ext4");
        *EB_APPEND(fs->aliases, fs->n_aliases) = eb_strdup("vda");
    }
    return TEST_FILESYSTEMS;
}

static int find_fs(const char *mount_point, eb_error *err)
{
    for (int i = 0; i < TEST_FILESYSTEMS; i++) {
        if (eb_streq(mount_point, filesystems[i].mount_point))
            return i;
    }
    return eb_error_set(err, EB_ERR_OPERATION_INVALID, "mount point not found: %s", mount_point);
}

static int fs_freeze(eb_conn *conn, eb_uuid uuid, const char *const *mount_points, unsigned n, bool freeze,
                     eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);
    bool chosen[TEST_FILESYSTEMS] = {0};
    int changed = 0, fs;

    if (!dom)
        return -1;
    for (unsigned i = 0; i < n; i++) {
        if ((fs = find_fs(mount_points[i], err)) < 0)
            return -1;
        chosen[fs] = true;
    }
    for (unsigned i = 0; i < TEST_FILESYSTEMS; i++) {
        if ((!n || chosen[i]) && dom->frozen[i] != freeze) {
            dom->frozen[i] = freeze;
            changed++;
        }
    }
    return changed;
}

static int fs_trim(eb_conn *conn, eb_uuid uuid, const char *mount_point, uint64_t minimum EB_UNUSED,
                   eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (!need_running(world, uuid, err))
        return -1;
    return mount_point && find_fs(mount_point, err) < 0 ? -1 : 0;
}

static int set_user_password(eb_conn *conn, eb_uuid uuid, const char *user EB_UNUSED,
                             const char *password EB_UNUSED, unsigned flags, eb_error *err)
{
    enum { PASSWORD_ENCRYPTED = 1 << 0 };
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (eb_check_flags(flags, PASSWORD_ENCRYPTED, "testDomainSetUserPassword", err) < 0)
        return -1;
    return need_running(world, uuid, err) ? 0 : -1;
}

/* ---- Addresses ---- */

/* The address `offset` after the network's first one. */
static char *address_of(const struct test_world *world, const char *network, unsigned offset,
                        unsigned *prefix)
{
    const struct test_object *object = test_object_by_name(world, EB_OBJECT_NETWORK, network);
    const struct eb_network_def *def = object ? (const struct eb_network_def *)object->def : NULL;
    const struct eb_network_ip *ip = def && def->n_ips ? &def->ips[0] : NULL;
    char text[INET_ADDRSTRLEN];
    struct in_addr addr;

    *prefix = 24;
    if (!ip || inet_pton(AF_INET, ip->n_ranges ? ip->ranges[0].start : ip->address, &addr) != 1)
        return NULL;
    if (ip->prefix >= 0)
        *prefix = (unsigned)ip->prefix;
    addr.s_addr = htonl(ntohl(addr.s_addr) + offset + 1);
    return eb_strdup(inet_ntop(AF_INET, &addr, text, sizeof(text)));
}

static int addresses(eb_conn *conn, eb_uuid uuid, eb_address_source source EB_UNUSED,
                     eb_guest_interface **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);
    size_t n = dom ? dom->def->n_interfaces : 0;

    if (!dom)
        return -1;
    *out = eb_calloc(n + 1, sizeof(**out));
    for (size_t i = 0; i < n; i++) {
        const struct eb_interface *nic = &dom->def->interfaces[i];
        eb_guest_interface *to = &(*out)[i];
        eb_ip_address *address = EB_APPEND(to->addresses, to->n_addresses);

        to->name = eb_strdup(nic->target ? nic->target : "");
        to->mac = eb_calloc(EB_MAC_STRLEN + 1, 1);
        eb_mac_format(nic->mac, to->mac);
        address->prefix = 24;
        if (nic->type == EB_NET_NETWORK)
            address->address = address_of(world, nic->source, (unsigned)i, &address->prefix);
        if (!address->address)
            address->address = eb_asprintf("192.168.0.%zu", 1 + i);
    }
    return (int)n;
}

const struct eb_driver_guest_ops test_guest_ops = {
    .screenshot = screenshot,
    .send_key = send_key,
    .inject_nmi = inject_nmi,
    .core_dump = core_dump,
    .addresses = addresses,
    .hostname = hostname,
    .get_time = get_time,
    .set_time = set_time,
    .fs_info = fs_info,
    .fs_freeze = fs_freeze,
    .fs_trim = fs_trim,
    .set_user_password = set_user_password,
};

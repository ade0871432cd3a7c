/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest says of itself, and what its user would do. */
#include "core/object.h"
#include "core/stream.h"

#define CALL(dom, function, op, ...) EB_CALL_GROUP((dom)->conn, function, guest, op, __VA_ARGS__)

int eb_domain_screenshot(eb_domain *dom, unsigned screen, unsigned flags, char **mime, eb_stream **out,
                         eb_error *err)
{
    static const char function[] = "virDomainScreenshot";
    unsigned char *bytes = NULL;
    size_t n = 0;

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0 ||
        CALL(dom, function, screenshot, dom->conn, dom->uuid, screen, mime, &bytes, &n, err) < 0)
        return -1;
    *out = eb_stream_of_bytes(bytes, n);
    return 0;
}

int eb_domain_send_key(eb_domain *dom, eb_codeset codeset, unsigned hold_ms, const unsigned *keys, unsigned n,
                       unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainSendKey";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (!n)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "nkeycodes in %s must be greater than zero", function);
    if (codeset > EB_CODESET_QNUM)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "Unsupported codeset '%d'", (int)codeset);
    if (n > EB_SEND_KEY_MAX)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "nkeycodes in %s must be less than or equal to %d",
                                function, EB_SEND_KEY_MAX);
    return CALL(dom, function, send_key, dom->conn, dom->uuid, codeset, hold_ms, keys, n, err);
}

int eb_domain_inject_nmi(eb_domain *dom, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainInjectNMI";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom, function, inject_nmi, dom->conn, dom->uuid, err);
}

/* virDomainCoreDumpFlags */
enum { DUMP_CRASH = 1 << 0, DUMP_LIVE = 1 << 1, DUMP_RESET = 1 << 3 };

int eb_domain_core_dump(eb_domain *dom, const char *path, unsigned format, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainCoreDump";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_need_arg(path, "to", function, err) < 0 ||
        eb_need_exclusive(flags, DUMP_CRASH, "VIR_DUMP_CRASH", DUMP_LIVE, "VIR_DUMP_LIVE", err) < 0 ||
        eb_need_exclusive(flags, DUMP_CRASH, "VIR_DUMP_CRASH", DUMP_RESET, "VIR_DUMP_RESET", err) < 0 ||
        eb_need_exclusive(flags, DUMP_LIVE, "VIR_DUMP_LIVE", DUMP_RESET, "VIR_DUMP_RESET", err) < 0)
        return -1;
    return CALL(dom, format ? "virDomainCoreDumpWithFormat" : function, core_dump, dom->conn, dom->uuid, path,
                format, flags, err);
}

int eb_domain_open_console(eb_domain *dom, const char *device, unsigned flags, eb_stream **out, eb_error *err)
{
    static const char function[] = "virDomainOpenConsole";

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_check_flags(flags, EB_CONSOLE_FORCE | EB_CONSOLE_SAFE, function, err) < 0)
        return -1;
    return CALL(dom, function, open_console, dom->conn, dom->uuid, device, flags, out, err);
}

int eb_domain_get_interface_addresses(eb_domain *dom, eb_address_source source, unsigned flags,
                                      eb_guest_interface **out, eb_error *err)
{
    static const char function[] = "virDomainInterfaceAddresses";

    if (eb_check_flags(flags, 0, function, err) < 0 ||
        (source == EB_ADDRESSES_AGENT && eb_need_write(dom->conn, function, err) < 0))
        return -1;
    if (source > EB_ADDRESSES_ARP)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED, "Unsupported IP address data source %d",
                            (int)source);
    return CALL(dom, function, addresses, dom->conn, dom->uuid, source, out, err);
}

void eb_guest_interfaces_free(eb_guest_interface *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < list[i].n_addresses; j++)
            free(list[i].addresses[j].address);
        free(list[i].addresses);
        free(list[i].name);
        free(list[i].mac);
    }
    free(list);
}

int eb_domain_get_hostname(eb_domain *dom, unsigned flags, char **out, eb_error *err)
{
    static const char function[] = "virDomainGetHostname";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    return CALL(dom, function, hostname, dom->conn, dom->uuid, flags, out, err);
}

int eb_domain_get_time(eb_domain *dom, unsigned flags, int64_t *seconds, unsigned *nanoseconds, eb_error *err)
{
    static const char function[] = "virDomainGetTime";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom, function, get_time, dom->conn, dom->uuid, seconds, nanoseconds, err);
}

int eb_domain_set_time(eb_domain *dom, int64_t seconds, unsigned nanoseconds, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainSetTime";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, EB_TIME_SYNC, function, err) < 0)
        return -1;
    return CALL(dom, function, set_time, dom->conn, dom->uuid, seconds, nanoseconds, flags, err);
}

int eb_domain_get_fs_info(eb_domain *dom, unsigned flags, eb_guest_fs **out, eb_error *err)
{
    static const char function[] = "virDomainGetFSInfo";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom, function, fs_info, dom->conn, dom->uuid, out, err);
}

void eb_guest_fs_free(eb_guest_fs *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < list[i].n_aliases; j++)
            free(list[i].aliases[j]);
        free(list[i].aliases);
        free(list[i].mount_point);
        free(list[i].name);
        free(list[i].type);
    }
    free(list);
}

static int freeze(eb_domain *dom, const char *function, const char *const *mount_points, unsigned n,
                  unsigned flags, bool how, eb_error *err)
{
    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom, function, fs_freeze, dom->conn, dom->uuid, mount_points, n, how, err);
}

int eb_domain_fs_freeze(eb_domain *dom, const char *const *mount_points, unsigned n, unsigned flags,
                        eb_error *err)
{
    return freeze(dom, "virDomainFSFreeze", mount_points, n, flags, true, err);
}

int eb_domain_fs_thaw(eb_domain *dom, const char *const *mount_points, unsigned n, unsigned flags,
                      eb_error *err)
{
    return freeze(dom, "virDomainFSThaw", mount_points, n, flags, false, err);
}

int eb_domain_fs_trim(eb_domain *dom, const char *mount_point, uint64_t minimum, unsigned flags,
                      eb_error *err)
{
    static const char function[] = "virDomainFSTrim";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom, function, fs_trim, dom->conn, dom->uuid, mount_point, minimum, err);
}

int eb_domain_get_guest_info(eb_domain *dom, unsigned types, unsigned flags, eb_param **out, eb_error *err)
{
    static const char function[] = "virDomainGetGuestInfo";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom, function, info, dom->conn, dom->uuid, types, out, err);
}

int eb_domain_set_user_password(eb_domain *dom, const char *user, const char *password, unsigned flags,
                                eb_error *err)
{
    static const char function[] = "virDomainSetUserPassword";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_need_arg(user, "user", function, err) < 0 ||
        eb_need_arg(password, "password", function, err) < 0)
        return -1;
    return CALL(dom, function, set_user_password, dom->conn, dom->uuid, user, password, flags, err);
}

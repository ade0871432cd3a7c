/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Screens, keyboards, and what guests tell of themselves. */
#include "remote/calls.h"

static int screenshot(eb_conn *conn, eb_uuid uuid, unsigned screen, char **mime, unsigned char **bytes,
                      size_t *n, eb_error *err)
{
    struct rpc_domain_screenshot_args args = {.dom = remote_domain(conn, uuid), .screen = screen};
    struct rpc_domain_screenshot_ret ret = {0};

    if (remote_call_reading(conn, RPC_DOMAIN_SCREENSHOT, &args, &ret, bytes, n, err) < 0)
        return -1;
    *mime = ret.mime ? ret.mime : eb_strdup("image/png");
    return 0;
}

static int send_key(eb_conn *conn, eb_uuid uuid, eb_codeset codeset, unsigned hold_ms, const unsigned *keys,
                    unsigned n, eb_error *err)
{
    struct rpc_domain_send_key_args args = {
        .dom = remote_domain(conn, uuid), .codeset = (uint32_t)codeset, .hold_time = hold_ms};
    uint32_t codes[EB_SEND_KEY_MAX];

    for (unsigned i = 0; i < n && i < EB_SEND_KEY_MAX; i++)
        codes[i] = keys[i];
    args.keycodes.n = n;
    args.keycodes.items = codes;
    return REMOTE_CALL(conn, DOMAIN_SEND_KEY, &args, NULL, err);
}

static int inject_nmi(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    return DO(DOMAIN_INJECT_NMI, domain_inject_nmi, );
}

static int core_dump(eb_conn *conn, eb_uuid uuid, const char *path, unsigned format, unsigned flags,
                     eb_error *err)
{
    return format ? DO(DOMAIN_CORE_DUMP_WITH_FORMAT, domain_core_dump_with_format, .path = TEXT(path),
                       .format = format, .flags = flags)
                  : DO(DOMAIN_CORE_DUMP, domain_core_dump, .path = TEXT(path), .flags = flags);
}

static int open_console(eb_conn *conn, eb_uuid uuid, const char *device, unsigned flags, eb_stream **out,
                        eb_error *err)
{
    char *name = TEXT(device);
    struct rpc_domain_open_console_args args = {
        .dom = remote_domain(conn, uuid), .device = name, .flags = flags};

    return remote_call_opening(conn, RPC_DOMAIN_OPEN_CONSOLE, &args, NULL, out, err);
}

static void take_interface(struct rpc_guest_interface *from, eb_guest_interface *to)
{
    to->name = EB_STEAL(from->name);
    to->mac = EB_STEAL(from->mac);
    to->n_addresses = from->addresses.n;
    to->addresses = eb_calloc(to->n_addresses + 1, sizeof(*to->addresses));
    for (size_t i = 0; i < to->n_addresses; i++) {
        to->addresses[i].type = from->addresses.items[i].type;
        to->addresses[i].address = EB_STEAL(from->addresses.items[i].address);
        to->addresses[i].prefix = from->addresses.items[i].prefix;
    }
}

static int addresses(eb_conn *conn, eb_uuid uuid, eb_address_source source, eb_guest_interface **out,
                     eb_error *err)
{
    int n;

    BEGIN(DOMAIN_INTERFACE_ADDRESSES, domain_interface_addresses, .source = (uint32_t)source);
    n = (int)ret.interfaces.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++)
        take_interface(&ret.interfaces.items[i], &(*out)[i]);
    remote_clear(RPC_DOMAIN_INTERFACE_ADDRESSES, &ret);
    return n;
}

static int hostname(eb_conn *conn, eb_uuid uuid, unsigned flags, char **out, eb_error *err)
{
    GET(DOMAIN_GET_HOSTNAME, domain_get_hostname, name, .flags = flags);
}

static int get_time(eb_conn *conn, eb_uuid uuid, int64_t *seconds, unsigned *nanoseconds, eb_error *err)
{
    BEGIN(DOMAIN_GET_TIME, domain_get_time, );
    *seconds = ret.seconds;
    *nanoseconds = ret.nanoseconds;
    return 0;
}

static int set_time(eb_conn *conn, eb_uuid uuid, int64_t seconds, unsigned nanoseconds, unsigned flags,
                    eb_error *err)
{
    return DO(DOMAIN_SET_TIME, domain_set_time, .seconds = seconds, .nanoseconds = nanoseconds,
              .flags = flags);
}

static int fs_info(eb_conn *conn, eb_uuid uuid, eb_guest_fs **out, eb_error *err)
{
    int n;

    BEGIN(DOMAIN_GET_FSINFO, domain_get_fsinfo, );
    n = (int)ret.info.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++) {
        struct rpc_fsinfo *from = &ret.info.items[i];

        (*out)[i].mount_point = EB_STEAL(from->mount_point);
        (*out)[i].name = EB_STEAL(from->name);
        (*out)[i].type = EB_STEAL(from->type);
        (*out)[i].aliases = EB_STEAL(from->aliases.items);
        (*out)[i].n_aliases = from->aliases.n;
        from->aliases.n = 0;
    }
    remote_clear(RPC_DOMAIN_GET_FSINFO, &ret);
    return n;
}

static int fs_freeze(eb_conn *conn, eb_uuid uuid, const char *const *mount_points, unsigned n, bool freeze,
                     eb_error *err)
{
    struct rpc_domain_fsfreeze_args stop = {.dom = remote_domain(conn, uuid)};
    struct rpc_domain_fsfreeze_ret stopped = {0};
    struct rpc_domain_fsthaw_args go = {.dom = stop.dom};
    struct rpc_domain_fsthaw_ret gone = {0};

    stop.mount_points.n = go.mount_points.n = n;
    stop.mount_points.items = go.mount_points.items = (char **)(uintptr_t)mount_points;
    if (freeze)
        return REMOTE_CALL(conn, DOMAIN_FSFREEZE, &stop, &stopped, err) < 0 ? -1 : stopped.filesystems;
    return REMOTE_CALL(conn, DOMAIN_FSTHAW, &go, &gone, err) < 0 ? -1 : gone.filesystems;
}

static int fs_trim(eb_conn *conn, eb_uuid uuid, const char *mount_point, uint64_t minimum, eb_error *err)
{
    return DO(DOMAIN_FSTRIM, domain_fstrim, .mount_point = TEXT(mount_point), .minimum = minimum);
}

static int info(eb_conn *conn, eb_uuid uuid, unsigned types, eb_param **out, eb_error *err)
{
    int n;

    BEGIN(DOMAIN_GET_GUEST_INFO, domain_get_guest_info, .types = types);
    n = (int)remote_params(ret.params.items, ret.params.n, out);
    remote_clear(RPC_DOMAIN_GET_GUEST_INFO, &ret);
    return n;
}

static int set_user_password(eb_conn *conn, eb_uuid uuid, const char *user, const char *password,
                             unsigned flags, eb_error *err)
{
    return DO(DOMAIN_SET_USER_PASSWORD, domain_set_user_password, .user = TEXT(user),
              .password = TEXT(password), .flags = flags);
}

const struct eb_driver_guest_ops remote_guest_ops = {
    .screenshot = screenshot,
    .send_key = send_key,
    .inject_nmi = inject_nmi,
    .core_dump = core_dump,
    .open_console = open_console,
    .addresses = addresses,
    .hostname = hostname,
    .get_time = get_time,
    .set_time = set_time,
    .fs_info = fs_info,
    .fs_freeze = fs_freeze,
    .fs_trim = fs_trim,
    .info = info,
    .set_user_password = set_user_password,
};

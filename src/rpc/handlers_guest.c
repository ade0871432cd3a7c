/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest says of itself; its screen, keyboard and console. */
#include "rpc/handlers.h"

#define GET_DOMAIN RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom)

int rpc_serve_domain_screenshot(struct rpc_call *call, const struct rpc_domain_screenshot_args *args,
                                struct rpc_domain_screenshot_ret *ret, eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_screenshot(dom, args->screen, args->flags, &ret->mime, &call->stream, err);
}

int rpc_serve_domain_open_console(struct rpc_call *call, const struct rpc_domain_open_console_args *args,
                                  eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_open_console(dom, args->device, args->flags, &call->stream, err);
}

int rpc_serve_domain_send_key(struct rpc_call *call, const struct rpc_domain_send_key_args *args,
                              eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_send_key(dom, (eb_codeset)args->codeset, args->hold_time, args->keycodes.items,
                              args->keycodes.n, args->flags, err);
}

int rpc_serve_domain_inject_nmi(struct rpc_call *call, const struct rpc_domain_inject_nmi_args *args,
                                eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_inject_nmi(dom, args->flags, err);
}

int rpc_serve_domain_core_dump(struct rpc_call *call, const struct rpc_domain_core_dump_args *args,
                               eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_core_dump(dom, args->path, 0, args->flags, err);
}

int rpc_serve_domain_core_dump_with_format(struct rpc_call *call,
                                           const struct rpc_domain_core_dump_with_format_args *args,
                                           eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_core_dump(dom, args->path, args->format, args->flags, err);
}

/* ---- The guest ---- */

int rpc_serve_domain_interface_addresses(struct rpc_call *call,
                                         const struct rpc_domain_interface_addresses_args *args,
                                         struct rpc_domain_interface_addresses_ret *ret, eb_error *err)
{
    GET_DOMAIN;
    eb_guest_interface *list;
    int n = eb_domain_get_interface_addresses(dom, (eb_address_source)args->source, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->interfaces.n = (uint32_t)n;
    ret->interfaces.items = eb_calloc((size_t)n + 1, sizeof(*ret->interfaces.items));
    for (int i = 0; i < n; i++) {
        struct rpc_guest_interface *to = &ret->interfaces.items[i];

        to->name = EB_STEAL(list[i].name);
        to->mac = EB_STEAL(list[i].mac);
        to->addresses.n = (uint32_t)list[i].n_addresses;
        to->addresses.items = eb_calloc(list[i].n_addresses + 1, sizeof(*to->addresses.items));
        for (size_t j = 0; j < list[i].n_addresses; j++) {
            to->addresses.items[j].type = list[i].addresses[j].type;
            to->addresses.items[j].address = EB_STEAL(list[i].addresses[j].address);
            to->addresses.items[j].prefix = list[i].addresses[j].prefix;
        }
    }
    eb_guest_interfaces_free(list, (size_t)n);
    return 0;
}

int rpc_serve_domain_get_hostname(struct rpc_call *call, const struct rpc_domain_get_hostname_args *args,
                                  struct rpc_domain_get_hostname_ret *ret, eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_get_hostname(dom, args->flags, &ret->name, err);
}

int rpc_serve_domain_get_time(struct rpc_call *call, const struct rpc_domain_get_time_args *args,
                              struct rpc_domain_get_time_ret *ret, eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_get_time(dom, args->flags, &ret->seconds, &ret->nanoseconds, err);
}

int rpc_serve_domain_set_time(struct rpc_call *call, const struct rpc_domain_set_time_args *args,
                              eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_set_time(dom, args->seconds, args->nanoseconds, args->flags, err);
}

int rpc_serve_domain_get_fsinfo(struct rpc_call *call, const struct rpc_domain_get_fsinfo_args *args,
                                struct rpc_domain_get_fsinfo_ret *ret, eb_error *err)
{
    GET_DOMAIN;
    eb_guest_fs *list;
    int n = eb_domain_get_fs_info(dom, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = ret->info.n = (uint32_t)n;
    ret->info.items = eb_calloc((size_t)n + 1, sizeof(*ret->info.items));
    for (int i = 0; i < n; i++) {
        struct rpc_fsinfo *to = &ret->info.items[i];

        to->mount_point = EB_STEAL(list[i].mount_point);
        to->name = EB_STEAL(list[i].name);
        to->type = EB_STEAL(list[i].type);
        to->aliases.n = (uint32_t)list[i].n_aliases;
        to->aliases.items = EB_STEAL(list[i].aliases);
        list[i].n_aliases = 0;
    }
    eb_guest_fs_free(list, (size_t)n);
    return 0;
}

int rpc_serve_domain_fsfreeze(struct rpc_call *call, const struct rpc_domain_fsfreeze_args *args,
                              struct rpc_domain_fsfreeze_ret *ret, eb_error *err)
{
    GET_DOMAIN;
    const char *const *mount_points = (const char *const *)args->mount_points.items;

    return rpc_put_int(eb_domain_fs_freeze(dom, mount_points, args->mount_points.n, args->flags, err),
                       &ret->filesystems);
}

int rpc_serve_domain_fsthaw(struct rpc_call *call, const struct rpc_domain_fsthaw_args *args,
                            struct rpc_domain_fsthaw_ret *ret, eb_error *err)
{
    GET_DOMAIN;
    const char *const *mount_points = (const char *const *)args->mount_points.items;

    return rpc_put_int(eb_domain_fs_thaw(dom, mount_points, args->mount_points.n, args->flags, err),
                       &ret->filesystems);
}

int rpc_serve_domain_fstrim(struct rpc_call *call, const struct rpc_domain_fstrim_args *args, eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_fs_trim(dom, args->mount_point, args->minimum, args->flags, err);
}

int rpc_serve_domain_get_guest_info(struct rpc_call *call, const struct rpc_domain_get_guest_info_args *args,
                                    struct rpc_domain_get_guest_info_ret *ret, eb_error *err)
{
    GET_DOMAIN;
    eb_param *params;
    int n = eb_domain_get_guest_info(dom, args->types, args->flags, &params, err);

    if (n < 0)
        return -1;
    ret->params.n = (uint32_t)n;
    ret->params.items = rpc_put_params(params, (size_t)n);
    eb_params_free(params, (size_t)n);
    return 0;
}

int rpc_serve_domain_set_user_password(struct rpc_call *call,
                                       const struct rpc_domain_set_user_password_args *args, eb_error *err)
{
    GET_DOMAIN;

    return eb_domain_set_user_password(dom, args->user, args->password, args->flags, err);
}

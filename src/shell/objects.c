/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/objects.h"

/** Each way of looking it up, the uuid first; only a failed last one is told. */
eb_network *sh_network(struct shell *sh, const struct args *args, unsigned by)
{
    eb_network *net = NULL;
    const char *name;

    if (args_string(sh, args, "network", &name) != 1)
        return NULL;
    if ((by & BY_UUID) && strlen(name) == 36)
        eb_network_lookup_by_uuid_string(sh->conn, name, &net, &sh->error);
    if (!net && (by & BY_NAME)) {
        sh_forget(sh);
        eb_network_lookup_by_name(sh->conn, name, &net, &sh->error);
    }
    if (!net)
        sh_error(sh, "failed to get network '%s'", name);
    return net;
}

eb_pool *sh_pool(struct shell *sh, const struct args *args, const char *option, unsigned by)
{
    eb_pool *pool = NULL;
    const char *name;

    if (args_string(sh, args, option, &name) != 1)
        return NULL;
    if ((by & BY_UUID) && strlen(name) == 36)
        eb_pool_lookup_by_uuid_string(sh->conn, name, &pool, &sh->error);
    if (!pool && (by & BY_NAME)) {
        sh_forget(sh);
        eb_pool_lookup_by_name(sh->conn, name, &pool, &sh->error);
    }
    if (!pool)
        sh_error(sh, "failed to get pool '%s'", name);
    return pool;
}

void sh_info(struct shell *sh, const char *label, const char *value)
{
    sh_print(sh, "%-15s %s\n", label, value);
}

char *sh_pretty_size(uint64_t bytes)
{
    return sh_pretty_size_digits(bytes, 2);
}

char *sh_pretty_size_digits(uint64_t bytes, int digits)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 1024 && unit + 1 < EB_ARRAY_SIZE(units)) {
        value /= 1024;
        unit++;
    }
    return eb_asprintf("%.*f %s", digits, value, units[unit]);
}

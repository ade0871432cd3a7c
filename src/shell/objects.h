/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file objects.h What the commands on networks, pools, volumes, interfaces and devices share. */
#ifndef EB_SHELL_OBJECTS_H
#define EB_SHELL_OBJECTS_H

#include "shell/opts.h"
#include "shell/table.h"

/* Lookups of what an option names: the caller drops it; NULL after an error was reported. */
eb_network *sh_network(struct shell *sh, const struct args *args, unsigned by);
eb_pool *sh_pool(struct shell *sh, const struct args *args, const char *option, unsigned by);

static inline void sh_network_cleanup(eb_network **net)
{
    eb_network_unref(*net);
}
static inline void sh_pool_cleanup(eb_pool **pool)
{
    eb_pool_unref(*pool);
}
static inline void sh_volume_cleanup(eb_volume **vol)
{
    eb_volume_unref(*vol);
}
#define AUTO_NETWORK EB_CLEANUP(sh_network_cleanup) eb_network *
#define AUTO_POOL EB_CLEANUP(sh_pool_cleanup) eb_pool *
#define AUTO_VOLUME EB_CLEANUP(sh_volume_cleanup) eb_volume *

/** A line of a table of commands info: "Name:           default". */
void sh_info(struct shell *sh, const char *label, const char *value);
static inline const char *sh_yes_no(bool value)
{
    return value ? "yes" : "no";
}
/** "100.00 GiB", "1000.00 B"; the caller frees it. */
char *sh_pretty_size(uint64_t bytes) EB_MUST_CHECK;
char *sh_pretty_size_digits(uint64_t bytes, int digits) EB_MUST_CHECK;

#endif

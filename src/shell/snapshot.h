/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file snapshot.h What the commands on snapshots share. */
#ifndef EB_SHELL_SNAPSHOT_H
#define EB_SHELL_SNAPSHOT_H

#include "shell/opts.h"

#define OPT_SNAPSHOT                                                                                         \
    {                                                                                                        \
        "snapshotname", OPT_STRING, 0, "the snapshot's name", complete_snapshot                              \
    }
#define OPT_SECURITY OPT_FLAG("security-info", "show passwords too")
#define OPT_SELECT                                                                                           \
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},            \
        OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>")

/**
 * The snapshot that `option` names, or the current one with --current; with `exclusive` not both. The caller
 * drops it; NULL after an error was reported.
 */
eb_snapshot *sh_snapshot(struct shell *sh, const struct args *args, eb_domain *dom, const char *option,
                         bool exclusive);
static inline void sh_snapshot_cleanup(eb_snapshot **snapshot)
{
    eb_snapshot_unref(*snapshot);
}
#define AUTO_SNAPSHOT EB_CLEANUP(sh_snapshot_cleanup) eb_snapshot *

/* cmd_snapshot_list.c */
/** Seconds since 1970 as lists show them; "" for what is none. The caller frees it. */
char *sh_local_time(const char *seconds);
extern const struct opt snapshot_list_opts[], snapshot_info_opts[], snapshot_parent_opts[],
    snapshot_dumpxml_opts[];
int run_snapshot_list(struct shell *sh, const struct args *args);
int run_snapshot_info(struct shell *sh, const struct args *args);
int run_snapshot_parent(struct shell *sh, const struct args *args);
int run_snapshot_dumpxml(struct shell *sh, const struct args *args);

/* cmd_snapshot_create.c */
extern const struct opt snapshot_create_opts[], snapshot_create_as_opts[];
int run_snapshot_create(struct shell *sh, const struct args *args);
int run_snapshot_create_as(struct shell *sh, const struct args *args);

#endif

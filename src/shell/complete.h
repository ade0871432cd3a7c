/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file complete.h What may stand at the cursor: commands, options, names of domains, values. */
#ifndef EB_SHELL_COMPLETE_H
#define EB_SHELL_COMPLETE_H

#include "shell/shell.h"

struct candidates {
    char **items;
    size_t n;
    const char *prefix; /* only what starts with it is kept */
    bool files;         /* file names fit too; the caller adds them */
};

void candidates_add(struct candidates *list, const char *text);
void candidates_free(struct candidates *list);

/** What fits after `words` (the last one is being typed, "" for a new one), sorted, without doubles. */
void complete_words(struct shell *sh, const struct words *words, struct candidates *out);

/* For the command tables. */
void complete_domain(struct shell *sh, const struct args *args, struct candidates *list);
void complete_domain_active(struct shell *sh, const struct args *args, struct candidates *list);
void complete_domain_inactive(struct shell *sh, const struct args *args, struct candidates *list);
void complete_domain_saved(struct shell *sh, const struct args *args, struct candidates *list);
void complete_domain_uuid(struct shell *sh, const struct args *args, struct candidates *list);
void complete_file(struct shell *sh, const struct args *args, struct candidates *list);
void complete_shutdown_mode(struct shell *sh, const struct args *args, struct candidates *list);
void complete_command(struct shell *sh, const struct args *args, struct candidates *list);
void complete_uri(struct shell *sh, const struct args *args, struct candidates *list);
void complete_interface(struct shell *sh, const struct args *args, struct candidates *list);
void complete_snapshot(struct shell *sh, const struct args *args, struct candidates *list);
void complete_checkpoint(struct shell *sh, const struct args *args, struct candidates *list);
void complete_disk(struct shell *sh, const struct args *args, struct candidates *list);
void complete_pool(struct shell *sh, const struct args *args, struct candidates *list);
void complete_volume(struct shell *sh, const struct args *args, struct candidates *list);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file volume.h What the commands on storage volumes and pools share. */
#ifndef EB_SHELL_VOLUME_H
#define EB_SHELL_VOLUME_H

#include "shell/objects.h"

#define OPT_POOL                                                                                             \
    {                                                                                                        \
        "pool", OPT_DATA, 0, "the pool's name or uuid", complete_pool                                        \
    }
#define OPT_VOLUME                                                                                           \
    {                                                                                                        \
        "vol", OPT_DATA, 0, "the volume's name, key or path", complete_volume                                \
    }
#define OPT_PREALLOC OPT_FLAG("prealloc-metadata", "allocate what describes the image, not the image")

/** The volume that --vol names, in the pool that `pool_option` names if that is given; the caller drops it.
 * NULL after an error was reported. */
eb_volume *sh_volume(struct shell *sh, const struct args *args, const char *pool_option);

/* cmd_volume_make.c */
extern const struct opt volume_create_opts[], volume_create_as_opts[], volume_create_from_opts[],
    volume_clone_opts[];
int run_volume_create(struct shell *sh, const struct args *args);
int run_volume_create_as(struct shell *sh, const struct args *args);
int run_volume_create_from(struct shell *sh, const struct args *args);
int run_volume_clone(struct shell *sh, const struct args *args);

/* cmd_volume_data.c */
extern const struct opt volume_upload_opts[], volume_download_opts[], volume_resize_opts[],
    volume_wipe_opts[];
int run_volume_upload(struct shell *sh, const struct args *args);
int run_volume_download(struct shell *sh, const struct args *args);
int run_volume_resize(struct shell *sh, const struct args *args);
int run_volume_wipe(struct shell *sh, const struct args *args);

/* cmd_storage_make.c */
extern const struct opt pool_define_as_opts[], pool_create_as_opts[], pool_sources_opts[],
    pool_sources_as_opts[], pool_edit_opts[];
int run_pool_edit(struct shell *sh, const struct args *args);
int run_pool_define_as(struct shell *sh, const struct args *args);
int run_pool_create_as(struct shell *sh, const struct args *args);
int run_pool_sources(struct shell *sh, const struct args *args);
int run_pool_sources_as(struct shell *sh, const struct args *args);
int run_pool_capabilities(struct shell *sh, const struct args *args);
/** The flags of --build, --overwrite and --no-overwrite, in *out; -1 when two of them exclude each other. */
int pool_build_flags(struct shell *sh, const struct args *args, unsigned *out);
#define OPTS_BUILD                                                                                           \
    OPT_FLAG("build", "make what it is made of first"), OPT_FLAG("no-overwrite", "keep what is there"),      \
        OPT_FLAG("overwrite", "even what is there")

#endif

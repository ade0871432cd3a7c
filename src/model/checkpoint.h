/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file checkpoint.h Definitions of checkpoints. */
#ifndef EB_MODEL_CHECKPOINT_H
#define EB_MODEL_CHECKPOINT_H

#include "model/domain.h"

/** What of a disk belongs to a checkpoint. */
enum eb_checkpoint_kind {
    EB_CHECKPOINT_DEFAULT, /* not said */
    EB_CHECKPOINT_NONE,
    EB_CHECKPOINT_BITMAP, /* a map of what is written from then on */
    EB_CHECKPOINT_KIND_LAST
};
EB_DECLARE_ENUM(eb_checkpoint_kind);

struct eb_checkpoint_disk {
    char *name; /* the disk's target */
    enum eb_checkpoint_kind kind;
    char *bitmap; /* the map's name */
};

struct eb_checkpoint_def {
    char *name; /* never NULL */
    char *description;
    char *parent;
    int64_t time; /* seconds since 1970 */
    bool has_time;
    struct eb_checkpoint_disk *disks;
    size_t n_disks;
    struct eb_domain_def *domain; /* as it was then; NULL: not known */
    struct eb_unmodelled *unmodelled;
    size_t n_unmodelled;
};

/**
 * Parses a definition. Of a new checkpoint (`redefine` false) name, description and disks are read, the rest
 * is its driver's to say and ignored; where it has no name it gets the time. `validate`: the schema must
 * agree first, where it is installed. Errors are libvirt's.
 */
int eb_checkpoint_def_parse(const char *xml, bool redefine, bool validate, struct eb_checkpoint_def **out,
                            eb_error *err);
/** With libvirt's order and indentation. `flags`: EB_XML_SECURE. The caller frees the text. */
char *eb_checkpoint_def_format(const struct eb_checkpoint_def *def, bool with_domain,
                               unsigned flags) EB_MUST_CHECK;
struct eb_checkpoint_def *eb_checkpoint_def_copy(const struct eb_checkpoint_def *def) EB_MUST_CHECK;
/** NULL is fine. */
void eb_checkpoint_def_free(struct eb_checkpoint_def *def);
void eb_checkpoint_def_cleanup(struct eb_checkpoint_def **def);
#define EB_AUTOCHECKPOINT EB_CLEANUP(eb_checkpoint_def_cleanup)

/** Gives each disk of `domain` its place in `def`, in the domain's order: a map, where no disk is named; else
 * those that are named as they say, the others none. */
int eb_checkpoint_def_align(struct eb_checkpoint_def *def, const struct eb_domain_def *domain, eb_error *err);

#endif

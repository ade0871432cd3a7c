/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file snapshot.h Snapshots of domains ⇄ libvirt's <domainsnapshot>. Thread safe. */
#ifndef EB_MODEL_SNAPSHOT_H
#define EB_MODEL_SNAPSHOT_H

#include "model/domain.h"

/** Where a snapshot keeps what it holds. */
enum eb_snapshot_location {
    EB_SNAPSHOT_DEFAULT, /* not said */
    EB_SNAPSHOT_NO,
    EB_SNAPSHOT_INTERNAL,
    EB_SNAPSHOT_EXTERNAL,
    EB_SNAPSHOT_MANUAL,
    EB_SNAPSHOT_LOCATION_LAST
};
EB_DECLARE_ENUM(eb_snapshot_location);

/** The domain's state when the snapshot was taken: eb_domain_state's numbers, and one more. */
enum eb_snapshot_state { EB_SNAPSHOT_DISK_ONLY = EB_DOMAIN_PMSUSPENDED + 1, EB_SNAPSHOT_STATE_LAST };
EB_DECLARE_ENUM(eb_snapshot_state);

struct eb_snapshot_disk {
    char *name; /* the disk's target, "hda"; in a new one also the path of its image */
    enum eb_snapshot_location location;
    enum eb_disk_type type; /* external: of the image that is written from then on */
    char *driver;           /* its format */
    char *file, *dev;       /* its source: a file, a block device */
};

struct eb_snapshot_def {
    char *name; /* never NULL */
    char *description;
    int state; /* eb_snapshot_state */
    char *parent;
    int64_t time; /* seconds since 1970 */
    bool has_time;
    enum eb_snapshot_location memory;
    char *memory_file; /* external: where the memory is */
    struct eb_snapshot_disk *disks;
    size_t n_disks;
    struct eb_domain_def *domain;   /* the domain as it was; NULL: not known */
    struct eb_domain_def *inactive; /* as it would have been at its next start; NULL: the same */
    struct eb_unmodelled *unmodelled;
    size_t n_unmodelled;
};

/**
 * Parses a definition. Of a new snapshot (`redefine` false) name, description, memory and disks are read, the
 * rest is its driver's to say and ignored; where it has no name it gets the time. A redefinition must say all
 * that libvirt's must. Errors are libvirt's. What the model has no member for is listed in `unmodelled`.
 */
int eb_snapshot_def_parse(const char *xml, bool redefine, struct eb_snapshot_def **out, eb_error *err);
/** With libvirt's order and indentation. `flags`: EB_XML_SECURE. The caller frees the text. */
char *eb_snapshot_def_format(const struct eb_snapshot_def *def, unsigned flags) EB_MUST_CHECK;
struct eb_snapshot_def *eb_snapshot_def_copy(const struct eb_snapshot_def *def) EB_MUST_CHECK;
/** NULL is fine. */
void eb_snapshot_def_free(struct eb_snapshot_def *def);
void eb_snapshot_def_cleanup(struct eb_snapshot_def **def);
#define EB_AUTOSNAPSHOT EB_CLEANUP(eb_snapshot_def_cleanup)

/**
 * Gives each disk of `domain` its place in `def`, in the domain's order: as the definition says, else as the
 * domain's disk says, else `location`; drives and what is read-only: no. With `must_match` a disk may not ask
 * for another location than `location`. External disks without a source get one beside the domain's image.
 */
int eb_snapshot_def_align(struct eb_snapshot_def *def, const struct eb_domain_def *domain,
                          enum eb_snapshot_location location, bool must_match, eb_error *err);
/** Whether memory or a disk is kept outside. */
bool eb_snapshot_def_is_external(const struct eb_snapshot_def *def);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks of a snapshot beside those of its domain. */
#include "model/snapshot.h"

#include <sys/stat.h>

/* What a disk of the domain says itself: <disk snapshot='…'>, which no driver here acts on otherwise. */
static enum eb_snapshot_location own_location(const struct eb_domain_def *domain, size_t index)
{
    EB_AUTOFREE char *path = eb_asprintf("/domain/devices/disk[%zu]", index + 1);
    const struct eb_disk *disk = &domain->disks[index];

    for (size_t i = 0; i < domain->n_unmodelled; i++) {
        const struct eb_unmodelled *u = &domain->unmodelled[i];
        int value;

        if (u->attribute && eb_streq(u->name, "snapshot") && eb_streq(u->path, path) &&
            (value = eb_snapshot_location_from_string(u->xml)) > 0)
            return (enum eb_snapshot_location)value;
    }
    return !disk->source || disk->readonly || disk->device == EB_DISK_CDROM ? EB_SNAPSHOT_NO
                                                                            : EB_SNAPSHOT_DEFAULT;
}

/* By its target, or by the path of its image where no other disk has that. */
static int find_disk(const struct eb_domain_def *domain, const char *name, size_t *index)
{
    int found = 0;

    for (size_t i = 0; i < domain->n_disks; i++) {
        if (eb_streq(domain->disks[i].target, name)) {
            *index = i;
            return 0;
        }
        if (name[0] == '/' && eb_streq(domain->disks[i].source, name)) {
            found++;
            *index = i;
        }
    }
    return found == 1 ? 0 : -1;
}

static bool has_path(const struct eb_snapshot_disk *disk)
{
    return disk->file || disk->dev;
}

/* Checks one disk of the definition, and gives it its location and the name of its target. */
static int settle(struct eb_snapshot_disk *disk, const struct eb_domain_def *domain, size_t index,
                  enum eb_snapshot_location location, bool must_match, eb_error *err)
{
    enum eb_snapshot_location own = own_location(domain, index);

    if (disk->location == EB_SNAPSHOT_DEFAULT) {
        disk->location =
            own != EB_SNAPSHOT_DEFAULT && (!must_match || own == EB_SNAPSHOT_NO) ? own : location;
    } else if (must_match && disk->location != location &&
               !(disk->location == EB_SNAPSHOT_NO && own == EB_SNAPSHOT_NO)) {
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "disk '%s' must use snapshot mode '%s'",
                            disk->name, eb_snapshot_location_to_string((int)location));
    }
    if (has_path(disk) && disk->location != EB_SNAPSHOT_EXTERNAL)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "file '%s' for disk '%s' requires use of external snapshot mode",
                            disk->file ? disk->file : disk->dev, disk->name);
    eb_replace_string(&disk->name, domain->disks[index].target);
    return 0;
}

/* "/images/disk.vdi" becomes "/images/disk.NAME". */
static int choose_source(struct eb_snapshot_disk *disk, const struct eb_disk *of, const char *snapshot,
                         eb_error *err)
{
    struct stat st;
    const char *base, *dot;

    if (has_path(disk))
        return 0;
    if (!of->source)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "cannot generate external snapshot name for disk '%s' without source",
                            disk->name);
    if (of->type != EB_DISK_TYPE_FILE)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "cannot generate external snapshot name for disk '%s' on a '%s' device",
                            disk->name, eb_disk_type_to_string((int)of->type));
    if (stat(of->source, &st) != 0 || !S_ISREG(st.st_mode))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "source for disk '%s' is not a regular file; refusing to generate external "
                            "snapshot name",
                            disk->name);
    base = strrchr(of->source, '/');
    dot = strrchr(base ? base : of->source, '.');
    disk->file =
        eb_asprintf("%.*s.%s", dot ? (int)(dot - of->source) : (int)strlen(of->source), of->source, snapshot);
    disk->type = EB_DISK_TYPE_FILE;
    if (eb_streq(disk->file, of->source))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "generated external snapshot name of disk '%s' is that of its image '%s'",
                            disk->name, of->source);
    return 0;
}

static void free_disks(struct eb_snapshot_disk *disks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(disks[i].name);
        free(disks[i].driver);
        free(disks[i].file);
        free(disks[i].dev);
    }
    free(disks);
}

/* Puts the definition's disks at their places in `placed`, an element for each disk of the domain. */
static int place(struct eb_snapshot_def *def, const struct eb_domain_def *domain,
                 enum eb_snapshot_location location, bool must_match, struct eb_snapshot_disk *placed,
                 eb_error *err)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        struct eb_snapshot_disk *disk = &def->disks[i];
        size_t index = 0;

        if (find_disk(domain, disk->name, &index) < 0)
            return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "no disk named '%s'", disk->name);
        if (placed[index].name)
            return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "disk '%s' specified twice", disk->name);
        if (settle(disk, domain, index, location, must_match, err) < 0)
            return -1;
        placed[index] = *disk;
        memset(disk, 0, sizeof(*disk));
    }
    return 0;
}

static int align(struct eb_snapshot_def *def, const struct eb_domain_def *domain,
                 enum eb_snapshot_location location, bool must_match, struct eb_snapshot_disk *placed,
                 eb_error *err)
{
    if (place(def, domain, location, must_match, placed, err) < 0)
        return -1;
    for (size_t i = 0; i < domain->n_disks; i++) {
        enum eb_snapshot_location own = own_location(domain, i);

        if (!placed[i].name) {
            placed[i].name = eb_strdup(domain->disks[i].target);
            placed[i].location = own == EB_SNAPSHOT_DEFAULT ? location : own;
        }
        if (placed[i].location == EB_SNAPSHOT_EXTERNAL &&
            choose_source(&placed[i], &domain->disks[i], def->name, err) < 0)
            return -1;
    }
    return 0;
}

int eb_snapshot_def_align(struct eb_snapshot_def *def, const struct eb_domain_def *domain,
                          enum eb_snapshot_location location, bool must_match, eb_error *err)
{
    struct eb_snapshot_disk *placed;

    if (def->n_disks > domain->n_disks)
        return eb_error_set_from(err, EB_FROM_DOMAIN_SNAPSHOT, EB_ERR_CONFIG_UNSUPPORTED,
                                 "too many disk snapshot requests for domain");
    placed = eb_calloc(domain->n_disks + 1, sizeof(*placed));
    if (align(def, domain, location, must_match, placed, err) < 0) {
        free_disks(placed, domain->n_disks);
        if (err && err->domain == EB_FROM_NONE)
            err->domain = EB_FROM_DOMAIN_SNAPSHOT;
        return -1;
    }
    free_disks(def->disks, def->n_disks);
    def->disks = placed;
    def->n_disks = domain->n_disks;
    return 0;
}

bool eb_snapshot_def_is_external(const struct eb_snapshot_def *def)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        if (def->disks[i].location == EB_SNAPSHOT_EXTERNAL)
            return true;
    }
    return def->memory == EB_SNAPSHOT_EXTERNAL;
}

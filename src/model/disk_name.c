/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/disk_name.h"

static const struct {
    const char *prefix;
    enum eb_disk_bus bus;
} prefixes[] = {
    {"fd", EB_BUS_FDC},  {"hd", EB_BUS_IDE},  {"vd", EB_BUS_VIRTIO},
    {"sd", EB_BUS_SCSI}, {"xvd", EB_BUS_XEN}, {"ubd", EB_BUS_NONE},
};

static const char *letters_of(const char *target)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(prefixes); i++) {
        if (eb_starts_with(target, prefixes[i].prefix))
            return target + strlen(prefixes[i].prefix);
    }
    return NULL;
}

int eb_disk_index(const char *target)
{
    const char *p = letters_of(target);
    int index = 0;

    if (!p || *p < 'a' || *p > 'z')
        return -1;
    for (; *p >= 'a' && *p <= 'z'; p++) {
        if (index > 10000000)
            return -1;
        index = index * 26 + (*p - 'a' + 1);
    }
    /* a partition's number may follow */
    return p[strspn(p, "0123456789")] == '\0' ? index - 1 : -1;
}

enum eb_disk_bus eb_disk_bus_of(enum eb_disk_device device, const char *target)
{
    if (device == EB_DISK_FLOPPY)
        return EB_BUS_FDC;
    for (size_t i = 0; i < EB_ARRAY_SIZE(prefixes); i++) {
        if (eb_starts_with(target, prefixes[i].prefix))
            return prefixes[i].bus;
    }
    return EB_BUS_IDE;
}

void eb_disk_assign_address(struct eb_disk *disk)
{
    int signed_index = eb_disk_index(disk->target);
    unsigned index = (unsigned)signed_index;
    struct eb_address a = {.type = EB_ADDRESS_DRIVE};

    if (signed_index < 0 || disk->address.type != EB_ADDRESS_NONE)
        return;
    if (disk->bus == EB_BUS_SCSI) {
        a.controller = index / 7;
        a.unit = index % 7;
    } else if (disk->bus == EB_BUS_IDE) {
        a.controller = index / 4;
        a.bus = index % 4 / 2;
        a.unit = index % 2;
    } else if (disk->bus == EB_BUS_SATA) {
        a.controller = index / 6;
        a.unit = index % 6;
    } else if (disk->bus == EB_BUS_FDC) {
        a.controller = index / 2;
        a.unit = index % 2;
    } else {
        return;
    }
    disk->address = a;
}

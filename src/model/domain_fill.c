/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt's parser adds to a definition whoever the driver is. */
#include "model/disk_name.h"
#include "model/domain_devices.h"
#include "model/domain_map.h"

/* More controllers of a kind than any machine has: an address must not make us add them. */
enum { MOST_CONTROLLERS = 256 };

static bool has_controller(const struct eb_domain_def *def, enum eb_controller_type type, int index)
{
    for (size_t i = 0; i < def->n_controllers; i++) {
        if (def->controllers[i].type == type && def->controllers[i].index == index)
            return true;
    }
    return false;
}

static void number_controllers(struct eb_domain_def *def)
{
    int next[EB_CONTROLLER_LAST] = {0};

    for (size_t i = 0; i < def->n_controllers; i++) {
        struct eb_controller *c = &def->controllers[i];
        int *free_index = &next[c->type];

        if (c->index >= 0)
            continue;
        while (has_controller(def, c->type, *free_index))
            ++*free_index;
        c->index = (*free_index)++;
    }
}

static int need_controller(struct eb_domain_def *def, enum eb_controller_type type, unsigned index,
                           eb_error *err)
{
    struct eb_controller *c;

    if (index >= MOST_CONTROLLERS)
        return eb_domain_xml_error(err, "no machine has a %s controller with index '%u'",
                                   eb_controller_type_to_string((int)type), index);
    if (has_controller(def, type, (int)index))
        return 0;
    c = EB_APPEND(def->controllers, def->n_controllers);
    eb_controller_init(c);
    c->type = type;
    c->index = (int)index;
    return 0;
}

/* Those before the highest that a disk needs, too. */
static int need_controllers(struct eb_domain_def *def, enum eb_controller_type type, unsigned highest,
                            eb_error *err)
{
    for (unsigned index = 0; index <= highest && index <= MOST_CONTROLLERS; index++) {
        if (need_controller(def, type, index, err))
            return -1;
    }
    return 0;
}

static int add_disk_controllers(struct eb_domain_def *def, enum eb_disk_bus bus, enum eb_controller_type type,
                                eb_error *err)
{
    unsigned highest = 0;
    bool any = false;

    for (size_t i = 0; i < def->n_disks; i++) {
        const struct eb_disk *disk = &def->disks[i];

        if (disk->bus != bus || disk->address.type != EB_ADDRESS_DRIVE)
            continue;
        any = true;
        if (disk->address.controller > highest)
            highest = disk->address.controller;
    }
    return any ? need_controllers(def, type, highest, err) : 0;
}

static int add_serial_controllers(struct eb_domain_def *def, const struct eb_chardev *chrs, size_t n,
                                  eb_error *err)
{
    for (size_t i = 0; i < n; i++) {
        unsigned index = chrs[i].address.type == EB_ADDRESS_VIRTIO_SERIAL ? chrs[i].address.controller : 0;

        if (eb_streq(chrs[i].target_type, "virtio") &&
            need_controller(def, EB_CONTROLLER_VIRTIO_SERIAL, index, err))
            return -1;
    }
    return 0;
}

static int add_controllers(struct eb_domain_def *def, eb_error *err)
{
    static const struct {
        enum eb_disk_bus bus;
        enum eb_controller_type type;
    } buses[] = {
        {EB_BUS_SCSI, EB_CONTROLLER_SCSI},
        {EB_BUS_FDC, EB_CONTROLLER_FDC},
        {EB_BUS_IDE, EB_CONTROLLER_IDE},
        {EB_BUS_SATA, EB_CONTROLLER_SATA},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(buses); i++) {
        if (add_disk_controllers(def, buses[i].bus, buses[i].type, err))
            return -1;
    }
    if (add_serial_controllers(def, def->channels, def->n_channels, err))
        return -1;
    return add_serial_controllers(def, def->consoles, def->n_consoles, err);
}

/* ---- The first serial port is the console ---- */

static bool is_serial_console(const struct eb_chardev *chr)
{
    return !chr->target_type || eb_streq(chr->target_type, "serial");
}

static bool is_isa_serial(const struct eb_chardev *chr)
{
    return !chr->target_type || eb_streq(chr->target_type, "isa-serial");
}

static void serial_from_console(struct eb_domain_def *def)
{
    struct eb_chardev *serial = EB_APPEND(def->serials, def->n_serials);

    eb_chardev_copy(serial, &def->consoles[0]);
    eb_replace_string(&serial->target_type, NULL);
    eb_replace_string(&serial->alias, NULL);
    serial->port = 0;
}

static void console_from_serial(struct eb_domain_def *def)
{
    struct eb_chardev *console = &def->consoles[0];

    eb_chardev_clear(console);
    eb_chardev_copy(console, &def->serials[0]);
    eb_replace_string(&console->target_type, "serial");
    eb_replace_string(&console->target_model, NULL);
    eb_replace_string(&console->uart, NULL);
    eb_replace_string(&console->address.port, NULL);
    console->address = (struct eb_address){0};
}

static void add_console(struct eb_domain_def *def)
{
    for (size_t i = 0; i < def->n_consoles; i++) {
        if (def->consoles[i].port < 0)
            def->consoles[i].port = (int)i;
    }
    if (!eb_streq(def->os.type, "hvm"))
        return;
    if (def->n_consoles && is_serial_console(&def->consoles[0])) {
        if (!def->n_serials)
            serial_from_console(def);
        console_from_serial(def);
    } else if (def->n_serials && is_isa_serial(&def->serials[0])) {
        (void)EB_APPEND(def->consoles, def->n_consoles);
        memmove(def->consoles + 1, def->consoles, (def->n_consoles - 1) * sizeof(*def->consoles));
        memset(def->consoles, 0, sizeof(*def->consoles));
        eb_domain_def_shift_unmodelled(def, "console", 1, 1);
        console_from_serial(def);
    }
}

/* ---- Video ---- */

/* What a card has when its definition does not say it, KiB. */
static const struct {
    const char *model;
    unsigned ram, vram;
} video_memory[] = {
    {"vga", 0, 16384}, {"cirrus", 0, 16384},  {"vmvga", 0, 16384},     {"bochs", 0, 16384},
    {"xen", 0, 4096},  {"qxl", 65536, 65536}, {"parallels", 0, 16384},
};

static void fill_video(struct eb_domain_def *def, struct eb_video *video)
{
    if (!video->model)
        video->model = eb_strdup(def->virt == EB_VIRT_VBOX ? "vbox" : "cirrus");
    if (!video->heads && !eb_streq(video->model, "none"))
        video->heads = 1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(video_memory); i++) {
        if (!eb_streq(video->model, video_memory[i].model))
            continue;
        if (!video->ram_kib)
            video->ram_kib = video_memory[i].ram;
        if (!video->vram_kib)
            video->vram_kib = video_memory[i].vram;
    }
}

static void fill_videos(struct eb_domain_def *def)
{
    bool primary = false;

    if (!def->n_videos && def->n_graphics)
        (void)EB_APPEND(def->videos, def->n_videos);
    for (size_t i = 0; i < def->n_videos; i++) {
        fill_video(def, &def->videos[i]);
        primary = primary || def->videos[i].primary == EB_YES;
    }
    if (def->n_videos && !primary && !eb_streq(def->videos[0].model, "none"))
        def->videos[0].primary = EB_YES;
}

/* ---- All of it ---- */

static void fill_boot(struct eb_domain_def *def)
{
    if (!eb_streq(def->os.type, "hvm") || def->os.n_boot)
        return;
    for (size_t i = 0; i < def->n_disks; i++) {
        if (def->disks[i].boot_order)
            return;
    }
    for (size_t i = 0; i < def->n_interfaces; i++) {
        if (def->interfaces[i].boot_order)
            return;
    }
    *EB_APPEND(def->os.boot, def->os.n_boot) = EB_BOOT_HD;
}

int eb_domain_def_fill(struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_disks; i++)
        eb_disk_assign_address(&def->disks[i]);
    number_controllers(def);
    add_console(def);
    if (eb_iothreads_fill(&def->tune, err) || add_controllers(def, err))
        return -1;
    fill_videos(def);
    fill_boot(def);
    return 0;
}

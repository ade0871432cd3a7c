/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of image a file is, by its head alone: asking VirtualBox would make it register the file. */
#include "vbox/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, HEAD = 8 * SECTOR, ISO_MAGIC_AT = 0x8001 };

static uint64_t big(const unsigned char *p, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

static uint64_t little(const unsigned char *p, size_t n)
{
    uint64_t value = 0;

    for (size_t i = n; i > 0; i--)
        value = value << 8 | p[i - 1];
    return value;
}

static bool begins(const unsigned char *p, const char *magic, size_t n)
{
    return memcmp(p, magic, n) == 0;
}

static bool find_vdi(const unsigned char *head, struct vbox_image *out)
{
    enum { SIGNATURE_AT = 64, VERSION_AT = 68, SIZE_AT = 0x170 };

    if (little(head + SIGNATURE_AT, 4) != 0xbeda107f || little(head + VERSION_AT, 4) >> 16 != 1)
        return false;
    out->format = "vdi";
    out->capacity = little(head + SIZE_AT, 8);
    return true;
}

/* The sectors of the parts: lines like RW 32768 FLAT "disk-flat.vmdk" 0 */
static uint64_t extents(const char *text)
{
    static const char *const words[] = {"RW ", "RDONLY ", "NOACCESS "};
    uint64_t sectors = 0;

    for (const char *line = text; line; line = (line = strchr(line, '\n')) ? line + 1 : NULL) {
        for (size_t i = 0; i < EB_ARRAY_SIZE(words); i++)
            sectors += eb_starts_with(line, words[i]) ? strtoull(line + strlen(words[i]), NULL, 10) : 0;
    }
    return sectors;
}

static bool find_vmdk(const unsigned char *head, struct vbox_image *out)
{
    static const char text[] = "# Disk DescriptorFile";

    if (begins(head, "KDMV", 4)) {
        out->format = "vmdk";
        out->capacity = little(head + 12, 8) * SECTOR;
        return true;
    }
    if (!begins(head, text, sizeof(text) - 1))
        return false;
    out->format = "vmdk";
    out->capacity = extents((const char *)head) * SECTOR;
    return true;
}

static bool find_qemu(const unsigned char *head, struct vbox_image *out)
{
    if (begins(head, "QFI\xfb", 4)) {
        out->format = big(head + 4, 4) == 1 ? "qcow" : "qcow2";
        out->capacity = big(head + 24, 8);
        return true;
    }
    if (!begins(head, "QED\0", 4))
        return false;
    out->format = "qed";
    out->capacity = little(head + 48, 8);
    return true;
}

/* A fixed VHD has its head at the end, others have a copy of it at the beginning. */
static bool find_vhd(const unsigned char *head, struct vbox_image *out)
{
    enum { SIZE_AT = 48 };

    if (!begins(head, "conectix", 8))
        return false;
    out->format = "vpc";
    out->capacity = big(head + SIZE_AT, 8);
    return true;
}

static void find_format(int fd, off_t size, struct vbox_image *out)
{
    unsigned char head[HEAD + 1] = {0}, magic[5] = {0};

    memset(out, 0, sizeof(*out));
    out->format = "raw";
    out->capacity = (uint64_t)size;
    if (pread(fd, head, HEAD, 0) <= 0 || find_vdi(head, out) || find_vmdk(head, out) ||
        find_qemu(head, out) || find_vhd(head, out))
        return;
    if (pread(fd, magic, sizeof(magic), ISO_MAGIC_AT) == sizeof(magic) &&
        begins(magic, "CD001", sizeof(magic))) {
        out->format = "iso";
        return;
    }
    if (pread(fd, head, SECTOR, size - SECTOR) == SECTOR)
        find_vhd(head, out);
}

int vbox_image_read(const char *path, struct vbox_image *out)
{
    EB_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return -1;
    if (!S_ISREG(st.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    find_format(fd, st.st_size, out);
    out->allocation = (uint64_t)st.st_blocks * 512;
    out->physical = (uint64_t)st.st_size;
    return 0;
}

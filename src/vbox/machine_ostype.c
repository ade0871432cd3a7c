/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The guest operating system: VirtualBox's type ("Debian12_64") ⇄ libosinfo's id in <metadata>, and the
 * architecture. What libosinfo's id does not say exactly is in <vbox:os-type>.
 */
#include "vbox/machine.h"

#include <ctype.h>

#define OSINFO_NS "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/*
 * `types`: VirtualBox's types without the suffix of the architecture, the best first; the first that the
 * installation has is taken. '#' stands for the first number of the id's version, '@' for Ubuntu's way of
 * numbering. `url` ends with '/': every version of it. The first line whose first type fits gives the way
 * back.
 */
static const struct os_line {
    const char *url, *types;
    const char
        *version; /* the way back: the version's form; NULL: the URL is whole, or there is no way back */
} os_lines[] = {
    {"http://debian.org/debian/", "Debian# Debian Linux26 Linux", "#"},
    {"http://ubuntu.com/ubuntu/", "@ Ubuntu Linux26 Linux", "@"},
    {"http://fedoraproject.org/", "Fedora Linux26 Linux", NULL},
    {"http://redhat.com/rhel/", "RedHat# RedHat Linux26 Linux", "#-unknown"},
    {"http://redhat.com/rhl/", "RedHat Linux24 Linux", NULL},
    {"http://centos.org/centos/", "RedHat# RedHat Linux26 Linux", NULL},
    {"http://centos.org/centos-stream/", "RedHat# RedHat Linux26 Linux", NULL},
    {"http://rockylinux.org/rocky/", "RedHat# RedHat Linux26 Linux", NULL},
    {"http://almalinux.org/almalinux/", "RedHat# RedHat Linux26 Linux", NULL},
    {"http://scientificlinux.org/scientificlinux/", "RedHat# RedHat Linux26 Linux", NULL},
    {"http://oracle.com/ol/", "Oracle# Oracle RedHat# RedHat Linux26 Linux", "#.0"},
    {"http://oracle.com/oel/", "Oracle# Oracle RedHat Linux26 Linux", NULL},
    {"http://opensuse.org/opensuse/tumbleweed", "OpenSUSE_Tumbleweed OpenSUSE Linux26 Linux", NULL},
    {"http://opensuse.org/opensuse/15", "OpenSUSE_Leap OpenSUSE Linux26 Linux", NULL},
    {"http://opensuse.org/opensuse/", "OpenSUSE Linux26 Linux", NULL},
    {"http://suse.com/", "SUSE_LE OpenSUSE Linux26 Linux", NULL},
    {"http://archlinux.org/archlinux/rolling", "ArchLinux Linux26 Linux", NULL},
    {"http://manjaro.org/", "ArchLinux Linux26 Linux", NULL},
    {"http://gentoo.org/gentoo/rolling", "Gentoo Linux26 Linux", NULL},
    {"http://mageia.org/mageia/", "Mageia Mandriva Linux26 Linux", NULL},
    {"http://mandriva.com/", "Mandriva Linux26 Linux", NULL},
    {"http://alpinelinux.org/", "Linux26 Linux", NULL},
    {"http://android-x86.org/", "Linux26 Linux", NULL},
    {"http://slackware.com/", "Linux26 Linux", NULL},
    {"http://nixos.org/", "Linux26 Linux", NULL},
    {"http://voidlinux.org/", "Linux26 Linux", NULL},
    {"http://system76.com/popos/", "@ Ubuntu Linux26 Linux", NULL},
    {"http://elementary.io/", "Ubuntu Linux26 Linux", NULL},
    {"http://pureos.net/", "Debian Linux26 Linux", NULL},
    {"http://libosinfo.org/linux/2022", "Linux26 Linux", NULL},
    {"http://libosinfo.org/linux/", "Linux26 Linux", NULL},
    {"http://libosinfo.org/unknown", "Other", NULL},
    {"http://freebsd.org/freebsd/", "FreeBSD", NULL},
    {"http://openbsd.org/openbsd/", "OpenBSD", NULL},
    {"http://netbsd.org/netbsd/", "NetBSD", NULL},
    {"http://dragonflybsd.org/", "FreeBSD", NULL},
    {"http://sun.com/opensolaris/2009.06", "OpenSolaris", NULL},
    {"http://oracle.com/solaris/11", "Solaris11 OpenSolaris Solaris", NULL},
    {"http://sun.com/solaris/11", "Solaris11 OpenSolaris Solaris", NULL},
    {"http://sun.com/solaris/10", "Solaris10U8_or_later Solaris", NULL},
    {"http://sun.com/solaris/", "Solaris", NULL},
    {"http://apple.com/macosx/10.", "MacOS10# MacOS", "#"},
    {"http://apple.com/macosx/", "MacOS", NULL},
    {"http://microsoft.com/win/11", "Windows11 Windows10 Windows81 Windows8 Windows7", NULL},
    {"http://microsoft.com/win/10", "Windows10 Windows81 Windows8 Windows7 WindowsVista", NULL},
    {"http://microsoft.com/win/8.1", "Windows81 Windows8 Windows7 WindowsVista", NULL},
    {"http://microsoft.com/win/8", "Windows8 Windows7 WindowsVista", NULL},
    {"http://microsoft.com/win/7", "Windows7 WindowsVista", NULL},
    {"http://microsoft.com/win/vista", "WindowsVista WindowsXP", NULL},
    {"http://microsoft.com/win/xp", "WindowsXP", NULL},
    {"http://microsoft.com/win/2k25",
     "Windows2025 Windows2022 Windows2019 Windows2016 Windows2012 Windows2008", NULL},
    {"http://microsoft.com/win/2k22", "Windows2022 Windows2019 Windows2016 Windows2012 Windows2008", NULL},
    {"http://microsoft.com/win/2k19", "Windows2019 Windows2016 Windows2012 Windows2008", NULL},
    {"http://microsoft.com/win/2k16", "Windows2016 Windows2012 Windows2008", NULL},
    {"http://microsoft.com/win/2k12", "Windows2012 Windows2008", NULL},
    {"http://microsoft.com/win/2k12r2", "Windows2012 Windows2008", NULL},
    {"http://microsoft.com/win/2k8", "Windows2008 Windows2003", NULL},
    {"http://microsoft.com/win/2k8r2", "Windows2008 Windows2003", NULL},
    {"http://microsoft.com/win/2k3", "Windows2003", NULL},
    {"http://microsoft.com/win/2k3r2", "Windows2003", NULL},
    {"http://microsoft.com/win/2k", "Windows2000", NULL},
    {"http://microsoft.com/win/me", "WindowsMe", NULL},
    {"http://microsoft.com/win/98", "Windows98", NULL},
    {"http://microsoft.com/win/95", "Windows95", NULL},
    {"http://microsoft.com/win/3.1", "Windows31", NULL},
    {"http://microsoft.com/winnt/4.0", "WindowsNT4", NULL},
    {"http://microsoft.com/winnt/3.51", "WindowsNT3x WindowsNT4", NULL},
    {"http://microsoft.com/winnt/", "WindowsNT3x WindowsNT4", NULL},
    {"http://microsoft.com/win/", "WindowsNT", NULL},
    {"http://microsoft.com/msdos/6.22", "DOS", NULL},
    {"http://freedos.org/freedos/", "DOS", NULL},
    {"http://ibm.com/os2/", "OS2Warp45 OS2", NULL},
    {"http://novell.com/netware/6", "Netware", NULL},
    {"http://novell.com/netware/", "Netware", NULL},
    {"http://haiku-os.org/", "Other", NULL},
};

static const char *const suffixes[] = {"_arm64", "_64", ""};

/* ---- What the installation has ---- */

static int get_type(struct vm *vm, const char *id, IGuestOSType **out)
{
    eb_error ignored EB_AUTOERROR = EB_ERROR_INIT;
    EB_AUTOFREE char *got = NULL;

    *out = NULL;
    if (IVirtualBox_getGuestOSType(vm->vb, vm->vbox, id, out, &ignored) < 0 || !*out)
        return 0;
    if (IGuestOSType_get_id(vm->vb, *out, &got, &ignored) == 0 && strcmp(got, id) == 0)
        return 1;
    vb_unref(*out);
    *out = NULL;
    return 0;
}

static bool has_type(struct vm *vm, const char *id)
{
    VB_AUTO(IGuestOSType) type = NULL;

    return get_type(vm, id, &type);
}

/* ---- From libosinfo's id to VirtualBox's type ---- */

static const char *first_number(const char *version, unsigned *out)
{
    *out = 0;
    while (isdigit((unsigned char)*version) && *out < 100000)
        *out = *out * 10 + (unsigned)(*version++ - '0');
    return version;
}

/* 22.04 is Ubuntu22_LTS, 22.10 Ubuntu22; since 2023 an October release has a name of its own: Ubuntu231. */
static void add_ubuntu(struct eb_strbuf *b, const char *version)
{
    unsigned year, month = 0;
    const char *rest = first_number(version, &year);

    if (*rest == '.')
        first_number(rest + 1, &month);
    if (month == 4 && year % 2 == 0 && year >= 10)
        eb_strbuf_printf(b, "Ubuntu%u_LTS ", year);
    if (month == 10 && year % 2 == 1 && year >= 23)
        eb_strbuf_printf(b, "Ubuntu%u1 ", year);
    if (year)
        eb_strbuf_printf(b, "Ubuntu%u", year);
}

/* The line's types with the version filled in, best first. */
static char *types_for(const struct os_line *line, const char *version)
{
    struct eb_strbuf b = {0};
    unsigned number;

    first_number(version, &number);
    for (const char *p = line->types; *p; p++) {
        if (*p == '@')
            add_ubuntu(&b, version);
        else if (*p == '#' && number)
            eb_strbuf_printf(&b, "%u", number);
        else if (*p != '#')
            eb_strbuf_addc(&b, *p);
    }
    return eb_strbuf_steal(&b);
}

static const struct os_line *line_of(const char *url)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(os_lines); i++) {
        size_t len = strlen(os_lines[i].url);
        char last = os_lines[i].url[len - 1];

        if (last == '/' || last == '.'
                ? eb_starts_with(url, os_lines[i].url)
                : eb_streq(url, os_lines[i].url) || (eb_starts_with(url, os_lines[i].url) && url[len] == '.'))
            return &os_lines[i];
    }
    return NULL;
}

static bool is_arm(const char *arch)
{
    return eb_streq(arch, "aarch64");
}

/* A 64-bit guest may be of a type that knows 32 bits only (DOS), but not the other way round. */
static char *with_suffix(struct vm *vm, const char *base, const char *arch)
{
    bool wide = !eb_streq(arch, "i686");

    for (size_t i = 0; i < EB_ARRAY_SIZE(suffixes); i++) {
        char *id;

        if (is_arm(arch) != (i == 0) || (i == 1 && !wide))
            continue;
        id = eb_asprintf("%s%s", base, suffixes[i]);
        if (has_type(vm, id))
            return id;
        free(id);
    }
    return NULL;
}

static char *best_type(struct vm *vm, const char *types, const char *arch)
{
    EB_AUTOFREE char *list = eb_strdup(types);
    char *save = NULL;

    for (char *base = strtok_r(list, " ", &save); base; base = strtok_r(NULL, " ", &save)) {
        char *id = with_suffix(vm, base, arch);

        if (id)
            return id;
    }
    return NULL;
}

static char *type_for_url(struct vm *vm, const char *url, const char *arch)
{
    const struct os_line *line = line_of(url);
    EB_AUTOFREE char *types = NULL;

    if (!line)
        return NULL;
    types = types_for(line, url + strlen(line->url));
    return best_type(vm, types, arch);
}

/* The id in <libosinfo:os id="…"/>. */
static char *osinfo_of(const struct eb_domain_def *def)
{
    for (size_t i = 0; i < def->n_metadata; i++) {
        const char *p, *end;

        if (!eb_streq(def->metadata[i].uri, OSINFO_NS) || !def->metadata[i].xml)
            continue;
        p = strstr(def->metadata[i].xml, " id=");
        if (!p || (p[4] != '"' && p[4] != '\''))
            continue;
        end = strchr(p + 5, p[4]);
        if (end)
            return eb_strndup(p + 5, (size_t)(end - p) - 5);
    }
    return NULL;
}

int vm_choose_os_type(struct vm *vm, const struct eb_domain_def *def, char **out, eb_error *err)
{
    const char *arch = def->os.arch ? def->os.arch : "x86_64";
    EB_AUTOFREE char *url = NULL;

    if (def->vbox.os_type) {
        if (!has_type(vm, def->vbox.os_type))
            return vm_refuse(vm, err, "element <vbox:os-type>", "there is no guest OS type '%s'",
                             def->vbox.os_type);
        *out = eb_strdup(def->vbox.os_type);
        return 0;
    }
    url = osinfo_of(def);
    *out = url ? type_for_url(vm, url, arch) : NULL;
    if (!*out)
        *out = with_suffix(vm, "Other", arch);
    if (!*out)
        *out = eb_strdup("Other");
    return 0;
}

/* ---- From VirtualBox's type to libosinfo's id ---- */

static char *without_suffix(const char *id)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(suffixes) - 1; i++)
        if (eb_ends_with(id, suffixes[i]))
            return eb_strndup(id, strlen(id) - strlen(suffixes[i]));
    return eb_strdup(id);
}

static char *ubuntu_url(const char *base)
{
    unsigned number = 0;
    const char *rest;

    if (!eb_starts_with(base, "Ubuntu") || !isdigit((unsigned char)base[6]))
        return NULL;
    rest = first_number(base + 6, &number);
    if (strcmp(rest, "_LTS") == 0)
        return eb_asprintf("http://ubuntu.com/ubuntu/%u.04", number);
    if (number > 99) /* 231: October 2023 */
        return eb_asprintf("http://ubuntu.com/ubuntu/%u.10", number / 10);
    return eb_asprintf("http://ubuntu.com/ubuntu/%u.%s", number, number % 2 && number >= 23 ? "04" : "10");
}

/* The version that makes `pattern` ("Debian#…") be `base`, or NULL. */
static const char *version_in(const char *pattern, const char *base)
{
    const char *hash = strchr(pattern, '#');
    size_t len = hash ? (size_t)(hash - pattern) : 0;

    if (!hash || strncmp(pattern, base, len) != 0 || !base[len])
        return NULL;
    return strspn(base + len, "0123456789") == strlen(base + len) ? base + len : NULL;
}

static char *url_of_line(const struct os_line *line, const char *base)
{
    size_t first = strcspn(line->types, " ");
    EB_AUTOFREE char *pattern = eb_strndup(line->types, first);
    const char *version;
    char last = line->url[strlen(line->url) - 1];

    if (strcmp(pattern, "@") == 0)
        return line->version ? ubuntu_url(base) : NULL;
    if (last != '/' && last != '.')
        return strcmp(pattern, base) == 0 ? eb_strdup(line->url) : NULL;
    version = line->version ? version_in(pattern, base) : NULL;
    return version ? eb_asprintf("%s%s%s", line->url, version, line->version + 1) : NULL;
}

static char *url_for_type(const char *id)
{
    EB_AUTOFREE char *base = without_suffix(id);

    for (size_t i = 0; i < EB_ARRAY_SIZE(os_lines); i++) {
        char *url = url_of_line(&os_lines[i], base);

        if (url)
            return url;
    }
    return NULL;
}

static void add_osinfo(struct eb_domain_def *def, const char *url)
{
    struct eb_metadata *m = EB_APPEND(def->metadata, def->n_metadata);
    struct eb_strbuf b = {0};

    m->uri = eb_strdup(OSINFO_NS);
    eb_strbuf_add(&b, "<libosinfo:libosinfo xmlns:libosinfo=\"" OSINFO_NS "\">\n");
    eb_strbuf_add(&b, "  <libosinfo:os id=\"");
    eb_strbuf_escape(&b, url);
    eb_strbuf_add(&b, "\"/>\n</libosinfo:libosinfo>");
    m->xml = eb_strbuf_steal(&b);
}

static void drop_osinfo(struct eb_domain_def *def)
{
    size_t kept = 0;

    for (size_t i = 0; i < def->n_metadata; i++) {
        if (!eb_streq(def->metadata[i].uri, OSINFO_NS)) {
            def->metadata[kept++] = def->metadata[i];
            continue;
        }
        free(def->metadata[i].uri);
        free(def->metadata[i].xml);
    }
    def->n_metadata = kept;
}

static bool gives(struct vm *vm, const char *url, const struct eb_domain_def *def, const char *type)
{
    EB_AUTOFREE char *id = url ? type_for_url(vm, url, def->os.arch) : NULL;

    return eb_streq(id, type);
}

/* One that was kept and no longer fits (the type was changed without us) gives way to one that does. */
int vbox_finish_osinfo(struct vbox_conn *c, struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *given = osinfo_of(def);
    EB_AUTOFREE char *type = eb_strdup(def->vbox.os_type);
    EB_AUTOFREE char *derived = NULL;
    struct vm vm VM_AUTO;

    if (vm_open(c, NULL, 0, &vm, err) < 0)
        return -1;
    if (!type)
        return 0;
    derived = url_for_type(type);
    if (gives(&vm, given, def, type)) {
        eb_replace_string(&def->vbox.os_type, NULL);
        return 0;
    }
    if (given && !derived)
        return 0; /* a system that VirtualBox has no type for */
    if (derived) {
        drop_osinfo(def);
        add_osinfo(def, derived);
        if (gives(&vm, derived, def, type))
            eb_replace_string(&def->vbox.os_type, NULL);
    }
    return 0;
}

/* ---- The concept ---- */

static int read_arch(struct vm *vm, struct eb_domain_def *def, const char *id, eb_error *err)
{
    VB_AUTO(IGuestOSType) type = NULL;
    bool wide = eb_ends_with(id, "_64");

    if (vm->platform && !vm->x86) {
        def->os.arch = eb_strdup("aarch64");
        return 0;
    }
    if (get_type(vm, id, &type) && IGuestOSType_get_is64Bit(vm->vb, type, &wide, err) < 0)
        return -1;
    def->os.arch = eb_strdup(wide ? "x86_64" : "i686");
    return 0;
}

int vm_read_ostype(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;

    if (IMachine_get_OSTypeId(vm->vb, vm->machine, &id, err) < 0 || read_arch(vm, def, id, err) < 0)
        return -1;
    def->os.type = eb_strdup("hvm");
    def->vbox.os_type = EB_STEAL(id);
    return 0;
}

static int check_arm(struct vm *vm, eb_error *err)
{
    VB_AUTO(ISystemProperties) system = NULL;
    enum vb_PlatformArchitecture *list = NULL;
    size_t n = 0;
    bool found = false;

    if (!vb_has(vm->vb, VB_ISystemProperties_get_supportedPlatformArchitectures))
        return vm_refuse_release(vm, err, "architecture 'aarch64' of <os><type>");
    if (IVirtualBox_get_systemProperties(vm->vb, vm->vbox, &system, err) < 0 ||
        ISystemProperties_get_supportedPlatformArchitectures(vm->vb, system, &n, &list, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        found = found || list[i] == PlatformArchitecture_ARM;
    free(list);
    return found ? 0 : vm_refuse(vm, err, "architecture 'aarch64' of <os><type>", "on this host");
}

int vm_check_ostype(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    static const char *const known[] = {"x86_64", "i686", "aarch64"};
    const char *arch = def->os.arch ? def->os.arch : "x86_64";
    EB_AUTOFREE char *id = NULL;
    EB_AUTOFREE char *what = NULL;
    bool found = false;

    for (size_t i = 0; i < EB_ARRAY_SIZE(known); i++)
        found = found || eb_streq(known[i], arch);
    if (!found) {
        what = eb_asprintf("architecture '%s' of <os><type>", arch);
        return vm_refuse(vm, err, what, NULL);
    }
    if (def->os.type && strcmp(def->os.type, "hvm") != 0) {
        what = eb_asprintf("<os><type> '%s'", def->os.type);
        return vm_refuse(vm, err, what, "it may be hvm");
    }
    if (is_arm(arch) && check_arm(vm, err) < 0)
        return -1;
    return vm_choose_os_type(vm, def, &id, err);
}

int vm_apply_ostype(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;

    if (vm->platform && is_arm(def->os.arch) != !vm->x86)
        return vm_refuse(vm, err, "architecture of <os><type>", "that of a machine cannot change");
    if (vm_choose_os_type(vm, def, &id, err) < 0)
        return -1;
    return VM_CHANGE_TEXT(vm, IMachine, OSTypeId, vm->machine, id, err);
}

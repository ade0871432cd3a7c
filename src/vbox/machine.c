/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/machine.h"
#include "vbox/known.h"

#include <strings.h>

int vm_open(struct vbox_conn *c, IMachine *machine, unsigned flags, struct vm *vm, eb_error *err)
{
    enum vb_PlatformArchitecture arch = PlatformArchitecture__none;

    memset(vm, 0, sizeof(*vm));
    vm->c = c;
    vm->vb = c->vb;
    vm->machine = machine;
    vm->flags = flags;
    if (vbox_begin(c, &vm->vbox, err) < 0)
        return -1;
    if (!machine)
        return 0;
    if (IMachine_get_firmwareSettings(vm->vb, machine, &vm->firmware, err) < 0)
        return -1;
    if (!vb_has(vm->vb, VB_IMachine_get_platform))
        return 0;
    if (IMachine_get_platform(vm->vb, machine, &vm->platform, err) < 0 ||
        IPlatform_get_architecture(vm->vb, vm->platform, &arch, err) < 0)
        return -1;
    return arch == PlatformArchitecture_x86 ? IPlatform_get_x86(vm->vb, vm->platform, &vm->x86, err) : 0;
}

void vm_close(struct vm *vm)
{
    eb_strv_free(vm->extra);
    eb_strv_free(vm->set_keys);
    for (size_t i = 0; i < vm->n_opened; i++)
        vb_unref(vm->opened[i]);
    free(vm->opened);
    vb_unref(vm->x86);
    vb_unref(vm->platform);
    vb_unref(vm->firmware);
    vb_unref(vm->vbox);
    memset(vm, 0, sizeof(*vm));
}

/* ---- Refusing ---- */

static int set_unsupported(eb_error *err, const char *what, const char *by, const char *why)
{
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_CONFIG_UNSUPPORTED, "%s is not supported by %s%s%s",
                             what, by, why ? ": " : "", why ? why : "");
}

int vm_refuse(struct vm *vm EB_UNUSED, eb_error *err, const char *what, const char *fmt, ...)
{
    EB_AUTOFREE char *why = NULL;
    va_list args;

    if (fmt) {
        va_start(args, fmt);
        why = eb_vasprintf(fmt, args);
        va_end(args);
    }
    return set_unsupported(err, what, "VirtualBox", why);
}

int vm_refuse_release(struct vm *vm, eb_error *err, const char *fmt, ...)
{
    unsigned version = vb_version(vm->vb);
    EB_AUTOFREE char *what = NULL;
    EB_AUTOFREE char *release = NULL;
    va_list args;

    va_start(args, fmt);
    what = eb_vasprintf(fmt, args);
    va_end(args);
    release = eb_asprintf("VirtualBox %u.%u", version / 1000000, version / 1000 % 1000);
    return set_unsupported(err, what, release, NULL);
}

int vm_refuse_said(struct vm *vm, const struct vm_refusal *table, size_t n, eb_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].said)
            return vm_refuse(vm, err, table[i].what, NULL);
    return 0;
}

/* ---- Tables of names ---- */

const char *vm_name_of(const struct vm_name *table, size_t n, int value)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].value == value)
            return table[i].text;
    return NULL;
}

int vm_value_of(const struct vm_name *table, size_t n, const char *text)
{
    for (size_t i = 0; text && i < n; i++)
        if (strcasecmp(table[i].text, text) == 0)
            return table[i].value;
    return 0;
}

char *vm_names(struct vm *vm, const struct vm_name *table, size_t n, enum vb_enum_id id)
{
    struct eb_strbuf b = {0};

    for (size_t i = 0; i < n; i++) {
        if (!vb_enum_has(vm->vb, id, table[i].value))
            continue;
        if (b.len)
            eb_strbuf_add(&b, ", ");
        eb_strbuf_add(&b, table[i].text);
    }
    return eb_strbuf_steal(&b);
}

int vm_check_name(struct vm *vm, const struct vm_name *table, size_t n, enum vb_enum_id id, const char *what,
                  const char *text, eb_error *err)
{
    int value = vm_value_of(table, n, text);
    EB_AUTOFREE char *said = NULL;
    EB_AUTOFREE char *names = NULL;

    if (!text || (value && vb_enum_has(vm->vb, id, value)))
        return 0;
    said = eb_asprintf("%s '%s'", what, text);
    names = vm_names(vm, table, n, id);
    if (value)
        return vm_refuse_release(vm, err, "%s", said);
    return vm_refuse(vm, err, said, "it may be %s", names[0] ? names : "nothing here");
}

/* ---- Texts ---- */

char *vm_take_text(char **text)
{
    char *taken = EB_STEAL(*text);

    if (taken && taken[0])
        return taken;
    free(taken);
    return NULL;
}

int vm_folder(struct vm *vm, char **out, eb_error *err)
{
    char *path = NULL;
    char *slash;

    if (IMachine_get_settingsFilePath(vm->vb, vm->machine, &path, err) < 0)
        return -1;
    slash = strrchr(path, '/');
    if (!slash)
        slash = strrchr(path, '\\');
    if (slash)
        *slash = '\0';
    *out = path;
    return 0;
}

/* ---- Extra data ---- */

static void add_extra(char ***list, size_t *n, const char *key, const char *value)
{
    *list = eb_reallocarray(*list, *n + 2, sizeof(**list));
    (*list)[(*n)++] = eb_asprintf("%s=%s", key, value);
    (*list)[*n] = NULL;
}

/* Until 3.0 the keys are walked one by one. */
static int walk_extra(struct vm *vm, char ***list, size_t *n, eb_error *err)
{
    EB_AUTOFREE char *key = eb_strdup("");

    for (;;) {
        EB_AUTOFREE char *next = NULL;
        EB_AUTOFREE char *value = NULL;

        if (IMachine_getNextExtraDataKey(vm->vb, vm->machine, key, &next, &value, err) < 0)
            return -1;
        if (!next[0] || strcmp(next, key) == 0)
            return 0;
        add_extra(list, n, next, value);
        eb_replace_string(&key, next);
    }
}

static int list_extra(struct vm *vm, char ***list, size_t *n, eb_error *err)
{
    char **keys = NULL;
    size_t n_keys = 0;
    int rc = 0;

    if (IMachine_getExtraDataKeys(vm->vb, vm->machine, &n_keys, &keys, err) < 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < n_keys; i++) {
        EB_AUTOFREE char *value = NULL;

        rc = IMachine_getExtraData(vm->vb, vm->machine, keys[i], &value, err);
        if (rc == 0)
            add_extra(list, n, keys[i], value);
    }
    vb_strings_free(n_keys, keys);
    return rc;
}

int vm_extra_all(struct vm *vm, char ***out, eb_error *err)
{
    size_t n = 0;

    if (!vm->extra) {
        EB_AUTOSTRV char **list = eb_calloc(1, sizeof(char *));
        int rc = vb_has(vm->vb, VB_IMachine_getExtraDataKeys) ? list_extra(vm, &list, &n, err)
                                                              : walk_extra(vm, &list, &n, err);

        if (rc < 0)
            return -1;
        vm->extra = EB_STEAL(list);
    }
    *out = vm->extra;
    return 0;
}

int vm_extra(struct vm *vm, const char *key, const char **out, eb_error *err)
{
    size_t len = strlen(key);
    char **all;

    *out = NULL;
    if (vm_extra_all(vm, &all, err) < 0)
        return -1;
    for (; *all; all++)
        if (strncmp(*all, key, len) == 0 && (*all)[len] == '=')
            *out = *all + len + 1;
    return 0;
}

/* The list as it will be: what vm_extra tells from now on. */
static void change_extra(struct vm *vm, const char *key, const char *value)
{
    size_t len = strlen(key), n = 0;

    for (char **pair = vm->extra; *pair; pair++) {
        if (strncmp(*pair, key, len) == 0 && (*pair)[len] == '=')
            free(*pair);
        else
            vm->extra[n++] = *pair;
    }
    vm->extra[n] = NULL;
    if (value && *value)
        add_extra(&vm->extra, &n, key, value);
}

int vm_set_extra(struct vm *vm, const char *key, const char *value, eb_error *err)
{
    const char *is;

    if (vm_extra(vm, key, &is, err) < 0)
        return -1;
    if (vm_same_text(is, value))
        return 0;
    change_extra(vm, key, value);
    vm->set_keys = eb_reallocarray(vm->set_keys, vm->n_set_keys + 2, sizeof(char *));
    vm->set_keys[vm->n_set_keys++] = eb_strdup(key);
    vm->set_keys[vm->n_set_keys] = NULL;
    return 0;
}

int vm_flush_extra(struct vm *vm, eb_error *err)
{
    for (size_t i = 0; i < vm->n_set_keys; i++) {
        const char *value;

        if (vm_extra(vm, vm->set_keys[i], &value, err) < 0 ||
            IMachine_setExtraData(vm->vb, vm->machine, vm->set_keys[i], vm_text(value), err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Limits ---- */

struct counts {
    enum vb_member old_member, new_member;
    int (*old_get)(struct vb *, ISystemProperties *, uint32_t *, eb_error *);
    int (*new_get)(struct vb *, IPlatformProperties *, uint32_t *, eb_error *);
};

static const struct counts counts[] = {
    [VM_SERIAL_PORTS] = {VB_ISystemProperties_get_serialPortCount, VB_IPlatformProperties_get_serialPortCount,
                         ISystemProperties_get_serialPortCount, IPlatformProperties_get_serialPortCount},
    [VM_PARALLEL_PORTS] = {VB_ISystemProperties_get_parallelPortCount,
                           VB_IPlatformProperties_get_parallelPortCount,
                           ISystemProperties_get_parallelPortCount,
                           IPlatformProperties_get_parallelPortCount},
    [VM_BOOT_POSITIONS] = {VB_ISystemProperties_get_maxBootPosition,
                           VB_IPlatformProperties_get_maxBootPosition, ISystemProperties_get_maxBootPosition,
                           IPlatformProperties_get_maxBootPosition},
};

/* The platform properties of the machine, or of the host's own platform while there is no machine. */
static int platform_properties(struct vm *vm, ISystemProperties *system, IPlatformProperties **out,
                               eb_error *err)
{
    if (vm->platform)
        return IPlatform_get_properties(vm->vb, vm->platform, out, err);
    return ISystemProperties_get_platform(vm->vb, system, out, err);
}

static int ask_count(struct vm *vm, enum vm_count what, uint32_t *out, eb_error *err)
{
    VB_AUTO(ISystemProperties) system = NULL;
    VB_AUTO(IPlatformProperties) platform = NULL;

    if (IVirtualBox_get_systemProperties(vm->vb, vm->vbox, &system, err) < 0)
        return -1;
    if (vb_has(vm->vb, counts[what].old_member))
        return counts[what].old_get(vm->vb, system, out, err);
    if (platform_properties(vm, system, &platform, err) < 0)
        return -1;
    return counts[what].new_get(vm->vb, platform, out, err);
}

/* Since 7.1 limits are the platform's, so those of x86 alone are kept. */
static bool may_keep(const struct vm *vm)
{
    return vm->x86 || !vb_has(vm->vb, VB_IMachine_get_platform);
}

int vm_count_of(struct vm *vm, enum vm_count what, uint32_t *out, eb_error *err)
{
    if (may_keep(vm) && vbox_known_limit(vm->c, (unsigned)what, out))
        return 0;
    if (ask_count(vm, what, out, err) < 0)
        return -1;
    if (may_keep(vm))
        vbox_known_keep_limit(vm->c, (unsigned)what, *out);
    return 0;
}

static int ask_max_adapters(struct vm *vm, enum vb_ChipsetType chipset, uint32_t *out, eb_error *err)
{
    VB_AUTO(ISystemProperties) system = NULL;
    VB_AUTO(IPlatformProperties) platform = NULL;

    if (IVirtualBox_get_systemProperties(vm->vb, vm->vbox, &system, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_ISystemProperties_get_networkAdapterCount))
        return ISystemProperties_get_networkAdapterCount(vm->vb, system, out, err);
    if (vb_has(vm->vb, VB_ISystemProperties_getMaxNetworkAdapters))
        return ISystemProperties_getMaxNetworkAdapters(vm->vb, system, chipset, out, err);
    if (platform_properties(vm, system, &platform, err) < 0)
        return -1;
    return IPlatformProperties_getMaxNetworkAdapters(vm->vb, platform, chipset, out, err);
}

int vm_max_adapters(struct vm *vm, enum vb_ChipsetType chipset, uint32_t *out, eb_error *err)
{
    unsigned which = VM_COUNTS + (unsigned)chipset;

    if (may_keep(vm) && vbox_known_limit(vm->c, which, out))
        return 0;
    if (ask_max_adapters(vm, chipset, out, err) < 0)
        return -1;
    if (may_keep(vm))
        vbox_known_keep_limit(vm->c, which, *out);
    return 0;
}

int vm_chipset(struct vm *vm, enum vb_ChipsetType *out, eb_error *err)
{
    *out = ChipsetType_PIIX3;
    if (!vm->machine)
        return 0;
    if (vm->platform)
        return IPlatform_get_chipsetType(vm->vb, vm->platform, out, err);
    if (vb_has(vm->vb, VB_IMachine_get_chipsetType))
        return IMachine_get_chipsetType(vm->vb, vm->machine, out, err);
    return 0;
}

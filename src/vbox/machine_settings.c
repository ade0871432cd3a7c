/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <vbox:machine>: settings that libvirt's XML has no word for. A setting with a neutral value is written when
 * it has another one, and saying nothing means the neutral one; a setting without one is always written, and
 * saying nothing leaves it as it is.
 */
#include "vbox/machine.h"

/* ---- Switches ---- */

enum switch_home { CPU_PROPERTY, HWVIRT_PROPERTY, PAGE_FUSION };

static const struct vm_switch {
    size_t offset; /* of the tristate in struct eb_vbox_settings */
    enum switch_home home;
    int property;
    enum eb_tristate neutral; /* EB_ABSENT: none */
    const char *element;
} switches[] = {
    {offsetof(struct eb_vbox_settings, hwvirt), HWVIRT_PROPERTY, HWVirtExPropertyType_Enabled, EB_ABSENT,
     "element <vbox:hwvirt>"},
    {offsetof(struct eb_vbox_settings, vpid), HWVIRT_PROPERTY, HWVirtExPropertyType_VPID, EB_ABSENT,
     "element <vbox:vpid>"},
    {offsetof(struct eb_vbox_settings, unrestricted), HWVIRT_PROPERTY,
     HWVirtExPropertyType_UnrestrictedExecution, EB_ABSENT, "element <vbox:unrestricted>"},
    {offsetof(struct eb_vbox_settings, large_pages), HWVIRT_PROPERTY, HWVirtExPropertyType_LargePages,
     EB_ABSENT, "element <vbox:large-pages>"},
    {offsetof(struct eb_vbox_settings, nested_hwvirt), CPU_PROPERTY, CPUPropertyTypeX86_HWVirt, EB_NO,
     "element <vbox:nested-hwvirt>"},
    {offsetof(struct eb_vbox_settings, triple_fault_reset), CPU_PROPERTY, CPUPropertyTypeX86_TripleFaultReset,
     EB_NO, "element <vbox:triple-fault-reset>"},
    {offsetof(struct eb_vbox_settings, x2apic), CPU_PROPERTY, CPUPropertyTypeX86_X2APIC, EB_ABSENT,
     "element <vbox:x2apic>"},
    {offsetof(struct eb_vbox_settings, page_fusion), PAGE_FUSION, 0, EB_NO, "element <vbox:page-fusion>"},
};

static enum eb_tristate *switch_in(struct eb_vbox_settings *s, const struct vm_switch *w)
{
    return (enum eb_tristate *)(void *)((char *)s + w->offset);
}

static enum eb_tristate switch_said(const struct eb_vbox_settings *s, const struct vm_switch *w)
{
    return *(const enum eb_tristate *)(const void *)((const char *)s + w->offset);
}

static bool switch_has(struct vm *vm, const struct vm_switch *w)
{
    if (w->home == CPU_PROPERTY)
        return vm_has_cpu_property(vm, (enum vb_CPUPropertyTypeX86)w->property);
    if (w->home == HWVIRT_PROPERTY)
        return vm_has_hwvirt_property(vm, (enum vb_HWVirtExPropertyType)w->property);
    return vb_has(vm->vb, VB_IMachine_set_pageFusionEnabled);
}

static int switch_get(struct vm *vm, const struct vm_switch *w, bool *out, eb_error *err)
{
    if (w->home == CPU_PROPERTY)
        return vm_cpu_property(vm, (enum vb_CPUPropertyTypeX86)w->property, out, err);
    if (w->home == HWVIRT_PROPERTY)
        return vm_hwvirt_property(vm, (enum vb_HWVirtExPropertyType)w->property, out, err);
    return IMachine_get_pageFusionEnabled(vm->vb, vm->machine, out, err);
}

static int switch_set(struct vm *vm, const struct vm_switch *w, bool value, eb_error *err)
{
    if (w->home == CPU_PROPERTY)
        return vm_set_cpu_property(vm, (enum vb_CPUPropertyTypeX86)w->property, value, err);
    if (w->home == HWVIRT_PROPERTY)
        return vm_set_hwvirt_property(vm, (enum vb_HWVirtExPropertyType)w->property, value, err);
    return VM_CHANGE(bool, vm, IMachine, pageFusionEnabled, vm->machine, value, err);
}

/* <cpu> may have said the same property by libvirt's name. */
static bool said_by_cpu(const struct eb_domain_def *def, const struct vm_switch *w)
{
    static const struct {
        int property;
        const char *feature;
    } features[] = {
        {CPUPropertyTypeX86_HWVirt, "vmx"},
        {CPUPropertyTypeX86_HWVirt, "svm"},
        {CPUPropertyTypeX86_X2APIC, "x2apic"},
    };

    for (size_t i = 0; w->home == CPU_PROPERTY && i < EB_ARRAY_SIZE(features); i++)
        for (size_t k = 0; features[i].property == w->property && k < def->cpu.n_features; k++)
            if (eb_streq(def->cpu.features[k].name, features[i].feature))
                return true;
    return false;
}

static int read_switches(struct vm *vm, struct eb_vbox_settings *s, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(switches); i++) {
        bool value = false;

        if (!switch_has(vm, &switches[i]))
            continue;
        if (switch_get(vm, &switches[i], &value, err) < 0)
            return -1;
        if (vm_tristate(value) != switches[i].neutral)
            *switch_in(s, &switches[i]) = vm_tristate(value);
    }
    return 0;
}

static int apply_switches(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(switches); i++) {
        enum eb_tristate wanted = switch_said(&def->vbox, &switches[i]);

        if (!wanted && !said_by_cpu(def, &switches[i]))
            wanted = switches[i].neutral;
        if (!wanted || !switch_has(vm, &switches[i]))
            continue;
        if (switch_set(vm, &switches[i], wanted == EB_YES, err) < 0)
            return -1;
    }
    return 0;
}

/* 64-bit guests are let run unless something else is said. */
static int read_long_mode(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    bool on = false, usual = !eb_streq(def->os.arch, "i686");

    if (!vm_has_cpu_property(vm, CPUPropertyTypeX86_LongMode))
        return 0;
    if (vm_cpu_property(vm, CPUPropertyTypeX86_LongMode, &on, err) < 0)
        return -1;
    if (on != usual)
        def->vbox.long_mode = vm_tristate(on);
    return 0;
}

static int apply_long_mode(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    bool on = def->vbox.long_mode ? def->vbox.long_mode == EB_YES : !eb_streq(def->os.arch, "i686");

    for (size_t i = 0; i < def->cpu.n_features; i++)
        if (eb_streq(def->cpu.features[i].name, "lm"))
            return 0;
    if (!vm_has_cpu_property(vm, CPUPropertyTypeX86_LongMode))
        return 0;
    return vm_set_cpu_property(vm, CPUPropertyTypeX86_LongMode, on, err);
}

/* ---- Choices ---- */

static const struct vm_name paravirts[] = {
    {ParavirtProvider_Default, "default"}, {ParavirtProvider_None, "none"},
    {ParavirtProvider_Legacy, "legacy"},   {ParavirtProvider_Minimal, "minimal"},
    {ParavirtProvider_HyperV, "hyperv"},   {ParavirtProvider_KVM, "kvm"},
};
static const struct vm_name iommus[] = {
    {IommuType_None, "none"},
    {IommuType_Automatic, "automatic"},
    {IommuType_AMD, "amd"},
    {IommuType_Intel, "intel"},
};
static const struct vm_name clipboards[] = {
    {ClipboardMode_Disabled, "disabled"},
    {ClipboardMode_HostToGuest, "host-to-guest"},
    {ClipboardMode_GuestToHost, "guest-to-host"},
    {ClipboardMode_Bidirectional, "bidirectional"},
};
static const struct vm_name dnds[] = {
    {DnDMode_Disabled, "disabled"},
    {DnDMode_HostToGuest, "host-to-guest"},
    {DnDMode_GuestToHost, "guest-to-host"},
    {DnDMode_Bidirectional, "bidirectional"},
};
static const struct vm_name engines[] = {
    {VMExecutionEngine_Default, "default"},         {VMExecutionEngine_NotSet, "default"},
    {VMExecutionEngine_HwVirt, "hwvirt"},           {VMExecutionEngine_NativeApi, "native-api"},
    {VMExecutionEngine_Interpreter, "interpreter"}, {VMExecutionEngine_Recompiler, "recompiler"},
};
static const struct vm_name autostops[] = {
    {AutostopType_Disabled, "disabled"},
    {AutostopType_SaveState, "save-state"},
    {AutostopType_PowerOff, "power-off"},
    {AutostopType_AcpiShutdown, "acpi-shutdown"},
};

/* One attribute of IMachine (the IOMMU's home moved to IPlatform) that is an enum: its value as an int. */
#define MACHINE_CHOICE(name, type, attr)                                                                     \
    static int get_##name(struct vm *vm, int *out, eb_error *err)                                            \
    {                                                                                                        \
        enum vb_##type value = type##__none;                                                                 \
        int rc = IMachine_get_##attr(vm->vb, vm->machine, &value, err);                                      \
        *out = (int)value;                                                                                   \
        return rc;                                                                                           \
    }                                                                                                        \
    static int set_##name(struct vm *vm, int value, eb_error *err)                                           \
    {                                                                                                        \
        return IMachine_set_##attr(vm->vb, vm->machine, (enum vb_##type)value, err);                         \
    }

MACHINE_CHOICE(paravirt, ParavirtProvider, paravirtProvider)
MACHINE_CHOICE(clipboard, ClipboardMode, clipboardMode)
MACHINE_CHOICE(dnd, DnDMode, dnDMode)
MACHINE_CHOICE(engine, VMExecutionEngine, VMExecutionEngine)
MACHINE_CHOICE(autostop, AutostopType, autostopType)

static int get_iommu(struct vm *vm, int *out, eb_error *err)
{
    enum vb_IommuType value = IommuType__none;
    int rc = vm->platform ? IPlatform_get_iommuType(vm->vb, vm->platform, &value, err)
                          : IMachine_get_iommuType(vm->vb, vm->machine, &value, err);

    *out = (int)value;
    return rc;
}

static int set_iommu(struct vm *vm, int value, eb_error *err)
{
    return vm->platform ? IPlatform_set_iommuType(vm->vb, vm->platform, (enum vb_IommuType)value, err)
                        : IMachine_set_iommuType(vm->vb, vm->machine, (enum vb_IommuType)value, err);
}

/* The first name of a table is the neutral one. */
static const struct choice {
    size_t offset; /* of the text in struct eb_vbox_settings */
    const struct vm_name *names;
    size_t n_names;
    enum vb_enum_id id;
    enum vb_member member, other_member;
    int (*get)(struct vm *vm, int *out, eb_error *err);
    int (*set)(struct vm *vm, int value, eb_error *err);
    const char *element;
} choices[] = {
#define CHOICE(field, table, id, m1, m2, name, element)                                                      \
    {                                                                                                        \
        offsetof(struct eb_vbox_settings, field), table, EB_ARRAY_SIZE(table), VB_ENUM_##id, VB_##m1,        \
            VB_##m2, get_##name, set_##name, "element <vbox:" element ">"                                    \
    }
    CHOICE(paravirt, paravirts, ParavirtProvider, IMachine_set_paravirtProvider,
           IMachine_set_paravirtProvider, paravirt, "paravirt"),
    CHOICE(iommu, iommus, IommuType, IMachine_set_iommuType, IPlatform_set_iommuType, iommu, "iommu"),
    CHOICE(clipboard, clipboards, ClipboardMode, IMachine_set_clipboardMode, IMachine_set_clipboardMode,
           clipboard, "clipboard"),
    CHOICE(dnd, dnds, DnDMode, IMachine_set_dnDMode, IMachine_set_dnDMode, dnd, "dnd"),
    CHOICE(execution_engine, engines, VMExecutionEngine, IMachine_set_VMExecutionEngine,
           IMachine_set_VMExecutionEngine, engine, "execution-engine"),
    CHOICE(autostop, autostops, AutostopType, IMachine_set_autostopType, IMachine_set_autostopType, autostop,
           "autostop"),
};

static const char *choice_said(const struct eb_vbox_settings *s, const struct choice *c)
{
    return *(char *const *)(const void *)((const char *)s + c->offset);
}

static bool choice_has(struct vm *vm, const struct choice *c)
{
    return vb_has(vm->vb, c->member) || vb_has(vm->vb, c->other_member);
}

static int read_choices(struct vm *vm, struct eb_vbox_settings *s, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(choices); i++) {
        const char *text;
        int value;

        if (!choice_has(vm, &choices[i]))
            continue;
        if (choices[i].get(vm, &value, err) < 0)
            return -1;
        text = vm_name_of(choices[i].names, choices[i].n_names, value);
        if (text && strcmp(text, choices[i].names[0].text) != 0)
            *(char **)(void *)((char *)s + choices[i].offset) = eb_strdup(text);
    }
    return 0;
}

static int apply_choices(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(choices); i++) {
        const struct choice *c = &choices[i];
        const char *text = choice_said(s, c) ? choice_said(s, c) : c->names[0].text;
        const char *is_text;
        int is;

        if (!choice_has(vm, c))
            continue;
        if (c->get(vm, &is, err) < 0)
            return -1;
        is_text = vm_name_of(c->names, c->n_names, is);
        if (!eb_streq(is_text, text) && c->set(vm, vm_value_of(c->names, c->n_names, text), err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Groups, profile, folders ---- */

static int read_groups(struct vm *vm, struct eb_vbox_settings *s, eb_error *err)
{
    char **groups = NULL;
    size_t n = 0;

    if (!vb_has(vm->vb, VB_IMachine_get_groups))
        return 0;
    if (IMachine_get_groups(vm->vb, vm->machine, &n, &groups, err) < 0)
        return -1;
    if (n > 1 || (n == 1 && strcmp(groups[0], "/") != 0)) {
        s->groups = eb_calloc(n + 1, sizeof(char *));
        for (size_t i = 0; i < n; i++)
            s->groups[i] = EB_STEAL(groups[i]);
    }
    vb_strings_free(n, groups);
    return 0;
}

static int apply_groups(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    static char root[] = "/";
    static char *const only_root[] = {root, NULL};
    char *const *wanted = s->groups ? s->groups : only_root;
    char **groups = NULL;
    size_t n = 0, n_wanted = 0;
    bool same;

    if (!vb_has(vm->vb, VB_IMachine_set_groups))
        return 0;
    if (IMachine_get_groups(vm->vb, vm->machine, &n, &groups, err) < 0)
        return -1;
    while (wanted[n_wanted])
        n_wanted++;
    same = n == n_wanted;
    for (size_t i = 0; same && i < n; i++)
        same = strcmp(groups[i], wanted[i]) == 0;
    vb_strings_free(n, groups);
    return same ? 0 : IMachine_set_groups(vm->vb, vm->machine, n_wanted, (const char *const *)wanted, err);
}

static int read_others(struct vm *vm, struct eb_vbox_settings *s, eb_error *err)
{
    EB_AUTOFREE char *folder = NULL;
    EB_AUTOFREE char *snapshots = NULL;
    uint32_t delay = 0;

    if (vm_folder(vm, &folder, err) < 0 ||
        IMachine_get_snapshotFolder(vm->vb, vm->machine, &snapshots, err) < 0)
        return -1;
    if (!eb_starts_with(snapshots, folder))
        s->snapshot_folder = vm_take_text(&snapshots);
    if (vb_has(vm->vb, VB_IMachine_get_CPUProfile)) {
        char *profile = NULL;

        if (IMachine_get_CPUProfile(vm->vb, vm->machine, &profile, err) < 0)
            return -1;
        s->cpu_profile = vm_take_text(&profile);
        if (eb_streq(s->cpu_profile, "host"))
            eb_replace_string(&s->cpu_profile, NULL);
    }
    if (vb_has(vm->vb, VB_IMachine_get_autostartDelay) &&
        IMachine_get_autostartDelay(vm->vb, vm->machine, &delay, err) < 0)
        return -1;
    s->autostart_delay = delay;
    return 0;
}

static int apply_others(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    if (s->snapshot_folder &&
        VM_CHANGE_TEXT(vm, IMachine, snapshotFolder, vm->machine, s->snapshot_folder, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_IMachine_set_CPUProfile) &&
        VM_CHANGE_TEXT(vm, IMachine, CPUProfile, vm->machine, s->cpu_profile ? s->cpu_profile : "host", err) <
            0)
        return -1;
    if (!vb_has(vm->vb, VB_IMachine_set_autostartDelay))
        return 0;
    return VM_CHANGE(uint32_t, vm, IMachine, autostartDelay, vm->machine, s->autostart_delay, err);
}

/* ---- Recording ---- */

static int screen_settings(struct vm *vm, IRecordingSettings **settings, IRecordingScreenSettings **screen,
                           eb_error *err)
{
    if (IMachine_get_recordingSettings(vm->vb, vm->machine, settings, err) < 0)
        return -1;
    return IRecordingSettings_getScreenSettings(vm->vb, *settings, 0, screen, err);
}

static int read_recording(struct vm *vm, struct eb_vbox_settings *s, eb_error *err)
{
    VB_AUTO(IRecordingSettings) settings = NULL;
    VB_AUTO(IRecordingScreenSettings) screen = NULL;
    char *file = NULL;
    bool on = false;

    if (vb_has(vm->vb, VB_IMachine_get_recordingSettings)) {
        if (screen_settings(vm, &settings, &screen, err) < 0 ||
            IRecordingSettings_get_enabled(vm->vb, settings, &on, err) < 0 ||
            (on && IRecordingScreenSettings_get_filename(vm->vb, screen, &file, err) < 0))
            return -1;
    } else if (vb_has(vm->vb, VB_IMachine_get_videoCaptureEnabled)) {
        if (IMachine_get_videoCaptureEnabled(vm->vb, vm->machine, &on, err) < 0 ||
            (on && IMachine_get_videoCaptureFile(vm->vb, vm->machine, &file, err) < 0))
            return -1;
    }
    if (on) {
        s->recording = EB_YES;
        s->recording_file = vm_take_text(&file);
    }
    return 0;
}

static int apply_recording(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    VB_AUTO(IRecordingSettings) settings = NULL;
    VB_AUTO(IRecordingScreenSettings) screen = NULL;
    bool on = s->recording == EB_YES;

    if (vb_has(vm->vb, VB_IMachine_get_recordingSettings)) {
        if (screen_settings(vm, &settings, &screen, err) < 0)
            return -1;
        if (on && s->recording_file &&
            VM_CHANGE_TEXT(vm, IRecordingScreenSettings, filename, screen, s->recording_file, err) < 0)
            return -1;
        return VM_CHANGE(bool, vm, IRecordingSettings, enabled, settings, on, err);
    }
    if (!vb_has(vm->vb, VB_IMachine_set_videoCaptureEnabled))
        return 0;
    if (on && s->recording_file &&
        VM_CHANGE_TEXT(vm, IMachine, videoCaptureFile, vm->machine, s->recording_file, err) < 0)
        return -1;
    return VM_CHANGE(bool, vm, IMachine, videoCaptureEnabled, vm->machine, on, err);
}

static int check_recording(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    if (s->recording == EB_YES && !vb_has(vm->vb, VB_IMachine_get_recordingSettings) &&
        !vb_has(vm->vb, VB_IMachine_set_videoCaptureEnabled))
        return vm_refuse_release(vm, err, "element <vbox:recording>");
    return 0;
}

/* ---- Extra data and guest properties: when a list is said, it is the whole list ---- */

/* The front ends' own notes (window places …) are not the machine's. */
static bool is_listed_extra(const char *pair)
{
    return !vm_is_own_extra(pair) && !eb_starts_with(pair, "GUI/");
}

static void add_pair(char ***list, size_t *n, char *pair)
{
    *list = eb_reallocarray(*list, *n + 2, sizeof(char *));
    (*list)[(*n)++] = pair;
    (*list)[*n] = NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_extra(struct vm *vm, struct eb_vbox_settings *s, eb_error *err)
{
    char **all;
    size_t n = 0;

    if (vm_extra_all(vm, &all, err) < 0)
        return -1;
    for (; *all; all++)
        if (is_listed_extra(*all))
            add_pair(&s->extradata, &n, eb_strdup(*all));
    if (n)
        qsort(s->extradata, n, sizeof(char *), by_text);
    return 0;
}

/* The pair of `list` with the same key, or NULL. */
static const char *same_key(char *const *list, const char *pair)
{
    size_t len = strcspn(pair, "=") + 1;

    for (; list && *list; list++)
        if (strncmp(*list, pair, len) == 0)
            return *list;
    return NULL;
}

static int apply_extra(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    EB_AUTOSTRV char **before = NULL;
    size_t n = 0;
    char **all;

    if (!s->extradata)
        return 0;
    if (vm_extra_all(vm, &all, err) < 0)
        return -1;
    for (; *all; all++)
        if (is_listed_extra(*all) && !same_key(s->extradata, *all))
            add_pair(&before, &n, eb_strndup(*all, strcspn(*all, "=")));
    for (size_t i = 0; i < n; i++)
        if (vm_set_extra(vm, before[i], NULL, err) < 0)
            return -1;
    for (char *const *pair = s->extradata; *pair; pair++) {
        EB_AUTOFREE char *key = eb_strndup(*pair, strcspn(*pair, "="));

        if (vm_set_extra(vm, key, *pair + strlen(key) + 1, err) < 0)
            return -1;
    }
    return 0;
}

/* Those that are kept and that VirtualBox and its additions do not write themselves. */
static int list_properties(struct vm *vm, char ***out, eb_error *err)
{
    size_t n_names = 0, n_values = 0, n_times = 0, n_flags = 0, n = 0;
    char **names = NULL, **values = NULL, **flags = NULL;
    int64_t *times = NULL;

    *out = NULL;
    if (IMachine_enumerateGuestProperties(vm->vb, vm->machine, "", &n_names, &names, &n_values, &values,
                                          &n_times, &times, &n_flags, &flags, err) < 0)
        return -1;
    for (size_t i = 0; i < n_names && i < n_values && i < n_flags; i++)
        if (!eb_starts_with(names[i], "/VirtualBox/") && !strstr(flags[i], "TRANS"))
            add_pair(out, &n, eb_asprintf("%s=%s", names[i], values[i]));
    if (n)
        qsort(*out, n, sizeof(char *), by_text);
    vb_strings_free(n_names, names);
    vb_strings_free(n_values, values);
    vb_strings_free(n_flags, flags);
    free(times);
    return 0;
}

static int delete_property(struct vm *vm, const char *name, eb_error *err)
{
    if (vb_has(vm->vb, VB_IMachine_deleteGuestProperty))
        return IMachine_deleteGuestProperty(vm->vb, vm->machine, name, err);
    return IMachine_setGuestPropertyValue(vm->vb, vm->machine, name, "", err);
}

static int apply_properties(struct vm *vm, const struct eb_vbox_settings *s, eb_error *err)
{
    EB_AUTOSTRV char **is = NULL;

    if (!s->guest_properties)
        return 0;
    if (list_properties(vm, &is, err) < 0)
        return -1;
    for (char **p = is; p && *p; p++) {
        EB_AUTOFREE char *name = eb_strndup(*p, strcspn(*p, "="));

        if (!same_key(s->guest_properties, *p) && delete_property(vm, name, err) < 0)
            return -1;
    }
    for (char *const *p = s->guest_properties; *p; p++) {
        EB_AUTOFREE char *name = eb_strndup(*p, strcspn(*p, "="));

        if (!eb_streq(same_key(is, *p), *p) &&
            IMachine_setGuestPropertyValue(vm->vb, vm->machine, name, *p + strlen(name) + 1, err) < 0)
            return -1;
    }
    return 0;
}

static int check_pairs(struct vm *vm, char *const *pairs, const char *what, eb_error *err)
{
    for (; pairs && *pairs; pairs++)
        if (!strchr(*pairs, '=') || (*pairs)[0] == '=')
            return vm_refuse(vm, err, what, "'%s' is not name=value", *pairs);
    return 0;
}

/* ---- The concept ---- */

int vm_read_settings(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    struct eb_vbox_settings *s = &def->vbox;

    if (read_switches(vm, s, err) < 0 || read_long_mode(vm, def, err) < 0 || read_choices(vm, s, err) < 0 ||
        read_groups(vm, s, err) < 0 || read_others(vm, s, err) < 0 || read_recording(vm, s, err) < 0 ||
        read_extra(vm, s, err) < 0)
        return -1;
    return list_properties(vm, &s->guest_properties, err);
}

int vm_check_settings(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_vbox_settings *s = &def->vbox;
    const struct {
        bool said;
        enum vb_member member;
        const char *element;
    } members[] = {
        {s->groups != NULL, VB_IMachine_set_groups, "element <vbox:groups>"},
        {s->cpu_profile != NULL, VB_IMachine_set_CPUProfile, "element <vbox:cpu-profile>"},
        {s->autostart_delay != 0, VB_IMachine_set_autostartDelay, "element <vbox:autostart-delay>"},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(switches); i++)
        if (switch_said(s, &switches[i]) == EB_YES && !switch_has(vm, &switches[i]))
            return vm_refuse_release(vm, err, "%s", switches[i].element);
    for (size_t i = 0; i < EB_ARRAY_SIZE(choices); i++)
        if (choice_said(s, &choices[i]) && strcmp(choice_said(s, &choices[i]), choices[i].names[0].text) &&
            vm_check_name(vm, choices[i].names, choices[i].n_names, choices[i].id, choices[i].element,
                          choice_said(s, &choices[i]), err) < 0)
            return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(members); i++)
        if (members[i].said && !vb_has(vm->vb, members[i].member))
            return vm_refuse_release(vm, err, "%s", members[i].element);
    if (check_recording(vm, s, err) < 0 || check_pairs(vm, s->extradata, "element <vbox:extradata>", err) < 0)
        return -1;
    return check_pairs(vm, s->guest_properties, "element <vbox:guest-properties>", err);
}

int vm_apply_settings(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_vbox_settings *s = &def->vbox;

    if (apply_switches(vm, def, err) < 0 || apply_long_mode(vm, def, err) < 0 ||
        apply_choices(vm, s, err) < 0 || apply_groups(vm, s, err) < 0 || apply_others(vm, s, err) < 0 ||
        apply_recording(vm, s, err) < 0 || apply_extra(vm, s, err) < 0)
        return -1;
    return apply_properties(vm, s, err);
}

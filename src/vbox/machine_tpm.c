/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <tpm>, from 7.0 on. */
#include "vbox/machine.h"

static const struct {
    enum vb_TpmType type;
    const char *backend, *version, *model;
} tpms[] = {
    {TpmType_v1_2, "emulator", "1.2", "tpm-tis"},
    {TpmType_v2_0, "emulator", "2.0", "tpm-crb"},
    {TpmType_Host, "passthrough", NULL, "tpm-crb"},
    {TpmType_Swtpm, "external", NULL, "tpm-crb"},
};

int vm_read_tpm(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(ITrustedPlatformModule) module = NULL;
    enum vb_TpmType type = TpmType__none;

    if (!vb_has(vm->vb, VB_IMachine_get_trustedPlatformModule))
        return 0;
    if (IMachine_get_trustedPlatformModule(vm->vb, vm->machine, &module, err) < 0 ||
        ITrustedPlatformModule_get_type(vm->vb, module, &type, err) < 0)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(tpms); i++) {
        struct eb_tpm *tpm;
        char *location = NULL;

        if (tpms[i].type != type)
            continue;
        tpm = EB_APPEND(def->tpms, def->n_tpms);
        tpm->model = eb_strdup(tpms[i].model);
        tpm->backend = eb_strdup(tpms[i].backend);
        tpm->version = eb_strdup(tpms[i].version);
        if (tpms[i].version)
            continue;
        if (ITrustedPlatformModule_get_location(vm->vb, module, &location, err) < 0)
            return -1;
        tpm->device = vm_take_text(&location);
    }
    return 0;
}

/* An emulated one of no version is the newest, as with libvirt. */
static enum vb_TpmType wanted_type(const struct eb_tpm *tpm)
{
    const char *version = tpm->version;

    if (eb_streq(tpm->backend, "emulator") && (!version || strcmp(version, "default") == 0))
        return TpmType_v2_0;
    for (size_t i = 0; i < EB_ARRAY_SIZE(tpms); i++)
        if (eb_streq(tpms[i].backend, tpm->backend) &&
            (!tpms[i].version || eb_streq(tpms[i].version, version)))
            return tpms[i].type;
    return TpmType__none;
}

int vm_check_tpm(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_tpm *tpm = def->tpms;

    if (def->n_tpms == 0)
        return 0;
    if (def->n_tpms > 1)
        return vm_refuse(vm, err, "more than one <tpm>", NULL);
    if (!vb_has(vm->vb, VB_IMachine_get_trustedPlatformModule))
        return vm_refuse_release(vm, err, "element <tpm>");
    if (wanted_type(tpm) == TpmType__none)
        return vm_refuse(vm, err, "backend of <tpm>",
                         "it may be an emulator of version 1.2 or 2.0, passthrough, external");
    if (tpm->model && strcmp(tpm->model, "tpm-tis") != 0 && strcmp(tpm->model, "tpm-crb") != 0)
        return vm_refuse(vm, err, "model of <tpm>", "it may be tpm-tis or tpm-crb");
    return 0;
}

int vm_apply_tpm(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(ITrustedPlatformModule) module = NULL;
    enum vb_TpmType type = def->n_tpms ? wanted_type(def->tpms) : TpmType_None;

    if (!vb_has(vm->vb, VB_IMachine_get_trustedPlatformModule))
        return 0;
    if (IMachine_get_trustedPlatformModule(vm->vb, vm->machine, &module, err) < 0)
        return -1;
    if (def->n_tpms && def->tpms->device &&
        VM_CHANGE_TEXT(vm, ITrustedPlatformModule, location, module, def->tpms->device, err) < 0)
        return -1;
    return VM_CHANGE(enum vb_TpmType, vm, ITrustedPlatformModule, type, module, type, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <sound>: the one sound card that a machine may have. */
#include "vbox/machine.h"

static const struct vm_name models[] = {
    {AudioControllerType_HDA, "ich6"},
    {AudioControllerType_AC97, "ac97"},
    {AudioControllerType_SB16, "sb16"},
    {AudioControllerType_VirtioSound, "virtio"},
};

static const struct vm_name drivers[] = {
    {AudioDriverType_Default, "default"},
    {AudioDriverType_Null, "null"},
    {AudioDriverType_OSS, "oss"},
    {AudioDriverType_ALSA, "alsa"},
    {AudioDriverType_Pulse, "pulse"},
    {AudioDriverType_WinMM, "winmm"},
    {AudioDriverType_DirectSound, "dsound"},
    {AudioDriverType_WAS, "was"},
    {AudioDriverType_CoreAudio, "coreaudio"},
    {AudioDriverType_MMPM, "mmpm"},
    {AudioDriverType_SolAudio, "solaudio"},
};

static const struct vm_name codecs[] = {
    {AudioCodecType_SB16, "sb16"},
    {AudioCodecType_STAC9700, "stac9700"},
    {AudioCodecType_AD1980, "ad1980"},
    {AudioCodecType_STAC9221, "stac9221"},
};

static int open_adapter(struct vm *vm, IAudioAdapter **out, eb_error *err)
{
    VB_AUTO(IAudioSettings) settings = NULL;

    if (!vb_has(vm->vb, VB_IMachine_get_audioSettings))
        return IMachine_get_audioAdapter(vm->vb, vm->machine, out, err);
    if (IMachine_get_audioSettings(vm->vb, vm->machine, &settings, err) < 0)
        return -1;
    return IAudioSettings_get_adapter(vm->vb, settings, out, err);
}

static int read_card(struct vm *vm, IAudioAdapter *a, struct eb_sound *sound, eb_error *err)
{
    enum vb_AudioControllerType type = AudioControllerType__none;
    enum vb_AudioDriverType driver = AudioDriverType__none;
    bool in = false, out = false;

    if (IAudioAdapter_get_audioController(vm->vb, a, &type, err) < 0 ||
        IAudioAdapter_get_audioDriver(vm->vb, a, &driver, err) < 0)
        return -1;
    /* one of a release to come: an HDA is what guests of its day know */
    sound->model = eb_strdup(vm_name_of(models, EB_ARRAY_SIZE(models), (int)type));
    if (!sound->model)
        sound->model = eb_strdup("ich6");
    sound->driver = eb_strdup(vm_name_of(drivers, EB_ARRAY_SIZE(drivers), (int)driver));
    if (!vb_has(vm->vb, VB_IAudioAdapter_get_enabledIn))
        return 0;
    if (IAudioAdapter_get_enabledIn(vm->vb, a, &in, err) < 0 ||
        IAudioAdapter_get_enabledOut(vm->vb, a, &out, err) < 0)
        return -1;
    sound->input = vm_tristate(in);
    sound->output = vm_tristate(out);
    return 0;
}

int vm_read_sound(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(IAudioAdapter) a = NULL;
    bool enabled = false;

    if (open_adapter(vm, &a, err) < 0 || IAudioAdapter_get_enabled(vm->vb, a, &enabled, err) < 0)
        return -1;
    return enabled ? read_card(vm, a, EB_APPEND(def->sounds, def->n_sounds), err) : 0;
}

int vm_check_sound(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_sound *sound = def->sounds;

    if (def->n_sounds == 0)
        return 0;
    if (def->n_sounds > 1)
        return vm_refuse(vm, err, "more than one <sound>", NULL);
    if (vm_value_of(models, EB_ARRAY_SIZE(models), sound->model) != AudioControllerType_AC97 &&
        vm_check_name(vm, models, EB_ARRAY_SIZE(models), VB_ENUM_AudioControllerType, "sound model",
                      sound->model, err) < 0)
        return -1;
    if ((sound->input || sound->output) && !vb_has(vm->vb, VB_IAudioAdapter_set_enabledIn))
        return vm_refuse_release(vm, err, "attributes 'input' and 'output' of <vbox:sound>");
    if (sound->codec)
        return vm_check_name(vm, codecs, EB_ARRAY_SIZE(codecs), VB_ENUM_AudioCodecType, "sound codec",
                             sound->codec, err);
    return vm_check_name(vm, drivers, EB_ARRAY_SIZE(drivers), VB_ENUM_AudioDriverType,
                         "attribute 'driver' of <vbox:sound>:", sound->driver, err);
}

static int apply_card(struct vm *vm, IAudioAdapter *a, const struct eb_sound *sound, eb_error *err)
{
    int model = vm_value_of(models, EB_ARRAY_SIZE(models), sound->model);
    int driver = vm_value_of(drivers, EB_ARRAY_SIZE(drivers), sound->driver);
    int codec = vm_value_of(codecs, EB_ARRAY_SIZE(codecs), sound->codec);

    if (sound->model && VM_CHANGE(enum vb_AudioControllerType, vm, IAudioAdapter, audioController, a,
                                  (enum vb_AudioControllerType)model, err) < 0)
        return -1;
    if (sound->codec && VM_CHANGE(enum vb_AudioCodecType, vm, IAudioAdapter, audioCodec, a,
                                  (enum vb_AudioCodecType)codec, err) < 0)
        return -1;
    if (sound->driver && VM_CHANGE(enum vb_AudioDriverType, vm, IAudioAdapter, audioDriver, a,
                                   (enum vb_AudioDriverType)driver, err) < 0)
        return -1;
    if (sound->input && VM_CHANGE(bool, vm, IAudioAdapter, enabledIn, a, (sound->input == EB_YES), err) < 0)
        return -1;
    if (sound->output &&
        VM_CHANGE(bool, vm, IAudioAdapter, enabledOut, a, (sound->output == EB_YES), err) < 0)
        return -1;
    return 0;
}

int vm_apply_sound(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(IAudioAdapter) a = NULL;
    bool wanted = def->n_sounds > 0;

    if (open_adapter(vm, &a, err) < 0 || (wanted && apply_card(vm, a, def->sounds, err) < 0))
        return -1;
    return VM_CHANGE(bool, vm, IAudioAdapter, enabled, a, wanted, err);
}

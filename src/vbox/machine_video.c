/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <video>: the graphics card. Until 6.0 its settings are the machine's, then IGraphicsAdapter's. */
#include "vbox/machine.h"

#define KIB_PER_MIB 1024

/* The model in XML and, where it does not say which, <vbox:video controller>. */
static const struct {
    enum vb_GraphicsControllerType type;
    const char *controller, *model;
} cards[] = {
    {GraphicsControllerType_VBoxVGA, "vboxvga", "vbox"},
    {GraphicsControllerType_VBoxSVGA, "vboxsvga", "vbox"},
    {GraphicsControllerType_VMSVGA, "vmsvga", "vmvga"},
    {GraphicsControllerType_QemuRamFB, "qemuramfb", "ramfb"},
    {GraphicsControllerType_Null, "none", "none"},
    {GraphicsControllerType_VBoxVGA, "vboxvga", "vga"},
};

struct card {
    enum vb_GraphicsControllerType type;
    uint32_t vram, heads; /* vram: MiB */
    bool accel3d, accel2d;
};

static bool has_2d(struct vm *vm)
{
    if (vb_has(vm->vb, VB_IGraphicsAdapter_setFeature))
        return vb_enum_has(vm->vb, VB_ENUM_GraphicsFeature, GraphicsFeature_Acceleration2DVideo);
    return vb_has(vm->vb, VB_IGraphicsAdapter_set_accelerate2DVideoEnabled) ||
           vb_has(vm->vb, VB_IMachine_set_accelerate2DVideoEnabled);
}

static int read_acceleration(struct vm *vm, IGraphicsAdapter *adapter, struct card *c, eb_error *err)
{
    if (vb_has(vm->vb, VB_IGraphicsAdapter_isFeatureEnabled)) {
        if (has_2d(vm) && IGraphicsAdapter_isFeatureEnabled(
                              vm->vb, adapter, GraphicsFeature_Acceleration2DVideo, &c->accel2d, err) < 0)
            return -1;
        return IGraphicsAdapter_isFeatureEnabled(vm->vb, adapter, GraphicsFeature_Acceleration3D, &c->accel3d,
                                                 err);
    }
    if (IGraphicsAdapter_get_accelerate2DVideoEnabled(vm->vb, adapter, &c->accel2d, err) < 0)
        return -1;
    return IGraphicsAdapter_get_accelerate3DEnabled(vm->vb, adapter, &c->accel3d, err);
}

static int read_card(struct vm *vm, struct card *c, eb_error *err)
{
    VB_AUTO(IGraphicsAdapter) adapter = NULL;

    memset(c, 0, sizeof(*c));
    c->type = GraphicsControllerType_VBoxVGA;
    if (vb_has(vm->vb, VB_IMachine_get_graphicsAdapter)) {
        if (IMachine_get_graphicsAdapter(vm->vb, vm->machine, &adapter, err) < 0 ||
            IGraphicsAdapter_get_graphicsControllerType(vm->vb, adapter, &c->type, err) < 0 ||
            IGraphicsAdapter_get_VRAMSize(vm->vb, adapter, &c->vram, err) < 0 ||
            IGraphicsAdapter_get_monitorCount(vm->vb, adapter, &c->heads, err) < 0)
            return -1;
        return read_acceleration(vm, adapter, c, err);
    }
    if (vb_has(vm->vb, VB_IMachine_get_graphicsControllerType) &&
        IMachine_get_graphicsControllerType(vm->vb, vm->machine, &c->type, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_IMachine_get_accelerate2DVideoEnabled) &&
        IMachine_get_accelerate2DVideoEnabled(vm->vb, vm->machine, &c->accel2d, err) < 0)
        return -1;
    if (IMachine_get_VRAMSize(vm->vb, vm->machine, &c->vram, err) < 0 ||
        IMachine_get_monitorCount(vm->vb, vm->machine, &c->heads, err) < 0)
        return -1;
    return IMachine_get_accelerate3DEnabled(vm->vb, vm->machine, &c->accel3d, err);
}

int vm_read_video(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    struct eb_video *video = EB_APPEND(def->videos, def->n_videos);
    struct card c;

    if (read_card(vm, &c, err) < 0)
        return -1;
    video->model = eb_strdup("vbox");
    for (size_t i = 0; i < EB_ARRAY_SIZE(cards); i++) {
        if (cards[i].type != c.type)
            continue;
        eb_replace_string(&video->model, cards[i].model);
        if (c.type == GraphicsControllerType_VBoxSVGA)
            video->controller = eb_strdup(cards[i].controller);
        break;
    }
    if (c.type == GraphicsControllerType_Null)
        return 0;
    video->vram_kib = (uint64_t)c.vram * KIB_PER_MIB;
    video->heads = c.heads;
    video->accel3d = vm_tristate(c.accel3d);
    if (has_2d(vm))
        video->accel2d = vm_tristate(c.accel2d);
    return 0;
}

/* The card that a definition wants; __none when it names none that is known. */
static enum vb_GraphicsControllerType wanted_type(const struct eb_video *video)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(cards); i++) {
        bool same = video->controller ? eb_streq(cards[i].controller, video->controller)
                                      : eb_streq(cards[i].model, video->model);

        if (same && (!video->controller || !video->model || eb_streq(cards[i].model, video->model)))
            return cards[i].type;
    }
    return GraphicsControllerType__none;
}

int vm_check_video(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_video *video = def->videos;
    EB_AUTOFREE char *what = NULL;
    enum vb_GraphicsControllerType type;

    if (def->n_videos == 0)
        return 0;
    if (def->n_videos > 1)
        return vm_refuse(vm, err, "more than one <video>", NULL);
    type = wanted_type(video);
    what =
        eb_asprintf("video model '%s'%s%s", video->model ? video->model : "",
                    video->controller ? " with controller " : "", video->controller ? video->controller : "");
    if (!video->model && !video->controller)
        return 0;
    if (type == GraphicsControllerType__none)
        return vm_refuse(vm, err, what, "it may be vbox, vmvga, ramfb, vga, none");
    if (video->ram_kib || video->vgamem_kib)
        return vm_refuse(vm, err, "attributes 'ram' and 'vgamem' of a video <model>", NULL);
    if (type != GraphicsControllerType_VBoxVGA &&
        !vb_enum_has(vm->vb, VB_ENUM_GraphicsControllerType, (int)type))
        return vm_refuse_release(vm, err, "%s", what);
    if (video->accel2d == EB_YES && !has_2d(vm))
        return vm_refuse_release(vm, err, "attribute 'accel2d' of <acceleration>");
    return 0;
}

static int apply_acceleration(struct vm *vm, IGraphicsAdapter *adapter, const struct card *is,
                              const struct card *wanted, eb_error *err)
{
    if (vb_has(vm->vb, VB_IGraphicsAdapter_setFeature)) {
        if (is->accel2d != wanted->accel2d &&
            IGraphicsAdapter_setFeature(vm->vb, adapter, GraphicsFeature_Acceleration2DVideo, wanted->accel2d,
                                        err) < 0)
            return -1;
        if (is->accel3d == wanted->accel3d)
            return 0;
        return IGraphicsAdapter_setFeature(vm->vb, adapter, GraphicsFeature_Acceleration3D, wanted->accel3d,
                                           err);
    }
    if (is->accel2d != wanted->accel2d &&
        IGraphicsAdapter_set_accelerate2DVideoEnabled(vm->vb, adapter, wanted->accel2d, err) < 0)
        return -1;
    if (is->accel3d == wanted->accel3d)
        return 0;
    return IGraphicsAdapter_set_accelerate3DEnabled(vm->vb, adapter, wanted->accel3d, err);
}

static int apply_adapter(struct vm *vm, const struct card *is, const struct card *wanted, eb_error *err)
{
    VB_AUTO(IGraphicsAdapter) adapter = NULL;

    if (IMachine_get_graphicsAdapter(vm->vb, vm->machine, &adapter, err) < 0)
        return -1;
    if (is->type != wanted->type &&
        IGraphicsAdapter_set_graphicsControllerType(vm->vb, adapter, wanted->type, err) < 0)
        return -1;
    if (is->vram != wanted->vram && IGraphicsAdapter_set_VRAMSize(vm->vb, adapter, wanted->vram, err) < 0)
        return -1;
    if (is->heads != wanted->heads &&
        IGraphicsAdapter_set_monitorCount(vm->vb, adapter, wanted->heads, err) < 0)
        return -1;
    return apply_acceleration(vm, adapter, is, wanted, err);
}

static int apply_machine(struct vm *vm, const struct card *is, const struct card *wanted, eb_error *err)
{
    if (is->type != wanted->type &&
        IMachine_set_graphicsControllerType(vm->vb, vm->machine, wanted->type, err) < 0)
        return -1;
    if (is->vram != wanted->vram && IMachine_set_VRAMSize(vm->vb, vm->machine, wanted->vram, err) < 0)
        return -1;
    if (is->heads != wanted->heads && IMachine_set_monitorCount(vm->vb, vm->machine, wanted->heads, err) < 0)
        return -1;
    if (is->accel2d != wanted->accel2d &&
        IMachine_set_accelerate2DVideoEnabled(vm->vb, vm->machine, wanted->accel2d, err) < 0)
        return -1;
    if (is->accel3d == wanted->accel3d)
        return 0;
    return IMachine_set_accelerate3DEnabled(vm->vb, vm->machine, wanted->accel3d, err);
}

/* No <video> leaves the card as it is: libvirt's clients expect that one is there. */
int vm_apply_video(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_video *video = def->videos;
    struct card is, wanted;

    if (def->n_videos == 0)
        return 0;
    if (read_card(vm, &is, err) < 0)
        return -1;
    wanted = is;
    if (video->model || video->controller)
        wanted.type = wanted_type(video);
    if (video->vram_kib)
        wanted.vram = (uint32_t)((video->vram_kib + KIB_PER_MIB - 1) / KIB_PER_MIB);
    if (video->heads)
        wanted.heads = video->heads;
    if (video->accel3d)
        wanted.accel3d = video->accel3d == EB_YES;
    if (video->accel2d)
        wanted.accel2d = video->accel2d == EB_YES;
    return vb_has(vm->vb, VB_IMachine_get_graphicsAdapter) ? apply_adapter(vm, &is, &wanted, err)
                                                           : apply_machine(vm, &is, &wanted, err);
}

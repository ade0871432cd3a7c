/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <input>: the pointing device and the keyboard. Before 3.2 both are PS/2. */
#include "vbox/machine.h"

static const struct {
    enum vb_PointingHIDType type;
    const char *kind, *bus, *model;
} pointers[] = {
    {PointingHIDType_USBTablet, "tablet", "usb", NULL},
    {PointingHIDType_USBMultiTouch, "tablet", "usb", "multitouch"},
    {PointingHIDType_USBMultiTouchScreenPlusPad, "tablet", "usb", "multitouch-and-pad"},
    {PointingHIDType_USBMouse, "mouse", "usb", NULL},
    {PointingHIDType_ComboMouse, "mouse", "usb", "combo"},
    {PointingHIDType_PS2Mouse, "mouse", "ps2", NULL},
};

static const struct {
    enum vb_KeyboardHIDType type;
    const char *bus, *model;
} keyboards[] = {
    {KeyboardHIDType_PS2Keyboard, "ps2", NULL},
    {KeyboardHIDType_USBKeyboard, "usb", NULL},
    {KeyboardHIDType_ComboKeyboard, "usb", "combo"},
};

static void add_input(struct eb_domain_def *def, const char *kind, const char *bus, const char *model)
{
    struct eb_input *input = EB_APPEND(def->inputs, def->n_inputs);

    input->type = eb_strdup(kind);
    input->bus = eb_strdup(bus);
    input->model = eb_strdup(model);
}

int vm_read_input(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    enum vb_PointingHIDType pointer = PointingHIDType_PS2Mouse;
    enum vb_KeyboardHIDType keyboard = KeyboardHIDType_PS2Keyboard;

    if (vb_has(vm->vb, VB_IMachine_get_pointingHIDType) &&
        (IMachine_get_pointingHIDType(vm->vb, vm->machine, &pointer, err) < 0 ||
         IMachine_get_keyboardHIDType(vm->vb, vm->machine, &keyboard, err) < 0))
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(pointers); i++)
        if (pointers[i].type == pointer)
            add_input(def, pointers[i].kind, pointers[i].bus, pointers[i].model);
    for (size_t i = 0; i < EB_ARRAY_SIZE(keyboards); i++)
        if (keyboards[i].type == keyboard)
            add_input(def, "keyboard", keyboards[i].bus, keyboards[i].model);
    return 0;
}

static const char *bus_of(const struct eb_input *input)
{
    return input->bus ? input->bus : eb_streq(input->type, "tablet") ? "usb" : "ps2";
}

static enum vb_PointingHIDType pointer_of(const struct eb_input *input)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(pointers); i++)
        if (eb_streq(pointers[i].kind, input->type) && eb_streq(pointers[i].bus, bus_of(input)) &&
            eb_streq(pointers[i].model, input->model))
            return pointers[i].type;
    return PointingHIDType__none;
}

static enum vb_KeyboardHIDType keyboard_of(const struct eb_input *input)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(keyboards); i++)
        if (eb_streq(input->type, "keyboard") && eb_streq(keyboards[i].bus, bus_of(input)) &&
            eb_streq(keyboards[i].model, input->model))
            return keyboards[i].type;
    return KeyboardHIDType__none;
}

/* libvirt's tools list a PS/2 mouse and keyboard beside what was asked for: any other device goes before. */
static void wanted_devices(const struct eb_domain_def *def, enum vb_PointingHIDType *pointer,
                           enum vb_KeyboardHIDType *keyboard)
{
    *pointer = PointingHIDType__none;
    *keyboard = KeyboardHIDType__none;
    for (size_t i = 0; i < def->n_inputs; i++) {
        enum vb_PointingHIDType p = pointer_of(&def->inputs[i]);
        enum vb_KeyboardHIDType k = keyboard_of(&def->inputs[i]);

        if (p && (*pointer == PointingHIDType__none || *pointer == PointingHIDType_PS2Mouse))
            *pointer = p;
        if (k && (*keyboard == KeyboardHIDType__none || *keyboard == KeyboardHIDType_PS2Keyboard))
            *keyboard = k;
    }
}

int vm_check_input(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    enum vb_PointingHIDType pointer;
    enum vb_KeyboardHIDType keyboard;
    bool old = !vb_has(vm->vb, VB_IMachine_set_pointingHIDType);

    for (size_t i = 0; i < def->n_inputs; i++) {
        const struct eb_input *input = &def->inputs[i];
        EB_AUTOFREE char *what =
            eb_asprintf("<input type='%s' bus='%s'>%s%s", input->type, bus_of(input),
                        input->model ? " of model " : "", input->model ? input->model : "");
        enum vb_PointingHIDType p = pointer_of(input);
        enum vb_KeyboardHIDType k = keyboard_of(input);

        if (!p && !k)
            return vm_refuse(vm, err, what, NULL);
        if (old && p != PointingHIDType_PS2Mouse && k != KeyboardHIDType_PS2Keyboard)
            return vm_refuse_release(vm, err, "%s", what);
        if (!old && p && !vb_enum_has(vm->vb, VB_ENUM_PointingHIDType, (int)p))
            return vm_refuse_release(vm, err, "%s", what);
    }
    wanted_devices(def, &pointer, &keyboard);
    for (size_t i = 0; i < def->n_inputs; i++) {
        enum vb_PointingHIDType p = pointer_of(&def->inputs[i]);

        if (p && p != pointer && p != PointingHIDType_PS2Mouse)
            return vm_refuse(vm, err, "more than one pointing device that is not PS/2", NULL);
    }
    return 0;
}

/* Nothing said: as it is. A list that has no pointer or no keyboard means that there is none. */
int vm_apply_input(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    enum vb_PointingHIDType pointer;
    enum vb_KeyboardHIDType keyboard;

    if (def->n_inputs == 0 || !vb_has(vm->vb, VB_IMachine_set_pointingHIDType))
        return 0;
    wanted_devices(def, &pointer, &keyboard);
    if (pointer == PointingHIDType__none)
        pointer = PointingHIDType_None;
    if (keyboard == KeyboardHIDType__none)
        keyboard = KeyboardHIDType_None;
    if (VM_CHANGE(enum vb_PointingHIDType, vm, IMachine, pointingHIDType, vm->machine, pointer, err) < 0)
        return -1;
    return VM_CHANGE(enum vb_KeyboardHIDType, vm, IMachine, keyboardHIDType, vm->machine, keyboard, err);
}

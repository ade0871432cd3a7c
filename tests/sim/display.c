/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IDisplay: a picture of 720 by 400, as a text screen is, in which each machine has its colour; keyboard and
 * mouse. */
#include <stdio.h>

#include "model.h"
#include "picture.h"

enum { WIDTH = 720, HEIGHT = 400 };

static uint32_t need_running(struct call *c)
{
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!machine_runs(c->self->machine))
        return fail(c, VBOX_E_INVALID_VM_STATE, "The console is not powered up (machine state: %s)",
                    c->self->machine->state);
    return S_OK;
}

static uint32_t colour(const struct machine *m)
{
    return (uint32_t)strtoul(m->id, NULL, 16) & 0xffffffu;
}

static uint32_t check_screen(struct call *c)
{
    int64_t screen = arg_has(c, "screenId") ? arg_num(c, "screenId") : 0;
    uint32_t rc = need_running(c);

    if (rc == S_OK &&
        screen >= strtoll(attr_value(c->self->machine->config, "IMachine.monitorCount", NULL), NULL, 10))
        return fail(c, E_INVALIDARG, "Invalid screen: %lld", (long long)screen);
    return rc;
}

static uint32_t get_resolution(struct call *c)
{
    uint32_t rc = check_screen(c);

    if (rc != S_OK)
        return rc;
    out_num(c, "width", WIDTH);
    out_num(c, "height", HEIGHT);
    out_num(c, "bitsPerPixel", 32);
    out_num(c, "xOrigin", 0);
    out_num(c, "yOrigin", 0);
    out_text(c, "guestMonitorStatus", "Enabled");
    return S_OK;
}

static uint32_t get_size(struct call *c)
{
    uint32_t rc = need_running(c);

    ret_num(c, eb_streq(c->slot->name, "width") ? WIDTH : eb_streq(c->slot->name, "height") ? HEIGHT : 32);
    return rc;
}

static uint32_t screenshot(struct call *c)
{
    EB_AUTOFREE char *format =
        arg_has(c, "bitmapFormat") ? eb_strdup(arg_enum(c, "bitmapFormat")) : eb_strdup("BGR0");
    int64_t width = arg_num(c, "width"), height = arg_num(c, "height");
    uint32_t rc = check_screen(c);
    EB_AUTOFREE uint8_t *data = NULL;
    size_t len;

    if (rc != S_OK)
        return rc;
    if (width < 1 || height < 1 || width > 32767 || height > 32767)
        return fail(c, E_INVALIDARG, "Invalid size %lldx%lld", (long long)width, (long long)height);
    if (strstr(c->slot->name, "PNG"))
        eb_replace_string(&format, "PNG");
    /* rows of RGBA for those who take arrays in the old way */
    if (!arg_has(c, "bitmapFormat") && strstr(c->slot->name, "ToArray") && !strstr(c->slot->name, "PNG"))
        eb_replace_string(&format, "RGBA");
    data = picture_make((unsigned)width, (unsigned)height, colour(c->self->machine), format, &len);
    if (!data)
        return fail(c, E_NOTIMPL, "The bitmap format is not supported");
    ret_bytes(c, data, len);
    return S_OK;
}

static uint32_t saved_info(struct call *c)
{
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!eb_streq(c->self->machine->state, "Saved"))
        return fail(c, VBOX_E_INVALID_VM_STATE, "There is no saved state with a picture (machine state: %s)",
                    c->self->machine->state);
    out_num(c, "width", WIDTH);
    out_num(c, "height", HEIGHT);
    out_num(c, "size", 1000);
    out_num(c, "originX", 0);
    out_num(c, "originY", 0);
    out_num(c, "enabled", 1);
    if (eb_streq(c->slot->name, "querySavedScreenshotInfo"))
        ret_add_text(c, "PNG");
    return S_OK;
}

static uint32_t saved_picture(struct call *c)
{
    EB_AUTOFREE char *format =
        arg_has(c, "bitmapFormat") ? eb_strdup(arg_enum(c, "bitmapFormat")) : eb_strdup("PNG");
    EB_AUTOFREE uint8_t *data = NULL;
    uint32_t rc = saved_info(c);
    size_t len;

    if (rc != S_OK)
        return rc;
    data = picture_make(WIDTH, HEIGHT, colour(c->self->machine), format, &len);
    if (!data)
        return fail(c, E_NOTIMPL, "The bitmap format is not supported");
    ret_bytes(c, data, len);
    return S_OK;
}

static uint32_t accept(struct call *c)
{
    return need_running(c);
}

static uint32_t get_mode_hint(struct call *c)
{
    uint32_t rc = need_running(c);

    out_num(c, "enabled", 1);
    return rc;
}

/* ---- keyboard and mouse ---- */

static uint32_t put_scancodes(struct call *c)
{
    uint32_t rc = need_running(c);

    if (rc == S_OK) {
        const struct sim_value *v = arg_value(c, "scancodes");

        ret_num(c, v->kind == SIM_V_LIST ? v->len : 0);
    }
    return rc;
}

static uint32_t keyboard_events(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, event_source_object(console_source(c->self->machine)));
    return rc;
}

/* None is lit. */
static uint32_t keyboard_leds(struct call *c)
{
    uint32_t rc;

    node_read(c, &rc);
    return rc;
}

static uint32_t mouse_flag(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_num(c, eb_streq(c->slot->name, "relativeSupported"));
    return rc;
}

const struct member display_members[] = {
    {"IDisplay.width", get_size},
    {"IDisplay.height", get_size},
    {"IDisplay.bitsPerPixel", get_size},
    {"IDisplay.getScreenResolution", get_resolution},
    {"IDisplay.takeScreenShot", screenshot},
    {"IDisplay.takeScreenShotSlow", screenshot},
    {"IDisplay.takeScreenShotToArray", screenshot},
    {"IDisplay.takeScreenShotPNGToArray", screenshot},
    {"IDisplay.setVideoModeHint", accept},
    {"IDisplay.getVideoModeHint", get_mode_hint},
    {"IDisplay.setSeamlessMode", accept},
    {"IDisplay.invalidateAndUpdate", accept},
    {"IMachine.querySavedThumbnailSize", saved_info},
    {"IMachine.querySavedScreenshotPNGSize", saved_info},
    {"IMachine.querySavedScreenshotInfo", saved_info},
    {"IMachine.querySavedGuestScreenInfo", saved_info},
    {"IMachine.querySavedGuestSize", saved_info},
    {"IMachine.readSavedThumbnailToArray", saved_picture},
    {"IMachine.readSavedThumbnailPNGToArray", saved_picture},
    {"IMachine.readSavedScreenshotPNGToArray", saved_picture},
    {"IMachine.readSavedScreenshotToArray", saved_picture},
    {"IKeyboard.putScancode", accept},
    {"IKeyboard.putScancodes", put_scancodes},
    {"IKeyboard.putCAD", accept},
    {"IKeyboard.releaseKeys", accept},
    {"IKeyboard.putUsageCode", accept},
    {"IKeyboard.eventSource", keyboard_events},
    {"IKeyboard.keyboardLEDs", keyboard_leds},
    {"IMouse.putMouseEvent", accept},
    {"IMouse.putMouseEventAbsolute", accept},
    {"IMouse.absoluteSupported", mouse_flag},
    {"IMouse.relativeSupported", mouse_flag},
    {"IMouse.multiTouchSupported", mouse_flag},
    {"IMouse.touchScreenSupported", mouse_flag},
    {"IMouse.touchPadSupported", mouse_flag},
    {"IMouse.needsHostCursor", mouse_flag},
    {"IMouse.eventSource", keyboard_events},
    {NULL, NULL},
};

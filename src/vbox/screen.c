/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine's screen and keyboard. */
#include "base/png.h"
#include "vbox/machine.h"
#include "vbox/stats.h"

#include <errno.h>
#include <time.h>

/* ---- The screen ---- */

enum { MAX_SIDE = 32767 };

static int screen_size(struct vb *vb, IDisplay *display, unsigned screen, uint32_t *width, uint32_t *height,
                       eb_error *err)
{
    enum vb_GuestMonitorStatus status;
    uint32_t bits;
    int32_t x, y;

    if (vb_has(vb, VB_IDisplay_getScreenResolution__status))
        return IDisplay_getScreenResolution__status(vb, display, screen, width, height, &bits, &x, &y,
                                                    &status, err);
    if (vb_has(vb, VB_IDisplay_getScreenResolution__origin))
        return IDisplay_getScreenResolution__origin(vb, display, screen, width, height, &bits, &x, &y, err);
    if (vb_has(vb, VB_IDisplay_getScreenResolution__plain))
        return IDisplay_getScreenResolution__plain(vb, display, screen, width, height, &bits, err);
    if (IDisplay_get_width(vb, display, width, err) < 0)
        return -1;
    return IDisplay_get_height(vb, display, height, err);
}

static int screens_of(struct vbox_running *r, uint32_t *n, eb_error *err)
{
    struct vb *vb = r->f.c->vb;
    VB_AUTO(IGraphicsAdapter) adapter = NULL;

    if (!vb_has(vb, VB_IMachine_get_graphicsAdapter))
        return IMachine_get_monitorCount(vb, r->f.machine, n, err);
    if (IMachine_get_graphicsAdapter(vb, r->f.machine, &adapter, err) < 0)
        return -1;
    return IGraphicsAdapter_get_monitorCount(vb, adapter, n, err);
}

/* Of four bytes a pixel the three that are its colours, the red one first or last. */
static unsigned char *to_png(const uint8_t *pixels, size_t n_pixels, unsigned width, unsigned height,
                             bool red_first, size_t *n, eb_error *err)
{
    size_t count = (size_t)width * height;
    EB_AUTOFREE unsigned char *rgb = NULL;

    if (n_pixels < count * 4) {
        eb_error_set(err, EB_ERR_OPERATION_FAILED, "VirtualBox gave %zu bytes for a picture of %ux%u",
                     n_pixels, width, height);
        return NULL;
    }
    rgb = eb_calloc(count, 3);
    for (size_t i = 0; i < count; i++) {
        rgb[i * 3] = pixels[i * 4 + (red_first ? 0 : 2)];
        rgb[i * 3 + 1] = pixels[i * 4 + 1];
        rgb[i * 3 + 2] = pixels[i * 4 + (red_first ? 2 : 0)];
    }
    return eb_png_encode(rgb, width, height, n);
}

/* Each age of VirtualBox gives its pictures in another way. */
static int take(struct vb *vb, IDisplay *display, unsigned screen, uint32_t width, uint32_t height,
                unsigned char **bytes, size_t *n, eb_error *err)
{
    EB_AUTOFREE uint8_t *raw = NULL;
    bool red_first = true;
    size_t size = 0;
    int result;

    if (vb_has(vb, VB_IDisplay_takeScreenShotToArray__format))
        return IDisplay_takeScreenShotToArray__format(vb, display, screen, width, height, BitmapFormat_PNG, n,
                                                      bytes, err);
    if (vb_has(vb, VB_IDisplay_takeScreenShotPNGToArray))
        return IDisplay_takeScreenShotPNGToArray(vb, display, screen, width, height, n, bytes, err);
    if (vb_has(vb, VB_IDisplay_takeScreenShotToArray__plain)) {
        result = IDisplay_takeScreenShotToArray__plain(vb, display, screen, width, height, &size, &raw, err);
    } else if (vb_has(vb, VB_IDisplay_takeScreenShotSlow)) {
        if (screen)
            return eb_error_set(err, EB_ERR_INVALID_ARG,
                                "this VirtualBox takes pictures of the first screen only");
        red_first = false;
        result = IDisplay_takeScreenShotSlow(vb, display, width, height, &size, &raw, err);
    } else {
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "this VirtualBox takes pictures of screens only within its own process");
    }
    if (result < 0)
        return -1;
    *bytes = to_png(raw, size, width, height, red_first, n, err);
    return *bytes ? 0 : -1;
}

int vbox_screenshot(eb_conn *conn, eb_uuid uuid, unsigned screen, char **mime, unsigned char **bytes,
                    size_t *n, eb_error *err)
{
    VBOX_AUTORUNNING struct vbox_running r;
    VB_AUTO(IDisplay) display = NULL;
    uint32_t width = 0, height = 0, screens = 0;
    struct vb *vb;

    if (vbox_running_open(conn, uuid, &r, err) < 0)
        return -1;
    vb = r.f.c->vb;
    if (screens_of(&r, &screens, err) < 0)
        return -1;
    if (screen >= screens)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "screen ID higher than monitor count (%u)", screens);
    if (IConsole_get_display(vb, r.s.console, &display, err) < 0 ||
        screen_size(vb, display, screen, &width, &height, err) < 0)
        return -1;
    if (!width || !height || width > MAX_SIDE || height > MAX_SIDE)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "unable to get screen resolution");
    if (take(vb, display, screen, width, height, bytes, n, err) < 0)
        return -1;
    *mime = eb_strdup("image/png");
    return 0;
}

/* ---- The keyboard ---- */

/* Linux' codes of the keys whose scancode begins with E0; the others up to F12 are their own scancodes. */
static const struct {
    unsigned short key, scancode;
} extended[] = {
    {96, 0xe01c},  {97, 0xe01d},  {98, 0xe035},  {99, 0xe037},  {100, 0xe038}, {102, 0xe047}, {103, 0xe048},
    {104, 0xe049}, {105, 0xe04b}, {106, 0xe04d}, {107, 0xe04f}, {108, 0xe050}, {109, 0xe051}, {110, 0xe052},
    {111, 0xe053}, {113, 0xe020}, {114, 0xe02e}, {115, 0xe030}, {116, 0xe05e}, {119, 0xe046}, {125, 0xe05b},
    {126, 0xe05c}, {127, 0xe05d}, {140, 0xe021}, {142, 0xe05f}, {143, 0xe063}, {155, 0xe06c}, {156, 0xe066},
    {158, 0xe06a}, {159, 0xe069}, {163, 0xe019}, {164, 0xe022}, {165, 0xe010}, {166, 0xe024}, {172, 0xe032},
    {173, 0xe067}, {217, 0xe065},
};
enum { LAST_PLAIN = 88, E0 = 0xe000, RELEASED = 0x80 };

/* A key's scancode of set 1: one byte, or two with E0; 0: there is none. */
static unsigned scancode_of(eb_codeset codeset, unsigned key)
{
    switch (codeset) {
    case EB_CODESET_LINUX:
        for (size_t i = 0; i < EB_ARRAY_SIZE(extended); i++) {
            if (extended[i].key == key)
                return extended[i].scancode;
        }
        return key <= LAST_PLAIN ? key : 0;
    case EB_CODESET_XT:
    case EB_CODESET_ATSET1:
        return key < RELEASED || (key & ~0x7fu) == E0 ? key : 0;
    case EB_CODESET_QNUM:
        return key < RELEASED ? key : key < 0x100 ? E0 | (key & 0x7f) : 0;
    case EB_CODESET_ATSET2:
    case EB_CODESET_ATSET3:
    case EB_CODESET_OSX:
    case EB_CODESET_XT_KBD:
    case EB_CODESET_USB:
    case EB_CODESET_WIN32:
        break;
    }
    return 0;
}

static void add_scancode(int32_t *codes, size_t *n, unsigned scancode, bool release)
{
    if (scancode & E0)
        codes[(*n)++] = 0xe0;
    codes[(*n)++] = (int32_t)((scancode & 0x7f) | (release ? RELEASED : 0));
}

static int put(struct vb *vb, IKeyboard *keyboard, const int32_t *codes, size_t n, eb_error *err)
{
    uint32_t stored = 0;

    if (IKeyboard_putScancodes(vb, keyboard, n, codes, &stored, err) < 0)
        return -1;
    if (stored != n)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "the guest took %u of %zu scancodes", stored, n);
    return 0;
}

static void hold(unsigned ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&time, &time) < 0 && errno == EINTR)
        continue;
}

static int put_scancodes(struct vb *vb, IKeyboard *keyboard, const unsigned *scancodes, unsigned n,
                         unsigned hold_ms, eb_error *err)
{
    int32_t codes[EB_SEND_KEY_MAX * 2];
    size_t count = 0;

    for (unsigned i = 0; i < n; i++)
        add_scancode(codes, &count, scancodes[i], false);
    if (put(vb, keyboard, codes, count, err) < 0)
        return -1;
    hold(hold_ms);
    count = 0;
    for (unsigned i = n; i > 0; i--)
        add_scancode(codes, &count, scancodes[i - 1], true);
    return put(vb, keyboard, codes, count, err);
}

/* Since 6.1 the keyboard also takes USB's codes. */
static int put_usage(struct vb *vb, IKeyboard *keyboard, const unsigned *keys, unsigned n, unsigned hold_ms,
                     eb_error *err)
{
    enum { KEYBOARD_PAGE = 7 };

    for (unsigned i = 0; i < n; i++) {
        if (IKeyboard_putUsageCode(vb, keyboard, (int32_t)keys[i], KEYBOARD_PAGE, false, err) < 0)
            return -1;
    }
    hold(hold_ms);
    for (unsigned i = n; i > 0; i--) {
        if (IKeyboard_putUsageCode(vb, keyboard, (int32_t)keys[i - 1], KEYBOARD_PAGE, true, err) < 0)
            return -1;
    }
    return 0;
}

int vbox_send_key(eb_conn *conn, eb_uuid uuid, eb_codeset codeset, unsigned hold_ms, const unsigned *keys,
                  unsigned n, eb_error *err)
{
    static const char *const names[] = {"linux", "xt",     "atset1", "atset2", "atset3",
                                        "os-x",  "xt_kbd", "usb",    "win32",  "qnum"};
    VBOX_AUTORUNNING struct vbox_running r;
    VB_AUTO(IKeyboard) keyboard = NULL;
    unsigned scancodes[EB_SEND_KEY_MAX];
    bool usb;
    struct vb *vb;

    if (vbox_running_open(conn, uuid, &r, err) < 0)
        return -1;
    vb = r.f.c->vb;
    usb = codeset == EB_CODESET_USB && vb_has(vb, VB_IKeyboard_putUsageCode);
    for (unsigned i = 0; !usb && i < n; i++) {
        scancodes[i] = scancode_of(codeset, keys[i]);
        if (!scancodes[i])
            return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                                "VirtualBox's keyboard has no key %u of the codeset '%s'", keys[i],
                                names[codeset]);
    }
    if (IConsole_get_keyboard(vb, r.s.console, &keyboard, err) < 0)
        return -1;
    return usb ? put_usage(vb, keyboard, keys, n, hold_ms, err)
               : put_scancodes(vb, keyboard, scancodes, n, hold_ms, err);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <graphics>: the remote display server (RDP, or VNC where its extension pack is there) and the window. */
#include "vbox/machine.h"

/* What libvirt's automatic port is to VirtualBox: a free one of these. */
#define AUTO_PORTS "3389-3689"
#define DEFAULT_PORT 3389
#define VNC_PACK "VNC"
#define OLD_FRONTEND_KEY "FRONTEND/Type"
#define DISPLAY_KEY "FRONTEND/Display"

static const struct vm_name auths[] = {
    {AuthType_Null, "null"},
    {AuthType_External, "external"},
    {AuthType_Guest, "guest"},
};

/* ---- The front end: what starts the machine ---- */

const char *vm_frontend_of(const struct eb_domain_def *def)
{
    for (size_t i = 0; i < def->n_graphics; i++) {
        if (def->graphics[i].type == EB_GRAPHICS_DESKTOP)
            return "gui";
        if (def->graphics[i].type == EB_GRAPHICS_SDL)
            return "sdl";
    }
    return def->vbox.frontend;
}

static int get_frontend(struct vm *vm, char **out, eb_error *err)
{
    const char *text;

    if (vb_has(vm->vb, VB_IMachine_get_defaultFrontend))
        return IMachine_get_defaultFrontend(vm->vb, vm->machine, out, err);
    if (vm_extra(vm, OLD_FRONTEND_KEY, &text, err) < 0)
        return -1;
    *out = eb_strdup(text ? text : "");
    return 0;
}

static int set_frontend(struct vm *vm, const char *frontend, eb_error *err)
{
    if (vb_has(vm->vb, VB_IMachine_set_defaultFrontend))
        return VM_CHANGE_TEXT(vm, IMachine, defaultFrontend, vm->machine, frontend, err);
    return vm_set_extra(vm, OLD_FRONTEND_KEY, frontend, err);
}

static int read_window(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *frontend = NULL;
    struct eb_graphics *g;
    const char *display;

    if (get_frontend(vm, &frontend, err) < 0 || vm_extra(vm, DISPLAY_KEY, &display, err) < 0)
        return -1;
    if (strcmp(frontend, "gui") != 0 && strcmp(frontend, "sdl") != 0) {
        if (frontend[0] && strcmp(frontend, "default") != 0)
            def->vbox.frontend = EB_STEAL(frontend);
        return 0;
    }
    g = EB_APPEND(def->graphics, def->n_graphics);
    g->type = frontend[0] == 'g' ? EB_GRAPHICS_DESKTOP : EB_GRAPHICS_SDL;
    g->display = eb_strdup(display);
    return 0;
}

/* ---- Properties of the server, in their two homes ---- */

static int get_ports(struct vm *vm, IVRDEServer *server, char **out, eb_error *err)
{
    uint32_t port = 0;

    if (vb_has(vm->vb, VB_IVRDEServer_getVRDEProperty))
        return IVRDEServer_getVRDEProperty(vm->vb, server, "TCP/Ports", out, err);
    if (vb_has(vm->vb, VB_IVRDEServer_get_ports))
        return IVRDEServer_get_ports(vm->vb, server, out, err);
    if (IVRDEServer_get_port(vm->vb, server, &port, err) < 0)
        return -1;
    *out = eb_asprintf("%u", port);
    return 0;
}

static int set_ports(struct vm *vm, IVRDEServer *server, const char *ports, eb_error *err)
{
    EB_AUTOFREE char *is = NULL;

    if (get_ports(vm, server, &is, err) < 0)
        return -1;
    if (vm_same_text(is, ports))
        return 0;
    if (vb_has(vm->vb, VB_IVRDEServer_setVRDEProperty))
        return IVRDEServer_setVRDEProperty(vm->vb, server, "TCP/Ports", ports, err);
    if (vb_has(vm->vb, VB_IVRDEServer_set_ports))
        return IVRDEServer_set_ports(vm->vb, server, ports, err);
    return IVRDEServer_set_port(vm->vb, server, (uint32_t)strtoul(ports, NULL, 10), err);
}

static int get_address(struct vm *vm, IVRDEServer *server, char **out, eb_error *err)
{
    if (vb_has(vm->vb, VB_IVRDEServer_getVRDEProperty))
        return IVRDEServer_getVRDEProperty(vm->vb, server, "TCP/Address", out, err);
    return IVRDEServer_get_netAddress(vm->vb, server, out, err);
}

static int set_address(struct vm *vm, IVRDEServer *server, const char *address, eb_error *err)
{
    EB_AUTOFREE char *is = NULL;

    if (get_address(vm, server, &is, err) < 0)
        return -1;
    if (vm_same_text(is, address))
        return 0;
    if (vb_has(vm->vb, VB_IVRDEServer_setVRDEProperty))
        return IVRDEServer_setVRDEProperty(vm->vb, server, "TCP/Address", address ? address : "", err);
    return IVRDEServer_set_netAddress(vm->vb, server, address ? address : "", err);
}

/* ---- Which server ---- */

/* The extension pack that serves this machine: its own, or the one that all machines use. */
static int get_pack(struct vm *vm, IVRDEServer *server, char **own, char **effective, eb_error *err)
{
    VB_AUTO(ISystemProperties) system = NULL;

    *own = *effective = NULL;
    if (!vb_has(vm->vb, VB_IVRDEServer_get_VRDEExtPack))
        return 0;
    if (server && IVRDEServer_get_VRDEExtPack(vm->vb, server, own, err) < 0)
        return -1;
    if (*own && (*own)[0]) {
        *effective = eb_strdup(*own);
        return 0;
    }
    if (IVirtualBox_get_systemProperties(vm->vb, vm->vbox, &system, err) < 0)
        return -1;
    return ISystemProperties_get_defaultVRDEExtPack(vm->vb, system, effective, err);
}

static bool has_pack(struct vm *vm, const char *name)
{
    VB_AUTO(IExtPackManager) manager = NULL;
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;
    bool usable = false;

    return vb_has(vm->vb, VB_IExtPackManager_isExtPackUsable) &&
           IVirtualBox_get_extensionPackManager(vm->vb, vm->vbox, &manager, &none) == 0 &&
           IExtPackManager_isExtPackUsable(vm->vb, manager, name, &usable, &none) == 0 && usable;
}

/* ---- Reading ---- */

static void read_port_text(const char *ports, struct eb_graphics *g)
{
    uint64_t port;

    g->autoport = EB_NO;
    if (strcmp(ports, AUTO_PORTS) == 0) {
        g->autoport = EB_YES;
        g->port = -1;
    } else if (!ports[0] || strcmp(ports, "0") == 0) {
        g->port = DEFAULT_PORT;
    } else if (eb_parse_u64(ports, UINT16_MAX, &port)) {
        g->port = (int)port;
    } else {
        g->port = -1;
        g->ports = eb_strdup(ports);
    }
}

static int read_server_switches(struct vm *vm, IVRDEServer *server, struct eb_graphics *g, eb_error *err)
{
    enum vb_AuthType auth = AuthType_Null;
    bool multi = false, reuse = false;

    if (IVRDEServer_get_authType(vm->vb, server, &auth, err) < 0 ||
        IVRDEServer_get_allowMultiConnection(vm->vb, server, &multi, err) < 0 ||
        IVRDEServer_get_reuseSingleConnection(vm->vb, server, &reuse, err) < 0)
        return -1;
    if (g->type == EB_GRAPHICS_RDP) {
        g->multi_user = multi ? EB_YES : EB_ABSENT;
        g->replace_user = reuse ? EB_YES : EB_ABSENT;
    }
    if (auth != AuthType_Null)
        g->auth_type = eb_strdup(vm_name_of(auths, EB_ARRAY_SIZE(auths), (int)auth));
    return 0;
}

static int read_server(struct vm *vm, IVRDEServer *server, struct eb_graphics *g, eb_error *err)
{
    EB_AUTOFREE char *own = NULL;
    EB_AUTOFREE char *pack = NULL;
    EB_AUTOFREE char *ports = NULL;
    char *listen = NULL;

    if (get_pack(vm, server, &own, &pack, err) < 0)
        return -1;
    g->type = eb_streq(pack, VNC_PACK) ? EB_GRAPHICS_VNC : EB_GRAPHICS_RDP;
    if (own && own[0] && strcmp(own, VNC_PACK) != 0)
        g->extpack = EB_STEAL(own);
    if (get_ports(vm, server, &ports, err) < 0 || get_address(vm, server, &listen, err) < 0)
        return -1;
    read_port_text(ports, g);
    g->listen = vm_take_text(&listen);
    if (g->type == EB_GRAPHICS_VNC && (vm->flags & EB_XML_SECURE)) {
        char *password = NULL;

        if (IVRDEServer_getVRDEProperty(vm->vb, server, "VNCPassword", &password, err) < 0)
            return -1;
        g->passwd = vm_take_text(&password);
    }
    return read_server_switches(vm, server, g, err);
}

int vm_read_graphics(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(IVRDEServer) server = NULL;
    bool enabled = false;

    if (IMachine_get_VRDEServer(vm->vb, vm->machine, &server, err) < 0)
        return -1;
    if (server && IVRDEServer_get_enabled(vm->vb, server, &enabled, err) < 0)
        return -1;
    if (enabled && read_server(vm, server, EB_APPEND(def->graphics, def->n_graphics), err) < 0)
        return -1;
    return read_window(vm, def, err);
}

/* ---- Checking ---- */

static bool is_server(const struct eb_graphics *g)
{
    return g->type == EB_GRAPHICS_RDP || g->type == EB_GRAPHICS_VNC;
}

/* The names that the pack with the RDP server has had. */
static const char *rdp_pack(struct vm *vm)
{
    static const char *const names[] = {"Oracle VirtualBox Extension Pack",
                                        "Oracle VM VirtualBox Extension Pack"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++)
        if (has_pack(vm, names[i]))
            return names[i];
    return NULL;
}

/* Where VNC is what serves every machine, RDP needs another pack. */
static int check_rdp(struct vm *vm, const struct eb_graphics *g, eb_error *err)
{
    EB_AUTOFREE char *own = NULL;
    EB_AUTOFREE char *effective = NULL;

    if (g->extpack)
        return 0;
    if (get_pack(vm, NULL, &own, &effective, err) < 0)
        return -1;
    if (!eb_streq(effective, VNC_PACK) || rdp_pack(vm))
        return 0;
    return vm_refuse(vm, err, "<graphics type='rdp'>", "this VirtualBox serves VNC alone");
}

static int check_server(struct vm *vm, const struct eb_graphics *g, eb_error *err)
{
    bool vnc = g->type == EB_GRAPHICS_VNC;
    const struct vm_refusal refusals[] = {
        {g->passwd && !vnc, "attribute 'passwd' of <graphics type='rdp'>"},
        {g->listen_network != NULL, "a network to listen on, of <graphics>"},
        {g->keymap != NULL, "attribute 'keymap' of <graphics>"},
        {vnc && (g->multi_user || g->replace_user), "users of <graphics type='vnc'>"},
    };
    uint64_t number;

    if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0)
        return -1;
    if (!vnc && check_rdp(vm, g, err) < 0)
        return -1;
    if (vnc && !has_pack(vm, VNC_PACK))
        return vm_refuse(vm, err, "<graphics type='vnc'>",
                         "the extension pack '" VNC_PACK "' is not installed");
    if (g->extpack && !has_pack(vm, g->extpack))
        return vm_refuse(vm, err, "attribute 'extpack' of <vbox:graphics>", "'%s' is not installed",
                         g->extpack);
    if (!vb_has(vm->vb, VB_IVRDEServer_getVRDEProperty) && !vb_has(vm->vb, VB_IVRDEServer_set_ports) &&
        (g->autoport == EB_YES || (g->ports && !eb_parse_u64(g->ports, UINT16_MAX, &number))))
        return vm_refuse_release(vm, err, "attribute 'autoport' of <graphics>");
    return vm_check_name(vm, auths, EB_ARRAY_SIZE(auths), VB_ENUM_AuthType,
                         "attribute 'auth' of <vbox:graphics>:", g->auth_type, err);
}

int vm_check_graphics(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    size_t servers = 0, windows = 0;

    for (size_t i = 0; i < def->n_graphics; i++) {
        const struct eb_graphics *g = &def->graphics[i];
        EB_AUTOFREE char *what =
            eb_asprintf("<graphics type='%s'>", eb_graphics_type_to_string((int)g->type));

        if (g->type == EB_GRAPHICS_SPICE)
            return vm_refuse(vm, err, what, "it may be rdp, vnc, desktop, sdl");
        servers += is_server(g);
        windows += !is_server(g);
        if (is_server(g) && check_server(vm, g, err) < 0)
            return -1;
        if (g->xauth || g->fullscreen == EB_YES)
            return vm_refuse(vm, err, "attributes 'xauth' and 'fullscreen' of <graphics>", NULL);
    }
    if (servers > 1 || windows > 1)
        return vm_refuse(vm, err, "more than one <graphics>", "there is one remote display and one window");
    return 0;
}

/* ---- Applying ---- */

static int apply_pack(struct vm *vm, IVRDEServer *server, const struct eb_graphics *g, eb_error *err)
{
    EB_AUTOFREE char *own = NULL;
    EB_AUTOFREE char *effective = NULL;
    const char *wanted = g->extpack ? g->extpack : "";

    if (!vb_has(vm->vb, VB_IVRDEServer_set_VRDEExtPack))
        return 0;
    if (get_pack(vm, server, &own, &effective, err) < 0)
        return -1;
    if (g->type == EB_GRAPHICS_VNC)
        wanted = eb_streq(effective, VNC_PACK) ? own : VNC_PACK;
    else if (!g->extpack && eb_streq(effective, VNC_PACK))
        wanted = vm_text(rdp_pack(vm));
    return vm_same_text(own, wanted) ? 0 : IVRDEServer_set_VRDEExtPack(vm->vb, server, wanted, err);
}

static int apply_password(struct vm *vm, IVRDEServer *server, const struct eb_graphics *g, eb_error *err)
{
    EB_AUTOFREE char *is = NULL;

    /* a dump without passwords says nothing of it: it stays */
    if (g->type != EB_GRAPHICS_VNC || !g->passwd)
        return 0;
    if (IVRDEServer_getVRDEProperty(vm->vb, server, "VNCPassword", &is, err) < 0)
        return -1;
    return vm_same_text(is, g->passwd)
               ? 0
               : IVRDEServer_setVRDEProperty(vm->vb, server, "VNCPassword", g->passwd, err);
}

static char *port_text(const struct eb_graphics *g, const char *is)
{
    if (g->ports)
        return eb_strdup(g->ports);
    if (g->autoport == EB_YES || g->port < 0)
        return eb_strdup(AUTO_PORTS);
    /* nothing said, or what VirtualBox's own default already means */
    if (g->port == 0 || (g->port == DEFAULT_PORT && (!is[0] || strcmp(is, "0") == 0)))
        return eb_strdup(is);
    return eb_asprintf("%d", g->port);
}

static int apply_server(struct vm *vm, IVRDEServer *server, const struct eb_graphics *g, eb_error *err)
{
    enum vb_AuthType auth =
        (enum vb_AuthType)vm_value_of(auths, EB_ARRAY_SIZE(auths), g->auth_type ? g->auth_type : "null");
    EB_AUTOFREE char *is = NULL;
    EB_AUTOFREE char *ports = NULL;

    if (apply_pack(vm, server, g, err) < 0 || get_ports(vm, server, &is, err) < 0)
        return -1;
    ports = port_text(g, is);
    if (set_ports(vm, server, ports, err) < 0 || set_address(vm, server, g->listen, err) < 0 ||
        apply_password(vm, server, g, err) < 0)
        return -1;
    if (VM_CHANGE(enum vb_AuthType, vm, IVRDEServer, authType, server, auth, err) < 0 ||
        VM_CHANGE(bool, vm, IVRDEServer, allowMultiConnection, server, (g->multi_user == EB_YES), err) < 0 ||
        VM_CHANGE(bool, vm, IVRDEServer, reuseSingleConnection, server, (g->replace_user == EB_YES), err) < 0)
        return -1;
    return VM_CHANGE(bool, vm, IVRDEServer, enabled, server, true, err);
}

int vm_apply_graphics(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(IVRDEServer) server = NULL;
    const struct eb_graphics *wanted = NULL;
    const char *display = NULL;

    for (size_t i = 0; i < def->n_graphics; i++) {
        if (is_server(&def->graphics[i]))
            wanted = &def->graphics[i];
        else
            display = def->graphics[i].display;
    }
    if (IMachine_get_VRDEServer(vm->vb, vm->machine, &server, err) < 0)
        return -1;
    if (!server && wanted)
        return vm_refuse(vm, err, "<graphics>", "this installation has no remote display");
    if (wanted) {
        if (apply_server(vm, server, wanted, err) < 0)
            return -1;
    } else if (server && VM_CHANGE(bool, vm, IVRDEServer, enabled, server, false, err) < 0) {
        return -1;
    }
    if (vm_set_extra(vm, DISPLAY_KEY, display, err) < 0)
        return -1;
    return set_frontend(vm, vm_frontend_of(def), err);
}

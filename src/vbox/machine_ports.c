/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <serial> and <parallel>. A host pipe is a socket: type='unix' says whether VirtualBox makes it (bind) or
 * joins it (connect). type='pty' asks for an end without naming one: a socket beside the machine's settings.
 */
#include "vbox/machine.h"

/* Where COM1 to COM4 and LPT1, LPT2 are on every PC. */
static const struct {
    uint32_t io, irq;
} com[] = {{0x3f8, 4}, {0x2f8, 3}, {0x3e8, 4}, {0x2e8, 3}}, lpt[] = {{0x378, 7}, {0x278, 5}};

static const struct vm_name uarts[] = {
    {UartType_U16450, "16450"},
    {UartType_U16550A, "16550A"},
    {UartType_U16750, "16750"},
};

/* The longest path of a socket. */
#define SOCKET_PATH_MAX 107

/* ---- Serial ports: what they are connected to ---- */

static const enum vb_PortMode modes[EB_CHR_LAST] = {
    [EB_CHR_NULL] = PortMode_Disconnected, [EB_CHR_PTY] = PortMode_HostPipe,
    [EB_CHR_DEV] = PortMode_HostDevice,    [EB_CHR_FILE] = PortMode_RawFile,
    [EB_CHR_PIPE] = PortMode_HostPipe,     [EB_CHR_UNIX] = PortMode_HostPipe,
    [EB_CHR_TCP] = PortMode_TCP,
};

static char *own_socket(struct vm *vm, uint32_t slot, eb_error *err)
{
    EB_AUTOFREE char *folder = NULL;

    return vm_folder(vm, &folder, err) < 0 ? NULL : eb_asprintf("%s/serial%u.sock", folder, slot);
}

static int read_pipe(struct vm *vm, uint32_t slot, const char *path, bool server, struct eb_chardev *chr,
                     eb_error *err)
{
    EB_AUTOFREE char *own = own_socket(vm, slot, err);

    if (!own)
        return -1;
    if (server && strcmp(own, path) == 0) {
        chr->source = EB_CHR_PTY;
        return 0;
    }
    chr->source = path[0] == '/' ? EB_CHR_UNIX : EB_CHR_PIPE;
    chr->path = eb_strdup(path);
    chr->listen = server;
    return 0;
}

/* "host:port" for a client; a server has the port alone. */
static void read_tcp(const char *path, bool server, struct eb_chardev *chr)
{
    const char *colon = strrchr(path, ':');

    chr->source = EB_CHR_TCP;
    chr->listen = server;
    chr->host = colon ? eb_strndup(path, (size_t)(colon - path)) : eb_strdup(server ? "0.0.0.0" : "");
    chr->service = eb_strdup(colon ? colon + 1 : path);
    chr->protocol = eb_strdup("raw");
}

static int read_source(struct vm *vm, ISerialPort *port, uint32_t slot, struct eb_chardev *chr, eb_error *err)
{
    enum vb_PortMode mode = PortMode__none;
    EB_AUTOFREE char *path = NULL;
    bool server = false;

    if (ISerialPort_get_hostMode(vm->vb, port, &mode, err) < 0 ||
        ISerialPort_get_path(vm->vb, port, &path, err) < 0 ||
        ISerialPort_get_server(vm->vb, port, &server, err) < 0)
        return -1;
    if (mode == PortMode_HostPipe)
        return read_pipe(vm, slot, path, server, chr, err);
    if (mode == PortMode_TCP) {
        read_tcp(path, server, chr);
        return 0;
    }
    chr->source = mode == PortMode_HostDevice ? EB_CHR_DEV
                  : mode == PortMode_RawFile  ? EB_CHR_FILE
                                              : EB_CHR_NULL;
    if (chr->source != EB_CHR_NULL)
        chr->path = EB_STEAL(path);
    return 0;
}

static int read_serial(struct vm *vm, ISerialPort *port, uint32_t slot, struct eb_chardev *chr, eb_error *err)
{
    enum vb_UartType uart = UartType_U16550A;
    uint32_t io = 0, irq = 0;

    if (ISerialPort_get_IOAddress(vm->vb, port, &io, err) < 0 ||
        ISerialPort_get_IRQ(vm->vb, port, &irq, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_ISerialPort_get_uartType) && ISerialPort_get_uartType(vm->vb, port, &uart, err) < 0)
        return -1;
    chr->port = (int)slot;
    if (slot >= EB_ARRAY_SIZE(com) || io != com[slot].io || irq != com[slot].irq) {
        chr->address.type = EB_ADDRESS_ISA;
        chr->address.iobase = io;
        chr->address.irq = irq;
    }
    if (uart != UartType_U16550A)
        chr->uart = eb_strdup(vm_name_of(uarts, EB_ARRAY_SIZE(uarts), (int)uart));
    return read_source(vm, port, slot, chr, err);
}

/* ---- Parallel ports ---- */

static int read_parallel(struct vm *vm, IParallelPort *port, uint32_t slot, struct eb_chardev *chr,
                         eb_error *err)
{
    uint32_t io = 0, irq = 0;

    if (IParallelPort_get_path(vm->vb, port, &chr->path, err) < 0 ||
        IParallelPort_get_IOBase(vm->vb, port, &io, err) < 0 ||
        IParallelPort_get_IRQ(vm->vb, port, &irq, err) < 0)
        return -1;
    chr->port = (int)slot;
    chr->source = eb_starts_with(chr->path, "/dev/") || chr->path[0] != '/' ? EB_CHR_DEV : EB_CHR_FILE;
    if (!chr->path[0]) {
        eb_replace_string(&chr->path, NULL);
        chr->source = EB_CHR_NULL;
    }
    if (slot >= EB_ARRAY_SIZE(lpt) || io != lpt[slot].io || irq != lpt[slot].irq) {
        chr->address.type = EB_ADDRESS_ISA;
        chr->address.iobase = io;
        chr->address.irq = irq;
    }
    return 0;
}

int vm_read_ports(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    uint32_t serials = 0, parallels = 0;

    if (vm_count_of(vm, VM_SERIAL_PORTS, &serials, err) < 0 ||
        vm_count_of(vm, VM_PARALLEL_PORTS, &parallels, err) < 0)
        return -1;
    for (uint32_t slot = 0; slot < serials; slot++) {
        VB_AUTO(ISerialPort) port = NULL;
        bool enabled = false;

        if (IMachine_getSerialPort(vm->vb, vm->machine, slot, &port, err) < 0 ||
            ISerialPort_get_enabled(vm->vb, port, &enabled, err) < 0 ||
            (enabled && read_serial(vm, port, slot, EB_APPEND(def->serials, def->n_serials), err) < 0))
            return -1;
    }
    for (uint32_t slot = 0; slot < parallels; slot++) {
        VB_AUTO(IParallelPort) port = NULL;
        bool enabled = false;

        if (IMachine_getParallelPort(vm->vb, vm->machine, slot, &port, err) < 0 ||
            IParallelPort_get_enabled(vm->vb, port, &enabled, err) < 0 ||
            (enabled && read_parallel(vm, port, slot, EB_APPEND(def->parallels, def->n_parallels), err) < 0))
            return -1;
    }
    return 0;
}

/* ---- Checking ---- */

/* slots[i] is the slot of port i: what it says, or the next free. */
static int plan_slots(struct vm *vm, const struct eb_chardev *list, size_t n, uint32_t max,
                      const char *element, uint32_t *slots, eb_error *err)
{
    EB_AUTOFREE bool *taken = eb_calloc(max + 1, sizeof(bool));
    uint32_t next = 0;

    for (size_t i = 0; i < n; i++) {
        if (list[i].port < 0)
            continue;
        if ((uint32_t)list[i].port >= max)
            return vm_refuse(vm, err, element, "port %d is not below %u", list[i].port, max);
        if (taken[list[i].port])
            return eb_error_set(err, EB_ERR_XML_ERROR, "two %s have the port %d", element, list[i].port);
        taken[list[i].port] = true;
        slots[i] = (uint32_t)list[i].port;
    }
    for (size_t i = 0; i < n; i++) {
        if (list[i].port >= 0)
            continue;
        while (next < max && taken[next])
            next++;
        if (next == max)
            return vm_refuse(vm, err, element, "there are %u such ports", max);
        taken[next] = true;
        slots[i] = next;
    }
    return 0;
}

/* A <console> is the first serial port by another name: libvirt's rule for hvm. */
static size_t serial_list(const struct eb_domain_def *def, const struct eb_chardev **out)
{
    if (def->n_serials || !def->n_consoles) {
        *out = def->serials;
        return def->n_serials;
    }
    *out = def->consoles;
    return 1;
}

static int refuse_chr(struct vm *vm, const struct eb_chardev *chr, const char *element, const char *may,
                      eb_error *err)
{
    EB_AUTOFREE char *what =
        eb_asprintf("type '%s' of %s", eb_chr_source_to_string((int)chr->source), element);

    return vm_refuse(vm, err, what, "it may be %s", may);
}

static int check_serial(struct vm *vm, const struct eb_chardev *chr, eb_error *err)
{
    bool needs_path = chr->source == EB_CHR_DEV || chr->source == EB_CHR_FILE || chr->source == EB_CHR_PIPE ||
                      chr->source == EB_CHR_UNIX;

    if (modes[chr->source] == PortMode__none)
        return refuse_chr(vm, chr, "<serial>", "pty, unix, pipe, dev, file, tcp, null", err);
    if (chr->protocol && strcmp(chr->protocol, "raw") != 0)
        return vm_refuse(vm, err, "<protocol> of <serial>", "it may be raw");
    if (!vb_enum_has(vm->vb, VB_ENUM_PortMode, (int)modes[chr->source]))
        return vm_refuse_release(vm, err, "type '%s' of <serial>", eb_chr_source_to_string((int)chr->source));
    if (needs_path && !chr->path)
        return vm_refuse(vm, err, "<serial> without a path", NULL);
    if (chr->source == EB_CHR_UNIX && strlen(chr->path) > SOCKET_PATH_MAX)
        return vm_refuse(vm, err, "path of <serial>", "a socket's path has at most %d characters",
                         SOCKET_PATH_MAX);
    if (chr->append == EB_YES)
        return vm_refuse(vm, err, "attribute 'append' of <serial>", NULL);
    if (chr->uart && !vb_has(vm->vb, VB_ISerialPort_set_uartType))
        return vm_refuse_release(vm, err, "attribute 'uart' of <vbox:serial>");
    return vm_check_name(vm, uarts, EB_ARRAY_SIZE(uarts), VB_ENUM_UartType,
                         "attribute 'uart' of <vbox:serial>:", chr->uart, err);
}

static int check_consoles(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_consoles; i++) {
        const char *type = def->consoles[i].target_type;

        if (i > 0 || (type && strcmp(type, "serial") != 0))
            return vm_refuse(vm, err, "<console>", "there is one, the first <serial>");
    }
    return 0;
}

int vm_check_ports(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_chardev *serials;
    size_t n = serial_list(def, &serials);
    EB_AUTOFREE uint32_t *slots = eb_calloc(n + def->n_parallels + 1, sizeof(*slots));
    uint32_t max_serials = 0, max_parallels = 0;

    if (vm_count_of(vm, VM_SERIAL_PORTS, &max_serials, err) < 0 ||
        vm_count_of(vm, VM_PARALLEL_PORTS, &max_parallels, err) < 0 || check_consoles(vm, def, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (check_serial(vm, &serials[i], err) < 0)
            return -1;
    for (size_t i = 0; i < def->n_parallels; i++) {
        const struct eb_chardev *chr = &def->parallels[i];

        if (chr->source != EB_CHR_DEV && chr->source != EB_CHR_FILE && chr->source != EB_CHR_NULL)
            return refuse_chr(vm, chr, "<parallel>", "dev, file, null", err);
    }
    if (plan_slots(vm, serials, n, max_serials, "<serial>", slots, err) < 0)
        return -1;
    return plan_slots(vm, def->parallels, def->n_parallels, max_parallels, "<parallel>", slots, err);
}

/* ---- Applying ---- */

struct serial_wish {
    enum vb_PortMode mode;
    bool server;
    char *path;
};

static int wish_for(struct vm *vm, const struct eb_chardev *chr, uint32_t slot, struct serial_wish *out,
                    eb_error *err)
{
    out->mode = modes[chr->source];
    out->server = chr->listen || chr->source == EB_CHR_PTY;
    if (chr->source == EB_CHR_PTY) {
        out->path = own_socket(vm, slot, err);
        if (!out->path)
            return -1;
        if (strlen(out->path) > SOCKET_PATH_MAX)
            return vm_refuse(vm, err, "type 'pty' of <serial>",
                             "the path '%s' is too long for a socket: say type='unix' and a shorter one",
                             out->path);
    } else if (chr->source == EB_CHR_TCP) {
        bool any = !chr->host || !chr->host[0] || strcmp(chr->host, "0.0.0.0") == 0;

        out->path = chr->listen && any
                        ? eb_strdup(chr->service ? chr->service : "")
                        : eb_asprintf("%s:%s", chr->host ? chr->host : "", chr->service ? chr->service : "");
    } else {
        out->path = eb_strdup(chr->path ? chr->path : "");
    }
    return 0;
}

/* A mode wants its path first; a path that the old mode would refuse waits until the port is disconnected. */
static int apply_source(struct vm *vm, ISerialPort *port, const struct eb_chardev *chr, uint32_t slot,
                        eb_error *err)
{
    struct serial_wish wish = {PortMode__none, false, NULL};
    EB_AUTOFREE char *path = NULL;
    enum vb_PortMode mode = PortMode__none;
    bool server = false;

    if (wish_for(vm, chr, slot, &wish, err) < 0)
        return -1;
    path = wish.path;
    wish.path = NULL;
    if (ISerialPort_get_hostMode(vm->vb, port, &mode, err) < 0 ||
        ISerialPort_get_server(vm->vb, port, &server, err) < 0)
        return -1;
    if (mode != wish.mode && mode != PortMode_Disconnected &&
        ISerialPort_set_hostMode(vm->vb, port, PortMode_Disconnected, err) < 0)
        return -1;
    if (wish.mode != PortMode_Disconnected && VM_CHANGE_TEXT(vm, ISerialPort, path, port, path, err) < 0)
        return -1;
    if (server != wish.server && ISerialPort_set_server(vm->vb, port, wish.server, err) < 0)
        return -1;
    if (mode == wish.mode)
        return 0;
    return wish.mode == PortMode_Disconnected ? 0 : ISerialPort_set_hostMode(vm->vb, port, wish.mode, err);
}

static int apply_serial(struct vm *vm, uint32_t slot, const struct eb_chardev *chr, eb_error *err)
{
    VB_AUTO(ISerialPort) port = NULL;
    const char *uart = chr && chr->uart ? chr->uart : "16550A";
    bool isa = chr && chr->address.type == EB_ADDRESS_ISA;
    uint32_t io, irq;

    if (IMachine_getSerialPort(vm->vb, vm->machine, slot, &port, err) < 0)
        return -1;
    if (!chr)
        return VM_CHANGE(bool, vm, ISerialPort, enabled, port, false, err);
    io = isa && chr->address.iobase ? chr->address.iobase : com[slot % EB_ARRAY_SIZE(com)].io;
    irq = isa && chr->address.irq ? chr->address.irq : com[slot % EB_ARRAY_SIZE(com)].irq;
    if (VM_CHANGE(uint32_t, vm, ISerialPort, IOAddress, port, io, err) < 0 ||
        VM_CHANGE(uint32_t, vm, ISerialPort, IRQ, port, irq, err) < 0 ||
        apply_source(vm, port, chr, slot, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_ISerialPort_set_uartType) &&
        VM_CHANGE(enum vb_UartType, vm, ISerialPort, uartType, port,
                  (enum vb_UartType)vm_value_of(uarts, EB_ARRAY_SIZE(uarts), uart), err) < 0)
        return -1;
    return VM_CHANGE(bool, vm, ISerialPort, enabled, port, true, err);
}

static int apply_parallel(struct vm *vm, uint32_t slot, const struct eb_chardev *chr, eb_error *err)
{
    VB_AUTO(IParallelPort) port = NULL;
    bool isa = chr && chr->address.type == EB_ADDRESS_ISA;
    uint32_t io, irq;

    if (IMachine_getParallelPort(vm->vb, vm->machine, slot, &port, err) < 0)
        return -1;
    if (!chr)
        return VM_CHANGE(bool, vm, IParallelPort, enabled, port, false, err);
    io = isa && chr->address.iobase ? chr->address.iobase : lpt[slot % EB_ARRAY_SIZE(lpt)].io;
    irq = isa && chr->address.irq ? chr->address.irq : lpt[slot % EB_ARRAY_SIZE(lpt)].irq;
    if (VM_CHANGE_TEXT(vm, IParallelPort, path, port, chr->path, err) < 0 ||
        VM_CHANGE(uint32_t, vm, IParallelPort, IOBase, port, io, err) < 0 ||
        VM_CHANGE(uint32_t, vm, IParallelPort, IRQ, port, irq, err) < 0)
        return -1;
    return VM_CHANGE(bool, vm, IParallelPort, enabled, port, true, err);
}

static const struct eb_chardev *at_slot(const struct eb_chardev *list, const uint32_t *slots, size_t n,
                                        uint32_t slot)
{
    for (size_t i = 0; i < n; i++)
        if (slots[i] == slot)
            return &list[i];
    return NULL;
}

int vm_apply_ports(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_chardev *serials;
    size_t n = serial_list(def, &serials);
    EB_AUTOFREE uint32_t *slots = eb_calloc(n + 1, sizeof(*slots));
    EB_AUTOFREE uint32_t *lpt_slots = eb_calloc(def->n_parallels + 1, sizeof(*lpt_slots));
    uint32_t max_serials = 0, max_parallels = 0;

    if (vm_count_of(vm, VM_SERIAL_PORTS, &max_serials, err) < 0 ||
        vm_count_of(vm, VM_PARALLEL_PORTS, &max_parallels, err) < 0 ||
        plan_slots(vm, serials, n, max_serials, "<serial>", slots, err) < 0 ||
        plan_slots(vm, def->parallels, def->n_parallels, max_parallels, "<parallel>", lpt_slots, err) < 0)
        return -1;
    for (uint32_t slot = 0; slot < max_serials; slot++)
        if (apply_serial(vm, slot, at_slot(serials, slots, n, slot), err) < 0)
            return -1;
    for (uint32_t slot = 0; slot < max_parallels; slot++)
        if (apply_parallel(vm, slot, at_slot(def->parallels, lpt_slots, def->n_parallels, slot), err) < 0)
            return -1;
    return 0;
}

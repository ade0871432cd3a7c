/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest additions tell: VirtualBox keeps it as guest properties. */
#include "base/uuid.h"
#include "core/params.h"
#include "vbox/stats.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#define INFO "/VirtualBox/GuestInfo/"

/* `*out` is NULL when it is empty. */
static int property(struct vbox_found *f, char **out, eb_error *err, const char *fmt, ...) EB_PRINTF(4, 5);
static int property(struct vbox_found *f, char **out, eb_error *err, const char *fmt, ...)
{
    EB_AUTOFREE char *name = NULL;
    va_list args;

    va_start(args, fmt);
    name = eb_vasprintf(fmt, args);
    va_end(args);
    *out = NULL;
    if (IMachine_getGuestPropertyValue(f->c->vb, f->machine, name, out, err) < 0)
        return -1;
    if (*out && !**out)
        free(EB_STEAL(*out));
    return 0;
}

static int find_running(eb_conn *conn, eb_uuid uuid, struct vbox_found *f, eb_error *err)
{
    if (vbox_find_accessible(vbox_conn_of(conn), uuid, f, err) < 0)
        return -1;
    return f->active ? 0 : vbox_not_running(err);
}

static int no_additions(const char *what, eb_error *err)
{
    return eb_error_set(err, EB_ERR_AGENT_UNRESPONSIVE, "the guest additions have not told %s", what);
}

/* ---- Addresses ---- */

/* "08002710D3AA" as "08:00:27:10:d3:aa". */
static char *format_mac(const char *text)
{
    char *mac;

    if (!text || strlen(text) != 12)
        return NULL;
    mac = eb_calloc(18, 1);
    for (int i = 0; i < 6; i++)
        sprintf(mac + 3 * i, "%.2s%s", text + 2 * i, i < 5 ? ":" : "");
    for (char *p = mac; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'F' ? *p + 32 : *p);
    return mac;
}

static unsigned prefix_of(const char *netmask)
{
    struct in_addr mask;

    if (!netmask || inet_pton(AF_INET, netmask, &mask) != 1)
        return 32;
    return (unsigned)__builtin_popcount(mask.s_addr);
}

static int read_interface(struct vbox_found *f, unsigned i, eb_guest_interface *out, eb_error *err)
{
    EB_AUTOFREE char *mac = NULL, *mask = NULL, *address = NULL;

    if (property(f, &out->name, err, INFO "Net/%u/Name", i) < 0 ||
        property(f, &mac, err, INFO "Net/%u/MAC", i) < 0 ||
        property(f, &address, err, INFO "Net/%u/V4/IP", i) < 0 ||
        property(f, &mask, err, INFO "Net/%u/V4/Netmask", i) < 0)
        return -1;
    /* older additions do not tell the name */
    if (!out->name)
        out->name = eb_asprintf("net%u", i);
    out->mac = format_mac(mac);
    if (address) {
        eb_ip_address *to = EB_APPEND(out->addresses, out->n_addresses);

        to->address = EB_STEAL(address);
        to->prefix = prefix_of(mask);
    }
    return 0;
}

static int read_interfaces(struct vbox_found *f, eb_guest_interface **out, eb_error *err)
{
    enum { MOST = 64 };
    EB_AUTOFREE char *text = NULL;
    uint64_t n = 0;

    if (property(f, &text, err, INFO "Net/Count") < 0)
        return -1;
    if (text && !eb_parse_u64(text, MOST, &n))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "the guest tells of '%s' interfaces", text);
    *out = eb_calloc(n + 1, sizeof(**out));
    for (unsigned i = 0; i < n; i++) {
        if (read_interface(f, i, &(*out)[i], err) < 0) {
            eb_guest_interfaces_free(*out, i + 1);
            return -1;
        }
    }
    return (int)n;
}

/* VirtualBox keeps no leases that could be told from what the guest says. */
static int addresses(eb_conn *conn, eb_uuid uuid, eb_address_source source, eb_guest_interface **out,
                     eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (source == EB_ADDRESSES_ARP)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "VirtualBox knows the addresses that a guest tells, not those of the ARP table");
    if (find_running(conn, uuid, &f, err) < 0)
        return -1;
    return read_interfaces(&f, out, err);
}

/* ---- The rest ---- */

static int hostname(eb_conn *conn, eb_uuid uuid, unsigned flags, char **out, eb_error *err)
{
    enum { SOURCE_AGENT = 1 << 1 };
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_check_flags(flags, SOURCE_AGENT, "virDomainGetHostname", err) < 0 ||
        find_running(conn, uuid, &f, err) < 0 || property(&f, out, err, INFO "OS/HostName") < 0)
        return -1;
    return *out ? 0 : no_additions("the guest's name", err);
}

static int add_text(struct vbox_found *f, struct eb_param_list *list, const char *name, const char *key,
                    eb_error *err)
{
    EB_AUTOFREE char *text = NULL;

    if (property(f, &text, err, INFO "%s", key) < 0)
        return -1;
    eb_params_add_string(list, text, "%s", name);
    return 0;
}

static int add_os(struct vbox_found *f, struct eb_param_list *list, eb_error *err)
{
    if (add_text(f, list, "os.name", "OS/Product", err) < 0 ||
        add_text(f, list, "os.kernel-release", "OS/Release", err) < 0)
        return -1;
    return add_text(f, list, "os.kernel-version", "OS/Version", err);
}

static int add_users(struct vbox_found *f, struct eb_param_list *list, eb_error *err)
{
    EB_AUTOFREE char *text = NULL;
    unsigned n = 0;
    char *save = NULL;
    size_t count_at = list->n;

    if (property(f, &text, err, INFO "OS/LoggedInUsersList") < 0)
        return -1;
    eb_params_add_uint(list, 0, "user.count");
    for (char *name = text ? strtok_r(text, ",", &save) : NULL; name; name = strtok_r(NULL, ",", &save))
        eb_params_add_string(list, name, "user.%u.name", n++);
    list->items[count_at].value.ui = n;
    return 0;
}

static int add_interfaces(struct vbox_found *f, struct eb_param_list *list, eb_error *err)
{
    eb_guest_interface *all;
    int n = read_interfaces(f, &all, err);

    if (n < 0)
        return -1;
    eb_params_add_uint(list, (unsigned)n, "if.count");
    for (int i = 0; i < n; i++) {
        eb_params_add_string(list, all[i].name, "if.%d.name", i);
        eb_params_add_string(list, all[i].mac, "if.%d.hwaddr", i);
        eb_params_add_uint(list, (unsigned)all[i].n_addresses, "if.%d.addr.count", i);
        for (size_t j = 0; j < all[i].n_addresses; j++) {
            eb_params_add_string(list, "ipv4", "if.%d.addr.%zu.type", i, j);
            eb_params_add_string(list, all[i].addresses[j].address, "if.%d.addr.%zu.addr", i, j);
            eb_params_add_uint(list, all[i].addresses[j].prefix, "if.%d.addr.%zu.prefix", i, j);
        }
    }
    eb_guest_interfaces_free(all, (size_t)n);
    return 0;
}

static int info(eb_conn *conn, eb_uuid uuid, unsigned types, eb_param **out, eb_error *err)
{
    enum {
        KNOWN = EB_GUEST_INFO_USERS | EB_GUEST_INFO_OS | EB_GUEST_INFO_HOSTNAME | EB_GUEST_INFO_INTERFACES
    };
    VBOX_AUTOFOUND struct vbox_found f = {0};
    struct eb_param_list list = {0};
    int result = 0;

    if (types & ~(unsigned)KNOWN)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unsupported guest information types '0x%x'",
                            types & ~(unsigned)KNOWN);
    if (!types)
        types = KNOWN;
    if (find_running(conn, uuid, &f, err) < 0)
        return -1;
    if (types & EB_GUEST_INFO_USERS)
        result = add_users(&f, &list, err);
    if (result == 0 && (types & EB_GUEST_INFO_OS))
        result = add_os(&f, &list, err);
    if (result == 0 && (types & EB_GUEST_INFO_HOSTNAME))
        result = add_text(&f, &list, "hostname", "OS/HostName", err);
    if (result == 0 && (types & EB_GUEST_INFO_INTERFACES))
        result = add_interfaces(&f, &list, err);
    if (result < 0) {
        eb_params_free(list.items, list.n);
        return -1;
    }
    return eb_params_give(&list, out);
}

/* ---- The debugger ---- */

static int open_debugger(struct vbox_running *r, IMachineDebugger **out, eb_error *err)
{
    return IConsole_get_debugger(r->f.c->vb, r->s.console, out, err);
}

static int inject_nmi(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    VBOX_AUTORUNNING struct vbox_running r;
    VB_AUTO(IMachineDebugger) debugger = NULL;

    if (vbox_running_open(conn, uuid, &r, err) < 0 || open_debugger(&r, &debugger, err) < 0)
        return -1;
    return IMachineDebugger_injectNMI(r.f.c->vb, debugger, err);
}

/* VirtualBox writes over no file; those who ask for a dump expect it to. */
static int dump_over(struct vbox_running *r, IMachineDebugger *debugger, const char *path, eb_error *err)
{
    unsigned char uuid[16];
    char unique[EB_UUID_STRLEN + 1];
    EB_AUTOFREE char *temporary = NULL;

    eb_uuid_generate(uuid);
    eb_uuid_format(uuid, unique);
    temporary = eb_asprintf("%s.%s", path, unique);
    if (IMachineDebugger_dumpGuestCore(r->f.c->vb, debugger, temporary, "", err) == 0) {
        if (rename(temporary, path) == 0)
            return 0;
        eb_error_set_errno(err, errno, "cannot make '%s'", path);
    }
    unlink(temporary);
    return -1;
}

/* VirtualBox dumps what the guest has in memory, as an ELF core, while it runs. */
static int core_dump(eb_conn *conn, eb_uuid uuid, const char *path, unsigned format, unsigned flags,
                     eb_error *err)
{
    enum { DUMP_LIVE = 1 << 1, DUMP_MEMORY_ONLY = 1 << 4 };
    VBOX_AUTORUNNING struct vbox_running r;
    VB_AUTO(IMachineDebugger) debugger = NULL;

    if (vbox_check_flags(flags, DUMP_LIVE | DUMP_MEMORY_ONLY, "virDomainCoreDump", err) < 0)
        return -1;
    if (format)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "VirtualBox writes ELF cores only");
    if (vbox_running_open(conn, uuid, &r, err) < 0 || open_debugger(&r, &debugger, err) < 0)
        return -1;
    return dump_over(&r, debugger, path, err);
}

const struct eb_driver_guest_ops vbox_guest_ops = {
    .screenshot = vbox_screenshot,
    .send_key = vbox_send_key,
    .inject_nmi = inject_nmi,
    .core_dump = core_dump,
    .open_console = vbox_open_console,
    .addresses = addresses,
    .hostname = hostname,
    .info = info,
};

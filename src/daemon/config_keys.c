/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of everboxd.conf. The names are libvirt's where it has one for the thing. */
#include <grp.h>
#include <netdb.h>
#include <sys/socket.h>

#include "base/log.h"
#include "daemon/config.h"
#include "daemon/logging.h"
#include "rpc/tls.h"

enum { GROUP_ROOM = 1 << 20 };

static int check_group(const char *key, const char *name, eb_error *err)
{
    EB_AUTOFREE char *room = eb_calloc(1, GROUP_ROOM);
    struct group found, *entry = NULL;

    if (getgrnam_r(name, &found, room, GROUP_ROOM, &entry) != 0 || !entry)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s: there is no group '%s'", key, name);
    return 0;
}

static int check_port(const char *key, const char *port, eb_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    uint64_t number;

    /* Larger numbers would be cut off, and zero is no port that anyone finds. */
    if (eb_parse_u64(port, UINT64_MAX, &number) ? !number || number > UINT16_MAX
                                                : getaddrinfo(NULL, port, &hints, &list) != 0)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX,
                            "%s is '%s', neither a port from 1 to 65535 nor the name of a service", key,
                            port);
    if (list)
        freeaddrinfo(list);
    return 0;
}

/* What these say names the key. */
static int check_priority(const char *key EB_UNUSED, const char *text, eb_error *err)
{
    return rpc_tls_check_priority(text, err);
}

static int check_filters(const char *key EB_UNUSED, const char *text, eb_error *err)
{
    return daemon_logging_check_filters(text, err);
}

static int check_outputs(const char *key EB_UNUSED, const char *text, eb_error *err)
{
    return daemon_logging_check_outputs(text, err);
}

#define AT(member) .offset = offsetof(struct daemon_config, member)
#define LIMIT(member) .offset = offsetof(struct daemon_config, limits.member)
#define SECTION(title)                                                                                       \
    {                                                                                                        \
        .name = "", .text = title                                                                            \
    }

const struct daemon_key daemon_keys[] = {
    SECTION("Sockets of this host"),
    {"unix_sock_group", KEY_TEXT, AT(unix_sock_group), .check = check_group, .fixed = true,
     .example = "\"libvirt\"",
     .text =
         "The group that the system daemon's socket is given to. A user's daemon is for that user alone."},
    {"unix_sock_rw_perms", KEY_OCTAL, AT(unix_sock_rw_perms), .fixed = true, .value = "\"0700\"",
     .text = "Permissions of the system daemon's socket, of the one that changes nothing, and of the one for "
             "administration (virt-admin, everbox status). In octal."},
    {"unix_sock_ro_perms", KEY_OCTAL, AT(unix_sock_ro_perms), .fixed = true, .value = "\"0777\""},
    {"unix_sock_admin_perms", KEY_OCTAL, AT(unix_sock_admin_perms), .fixed = true, .value = "\"0700\""},
    {"auth_unix_rw", KEY_CHOICE, AT(auth_unix_rw), .fixed = true, .words = "none polkit sasl",
     .value = "\"none\"",
     .text =
         "How a client of the Unix socket, and of the one that changes nothing, shows that it "
         "may come in. none: who can open the socket may. polkit: polkit is asked for "
         "org.libvirt.unix.manage "
         "or org.libvirt.unix.monitor; root is not asked; unix_sock_rw_perms then wants to be 0777. sasl: by "
         "SASL."},
    {"auth_unix_ro", KEY_CHOICE, AT(auth_unix_ro), .fixed = true, .words = "none polkit sasl",
     .value = "\"none\""},
    {"legacy_socket", KEY_FLAG, AT(legacy_socket), .fixed = true, .max = 1, .value = "0",
     .text = "1: also listens on libvirt-sock where no libvirtd does, for clients that know no other; beside "
             "virtvboxd-sock alone, not with --socket or sockets from systemd."},

    SECTION("Other hosts"),
    {"listen_tls", KEY_FLAG, AT(listen_tls), .fixed = true, .max = 1, .value = "0",
     .text = "1: listens for TLS. Every client needs a certificate of the authority in ca_file."},
    {"listen_tcp", KEY_FLAG, AT(listen_tcp), .fixed = true, .max = 1, .value = "0",
     .text = "1: listens for TCP without TLS. Only SASL with a mechanism that encrypts lets anyone in."},
    {"listen_addr", KEY_TEXT, AT(listen_addr), .fixed = true, .example = "\"192.0.2.1\"",
     .text = "The address that is listened on; without it, all of this host's."},
    {"tls_port", KEY_TEXT, AT(tls_port), .check = check_port, .fixed = true, .value = "\"16514\"",
     .text = "Ports, or names of services."},
    {"tcp_port", KEY_TEXT, AT(tcp_port), .check = check_port, .fixed = true, .value = "\"16509\""},
    {"auth_tls", KEY_CHOICE, AT(auth_tls), .fixed = true, .words = "none sasl", .value = "\"none\"",
     .text = "What a client has to show after its certificate, and through TCP."},
    {"auth_tcp", KEY_CHOICE, AT(auth_tcp), .fixed = true, .words = "sasl", .value = "\"sasl\""},
    {"ca_file", KEY_TEXT, AT(ca_file), .example = "\"/etc/pki/CA/cacert.pem\"",
     .text =
         "The authority's certificate, what it revoked, the daemon's certificate and its key, in PEM. "
         "Without these keys: /etc/pki/CA/cacert.pem, /etc/pki/CA/cacrl.pem where there is one, "
         "/etc/pki/libvirt/servercert.pem and /etc/pki/libvirt/private/serverkey.pem; for a user's daemon "
         "first ~/.pki/libvirt/ with cacert.pem, cacrl.pem, servercert.pem and serverkey.pem."},
    {"crl_file", KEY_TEXT, AT(crl_file), .example = "\"/etc/pki/CA/cacrl.pem\""},
    {"cert_file", KEY_TEXT, AT(cert_file), .example = "\"/etc/pki/libvirt/servercert.pem\""},
    {"key_file", KEY_TEXT, AT(key_file), .example = "\"/etc/pki/libvirt/private/serverkey.pem\""},
    {"tls_priority", KEY_TEXT, AT(tls_priority), .check = check_priority,
     .example = "\"NORMAL:-VERS-TLS1.2\"",
     .text = "GnuTLS's priority string: which versions and ciphers are allowed."},
    {"tls_allowed_dn_list", KEY_LIST, AT(tls_allowed_dn_list),
     .example = "[\"CN=admin,O=Example,C=DE\", \"CN=*,O=Machines,C=DE\"]",
     .text =
         "The names in certificates that may come in, as `certtool -i` (or virt-pki-query-dn) prints a "
         "subject; * stands for any text, ? for any character. Without it every certificate of the authority "
         "may; an empty list lets nobody in."},
    {"sasl_allowed_username_list", KEY_LIST, AT(sasl_allowed_username_list),
     .example = "[\"admin\", \"*@example.com\"]",
     .text =
         "The names that may come in by SASL, likewise. What mechanisms there are and where passwords are "
         "kept is in /etc/sasl2/libvirt.conf."},
    {"max_anonymous_clients", KEY_COUNT, LIMIT(max_anonymous), .max = 100000, .value = "20",
     .text = "Clients that did not yet show that they may come in: so many at a time, for so many seconds."},
    {"handshake_timeout", KEY_COUNT, LIMIT(handshake_timeout), .max = 3600, .value = "30"},

    SECTION("Limits"),
    {"max_clients", KEY_COUNT, LIMIT(max_clients), .max = 100000, .value = "5000",
     .text = "Clients at a time; more are turned away."},
    {"max_client_requests", KEY_COUNT, LIMIT(max_client_requests), .max = 10000, .value = "5",
     .text =
         "Calls of one client that run at a time, and how many more of it are taken in before it is not read "
         "any more."},
    {"max_client_waiting", KEY_COUNT, LIMIT(max_client_waiting), .max = 10000, .value = "64"},
    {"max_message_size", KEY_SIZE, LIMIT(max_message), .max = 32 * 1024, .value = "32768",
     .text =
         "KiB: the largest message that a client may send, and how much may wait for a client that does not "
         "read before it is closed."},
    {"max_client_output", KEY_SIZE, .wide = true, LIMIT(max_client_output), .max = 1024 * 1024,
     .value = "65536"},
    {"max_workers", KEY_COUNT, LIMIT(workers), .fixed = true, .max = 1000, .value = "20",
     .text = "Operations that run at a time, and calls that only read, which have threads of their own so "
             "that they never wait for operations. What takes longer than two seconds does not count, up to "
             "ten times as many."},
    {"prio_workers", KEY_COUNT, LIMIT(quick_workers), .fixed = true, .max = 1000, .value = "5"},
    {"keepalive_interval", KEY_SECONDS, LIMIT(keepalive_interval), .max = 86400, .value = "5",
     .text =
         "A client that understands it is asked after so many silent seconds (0: never), and closed after so "
         "many questions without an answer."},
    {"keepalive_count", KEY_COUNT, LIMIT(keepalive_count), .max = 1000, .value = "5"},
    {"timeout", KEY_SECONDS, LIMIT(idle_timeout), .max = 86400, .value = "0",
     .text = "Ends after so many seconds without a client; 0: never. --timeout goes before it."},
    {"stop_timeout", KEY_SECONDS, AT(stop_timeout), .max = 86400, .value = "60",
     .text =
         "Asked to end, the daemon waits so many seconds for operations that run; 0: as long as they take."},

    SECTION("Logs"),
    {"log_level", KEY_COUNT, AT(log_level), .max = EB_LOG_ERROR, .value = "3",
     .text = "1 debug, 2 info, 3 warnings, 4 errors. The environment's EVERBOX_LOG goes before it."},
    {"log_filters", KEY_TEXT, AT(log_filters), .check = check_filters, .example = "\"1:rpc 4:vbox\"",
     .text = "Other levels for parts: LEVEL:NAME between blanks, the first whose NAME is in the part's name "
             "holds. "
             "Parts are rpc, auth, sasl, polkit, daemon, vbox, event, loop and files' names."},
    {"log_outputs", KEY_TEXT, AT(log_outputs), .check = check_outputs,
     .example = "\"3:syslog:everboxd 1:file:/var/log/everboxd.log\"",
     .text =
         "Where to, each with the least level it takes: LEVEL:stderr, LEVEL:syslog:NAME, "
         "LEVEL:file:/ABSOLUTE/PATH, LEVEL:journald. Without it: the journal when stderr leads there, syslog "
         "in the background, else stderr."},
    {0},
};

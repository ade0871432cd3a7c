/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_network_change.c net-update, net-edit, and the addresses that a network gave. */
#include "shell/editor.h"
#include "shell/network.h"

#include <stdlib.h>
#include <time.h>

/* ---- net-update ---- */

const struct opt network_update_opts[] = {
    OPT_NETWORK,
    {"command", OPT_DATA, 0, "add-first, add-last (or add), delete or modify", NULL},
    {"section", OPT_DATA, 0, "what it changes, as ip-dhcp-host, ip-dhcp-range, dns-host or portgroup", NULL},
    {"xml", OPT_DATA, 0, "the element, or a file that has it", complete_file},
    {"parent-index", OPT_INT, OPT_NAMED_ONLY, "which <ip> it belongs to, from 0", NULL},
    OPT_FLAG("config", "the definition that holds from the next start on"),
    OPT_FLAG("live", "the running network"),
    OPT_FLAG("current", "the running network if it runs, else its definition (default)"),
    OPTS_END,
};

struct word_of {
    const char *word;
    unsigned value;
};

static const struct word_of commands[] = {
    {"add", EB_NETWORK_UPDATE_ADD_LAST},        {"add-last", EB_NETWORK_UPDATE_ADD_LAST},
    {"add-first", EB_NETWORK_UPDATE_ADD_FIRST}, {"delete", EB_NETWORK_UPDATE_DELETE},
    {"modify", EB_NETWORK_UPDATE_MODIFY},
};

static const struct word_of sections[] = {
    {"bridge", EB_NETWORK_SECTION_BRIDGE},
    {"domain", EB_NETWORK_SECTION_DOMAIN},
    {"ip", EB_NETWORK_SECTION_IP},
    {"ip-dhcp-host", EB_NETWORK_SECTION_IP_DHCP_HOST},
    {"ip-dhcp-range", EB_NETWORK_SECTION_IP_DHCP_RANGE},
    {"forward", EB_NETWORK_SECTION_FORWARD},
    {"forward-interface", EB_NETWORK_SECTION_FORWARD_INTERFACE},
    {"forward-pf", EB_NETWORK_SECTION_FORWARD_PF},
    {"portgroup", EB_NETWORK_SECTION_PORTGROUP},
    {"dns-host", EB_NETWORK_SECTION_DNS_HOST},
    {"dns-txt", EB_NETWORK_SECTION_DNS_TXT},
    {"dns-srv", EB_NETWORK_SECTION_DNS_SRV},
};

static int read_word(struct shell *sh, const struct args *args, const char *option,
                     const struct word_of *words, size_t n, unsigned *out)
{
    const char *word;

    if (args_string(sh, args, option, &word) != 1)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(words[i].word, word) == 0) {
            *out = words[i].value;
            return 0;
        }
    }
    return sh_error(sh, "unrecognized %s name '%s'", option, word);
}

static const char *what_changed(eb_network *net, unsigned flags)
{
    if (flags == (EB_AFFECT_LIVE | EB_AFFECT_CONFIG))
        return "persistent config and live state";
    if (flags == EB_AFFECT_LIVE || (flags == EB_AFFECT_CURRENT && eb_network_is_active(net, NULL) == 1))
        return "live state";
    return "persistent config";
}

int run_network_update(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *read = NULL;
    unsigned command = 0, section = 0, flags;
    const char *xml;
    int index = -1;

    if (args_exclusive(sh, args, "current", "live") < 0 || args_exclusive(sh, args, "current", "config") < 0)
        return -1;
    flags =
        (args_has(args, "config") ? EB_AFFECT_CONFIG : 0u) | (args_has(args, "live") ? EB_AFFECT_LIVE : 0u);
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME | BY_UUID);
    if (!net || read_word(sh, args, "command", commands, EB_ARRAY_SIZE(commands), &command) < 0 ||
        read_word(sh, args, "section", sections, EB_ARRAY_SIZE(sections), &section) < 0 ||
        args_int(sh, args, "parent-index", &index) < 0 || args_string(sh, args, "xml", &xml) != 1)
        return -1;
    if (*xml != '<') {
        if (sh_read_file(sh, xml, &read) < 0)
            return -1;
        xml = read;
    }
    if (eb_network_update(net, command, section, index, xml, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to update network %s", eb_network_get_name(net));
    sh_extra(sh, "Updated network %s %s", eb_network_get_name(net), what_changed(net, flags));
    return 0;
}

/* ---- net-dhcp-leases ---- */

const struct opt network_leases_opts[] = {
    OPT_NETWORK,
    {"mac", OPT_STRING, 0, "only what this MAC address was given", NULL},
    OPTS_END,
};

static int compare_leases(const void *a, const void *b)
{
    const eb_dhcp_lease *x = a, *y = b;

    return x->expiry < y->expiry ? -1 : x->expiry > y->expiry;
}

static void format_time(int64_t seconds, char *out, size_t size)
{
    time_t when = (time_t)seconds;
    struct tm tm;

    *out = '\0';
    if (localtime_r(&when, &tm))
        strftime(out, size, "%Y-%m-%d %H:%M:%S", &tm);
}

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void print_leases(struct shell *sh, const eb_dhcp_lease *leases, int n)
{
    static const char *const titles[] = {"Expiry Time", "MAC address", "Protocol",
                                         "IP address",  "Hostname",    "Client ID or DUID"};
    AUTO_TABLE struct table t;

    table_init(&t, EB_ARRAY_SIZE(titles), titles);
    for (int i = 0; i < n; i++) {
        EB_AUTOFREE char *address = eb_asprintf("%s/%u", leases[i].address, leases[i].prefix);
        char when[64];

        format_time(leases[i].expiry, when, sizeof(when));
        table_add(&t,
                  (const char *const[]){when, or_dash(leases[i].mac), leases[i].type ? "ipv6" : "ipv4",
                                        address, or_dash(leases[i].hostname), or_dash(leases[i].client_id)});
    }
    EB_AUTOFREE char *text = table_format(&t, true);
    sh_print(sh, "%s", text);
}

static void json_leases(struct shell *sh, const eb_dhcp_lease *leases, int n)
{
    AUTO_JSON struct json j = {0};

    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        json_begin(&j, NULL);
        json_int(&j, "expiry", leases[i].expiry);
        json_string(&j, "mac", leases[i].mac);
        json_string(&j, "protocol", leases[i].type ? "ipv6" : "ipv4");
        json_string(&j, "address", leases[i].address);
        json_int(&j, "prefix", leases[i].prefix);
        json_string(&j, "hostname", leases[i].hostname);
        json_string(&j, "client-id", leases[i].client_id);
        json_string(&j, "interface", leases[i].interface);
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

int run_network_leases(struct shell *sh, const struct args *args)
{
    AUTO_NETWORK net = NULL;
    eb_dhcp_lease *leases = NULL;
    const char *mac = NULL;
    int n;

    if (args_string(sh, args, "mac", &mac) < 0 || !(net = sh_network(sh, args, BY_NAME | BY_UUID)))
        return -1;
    n = eb_network_get_dhcp_leases(net, mac, 0, &leases, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to get leases info for %s", eb_network_get_name(net));
    qsort(leases, (size_t)n, sizeof(*leases), compare_leases);
    if (sh_wants_json(args))
        json_leases(sh, leases, n);
    else
        print_leases(sh, leases, n);
    eb_dhcp_leases_free(leases, (size_t)n);
    return 0;
}

/* ---- net-edit ---- */

const struct opt network_edit_opts[] = {OPT_NETWORK, OPTS_END};

enum { XML_INACTIVE = 1 };

/* As it will be at the next start, where the driver tells that apart. */
static int definition_of(struct shell *sh, eb_network *net, char **out)
{
    if (eb_network_get_xml(net, XML_INACTIVE, out, &sh->error) == 0)
        return 0;
    if (sh->error.code != EB_ERR_INVALID_ARG)
        return -1;
    sh_forget(sh);
    return eb_network_get_xml(net, 0, out, &sh->error);
}

struct edit {
    eb_network *net;
    const char *before;
};

static int apply_edit(struct shell *sh, const char *text, void *opaque)
{
    struct edit *e = opaque;
    EB_AUTOFREE char *now = NULL;

    if (definition_of(sh, e->net, &now) < 0)
        return -1;
    if (!eb_streq(now, e->before))
        return eb_error_set(&sh->error, EB_ERR_OPERATION_FAILED,
                            "the network's XML was changed by someone else meanwhile");
    return eb_network_define_xml(sh->conn, text, 0, NULL, &sh->error);
}

int run_network_edit(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *before = NULL;
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME | BY_UUID);
    struct edit e = {.net = net};
    int result;

    if (!net || definition_of(sh, net, &before) < 0)
        return -1;
    e.before = before;
    result = editor_change(sh, before, apply_edit, &e);
    if (result >= 0)
        sh_extra(sh, "Network %s XML configuration %s.\n", eb_network_get_name(net),
                 result ? "edited" : "not changed");
    return result < 0 ? -1 : 0;
}

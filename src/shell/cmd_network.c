/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_network.c Commands on networks. */
#include "shell/network.h"

#include <stdlib.h>

static const struct opt network_opts[] = {OPT_NETWORK, OPTS_END};
static const struct opt file_opts[] = {
    OPT_FILE("file with the network's XML"),
    OPT_FLAG("validate", "check the XML against the schema first"),
    OPTS_END,
};

/* ---- net-list ---- */

static const struct opt list_options[] = {
    OPT_FLAG("inactive", "those that are not active"),
    OPT_FLAG("all", "those that are active and those that are not"),
    OPT_FLAG("persistent", "only defined ones"),
    OPT_FLAG("transient", "only transient ones"),
    OPT_FLAG("autostart", "only those that start with the host"),
    OPT_FLAG("no-autostart", "only those that do not start with the host"),
    OPT_FLAG("uuid", "print uuids only"),
    OPT_FLAG("name", "print names only"),
    OPT_FLAG("table", "print a table (default)"),
    OPTS_END,
};

static unsigned list_flags(const struct args *args)
{
    unsigned flags = (args_has(args, "persistent") ? EB_LIST_NETWORKS_PERSISTENT : 0u) |
                     (args_has(args, "transient") ? EB_LIST_NETWORKS_TRANSIENT : 0u) |
                     (args_has(args, "autostart") ? EB_LIST_NETWORKS_AUTOSTART : 0u) |
                     (args_has(args, "no-autostart") ? EB_LIST_NETWORKS_NO_AUTOSTART : 0u);

    if (args_has(args, "all"))
        return flags | EB_LIST_NETWORKS_ACTIVE | EB_LIST_NETWORKS_INACTIVE;
    return flags | (args_has(args, "inactive") ? EB_LIST_NETWORKS_INACTIVE : EB_LIST_NETWORKS_ACTIVE);
}

static int compare(const void *a, const void *b)
{
    return strcasecmp(eb_network_get_name(*(eb_network *const *)a),
                      eb_network_get_name(*(eb_network *const *)b));
}

static void add_row(struct table *t, eb_network *net)
{
    int autostart = eb_network_get_autostart(net, NULL);

    table_add(t, (const char *const[]){eb_network_get_name(net),
                                       eb_network_is_active(net, NULL) == 1 ? "active" : "inactive",
                                       autostart < 0 ? "no autostart" : sh_yes_no(autostart),
                                       sh_yes_no(eb_network_is_persistent(net, NULL) == 1)});
}

static void print_table(struct shell *sh, eb_network **nets, int n)
{
    static const char *const titles[] = {"Name", "State", "Autostart", "Persistent"};
    AUTO_TABLE struct table t;

    table_init(&t, 4, titles);
    for (int i = 0; i < n; i++)
        add_row(&t, nets[i]);
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
}

static void json_network(struct json *j, eb_network *net)
{
    EB_AUTOFREE char *bridge = NULL;
    char uuid[37];

    eb_network_get_uuid_string(net, uuid);
    eb_network_get_bridge_name(net, &bridge, NULL);
    json_begin(j, NULL);
    json_string(j, "name", eb_network_get_name(net));
    json_string(j, "uuid", uuid);
    json_bool(j, "active", eb_network_is_active(net, NULL) == 1);
    json_bool(j, "persistent", eb_network_is_persistent(net, NULL) == 1);
    json_bool(j, "autostart", eb_network_get_autostart(net, NULL) == 1);
    json_string(j, "bridge", bridge);
    json_end(j);
}

static void print_names(struct shell *sh, const struct args *args, eb_network **nets, int n)
{
    for (int i = 0; i < n; i++) {
        char uuid[37];

        eb_network_get_uuid_string(nets[i], uuid);
        sh_print(sh, "%s\n", args_has(args, "uuid") ? uuid : eb_network_get_name(nets[i]));
    }
}

static int run_list_networks(struct shell *sh, const struct args *args)
{
    eb_network **nets = NULL;
    int n;

    if (args_has(args, "table") + args_has(args, "name") + args_has(args, "uuid") > 1)
        return sh_error(sh, "Only one argument from --table, --name and --uuid may be specified.");
    n = eb_conn_list_networks(sh->conn, list_flags(args), &nets, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to list networks");
    qsort(nets, (size_t)n, sizeof(*nets), compare);
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin_array(&j, NULL);
        for (int i = 0; i < n; i++)
            json_network(&j, nets[i]);
        json_end_array(&j);
        sh_json_print(sh, &j);
    } else if (args_has(args, "name") || args_has(args, "uuid")) {
        print_names(sh, args, nets, n);
    } else {
        print_table(sh, nets, n);
    }
    for (int i = 0; i < n; i++)
        eb_network_unref(nets[i]);
    eb_free(nets);
    return 0;
}

/* ---- What is known of one ---- */

static int run_info(struct shell *sh, const struct args *args)
{
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME | BY_UUID);
    EB_AUTOFREE char *bridge = NULL;
    char uuid[37];
    int active, persistent, autostart;

    if (!net)
        return -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_network(&j, net);
        sh_json_print(sh, &j);
        return 0;
    }
    eb_network_get_uuid_string(net, uuid);
    sh_info(sh, "Name:", eb_network_get_name(net));
    sh_info(sh, "UUID:", uuid);
    if ((active = eb_network_is_active(net, NULL)) >= 0)
        sh_info(sh, "Active:", sh_yes_no(active));
    persistent = eb_network_is_persistent(net, NULL);
    sh_info(sh, "Persistent:", persistent < 0 ? "unknown" : sh_yes_no(persistent));
    autostart = eb_network_get_autostart(net, NULL);
    sh_info(sh, "Autostart:", autostart < 0 ? "no autostart" : sh_yes_no(autostart));
    if (eb_network_get_bridge_name(net, &bridge, NULL) == 0)
        sh_info(sh, "Bridge:", bridge);
    return 0;
}

static int run_name(struct shell *sh, const struct args *args)
{
    AUTO_NETWORK net = sh_network(sh, args, BY_UUID);

    if (!net)
        return -1;
    if (sh_wants_json(args))
        sh_json_text(sh, "name", eb_network_get_name(net));
    else
        sh_print(sh, "%s\n", eb_network_get_name(net));
    return 0;
}

static int run_uuid(struct shell *sh, const struct args *args)
{
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME);
    char uuid[37];

    if (!net)
        return -1;
    eb_network_get_uuid_string(net, uuid);
    if (sh_wants_json(args))
        sh_json_text(sh, "uuid", uuid);
    else
        sh_print(sh, "%s\n", uuid);
    return 0;
}

static const struct opt dumpxml_opts[] = {
    OPT_NETWORK,
    OPT_FLAG("inactive", "as it will be at the next start"),
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

static int run_dumpxml(struct shell *sh, const struct args *args)
{
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME | BY_UUID);
    EB_AUTOFREE char *xml = NULL;

    if (!net || eb_network_get_xml(net, args_has(args, "inactive") ? 1 : 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

/* ---- Changes ---- */

static int from_file(struct shell *sh, const struct args *args,
                     int (*make)(eb_conn *, const char *, unsigned, eb_network **, eb_error *),
                     const char *verb, const char *done)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_NETWORK net = NULL;
    const char *file;

    if (args_string(sh, args, "file", &file) < 0 || sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (make(sh->conn, xml, args_has(args, "validate") ? EB_DEFINE_VALIDATE : 0, &net, &sh->error) < 0)
        return sh_error(sh, "Failed to %s network from %s", verb, file);
    sh_extra(sh, "Network %s %s from %s\n", eb_network_get_name(net), done, file);
    return 0;
}

static int run_define(struct shell *sh, const struct args *args)
{
    return from_file(sh, args, eb_network_define_xml, "define", "defined");
}

static int run_create(struct shell *sh, const struct args *args)
{
    return from_file(sh, args, eb_network_create_xml, "create", "created");
}

static int change(struct shell *sh, const struct args *args, int (*call)(eb_network *, eb_error *),
                  const char *verb, const char *done)
{
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME | BY_UUID);

    if (!net)
        return -1;
    if (call(net, &sh->error) < 0)
        return sh_error(sh, "Failed to %s network %s", verb, eb_network_get_name(net));
    sh_extra(sh, "Network %s %s\n", eb_network_get_name(net), done);
    return 0;
}

static int run_start(struct shell *sh, const struct args *args)
{
    return change(sh, args, eb_network_start, "start", "started");
}

static int run_destroy(struct shell *sh, const struct args *args)
{
    return change(sh, args, eb_network_destroy, "destroy", "destroyed");
}

static int run_undefine(struct shell *sh, const struct args *args)
{
    return change(sh, args, eb_network_undefine, "undefine", "has been undefined");
}

static const struct opt autostart_opts[] = {
    OPT_NETWORK,
    OPT_FLAG("disable", "do not start it any more"),
    OPTS_END,
};

static int run_autostart(struct shell *sh, const struct args *args)
{
    AUTO_NETWORK net = sh_network(sh, args, BY_NAME | BY_UUID);
    bool disable = args_has(args, "disable");

    if (!net)
        return -1;
    if (eb_network_set_autostart(net, !disable, &sh->error) < 0)
        return sh_error(sh, "failed to %smark network %s as autostarted", disable ? "un" : "",
                        eb_network_get_name(net));
    sh_extra(sh, "Network %s %smarked as autostarted\n", eb_network_get_name(net), disable ? "un" : "");
    return 0;
}

const struct command commands_network[] = {
    {"net-autostart", "start a network with the host, or no longer", NULL, autostart_opts, run_autostart, 0,
     "net-autostart default"},
    {"net-create", "make and start a transient network from an XML file", NULL, file_opts, run_create, 0,
     "net-create lab.xml"},
    {"net-define", "define a network from an XML file, or change the one with its uuid", NULL, file_opts,
     run_define, 0, "net-define lab.xml"},
    {"net-destroy", "stop a network", NULL, network_opts, run_destroy, 0, "net-destroy lab"},
    {"net-dhcp-leases", "list the addresses that a network's DHCP server gave", NULL, network_leases_opts,
     run_network_leases, CMD_JSON, "net-dhcp-leases default"},
    {"net-dumpxml", "print a network's XML", NULL, dumpxml_opts, run_dumpxml, CMD_JSON,
     "net-dumpxml default"},
    {"net-edit", "edit a network's XML in $VISUAL, $EDITOR or vi",
     "Nothing changes when the file was left as it was, or when it is refused.", network_edit_opts,
     run_network_edit, 0, "net-edit lab"},
    {"net-info", "print what there is to know about a network", NULL, network_opts, run_info, CMD_JSON,
     "net-info default"},
    {"net-list", "list networks", "Only active ones, unless --all or --inactive is given.", list_options,
     run_list_networks, CMD_JSON, "net-list --all"},
    {"net-name", "print the name of the network with a uuid", NULL, network_opts, run_name, CMD_JSON, NULL},
    {"net-start", "start a defined network", NULL, network_opts, run_start, 0, "net-start lab"},
    {"net-undefine", "remove an inactive network's definition", NULL, network_opts, run_undefine, 0,
     "net-undefine lab"},
    {"net-update", "change one element of a network", NULL, network_update_opts, run_network_update, 0,
     "net-update lab add ip-dhcp-host '<host mac=\"52:54:00:00:00:01\" ip=\"10.1.0.20\"/>'"},
    {"net-uuid", "print a network's uuid", NULL, network_opts, run_uuid, CMD_JSON, "net-uuid default"},
    {0},
};

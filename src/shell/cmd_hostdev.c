/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_hostdev.c Commands on the host's network interfaces. */
#include "shell/objects.h"

#include <stdlib.h>

static void iface_cleanup(eb_iface **iface)
{
    eb_iface_unref(*iface);
}
#define AUTO_IFACE EB_CLEANUP(iface_cleanup) eb_iface *

enum { XML_INACTIVE = 1 << 0 /* VIR_INTERFACE_XML_INACTIVE */ };

static void complete_iface(struct shell *sh, const struct args *args EB_UNUSED, struct candidates *list)
{
    eb_iface **ifaces = NULL;
    int n = eb_conn_list_ifaces(sh->conn, 0, &ifaces, NULL);

    for (int i = 0; i < n; i++) {
        candidates_add(list, eb_iface_get_name(ifaces[i]));
        eb_iface_unref(ifaces[i]);
    }
    eb_free(ifaces);
}

static const struct opt iface_opts[] = {
    {"interface", OPT_DATA, 0, "the interface's name or MAC address", complete_iface},
    OPTS_END,
};

static const struct opt dumpxml_opts[] = {
    {"interface", OPT_DATA, 0, "the interface's name or MAC address", complete_iface},
    OPT_FLAG("inactive", "as it is defined"),
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

static bool is_mac(const char *text)
{
    return strlen(text) == 17 && strspn(text, "0123456789abcdefABCDEF:") == 17;
}

static eb_iface *find_iface(struct shell *sh, const struct args *args, bool by_name, bool by_mac)
{
    eb_iface *iface = NULL;
    const char *name;

    if (args_string(sh, args, "interface", &name) != 1)
        return NULL;
    if (by_name && !(by_mac && is_mac(name)))
        eb_iface_lookup_by_name(sh->conn, name, &iface, &sh->error);
    else if (by_mac && is_mac(name))
        eb_iface_lookup_by_mac(sh->conn, name, &iface, &sh->error);
    if (!iface)
        sh_error(sh, "failed to get interface '%s'", name);
    return iface;
}

static const struct opt list_options[] = {
    OPT_FLAG("inactive", "those that are not active"),
    OPT_FLAG("all", "those that are active and those that are not"),
    OPTS_END,
};

static int compare_ifaces(const void *a, const void *b)
{
    return strcasecmp(eb_iface_get_name(*(eb_iface *const *)a), eb_iface_get_name(*(eb_iface *const *)b));
}

static void print_ifaces(struct shell *sh, eb_iface **ifaces, int n)
{
    static const char *const titles[] = {"Name", "State", "MAC Address"};
    AUTO_TABLE struct table t;

    table_init(&t, 3, titles);
    for (int i = 0; i < n; i++)
        table_add(&t, (const char *const[]){eb_iface_get_name(ifaces[i]),
                                            eb_iface_is_active(ifaces[i], NULL) == 1 ? "active" : "inactive",
                                            eb_iface_get_mac(ifaces[i])});
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
}

static void print_ifaces_json(struct shell *sh, eb_iface **ifaces, int n)
{
    AUTO_JSON struct json j = {0};

    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        json_begin(&j, NULL);
        json_string(&j, "name", eb_iface_get_name(ifaces[i]));
        json_bool(&j, "active", eb_iface_is_active(ifaces[i], NULL) == 1);
        json_string(&j, "mac", eb_iface_get_mac(ifaces[i]));
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

static int run_iface_list(struct shell *sh, const struct args *args)
{
    unsigned flags = args_has(args, "all")        ? EB_LIST_IFACES_ACTIVE | EB_LIST_IFACES_INACTIVE
                     : args_has(args, "inactive") ? EB_LIST_IFACES_INACTIVE
                                                  : EB_LIST_IFACES_ACTIVE;
    eb_iface **ifaces = NULL;
    int n;

    if (args_exclusive(sh, args, "all", "inactive") < 0)
        return -1;
    n = eb_conn_list_ifaces(sh->conn, flags, &ifaces, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to list interfaces");
    qsort(ifaces, (size_t)n, sizeof(*ifaces), compare_ifaces);
    if (sh_wants_json(args))
        print_ifaces_json(sh, ifaces, n);
    else
        print_ifaces(sh, ifaces, n);
    for (int i = 0; i < n; i++)
        eb_iface_unref(ifaces[i]);
    eb_free(ifaces);
    return 0;
}

static int run_iface_dumpxml(struct shell *sh, const struct args *args)
{
    AUTO_IFACE iface = find_iface(sh, args, true, true);
    EB_AUTOFREE char *xml = NULL;

    if (!iface ||
        eb_iface_get_xml(iface, args_has(args, "inactive") ? XML_INACTIVE : 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

static int run_iface_mac(struct shell *sh, const struct args *args)
{
    AUTO_IFACE iface = find_iface(sh, args, true, false);

    if (!iface)
        return -1;
    if (sh_wants_json(args))
        sh_json_text(sh, "mac", eb_iface_get_mac(iface));
    else
        sh_print(sh, "%s\n", eb_iface_get_mac(iface));
    return 0;
}

static int run_iface_name(struct shell *sh, const struct args *args)
{
    AUTO_IFACE iface = find_iface(sh, args, false, true);

    if (!iface)
        return -1;
    if (sh_wants_json(args))
        sh_json_text(sh, "name", eb_iface_get_name(iface));
    else
        sh_print(sh, "%s\n", eb_iface_get_name(iface));
    return 0;
}

static const struct opt none[] = {OPTS_END};

/* ---- Changes of host interfaces ---- */

static const struct opt define_opts[] = {OPT_FILE("file with the interface's XML"), OPTS_END};

static int run_iface_define(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_IFACE iface = NULL;
    const char *file;

    if (args_string(sh, args, "file", &file) < 0 || sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_iface_define_xml(sh->conn, xml, 0, &iface, &sh->error) < 0)
        return sh_error(sh, "Failed to define interface from %s", file);
    sh_extra(sh, "Interface %s defined from %s\n", eb_iface_get_name(iface), file);
    return 0;
}

static int start(eb_iface *iface, eb_error *err)
{
    return eb_iface_start(iface, 0, err);
}

static int destroy(eb_iface *iface, eb_error *err)
{
    return eb_iface_destroy(iface, 0, err);
}

static int change(struct shell *sh, const struct args *args, int (*fn)(eb_iface *iface, eb_error *err),
                  const char *verb, const char *done)
{
    AUTO_IFACE iface = find_iface(sh, args, true, true);

    if (!iface)
        return -1;
    if (fn(iface, &sh->error) < 0)
        return sh_error(sh, "Failed to %s interface %s", verb, eb_iface_get_name(iface));
    sh_extra(sh, "Interface %s %s\n", eb_iface_get_name(iface), done);
    return 0;
}

static int run_iface_start(struct shell *sh, const struct args *args)
{
    return change(sh, args, start, "start", "started");
}

static int run_iface_destroy(struct shell *sh, const struct args *args)
{
    return change(sh, args, destroy, "destroy", "destroyed");
}

static int run_iface_undefine(struct shell *sh, const struct args *args)
{
    return change(sh, args, eb_iface_undefine, "undefine", "undefined");
}

static int transaction(struct shell *sh, int (*fn)(eb_conn *conn, unsigned flags, eb_error *err),
                       const char *verb, const char *done)
{
    if (fn(sh->conn, 0, &sh->error) < 0)
        return sh_error(sh, "Failed to %s network config change transaction", verb);
    sh_extra(sh, "Network config change transaction %s\n", done);
    return 0;
}

static int run_iface_begin(struct shell *sh, const struct args *args EB_UNUSED)
{
    return transaction(sh, eb_iface_change_begin, "begin", "started");
}

static int run_iface_commit(struct shell *sh, const struct args *args EB_UNUSED)
{
    return transaction(sh, eb_iface_change_commit, "commit", "committed");
}

static int run_iface_rollback(struct shell *sh, const struct args *args EB_UNUSED)
{
    return transaction(sh, eb_iface_change_rollback, "rollback", "rolled back");
}

const struct command commands_hostdev[] = {
    {"iface-begin", "begin changes of host interfaces that can be taken back", NULL, none, run_iface_begin, 0,
     NULL},
    {"iface-commit", "keep the changes since iface-begin", NULL, none, run_iface_commit, 0, NULL},
    {"iface-define", "define a host interface from an XML file", NULL, define_opts, run_iface_define, 0,
     "iface-define eth2.xml"},
    {"iface-destroy", "take a host interface down", NULL, iface_opts, run_iface_destroy, 0,
     "iface-destroy eth1"},
    {"iface-dumpxml", "print a host interface's XML", NULL, dumpxml_opts, run_iface_dumpxml, CMD_JSON,
     "iface-dumpxml eth1"},
    {"iface-list", "list the host's network interfaces",
     "Only active ones, unless --all or --inactive is given.", list_options, run_iface_list, CMD_JSON,
     "iface-list --all"},
    {"iface-mac", "print a host interface's MAC address", NULL, iface_opts, run_iface_mac, CMD_JSON,
     "iface-mac eth1"},
    {"iface-name", "print the name of the host interface with a MAC address", NULL, iface_opts,
     run_iface_name, CMD_JSON, NULL},
    {"iface-rollback", "take back the changes since iface-begin", NULL, none, run_iface_rollback, 0, NULL},
    {"iface-start", "bring a host interface up", NULL, iface_opts, run_iface_start, 0, "iface-start eth1"},
    {"iface-undefine", "remove a host interface's definition", NULL, iface_opts, run_iface_undefine, 0,
     "iface-undefine eth1"},
    {0},
};

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_nodedev.c Commands that show the host's devices. */
#include "shell/objects.h"
#include "shell/tree.h"

#include <ctype.h>
#include <stdlib.h>

static void nodedev_cleanup(eb_nodedev **dev)
{
    eb_nodedev_unref(*dev);
}
#define AUTO_NODEDEV EB_CLEANUP(nodedev_cleanup) eb_nodedev *

static void complete_device(struct shell *sh, const struct args *args EB_UNUSED, struct candidates *list)
{
    eb_nodedev **devs = NULL;
    int n = eb_conn_list_nodedevs(sh->conn, 0, &devs, NULL);

    for (int i = 0; i < n; i++) {
        candidates_add(list, eb_nodedev_get_name(devs[i]));
        eb_nodedev_unref(devs[i]);
    }
    eb_free(devs);
}

#define OPT_DEVICE                                                                                           \
    {                                                                                                        \
        "device", OPT_DATA, 0, "the device's name, or 'wwnn,wwpn'", complete_device                          \
    }

/* ---- Finding ---- */

static int check_wwn(struct shell *sh, const char *wwn)
{
    size_t n = 0;

    while (isxdigit((unsigned char)wwn[n]))
        n++;
    if (n == 16 && !wwn[n])
        return 0;
    return eb_error_set(&sh->error, EB_ERR_INTERNAL_ERROR, "Malformed wwn: %s", wwn);
}

static int find_by_wwn(struct shell *sh, const char *text, eb_nodedev **out)
{
    EB_AUTOFREE char *wwnn = eb_strdup(text);
    char *wwpn = strchr(wwnn, ',');

    *wwpn++ = '\0';
    if (strchr(wwpn, ','))
        return sh_error(sh, "Malformed device value '%s'", text);
    if (check_wwn(sh, wwnn) < 0 || check_wwn(sh, wwpn) < 0)
        return -1;
    if (eb_nodedev_lookup_by_wwn(sh->conn, wwnn, wwpn, 0, out, &sh->error) < 0)
        return sh_error(sh, "Could not find matching device '%s'", text);
    return 0;
}

static eb_nodedev *find(struct shell *sh, const struct args *args)
{
    eb_nodedev *dev = NULL;
    const char *name;

    if (args_string(sh, args, "device", &name) != 1)
        return NULL;
    if (strchr(name, ','))
        return find_by_wwn(sh, name, &dev) < 0 ? NULL : dev;
    if (eb_nodedev_lookup_by_name(sh->conn, name, &dev, &sh->error) < 0)
        sh_error(sh, "Could not find matching device '%s'", name);
    return dev;
}

/* ---- nodedev-list ---- */

static const struct opt list_opts[] = {
    OPT_FLAG("tree", "as a tree"),
    {"cap", OPT_STRING, 0, "only those with one of these capabilities (net,usb_device)", NULL},
    OPT_FLAG("inactive", "those that are not active"),
    OPT_FLAG("all", "those that are active and those that are not"),
    OPT_FLAG("persistent", "those that are still there when the host starts anew"),
    OPT_FLAG("transient", "those that are not"),
    OPTS_END,
};

static int list_flags(struct shell *sh, const struct args *args, unsigned *flags)
{
    const char *caps = NULL;
    bool all = args_has(args, "all"), inactive = args_has(args, "inactive");
    int given = args_string(sh, args, "cap", &caps);

    if (given < 0)
        return -1;
    if (all && inactive)
        return sh_error(sh, "Option --all is incompatible with --inactive");
    if (args_has(args, "tree") && (caps || inactive))
        return sh_error(sh, "Option --tree is incompatible with --cap and --inactive");
    *flags = (inactive ? 0 : EB_LIST_NODEDEVS_ACTIVE) | (inactive || all ? EB_LIST_NODEDEVS_INACTIVE : 0) |
             (args_has(args, "persistent") ? EB_LIST_NODEDEVS_PERSISTENT : 0) |
             (args_has(args, "transient") ? EB_LIST_NODEDEVS_TRANSIENT : 0);
    if (!caps)
        return 0;
    EB_AUTOFREE char *copy = eb_strdup(caps);
    char *rest = copy, *cap;
    while ((cap = strsep(&rest, ","))) {
        unsigned filter = eb_nodedev_cap_filter(cap);

        if (!filter)
            return sh_error(sh, "Invalid capability type");
        *flags |= filter;
    }
    return 0;
}

static int compare_devices(const void *a, const void *b)
{
    return strcasecmp(eb_nodedev_get_name(*(eb_nodedev *const *)a),
                      eb_nodedev_get_name(*(eb_nodedev *const *)b));
}

static void print_tree(struct shell *sh, eb_nodedev **devs, int n)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE struct tree_node *nodes = eb_calloc((size_t)n + 1, sizeof(*nodes));

    for (int i = 0; i < n; i++)
        nodes[i] = (struct tree_node){eb_nodedev_get_name(devs[i]), eb_nodedev_get_parent(devs[i])};
    tree_format(&b, nodes, (size_t)n);
    if (b.s)
        sh_print(sh, "%s", b.s);
}

static void print_json(struct shell *sh, eb_nodedev **devs, int n, bool tree)
{
    AUTO_JSON struct json j = {0};

    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        if (!tree) {
            json_string(&j, NULL, eb_nodedev_get_name(devs[i]));
            continue;
        }
        json_begin(&j, NULL);
        json_string(&j, "name", eb_nodedev_get_name(devs[i]));
        if (eb_nodedev_get_parent(devs[i]))
            json_string(&j, "parent", eb_nodedev_get_parent(devs[i]));
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

static int run_list(struct shell *sh, const struct args *args)
{
    bool tree = args_has(args, "tree");
    eb_nodedev **devs = NULL;
    unsigned flags = 0;
    int n;

    if (list_flags(sh, args, &flags) < 0)
        return -1;
    n = eb_conn_list_nodedevs(sh->conn, flags, &devs, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to list node devices");
    qsort(devs, (size_t)n, sizeof(*devs), compare_devices);
    if (sh_wants_json(args))
        print_json(sh, devs, n, tree);
    else if (tree)
        print_tree(sh, devs, n);
    for (int i = 0; i < n; i++) {
        if (!tree && !sh_wants_json(args))
            sh_print(sh, "%s\n", eb_nodedev_get_name(devs[i]));
        eb_nodedev_unref(devs[i]);
    }
    eb_free(devs);
    return 0;
}

/* ---- nodedev-info, nodedev-dumpxml ---- */

static const struct opt info_opts[] = {OPT_DEVICE, OPTS_END};

static int run_info(struct shell *sh, const struct args *args)
{
    AUTO_NODEDEV dev = find(sh, args);
    AUTO_JSON struct json j = {0};
    const char *parent;
    bool active, persistent;
    int autostart;

    if (!dev)
        return -1;
    parent = eb_nodedev_get_parent(dev);
    active = eb_nodedev_is_active(dev, NULL) != 0;
    persistent = eb_nodedev_is_persistent(dev, NULL) != 0;
    autostart = eb_nodedev_get_autostart(dev, NULL);
    if (sh_wants_json(args)) {
        json_begin(&j, NULL);
        json_string(&j, "name", eb_nodedev_get_name(dev));
        if (parent)
            json_string(&j, "parent", parent);
        json_bool(&j, "active", active);
        json_bool(&j, "persistent", persistent);
        if (autostart >= 0)
            json_bool(&j, "autostart", autostart);
        json_end(&j);
        sh_json_print(sh, &j);
        return 0;
    }
    sh_info(sh, "Name:", eb_nodedev_get_name(dev));
    sh_info(sh, "Parent:", parent ? parent : "");
    sh_info(sh, "Active:", sh_yes_no(active));
    sh_info(sh, "Persistent:", sh_yes_no(persistent));
    sh_info(sh, "Autostart:", autostart < 0 ? "no autostart" : sh_yes_no(autostart));
    return 0;
}

static const struct opt dumpxml_opts[] = {
    OPT_DEVICE,
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

static int run_dumpxml(struct shell *sh, const struct args *args)
{
    AUTO_NODEDEV dev = find(sh, args);
    EB_AUTOFREE char *xml = NULL;

    if (!dev || eb_nodedev_get_xml(dev, 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

const struct command commands_nodedev[] = {
    {"nodedev-dumpxml", "print a host device's XML", NULL, dumpxml_opts, run_dumpxml, CMD_JSON,
     "nodedev-dumpxml computer"},
    {"nodedev-info", "tell whether a host device is active and stays", NULL, info_opts, run_info, CMD_JSON,
     "nodedev-info computer"},
    {"nodedev-list", "list the host's devices", "Only active ones, unless --all or --inactive is given.",
     list_opts, run_list, CMD_JSON, "nodedev-list --cap usb_device"},
    {0},
};

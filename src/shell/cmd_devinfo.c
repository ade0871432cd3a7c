/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_devinfo.c Commands that show a domain's devices. */
#include "shell/opts.h"
#include "shell/table.h"
#include "shell/xml.h"

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

static int read_xml(struct shell *sh, const struct args *args, bool inactive, char **xml)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    return eb_domain_get_xml(dom, inactive ? EB_XML_INACTIVE : 0, xml, &sh->error);
}

static void print_table(struct shell *sh, const struct table *t)
{
    EB_AUTOFREE char *text = table_format(t, !sh->quiet);
    sh_print(sh, "%s", text);
}

/* ---- domblklist ---- */

static const struct opt domblklist_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("inactive", "as it will be at the next start"),
    OPT_FLAG("details", "show type and device too"),
    OPTS_END,
};

static void disks_json(struct shell *sh, const struct xml_disks *disks)
{
    AUTO_JSON struct json j = {0};
    json_begin_array(&j, NULL);
    for (size_t i = 0; i < disks->n; i++) {
        json_begin(&j, NULL);
        json_string(&j, "type", disks->items[i].type);
        json_string(&j, "device", disks->items[i].device);
        json_string(&j, "target", disks->items[i].target);
        json_string(&j, "source", *disks->items[i].source ? disks->items[i].source : NULL);
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

static int run_domblklist(struct shell *sh, const struct args *args)
{
    static const char *const titles[] = {"Type", "Device", "Target", "Source"};
    EB_CLEANUP(xml_disks_free) struct xml_disks disks = {0};
    EB_AUTOFREE char *xml = NULL;
    AUTO_TABLE struct table t = {0};
    bool details = args_has(args, "details");

    if (read_xml(sh, args, args_has(args, "inactive"), &xml) < 0 ||
        xml_read_disks(xml, &disks, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args)) {
        disks_json(sh, &disks);
        return 0;
    }
    table_init(&t, details ? 4 : 2, details ? titles : titles + 2);
    for (size_t i = 0; i < disks.n; i++) {
        const struct xml_disk *d = &disks.items[i];
        const char *const row[] = {d->type, d->device, d->target, or_dash(d->source)};
        table_add(&t, details ? row : row + 2);
    }
    print_table(sh, &t);
    return 0;
}

/* ---- domiflist, domif-getlink ---- */

static const struct opt domiflist_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("inactive", "as it will be at the next start"),
    OPTS_END,
};

static void interfaces_json(struct shell *sh, const struct xml_interfaces *nics)
{
    AUTO_JSON struct json j = {0};
    json_begin_array(&j, NULL);
    for (size_t i = 0; i < nics->n; i++) {
        const struct xml_interface *nic = &nics->items[i];
        json_begin(&j, NULL);
        json_string(&j, "interface", *nic->target ? nic->target : NULL);
        json_string(&j, "type", nic->type);
        json_string(&j, "source", *nic->source ? nic->source : NULL);
        json_string(&j, "model", *nic->model ? nic->model : NULL);
        json_string(&j, "mac", nic->mac);
        json_string(&j, "link", *nic->link ? nic->link : "up");
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

static int run_domiflist(struct shell *sh, const struct args *args)
{
    static const char *const titles[] = {"Interface", "Type", "Source", "Model", "MAC"};
    EB_CLEANUP(xml_interfaces_free) struct xml_interfaces nics = {0};
    EB_AUTOFREE char *xml = NULL;
    AUTO_TABLE struct table t = {0};

    if (read_xml(sh, args, args_has(args, "inactive"), &xml) < 0 ||
        xml_read_interfaces(xml, &nics, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args)) {
        interfaces_json(sh, &nics);
        return 0;
    }
    table_init(&t, 5, titles);
    for (size_t i = 0; i < nics.n; i++) {
        const struct xml_interface *nic = &nics.items[i];
        table_add(&t, (const char *const[]){or_dash(nic->target), nic->type, or_dash(nic->source),
                                            or_dash(nic->model), or_dash(nic->mac)});
    }
    print_table(sh, &t);
    return 0;
}

static const struct opt getlink_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"interface", OPT_DATA, 0, "the interface's MAC address or device", complete_interface},
    OPT_FLAG("config", "as it will be at the next start"),
    OPTS_END,
};

static bool is_mac(const char *text)
{
    unsigned b[6];
    char rest;
    return sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &rest) == 6;
}

static int run_getlink(struct shell *sh, const struct args *args)
{
    EB_CLEANUP(xml_interfaces_free) struct xml_interfaces nics = {0};
    EB_AUTOFREE char *xml = NULL;
    const char *name;

    if (args_string(sh, args, "interface", &name) < 0 ||
        read_xml(sh, args, args_has(args, "config"), &xml) < 0 ||
        xml_read_interfaces(xml, &nics, &sh->error) < 0)
        return -1;
    for (size_t i = 0; i < nics.n; i++) {
        const struct xml_interface *nic = &nics.items[i];
        if (is_mac(name) ? strcasecmp(nic->mac, name) != 0 : strcmp(nic->target, name) != 0)
            continue;
        const char *state = *nic->link ? nic->link : "up";
        if (sh_wants_json(args))
            sh_json_text(sh, "link", state);
        else
            sh_print(sh, "%s %s", name, state);
        return 0;
    }
    return sh_error(sh, "Interface (%s: %s) not found.", is_mac(name) ? "mac" : "dev", name);
}

const struct command commands_devinfo[] = {
    {"domblklist", "list a domain's disks", NULL, domblklist_opts, run_domblklist, CMD_JSON,
     "domblklist web --details"},
    {"domif-getlink", "print whether a network interface's cable is plugged in", NULL, getlink_opts,
     run_getlink, CMD_JSON, "domif-getlink web 08:00:27:12:34:56"},
    {"domiflist", "list a domain's network interfaces", NULL, domiflist_opts, run_domiflist, CMD_JSON,
     "domiflist web"},
    {0},
};

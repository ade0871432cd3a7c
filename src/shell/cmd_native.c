/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_native.c Definitions in the hypervisor's own format. */
#include "shell/opts.h"
#include "shell/shell.h"

#include <stdlib.h>

static void complete_format(struct shell *sh, const struct args *args EB_UNUSED, struct candidates *list)
{
    (void)sh;
    candidates_add(list, "vbox");
}

static const struct opt from_opts[] = {
    {"format", OPT_DATA, 0, "the file's format; VirtualBox has 'vbox'", complete_format},
    {"config", OPT_DATA, 0, "the file", complete_file},
    OPTS_END,
};

static int run_from(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *text = NULL, *xml = NULL;
    const char *format, *file;

    if (args_string(sh, args, "format", &format) < 0 || args_string(sh, args, "config", &file) < 0 ||
        sh_read_file(sh, file, &text) < 0 ||
        eb_conn_domain_xml_from_native(sh->conn, format, text, 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

static const struct opt to_opts[] = {
    {"format", OPT_DATA, 0, "the format; VirtualBox has 'vbox'", complete_format},
    {"domain", OPT_STRING, OPT_NAMED_ONLY, "a domain's name, id or uuid", complete_domain},
    {"xml", OPT_STRING, 0, "file with a domain's XML", complete_file},
    OPTS_END,
};

/* The XML of --domain or --xml; the caller frees it. */
static char *wanted_xml(struct shell *sh, const struct args *args)
{
    const char *file = NULL;
    char *xml = NULL;

    if (args_has(args, "domain")) {
        AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);

        if (dom)
            eb_domain_get_xml(dom, 0, &xml, &sh->error);
        return xml;
    }
    if (args_string(sh, args, "xml", &file) == 1)
        sh_read_file(sh, file, &xml);
    return xml;
}

static int run_to(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL, *text = NULL;
    const char *format;

    if (args_string(sh, args, "format", &format) < 0 || args_exclusive(sh, args, "domain", "xml") < 0)
        return -1;
    if (!args_has(args, "domain") && !args_has(args, "xml"))
        return sh_error(sh, "need either domain or domain XML");
    if (!(xml = wanted_xml(sh, args)) ||
        eb_conn_domain_xml_to_native(sh->conn, format, xml, 0, &text, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args))
        sh_json_text(sh, "config", text);
    else
        sh_print(sh, "%s", text);
    return 0;
}

const struct command commands_native[] = {
    {"domxml-from-native", "print the domain XML of a file in the hypervisor's format",
     "For VirtualBox a settings file (.vbox). Nothing is defined.", from_opts, run_from, CMD_JSON,
     "domxml-from-native vbox web.vbox"},
    {"domxml-to-native", "print a domain in the hypervisor's format",
     "For VirtualBox the text of a settings file (.vbox). Nothing is defined.", to_opts, run_to, CMD_JSON,
     "domxml-to-native vbox --domain web"},
    {0},
};

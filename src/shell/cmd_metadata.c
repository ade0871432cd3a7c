/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_metadata.c Commands on a domain's title, description and custom metadata. */
#include "shell/editor.h"
#include "shell/opts.h"

#include <unistd.h>

/** Lets the user edit `before`. Result: the text without the newline that editors end files with, or NULL. */
static char *edit_text(struct shell *sh, const char *before)
{
    EB_AUTOFREE char *path = editor_file(sh, before);
    EB_AUTOFREE char *text = NULL;
    int result = -1;

    if (path) {
        result = editor_run(sh, path) < 0 || sh_read_file(sh, path, &text) < 0 ? -1 : 0;
        unlink(path);
    }
    if (result < 0)
        return NULL;
    size_t len = strlen(text);
    if (len > 0 && text[len - 1] == '\n')
        text[len - 1] = '\0';
    return EB_STEAL(text);
}

/* ---- desc ---- */

static const struct opt desc_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPTS_AFFECT,
    OPT_FLAG("title", "the title in place of the description"),
    OPT_FLAG("edit", "edit it in $VISUAL, $EDITOR or vi"),
    {"new-desc", OPT_ARGV, 0, "the new text; an empty one removes it", NULL},
    OPTS_END,
};

/** All words of --new-desc with a blank between; NULL when there is none. */
static char *new_text(const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};
    bool any = false;
    for (size_t i = 0; i < args->n; i++) {
        if (strcmp(args->items[i].opt->name, "new-desc") != 0)
            continue;
        if (any)
            eb_strbuf_addc(&text, ' ');
        eb_strbuf_add(&text, args->items[i].value);
        any = true;
    }
    return any ? eb_strbuf_steal(&text) : NULL;
}

/** The text now; "" when there is none. */
static char *read_text(struct shell *sh, eb_domain *dom, int type, unsigned flags)
{
    EB_AUTOFREE char *text = NULL;
    if (eb_domain_get_metadata(dom, type, NULL, flags, &text, &sh->error) < 0) {
        if (sh->error.code != EB_ERR_NO_DOMAIN_METADATA)
            return NULL;
        sh_forget(sh);
    }
    return text ? EB_STEAL(text) : eb_strdup("");
}

static int show_text(struct shell *sh, const struct args *args, eb_domain *dom, const char *kind,
                     const char *text)
{
    if (sh_wants_json(args))
        sh_json_text(sh, kind, text);
    else if (*text)
        sh_print(sh, "%s", text);
    else
        sh_extra(sh, "No %s for domain: %s", kind, eb_domain_get_name(dom));
    return 0;
}

/** Sets `text`, edited first when asked for. */
static int change_text(struct shell *sh, const struct args *args, eb_domain *dom, int type, const char *kind,
                       char *text, unsigned flags)
{
    EB_AUTOFREE char *edited = NULL;

    if (args_has(args, "edit")) {
        edited = edit_text(sh, text);
        if (!edited)
            return -1;
        if (!args_has(args, "new-desc") && strcmp(edited, text) == 0) {
            sh_extra(sh, "Domain %s not changed\n", kind);
            return 0;
        }
        text = edited;
    }
    if (eb_domain_set_metadata(dom, type, text, NULL, NULL, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to set new domain %s", kind);
    sh_extra(sh, "Domain %s updated successfully", kind);
    return 0;
}

static int run_desc(struct shell *sh, const struct args *args)
{
    bool title = args_has(args, "title");
    int type = title ? EB_METADATA_TITLE : EB_METADATA_DESCRIPTION;
    const char *kind = title ? "title" : "description";
    EB_AUTOFREE char *text = NULL;
    unsigned flags;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (!(text = new_text(args)) && !(text = read_text(sh, dom, type, flags & EB_AFFECT_CONFIG)))
        return -1;
    if (!args_has(args, "edit") && !args_has(args, "new-desc"))
        return show_text(sh, args, dom, kind, text);
    return change_text(sh, args, dom, type, kind, text, flags);
}

/* ---- metadata ---- */

static const struct opt metadata_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"uri", OPT_DATA, 0, "namespace of the element", NULL},
    OPTS_AFFECT,
    OPT_FLAG("edit", "edit it in $VISUAL, $EDITOR or vi"),
    {"key", OPT_STRING, 0, "prefix for the namespace, when the element is set", NULL},
    {"set", OPT_STRING, 0, "the new element, as XML", NULL},
    OPT_FLAG("remove", "remove the element"),
    OPTS_END,
};

struct element {
    const char *uri, *key, *set;
    unsigned flags;
};

static int set_element(struct shell *sh, eb_domain *dom, const struct element *e, const char *xml)
{
    if (!e->key && xml)
        return sh_error(sh, "namespace key is required when modifying metadata");
    if (eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, xml, e->key, e->uri, e->flags, &sh->error) < 0)
        return -1;
    sh_extra(sh, "%s\n", xml ? "Metadata modified" : "Metadata removed");
    return 0;
}

static int edit_element(struct shell *sh, eb_domain *dom, const struct element *e)
{
    EB_AUTOFREE char *before = NULL, *after = NULL;

    if (!e->key)
        return sh_error(sh, "namespace key is required when modifying metadata");
    if (eb_domain_get_metadata(dom, EB_METADATA_ELEMENT, e->uri, e->flags, &before, &sh->error) < 0) {
        if (sh->error.code != EB_ERR_NO_DOMAIN_METADATA)
            return -1;
        sh_forget(sh);
    }
    after = edit_text(sh, before ? before : "");
    if (!after)
        return -1;
    if (eb_streq(after, before ? before : "")) {
        sh_extra(sh, "Metadata not changed\n");
        return 0;
    }
    return set_element(sh, dom, e, after);
}

static int show_element(struct shell *sh, const struct args *args, eb_domain *dom, const struct element *e)
{
    EB_AUTOFREE char *xml = NULL;
    if (eb_domain_get_metadata(dom, EB_METADATA_ELEMENT, e->uri, e->flags, &xml, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args))
        sh_json_text(sh, "xml", xml);
    else
        sh_print(sh, "%s\n", xml);
    return 0;
}

static int run_metadata(struct shell *sh, const struct args *args)
{
    struct element e = {0};

    if (sh_affect(sh, args, &e.flags) < 0 || args_exclusive(sh, args, "edit", "set") < 0 ||
        args_exclusive(sh, args, "remove", "set") < 0 || args_exclusive(sh, args, "remove", "edit") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "uri", &e.uri) < 0 || args_string(sh, args, "key", &e.key) < 0 ||
        args_string(sh, args, "set", &e.set) < 0)
        return -1;
    if (e.set || args_has(args, "remove"))
        return set_element(sh, dom, &e, e.set);
    return args_has(args, "edit") ? edit_element(sh, dom, &e) : show_element(sh, args, dom, &e);
}

const struct command commands_metadata[] = {
    {"desc", "show or set a domain's description or title", NULL, desc_opts, run_desc, CMD_JSON,
     "desc web --title \"the web server\" --config"},
    {"metadata", "show or set an XML element of one's own in a domain's definition", NULL, metadata_opts,
     run_metadata, CMD_JSON, "metadata web http://example.com/team --key team --set '<owner name=\"ada\"/>'"},
    {0},
};

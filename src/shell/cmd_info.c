/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_info.c Commands that show what a domain is and does. */
#include "shell/list.h"
#include "shell/opts.h"
#include "shell/table.h"
#include "shell/xml.h"

#include <inttypes.h>

/* ---- domid, domname, domuuid, domstate ---- */

static const struct opt domid_opts[] = {{"domain", OPT_DATA, 0, "the domain's name or uuid", complete_domain},
                                        OPTS_END};
static const struct opt domname_opts[] = {
    {"domain", OPT_DATA, 0, "the domain's id or uuid", complete_domain_uuid}, OPTS_END};
static const struct opt domuuid_opts[] = {{"domain", OPT_DATA, 0, "the domain's name or id", complete_domain},
                                          OPTS_END};

/** One text, or a JSON document with it. */
static int show_one(struct shell *sh, const struct args *args, const char *key, const char *text)
{
    if (sh_wants_json(args))
        sh_json_text(sh, key, text);
    else
        sh_print(sh, "%s\n", text);
    return 0;
}

static int run_domid(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_NAME | BY_UUID);
    if (!dom)
        return -1;
    int id = eb_domain_get_id(dom);
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};
        json_begin(&j, NULL);
        if (id >= 0)
            json_int(&j, "id", id);
        else
            json_null(&j, "id");
        json_end(&j);
        sh_json_print(sh, &j);
    } else if (id >= 0) {
        sh_print(sh, "%d\n", id);
    } else {
        sh_print(sh, "-\n");
    }
    return 0;
}

static int run_domname(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ID | BY_UUID);
    return dom ? show_one(sh, args, "name", eb_domain_get_name(dom)) : -1;
}

static int run_domuuid(struct shell *sh, const struct args *args)
{
    char uuid[37];
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_NAME | BY_ID);
    if (!dom)
        return -1;
    eb_domain_get_uuid_string(dom, uuid);
    return show_one(sh, args, "uuid", uuid);
}

static const struct opt domstate_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("reason", "tell why, too"),
    OPTS_END,
};

static int run_domstate(struct shell *sh, const struct args *args)
{
    eb_domain_state state;
    int reason;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || eb_domain_get_state(dom, &state, &reason, &sh->error) < 0)
        return -1;
    const char *name = sh_state_name((int)state), *why = sh_reason_name((int)state, reason);
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};
        json_begin(&j, NULL);
        json_string(&j, "state", name);
        json_string(&j, "reason", why);
        json_end(&j);
        sh_json_print(sh, &j);
    } else if (args_has(args, "reason")) {
        sh_print(sh, "%s (%s)\n", name, why);
    } else {
        sh_print(sh, "%s\n", name);
    }
    return 0;
}

/* ---- dominfo ---- */

static const struct opt domain_opts[] = {OPT_DOMAIN(complete_domain), OPTS_END};

struct dominfo {
    eb_domain *dom;
    int id;
    char uuid[37];
    char *os_type;
    eb_domain_info info;
    int persistent, autostart, managed_save; /* -1: not known */
    eb_security_model model;
    eb_security_label label;
    char **messages;
    int n_messages;
};

static void dominfo_free(struct dominfo *d)
{
    for (int i = 0; i < d->n_messages; i++)
        eb_free(d->messages[i]);
    eb_free(d->messages);
    eb_free(d->os_type);
    eb_domain_unref(d->dom);
}

static int dominfo_read(struct shell *sh, const struct args *args, struct dominfo *d)
{
    if (!(d->dom = sh_domain(sh, args, BY_ANY)))
        return -1;
    d->id = eb_domain_get_id(d->dom);
    eb_domain_get_uuid_string(d->dom, d->uuid);
    (void)eb_domain_get_os_type(d->dom, &d->os_type, NULL);
    if (eb_domain_get_info(d->dom, &d->info, &sh->error) < 0)
        return -1;
    d->persistent = eb_domain_is_persistent(d->dom, NULL);
    d->autostart = eb_domain_get_autostart(d->dom, NULL);
    d->managed_save = eb_domain_has_managed_save(d->dom, 0, NULL);
    if (eb_node_get_security_model(sh->conn, &d->model, NULL) == 0 && d->model.model[0])
        (void)eb_domain_get_security_label(d->dom, &d->label, NULL);
    d->n_messages = eb_domain_get_messages(d->dom, 0, &d->messages, NULL);
    if (d->n_messages < 0)
        d->n_messages = 0;
    return 0;
}

static void dominfo_line(struct shell *sh, const char *name, const char *value)
{
    sh_print(sh, "%-15s %s\n", name, value);
}

static const char *yes_no(int value, const char *yes, const char *no)
{
    return value < 0 ? "unknown" : value ? yes : no;
}

static void dominfo_print(struct shell *sh, const struct dominfo *d)
{
    if (d->id >= 0)
        sh_print(sh, "%-15s %d\n", "Id:", d->id);
    else
        dominfo_line(sh, "Id:", "-");
    dominfo_line(sh, "Name:", eb_domain_get_name(d->dom));
    dominfo_line(sh, "UUID:", d->uuid);
    if (d->os_type)
        dominfo_line(sh, "OS Type:", d->os_type);
    dominfo_line(sh, "State:", sh_state_name((int)d->info.state));
    sh_print(sh, "%-15s %u\n", "CPU(s):", d->info.vcpus);
    if (d->info.cpu_time)
        sh_print(sh, "%-15s %.1fs\n", "CPU time:", (double)d->info.cpu_time / 1e9);
    sh_print(sh, "%-15s %" PRIu64 " KiB\n", "Max memory:", d->info.max_memory);
    sh_print(sh, "%-15s %" PRIu64 " KiB\n", "Used memory:", d->info.memory);
    dominfo_line(sh, "Persistent:", yes_no(d->persistent, "yes", "no"));
    if (d->autostart >= 0)
        dominfo_line(sh, "Autostart:", yes_no(d->autostart, "enable", "disable"));
    dominfo_line(sh, "Managed save:", yes_no(d->managed_save, "yes", "no"));
    if (d->model.model[0]) {
        dominfo_line(sh, "Security model:", d->model.model);
        dominfo_line(sh, "Security DOI:", d->model.doi);
        if (d->label.label[0])
            sh_print(sh, "%-15s %s (%s)\n", "Security label:", d->label.label,
                     d->label.enforcing ? "enforcing" : "permissive");
    }
    for (int i = 0; i < d->n_messages; i++)
        dominfo_line(sh, i == 0 ? "Messages:" : "", d->messages[i]);
}

static void json_known(struct json *j, const char *key, int value)
{
    if (value < 0)
        json_null(j, key);
    else
        json_bool(j, key, value);
}

static void dominfo_json(struct shell *sh, const struct dominfo *d)
{
    AUTO_JSON struct json j = {0};
    json_begin(&j, NULL);
    if (d->id >= 0)
        json_int(&j, "id", d->id);
    else
        json_null(&j, "id");
    json_string(&j, "name", eb_domain_get_name(d->dom));
    json_string(&j, "uuid", d->uuid);
    json_string(&j, "os_type", d->os_type);
    json_string(&j, "state", sh_state_name((int)d->info.state));
    json_uint(&j, "vcpus", d->info.vcpus);
    json_uint(&j, "cpu_time_ns", d->info.cpu_time);
    json_uint(&j, "max_memory_kib", d->info.max_memory);
    json_uint(&j, "memory_kib", d->info.memory);
    json_known(&j, "persistent", d->persistent);
    json_known(&j, "autostart", d->autostart);
    json_known(&j, "managed_save", d->managed_save);
    json_string(&j, "security_model", d->model.model);
    json_string(&j, "security_label", d->label.label);
    json_begin_array(&j, "messages");
    for (int i = 0; i < d->n_messages; i++)
        json_string(&j, NULL, d->messages[i]);
    json_end_array(&j);
    json_end(&j);
    sh_json_print(sh, &j);
}

static int run_dominfo(struct shell *sh, const struct args *args)
{
    EB_CLEANUP(dominfo_free) struct dominfo d = {0};
    if (dominfo_read(sh, args, &d) < 0)
        return -1;
    if (sh_wants_json(args))
        dominfo_json(sh, &d);
    else
        dominfo_print(sh, &d);
    return 0;
}

/* ---- dumpxml ---- */

static const struct opt dumpxml_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("inactive", "as it will be at the next start"),
    OPT_FLAG("security-info", "show passwords too"),
    OPT_FLAG("update-cpu", "with the CPU that the host gives it"),
    OPT_FLAG("migratable", "without what only this host knows"),
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

static int run_dumpxml(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    unsigned flags = (args_has(args, "inactive") ? EB_XML_INACTIVE : 0u) |
                     (args_has(args, "security-info") ? EB_XML_SECURE : 0u) |
                     (args_has(args, "update-cpu") ? EB_XML_UPDATE_CPU : 0u) |
                     (args_has(args, "migratable") ? EB_XML_MIGRATABLE : 0u);
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || eb_domain_get_xml(dom, flags, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

/* ---- vcpucount, vcpuinfo ---- */

static const struct opt vcpucount_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("maximum", "the limit"),
    OPT_FLAG("active", "how many are switched on"),
    OPT_FLAG("live", "of the running domain"),
    OPT_FLAG("config", "of the definition for the next start"),
    OPT_FLAG("current", "of the running domain if it runs, else of its definition"),
    OPT_FLAG("guest", "ask the guest"),
    OPTS_END,
};

static const struct {
    const char *kind, *of;
    unsigned flags;
} vcpu_rows[] = {
    {"maximum", "config", EB_VCPU_MAXIMUM | EB_AFFECT_CONFIG},
    {"maximum", "live", EB_VCPU_MAXIMUM | EB_AFFECT_LIVE},
    {"current", "config", EB_AFFECT_CONFIG},
    {"current", "live", EB_AFFECT_LIVE},
};

static int vcpucount_all(struct shell *sh, const struct args *args, eb_domain *dom)
{
    AUTO_JSON struct json j = {0};
    bool active = eb_domain_is_active(dom, NULL) == 1, persistent = eb_domain_is_persistent(dom, NULL) == 1;

    json_begin(&j, NULL);
    for (size_t i = 0; i < EB_ARRAY_SIZE(vcpu_rows); i++) {
        bool there = (vcpu_rows[i].flags & EB_AFFECT_LIVE) ? active : persistent;
        if (!there)
            continue;
        int n = eb_domain_get_vcpus(dom, vcpu_rows[i].flags, &sh->error);
        if (n < 0)
            return -1;
        EB_AUTOFREE char *key = eb_asprintf("%s_%s", vcpu_rows[i].kind, vcpu_rows[i].of);
        json_int(&j, key, n);
        if (!sh_wants_json(args))
            sh_print(sh, "%-12s %-12s %3d\n", vcpu_rows[i].kind, vcpu_rows[i].of, n);
    }
    json_end(&j);
    if (sh_wants_json(args))
        sh_json_print(sh, &j);
    return 0;
}

static int run_vcpucount(struct shell *sh, const struct args *args)
{
    static const char *const conflicts[][2] = {
        {"live", "config"}, {"active", "maximum"}, {"guest", "config"}};
    unsigned flags =
        (args_has(args, "maximum") ? EB_VCPU_MAXIMUM : 0u) | (args_has(args, "guest") ? EB_VCPU_GUEST : 0u) |
        (args_has(args, "live") ? EB_AFFECT_LIVE : 0u) | (args_has(args, "config") ? EB_AFFECT_CONFIG : 0u);

    for (size_t i = 0; i < EB_ARRAY_SIZE(conflicts); i++)
        if (args_exclusive(sh, args, conflicts[i][0], conflicts[i][1]) < 0)
            return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (flags == 0 && !args_has(args, "active") && !args_has(args, "current"))
        return vcpucount_all(sh, args, dom);
    int n = eb_domain_get_vcpus(dom, flags, &sh->error);
    if (n < 0)
        return args_has(args, "guest") ? sh_error(sh, "Failed to retrieve vCPU count from the guest") : -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};
        json_begin(&j, NULL);
        json_int(&j, "vcpus", n);
        json_end(&j);
        sh_json_print(sh, &j);
    } else {
        sh_print(sh, "%d\n", n);
    }
    return 0;
}

static const struct opt vcpuinfo_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("pretty", "show the affinity as a range"),
    OPTS_END,
};

static const char *vcpu_state(int state)
{
    static const char *const names[] = {"offline", "running", "blocked"};
    return state >= 0 && (size_t)state < EB_ARRAY_SIZE(names) ? names[state] : "no state";
}

/** Neither driver pins virtual CPUs: each may run on every CPU of the host. */
static char *affinity_text(unsigned cpus, bool pretty)
{
    if (pretty && cpus > 1)
        return eb_asprintf("0-%u (out of %u)", cpus - 1, cpus);
    if (pretty)
        return eb_asprintf("0 (out of %u)", cpus);
    EB_AUTOSTRBUF struct eb_strbuf text = {0};
    for (unsigned i = 0; i < cpus; i++)
        eb_strbuf_addc(&text, 'y');
    return eb_strbuf_steal(&text);
}

static void vcpuinfo_print(struct shell *sh, const eb_vcpu_info *vcpus, int n, bool active,
                           const char *affinity)
{
    for (int i = 0; i < n; i++) {
        sh_print(sh, "%s%-15s %d\n", i ? "\n" : "", "VCPU:", active ? (int)vcpus[i].number : i);
        if (active) {
            if (vcpus[i].cpu >= 0)
                sh_print(sh, "%-15s %d\n", "CPU:", vcpus[i].cpu);
            else
                sh_print(sh, "%-15s %s\n", "CPU:", "N/A");
            sh_print(sh, "%-15s %s\n", "State:", vcpu_state(vcpus[i].state));
            if (vcpus[i].cpu_time)
                sh_print(sh, "%-15s %.1fs\n", "CPU time:", (double)vcpus[i].cpu_time / 1e9);
        } else {
            sh_print(sh, "%-15s %s\n%-15s %s\n%-15s %s\n", "CPU:", "N/A", "State:", "N/A", "CPU time", "N/A");
        }
        sh_print(sh, "%-15s %s\n", "CPU Affinity:", affinity);
    }
}

static void vcpuinfo_json(struct shell *sh, const eb_vcpu_info *vcpus, int n, bool active)
{
    AUTO_JSON struct json j = {0};
    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        json_begin(&j, NULL);
        json_int(&j, "vcpu", i);
        if (active) {
            json_int(&j, "cpu", vcpus[i].cpu);
            json_string(&j, "state", vcpu_state(vcpus[i].state));
            json_uint(&j, "cpu_time_ns", vcpus[i].cpu_time);
        }
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

static int run_vcpuinfo(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE eb_vcpu_info *vcpus = NULL;
    eb_domain_info info;
    eb_node_info node;
    int n;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || eb_domain_get_info(dom, &info, &sh->error) < 0 ||
        eb_node_get_info(sh->conn, &node, &sh->error) < 0)
        return -1;
    bool active = eb_domain_get_id(dom) >= 0;
    if (active)
        n = eb_domain_get_vcpu_info(dom, &vcpus, &sh->error);
    else
        n = eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, &sh->error);
    if (n < 0)
        return -1;
    EB_AUTOFREE char *affinity = affinity_text(node.cpus, args_has(args, "pretty"));
    if (sh_wants_json(args))
        vcpuinfo_json(sh, vcpus, n, active);
    else
        vcpuinfo_print(sh, vcpus, n, active, affinity);
    return 0;
}

const struct command commands_info[] = {
    {"domid", "print a domain's id", "'-' when it does not run.", domid_opts, run_domid, CMD_JSON,
     "domid web"},
    {"dominfo", "print what there is to know about a domain", NULL, domain_opts, run_dominfo, CMD_JSON,
     "dominfo web --json"},
    {"domname", "print a domain's name", NULL, domname_opts, run_domname, CMD_JSON, "domname 3"},
    {"domstate", "print a domain's state", NULL, domstate_opts, run_domstate, CMD_JSON,
     "domstate web --reason"},
    {"domuuid", "print a domain's uuid", NULL, domuuid_opts, run_domuuid, CMD_JSON, "domuuid web"},
    {"dumpxml", "print a domain's XML", NULL, dumpxml_opts, run_dumpxml, CMD_JSON,
     "dumpxml web --xpath //interface --wrap"},
    {"list", "list domains", "Only those that run, unless --all or --inactive is given.", list_opts, run_list,
     CMD_JSON, "list --all --title"},
    {"vcpucount", "print how many virtual CPUs a domain has", NULL, vcpucount_opts, run_vcpucount, CMD_JSON,
     "vcpucount web --maximum --config"},
    {"vcpuinfo", "print what a domain's virtual CPUs do", NULL, vcpuinfo_opts, run_vcpuinfo, CMD_JSON,
     "vcpuinfo web --pretty"},
    {0},
};

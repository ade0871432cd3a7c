/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_job.c What domains are busy with. */
#include "shell/command.h"
#include "shell/job_text.h"
#include "shell/objects.h"
#include "shell/opts.h"
#include "shell/shell.h"

static const char *nth(const char *const *names, size_t n, int i)
{
    return i >= 0 && (size_t)i < n ? names[i] : "unknown";
}

static const char *type_name(eb_job_type type)
{
    static const char *const names[] = {"None", "Bounded", "Unbounded", "Completed", "Failed", "Cancelled"};

    return nth(names, EB_ARRAY_SIZE(names), (int)type);
}

static const char *operation_name(int operation)
{
    static const char *const names[] = {
        "Unknown",  "Start",           "Save", "Restore", "Incoming migration", "Outgoing migration",
        "Snapshot", "Snapshot revert", "Dump", "Backup",  "Snapshot delete",
    };

    return nth(names, EB_ARRAY_SIZE(names), operation);
}

char *job_param_text(const eb_param *p)
{
    switch (p->type) {
    case EB_PARAM_INT:
        return eb_asprintf("%d", p->value.i);
    case EB_PARAM_UINT:
        return eb_asprintf("%u", p->value.ui);
    case EB_PARAM_LLONG:
        return eb_asprintf("%lld", (long long)p->value.l);
    case EB_PARAM_ULLONG:
        return eb_asprintf("%llu", (unsigned long long)p->value.ul);
    case EB_PARAM_DOUBLE:
        return eb_asprintf("%f", p->value.d);
    case EB_PARAM_BOOLEAN:
        return eb_asprintf("%d", p->value.b);
    case EB_PARAM_STRING:
        return eb_strdup(p->value.s);
    }
    return eb_strdup("");
}

void job_params_print(struct shell *sh, const eb_param *params, size_t n, const char *indent)
{
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *text = job_param_text(&params[i]);

        sh_print(sh, "%s%s: %s\n", indent, params[i].field, text);
    }
}

void job_params_json(struct json *j, const eb_param *params, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const eb_param *p = &params[i];

        if (strcmp(p->field, "operation") == 0)
            json_string(j, p->field, operation_name(p->value.i));
        else if (p->type == EB_PARAM_ULLONG)
            json_uint(j, p->field, p->value.ul);
        else if (p->type == EB_PARAM_BOOLEAN)
            json_bool(j, p->field, p->value.b);
        else {
            EB_AUTOFREE char *text = job_param_text(p);
            json_string(j, p->field, text);
        }
    }
}

/* ---- domjobinfo ---- */

struct stats {
    eb_job_type type;
    eb_param *params;
    size_t n;
};

static void stats_clear(struct stats *s)
{
    eb_params_free(s->params, s->n);
}

static const eb_param *find(const struct stats *s, const char *field)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->params[i].field, field) == 0)
            return &s->params[i];
    }
    return NULL;
}

static void print_ms(struct shell *sh, const char *label, const eb_param *p)
{
    if (p)
        sh_print(sh, "%-17s %-12llu ms\n", label, (unsigned long long)p->value.ul);
}

static void print_size(struct shell *sh, const char *label, const eb_param *p)
{
    EB_AUTOFREE char *text = p ? sh_pretty_size_digits(p->value.ul, 3) : NULL;

    if (p)
        sh_print(sh, "%-17s %s\n", label, text);
}

static void print_stats(struct shell *sh, const struct stats *s, bool any)
{
    const eb_param *operation = find(s, "operation"), *why;

    sh_print(sh, "%-17s %-12s\n", "Job type:", type_name(s->type));
    if (s->type == EB_JOB_NONE) {
        sh_print(sh, "\n");
        return;
    }
    sh_print(sh, "%-17s %-12s\n", "Operation:", operation_name(operation ? operation->value.i : -1));
    if (any || s->type < EB_JOB_FAILED) {
        print_ms(sh, "Time elapsed:", find(s, "time_elapsed"));
        print_ms(sh, "Time remaining:", find(s, "time_remaining"));
        print_size(sh, "Data processed:", find(s, "data_processed"));
        print_size(sh, "Data remaining:", find(s, "data_remaining"));
        print_size(sh, "Data total:", find(s, "data_total"));
        if ((why = find(s, "errmsg")))
            sh_print(sh, "%-17s %s\n", "Error message:", why->value.s);
    }
    sh_print(sh, "\n");
}

static const struct opt info_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("completed", "of the last job that ended"),
    OPT_FLAG("keep-completed", "let it be asked for again"),
    OPT_FLAG("anystats", "print the numbers of failed and cancelled jobs too"),
    OPT_FLAG("rawstats", "print everything as the driver tells it"),
    OPTS_END,
};

static int run_domjobinfo(struct shell *sh, const struct args *args)
{
    EB_CLEANUP(stats_clear) struct stats s = {0};
    unsigned flags = (args_has(args, "completed") ? EB_JOB_STATS_COMPLETED : 0u) |
                     (args_has(args, "keep-completed") ? EB_JOB_STATS_KEEP_COMPLETED : 0u);
    int n;

    if (args_requires(sh, args, "keep-completed", "completed") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    n = eb_domain_get_job_stats(dom, flags, &s.type, &s.params, &sh->error);
    if (n < 0)
        return -1;
    s.n = (size_t)n;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        json_string(&j, "type", type_name(s.type));
        job_params_json(&j, s.params, s.n);
        json_end(&j);
        sh_json_print(sh, &j);
    } else if (args_has(args, "rawstats")) {
        sh_print(sh, "Job type: %d\n\n", (int)s.type);
        job_params_print(sh, s.params, s.n, "");
        sh_print(sh, "\n");
    } else {
        print_stats(sh, &s, args_has(args, "anystats"));
    }
    return 0;
}

/* ---- domjobabort ---- */

static const struct opt abort_opts[] = {
    OPT_DOMAIN(complete_domain_active),
    OPT_FLAG("postcopy", "leave a post-copy migration"),
    OPTS_END,
};

static int run_domjobabort(struct shell *sh, const struct args *args)
{
    if (args_refuse(sh, args, "postcopy", "no migration of VirtualBox is one of post-copy") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    return eb_domain_abort_job(dom, &sh->error);
}

const struct command commands_job[] = {
    {"domjobabort", "stop what a domain is busy with",
     "Asks the operation to stop. It then fails, and the domain is as it was. What the hypervisor cannot "
     "stop "
     "is refused by name.",
     abort_opts, run_domjobabort, 0, "domjobabort web"},
    {"domjobinfo", "show what a domain is busy with, and how far it is", NULL, info_opts, run_domjobinfo,
     CMD_JSON, "domjobinfo web"},
    {0},
};

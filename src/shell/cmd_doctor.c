/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_doctor.c The command doctor: what Everbox makes of the VirtualBox that is installed. */
#include "shell/opts.h"
#include "vbox/doctor.h"

#include <unistd.h>

static const struct opt doctor_opts[] = {
    {"home", OPT_STRING, 0, "examine this installation alone", complete_file},
    OPT_FLAG("verbose", "name every member that is missing"),
    OPTS_END,
};

static const char *why_text(enum vb_unbound why)
{
    switch (why) {
    case VB_NO_INTERFACE:
        return "this VirtualBox has no such interface";
    case VB_NO_MEMBER:
        return "this VirtualBox has no such member";
    case VB_NO_SETTER:
        return "this VirtualBox lets it be read only";
    case VB_UNKNOWN_SHAPE:
        return "it takes parameters that this build does not know";
    case VB_OTHER_SHAPE:
    case VB_BOUND:
        break;
    }
    return "it is bound";
}

static const char *color(const char *code)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) ? code : "";
}

static void mark(struct shell *sh, bool good, const char *fmt, ...) EB_PRINTF(3, 4);
static void mark(struct shell *sh, bool good, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    EB_AUTOFREE char *text = eb_vasprintf(fmt, args);
    va_end(args);
    sh_print(sh, "  %s%s%s %s\n", color(good ? "\033[32m" : "\033[31m"), good ? "ok   " : "WRONG",
             color("\033[0m"), text);
}

static void advise(struct shell *sh, const char *text)
{
    sh_print(sh, "        -> %s\n", text);
}

struct version_text {
    char text[32];
};

static struct version_text version_text(unsigned v)
{
    struct version_text t;
    snprintf(t.text, sizeof(t.text), "%u.%u.%u", v / 1000000, v / 1000 % 1000, v % 1000);
    return t;
}

/* ---- Text ---- */

/** Features that do the same, in older and in newer releases: one of them is enough. */
static bool has_substitute(const struct vbox_examined *e, const struct vbox_feature *f)
{
    static const char *const same[][2] = {{"events", "callbacks"}, {"callbacks", "events"}};
    for (size_t s = 0; s < EB_ARRAY_SIZE(same); s++)
        for (size_t i = 0; strcmp(f->name, same[s][0]) == 0 && i < e->n_features; i++)
            if (strcmp(e->features[i].name, same[s][1]) == 0 && e->features[i].bound > 0)
                return f->bound == 0;
    return false;
}

/** A feature that is not there at all, or whose members this build cannot call; all that miss some if
 * verbose. */
static void print_feature(struct shell *sh, const struct vbox_feature *f, bool verbose)
{
    size_t unknown = 0;
    for (size_t i = 0; i < f->n_missing; i++)
        unknown += f->missing[i].why == VB_UNKNOWN_SHAPE;
    if (f->n_missing == 0 || (!verbose && f->bound > 0 && unknown == 0))
        return;
    sh_print(sh, "        %s: %s (%u of %u members)\n", f->bound ? "in part" : "missing", f->text, f->bound,
             f->members);
    for (size_t i = 0; i < f->n_missing; i++)
        if (verbose || f->missing[i].why == VB_UNKNOWN_SHAPE)
            sh_print(sh, "            %s: %s\n", f->missing[i].member, why_text(f->missing[i].why));
}

static void print_binding(struct shell *sh, const struct vbox_examined *e, bool verbose)
{
    if (e->typelib_problem) {
        mark(sh, false, "type library: %s", e->typelib_problem);
        advise(sh, "the installation is damaged or of a kind that this build does not know: install "
                   "VirtualBox again");
        return;
    }
    if (!e->install.typelib)
        return;
    mark(sh, true, "type library: %s, %u interfaces", e->install.typelib, e->interfaces);
    mark(
        sh, e->counts.unknown_shapes == 0,
        "bound: %u of the %u members that Everbox uses of one release or another, %u with unknown parameters",
        e->counts.bound, e->counts.members, e->counts.unknown_shapes);
    if (e->counts.unknown_shapes)
        advise(sh, "what needs them is refused by name, all else works; a newer Everbox may know them");
    for (size_t i = 0; i < e->n_features; i++)
        if (verbose || !has_substitute(e, &e->features[i]))
            print_feature(sh, &e->features[i], verbose);
}

static void print_install(struct shell *sh, const struct vbox_examined *e, bool chosen, bool verbose)
{
    sh_print(sh, "VirtualBox %s in %s%s\n",
             e->install.version ? version_text(e->install.version).text : "of unknown version",
             e->install.home, chosen ? " (the one that is used)" : "");
    if (e->install.unusable) {
        mark(sh, false, "library: %s", e->install.unusable);
        advise(sh, "install VirtualBox again, or name another installation in VBOX_APP_HOME");
    } else {
        mark(sh, true, "library: %s, function table %s", e->install.library, e->table);
    }
    print_binding(sh, e, verbose);
    if (e->install.unusable || e->typelib_problem)
        return;
    if (e->service_problem) {
        mark(sh, false, "VBoxSVC: %s", e->service_problem);
        advise(sh,
               "see whether 'VBoxManage list vms' works for this user; end a hanging VBoxSVC and try again");
    } else {
        mark(sh, true, "VBoxSVC answers (after %u ms), %u machine%s", e->service_ms, e->machines,
             e->machines == 1 ? "" : "s");
    }
}

static void print_host(struct shell *sh, const struct vbox_report *report)
{
    sh_print(sh, "This host\n");
    mark(sh, report->driver, "kernel driver: /dev/vboxdrv is %s", report->driver ? "there" : "not there");
    if (!report->driver)
        advise(sh,
               "machines cannot start: as root run 'modprobe vboxdrv' or '/sbin/vboxconfig' (Debian: install "
               "virtualbox-dkms)");
    mark(sh, report->hardware, "hardware virtualization: %s",
         report->hardware ? "yes" : "none that this system shows");
    if (!report->hardware)
        advise(sh, "VirtualBox 6.1 and later need it: switch VT-x or AMD-V on in the firmware, or nested "
                   "virtualization in the host of this machine");
}

static void print_report(struct shell *sh, const struct vbox_report *report, bool verbose)
{
    const struct vbox_examined *chosen = vbox_chosen(report);

    if (report->search_problem) {
        sh_print(sh, "VirtualBox\n");
        mark(sh, false, "%s", report->search_problem);
        advise(sh, "correct the name of the folder (--home or VBOX_APP_HOME), or leave it out");
    } else if (report->n == 0) {
        sh_print(sh, "VirtualBox\n");
        mark(sh, false, "no installation was found");
        advise(sh,
               "install VirtualBox, or name its folder in VBOX_APP_HOME; test:///default works without it");
    }
    for (size_t i = 0; i < report->n; i++)
        print_install(sh, &report->items[i], &report->items[i] == chosen, verbose);
    print_host(sh, report);
}

/* ---- JSON ---- */

static void feature_json(struct json *j, const struct vbox_feature *f)
{
    json_begin(j, NULL);
    json_string(j, "name", f->name);
    json_string(j, "text", f->text);
    json_uint(j, "members", f->members);
    json_uint(j, "bound", f->bound);
    json_begin_array(j, "missing");
    for (size_t i = 0; i < f->n_missing; i++) {
        json_begin(j, NULL);
        json_string(j, "member", f->missing[i].member);
        json_string(j, "why", why_text(f->missing[i].why));
        json_end(j);
    }
    json_end_array(j);
    json_end(j);
}

static void install_json(struct json *j, const struct vbox_examined *e, bool chosen)
{
    json_begin(j, NULL);
    json_string(j, "home", e->install.home);
    json_string(j, "version", e->install.version ? version_text(e->install.version).text : NULL);
    json_bool(j, "usable", vbox_usable(e));
    json_bool(j, "used", chosen);
    json_string(j, "library", e->install.library);
    json_string(j, "library_problem", e->install.unusable);
    json_string(j, "function_table", e->table);
    json_string(j, "typelib", e->install.typelib);
    json_string(j, "typelib_problem", e->typelib_problem);
    json_uint(j, "interfaces", e->interfaces);
    json_uint(j, "members", e->counts.members);
    json_uint(j, "bound", e->counts.bound);
    json_uint(j, "unknown_shapes", e->counts.unknown_shapes);
    json_string(j, "service_problem", e->service_problem);
    json_uint(j, "machines", e->machines);
    json_begin_array(j, "features");
    for (size_t i = 0; i < e->n_features; i++)
        feature_json(j, &e->features[i]);
    json_end_array(j);
    json_end(j);
}

static void report_json(struct shell *sh, const struct vbox_report *report)
{
    const struct vbox_examined *chosen = vbox_chosen(report);
    AUTO_JSON struct json j = {0};

    json_begin(&j, NULL);
    json_bool(&j, "usable", chosen != NULL);
    json_string(&j, "search_problem", report->search_problem);
    json_begin_array(&j, "installations");
    for (size_t i = 0; i < report->n; i++)
        install_json(&j, &report->items[i], &report->items[i] == chosen);
    json_end_array(&j);
    json_bool(&j, "kernel_driver", report->driver);
    json_bool(&j, "hardware_virtualization", report->hardware);
    json_end(&j);
    sh_json_print(sh, &j);
}

static int run_doctor(struct shell *sh, const struct args *args)
{
    struct vbox_report report;
    const char *home;

    if (args_string(sh, args, "home", &home) < 0)
        return -1;
    fflush(stdout);
    vbox_examine(home, &report);
    if (sh_wants_json(args))
        report_json(sh, &report);
    else
        print_report(sh, &report, args_has(args, "verbose"));
    int result = vbox_chosen(&report) ? 0 : -1;
    vbox_report_free(&report);
    return result;
}

const struct command commands_doctor[] = {
    {"doctor", "examine the VirtualBox installations of this host, and say what to do about problems",
     "Shows each installation with its version and function table, how much of what Everbox uses its type\n"
     "library has, what is missing and why, whether VBoxSVC answers and whether machines can start. The\n"
     "exit status is 1 when there is no usable installation.",
     doctor_opts, run_doctor, CMD_NO_CONNECT | CMD_JSON, "doctor --verbose"},
    {0},
};

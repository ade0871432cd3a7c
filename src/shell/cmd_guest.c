/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_guest.c Commands on a domain's guest: screen, keyboard, console, and what it says of itself. */
#include "shell/keys.h"
#include "shell/objects.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const struct opt domain_opts[] = {OPT_DOMAIN(complete_domain), OPTS_END};

/* ---- screenshot ---- */

static const struct opt screenshot_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"file", OPT_STRING, 0, "where to save it", complete_file},
    {"screen", OPT_INT, 0, "number of the screen", NULL},
    OPTS_END,
};

static void sh_stream_cleanup(eb_stream **stream)
{
    eb_stream_unref(*stream);
}
#define AUTO_STREAM EB_CLEANUP(sh_stream_cleanup) eb_stream *

/* "web-2026-11-22-17:55:01.png" */
static char *picture_name(eb_domain *dom, const char *mime)
{
    time_t now = time(NULL);
    char text[32] = "";
    struct tm tm;

    if (localtime_r(&now, &tm))
        strftime(text, sizeof(text), "%Y-%m-%d-%H:%M:%S", &tm);
    return eb_asprintf("%s-%s%s", eb_domain_get_name(dom), text,
                       eb_streq(mime, "image/png")                 ? ".png"
                       : eb_streq(mime, "image/x-portable-pixmap") ? ".ppm"
                                                                   : "");
}

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t put = write(fd, bytes, n);

        if (put < 0 && errno != EINTR)
            return -1;
        bytes += put < 0 ? 0 : put;
        n -= put < 0 ? 0 : (size_t)put;
    }
    return 0;
}

static int copy_stream(struct shell *sh, eb_stream *stream, int fd, const char *file)
{
    EB_AUTOFREE char *buffer = eb_calloc(1 << 16, 1);
    int n;

    while ((n = eb_stream_read(stream, buffer, 1 << 16, &sh->error)) > 0) {
        if (write_all(fd, buffer, (size_t)n) < 0)
            return sh_error(sh, "cannot write file '%s': %s", file, strerror(errno));
    }
    if (n < 0)
        return sh_error(sh, "cannot receive data from the domain");
    return eb_stream_finish(stream, &sh->error);
}

static int save_stream(struct shell *sh, eb_stream *stream, const char *file)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool created = fd >= 0;
    int result;

    if (fd < 0 && errno == EEXIST)
        fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd < 0)
        return sh_error(sh, "cannot create file %s", file);
    result = copy_stream(sh, stream, fd, file);
    if (close(fd) < 0 && result == 0)
        result = sh_error(sh, "cannot close file %s", file);
    if (result < 0 && created)
        unlink(file);
    return result;
}

static int run_screenshot(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    AUTO_STREAM stream = NULL;
    EB_AUTOFREE char *mime = NULL, *made = NULL;
    unsigned screen = 0;
    const char *file;

    if (!dom || args_string(sh, args, "file", &file) < 0 || args_uint(sh, args, "screen", &screen) < 0)
        return -1;
    if (eb_domain_screenshot(dom, screen, 0, &mime, &stream, &sh->error) < 0)
        return sh_error(sh, "could not take a screenshot of %s", eb_domain_get_name(dom));
    if (!file)
        file = made = picture_name(dom, mime);
    if (save_stream(sh, stream, file) < 0)
        return -1;
    sh_print(sh, "Screenshot saved to %s, with type of %s", file, mime);
    return 0;
}

/* ---- send-key, inject-nmi, dump ---- */

static const struct opt send_key_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"codeset", OPT_STRING, OPT_NAMED_ONLY, "what the codes are: linux (default), xt, atset1, usb, qnum …",
     NULL},
    {"holdtime", OPT_INT, OPT_NAMED_ONLY, "milliseconds between pressing and releasing", NULL},
    {"keycode", OPT_ARGV, 0, "names of keys (KEY_LEFTCTRL) or their codes", NULL},
    OPTS_END,
};

static int read_codeset(struct shell *sh, const struct args *args, eb_codeset *out)
{
    static const char *const names[] = {"linux", "xt",     "atset1", "atset2", "atset3",
                                        "os_x",  "xt_kbd", "usb",    "win32",  "qnum"};
    const char *text;
    int there = args_string(sh, args, "codeset", &text);

    *out = EB_CODESET_LINUX;
    if (there < 1)
        return there;
    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        if (eb_streq(names[i], text)) {
            *out = (eb_codeset)i;
            return 0;
        }
    }
    return sh_error(sh, "unknown codeset: '%s'", text);
}

static int read_key(struct shell *sh, eb_codeset codeset, const char *text, unsigned *out)
{
    unsigned code = codeset == EB_CODESET_LINUX ? key_code(text) : 0;
    char *end;
    unsigned long value = strtoul(text, &end, 0);

    if (code || (*text && !*end && value <= UINT16_MAX)) {
        *out = code ? code : (unsigned)value;
        return 0;
    }
    return sh_error(sh, "invalid keycode: '%s'", text);
}

static int run_send_key(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    unsigned keys[EB_SEND_KEY_MAX], n = 0, hold = 0;
    eb_codeset codeset;

    if (!dom || read_codeset(sh, args, &codeset) < 0 || args_uint(sh, args, "holdtime", &hold) < 0)
        return -1;
    for (size_t i = 0; i < args->n; i++) {
        if (strcmp(args->items[i].opt->name, "keycode") != 0)
            continue;
        if (n == EB_SEND_KEY_MAX)
            return sh_error(sh, "too many keycodes");
        if (read_key(sh, codeset, args->items[i].value, &keys[n++]) < 0)
            return -1;
    }
    if (!n)
        return sh_error(sh, "command 'send-key' requires <keycode> option");
    return eb_domain_send_key(dom, codeset, hold, keys, n, 0, &sh->error);
}

static int run_inject_nmi(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);

    return dom ? eb_domain_inject_nmi(dom, 0, &sh->error) : -1;
}

static const struct opt dump_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FILE("where to write the core"),
    OPT_FLAG("live", "let it run meanwhile"),
    OPT_FLAG("crash", "crash it afterwards"),
    OPT_FLAG("reset", "reset it afterwards"),
    OPT_FLAG("memory-only", "only what the guest has in memory"),
    OPTS_END,
};

static int run_dump(struct shell *sh, const struct args *args)
{
    enum { CRASH = 1 << 0, LIVE = 1 << 1, RESET = 1 << 3, MEMORY_ONLY = 1 << 4 };
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    unsigned flags = (args_has(args, "crash") ? CRASH : 0u) | (args_has(args, "live") ? LIVE : 0u) |
                     (args_has(args, "reset") ? RESET : 0u) |
                     (args_has(args, "memory-only") ? MEMORY_ONLY : 0u);
    EB_AUTOFREE char *absolute = NULL, *folder = NULL;
    const char *file;

    if (!dom || args_string(sh, args, "file", &file) < 0)
        return -1;
    folder = *file == '/' ? NULL : realpath(".", NULL);
    absolute = folder ? eb_asprintf("%s/%s", folder, file) : eb_strdup(file);
    if (eb_domain_core_dump(dom, absolute, 0, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to core dump domain '%s' to %s", eb_domain_get_name(dom), file);
    sh_extra(sh, "\nDomain '%s' dumped to %s\n", eb_domain_get_name(dom), file);
    return 0;
}

/* ---- console ---- */

static const struct opt console_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"devname", OPT_STRING, 0, "the serial port's alias", NULL},
    OPT_FLAG("force", "take it from whoever has it"),
    OPT_FLAG("safe", "only where nobody else can have it"),
    OPTS_END,
};

enum { ESCAPE = 0x1d }; /* ^] */

static void *print_console(void *opaque)
{
    eb_stream *stream = opaque;
    char buffer[4096];
    int n;

    while ((n = eb_stream_read(stream, buffer, sizeof(buffer), NULL)) > 0) {
        if (write_all(STDOUT_FILENO, buffer, (size_t)n) < 0)
            break;
    }
    return NULL;
}

/* Sends what is typed until ^] or the console's end. */
static void type_console(eb_stream *stream, pthread_t printer)
{
    struct pollfd keyboard = {.fd = STDIN_FILENO, .events = POLLIN};
    char buffer[256];

    while (pthread_tryjoin_np(printer, NULL) != 0) {
        ssize_t n = 0;
        const char *escape;

        if (poll(&keyboard, 1, 200) > 0 && (n = read(STDIN_FILENO, buffer, sizeof(buffer))) <= 0)
            break;
        escape = memchr(buffer, ESCAPE, (size_t)n);
        if (escape)
            n = escape - buffer;
        if (n && eb_stream_write(stream, buffer, (size_t)n, NULL) < 0)
            break;
        if (!escape)
            continue;
        break;
    }
    eb_stream_abort(stream);
    pthread_join(printer, NULL);
}

static int run_console(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    AUTO_STREAM stream = NULL;
    unsigned flags =
        (args_has(args, "force") ? EB_CONSOLE_FORCE : 0u) | (args_has(args, "safe") ? EB_CONSOLE_SAFE : 0u);
    struct termios before, raw;
    const char *device;
    eb_domain_state state;
    pthread_t printer;

    if (!dom || args_string(sh, args, "devname", &device) < 0 ||
        eb_domain_get_state(dom, &state, NULL, &sh->error) < 0)
        return -1;
    if (state == EB_DOMAIN_SHUTOFF)
        return sh_error(sh, "The domain is not running");
    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return sh_error(sh, "Cannot run interactive console without a controlling TTY");
    if (eb_domain_open_console(dom, device, flags, &stream, &sh->error) < 0)
        return -1;
    sh_print(sh, "Connected to domain '%s'\nEscape character is ^] (Ctrl + ])\n", eb_domain_get_name(dom));
    fflush(stdout);
    raw = before;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    if (pthread_create(&printer, NULL, print_console, stream) == 0)
        type_console(stream, printer);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    sh_print(sh, "\n");
    return 0;
}

/* ---- domifaddr ---- */

static const struct opt domifaddr_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"interface", OPT_STRING, OPT_NAMED_ONLY, "only of this interface", NULL},
    OPT_FLAG("full", "each line whole"),
    {"source", OPT_STRING, OPT_NAMED_ONLY, "who is asked: lease (default), agent, arp", NULL},
    OPTS_END,
};

static void print_addresses(struct shell *sh, const eb_guest_interface *nic, bool full)
{
    const char *mac = nic->mac ? nic->mac : "N/A";

    if (!nic->n_addresses)
        sh_print(sh, " %-10s %-17s    %-12s N/A\n", nic->name, mac, "N/A");
    for (size_t i = 0; i < nic->n_addresses; i++) {
        bool head = i == 0 || full;

        sh_print(sh, " %-10s %-17s    %-12s %s/%u\n", head ? nic->name : "-", head ? mac : "-",
                 nic->addresses[i].type == 0 ? "ipv4" : "ipv6", nic->addresses[i].address,
                 nic->addresses[i].prefix);
    }
}

static void json_addresses(struct json *j, const eb_guest_interface *nic)
{
    json_begin(j, NULL);
    json_string(j, "name", nic->name);
    json_string(j, "mac", nic->mac);
    json_begin_array(j, "addresses");
    for (size_t i = 0; i < nic->n_addresses; i++) {
        json_begin(j, NULL);
        json_string(j, "address", nic->addresses[i].address);
        json_uint(j, "prefix", nic->addresses[i].prefix);
        json_end(j);
    }
    json_end_array(j);
    json_end(j);
}

static int read_source(struct shell *sh, const char *text, eb_address_source *out)
{
    static const char *const names[] = {"lease", "agent", "arp"};

    *out = EB_ADDRESSES_LEASE;
    for (size_t i = 0; text && i < EB_ARRAY_SIZE(names); i++) {
        if (eb_streq(names[i], text)) {
            *out = (eb_address_source)i;
            return 0;
        }
    }
    return text ? sh_error(sh, "Unknown data source '%s'", text) : 0;
}

static int run_domifaddr(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    AUTO_JSON struct json j = {0};
    const char *only, *source_text;
    eb_address_source source;
    eb_guest_interface *list;
    int n;

    if (!dom || args_string(sh, args, "interface", &only) < 0 ||
        args_string(sh, args, "source", &source_text) < 0 || read_source(sh, source_text, &source) < 0)
        return -1;
    n = eb_domain_get_interface_addresses(dom, source, 0, &list, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to query for interfaces addresses");
    if (!sh_wants_json(args))
        sh_extra(sh, " %-10s %-20s %-8s     %s\n%s%s\n", "Name", "MAC address", "Protocol", "Address",
                 "-------------------------------------------------", "------------------------------");
    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        if (only && !eb_streq(only, list[i].name))
            continue;
        if (sh_wants_json(args))
            json_addresses(&j, &list[i]);
        else
            print_addresses(sh, &list[i], args_has(args, "full"));
    }
    json_end_array(&j);
    if (sh_wants_json(args))
        sh_json_print(sh, &j);
    eb_guest_interfaces_free(list, (size_t)n);
    return 0;
}

/* ---- domhostname, guestinfo, domtime ---- */

static const struct opt domhostname_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"source", OPT_STRING, OPT_NAMED_ONLY, "who is asked: lease, agent", NULL},
    OPTS_END,
};

static int run_domhostname(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    EB_AUTOFREE char *name = NULL;
    unsigned flags = 0;
    const char *source;

    if (!dom || args_string(sh, args, "source", &source) < 0)
        return -1;
    if (source && !eb_streq(source, "lease") && !eb_streq(source, "agent"))
        return sh_error(sh, "Unknown data source '%s'", source);
    if (source)
        flags = eb_streq(source, "lease") ? 1 : 2;
    if (eb_domain_get_hostname(dom, flags, &name, &sh->error) < 0)
        return sh_error(sh, "failed to get hostname");
    if (sh_wants_json(args))
        sh_json_text(sh, "hostname", name);
    else
        sh_print(sh, "%s\n", name);
    return 0;
}

static const struct opt guestinfo_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("user", "who is logged in"),
    OPT_FLAG("os", "its system"),
    OPT_FLAG("timezone", "its time zone"),
    OPT_FLAG("hostname", "its name"),
    OPT_FLAG("filesystem", "its filesystems"),
    OPT_FLAG("disk", "its disks"),
    OPT_FLAG("interface", "its network interfaces"),
    OPTS_END,
};

static int run_guestinfo(struct shell *sh, const struct args *args)
{
    static const char *const names[] = {"user",       "os",   "timezone", "hostname",
                                        "filesystem", "disk", "interface"};
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    unsigned types = 0;
    eb_param *params;
    int n;

    for (unsigned i = 0; i < EB_ARRAY_SIZE(names); i++)
        types |= args_has(args, names[i]) ? 1u << i : 0u;
    if (!dom || (n = eb_domain_get_guest_info(dom, types, 0, &params, &sh->error)) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (params[i].type == EB_PARAM_STRING)
            sh_print(sh, "%-20s: %s\n", params[i].field, params[i].value.s);
        else
            sh_print(sh, "%-20s: %u\n", params[i].field, params[i].value.ui);
    }
    eb_params_free(params, (size_t)n);
    return 0;
}

static const struct opt domtime_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("now", "set it to this host's time"),
    OPT_FLAG("pretty", "print it as a date"),
    OPT_FLAG("sync", "set it to what its own clock says"),
    {"time", OPT_INT, OPT_NAMED_ONLY, "set it to these seconds since 1970", NULL},
    OPTS_END,
};

static int show_time(struct shell *sh, const struct args *args, eb_domain *dom)
{
    int64_t seconds;
    unsigned nanoseconds;
    char text[64] = "";
    struct tm tm;
    time_t value;

    if (eb_domain_get_time(dom, 0, &seconds, &nanoseconds, &sh->error) < 0)
        return -1;
    value = (time_t)seconds;
    if (args_has(args, "pretty") && gmtime_r(&value, &tm)) {
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
        sh_print(sh, "Time: %s", text);
    } else {
        sh_print(sh, "Time: %" PRId64, seconds);
    }
    return 0;
}

static int run_domtime(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = NULL;
    int seconds = 0, there;
    int64_t when;

    if (args_exclusive(sh, args, "time", "now") < 0 || args_exclusive(sh, args, "time", "sync") < 0 ||
        args_exclusive(sh, args, "now", "sync") < 0)
        return -1;
    dom = sh_domain(sh, args, BY_ANY);
    there = dom ? args_int(sh, args, "time", &seconds) : -1;
    if (there < 0)
        return -1;
    if (!there && !args_has(args, "now") && !args_has(args, "sync"))
        return show_time(sh, args, dom);
    when = args_has(args, "now") ? (int64_t)time(NULL) : seconds;
    return eb_domain_set_time(dom, when, 0, args_has(args, "sync") ? EB_TIME_SYNC : 0, &sh->error);
}

/* ---- Filesystems, passwords ---- */

static int run_domfsinfo(struct shell *sh, const struct args *args)
{
    static const char *const titles[] = {"Mountpoint", "Name", "Type", "Target"};
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    AUTO_TABLE struct table t = {0};
    eb_guest_fs *list;
    int n;

    if (!dom)
        return -1;
    n = eb_domain_get_fs_info(dom, 0, &list, &sh->error);
    if (n < 0)
        return sh_error(sh, "Unable to get filesystem information");
    if (!n)
        sh_extra(sh, "No filesystems are mounted in the domain");
    table_init(&t, EB_ARRAY_SIZE(titles), titles);
    for (int i = 0; i < n; i++) {
        EB_AUTOSTRBUF struct eb_strbuf targets = {0};

        for (size_t k = 0; k < list[i].n_aliases; k++)
            eb_strbuf_printf(&targets, "%s%s", k ? "," : "", list[i].aliases[k]);
        table_add(&t, (const char *const[]){list[i].mount_point, list[i].name, list[i].type,
                                            targets.s ? targets.s : ""});
    }
    EB_AUTOFREE char *text = n ? table_format(&t, !sh->quiet) : eb_strdup("");
    sh_print(sh, "%s", text);
    eb_guest_fs_free(list, (size_t)n);
    return 0;
}

static const struct opt freeze_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"mountpoint", OPT_ARGV, 0, "only these", NULL},
    OPTS_END,
};

static int run_freeze(struct shell *sh, const struct args *args)
{
    bool freeze = eb_streq(args->cmd->name, "domfsfreeze");
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    EB_AUTOFREE const char **points = eb_calloc(args->n + 1, sizeof(*points));
    unsigned n = 0;
    int changed;

    if (!dom)
        return -1;
    for (size_t i = 0; i < args->n; i++) {
        if (strcmp(args->items[i].opt->name, "mountpoint") == 0)
            points[n++] = args->items[i].value;
    }
    changed = freeze ? eb_domain_fs_freeze(dom, points, n, 0, &sh->error)
                     : eb_domain_fs_thaw(dom, points, n, 0, &sh->error);
    if (changed < 0)
        return sh_error(sh, "Unable to %s filesystems", freeze ? "freeze" : "thaw");
    sh_extra(sh, "%s %d filesystem(s)\n", freeze ? "Froze" : "Thawed", changed);
    return 0;
}

static const struct opt trim_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"minimum", OPT_INT, 0, "leave free ranges that are smaller, in bytes", NULL},
    {"mountpoint", OPT_STRING, 0, "only this one", NULL},
    OPTS_END,
};

static int run_trim(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    const char *mount_point;
    unsigned minimum = 0;

    if (!dom || args_uint(sh, args, "minimum", &minimum) < 0 ||
        args_string(sh, args, "mountpoint", &mount_point) < 0)
        return -1;
    if (eb_domain_fs_trim(dom, mount_point, minimum, 0, &sh->error) < 0)
        return sh_error(sh, "Unable to invoke fstrim");
    return 0;
}

static const struct opt password_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"user", OPT_DATA, 0, "whose password", NULL},
    {"password", OPT_DATA, 0, "the new one", NULL},
    OPT_FLAG("encrypted", "it is encrypted already"),
    OPTS_END,
};

static int run_password(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    const char *user, *password;

    if (!dom || args_string(sh, args, "user", &user) < 0 ||
        args_string(sh, args, "password", &password) < 0 ||
        eb_domain_set_user_password(dom, user, password, args_has(args, "encrypted"), &sh->error) < 0)
        return -1;
    sh_extra(sh, "Password set successfully for %s in %s", user, eb_domain_get_name(dom));
    return 0;
}

const struct command commands_guest[] = {
    {"console", "connect to a domain's serial console", NULL, console_opts, run_console, 0,
     "console web serial0"},
    {"domfsfreeze", "freeze a guest's filesystems", NULL, freeze_opts, run_freeze, 0, NULL},
    {"domfsinfo", "list a guest's filesystems", NULL, domain_opts, run_domfsinfo, 0, NULL},
    {"domfsthaw", "thaw a guest's filesystems", NULL, freeze_opts, run_freeze, 0, NULL},
    {"domfstrim", "give back what a guest's filesystems do not use", NULL, trim_opts, run_trim, 0, NULL},
    {"domhostname", "print a guest's name", NULL, domhostname_opts, run_domhostname, CMD_JSON, NULL},
    {"domifaddr", "list a guest's network addresses", NULL, domifaddr_opts, run_domifaddr, CMD_JSON,
     "domifaddr web --source agent"},
    {"domtime", "print or set a guest's time", NULL, domtime_opts, run_domtime, 0, "domtime web --pretty"},
    {"dump", "write a domain's core to a file", NULL, dump_opts, run_dump, 0,
     "dump web /tmp/web.core --live"},
    {"guestinfo", "print what a guest says of itself", NULL, guestinfo_opts, run_guestinfo, 0,
     "guestinfo web --os"},
    {"inject-nmi", "send a non-maskable interrupt", NULL, domain_opts, run_inject_nmi, 0, NULL},
    {"screenshot", "save a picture of a domain's screen", NULL, screenshot_opts, run_screenshot, 0,
     "screenshot web web.png"},
    {"send-key", "press keys", NULL, send_key_opts, run_send_key, 0,
     "send-key web KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE"},
    {"set-user-password", "set a password in a guest", NULL, password_opts, run_password, 0, NULL},
    {0},
};

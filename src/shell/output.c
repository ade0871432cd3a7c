/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/shell.h"

#include "shell/xml.h"

#include <errno.h>
#include <time.h>

static void log_line(struct shell *sh, const char *kind, const char *text)
{
    struct tm tm;
    time_t now = time(NULL);
    char stamp[32];

    if (!sh->log)
        return;
    localtime_r(&now, &tm);
    strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &tm);
    fprintf(sh->log, "[%s] %s: %s\n", stamp, kind, text);
    fflush(sh->log);
}

void sh_print(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    progress_reset(&sh->progress);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
}

void sh_extra(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    if (sh->quiet)
        return;
    progress_reset(&sh->progress);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
}

int sh_error(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    EB_AUTOFREE char *text = eb_vasprintf(fmt, args);
    va_end(args);

    progress_reset(&sh->progress);
    fflush(stdout);
    fprintf(stderr, "error: %s\n", text);
    log_line(sh, "error", text);
    return -1;
}

void sh_note(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    if (sh->quiet)
        return;
    va_start(args, fmt);
    EB_AUTOFREE char *text = eb_vasprintf(fmt, args);
    va_end(args);
    progress_reset(&sh->progress);
    fflush(stdout);
    fprintf(stderr, "note: %s\n", text);
}

void sh_report(struct shell *sh)
{
    if (!eb_error_is_set(&sh->error))
        return;
    sh_error(sh, "%s", eb_error_message(&sh->error));
    const char *said = sh->error.vbox_text;
    if (said && *said && !strstr(eb_error_message(&sh->error), said))
        sh_error(sh, "VirtualBox says: %s", said);
    sh_forget(sh);
}

void sh_json_print(struct shell *sh, struct json *json)
{
    EB_AUTOFREE char *text = eb_strbuf_steal(&json->out);
    sh_print(sh, "%s\n", text);
}

void sh_json_text(struct shell *sh, const char *name, const char *text)
{
    AUTO_JSON struct json j = {0};
    json_begin(&j, NULL);
    json_string(&j, name, text);
    json_end(&j);
    sh_json_print(sh, &j);
}

int sh_read_file(struct shell *sh, const char *path, char **out)
{
    size_t len;
    if (eb_read_file(path, 10 << 20, out, &len) == 0)
        return 0;
    if (errno == EISDIR)
        return sh_error(sh, "Failed to read file '%s': %s", path, strerror(errno));
    return sh_error(sh, "Failed to open file '%s': %s", path, strerror(errno));
}

int sh_show_xml(struct shell *sh, const struct args *args, const char *xml)
{
    EB_AUTOFREE char *selected = NULL;
    const char *xpath = args_get(args, "xpath");

    if (xpath && xml_select(xml, xpath, args_has(args, "wrap"), &selected, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args))
        sh_json_text(sh, "xml", selected ? selected : xml);
    else
        sh_print(sh, "%s", selected ? selected : xml);
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/logging.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "daemon/journal.h"

enum output_kind { TO_STDERR, TO_FILE, TO_SYSLOG, TO_JOURNAL };

struct filter {
    enum eb_log_level level;
    char *name;
};
struct output {
    enum eb_log_level level;
    enum output_kind kind;
    int fd;     /* of a file; else -1 */
    char *name; /* of a file or for syslog, or NULL */
};
struct rules {
    enum eb_log_level level;
    struct filter *filters;
    size_t n_filters;
    struct output *outputs;
    size_t n_outputs;
    bool only_checked; /* no file is opened */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the rules */
static struct rules *now;

static void free_rules(struct rules *rules)
{
    if (!rules)
        return;
    for (size_t i = 0; i < rules->n_filters; i++)
        free(rules->filters[i].name);
    for (size_t i = 0; i < rules->n_outputs; i++) {
        if (rules->outputs[i].fd >= 0)
            close(rules->outputs[i].fd);
        free(rules->outputs[i].name);
    }
    free(rules->filters);
    free(rules->outputs);
    free(rules);
}

/* ---- Reading what is wanted ---- */

/* The level before the colon; *rest is what comes after it. */
static int take_level(const char *word, const char *of, const char **rest, enum eb_log_level *level,
                      eb_error *err)
{
    if (word[0] < '1' || word[0] > '4' || word[1] != ':' || !word[2])
        return eb_error_set(err, EB_ERR_CONF_SYNTAX,
                            "%s: '%s' does not begin with a level from 1 to 4 and a colon", of, word);
    *level = (enum eb_log_level)(word[0] - '0');
    *rest = word + 2;
    return 0;
}

static int add_filter(struct rules *rules, const char *word, eb_error *err)
{
    enum eb_log_level level = EB_LOG_DEBUG;
    const char *name = NULL;

    if (take_level(word, "log_filters", &name, &level, err) < 0)
        return -1;
    /* It once asked for a stack trace. */
    if (*name == '+')
        name++;
    *EB_APPEND(rules->filters, rules->n_filters) = (struct filter){level, eb_strdup(name)};
    return 0;
}

static int add_file(struct rules *rules, enum eb_log_level level, const char *path, eb_error *err)
{
    int fd = -1;

    if (*path != '/')
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "log_outputs: the path '%s' is not absolute", path);
    if (!rules->only_checked)
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0 && !rules->only_checked)
        return eb_error_set_errno(err, errno, "log_outputs: cannot open '%s'", path);
    *EB_APPEND(rules->outputs, rules->n_outputs) = (struct output){level, TO_FILE, fd, eb_strdup(path)};
    return 0;
}

static int add_output(struct rules *rules, const char *word, eb_error *err)
{
    enum eb_log_level level = EB_LOG_DEBUG;
    const char *what = NULL;

    if (take_level(word, "log_outputs", &what, &level, err) < 0)
        return -1;
    if (eb_starts_with(what, "file:"))
        return add_file(rules, level, what + strlen("file:"), err);
    if (strcmp(what, "stderr") == 0) {
        *EB_APPEND(rules->outputs, rules->n_outputs) = (struct output){level, TO_STDERR, -1, NULL};
    } else if (eb_starts_with(what, "syslog:") && what[strlen("syslog:")]) {
        *EB_APPEND(rules->outputs, rules->n_outputs) =
            (struct output){level, TO_SYSLOG, -1, eb_strdup(what + strlen("syslog:"))};
    } else if (strcmp(what, "journald") == 0 && daemon_journal_there()) {
        *EB_APPEND(rules->outputs, rules->n_outputs) = (struct output){level, TO_JOURNAL, -1, NULL};
    } else {
        return eb_error_set(err, EB_ERR_CONF_SYNTAX,
                            "log_outputs: '%s' is not stderr, syslog:NAME, file:/PATH%s", what,
                            daemon_journal_there() ? " or journald" : "");
    }
    return 0;
}

static int each_word(struct rules *rules, const char *text,
                     int (*add)(struct rules *, const char *, eb_error *), eb_error *err)
{
    while (text && *text) {
        size_t n = strcspn(text, " \t");
        EB_AUTOFREE char *word = eb_strndup(text, n);

        if (n && add(rules, word, err) < 0)
            return -1;
        text += n;
        text += strspn(text, " \t");
    }
    return 0;
}

int daemon_logging_check_filters(const char *filters, eb_error *err)
{
    struct rules *rules = EB_NEW(struct rules);
    int result = each_word(rules, filters, add_filter, err);

    free_rules(rules);
    return result;
}

int daemon_logging_check_outputs(const char *outputs, eb_error *err)
{
    struct rules *rules = EB_NEW(struct rules);
    int result;

    rules->only_checked = true;
    result = each_word(rules, outputs, add_output, err);
    free_rules(rules);
    return result;
}

/* systemd says which stream leads to its journal. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    EB_AUTOFREE char *ours = NULL;
    struct stat st;

    if (!stream || fstat(STDERR_FILENO, &st) < 0)
        return false;
    ours = eb_asprintf("%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    return strcmp(stream, ours) == 0;
}

static void add_usual_output(struct rules *rules, bool background)
{
    struct output *out = EB_APPEND(rules->outputs, rules->n_outputs);

    *out = (struct output){EB_LOG_DEBUG, TO_STDERR, -1, NULL};
    if (stderr_is_journal() && daemon_journal_there()) {
        out->kind = TO_JOURNAL;
    } else if (background) {
        out->kind = TO_SYSLOG;
        out->name = eb_strdup("everboxd");
    }
}

/* ---- Writing ---- */

/* What clients are called must not look like a line of its own, nor command a terminal. */
static char *one_line(const char *text)
{
    struct eb_strbuf out = {0};

    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            eb_strbuf_printf(&out, "\\x%02x", (unsigned)(unsigned char)*text);
        else
            eb_strbuf_addn(&out, text, 1);
    }
    return eb_strbuf_steal(&out);
}

static void write_line(int fd, const struct eb_log_record *record)
{
    struct timespec at;
    struct tm utc;
    char stamp[32];
    EB_AUTOFREE char *line = NULL;
    EB_AUTOFREE char *text = one_line(record->text);

    clock_gettime(CLOCK_REALTIME, &at);
    gmtime_r(&at.tv_sec, &utc);
    strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &utc);
    line = eb_asprintf("%s.%03ld+0000: %d: %s : %s: %s\n", stamp, at.tv_nsec / 1000000, (int)getpid(),
                       eb_log_level_name(record->level), record->module, text ? text : "");
    /* Where it cannot be written there is nobody to be told. */
    (void)!write(fd, line, strlen(line));
}

static void write_syslog(const char *name, int priority, const struct eb_log_record *record)
{
    EB_AUTOFREE char *text = one_line(record->text);

    openlog(name, LOG_PID, LOG_DAEMON);
    syslog(priority, "%s: %s", record->module, text ? text : "");
    closelog(); /* the name may go */
}

static void write_to(const struct output *out, const struct eb_log_record *record)
{
    static const int priorities[] = {LOG_DEBUG, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR};

    switch (out->kind) {
    case TO_STDERR:
        write_line(STDERR_FILENO, record);
        break;
    case TO_FILE:
        write_line(out->fd, record);
        break;
    case TO_SYSLOG:
        write_syslog(out->name, priorities[record->level], record);
        break;
    case TO_JOURNAL:
        daemon_journal_send(record);
        break;
    }
}

static enum eb_log_level least(const struct rules *rules, const struct eb_log_record *record)
{
    for (size_t i = 0; i < rules->n_filters; i++) {
        if (strstr(record->module, rules->filters[i].name) || strstr(record->file, rules->filters[i].name))
            return rules->filters[i].level;
    }
    return rules->level;
}

static void sink(const struct eb_log_record *record, void *opaque EB_UNUSED)
{
    pthread_mutex_lock(&lock);
    if (now && record->level >= least(now, record)) {
        for (size_t i = 0; i < now->n_outputs; i++) {
            if (record->level >= now->outputs[i].level)
                write_to(&now->outputs[i], record);
        }
    }
    pthread_mutex_unlock(&lock);
}

/* ---- In force ---- */

int daemon_logging_set(enum eb_log_level level, const char *filters, const char *outputs, bool background,
                       eb_error *err)
{
    struct rules *rules = EB_NEW(struct rules), *before;
    enum eb_log_level lowest = level;

    rules->level = level;
    if (each_word(rules, filters, add_filter, err) < 0 || each_word(rules, outputs, add_output, err) < 0) {
        free_rules(rules);
        return -1;
    }
    if (!rules->n_outputs)
        add_usual_output(rules, background);
    for (size_t i = 0; i < rules->n_filters; i++) {
        if (rules->filters[i].level < lowest)
            lowest = rules->filters[i].level;
    }
    pthread_mutex_lock(&lock);
    before = now;
    now = rules;
    pthread_mutex_unlock(&lock);
    free_rules(before);
    eb_log_set_level(lowest);
    eb_log_set_sink(sink, NULL);
    return 0;
}

char *daemon_logging_filters(unsigned *n)
{
    struct eb_strbuf text = {0};

    pthread_mutex_lock(&lock);
    *n = now ? (unsigned)now->n_filters : 0;
    for (size_t i = 0; i < *n; i++)
        eb_strbuf_printf(&text, "%s%d:%s", i ? " " : "", (int)now->filters[i].level, now->filters[i].name);
    pthread_mutex_unlock(&lock);
    return *n ? eb_strbuf_steal(&text) : NULL;
}

char *daemon_logging_outputs(unsigned *n)
{
    static const char *const kinds[] = {"stderr", "file", "syslog", "journald"};
    struct eb_strbuf text = {0};

    pthread_mutex_lock(&lock);
    *n = now ? (unsigned)now->n_outputs : 0;
    for (size_t i = 0; i < *n; i++) {
        const struct output *out = &now->outputs[i];

        eb_strbuf_printf(&text, "%s%d:%s", i ? " " : "", (int)out->level, kinds[out->kind]);
        if (out->name)
            eb_strbuf_printf(&text, ":%s", out->name);
    }
    pthread_mutex_unlock(&lock);
    return eb_strbuf_steal(&text);
}

void daemon_logging_end(void)
{
    eb_log_set_sink(NULL, NULL);
    free_rules(EB_STEAL(now));
}

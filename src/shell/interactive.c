/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file interactive.c The prompt: line editing, history, completion; a plain reader where there is no
 * terminal. */
#include "shell/interactive.h"

#include "shell/interrupt.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_LINES = 1000 };

struct prompt {
    struct shell *sh;
    EditLine *el;
    History *history;
    char *history_path; /* NULL: kept in memory alone */
    char text[64];
};

static volatile sig_atomic_t resized;

static void on_resize(int sig)
{
    (void)sig;
    resized = 1;
}

/* ---- History ---- */

/** Makes the folders of a path. */
static void make_folders(const char *path)
{
    EB_AUTOFREE char *copy = eb_strdup(path);
    for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(copy, 0700);
        *p = '/';
    }
}

/** $XDG_STATE_HOME/everbox/history, by default below ~/.local/state. NULL when there is no home. */
static char *history_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *path;
    if (state && *state == '/')
        path = eb_asprintf("%s/everbox/history", state);
    else if (home && *home)
        path = eb_asprintf("%s/.local/state/everbox/history", home);
    else
        return NULL;
    make_folders(path);
    return path;
}

static void history_open(struct prompt *p)
{
    HistEvent event;
    p->history = history_init();
    history(p->history, &event, H_SETSIZE, HISTORY_LINES);
    history(p->history, &event, H_SETUNIQUE, 1);
    p->history_path = history_path();
    if (p->history_path)
        history(p->history, &event, H_LOAD, p->history_path);
}

static void history_add(struct prompt *p, const char *line)
{
    HistEvent event;
    if (line[strspn(line, " \t\n")] == '\0' || *line == ' ')
        return;
    history(p->history, &event, H_ENTER, line);
    if (p->history_path) {
        mode_t mask = umask(077);
        history(p->history, &event, H_SAVE, p->history_path);
        umask(mask);
    }
}

/* ---- Reading ---- */

static char *prompt_text(EditLine *el)
{
    struct prompt *p;
    el_get(el, EL_CLIENTDATA, &p);
    snprintf(p->text, sizeof(p->text), "%s %c ", p->sh->progname, p->sh->readonly ? '>' : '#');
    return p->text;
}

/** One character from the terminal. Ctrl-C ends the line (-1), a resized window redraws it. */
static int read_character(EditLine *el, wchar_t *out)
{
    mbstate_t state;
    memset(&state, 0, sizeof(state));
    for (;;) {
        char byte;
        ssize_t n = read(STDIN_FILENO, &byte, 1);
        if (n < 0 && errno == EINTR) {
            if (interrupt_pending())
                return -1;
            if (resized) {
                resized = 0;
                el_resize(el);
            }
            continue;
        }
        if (n <= 0)
            return (int)n;
        size_t len = mbrtowc(out, &byte, 1, &state);
        if (len == (size_t)-1) {
            *out = L'?';
            return 1;
        }
        if (len != (size_t)-2)
            return 1;
    }
}

static void prompt_open(struct prompt *p, struct shell *sh)
{
    struct sigaction action = {.sa_handler = on_resize};

    memset(p, 0, sizeof(*p));
    p->sh = sh;
    p->el = el_init("everbox", stdin, stdout, stderr);
    history_open(p);
    el_set(p->el, EL_CLIENTDATA, p);
    el_set(p->el, EL_PROMPT, prompt_text);
    el_set(p->el, EL_EDITOR, "emacs");
    el_set(p->el, EL_HIST, history, p->history);
    el_set(p->el, EL_GETCFN, read_character);
    el_set(p->el, EL_ADDFN, "everbox-complete", "complete the word", complete_line);
    el_set(p->el, EL_BIND, "^I", "everbox-complete", NULL);
    el_set(p->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(p->el, NULL);
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, NULL);
}

static void prompt_close(struct prompt *p)
{
    signal(SIGWINCH, SIG_DFL);
    el_end(p->el);
    history_end(p->history);
    free(p->history_path);
}

struct shell *prompt_shell(void *el)
{
    struct prompt *p;
    el_get(el, EL_CLIENTDATA, &p);
    return p->sh;
}

/** A line from the terminal; NULL at its end. An interrupted one is "". The caller frees it. */
static char *read_terminal(struct prompt *p)
{
    int n = 0;
    interrupt_at_prompt(true);
    const char *line = el_gets(p->el, &n);
    bool interrupted = interrupt_pending();
    interrupt_at_prompt(false);
    if (interrupted) {
        fputs("^C\n", stdout);
        el_reset(p->el);
        return eb_strdup("");
    }
    if (!line || n <= 0)
        return NULL;
    char *copy = eb_strdup(line);
    copy[strcspn(copy, "\n")] = '\0';
    history_add(p, copy);
    return copy;
}

/** A line from a file or a pipe, shown as if it had been typed. */
static char *read_plain(struct shell *sh)
{
    char *line = NULL;
    size_t size = 0;

    printf("%s %c ", sh->progname, sh->readonly ? '>' : '#');
    fflush(stdout);
    if (getline(&line, &size, stdin) < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    printf("%s\n", line);
    return line;
}

static void welcome(struct shell *sh)
{
    if (sh->quiet)
        return;
    printf("Welcome to %s, the virtualization interactive terminal.\n\n"
           "Type:  'help' for help with commands\n       'quit' to quit\n\n",
           sh->progname);
    fflush(stdout);
}

void sh_interactive(struct shell *sh)
{
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    struct prompt prompt;

    sh->interactive = true;
    welcome(sh);
    if (terminal) {
        if (!sh->conn && sh_connect(sh) < 0)
            sh_note(sh, "no connection; 'connect URI' opens one");
        prompt_open(&prompt, sh);
    }
    while (!sh->quit) {
        EB_AUTOFREE char *line = terminal ? read_terminal(&prompt) : read_plain(sh);
        if (!line)
            break;
        (void)sh_run_string(sh, line);
        fflush(stdout);
    }
    putchar('\n');
    if (terminal)
        prompt_close(&prompt);
}

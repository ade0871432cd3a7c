/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/fault.h"
#include "vbox/com/call.h"
#include "vbox/com/known.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool vb_fault_parse(const char *text, enum vb_fault_kind *kind, unsigned *nth)
{
    static const char *const names[] = {
        [VB_FAULT_FAIL] = "fail", [VB_FAULT_GARBAGE] = "garbage", [VB_FAULT_DIE] = "die"};
    const char *colon = strchr(text, ':');
    EB_AUTOFREE char *number = colon ? eb_strndup(text, (size_t)(colon - text)) : NULL;
    uint64_t n;

    if (!number || !eb_parse_u64(number, UINT32_MAX, &n) || n == 0)
        return false;
    for (unsigned k = VB_FAULT_FAIL; k < EB_ARRAY_SIZE(names); k++) {
        if (strcmp(colon + 1, names[k]) == 0) {
            *kind = (enum vb_fault_kind)k;
            *nth = (unsigned)n;
            return true;
        }
    }
    return false;
}

static void garble_array(const struct vb_known_param *p, size_t *n, void **items)
{
    if (p->kind == 's')
        vb_strings_free(*n, *items);
    else if (p->kind == 'I' || p->kind == 'U')
        vb_objects_free(*n, *items);
    else
        free(*items);
    *n = 0;
    *items = NULL;
}

static void garble_value(const struct vb_known_param *p, void *value)
{
    switch (p->kind) {
    case 'b':
        *(bool *)value = !*(bool *)value;
        break;
    case 'B':
        *(uint8_t *)value = 0xa5;
        break;
    case 'h':
    case 'H':
        memset(value, 0xa5, 2);
        break;
    case 'l':
        memset(value, 0xa5, 8);
        break;
    case 'e':
        *(int *)value = 0;
        break;
    case 's':
        eb_replace_string(value, "\xef\xbf\xbd<garbage>&\x01");
        break;
    case 'I':
    case 'U':
        vb_unref(*(void **)value);
        *(void **)value = NULL;
        break;
    default:
        memset(value, 0xa5, 4);
        break;
    }
}

void vb_fault_garble(const struct vb_call *call, void *const *args)
{
    const struct vb_known_member *known = &vb_known_members[call->member];

    for (unsigned i = 0; i < known->n_params; i++) {
        const struct vb_known_param *p = &known->params[i];

        if (p->out && p->array)
            garble_array(p, args[0], args[1]);
        else if (p->out)
            garble_value(p, args[0]);
        args += p->array ? 2 : 1;
    }
}

/* A variable in the environment that a process was started with; "" when it is not there. */
static char *variable_of(const char *pid, const char *name)
{
    EB_AUTOFREE char *path = eb_asprintf("/proc/%s/environ", pid);
    EB_AUTOFREE char *all = NULL;
    size_t len = 0, n = strlen(name);

    if (eb_read_file(path, (size_t)4 << 20, &all, &len) == 0)
        for (size_t at = 0; at < len; at += strlen(all + at) + 1)
            if (strncmp(all + at, name, n) == 0 && all[at + n] == '=')
                return eb_strdup(all + at + n + 1);
    return eb_strdup("");
}

static bool same_variable(const char *pid, const char *name)
{
    EB_AUTOFREE char *value = variable_of(pid, name);
    const char *ours = getenv(name);

    return strcmp(value, ours ? ours : "") == 0;
}

/* The VBoxSVC of this installation, user and settings folder: others on the machine are none of ours. */
static bool is_server(const char *pid, const struct stat *program)
{
    EB_AUTOFREE char *path = eb_asprintf("/proc/%s/exe", pid);
    struct stat st;

    return stat(path, &st) == 0 && st.st_dev == program->st_dev && st.st_ino == program->st_ino &&
           same_variable(pid, "VBOX_USER_HOME") && same_variable(pid, "HOME");
}

unsigned vb_fault_kill_server(const char *home)
{
    EB_AUTOFREE char *program_path = eb_asprintf("%s/VBoxSVC", home);
    DIR *proc = opendir("/proc");
    struct stat program = {0};
    struct dirent *entry;
    unsigned killed = 0;
    uint64_t pid;

    if (stat(program_path, &program) < 0)
        memset(&program, 0, sizeof(program));
    while (proc && program.st_ino && (entry = readdir(proc))) {
        if (!eb_parse_u64(entry->d_name, INT32_MAX, &pid) || !is_server(entry->d_name, &program) ||
            kill((pid_t)pid, SIGKILL) < 0)
            continue;
        killed++;
        /* What is left of it may wait for its parent: it is gone when its program is. */
        for (unsigned i = 0; i < 100 && is_server(entry->d_name, &program); i++)
            usleep(10000);
    }
    if (proc)
        closedir(proc);
    return killed;
}

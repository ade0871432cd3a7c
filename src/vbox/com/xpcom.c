/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/xpcom.h"
#include "base/strbuf.h"
#include "vbox/com/space.h"

#include <dlfcn.h>
#include <pthread.h>

/* A table: the size of it in bytes, the version, pointers, the version again. */
struct table_head {
    uint32_t cb;
    uint32_t version;
};

/* Where each function is, from 1; 0: not in this table. `com_initialize` of V1 takes other parameters. */
struct layout {
    const char *name;
    uint32_t asked;
    uint32_t version; /* the high half alone counts, where the releases disagree on the low one */
    uint8_t n;
    uint8_t get_version, client_initialize, client_uninitialize, thread_initialize, thread_uninitialize;
    uint8_t com_initialize, com_uninitialize, com_unalloc, get_event_queue, get_exception, clear_exception;
    uint8_t process_event_queue, interrupt_event_queue;
};

/* The newest first. V4a and V4b have one version and differ in size. */
static const struct layout layouts[] = {
    {"V4c", 0x40000, 0x40001, 27, 1, 3, 6, 4, 5, 7, 8, 9, 21, 22, 23, 24, 25},
    {"V4b", 0x40000, 0x40000, 25, 1, 3, 6, 4, 5, 7, 8, 9, 21, 22, 23, 24, 25},
    {"V4a", 0x40000, 0x40000, 24, 1, 3, 6, 4, 5, 7, 8, 9, 20, 21, 22, 23, 24},
    {"V3", 0x30000, 0x30000, 14, 1, 3, 4, 0, 0, 5, 6, 7, 12, 13, 14, 0, 0},
    {"V2", 0x20000, 0x20000, 9, 1, 0, 0, 0, 0, 2, 3, 4, 9, 0, 0, 0, 0},
    {"V1", 0x10000, 0x10000, 8, 1, 0, 0, 0, 0, 2, 3, 4, 0, 0, 0, 0, 0},
};

static const uint32_t asked_versions[] = {0x40000, 0x30000, 0x20000, 0x10000};

static size_t table_size(const struct layout *layout)
{
    size_t end = sizeof(struct table_head) + layout->n * sizeof(void *) + sizeof(uint32_t);

    return (end + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
}

static const struct layout *find_layout(const struct table_head *head, uint32_t asked)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(layouts); i++)
        if (layouts[i].asked == asked && layouts[i].version == head->version &&
            table_size(&layouts[i]) == head->cb)
            return &layouts[i];
    return NULL;
}

/* Puts the table's function `index` into the pointer at `to`. */
static void take(const void *table, uint8_t index, void *to)
{
    if (index)
        memcpy(to, (const char *)table + sizeof(struct table_head) + (index - 1) * sizeof(void *),
               sizeof(void *));
}

bool vb_xpcom_read_table(const void *table, unsigned asked, struct vb_xpcom *xpcom, const char **why)
{
    struct table_head head;
    const struct layout *layout;
    uint32_t end;

    memcpy(&head, table, sizeof(head));
    layout = find_layout(&head, asked);
    if (!layout) {
        *why = "its version and size are unknown to this build";
        return false;
    }
    memcpy(&end, (const char *)table + sizeof(head) + layout->n * sizeof(void *), sizeof(end));
    if (end != head.version) {
        *why = "its end does not repeat its version";
        return false;
    }
    for (uint8_t i = 1; i <= layout->n; i++) {
        void *function = NULL;

        take(table, i, &function);
        if (!function) {
            *why = "a function is missing in it";
            return false;
        }
    }
    xpcom->table = layout->name;
    take(table, layout->get_version, &xpcom->get_version);
    take(table, layout->client_initialize, &xpcom->client_initialize);
    take(table, layout->client_uninitialize, &xpcom->client_uninitialize);
    take(table, layout->thread_initialize, &xpcom->thread_initialize);
    take(table, layout->thread_uninitialize, &xpcom->thread_uninitialize);
    take(table, layout->com_initialize,
         layout->asked == 0x10000 ? (void *)&xpcom->com_initialize_v1 : (void *)&xpcom->com_initialize);
    take(table, layout->com_uninitialize, &xpcom->com_uninitialize);
    take(table, layout->com_unalloc, &xpcom->com_unalloc);
    take(table, layout->get_event_queue, &xpcom->get_event_queue);
    take(table, layout->get_exception, &xpcom->get_exception);
    take(table, layout->clear_exception, &xpcom->clear_exception);
    take(table, layout->process_event_queue, &xpcom->process_event_queue);
    take(table, layout->interrupt_event_queue, &xpcom->interrupt_event_queue);
    return true;
}

/* Asks for the newest table first; an unknown one of a later release is passed over for an older one that it
 * serves. */
static int read_functions(struct vb_xpcom *xpcom, const char *library, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf found = {0};
    const void *(*get)(unsigned) = NULL;
    void *symbol = dlsym(xpcom->handle, "VBoxGetXPCOMCFunctions");

    if (!symbol)
        symbol = dlsym(xpcom->handle, "VBoxGetCAPIFunctions");
    if (!symbol)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "%s has no function VBoxGetXPCOMCFunctions", library);
    memcpy(&get, &symbol, sizeof(symbol));
    for (size_t i = 0; i < EB_ARRAY_SIZE(asked_versions); i++) {
        const void *table = get(asked_versions[i]);
        const char *why = NULL;
        struct table_head head;

        if (!table)
            continue;
        if (vb_xpcom_read_table(table, asked_versions[i], xpcom, &why))
            return 0;
        memcpy(&head, table, sizeof(head));
        eb_strbuf_printf(&found, "%stable 0x%08x of %u bytes: %s", found.len ? "; " : "", head.version,
                         head.cb, why);
    }
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                             "%s has no function table that this build knows (%s)", library,
                             found.s ? found.s : "it gives out none");
}

static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;

/*
 * setenv is not safe while other threads read the environment. It runs once in a process, before the first
 * VirtualBox is loaded, and not at all when the variable says the same already.
 */
static void *load_first(const char *home, const char *library)
{
    const char *old = getenv("VBOX_APP_HOME");

    if (!old || strcmp(old, home) != 0)
        setenv("VBOX_APP_HOME", home, 1);
    return dlopen(library, RTLD_NOW | RTLD_LOCAL);
}

/* VBoxXPCOM is among the libraries that VBoxXPCOMC brings. */
static void find_service_manager(struct vb_xpcom *xpcom)
{
    void *symbol = dlsym(xpcom->handle, "VBoxNsxpNS_GetServiceManager");

    if (symbol)
        memcpy(&xpcom->get_service_manager, &symbol, sizeof(symbol));
}

/* A second copy: in a name space of its own. */
static void *load_apart(struct vb_xpcom *xpcom, const char *home, const char *library, const char **why)
{
    void *handle;

    xpcom->space = vb_space_new(home, why);
    if (!xpcom->space)
        return NULL;
    handle = vb_space_load(xpcom->space, library);
    if (!handle)
        *why = dlerror();
    return handle;
}

static int load_failed(const char *library, bool again, const char *why, eb_error *err)
{
    if (!why)
        why = "unknown reason";
    if (again)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "cannot load %s once more, this process must be restarted to use it: %s",
                                 library, why);
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED, "cannot load %s: %s", library, why);
}

int vb_xpcom_load(struct vb_xpcom *xpcom, const char *home, const char *library, eb_error *err)
{
    static bool loaded;
    const char *why = NULL;
    bool again;

    memset(xpcom, 0, sizeof(*xpcom));
    pthread_mutex_lock(&load_lock);
    again = loaded;
    if (again)
        xpcom->handle = load_apart(xpcom, home, library, &why);
    else if (!(xpcom->handle = load_first(home, library)))
        why = dlerror();
    loaded = loaded || xpcom->handle;
    pthread_mutex_unlock(&load_lock);
    if (!xpcom->handle)
        return load_failed(library, again, why, err);
    if (read_functions(xpcom, library, err) < 0)
        return -1;
    find_service_manager(xpcom);
    return 0;
}

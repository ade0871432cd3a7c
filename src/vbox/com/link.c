/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/link.h"
#include "base/strbuf.h"
#include "base/uuid.h"
#include "vbox/com/marshal.h"
#include "vbox/com/origin.h"
#include "vbox/com/result.h"

#include <signal.h>

#define CHAIN_MAX 16

/* Slots of XPCOM's own interfaces, which never changed (api/xpcom-base.api). */
enum {
    SLOT_QUERY = 0,
    SLOT_RELEASE = 2,
    SLOT_EXCEPTION_MESSAGE = 3,
    SLOT_SET_CURRENT_EXCEPTION = 3,
    SLOT_GET_CURRENT_EXCEPTION = 4,
    SLOT_GET_SERVICE_BY_CONTRACT = 4,
    SLOT_CREATE_BY_CONTRACT = 6,
    SLOT_CREATE_THREAD_QUEUE = 3,
    SLOT_GET_SPECIAL_QUEUE = 12,
};

#define SESSION_CONTRACT "@virtualbox.org/Session;1"
#define EXCEPTION_SERVICE_CONTRACT "@mozilla.org/exceptionservice;1"
#define QUEUE_SERVICE_CONTRACT "@mozilla.org/event-queue-service;1"
/* getSpecialEventQueue's number of the calling thread's queue. */
#define QUEUE_OF_THIS_THREAD 0

static const struct vb_guid component_manager_iid = {
    0xa88e5a60, 0x205a, 0x4bb1, {0x94, 0xe1, 0x26, 0x28, 0xda, 0xf5, 0x1e, 0xae}};
static const struct vb_guid exception_service_iid = {
    0x35a88f54, 0xf267, 0x4414, {0x92, 0xa7, 0x19, 0x1f, 0x64, 0x54, 0xab, 0x52}};

static const struct vb_guid queue_service_iid = {
    0xa6cf90dc, 0x15b3, 0x11d2, {0x93, 0x2e, 0x00, 0x80, 0x5f, 0x8a, 0xdd, 0x32}};

struct vb_link_ids {
    struct vb_guid virtualbox, client, session, error_info;
    char virtualbox_text[EB_UUID_STRLEN + 1], client_text[EB_UUID_STRLEN + 1],
        session_text[EB_UUID_STRLEN + 1];
    int probe; /* a getter of a number or a string of IVirtualBox */
    bool probe_is_string;
    int client_virtualbox, client_session;
    int error_text, error_component, error_next;
};

typedef void (*any_fn)(void);
typedef uint32_t (*getter_fn)(void *self, void *out);

static any_fn slot_of(void *object, int slot)
{
    return (*(any_fn **)object)[slot];
}

static uint32_t get(void *object, int slot, void *out)
{
    return ((getter_fn)slot_of(object, slot))(object, out);
}

static void release(void **object)
{
    if (*object)
        ((uint32_t(*)(void *))slot_of(*object, SLOT_RELEASE))(*object);
    *object = NULL;
}

static void *query(void *object, const struct vb_guid *iid)
{
    void *out = NULL;
    uint32_t result = ((uint32_t(*)(void *, const struct vb_guid *, void **))slot_of(object, SLOT_QUERY))(
        object, iid, &out);

    return VB_RESULT_FAILED(result) ? NULL : out;
}

/* The slot of a getter, -1: none. */
static int getter_slot(const struct vb_typelib *tl, const char *interface, const char *name)
{
    const struct vb_tl_interface *iface = vb_typelib_find(tl, interface);

    for (unsigned i = 0; iface && iface->resolved && i < iface->n_methods; i++)
        if (iface->methods[i].getter && strcmp(iface->methods[i].name, name) == 0)
            return (int)(iface->first_slot + i);
    return -1;
}

static void take_iid(const struct vb_typelib *tl, const char *interface, struct vb_guid *iid, char *text)
{
    const struct vb_tl_interface *iface = vb_typelib_find(tl, interface);

    if (!iface || !iface->resolved)
        return;
    *iid = vb_guid_from_bytes(iface->iid);
    if (text)
        eb_uuid_format(iface->iid, text);
}

static struct vb_link_ids *find_ids(const struct vb_typelib *tl)
{
    struct vb_link_ids *ids = EB_NEW(struct vb_link_ids);

    take_iid(tl, "IVirtualBox", &ids->virtualbox, ids->virtualbox_text);
    take_iid(tl, "IVirtualBoxClient", &ids->client, ids->client_text);
    take_iid(tl, "ISession", &ids->session, ids->session_text);
    take_iid(tl, "IVirtualBoxErrorInfo", &ids->error_info, NULL);
    ids->probe = getter_slot(tl, "IVirtualBox", "revision");
    if (ids->probe < 0) {
        ids->probe = getter_slot(tl, "IVirtualBox", "version");
        ids->probe_is_string = true;
    }
    ids->client_virtualbox = getter_slot(tl, "IVirtualBoxClient", "virtualBox");
    ids->client_session = getter_slot(tl, "IVirtualBoxClient", "session");
    ids->error_text = getter_slot(tl, "IVirtualBoxErrorInfo", "text");
    ids->error_component = getter_slot(tl, "IVirtualBoxErrorInfo", "component");
    ids->error_next = getter_slot(tl, "IVirtualBoxErrorInfo", "next");
    return ids;
}

/* ---- errors ---- */

void vb_error_info_clear(struct vb_error_info *info)
{
    free(info->text);
    free(info->component);
    memset(info, 0, sizeof(*info));
}

static char *take_wstring(struct vb_link *link, void *object, int slot)
{
    uint16_t *s = NULL;
    char *out;

    if (slot < 0 || VB_RESULT_FAILED(get(object, slot, &s)) || !s)
        return NULL;
    out = vb_utf16_to_utf8(s);
    link->xpcom.com_unalloc(s);
    return out;
}

void vb_link_read_error(struct vb_link *link, void *info, struct vb_error_info *out)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};
    void *at = query(info, &link->ids->error_info);

    for (unsigned i = 0; at && i < CHAIN_MAX; i++) {
        EB_AUTOFREE char *line = take_wstring(link, at, link->ids->error_text);
        void *next = NULL;

        if (i == 0)
            out->component = take_wstring(link, at, link->ids->error_component);
        if (line && *line)
            eb_strbuf_printf(&text, "%s%s", text.len ? "\n" : "", line);
        if (link->ids->error_next < 0 || VB_RESULT_FAILED(get(at, link->ids->error_next, &next)))
            next = NULL;
        release(&at);
        at = next;
    }
    release(&at);
    if (text.len)
        out->text = eb_strbuf_steal(&text);
}

/* An exception that is not VirtualBox's own has a message alone. */
static void read_message(struct vb_link *link, void *exception, struct vb_error_info *out)
{
    char *message = NULL;

    if (VB_RESULT_FAILED(get(exception, SLOT_EXCEPTION_MESSAGE, &message)) || !message)
        return;
    if (*message)
        out->text = eb_strdup(message);
    link->xpcom.com_unalloc(message);
}

static void *current_exception(struct vb_link *link)
{
    void *exception = NULL;
    uint32_t result = 0x80004005u;

    if (link->xpcom.get_exception)
        result = link->xpcom.get_exception(&exception);
    else if (link->exception_service)
        result = get(link->exception_service, SLOT_GET_CURRENT_EXCEPTION, &exception);
    return VB_RESULT_FAILED(result) ? NULL : exception;
}

bool vb_link_take_error(struct vb_link *link, struct vb_error_info *out)
{
    void *exception = current_exception(link);

    memset(out, 0, sizeof(*out));
    if (!exception)
        return false;
    vb_link_read_error(link, exception, out);
    if (!out->text)
        read_message(link, exception, out);
    release(&exception);
    if (link->xpcom.clear_exception)
        link->xpcom.clear_exception();
    else if (link->exception_service)
        ((uint32_t(*)(void *, void *))slot_of(link->exception_service, SLOT_SET_CURRENT_EXCEPTION))(
            link->exception_service, NULL);
    return out->text != NULL;
}

static int connect_failed(struct vb_link *link, const char *what, uint32_t result, eb_error *err)
{
    struct vb_error_info info = {0};

    if (link->initialized)
        vb_link_take_error(link, &info);
    eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                      "cannot connect to VirtualBox's server (VBoxSVC): %s%s%s (%s 0x%08x)", what,
                      info.text ? ": " : "", info.text ? info.text : "",
                      eb_vbox_result_name(result) ? eb_vbox_result_name(result) : "result", result);
    if (err)
        err->vbox_result = result;
    vb_error_info_clear(&info);
    return -1;
}

/* ---- opening ---- */

struct vb_link *vb_link_load(const char *home, const char *library, eb_error *err)
{
    struct vb_link *link = EB_NEW(struct vb_link);

    if (vb_xpcom_load(&link->xpcom, home, library, err) < 0) {
        free(link);
        return NULL;
    }
    return link;
}

static int open_client(struct vb_link *link, eb_error *err)
{
    uint32_t result = link->xpcom.client_initialize(link->ids->client_text, &link->client);

    if (VB_RESULT_FAILED(result) || !link->client)
        return connect_failed(link, "starting its client failed", result, err);
    link->initialized = true;
    result = get(link->client, link->ids->client_virtualbox, &link->virtualbox);
    if (VB_RESULT_FAILED(result) || !link->virtualbox)
        return connect_failed(link, "IVirtualBoxClient.virtualBox failed", result, err);
    return 0;
}

static void *get_service(void *services, const char *contract, const struct vb_guid *iid)
{
    void *service = NULL;
    uint32_t result = ((uint32_t(*)(void *, const char *, const struct vb_guid *, void **))slot_of(
        services, SLOT_GET_SERVICE_BY_CONTRACT))(services, contract, iid, &service);

    return VB_RESULT_FAILED(result) ? NULL : service;
}

void *vb_link_thread_queue(void *services)
{
    void *service = get_service(services, QUEUE_SERVICE_CONTRACT, &queue_service_iid), *queue = NULL;
    uint32_t result;

    if (!service)
        return NULL;
    /* where there is one, nothing is created */
    ((uint32_t(*)(void *))slot_of(service, SLOT_CREATE_THREAD_QUEUE))(service);
    result = ((uint32_t(*)(void *, int32_t, void **))slot_of(service, SLOT_GET_SPECIAL_QUEUE))(
        service, QUEUE_OF_THIS_THREAD, &queue);
    release(&service);
    return VB_RESULT_FAILED(result) ? NULL : queue;
}

/* V1 and V2 give no error info and one session; V1 no event queue either. All roads lead through the service
 * manager. */
static void find_services(struct vb_link *link)
{
    void *services = NULL;

    if (!link->xpcom.get_service_manager || VB_RESULT_FAILED(link->xpcom.get_service_manager(&services)) ||
        !services)
        return;
    link->component_manager = query(services, &component_manager_iid);
    link->exception_service = get_service(services, EXCEPTION_SERVICE_CONTRACT, &exception_service_iid);
    if (!link->xpcom.get_event_queue)
        link->event_queue = vb_link_thread_queue(services);
    release(&services);
}

static int open_com(struct vb_link *link, eb_error *err)
{
    if (link->xpcom.com_initialize)
        link->xpcom.com_initialize(link->ids->virtualbox_text, &link->virtualbox, link->ids->session_text,
                                   &link->session);
    else
        link->xpcom.com_initialize_v1(&link->virtualbox, &link->session);
    link->initialized = link->virtualbox || link->session;
    if (!link->virtualbox || !link->session)
        return connect_failed(link, "it gave no IVirtualBox", 0x80004005u, err);
    find_services(link);
    return 0;
}

/*
 * VirtualBox puts its own handler in place of the program's for SIGCHLD, which would take away how the
 * program hears of its children. It also ignores SIGPIPE; that stays where the program had no handler, since
 * a write to a VBoxSVC that died would end the process.
 */
static void keep_signals(struct sigaction *child, struct sigaction *pipe, bool restore)
{
    if (!restore) {
        sigaction(SIGCHLD, NULL, child);
        sigaction(SIGPIPE, NULL, pipe);
        return;
    }
    sigaction(SIGCHLD, child, NULL);
    if (pipe->sa_flags & SA_SIGINFO || pipe->sa_handler != SIG_DFL)
        sigaction(SIGPIPE, pipe, NULL);
}

/* A type library that is not this VirtualBox's would lead into wrong slots: the object itself knows. */
static int check_virtualbox(struct vb_link *link, const struct vb_typelib *tl, eb_error *err)
{
    void *same = query(link->virtualbox, &link->ids->virtualbox);

    if (!same)
        return eb_error_set_from(
            err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR,
            "type library %s: it describes another VirtualBox than the one that is running "
            "(interface IVirtualBox)",
            tl->path);
    release(&same);
    return 0;
}

int vb_link_open(struct vb_link *link, const struct vb_typelib *tl, eb_error *err)
{
    struct sigaction child, pipe;
    int result;

    free(link->ids);
    link->ids = find_ids(tl);
    if (link->ids->probe < 0)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR,
                                 "type library %s: it does not describe IVirtualBox", tl->path);
    if (vb_origin_check(tl, link->xpcom.get_version(), err) < 0)
        return -1;
    keep_signals(&child, &pipe, false);
    result = link->xpcom.client_initialize && link->ids->client_virtualbox >= 0 ? open_client(link, err)
                                                                                : open_com(link, err);
    if (result == 0)
        result = check_virtualbox(link, tl, err);
    keep_signals(&child, &pipe, true);
    if (result < 0)
        vb_link_close(link);
    return result;
}

/* V1 and V2: both objects are the library's. */
static bool owns_objects(const struct vb_link *link)
{
    return link->xpcom.client_initialize != NULL;
}

void vb_link_abandon(struct vb_link *link)
{
    if (owns_objects(link)) {
        release(&link->virtualbox);
        release(&link->client);
    }
    link->session = link->virtualbox = NULL;
}

void vb_link_close(struct vb_link *link)
{
    bool initialized = link->initialized;

    release(&link->exception_service);
    release(&link->component_manager);
    release(&link->event_queue);
    vb_link_abandon(link);
    link->initialized = false;
    if (!initialized)
        return;
    if (owns_objects(link))
        link->xpcom.client_uninitialize();
    else
        link->xpcom.com_uninitialize();
}

/* ---- using ---- */

bool vb_link_has_queue(const struct vb_link *link)
{
    return link->xpcom.process_event_queue || link->xpcom.get_event_queue || link->event_queue;
}

bool vb_link_alive(const struct vb_link *link)
{
    uint16_t *text = NULL;
    uint32_t number = 0, result;

    if (!link->virtualbox)
        return false;
    result =
        get(link->virtualbox, link->ids->probe, link->ids->probe_is_string ? (void *)&text : (void *)&number);
    if (text)
        link->xpcom.com_unalloc(text);
    return !VB_RESULT_FAILED(result);
}

int vb_link_new_session(struct vb_link *link, void **out, eb_error *err)
{
    uint32_t result = 0x80004005u;

    *out = NULL;
    if (link->client && link->ids->client_session >= 0) {
        result = get(link->client, link->ids->client_session, out);
    } else if (link->component_manager) {
        result = ((uint32_t(*)(void *, const char *, void *, const struct vb_guid *, void **))slot_of(
            link->component_manager, SLOT_CREATE_BY_CONTRACT))(link->component_manager, SESSION_CONTRACT,
                                                               NULL, &link->ids->session, out);
    } else if (link->session) {
        /* The library keeps its own reference. */
        *out = vb_object_ref(EB_STEAL(link->session));
        return 0;
    }
    if (VB_RESULT_FAILED(result) || !*out) {
        *out = NULL;
        return eb_error_set_from(
            err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED, "VirtualBox gives no session object (%s 0x%08x)",
            eb_vbox_result_name(result) ? eb_vbox_result_name(result) : "result", result);
    }
    return 0;
}

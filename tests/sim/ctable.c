/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The C entry point and its function tables, V1 to V4. */
#include <pthread.h>

#include "base/uuid.h"
#include "client.h"

#define EXPORT __attribute__((visibility("default")))
#define FN(f) ((void (*)(void))(f))

/* Everything but the header and the end mark is a pointer. */
struct table {
    unsigned cb, version;
    void (*fn[28])(void);
};

static struct sim_unknown *the_vbox, *the_session;

static unsigned get_version(void)
{
    return sim_release_loaded()->numeric;
}

static unsigned get_api_version(void)
{
    unsigned v = sim_release_loaded()->numeric, build = v % 1000;

    return v / 1000000 * 1000 + v / 1000 % 1000 + (build > 50 ? 1 : 0);
}

/* Creates the object and asks it for the interface; NULL or empty: `own`. */
static void *create(const char *contract, const char *iid_text, const char *own)
{
    const struct sim_iface *iface;
    struct sim_unknown *object = NULL;
    unsigned char bytes[16];
    struct nsid iid;
    void *face = NULL;

    if (!iid_text || !*iid_text) {
        iface = sim_iface_named(sim_release_loaded(), own);
        if (!iface)
            return NULL;
        memcpy(bytes, iface->iid, 16);
    } else if (!eb_uuid_parse(iid_text, bytes)) {
        return NULL;
    }
    if (sim_create(contract, (void **)&object) != NS_OK)
        return NULL;
    sim_nsid_from_bytes(bytes, &iid);
    object->v->query(object, &iid, &face);
    object->v->release(object);
    return face;
}

static void com_uninitialize(void);

static void com_initialize(const char *vbox_iid, void **vbox, const char *session_iid, void **session)
{
    *vbox = NULL;
    *session = NULL;
    if (sim_connect() != NS_OK)
        return;
    sim_queue_is_mine();
    the_vbox = create("@virtualbox.org/VirtualBox;1", vbox_iid, "IVirtualBox");
    the_session = the_vbox ? create("@virtualbox.org/Session;1", session_iid, "ISession") : NULL;
    if (!the_session) {
        com_uninitialize();
        return;
    }
    *vbox = the_vbox;
    *session = the_session;
}

static void com_initialize_v1(void **vbox, void **session)
{
    com_initialize(NULL, vbox, NULL, session);
}

/* Before 4.3.8 the identifiers are a must. */
static void com_initialize_v2(const char *vbox_iid, void **vbox, const char *session_iid, void **session)
{
    if (get_version() < 4003008 && (!vbox_iid || !session_iid)) {
        *vbox = NULL;
        *session = NULL;
        return;
    }
    com_initialize(vbox_iid, vbox, session_iid, session);
}

static void client_uninitialize(void)
{
    sim_exception_clear();
    sim_local_clear();
    sim_disconnect();
}

static void com_uninitialize(void)
{
    if (the_session)
        the_session->v->release(the_session);
    if (the_vbox)
        the_vbox->v->release(the_vbox);
    the_vbox = the_session = NULL;
    client_uninitialize();
}

static uint32_t client_initialize(const char *iid, void **client)
{
    *client = NULL;
    if (sim_connect() != NS_OK)
        return NS_ERROR_FAILURE;
    sim_queue_is_mine();
    *client = create("@virtualbox.org/VirtualBoxClient;1", iid, "IVirtualBoxClient");
    return *client ? NS_OK : NS_ERROR_NO_INTERFACE;
}

static uint32_t ok(void)
{
    return NS_OK;
}

static int utf16_to_utf8(const uint16_t *s, char **out)
{
    *out = s ? sim_utf8(s) : NULL;
    return 0;
}

static int utf8_to_utf16(const char *s, uint16_t **out)
{
    if (s && !eb_utf8_valid(s, strlen(s))) {
        *out = NULL;
        return -57; /* an invalid encoding, in IPRT's numbers */
    }
    *out = s ? sim_utf16(s) : NULL;
    return 0;
}

static void get_event_queue(void **out)
{
    *out = sim_event_queue();
}

static uint32_t get_exception(void **out)
{
    *out = sim_exception_get();
    return NS_OK;
}

static uint32_t clear_exception(void)
{
    sim_exception_clear();
    return NS_OK;
}

static int process_event_queue(int64_t ms)
{
    int result = sim_on_queue_thread() ? sim_queue_wait(ms) : 4;

    if (result == 0)
        sim_queue_run();
    return result;
}

static int interrupt_event_queue(void)
{
    sim_queue_wake();
    return 0;
}

static void utf8_clear(char *s)
{
    if (s)
        memset(s, 0, strlen(s));
}

static void utf16_clear(uint16_t *s)
{
    for (; s && *s; s++)
        *s = 0;
}

/* SAFEARRAYs as the library has them on XPCOM */

struct safe_array {
    void *pv;
    uint32_t c;
};

static uint32_t element_size(uint16_t vt)
{
    switch (vt) {
    case 11: /* BOOL */
    case 16:
    case 17:
        return 1;
    case 2:
    case 18:
        return 2;
    case 3:
    case 19:
    case 25:
        return 4;
    default:
        return 8;
    }
}

static struct safe_array *array_create(uint16_t vt, int32_t lower, uint32_t n)
{
    struct safe_array *a = EB_NEW(struct safe_array);

    (void)lower;
    a->c = n;
    a->pv = n ? eb_calloc(n, element_size(vt)) : NULL;
    return a;
}

static struct safe_array *array_out_alloc(void)
{
    return EB_NEW(struct safe_array);
}

static uint32_t array_copy_in(struct safe_array *a, const void *data, uint32_t bytes)
{
    if (!a || (!data && bytes))
        return NS_ERROR_INVALID_POINTER;
    if (bytes)
        memcpy(a->pv, data, bytes);
    return NS_OK;
}

static uint32_t array_copy_out(void **data, uint32_t *bytes, uint16_t vt, struct safe_array *a)
{
    if (!data || !bytes || !a)
        return NS_ERROR_INVALID_POINTER;
    *bytes = a->c * element_size(vt);
    *data = *bytes ? eb_memdup(a->pv, *bytes) : NULL;
    return NS_OK;
}

static uint32_t array_copy_out_iface(void ***data, uint32_t *n, struct safe_array *a)
{
    if (!data || !n || !a)
        return NS_ERROR_INVALID_POINTER;
    *n = a->c;
    *data = a->c ? eb_memdup(a->pv, a->c * sizeof(void *)) : NULL;
    return NS_OK;
}

static uint32_t array_destroy(struct safe_array *a)
{
    if (!a)
        return NS_ERROR_INVALID_POINTER;
    free(a->pv);
    free(a);
    return NS_OK;
}

static uint32_t array_free(void *p)
{
    free(p);
    return NS_OK;
}

#define V4_HEAD                                                                                              \
    FN(get_version), FN(get_api_version), FN(client_initialize), FN(ok), FN(ok), FN(client_uninitialize),    \
        FN(com_initialize_v2), FN(com_uninitialize), FN(free), FN(utf16_to_utf8), FN(utf8_to_utf16),         \
        FN(free), FN(free), FN(array_create), FN(array_out_alloc), FN(array_copy_in), FN(array_copy_out),    \
        FN(array_copy_out_iface), FN(array_destroy)
#define V4_TAIL                                                                                              \
    FN(get_event_queue), FN(get_exception), FN(clear_exception), FN(process_event_queue),                    \
        FN(interrupt_event_queue)

/* The end mark is the version again, in the slot after the last pointer. */
#define TABLE(name, number, ...) static struct table name = {0, number, {__VA_ARGS__, NULL}}

TABLE(v1, 0x00010000, FN(get_version), FN(com_initialize_v1), FN(com_uninitialize), FN(free), FN(free),
      FN(free), FN(utf16_to_utf8), FN(utf8_to_utf16));
TABLE(v2, 0x00020000, FN(get_version), FN(com_initialize_v2), FN(com_uninitialize), FN(free), FN(free),
      FN(free), FN(utf16_to_utf8), FN(utf8_to_utf16), FN(get_event_queue));
TABLE(v3, 0x00030000, FN(get_version), FN(get_api_version), FN(client_initialize), FN(client_uninitialize),
      FN(com_initialize_v2), FN(com_uninitialize), FN(free), FN(utf16_to_utf8), FN(utf8_to_utf16), FN(free),
      FN(free), FN(get_event_queue), FN(get_exception), FN(clear_exception));
TABLE(v4a, 0x00040000, V4_HEAD, V4_TAIL);
TABLE(v4b, 0x00040000, V4_HEAD, FN(array_free), V4_TAIL);
TABLE(v4c, 0x00040001, V4_HEAD, FN(array_free), V4_TAIL, FN(utf8_clear), FN(utf16_clear));
/* of a release after this one: nobody knows its members */
TABLE(v9, 0x00090000, FN(get_version));

static const struct table *finish(struct table *t)
{
    unsigned n = 0;

    while (t->fn[n])
        n++;
    t->cb = (unsigned)(8 + 8 * n + 8);
    memcpy(&t->fn[n], &t->version, sizeof(t->version));
    return t;
}

static const struct table *tables[6]; /* [1] to [4], and [5]: one that is not known */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
    const char *native = sim_release_loaded() ? sim_release_loaded()->table : "";

    tables[1] = finish(&v1);
    tables[2] = finish(&v2);
    tables[3] = finish(&v3);
    tables[4] = finish(eb_streq(native, "V4a") ? &v4a : eb_streq(native, "V4b") ? &v4b : &v4c);
    tables[5] = finish(&v9);
}

static const void *functions(unsigned version)
{
    const struct sim_release *r = sim_release_loaded();
    unsigned major = version >> 16, native;

    if (!r)
        return NULL;
    pthread_once(&once, make_tables);
    native = r->table[0] == 'V' ? (unsigned)(r->table[1] - '0') : 0;
    if (native == 9)
        return major == 9 ? tables[5] : NULL;
    /* 2.2 alone serves V1 alone; every later one its own and all before */
    return major >= 1 && major <= native && major <= 4 ? tables[major] : NULL;
}

EXPORT const void *VBoxGetXPCOMCFunctions(unsigned version);
EXPORT const void *VBoxGetCAPIFunctions(unsigned version);
EXPORT uint32_t VBoxNsxpNS_GetServiceManager(void **out);

const void *VBoxGetXPCOMCFunctions(unsigned version)
{
    return functions(version);
}

const void *VBoxGetCAPIFunctions(unsigned version)
{
    return functions(version);
}

uint32_t VBoxNsxpNS_GetServiceManager(void **out)
{
    *out = sim_service_manager();
    return NS_OK;
}

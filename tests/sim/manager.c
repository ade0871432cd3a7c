/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XPCOM's service manager, component manager and exception service, as far as VirtualBox's clients go. */
#include <pthread.h>

#include "base/uuid.h"
#include "client.h"

#define SLOT(f) (void *)(uintptr_t)(f)

struct service {
    void *const *v;
    const char *const *iids; /* that it answers to */
};

static uint32_t service_query(void *self, const struct nsid *iid, void **out)
{
    const struct service *s = self;
    unsigned char wanted[16], own[16];

    if (!out)
        return NS_ERROR_INVALID_POINTER;
    sim_nsid_bytes(iid, wanted);
    for (const char *const *i = s->iids; *i; i++)
        if (eb_uuid_parse(*i, own) && memcmp(own, wanted, 16) == 0) {
            *out = self;
            return NS_OK;
        }
    *out = NULL;
    return NS_ERROR_NO_INTERFACE;
}

static uint32_t service_count(void *self)
{
    (void)self;
    return 2; /* as long as the library */
}

static uint32_t not_implemented(void *self)
{
    (void)self;
    return NS_ERROR_NOT_IMPLEMENTED;
}

#define IID_SUPPORTS "00000000-0000-0000-c000-000000000046"

/* nsIExceptionService (which is an nsIExceptionManager): set, get, from provider; manager, register,
 * unregister */

static const char *const exception_iids[] = {IID_SUPPORTS, "efc9d00b-231c-4feb-852c-ac017266a415",
                                             "35a88f54-f267-4414-92a7-191f6454ab52", NULL};
static void *exception_vtbl[9];
static struct service exception_service = {exception_vtbl, exception_iids};

static uint32_t set_exception(void *self, void *exception)
{
    (void)self;
    if (exception)
        return NS_ERROR_NOT_IMPLEMENTED;
    sim_exception_clear();
    return NS_OK;
}

static uint32_t get_exception(void *self, void **out)
{
    (void)self;
    *out = sim_exception_get();
    return NS_OK;
}

static uint32_t get_manager(void *self, void **out)
{
    *out = self;
    return NS_OK;
}

/* nsIComponentManager: getClassObject, by contract, createInstance, by contract */

static const char *const component_iids[] = {IID_SUPPORTS, "a88e5a60-205a-4bb1-94e1-2628daf51eae", NULL};
static void *component_vtbl[7];
static struct service component_manager = {component_vtbl, component_iids};

static uint32_t create_by_contract(void *self, const char *contract, void *outer, const struct nsid *iid,
                                   void **out)
{
    struct sim_unknown *object = NULL;
    uint32_t rc;

    (void)self;
    (void)outer;
    *out = NULL;
    rc = sim_create(contract, (void **)&object);
    if (rc != NS_OK)
        return rc;
    rc = object->v->query(object, iid, out);
    object->v->release(object);
    return rc;
}

static uint32_t create_by_class(void *self, const struct nsid *cid, void *outer, const struct nsid *iid,
                                void **out)
{
    const struct sim_release *r = sim_release_loaded();
    unsigned char bytes[16];

    sim_nsid_bytes(cid, bytes);
    for (unsigned i = 0; r && i < r->n_classes; i++)
        if (memcmp(r->classes[i].clsid, bytes, 16) == 0)
            return create_by_contract(self, r->classes[i].contract, outer, iid, out);
    *out = NULL;
    return NS_ERROR_FACTORY_NOT_REGISTERED;
}

static const char *const queue_iids[] = {IID_SUPPORTS, "a6cf90dc-15b3-11d2-932e-00805f8add32", NULL};
static void *queue_vtbl[13];
static struct service queue_service = {queue_vtbl, queue_iids};

/* nsIServiceManager: getService, getServiceByContractID, isServiceInstantiated, by contract */

static const char *const manager_iids[] = {IID_SUPPORTS, "8bb35ed9-e332-462d-9155-4a002ab5c958",
                                           /* it is the component manager too, on another vtable */
                                           NULL};
static void *manager_vtbl[7];

static uint32_t manager_query(void *self, const struct nsid *iid, void **out)
{
    if (service_query(&component_manager, iid, out) == NS_OK && *out == &component_manager) {
        unsigned char wanted[16], supports[16];

        sim_nsid_bytes(iid, wanted);
        if (!eb_uuid_parse(IID_SUPPORTS, supports) || memcmp(wanted, supports, 16) != 0)
            return NS_OK;
    }
    return service_query(self, iid, out);
}

static uint32_t get_by_contract(void *self, const char *contract, const struct nsid *iid, void **out)
{
    *out = NULL;
    if (eb_streq(contract, "@mozilla.org/exceptionservice;1"))
        return service_query(&exception_service, iid, out);
    if (eb_streq(contract, "@mozilla.org/event-queue-service;1"))
        return service_query(&queue_service, iid, out);
    return create_by_contract(self, contract, NULL, iid, out);
}

static struct service service_manager = {manager_vtbl, manager_iids};

/* nsIEventQueueService: create, createMonitored, destroy; …; getThreadEventQueue, resolve,
 * getSpecialEventQueue */

enum { CURRENT_THREAD_QUEUE, UI_THREAD_QUEUE };

static uint32_t create_queue(void *self)
{
    (void)self;
    return NS_OK; /* the thread that initialized the library has one */
}

static uint32_t special_queue(void *self, int32_t which, void **out)
{
    (void)self;
    *out = NULL;
    if (which != UI_THREAD_QUEUE && (which != CURRENT_THREAD_QUEUE || !sim_on_queue_thread()))
        return NS_ERROR_FAILURE;
    *out = sim_event_queue();
    return NS_OK;
}

static void fill(void)
{
    for (int i = 0; i < 9; i++)
        exception_vtbl[i] = SLOT(not_implemented);
    for (int i = 0; i < 7; i++)
        component_vtbl[i] = manager_vtbl[i] = SLOT(not_implemented);
    for (int i = 3; i < 13; i++)
        queue_vtbl[i] = SLOT(not_implemented);
    queue_vtbl[0] = SLOT(service_query);
    queue_vtbl[1] = queue_vtbl[2] = SLOT(service_count);
    queue_vtbl[3] = SLOT(create_queue);
    queue_vtbl[12] = SLOT(special_queue);
    exception_vtbl[0] = component_vtbl[0] = SLOT(service_query);
    manager_vtbl[0] = SLOT(manager_query);
    for (int i = 1; i < 3; i++)
        exception_vtbl[i] = component_vtbl[i] = manager_vtbl[i] = SLOT(service_count);
    exception_vtbl[3] = SLOT(set_exception);
    exception_vtbl[4] = SLOT(get_exception);
    exception_vtbl[6] = SLOT(get_manager);
    component_vtbl[5] = SLOT(create_by_class);
    component_vtbl[6] = SLOT(create_by_contract);
    manager_vtbl[4] = SLOT(get_by_contract);
}

void *sim_service_manager(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill);
    return &service_manager;
}

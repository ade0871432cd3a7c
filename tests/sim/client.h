/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file client.h
 * The library side of the stand-in: what a client of VirtualBox loads as VBoxXPCOMC.so. Thread safe; one lock
 * for its tables, which is never held while a call waits.
 */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include "facts.h"
#include "wire.h"

#define NS_OK 0u
#define NS_ERROR_NO_INTERFACE 0x80004002u
#define NS_ERROR_INVALID_POINTER 0x80004003u
#define NS_ERROR_FAILURE 0x80004005u
#define NS_ERROR_NOT_IMPLEMENTED 0x80004001u
#define NS_ERROR_UNEXPECTED 0x8000ffffu
#define NS_ERROR_NOT_INITIALIZED 0xc1f30001u
#define NS_ERROR_FACTORY_NOT_REGISTERED 0x80040154u
#define NS_ERROR_CALL_FAILED 0x800706beu /* what calls give when VBoxSVC is gone */

/** An nsID in memory. */
struct nsid {
    uint32_t m0;
    uint16_t m1, m2;
    uint8_t m3[8];
};
void sim_nsid_bytes(const struct nsid *id, unsigned char out[16]);
void sim_nsid_from_bytes(const unsigned char bytes[16], struct nsid *out);

/** The first three slots of everything. */
struct sim_unknown_vtbl {
    uint32_t (*query)(void *self, const struct nsid *iid, void **out);
    uint32_t (*add_ref)(void *self);
    uint32_t (*release)(void *self);
};
struct sim_unknown {
    const struct sim_unknown_vtbl *v;
};

/** Reads release.sim once; NULL when it cannot (said on stderr). */
const struct sim_release *sim_release_loaded(void);
/** The installation folder that this library lies in. */
const char *sim_folder(void);

/* client.c: the connection */

/** Starts VBoxSVC where none runs for the home. */
uint32_t sim_connect(void);
void sim_disconnect(void);
/** Changes when VBoxSVC went away: objects of an earlier epoch are dead. */
unsigned sim_epoch(void);
/** values: slot->n of them; the answer's values go to *out (slot->n; the caller's). */
uint32_t sim_call(uint64_t object, const struct sim_slot *slot, const struct sim_iface *iface,
                  const struct sim_value *in, struct sim_value **out);
uint32_t sim_create(const char *contract, void **out);
void sim_queue_release(uint64_t object, uint32_t count, unsigned epoch);
/** Makes the socket on which the server calls local objects, with its reading thread. */
void sim_listen(void);

/* proxy.c: objects of the server */

/** A counted reference; NULL for object 0. */
void *sim_proxy(uint64_t id, uint32_t iface);
/** The server's number of an object that is ours; 0 when it is not. */
uint64_t sim_proxy_id(void *object);
/** From the slot's closure. */
uint32_t sim_proxy_call(void *self, const struct sim_slot *slot, void **args);
void *const *sim_vtable(const struct sim_iface *iface);

/* marshal.c */

void sim_marshal_in(const struct sim_slot *slot, void **args, struct sim_value *values);
/** Stores what came back; NS_ERROR_INVALID_POINTER where the caller gave no place. */
uint32_t sim_marshal_out(const struct sim_slot *slot, void **args, struct sim_value *values);
/** Calls the slot of a local object with these values. */
void sim_call_local(void *object, const struct sim_slot *slot, struct sim_value *values);

uint16_t *sim_utf16(const char *s);
char *sim_utf8(const uint16_t *s);

/* exception.c */

void sim_exception_set(uint64_t object, uint32_t iface);
/** Counted; NULL when there is none. */
void *sim_exception_get(void);
void sim_exception_clear(void);

/* local.c: objects of the client that the server calls, and the event queue that delivers to them */

/** The number under which the server knows the object. */
uint64_t sim_local_id(void *object);
void sim_local_post(struct sim_buf *message);
/** Forgets and releases all local objects. */
void sim_local_clear(void);
void *sim_event_queue(void);
/** This thread initialized the library, so the queue is its. */
void sim_queue_is_mine(void);
bool sim_on_queue_thread(void);
/** Runs what is pending. Result: how many. */
unsigned sim_queue_run(void);
/** Waits: 0 something is pending, 1 woken, 3 timeout. */
int sim_queue_wait(int64_t ms);
void sim_queue_wake(void);

/* manager.c */

void *sim_service_manager(void);

#endif

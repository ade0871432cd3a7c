/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file handlers.h What the handlers of procedures (rpc_serve_*, declared in serve.h) share. */
#ifndef EB_RPC_HANDLERS_H
#define EB_RPC_HANDLERS_H

#include "core/driver.h"
#include "rpc/client.h"
#include "rpc/params.h"

/** The libvirt release whose calls and answers these are. */
enum { RPC_LIBVIRT_VERSION = 11003000 };

/** The handle of a domain that a client names, without asking the driver: the operation itself will tell if
 * it is not there. The caller drops it. */
eb_domain *rpc_get_domain(struct rpc_call *call, const struct rpc_domain *dom);
/** Describes `dom` for the client. */
void rpc_put_domain(eb_domain *dom, struct rpc_domain *out);

/** The same for what is no domain (handlers_network.c, handlers_pool.c …). */
eb_network *rpc_get_network(struct rpc_call *call, const struct rpc_network *net);
void rpc_put_network(eb_network *net, struct rpc_network *out);
eb_pool *rpc_get_pool(struct rpc_call *call, const struct rpc_pool *pool);
void rpc_put_pool(eb_pool *pool, struct rpc_pool *out);
eb_volume *rpc_get_volume(struct rpc_call *call, const struct rpc_volume *vol);
void rpc_put_volume(eb_volume *vol, struct rpc_volume *out);
eb_iface *rpc_get_interface(struct rpc_call *call, const struct rpc_interface *iface);
void rpc_put_interface(eb_iface *iface, struct rpc_interface *out);
eb_nodedev *rpc_get_nodedev(struct rpc_call *call, const char *name);
void rpc_put_nodedev(eb_nodedev *dev, struct rpc_nodedev *out);

static inline void rpc_domain_cleanup(eb_domain **dom)
{
    eb_domain_unref(*dom);
}
/** Drops the domain when the variable leaves its scope. */
#define RPC_AUTODOMAIN EB_CLEANUP(rpc_domain_cleanup)

#define RPC_DEFINE_CLEANUP(type)                                                                             \
    static inline void rpc_##type##_cleanup(eb_##type **handle)                                              \
    {                                                                                                        \
        eb_##type##_unref(*handle);                                                                          \
    }
RPC_DEFINE_CLEANUP(network)
RPC_DEFINE_CLEANUP(pool)
RPC_DEFINE_CLEANUP(volume)
RPC_DEFINE_CLEANUP(iface)
RPC_DEFINE_CLEANUP(nodedev)
/** The same for a handle of another kind: RPC_AUTO(network). */
#define RPC_AUTO(type) EB_CLEANUP(rpc_##type##_cleanup)

/** A list of `n` handles as what `put` makes of each, where `need` wants them; drops the list. */
#define RPC_PUT_LIST(list, count, need, handles, put, unref)                                                 \
    do {                                                                                                     \
        (list).items = eb_calloc((size_t)(count) + 1, sizeof(*(list).items));                                \
        (list).n = (need) ? (uint32_t)(count) : 0;                                                           \
        for (int i_ = 0; i_ < (count); i_++) {                                                               \
            if (need)                                                                                        \
                put((handles)[i_], &(list).items[i_]);                                                       \
            unref((handles)[i_]);                                                                            \
        }                                                                                                    \
        free(handles);                                                                                       \
    } while (0)
/** The names of the first `max` of a list of `n` handles; drops the list. */
#define RPC_PUT_NAMES(names, count, max, handles, get_name, unref)                                           \
    do {                                                                                                     \
        (names).items = eb_calloc((size_t)(count) + 1, sizeof(char *));                                      \
        for (int i_ = 0; i_ < (count); i_++) {                                                               \
            if (i_ < (max))                                                                                  \
                (names).items[(names).n++] = eb_strdup(get_name((handles)[i_]));                             \
            unref((handles)[i_]);                                                                            \
        }                                                                                                    \
        free(handles);                                                                                       \
    } while (0)
enum { RPC_MAX_LIST = 16384 };

/** The text and its zero as a list of characters. */
#define RPC_PUT_CHARS(list, text)                                                                            \
    ((list).n = (uint32_t)strlen(text) + 1, (list).items = eb_memdup((text), (list).n))

/** Result 0 with `*out` set to a yes or no (or a count) that an operation answered, -1 when it failed. */
static inline int rpc_put_int(int result, int32_t *out)
{
    if (result < 0)
        return -1;
    *out = result;
    return 0;
}

/** A flag that libvirt's clients set where texts may be among the parameters that they get, whatever the
 * call's own flags are. */
#define RPC_STRINGS_OKAY (1u << 2)

/** -1 with EB_ERR_RPC unless 0 <= value <= max: what a client asks to be given at most. */
int rpc_check_max(int64_t value, int64_t max, const char *name, eb_error *err);

#endif

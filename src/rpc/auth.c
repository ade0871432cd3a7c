/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the client is. On a Unix socket the kernel said so when it came; nothing is left to prove. */
#include "rpc/client.h"

enum { AUTH_NONE = 0 };

int rpc_serve_auth_list(struct rpc_call *call EB_UNUSED, struct rpc_auth_list_ret *ret,
                        eb_error *err EB_UNUSED)
{
    ret->types.n = 1;
    ret->types.items = EB_NEW(int32_t);
    ret->types.items[0] = AUTH_NONE;
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/polkit.h"

uint64_t rpc_polkit_start_time(pid_t pid EB_UNUSED)
{
    return 0;
}

int rpc_polkit_check(const struct rpc_polkit_subject *subject EB_UNUSED, bool read_only EB_UNUSED,
                     eb_error *err)
{
    return eb_error_set(err, EB_ERR_AUTH_FAILED, "this everboxd was built without polkit");
}

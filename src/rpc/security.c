/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/security.h"

#include "rpc/tls.h"

struct rpc_security *rpc_security_new(void)
{
    struct rpc_security *security = EB_NEW(struct rpc_security);

    atomic_init(&security->refs, 1);
    return security;
}

struct rpc_security *rpc_security_ref(struct rpc_security *security)
{
    atomic_fetch_add(&security->refs, 1);
    return security;
}

void rpc_security_unref(struct rpc_security *security)
{
    if (!security || atomic_fetch_sub(&security->refs, 1) != 1)
        return;
    rpc_tls_context_free(security->tls);
    eb_strv_free(security->tls_allowed_dns);
    eb_strv_free(security->sasl_allowed_users);
    free(security);
}

/* Behind one character of UTF-8. */
static const char *next_char(const char *text)
{
    do
        text++;
    while (((unsigned char)*text & 0xc0) == 0x80);
    return text;
}

/* Goes back to the last `*` only: no pattern makes it slow. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next_char(text);
        } else if (*pattern && *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

bool rpc_security_listed(char *const *patterns, const char *text)
{
    if (!patterns)
        return true;
    for (; *patterns; patterns++) {
        if (matches(*patterns, text))
            return true;
    }
    return false;
}

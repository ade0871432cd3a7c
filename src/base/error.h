/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file error.h
 * Filling an eb_error. The place that knows the cause sets it; callers on the way out may add context, never
 * replace.
 */
#ifndef EB_BASE_ERROR_H
#define EB_BASE_ERROR_H

#include "base/util.h"
#include "everbox/everbox.h"

/**
 * Sets `err` (NULL: nothing) unless it is set already, with the words that libvirt's clients know for `code`:
 * eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching name '%s'", name) reads
 * "Domain not found: no domain with matching name 'x'". Result: -1, so that `return eb_error_set(…)` works.
 * `fmt` may be NULL: the code's words alone.
 */
int eb_error_set(eb_error *err, eb_error_code code, const char *fmt, ...) EB_PRINTF(3, 4);
int eb_error_vset(eb_error *err, eb_error_code code, const char *fmt, va_list args) EB_PRINTF(3, 0);
/** As eb_error_set, with the domain (eb_error_set leaves EB_FROM_NONE; the connection fills in its driver's).
 */
int eb_error_set_from(eb_error *err, eb_error_domain domain, eb_error_code code, const char *fmt, ...)
    EB_PRINTF(4, 5);
/** EB_ERR_INVALID_ARG with the text alone, as libvirt words what is wrong with an argument before a driver
 * looks at it ("xml in virDomainDefineXML must not be NULL"). Result: -1. */
int eb_error_set_arg(eb_error *err, eb_error_domain domain, const char *fmt, ...) EB_PRINTF(3, 4);
/** EB_ERR_SYSTEM_ERROR: "<text>: <strerror(errnum)>". Result: -1. */
int eb_error_set_errno(eb_error *err, int errnum, const char *fmt, ...) EB_PRINTF(3, 4);
/** Puts "<text>: " before the message that is there. Result: -1. */
int eb_error_prefix(eb_error *err, const char *fmt, ...) EB_PRINTF(2, 3);
/** Moves what `from` holds to `to` (which must be empty, or NULL: then it is dropped). */
void eb_error_move(eb_error *to, eb_error *from);
static inline bool eb_error_is_set(const eb_error *err)
{
    return err && err->code != EB_ERR_OK;
}
#define EB_AUTOERROR EB_CLEANUP(eb_error_clear)

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file guest.h
 * What a domain's guest says of itself, and what its user would do: screen, keyboard, console. Part of
 * everbox.h, whose conventions hold; include that.
 */
#ifndef EVERBOX_GUEST_H
#define EVERBOX_GUEST_H

#include "everbox/everbox.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Streams (virStream) ---- */

/** Gives the number of bytes, 0 at the end. virStreamRecv. */
EB_API int eb_stream_read(eb_stream *stream, void *bytes, size_t n, eb_error *err);
/** Writes all of it. virStreamSend. */
EB_API int eb_stream_write(eb_stream *stream, const void *bytes, size_t n, eb_error *err);
/** Nothing more is written or read; fails when what was written cannot be kept. virStreamFinish. */
EB_API int eb_stream_finish(eb_stream *stream, eb_error *err);
/** What waits ends with EB_ERR_OPERATION_ABORTED. virStreamAbort. */
EB_API void eb_stream_abort(eb_stream *stream);
EB_API eb_stream *eb_stream_ref(eb_stream *stream);
EB_API void eb_stream_unref(eb_stream *stream);

/* ---- Screen, keyboard, console ---- */

/** A picture of the screen; `*mime` (eb_free) says of what kind. virDomainScreenshot. */
EB_API int eb_domain_screenshot(eb_domain *dom, unsigned screen, unsigned flags, char **mime, eb_stream **out,
                                eb_error *err);
/** virKeycodeSet. */
typedef enum eb_codeset {
    EB_CODESET_LINUX = 0,
    EB_CODESET_XT = 1,
    EB_CODESET_ATSET1 = 2,
    EB_CODESET_ATSET2 = 3,
    EB_CODESET_ATSET3 = 4,
    EB_CODESET_OSX = 5,
    EB_CODESET_XT_KBD = 6,
    EB_CODESET_USB = 7,
    EB_CODESET_WIN32 = 8,
    EB_CODESET_QNUM = 9,
} eb_codeset;
enum { EB_SEND_KEY_MAX = 16 };
/** Presses at most EB_SEND_KEY_MAX keys together, for `hold_ms`. virDomainSendKey. */
EB_API int eb_domain_send_key(eb_domain *dom, eb_codeset codeset, unsigned hold_ms, const unsigned *keys,
                              unsigned n, unsigned flags, eb_error *err);
EB_API int eb_domain_inject_nmi(eb_domain *dom, unsigned flags, eb_error *err);
/** virDomainCoreDumpWithFormat. `format` 0: the hypervisor's own. */
EB_API int eb_domain_core_dump(eb_domain *dom, const char *path, unsigned format, unsigned flags,
                               eb_error *err);
enum { EB_CONSOLE_FORCE = 1 << 0, EB_CONSOLE_SAFE = 1 << 1 };
/** A serial port's other end; `device` (its alias) NULL: the first. virDomainOpenConsole. */
EB_API int eb_domain_open_console(eb_domain *dom, const char *device, unsigned flags, eb_stream **out,
                                  eb_error *err);

/* ---- The guest ---- */

/** virDomainInterfaceAddressesSource. */
typedef enum eb_address_source {
    EB_ADDRESSES_LEASE = 0,
    EB_ADDRESSES_AGENT = 1,
    EB_ADDRESSES_ARP = 2,
} eb_address_source;
typedef struct eb_ip_address {
    int type; /* 0 IPv4, 1 IPv6 */
    char *address;
    unsigned prefix;
} eb_ip_address;
typedef struct eb_guest_interface {
    char *name;
    char *mac; /* NULL: none */
    eb_ip_address *addresses;
    size_t n_addresses;
} eb_guest_interface;
/** Gives the number of entries of `*out` (eb_guest_interfaces_free). virDomainInterfaceAddresses. */
EB_API int eb_domain_get_interface_addresses(eb_domain *dom, eb_address_source source, unsigned flags,
                                             eb_guest_interface **out, eb_error *err);
EB_API void eb_guest_interfaces_free(eb_guest_interface *list, size_t n);

EB_API int eb_domain_get_hostname(eb_domain *dom, unsigned flags, char **out, eb_error *err);
/** Seconds since 1970. virDomainGetTime. */
EB_API int eb_domain_get_time(eb_domain *dom, unsigned flags, int64_t *seconds, unsigned *nanoseconds,
                              eb_error *err);
enum { EB_TIME_SYNC = 1 << 0 };
EB_API int eb_domain_set_time(eb_domain *dom, int64_t seconds, unsigned nanoseconds, unsigned flags,
                              eb_error *err);
/** virDomainFSInfo. */
typedef struct eb_guest_fs {
    char *mount_point, *name, *type;
    char **aliases; /* the disks that it is on */
    size_t n_aliases;
} eb_guest_fs;
/** Gives the number of entries of `*out` (eb_guest_fs_free). virDomainGetFSInfo. */
EB_API int eb_domain_get_fs_info(eb_domain *dom, unsigned flags, eb_guest_fs **out, eb_error *err);
EB_API void eb_guest_fs_free(eb_guest_fs *list, size_t n);
/** Gives the number of filesystems that were frozen; `n` 0: all. virDomainFSFreeze, virDomainFSThaw. */
EB_API int eb_domain_fs_freeze(eb_domain *dom, const char *const *mount_points, unsigned n, unsigned flags,
                               eb_error *err);
EB_API int eb_domain_fs_thaw(eb_domain *dom, const char *const *mount_points, unsigned n, unsigned flags,
                             eb_error *err);
EB_API int eb_domain_fs_trim(eb_domain *dom, const char *mount_point, uint64_t minimum, unsigned flags,
                             eb_error *err);
/** What to tell of (virDomainGuestInfoTypes); 0: all that is known. */
enum {
    EB_GUEST_INFO_USERS = 1 << 0,
    EB_GUEST_INFO_OS = 1 << 1,
    EB_GUEST_INFO_TIMEZONE = 1 << 2,
    EB_GUEST_INFO_HOSTNAME = 1 << 3,
    EB_GUEST_INFO_FILESYSTEM = 1 << 4,
    EB_GUEST_INFO_DISKS = 1 << 5,
    EB_GUEST_INFO_INTERFACES = 1 << 6,
};
/** Gives the number of entries of `*out` (eb_params_free). virDomainGetGuestInfo. */
EB_API int eb_domain_get_guest_info(eb_domain *dom, unsigned types, unsigned flags, eb_param **out,
                                    eb_error *err);
EB_API int eb_domain_set_user_password(eb_domain *dom, const char *user, const char *password, unsigned flags,
                                       eb_error *err);

#ifdef __cplusplus
}
#endif

#endif

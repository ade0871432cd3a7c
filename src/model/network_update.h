/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file network_update.h virNetworkUpdate's rules on a definition. */
#ifndef EB_MODEL_NETWORK_UPDATE_H
#define EB_MODEL_NETWORK_UPDATE_H

#include "model/object.h"

/**
 * Changes one element of a network: `command` (EB_NETWORK_UPDATE_…) on the `section` (EB_NETWORK_SECTION_…)
 * with the element `xml`; `index` says which <ip>, -1: the one that fits. *out is the definition as it is
 * then, the caller's; `def` stays as it is. Errors are libvirt's.
 */
int eb_network_def_update(const struct eb_network_def *def, unsigned command, unsigned section, int index,
                          const char *xml, struct eb_network_def **out, eb_error *err);

/** What an <ip>'s <dhcp> may say: the range is in its network, neither its first nor its last address. */
int eb_network_check_range(const struct eb_network_def *def, const struct eb_network_ip *ip,
                           const struct eb_dhcp_range *range, eb_error *err);
/** `partial`: it names a host that is there. */
int eb_network_check_host(const struct eb_network_def *def, const struct eb_network_ip *ip,
                          const struct eb_dhcp_host *host, bool partial, eb_error *err);
/** The address's family and bytes (4 or 16); AF_UNSPEC: it is none. */
int eb_network_address(const char *text, unsigned char bytes[16]);
/** The <ip>'s prefix: as said, as its netmask says, or as the address's class does; 64 for IPv6. */
int eb_network_ip_prefix(const struct eb_network_ip *ip);

#endif

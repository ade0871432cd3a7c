/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file transport.h
 * A stream of bytes to a daemon, by the transports of libvirt's URIs: unix, tcp, ssh and ext (a command whose
 * standard input and output are the stream), tls. One thread may read while another one writes.
 */
#ifndef EB_REMOTE_TRANSPORT_H
#define EB_REMOTE_TRANSPORT_H

#include "core/driver.h"

struct eb_transport;
/**
 * Opens what `uri` says: its transport (none: unix without a server, tls with one), server, port, user and
 * the parameters socket, command, netcat, keyfile, no_verify, no_tty, pkipath and tls_priority. `ro`: the
 * socket of read-only clients where there are two. NULL on failure, with an error that names the peer.
 */
struct eb_transport *eb_transport_open(const struct eb_uri *uri, bool ro, eb_error *err);
/** Whether this URI is for a transport at all. */
bool eb_transport_wanted(const struct eb_uri *uri);

/** Some of the bytes that came, at most `n`; 0: the peer has ended; -1 with `err`. */
ssize_t eb_transport_read(struct eb_transport *t, void *bytes, size_t n, eb_error *err);
/** All of the bytes. */
int eb_transport_write(struct eb_transport *t, const void *bytes, size_t n, eb_error *err);
/** Ends reading and writing: a read that waits gives 0. From any thread. */
void eb_transport_shutdown(struct eb_transport *t);
/** Nobody reads or writes any more. Waits for the command's end. */
void eb_transport_close(struct eb_transport *t);

/** A command (ssh or another one) leads to the peer, which may ask a person first. */
bool eb_transport_is_command(const struct eb_transport *t);
/** Nobody else reads what goes over it: TLS, SSH. */
bool eb_transport_is_encrypted(const struct eb_transport *t);
/** Encrypted, or never leaves this host. */
bool eb_transport_is_secure(const struct eb_transport *t);
/** Of its TLS, in bits; 0: it has none. */
unsigned eb_transport_strength(const struct eb_transport *t);
/** "address;port" of this or of the far end, as SASL wants it. The caller frees it; NULL: it is not of the
 * Internet. */
char *eb_transport_address(const struct eb_transport *t, bool far);
/** From now on all goes through the layer (taken) of SASL; what was read and not yet given is from before. */
struct remote_sasl;
void eb_transport_set_sasl(struct eb_transport *t, struct remote_sasl *sasl);
/** "unix socket /run/…", "host:16514": for messages. */
const char *eb_transport_peer(const struct eb_transport *t);

#endif

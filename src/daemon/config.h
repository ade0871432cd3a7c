/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file config.h
 * everboxd.conf: `key = number`, `key = "text"`, `key = ["text", …]`. One table says what each key means,
 * what it may be and what it is without a file; the sample file and everboxd.conf(5) are made from it.
 */
#ifndef EB_DAEMON_CONFIG_H
#define EB_DAEMON_CONFIG_H

#include "rpc/server.h"

struct daemon_config {
    struct rpc_limits limits;
    unsigned stop_timeout; /* seconds that running operations have to end; 0: as long as they take */
    unsigned log_level;    /* enum eb_log_level */
    char *log_filters;     /* or NULL, as all texts that have no default */
    char *log_outputs;
    unsigned legacy_socket; /* libvirt-sock too */
    char *unix_sock_group;
    char *unix_sock_rw_perms; /* octal, as the next two */
    char *unix_sock_ro_perms;
    char *unix_sock_admin_perms;
    char *auth_unix_rw; /* one of the words of the table, as the next three */
    char *auth_unix_ro;
    char *auth_tcp;
    char *auth_tls;
    unsigned listen_tls;
    unsigned listen_tcp;
    char *listen_addr;
    char *tls_port;
    char *tcp_port;
    char *ca_file;
    char *crl_file;
    char *cert_file;
    char *key_file;
    char *tls_priority;
    char **tls_allowed_dn_list;
    char **sasl_allowed_username_list;
};

enum daemon_key_kind {
    KEY_COUNT,   /* unsigned, from 1 */
    KEY_SIZE,    /* KiB, from 1 */
    KEY_SECONDS, /* unsigned, from 0 */
    KEY_FLAG,    /* unsigned, 0 or 1 */
    KEY_TEXT,
    KEY_OCTAL, /* a text of three or four octal digits */
    KEY_CHOICE,
    KEY_LIST,
};
struct daemon_key {
    const char *name; /* NULL ends the table; with `text` set it begins a section named by it */
    enum daemon_key_kind kind;
    bool wide;  /* size_t in place of unsigned */
    bool fixed; /* counts at the start alone: reading the file anew does not change it */
    size_t offset;
    uint64_t max;
    const char *words; /* of a choice, between blanks */
    /* Of a text that is not empty, or NULL: -1 with EB_ERR_CONF_SYNTAX that names the key. */
    int (*check)(const char *key, const char *text, eb_error *err);
    const char *value; /* without a file, as the file would say it; NULL: none */
    const char *example;
    const char *text; /* what it does; of keys that are explained together, the first has it */
};
extern const struct daemon_key daemon_keys[];

/** What holds without a file. The caller frees it with daemon_config_clear. */
void daemon_config_init(struct daemon_config *config);
void daemon_config_clear(struct daemon_config *config);
/** Sets what `path` says; -1 with EB_ERR_CONF_SYNTAX naming file, line and key, or EB_ERR_SYSTEM_ERROR. A
 * file that is missing is one error of the latter unless `optional`. */
int daemon_config_load(struct daemon_config *config, const char *path, bool optional, eb_error *err);
/** The names of the keys that count at the start alone and differ, between blanks; the caller frees it. NULL:
 * none. */
char *daemon_config_fixed_changes(const struct daemon_config *before, const struct daemon_config *now);
/** The number of an octal text as the checks of daemon_config_load let through. */
unsigned daemon_config_perms(const char *octal);
/** What a choice of an auth_ key means. */
enum rpc_auth daemon_config_auth(const char *word);

#endif

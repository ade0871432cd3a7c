/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/security.h"

#include <errno.h>
#include <unistd.h>

#include "rpc/tls.h"

/* Where a file is by default; `name` is its name in a user's folder. */
static const struct place {
    const char *what, *system, *name;
    bool optional;
} places[] = {
    {"ca_file", "/etc/pki/CA/cacert.pem", "cacert.pem", false},
    {"crl_file", "/etc/pki/CA/cacrl.pem", "cacrl.pem", true},
    {"cert_file", "/etc/pki/libvirt/servercert.pem", "servercert.pem", false},
    {"key_file", "/etc/pki/libvirt/private/serverkey.pem", "serverkey.pem", false},
};
enum { CA, CRL, CERT, KEY, N_FILES };

/* A user's own, where all of them that must be are there. */
static bool user_has_files(const char *folder)
{
    for (size_t i = 0; i < N_FILES; i++) {
        EB_AUTOFREE char *path = eb_asprintf("%s/%s", folder, places[i].name);

        if (!places[i].optional && access(path, R_OK) < 0)
            return false;
    }
    return true;
}

static int find_file(const struct place *place, const char *set, const char *folder, char **out,
                     eb_error *err)
{
    EB_AUTOFREE char *path = set      ? eb_strdup(set)
                             : folder ? eb_asprintf("%s/%s", folder, place->name)
                                      : eb_strdup(place->system);

    if (access(path, R_OK) < 0) {
        if (!set && place->optional)
            return 0;
        return eb_error_set_errno(err, errno, "TLS needs the file '%s' (%s)", path, place->what);
    }
    *out = EB_STEAL(path);
    return 0;
}

static int load_tls(const struct daemon_config *config, bool system, struct rpc_security *security,
                    eb_error *err)
{
    const char *set[N_FILES] = {config->ca_file, config->crl_file, config->cert_file, config->key_file};
    const char *home = getenv("HOME");
    EB_AUTOFREE char *user = home && *home && !system ? eb_asprintf("%s/.pki/libvirt", home) : NULL;
    const char *folder = user && user_has_files(user) ? user : NULL;
    char *found[N_FILES] = {NULL};
    struct rpc_tls_files files;
    int result = 0;

    for (size_t i = 0; i < N_FILES && result == 0; i++)
        result = find_file(&places[i], set[i], folder, &found[i], err);
    if (result == 0) {
        files = (struct rpc_tls_files){.ca = found[CA],
                                       .crl = found[CRL],
                                       .cert = found[CERT],
                                       .key = found[KEY],
                                       .priority = config->tls_priority};
        result = rpc_tls_context_new(&files, &security->tls, err);
    }
    for (size_t i = 0; i < N_FILES; i++)
        free(found[i]);
    return result;
}

static char **copy_list(char *const *list)
{
    char **copy = NULL;
    size_t n = 0;

    if (!list)
        return NULL;
    while (list[n])
        n++;
    copy = eb_calloc(n + 1, sizeof(char *));
    for (size_t i = 0; i < n; i++)
        copy[i] = eb_strdup(list[i]);
    return copy;
}

int daemon_security_load(const struct daemon_config *config, bool system, struct rpc_security **out,
                         eb_error *err)
{
    struct rpc_security *security = rpc_security_new();

    security->tls_allowed_dns = copy_list(config->tls_allowed_dn_list);
    security->sasl_allowed_users = copy_list(config->sasl_allowed_username_list);
    if (config->listen_tls && load_tls(config, system, security, err) < 0) {
        rpc_security_unref(security);
        return -1;
    }
    *out = security;
    return 0;
}

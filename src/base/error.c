/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include <stdio.h>

/* What libvirt's clients print for a code: with a detail (one %s) and without. */
static const struct {
    eb_error_code code;
    const char *bare;
    const char *with;
} words[] = {
    {EB_ERR_INTERNAL_ERROR, "internal error", "internal error: %s"},
    {EB_ERR_NO_MEMORY, "out of memory", "out of memory: %s"},
    {EB_ERR_NO_SUPPORT, "this function is not supported by the connection driver",
     "this function is not supported by the connection driver: %s"},
    {EB_ERR_NO_CONNECT, "no connection driver available", "no connection driver available for %s"},
    {EB_ERR_INVALID_CONN, "invalid connection pointer in", "invalid connection pointer in %s"},
    {EB_ERR_INVALID_DOMAIN, "invalid domain pointer in", "invalid domain pointer in %s"},
    {EB_ERR_INVALID_ARG, "invalid argument", "invalid argument: %s"},
    {EB_ERR_OPERATION_FAILED, "operation failed", "operation failed: %s"},
    {EB_ERR_OS_TYPE, "unknown OS type", "unknown OS type %s"},
    {EB_ERR_NO_SOURCE, "missing source information for device", "missing source information for device %s"},
    {EB_ERR_NO_TARGET, "missing target information for device", "missing target information for device %s"},
    {EB_ERR_NO_NAME, "missing name information", "missing name information in %s"},
    {EB_ERR_XML_ERROR, "XML description is invalid or not well formed", "XML error: %s"},
    {EB_ERR_DOM_EXIST, "this domain exists already", "domain %s exists already"},
    {EB_ERR_OPERATION_DENIED, "operation forbidden for read only access", "operation forbidden: %s"},
    {EB_ERR_OPEN_FAILED, "failed to open configuration file", "failed to open configuration file %s"},
    {EB_ERR_READ_FAILED, "failed to read configuration file", "failed to read configuration file %s"},
    {EB_ERR_CONF_SYNTAX, "configuration file syntax error", "configuration file syntax error: %s"},
    {EB_ERR_WRITE_FAILED, "failed to write configuration file", "failed to write configuration file: %s"},
    {EB_ERR_NETWORK_EXIST, "this network exists already", "network %s exists already"},
    {EB_ERR_SYSTEM_ERROR, "system call error", NULL},
    {EB_ERR_RPC, "RPC error", NULL},
    {EB_ERR_NO_DOMAIN, "Domain not found", "Domain not found: %s"},
    {EB_ERR_NO_NETWORK, "Network not found", "Network not found: %s"},
    {EB_ERR_INVALID_MAC, "invalid MAC address", "invalid MAC address: %s"},
    {EB_ERR_AUTH_FAILED, "authentication failed", "authentication failed: %s"},
    {EB_ERR_AUTH_CANCELLED, "authentication cancelled", "authentication cancelled: %s"},
    {EB_ERR_AUTH_UNAVAILABLE, "authentication unavailable", "authentication unavailable: %s"},
    {EB_ERR_NO_STORAGE_POOL, "Storage pool not found", "Storage pool not found: %s"},
    {EB_ERR_NO_STORAGE_VOL, "Storage volume not found", "Storage volume not found: %s"},
    {EB_ERR_NO_NODE_DEVICE, "Node device not found", "Node device not found: %s"},
    {EB_ERR_OPERATION_INVALID, "Requested operation is not valid", "Requested operation is not valid: %s"},
    {EB_ERR_NO_INTERFACE, "Interface not found", "Interface not found: %s"},
    {EB_ERR_MULTIPLE_INTERFACES, "multiple matching interfaces found",
     "multiple matching interfaces found: %s"},
    {EB_ERR_CONFIG_UNSUPPORTED, "unsupported configuration", "unsupported configuration: %s"},
    {EB_ERR_OPERATION_TIMEOUT, "Timed out during operation", "Timed out during operation: %s"},
    {EB_ERR_NO_DOMAIN_SNAPSHOT, "Domain snapshot not found", "Domain snapshot not found: %s"},
    {EB_ERR_NO_DOMAIN_CHECKPOINT, "Domain checkpoint not found", "Domain checkpoint not found: %s"},
    {EB_ERR_INVALID_STREAM, "invalid stream pointer", "invalid stream pointer in %s"},
    {EB_ERR_ARGUMENT_UNSUPPORTED, "argument unsupported", "argument unsupported: %s"},
    {EB_ERR_OPERATION_ABORTED, "operation aborted", "operation aborted: %s"},
    {EB_ERR_NO_DOMAIN_METADATA, "metadata not found", "metadata not found: %s"},
    {EB_ERR_OVERFLOW, "numerical overflow", "numerical overflow: %s"},
    {EB_ERR_OPERATION_UNSUPPORTED, "Operation not supported", "Operation not supported: %s"},
    {EB_ERR_AGENT_UNRESPONSIVE, "Guest agent is not responding", "Guest agent is not responding: %s"},
    {EB_ERR_RESOURCE_BUSY, "resource busy", "resource busy: %s"},
    {EB_ERR_ACCESS_DENIED, "access denied", "access denied: %s"},
    {EB_ERR_SNAPSHOT_REVERT_RISKY, "revert requires force", "revert requires force: %s"},
    {EB_ERR_STORAGE_VOL_EXIST, "this storage volume exists already", "storage volume %s exists already"},
    {EB_ERR_XML_INVALID_SCHEMA, "XML document failed to validate against schema",
     "XML document failed to validate against schema: %s"},
    {EB_ERR_NO_SERVER, "Server not found", "Server not found: %s"},
    {EB_ERR_NO_CLIENT, "Client not found", "Client not found: %s"},
    {EB_ERR_DEVICE_MISSING, "device not found", "device not found: %s"},
};

static char *compose(eb_error_code code, char *detail)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(words); i++) {
        const char *with = words[i].with;
        const char *hole;
        char *whole;

        if (words[i].code != code)
            continue;
        if (!detail)
            return eb_strdup(words[i].bare);
        if (!with)
            return detail;
        hole = strstr(with, "%s");
        whole = eb_asprintf("%.*s%s%s", (int)(hole - with), with, detail, hole + 2);
        free(detail);
        return whole;
    }
    return detail ? detail : eb_asprintf("error %d", code);
}

int eb_error_vset(eb_error *err, eb_error_code code, const char *fmt, va_list args)
{
    if (!err || eb_error_is_set(err))
        return -1;
    eb_error_clear(err);
    err->code = code;
    err->message = compose(code, fmt ? eb_vasprintf(fmt, args) : NULL);
    return -1;
}

int eb_error_set(eb_error *err, eb_error_code code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    eb_error_vset(err, code, fmt, args);
    va_end(args);
    return -1;
}

int eb_error_set_arg(eb_error *err, eb_error_domain domain, const char *fmt, ...)
{
    va_list args;

    if (!err || eb_error_is_set(err))
        return -1;
    eb_error_clear(err);
    err->code = EB_ERR_INVALID_ARG;
    err->domain = domain;
    va_start(args, fmt);
    err->message = eb_vasprintf(fmt, args);
    va_end(args);
    return -1;
}

int eb_error_set_from(eb_error *err, eb_error_domain domain, eb_error_code code, const char *fmt, ...)
{
    bool fresh = err && !eb_error_is_set(err);
    va_list args;

    va_start(args, fmt);
    eb_error_vset(err, code, fmt, args);
    va_end(args);
    if (fresh)
        err->domain = domain;
    return -1;
}

int eb_error_set_errno(eb_error *err, int errnum, const char *fmt, ...)
{
    va_list args;
    char *text;

    if (!err)
        return -1;
    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    eb_error_set(err, EB_ERR_SYSTEM_ERROR, "%s: %s", text, strerror(errnum));
    free(text);
    return -1;
}

int eb_error_prefix(eb_error *err, const char *fmt, ...)
{
    va_list args;
    char *text, *whole;

    if (!eb_error_is_set(err))
        return -1;
    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    whole = eb_asprintf("%s: %s", text, err->message);
    free(text);
    free(err->message);
    err->message = whole;
    return -1;
}

void eb_error_move(eb_error *to, eb_error *from)
{
    if (to) {
        eb_error_clear(to);
        *to = *from;
        memset(from, 0, sizeof(*from));
    } else {
        eb_error_clear(from);
    }
}

void eb_error_clear(eb_error *err)
{
    if (!err)
        return;
    free(err->message);
    free(err->vbox_text);
    free(err->vbox_component);
    memset(err, 0, sizeof(*err));
}

const char *eb_error_message(const eb_error *err)
{
    return err && err->message ? err->message : "no error";
}

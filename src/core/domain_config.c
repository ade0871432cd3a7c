/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to a domain's configuration: autostart, memory, virtual CPUs, metadata, name, devices. */
#include "core/conn.h"

int eb_domain_get_autostart(eb_domain *dom, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainGetAutostart", domain.get_autostart, dom->conn, dom->uuid, err);
}

int eb_domain_set_autostart(eb_domain *dom, int autostart, eb_error *err)
{
    if (eb_need_write(dom->conn, "virDomainSetAutostart", err) < 0)
        return -1;
    return EB_CALL(dom->conn, "virDomainSetAutostart", domain.set_autostart, dom->conn, dom->uuid,
                   autostart != 0, err);
}

int eb_domain_get_max_memory(eb_domain *dom, uint64_t *kib, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainGetMaxMemory", domain.get_max_memory, dom->conn, dom->uuid, kib, err);
}

int eb_domain_set_memory(eb_domain *dom, uint64_t kib, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainSetMemoryFlags";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    if (!kib)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "memory in %s must not be zero", function);
    if (kib > UINT64_MAX / 1024)
        return eb_error_set(err, EB_ERR_OVERFLOW, "input too large: %llu", (unsigned long long)kib);
    return EB_CALL(dom->conn, function, domain.set_memory, dom->conn, dom->uuid, kib, flags, err);
}

int eb_domain_get_vcpus(eb_domain *dom, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainGetVcpusFlags";

    if (eb_need_exclusive(flags, EB_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", EB_AFFECT_CONFIG,
                          "VIR_DOMAIN_AFFECT_CONFIG", err) < 0 ||
        ((flags & EB_VCPU_GUEST) && eb_need_write(dom->conn, function, err) < 0))
        return -1;
    return EB_CALL(dom->conn, function, domain.get_vcpus, dom->conn, dom->uuid, flags, err);
}

int eb_domain_set_vcpus(eb_domain *dom, unsigned count, unsigned flags, eb_error *err)
{
    const char *function = flags ? "virDomainSetVcpusFlags" : "virDomainSetVcpus";

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_need_exclusive(flags, EB_VCPU_GUEST, "VIR_DOMAIN_VCPU_GUEST", EB_AFFECT_CONFIG,
                          "VIR_DOMAIN_AFFECT_CONFIG", err) < 0)
        return -1;
    if (!count)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "nvcpus in %s must not be zero", function);
    return EB_CALL(dom->conn, function, domain.set_vcpus, dom->conn, dom->uuid, count, flags, err);
}

int eb_domain_get_metadata(eb_domain *dom, int type, const char *uri, unsigned flags, char **out,
                           eb_error *err)
{
    static const char function[] = "virDomainGetMetadata";

    if (eb_need_exclusive(flags, EB_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", EB_AFFECT_CONFIG,
                          "VIR_DOMAIN_AFFECT_CONFIG", err) < 0)
        return -1;
    if (type == EB_METADATA_ELEMENT && eb_need_arg(uri, "uri", function, err) < 0)
        return -1;
    if (type != EB_METADATA_ELEMENT && uri)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "uri in %s must be NULL", function);
    return EB_CALL(dom->conn, function, domain.get_metadata, dom->conn, dom->uuid, type, uri, flags, out,
                   err);
}

int eb_domain_set_metadata(eb_domain *dom, int type, const char *metadata, const char *key, const char *uri,
                           unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainSetMetadata";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    if (type == EB_METADATA_TITLE && metadata && strchr(metadata, '\n'))
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "metadata title can't contain newlines");
    if (type == EB_METADATA_ELEMENT) {
        if (eb_need_arg(uri, "uri", function, err) < 0 ||
            (metadata && eb_need_arg(key, "key", function, err) < 0))
            return -1;
    } else if (uri || key) {
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "%s in %s must be NULL", uri ? "uri" : "key", function);
    }
    return EB_CALL(dom->conn, function, domain.set_metadata, dom->conn, dom->uuid, type, metadata, key, uri,
                   flags, err);
}

int eb_domain_rename(eb_domain *dom, const char *name, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainRename";

    if (eb_need_write(dom->conn, function, err) < 0 || eb_need_arg(name, "new_name", function, err) < 0)
        return -1;
    if (!*name)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "string new_name in %s must not be empty", function);
    if (EB_CALL(dom->conn, function, domain.rename, dom->conn, dom->uuid, name, flags, err) < 0)
        return -1;
    pthread_mutex_lock(&dom->lock);
    *EB_APPEND(dom->names, dom->n_names) = eb_strdup(name);
    pthread_mutex_unlock(&dom->lock);
    return 0;
}

typedef int device_op(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                      eb_error *err);

static int change_device(eb_domain *dom, device_op *op, const char *function, const char *xml, unsigned flags,
                         unsigned supported, eb_error *err)
{
    struct eb_device dev = {0};
    int result;

    if (eb_need_write(dom->conn, function, err) < 0 || eb_need_arg(xml, "xml", function, err) < 0 ||
        eb_check_flags(flags, supported, function, err) < 0)
        return -1;
    if (!op)
        return eb_no_support(dom->conn, function, err);
    if (eb_device_parse(xml, dom->conn->virt, &dev, err) < 0)
        return -1;
    result = eb_driver_result(dom->conn, op(dom->conn, dom->uuid, &dev, flags, err), err);
    eb_device_clear(&dev);
    return result;
}

int eb_domain_attach_device(eb_domain *dom, const char *xml, unsigned flags, eb_error *err)
{
    return change_device(dom, dom->conn->driver->device.attach, "virDomainAttachDeviceFlags", xml, flags,
                         EB_AFFECT_LIVE | EB_AFFECT_CONFIG, err);
}

int eb_domain_detach_device(eb_domain *dom, const char *xml, unsigned flags, eb_error *err)
{
    return change_device(dom, dom->conn->driver->device.detach, "virDomainDetachDeviceFlags", xml, flags,
                         EB_AFFECT_LIVE | EB_AFFECT_CONFIG, err);
}

int eb_domain_update_device(eb_domain *dom, const char *xml, unsigned flags, eb_error *err)
{
    return change_device(dom, dom->conn->driver->device.update, "virDomainUpdateDeviceFlags", xml, flags,
                         EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_DEVICE_FORCE, err);
}

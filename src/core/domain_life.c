/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to a domain's life: define, start, stop, save, restore. */
#include "core/conn.h"

#include <errno.h>
#include <unistd.h>

static int parse(eb_conn *conn, const char *xml, bool validate, const char *function,
                 struct eb_domain_def **out, eb_error *err)
{
    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(xml, "xml", function, err) < 0 ||
        (validate && eb_domain_xml_validate(xml, err) < 0) ||
        eb_domain_def_parse(xml, EB_XML_INACTIVE, out, err) < 0)
        return -1;
    return 0;
}

/* libvirt's drivers refuse a definition for another hypervisor. */
static int need_virt(eb_conn *conn, const struct eb_domain_def *def, eb_error *err)
{
    if (def->virt != conn->virt && conn->virt != EB_VIRT_LAST)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "unexpected domain type %s, expecting %s",
                            eb_virt_type_to_string((int)def->virt), eb_virt_type_to_string((int)conn->virt));
    return 0;
}

int eb_domain_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_domain **out, eb_error *err)
{
    static const char function[] = "virDomainDefineXML";
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct eb_domain_key key = {.id = -1};

    if (eb_check_flags(flags, EB_DEFINE_VALIDATE, "virDomainDefineXMLFlags", err) < 0 ||
        parse(conn, xml, flags & EB_DEFINE_VALIDATE, function, &def, err) < 0 ||
        need_virt(conn, def, err) < 0)
        return -1;
    return eb_domain_give(conn, EB_CALL(conn, function, domain.define, conn, def, flags, &key, err), &key,
                          out);
}

int eb_domain_create_xml(eb_conn *conn, const char *xml, unsigned flags, eb_domain **out, eb_error *err)
{
    static const char function[] = "virDomainCreateXML";
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct eb_domain_key key = {.id = -1};

    if (parse(conn, xml, flags & EB_START_VALIDATE, function, &def, err) < 0 || need_virt(conn, def, err) < 0)
        return -1;
    return eb_domain_give(
        conn,
        EB_CALL(conn, function, domain.create, conn, def, flags & ~(unsigned)EB_START_VALIDATE, &key, err),
        &key, out);
}

int eb_domain_undefine(eb_domain *dom, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainUndefineFlags";

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_need_exclusive(flags, EB_UNDEFINE_NVRAM, "VIR_DOMAIN_UNDEFINE_NVRAM", EB_UNDEFINE_KEEP_NVRAM,
                          "VIR_DOMAIN_UNDEFINE_KEEP_NVRAM", err) < 0 ||
        eb_need_exclusive(flags, EB_UNDEFINE_TPM, "VIR_DOMAIN_UNDEFINE_TPM", EB_UNDEFINE_KEEP_TPM,
                          "VIR_DOMAIN_UNDEFINE_KEEP_TPM", err) < 0)
        return -1;
    return EB_CALL(dom->conn, function, domain.undefine, dom->conn, dom->uuid, flags, err);
}

int eb_domain_start(eb_domain *dom, unsigned flags, eb_error *err)
{
    const char *function = flags ? "virDomainCreateWithFlags" : "virDomainCreate";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    return EB_CALL(dom->conn, function, domain.start, dom->conn, dom->uuid, flags, err);
}

int eb_domain_suspend(eb_domain *dom, eb_error *err)
{
    if (eb_need_write(dom->conn, "virDomainSuspend", err) < 0)
        return -1;
    return EB_CALL(dom->conn, "virDomainSuspend", domain.suspend, dom->conn, dom->uuid, err);
}

int eb_domain_resume(eb_domain *dom, eb_error *err)
{
    if (eb_need_write(dom->conn, "virDomainResume", err) < 0)
        return -1;
    return EB_CALL(dom->conn, "virDomainResume", domain.resume, dom->conn, dom->uuid, err);
}

int eb_domain_shutdown(eb_domain *dom, unsigned flags, eb_error *err)
{
    const char *function = flags ? "virDomainShutdownFlags" : "virDomainShutdown";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    return EB_CALL(dom->conn, function, domain.shutdown, dom->conn, dom->uuid, flags, err);
}

int eb_domain_reboot(eb_domain *dom, unsigned flags, eb_error *err)
{
    if (eb_need_write(dom->conn, "virDomainReboot", err) < 0)
        return -1;
    return EB_CALL(dom->conn, "virDomainReboot", domain.reboot, dom->conn, dom->uuid, flags, err);
}

int eb_domain_reset(eb_domain *dom, unsigned flags, eb_error *err)
{
    if (eb_need_write(dom->conn, "virDomainReset", err) < 0)
        return -1;
    return EB_CALL(dom->conn, "virDomainReset", domain.reset, dom->conn, dom->uuid, flags, err);
}

int eb_domain_destroy(eb_domain *dom, unsigned flags, eb_error *err)
{
    const char *function = flags ? "virDomainDestroyFlags" : "virDomainDestroy";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    return EB_CALL(dom->conn, function, domain.destroy, dom->conn, dom->uuid, flags, err);
}

static int absolute(const char *path, char **out, eb_error *err)
{
    EB_AUTOFREE char *cwd = NULL;

    if (path[0] == '/') {
        *out = eb_strdup(path);
        return 0;
    }
    cwd = getcwd(NULL, 0);
    if (!cwd)
        return eb_error_set_errno(err, errno, "could not build absolute path of '%s'", path);
    *out = eb_asprintf("%s/%s", cwd, path);
    return 0;
}

static int check_save(eb_conn *conn, const char *path, unsigned flags, const char *function, eb_error *err)
{
    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(path, "path", function, err) < 0 ||
        eb_need_exclusive(flags, EB_SAVE_RUNNING, "VIR_DOMAIN_SAVE_RUNNING", EB_SAVE_PAUSED,
                          "VIR_DOMAIN_SAVE_PAUSED", err) < 0)
        return -1;
    if (!*path)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "the path in %s is empty", function);
    return 0;
}

int eb_domain_save(eb_domain *dom, const char *path, const char *dxml, unsigned flags, eb_error *err)
{
    const char *function = flags || dxml ? "virDomainSaveFlags" : "virDomainSave";
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *full = NULL;

    if (check_save(dom->conn, path, flags, function, err) < 0 || absolute(path, &full, err) < 0 ||
        (dxml && eb_domain_def_parse(dxml, EB_XML_INACTIVE, &def, err) < 0))
        return -1;
    return EB_CALL(dom->conn, function, domain.save, dom->conn, dom->uuid, full, def, flags, err);
}

int eb_domain_restore(eb_conn *conn, const char *path, const char *dxml, unsigned flags, eb_error *err)
{
    const char *function = flags || dxml ? "virDomainRestoreFlags" : "virDomainRestore";
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *full = NULL;

    if (check_save(conn, path, flags, function, err) < 0 || absolute(path, &full, err) < 0 ||
        (dxml && eb_domain_def_parse(dxml, EB_XML_INACTIVE, &def, err) < 0))
        return -1;
    return EB_CALL(conn, function, domain.restore, conn, full, def, flags, err);
}

int eb_save_image_get_xml(eb_conn *conn, const char *path, unsigned flags, char **xml, eb_error *err)
{
    static const char function[] = "virDomainSaveImageGetXMLDesc";
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *full = NULL;

    if (eb_need_arg(path, "file", function, err) < 0)
        return -1;
    if ((conn->flags & EB_CONNECT_RO) && (flags & EB_XML_SECURE))
        return eb_error_set(err, EB_ERR_OPERATION_DENIED, "%s with secure flag", function);
    if (eb_check_flags(flags, EB_XML_SECURE, function, err) < 0 || absolute(path, &full, err) < 0 ||
        EB_CALL(conn, function, domain.save_image_get_def, conn, full, flags, &def, err) < 0)
        return -1;
    *xml = eb_domain_def_format(def, flags | EB_XML_INACTIVE);
    return 0;
}

int eb_domain_managed_save(eb_domain *dom, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainManagedSave";

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_need_exclusive(flags, EB_SAVE_RUNNING, "VIR_DOMAIN_SAVE_RUNNING", EB_SAVE_PAUSED,
                          "VIR_DOMAIN_SAVE_PAUSED", err) < 0)
        return -1;
    return EB_CALL(dom->conn, function, domain.managed_save, dom->conn, dom->uuid, flags, err);
}

int eb_domain_has_managed_save(eb_domain *dom, unsigned flags, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainHasManagedSaveImage", domain.has_managed_save, dom->conn, dom->uuid,
                   flags, err);
}

int eb_domain_managed_save_remove(eb_domain *dom, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainManagedSaveRemove";

    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    return EB_CALL(dom->conn, function, domain.managed_save_remove, dom->conn, dom->uuid, flags, err);
}

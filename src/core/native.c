/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions in the hypervisor's own format. */
#include "core/conn.h"

int eb_conn_domain_xml_from_native(eb_conn *conn, const char *format, const char *config, unsigned flags,
                                   char **xml, eb_error *err)
{
    static const char function[] = "virConnectDomainXMLFromNative";
    EB_AUTODEF struct eb_domain_def *def = NULL;

    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(format, "nativeFormat", function, err) < 0 ||
        eb_need_arg(config, "nativeConfig", function, err) < 0 ||
        EB_CALL(conn, function, conn.xml_from_native, conn, format, config, flags, &def, err) < 0)
        return -1;
    *xml = eb_domain_def_format(def, 0);
    return 0;
}

int eb_conn_domain_xml_to_native(eb_conn *conn, const char *format, const char *xml, unsigned flags,
                                 char **config, eb_error *err)
{
    static const char function[] = "virConnectDomainXMLToNative";
    EB_AUTODEF struct eb_domain_def *def = NULL;

    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(format, "nativeFormat", function, err) < 0 ||
        eb_need_arg(xml, "domainXml", function, err) < 0)
        return -1;
    if (!conn->driver->conn.xml_to_native)
        return eb_no_support(conn, function, err);
    if (eb_domain_def_parse(xml, EB_XML_INACTIVE, &def, err) < 0)
        return -1;
    return EB_CALL(conn, function, conn.xml_to_native, conn, format, def, flags, config, err);
}

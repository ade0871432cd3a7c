/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks. */
#include "core/object.h"

EB_DEFINE_HANDLE(eb_network, EB_OBJECT_NETWORK)

int eb_conn_list_networks(eb_conn *conn, unsigned flags, eb_network ***out, eb_error *err)
{
    static const struct eb_object_filters filters = {
        .active = EB_LIST_NETWORKS_ACTIVE,
        .inactive = EB_LIST_NETWORKS_INACTIVE,
        .persistent = EB_LIST_NETWORKS_PERSISTENT,
        .transient = EB_LIST_NETWORKS_TRANSIENT,
        .autostart = EB_LIST_NETWORKS_AUTOSTART,
        .no_autostart = EB_LIST_NETWORKS_NO_AUTOSTART,
    };

    return eb_object_list(conn, EB_OBJECT_NETWORK, NULL, flags, &filters, "virConnectListAllNetworks",
                          (struct eb_object ***)out, err);
}

int eb_network_lookup_by_name(eb_conn *conn, const char *name, eb_network **out, eb_error *err)
{
    return eb_object_lookup_name(conn, EB_OBJECT_NETWORK, NULL, name, (struct eb_object **)out, err);
}

int eb_network_lookup_by_uuid(eb_conn *conn, const unsigned char *uuid, eb_network **out, eb_error *err)
{
    return eb_object_lookup_uuid(conn, EB_OBJECT_NETWORK, uuid, (struct eb_object **)out, err);
}

int eb_network_lookup_by_uuid_string(eb_conn *conn, const char *uuid, eb_network **out, eb_error *err)
{
    return eb_object_lookup_uuid_string(conn, EB_OBJECT_NETWORK, uuid, (struct eb_object **)out, err);
}

void eb_network_get_uuid(eb_network *handle, unsigned char uuid[16])
{
    memcpy(uuid, handle->object.key.uuid, 16);
}

void eb_network_get_uuid_string(eb_network *handle, char uuid[37])
{
    eb_uuid_format(handle->object.key.uuid, uuid);
}

int eb_network_is_active(eb_network *handle, eb_error *err)
{
    return eb_object_is_active(&handle->object, err);
}

int eb_network_is_persistent(eb_network *handle, eb_error *err)
{
    return eb_object_is_persistent(&handle->object, err);
}

int eb_network_get_xml(eb_network *handle, unsigned flags, char **xml, eb_error *err)
{
    return eb_object_get_xml(&handle->object, flags, xml, err);
}

int eb_network_get_autostart(eb_network *handle, eb_error *err)
{
    return eb_object_get_autostart(&handle->object, err);
}

int eb_network_set_autostart(eb_network *handle, int autostart, eb_error *err)
{
    return eb_object_set_autostart(&handle->object, autostart, err);
}

int eb_network_start(eb_network *handle, eb_error *err)
{
    return eb_object_start(&handle->object, 0, err);
}

int eb_network_destroy(eb_network *handle, eb_error *err)
{
    return eb_object_destroy(&handle->object, 0, err);
}

int eb_network_undefine(eb_network *handle, eb_error *err)
{
    return eb_object_undefine(&handle->object, err);
}

int eb_network_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_network **out, eb_error *err)
{
    return eb_object_define_xml(conn, EB_OBJECT_NETWORK, xml, flags, (struct eb_object **)out, err);
}

int eb_network_create_xml(eb_conn *conn, const char *xml, unsigned flags, eb_network **out, eb_error *err)
{
    return eb_object_create_xml(conn, EB_OBJECT_NETWORK, xml, flags, (struct eb_object **)out, err);
}

int eb_network_update(eb_network *handle, unsigned command, unsigned section, int index, const char *xml,
                      unsigned flags, eb_error *err)
{
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, "virNetworkUpdate", err) < 0 ||
        eb_need_arg(xml, "xml", "virNetworkUpdate", err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, "virNetworkUpdate", network, update, o->conn, &o->key, command, section,
                         index, xml, flags, err);
}

int eb_network_get_dhcp_leases(eb_network *handle, const char *mac, unsigned flags, eb_dhcp_lease **out,
                               eb_error *err)
{
    struct eb_object *o = &handle->object;

    if (eb_check_flags(flags, 0, "virNetworkGetDHCPLeases", err) < 0)
        return -1;
    *out = NULL;
    return EB_CALL_GROUP(o->conn, "virNetworkGetDHCPLeases", network, get_dhcp_leases, o->conn, &o->key, mac,
                         out, err);
}

void eb_dhcp_leases_free(eb_dhcp_lease *leases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(leases[i].interface);
        free(leases[i].mac);
        free(leases[i].iaid);
        free(leases[i].address);
        free(leases[i].hostname);
        free(leases[i].client_id);
    }
    free(leases);
}

int eb_network_get_bridge_name(eb_network *handle, char **out, eb_error *err)
{
    struct eb_object *o = &handle->object;
    EB_AUTOOBJECT struct eb_object_def *def = NULL;
    const char *bridge;

    if (eb_object_get_def(o, "virNetworkGetBridgeName", &def, err) < 0)
        return -1;
    bridge = ((struct eb_network_def *)def)->bridge;
    if (!bridge)
        return eb_error_set_from(err, o->conn->driver->error_domain, EB_ERR_INTERNAL_ERROR,
                                 "network '%s' does not have a bridge name.", def->name);
    *out = eb_strdup(bridge);
    return 0;
}

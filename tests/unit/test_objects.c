/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks, pools, volumes, interfaces and devices: their definitions, and their lives in a test world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/error.h"
#include "model/object.h"

static void assert_round_trip(enum eb_object_kind kind, const char *xml)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOOBJECT struct eb_object_def *def = NULL, *copy = NULL;

    assert_int_equal(eb_object_def_parse(kind, xml, &def, &err), 0);
    copy = eb_object_def_copy(def);
    EB_AUTOFREE char *text = eb_object_def_format(copy);
    assert_string_equal(text, xml);
}

static void a_definition_comes_back_as_it_was(void **state)
{
    (void)state;
    assert_round_trip(EB_OBJECT_NETWORK, "<network ipv6='yes'>\n"
                                         "  <name>n</name>\n"
                                         "  <forward dev='eth0' mode='route'>\n"
                                         "    <interface dev='eth0'/>\n"
                                         "  </forward>\n"
                                         "  <bridge name='b' stp='off' delay='3'/>\n"
                                         "  <mtu size='9000'/>\n"
                                         "  <dns>\n"
                                         "    <forwarder addr='1.2.3.4'/>\n"
                                         "  </dns>\n"
                                         "  <ip family='ipv6' address='2001:db8::1' prefix='64'>\n"
                                         "    <dhcp>\n"
                                         "      <host id='0:1' name='h' ip='2001:db8::2'/>\n"
                                         "      <bootp file='f'/>\n"
                                         "    </dhcp>\n"
                                         "  </ip>\n"
                                         "  <portgroup name='p'/>\n"
                                         "</network>\n");
    assert_round_trip(EB_OBJECT_IFACE, "<interface type='vlan' name='eth1.5'>\n"
                                       "  <start mode='onboot'/>\n"
                                       "  <protocol family='ipv6'>\n"
                                       "    <autoconf/>\n"
                                       "    <ip address='fe80::1' prefix='64'/>\n"
                                       "  </protocol>\n"
                                       "  <vlan tag='5'>\n"
                                       "    <interface name='eth1'/>\n"
                                       "  </vlan>\n"
                                       "</interface>\n");
}

static eb_conn *open_uri(const char *uri, unsigned flags)
{
    eb_conn *conn = NULL;

    assert_int_equal(eb_connect_open(uri, flags, &conn, NULL), 0);
    return conn;
}

static void a_network_defined_while_it_runs_changes_when_it_stops(void **state)
{
    eb_conn *conn = open_uri("test:///default", 0);
    eb_network *net = NULL;
    char *bridge = NULL;

    (void)state;
    assert_int_equal(eb_network_define_xml(conn,
                                           "<network><name>default</name>"
                                           "<uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>"
                                           "<bridge name='other'/></network>",
                                           0, &net, NULL),
                     0);
    assert_int_equal(eb_network_get_bridge_name(net, &bridge, NULL), 0);
    assert_string_equal(bridge, "virbr0");
    eb_free(bridge);
    assert_int_equal(eb_network_destroy(net, NULL), 0);
    assert_int_equal(eb_network_get_bridge_name(net, &bridge, NULL), 0);
    assert_string_equal(bridge, "other");
    eb_free(bridge);
    eb_network_unref(net);
    eb_conn_unref(conn);
}

static void a_transient_pool_is_gone_when_it_stops(void **state)
{
    static const char xml[] = "<pool type='dir'><name>p</name><target><path>/p</path></target></pool>";
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_uri("test:///default", 0);
    eb_pool *pool = NULL;

    (void)state;
    assert_int_equal(eb_pool_create_xml(conn, xml, 0, &pool, NULL), 0);
    assert_int_equal(eb_conn_list_pools(conn, EB_LIST_POOLS_TRANSIENT, NULL, NULL), 1);
    assert_int_equal(eb_pool_set_autostart(pool, 1, &err), -1);
    assert_string_equal(err.message, "invalid argument: pool has no config file");
    eb_error_clear(&err);
    assert_int_equal(eb_pool_destroy(pool, NULL), 0);
    assert_int_equal(eb_pool_is_active(pool, &err), -1);
    assert_int_equal(err.code, EB_ERR_NO_STORAGE_POOL);
    eb_pool_unref(pool);
    eb_conn_unref(conn);
}

static void volumes_use_up_their_pool(void **state)
{
    static const char xml[] = "<volume><name>v</name><capacity unit='G'>60</capacity></volume>";
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_uri("test:///default", 0);
    eb_pool *pool = NULL, *same = NULL;
    eb_volume *vol = NULL;
    eb_pool_info info;

    (void)state;
    assert_int_equal(eb_pool_lookup_by_name(conn, "default-pool", &pool, NULL), 0);
    assert_int_equal(eb_volume_create_xml(pool, xml, 0, &vol, NULL), 0);
    assert_string_equal(eb_volume_get_key(vol), "/default-pool/v");
    assert_int_equal(eb_pool_get_info(pool, &info, NULL), 0);
    assert_int_equal(info.available >> 30, 40);
    assert_int_equal(
        eb_volume_create_xml_from(pool, "<volume><name>w</name><capacity unit='G'>60</capacity></volume>",
                                  vol, 0, NULL, &err),
        -1);
    assert_string_equal(err.message, "internal error: Not enough free space in pool for volume 'w'");
    assert_int_equal(eb_pool_lookup_by_volume(vol, &same, NULL), 0);
    assert_int_equal(eb_volume_delete(vol, 0, NULL), 0);
    assert_int_equal(eb_pool_list_volumes(same, 0, NULL, NULL), 0);
    eb_pool_unref(same);
    eb_volume_unref(vol);
    eb_pool_unref(pool);
    eb_conn_unref(conn);
}

static void changes_of_interfaces_can_be_taken_back(void **state)
{
    eb_conn *conn = open_uri("test:///default", 0);

    (void)state;
    assert_int_equal(eb_iface_change_begin(conn, 0, NULL), 0);
    assert_int_equal(eb_iface_change_begin(conn, 0, NULL), -1);
    assert_int_equal(eb_iface_define_xml(conn, "<interface type='ethernet' name='eth9'/>", 0, NULL, NULL), 0);
    assert_int_equal(eb_conn_list_ifaces(conn, 0, NULL, NULL), 2);
    assert_int_equal(eb_iface_change_rollback(conn, 0, NULL), 0);
    assert_int_equal(eb_conn_list_ifaces(conn, EB_LIST_IFACES_ACTIVE, NULL, NULL), 1);
    assert_int_equal(eb_iface_change_commit(conn, 0, NULL), -1);
    eb_conn_unref(conn);
}

static void devices_are_found_by_their_capabilities(void **state)
{
    eb_conn *conn = open_uri("test:///default", 0);
    eb_nodedev *dev = NULL;
    char **caps = NULL;

    (void)state;
    assert_int_equal(eb_conn_list_nodedevs(conn, 0, NULL, NULL), 4);
    assert_int_equal(eb_conn_list_nodedevs(conn, EB_LIST_NODEDEVS_VPORTS, NULL, NULL), 2);
    assert_int_equal(eb_nodedev_lookup_by_wwn(conn, "2000000034563456", "1000000034563456", 0, &dev, NULL),
                     0);
    assert_string_equal(eb_nodedev_get_name(dev), "scsi_host11");
    assert_string_equal(eb_nodedev_get_parent(dev), "scsi_host1");
    assert_int_equal(eb_nodedev_list_caps(dev, &caps, NULL), 2);
    assert_string_equal(caps[1], "fc_host");
    eb_free(caps[0]);
    eb_free(caps[1]);
    eb_free(caps);
    eb_nodedev_unref(dev);
    eb_conn_unref(conn);
}

static void a_read_only_connection_changes_nothing(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_uri("test:///default", EB_CONNECT_RO);
    eb_network *net = NULL;

    (void)state;
    assert_int_equal(eb_network_lookup_by_name(conn, "default", &net, NULL), 0);
    assert_int_equal(eb_network_destroy(net, &err), -1);
    assert_int_equal(err.code, EB_ERR_OPERATION_DENIED);
    assert_int_equal(eb_network_is_active(net, NULL), 1);
    eb_network_unref(net);
    eb_conn_unref(conn);
}

static void a_file_of_definitions_has_them_too(void **state)
{
    static const char text[] = "<node><network><name>lab</name></network>"
                               "<pool type='dir'><name>iso</name><target><path>/iso</path></target></pool>"
                               "<interface type='ethernet' name='eth7'/>"
                               "<device><name>pc</name><capability type='system'/></device></node>";
    char path[] = "/tmp/everbox-objects-XXXXXX";
    int fd = mkstemp(path);
    EB_AUTOFREE char *uri = eb_asprintf("test://%s", path);
    eb_conn *conn;

    (void)state;
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    conn = open_uri(uri, 0);
    unlink(path);
    assert_int_equal(eb_conn_list_networks(conn, EB_LIST_NETWORKS_ACTIVE, NULL, NULL), 1);
    assert_int_equal(eb_conn_list_pools(conn, EB_LIST_POOLS_PERSISTENT, NULL, NULL), 1);
    assert_int_equal(eb_iface_lookup_by_name(conn, "eth7", NULL, NULL), 0);
    assert_int_equal(eb_nodedev_lookup_by_name(conn, "pc", NULL, NULL), 0);
    eb_conn_unref(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_definition_comes_back_as_it_was),
        cmocka_unit_test(a_network_defined_while_it_runs_changes_when_it_stops),
        cmocka_unit_test(a_transient_pool_is_gone_when_it_stops),
        cmocka_unit_test(volumes_use_up_their_pool),
        cmocka_unit_test(changes_of_interfaces_can_be_taken_back),
        cmocka_unit_test(devices_are_found_by_their_capabilities),
        cmocka_unit_test(a_read_only_connection_changes_nothing),
        cmocka_unit_test(a_file_of_definitions_has_them_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

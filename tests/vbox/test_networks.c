/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks of VirtualBox: what is not there yet stays away, and what is there stays as it was, when any call
 * fails; what others made; what cannot be. */
#include "vboxtest.h"

#define NAME "net-of-the-test"
#define NAT(ip, dhcp)                                                                                        \
    "<network><name>" NAME "</name><uuid>5f3e1c9a-7d0b-4b4e-9a55-2f6f0d1c7e01</uuid><forward mode='nat'/>"   \
    "<ip address='" ip "' netmask='255.255.255.0'>" dhcp "</ip></network>"
#define RANGE "<dhcp><range start='10.61.0.50' end='10.61.0.60'/></dhcp>"
#define ISOLATED                                                                                             \
    "<network><name>" NAME "</name><ip address='10.61.0.1' netmask='255.255.255.0'>" RANGE "</ip></network>"

static bool has_nats(void)
{
    return vb_has(vb, VB_IVirtualBox_createNATNetwork);
}

static bool has_interfaces(void)
{
    return vb_has(vb, VB_IHost_createHostOnlyNetworkInterface);
}

static eb_network *find(eb_conn *conn)
{
    eb_network *net = NULL;

    if (eb_network_lookup_by_name(conn, NAME, &net, fresh()) < 0)
        assert_int_equal(test_error.code, EB_ERR_NO_NETWORK);
    return net;
}

static char *xml(eb_conn *conn)
{
    eb_network *net = find(conn);
    char *text = NULL;

    assert_non_null(net);
    OK(eb_network_get_xml(net, 0, &text, fresh()));
    eb_network_unref(net);
    return text;
}

static size_t count_dhcp_servers(void)
{
    IVirtualBox *vbox = back_vbox();
    IDHCPServer **servers = NULL;
    size_t n = 0;

    OK(IVirtualBox_get_DHCPServers(vb, vbox, &n, &servers, fresh()));
    vb_objects_free(n, servers);
    vb_unref(vbox);
    return n;
}

static int on_network(eb_conn *conn, int (*call)(eb_network *, eb_error *))
{
    eb_network *net = NULL;
    int result = eb_network_lookup_by_name(conn, NAME, &net, fresh());

    if (result == 0)
        result = call(net, fresh());
    eb_network_unref(net);
    return result;
}

static void remove_network(eb_conn *conn)
{
    eb_network *net = find(conn);

    if (!net)
        return;
    if (eb_network_is_active(net, fresh()) == 1)
        OK(eb_network_destroy(net, fresh()));
    eb_network_unref(net);
    net = find(conn);
    if (net)
        OK(eb_network_undefine(net, fresh()));
    eb_network_unref(net);
}

/* ---- Faults ---- */

static const char *definition;
static char *before;
static size_t servers_before;
static int networks_before;

static int define_it(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    return eb_network_define_xml(conn, definition, 0, NULL, fresh());
}

static int create_it(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    return eb_network_create_xml(conn, definition, 0, NULL, fresh());
}

static int start_it(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    return on_network(conn, eb_network_start);
}

static int destroy_it(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    return on_network(conn, eb_network_destroy);
}

static int undefine_it(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    return on_network(conn, eb_network_undefine);
}

static int autostart(eb_network *net, eb_error *err)
{
    return eb_network_set_autostart(net, 1, err);
}

static int autostart_it(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    return on_network(conn, autostart);
}

static int count_networks(eb_conn *conn)
{
    return OK(eb_conn_list_networks(conn, 0, NULL, fresh()));
}

static void nothing_is_there(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    assert_null(find(conn));
    assert_int_equal(count_networks(conn), networks_before);
    assert_int_equal(count_dhcp_servers(), servers_before);
}

static void take_away(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    remove_network(conn);
}

static void it_is_as_before(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    char *now = xml(conn);

    assert_string_equal(now, before);
    free(now);
}

static void define_as_before(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    OK(eb_network_define_xml(conn, before, 0, NULL, fresh()));
}

static int activity(eb_conn *conn)
{
    eb_network *net = find(conn);
    int active = OK(eb_network_is_active(net, fresh()));

    eb_network_unref(net);
    return active;
}

static void it_does_not_run(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    assert_int_equal(activity(conn), 0);
}

static void it_runs(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    assert_int_equal(activity(conn), 1);
}

static void stop_again(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    OK(on_network(conn, eb_network_destroy));
}

static void start_again(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    OK(on_network(conn, eb_network_start));
}

static void autostart_is_off(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    eb_network *net = find(conn);

    assert_int_equal(OK(eb_network_get_autostart(net, fresh())), 0);
    eb_network_unref(net);
}

static void autostart_off_again(eb_conn *conn, eb_domain *dom EB_UNUSED)
{
    eb_network *net = find(conn);

    OK(eb_network_set_autostart(net, 0, fresh()));
    eb_network_unref(net);
}

static void fail_through_a_life(eb_conn *conn, const char *first, const char *second)
{
    servers_before = count_dhcp_servers();
    networks_before = count_networks(conn);
    definition = first;
    assert_true(fail_each_call(conn, NULL, create_it, nothing_is_there, take_away) > 5);
    remove_network(conn);
    assert_true(fail_each_call(conn, NULL, define_it, nothing_is_there, take_away) > 5);
    before = xml(conn);
    definition = second;
    if (second)
        assert_true(fail_each_call(conn, NULL, define_it, it_is_as_before, define_as_before) > 5);
    free(EB_STEAL(before));
    assert_true(fail_each_call(conn, NULL, autostart_it, autostart_is_off, autostart_off_again) > 3);
    assert_true(fail_each_call(conn, NULL, start_it, it_does_not_run, stop_again) > 3);
    assert_true(fail_each_call(conn, NULL, destroy_it, it_runs, start_again) > 3);
    before = xml(conn);
    definition = before;
    for (bool gone = false; !gone;) {
        eb_network *net;

        /* a removal that went well in spite of a failure is one all the same */
        fail_each_call(conn, NULL, undefine_it, it_is_as_before, define_as_before);
        net = find(conn);
        gone = !net;
        eb_network_unref(net);
    }
    free(EB_STEAL(before));
    nothing_is_there(conn, NULL);
}

static void a_nat_network_outlives_each_call_that_fails(void **state)
{
    if (!has_nats())
        skip();
    fail_through_a_life(*state, NAT("10.61.0.1", RANGE), NAT("10.62.0.1", ""));
}

static void a_host_only_interface_outlives_each_call_that_fails(void **state)
{
    eb_network *net = NULL;

    if (!has_interfaces())
        skip();
    if (eb_network_define_xml(*state, ISOLATED, 0, &net, fresh()) < 0) {
        /* without its kernel driver VirtualBox makes none, and says so */
        assert_non_null(strstr(test_error.message, "vboxnetctl"));
        skip();
    }
    eb_network_unref(net);
    remove_network(*state);
    fail_through_a_life(*state, ISOLATED, NULL);
}

/* ---- What others made ---- */

static void a_network_that_others_made_is_there(void **state)
{
    IVirtualBox *vbox = back_vbox();
    eb_network *net, *again;
    INATNetwork *nat = NULL;
    unsigned char uuid[16], same[16];
    char *text;

    if (!has_nats()) {
        vb_unref(vbox);
        skip();
    }
    OK(IVirtualBox_createNATNetwork(vb, vbox, NAME, &nat, fresh()));
    OK(INATNetwork_set_network(vb, nat, "10.63.0.0/16", fresh()));
    OK(INATNetwork_set_needDhcpServer(vb, nat, true, fresh()));
    OK(INATNetwork_addPortForwardRule(vb, nat, false, "a:b", NATProtocol_UDP, "", 53, "10.63.0.9", 5353,
                                      fresh()));
    text = xml(*state);
    assert_non_null(strstr(text, "<ip address='10.63.0.1' netmask='255.255.0.0'>"));
    assert_non_null(strstr(text, "<range start='10.63.0.3' end='10.63.255.254'/>"));
    assert_non_null(
        strstr(text, "name=\"a:b\" protocol=\"udp\" host-port=\"53\" guest-address=\"10.63.0.9\""));
    free(text);
    net = find(*state);
    again = find(*state);
    eb_network_get_uuid(net, uuid);
    eb_network_get_uuid(again, same);
    assert_memory_equal(uuid, same, 16);
    assert_int_equal(OK(eb_network_is_persistent(net, fresh())), 1);
    eb_network_unref(net);
    eb_network_unref(again);
    remove_network(*state);
    vb_unref(nat);
    vb_unref(vbox);
}

static void a_network_that_others_removed_is_gone_with_its_name(void **state)
{
    IVirtualBox *vbox = back_vbox();
    INATNetwork *nat = NULL;
    eb_network *net;
    char id[37];

    if (!has_nats()) {
        vb_unref(vbox);
        skip();
    }
    OK(eb_network_define_xml(*state, NAT("10.61.0.1", ""), 0, NULL, fresh()));
    OK(IVirtualBox_findNATNetworkByName(vb, vbox, NAME, &nat, fresh()));
    OK(IVirtualBox_removeNATNetwork(vb, vbox, nat, fresh()));
    assert_null(find(*state));
    OK(eb_network_define_xml(*state,
                             "<network><name>" NAME "</name><uuid>5f3e1c9a-7d0b-4b4e-9a55-2f6f0d1c7e02</uuid>"
                             "<forward mode='nat'/><ip address='10.61.0.1' prefix='24'/></network>",
                             0, NULL, fresh()));
    net = find(*state);
    eb_network_get_uuid_string(net, id);
    assert_string_equal(id, "5f3e1c9a-7d0b-4b4e-9a55-2f6f0d1c7e02");
    eb_network_unref(net);
    remove_network(*state);
    vb_unref(nat);
    vb_unref(vbox);
}

/* ---- What cannot be ---- */

static void what_virtualbox_cannot_do_is_refused_by_name(void **state)
{
    static const struct {
        const char *body, *culprit;
    } wrong[] = {
        {"<forward mode='route'/><ip address='10.61.0.1' prefix='24'/>", "mode='route'"},
        {"<forward mode='nat'/><ip address='10.61.0.9' prefix='24'/>", "<ip>"},
        {"<forward mode='nat' dev='eth0'/><ip address='10.61.0.1' prefix='24'/>", "'dev'"},
        {"<forward mode='nat'/><domain name='x'/><ip address='10.61.0.1' prefix='24'/>", "<domain>"},
        {"<forward mode='nat'/><dns><txt name='a' value='b'/></dns><ip address='10.61.0.1' prefix='24'/>",
         "<dns>"},
        {"<forward mode='nat'/><ip address='10.61.0.1' prefix='24'><dhcp><range start='10.61.0.5' "
         "end='10.61.0.6'/><range start='10.61.0.8' end='10.61.0.9'/></dhcp></ip>",
         "<range>"},
        {"<forward mode='nat'/><ip address='10.61.0.1' prefix='24'/><ip family='ipv6' address='fd00::5' "
         "prefix='64'/>",
         "<ip>"},
    };

    if (!has_nats())
        skip();
    for (size_t i = 0; i < EB_ARRAY_SIZE(wrong); i++) {
        EB_AUTOFREE char *text = eb_asprintf("<network><name>" NAME "</name>%s</network>", wrong[i].body);

        assert_int_equal(eb_network_define_xml(*state, text, 0, NULL, fresh()), -1);
        assert_int_equal(test_error.code, EB_ERR_CONFIG_UNSUPPORTED);
        if (!strstr(test_error.message, wrong[i].culprit))
            fail_msg("'%s' does not name %s", test_error.message, wrong[i].culprit);
        assert_null(find(*state));
    }
}

static void libvirts_default_network_can_be_defined(void **state)
{
    char *text;

    if (!has_nats())
        skip();
    OK(eb_network_define_xml(*state,
                             "<network><name>" NAME "</name><bridge name='virbr0'/>"
                             "<forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>"
                             "<ip address='192.168.122.1' netmask='255.255.255.0'><dhcp>"
                             "<range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>",
                             0, NULL, fresh()));
    text = xml(*state);
    assert_non_null(strstr(text, "<range start='192.168.122.3' end='192.168.122.254'/>"));
    free(text);
    remove_network(*state);
}

static void leases_of_a_network_that_nobody_used_are_none(void **state)
{
    eb_dhcp_lease *leases = NULL;
    eb_network *net;

    if (!has_nats())
        skip();
    OK(eb_network_define_xml(*state, NAT("10.61.0.1", RANGE), 0, NULL, fresh()));
    net = find(*state);
    if (vb_has(vb, VB_IDHCPServer_findLeaseByMAC)) {
        assert_int_equal(OK(eb_network_get_dhcp_leases(net, NULL, 0, &leases, fresh())), 0);
        eb_dhcp_leases_free(leases, 0);
    } else {
        assert_int_equal(eb_network_get_dhcp_leases(net, NULL, 0, &leases, fresh()), -1);
        assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
    }
    eb_network_unref(net);
    remove_network(*state);
}

static const struct CMUnitTest tests[] = {
    VBOX_TEST(a_nat_network_outlives_each_call_that_fails),
    VBOX_TEST(a_host_only_interface_outlives_each_call_that_fails),
    VBOX_TEST(a_network_that_others_made_is_there),
    VBOX_TEST(a_network_that_others_removed_is_gone_with_its_name),
    VBOX_TEST(what_virtualbox_cannot_do_is_refused_by_name),
    VBOX_TEST(libvirts_default_network_can_be_defined),
    VBOX_TEST(leases_of_a_network_that_nobody_used_are_none),
};

int main(int argc, char **argv)
{
    return run_vbox_tests(argc, argv, "networks", tests, EB_ARRAY_SIZE(tests));
}

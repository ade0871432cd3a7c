/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks: their lives, their definitions, and the interfaces of domains that name them. */
#include "suite.h"

#include <time.h>

enum { PATIENCE_MS = 10000, HEARD_MAX = 16 };

static const char *nat_xml(struct fixture *t, const char *name, const char *dhcp)
{
    return text(t,
                "<network><name>%s</name><forward mode='nat'/>"
                "<ip address='10.73.0.1' netmask='255.255.255.0'><dhcp>"
                "<range start='10.73.0.100' end='10.73.0.150'/>%s</dhcp></ip></network>",
                name, dhcp);
}

static const char *isolated_xml(struct fixture *t, const char *name)
{
    return text(t,
                "<network><name>%s</name><ip address='10.74.0.1' netmask='255.255.255.0'><dhcp>"
                "<range start='10.74.0.100' end='10.74.0.150'/></dhcp></ip></network>",
                name);
}

static eb_network *define_network(struct fixture *t, const char *xml)
{
    eb_network *net = NULL;

    OK(t, eb_network_define_xml(t->conn, xml, 0, &net, fresh(t)));
    return net;
}

static void drop(struct fixture *t, eb_network *net)
{
    if (eb_network_is_active(net, NULL) == 1)
        OK(t, eb_network_destroy(net, fresh(t)));
    OK(t, eb_network_undefine(net, fresh(t)));
    eb_network_unref(net);
}

static const char *network_xml(struct fixture *t, eb_network *net)
{
    char *xml = NULL;

    OK(t, eb_network_get_xml(net, 0, &xml, fresh(t)));
    return keep_text(t, xml);
}

static void assert_has(const char *xml, const char *part)
{
    if (!strstr(xml, part))
        fail_msg("'%s' is not in %s", part, xml);
}

static void assert_lacks(const char *xml, const char *part)
{
    if (strstr(xml, part))
        fail_msg("'%s' is in %s", part, xml);
}

static bool listed(struct fixture *t, unsigned flags, const char *name)
{
    eb_network **nets = NULL;
    int n = OK(t, eb_conn_list_networks(t->conn, flags, &nets, fresh(t)));
    int found = 0;

    for (int i = 0; i < n; i++) {
        found += strcmp(eb_network_get_name(nets[i]), name) == 0;
        eb_network_unref(nets[i]);
    }
    eb_free(nets);
    assert_in_range(found, 0, 1);
    return found;
}

/* From its definition to its end, as each kind of network goes through it. */
static void live(struct fixture *t, const char *name, const char *xml)
{
    eb_network *net = define_network(t, xml);

    assert_int_equal(OK(t, eb_network_is_active(net, fresh(t))), 0);
    assert_int_equal(OK(t, eb_network_is_persistent(net, fresh(t))), 1);
    assert_true(listed(t, EB_LIST_NETWORKS_INACTIVE, name));
    assert_false(listed(t, EB_LIST_NETWORKS_ACTIVE, name));
    OK(t, eb_network_start(net, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_network_start(net, fresh(t)));
    assert_int_equal(OK(t, eb_network_is_active(net, fresh(t))), 1);
    assert_true(listed(t, EB_LIST_NETWORKS_ACTIVE | EB_LIST_NETWORKS_PERSISTENT, name));
    OK(t, eb_network_set_autostart(net, 0, fresh(t)));
    assert_int_equal(OK(t, eb_network_get_autostart(net, fresh(t))), 0);
    OK(t, eb_network_set_autostart(net, 1, fresh(t)));
    OK(t, eb_network_destroy(net, fresh(t)));
    assert_int_equal(OK(t, eb_network_is_active(net, fresh(t))), 0);
    assert_int_equal(OK(t, eb_network_get_autostart(net, fresh(t))), 1);
    OK(t, eb_network_undefine(net, fresh(t)));
    assert_false(listed(t, 0, name));
    REFUSED(t, EB_ERR_NO_NETWORK, eb_network_lookup_by_name(t->conn, name, NULL, fresh(t)));
    REFUSED(t, EB_ERR_NO_NETWORK, eb_network_is_active(net, fresh(t)));
    eb_network_unref(net);
}

static void a_nat_network_lives_from_its_definition_to_its_end(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat");

    NEEDS(t, ABLE_NAT_NETWORKS);
    live(t, name, nat_xml(t, name, ""));
}

static void an_isolated_network_lives_from_its_definition_to_its_end(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "alone");

    NEEDS(t, ABLE_HOST_NETWORKS);
    live(t, name, isolated_xml(t, name));
}

static void a_network_is_what_its_definition_says(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat"), *xml;
    eb_network *net;

    NEEDS(t, ABLE_NAT_NETWORKS);
    net = define_network(t, nat_xml(t, name, ""));
    xml = network_xml(t, net);
    assert_has(xml, "<forward mode='nat'");
    assert_has(xml, "<ip address='10.73.0.1' netmask='255.255.255.0'>");
    assert_has(xml, "<range start='10.73.0.100' end='10.73.0.150'/>");
    drop(t, net);
}

static void its_own_definition_defines_it_again(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat"), *xml;
    eb_network *net, *again;

    NEEDS(t, ABLE_NAT_NETWORKS);
    net = define_network(
        t, text(t,
                "<network><name>%s</name><title>T</title><metadata><a:b xmlns:a='urn:a'>c</a:b>"
                "<v:network xmlns:v='urn:everbox:vbox:1'><v:forward name='ssh' protocol='tcp' "
                "host-address='127.0.0.1' host-port='1022' guest-address='10.73.0.15' guest-port='22'/>"
                "</v:network></metadata><forward mode='nat'/>"
                "<ip address='10.73.0.1' prefix='24'><dhcp><range start='10.73.0.100' end='10.73.0.150'/>"
                "</dhcp></ip><ip family='ipv6' address='fd17:625c:f037:9::1' prefix='64'/></network>",
                name));
    xml = network_xml(t, net);
    assert_has(xml, "urn:a");
    assert_has(xml, "host-port=\"1022\" guest-address=\"10.73.0.15\"");
    assert_has(xml, "<ip family='ipv6' address='fd17:625c:f037:9::1' prefix='64'");
    again = define_network(t, xml);
    assert_string_equal(network_xml(t, again), xml);
    eb_network_unref(again);
    drop(t, net);
}

static void another_connection_sees_the_same_network(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat");
    char uuid[37], other_uuid[37];
    eb_network *net, *other = NULL;

    NEEDS(t, ABLE_NAT_NETWORKS);
    net = define_network(t, nat_xml(t, name, ""));
    eb_network_get_uuid_string(net, uuid);
    if (strcmp(domain_type(t), "test") != 0) {
        eb_conn *conn = suite_open(0);

        OK(t, eb_network_lookup_by_name(conn, name, &other, fresh(t)));
        eb_network_get_uuid_string(other, other_uuid);
        assert_string_equal(uuid, other_uuid);
        eb_network_unref(other);
        OK(t, eb_network_lookup_by_uuid_string(conn, uuid, NULL, fresh(t)));
        eb_conn_unref(conn);
    }
    drop(t, net);
}

static void a_transient_network_ends_when_it_is_destroyed(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat");
    eb_network *net = NULL;

    NEEDS(t, ABLE_NAT_NETWORKS);
    OK(t, eb_network_create_xml(t->conn, nat_xml(t, name, ""), 0, &net, fresh(t)));
    assert_int_equal(OK(t, eb_network_is_active(net, fresh(t))), 1);
    assert_int_equal(OK(t, eb_network_is_persistent(net, fresh(t))), 0);
    OK(t, eb_network_destroy(net, fresh(t)));
    assert_false(listed(t, 0, name));
    eb_network_unref(net);
}

static void a_second_network_of_a_name_is_refused(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat");
    eb_network *net;

    NEEDS(t, ABLE_NAT_NETWORKS);
    net = define_network(t, nat_xml(t, name, ""));
    REFUSED(
        t, EB_ERR_OPERATION_FAILED,
        eb_network_define_xml(t->conn,
                              text(t,
                                   "<network><name>%s</name>"
                                   "<uuid>0c6a1c5e-3f1d-4f57-9a90-8f6f2f5d4a11</uuid><forward mode='nat'/>"
                                   "<ip address='10.75.0.1' prefix='24'/></network>",
                                   name),
                              0, NULL, fresh(t)));
    assert_has(network_xml(t, net), "10.73.0.1");
    drop(t, net);
}

static void an_update_changes_one_element(void **state)
{
    struct fixture *t = *state;
    const char *range = "<range start='10.73.0.100' end='10.73.0.150'/>";
    eb_network *net;

    NEEDS(t, ABLE_NAT_NETWORKS);
    net = define_network(t, nat_xml(t, name_for(t, "nat"), ""));
    OK(t, eb_network_update(net, EB_NETWORK_UPDATE_DELETE, EB_NETWORK_SECTION_IP_DHCP_RANGE, -1, range,
                            EB_AFFECT_CURRENT, fresh(t)));
    assert_lacks(network_xml(t, net), "<range");
    OK(t, eb_network_update(net, EB_NETWORK_UPDATE_ADD_LAST, EB_NETWORK_SECTION_IP_DHCP_RANGE, -1, range,
                            EB_AFFECT_CONFIG, fresh(t)));
    assert_has(network_xml(t, net), range);
    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_network_update(net, EB_NETWORK_UPDATE_ADD_LAST, EB_NETWORK_SECTION_IP_DHCP_RANGE, -1, range,
                              EB_AFFECT_CURRENT, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_network_update(net, EB_NETWORK_UPDATE_DELETE, EB_NETWORK_SECTION_IP_DHCP_RANGE, -1, range,
                              EB_AFFECT_LIVE, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED,
            eb_network_update(net, EB_NETWORK_UPDATE_MODIFY, EB_NETWORK_SECTION_BRIDGE, -1,
                              "<bridge name='x'/>", EB_AFFECT_CURRENT, fresh(t)));
    assert_has(network_xml(t, net), range);
    drop(t, net);
}

static void hosts_get_addresses_of_their_own(void **state)
{
    struct fixture *t = *state;
    const char *host = "<host mac='52:54:00:00:00:07' name='seven' ip='10.73.0.7'/>";
    eb_network *net;

    NEEDS(t, ABLE_DHCP_HOSTS);
    net = define_network(t, nat_xml(t, name_for(t, "nat"), host));
    assert_has(network_xml(t, net), host);
    OK(t, eb_network_update(net, EB_NETWORK_UPDATE_MODIFY, EB_NETWORK_SECTION_IP_DHCP_HOST, -1,
                            "<host mac='52:54:00:00:00:07' ip='10.73.0.8'/>", EB_AFFECT_CURRENT, fresh(t)));
    assert_has(network_xml(t, net), "<host mac='52:54:00:00:00:07' ip='10.73.0.8'/>");
    OK(t, eb_network_update(net, EB_NETWORK_UPDATE_DELETE, EB_NETWORK_SECTION_IP_DHCP_HOST, -1,
                            "<host ip='10.73.0.8'/>", EB_AFFECT_CURRENT, fresh(t)));
    assert_lacks(network_xml(t, net), "<host");
    drop(t, net);
}

/* Defines a domain on the network and looks for its name in what the domain is then. */
static void domain_on(struct fixture *t, const char *name)
{
    const char *wanted = text(t, "<source network='%s'", name);
    eb_domain *dom = define(t, xml_for(t, name_for(t, "guest"), "",
                                       text(t, "<interface type='network'>%s/></interface>", wanted)));

    assert_has(xml_of(t, dom, 0), wanted);
}

static void a_domain_names_the_network_as_the_list_does(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "nat");
    eb_network *net;

    NEEDS(t, ABLE_NAT_NETWORKS);
    net = define_network(t, nat_xml(t, name, ""));
    domain_on(t, name);
    drop(t, net);
}

static void a_domain_names_an_isolated_network_as_the_list_does(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "alone");
    eb_network *net;

    NEEDS(t, ABLE_HOST_NETWORKS);
    net = define_network(t, isolated_xml(t, name));
    domain_on(t, name);
    drop(t, net);
}

static void an_isolated_network_has_a_bridge(void **state)
{
    struct fixture *t = *state;
    const char *name = name_for(t, "alone"), *xml;
    eb_network *net;

    NEEDS(t, ABLE_HOST_NETWORKS);
    net = define_network(t, isolated_xml(t, name));
    xml = network_xml(t, net);
    assert_lacks(xml, "<forward");
    assert_has(xml, "<ip address='10.74.0.1' netmask='255.255.255.0'>");
    assert_has(xml, "<range start='10.74.0.100' end='10.74.0.150'/>");
    if (strcmp(domain_type(t), "vbox") == 0) {
        char *bridge = NULL;

        OK(t, eb_network_get_bridge_name(net, &bridge, fresh(t)));
        assert_has(xml, text(t, "<bridge name='%s'", bridge));
        eb_free(bridge);
    }
    drop(t, net);
}

/* ---- Events ---- */

struct ear {
    const char *name;
    size_t n;
    int heard[HEARD_MAX];
};

static void hear(eb_conn *conn, eb_network *net, const eb_object_event *event, void *opaque)
{
    struct ear *ear = opaque;

    (void)conn;
    if (strcmp(eb_network_get_name(net), ear->name) == 0 && ear->n < HEARD_MAX)
        ear->heard[ear->n++] = event->event;
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void changes_of_networks_are_told(void **state)
{
    static const int expected[] = {EB_NETWORK_EVENT_DEFINED, EB_NETWORK_EVENT_STARTED,
                                   EB_NETWORK_EVENT_STOPPED, EB_NETWORK_EVENT_UNDEFINED};
    enum { N = sizeof(expected) / sizeof(expected[0]) };
    struct fixture *t = *state;
    struct ear ear = {.name = name_for(t, "nat")};
    long end = now_ms() + PATIENCE_MS;
    eb_network *net;
    int callback, timer;

    NEEDS(t, ABLE_NAT_NETWORKS);
    OK(t, eb_loop_register_default(fresh(t)));
    callback = OK(t, eb_conn_register_network_event(t->conn, NULL, EB_NETWORK_EVENT_ID_LIFECYCLE, hear, &ear,
                                                    NULL, fresh(t)));
    net = define_network(t, nat_xml(t, ear.name, ""));
    OK(t, eb_network_start(net, fresh(t)));
    drop(t, net);
    timer = eb_loop_current()->add_timer(20, tick, NULL, NULL);
    while (ear.n < N && now_ms() < end)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    OK(t, eb_conn_deregister_object_event(t->conn, callback, fresh(t)));
    assert_int_equal(ear.n, N);
    assert_memory_equal(ear.heard, expected, sizeof(expected));
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(a_nat_network_lives_from_its_definition_to_its_end),
    SUITE_TEST(an_isolated_network_lives_from_its_definition_to_its_end),
    SUITE_TEST(a_network_is_what_its_definition_says),
    SUITE_TEST(its_own_definition_defines_it_again),
    SUITE_TEST(another_connection_sees_the_same_network),
    SUITE_TEST(a_transient_network_ends_when_it_is_destroyed),
    SUITE_TEST(a_second_network_of_a_name_is_refused),
    SUITE_TEST(an_update_changes_one_element),
    SUITE_TEST(hosts_get_addresses_of_their_own),
    SUITE_TEST(a_domain_names_the_network_as_the_list_does),
    SUITE_TEST(a_domain_names_an_isolated_network_as_the_list_does),
    SUITE_TEST(an_isolated_network_has_a_bridge),
    SUITE_TEST(changes_of_networks_are_told),
};
SUITE_GROUP(suite_network, "networks", tests);

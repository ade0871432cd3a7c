/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices and interfaces as VirtualBox tells them. */
#include "vboxtest.h"

#include <stdio.h>
#include <stdlib.h>

/* Of a stand-in, which has what it is asked to have; the real one has what this host has. */
static bool is_stand_in(void)
{
    return strstr(test_uri, "home=") != NULL;
}

static void ask(const char *what)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/sim.control", getenv("VBOX_USER_HOME"));

    assert_int_equal(eb_write_file(path, what, strlen(what), 0600), 0);
}

static int teardown(void **state)
{
    if (is_stand_in())
        ask("");
    return test_teardown(state);
}
#define HOSTDEV_TEST(fn) cmocka_unit_test_setup_teardown(fn, test_setup, teardown)
#define STAND_IN_ONLY                                                                                        \
    if (!is_stand_in())                                                                                      \
    skip()

/* Names of all that have this filter, each with a blank behind. */
static char *names_of(eb_conn *conn, unsigned filter)
{
    eb_nodedev **list = NULL;
    int n = OK(eb_conn_list_nodedevs(conn, filter, &list, fresh()));
    char *names = eb_strdup("");

    for (int i = 0; i < n; i++) {
        char *more = eb_asprintf("%s%s ", names, eb_nodedev_get_name(list[i]));

        free(names);
        names = more;
        eb_nodedev_unref(list[i]);
    }
    free(list);
    return names;
}

static char *device_xml(eb_conn *conn, const char *name)
{
    eb_nodedev *dev = NULL;
    char *xml = NULL;

    OK(eb_nodedev_lookup_by_name(conn, name, &dev, fresh()));
    OK(eb_nodedev_get_xml(dev, 0, &xml, fresh()));
    eb_nodedev_unref(dev);
    return xml;
}

static void says(const char *xml, const char *words)
{
    if (!strstr(xml, words))
        fail_msg("not \"%s\":\n%s", words, xml);
}

static void computer_is_the_root_of_all_devices(void **state)
{
    EB_AUTOFREE char *system = names_of(*state, EB_LIST_NODEDEVS_SYSTEM);
    EB_AUTOFREE char *xml = device_xml(*state, "computer");
    eb_nodedev **list = NULL;
    int n = OK(eb_conn_list_nodedevs(*state, 0, &list, fresh())), roots = 0;

    assert_string_equal(system, "computer ");
    says(xml, "<capability type='system'>");
    says(xml, "<hardware>");
    for (int i = 0; i < n; i++) {
        const char *parent = eb_nodedev_get_parent(list[i]);
        char **caps = NULL;

        roots += parent == NULL;
        if (parent)
            assert_string_equal(parent, "computer");
        assert_int_equal(OK(eb_nodedev_is_active(list[i], fresh())), 1);
        assert_int_equal(OK(eb_nodedev_is_persistent(list[i], fresh())), 1);
        assert_int_equal(OK(eb_nodedev_get_autostart(list[i], fresh())), 1);
        assert_true(OK(eb_nodedev_list_caps(list[i], &caps, fresh())) >= 1);
        eb_strv_cleanup(&caps);
        eb_nodedev_unref(list[i]);
    }
    free(list);
    assert_int_equal(roots, 1);
}

static void usb_devices_have_the_names_that_libvirt_gives_them(void **state)
{
    EB_AUTOFREE char *names = NULL;
    EB_AUTOFREE char *xml = NULL;

    STAND_IN_ONLY;
    names = names_of(*state, EB_LIST_NODEDEVS_USB_DEV);
    assert_string_equal(names, "usb_1_2 usb_2_1_4 ");
    xml = device_xml(*state, "usb_2_1_4");
    assert_string_equal(xml, "<device>\n"
                             "  <name>usb_2_1_4</name>\n"
                             "  <path>/sys/devices/pci0000:00/0000:00:14.0/usb2/2-1.4</path>\n"
                             "  <devnode type='dev'>/dev/bus/usb/002/002</devnode>\n"
                             "  <parent>computer</parent>\n"
                             "  <driver>\n"
                             "    <name>usb</name>\n"
                             "  </driver>\n"
                             "  <capability type='usb_device'>\n"
                             "    <bus>2</bus>\n"
                             "    <device>2</device>\n"
                             "    <product id='0x1666'>DataTraveler 3.0</product>\n"
                             "    <vendor id='0x0951'>Kingston</vendor>\n"
                             "  </capability>\n"
                             "</device>\n");
}

static void what_is_plugged_in_is_there_at_once_and_keeps_its_name(void **state)
{
    EB_AUTOFREE char *before = NULL, *after = NULL, *xml = NULL;

    STAND_IN_ONLY;
    ask("USB=1d6b:0104:A & B:<gadget>::3-2:Available\n");
    before = names_of(*state, EB_LIST_NODEDEVS_USB_DEV);
    assert_string_equal(before, "usb_3_2 ");
    xml = device_xml(*state, "usb_3_2");
    says(xml, "<product id='0x0104'>&lt;gadget&gt;</product>");
    says(xml, "<vendor id='0x1d6b'>A &amp; B</vendor>");
    ask("USB=ffff:0001::::3-1:Busy;1d6b:0104:A & B:<gadget>::3-2:Captured\n");
    after = names_of(*state, EB_LIST_NODEDEVS_USB_DEV);
    assert_string_equal(after, "usb_3_1 usb_3_2 ");
    free(EB_STEAL(xml));
    xml = device_xml(*state, "usb_3_2");
    says(xml, "<name>vboxusb</name>");
    free(EB_STEAL(xml));
    xml = device_xml(*state, "usb_3_1");
    says(xml, "<product id='0x0001'/>");
}

static void device_that_is_gone_is_no_device(void **state)
{
    eb_nodedev *dev = NULL;
    char *xml = NULL;

    assert_int_equal(eb_nodedev_lookup_by_name(*state, "usb_9_9", &dev, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_NODE_DEVICE);
    STAND_IN_ONLY;
    OK(eb_nodedev_lookup_by_name(*state, "usb_1_2", &dev, fresh()));
    ask("USB=\n");
    assert_int_equal(eb_nodedev_get_xml(dev, 0, &xml, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_NODE_DEVICE);
    eb_nodedev_unref(dev);
}

static void host_without_usb_has_its_other_devices(void **state)
{
    EB_AUTOFREE char *names = NULL, *all = NULL;

    STAND_IN_ONLY;
    ask("FAIL=IHost.USBDevices:0:0x80004001\n");
    names = names_of(*state, EB_LIST_NODEDEVS_USB_DEV);
    assert_string_equal(names, "");
    all = names_of(*state, 0);
    assert_non_null(strstr(all, "net_eth0_"));
}

static char heard[256];

static void hear(eb_conn *conn, eb_nodedev *dev, const eb_object_event *event, void *opaque)
{
    size_t n = strlen(heard);

    (void)conn;
    snprintf(heard + n, sizeof(heard) - n, "%s%s ",
             opaque                                     ? "~"
             : event->event == EB_NODEDEV_EVENT_CREATED ? "+"
                                                        : "-",
             eb_nodedev_get_name(dev));
}

static void hear_until(const char *what)
{
    for (int i = 0; i < 4000 && !strstr(heard, what); i++)
        OK(eb_loop_run_default(fresh()));
    says(heard, what);
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void who_listens_hears_what_is_plugged_in_and_out(void **state)
{
    int life, change, timer;

    STAND_IN_ONLY;
    heard[0] = '\0';
    timer = eb_loop_current()->add_timer(5, tick, NULL, NULL);
    OK(life = eb_conn_register_nodedev_event(*state, NULL, EB_NODEDEV_EVENT_ID_LIFECYCLE, hear, NULL, NULL,
                                             fresh()));
    OK(change = eb_conn_register_nodedev_event(*state, NULL, EB_NODEDEV_EVENT_ID_UPDATE, hear, heard, NULL,
                                               fresh()));
    /* what was there is no news; what came before the first look is not told */
    for (int i = 0; i < 200; i++)
        OK(eb_loop_run_default(fresh()));
    assert_string_equal(heard, "");
    ask("USB=1d6b:0104:A:B::3-2:Available\n");
    hear_until("+usb_3_2 ");
    says(heard, "-usb_1_2 ");
    says(heard, "-usb_2_1_4 ");
    ask("USB=1d6b:0104:A:B::3-2:Captured\n");
    hear_until("~usb_3_2 ");
    OK(eb_conn_deregister_object_event(*state, life, fresh()));
    OK(eb_conn_deregister_object_event(*state, change, fresh()));
    eb_loop_current()->remove_timer(timer);
}

/* The number after `element id='0x` */
static unsigned id_of(const char *xml, const char *element)
{
    EB_AUTOFREE char *start = eb_asprintf("<%s id='", element);
    const char *at = strstr(xml, start);

    assert_non_null(at);
    return (unsigned)strtoul(at + strlen(start), NULL, 16);
}

/* What virt-manager makes of a device that it lists. */
static void listed_device_can_be_given_to_a_machine(void **state)
{
    EB_AUTOFREE char *listed = NULL, *device = NULL, *xml = NULL;
    eb_domain *dom;

    STAND_IN_ONLY;
    listed = device_xml(*state, "usb_1_2");
    device = eb_asprintf("<hostdev mode='subsystem' type='usb' managed='yes'><source>"
                         "<vendor id='0x%04x'/><product id='0x%04x'/></source></hostdev>",
                         id_of(listed, "vendor"), id_of(listed, "product"));
    dom = define(*state, "takes-usb");
    OK(eb_domain_attach_device(dom, device, EB_AFFECT_CONFIG, fresh()));
    OK(eb_domain_get_xml(dom, 0, &xml, fresh()));
    says(xml, "<vendor id='0x046d'/>");
    says(xml, "<product id='0xc52b'/>");
    OK(eb_domain_detach_device(dom, device, EB_AFFECT_CONFIG, fresh()));
    free(EB_STEAL(xml));
    OK(eb_domain_get_xml(dom, 0, &xml, fresh()));
    assert_null(strstr(xml, "<hostdev"));
    remove_domain(dom);
}

/* ---- Interfaces ---- */

static void each_interface_is_found_and_described(void **state)
{
    eb_iface **list = NULL;
    int n = OK(eb_conn_list_ifaces(*state, 0, &list, fresh()));

    assert_true(n >= 1);
    for (int i = 0; i < n; i++) {
        const char *name = eb_iface_get_name(list[i]);
        EB_AUTOFREE char *named = eb_asprintf(" name='%s'", name);
        EB_AUTOFREE char *xml = NULL;
        eb_iface *same = NULL;

        OK(eb_iface_lookup_by_name(*state, name, &same, fresh()));
        assert_string_equal(eb_iface_get_mac(same), eb_iface_get_mac(list[i]));
        OK(eb_iface_get_xml(same, 0, &xml, fresh()));
        says(xml, named);
        says(xml, "<interface type='");
        assert_in_range(OK(eb_iface_is_active(same, fresh())), 0, 1);
        eb_iface_unref(same);
        eb_iface_unref(list[i]);
    }
    free(list);
}

static void interface_says_its_address_and_its_link(void **state)
{
    EB_AUTOFREE char *up = NULL, *down = NULL;
    eb_iface *iface = NULL;

    STAND_IN_ONLY;
    ask("INTERFACES=sim7 0A:00:00:00:00:07 198.51.100.7 Up;sim8 0a:00:00:00:00:08 - Down\n");
    OK(eb_iface_lookup_by_mac(*state, "0A:00:00:00:00:07", &iface, fresh()));
    assert_string_equal(eb_iface_get_name(iface), "sim7");
    OK(eb_iface_get_xml(iface, 0, &up, fresh()));
    assert_string_equal(up, "<interface type='ethernet' name='sim7'>\n"
                            "  <protocol family='ipv4'>\n"
                            "    <ip address='198.51.100.7' prefix='24'/>\n"
                            "  </protocol>\n"
                            "  <link state='up'/>\n"
                            "  <mac address='0a:00:00:00:00:07'/>\n"
                            "</interface>\n");
    eb_iface_unref(iface);
    OK(eb_iface_lookup_by_name(*state, "sim8", &iface, fresh()));
    assert_int_equal(OK(eb_iface_is_active(iface, fresh())), 0);
    OK(eb_iface_get_xml(iface, 0, &down, fresh()));
    says(down, "<link state='down'/>");
    assert_null(strstr(down, "<protocol"));
    eb_iface_unref(iface);
}

static void interfaces_of_one_address_are_not_told_apart_by_it(void **state)
{
    eb_iface *iface = NULL;

    STAND_IN_ONLY;
    ask("INTERFACES=sim7 0a:00:00:00:00:07 - Up;sim9 0a:00:00:00:00:07 - Up\n");
    assert_int_equal(eb_iface_lookup_by_mac(*state, "0a:00:00:00:00:07", &iface, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_MULTIPLE_INTERFACES);
    assert_int_equal(eb_iface_lookup_by_mac(*state, "02:00:00:00:00:99", &iface, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_INTERFACE);
}

static void interfaces_are_not_virtualboxs_to_change(void **state)
{
    eb_iface **list = NULL, *made = NULL;
    int n = OK(eb_conn_list_ifaces(*state, 0, &list, fresh()));

    assert_int_equal(eb_iface_define_xml(*state, "<interface type='ethernet' name='x0'/>", 0, &made, fresh()),
                     -1);
    assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
    says(eb_error_message(&test_error), "virInterfaceDefineXML");
    assert_int_equal(eb_iface_start(list[0], 0, fresh()), -1);
    says(eb_error_message(&test_error), "virInterfaceCreate");
    assert_int_equal(eb_iface_destroy(list[0], 0, fresh()), -1);
    says(eb_error_message(&test_error), "virInterfaceDestroy");
    assert_int_equal(eb_iface_undefine(list[0], fresh()), -1);
    says(eb_error_message(&test_error), "virInterfaceUndefine");
    assert_int_equal(eb_iface_change_begin(*state, 0, fresh()), -1);
    says(eb_error_message(&test_error), "virInterfaceChangeBegin");
    for (int i = 0; i < n; i++)
        eb_iface_unref(list[i]);
    free(list);
}

int main(int argc, char **argv)
{
    eb_error none = EB_ERROR_INIT;

    static const struct CMUnitTest tests[] = {
        HOSTDEV_TEST(computer_is_the_root_of_all_devices),
        HOSTDEV_TEST(usb_devices_have_the_names_that_libvirt_gives_them),
        HOSTDEV_TEST(what_is_plugged_in_is_there_at_once_and_keeps_its_name),
        HOSTDEV_TEST(device_that_is_gone_is_no_device),
        HOSTDEV_TEST(host_without_usb_has_its_other_devices),
        HOSTDEV_TEST(who_listens_hears_what_is_plugged_in_and_out),
        HOSTDEV_TEST(listed_device_can_be_given_to_a_machine),
        HOSTDEV_TEST(each_interface_is_found_and_described),
        HOSTDEV_TEST(interface_says_its_address_and_its_link),
        HOSTDEV_TEST(interfaces_of_one_address_are_not_told_apart_by_it),
        HOSTDEV_TEST(interfaces_are_not_virtualboxs_to_change),
    };

    if (eb_loop_register_default(&none) < 0)
        return 1;
    return run_vbox_tests(argc, argv, "hostdev", tests, EB_ARRAY_SIZE(tests));
}

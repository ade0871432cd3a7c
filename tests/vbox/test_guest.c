/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a machine that runs tells: statistics, its screen, what its guest says; and its keyboard. */
#include "vboxtest.h"

#include <stdio.h>
#include <unistd.h>

#define NIC "<interface type='user'><mac address='08:00:27:10:d3:aa'/></interface>"

/* A running machine with a disk, hda, and an adapter. */
static eb_domain *start_machine(eb_conn *conn, const char *name)
{
    EB_AUTOFREE char *xml = xml_of(name, "", NIC);
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(conn, xml, 0, &dom, fresh()));
    OK(eb_domain_start(dom, 0, fresh()));
    return dom;
}

static const eb_param *find_param(const eb_param *params, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(params[i].field, name) == 0)
            return &params[i];
    }
    return NULL;
}

static void statistics_of_a_running_machine_are_told_together(void **state)
{
    static const char *const names[] = {"state.state",     "state.reason",    "cpu.time",
                                        "balloon.current", "balloon.maximum", "vcpu.current",
                                        "net.count",       "net.0.name",      "block.count"};
    eb_domain *dom = start_machine(*state, "counted");
    eb_domain_stats *stats = NULL;

    assert_int_equal(OK(eb_conn_get_all_stats(*state, &dom, 1, 0, 0, &stats, fresh())), 1);
    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        if (!find_param(stats[0].params, stats[0].n_params, names[i]))
            fail_msg("no %s", names[i]);
    }
    assert_string_equal(find_param(stats[0].params, stats[0].n_params, "net.0.name")->value.s,
                        "08:00:27:10:d3:aa");
    eb_domain_stats_free(stats, 1);
    remove_domain(dom);
}

static void statistics_of_a_machine_that_is_off_tell_its_state_and_size(void **state)
{
    eb_domain *dom = define(*state, "off");
    eb_domain_stats *stats = NULL;

    assert_int_equal(OK(eb_conn_get_all_stats(*state, &dom, 1, 0, 0, &stats, fresh())), 1);
    assert_int_equal(find_param(stats[0].params, stats[0].n_params, "state.state")->value.i,
                     EB_DOMAIN_SHUTOFF);
    assert_non_null(find_param(stats[0].params, stats[0].n_params, "balloon.maximum"));
    assert_null(find_param(stats[0].params, stats[0].n_params, "cpu.time"));
    eb_domain_stats_free(stats, 1);
    remove_domain(dom);
}

static void what_the_driver_does_not_count_is_refused_when_it_is_enforced(void **state)
{
    eb_domain_stats *stats = NULL;

    assert_int_equal(
        eb_conn_get_all_stats(*state, NULL, 0, EB_STATS_PERF, EB_ALL_STATS_ENFORCE, &stats, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
}

static void adapter_is_known_by_its_address(void **state)
{
    eb_domain *dom = start_machine(*state, "adapter");
    eb_interface_stats stats;

    OK(eb_domain_get_interface_stats(dom, "08:00:27:10:D3:AA", &stats, fresh()));
    assert_true(stats.rx_bytes >= 0 && stats.tx_bytes >= 0);
    assert_int_equal(stats.rx_packets, -1);
    assert_int_equal(eb_domain_get_interface_stats(dom, "vnet7", &stats, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
    remove_domain(dom);
}

static void memory_and_processor_time_are_those_of_the_process(void **state)
{
    eb_domain *dom = start_machine(*state, "sized");
    EB_AUTOFREE eb_memory_stat *stats = NULL;
    eb_param *params = NULL;
    unsigned per_cpu;

    assert_true(OK(eb_domain_get_memory_stats(dom, 0, &stats, fresh())) >= 1);
    assert_int_equal(stats[0].tag, EB_MEMORY_ACTUAL_BALLOON);
    assert_true(stats[0].value > 0);
    if (eb_domain_get_cpu_stats(dom, -1, 1, 0, &params, &per_cpu, fresh()) == 1)
        assert_int_equal(per_cpu, 3);
    eb_params_free(params, params ? per_cpu : 0);
    assert_int_equal(eb_domain_get_cpu_stats(dom, 0, 1, 0, &params, &per_cpu, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_UNSUPPORTED);
    remove_domain(dom);
}

static void what_only_a_running_machine_has_is_refused_of_one_that_is_off(void **state)
{
    eb_domain *dom = define(*state, "idle");
    const unsigned keys[] = {30};
    eb_interface_stats nic;
    eb_block_stats disk;
    eb_stream *stream = NULL;
    char *mime = NULL;

    assert_int_equal(eb_domain_get_block_stats(dom, "", &disk, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    assert_int_equal(eb_domain_get_interface_stats(dom, "x", &nic, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    assert_int_equal(eb_domain_send_key(dom, EB_CODESET_LINUX, 0, keys, 1, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    assert_int_equal(eb_domain_screenshot(dom, 0, 0, &mime, &stream, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    assert_int_equal(eb_domain_open_console(dom, NULL, 0, &stream, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    remove_domain(dom);
}

static bool takes_pictures(void)
{
    return vb_has(vb, VB_IDisplay_takeScreenShotToArray) || vb_has(vb, VB_IDisplay_takeScreenShotSlow);
}

static void picture_of_the_screen_is_a_png(void **state)
{
    eb_domain *dom = start_machine(*state, "seen");
    unsigned char head[24];
    eb_stream *stream = NULL;
    char *mime = NULL;
    int result = eb_domain_screenshot(dom, 0, 0, &mime, &stream, fresh());

    /* there is no picture before the guest's firmware makes one */
    for (unsigned tries = 0; result < 0 && test_error.code == EB_ERR_OPERATION_INVALID && tries < 600;
         tries++) {
        usleep(50000);
        result = eb_domain_screenshot(dom, 0, 0, &mime, &stream, fresh());
    }
    if (!takes_pictures()) {
        assert_int_equal(result, -1);
        assert_int_equal(test_error.code, EB_ERR_OPERATION_UNSUPPORTED);
        remove_domain(dom);
        return;
    }
    OK(result);
    assert_string_equal(mime, "image/png");
    assert_int_equal(OK(eb_stream_read(stream, head, sizeof(head), fresh())), sizeof(head));
    assert_memory_equal(head, "\x89PNG\r\n\x1a\n", 8);
    assert_true(head[18] || head[19]); /* a width */
    OK(eb_stream_finish(stream, fresh()));
    eb_stream_unref(stream);
    free(mime);
    assert_int_equal(eb_domain_screenshot(dom, 9, 0, &mime, &stream, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
    remove_domain(dom);
}

static void keys_are_pressed_by_several_codes(void **state)
{
    eb_domain *dom = start_machine(*state, "typed");
    const unsigned control_alt_delete[] = {29, 56, 111}, xt[] = {0xe053}, qnum[] = {0xd3}, none[] = {240};

    OK(eb_domain_send_key(dom, EB_CODESET_LINUX, 0, control_alt_delete, 3, 0, fresh()));
    OK(eb_domain_send_key(dom, EB_CODESET_XT, 10, xt, 1, 0, fresh()));
    OK(eb_domain_send_key(dom, EB_CODESET_QNUM, 0, qnum, 1, 0, fresh()));
    assert_int_equal(eb_domain_send_key(dom, EB_CODESET_LINUX, 0, none, 1, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
    assert_int_equal(eb_domain_send_key(dom, EB_CODESET_WIN32, 0, xt, 1, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
    remove_domain(dom);
}

/* As the guest additions do. */
static void tell(eb_domain *dom, const char *name, const char *value)
{
    VB_AUTO(IMachine) machine = back_machine(dom);
    EB_AUTOFREE char *property = eb_asprintf("/VirtualBox/GuestInfo/%s", name);

    OK(IMachine_setGuestPropertyValue(vb, machine, property, value, fresh()));
}

static void addresses_are_those_that_the_guest_tells(void **state)
{
    eb_domain *dom = start_machine(*state, "addressed");
    eb_guest_interface *list = NULL;
    int n;

    assert_int_equal(OK(eb_domain_get_interface_addresses(dom, EB_ADDRESSES_AGENT, 0, &list, fresh())), 0);
    eb_guest_interfaces_free(list, 0);
    tell(dom, "Net/Count", "1");
    tell(dom, "Net/0/Name", "eth0");
    tell(dom, "Net/0/MAC", "08002710D3AA");
    tell(dom, "Net/0/V4/IP", "10.0.2.15");
    tell(dom, "Net/0/V4/Netmask", "255.255.255.0");
    n = OK(eb_domain_get_interface_addresses(dom, EB_ADDRESSES_LEASE, 0, &list, fresh()));
    assert_int_equal(n, 1);
    assert_string_equal(list[0].name, "eth0");
    assert_string_equal(list[0].mac, "08:00:27:10:d3:aa");
    assert_int_equal(list[0].n_addresses, 1);
    assert_string_equal(list[0].addresses[0].address, "10.0.2.15");
    assert_int_equal(list[0].addresses[0].prefix, 24);
    eb_guest_interfaces_free(list, (size_t)n);
    assert_int_equal(eb_domain_get_interface_addresses(dom, EB_ADDRESSES_ARP, 0, &list, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
    remove_domain(dom);
}

static void guest_tells_its_system_and_its_users(void **state)
{
    eb_domain *dom = start_machine(*state, "told");
    eb_param *params = NULL;
    size_t n;

    tell(dom, "OS/Product", "Linux");
    tell(dom, "OS/LoggedInUsersList", "root,alice");
    n = (size_t)OK(eb_domain_get_guest_info(dom, 0, 0, &params, fresh()));
    assert_string_equal(find_param(params, n, "os.name")->value.s, "Linux");
    assert_int_equal(find_param(params, n, "user.count")->value.ui, 2);
    assert_string_equal(find_param(params, n, "user.1.name")->value.s, "alice");
    eb_params_free(params, n);
    assert_int_equal(eb_domain_get_guest_info(dom, EB_GUEST_INFO_DISKS, 0, &params, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
    remove_domain(dom);
}

static void console_without_a_serial_port_is_refused(void **state)
{
    eb_domain *dom = start_machine(*state, "mute");
    eb_stream *stream = NULL;

    assert_int_equal(eb_domain_open_console(dom, NULL, 0, &stream, fresh()), -1);
    assert_non_null(strstr(eb_error_message(&test_error), "cannot find character device"));
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VBOX_TEST(statistics_of_a_running_machine_are_told_together),
        VBOX_TEST(statistics_of_a_machine_that_is_off_tell_its_state_and_size),
        VBOX_TEST(what_the_driver_does_not_count_is_refused_when_it_is_enforced),
        VBOX_TEST(adapter_is_known_by_its_address),
        VBOX_TEST(memory_and_processor_time_are_those_of_the_process),
        VBOX_TEST(what_only_a_running_machine_has_is_refused_of_one_that_is_off),
        VBOX_TEST(picture_of_the_screen_is_a_png),
        VBOX_TEST(keys_are_pressed_by_several_codes),
        VBOX_TEST(addresses_are_those_that_the_guest_tells),
        VBOX_TEST(guest_tells_its_system_and_its_users),
        VBOX_TEST(console_without_a_serial_port_is_refused),
    };

    return run_vbox_tests(argc, argv, "guest", tests, EB_ARRAY_SIZE(tests));
}

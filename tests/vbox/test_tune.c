/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the host a machine may use: told and set as libvirt's parameters, in libvirt's units. */
#include "deftest.h"

#include <stdio.h>

#define DEVICES                                                                                              \
    "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='sata'/></disk>"        \
    "<disk type='file' device='disk'><source file='@/two.vdi'/><target dev='sdb' bus='sata'/></disk>"        \
    "<interface type='user'>" MAC "</interface>"
#define NIC "08:00:27:00:00:01"

static bool has_cap(void)
{
    return vb_has(vb, VB_IMachine_set_CPUExecutionCap);
}
static bool limits_disks(void)
{
    return vb_has(vb, VB_IMachine_setBandwidthGroupForDevice);
}
static bool limits_adapters(void)
{
    return vb_has(vb, VB_INetworkAdapter_set_bandwidthGroup);
}
static bool has_sata(void)
{
    return vb_has(vb, VB_IStorageController_get_name);
}

static eb_domain *subject(eb_conn *conn)
{
    EB_AUTOFREE char *inside =
        with_media(has_sata() ? DEVICES : "<interface type='user'>" MAC "</interface>");
    EB_AUTOFREE char *xml = xml_of("tuned", NULL, inside);
    eb_domain *dom = NULL;

    define_xml(conn, "tuned", xml, &dom);
    return dom;
}

static eb_param number(const char *field, eb_param_type type, int64_t value)
{
    eb_param param = {.type = type};

    snprintf(param.field, sizeof(param.field), "%s", field);
    if (type == EB_PARAM_UINT)
        param.value.ui = (unsigned)value;
    else
        param.value.l = value;
    return param;
}

static int set_one(eb_domain *dom, eb_tuning_kind kind, const char *device, const eb_param *param,
                   unsigned flags)
{
    return eb_domain_set_tuning(dom, kind, device, param, 1, flags, fresh());
}

static int64_t told(eb_domain *dom, eb_tuning_kind kind, const char *device, const char *field)
{
    eb_param *params;
    int n = eb_domain_get_tuning(dom, kind, device, 0, &params, fresh());
    int64_t value = -2;

    OK(n);
    for (int i = 0; i < n; i++) {
        if (eb_streq(params[i].field, field))
            value = params[i].type == EB_PARAM_UINT ? (int64_t)params[i].value.ui : params[i].value.l;
    }
    eb_params_free(params, (size_t)n);
    return value;
}

/* Either it is there, or the kind is refused by the name of libvirt's call. */
static bool is_there(eb_domain *dom, eb_tuning_kind kind, const char *device, bool there, const char *call)
{
    eb_param *params;
    int n = eb_domain_get_tuning(dom, kind, device, 0, &params, fresh());

    if (there) {
        OK(n);
        eb_params_free(params, (size_t)n);
        return true;
    }
    assert_int_equal(n, -1);
    assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
    assert_non_null(strstr(test_error.message, call));
    return false;
}

static uint32_t real_cap(eb_domain *dom)
{
    VB_AUTO(IMachine) machine = back_machine(dom);
    uint32_t cap = 0;

    OK(IMachine_get_CPUExecutionCap(vb, machine, &cap, fresh()));
    return cap;
}

static void quota_is_the_execution_cap(void **state)
{
    eb_domain *dom = subject(*state);
    const eb_param half = number("vcpu_quota", EB_PARAM_LLONG, 50000);
    const eb_param third = number("vcpu_quota", EB_PARAM_LLONG, 33333);
    const eb_param all = number("vcpu_quota", EB_PARAM_LLONG, -1);
    const eb_param wrong = number("vcpu_quota", EB_PARAM_LLONG, 10);
    const eb_param unknown = number("cpu_shares", EB_PARAM_ULLONG, 10);
    char *type = NULL;

    if (is_there(dom, EB_TUNING_SCHEDULER, NULL, has_cap(), "virDomainGetSchedulerParameters")) {
        OK(eb_domain_get_scheduler_type(dom, &type, fresh()));
        assert_string_equal(type, "posix");
        eb_free(type);
        assert_int_equal(told(dom, EB_TUNING_SCHEDULER, NULL, "vcpu_quota"), -1);
        OK(set_one(dom, EB_TUNING_SCHEDULER, NULL, &half, 0));
        assert_int_equal(real_cap(dom), 50);
        assert_int_equal(told(dom, EB_TUNING_SCHEDULER, NULL, "vcpu_quota"), 50000);
        assert_int_equal(told(dom, EB_TUNING_SCHEDULER, NULL, "vcpu_period"), 100000);
        OK(set_one(dom, EB_TUNING_SCHEDULER, NULL, &third, EB_AFFECT_CONFIG));
        assert_int_equal(real_cap(dom), 34);
        OK(eb_domain_start(dom, 0, fresh()));
        OK(set_one(dom, EB_TUNING_SCHEDULER, NULL, &half, EB_AFFECT_LIVE));
        assert_int_equal(real_cap(dom), 50);
        OK(eb_domain_destroy(dom, 0, fresh()));
        OK(set_one(dom, EB_TUNING_SCHEDULER, NULL, &all, 0));
        assert_int_equal(real_cap(dom), 100);
        assert_int_equal(set_one(dom, EB_TUNING_SCHEDULER, NULL, &wrong, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
        assert_int_equal(set_one(dom, EB_TUNING_SCHEDULER, NULL, &unknown, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
        assert_int_equal(set_one(dom, EB_TUNING_SCHEDULER, NULL, &half, EB_AFFECT_LIVE), -1);
        assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
        assert_int_equal(real_cap(dom), 100);
    }
    remove_domain(dom);
}

#define MIB 1048576

static void bytes_of_a_disk_are_its_bandwidth_group(void **state)
{
    eb_domain *dom = subject(*state);
    const eb_param limit = number("total_bytes_sec", EB_PARAM_ULLONG, 10 * MIB);
    const eb_param more = number("total_bytes_sec", EB_PARAM_ULLONG, 20 * MIB);
    const eb_param none = number("total_bytes_sec", EB_PARAM_ULLONG, 0);
    const eb_param iops = number("total_iops_sec", EB_PARAM_ULLONG, 100);
    eb_param group = {.field = "group_name", .type = EB_PARAM_STRING, .value.s = (char *)(uintptr_t) "both"};
    eb_tuning_kind kind = EB_TUNING_BLOCK_IO;

    if (is_there(dom, kind, "sda", limits_disks(), "virDomainGetBlockIoTune")) {
        assert_int_equal(told(dom, kind, "sda", "total_bytes_sec"), 0);
        OK(set_one(dom, kind, "sda", &limit, 0));
        assert_int_equal(told(dom, kind, "sda", "total_bytes_sec"), 10 * MIB);
        assert_int_equal(told(dom, kind, "sdb", "total_bytes_sec"), 0);
        /* the drives of a group share its limit */
        OK(set_one(dom, kind, "sda", &group, 0));
        OK(set_one(dom, kind, "sdb", &group, 0));
        assert_int_equal(told(dom, kind, "sdb", "total_bytes_sec"), 10 * MIB);
        OK(set_one(dom, kind, "sdb", &more, 0));
        assert_int_equal(told(dom, kind, "sda", "total_bytes_sec"), 20 * MIB);
        OK(eb_domain_start(dom, 0, fresh()));
        OK(set_one(dom, kind, "sda", &limit, EB_AFFECT_LIVE));
        assert_int_equal(told(dom, kind, "sdb", "total_bytes_sec"), 10 * MIB);
        OK(eb_domain_destroy(dom, 0, fresh()));
        OK(set_one(dom, kind, "sda", &none, 0));
        assert_int_equal(told(dom, kind, "sda", "total_bytes_sec"), 0);
        assert_int_equal(told(dom, kind, "sdb", "total_bytes_sec"), 10 * MIB);
        assert_int_equal(set_one(dom, kind, "sda", &iops, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
        assert_int_equal(set_one(dom, kind, "vdz", &limit, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
    }
    remove_domain(dom);
}

static void what_an_adapter_sends_is_limited_by_kibibytes(void **state)
{
    eb_domain *dom = subject(*state);
    const eb_param limit = number("outbound.average", EB_PARAM_UINT, 2048);
    const eb_param none = number("outbound.average", EB_PARAM_UINT, 0);
    const eb_param inbound = number("inbound.average", EB_PARAM_UINT, 10);
    const eb_param no_peak = number("outbound.peak", EB_PARAM_UINT, 0);
    eb_tuning_kind kind = EB_TUNING_INTERFACE;

    if (is_there(dom, kind, NIC, limits_adapters(), "virDomainGetInterfaceParameters")) {
        OK(set_one(dom, kind, NIC, &limit, 0));
        assert_int_equal(told(dom, kind, NIC, "outbound.average"), 2048);
        OK(set_one(dom, kind, NIC, &no_peak, 0));
        assert_int_equal(told(dom, kind, NIC, "outbound.average"), 2048);
        assert_int_equal(set_one(dom, kind, NIC, &inbound, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_ARGUMENT_UNSUPPORTED);
        assert_non_null(strstr(test_error.message, "inbound.average"));
        OK(set_one(dom, kind, NIC, &none, 0));
        assert_int_equal(told(dom, kind, NIC, "outbound.average"), 0);
        assert_int_equal(set_one(dom, kind, "08:00:27:00:00:99", &limit, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
    }
    remove_domain(dom);
}

static void processors_run_on_each_of_the_hosts(void **state)
{
    eb_domain *dom = subject(*state);
    EB_AUTOFREE unsigned char *maps = NULL;
    unsigned length = 0, cpus;
    eb_node_info node;
    int n = eb_domain_get_vcpu_pins(dom, 0, &maps, &length, fresh());

    OK(eb_node_get_info(*state, &node, fresh()));
    cpus = node.nodes * node.sockets * node.cores * node.threads;
    assert_true(n >= 1);
    assert_int_equal(length, (cpus + 7) / 8);
    for (unsigned bit = 0; bit < (unsigned)n * length * 8; bit++)
        assert_int_equal(maps[bit / 8] >> bit % 8 & 1, bit % (length * 8) < cpus);
    remove_domain(dom);
}

static void what_virtualbox_has_no_setting_for_is_refused_by_name(void **state)
{
    static const struct {
        eb_tuning_kind kind;
        const char *get, *set;
    } kinds[] = {
        {EB_TUNING_MEMORY, "virDomainGetMemoryParameters", "virDomainSetMemoryParameters"},
        {EB_TUNING_BLKIO, "virDomainGetBlkioParameters", "virDomainSetBlkioParameters"},
        {EB_TUNING_NUMA, "virDomainGetNumaParameters", "virDomainSetNumaParameters"},
        {EB_TUNING_PERF, "virDomainGetPerfEvents", "virDomainSetPerfEvents"},
        {EB_TUNING_LAUNCH_SECURITY, "virDomainGetLaunchSecurityInfo", "virDomainSetLaunchSecurityState"},
    };
    const eb_param any = number("weight", EB_PARAM_UINT, 1);
    const unsigned char first = 1;
    eb_domain *dom = subject(*state);

    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        is_there(dom, kinds[i].kind, NULL, false, kinds[i].get);
        assert_int_equal(set_one(dom, kinds[i].kind, NULL, &any, 0), -1);
        assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
        assert_non_null(strstr(test_error.message, kinds[i].set));
    }
    assert_int_equal(eb_domain_pin_vcpu(dom, 0, &first, 1, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
    assert_int_equal(eb_domain_add_iothread(dom, 1, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_SUPPORT);
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(quota_is_the_execution_cap),
        VBOX_TEST(bytes_of_a_disk_are_its_bandwidth_group),
        VBOX_TEST(what_an_adapter_sends_is_limited_by_kibibytes),
        VBOX_TEST(processors_run_on_each_of_the_hosts),
        VBOX_TEST(what_virtualbox_has_no_setting_for_is_refused_by_name),
    };

    return run_definition_tests(argc, argv, "tune", tests, EB_ARRAY_SIZE(tests));
}

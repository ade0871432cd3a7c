/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is the test driver's own: the words of libvirt's driver of that name, its default world, its files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "everbox/everbox.h"

static eb_conn *open_uri(const char *uri)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL;

    if (eb_connect_open(uri, 0, &conn, &err) < 0)
        fail_msg("%s: %s", uri, eb_error_message(&err));
    return conn;
}

static eb_domain *lookup(eb_conn *conn, const char *name)
{
    eb_domain *dom = NULL;

    assert_int_equal(eb_domain_lookup_by_name(conn, name, &dom, NULL), 0);
    return dom;
}

static void assert_state(eb_domain *dom, eb_domain_state state, int reason)
{
    eb_domain_state is;
    int why;

    assert_int_equal(eb_domain_get_state(dom, &is, &why, NULL), 0);
    assert_int_equal(is, state);
    assert_int_equal(why, reason);
}

/* ---- The default world ---- */

static void default_world_has_one_running_domain(void **state)
{
    eb_conn *conn = open_uri("test:///default");
    eb_domain **domains = NULL;
    eb_domain_info info;
    char uuid[37];

    (void)state;
    assert_string_equal(eb_conn_get_type(conn), "TEST");
    assert_int_equal(eb_conn_list_domains(conn, 0, &domains, NULL), 1);
    assert_string_equal(eb_domain_get_name(domains[0]), "test");
    eb_domain_get_uuid_string(domains[0], uuid);
    assert_string_equal(uuid, "6695eb01-f6a4-8304-79aa-97f2502e193f");
    assert_int_equal(eb_domain_get_id(domains[0]), 1);
    assert_int_equal(eb_domain_is_persistent(domains[0], NULL), 1);
    assert_state(domains[0], EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_int_equal(eb_domain_get_info(domains[0], &info, NULL), 0);
    assert_int_equal(info.max_memory, 8388608);
    assert_int_equal(info.memory, 2097152);
    assert_int_equal(info.vcpus, 2);
    eb_domain_unref(domains[0]);
    eb_free(domains);
    eb_conn_unref(conn);
}

static void domain_of_the_default_world_reads_as_libvirts(void **state)
{
    static const char wanted[] =
        "<domain type='test' id='1'>\n"
        "  <name>test</name>\n"
        "  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n"
        "  <memory unit='KiB'>8388608</memory>\n"
        "  <currentMemory unit='KiB'>2097152</currentMemory>\n"
        "  <vcpu placement='static'>2</vcpu>\n"
        "  <os>\n"
        "    <type arch='i686'>hvm</type>\n"
        "    <boot dev='hd'/>\n"
        "  </os>\n"
        "  <clock offset='utc'/>\n"
        "  <on_poweroff>destroy</on_poweroff>\n"
        "  <on_reboot>restart</on_reboot>\n"
        "  <on_crash>destroy</on_crash>\n"
        "  <devices>\n"
        "    <disk type='file' device='disk'>\n"
        "      <source file='/guest/diskimage1'/>\n"
        "      <target dev='vda' bus='virtio'/>\n"
        "      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
        "    </disk>\n"
        "    <interface type='network'>\n"
        "      <mac address='aa:bb:cc:dd:ee:ff'/>\n"
        "      <source network='default'/>\n"
        "      <target dev='testnet0'/>\n"
        "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>\n"
        "    </interface>\n"
        "    <memballoon model='virtio'>\n"
        "      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>\n"
        "    </memballoon>\n"
        "  </devices>\n"
        "</domain>\n";
    eb_conn *conn = open_uri("test:///default");
    eb_domain *dom = lookup(conn, "test");
    char *xml = NULL;

    (void)state;
    assert_int_equal(eb_domain_get_xml(dom, 0, &xml, NULL), 0);
    assert_string_equal(xml, wanted);
    eb_free(xml);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void default_world_is_shared_and_made_anew(void **state)
{
    eb_conn *a = open_uri("test:///default");
    eb_conn *b = open_uri("test:///default");
    eb_domain *seen = lookup(a, "test");

    (void)state;
    assert_int_equal(eb_domain_destroy(seen, 0, NULL), 0);
    eb_domain_unref(seen);
    eb_conn_unref(a);
    seen = lookup(b, "test");
    assert_state(seen, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_DESTROYED);
    eb_domain_unref(seen);
    eb_conn_unref(b);
    a = open_uri("test:///default");
    seen = lookup(a, "test");
    assert_state(seen, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_int_equal(eb_domain_get_id(seen), 1);
    eb_domain_unref(seen);
    eb_conn_unref(a);
}

static void node_of_the_default_world_is_libvirts(void **state)
{
    eb_conn *conn = open_uri("test:///default");
    uint64_t bytes = 0, cells[4] = {0};
    eb_security_model model;
    unsigned long version = 0;
    eb_node_info info;

    (void)state;
    assert_int_equal(eb_node_get_info(conn, &info, NULL), 0);
    assert_string_equal(info.model, "i686");
    assert_int_equal(info.memory, 3145728);
    assert_int_equal(info.cpus, 16);
    assert_int_equal(info.mhz, 1400);
    assert_int_equal(eb_node_get_free_memory(conn, &bytes, NULL), 0);
    assert_int_equal(bytes, 3145728);
    assert_int_equal(eb_node_get_cells_free_memory(conn, cells, 0, 4, NULL), 2);
    assert_int_equal(cells[0], 2097152);
    assert_int_equal(cells[1], 4194304);
    assert_int_equal(eb_conn_get_max_vcpus(conn, NULL, NULL), 32);
    assert_int_equal(eb_conn_get_version(conn, &version, NULL), 0);
    assert_int_equal(version, 2);
    assert_int_equal(eb_node_get_security_model(conn, &model, NULL), 0);
    assert_string_equal(model.model, "testSecurity");
    eb_conn_unref(conn);
}

/* ---- Words ---- */

enum situation { OFF, RUNNING, PAUSED, SAVED, TRANSIENT };

static eb_domain *make(eb_conn *conn, enum situation situation)
{
    static const char xml[] = "<domain type='test'><name>m</name><memory>65536</memory>"
                              "<vcpu current='2'>4</vcpu><os><type>hvm</type></os></domain>";
    eb_domain *dom = NULL;

    if (situation == TRANSIENT) {
        assert_int_equal(eb_domain_create_xml(conn, xml, 0, &dom, NULL), 0);
        return dom;
    }
    assert_int_equal(eb_domain_define_xml(conn, xml, 0, &dom, NULL), 0);
    if (situation != OFF)
        assert_int_equal(eb_domain_start(dom, 0, NULL), 0);
    if (situation == PAUSED)
        assert_int_equal(eb_domain_suspend(dom, NULL), 0);
    if (situation == SAVED)
        assert_int_equal(eb_domain_managed_save(dom, 0, NULL), 0);
    return dom;
}

#define CALL(name, call)                                                                                     \
    static int name(eb_domain *dom, eb_error *err)                                                           \
    {                                                                                                        \
        return call;                                                                                         \
    }
CALL(undefine, eb_domain_undefine(dom, 0, err))
CALL(undefine_nvram, eb_domain_undefine(dom, EB_UNDEFINE_NVRAM, err))
CALL(rename_empty, eb_domain_rename(dom, "", 0, err))
CALL(start, eb_domain_start(dom, 0, err))
CALL(suspend, eb_domain_suspend(dom, err))
CALL(resume, eb_domain_resume(dom, err))
CALL(shut_down, eb_domain_shutdown(dom, 0, err))
CALL(reboot, eb_domain_reboot(dom, 0, err))
CALL(reset, eb_domain_reset(dom, 0, err))
CALL(destroy, eb_domain_destroy(dom, 0, err))
CALL(managed_save, eb_domain_managed_save(dom, 0, err))
CALL(save_nowhere, eb_domain_save(dom, "/nonexistent/s.sav", NULL, 0, err))
CALL(rename_it, eb_domain_rename(dom, "m2", 0, err))
CALL(rename_same, eb_domain_rename(dom, "m", 0, err))
CALL(rename_taken, eb_domain_rename(dom, "test", 0, err))
CALL(rename_slash, eb_domain_rename(dom, "a/b", 0, err))
CALL(memory_live, eb_domain_set_memory(dom, 1024, EB_AFFECT_LIVE, err))
CALL(memory_both, eb_domain_set_memory(dom, 1024, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, err))
CALL(memory_much, eb_domain_set_memory(dom, 999999, 0, err))
CALL(memory_max, eb_domain_set_memory(dom, 999999, EB_MEM_MAXIMUM, err))
CALL(memory_config, eb_domain_set_memory(dom, 1024, EB_AFFECT_CONFIG, err))
CALL(vcpus_5, eb_domain_set_vcpus(dom, 5, 0, err))
CALL(vcpus_33, eb_domain_set_vcpus(dom, 33, 0, err))
CALL(vcpus_max, eb_domain_set_vcpus(dom, 2, EB_VCPU_MAXIMUM, err))
static int vcpu_info(eb_domain *dom, eb_error *err)
{
    eb_vcpu_info *info = NULL;

    return eb_domain_get_vcpu_info(dom, &info, err);
}

static void errors_are_worded_as_libvirts(void **state)
{
    static const struct {
        enum situation situation;
        int (*call)(eb_domain *dom, eb_error *err);
        int code, domain;
        const char *message;
    } cases[] = {
        {OFF, suspend, 1, 12, "internal error: domain 'm' not running"},
        {OFF, resume, 1, 12, "internal error: domain 'm' not paused"},
        {OFF, shut_down, 1, 12, "internal error: domain 'm' not running"},
        {OFF, reboot, 55, 20, "Requested operation is not valid: domain is not running"},
        {OFF, reset, 55, 20, "Requested operation is not valid: domain is not running"},
        {OFF, destroy, 55, 20, "Requested operation is not valid: domain is not running"},
        {OFF, managed_save, 55, 20, "Requested operation is not valid: domain is not running"},
        {OFF, save_nowhere, 55, 20, "Requested operation is not valid: domain is not running"},
        {OFF, rename_same, 55, 20, "Requested operation is not valid: Can't rename domain to itself"},
        {OFF, rename_taken, 55, 20,
         "Requested operation is not valid: domain with name 'test' already exists"},
        {OFF, rename_slash, 27, 12, "XML error: name a/b cannot contain '/'"},
        {OFF, memory_live, 55, 20, "Requested operation is not valid: domain is not running"},
        {OFF, memory_both, 8, 20,
         "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive"},
        {OFF, vcpus_max, 8, 20,
         "Flag 'VIR_DOMAIN_AFFECT_CONFIG' is required by flag 'VIR_DOMAIN_VCPU_MAXIMUM'"},
        {OFF, undefine_nvram, 8, 12, "unsupported flags (0x4) in function testDomainUndefineFlags"},
        {OFF, rename_empty, 8, 20, "string new_name in virDomainRename must not be empty"},
        {OFF, memory_much, 8, 12, "invalid argument: cannot set memory higher than max memory"},
        {OFF, vcpus_5, 8, 12, "invalid argument: requested cpu amount exceeds maximum (5 > 4)"},
        {OFF, vcpus_33, 8, 12,
         "invalid argument: requested cpu amount exceeds maximum supported amount (33 > 32)"},
        {OFF, vcpu_info, 55, 12,
         "Requested operation is not valid: cannot list vcpus for an inactive domain"},
        {RUNNING, start, 1, 12, "internal error: Domain 'm' is already running"},
        {RUNNING, resume, 1, 12, "internal error: domain 'm' not paused"},
        {RUNNING, save_nowhere, 38, 12,
         "saving domain 'm' to '/nonexistent/s.sav': open failed: No such file or directory"},
        {RUNNING, rename_it, 55, 12, "Requested operation is not valid: cannot rename active domain"},
        {RUNNING, memory_max, 55, 12,
         "Requested operation is not valid: cannot resize the maximum memory on an active domain"},
        {PAUSED, suspend, 1, 12, "internal error: domain 'm' not running"},
        {PAUSED, start, 1, 12, "internal error: Domain 'm' is already running"},
        {SAVED, undefine, 55, 12,
         "Requested operation is not valid: Refusing to undefine while domain managed save image exists"},
        {SAVED, resume, 1, 12, "internal error: domain 'm' not paused"},
        {TRANSIENT, managed_save, 55, 12,
         "Requested operation is not valid: cannot do managed save for transient domain"},
        {TRANSIENT, memory_config, 55, 20,
         "Requested operation is not valid: transient domains do not have any persistent config"},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        eb_conn *conn = open_uri("test:///default");
        eb_domain *dom = make(conn, cases[i].situation);

        assert_int_equal(cases[i].call(dom, &err), -1);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(err.domain, cases[i].domain);
        eb_domain_unref(dom);
        eb_conn_unref(conn);
    }
}

static void every_vcpu_runs_on_the_last_cpu_that_it_may(void **state)
{
    static const char xml[] = "<domain type='test'><name>m</name><memory>65536</memory>"
                              "<vcpu cpuset='1-2'>3</vcpu><os><type>hvm</type></os></domain>";
    eb_conn *conn = open_uri("test:///default");
    eb_domain *dom = NULL;
    eb_vcpu_info *info = NULL;

    (void)state;
    assert_int_equal(eb_domain_create_xml(conn, xml, 0, &dom, NULL), 0);
    assert_int_equal(eb_domain_get_vcpu_info(dom, &info, NULL), 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(info[i].number, i);
        assert_int_equal(info[i].state, 1);
        assert_int_equal(info[i].cpu, 2);
    }
    eb_free(info);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

/* ---- Worlds from a file ---- */

struct file {
    char path[64], uri[80];
};

static int make_file(void **state)
{
    struct file *f = calloc(1, sizeof(*f));
    int fd;

    strcpy(f->path, "/tmp/everbox-node-XXXXXX");
    fd = mkstemp(f->path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(f->uri, sizeof(f->uri), "test://%s", f->path);
    *state = f;
    return 0;
}

static int drop_file(void **state)
{
    struct file *f = *state;

    unlink(f->path);
    free(f);
    return 0;
}

static void write_node(struct file *f, const char *text)
{
    assert_int_equal(eb_write_file(f->path, text, strlen(text), 0600), 0);
}

#define NODE_DOMAIN(name, extra)                                                                             \
    "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>" name                \
    "</name><memory>65536</memory><os><type>hvm</type></os>" extra "</domain>"

static void file_gives_the_node_and_the_domains(void **state)
{
    struct file *f = *state;
    eb_node_info info;
    eb_conn *conn;
    eb_domain *dom;
    char *xml = NULL;

    write_node(
        f,
        "<node><cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes>"
        "<sockets>4</sockets><cores>4</cores><threads>2</threads></cpu><memory>8192000</memory>" NODE_DOMAIN(
            "run", "") NODE_DOMAIN("pause", "<test:runstate>3</test:runstate>")
            NODE_DOMAIN("off", "<test:runstate>5</test:runstate><test:hasmanagedsave/>")
                NODE_DOMAIN("vanish", "<test:transient/>") "</node>");
    conn = open_uri(f->uri);
    assert_int_equal(eb_node_get_info(conn, &info, NULL), 0);
    assert_string_equal(info.model, "i986");
    assert_int_equal(info.memory, 8192000);
    assert_int_equal(info.cpus, 50);
    assert_int_equal(info.mhz, 6000);
    assert_int_equal(info.threads, 2);
    dom = lookup(conn, "run");
    assert_state(dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    assert_int_equal(eb_domain_get_id(dom), 1);
    assert_int_equal(eb_domain_get_xml(dom, 0, &xml, NULL), 0);
    assert_null(strstr(xml, "schemas/domain/test"));
    eb_free(xml);
    eb_domain_unref(dom);
    dom = lookup(conn, "pause");
    assert_state(dom, EB_DOMAIN_PAUSED, EB_PAUSED_UNKNOWN);
    eb_domain_unref(dom);
    dom = lookup(conn, "off");
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
    assert_int_equal(eb_domain_has_managed_save(dom, 0, NULL), 1);
    eb_domain_unref(dom);
    dom = lookup(conn, "vanish");
    assert_int_equal(eb_domain_is_persistent(dom, NULL), 0);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void each_connection_to_a_file_has_its_own_world(void **state)
{
    struct file *f = *state;
    eb_conn *a, *b;
    eb_domain *dom;

    write_node(f, "<node>" NODE_DOMAIN("m", "") "</node>");
    a = open_uri(f->uri);
    b = open_uri(f->uri);
    dom = lookup(a, "m");
    assert_int_equal(eb_domain_destroy(dom, 0, NULL), 0);
    eb_domain_unref(dom);
    dom = lookup(b, "m");
    assert_state(dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    eb_domain_unref(dom);
    eb_conn_unref(a);
    eb_conn_unref(b);
}

static void file_may_name_other_files(void **state)
{
    struct file *f = *state;
    static const char inner[] = NODE_DOMAIN("inner", "<test:runstate>5</test:runstate>");
    EB_AUTOFREE char *path = eb_asprintf("%s.dom", f->path);
    EB_AUTOFREE char *node = eb_asprintf("<node><domain file='%s'/></node>", strrchr(path, '/') + 1);
    eb_conn *conn;

    assert_int_equal(eb_write_file(path, inner, strlen(inner), 0600), 0);
    write_node(f, node);
    conn = open_uri(f->uri);
    eb_domain_unref(lookup(conn, "inner"));
    eb_conn_unref(conn);
    unlink(path);
}

static void wrong_file_is_refused_with_its_culprit(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"<nodes/>", "expecting root element of 'node', not 'nodes'"},
        {"<node>", "Premature end of data"},
        {"", "Document is empty"},
        {"<!DOCTYPE node [<!ENTITY a 'b'>]><node/>", "document type declaration"},
        {"<node><bogus/></node>", "<bogus> is not known"},
        {"<node><cpu><bogus/></cpu></node>", "<bogus> of a node's <cpu>"},
        {"<node><cpu><mhz>x</mhz></cpu></node>", "invalid node cpu mhz value"},
        {"<node><cpu><model>a-model-with-a-name-of-32-letters-</model></cpu></node>", "too big"},
        {"<node><memory>x</memory></node>", "invalid node memory value"},
        {"<node><domain file='no-such-file'/></node>", "no-such-file"},
        {"<node><domain/></node>", ":1: "},
        {"<node>" NODE_DOMAIN("a", "<test:runstate>8</test:runstate>") "</node>",
         "runstate '8' out of range"},
        {"<node>" NODE_DOMAIN("a", "<test:runstate>x</test:runstate>") "</node>", "invalid runstate"},
        {"<node>" NODE_DOMAIN("a", "<test:bogus/>") "</node>", "<test:bogus> is not known"},
        {"<node>" NODE_DOMAIN("a", "<test:transient/><test:runstate>5</test:runstate>") "</node>",
         "transient domain cannot have runstate 'shutoff'"},
        {"<node>" NODE_DOMAIN("a", "<test:hasmanagedsave/>") "</node>", "can only have runstate 'shutoff'"},
        {"<node>" NODE_DOMAIN("a", "") NODE_DOMAIN("a", "") "</node>", "domain 'a' already exists"},
    };
    struct file *f = *state;

    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        eb_conn *conn = NULL;

        write_node(f, cases[i].text);
        assert_int_equal(eb_connect_open(f->uri, 0, &conn, &err), -1);
        assert_null(conn);
        if (!strstr(err.message, cases[i].words))
            fail_msg("%s\n  gives %s", cases[i].text, err.message);
    }
}

static void uri_that_is_not_here_is_refused(void **state)
{
    static const struct {
        const char *uri, *words;
    } cases[] = {
        {"test:///", "supply a path or use test:///default"},
        {"test:///no/such/file.xml", "/no/such/file.xml"},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        eb_conn *conn = NULL;

        assert_int_equal(eb_connect_open(cases[i].uri, 0, &conn, &err), -1);
        assert_non_null(strstr(err.message, cases[i].words));
        assert_int_equal(err.domain, EB_FROM_TEST);
    }
}

/* ---- Devices ---- */

static const char *devices_of(eb_domain *dom, unsigned flags, char **xml)
{
    eb_free(*xml);
    *xml = NULL;
    assert_int_equal(eb_domain_get_xml(dom, flags, xml, NULL), 0);
    return *xml;
}

static void device_comes_changes_and_goes(void **state)
{
    static const char a[] =
        "<disk type='file' device='cdrom'><source file='/a'/><target dev='sdb' bus='sata'/></disk>";
    static const char b[] =
        "<disk type='file' device='cdrom'><source file='/b'/><target dev='sdb' bus='sata'/></disk>";
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_uri("test:///default");
    eb_domain *dom = make(conn, RUNNING);
    char *xml = NULL;

    (void)state;
    assert_int_equal(eb_domain_attach_device(dom, a, EB_AFFECT_LIVE, NULL), 0);
    assert_non_null(strstr(devices_of(dom, 0, &xml), "<source file='/a'/>"));
    assert_null(strstr(devices_of(dom, EB_XML_INACTIVE, &xml), "<disk"));
    assert_int_equal(eb_domain_attach_device(dom, a, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, &err), -1);
    assert_int_equal(err.code, EB_ERR_OPERATION_INVALID);
    assert_null(strstr(devices_of(dom, EB_XML_INACTIVE, &xml), "<disk"));
    assert_int_equal(eb_domain_attach_device(dom, a, EB_AFFECT_CONFIG, NULL), 0);
    assert_int_equal(eb_domain_update_device(dom, b, EB_AFFECT_LIVE, NULL), 0);
    assert_non_null(strstr(devices_of(dom, 0, &xml), "<source file='/b'/>"));
    assert_non_null(strstr(devices_of(dom, EB_XML_INACTIVE, &xml), "<source file='/a'/>"));
    assert_int_equal(eb_domain_detach_device(dom, a, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, NULL), 0);
    assert_null(strstr(devices_of(dom, 0, &xml), "<disk"));
    assert_null(strstr(devices_of(dom, EB_XML_INACTIVE, &xml), "<disk"));
    eb_error_clear(&err);
    assert_int_equal(eb_domain_detach_device(dom, a, EB_AFFECT_LIVE, &err), -1);
    assert_int_equal(err.code, EB_ERR_DEVICE_MISSING);
    assert_non_null(strstr(err.message, "disk 'sdb'"));
    eb_free(xml);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void device_in_the_middle_can_go(void **state)
{
    eb_conn *conn = open_uri("test:///default");
    eb_domain *dom = NULL;
    char *xml = NULL;

    (void)state;
    assert_int_equal(eb_domain_define_xml(conn,
                                          "<domain type='test'><name>m</name><memory>65536</memory><os><type>"
                                          "hvm</type></os><devices><sound model='ac97'/><sound model='ich6'/>"
                                          "<sound model='sb16'/></devices></domain>",
                                          0, &dom, NULL),
                     0);
    assert_int_equal(eb_domain_detach_device(dom, "<sound model='ich6'/>", 0, NULL), 0);
    devices_of(dom, 0, &xml);
    assert_non_null(strstr(xml, "ac97"));
    assert_null(strstr(xml, "ich6"));
    assert_non_null(strstr(xml, "sb16"));
    assert_int_equal(eb_domain_detach_device(dom, "<sound model='sb16'/>", 0, NULL), 0);
    assert_int_equal(eb_domain_detach_device(dom, "<sound model='ac97'/>", 0, NULL), 0);
    assert_null(strstr(devices_of(dom, 0, &xml), "<sound"));
    eb_free(xml);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

/* What the model does not know of a disk (its geometry, say) stays with that disk. */
static void device_takes_along_what_no_driver_knows_of_it(void **state)
{
#define DISK(dev, cyls)                                                                                      \
    "<disk type='file'><source file='/" dev "'/><target dev='" dev "' bus='virtio'/>"                        \
    "<geometry cyls='" cyls "' heads='1' secs='1'/></disk>"
    eb_conn *conn = open_uri("test:///default");
    eb_domain *dom = NULL;
    char *xml = NULL;
    const char *b, *c;

    (void)state;
    assert_int_equal(eb_domain_define_xml(
                         conn,
                         "<domain type='test'><name>m</name><memory>65536</memory><os><type>hvm</type></os>"
                         "<devices>" DISK("vda", "11") DISK("vdc", "33") "</devices></domain>",
                         0, &dom, NULL),
                     0);
    assert_int_equal(eb_domain_attach_device(dom, DISK("vdb", "22"), 0, NULL), 0);
    assert_int_equal(eb_domain_detach_device(dom, DISK("vda", "11"), 0, NULL), 0);
    assert_int_equal(eb_domain_update_device(dom, DISK("vdc", "44"), 0, NULL), 0);
    devices_of(dom, 0, &xml);
    assert_null(strstr(xml, "cyls='11'"));
    assert_null(strstr(xml, "cyls='33'"));
    b = strstr(xml, "cyls='22'");
    c = strstr(xml, "cyls='44'");
    assert_true(b && c && strstr(xml, "/vdb") < b && strstr(xml, "/vdc") < c && b < strstr(xml, "/vdc"));
    eb_free(xml);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_world_has_one_running_domain),
        cmocka_unit_test(domain_of_the_default_world_reads_as_libvirts),
        cmocka_unit_test(default_world_is_shared_and_made_anew),
        cmocka_unit_test(node_of_the_default_world_is_libvirts),
        cmocka_unit_test(errors_are_worded_as_libvirts),
        cmocka_unit_test(every_vcpu_runs_on_the_last_cpu_that_it_may),
        cmocka_unit_test_setup_teardown(file_gives_the_node_and_the_domains, make_file, drop_file),
        cmocka_unit_test_setup_teardown(each_connection_to_a_file_has_its_own_world, make_file, drop_file),
        cmocka_unit_test_setup_teardown(file_may_name_other_files, make_file, drop_file),
        cmocka_unit_test_setup_teardown(wrong_file_is_refused_with_its_culprit, make_file, drop_file),
        cmocka_unit_test(uri_that_is_not_here_is_refused),
        cmocka_unit_test(device_comes_changes_and_goes),
        cmocka_unit_test(device_in_the_middle_can_go),
        cmocka_unit_test(device_takes_along_what_no_driver_knows_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

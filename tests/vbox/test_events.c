/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of changes that others make: VBoxManage in a process of its own, and VBoxSVC that dies. */
#include "vboxtest.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "vbox/com/fault.h"

enum { PATIENCE_MS = 20000, QUIET_MS = 300 };

static struct eb_strbuf said;
static unsigned n_said;

static void add(const char *name, const char *fmt, int a, int b, const char *text)
{
    eb_strbuf_printf(&said, "%s%s ", n_said++ ? "; " : "", name);
    eb_strbuf_printf(&said, "%s %d %d%s%s", fmt, a, b, text ? " " : "", text ? text : "");
}

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    const char *name = eb_domain_get_name(dom);

    (void)conn;
    (void)opaque;
    switch ((int)event->id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
        add(name, "life", event->data.lifecycle.event, event->data.lifecycle.detail, NULL);
        break;
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        add(name, "agent", event->data.agent_lifecycle.state, event->data.agent_lifecycle.reason, NULL);
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        add(name, "tray", event->data.tray_change.reason, 0, event->data.tray_change.device);
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
        add(name, "device", (int)event->id, 0, event->data.device.alias);
        break;
    case EB_DOMAIN_EVENT_ID_REBOOT:
        add(name, "reboot", 0, 0, NULL);
        break;
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
        add(name, "balloon", (int)event->data.balloon_change.actual, 0, NULL);
        break;
    default:
        fail_msg("event %d was not asked for", (int)event->id);
    }
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

static void run_until(unsigned n)
{
    int timer = eb_loop_current()->add_timer(20, tick, NULL, NULL);
    long patience = now_ms() + PATIENCE_MS, quiet;

    while (n_said < n && now_ms() < patience)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    for (quiet = now_ms() + QUIET_MS; now_ms() < quiet;)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    assert_int_equal(eb_loop_run_default(NULL), 0);
}

/* Runs a command of another process, with VBoxManage in its PATH. */
static void command(const char *fmt, const char *argument)
{
    EB_AUTOFREE char *text = eb_asprintf("(%s '%s') > /dev/null 2> /tmp/everbox-events.err", fmt, argument);
    int status = system(text); // NOLINT(cert-env33-c): it is a command

    if (status != 0) {
        (void)!system("cat /tmp/everbox-events.err >&2"); // NOLINT(cert-env33-c)
        fail_msg("%s: status %d", text, status);
    }
}

/* The events since the last look, `n` of them. */
static void heard(unsigned n, const char *expected)
{
    EB_AUTOFREE char *is = NULL;

    run_until(n);
    is = eb_strbuf_steal(&said);
    n_said = 0;
    assert_string_equal(is, expected);
}

static void after(const char *fmt, const char *argument, unsigned n, const char *expected)
{
    command(fmt, argument);
    heard(n, expected);
}

static int set_up(void **state)
{
    static const eb_domain_event_id ids[] = {
        EB_DOMAIN_EVENT_ID_LIFECYCLE,     EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
        EB_DOMAIN_EVENT_ID_TRAY_CHANGE,   EB_DOMAIN_EVENT_ID_DEVICE_ADDED,
        EB_DOMAIN_EVENT_ID_REBOOT,        EB_DOMAIN_EVENT_ID_BALLOON_CHANGE,
        EB_DOMAIN_EVENT_ID_DEVICE_REMOVED};

    if (test_setup(state) < 0 || eb_loop_register_default(NULL) < 0)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(ids); i++)
        OK(eb_conn_register_domain_event(*state, NULL, ids[i], hear, NULL, NULL, fresh()));
    return 0;
}

static int tear_down(void **state)
{
    eb_strbuf_free(&said);
    n_said = 0;
    return test_teardown(state);
}
#define EVENTS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static void changes_by_vboxmanage_are_told(void **state)
{
    (void)state;
    after("VBoxManage createvm --register --ostype Other --default --name", "vm", 1, "vm life 0 0");
    after("VBoxManage modifyvm vm --memory", "48", 1, "vm life 0 1");
    after("VBoxManage modifyvm vm --name", "other", 2, "vm life 1 1; other life 0 2");
    after("VBoxManage modifyvm other --name", "vm", 2, "other life 1 1; vm life 0 2");
    after("VBoxManage startvm --type headless", "vm", 1, "vm life 2 0");
    after("VBoxManage controlvm vm", "pause", 1, "vm life 3 0");
    after("VBoxManage controlvm vm", "resume", 1, "vm life 4 0");
    after("VBoxManage controlvm vm", "savestate", 2, "vm life 3 0; vm life 5 4");
    after("VBoxManage startvm --type headless", "vm", 1, "vm life 2 2");
    after("VBoxManage controlvm vm", "poweroff", 1, "vm life 5 1");
    after("sleep 0.5; VBoxManage unregistervm --delete", "vm", 1, "vm life 1 0");
}

static void a_virtual_machine_process_that_dies_is_a_crash(void **state)
{
    eb_domain *dom = NULL;

    command("VBoxManage createvm --register --ostype Other --default --name", "vm");
    command("VBoxManage startvm --type headless", "vm");
    heard(2, "vm life 0 0; vm life 2 0");
    OK(eb_domain_lookup_by_name(*state, "vm", &dom, fresh()));
    assert_true(eb_domain_get_id(dom) > 1);
    assert_int_equal(kill((pid_t)eb_domain_get_id(dom), SIGKILL), 0);
    eb_domain_unref(dom);
    heard(1, "vm life 5 2");
    command("sleep 1; VBoxManage unregistervm --delete", "vm");
    heard(1, "vm life 1 0");
}

static void stopped_process_of_a_machine_holds_up_no_events_of_others(void **state)
{
    eb_domain *dom = NULL;
    pid_t pid;

    command("VBoxManage createvm --register --ostype Other --default --name", "vm");
    command("VBoxManage startvm --type headless", "vm");
    heard(2, "vm life 0 0; vm life 2 0");
    OK(eb_domain_lookup_by_name(*state, "vm", &dom, fresh()));
    pid = (pid_t)eb_domain_get_id(dom);
    eb_domain_unref(dom);
    run_until(0); /* its console is listened to now */
    assert_int_equal(kill(pid, SIGSTOP), 0);
    run_until(0);
    after("VBoxManage createvm --register --ostype Other --default --name", "other", 1, "other life 0 0");
    after("VBoxManage modifyvm other --memory", "48", 1, "other life 0 1");
    after("VBoxManage unregistervm --delete", "other", 1, "other life 1 0");
    assert_int_equal(kill(pid, SIGCONT), 0);
    after("VBoxManage controlvm vm", "pause", 1, "vm life 3 0");
    after("VBoxManage controlvm vm", "poweroff", 1, "vm life 5 1");
    command("sleep 0.5; VBoxManage unregistervm --delete", "vm");
    heard(1, "vm life 1 0");
}

static void snapshots_and_guest_additions_are_told(void **state)
{
    (void)state;
    command("VBoxManage createvm --register --ostype Other --default --name", "vm");
    heard(1, "vm life 0 0");
    command("VBoxManage snapshot vm take", "s");
    run_until(0);
    eb_strbuf_free(&said); /* that the settings changed */
    n_said = 0;
    after("VBoxManage snapshot vm restore", "s", 1, "vm life 0 3");
    after("VBoxManage startvm --type headless", "vm", 1, "vm life 2 0");
    after("VBoxManage guestproperty set vm /VirtualBox/GuestInfo/OS/Product", "Linux", 1, "vm agent 1 2");
    after("VBoxManage guestproperty set vm /VirtualBox/GuestInfo/OS/Product", "Linux 2", 0, "");
    after("VBoxManage controlvm vm", "poweroff", 2, "vm agent 2 1; vm life 5 1");
    command("sleep 0.5; VBoxManage unregistervm --delete", "vm");
    heard(1, "vm life 1 0");
}

static void discs_and_disks_of_a_running_machine_are_told(void **state)
{
    (void)state;
    command("VBoxManage createvm --register --ostype Other --default --name", "vm");
    command("VBoxManage storagectl vm --add sata --portcount 4 --name", "events");
    command("VBoxManage storageattach vm --storagectl events --port 1 --type dvddrive --medium",
            "emptydrive");
    command("VBoxManage createmedium disk --size 4 --filename", "/tmp/everbox-events.vdi");
    command("VBoxManage storageattach vm --storagectl events --port 2 --type hdd --hotpluggable on --medium",
            "/tmp/everbox-events.vdi");
    command("head -c 1048576 /dev/zero | tee", "/tmp/everbox-events.iso");
    command("VBoxManage startvm --type headless", "vm");
    run_until(2);
    eb_strbuf_free(&said);
    n_said = 0;
    after("VBoxManage storageattach vm --storagectl events --port 1 --type dvddrive --medium",
          "/tmp/everbox-events.iso", 2, "vm tray 1 0 sata0-0-1; vm life 0 1");
    after("VBoxManage storageattach vm --storagectl events --port 1 --type dvddrive --medium", "emptydrive",
          2, "vm tray 0 0 sata0-0-1; vm life 0 1");
    after("VBoxManage storageattach vm --storagectl events --port 2 --type hdd --medium", "none", 2,
          "vm device 15 0 sata0-0-2; vm life 0 1");
    after("VBoxManage storageattach vm --storagectl events --port 2 --type hdd --medium",
          "/tmp/everbox-events.vdi", 2, "vm device 19 0 sata0-0-2; vm life 0 1");
    after("VBoxManage controlvm vm", "poweroff", 1, "vm life 5 1");
    command("sleep 0.5; VBoxManage unregistervm --delete", "vm");
    heard(1, "vm life 1 0");
    unlink("/tmp/everbox-events.iso");
}

/* A boot sector that turns the machine off by ACPI: out 0x4004, S5 | SLP_EN. */
static void write_boot_sector(const char *path)
{
    static const unsigned char code[] = {0xba, 0x04, 0x40, 0xb8, 0x00, 0x34, 0xef, 0xf4, 0xeb, 0xfd};
    unsigned char *floppy = eb_calloc(1, 1474560);
    FILE *f = fopen(path, "we");

    memcpy(floppy, code, sizeof(code));
    floppy[510] = 0x55;
    floppy[511] = 0xaa;
    assert_non_null(f);
    assert_int_equal(fwrite(floppy, 1, 1474560, f), 1474560);
    assert_int_equal(fclose(f), 0);
    free(floppy);
}

static void what_the_guest_does_is_told(void **state)
{
    (void)state;
    write_boot_sector("/tmp/everbox-events.img");
    command("VBoxManage createvm --register --ostype Other --default --name", "vm");
    command("VBoxManage modifyvm vm --boot1 floppy --memory", "64");
    command("VBoxManage storagectl vm --add floppy --name", "floppy");
    command("VBoxManage startvm --type headless", "vm");
    run_until(2);
    eb_strbuf_free(&said);
    n_said = 0;
    after("VBoxManage controlvm vm", "reset", 1, "vm reboot 0 0");
    after("VBoxManage controlvm vm guestmemoryballoon", "8", 1, "vm balloon 57344 0");
    after("VBoxManage controlvm vm", "poweroff", 1, "vm life 5 1");
    command(
        "sleep 0.5; VBoxManage storageattach vm --storagectl floppy --port 0 --device 0 --type fdd --medium",
        "/tmp/everbox-events.img");
    heard(1, "vm life 0 1");
    after("VBoxManage startvm --type headless", "vm", 2, "vm life 2 0; vm life 5 0");
    command("sleep 0.5; VBoxManage unregistervm --delete", "vm");
    heard(1, "vm life 1 0");
    unlink("/tmp/everbox-events.img");
}

static void what_happened_while_vboxsvc_was_gone_is_told(void **state)
{
    (void)state;
    command("VBoxManage createvm --register --ostype Other --default --name", "stays");
    command("VBoxManage createvm --register --ostype Other --default --name", "goes");
    heard(2, "stays life 0 0; goes life 0 0");
    assert_true(vb_fault_kill_server(vb_home(vb)) > 0);
    /* it may meet the new VBoxSVC in the middle of its start, and give up */
    command("VBoxManage list vms || sleep 1; VBoxManage unregistervm --delete", "goes");
    command("VBoxManage createvm --register --ostype Other --default --name", "comes");
    heard(2, "goes life 1 0; comes life 0 0");
    after("VBoxManage modifyvm stays --memory", "52", 1, "stays life 0 1");
    command("VBoxManage unregistervm --delete", "stays");
    command("VBoxManage unregistervm --delete", "comes");
    heard(2, "stays life 1 0; comes life 1 0");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EVENTS_TEST(changes_by_vboxmanage_are_told),
        EVENTS_TEST(a_virtual_machine_process_that_dies_is_a_crash),
        EVENTS_TEST(stopped_process_of_a_machine_holds_up_no_events_of_others),
        EVENTS_TEST(snapshots_and_guest_additions_are_told),
        EVENTS_TEST(discs_and_disks_of_a_running_machine_are_told),
        EVENTS_TEST(what_the_guest_does_is_told),
        EVENTS_TEST(what_happened_while_vboxsvc_was_gone_is_told),
    };

    return run_vbox_tests(argc, argv, "events", tests, EB_ARRAY_SIZE(tests));
}

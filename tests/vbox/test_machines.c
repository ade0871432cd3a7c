/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machines as VirtualBox has them: changed by others, unreadable, half made, removed with what belongs to
 * them. */
#include "vboxtest.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- Others ---- */

static void change_of_another_shows_at_the_next_call(void **state)
{
    eb_domain *dom = define(*state, "changed");
    VB_AUTO(IMachine) machine = NULL;
    ISession *session = NULL;
    eb_domain_info info;

    machine = back_lock(dom, false, &session);
    OK(IMachine_set_memorySize(vb, machine, 48, fresh()));
    OK(IMachine_saveSettings(vb, machine, fresh()));
    back_unlock(session);
    OK(eb_domain_get_info(dom, &info, fresh()));
    assert_int_equal(info.max_memory, 48 * 1024);
    remove_domain(dom);
}

static void name_given_by_another_is_the_name(void **state)
{
    eb_domain *dom = define(*state, "before");
    VB_AUTO(IMachine) machine = NULL;
    ISession *session = NULL;

    machine = back_lock(dom, false, &session);
    OK(IMachine_set_name(vb, machine, "after", fresh()));
    OK(IMachine_saveSettings(vb, machine, fresh()));
    back_unlock(session);
    assert_false(domain_exists(*state, "before"));
    assert_true(domain_exists(*state, "after"));
    remove_domain(dom);
}

static void pause_of_another_has_no_reason_of_ours(void **state)
{
    eb_domain *dom = define(*state, "paused");
    VB_AUTO(IMachine) machine = NULL;
    VB_AUTO(IConsole) console = NULL;
    ISession *session = NULL;

    OK(eb_domain_start(dom, 0, fresh()));
    OK(eb_domain_suspend(dom, fresh()));
    assert_state(dom, EB_DOMAIN_PAUSED, EB_PAUSED_USER);
    machine = back_lock(dom, true, &session);
    console = back_console(session);
    OK(IConsole_resume(vb, console, fresh()));
    assert_state(dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    usleep(5000); /* VirtualBox counts state changes in milliseconds */
    OK(IConsole_pause(vb, console, fresh()));
    assert_state(dom, EB_DOMAIN_PAUSED, EB_PAUSED_UNKNOWN);
    back_unlock(session);
    remove_domain(dom);
}

static void stop_by_another_is_seen(void **state)
{
    eb_domain *dom = define(*state, "stopped");

    OK(eb_domain_start(dom, 0, fresh()));
    back_power_down(dom);
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 0);
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
    OK(eb_domain_start(dom, 0, fresh()));
    remove_domain(dom);
}

static void id_is_the_vms_process_for_everyone(void **state)
{
    eb_domain *dom = define(*state, "id");
    VB_AUTO(IMachine) machine = NULL;
    uint32_t pid = 0;

    OK(eb_domain_start(dom, 0, fresh()));
    machine = back_machine(dom);
    OK(IMachine_get_sessionPID(vb, machine, &pid, fresh()));
    assert_int_equal(eb_domain_get_id(dom), pid);
    remove_domain(dom);
}

static void machine_that_another_holds_is_busy(void **state)
{
    eb_domain *dom = define(*state, "held");
    VB_AUTO(IMachine) machine = NULL;
    ISession *session = NULL;

    machine = back_lock(dom, false, &session);
    assert_int_equal(eb_domain_set_memory(dom, 65536, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh()), -1);
    assert_non_null(test_error.message);
    assert_int_equal(eb_domain_start(dom, 0, fresh()), -1);
    assert_int_equal(eb_domain_undefine(dom, 0, fresh()), -1);
    back_unlock(session);
    OK(eb_domain_set_memory(dom, 65536, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh()));
    remove_domain(dom);
}

/* Runs VirtualBox's own program, in a process of its own. Skips where there is none: a stand-in. */
static void manage(const char *arguments)
{
    char program[256], command[512];

    snprintf(program, sizeof(program), "%s/VBoxManage", vb_home(vb));
    if (access(program, X_OK) < 0)
        skip();
    snprintf(command, sizeof(command), "'%s' -q %s >/dev/null 2>&1", program, arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static void vboxmanage_and_we_see_each_others_machines(void **state)
{
    eb_conn *conn = *state;
    eb_domain *dom = NULL;
    eb_domain_info info;

    manage("createvm --name managed --ostype Other_64 --register");
    OK(eb_domain_lookup_by_name(conn, "managed", &dom, fresh()));
    manage("modifyvm managed --memory 40 --cpus 2");
    OK(eb_domain_get_info(dom, &info, fresh()));
    assert_int_equal(info.max_memory, 40 * 1024);
    assert_int_equal(info.vcpus, 2);
    manage("startvm managed --type headless");
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 1);
    assert_true(eb_domain_get_id(dom) > 0);
    OK(eb_domain_suspend(dom, fresh()));
    manage("controlvm managed resume");
    assert_state(dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    manage("controlvm managed savestate");
    assert_int_equal(OK(eb_domain_has_managed_save(dom, 0, fresh())), 1);
    OK(eb_domain_managed_save_remove(dom, 0, fresh()));
    manage("unregistervm managed --delete");
    assert_int_equal(eb_domain_is_active(dom, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_DOMAIN);
    eb_domain_unref(dom);
}

/* ---- Machines that VirtualBox cannot read ---- */

static const char *text_path(const char *name)
{
    static char path[160];

    snprintf(path, sizeof(path), "%s/%s", machine_folder, name);
    return path;
}

static void break_settings(eb_domain *dom)
{
    VB_AUTO(IMachine) machine = back_machine(dom);
    EB_AUTOFREE char *path = NULL;

    OK(IMachine_get_settingsFilePath(vb, machine, &path, fresh()));
    vb_fault_kill_server(vb_home(vb));
    assert_int_equal(eb_write_file(path, "garbage\n", 8, 0600), 0);
}

static void unreadable_machine_is_listed_and_can_be_undefined(void **state)
{
    eb_conn *conn = *state;
    eb_domain *dom = define(conn, "broken");
    eb_domain *found = NULL;
    eb_domain **list = NULL;
    char *xml = NULL;

    break_settings(dom);
    assert_int_equal(OK(eb_conn_list_domains(conn, EB_LIST_INACTIVE, &list, fresh())), 1);
    assert_string_equal(eb_domain_get_name(list[0]), "broken");
    eb_domain_unref(list[0]);
    eb_free(list);
    OK(eb_domain_lookup_by_name(conn, "broken", &found, fresh()));
    eb_domain_unref(found);
    assert_state(dom, EB_DOMAIN_NOSTATE, 0);
    assert_int_equal(eb_domain_get_xml(dom, 0, &xml, fresh()), -1);
    assert_non_null(strstr(test_error.message, "broken"));
    assert_int_equal(eb_domain_start(dom, 0, fresh()), -1);
    assert_non_null(strstr(test_error.message, "cannot read"));
    OK(eb_domain_undefine(dom, 0, fresh()));
    assert_false(domain_exists(conn, "broken"));
    eb_domain_unref(dom);
    /* its file stays, to be repaired */
    assert_int_equal(entries_of(machine_folder), 1);
    assert_true(unlink(text_path("broken/broken.vbox")) == 0 || unlink(text_path("broken/broken.xml")) == 0);
    unlink(text_path("broken/broken.vbox-prev"));
    rmdir(text_path("broken/Logs"));
    assert_int_equal(rmdir(text_path("broken")), 0);
}

static void server_that_died_is_reconnected_to(void **state)
{
    eb_domain *dom = define(*state, "survivor");

    assert_true(vb_fault_kill_server(vb_home(vb)) > 0);
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 0);
    OK(eb_domain_start(dom, 0, fresh()));
    remove_domain(dom);
}

/* ---- Half done ---- */

static void undo_nothing(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    (void)dom;
}

static void remove_all(eb_conn *conn, eb_domain *dom)
{
    eb_domain **list = NULL;
    int n = OK(eb_conn_list_domains(conn, 0, &list, fresh()));

    (void)dom;
    for (int i = 0; i < n; i++)
        remove_domain(list[i]);
    eb_free(list);
}

static const char rich_devices[] =
    "<controller type='sata' index='0'/><interface type='user'/><sound model='ac97'/>";

static int define_rich(eb_conn *conn, eb_domain *dom)
{
    EB_AUTOFREE char *xml =
        xml_of("half", "<title>t</title><metadata><m:x xmlns:m='urn:m'/></metadata>", rich_devices);
    eb_domain *made = NULL;
    int result = eb_domain_define_xml(conn, xml, 0, &made, fresh());

    (void)dom;
    eb_domain_unref(made);
    return result;
}

static void nothing_is_there(eb_conn *conn, eb_domain *dom)
{
    eb_domain **list = NULL;

    (void)dom;
    assert_int_equal(eb_conn_list_domains(conn, 0, &list, NULL), 0);
    eb_free(list);
    if (entries_of(machine_folder) != 0)
        fail_msg("files are left after: %s", eb_error_message(&test_error));
}

static void definition_that_fails_anywhere_leaves_nothing(void **state)
{
    eb_domain *dom = NULL;
    unsigned calls = fail_each_call(*state, NULL, define_rich, nothing_is_there, remove_all);

    print_message("%u calls\n", calls);
    OK(eb_domain_lookup_by_name(*state, "half", &dom, fresh()));
    remove_domain(dom);
}

static char *xml_before;

static int redefine_rich(eb_conn *conn, eb_domain *dom)
{
    char id[37];
    EB_AUTOFREE char *extra = NULL;
    EB_AUTOFREE char *xml = NULL;
    eb_domain *made = NULL;
    int result;

    eb_domain_get_uuid_string(dom, id);
    extra = eb_asprintf("<uuid>%s</uuid><title>new</title><description>new</description>"
                        "<metadata><m:x xmlns:m='urn:m'/></metadata><vcpu>2</vcpu>",
                        id);
    xml = xml_of("redefined", extra, rich_devices);
    result = eb_domain_define_xml(conn, xml, 0, &made, fresh());
    eb_domain_unref(made);
    return result;
}

static void definition_is_as_before(eb_conn *conn, eb_domain *dom)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *xml = NULL;

    (void)conn;
    check_ok(eb_domain_get_xml(dom, 0, &xml, &err), "get_xml", __FILE__, __LINE__);
    if (strcmp(xml, xml_before) != 0)
        fail_msg("after: %s\nbefore:\n%s\nnow:\n%s", eb_error_message(&test_error), xml_before, xml);
}

static void define_as_before(eb_conn *conn, eb_domain *dom)
{
    (void)dom;
    OK(eb_domain_define_xml(conn, xml_before, 0, NULL, fresh()));
}

static void redefinition_that_fails_anywhere_changes_nothing(void **state)
{
    eb_domain *dom = define(*state, "redefined");
    unsigned calls;

    OK(eb_domain_get_xml(dom, 0, &xml_before, fresh()));
    calls = fail_each_call(*state, dom, redefine_rich, definition_is_as_before, define_as_before);
    print_message("%u calls\n", calls);
    eb_free(xml_before);
    remove_domain(dom);
}

static int start(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    return eb_domain_start(dom, 0, fresh());
}

static void domain_is_off(eb_conn *conn, eb_domain *dom)
{
    eb_domain_state state;

    (void)conn;
    assert_int_equal(eb_domain_get_state(dom, &state, NULL, NULL), 0);
    if (state != EB_DOMAIN_SHUTOFF)
        fail_msg("in state %d after: %s", (int)state, eb_error_message(&test_error));
}

static void destroy(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    OK(eb_domain_destroy(dom, 0, fresh()));
}

static void start_that_fails_anywhere_leaves_the_domain_off(void **state)
{
    eb_domain *dom = define(*state, "start");

    print_message("%u calls\n", fail_each_call(*state, dom, start, domain_is_off, destroy));
    remove_domain(dom);
}

static int create(eb_conn *conn, eb_domain *dom)
{
    EB_AUTOFREE char *xml = xml_of("fleeting", NULL, NULL);
    eb_domain *made = NULL;
    int result = eb_domain_create_xml(conn, xml, 0, &made, fresh());

    (void)dom;
    eb_domain_unref(made);
    return result;
}

static void transient_domain_that_cannot_start_leaves_nothing(void **state)
{
    eb_domain *dom = NULL;

    print_message("%u calls\n", fail_each_call(*state, NULL, create, nothing_is_there, remove_all));
    OK(eb_domain_lookup_by_name(*state, "fleeting", &dom, fresh()));
    OK(eb_domain_destroy(dom, 0, fresh()));
    eb_domain_unref(dom);
}

static const char *saved_path(void)
{
    static char path[96];

    snprintf(path, sizeof(path), "%s.saved", machine_folder);
    return path;
}

static int save(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    return eb_domain_save(dom, saved_path(), NULL, 0, fresh());
}

static void domain_runs_and_nothing_is_saved(eb_conn *conn, eb_domain *dom)
{
    (void)conn;
    if (eb_domain_is_active(dom, NULL) != 1)
        fail_msg("stopped after: %s", eb_error_message(&test_error));
    assert_int_equal(access(saved_path(), F_OK), -1);
}

static void restore_and_forget(eb_conn *conn, eb_domain *dom)
{
    (void)dom;
    OK(eb_domain_restore(conn, saved_path(), NULL, 0, fresh()));
    unlink(saved_path());
}

static void save_that_fails_anywhere_leaves_the_domain_running(void **state)
{
    eb_domain *dom = define(*state, "saved");

    OK(eb_domain_start(dom, 0, fresh()));
    print_message("%u calls\n",
                  fail_each_call(*state, dom, save, domain_runs_and_nothing_is_saved, restore_and_forget));
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SAVED);
    unlink(saved_path());
    remove_domain(dom);
}

static int restore(eb_conn *conn, eb_domain *dom)
{
    (void)dom;
    return eb_domain_restore(conn, saved_path(), NULL, 0, fresh());
}

static void restore_that_fails_anywhere_leaves_the_domain_off(void **state)
{
    eb_domain *dom = define(*state, "restored");

    OK(eb_domain_start(dom, 0, fresh()));
    OK(eb_domain_save(dom, saved_path(), NULL, 0, fresh()));
    print_message("%u calls\n", fail_each_call(*state, dom, restore, domain_is_off, destroy));
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 1);
    unlink(saved_path());
    remove_domain(dom);
}

/* ---- Lists ---- */

static int list(eb_conn *conn, eb_domain *dom)
{
    eb_domain **domains = NULL;
    int n = eb_conn_list_domains(conn, 0, &domains, fresh());

    (void)dom;
    for (int i = 0; i < n; i++)
        eb_domain_unref(domains[i]);
    eb_free(domains);
    return n < 0 ? -1 : 0;
}

static void list_makes_two_calls_for_a_machine_and_three_for_all(void **state)
{
    eb_domain *domains[10];
    unsigned calls;
    char name[16];

    if (!vb_has(vb, VB_IVirtualBox_getMachineStates))
        skip();
    for (unsigned i = 0; i < 10; i++) {
        snprintf(name, sizeof(name), "list-%u", i);
        domains[i] = define(*state, name);
    }
    calls = fail_each_call(*state, NULL, list, undo_nothing, undo_nothing);
    assert_in_range(calls, 1, 2 * 10 + 3);
    for (unsigned i = 0; i < 10; i++)
        remove_domain(domains[i]);
}

/* As if it had been written long ago. */
static void settle(const char *path)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) - 60}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void settle_all(eb_domain **domains, unsigned n)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    EB_AUTOFREE char *global = NULL;

    for (unsigned i = 0; i < n; i++) {
        VB_AUTO(IMachine) machine = back_machine(domains[i]);
        EB_AUTOFREE char *path = NULL;

        OK(IMachine_get_settingsFilePath(vb, machine, &path, fresh()));
        settle(path);
    }
    OK(IVirtualBox_get_settingsFilePath(vb, vbox, &global, fresh()));
    settle(global);
}

static bool lists(eb_conn *conn, const char *name)
{
    eb_domain **domains = NULL;
    int n = OK(eb_conn_list_domains(conn, 0, &domains, fresh()));
    bool found = false;

    for (int i = 0; i < n; i++) {
        found = found || strcmp(eb_domain_get_name(domains[i]), name) == 0;
        eb_domain_unref(domains[i]);
    }
    eb_free(domains);
    return found;
}

static void list_of_what_did_not_change_makes_four_calls_for_all(void **state)
{
    eb_domain *domains[10];
    char name[16];

    if (!vb_has(vb, VB_IVirtualBox_getMachineStates))
        skip();
    for (unsigned i = 0; i < 10; i++) {
        snprintf(name, sizeof(name), "again-%u", i);
        domains[i] = define(*state, name);
    }
    settle_all(domains, 10);
    for (unsigned i = 0; i < 3; i++)
        assert_true(lists(*state, "again-9"));
    vb_hook_set_fault(vb, VB_FAULT_FAIL, 5);
    assert_true(lists(*state, "again-9"));
    assert_true(vb_hook_fault_waits(vb));
    vb_hook_set_fault(vb, VB_FAULT_NONE, 0);
    for (unsigned i = 0; i < 10; i++)
        remove_domain(domains[i]);
    assert_false(lists(*state, "again-9"));
}

static void known_name_that_another_changes_is_asked_for(void **state)
{
    eb_domain *dom = define(*state, "known");
    VB_AUTO(IMachine) machine = NULL;
    ISession *session = NULL;

    settle_all(&dom, 1);
    for (unsigned i = 0; i < 4; i++)
        assert_true(lists(*state, "known"));
    machine = back_lock(dom, false, &session);
    OK(IMachine_set_name(vb, machine, "changed", fresh()));
    OK(IMachine_saveSettings(vb, machine, fresh()));
    back_unlock(session);
    assert_true(lists(*state, "changed"));
    assert_true(domain_exists(*state, "changed"));
    assert_false(domain_exists(*state, "known"));
    remove_domain(dom);
}

static void known_extra_data_that_another_changes_is_asked_for(void **state)
{
    eb_domain *dom = define(*state, "marked");
    EB_AUTOFREE char *key = NULL;
    char id[37];

    settle_all(&dom, 1);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(OK(eb_domain_is_persistent(dom, fresh())), 1);
    OK(eb_domain_start(dom, 0, fresh()));
    eb_domain_get_uuid_string(dom, id);
    key = eb_asprintf("Everbox/Transient/%s", id);
    back_set_global(key, "1");
    assert_int_equal(OK(eb_domain_is_persistent(dom, fresh())), 0);
    back_set_global(key, "");
    assert_int_equal(OK(eb_domain_is_persistent(dom, fresh())), 1);
    remove_domain(dom);
}

/* ---- Transient domains ---- */

/* A process of its own that makes a transient domain and ends without a word. */
static void create_elsewhere(const char *name)
{
    pid_t pid = fork();
    int status = -1;

    assert_true(pid >= 0);
    if (pid == 0) {
        EB_AUTOFREE char *xml = xml_of(name, NULL, NULL);

        execl("/proc/self/exe", "test", test_uri, "--create", xml, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int create_and_leave(const char *uri, const char *xml)
{
    eb_conn *conn = NULL;
    eb_domain *dom = NULL;
    eb_error err = EB_ERROR_INIT;

    if (eb_connect_open(uri, 0, &conn, &err) < 0 || eb_domain_create_xml(conn, xml, 0, &dom, &err) < 0) {
        fprintf(stderr, "%s\n", eb_error_message(&err));
        return 1;
    }
    _exit(0);
}

static void transient_domain_outlives_its_maker_and_vanishes_when_it_stops(void **state)
{
    eb_conn *conn = *state;
    eb_domain *dom = NULL;

    create_elsewhere("orphan");
    OK(eb_domain_lookup_by_name(conn, "orphan", &dom, fresh()));
    assert_int_equal(OK(eb_domain_is_active(dom, fresh())), 1);
    assert_int_equal(OK(eb_domain_is_persistent(dom, fresh())), 0);
    back_power_down(dom);
    assert_false(domain_exists(conn, "orphan"));
    assert_int_equal(eb_domain_is_active(dom, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_NO_DOMAIN);
    eb_domain_unref(dom);
    for (int i = 0; i < 100 && entries_of(machine_folder) > 0; i++) {
        usleep(20000);
        domain_exists(conn, "orphan");
    }
    assert_int_equal(entries_of(machine_folder), 0);
}

/* ---- Undefining ---- */

static const char *disk_path(void)
{
    static char path[96];

    snprintf(path, sizeof(path), "%s/disk.vdi", machine_folder);
    return path;
}

static void make_image(const char *path)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    VB_AUTO(IMedium) medium = NULL;
    VB_AUTO(IHardDisk) disk = NULL;
    IProgress *progress = NULL;
    const enum vb_MediumVariant variant = MediumVariant_Standard;

    if (vb_has(vb, VB_IVirtualBox_createMedium)) {
        OK(IVirtualBox_createMedium(vb, vbox, "VDI", path, AccessMode_ReadWrite, DeviceType_HardDisk, &medium,
                                    fresh()));
    } else if (vb_has(vb, VB_IVirtualBox_createHardDisk__medium)) {
        OK(IVirtualBox_createHardDisk__medium(vb, vbox, "VDI", path, &medium, fresh()));
    } else {
        OK(IVirtualBox_createHardDisk__hardDisk(vb, vbox, "VDI", path, &disk, fresh()));
        OK(IHardDisk_createBaseStorage(vb, disk, 4, 0, &progress, fresh())); /* megabytes then */
        back_wait(progress);
        return;
    }
    if (vb_has(vb, VB_IMedium_createBaseStorage__array))
        OK(IMedium_createBaseStorage__array(vb, medium, 4 << 20, 1, &variant, &progress, fresh()));
    else
        OK(IMedium_createBaseStorage__mask(vb, medium, 4 << 20, 0, &progress, fresh()));
    back_wait(progress);
}

/* A machine with a disk. */
static eb_domain *define_with_disk(eb_conn *conn, const char *name)
{
    EB_AUTOFREE char *devices =
        eb_asprintf("<disk type='file' device='disk'><driver type='vdi'/><source file='%s'/>"
                    "<target dev='hda' bus='ide'/></disk>",
                    disk_path());
    EB_AUTOFREE char *xml = xml_of(name, NULL, devices);
    eb_domain *dom = NULL;

    make_image(disk_path());
    OK(eb_domain_define_xml(conn, xml, 0, &dom, fresh()));
    return dom;
}

static void undefine_keeps_disks(void **state)
{
    eb_domain *dom = define_with_disk(*state, "disk");

    OK(eb_domain_undefine(dom, 0, fresh()));
    eb_domain_unref(dom);
    assert_int_equal(access(disk_path(), F_OK), 0);
    assert_int_equal(entries_of(machine_folder), 1);
    unlink(disk_path());
}

static void undefine_deletes_disks_when_asked(void **state)
{
    eb_domain *dom = define_with_disk(*state, "disk");

    OK(eb_domain_undefine(dom, EB_UNDEFINE_STORAGE, fresh()));
    eb_domain_unref(dom);
    assert_int_equal(access(disk_path(), F_OK), -1);
}

static void undefined_domains_disk_can_be_made_anew(void **state)
{
    eb_domain *dom = define_with_disk(*state, "disk");

    OK(eb_domain_undefine(dom, 0, fresh()));
    eb_domain_unref(dom);
    unlink(disk_path());
    dom = define_with_disk(*state, "disk");
    OK(eb_domain_undefine(dom, EB_UNDEFINE_STORAGE, fresh()));
    eb_domain_unref(dom);
}

static void take_snapshot(eb_domain *dom)
{
    VB_AUTO(IMachine) machine = NULL;
    VB_AUTO(IConsole) console = NULL;
    ISession *session = NULL;
    IProgress *progress = NULL;
    EB_AUTOFREE char *id = NULL;

    /* the console of a machine that is off comes with a shared lock, and before 4.0 with one for writing */
    machine = back_lock(dom, !vb_has(vb, VB_IMachine_takeSnapshot) && vb_has(vb, VB_IMachine_lockMachine),
                        &session);
    if (vb_has(vb, VB_IMachine_takeSnapshot)) {
        OK(IMachine_takeSnapshot(vb, machine, "s", "", true, &id, &progress, fresh()));
    } else {
        console = back_console(session);
        OK(IConsole_takeSnapshot(vb, console, "s", "", &progress, fresh()));
    }
    back_wait(progress);
    back_unlock(session);
}

static void undefine_of_snapshots_needs_to_say_so(void **state)
{
    eb_domain *dom = define_with_disk(*state, "snapshot");

    take_snapshot(dom);
    take_snapshot(dom);
    assert_int_equal(eb_domain_undefine(dom, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    OK(eb_domain_undefine(dom, EB_UNDEFINE_SNAPSHOTS_METADATA | EB_UNDEFINE_STORAGE, fresh()));
    eb_domain_unref(dom);
}

static void undefine_keeps_what_was_written_since_a_snapshot(void **state)
{
    char snapshots[128], command[128];
    eb_domain *dom;

    snprintf(snapshots, sizeof(snapshots), "%s/snapshot/Snapshots", machine_folder);
    snprintf(command, sizeof(command), "rm -r '%s'/*", machine_folder);

    if (!vb_has(vb, VB_IMachine_unregister))
        skip(); /* there the snapshot is merged into the disk */
    dom = define_with_disk(*state, "snapshot");
    take_snapshot(dom);
    OK(eb_domain_undefine(dom, EB_UNDEFINE_SNAPSHOTS_METADATA, fresh()));
    eb_domain_unref(dom);
    assert_int_equal(entries_of(snapshots), 1);
    assert_int_equal(system(command), 0);
}

static void use_efi(IMachine *machine)
{
    VB_AUTO(IFirmwareSettings) firmware = NULL;

    if (vb_has(vb, VB_IMachine_set_firmwareType)) {
        OK(IMachine_set_firmwareType(vb, machine, FirmwareType_EFI, fresh()));
        return;
    }
    OK(IMachine_get_firmwareSettings(vb, machine, &firmware, fresh()));
    OK(IFirmwareSettings_set_firmwareType(vb, firmware, FirmwareType_EFI, fresh()));
}

static void undefine_of_nvram_needs_to_say_what_becomes_of_it(void **state)
{
    VB_AUTO(IMachine) machine = NULL;
    VB_AUTO(INvramStore) store = NULL;
    EB_AUTOFREE char *path = NULL;
    ISession *session = NULL;
    eb_domain *dom;

    if (!vb_has(vb, VB_INvramStore_initUefiVariableStore))
        skip();
    dom = define(*state, "nvram");
    machine = back_lock(dom, false, &session);
    use_efi(machine);
    OK(IMachine_get_nonVolatileStore(vb, machine, &store, fresh()));
    OK(INvramStore_initUefiVariableStore(vb, store, 0, fresh()));
    OK(IMachine_saveSettings(vb, machine, fresh()));
    OK(INvramStore_get_nonVolatileStorageFile(vb, store, &path, fresh()));
    back_unlock(session);
    if (access(path, F_OK) < 0) {
        remove_domain(dom);
        free(EB_STEAL(path));
        vb_unref(EB_STEAL(store));
        vb_unref(EB_STEAL(machine));
        skip(); /* a stand-in, which writes none */
    }
    assert_int_equal(eb_domain_undefine(dom, 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    OK(eb_domain_undefine(dom, EB_UNDEFINE_KEEP_NVRAM, fresh()));
    assert_int_equal(access(path, F_OK), 0);
    eb_domain_unref(dom);
    unlink(path);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
}

/* ---- Starting where VirtualBox cannot ---- */

static void start_that_virtualbox_refuses_gives_its_reason_quickly(void **state)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    eb_domain *dom = define(*state, "driverless");
    EB_AUTOFREE char *before = NULL;
    EB_AUTOFREE char *xml = NULL;
    EB_AUTOFREE char *after = NULL;
    EB_AUTOFREE char *why = NULL;
    struct timespec t0, t1;

    OK(IVirtualBox_getExtraData(vb, vbox, "VBoxInternal/HM/FallbackToIEM", &before, fresh()));
    if (strcmp(before, "1") != 0) {
        remove_domain(dom);
        free(EB_STEAL(before));
        vb_unref(EB_STEAL(vbox));
        skip(); /* this VirtualBox does not run without its driver's help in the first place */
    }
    OK(eb_domain_get_xml(dom, 0, &xml, fresh()));
    back_set_global("VBoxInternal/HM/FallbackToIEM", "");
    clock_gettime(CLOCK_MONOTONIC, &t0);
    assert_int_equal(eb_domain_start(dom, 0, fresh()), -1);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    why = eb_strdup(test_error.message);
    back_set_global("VBoxInternal/HM/FallbackToIEM", before);
    assert_non_null(strstr(why, "VERR_SUP_DRIVERLESS"));
    assert_true(t1.tv_sec - t0.tv_sec < 5);
    assert_state(dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_UNKNOWN);
    OK(eb_domain_get_xml(dom, 0, &after, fresh()));
    assert_string_equal(after, xml);
    OK(eb_domain_start(dom, 0, fresh()));
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(change_of_another_shows_at_the_next_call),
        VBOX_TEST(name_given_by_another_is_the_name),
        VBOX_TEST(pause_of_another_has_no_reason_of_ours),
        VBOX_TEST(stop_by_another_is_seen),
        VBOX_TEST(id_is_the_vms_process_for_everyone),
        VBOX_TEST(machine_that_another_holds_is_busy),
        VBOX_TEST(vboxmanage_and_we_see_each_others_machines),
        VBOX_TEST(unreadable_machine_is_listed_and_can_be_undefined),
        VBOX_TEST(server_that_died_is_reconnected_to),
        VBOX_TEST(definition_that_fails_anywhere_leaves_nothing),
        VBOX_TEST(redefinition_that_fails_anywhere_changes_nothing),
        VBOX_TEST(start_that_fails_anywhere_leaves_the_domain_off),
        VBOX_TEST(transient_domain_that_cannot_start_leaves_nothing),
        VBOX_TEST(save_that_fails_anywhere_leaves_the_domain_running),
        VBOX_TEST(restore_that_fails_anywhere_leaves_the_domain_off),
        VBOX_TEST(list_makes_two_calls_for_a_machine_and_three_for_all),
        VBOX_TEST(list_of_what_did_not_change_makes_four_calls_for_all),
        VBOX_TEST(known_name_that_another_changes_is_asked_for),
        VBOX_TEST(known_extra_data_that_another_changes_is_asked_for),
        VBOX_TEST(transient_domain_outlives_its_maker_and_vanishes_when_it_stops),
        VBOX_TEST(undefine_keeps_disks),
        VBOX_TEST(undefine_deletes_disks_when_asked),
        VBOX_TEST(undefined_domains_disk_can_be_made_anew),
        VBOX_TEST(undefine_of_snapshots_needs_to_say_so),
        VBOX_TEST(undefine_keeps_what_was_written_since_a_snapshot),
        VBOX_TEST(undefine_of_nvram_needs_to_say_what_becomes_of_it),
        VBOX_TEST(start_that_virtualbox_refuses_gives_its_reason_quickly),
    };

    if (argc == 4 && strcmp(argv[2], "--create") == 0)
        return create_and_leave(argv[1], argv[3]);
    return run_vbox_tests(argc, argv, "machines", tests, EB_ARRAY_SIZE(tests));
}

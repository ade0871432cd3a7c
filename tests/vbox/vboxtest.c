/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vboxtest.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/driver.h"

const char *test_uri;
char machine_folder[64];
struct vb *vb;
eb_error test_error;
static char *folder_before;

int check_ok(int result, const char *call, const char *file, int line)
{
    if (result < 0) {
        print_error("%s\n  failed with %d: %s\n", call, (int)test_error.code, eb_error_message(&test_error));
        _fail(file, line);
    }
    return result;
}

eb_error *fresh(void)
{
    eb_error_clear(&test_error);
    return &test_error;
}

/* ---- Fixtures ---- */

static ISystemProperties *properties(void)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    ISystemProperties *p = NULL;

    OK(IVirtualBox_get_systemProperties(vb, vbox, &p, fresh()));
    return p;
}

int group_setup(void **state)
{
    VB_AUTO(ISystemProperties) p = NULL;
    struct eb_uri *uri = NULL;

    (void)state;
    strcpy(machine_folder, "/tmp/everbox-vbox-XXXXXX");
    if (!mkdtemp(machine_folder))
        return -1;
    OK(eb_uri_parse(test_uri, &uri, fresh()));
    OK(vb_open(eb_uri_query(uri, "home"), &vb, fresh()));
    eb_uri_free(uri);
    p = properties();
    OK(ISystemProperties_get_defaultMachineFolder(vb, p, &folder_before, fresh()));
    OK(ISystemProperties_set_defaultMachineFolder(vb, p, machine_folder, fresh()));
    return 0;
}

int group_teardown(void **state)
{
    VB_AUTO(ISystemProperties) p = properties();

    (void)state;
    OK(ISystemProperties_set_defaultMachineFolder(vb, p, folder_before, fresh()));
    free(folder_before);
    vb_unref_client(vb);
    return rmdir(machine_folder);
}

int test_setup(void **state)
{
    eb_conn *conn = NULL;

    OK(eb_connect_open(test_uri, 0, &conn, fresh()));
    *state = conn;
    return 0;
}

int test_teardown(void **state)
{
    eb_conn *conn = *state;
    eb_domain **list = NULL;
    int n;

    vb_hook_set_fault(vb, VB_FAULT_NONE, 0);
    n = OK(eb_conn_list_domains(conn, 0, &list, fresh()));
    for (int i = 0; i < n; i++) {
        print_error("left behind: %s\n", eb_domain_get_name(list[i]));
        remove_domain(list[i]);
    }
    eb_free(list);
    eb_conn_unref(conn);
    eb_error_clear(&test_error);
    if (entries_of(machine_folder) > 0) {
        EB_AUTOFREE char *command =
            eb_asprintf("ls -lR '%s' >&2; rm -rf '%s'/*", machine_folder, machine_folder);

        print_error("files left behind:\n");
        return system(command) == 0 ? -1 : -2;
    }
    return n > 0 ? -1 : 0;
}

int run_vbox_tests(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n)
{
    test_uri = argc > 1 ? argv[1] : getenv("EVERBOX_SUITE_URI");
    if (!test_uri || !*test_uri)
        test_uri = "vbox:///session";
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    if (argc > 3)
        cmocka_set_skip_filter(argv[3]);
    return _cmocka_run_group_tests(name, tests, n, group_setup, group_teardown);
}

/* ---- Domains ---- */

char *xml_of(const char *name, const char *extra, const char *devices)
{
    return eb_asprintf(
        "<domain type='vbox'><name>%s</name>%s<memory unit='MiB'>32</memory><os><type>hvm</type></os>"
        "<devices>%s</devices></domain>",
        name, extra ? extra : "", devices ? devices : "");
}

eb_domain *define(eb_conn *conn, const char *name)
{
    EB_AUTOFREE char *xml = xml_of(name, NULL, NULL);
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(conn, xml, 0, &dom, fresh()));
    return dom;
}

int domain_exists(eb_conn *conn, const char *name)
{
    eb_domain *dom = NULL;
    int found = eb_domain_lookup_by_name(conn, name, &dom, fresh()) == 0;

    if (!found)
        assert_int_equal(test_error.code, EB_ERR_NO_DOMAIN);
    eb_domain_unref(dom);
    return found;
}

void assert_state(eb_domain *dom, eb_domain_state state, int reason)
{
    eb_domain_state got;
    int why;

    OK(eb_domain_get_state(dom, &got, &why, fresh()));
    assert_int_equal(got, state);
    assert_int_equal(why, reason);
}

void remove_domain(eb_domain *dom)
{
    eb_domain_destroy(dom, 0, NULL);
    eb_domain_undefine(dom, EB_UNDEFINE_MANAGED_SAVE | EB_UNDEFINE_SNAPSHOTS_METADATA | EB_UNDEFINE_NVRAM,
                       NULL);
    eb_domain_unref(dom);
}

/* ---- Behind the driver's back ---- */

IVirtualBox *back_vbox(void)
{
    IVirtualBox *vbox = NULL;
    uint64_t epoch;

    OK(vb_begin(vb, &vbox, &epoch, fresh()));
    return vbox;
}

IMachine *back_machine(eb_domain *dom)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    IMachine *machine = NULL;
    char id[37];

    eb_domain_get_uuid_string(dom, id);
    if (vb_has(vb, VB_IVirtualBox_getMachine))
        OK(IVirtualBox_getMachine(vb, vbox, id, &machine, fresh()));
    else
        OK(IVirtualBox_findMachine(vb, vbox, id, &machine, fresh()));
    return machine;
}

IMachine *back_lock(eb_domain *dom, bool shared, ISession **session)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    VB_AUTO(IMachine) machine = back_machine(dom);
    IMachine *locked = NULL;
    char id[37];

    eb_domain_get_uuid_string(dom, id);
    OK(vb_new_session(vb, session, fresh()));
    if (vb_has(vb, VB_IMachine_lockMachine))
        OK(IMachine_lockMachine(vb, machine, *session, shared ? LockType_Shared : LockType_Write, fresh()));
    else if (shared)
        OK(IVirtualBox_openExistingSession(vb, vbox, *session, id, fresh()));
    else
        OK(IVirtualBox_openSession(vb, vbox, *session, id, fresh()));
    OK(ISession_get_machine(vb, *session, &locked, fresh()));
    return locked;
}

void back_unlock(ISession *session)
{
    if (vb_has(vb, VB_ISession_unlockMachine))
        OK(ISession_unlockMachine(vb, session, fresh()));
    else
        OK(ISession_close(vb, session, fresh()));
    vb_unref(session);
}

void back_wait(IProgress *progress)
{
    OK(vb_wait(vb, progress, "test", NULL, NULL, fresh()));
    vb_unref(progress);
}

IConsole *back_console(ISession *session)
{
    IConsole *console = NULL;

    OK(ISession_get_console(vb, session, &console, fresh()));
    return console;
}

void back_power_down(eb_domain *dom)
{
    ISession *session = NULL;
    VB_AUTO(IMachine) machine EB_UNUSED = back_lock(dom, true, &session);
    VB_AUTO(IConsole) console = back_console(session);
    IProgress *progress = NULL;

    if (vb_has(vb, VB_IConsole_powerDown__progress)) {
        OK(IConsole_powerDown__progress(vb, console, &progress, fresh()));
        back_wait(progress);
    } else {
        OK(IConsole_powerDown__now(vb, console, fresh()));
    }
    /* the VM's end may have closed the session already */
    if (vb_has(vb, VB_ISession_unlockMachine))
        ISession_unlockMachine(vb, session, NULL);
    else
        ISession_close(vb, session, NULL);
    vb_unref(session);
}

void back_set_global(const char *key, const char *value)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();

    OK(IVirtualBox_setExtraData(vb, vbox, key, value, fresh()));
}

unsigned entries_of(const char *folder)
{
    DIR *dir = opendir(folder);
    unsigned n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n > 2 ? n - 2 : 0;
}

/* ---- Faults ---- */

unsigned fail_each_call(eb_conn *conn, eb_domain *dom, action_fn *action, check_fn *unchanged, check_fn *undo)
{
    for (unsigned n = 1; n < 5000; n++) {
        bool all_went_well;
        int result;

        vb_hook_set_fault(vb, VB_FAULT_FAIL, n);
        result = action(conn, dom);
        all_went_well = vb_hook_fault_waits(vb);
        vb_hook_set_fault(vb, VB_FAULT_NONE, 0);
        if (all_went_well) {
            check_ok(result, "action", __FILE__, __LINE__);
            return n - 1;
        }
        if (result < 0 && !test_error.message)
            fail_msg("call %u: no error", n);
        (result < 0 ? unchanged : undo)(conn, dom);
    }
    fail_msg("never succeeded");
    return 0;
}

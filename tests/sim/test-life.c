/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-life FOLDER TABLE: a machine's life on one stand-in through one function table, by a client that is
 * not Everbox: made, given a disk, started, watched by events or callbacks and by a second process, paused,
 * stopped, saved, killed; and what goes wrong when it is asked to.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "dyn.h"

static int failures;

#define CHECK(what)                                                                                          \
    do {                                                                                                     \
        if (!(what)) {                                                                                       \
            printf("line %d: %s (0x%08x, '%s')\n", __LINE__, #what, d->rc, dyn_result(d));                   \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)
#define IS(text) (strcmp(dyn_result(d), (text)) == 0)

static bool before(const struct dyn *d, unsigned major)
{
    return d->facts->numeric < major * 1000000;
}

static void *machine_named(struct dyn *d, const char *name)
{
    return before(d, 4) ? dyn_call(d, d->vbox, "IVirtualBox.findMachine", "name", name, NULL)
                        : dyn_call(d, d->vbox, "IVirtualBox.findMachine", "nameOrId", name, NULL);
}

static void wait_for(struct dyn *d, void *progress)
{
    CHECK(progress);
    if (!progress)
        return;
    dyn_call(d, progress, "IProgress.waitForCompletion", "timeout", "10000", NULL);
    dyn_call(d, progress, "IProgress.resultCode", NULL);
    CHECK(IS("0"));
}

static bool in_state(struct dyn *d, void *machine, const char *attribute, const char *state)
{
    for (int i = 0; i < 200; i++) {
        dyn_call(d, machine, attribute, NULL);
        if (IS(state))
            return true;
        usleep(5000);
    }
    return false;
}

static const char *unlocked(const struct dyn *d)
{
    return before(d, 4) ? "Closed" : "Unlocked";
}

static void lock(struct dyn *d, void *machine, const char *id)
{
    if (before(d, 4))
        dyn_call(d, d->vbox, "IVirtualBox.openSession", "session", dyn_ptr(d->session), "machineId", id,
                 NULL);
    else
        dyn_call(d, machine, "IMachine.lockMachine", "session", dyn_ptr(d->session), "lockType", "Write",
                 NULL);
    CHECK(d->rc == 0);
}

static void unlock(struct dyn *d)
{
    dyn_call(d, d->session, before(d, 4) ? "ISession.close" : "ISession.unlockMachine", NULL);
    CHECK(d->rc == 0);
}

static void *launch(struct dyn *d, void *machine, const char *id)
{
    if (before(d, 4))
        return dyn_call(d, d->vbox, "IVirtualBox.openRemoteSession", "session", dyn_ptr(d->session),
                        "machineId", id, "type", "headless", NULL);
    return dyn_call(d, machine, "IMachine.launchVMProcess", "session", dyn_ptr(d->session), "name",
                    "headless", "type", "headless", NULL);
}

static void *make(struct dyn *d, const char *name)
{
    void *m = dyn_call(d, d->vbox, "IVirtualBox.createMachine", "name", name, "osTypeId", "Linux", NULL);

    CHECK(m);
    dyn_call(d, m, "IMachine.memorySize=", "memorySize", "64", NULL);
    dyn_call(d, m, "IMachine.addStorageController", "name", "SATA", "connectionType", "SATA", NULL);
    CHECK(d->rc == 0);
    dyn_call(d, m, "IMachine.saveSettings", NULL);
    CHECK(d->rc == 0);
    dyn_call(d, d->vbox, "IVirtualBox.registerMachine", "machine", dyn_ptr(m), NULL);
    CHECK(d->rc == 0);
    return m;
}

static void give_disk(struct dyn *d, void *machine, const char *id)
{
    EB_AUTOFREE char *location = eb_asprintf("%s/disk.vdi", getenv("VBOX_USER_HOME"));
    bool hard_disk = dyn_has(d, "IHardDisk.createBaseStorage");
    void *disk, *m;
    char medium[64];

    if (dyn_has(d, "IVirtualBox.createHardDisk"))
        disk =
            dyn_call(d, d->vbox, "IVirtualBox.createHardDisk", "format", "VDI", "location", location, NULL);
    else
        disk = dyn_call(d, d->vbox, "IVirtualBox.createMedium", "format", "VDI", "location", location,
                        "accessMode", "ReadWrite", "aDeviceTypeType", "HardDisk", NULL);
    wait_for(d, dyn_call(d, disk, hard_disk ? "IHardDisk.createBaseStorage" : "IMedium.createBaseStorage",
                         "logicalSize", "1048576", NULL));
    CHECK(access(location, R_OK) == 0);
    dyn_call(d, disk, "IMedium.id", NULL);
    snprintf(medium, sizeof(medium), "%s", dyn_result(d));
    lock(d, machine, id);
    m = dyn_call(d, d->session, "ISession.machine", NULL);
    if (dyn_has(d, "IMachine.attachHardDisk"))
        dyn_call(d, m, "IMachine.attachHardDisk", "id", medium, "name", "SATA", NULL);
    else
        dyn_call(d, m, "IMachine.attachDevice", "name", "SATA", "type", "HardDisk", "id", medium, "medium",
                 dyn_ptr(disk), NULL);
    CHECK(d->rc == 0);
    dyn_call(d, m, "IMachine.saveSettings", NULL);
    CHECK(d->rc == 0);
    unlock(d);
    dyn_call(d, disk, "IMedium.machineIds", NULL);
    CHECK(strncmp(dyn_result(d), id, 36) == 0);
}

/* ---- a callback of before 4.0: VirtualBox calls it from the event queue ---- */

static int called;
static unsigned state_slot;

static uint32_t own_query(void *self, const void *iid, void **out)
{
    (void)iid;
    *out = self;
    return 0;
}

static uint32_t own_count(void *self)
{
    (void)self;
    return 2;
}

static uint32_t own_call(void *self, void *id, uint32_t state)
{
    (void)self;
    (void)id;
    (void)state;
    called++;
    return 0;
}

static uint32_t own_ignore(void *self)
{
    (void)self;
    return 0;
}

static void *callback(const struct dyn *d)
{
    static void *vtable[40];
    static void *object = vtable;
    const struct sim_iface *iface = sim_iface_named(d->facts, "IVirtualBoxCallback");

    for (unsigned i = 0; i < 40; i++)
        vtable[i] = (void *)(uintptr_t)own_ignore;
    vtable[0] = (void *)(uintptr_t)own_query;
    vtable[1] = vtable[2] = (void *)(uintptr_t)own_count;
    for (unsigned i = 0; i < iface->n; i++)
        if (strcmp(iface->slots[i].name, "onMachineStateChange") == 0)
            state_slot = iface->slots[i].index;
    vtable[state_slot] = (void *)(uintptr_t)own_call;
    return &object;
}

static void run_queue(const struct dyn *d)
{
    void *queue = NULL;

    ((void (*)(void **))dyn_member(d, 9))(&queue);
    for (int i = 0; i < 100 && !called; i++) {
        ((uint32_t(*)(void *))(*(void ***)queue)[8])(queue); /* processPendingEvents */
        usleep(5000);
    }
}

/* ---- events since 4.0 ---- */

static void *listen_to(struct dyn *d, void **source)
{
    void *listener;

    *source = dyn_call(d, d->vbox, "IVirtualBox.eventSource", NULL);
    listener = dyn_call(d, *source, "IEventSource.createListener", NULL);
    dyn_call(d, *source, "IEventSource.registerListener", "listener", dyn_ptr(listener), "interesting",
             "OnMachineStateChanged\n", "active", "0", NULL);
    CHECK(d->rc == 0);
    return listener;
}

static void check_events(struct dyn *d, void *source, void *listener, const char *const *states)
{
    for (; *states; states++) {
        void *event = dyn_call(d, source, "IEventSource.getEvent", "listener", dyn_ptr(listener), "timeout",
                               "2000", NULL);

        CHECK(event);
        event = dyn_query(d, event, "IMachineStateChangedEvent");
        dyn_call(d, event, "IMachineStateChangedEvent.state", NULL);
        CHECK(IS(*states));
    }
}

/* Another process, for which this one does not matter. */
static bool other_sees(const char *folder, const char *table, const char *name, const char *state)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        execl("/proc/self/exe", "test-life", folder, table, name, state, (char *)NULL);
        _exit(9);
    }
    waitpid(pid, &status, 0);
    return status == 0;
}

static int look(struct dyn *d, const char *name, const char *state)
{
    void *m = machine_named(d, name);

    CHECK(m && in_state(d, m, "IMachine.state", state));
    dyn_close(d);
    return failures > 0;
}

static void ask(const char *line)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/sim.control", getenv("VBOX_USER_HOME"));
    FILE *f = fopen(path, "w");

    if (!f)
        abort();
    fprintf(f, "%s\n", line);
    fclose(f);
}

static void misbehave(struct dyn *d, void *machine, const char *id)
{
    EB_AUTOFREE char *text = NULL;

    ask("FAIL=IMachine.name:1:0x80bb0007");
    dyn_call(d, machine, "IMachine.name", NULL);
    CHECK(d->rc == 0x80bb0007u);
    text = dyn_error(d);
    CHECK(strstr(text, "asked to fail"));
    dyn_call(d, machine, "IMachine.name", NULL);
    CHECK(d->rc == 0);
    ask("FULL_DISK=1");
    lock(d, machine, id);
    dyn_call(d, dyn_call(d, d->session, "ISession.machine", NULL), "IMachine.saveSettings", NULL);
    CHECK(d->rc == 0x80bb0004u);
    ask("");
    unlock(d);
    ask("LOCKED=life");
    if (!before(d, 4)) {
        dyn_call(d, machine, "IMachine.lockMachine", "session", dyn_ptr(d->session), "lockType", "Write",
                 NULL);
        CHECK(d->rc == 0x80bb0007u);
    }
    ask("");
}

static void live(struct dyn *d, const char *folder, const char *table)
{
    static const char *const up[] = {"Starting", "Running", "Paused", NULL};
    void *m = make(d, "life"), *console, *source = NULL, *listener = NULL;
    char id[64];

    dyn_call(d, m, "IMachine.id", NULL);
    snprintf(id, sizeof(id), "%s", dyn_result(d));
    dyn_call(d, m, "IMachine.memorySize=", "memorySize", "128", NULL);
    CHECK(d->rc == 0x80bb0002u);
    give_disk(d, m, id);
    misbehave(d, m, id);
    if (!before(d, 4))
        listener = listen_to(d, &source);
    else if (d->table_version == 0x20000)
        dyn_call(d, d->vbox, "IVirtualBox.registerCallback", "callback", dyn_ptr(callback(d)), NULL);
    wait_for(d, launch(d, m, id));
    CHECK(in_state(d, m, "IMachine.state", "Running"));
    CHECK(other_sees(folder, table, "life", "Running"));
    console = dyn_call(d, d->session, "ISession.console", NULL);
    dyn_call(d, console, "IConsole.pause", NULL);
    CHECK(d->rc == 0);
    dyn_call(d, console, "IConsole.pause", NULL);
    CHECK(d->rc == 0x80bb0002u);
    CHECK(other_sees(folder, table, "life", "Paused"));
    if (listener)
        check_events(d, source, listener, up);
    if (before(d, 4) && d->table_version == 0x20000) {
        run_queue(d);
        CHECK(called > 0);
        dyn_call(d, d->vbox, "IVirtualBox.unregisterCallback", "callback", dyn_ptr(callback(d)), NULL);
        CHECK(d->rc == 0);
    }
    dyn_call(d, console, "IConsole.powerDown", NULL);
    CHECK(d->rc == 0);
    CHECK(in_state(d, m, "IMachine.state", "PoweredOff"));
    CHECK(in_state(d, m, "IMachine.sessionState", unlocked(d)));
    CHECK(other_sees(folder, table, "life", "PoweredOff"));
}

/* The VM's process dies: Aborted. VBoxSVC dies: calls fail, and the next one knows the machine. */
static void die(struct dyn *d, const char *folder, const char *table)
{
    void *m = machine_named(d, "life");
    char id[64];

    dyn_call(d, m, "IMachine.id", NULL);
    snprintf(id, sizeof(id), "%s", dyn_result(d));
    wait_for(d, launch(d, m, id));
    dyn_call(d, m,
             before(d, 4) || !dyn_has(d, "IMachine.sessionPID") ? "IMachine.sessionPid"
                                                                : "IMachine.sessionPID",
             NULL);
    CHECK(kill((pid_t)atoi(dyn_result(d)), SIGKILL) == 0);
    CHECK(in_state(d, m, "IMachine.state", "Aborted"));
    CHECK(in_state(d, m, "IMachine.sessionState", unlocked(d)));
    wait_for(d, launch(d, m, id));
    ask("DIE=IMachine.name");
    dyn_call(d, m, "IMachine.name", NULL);
    CHECK(d->rc == 0x800706beu);
    ask("");
    dyn_call(d, m, "IMachine.name", NULL);
    CHECK(d->rc == 0x800706beu);
    CHECK(other_sees(folder, table, "life", "Aborted"));
}

int main(int argc, char **argv)
{
    struct dyn *d;

    if (argc != 3 && argc != 5)
        return 2;
    alarm(100);
    d = dyn_open(argv[1], argv[1], (unsigned)strtoul(argv[2], NULL, 0));
    if (!d)
        return 1;
    if (argc == 5)
        return look(d, argv[3], argv[4]);
    dyn_call(d, d->vbox, "IVirtualBox.version", NULL);
    CHECK(IS(d->facts->version));
    live(d, argv[1], argv[2]);
    die(d, argv[1], argv[2]);
    dyn_close(d);
    printf("%d failures\n", failures);
    return failures > 0;
}

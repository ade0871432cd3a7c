/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-slots FOLDER TABLE: every slot of every interface of a stand-in can be called. What the model's
 * objects have is called on them, with a machine that runs; the rest on objects of the bare interface, which
 * must say that they implement nothing. VBoxSVC lives on, and no handler asks for a parameter that its member
 * lacks.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "dyn.h"

enum { MAX_OBJECTS = 3000 };

struct seen {
    void *object;
    const struct sim_iface *iface;
};
static struct seen objects[MAX_OBJECTS];
static unsigned n_objects;
static unsigned char *covered; /* interfaces that an object was found for */

static void add(struct dyn *d, void *object, const struct sim_iface *declared)
{
    const struct sim_iface *iface;
    unsigned same = 0;

    for (unsigned i = 0; i < n_objects; i++)
        if (objects[i].object == object)
            return;
    iface = dyn_class(d, object, declared);
    for (unsigned i = 0; i < n_objects; i++)
        same += objects[i].iface == iface;
    if (!iface || n_objects == MAX_OBJECTS || same >= 3)
        return;
    objects[n_objects++] = (struct seen){object, iface};
    for (; iface; iface = iface->base)
        covered[iface->number] = 1;
}

static bool is_getter(const struct sim_slot *slot)
{
    for (unsigned i = 0; i < slot->n; i++)
        if (slot->params[i].dir == SIM_IN)
            return false;
    return slot->n > 0 && slot->what != SIM_RESERVED;
}

/* Objects that a slot gives, by its out parameters. */
static void collect(struct dyn *d, const struct sim_slot *slot)
{
    unsigned o = 0;
    struct {
        char *text;
        const struct sim_iface *iface;
    } found[16];
    unsigned n = 0;

    for (unsigned i = 0; i < slot->n && o < d->n_out; i++) {
        if (slot->params[i].dir == SIM_IN)
            continue;
        if (slot->params[i].kind == SIM_OBJECT) {
            found[n].text = eb_strdup(d->out[o].text);
            found[n++].iface = slot->params[i].iface;
        }
        o++;
    }
    for (unsigned i = 0; i < n; i++) {
        for (unsigned k = 0; k < 3; k++) {
            void *object = dyn_item(found[i].text, k);

            if (object)
                add(d, object, found[i].iface);
        }
        free(found[i].text);
    }
}

static void crawl(struct dyn *d)
{
    for (unsigned i = 0; i < n_objects; i++)
        for (unsigned s = 3; s < sim_slot_count(objects[i].iface); s++) {
            const struct sim_slot *slot = sim_slot_at(objects[i].iface, s);

            if (!is_getter(slot) || strcmp(slot->name, "powerDown") == 0 ||
                strcmp(slot->name, "saveState") == 0)
                continue;
            dyn_call_slot(d, objects[i].object, slot, NULL);
            collect(d, slot);
        }
}

/* A machine with a controller, a disk and a snapshot, that runs. */
static void make_machine(struct dyn *d)
{
    void *m = dyn_call(d, d->vbox, "IVirtualBox.createMachine", "name", "slots", "osTypeId", "Linux", NULL),
         *p, *hd;
    bool old = dyn_has(d, "IVirtualBox.openRemoteSession");
    char id[64];

    dyn_call(d, m, "IMachine.addStorageController", "name", "SATA", "connectionType", "SATA", NULL);
    dyn_call(d, m, "IMachine.saveSettings", NULL);
    dyn_call(d, d->vbox, "IVirtualBox.registerMachine", "machine", dyn_ptr(m), NULL);
    dyn_call(d, m, "IMachine.id", NULL);
    snprintf(id, sizeof(id), "%s", dyn_result(d));
    if (dyn_has(d, "IVirtualBox.createHardDisk"))
        hd = dyn_call(d, d->vbox, "IVirtualBox.createHardDisk", "format", "VDI", "location",
                      "/tmp/nowhere.vdi", NULL);
    else
        hd = dyn_call(d, d->vbox, "IVirtualBox.createMedium", "format", "VDI", "location", "/tmp/nowhere.vdi",
                      "accessMode", "ReadWrite", "aDeviceTypeType", "HardDisk", NULL);
    add(d, hd, sim_iface_named(d->facts, dyn_has(d, "IHardDisk.type") ? "IHardDisk" : "IMedium"));
    if (old)
        p = dyn_call(d, d->vbox, "IVirtualBox.openRemoteSession", "session", dyn_ptr(d->session), "machineId",
                     id, "type", "headless", NULL);
    else
        p = dyn_call(d, m, "IMachine.launchVMProcess", "session", dyn_ptr(d->session), "name", "headless",
                     "type", "headless", NULL);
    if (p)
        dyn_call(d, p, "IProgress.waitForCompletion", "timeout", "5000", NULL);
    if (!p)
        printf("launch: 0x%08x %s\n", d->rc, dyn_error(d));
    else
        add(d, p, sim_iface_named(d->facts, "IProgress"));
}

static unsigned call_all(struct dyn *d, void *object, const struct sim_iface *iface, bool is_bare)
{
    unsigned wrong = 0;

    for (unsigned s = 3; s < sim_slot_count(iface); s++) {
        const struct sim_slot *slot = sim_slot_at(iface, s);

        dyn_call_slot(d, object, slot, NULL);
        if (is_bare && d->rc != 0x80004001u) {
            printf("%s.%s: 0x%08x\n", iface->name, slot->name, d->rc);
            wrong++;
        }
    }
    return wrong;
}

/* The service manager makes the bare objects: getServiceByContractID is slot 4. */
static void *bare(const struct dyn *d, const struct sim_iface *iface)
{
    static const unsigned char supports[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
    EB_AUTOFREE char *contract = eb_asprintf("BARE:%s", iface->name);
    uint32_t (*get_manager)(void **) = NULL;
    void *symbol = dlsym(d->library, "VBoxNsxpNS_GetServiceManager"), *manager = NULL, *object = NULL;

    memcpy(&get_manager, &symbol, sizeof(get_manager));
    if (!get_manager || get_manager(&manager) != 0)
        return NULL;
    ((uint32_t(*)(void *, const char *, const void *, void **))(*(void ***)manager)[4])(manager, contract,
                                                                                        supports, &object);
    return object;
}

static bool log_is_clean(const char *path)
{
    EB_AUTOFREE char *text = NULL;
    size_t len;
    const char *bug;

    if (eb_read_file(path, 16u << 20, &text, &len) != 0)
        return true;
    bug = strstr(text, "BUG");
    if (bug)
        printf("%.*s\n", (int)strcspn(bug, "\n"), bug);
    return bug == NULL;
}

int main(int argc, char **argv)
{
    EB_AUTOFREE char *log = NULL;
    unsigned wrong = 0, n_bare = 0;
    struct dyn *d;

    if (argc != 3)
        return 2;
    alarm(120);
    log = eb_asprintf("%s/calls.log", getenv("VBOX_USER_HOME"));
    setenv("EVERBOX_SIM_LOG", log, 1);
    d = dyn_open(argv[1], argv[1], (unsigned)strtoul(argv[2], NULL, 0));
    if (!d)
        return 1;
    covered = eb_calloc(d->facts->n_ifaces, 1);
    add(d, d->vbox, sim_iface_named(d->facts, "IVirtualBox"));
    add(d, d->session, sim_iface_named(d->facts, "ISession"));
    if (d->client)
        add(d, d->client, sim_iface_named(d->facts, "IVirtualBoxClient"));
    make_machine(d);
    crawl(d);
    for (unsigned i = 0; i < n_objects; i++)
        wrong += call_all(d, objects[i].object, objects[i].iface, false);
    for (unsigned i = 0; i < d->facts->n_ifaces; i++) {
        void *object = covered[i] ? NULL : bare(d, &d->facts->ifaces[i]);

        if (covered[i])
            continue;
        n_bare++;
        wrong += object ? call_all(d, object, &d->facts->ifaces[i], true) : 1;
    }
    dyn_call(d, d->vbox, "IVirtualBox.version", NULL);
    wrong += strcmp(dyn_result(d), d->facts->version) != 0;
    wrong += !log_is_clean(log);
    printf("%s: %u objects, %u bare interfaces of %u, %u wrong\n", d->facts->version, n_objects, n_bare,
           d->facts->n_ifaces, wrong);
    return wrong ? 1 : 0;
}

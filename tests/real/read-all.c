/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * read-all: reads every attribute that the driver knows, of every kind of object that a real VirtualBox leads
 * to from IVirtualBox. Each comes by way of its real IPC, so a wrong slot or a wrong way to pass the value
 * shows: as a crash, as a result code of bad arguments, as an enum number without a name. (EVERBOX_TRACE=1
 * shows the values.)
 */
#include "read-all.h"

#include <stdio.h>

#include "base/error.h"
#include "vbox/com/bind.h"

enum { MAX_DEPTH = 6, MAX_EACH = 3 };

struct vb *read_vb;
eb_error read_error = EB_ERROR_INIT;
static unsigned depth, right, refused, wrong;
static unsigned seen[VB_IFACE__COUNT];

/* What an attribute may answer: it is not for this object, in this state, or on this host. */
static bool allowed(uint32_t result)
{
    return (result >= VB_E_OBJECT_NOT_FOUND && result <= 0x80bb0020u) || result == VB_E_NOTIMPL ||
           result == VB_E_ACCESSDENIED;
}

bool read_wanted(enum vb_member member)
{
    return vb_has(read_vb, member);
}

bool read_result(enum vb_member member, int result)
{
    if (result == 0) {
        right++;
        return true;
    }
    if (allowed(read_error.vbox_result)) {
        refused++;
    } else {
        wrong++;
        printf("WRONG %s: 0x%08x %s\n", vb_member_name(member), read_error.vbox_result,
               eb_error_message(&read_error));
    }
    eb_error_clear(&read_error);
    return false;
}

void read_enum(enum vb_member member, enum vb_enum_id id, int value)
{
    if (value == 0) {
        wrong++;
        printf("WRONG %s: a number that no constant has\n", vb_member_name(member));
    }
    (void)id;
}

void read_object(enum vb_iface_id id, void *object)
{
    if (object && depth < MAX_DEPTH && seen[id] < MAX_EACH) {
        depth++;
        seen[id]++;
        read_interfaces[id](object);
        depth--;
    }
    vb_unref(object);
}

void read_objects(enum vb_iface_id id, size_t n, void *objects)
{
    void **items = objects;

    for (size_t i = 0; i < n; i++)
        read_object(id, items[i]);
    free(items);
}

/** What a machine has by number. */
static void read_numbered(IMachine *machine)
{
    INetworkAdapter *adapter = NULL;
    ISerialPort *serial = NULL;
    IParallelPort *parallel = NULL;

    if (read_result(VB_IMachine_getNetworkAdapter,
                    IMachine_getNetworkAdapter(read_vb, machine, 0, &adapter, &read_error)))
        read_object(VB_IFACE_INetworkAdapter, adapter);
    if (read_result(VB_IMachine_getSerialPort,
                    IMachine_getSerialPort(read_vb, machine, 0, &serial, &read_error)))
        read_object(VB_IFACE_ISerialPort, serial);
    if (read_result(VB_IMachine_getParallelPort,
                    IMachine_getParallelPort(read_vb, machine, 0, &parallel, &read_error)))
        read_object(VB_IFACE_IParallelPort, parallel);
}

static void read_machines(IVirtualBox *vbox)
{
    IMachine **machines = NULL;
    size_t n = 0;

    if (!read_result(VB_IVirtualBox_get_machines,
                     IVirtualBox_get_machines(read_vb, vbox, &n, &machines, &read_error)))
        return;
    for (size_t i = 0; i < n; i++)
        read_numbered(machines[i]);
    vb_objects_free(n, machines);
}

int main(void)
{
    IVirtualBox *vbox = NULL;
    uint64_t epoch;
    unsigned kinds = 0;

    if (vb_open(NULL, &read_vb, &read_error) < 0 || vb_begin(read_vb, &vbox, &epoch, &read_error) < 0) {
        printf("%s\n", eb_error_message(&read_error));
        return 1;
    }
    read_machines(vbox);
    read_object(VB_IFACE_IVirtualBox, vbox);
    for (unsigned i = 0; i < VB_IFACE__COUNT; i++)
        kinds += seen[i] > 0;
    printf("%u values read of %u kinds of objects, %u not to be had, %u wrong\n", right, kinds, refused,
           wrong);
    vb_unref_client(read_vb);
    return wrong > 0 || right < 500;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What test:///default has beside its domain; and objects from files of definitions. */
#include "test/objects.h"

#include "test/world.h"

#define FC_HOST(name, parent, number, id, wwn, fabric, operations)                                           \
    "<device><name>" name "</name><parent>" parent "</parent><capability type='scsi_host'>"                  \
    "<host>" number "</host><unique_id>" id "</unique_id>"                                                   \
    "<capability type='fc_host'><wwnn>20000000" wwn "</wwnn><wwpn>10000000" wwn "</wwpn>"                    \
    "<fabric_wwn>20000000" fabric "</fabric_wwn></capability>" operations "</capability></device>"
#define VPORTS "<capability type='vport_ops'><max_vports>0</max_vports><vports>0</vports></capability>"

static const struct {
    enum eb_object_kind kind;
    const char *xml;
} objects[] = {
    {EB_OBJECT_NETWORK,
     "<network><name>default</name><uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid><bridge name='virbr0'/>"
     "<forward/><ip address='192.168.122.1' netmask='255.255.255.0'>"
     "<dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>"},
    {EB_OBJECT_POOL,
     "<pool type='dir'><name>default-pool</name><uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>"
     "<target><path>/default-pool</path></target></pool>"},
    {EB_OBJECT_IFACE,
     "<interface type='ethernet' name='eth1'><start mode='onboot'/><mac address='aa:bb:cc:dd:ee:ff'/>"
     "<mtu size='1492'/><protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/>"
     "<route gateway='192.168.0.1'/></protocol></interface>"},
    {EB_OBJECT_NODEDEV,
     "<device><name>computer</name><capability type='system'>"
     "<hardware><vendor>Libvirt</vendor><version>Test driver</version><serial>123456</serial>"
     "<uuid>11111111-2222-3333-4444-555555555555</uuid></hardware>"
     "<firmware><vendor>Libvirt</vendor><version>Test Driver</version>"
     "<release_date>01/22/2007</release_date></firmware></capability></device>"},
    {EB_OBJECT_NODEDEV, FC_HOST("scsi_host1", "computer", "1", "0", "12341234", "43214321", VPORTS)},
    {EB_OBJECT_NODEDEV, FC_HOST("scsi_host2", "computer", "2", "1", "56785678", "87658765", VPORTS)},
    {EB_OBJECT_NODEDEV, FC_HOST("scsi_host11", "scsi_host1", "11", "10", "34563456", "43214321", "")},
};

int test_objects_load(struct test_world *world, enum eb_object_kind kind, const char *xml, eb_error *err)
{
    EB_AUTOOBJECT struct eb_object_def *def = NULL;
    struct test_object *object;

    if (eb_object_def_parse(kind, xml, &def, err) < 0)
        return -1;
    if (test_object_by_name(world, kind, def->name))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "'%s' is there twice", def->name);
    if (kind == EB_OBJECT_POOL)
        test_pool_fill(def);
    object = test_object_add(&world->objects.lists[kind], EB_STEAL(def));
    object->active = object->persistent = true;
    return 0;
}

int test_objects_add_default(struct test_world *world, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(objects); i++) {
        if (test_objects_load(world, objects[i].kind, objects[i].xml, err) < 0)
            return -1;
    }
    return 0;
}

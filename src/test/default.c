/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What test:///default has: one domain, which runs, and the objects of default_objects.c. */
#include "test/world.h"

static const char definition[] =
    "<domain type='test'>"
    "<name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>"
    "<memory>8388608</memory><currentMemory>2097152</currentMemory><vcpu>2</vcpu>"
    "<os><type arch='i686'>hvm</type></os>"
    "<devices>"
    "<disk type='file'><source file='/guest/diskimage1'/><target dev='vda' bus='virtio'/>"
    "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></disk>"
    "<interface type='network'><mac address='aa:bb:cc:dd:ee:ff'/>"
    "<source network='default'/>"
    "<address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/></interface>"
    "<memballoon model='virtio'>"
    "<address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/></memballoon>"
    "</devices>"
    "</domain>";

int test_world_add_default(struct test_world *world, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct test_domain *dom;

    if (eb_domain_def_parse(definition, EB_XML_INACTIVE, &def, err) < 0)
        return -1;
    test_fill_defaults(def);
    dom = test_add(world, EB_STEAL(def));
    dom->persistent = true;
    test_run(world, dom, NULL, EB_DOMAIN_RUNNING, EB_RUNNING_UNKNOWN);
    world->cells = TEST_MAX_CELLS;
    return test_objects_add_default(world, err);
}

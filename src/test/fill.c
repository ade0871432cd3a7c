/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the test hypervisor decides where a definition leaves it open. What is there stays, so that filling
 * twice changes nothing. */
#include "test/world.h"

/* In the range that libvirt gives out; unique enough without being secret. */
static void fill_mac(struct eb_interface *net)
{
    unsigned char uuid[16];

    if (net->has_mac)
        return;
    eb_uuid_generate(uuid);
    memcpy(net->mac, "\x52\x54\x00", 3);
    memcpy(net->mac + 3, uuid, 3);
    net->has_mac = true;
}

static bool has_target(const struct eb_domain_def *def, const char *name)
{
    for (size_t i = 0; i < def->n_interfaces; i++) {
        if (eb_streq(def->interfaces[i].target, name))
            return true;
    }
    return false;
}

/* The host's end of an interface: the first testnetN that the domain does not use. */
static void fill_target(struct eb_domain_def *def, struct eb_interface *net)
{
    for (unsigned i = 0; !net->target; i++) {
        EB_AUTOFREE char *name = eb_asprintf("testnet%u", i);

        if (!has_target(def, name))
            net->target = EB_STEAL(name);
    }
}

void test_fill_defaults(struct eb_domain_def *def)
{
    if (!def->os.arch)
        def->os.arch = eb_strdup("i686");
    for (size_t i = 0; i < def->n_interfaces; i++) {
        fill_mac(&def->interfaces[i]);
        fill_target(def, &def->interfaces[i]);
    }
}

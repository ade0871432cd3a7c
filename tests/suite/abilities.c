/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a backend legitimately cannot do. The suite asks here and nowhere else. */
#include "suite.h"

static const char *const names[ABLE_LAST] = {
    [ABLE_SHUTDOWN] = "shutdown",
    [ABLE_REBOOT] = "reboot",
    [ABLE_TWO_DEFINITIONS] = "two-definitions",
    [ABLE_LIVE_MEMORY] = "live-memory",
    [ABLE_BALLOON] = "balloon",
    [ABLE_LIVE_VCPUS] = "live-vcpus",
    [ABLE_VCPU_ROOM] = "vcpu-room",
    [ABLE_COUNTED_IDS] = "counted-ids",
    [ABLE_CHECK_MEDIA] = "check-media",
    [ABLE_DELETE_STORAGE] = "delete-storage",
    [ABLE_DETACH_DRIVE] = "detach-drive",
    [ABLE_BRANCHED_SNAPSHOTS] = "branched-snapshots",
    [ABLE_DELETE_SNAPSHOT_ONLINE] = "delete-snapshot-online",
    [ABLE_LIVE_SNAPSHOT] = "live-snapshot",
    [ABLE_NAT_NETWORKS] = "nat-networks",
    [ABLE_HOST_NETWORKS] = "host-networks",
    [ABLE_DHCP_HOSTS] = "dhcp-hosts",
    [ABLE_VOLUME_CONTENTS] = "volume-contents",
    [ABLE_GROW_IMAGES] = "grow-images",
};

static const struct {
    const char *type;     /* eb_conn_get_type */
    unsigned long before; /* eb_conn_get_version; 0: every version */
    enum ability ability;
    const char *reason;
} lacks[] = {
    {"TEST", 0, ABLE_CHECK_MEDIA, "the test driver looks at no file that a definition names"},
    {"TEST", 0, ABLE_DELETE_STORAGE, "the test driver has no disks to delete"},
    {"TEST", 0, ABLE_VOLUME_CONTENTS, "volumes of the test driver are names and numbers without contents"},
    {"TEST", 0, ABLE_GROW_IMAGES, "the test driver has no images"},
    {"VBOX", 4000000, ABLE_GROW_IMAGES, "before 4.0 VirtualBox cannot make an image larger"},
    {"VBOX", 0, ABLE_SHUTDOWN, "the small machine has no guest system that would answer the power button"},
    {"VBOX", 0, ABLE_REBOOT, "the small machine has no guest system that could restart itself"},
    {"VBOX", 0, ABLE_TWO_DEFINITIONS, "VirtualBox has one definition of a machine, running or not"},
    {"VBOX", 0, ABLE_LIVE_MEMORY, "memory of a running machine changes through its guest additions alone"},
    {"VBOX", 0, ABLE_BALLOON, "VirtualBox has no current memory apart from the whole"},
    {"VBOX", 0, ABLE_LIVE_VCPUS, "CPUs change in a running machine only when it was made for CPU hotplug"},
    {"VBOX", 0, ABLE_VCPU_ROOM, "fewer CPUs than the most need a machine made for CPU hotplug"},
    {"VBOX", 3001000, ABLE_DETACH_DRIVE, "before 3.1 the CD drive is part of the IDE controller"},
    {"VBOX", 3001000, ABLE_LIVE_SNAPSHOT, "before 3.1 a machine pauses while a snapshot of it is taken"},
    {"VBOX", 3001000, ABLE_BRANCHED_SNAPSHOTS, "before 3.1 a machine goes back to its current snapshot only"},
    {"VBOX", 3002000, ABLE_DELETE_SNAPSHOT_ONLINE, "before 3.2 a running machine keeps its snapshots"},
    {"VBOX", 3000000, ABLE_HOST_NETWORKS, "before 3.0 only Windows' VirtualBox makes host-only interfaces"},
    {"VBOX", 4003000, ABLE_NAT_NETWORKS, "before 4.3 VirtualBox has no NAT networks"},
    {"VBOX", 6001000, ABLE_DHCP_HOSTS, "before 6.1 VirtualBox's DHCP servers know no hosts"},
    {"VBOX", 0, ABLE_COUNTED_IDS, "a domain's id is the process id of its VM"},
};

/* EVERBOX_SUITE_LACKS=name,name: what one installation lacks besides. */
static bool lacks_here(const char *name)
{
    const char *list = getenv("EVERBOX_SUITE_LACKS");
    size_t len = strlen(name);

    for (const char *at = list; at && *at; at += strspn(at, ",")) {
        size_t n = strcspn(at, ",");

        if (n == len && strncmp(at, name, n) == 0)
            return true;
        at += n;
    }
    return false;
}

bool able(struct fixture *t, enum ability ability)
{
    const char *type = eb_conn_get_type(t->conn);
    unsigned long version = 0;

    OK(t, eb_conn_get_version(t->conn, &version, fresh(t)));
    for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
        if (lacks[i].ability == ability && strcmp(lacks[i].type, type) == 0 &&
            (!lacks[i].before || version < lacks[i].before)) {
            print_message("without %s: %s\n", names[ability], lacks[i].reason);
            return false;
        }
    }
    if (lacks_here(names[ability])) {
        print_message("without %s: EVERBOX_SUITE_LACKS says so\n", names[ability]);
        return false;
    }
    return true;
}

const char *domain_type(struct fixture *t)
{
    return strcmp(eb_conn_get_type(t->conn), "TEST") == 0 ? "test" : "vbox";
}

static unsigned number_from(const char *variable, unsigned otherwise)
{
    const char *said = getenv(variable);

    return said && atoi(said) > 0 ? (unsigned)atoi(said) : otherwise;
}

unsigned quiet_ms(void)
{
    return number_from("EVERBOX_SUITE_QUIET_MS", 300);
}

unsigned rounds(struct fixture *t)
{
    return number_from("EVERBOX_SUITE_ROUNDS", strcmp(domain_type(t), "test") == 0 ? 100 : 2);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IHost: the machine below. */
#include <stdio.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "model.h"

static uint32_t cpu_count(struct call *c)
{
    ret_num(c, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    return S_OK;
}

static uint32_t memory_size(struct call *c)
{
    ret_num(c, (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / (1024 * 1024));
    return S_OK;
}

static uint32_t memory_available(struct call *c)
{
    ret_num(c, (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / (1024 * 1024));
    return S_OK;
}

static uint32_t operating_system(struct call *c)
{
    struct utsname u;

    uname(&u);
    ret_str(c, eb_streq(c->slot->name, "operatingSystem") ? u.sysname : u.release);
    return S_OK;
}

static uint32_t utc_time(struct call *c)
{
    struct timeval t;

    gettimeofday(&t, NULL);
    ret_num(c, (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_usec / 1000);
    return S_OK;
}

static uint32_t architecture(struct call *c)
{
    ret_text(c, "x86");
    return S_OK;
}

static uint32_t get_x86(struct call *c)
{
    ret_obj(c, object_get("IHostX86", "host x86"));
    return S_OK;
}

static uint32_t check_cpu(struct call *c)
{
    if (arg_num(c, "cpuId") >= sysconf(_SC_NPROCESSORS_ONLN))
        return fail(c, E_INVALIDARG, "Processor %lld does not exist", (long long)arg_num(c, "cpuId"));
    return S_OK;
}

static uint32_t cpu_speed(struct call *c)
{
    ret_num(c, 2400);
    return check_cpu(c);
}

static uint32_t cpu_description(struct call *c)
{
    ret_str(c, "Stand-in Processor");
    return check_cpu(c);
}

static uint32_t cpu_feature(struct call *c)
{
    EB_AUTOFREE char *feature = eb_strdup(arg_enum(c, "feature"));

    if (!*feature)
        return fail(c, E_INVALIDARG, "Invalid processor feature");
    ret_num(c, eb_streq(feature, "PAE") || eb_streq(feature, "LongMode") || eb_streq(feature, "HWVirtEx") ||
                   eb_streq(feature, "NestedPaging"));
    return S_OK;
}

static uint32_t cpuid_leaf(struct call *c)
{
    out_num(c, "valEax", arg_num(c, "leaf") == 0 ? 0x16 : 0);
    out_num(c, "valEbx", 0x756e6547);
    out_num(c, "valEcx", 0x6c65746e);
    out_num(c, "valEdx", 0x49656e69);
    return S_OK;
}

static uint32_t mac_address(struct call *c)
{
    EB_AUTOFREE char *id = id_new();
    EB_AUTOFREE char *mac = eb_asprintf("080027%.6s", id);

    for (char *p = mac; *p; p++)
        if (*p >= 'a' && *p <= 'f')
            *p = (char)(*p - 'a' + 'A');
    ret_str(c, mac);
    return S_OK;
}

static uint32_t dvd_drives(struct call *c)
{
    ret_add_obj(c, host_drive("DVD", NULL));
    return S_OK;
}

static uint32_t floppy_drives(struct call *c)
{
    ret_add_obj(c, host_drive("Floppy", NULL));
    return S_OK;
}

static uint32_t find_drive(struct call *c)
{
    struct object *o = host_drive(strstr(c->slot->name, "DVD") ? "DVD" : "Floppy", arg_str(c, "name"));

    if (!o)
        return not_found(c, "Could not find a host drive named '%s'", arg_str(c, "name"));
    ret_obj(c, o);
    return S_OK;
}

static uint32_t empty(struct call *c)
{
    (void)c;
    return S_OK;
}

static uint32_t name_servers(struct call *c)
{
    ret_add_text(c, "192.0.2.53");
    return S_OK;
}

static uint32_t acceleration(struct call *c)
{
    ret_num(c, 0);
    return S_OK;
}

static uint32_t engine_supported(struct call *c)
{
    EB_AUTOFREE char *engine = eb_strdup(arg_enum(c, "executionEngine"));

    ret_num(c, eb_streq(engine, "HwVirt") || eb_streq(engine, "Interpreter") || eb_streq(engine, "Default"));
    return S_OK;
}

const struct member host_members[] = {
    {"IHost.processorCount", cpu_count},
    {"IHost.processorOnlineCount", cpu_count},
    {"IHost.processorCoreCount", cpu_count},
    {"IHost.processorOnlineCoreCount", cpu_count},
    {"IHost.memorySize", memory_size},
    {"IHost.memoryAvailable", memory_available},
    {"IHost.operatingSystem", operating_system},
    {"IHost.OSVersion", operating_system},
    {"IHost.UTCTime", utc_time},
    {"IHost.architecture", architecture},
    {"IHost.x86", get_x86},
    {"IHost.getProcessorSpeed", cpu_speed},
    {"IHost.getProcessorDescription", cpu_description},
    {"IHost.getProcessorFeature", cpu_feature},
    {"IHost.getProcessorCPUIDLeaf", cpuid_leaf},
    {"IHostX86.getProcessorCPUIDLeaf", cpuid_leaf},
    {"IHost.generateMACAddress", mac_address},
    {"IHost.DVDDrives", dvd_drives},
    {"IHost.floppyDrives", floppy_drives},
    {"IHost.findHostDVDDrive", find_drive},
    {"IHost.findHostFloppyDrive", find_drive},
    {"IHost.nameServers", name_servers},
    {"IHost.searchStrings", empty},
    {"IHost.domainName", empty},
    {"IHost.videoInputDevices", empty},
    {"IHost.audioDevices", empty},
    {"IHost.acceleration3DAvailable", acceleration},
    {"IHost.isExecutionEngineSupported", engine_supported},
    {NULL, NULL},
};

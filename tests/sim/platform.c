/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Platform, processor, graphics, audio, firmware, TPM, variables: on IMachine first, on objects of their own
 * later. */
#include <inttypes.h>
#include <stdio.h>

#include "model.h"

/* ---- the parts ---- */

static uint32_t part(struct call *c, const char *iface, const char *path)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, object_part(c->self, iface, path));
    return rc;
}

static uint32_t get_platform(struct call *c)
{
    return part(c, "IPlatform", "Platform");
}

static uint32_t get_x86(struct call *c)
{
    return part(c, "IPlatformX86", "Platform");
}

static uint32_t get_arm(struct call *c)
{
    return fail(c, 0x80bb0012u, "The machine's platform is not ARM");
}

static uint32_t get_platform_properties(struct call *c)
{
    ret_obj(c, object_get("IPlatformProperties", "platform"));
    object_get("IPlatformProperties", "platform")->view = VIEW_GLOBAL;
    return S_OK;
}

static uint32_t get_graphics(struct call *c)
{
    return part(c, "IGraphicsAdapter", "GraphicsAdapter");
}

static uint32_t get_firmware(struct call *c)
{
    return part(c, eb_streq(c->slot->name, "firmwareSettings") ? "IFirmwareSettings" : "IBIOSSettings",
                "Firmware");
}

static uint32_t get_tpm(struct call *c)
{
    return part(c, "ITrustedPlatformModule", "TPM");
}

static uint32_t get_nvram(struct call *c)
{
    return part(c, "INvramStore", "Nvram");
}

static uint32_t get_vrde(struct call *c)
{
    return part(c, eb_streq(c->slot->name, "VRDPServer") ? "IVRDPServer" : "IVRDEServer", "VRDEServer");
}

static uint32_t get_audio_adapter(struct call *c)
{
    return part(c, "IAudioAdapter", "AudioAdapter");
}

static uint32_t get_audio_settings(struct call *c)
{
    return part(c, "IAudioSettings", "AudioAdapter");
}

static uint32_t get_recording(struct call *c)
{
    return part(c, "IRecordingSettings", "Recording");
}

static uint32_t get_bandwidth(struct call *c)
{
    return part(c, "IBandwidthControl", "");
}

static uint32_t get_debug_control(struct call *c)
{
    return part(c, "IGuestDebugControl", "GuestDebug");
}

/* ---- processor properties: on IMachine, on IPlatformX86 since 7.1, attributes before 3.1 ---- */

static struct node *platform_of(struct call *c, bool write, uint32_t *rc)
{
    struct node *n = write ? node_write(c, false, rc) : node_read(c, rc);

    if (!n || eb_starts_with(c->self->path, "Platform"))
        return n;
    return write ? node_need(n, "Platform", NULL) : node_child(n, "Platform", NULL);
}

static const char *initial(const char *group, const char *name)
{
    static const char *const on[] = {"Enabled",          "VPID",     "NestedPaging", "UnrestrictedExecution",
                                     "VirtVmsaveVmload", "LongMode", "APIC"};

    if (eb_streq(group, "hwvirt") && eb_streq(name, "Exclusive"))
        return "1";
    for (size_t i = 0; i < EB_ARRAY_SIZE(on); i++)
        if (eb_streq(on[i], name))
            return "1";
    return "0";
}

static uint32_t get_flag(struct call *c, const char *group)
{
    EB_AUTOFREE char *name = eb_strdup(arg_enum(c, "property")), *prop = eb_asprintf("%s.%s", group, name);
    uint32_t rc;
    struct node *n;

    if (!*name || eb_streq(name, "Null"))
        return fail(c, E_INVALIDARG, "Invalid property");
    n = platform_of(c, false, &rc);
    if (rc == S_OK)
        ret_text(c, node_get_or(n, prop, initial(group, name)));
    return rc;
}

static uint32_t set_flag(struct call *c, const char *group)
{
    EB_AUTOFREE char *name = eb_strdup(arg_enum(c, "property")), *prop = eb_asprintf("%s.%s", group, name);
    uint32_t rc;
    struct node *n;

    if (!*name || eb_streq(name, "Null"))
        return fail(c, E_INVALIDARG, "Invalid property");
    n = platform_of(c, true, &rc);
    if (n)
        node_set(n, prop, arg_bool(c, "value") ? "1" : "0");
    return rc;
}

static uint32_t get_hwvirt(struct call *c)
{
    return get_flag(c, "hwvirt");
}

static uint32_t set_hwvirt(struct call *c)
{
    return set_flag(c, "hwvirt");
}

static uint32_t get_cpu(struct call *c)
{
    return get_flag(c, "cpu");
}

static uint32_t set_cpu(struct call *c)
{
    return set_flag(c, "cpu");
}

/* 2.2's three-valued bool became a bool in 3.0.2 */
static uint32_t get_hwvirt_enabled(struct call *c)
{
    uint32_t rc;
    struct node *n = platform_of(c, false, &rc);
    const char *v = node_get_or(n, "hwvirt.Enabled", "1");

    if (rc == S_OK)
        ret_text(c, c->slot->params[0].kind == SIM_ENUM ? (eb_streq(v, "1")   ? "True"
                                                           : eb_streq(v, "0") ? "False"
                                                                              : v)
                                                        : v);
    return rc;
}

static uint32_t set_hwvirt_enabled(struct call *c)
{
    EB_AUTOFREE char *v = value_text(&c->slot->params[0], &c->in[0]);
    uint32_t rc;
    struct node *n = platform_of(c, true, &rc);

    if (n)
        node_set(n, "hwvirt.Enabled", eb_streq(v, "True") ? "1" : eb_streq(v, "False") ? "0" : v);
    return rc;
}

static uint32_t get_leaf(struct call *c)
{
    static const char *const regs[] = {"valEax", "valEbx", "valEcx", "valEdx"};
    EB_AUTOFREE char *id = eb_asprintf("%" PRIx64, arg_num(c, "id|idx"));
    uint32_t rc;
    struct node *n = platform_of(c, false, &rc), *leaf = n ? node_child(n, "CpuIdLeaf", id) : NULL;

    if (rc != S_OK)
        return rc;
    if (!leaf)
        return fail(c, E_INVALIDARG, "CpuId override leaf %s is not set", id);
    for (size_t i = 0; i < EB_ARRAY_SIZE(regs); i++)
        out_num(c, regs[i], (uint64_t)node_num(leaf, regs[i]));
    return rc;
}

static uint32_t set_leaf(struct call *c)
{
    static const char *const regs[] = {"valEax", "valEbx", "valEcx", "valEdx"};
    EB_AUTOFREE char *id = eb_asprintf("%" PRIx64, arg_num(c, "id|idx"));
    uint32_t rc;
    struct node *n = platform_of(c, true, &rc);

    for (size_t i = 0; n && i < EB_ARRAY_SIZE(regs); i++)
        node_set_num(node_need(n, "CpuIdLeaf", id), regs[i], arg_num(c, regs[i]));
    return rc;
}

static uint32_t remove_leaf(struct call *c)
{
    EB_AUTOFREE char *id = eb_asprintf("%" PRIx64, arg_num(c, "id|idx"));
    uint32_t rc;
    struct node *n = platform_of(c, true, &rc);

    if (n)
        node_remove(node_child(n, "CpuIdLeaf", id));
    return rc;
}

static uint32_t remove_leaves(struct call *c)
{
    uint32_t rc;
    struct node *n = platform_of(c, true, &rc);

    while (n && node_child(n, "CpuIdLeaf", NULL))
        node_remove(node_child(n, "CpuIdLeaf", NULL));
    return rc;
}

static uint32_t plug_cpu(struct call *c)
{
    EB_AUTOFREE char *id = eb_asprintf("%" PRId64, arg_num(c, "cpu"));
    bool plug = eb_streq(c->slot->name, "hotPlugCPU");
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);

    if (!n)
        return rc;
    if (!node_bool(n, "CPUHotPlugEnabled"))
        return fail(c, E_INVALIDARG, "CPU hotplug is not enabled");
    if (arg_num(c, "cpu") >= node_num(n, "CPUCount"))
        return fail(c, E_INVALIDARG, "CPU id exceeds number of possible CPUs [0:%" PRId64 "]",
                    node_num(n, "CPUCount") - 1);
    if (!plug && arg_num(c, "cpu") == 0)
        return fail(c, E_INVALIDARG, "It is not possible to detach CPU 0");
    node_set(node_need(n, "CPU", id), "attached", plug ? "1" : "0");
    event_fire(console_source(c->self->machine), "OnCPUChanged", "CPU", id, "add", plug ? "1" : "0", NULL);
    return S_OK;
}

static uint32_t cpu_status(struct call *c)
{
    EB_AUTOFREE char *id = eb_asprintf("%" PRId64, arg_num(c, "cpu"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    if (arg_num(c, "cpu") >= node_num(n, "CPUCount") && arg_num(c, "cpu") > 0)
        return fail(c, E_INVALIDARG, "Invalid CPU id");
    ret_num(c, !node_bool(n, "CPUHotPlugEnabled") || arg_num(c, "cpu") == 0 ||
                   node_bool(node_child(n, "CPU", id), "attached"));
    return S_OK;
}

static uint32_t effective_paravirt(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    const char *p = n ? attr_value(n, "IMachine.paravirtProvider", NULL) : "";

    if (n)
        ret_text(c, eb_streq(p, "Default") || eb_streq(p, "Legacy") ? "KVM" : p);
    return rc;
}

/* ---- graphics features, since 7.1 ---- */

static uint32_t set_feature(struct call *c)
{
    EB_AUTOFREE char *feature = eb_strdup(arg_enum(c, "feature"));
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (!n)
        return rc;
    if (eb_streq(feature, "Acceleration3D"))
        node_set(n, "accelerate3DEnabled", arg_bool(c, "enabled") ? "1" : "0");
    else if (eb_streq(feature, "Acceleration2DVideo"))
        node_set(n, "accelerate2DVideoEnabled", arg_bool(c, "enabled") ? "1" : "0");
    else
        return fail(c, E_NOTIMPL, "The graphics feature is not supported");
    return S_OK;
}

static uint32_t is_feature(struct call *c)
{
    EB_AUTOFREE char *feature = eb_strdup(arg_enum(c, "feature"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, node_bool(n, eb_streq(feature, "Acceleration3D") ? "accelerate3DEnabled"
                                                                    : "accelerate2DVideoEnabled"));
    return rc;
}

/* ---- audio ---- */

static uint32_t host_audio(struct call *c)
{
    return fail(c, E_NOTIMPL, "Host audio devices are not modelled");
}

static uint32_t set_audio_property(struct call *c)
{
    EB_AUTOFREE char *name = eb_asprintf("property.%s", arg_str(c, "key"));
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (n)
        node_set(n, name, arg_str(c, "value"));
    return rc;
}

static uint32_t get_audio_property(struct call *c)
{
    EB_AUTOFREE char *name = eb_asprintf("property.%s", arg_str(c, "key"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get_or(n, name, ""));
    return rc;
}

/* ---- NVRAM ---- */

static uint32_t nvram_file(struct call *c)
{
    EB_AUTOFREE char *folder = machine_folder(c->self->machine);
    EB_AUTOFREE char *file = eb_asprintf("%s/%s.nvram", folder, machine_name(c->self->machine));
    uint32_t rc;

    if (node_read(c, &rc))
        ret_str(c, file);
    return rc;
}

static uint32_t init_variables(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (n && eb_streq(attr_value(n->parent, "IMachine.firmwareType", NULL), "BIOS"))
        return fail(c, VBOX_E_NOT_SUPPORTED,
                    "The selected firmware type doesn't support a UEFI variable store");
    if (n)
        node_need(n, "UefiVariables", NULL);
    return rc;
}

static uint32_t get_variables(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    if (!node_child(n, "UefiVariables", NULL))
        return not_found(c, "The UEFI variable store is not existing");
    return part(c, "IUefiVariableStore", "Nvram" PATH_SEP_STR "UefiVariables");
}

static uint32_t enroll(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (n)
        node_set(n, c->slot->name, "1");
    return rc;
}

static uint32_t set_secure_boot(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (!n)
        return rc;
    if (!node_get(n, "enrollOraclePlatformKey") && !node_get(n, "enrollPlatformKey"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "Secure boot is not available because the platform key (PK) is not enrolled");
    node_set(n, "secureBootEnabled", c->in[0].num ? "1" : "0");
    return S_OK;
}

static uint32_t list_variables(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && node_get(n, "enrollOraclePlatformKey")) {
        out_add_text(c, "names", "PK");
        out_add_text(c, "owners", "8be4df61-93ca-11d2-aa0d-00e098032b8c");
    }
    return rc;
}

/* ---- bandwidth groups ---- */

static uint32_t create_group(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "type"));
    const char *name = arg_str(c, "name");
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *g;
    int64_t rate;

    if (!n)
        return rc;
    if (node_child(n, "BandwidthGroup", name))
        return fail(c, VBOX_E_OBJECT_IN_USE, "Bandwidth group named '%s' already exists", name);
    g = node_need(n, "BandwidthGroup", name);
    node_set(g, "name", name);
    node_set(g, "type", type);
    rate = arg_num(c, arg_has(c, "maxBytesPerSec") ? "maxBytesPerSec" : "maxMbPerSec");
    /* each release has one of the two; in 4.0.0 that is not the one which the parameter is called by */
    node_set_num(g, "maxBytesPerSec", rate);
    node_set_num(g, "maxMbPerSec", rate);
    return S_OK;
}

static uint32_t delete_group(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (n && !node_child(n, "BandwidthGroup", arg_str(c, "name")))
        return not_found(c, "Could not find a bandwidth group named '%s'", arg_str(c, "name"));
    if (n)
        node_remove(node_child(n, "BandwidthGroup", arg_str(c, "name")));
    return rc;
}

static uint32_t get_group(struct call *c)
{
    EB_AUTOFREE char *path = eb_asprintf("BandwidthGroup#%s", arg_str(c, "name"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && !node_child(n, "BandwidthGroup", arg_str(c, "name")))
        return not_found(c, "Could not find a bandwidth group named '%s'", arg_str(c, "name"));
    return n ? part(c, "IBandwidthGroup", path) : rc;
}

static uint32_t get_groups(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    uint64_t count = 0;

    for (size_t i = 0; n && i < n->n; i++) {
        EB_AUTOFREE char *path = eb_asprintf("BandwidthGroup#%s", n->children[i]->id);

        if (strcmp(n->children[i]->tag, "BandwidthGroup") != 0)
            continue;
        count++;
        if (!eb_streq(c->slot->name, "numGroups"))
            ret_add_obj(c, object_part(c->self, "IBandwidthGroup", path));
    }
    if (eb_streq(c->slot->name, "numGroups"))
        ret_num(c, count);
    return rc;
}

/* ---- recording ---- */

static uint32_t get_screens(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_add_obj(c, object_part(c->self, "IRecordingScreenSettings", "Recording"));
    return rc;
}

static uint32_t get_screen(struct call *c)
{
    return part(c, "IRecordingScreenSettings", "Recording");
}

static uint32_t screen_id(struct call *c)
{
    ret_num(c, 0);
    return S_OK;
}

static uint32_t guest_debug(struct call *c)
{
    (void)c;
    return E_NOTIMPL;
}

const struct member platform_members[] = {
    {"IMachine.platform", get_platform},
    {"IPlatform.x86", get_x86},
    {"IPlatform.ARM", get_arm},
    {"IPlatform.properties", get_platform_properties},
    {"IMachine.graphicsAdapter", get_graphics},
    {"IMachine.firmwareSettings", get_firmware},
    {"IMachine.BIOSSettings", get_firmware},
    {"IMachine.trustedPlatformModule", get_tpm},
    {"IMachine.nonVolatileStore", get_nvram},
    {"IMachine.VRDEServer", get_vrde},
    {"IMachine.VRDPServer", get_vrde},
    {"IMachine.audioAdapter", get_audio_adapter},
    {"IMachine.audioSettings", get_audio_settings},
    {"IAudioSettings.adapter", get_audio_adapter},
    {"IAudioSettings.getHostAudioDevice", host_audio},
    {"IAudioAdapter.setProperty", set_audio_property},
    {"IAudioAdapter.getProperty", get_audio_property},
    {"IMachine.recordingSettings", get_recording},
    {"IMachine.bandwidthControl", get_bandwidth},
    {"IMachine.guestDebugControl", get_debug_control},
    {"IGuestDebugControl.debugProvider", guest_debug},
    {"IMachine.getHWVirtExProperty", get_hwvirt},
    {"IMachine.setHWVirtExProperty", set_hwvirt},
    {"IPlatformX86.getHWVirtExProperty", get_hwvirt},
    {"IPlatformX86.setHWVirtExProperty", set_hwvirt},
    {"IMachine.getCPUProperty", get_cpu},
    {"IMachine.setCPUProperty", set_cpu},
    {"IPlatformX86.getCPUProperty", get_cpu},
    {"IPlatformX86.setCPUProperty", set_cpu},
    {"IMachine.HWVirtExEnabled", get_hwvirt_enabled},
    {"IMachine.HWVirtExEnabled=", set_hwvirt_enabled},
    {"IMachine.getCPUIDLeaf", get_leaf},
    {"IMachine.setCPUIDLeaf", set_leaf},
    {"IMachine.removeCPUIDLeaf", remove_leaf},
    {"IMachine.removeAllCPUIDLeaves", remove_leaves},
    {"IPlatformX86.getCPUIDLeaf", get_leaf},
    {"IPlatformX86.setCPUIDLeaf", set_leaf},
    {"IPlatformX86.removeCPUIDLeaf", remove_leaf},
    {"IPlatformX86.removeAllCPUIDLeaves", remove_leaves},
    {"IMachine.hotPlugCPU", plug_cpu},
    {"IMachine.hotUnplugCPU", plug_cpu},
    {"IMachine.getCPUStatus", cpu_status},
    {"IMachine.getEffectiveParavirtProvider", effective_paravirt},
    {"IGraphicsAdapter.setFeature", set_feature},
    {"IGraphicsAdapter.isFeatureEnabled", is_feature},
    {"INvramStore.nonVolatileStorageFile", nvram_file},
    {"INvramStore.initUefiVariableStore", init_variables},
    {"INvramStore.uefiVariableStore", get_variables},
    {"IUefiVariableStore.enrollOraclePlatformKey", enroll},
    {"IUefiVariableStore.enrollPlatformKey", enroll},
    {"IUefiVariableStore.enrollDefaultMsSignatures", enroll},
    {"IUefiVariableStore.secureBootEnabled=", set_secure_boot},
    {"IUefiVariableStore.queryVariables", list_variables},
    {"IBandwidthControl.createBandwidthGroup", create_group},
    {"IBandwidthControl.deleteBandwidthGroup", delete_group},
    {"IBandwidthControl.getBandwidthGroup", get_group},
    {"IBandwidthControl.getAllBandwidthGroups", get_groups},
    {"IBandwidthControl.numGroups", get_groups},
    {"IRecordingSettings.screens", get_screens},
    {"IRecordingSettings.getScreenSettings", get_screen},
    {"IRecordingScreenSettings.id", screen_id},
    {NULL, NULL},
};

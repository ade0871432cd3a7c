/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <metadata>: foreign elements, and <vbox:machine> with what libvirt's XML has no word for. libvirt's schema
 * allows foreign elements only there, so the settings of devices are there too and say which device they are
 * for: by its name among its kind, or by its number ("#2") where it has none or shares it.
 */
#include "model/domain_map.h"
#include "model/domain_xml.h"
#include "model/vbox_ns.h"
#include "model/xml_doc.h"

/* ---- The machine ---- */

#define VBOX(attr, member, ...) EB_ATTR(attr, eb_domain_def, vbox.member, __VA_ARGS__)

static int read_balloon(const char *text, void *base, eb_error *err)
{
    struct eb_vbox_settings *vbox = &((struct eb_domain_def *)base)->vbox;
    uint64_t n;

    if (!eb_parse_u64(text, UINT32_MAX, &n))
        return eb_domain_xml_error(err, "vbox:memory balloon-mib '%s' is no number", text);
    vbox->balloon_mib = (unsigned)n;
    vbox->balloon_set = true;
    return 0;
}

static char *write_balloon(const void *base)
{
    const struct eb_vbox_settings *vbox = &((const struct eb_domain_def *)base)->vbox;

    return vbox->balloon_set ? eb_asprintf("%u", vbox->balloon_mib) : NULL;
}

static int read_time_offset(const char *text, void *base, eb_error *err)
{
    struct eb_vbox_settings *vbox = &((struct eb_domain_def *)base)->vbox;
    int64_t ms;

    if (!eb_parse_i64(text, INT64_MIN + 1, INT64_MAX, &ms))
        return eb_domain_xml_error(err, "vbox:clock offset-ms '%s' is no number", text);
    vbox->time_offset = ms;
    vbox->time_offset_set = true;
    return 0;
}

static char *write_time_offset(const void *base)
{
    const struct eb_vbox_settings *vbox = &((const struct eb_domain_def *)base)->vbox;

    return vbox->time_offset_set ? eb_asprintf("%lld", vbox->time_offset) : NULL;
}

static const struct eb_xml_custom balloon = {read_balloon, write_balloon};
static const struct eb_xml_custom time_offset = {read_time_offset, write_time_offset};

static const struct eb_xml_item vbox_processor[] = {
    VBOX("profile", cpu_profile),
    VBOX("execution-engine", execution_engine),
    VBOX("cap", cpu_cap, EB_VALUE(UINT), .max = 100),
    VBOX("hwvirt", hwvirt, EB_VALUE(YES_NO)),
    VBOX("nested-hwvirt", nested_hwvirt, EB_VALUE(YES_NO)),
    VBOX("nested-paging", nested_paging, EB_VALUE(YES_NO)),
    VBOX("vpid", vpid, EB_VALUE(YES_NO)),
    VBOX("unrestricted", unrestricted, EB_VALUE(YES_NO)),
    VBOX("large-pages", large_pages, EB_VALUE(YES_NO)),
    VBOX("long-mode", long_mode, EB_VALUE(YES_NO)),
    VBOX("triple-fault-reset", triple_fault_reset, EB_VALUE(YES_NO)),
    VBOX("x2apic", x2apic, EB_VALUE(YES_NO)),
    VBOX("hotplug", cpu_hotplug, EB_VALUE(YES_NO)),
    EB_END,
};
static const struct eb_xml_item vbox_memory[] = {
    VBOX("balloon-mib", balloon_mib, EB_VALUE(CUSTOM), .custom = &balloon),
    VBOX("page-fusion", page_fusion, EB_VALUE(YES_NO)),
    EB_END,
};
static const struct eb_xml_item vbox_clock[] = {
    VBOX("offset-ms", time_offset, EB_VALUE(CUSTOM), .custom = &time_offset), EB_END};
static const struct eb_xml_item vbox_snapshots[] = {VBOX("folder", snapshot_folder), EB_END};
static const struct eb_xml_item vbox_sharing[] = {VBOX("clipboard", clipboard), VBOX("dnd", dnd), EB_END};
static const struct eb_xml_item vbox_autostart[] = {VBOX("delay", autostart_delay, EB_VALUE(UINT)),
                                                    VBOX("stop", autostop), EB_END};
static const struct eb_xml_item vbox_recording[] = {VBOX("enabled", recording, EB_VALUE(YES_NO)),
                                                    VBOX("file", recording_file), EB_END};

static const struct eb_xml_item vbox_machine[] = {
    VBOX("os-type", os_type),
    VBOX("frontend", frontend),
    VBOX("firmware", firmware),
    VBOX("paravirt", paravirt),
    VBOX("iommu", iommu),
    EB_STRINGS("group", eb_domain_def, vbox.groups, "path", NULL),
    EB_CHILD("processor", vbox_processor),
    EB_CHILD("memory", vbox_memory),
    EB_CHILD("clock", vbox_clock),
    EB_CHILD("sharing", vbox_sharing),
    EB_CHILD("snapshots", vbox_snapshots),
    EB_CHILD("autostart", vbox_autostart),
    EB_CHILD("recording", vbox_recording),
    EB_HOOK(&eb_map_vbox_devices),
    EB_STRINGS("extradata", eb_domain_def, vbox.extradata, "key", "value"),
    EB_STRINGS("guest-property", eb_domain_def, vbox.guest_properties, "name", "value"),
    EB_END,
};

/* ---- <metadata> ---- */

int eb_vbox_machine_read(xmlNode *node, struct eb_domain_def *def, eb_error *err)
{
    struct eb_xml_reader r = {.ns = EB_VBOX_NS, .strict = "vbox:machine"};

    return eb_xml_read(&r, node, "", vbox_machine, def, err);
}

void eb_vbox_machine_write(struct eb_strbuf *out, const struct eb_domain_def *def)
{
    EB_AUTOSTRBUF struct eb_strbuf element = {.indent = out->indent};
    struct eb_xml_writer w = {.out = &element, .prefix = "vbox:"};
    static const char tag[] = "<vbox:machine";
    char *after;

    eb_xml_write(&w, "machine", "", vbox_machine, def, 0);
    if (!element.len)
        return;
    after = strstr(element.s, tag) + sizeof(tag) - 1;
    eb_strbuf_addn(out, element.s, (size_t)(after - element.s));
    eb_strbuf_attr(out, "xmlns:vbox", EB_VBOX_NS);
    eb_strbuf_add(out, after);
}

static int read_foreign(xmlNode *node, struct eb_domain_def *def, eb_error *err)
{
    const char *uri = node->ns ? (const char *)node->ns->href : NULL;
    struct eb_metadata *entry;

    if (def->n_metadata >= EB_XML_MOST_ELEMENTS)
        return eb_domain_xml_error(err, "more than %d elements in <metadata>", EB_XML_MOST_ELEMENTS);
    for (size_t i = 0; uri && i < def->n_metadata; i++) {
        if (eb_streq(def->metadata[i].uri, uri))
            return eb_domain_xml_error(err, "namespace '%s' has two elements in <metadata>, line %ld", uri,
                                       xmlGetLineNo(node));
    }
    entry = EB_APPEND(def->metadata, def->n_metadata);
    entry->uri = eb_strdup(uri);
    entry->xml = eb_xml_element_text(node);
    return 0;
}

static bool is_vbox_machine(const xmlNode *node)
{
    return node->ns && eb_streq((const char *)node->ns->href, EB_VBOX_NS);
}

/*
 * Reads in two steps, since the settings of devices need the devices: <metadata> is before them, and
 * eb_metadata_read_machine comes when all else was read.
 */
static int read_metadata(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED, void *base,
                         eb_error *err)
{
    xmlNode *metadata = eb_xml_find(r, parent, "metadata");

    if (!metadata)
        return 0;
    eb_xml_take(metadata);
    for (xmlNode *node = metadata->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && !is_vbox_machine(node) && read_foreign(node, base, err))
            return -1;
    }
    return eb_xml_sweep_attrs(r, metadata, "/domain/metadata", err);
}

int eb_metadata_read_machine(xmlNode *domain, struct eb_domain_def *def, eb_error *err)
{
    bool seen = false;

    for (xmlNode *metadata = domain->children; metadata; metadata = metadata->next) {
        if (metadata->type != XML_ELEMENT_NODE || !eb_streq((const char *)metadata->name, "metadata"))
            continue;
        for (xmlNode *node = metadata->children; node; node = node->next) {
            if (node->type != XML_ELEMENT_NODE || !is_vbox_machine(node))
                continue;
            if (seen || !eb_streq((const char *)node->name, "machine"))
                return eb_domain_xml_error(err, "unexpected element <vbox:%s> in <metadata>, line %ld",
                                           (const char *)node->name, xmlGetLineNo(node));
            seen = true;
            if (eb_vbox_machine_read(node, def, err))
                return -1;
        }
        return 0;
    }
    return 0;
}

static void write_metadata(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_domain_def *def = base;
    EB_AUTOSTRBUF struct eb_strbuf machine = {.indent = w->out->indent + 2};

    eb_vbox_machine_write(&machine, def);
    if (!def->n_metadata && !machine.len)
        return;
    eb_strbuf_line(w->out, "<metadata>");
    w->out->indent += 2;
    for (size_t i = 0; i < def->n_metadata; i++)
        eb_xml_add_element(w->out, def->metadata[i].xml, '"');
    eb_strbuf_addn(w->out, machine.s, machine.len);
    w->out->indent -= 2;
    eb_strbuf_line(w->out, "</metadata>");
}

const struct eb_xml_hook eb_map_metadata = {read_metadata, write_metadata};

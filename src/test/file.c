/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test:///PATH.xml: a <node> with its host and its domains, as libvirt's test driver reads it. */
#include <errno.h>

#include "model/xml_doc.h"
#include "test/world.h"

#define TEST_NS "http://libvirt.org/schemas/domain/test/1.0"

/* What a domain of the file has besides its definition. */
struct extras {
    eb_domain_state state;
    bool transient, managed_save;
};

static int read_doc(const char *path, xmlDoc **out, eb_error *err)
{
    EB_AUTOFREE char *text = NULL;
    size_t len;

    if (eb_read_file(path, EB_XML_MAX, &text, &len) < 0)
        return eb_error_set(err, EB_ERR_XML_ERROR, "failed to parse xml document '%s': %s", path,
                            strerror(errno));
    if (strlen(text) != len)
        return eb_error_set(err, EB_ERR_XML_ERROR, "failed to parse xml document '%s': it has a zero byte",
                            path);
    *out = eb_xml_doc_parse(text, path, err);
    return *out ? 0 : -1;
}

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !node->ns && xmlStrEqual(node->name, BAD_CAST name);
}

static bool is_extra(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns && xmlStrEqual(node->ns->href, BAD_CAST TEST_NS);
}

static int read_state(xmlNode *node, eb_domain_state *out, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_own_text(node);
    uint64_t value;

    if (!text)
        return 0;
    if (!eb_parse_u64(text, UINT32_MAX, &value))
        return eb_error_set(err, EB_ERR_XML_ERROR, "invalid runstate");
    if (value > EB_DOMAIN_PMSUSPENDED)
        return eb_error_set(err, EB_ERR_XML_ERROR, "runstate '%s' out of range'", text);
    *out = (eb_domain_state)value;
    return 0;
}

static int read_extra(xmlNode *node, struct extras *extras, eb_error *err)
{
    const char *name = (const char *)node->name;

    if (strcmp(name, "runstate") == 0)
        return read_state(node, &extras->state, err);
    if (strcmp(name, "transient") == 0) {
        extras->transient = true;
        return 0;
    }
    if (strcmp(name, "hasmanagedsave") == 0) {
        extras->managed_save = true;
        return 0;
    }
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "<%s:%s> is not known to the test driver",
                        node->ns->prefix ? (const char *)node->ns->prefix : "", name);
}

/* Takes the elements of the test namespace out of a <domain>. */
static int take_extras(xmlNode *domain, struct extras *extras, eb_error *err)
{
    xmlNode *next;

    for (xmlNode *node = domain->children; node; node = next) {
        next = node->next;
        if (!is_extra(node))
            continue;
        if (read_extra(node, extras, err) < 0)
            return -1;
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
    if (extras->transient && extras->state == EB_DOMAIN_SHUTOFF)
        return eb_error_set(err, EB_ERR_XML_ERROR, "transient domain cannot have runstate 'shutoff'");
    if (extras->managed_save && extras->state != EB_DOMAIN_SHUTOFF)
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "domain with managedsave data can only have runstate 'shutoff'");
    return 0;
}

static int add_domain(struct test_world *world, xmlNode *node, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *xml = NULL;
    struct extras extras = {.state = EB_DOMAIN_RUNNING};
    struct test_domain *dom;

    if (take_extras(node, &extras, err) < 0)
        return -1;
    xml = eb_xml_element_text(node);
    if (eb_domain_def_parse(xml, EB_XML_INACTIVE, &def, err) < 0 || test_check_name(def->name, err) < 0 ||
        test_check_identity(world, def, false, &dom, err) < 0)
        return -1;
    if (dom)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "domain '%s' is there twice", def->name);
    if (def->virt != EB_VIRT_TEST)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "unexpected domain type %s, expecting test",
                            eb_virt_type_to_string((int)def->virt));
    test_fill_defaults(def);
    dom = test_add(world, EB_STEAL(def));
    dom->persistent = !extras.transient;
    if (extras.state != EB_DOMAIN_SHUTOFF)
        test_run(world, dom, NULL, extras.state, 0);
    dom->managed_save = extras.managed_save;
    return 0;
}

/* `file` is relative to the folder of `path`, the file that names it. */
static char *beside(const char *path, const char *file)
{
    const char *slash = strrchr(path, '/');

    if (file[0] == '/' || !slash)
        return eb_strdup(file);
    return eb_asprintf("%.*s%s", (int)(slash - path) + 1, path, file);
}

static int load_domain(struct test_world *world, const char *path, xmlNode *node, eb_error *err)
{
    EB_AUTOFREE char *file = eb_xml_attr(node, "file");
    EB_AUTOFREE char *full = file ? beside(path, file) : NULL;
    EB_AUTODOC xmlDoc *doc = NULL;
    long line = xmlGetLineNo(node);

    if (full) {
        if (read_doc(full, &doc, err) < 0)
            return -1;
        node = xmlDocGetRootElement(doc);
        line = xmlGetLineNo(node);
        if (!is_named(node, "domain"))
            return eb_error_set(err, EB_ERR_XML_ERROR, "expecting root element of 'domain', not '%s'",
                                node->name);
    }
    if (add_domain(world, node, err) < 0)
        return eb_error_prefix(err, "%s:%ld", full ? full : path, line);
    return 0;
}

static int read_unsigned(xmlNode *node, unsigned max, unsigned *out, const char *what, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_own_text(node);
    uint64_t value;

    if (!text || !eb_parse_u64(text, max, &value))
        return eb_error_set(err, EB_ERR_XML_ERROR, "invalid node %s value", what);
    *out = (unsigned)value;
    return 0;
}

static int read_model(xmlNode *node, eb_node_info *info, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_own_text(node);

    if (!text)
        return 0;
    if (strlen(text) >= sizeof(info->model))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "Model %s too big for destination", text);
    strcpy(info->model, text);
    return 0;
}

/* Each of what <cpu> says; the product of the parts is the number of CPUs unless <active> says it. */
static int load_cpu(eb_node_info *info, xmlNode *cpu, eb_error *err)
{
    const struct {
        const char *name, *what;
        unsigned *out;
    } parts[] = {
        {"nodes", "cpu numa nodes", &info->nodes},
        {"sockets", "cpu numa sockets", &info->sockets},
        {"cores", "cpu numa cores", &info->cores},
        {"threads", "cpu numa threads", &info->threads},
        {"mhz", "cpu mhz", &info->mhz},
        {"active", "active cpu", &info->cpus},
    };
    bool active = false;

    for (xmlNode *node = cpu->children; node; node = node->next) {
        size_t i = 0;

        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (is_named(node, "model")) {
            if (read_model(node, info, err) < 0)
                return -1;
            continue;
        }
        while (i < EB_ARRAY_SIZE(parts) && !is_named(node, parts[i].name))
            i++;
        if (i == EB_ARRAY_SIZE(parts))
            return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                                "<%s> of a node's <cpu> is not known to the test driver", node->name);
        if (read_unsigned(node, 65535, parts[i].out, parts[i].what, err) < 0)
            return -1;
        active |= parts[i].out == &info->cpus;
    }
    if (!active) {
        uint64_t cpus = (uint64_t)info->nodes * info->sockets * info->cores * info->threads;

        if (cpus > UINT32_MAX)
            return eb_error_set(err, EB_ERR_XML_ERROR, "invalid node cpu topology: too many CPUs");
        info->cpus = (unsigned)cpus;
    }
    return 0;
}

static int load_memory(eb_node_info *info, xmlNode *node, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_own_text(node);

    if (!text || !eb_parse_u64(text, UINT64_MAX / 1024, &info->memory))
        return eb_error_set(err, EB_ERR_XML_ERROR, "invalid node memory value");
    return 0;
}

/* The kind of object that an element defines; EB_OBJECT_LAST: none. */
static enum eb_object_kind kind_of(const xmlNode *node)
{
    static const char *const names[EB_OBJECT_LAST] = {
        [EB_OBJECT_NETWORK] = "network",
        [EB_OBJECT_POOL] = "pool",
        [EB_OBJECT_IFACE] = "interface",
        [EB_OBJECT_NODEDEV] = "device",
    };
    unsigned kind = 0;

    while (kind < EB_OBJECT_LAST && !(names[kind] && is_named(node, names[kind])))
        kind++;
    return (enum eb_object_kind)kind;
}

static int load_object(struct test_world *world, const char *path, enum eb_object_kind kind, xmlNode *node,
                       eb_error *err)
{
    EB_AUTOFREE char *file = eb_xml_attr(node, "file");
    EB_AUTOFREE char *full = file ? beside(path, file) : NULL;
    EB_AUTOFREE char *xml = NULL;
    EB_AUTODOC xmlDoc *doc = NULL;
    long line = xmlGetLineNo(node);

    if (full) {
        if (read_doc(full, &doc, err) < 0)
            return -1;
        node = xmlDocGetRootElement(doc);
        line = xmlGetLineNo(node);
    }
    xml = eb_xml_element_text(node);
    if (test_objects_load(world, kind, xml, err) < 0)
        return eb_error_prefix(err, "%s:%ld", full ? full : path, line);
    return 0;
}

static int load_element(struct test_world *world, const char *path, xmlNode *node, eb_error *err)
{
    if (node->type != XML_ELEMENT_NODE)
        return 0;
    if (is_named(node, "domain"))
        return load_domain(world, path, node, err);
    if (is_named(node, "cpu"))
        return load_cpu(&world->node, node, err);
    if (is_named(node, "memory"))
        return load_memory(&world->node, node, err);
    if (kind_of(node) != EB_OBJECT_LAST)
        return load_object(world, path, kind_of(node), node, err);
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "%s:%ld: <%s> is not known to the test driver", path,
                        xmlGetLineNo(node), node->name);
}

int test_world_load(struct test_world *world, const char *path, eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = NULL;
    xmlNode *root;

    if (read_doc(path, &doc, err) < 0)
        return -1;
    root = xmlDocGetRootElement(doc);
    if (!is_named(root, "node"))
        return eb_error_set(err, EB_ERR_XML_ERROR, "expecting root element of 'node', not '%s'", root->name);
    for (xmlNode *node = root->children; node; node = node->next) {
        if (load_element(world, path, node, err) < 0)
            return -1;
    }
    return 0;
}

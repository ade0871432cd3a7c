/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/native_text.h"

#include <ctype.h>
#include <strings.h>

#include "base/uuid.h"
#include "model/xml_doc.h"

/* ---- Texts that stand for others ---- */

void vbox_swaps_add(struct vbox_swaps *swaps, const char *stands, const char *meant)
{
    struct vbox_swap *swap = EB_APPEND(swaps->items, swaps->n);

    *swap = (struct vbox_swap){eb_strdup(stands), eb_strdup(meant)};
}

static char *replace(const char *text, const struct vbox_swap *swap)
{
    struct eb_strbuf b = {0};
    const char *at;

    for (; (at = strstr(text, swap->stands)); text = at + strlen(swap->stands)) {
        eb_strbuf_addn(&b, text, (size_t)(at - text));
        eb_strbuf_escape(&b, swap->meant);
    }
    eb_strbuf_add(&b, text);
    return eb_strbuf_steal(&b);
}

char *vbox_swaps_undo(const struct vbox_swaps *swaps, const char *xml)
{
    char *text = eb_strdup(xml);

    for (size_t i = 0; i < swaps->n; i++) {
        char *next = replace(text, &swaps->items[i]);

        free(text);
        text = next;
    }
    return text;
}

void vbox_swaps_clear(struct vbox_swaps *swaps)
{
    for (size_t i = 0; i < swaps->n; i++) {
        free(swaps->items[i].stands);
        free(swaps->items[i].meant);
    }
    free(swaps->items);
    *swaps = (struct vbox_swaps){NULL, 0};
}

/* ---- Reading ---- */

void vbox_native_clear(struct vbox_native *n)
{
    for (size_t i = 0; i < n->n_images; i++)
        free(n->images[i].path);
    free(n->images);
    vbox_swaps_clear(&n->swaps);
    free(n->name);
    xmlFreeDoc(n->doc);
    *n = (struct vbox_native){0};
}

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *child(xmlNode *node, const char *name)
{
    for (xmlNode *c = node ? node->children : NULL; c; c = c->next)
        if (is(c, name))
            return c;
    return NULL;
}

int vbox_native_parse(const char *text, struct vbox_native *out, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;
    xmlNode *root;

    if (!(out->doc = eb_xml_doc_parse(text, "(VirtualBox_settings)", err)))
        return -1;
    root = xmlDocGetRootElement(out->doc);
    if (!is(root, "VirtualBox"))
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "unexpected root element <%s>, expecting <VirtualBox>: this is no settings file",
                            (const char *)root->name);
    if (child(root, "MachineEncrypted"))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "element <MachineEncrypted> is not supported: the settings are encrypted");
    out->machine = child(root, "Machine");
    if (!out->machine)
        return eb_error_set(err, EB_ERR_XML_ERROR, "the settings file has no element <Machine>");
    id = eb_xml_attr(out->machine, "uuid");
    if (!id || strlen(id) != EB_UUID_STRLEN + 2)
        return eb_error_set(err, EB_ERR_XML_ERROR, "element <Machine> has no attribute 'uuid'");
    id[EB_UUID_STRLEN + 1] = '\0';
    if (!eb_uuid_parse(id + 1, out->uuid))
        return eb_error_set(err, EB_ERR_XML_ERROR, "attribute 'uuid' of <Machine> is no uuid: '%s'", id + 1);
    if (!(out->name = eb_xml_attr(out->machine, "name")))
        return eb_error_set(err, EB_ERR_XML_ERROR, "element <Machine> has no attribute 'name'");
    return 0;
}

/* ---- Hiding ---- */

struct hiding {
    struct vbox_native *n;
    const char *home, *folder;
    struct vbox_swaps ids; /* of images: the new one and the old one */
};

static void set(xmlNode *node, const char *attribute, const char *value)
{
    xmlSetProp(node, BAD_CAST attribute, BAD_CAST value);
}

static char *new_id(void)
{
    unsigned char uuid[16];
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_generate(uuid);
    eb_uuid_format(uuid, id);
    return eb_asprintf("{%s}", id);
}

static bool is_absolute(const char *path)
{
    return path[0] == '/' || path[0] == '\\' || (isalpha((unsigned char)path[0]) && path[1] == ':');
}

static enum vbox_native_kind kind_of(const xmlNode *node)
{
    if (is(node, "HardDisk"))
        return VBOX_NATIVE_DISK;
    return is(node->parent, "FloppyImages") ? VBOX_NATIVE_FLOPPY : VBOX_NATIVE_DVD;
}

/* One that is no file (an iSCSI target) is known by its location, and stays what it is. */
static bool is_file(xmlNode *node)
{
    EB_AUTOFREE char *format = eb_xml_attr(node, "format");

    return !format || strcasecmp(format, "iSCSI") != 0;
}

static void hide_image(struct hiding *h, xmlNode *node)
{
    EB_AUTOFREE char *id = eb_xml_attr(node, "uuid");
    EB_AUTOFREE char *location = eb_xml_attr(node, "location");
    EB_AUTOFREE char *stands = NULL;
    EB_AUTOFREE char *meant = NULL;
    EB_AUTOFREE char *fresh = NULL;
    const char *dot;

    if (!id || !location || !is_file(node))
        return;
    dot = strrchr(location, '.');
    if (!dot || strchr(dot, '/') || strlen(dot) > 8)
        dot = "";
    stands = eb_asprintf("%s/image-%06zu%s", h->folder, h->n->n_images, dot);
    meant = is_absolute(location) ? eb_strdup(location) : eb_asprintf("%s/%s", h->home, location);
    fresh = new_id();
    *EB_APPEND(h->n->images, h->n->n_images) = (struct vbox_native_image){eb_strdup(stands), kind_of(node)};
    vbox_swaps_add(&h->n->swaps, stands, meant);
    vbox_swaps_add(&h->ids, fresh, id);
    set(node, "uuid", fresh);
    set(node, "location", stands);
}

static void hide_images(struct hiding *h, xmlNode *parent)
{
    for (xmlNode *node = parent->children; node; node = node->next) {
        if (is(node, "HardDisk") || is(node, "Image"))
            hide_image(h, node);
        hide_images(h, node);
    }
}

/* The rest of a path below the folder, from the slash on; NULL for another path. */
static const char *below(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return strncmp(path, folder, n) == 0 && path[n] == '/' ? path + n : NULL;
}

static void hide_value(struct hiding *h, xmlNode *node, const xmlAttr *attribute)
{
    EB_AUTOFREE char *value = eb_xml_attr(node, (const char *)attribute->name);
    EB_AUTOFREE char *path = NULL;
    const char *rest = value ? below(value, h->home) : NULL;

    if (rest) {
        path = eb_asprintf("%s%s", h->folder, rest);
        set(node, (const char *)attribute->name, path);
        return;
    }
    for (size_t i = 0; value && i < h->ids.n; i++) {
        if (strcasecmp(h->ids.items[i].meant, value) == 0) {
            set(node, (const char *)attribute->name, h->ids.items[i].stands);
            return;
        }
    }
}

static void drop(xmlNode *parent, const char *name)
{
    xmlNode *node;

    while ((node = child(parent, name))) {
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
}

static void hide_values(struct hiding *h, xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (!is(node, "HardDisk") || strcmp((const char *)a->name, "uuid") != 0)
            hide_value(h, node, a);
    for (xmlNode *c = node->children; c; c = c->next)
        if (c->type == XML_ELEMENT_NODE)
            hide_values(h, c);
}

char *vbox_native_hide(struct vbox_native *n, const char *home, const char *folder)
{
    static const char *const states[] = {"stateFile", "currentSnapshot", "aborted"};
    struct hiding h = {.n = n, .home = home, .folder = folder};
    xmlNode *registry = child(n->machine, "MediaRegistry");
    EB_AUTOFREE char *fresh = new_id();
    xmlChar *text = NULL;
    char *result;
    int len;

    drop(n->machine, "Snapshot");
    for (size_t i = 0; i < EB_ARRAY_SIZE(states); i++)
        xmlUnsetProp(n->machine, BAD_CAST states[i]);
    if (registry)
        hide_images(&h, registry);
    hide_values(&h, n->machine);
    set(n->machine, "uuid", fresh);
    vbox_swaps_add(&n->swaps, folder, home);
    xmlDocDumpMemoryEnc(n->doc, &text, &len, "UTF-8");
    result = eb_strdup((const char *)text);
    xmlFree(text);
    vbox_swaps_clear(&h.ids);
    return result;
}

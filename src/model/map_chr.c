/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <serial>, <parallel>, <console>, <channel>: tables and defaults. */
#include "model/domain_map.h"
#include "model/xml_doc.h"

static enum eb_chr_source source_of(const void *base)
{
    return ((const struct eb_chardev *)base)->source;
}

static bool has_path(const void *base)
{
    enum eb_chr_source s = source_of(base);

    return s == EB_CHR_DEV || s == EB_CHR_FILE || s == EB_CHR_PIPE || s == EB_CHR_UNIX || s == EB_CHR_PTY;
}

static bool has_host(const void *base)
{
    return source_of(base) == EB_CHR_TCP || source_of(base) == EB_CHR_UDP;
}

/* A socket that nobody named has no side either. */
static bool has_mode(const void *base)
{
    const struct eb_chardev *chr = base;

    return has_host(base) || (chr->source == EB_CHR_UNIX && chr->path);
}

static bool is_tcp(const void *base)
{
    return source_of(base) == EB_CHR_TCP;
}

static bool is_file(const void *base)
{
    return source_of(base) == EB_CHR_FILE;
}

static int read_mode(const char *text, void *base, eb_error *err)
{
    struct eb_chardev *chr = base;

    if (!eb_streq(text, "bind") && !eb_streq(text, "connect"))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Invalid value for attribute 'mode' in element 'source': '%s'.", text);
    chr->listen = eb_streq(text, "bind");
    return 0;
}

static char *write_mode(const void *base)
{
    return has_mode(base) ? eb_strdup(((const struct eb_chardev *)base)->listen ? "bind" : "connect") : NULL;
}

static bool may_have_mode(const void *base)
{
    return has_host(base) || source_of(base) == EB_CHR_UNIX;
}

static const struct eb_xml_custom mode = {read_mode, write_mode};

/* The path of a pseudo terminal is the hypervisor's: a definition has none. */
static const struct eb_xml_item pty_source[] = {
    EB_ATTR("path", eb_chardev, path, .flags = EB_XML_ONLY_LIVE),
    EB_END,
};

static const struct eb_xml_item chr_source[] = {
    EB_ATTR("mode", eb_chardev, listen, EB_VALUE(CUSTOM), .custom = &mode, .when = may_have_mode),
    EB_ATTR("path", eb_chardev, path, .when = has_path),
    EB_ATTR("host", eb_chardev, host, .when = has_host),
    EB_ATTR("service", eb_chardev, service, .when = has_host),
    EB_ATTR("append", eb_chardev, append, EB_VALUE(ON_OFF), .when = is_file),
    EB_END,
};

static bool is_pty(const void *base)
{
    return source_of(base) == EB_CHR_PTY;
}

static bool is_no_pty(const void *base)
{
    return source_of(base) != EB_CHR_PTY;
}

static const struct eb_xml_item chr_protocol[] = {EB_ATTR("type", eb_chardev, protocol), EB_END};
static const struct eb_xml_item chr_model[] = {EB_ATTR("name", eb_chardev, target_model), EB_END};

static const struct eb_xml_item chr_target[] = {
    EB_ATTR("type", eb_chardev, target_type),
    EB_ATTR("port", eb_chardev, port, EB_VALUE(INT)),
    EB_CHILD("model", chr_model),
    EB_END,
};

static const struct eb_xml_item channel_target[] = {
    EB_ATTR("type", eb_chardev, target_type),
    EB_ATTR("name", eb_chardev, target_name),
    EB_END,
};

#define TYPE                                                                                                 \
    EB_ATTR("type", eb_chardev, source, EB_NAMES(eb_chr_source),                                             \
            .complaint = "unknown type presented to host for character device: %s",                          \
            .complaint_code = EB_ERR_CONFIG_UNSUPPORTED)
#define SOURCE                                                                                               \
    EB_CHILD("source", chr_source, .when = is_no_pty),                                                       \
        EB_CHILD("source", pty_source, .flags = EB_XML_REPEATS, .when = is_pty), EB_PLACE("source"),         \
        EB_CHILD("protocol", chr_protocol, .when = is_tcp), EB_PLACE("log")

const struct eb_xml_item eb_map_serial[] = {
    TYPE,
    SOURCE,
    EB_CHILD("target", chr_target),
    EB_DEVICE_END(eb_chardev),
};

const struct eb_xml_item eb_map_console[] = {
    TYPE,
    EB_ATTR("tty", eb_chardev, path, .flags = EB_XML_ONLY_LIVE, .when = is_pty),
    SOURCE,
    EB_CHILD("target", chr_target),
    EB_DEVICE_END(eb_chardev),
};

const struct eb_xml_item eb_map_channel[] = {
    TYPE,
    SOURCE,
    EB_CHILD("target", channel_target),
    EB_DEVICE_END(eb_chardev),
};

void eb_chardev_init(void *base)
{
    struct eb_chardev *chr = base;

    chr->port = -1;
    chr->source = EB_CHR_PTY; /* what libvirt takes when no type is said */
}

bool eb_chardev_accept(xmlNode *node)
{
    static const char *const foreign[] = {"spiceport", "nmdm", "qemu-vdagent", "dbus", NULL};

    return !eb_attr_is_one_of(node, "type", foreign);
}

int eb_chardev_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node, void *base, eb_error *err)
{
    struct eb_chardev *chr = base;
    bool channel = eb_streq((const char *)node->name, "channel");

    if (has_path(base) && chr->source != EB_CHR_PTY && !chr->path) {
        if (chr->source == EB_CHR_UNIX && channel)
            chr->listen = false;
        else
            return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR,
                                     "Missing source path attribute for char device");
    }
    if (chr->source == EB_CHR_TCP && !chr->host)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR,
                                 "Missing source host attribute for char device");
    if (has_host(base) && !chr->service && chr->source == EB_CHR_TCP)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR,
                                 "Missing source service attribute for char device");
    if (chr->source == EB_CHR_TCP && !chr->protocol)
        chr->protocol = eb_strdup("raw");
    return 0;
}

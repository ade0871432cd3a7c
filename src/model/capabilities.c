/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/capabilities.h"

#include "base/strbuf.h"

static void open_element(struct eb_strbuf *b, const char *text)
{
    eb_strbuf_line(b, "<%s>", text);
    b->indent += 2;
}

static void close_element(struct eb_strbuf *b, const char *name)
{
    b->indent -= 2;
    eb_strbuf_line(b, "</%s>", name);
}

static void add_words(struct eb_strbuf *b, eb_words words, const char *element)
{
    for (; words && *words; words++)
        eb_strbuf_element(b, element, *words);
}

/* <around><word/>…</around> */
static void add_flags(struct eb_strbuf *b, const char *around, eb_words words)
{
    open_element(b, around);
    for (; *words; words++)
        eb_strbuf_line(b, "<%s/>", *words);
    close_element(b, around);
}

/* ---- <capabilities> ---- */

static void add_host_cpu(struct eb_strbuf *b, const struct eb_capabilities *caps)
{
    open_element(b, "cpu");
    eb_strbuf_element(b, "arch", caps->arch);
    eb_strbuf_element(b, "model", caps->cpu_model);
    eb_strbuf_element(b, "vendor", caps->cpu_vendor);
    if (caps->sockets)
        eb_strbuf_line(b, "<topology sockets='%u' dies='%u' cores='%u' threads='%u'/>", caps->sockets,
                       caps->dies ? caps->dies : 1, caps->cores, caps->threads);
    if (caps->cpu_features && *caps->cpu_features)
        add_flags(b, "features", caps->cpu_features);
    for (size_t i = 0; i < caps->n_page_sizes; i++)
        eb_strbuf_line(b, "<pages unit='KiB' size='%u'/>", caps->page_sizes[i]);
    close_element(b, "cpu");
}

static void add_cell(struct eb_strbuf *b, const struct eb_caps_cell *cell)
{
    eb_strbuf_line(b, "<cell id='%u'>", cell->id);
    b->indent += 2;
    eb_strbuf_line(b, "<memory unit='KiB'>%llu</memory>", (unsigned long long)cell->memory_kib);
    for (size_t i = 0; i < cell->n_pages; i++)
        eb_strbuf_line(b, "<pages unit='KiB' size='%u'>%llu</pages>", cell->pages[i].size_kib,
                       (unsigned long long)cell->pages[i].count);
    eb_strbuf_line(b, "<cpus num='%zu'>", cell->n_cpus);
    b->indent += 2;
    for (size_t i = 0; i < cell->n_cpus; i++) {
        const struct eb_caps_cpu *cpu = &cell->cpus[i];

        eb_strbuf_indent(b);
        eb_strbuf_printf(b, "<cpu id='%u' socket_id='%u' die_id='%u' core_id='%u'", cpu->id, cpu->socket,
                         cpu->die, cpu->core);
        eb_strbuf_attr(b, "siblings", cpu->siblings);
        eb_strbuf_add(b, "/>\n");
    }
    close_element(b, "cpus");
    close_element(b, "cell");
}

static void add_host(struct eb_strbuf *b, const struct eb_capabilities *caps)
{
    char uuid[EB_UUID_STRLEN + 1];

    open_element(b, "host");
    if (caps->host_uuid) {
        eb_uuid_format(caps->host_uuid, uuid);
        eb_strbuf_element(b, "uuid", uuid);
    }
    add_host_cpu(b, caps);
    if (caps->power_management && caps->power_states && *caps->power_states)
        add_flags(b, "power_management", caps->power_states);
    else if (caps->power_management)
        eb_strbuf_line(b, "<power_management/>");
    if (caps->iommu != EB_ABSENT)
        eb_strbuf_line(b, "<iommu support='%s'/>", caps->iommu == EB_YES ? "yes" : "no");
    if (caps->n_cells) {
        open_element(b, "topology");
        eb_strbuf_line(b, "<cells num='%zu'>", caps->n_cells);
        b->indent += 2;
        for (size_t i = 0; i < caps->n_cells; i++)
            add_cell(b, &caps->cells[i]);
        close_element(b, "cells");
        close_element(b, "topology");
    }
    if (caps->secmodel) {
        open_element(b, "secmodel");
        eb_strbuf_element(b, "model", caps->secmodel);
        eb_strbuf_element(b, "doi", caps->secmodel_doi ? caps->secmodel_doi : "");
        close_element(b, "secmodel");
    }
    close_element(b, "host");
}

static void add_guest_feature(struct eb_strbuf *b, const struct eb_caps_feature *feature)
{
    eb_strbuf_indent(b);
    eb_strbuf_printf(b, "<%s", feature->name);
    if (feature->on != EB_ABSENT)
        eb_strbuf_attr(b, "default", feature->on == EB_YES ? "on" : "off");
    if (feature->toggle != EB_ABSENT)
        eb_strbuf_attr(b, "toggle", feature->toggle == EB_YES ? "yes" : "no");
    eb_strbuf_add(b, "/>\n");
}

static void add_guest(struct eb_strbuf *b, const struct eb_caps_guest *guest)
{
    open_element(b, "guest");
    eb_strbuf_element(b, "os_type", guest->os_type);
    eb_strbuf_line(b, "<arch name='%s'>", guest->arch);
    b->indent += 2;
    eb_strbuf_line(b, "<wordsize>%u</wordsize>", guest->wordsize);
    eb_strbuf_element(b, "emulator", guest->emulator);
    add_words(b, guest->machines, "machine");
    for (eb_words domain = guest->domains; domain && *domain; domain++)
        eb_strbuf_line(b, "<domain type='%s'/>", *domain);
    close_element(b, "arch");
    if (guest->n_features) {
        open_element(b, "features");
        for (size_t i = 0; i < guest->n_features; i++)
            add_guest_feature(b, &guest->features[i]);
        close_element(b, "features");
    }
    close_element(b, "guest");
}

char *eb_capabilities_format(const struct eb_capabilities *caps)
{
    struct eb_strbuf b = {0};

    open_element(&b, "capabilities");
    eb_strbuf_addc(&b, '\n');
    add_host(&b, caps);
    eb_strbuf_addc(&b, '\n');
    for (size_t i = 0; i < caps->n_guests; i++) {
        add_guest(&b, &caps->guests[i]);
        eb_strbuf_addc(&b, '\n');
    }
    close_element(&b, "capabilities");
    return eb_strbuf_steal(&b);
}

/* ---- <domainCapabilities> ---- */

static const char *yes_no(bool yes)
{
    return yes ? "yes" : "no";
}

static void add_enum(struct eb_strbuf *b, const struct eb_domcaps_enum *values)
{
    if (!values->values || !*values->values) {
        eb_strbuf_line(b, "<enum name='%s'/>", values->name);
        return;
    }
    eb_strbuf_line(b, "<enum name='%s'>", values->name);
    b->indent += 2;
    add_words(b, values->values, "value");
    close_element(b, "enum");
}

static void add_part(struct eb_strbuf *b, const struct eb_domcaps_part *part)
{
    if (!part->supported || !part->n_enums) {
        eb_strbuf_line(b, "<%s supported='%s'/>", part->name, yes_no(part->supported));
        return;
    }
    eb_strbuf_line(b, "<%s supported='yes'>", part->name);
    b->indent += 2;
    for (size_t i = 0; i < part->n_enums; i++)
        add_enum(b, &part->enums[i]);
    close_element(b, part->name);
}

static void add_parts(struct eb_strbuf *b, const char *around, const struct eb_domcaps_part *parts, size_t n)
{
    if (!n)
        return;
    open_element(b, around);
    for (size_t i = 0; i < n; i++)
        add_part(b, &parts[i]);
    close_element(b, around);
}

static void add_os(struct eb_strbuf *b, const struct eb_domain_capabilities *caps)
{
    if (!caps->firmware.name)
        return;
    open_element(b, "os supported='yes'");
    add_enum(b, &caps->firmware);
    if (caps->loader) {
        open_element(b, "loader supported='yes'");
        add_words(b, caps->loaders, "value");
        for (size_t i = 0; i < caps->n_loader_enums; i++)
            add_enum(b, &caps->loader_enums[i]);
        close_element(b, "loader");
    } else {
        eb_strbuf_line(b, "<loader supported='no'/>");
    }
    close_element(b, "os");
}

static void add_custom_models(struct eb_strbuf *b, const struct eb_domain_capabilities *caps)
{
    if (!caps->cpu_custom || !caps->n_cpu_models) {
        eb_strbuf_line(b, "<mode name='custom' supported='%s'/>", yes_no(caps->cpu_custom));
        return;
    }
    open_element(b, "mode name='custom' supported='yes'");
    for (size_t i = 0; i < caps->n_cpu_models; i++) {
        const struct eb_domcaps_cpu_model *model = &caps->cpu_models[i];
        const char *usable = model->usable == EB_ABSENT ? "unknown" : yes_no(model->usable == EB_YES);

        eb_strbuf_indent(b);
        eb_strbuf_printf(b, "<model usable='%s'", usable);
        eb_strbuf_attr(b, "vendor", model->vendor ? model->vendor : "unknown");
        eb_strbuf_addc(b, '>');
        eb_strbuf_escape(b, model->name);
        eb_strbuf_add(b, "</model>\n");
    }
    close_element(b, "mode");
}

static void add_cpu(struct eb_strbuf *b, const struct eb_domain_capabilities *caps)
{
    if (!caps->cpu)
        return;
    open_element(b, "cpu");
    eb_strbuf_line(b, "<mode name='host-passthrough' supported='%s'/>", yes_no(caps->cpu_host_passthrough));
    eb_strbuf_line(b, "<mode name='maximum' supported='%s'/>", yes_no(caps->cpu_maximum));
    eb_strbuf_line(b, "<mode name='host-model' supported='%s'/>", yes_no(caps->cpu_host_model));
    add_custom_models(b, caps);
    close_element(b, "cpu");
}

char *eb_domain_capabilities_format(const struct eb_domain_capabilities *caps)
{
    struct eb_strbuf b = {0};

    open_element(&b, "domainCapabilities");
    eb_strbuf_element(&b, "path", caps->path);
    eb_strbuf_element(&b, "domain", caps->domain);
    eb_strbuf_element(&b, "machine", caps->machine);
    eb_strbuf_element(&b, "arch", caps->arch);
    if (caps->max_vcpus)
        eb_strbuf_line(&b, "<vcpu max='%u'/>", caps->max_vcpus);
    if (caps->iothreads != EB_ABSENT)
        eb_strbuf_line(&b, "<iothreads supported='%s'/>", yes_no(caps->iothreads == EB_YES));
    add_os(&b, caps);
    add_cpu(&b, caps);
    add_parts(&b, "devices", caps->devices, caps->n_devices);
    add_parts(&b, "features", caps->features, caps->n_features);
    close_element(&b, "domainCapabilities");
    return eb_strbuf_steal(&b);
}

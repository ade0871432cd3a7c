/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks, pools, volumes, interfaces, node devices, snapshots: a definition that is accepted says the same
 * when it is written, read, copied and written again. */
#include "model/domain_xml.h"
#include "model/object.h"
#include "model/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void check_object(enum eb_object_kind kind, const char *text)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOOBJECT struct eb_object_def *first = NULL;
    EB_AUTOOBJECT struct eb_object_def *second = NULL;
    EB_AUTOOBJECT struct eb_object_def *copy = NULL;
    EB_AUTOFREE char *once = NULL, *twice = NULL, *copied = NULL;

    if (eb_object_def_parse(kind, text, &first, &err) < 0) {
        must(eb_error_is_set(&err));
        return;
    }
    once = eb_object_def_format(first);
    copy = eb_object_def_copy(first);
    copied = eb_object_def_format(copy);
    must(eb_streq(once, copied) && eb_object_def_parse(kind, once, &second, &err) == 0);
    twice = eb_object_def_format(second);
    must(eb_streq(once, twice));
}

/* The domain inside is fuzz_domain_xml's affair: controllers that parsing adds may change places once. */
static void check_redefined(const char *text)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOSNAPSHOT struct eb_snapshot_def *first = NULL;
    EB_AUTOSNAPSHOT struct eb_snapshot_def *second = NULL;
    EB_AUTOSNAPSHOT struct eb_snapshot_def *third = NULL;
    EB_AUTOSNAPSHOT struct eb_snapshot_def *copy = NULL;
    EB_AUTOFREE char *once = NULL, *twice = NULL, *thrice = NULL, *copied = NULL;

    if (eb_snapshot_def_parse(text, true, &first, &err) < 0) {
        must(eb_error_is_set(&err));
        return;
    }
    once = eb_snapshot_def_format(first, EB_XML_SECURE);
    copy = eb_snapshot_def_copy(first);
    copied = eb_snapshot_def_format(copy, EB_XML_SECURE);
    must(eb_streq(once, copied) && eb_snapshot_def_parse(once, true, &second, &err) == 0);
    twice = eb_snapshot_def_format(second, EB_XML_SECURE);
    must(eb_snapshot_def_parse(twice, true, &third, &err) == 0);
    thrice = eb_snapshot_def_format(third, EB_XML_SECURE);
    must(eb_streq(twice, thrice));
}

/* A new one, with the disks of a domain of three. */
static void check_new(const char *text)
{
    static const char domain[] =
        "<domain type='test'><name>d</name><memory>1024</memory><os><type>hvm</type></os><devices>"
        "<disk type='file' device='disk'><source file='/a'/><target dev='hda'/></disk>"
        "<disk type='file' device='cdrom'><target dev='hdb'/></disk>"
        "<disk type='file' device='disk' snapshot='no'><source file='/c'/><target dev='hdc'/></disk>"
        "</devices></domain>";
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;
    EB_AUTODEF struct eb_domain_def *dom = NULL;
    EB_AUTOFREE char *xml = NULL;
    bool external;

    if (eb_snapshot_def_parse(text, false, &def, &err) < 0) {
        must(eb_error_is_set(&err));
        return;
    }
    must(def->name && *def->name && eb_domain_def_parse(domain, EB_XML_INACTIVE, &dom, &err) == 0);
    external = eb_snapshot_def_is_external(def);
    if (eb_snapshot_def_align(def, dom, external ? EB_SNAPSHOT_EXTERNAL : EB_SNAPSHOT_INTERNAL, !external,
                              &err) < 0)
        must(eb_error_is_set(&err));
    else
        must(def->n_disks == dom->n_disks);
    xml = eb_snapshot_def_format(def, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOFREE char *text = eb_calloc(size + 1, 1);

    if (size)
        memcpy(text, data, size);
    for (int kind = 0; kind < EB_OBJECT_LAST; kind++)
        check_object((enum eb_object_kind)kind, text);
    check_redefined(text);
    check_new(text);
    return 0;
}

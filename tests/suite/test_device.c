/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that come, change and go; media. */
#include "suite.h"

#include <unistd.h>

#define EMPTY_DRIVE "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>"
#define NIC(link)                                                                                            \
    "<interface type='user'><mac address='08:00:27:12:34:57'/><model type='82540EM'/>" link "</interface>"

static const char *drive_with(struct fixture *t, const char *iso)
{
    return text(t,
                "<disk type='file' device='cdrom'><source file='%s'/><target dev='hdc' bus='ide'/><readonly/>"
                "</disk>",
                iso);
}

static const char *disk_of(struct fixture *t, const char *vdi)
{
    return text(t,
                "<disk type='file' device='disk'><driver type='vdi'/><source file='%s'/>"
                "<target dev='sda' bus='sata'/></disk>",
                vdi);
}

static bool says(struct fixture *t, eb_domain *dom, unsigned flags, const char *what)
{
    return strstr(xml_of(t, dom, flags), what) != NULL;
}

static void medium_goes_into_a_drive_and_out_again(void **state)
{
    struct fixture *t = *state;
    const char *iso = write_iso(t, "disc.iso");
    eb_domain *dom = define(t, xml_for(t, name_for(t, "drive"), "", EMPTY_DRIVE));

    assert_false(says(t, dom, 0, "<source file="));
    OK(t, eb_domain_update_device(dom, drive_with(t, iso), EB_AFFECT_CONFIG, fresh(t)));
    assert_true(says(t, dom, 0, text(t, "<source file='%s'/>", iso)));
    OK(t, eb_domain_update_device(dom, EMPTY_DRIVE, EB_AFFECT_CONFIG, fresh(t)));
    assert_false(says(t, dom, 0, "<source file="));
    assert_true(says(t, dom, 0, "device='cdrom'"));
}

static void medium_changes_while_the_domain_runs(void **state)
{
    struct fixture *t = *state;
    const char *iso = write_iso(t, "disc.iso");
    eb_domain *dom = define(t, xml_for(t, name_for(t, "drive"), "", EMPTY_DRIVE));

    OK(t, eb_domain_start(dom, 0, fresh(t)));
    OK(t, eb_domain_update_device(dom, drive_with(t, iso), EB_AFFECT_LIVE, fresh(t)));
    assert_true(says(t, dom, 0, text(t, "<source file='%s'/>", iso)));
    OK(t, eb_domain_update_device(dom, EMPTY_DRIVE, EB_AFFECT_LIVE, fresh(t)));
    assert_false(says(t, dom, 0, "<source file="));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
}

static void medium_that_is_not_there_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;
    const char *before;

    NEEDS(t, ABLE_CHECK_MEDIA);
    dom = define(t, xml_for(t, name_for(t, "drive"), "", EMPTY_DRIVE));
    before = xml_of(t, dom, 0);
    REFUSED(t, EB_ERR_OK,
            eb_domain_update_device(dom, drive_with(t, path_for(t, "no.iso")), EB_AFFECT_CONFIG, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
    REFUSED(t, EB_ERR_OK,
            eb_domain_define_xml(t->conn,
                                 xml_for(t, name_for(t, "never"), "", disk_of(t, path_for(t, "no/such.vdi"))),
                                 0, NULL, fresh(t)));
    assert_false(exists(t, t->conn, name_for(t, "never")));
}

static void drive_is_attached_and_detached(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "drive");

    OK(t, eb_domain_attach_device(dom, EMPTY_DRIVE, EB_AFFECT_CONFIG, fresh(t)));
    assert_true(says(t, dom, 0, "<target dev='hdc' bus='ide'/>"));
    REFUSED(t, EB_ERR_OK, eb_domain_attach_device(dom, EMPTY_DRIVE, EB_AFFECT_CONFIG, fresh(t)));
    if (!able(t, ABLE_DETACH_DRIVE))
        return;
    OK(t, eb_domain_detach_device(dom, EMPTY_DRIVE, EB_AFFECT_CONFIG, fresh(t)));
    assert_false(says(t, dom, 0, "<disk"));
    REFUSED(t, EB_ERR_OK, eb_domain_detach_device(dom, EMPTY_DRIVE, EB_AFFECT_CONFIG, fresh(t)));
}

static void interface_is_attached_and_detached(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "nic");

    OK(t, eb_domain_attach_device(dom, NIC(""), EB_AFFECT_CONFIG, fresh(t)));
    assert_true(says(t, dom, 0, "<mac address='08:00:27:12:34:57'/>"));
    REFUSED(t, EB_ERR_OK, eb_domain_attach_device(dom, NIC(""), EB_AFFECT_CONFIG, fresh(t)));
    OK(t, eb_domain_detach_device(dom, NIC(""), EB_AFFECT_CONFIG, fresh(t)));
    assert_false(says(t, dom, 0, "<interface"));
}

static void link_goes_down_and_up_while_the_domain_runs(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define(t, xml_for(t, name_for(t, "nic"), "", NIC("")));

    OK(t, eb_domain_start(dom, 0, fresh(t)));
    OK(t, eb_domain_update_device(dom, NIC("<link state='down'/>"), EB_AFFECT_LIVE, fresh(t)));
    assert_true(says(t, dom, 0, "<link state='down'/>"));
    OK(t, eb_domain_update_device(dom, NIC("<link state='up'/>"), EB_AFFECT_LIVE, fresh(t)));
    assert_false(says(t, dom, 0, "<link state='down'/>"));
}

static void bad_device_changes_nothing(void **state)
{
    static const char *const bad[] = {
        "",
        "no XML",
        "<disk",
        "<nosuchdevice/>",
        "<disk type='file' device='cdrom'/>",
        "<interface type='user'><mac address='never'/></interface>",
        "<interface type='nosuchtype'/>",
    };
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "kept");
    const char *before = xml_of(t, dom, 0);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        REFUSED(t, EB_ERR_OK, eb_domain_attach_device(dom, bad[i], EB_AFFECT_CONFIG, fresh(t)));
        REFUSED(t, EB_ERR_OK, eb_domain_detach_device(dom, bad[i], EB_AFFECT_CONFIG, fresh(t)));
        REFUSED(t, EB_ERR_OK, eb_domain_update_device(dom, bad[i], EB_AFFECT_CONFIG, fresh(t)));
    }
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_attach_device(dom, NULL, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_attach_device(dom, EMPTY_DRIVE, 1u << 20, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void domain_runs_with_a_hard_disk(void **state)
{
    struct fixture *t = *state;
    const char *vdi = write_vdi(t, "disk.vdi");
    eb_domain *dom = define(t, xml_for(t, name_for(t, "disk"), "", disk_of(t, vdi)));

    assert_true(says(t, dom, 0, text(t, "<source file='%s'/>", vdi)));
    assert_true(says(t, dom, 0, "<target dev='sda' bus='sata'/>"));
    define(t, xml_of(t, dom, EB_XML_INACTIVE));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    assert_int_equal(access(vdi, F_OK), 0);
}

static void undefine_may_delete_the_hard_disk(void **state)
{
    struct fixture *t = *state;
    const char *vdi;
    eb_domain *dom;

    NEEDS(t, ABLE_DELETE_STORAGE);
    vdi = write_vdi(t, "disk.vdi");
    dom = define(t, xml_for(t, name_for(t, "disk"), "", disk_of(t, vdi)));
    OK(t, eb_domain_undefine(dom, EB_UNDEFINE_STORAGE, fresh(t)));
    assert_false(exists(t, t->conn, eb_domain_get_name(dom)));
    assert_int_not_equal(access(vdi, F_OK), 0);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(medium_goes_into_a_drive_and_out_again),
    SUITE_TEST(medium_changes_while_the_domain_runs),
    SUITE_TEST(medium_that_is_not_there_is_refused),
    SUITE_TEST(drive_is_attached_and_detached),
    SUITE_TEST(interface_is_attached_and_detached),
    SUITE_TEST(link_goes_down_and_up_while_the_domain_runs),
    SUITE_TEST(bad_device_changes_nothing),
    SUITE_TEST(domain_runs_with_a_hard_disk),
    SUITE_TEST(undefine_may_delete_the_hard_disk),
};
SUITE_GROUP(suite_device, "devices", tests);

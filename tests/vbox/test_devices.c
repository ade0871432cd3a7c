/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions that change: anew, by one device, while the machine runs, by others. */
#include "deftest.h"

#include <stdio.h>

static bool can_plug(void)
{
    return vb_has(vb, VB_IMachine_setHotPluggableForDevice);
}

/* ---- Changes ---- */

static void redefine(eb_conn *conn, eb_domain *dom, const char *from, const char *to)
{
    EB_AUTOFREE char *xml = dump(dom);
    eb_domain *same = NULL;

    replace(&xml, from, to);
    define_xml(conn, to, xml, &same);
    eb_domain_unref(same);
}

static void assert_shows(eb_domain *dom, const char *text, bool wanted)
{
    EB_AUTOFREE char *xml = dump(dom);

    if ((strstr(xml, text) != NULL) != wanted) {
        print_error("%s%s in\n%s", wanted ? "no " : "", text, xml);
        fail();
    }
}

static eb_domain *define_with(eb_conn *conn, const char *extra, const char *devices)
{
    EB_AUTOFREE char *inside = with_media(devices);
    EB_AUTOFREE char *xml = xml_of("changing", extra, inside);
    eb_domain *dom = NULL;

    define_xml(conn, "changing", xml, &dom);
    return dom;
}

#define DISK_A                                                                                               \
    "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='sata'/></disk>"
#define CD "<disk type='file' device='cdrom'><source file='@/cd.iso'/><target dev='hdc' bus='ide'/></disk>"

static void devices_that_are_no_longer_said_go(void **state)
{
    eb_domain *dom = define_with(
        *state, NULL,
        DISK_A CD "<sound model='ac97'/><interface type='user'>" MAC "</interface>"
                  "<filesystem><source dir='/tmp'/><target dir='t'/></filesystem>"
                  "<serial type='pty'/><parallel type='dev'><source path='/dev/parport0'/></parallel>");
    EB_AUTOFREE char *uuid = NULL, *bare = NULL;
    eb_domain *same = NULL;
    char text[37];

    eb_domain_get_uuid_string(dom, text);
    uuid = eb_asprintf("<uuid>%s</uuid>", text);
    bare = xml_of("changing", uuid, NULL);
    define_xml(*state, "bare", bare, &same);
    eb_domain_unref(same);
    assert_shows(dom, "one.vdi", false);
    assert_shows(dom, "cd.iso", false);
    assert_shows(dom, "<sound", false);
    assert_shows(dom, "<interface", false);
    assert_shows(dom, "<filesystem", false);
    assert_shows(dom, "<serial", false);
    assert_shows(dom, "<parallel", false);
    remove_domain(dom);
}

static void disk_moves_to_another_place(void **state)
{
    eb_domain *dom = define_with(*state, NULL, DISK_A);

    redefine(*state, dom, "unit='0'/>", "unit='9'/>");
    assert_shows(dom, "unit='9'", true);
    assert_shows(dom, "<target dev='sda'", true);
    remove_domain(dom);
}

static void names_of_disks_stay_when_another_goes(void **state)
{
    eb_domain *dom = define_with(
        *state, NULL,
        DISK_A
        "<disk type='file' device='disk'><source file='@/two.vdi'/><target dev='sdb' bus='sata'/></disk>");
    EB_AUTOFREE char *xml = dump(dom);
    eb_domain *same = NULL;

    drop_element(&xml, "    <disk", "</disk>\n");
    define_xml(*state, "without sda", xml, &same);
    eb_domain_unref(same);
    assert_shows(dom, "<target dev='sda'", false);
    assert_shows(dom, "<target dev='sdb'", true);
    remove_domain(dom);
}

static void definition_that_fails_leaves_the_machine_and_its_media(void **state)
{
    eb_domain *dom = define_with(*state, NULL, CD);
    EB_AUTOFREE char *before = dump(dom), *wrong = eb_strdup(before), *after = NULL, *disks = NULL;
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    IMedium **list = NULL;
    eb_domain *same = NULL;
    size_t n_before = 0, n_after = 0;

    if (vb_has(vb, VB_IVirtualBox_get_hardDisks__medium)) {
        OK(IVirtualBox_get_hardDisks__medium(vb, vbox, &n_before, &list, fresh()));
        vb_objects_free(n_before, list);
    }
    /* the first disk can be attached, the second is not there */
    disks = with_media(
        "  <devices>\n"
        "<disk type='file' device='disk'><source file='@/two.vdi'/><target dev='sda' bus='sata'/></disk>"
        "<disk type='file' device='disk'><source file='@/none.vdi'/><target dev='sdb' bus='sata'/></disk>");
    replace(&wrong, "  <devices>\n", disks);
    assert_int_equal(eb_domain_define_xml(*state, wrong, 0, &same, fresh()), -1);
    after = dump(dom);
    assert_string_equal(before, after);
    if (vb_has(vb, VB_IVirtualBox_get_hardDisks__medium)) {
        OK(IVirtualBox_get_hardDisks__medium(vb, vbox, &n_after, &list, fresh()));
        vb_objects_free(n_after, list);
        assert_int_equal(n_before, n_after);
    }
    remove_domain(dom);
}

static void lost_medium_is_still_shown_and_the_rest_can_change(void **state)
{
    eb_domain *dom;
    EB_AUTOFREE char *path = make_cd("lost.iso"), *moved = eb_asprintf("%s.away", path);

    dom = define_with(
        *state, NULL,
        "<disk type='file' device='cdrom'><source file='@/lost.iso'/><target dev='hdc' bus='ide'/></disk>");
    assert_int_equal(rename(path, moved), 0);
    assert_shows(dom, "lost.iso", true);
    redefine(*state, dom, "<vcpu placement='static'>1<", "<vcpu placement='static'>2<");
    assert_shows(dom, "lost.iso", true);
    assert_shows(dom, ">2</vcpu>", true);
    assert_int_equal(rename(moved, path), 0);
    remove_domain(dom);
}

/* ---- Devices ---- */

static void attach(eb_domain *dom, const char *device, unsigned flags)
{
    EB_AUTOFREE char *xml = with_media(device);

    OK(eb_domain_attach_device(dom, xml, flags, fresh()));
}

static void detach(eb_domain *dom, const char *device, unsigned flags)
{
    EB_AUTOFREE char *xml = with_media(device);

    OK(eb_domain_detach_device(dom, xml, flags, fresh()));
}

static void update(eb_domain *dom, const char *device, unsigned flags)
{
    EB_AUTOFREE char *xml = with_media(device);

    OK(eb_domain_update_device(dom, xml, flags, fresh()));
}

static void devices_come_and_go_in_the_configuration(void **state)
{
    static const struct {
        const char *device, *shows;
    } table[] = {
        {DISK_A, "one.vdi"},
        {"<interface type='user'>" MAC "</interface>", "08:00:27:00:00:01"},
        {"<sound model='ac97'/>", "<sound model='ac97'/>"},
        {"<filesystem><source dir='/tmp'/><target dir='t'/></filesystem>", "<target dir='t'/>"},
        {"<serial type='pty'><target port='0'/></serial>", "<serial type='pty'"},
        {"<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product "
         "id='0x5678'/></source></hostdev>",
         "<vendor id='0x1234'/>"},
    };
    eb_domain *dom = define_with(*state, NULL, CD);

    for (size_t i = 0; i < EB_ARRAY_SIZE(table); i++) {
        attach(dom, table[i].device, EB_AFFECT_CONFIG);
        assert_shows(dom, table[i].shows, true);
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(table); i++) {
        detach(dom, table[i].device, EB_AFFECT_CONFIG);
        assert_shows(dom, table[i].shows, false);
    }
    assert_int_equal(eb_domain_detach_device(dom, "<sound model='ac97'/>", 0, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_DEVICE_MISSING);
    remove_domain(dom);
}

static void device_that_fails_leaves_the_machine_as_it_was(void **state)
{
    eb_domain *dom = define_with(*state, NULL, CD);
    EB_AUTOFREE char *before = dump(dom), *after = NULL;
    EB_AUTOFREE char *disk = with_media("<disk type='file' device='disk'><driver type='vmdk'/><source "
                                        "file='@/two.vdi'/><target dev='sda' bus='sata'/></disk>");

    assert_int_equal(eb_domain_attach_device(dom, disk, EB_AFFECT_CONFIG, fresh()), -1);
    after = dump(dom);
    assert_string_equal(before, after);
    assert_int_equal(eb_domain_attach_device(dom, "<shmem name='x'/>", EB_AFFECT_CONFIG, fresh()), -1);
    remove_domain(dom);
}

static void running_machine_changes_what_it_can(void **state)
{
    eb_domain *dom = define_with(*state, NULL, CD "<interface type='user'>" MAC "</interface>");

    OK(eb_domain_start(dom, 0, fresh()));
    update(
        dom,
        "<disk type='file' device='cdrom'><source file='@/other.iso'/><target dev='hdc' bus='ide'/></disk>",
        EB_AFFECT_LIVE | EB_DEVICE_FORCE);
    assert_shows(dom, "other.iso", true);
    update(dom, "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>",
           EB_AFFECT_LIVE | EB_DEVICE_FORCE);
    assert_shows(dom, "other.iso", false);
    update(dom, "<interface type='user'>" MAC "<link state='down'/></interface>", EB_AFFECT_LIVE);
    assert_shows(dom, "<link state='down'/>", true);
    update(dom, "<interface type='null'>" MAC "<link state='up'/></interface>", EB_AFFECT_LIVE);
    assert_shows(dom, "<link state='down'/>", false);
    attach(dom, "<filesystem><source dir='/tmp'/><target dir='while'/></filesystem>", EB_AFFECT_LIVE);
    detach(dom, "<filesystem><source dir='/tmp'/><target dir='while'/></filesystem>", EB_AFFECT_LIVE);
    attach(dom, "<filesystem><source dir='/tmp'/><target dir='kept'/></filesystem>",
           EB_AFFECT_LIVE | EB_AFFECT_CONFIG);
    assert_shows(dom, "<target dir='kept'/>", true);

    assert_int_equal(eb_domain_attach_device(dom, "<sound model='ac97'/>", EB_AFFECT_LIVE, fresh()), -1);
    assert_non_null(strstr(test_error.message, "<sound model='ac97'/>"));
    assert_int_equal(eb_domain_attach_device(dom, "<sound model='ac97'/>", EB_AFFECT_CONFIG, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_UNSUPPORTED);
    remove_domain(dom);
}

static void disk_is_plugged_into_a_running_machine(void **state)
{
    eb_domain *dom;

    if (!can_plug())
        skip();
    dom = define_with(*state, NS("<vbox:controller for='sata0' name='SATA' ports='8'/>"),
                      "<controller type='sata' index='0'/>");
    OK(eb_domain_start(dom, 0, fresh()));
    attach(dom,
           "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sdb' bus='sata' "
           "removable='on'/></disk>",
           EB_AFFECT_LIVE);
    assert_shows(dom, "<target dev='sdb' bus='sata'", true);
    detach(dom,
           "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sdb' bus='sata'/></disk>",
           EB_AFFECT_LIVE);
    assert_shows(dom, "one.vdi", false);
    remove_domain(dom);
}

static void redefinition_of_a_running_machine_touches_only_what_changed(void **state)
{
    eb_domain *dom = define_with(*state, NULL, CD "<interface type='user'>" MAC "</interface>");
    EB_AUTOFREE char *xml = NULL;
    eb_domain *same = NULL;

    OK(eb_domain_start(dom, 0, fresh()));
    redefine(*state, dom, "<model type=", "<link state='down'/>\n<model type=");
    assert_shows(dom, "<link state='down'/>", true);
    xml = dump(dom);
    replace(&xml, "<vcpu placement='static'>1<", "<vcpu placement='static'>2<");
    assert_int_equal(eb_domain_define_xml(*state, xml, 0, &same, fresh()), -1);
    assert_non_null(strstr(test_error.message, "<vcpu"));
    remove_domain(dom);
}

/* ---- Others' machines ---- */

static void what_others_made_is_said_whole(void **state)
{
    eb_domain *dom = define(*state, "others");
    VB_AUTO(IMachine) machine = NULL;
    VB_AUTO(INetworkAdapter) nic = NULL;
    VB_AUTO(IStorageController) controller = NULL;
    ISession *session = NULL;
    EB_AUTOFREE char *xml = NULL, *again = NULL;
    eb_domain *same = NULL;

    machine = back_lock(dom, false, &session);
    OK(IMachine_getNetworkAdapter(vb, machine, 3, &nic, fresh()));
    OK(INetworkAdapter_set_enabled(vb, nic, true, fresh()));
    OK(IMachine_addStorageController(vb, machine, "An odd <name> & more", StorageBus_SCSI, &controller,
                                     fresh()));
    OK(IMachine_set_OSTypeId(vb, machine, "FreeBSD_64", fresh()));
    OK(IMachine_saveSettings(vb, machine, fresh()));
    back_unlock(session);
    xml = dump(dom);
    assert_valid("others", xml);
    assert_non_null(strstr(xml, "slot='3'"));
    assert_non_null(strstr(xml, "An odd &lt;name&gt; &amp; more"));
    assert_non_null(strstr(xml, "os-type='FreeBSD_64'"));
    replace(&xml, "</uuid>\n", "</uuid>\n  <title>mine now</title>\n");
    define_xml(*state, "others", xml, &same);
    eb_domain_unref(same);
    again = dump(dom);
    assert_string_equal(xml, again);
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(devices_that_are_no_longer_said_go),
        VBOX_TEST(disk_moves_to_another_place),
        VBOX_TEST(names_of_disks_stay_when_another_goes),
        VBOX_TEST(definition_that_fails_leaves_the_machine_and_its_media),
        VBOX_TEST(lost_medium_is_still_shown_and_the_rest_can_change),
        VBOX_TEST(devices_come_and_go_in_the_configuration),
        VBOX_TEST(device_that_fails_leaves_the_machine_as_it_was),
        VBOX_TEST(running_machine_changes_what_it_can),
        VBOX_TEST(disk_is_plugged_into_a_running_machine),
        VBOX_TEST(redefinition_of_a_running_machine_touches_only_what_changed),
        VBOX_TEST(what_others_made_is_said_whole),
    };

    return run_definition_tests(argc, argv, "devices", tests, EB_ARRAY_SIZE(tests));
}

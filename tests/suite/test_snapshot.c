/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: taking, the tree of them, going back, deleting. */
#include "suite.h"

/* ---- Words of this file ---- */

static eb_snapshot *look_up(struct fixture *t, eb_domain *dom, const char *name)
{
    eb_snapshot *snapshot = NULL;

    OK(t, eb_domain_lookup_snapshot(dom, name, 0, &snapshot, fresh(t)));
    assert_string_equal(eb_snapshot_get_name(snapshot), name);
    return snapshot;
}

static void take_with(struct fixture *t, eb_domain *dom, const char *name, unsigned flags)
{
    eb_snapshot *snapshot = NULL;
    const char *xml = text(t, "<domainsnapshot><name>%s</name></domainsnapshot>", name);

    OK(t, eb_domain_create_snapshot(dom, xml, flags, &snapshot, fresh(t)));
    assert_string_equal(eb_snapshot_get_name(snapshot), name);
    eb_snapshot_unref(snapshot);
}

static void take(struct fixture *t, eb_domain *dom, const char *name)
{
    take_with(t, dom, name, 0);
}

static void revert(struct fixture *t, eb_domain *dom, const char *name, unsigned flags)
{
    eb_snapshot *snapshot = look_up(t, dom, name);

    OK(t, eb_snapshot_revert(snapshot, flags, fresh(t)));
    eb_snapshot_unref(snapshot);
}

static void delete (struct fixture *t, eb_domain *dom, const char *name, unsigned flags)
{
    eb_snapshot *snapshot = look_up(t, dom, name);

    OK(t, eb_snapshot_delete(snapshot, flags, fresh(t)));
    eb_snapshot_unref(snapshot);
}

static const char *joined(struct fixture *t, eb_snapshot **list, int n)
{
    const char *out = "";

    for (int i = 0; i < n; i++) {
        out = text(t, "%s%s%s", out, *out ? " " : "", eb_snapshot_get_name(list[i]));
        eb_snapshot_unref(list[i]);
    }
    eb_free(list);
    return out;
}

/* Names, parents first. */
static const char *listed(struct fixture *t, eb_domain *dom, unsigned flags)
{
    eb_snapshot **list = NULL;
    int n = OK(t, eb_domain_list_snapshots(dom, flags, &list, fresh(t)));

    assert_int_equal(OK(t, eb_domain_list_snapshots(dom, flags, NULL, fresh(t))), n);
    return joined(t, list, n);
}

static const char *below(struct fixture *t, eb_domain *dom, const char *name, unsigned flags)
{
    eb_snapshot *snapshot = look_up(t, dom, name);
    eb_snapshot **list = NULL;
    int n = OK(t, eb_snapshot_list_children(snapshot, flags, &list, fresh(t)));

    assert_int_equal(OK(t, eb_snapshot_list_children(snapshot, flags, NULL, fresh(t))), n);
    eb_snapshot_unref(snapshot);
    return joined(t, list, n);
}

/* "" for none. */
static const char *current(struct fixture *t, eb_domain *dom)
{
    eb_snapshot *snapshot = NULL;
    const char *name;

    if (!OK(t, eb_domain_has_current_snapshot(dom, 0, fresh(t)))) {
        REFUSED(t, EB_ERR_NO_DOMAIN_SNAPSHOT, eb_domain_get_current_snapshot(dom, 0, &snapshot, fresh(t)));
        return "";
    }
    OK(t, eb_domain_get_current_snapshot(dom, 0, &snapshot, fresh(t)));
    assert_int_equal(OK(t, eb_snapshot_is_current(snapshot, 0, fresh(t))), 1);
    name = text(t, "%s", eb_snapshot_get_name(snapshot));
    eb_snapshot_unref(snapshot);
    return name;
}

static const char *parent_of(struct fixture *t, eb_domain *dom, const char *name)
{
    eb_snapshot *snapshot = look_up(t, dom, name), *parent = NULL;
    const char *found;

    OK(t, eb_snapshot_get_parent(snapshot, 0, &parent, fresh(t)));
    found = text(t, "%s", eb_snapshot_get_name(parent));
    eb_snapshot_unref(parent);
    eb_snapshot_unref(snapshot);
    return found;
}

static const char *snapshot_xml(struct fixture *t, eb_domain *dom, const char *name)
{
    eb_snapshot *snapshot = look_up(t, dom, name);
    char *xml = NULL;

    OK(t, eb_snapshot_get_xml(snapshot, 0, &xml, fresh(t)));
    eb_snapshot_unref(snapshot);
    return keep_text(t, xml);
}

#define HAS(xml, part) assert_non_null(strstr((xml), (part)))
#define HAS_NOT(xml, part) assert_null(strstr((xml), (part)))

/* ---- Taking ---- */

static void domain_begins_without_snapshots(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "plain");
    eb_snapshot *snapshot = NULL;

    assert_string_equal(listed(t, dom, 0), "");
    assert_string_equal(current(t, dom), "");
    REFUSED(t, EB_ERR_NO_DOMAIN_SNAPSHOT, eb_domain_lookup_snapshot(dom, "none", 0, &snapshot, fresh(t)));
}

static void snapshot_knows_what_it_is(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    eb_snapshot *snapshot = NULL, *none = NULL;
    const char *xml;

    OK(t, eb_domain_create_snapshot(dom,
                                    "<domainsnapshot><name>s &amp; t</name><description>for a &lt;test&gt;"
                                    "</description></domainsnapshot>",
                                    0, &snapshot, fresh(t)));
    assert_string_equal(eb_snapshot_get_name(snapshot), "s & t");
    assert_string_equal(eb_domain_get_name(eb_snapshot_get_domain(snapshot)), eb_domain_get_name(dom));
    assert_int_equal(OK(t, eb_snapshot_has_metadata(snapshot, 0, fresh(t))), 1);
    REFUSED(t, EB_ERR_NO_DOMAIN_SNAPSHOT, eb_snapshot_get_parent(snapshot, 0, &none, fresh(t)));
    eb_snapshot_unref(snapshot);
    assert_string_equal(current(t, dom), "s & t");
    xml = snapshot_xml(t, dom, "s & t");
    HAS(xml, "<name>s &amp; t</name>");
    HAS(xml, "<description>for a &lt;test&gt;</description>");
    HAS(xml, "<state>shutoff</state>");
    HAS(xml, "<creationTime>");
    HAS(xml, "<memory snapshot='no'/>");
    HAS(xml, text(t, "<name>%s</name>", eb_domain_get_name(dom)));
    HAS(xml, text(t, "<uuid>%s</uuid>", uuid_of(t, dom)));
    HAS_NOT(xml, "<parent>");
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void snapshot_without_a_name_gets_one(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    OK(t, eb_domain_create_snapshot(dom, "<domainsnapshot/>", 0, NULL, fresh(t)));
    assert_string_equal(listed(t, dom, 0), current(t, dom));
    assert_true(strlen(current(t, dom)) > 0);
}

static void second_snapshot_of_a_name_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    take(t, dom, "s");
    REFUSED(
        t, EB_ERR_OPERATION_FAILED,
        eb_domain_create_snapshot(dom, "<domainsnapshot><name>s</name></domainsnapshot>", 0, NULL, fresh(t)));
    assert_string_equal(listed(t, dom, 0), "s");
}

static void running_domain_goes_on_after_its_snapshot(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");
    int id = eb_domain_get_id(dom);

    take(t, dom, "s");
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(eb_domain_get_id(dom), id);
    HAS(snapshot_xml(t, dom, "s"), "<state>running</state>");
    HAS(snapshot_xml(t, dom, "s"), "<memory snapshot='internal'/>");
}

static void running_domain_need_not_pause_for_its_snapshot(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    NEEDS(t, ABLE_LIVE_SNAPSHOT);
    take_with(t, dom, "s", EB_SNAPSHOT_CREATE_LIVE);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    HAS(snapshot_xml(t, dom, "s"), "<state>running</state>");
}

static void paused_domain_stays_paused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    OK(t, eb_domain_suspend(dom, fresh(t)));
    take(t, dom, "s");
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, REASON_ANY);
    HAS(snapshot_xml(t, dom, "s"), "<state>paused</state>");
}

static void domain_stops_after_its_snapshot_when_asked_to(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    take_with(t, dom, "s", EB_SNAPSHOT_CREATE_HALT);
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_FROM_SNAPSHOT);
    HAS(snapshot_xml(t, dom, "s"), "<state>running</state>");
}

static void transient_domain_does_not_stop_after_its_snapshot(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = create_small(t, "transient");

    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_domain_create_snapshot(dom, "<domainsnapshot/>", EB_SNAPSHOT_CREATE_HALT, NULL, fresh(t)));
    assert_string_equal(listed(t, dom, 0), "");
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
}

static void wrong_snapshot_is_refused_and_leaves_nothing(void **state)
{
    static const struct {
        eb_error_code code;
        const char *xml;
    } wrong[] = {
        {EB_ERR_XML_ERROR, "<domain/>"},
        {EB_ERR_XML_DETAIL, "<domainsnapshot>"},
        {EB_ERR_XML_ERROR, "<domainsnapshot><memory snapshot='nonsense'/></domainsnapshot>"},
        {EB_ERR_XML_ERROR, "<domainsnapshot><memory snapshot='external'/></domainsnapshot>"},
        {EB_ERR_CONFIG_UNSUPPORTED, "<domainsnapshot><disks><disk name='hdz'/></disks></domainsnapshot>"},
    };
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    const char *before = xml_of(t, dom, 0);

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        REFUSED(t, wrong[i].code, eb_domain_create_snapshot(dom, wrong[i].xml, 0, NULL, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_create_snapshot(dom, NULL, 0, NULL, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_domain_create_snapshot(dom, "<domainsnapshot/>", EB_SNAPSHOT_CREATE_CURRENT, NULL, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_create_snapshot(dom, "<domainsnapshot/>", 1u << 20, NULL, fresh(t)));
    assert_string_equal(listed(t, dom, 0), "");
    assert_string_equal(xml_of(t, dom, 0), before);
}

/* ---- The tree ---- */

/* a: b and, beside it, c: d. The current one is d. */
static eb_domain *with_tree(struct fixture *t)
{
    eb_domain *dom = define_small(t, "tree");

    take(t, dom, "a");
    take(t, dom, "b");
    revert(t, dom, "a", 0);
    take(t, dom, "c");
    take(t, dom, "d");
    return dom;
}

static void snapshots_form_a_tree(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_BRANCHED_SNAPSHOTS);
    dom = with_tree(t);
    assert_string_equal(listed(t, dom, 0), "a b c d");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_ROOTS), "a");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_LEAVES), "b d");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_NO_LEAVES), "a c");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_METADATA), "a b c d");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_NO_METADATA), "");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_INACTIVE), "a b c d");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_ACTIVE), "");
    assert_string_equal(listed(t, dom, EB_LIST_SNAPSHOTS_EXTERNAL), "");
    assert_string_equal(below(t, dom, "a", 0), "b c");
    assert_string_equal(below(t, dom, "a", EB_LIST_SNAPSHOTS_DESCENDANTS), "b c d");
    assert_string_equal(below(t, dom, "a", EB_LIST_SNAPSHOTS_DESCENDANTS | EB_LIST_SNAPSHOTS_LEAVES), "b d");
    assert_string_equal(below(t, dom, "d", 0), "");
    assert_string_equal(parent_of(t, dom, "b"), "a");
    assert_string_equal(parent_of(t, dom, "d"), "c");
    assert_string_equal(current(t, dom), "d");
    HAS(snapshot_xml(t, dom, "d"), "<parent>\n    <name>c</name>\n  </parent>");
}

static void domain_reverts_to_its_current_snapshot_at_least(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "line");
    eb_snapshot *a;

    take(t, dom, "a");
    take(t, dom, "b");
    revert(t, dom, "b", 0);
    if (!able(t, ABLE_BRANCHED_SNAPSHOTS)) {
        a = look_up(t, dom, "a");
        REFUSED(t, EB_ERR_OPERATION_UNSUPPORTED, eb_snapshot_revert(a, 0, fresh(t)));
        eb_snapshot_unref(a);
        assert_string_equal(current(t, dom), "b");
    } else {
        revert(t, dom, "a", 0);
        assert_string_equal(current(t, dom), "a");
    }
}

static void snapshots_belong_to_one_domain(void **state)
{
    struct fixture *t = *state;
    eb_domain *one = define_small(t, "one"), *other = define_small(t, "other");
    eb_domain **found = NULL;
    int n;

    take(t, one, "s");
    assert_string_equal(listed(t, other, 0), "");
    take(t, other, "s");
    delete (t, one, "s", 0);
    assert_string_equal(listed(t, other, 0), "s");
    n = OK(t, eb_conn_list_domains(t->conn, EB_LIST_HAS_SNAPSHOT, &found, fresh(t)));
    for (int i = 0; i < n; i++) {
        assert_string_not_equal(eb_domain_get_name(found[i]), eb_domain_get_name(one));
        eb_domain_unref(found[i]);
    }
    eb_free(found);
    assert_true(n >= 1);
}

/* ---- Going back ---- */

static void reverted_domain_is_what_it_was(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);

    take(t, dom, "s");
    define(t, text(t,
                   "<domain type='%s'><name>%s</name><uuid>%s</uuid><memory unit='MiB'>128</memory>"
                   "<os><type arch='x86_64'>hvm</type></os></domain>",
                   domain_type(t), eb_domain_get_name(dom), uuid_of(t, dom)));
    assert_string_not_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
    revert(t, dom, "s", 0);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
    assert_string_equal(current(t, dom), "s");
}

static void running_domain_reverts_to_one_that_was_off(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    take(t, dom, "s");
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    revert(t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_FROM_SNAPSHOT);
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
}

static void domain_that_is_off_reverts_to_one_that_ran(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    take(t, dom, "s");
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    revert(t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_FROM_SNAPSHOT);
    /* and the same again: the snapshot is not used up */
    revert(t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_FROM_SNAPSHOT);
    assert_string_equal(listed(t, dom, 0), "s");
}

static void domain_is_paused_again_as_it_was(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    OK(t, eb_domain_suspend(dom, fresh(t)));
    take(t, dom, "s");
    OK(t, eb_domain_resume(dom, fresh(t)));
    revert(t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, EB_PAUSED_FROM_SNAPSHOT);
    OK(t, eb_domain_resume(dom, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
}

static void revert_may_say_whether_to_run(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    eb_snapshot *s;

    take(t, dom, "s");
    revert(t, dom, "s", EB_SNAPSHOT_REVERT_RUNNING);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_FROM_SNAPSHOT);
    revert(t, dom, "s", EB_SNAPSHOT_REVERT_PAUSED);
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, EB_PAUSED_FROM_SNAPSHOT);
    s = look_up(t, dom, "s");
    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_snapshot_revert(s, EB_SNAPSHOT_REVERT_RUNNING | EB_SNAPSHOT_REVERT_PAUSED, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_snapshot_revert(s, EB_SNAPSHOT_REVERT_RESET_NVRAM, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_snapshot_revert(s, 1u << 20, fresh(t)));
    eb_snapshot_unref(s);
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, EB_PAUSED_FROM_SNAPSHOT);
}

static void transient_domain_reverts_to_running_only(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = create_small(t, "transient");

    take(t, dom, "s");
    revert(t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_FROM_SNAPSHOT);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 0);
}

/* ---- Deleting ---- */

static void deleted_snapshots_children_become_its_parents(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    take(t, dom, "a");
    take(t, dom, "b");
    take(t, dom, "c");
    delete (t, dom, "b", 0);
    assert_string_equal(listed(t, dom, 0), "a c");
    assert_string_equal(parent_of(t, dom, "c"), "a");
    assert_string_equal(current(t, dom), "c");
    delete (t, dom, "c", 0);
    assert_string_equal(current(t, dom), "a");
    delete (t, dom, "a", 0);
    assert_string_equal(listed(t, dom, 0), "");
    assert_string_equal(current(t, dom), "");
}

static void snapshot_of_a_running_domain_is_deleted(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");

    NEEDS(t, ABLE_DELETE_SNAPSHOT_ONLINE);
    take(t, dom, "s");
    delete (t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_string_equal(listed(t, dom, 0), "");
}

static void snapshot_goes_with_its_descendants(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_BRANCHED_SNAPSHOTS);
    dom = with_tree(t);
    delete (t, dom, "c", EB_SNAPSHOT_DELETE_CHILDREN);
    assert_string_equal(listed(t, dom, 0), "a b");
    assert_string_equal(current(t, dom), "a");
    delete (t, dom, "a", EB_SNAPSHOT_DELETE_CHILDREN);
    assert_string_equal(listed(t, dom, 0), "");
}

static void descendants_go_without_their_ancestor(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_BRANCHED_SNAPSHOTS);
    dom = with_tree(t);
    delete (t, dom, "a", EB_SNAPSHOT_DELETE_CHILDREN_ONLY);
    assert_string_equal(listed(t, dom, 0), "a");
    assert_string_equal(current(t, dom), "a");
}

static void contradicting_deletions_are_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    eb_snapshot *s;

    take(t, dom, "s");
    s = look_up(t, dom, "s");
    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_snapshot_delete(s, EB_SNAPSHOT_DELETE_CHILDREN | EB_SNAPSHOT_DELETE_CHILDREN_ONLY, fresh(t)));
    /* neither driver knows more of a snapshot than what it is */
    REFUSED(t, EB_ERR_OK, eb_snapshot_delete(s, EB_SNAPSHOT_DELETE_METADATA_ONLY, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_snapshot_delete(s, 1u << 20, fresh(t)));
    assert_string_equal(listed(t, dom, 0), "s");
    delete (t, dom, "s", 0);
    REFUSED(t, EB_ERR_NO_DOMAIN_SNAPSHOT, eb_snapshot_delete(s, 0, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN_SNAPSHOT, eb_snapshot_revert(s, 0, fresh(t)));
    eb_snapshot_unref(s);
}

/* ---- Beside other operations ---- */

static void undefining_a_domain_with_snapshots_needs_to_say_so(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    take(t, dom, "s");
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_undefine(dom, 0, fresh(t)));
    assert_string_equal(listed(t, dom, 0), "s");
    OK(t, eb_domain_undefine(dom, EB_UNDEFINE_SNAPSHOTS_METADATA, fresh(t)));
    assert_int_equal(exists(t, t->conn, eb_domain_get_name(dom)), 0);
}

static void description_of_a_snapshot_changes(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    const char *xml, *end;

    take(t, dom, "s");
    xml = snapshot_xml(t, dom, "s");
    end = strstr(xml, "</name>") + strlen("</name>");
    xml = text(t, "%.*s<description>new words</description>%s", (int)(end - xml), xml, end);
    OK(t, eb_domain_create_snapshot(dom, xml, EB_SNAPSHOT_CREATE_REDEFINE | EB_SNAPSHOT_CREATE_CURRENT, NULL,
                                    fresh(t)));
    HAS(snapshot_xml(t, dom, "s"), "<description>new words</description>");
    assert_string_equal(listed(t, dom, 0), "s");
    assert_string_equal(current(t, dom), "s");
}

static void read_only_connection_sees_snapshots_and_changes_none(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off"), *same = NULL;
    eb_conn *conn = suite_open(EB_CONNECT_RO);
    eb_snapshot *s;

    take(t, dom, "s");
    OK(t, eb_domain_lookup_by_name(conn, eb_domain_get_name(dom), &same, fresh(t)));
    assert_string_equal(listed(t, same, 0), "s");
    snapshot_xml(t, same, "s");
    s = look_up(t, same, "s");
    REFUSED(t, EB_ERR_OPERATION_DENIED,
            eb_domain_create_snapshot(same, "<domainsnapshot/>", 0, NULL, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_snapshot_revert(s, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_snapshot_delete(s, 0, fresh(t)));
    eb_snapshot_unref(s);
    eb_domain_unref(same);
    eb_conn_unref(conn);
    assert_string_equal(listed(t, dom, 0), "s");
}

static eb_domain *with_disk(struct fixture *t, const char *label)
{
    const char *disk = write_vdi(t, "disk.vdi");

    return define(t, xml_for(t, name_for(t, label), "",
                             text(t,
                                  "<disk type='file' device='disk'><driver type='vdi'/><source file='%s'/>"
                                  "<target dev='hda' bus='ide'/></disk>"
                                  "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>",
                                  disk)));
}

static void snapshot_tells_of_disks(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = with_disk(t, "disks");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);

    take(t, dom, "s");
    HAS(snapshot_xml(t, dom, "s"), "<disk name='hda' snapshot='internal'/>");
    HAS(snapshot_xml(t, dom, "s"), "<disk name='hdc' snapshot='no'/>");
    HAS(snapshot_xml(t, dom, "s"), "disk.vdi");
    REFUSED(t, EB_ERR_CONFIG_UNSUPPORTED,
            eb_domain_create_snapshot(
                dom, "<domainsnapshot><disks><disk name='hda' snapshot='no'/></disks></domainsnapshot>", 0,
                NULL, fresh(t)));
    take(t, dom, "s2");
    revert(t, dom, able(t, ABLE_BRANCHED_SNAPSHOTS) ? "s" : "s2", 0);
    delete (t, dom, "s2", 0);
    delete (t, dom, "s", 0);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
}

static void running_domain_with_a_disk_goes_back_and_on(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = with_disk(t, "disks");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);

    OK(t, eb_domain_start(dom, 0, fresh(t)));
    take(t, dom, "s");
    revert(t, dom, "s", 0);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_FROM_SNAPSHOT);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    delete (t, dom, "s", 0);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(domain_begins_without_snapshots),
    SUITE_TEST(snapshot_knows_what_it_is),
    SUITE_TEST(snapshot_without_a_name_gets_one),
    SUITE_TEST(second_snapshot_of_a_name_is_refused),
    SUITE_TEST(running_domain_goes_on_after_its_snapshot),
    SUITE_TEST(running_domain_need_not_pause_for_its_snapshot),
    SUITE_TEST(paused_domain_stays_paused),
    SUITE_TEST(domain_stops_after_its_snapshot_when_asked_to),
    SUITE_TEST(transient_domain_does_not_stop_after_its_snapshot),
    SUITE_TEST(wrong_snapshot_is_refused_and_leaves_nothing),
    SUITE_TEST(snapshots_form_a_tree),
    SUITE_TEST(domain_reverts_to_its_current_snapshot_at_least),
    SUITE_TEST(snapshots_belong_to_one_domain),
    SUITE_TEST(reverted_domain_is_what_it_was),
    SUITE_TEST(running_domain_reverts_to_one_that_was_off),
    SUITE_TEST(domain_that_is_off_reverts_to_one_that_ran),
    SUITE_TEST(domain_is_paused_again_as_it_was),
    SUITE_TEST(revert_may_say_whether_to_run),
    SUITE_TEST(transient_domain_reverts_to_running_only),
    SUITE_TEST(deleted_snapshots_children_become_its_parents),
    SUITE_TEST(snapshot_of_a_running_domain_is_deleted),
    SUITE_TEST(snapshot_goes_with_its_descendants),
    SUITE_TEST(descendants_go_without_their_ancestor),
    SUITE_TEST(contradicting_deletions_are_refused),
    SUITE_TEST(undefining_a_domain_with_snapshots_needs_to_say_so),
    SUITE_TEST(description_of_a_snapshot_changes),
    SUITE_TEST(read_only_connection_sees_snapshots_and_changes_none),
    SUITE_TEST(snapshot_tells_of_disks),
    SUITE_TEST(running_domain_with_a_disk_goes_back_and_on),
};
SUITE_GROUP(suite_snapshot, "snapshots", tests);

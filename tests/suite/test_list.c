/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists with their filters, and lookups. */
#include "suite.h"

/* Whether the list with these filters has the domain: exactly once, or not at all. */
static bool listed(struct fixture *t, unsigned flags, eb_domain *dom)
{
    eb_domain **domains = NULL;
    int n = OK(t, eb_conn_list_domains(t->conn, flags, &domains, fresh(t)));
    const char *uuid = uuid_of(t, dom);
    int found = 0;

    for (int i = 0; i < n; i++) {
        char other[37];

        eb_domain_get_uuid_string(domains[i], other);
        found += strcmp(uuid, other) == 0;
        eb_domain_unref(domains[i]);
    }
    eb_free(domains);
    assert_in_range(found, 0, 1);
    return found;
}

static void list_shows_a_domain_from_define_to_undefine(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "one");

    assert_true(listed(t, 0, dom));
    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    assert_false(listed(t, 0, dom));
}

static void each_filter_tells_its_domains_from_the_others(void **state)
{
    struct fixture *t = *state;
    eb_domain *off = define_small(t, "off");
    eb_domain *running = start_small(t, "running");
    eb_domain *paused = start_small(t, "paused");
    eb_domain *transient = create_small(t, "transient");
    eb_domain *saved = start_small(t, "saved");
    const struct {
        unsigned flag;
        eb_domain *has, *lacks;
    } filters[] = {
        {EB_LIST_ACTIVE, running, off},       {EB_LIST_INACTIVE, off, running},
        {EB_LIST_PERSISTENT, off, transient}, {EB_LIST_TRANSIENT, transient, off},
        {EB_LIST_RUNNING, running, paused},   {EB_LIST_PAUSED, paused, running},
        {EB_LIST_SHUTOFF, off, running},      {EB_LIST_MANAGEDSAVE, saved, off},
        {EB_LIST_NO_MANAGEDSAVE, off, saved}, {EB_LIST_AUTOSTART, off, running},
        {EB_LIST_NO_AUTOSTART, running, off},
    };

    OK(t, eb_domain_suspend(paused, fresh(t)));
    OK(t, eb_domain_managed_save(saved, 0, fresh(t)));
    OK(t, eb_domain_set_autostart(off, 1, fresh(t)));
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        assert_true(listed(t, filters[i].flag, filters[i].has));
        assert_false(listed(t, filters[i].flag, filters[i].lacks));
    }
    assert_true(listed(t, EB_LIST_NO_SNAPSHOT | EB_LIST_NO_CHECKPOINT, off));
    assert_false(listed(t, EB_LIST_HAS_SNAPSHOT, off));
    assert_false(listed(t, EB_LIST_HAS_CHECKPOINT, off));
    assert_false(listed(t, EB_LIST_OTHER, running));
}

static void filters_of_one_group_add_up_and_groups_narrow(void **state)
{
    struct fixture *t = *state;
    eb_domain *off = define_small(t, "off");
    eb_domain *transient = create_small(t, "transient");

    assert_true(listed(t, EB_LIST_ACTIVE | EB_LIST_INACTIVE, off));
    assert_true(listed(t, EB_LIST_ACTIVE | EB_LIST_INACTIVE, transient));
    assert_true(listed(t, EB_LIST_ACTIVE | EB_LIST_TRANSIENT, transient));
    assert_false(listed(t, EB_LIST_ACTIVE | EB_LIST_PERSISTENT, transient));
    assert_false(listed(t, EB_LIST_ACTIVE | EB_LIST_PERSISTENT, off));
    assert_true(listed(t, EB_LIST_PERSISTENT | EB_LIST_SHUTOFF, off));
}

static void unknown_filter_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain **domains = NULL;

    REFUSED(t, EB_ERR_INVALID_ARG, eb_conn_list_domains(t->conn, 1u << 28, &domains, fresh(t)));
    assert_null(domains);
}

static void domain_is_found_by_name_and_uuid(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "found");
    eb_domain *found = NULL;
    unsigned char raw[16];

    eb_domain_get_uuid(dom, raw);
    OK(t, eb_domain_lookup_by_name(t->conn, eb_domain_get_name(dom), &found, fresh(t)));
    assert_string_equal(uuid_of(t, keep_domain(t, found)), uuid_of(t, dom));
    OK(t, eb_domain_lookup_by_uuid(t->conn, raw, &found, fresh(t)));
    assert_string_equal(eb_domain_get_name(keep_domain(t, found)), eb_domain_get_name(dom));
    OK(t, eb_domain_lookup_by_uuid_string(t->conn, uuid_of(t, dom), &found, fresh(t)));
    assert_string_equal(eb_domain_get_name(keep_domain(t, found)), eb_domain_get_name(dom));
}

static void id_finds_a_domain_while_it_runs(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "found");
    eb_domain *found = NULL;
    int id = eb_domain_get_id(dom);

    OK(t, eb_domain_lookup_by_id(t->conn, id, &found, fresh(t)));
    assert_string_equal(uuid_of(t, keep_domain(t, found)), uuid_of(t, dom));
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_lookup_by_id(t->conn, id, &found, fresh(t)));
}

static void what_is_not_there_is_not_found(void **state)
{
    static const unsigned char nobody[16] = {0xee, 1, 2, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, 14, 15};
    struct fixture *t = *state;
    eb_domain *dom = NULL;

    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_lookup_by_name(t->conn, name_for(t, "nobody"), &dom, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_lookup_by_name(t->conn, "", &dom, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_lookup_by_uuid(t->conn, nobody, &dom, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_lookup_by_id(t->conn, 2147483647, &dom, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_lookup_by_id(t->conn, -1, &dom, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_lookup_by_uuid_string(t->conn, "not-a-uuid", &dom, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_lookup_by_name(t->conn, NULL, &dom, fresh(t)));
    assert_null(dom);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(list_shows_a_domain_from_define_to_undefine),
    SUITE_TEST(each_filter_tells_its_domains_from_the_others),
    SUITE_TEST(filters_of_one_group_add_up_and_groups_narrow),
    SUITE_TEST(unknown_filter_is_refused),
    SUITE_TEST(domain_is_found_by_name_and_uuid),
    SUITE_TEST(id_finds_a_domain_while_it_runs),
    SUITE_TEST(what_is_not_there_is_not_found),
};
SUITE_GROUP(suite_list, "lists", tests);

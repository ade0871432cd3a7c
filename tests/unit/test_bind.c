/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The binder against every release: what it finds in the type library must be what the facts say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/uuid.h"
#include "vbox/com/bind.h"
#include "vbox/com/known.h"
#include "vbox/com/origin.h"

/* Folder of the expectations, made by bind-expect. */
static const char *folder;
/* With further arguments, RELEASE and XPT: an installation's own type library, and the facts that it must
 * agree with. */
static const char *real_release, *real_xpt;

static struct vb_binding *bind_release(const char *release)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *path = real_xpt ? eb_strdup(real_xpt) : eb_asprintf("%s/%s.xpt", folder, release);
    struct vb_typelib *tl = NULL;
    struct vb_binding *binding;

    if (vb_xpt_read(path, &tl, &err) < 0)
        fail_msg("%s", err.message);
    binding = vb_bind(tl);
    vb_typelib_free(tl);
    return binding;
}

static char *read_text(const char *name, const char *suffix)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/%s%s", folder, name, suffix);
    char *text;
    size_t len;

    assert_int_equal(eb_read_file(path, 64 << 20, &text, &len), 0);
    return text;
}

/** The member's name in C. */
static char *member_id(unsigned m)
{
    const struct vb_known_member *k = &vb_known_members[m];
    const char *dot = strchr(k->name, '.');
    const char *roles[] = {[VB_METHOD] = "", [VB_GETTER] = "get_", [VB_SETTER] = "set_"};

    return eb_asprintf("VB_%.*s_%s%s%s%s", (int)(dot - k->name), k->name, roles[k->role], dot + 1,
                       k->shape ? "__" : "", k->shape ? k->shape : "");
}

/** Ids come in the order of the table, so a search from the last one found is short. */
static unsigned find_member(const char *id)
{
    static char *ids[VB_MEMBER__COUNT];
    static unsigned last;

    for (unsigned i = 0; i < VB_MEMBER__COUNT; i++) {
        unsigned m = (last + i) % VB_MEMBER__COUNT;

        if (!ids[m])
            ids[m] = member_id(m);
        if (strcmp(ids[m], id) == 0) {
            last = m;
            return m;
        }
    }
    fail_msg("no member %s", id);
    return 0;
}

static unsigned find_enum(const char *name)
{
    for (unsigned i = 0; i < VB_ENUM__COUNT; i++)
        if (strcmp(vb_known_enums[i].names[0], name) == 0)
            return i;
    fail_msg("no enum %s", name);
    return 0;
}

static unsigned find_iface(const char *name)
{
    for (unsigned i = 0; i < VB_IFACE__COUNT; i++)
        if (strcmp(vb_known_ifaces[i].names[0], name) == 0)
            return i;
    fail_msg("no interface %s", name);
    return 0;
}

static int find_constant(unsigned id, const char *name)
{
    for (int v = 1; v < vb_known_enums[id].n_constants; v++)
        if (strcmp(vb_known_enums[id].constants[v], name) == 0)
            return v;
    fail_msg("no constant %s", name);
    return 0;
}

static void check_member(const struct vb_binding *b, const char *release, char **w)
{
    const struct vb_bound *any = &b->members[find_member(w[1])];
    const struct vb_bound *shape = &b->members[find_member(w[3])];

    if (any->slot != atoi(w[2]) || shape->slot != atoi(w[2]) || shape->thunk != atoi(w[4]))
        fail_msg("%s: %s: slot %d (%d), way %d, why %d; expected %s %s %s", release, w[1], any->slot,
                 shape->slot, shape->thunk, any->why, w[2], w[3], w[4]);
    for (unsigned m = 0; m < VB_MEMBER__COUNT; m++)
        if (vb_known_members[m].any == any - b->members && &b->members[m] != any && &b->members[m] != shape)
            assert_int_equal(b->members[m].why, VB_OTHER_SHAPE);
}

static void check_line(const struct vb_binding *b, const char *release, char **w)
{
    if (strcmp(w[0], "member") == 0) {
        check_member(b, release, w);
    } else if (strcmp(w[0], "absent") == 0) {
        const struct vb_bound *m = &b->members[find_member(w[1])];

        if (m->slot >= 0 || m->why == VB_BOUND || m->why == VB_UNKNOWN_SHAPE)
            fail_msg("%s: %s is at slot %d, why %d; the release does not have it", release, w[1], m->slot,
                     m->why);
    } else if (strcmp(w[0], "interface") == 0) {
        unsigned char iid[16];

        assert_true(eb_uuid_parse(w[2], iid));
        assert_true(b->ifaces[find_iface(w[1])].there);
        assert_memory_equal(b->ifaces[find_iface(w[1])].iid, iid, 16);
    } else {
        unsigned id = find_enum(w[1]);
        int value = find_constant(id, w[2]);
        uint32_t number = 0, expected = (uint32_t)strtoul(w[3], NULL, 10);

        assert_true(vb_binding_enum_number(b, (enum vb_enum_id)id, value, &number));
        assert_int_equal(number, expected);
        assert_int_equal(vb_binding_enum_value(b, (enum vb_enum_id)id, number), find_constant(id, w[4]));
    }
}

static void check_release(const char *release)
{
    struct vb_binding *b = bind_release(release);
    EB_AUTOFREE char *text = read_text(release, ".expect");
    unsigned bound = 0, expected = 0;
    char *save = NULL;

    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *w[5] = {NULL}, *s = NULL;
        unsigned n = 0;

        for (char *p = strtok_r(line, " ", &s); p && n < 5; p = strtok_r(NULL, " ", &s))
            w[n++] = p;
        expected += strcmp(w[0], "member") == 0;
        check_line(b, release, w);
    }
    for (unsigned m = 0; m < VB_MEMBER__COUNT; m++)
        bound += vb_known_members[m].any == m && b->members[m].slot >= 0;
    assert_int_equal(bound, expected);
    assert_true(bound > 300);
    vb_binding_free(b);
}

static void every_release_binds_as_its_facts_say(void **state)
{
    EB_AUTOFREE char *text = read_text("releases", "");
    unsigned n = 0;
    char *save = NULL;

    (void)state;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save), n++)
        check_release(line);
    assert_true(n >= 42);
}

/* Equal ids, other slots: an object answers to the id of either release, so the type library alone tells. */
static void equal_ids_with_other_slots_bind_by_their_own_type_library(void **state)
{
    static const struct {
        const char *before, *after, *iface;
        enum vb_member member;
    } moves[] = {
        {"3.1", "3.2", "IMouse", VB_IMouse_putMouseEvent},
        {"5.1.4", "5.2", "IHostNetworkInterface", VB_IHostNetworkInterface_enableStaticIPConfig},
        {"7.1", "7.1.6", "INATEngine", VB_INATEngine_addRedirect},
        {"7.1", "7.1.6", "INATEngine", VB_INATEngine_setNetworkSettings},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(moves); i++) {
        struct vb_binding *a = bind_release(moves[i].before), *b = bind_release(moves[i].after);
        unsigned iface = find_iface(moves[i].iface);

        assert_memory_equal(a->ifaces[iface].iid, b->ifaces[iface].iid, 16);
        assert_true(a->members[moves[i].member].slot > 0 && b->members[moves[i].member].slot > 0);
        assert_int_not_equal(a->members[moves[i].member].slot, b->members[moves[i].member].slot);
        vb_binding_free(a);
        vb_binding_free(b);
    }
}

static void the_installation_binds_as_its_facts_say(void **state)
{
    (void)state;
    check_release(real_release);
}

/* ---- whose type library it is ---- */

static struct vb_typelib *read_release(const char *release)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *path = eb_asprintf("%s/%s.xpt", folder, release);
    struct vb_typelib *tl = NULL;

    if (vb_xpt_read(path, &tl, &err) < 0)
        fail_msg("%s", err.message);
    return tl;
}

static void every_release_is_known_by_its_type_library(void **state)
{
    EB_AUTOFREE char *text = read_text("releases", "");
    unsigned n = 0;
    char *save = NULL;

    (void)state;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        struct vb_typelib *tl = read_release(line);
        unsigned refused = 0;

        for (unsigned i = 0; i < vb_n_origins; i++)
            refused += vb_origin_check(tl, vb_origins[i].since, NULL) < 0;
        /* a permuted one is nobody's; of the others, releases of equal used interfaces are not told apart */
        if (!strchr(line, '-')) {
            assert_true(refused >= vb_n_origins - 5);
            n++;
        } else {
            assert_int_equal(refused, 0);
        }
        vb_typelib_free(tl);
    }
    assert_true(n >= 40);
}

static void type_library_of_another_release_is_refused_with_both_names(void **state)
{
    static const struct {
        const char *release;
        unsigned version;
        const char *refused; /* NULL: it fits */
    } cases[] = {
        {"7.1", 7001000, NULL},
        {"7.1", 7001004, NULL},
        {"7.1", 7001006, "7.1.0..7.1.4, and the library beside it is 7.1.6"},
        {"7.1.6", 7001004, "7.1.6..7.1.12, and the library beside it is 7.1.4"},
        {"7.1.6", 7001099, NULL},  /* a later release of the same line */
        {"7.2.22", 9000000, NULL}, /* a later one that changed nothing */
        {"7.2.22", 2002000, "the library beside it is 2.2.0"},
        {"2.2", 7002022, "2.2.0..2.2.4, and"},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        struct vb_typelib *tl = read_release(cases[i].release);
        int result = vb_origin_check(tl, cases[i].version, &err);

        assert_int_equal(result, cases[i].refused ? -1 : 0);
        if (cases[i].refused) {
            assert_non_null(strstr(err.message, cases[i].refused));
            assert_non_null(strstr(err.message, tl->path));
        }
        vb_typelib_free(tl);
    }
}

/* ---- type libraries that no release had, made from one that did ---- */

static struct vb_tl_param params[8];
static struct vb_tl_method methods[2];
static struct vb_tl_interface interfaces[2];
static struct vb_typelib made = {.path = (char *)"made", .n_interfaces = 1, .interfaces = interfaces};

/** An IMachine with one method, after a known parent of three slots. */
static struct vb_tl_method *make_method(const char *name, unsigned n)
{
    memset(params, 0, sizeof(params));
    memset(methods, 0, sizeof(methods));
    memset(interfaces, 0, sizeof(interfaces));
    interfaces[1] = (struct vb_tl_interface){.name = "nsISupports", .resolved = true};
    interfaces[0] = (struct vb_tl_interface){.name = "IMachine",
                                             .resolved = true,
                                             .parent = &interfaces[1],
                                             .parent_name = "nsISupports",
                                             .first_slot = 3,
                                             .n_methods = 1,
                                             .methods = methods};
    methods[0] = (struct vb_tl_method){.name = name, .n_params = n, .params = params};
    return methods;
}

static void bind_made(enum vb_member member, struct vb_bound *out)
{
    struct vb_binding *b = vb_bind(&made);

    *out = b->members[member];
    vb_binding_free(b);
}

static void parameters_of_no_known_shape_are_not_bound(void **state)
{
    struct vb_bound bound;

    (void)state;
    make_method("lockMachine", 2);
    params[0] = (struct vb_tl_param){.kind = VB_T_INTERFACE, .in = true, .iface = "ISession"};
    params[1] = (struct vb_tl_param){.kind = VB_T_U32, .in = true};
    bind_made(VB_IMachine_lockMachine, &bound);
    assert_int_equal(bound.slot, 3);
    params[1].kind = VB_T_WSTRING;
    bind_made(VB_IMachine_lockMachine, &bound);
    assert_int_equal(bound.slot, -1);
    assert_int_equal(bound.why, VB_UNKNOWN_SHAPE);
}

static void another_interface_or_direction_or_count_is_another_shape(void **state)
{
    struct vb_bound bound;

    (void)state;
    make_method("lockMachine", 2);
    params[0] = (struct vb_tl_param){.kind = VB_T_INTERFACE, .in = true, .iface = "IMachine"};
    params[1] = (struct vb_tl_param){.kind = VB_T_U32, .in = true};
    bind_made(VB_IMachine_lockMachine, &bound);
    assert_int_equal(bound.why, VB_UNKNOWN_SHAPE);
    params[0].iface = "ISession";
    params[1] = (struct vb_tl_param){.kind = VB_T_U32, .out = true};
    bind_made(VB_IMachine_lockMachine, &bound);
    assert_int_equal(bound.why, VB_UNKNOWN_SHAPE);
    methods[0].n_params = 1;
    bind_made(VB_IMachine_lockMachine, &bound);
    assert_int_equal(bound.why, VB_UNKNOWN_SHAPE);
}

static void an_array_needs_its_count_just_before_it(void **state)
{
    struct vb_bound bound;

    (void)state;
    make_method("getExtraDataKeys", 2);
    params[0] = (struct vb_tl_param){.kind = VB_T_U32, .out = true};
    params[1] = (struct vb_tl_param){
        .kind = VB_T_WSTRING, .out = true, .retval = true, .array = true, .pointer = true, .count_arg = 0};
    bind_made(VB_IMachine_getExtraDataKeys, &bound);
    assert_int_equal(bound.slot, 3);
    params[1].count_arg = 1;
    bind_made(VB_IMachine_getExtraDataKeys, &bound);
    assert_int_equal(bound.why, VB_UNKNOWN_SHAPE);
}

static void slots_are_not_guessed_below_an_unknown_parent(void **state)
{
    struct vb_bound bound;

    (void)state;
    make_method("saveSettings", 0);
    bind_made(VB_IMachine_saveSettings, &bound);
    assert_int_equal(bound.slot, 3);
    interfaces[0].parent = NULL;
    bind_made(VB_IMachine_saveSettings, &bound);
    assert_int_equal(bound.slot, -1);
    assert_int_equal(bound.why, VB_NO_INTERFACE);
}

static void names_bind_in_any_letter_case(void **state)
{
    struct vb_bound bound;

    (void)state;
    make_method("SAVEsettings", 0);
    bind_made(VB_IMachine_saveSettings, &bound);
    assert_int_equal(bound.slot, 3);
}

/** An IVirtualBox whose createMachine has the types that 3.2 and 4.0 share, beside the IMachine. */
static void add_create_machine(void)
{
    static struct vb_tl_param create_params[6];
    static struct vb_tl_method create;
    static struct vb_tl_interface both[2];

    for (unsigned i = 0; i < 4; i++)
        create_params[i] = (struct vb_tl_param){.kind = VB_T_WSTRING, .in = true};
    create_params[4] = (struct vb_tl_param){.kind = VB_T_BOOL, .in = true};
    create_params[5] =
        (struct vb_tl_param){.kind = VB_T_INTERFACE, .out = true, .retval = true, .iface = "IMachine"};
    create = (struct vb_tl_method){.name = "createMachine", .n_params = 6, .params = create_params};
    both[0] = interfaces[0];
    both[1] = interfaces[0];
    both[1].name = "IVirtualBox";
    both[1].methods = &create;
    made.interfaces = both;
    made.n_interfaces = 2;
}

static void remove_create_machine(void)
{
    made.interfaces = interfaces;
    made.n_interfaces = 1;
}

static void witness_tells_shapes_of_the_same_types_apart(void **state)
{
    struct vb_bound with, without;

    (void)state;
    make_method("deleteSettings", 0);
    add_create_machine();
    bind_made(VB_IVirtualBox_createMachine__override, &without);
    make_method("unregister", 0); /* not in a shape that can be called, and still a witness */
    add_create_machine();
    bind_made(VB_IVirtualBox_createMachine__settingsFile, &with);
    remove_create_machine();
    assert_int_equal(without.slot, 3);
    assert_int_equal(with.slot, 3);
}

static bool count_member(enum vb_member member, enum vb_unbound why, void *opaque)
{
    (void)member;
    ((unsigned *)opaque)[why == VB_BOUND]++;
    return true;
}

static void features_report_what_is_missing(void **state)
{
    struct vb_binding *old = bind_release("2.2"), *new = bind_release("7.2.22");
    struct vb_bind_counts counts;
    unsigned total = 0;

    (void)state;
    for (unsigned f = 0; f < vb_feature_count(); f++) {
        unsigned in_old[2] = {0}, in_new[2] = {0};

        vb_feature_members(old, f, count_member, in_old);
        vb_feature_members(new, f, count_member, in_new);
        assert_int_equal(in_old[0] + in_old[1], in_new[0] + in_new[1]);
        total += in_new[0] + in_new[1];
        if (strcmp(vb_feature_name(f), "nat-networks") == 0) {
            assert_int_equal(in_old[1], 0);
            assert_true(in_new[1] > 10);
        }
    }
    vb_binding_counts(new, &counts);
    assert_int_equal(total, counts.members);
    assert_int_equal(counts.unknown_shapes, 0);
    assert_true(counts.bound > 1000 && counts.interfaces > 80 && counts.constants > 500);
    vb_binding_free(old);
    vb_binding_free(new);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_release_binds_as_its_facts_say),
        cmocka_unit_test(every_release_is_known_by_its_type_library),
        cmocka_unit_test(type_library_of_another_release_is_refused_with_both_names),
        cmocka_unit_test(equal_ids_with_other_slots_bind_by_their_own_type_library),
        cmocka_unit_test(parameters_of_no_known_shape_are_not_bound),
        cmocka_unit_test(another_interface_or_direction_or_count_is_another_shape),
        cmocka_unit_test(an_array_needs_its_count_just_before_it),
        cmocka_unit_test(slots_are_not_guessed_below_an_unknown_parent),
        cmocka_unit_test(names_bind_in_any_letter_case),
        cmocka_unit_test(witness_tells_shapes_of_the_same_types_apart),
        cmocka_unit_test(features_report_what_is_missing),
    };

    const struct CMUnitTest real[] = {cmocka_unit_test(the_installation_binds_as_its_facts_say)};

    if (argc != 2 && argc != 4)
        return 2;
    folder = argv[1];
    if (argc == 4) {
        real_release = argv[2];
        real_xpt = argv[3];
        return cmocka_run_group_tests(real, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

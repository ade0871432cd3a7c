/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Generated calls against objects whose vtables are made here, in the layout of real releases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "vbox/com/call.h"
#include "vbox/com/known.h"
#include "vbox/com/marshal.h"

enum { SLOTS = 400 };

static const char *folder;

/* ---- an installation and its objects ---- */

struct object {
    vb_fn *vtable;
    vb_fn slots[SLOTS];
    unsigned refs;
};

static struct vb vb;
static unsigned freed;
static int32_t answer; /* the result of the next calls */

static void unalloc(void *memory)
{
    freed++;
    free(memory);
}

static int32_t unexpected(void)
{
    fail_msg("a slot was called that no test has filled");
    return -1;
}

static void object_init(struct object *o)
{
    o->vtable = o->slots;
    o->refs = 1;
    for (unsigned i = 0; i < SLOTS; i++)
        o->slots[i] = (vb_fn)unexpected;
}

static void object_on(struct object *o, enum vb_member member, vb_fn fn)
{
    const struct vb_binding *b = atomic_load(&vb.binding);

    assert_true(b->members[member].slot >= 3);
    o->slots[b->members[member].slot] = fn;
}

static void use_release(const char *release, unsigned version)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *path = eb_asprintf("%s/%s.xpt", folder, release);
    struct vb_typelib *tl = NULL;

    vb_binding_free((struct vb_binding *)(uintptr_t)atomic_load(&vb.binding));
    if (vb_xpt_read(path, &tl, &err) < 0)
        fail_msg("%s", err.message);
    atomic_store(&vb.binding, vb_bind(tl));
    vb_typelib_free(tl);
    vb.com_unalloc = unalloc;
    vb.version = version;
    atomic_store(&vb.hook, NULL);
    freed = 0;
    answer = 0;
}

/* the parts of the client that a call needs, without a client */

int vb_call_failed(struct vb *client, enum vb_member member, void *self, int32_t result, eb_error *err)
{
    assert_ptr_equal(client, &vb);
    assert_non_null(self);
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR, "%s failed: 0x%08x",
                             vb_member_name(member), (unsigned)result);
}

bool vb_call_before(struct vb_call *call, struct vb_hook *hook, void *const *args, int32_t *result)
{
    call->hooked = true;
    return hook->before(hook, call, args, result);
}

void vb_call_after(struct vb_call *call, void *const *args, int32_t result)
{
    struct vb_hook *hook = atomic_load(&call->vb->hook);

    hook->after(hook, call, args, result);
}

static int newest(void **state)
{
    (void)state;
    use_release("7.2.22", 7002022);
    return 0;
}

static int oldest(void **state)
{
    (void)state;
    use_release("2.2", 2002000);
    return 0;
}

static uint16_t *utf16(const char *s)
{
    uint16_t *out = vb_utf16_from_utf8(s, NULL);

    assert_non_null(out);
    return out;
}

/** What the fake members got, as UTF-8. */
static char got[4][200];

static void take(unsigned i, const uint16_t *s)
{
    EB_AUTOFREE char *text = s ? vb_utf16_to_utf8(s) : eb_strdup("(null)");

    assert_true(strlen(text) < sizeof(got[i]));
    strcpy(got[i], text);
}

/* ---- strings ---- */

static int32_t give_name(void *self, uint16_t **out)
{
    (void)self;
    if (answer >= 0)
        *out = utf16("Bär 🐻");
    return answer;
}

static int32_t give_broken_name(void *self, uint16_t **out)
{
    static const uint16_t broken[] = {'a', 0xd800, 'b', 0xdc00, 0};

    (void)self;
    *out = eb_memdup(broken, sizeof(broken));
    return 0;
}

static int32_t give_null(void *self, void **out)
{
    (void)self;
    *out = NULL;
    return 0;
}

static int32_t take_name(void *self, const uint16_t *name)
{
    (void)self;
    take(0, name);
    return 0;
}

static void string_comes_out_as_utf8_and_its_memory_goes_back(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *name = NULL;
    struct object machine;

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_get_name, (vb_fn)give_name);
    assert_int_equal(IMachine_get_name(&vb, (IMachine *)&machine, &name, &err), 0);
    assert_string_equal(name, "Bär 🐻");
    assert_int_equal(freed, 1);
}

static void lone_surrogates_become_replacement_characters(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *name = NULL;
    struct object machine;

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_get_name, (vb_fn)give_broken_name);
    assert_int_equal(IMachine_get_name(&vb, (IMachine *)&machine, &name, &err), 0);
    assert_string_equal(name, "a\xef\xbf\xbd"
                              "b\xef\xbf\xbd");
}

static void null_string_comes_out_empty(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *name = NULL;
    struct object machine;

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_get_name, (vb_fn)give_null);
    assert_int_equal(IMachine_get_name(&vb, (IMachine *)&machine, &name, &err), 0);
    assert_string_equal(name, "");
}

static void string_goes_in_as_utf16(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object machine;
    char longer[160];

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_set_name, (vb_fn)take_name);
    assert_int_equal(IMachine_set_name(&vb, (IMachine *)&machine, "Größe 🐻", &err), 0);
    assert_string_equal(got[0], "Größe 🐻");
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = 0;
    assert_int_equal(IMachine_set_name(&vb, (IMachine *)&machine, longer, &err), 0);
    assert_string_equal(got[0], longer);
    assert_int_equal(IMachine_set_name(&vb, (IMachine *)&machine, NULL, &err), 0);
    assert_string_equal(got[0], "(null)");
}

static void string_that_is_not_utf8_is_refused_by_its_name(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object machine;

    (void)state;
    object_init(&machine);
    assert_int_equal(IMachine_set_name(&vb, (IMachine *)&machine, "a\xff", &err), -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    assert_non_null(strstr(err.message, "IMachine.name: parameter 'value' is not UTF-8"));
}

/* ---- ids ---- */

static const char id_text[] = "6695eb01-f6a4-8304-79aa-97f2502e193f";
static const struct vb_guid id_guid = {
    0x6695eb01, 0xf6a4, 0x8304, {0x79, 0xaa, 0x97, 0xf2, 0x50, 0x2e, 0x19, 0x3f}};
static struct object other;

static int32_t give_guid(void *self, struct vb_guid **out)
{
    (void)self;
    *out = eb_memdup(&id_guid, sizeof(id_guid));
    return 0;
}

static int32_t give_guids(void *self, uint32_t *n, struct vb_guid ***out)
{
    (void)self;
    *n = 2;
    *out = eb_calloc(2, sizeof(**out));
    (*out)[0] = eb_memdup(&id_guid, sizeof(id_guid));
    (*out)[1] = eb_memdup(&id_guid, sizeof(id_guid));
    return 0;
}

static int32_t find_by_guid(void *self, const struct vb_guid *id, void **out)
{
    (void)self;
    assert_memory_equal(id, &id_guid, sizeof(id_guid));
    *out = &other;
    return 0;
}

static int32_t give_id_string(void *self, uint16_t **out)
{
    (void)self;
    *out = utf16(id_text);
    return 0;
}

static void check_machine_id(vb_fn fn)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *id = NULL;
    struct object machine;

    object_init(&machine);
    object_on(&machine, VB_IMachine_get_id, fn);
    assert_int_equal(IMachine_get_id(&vb, (IMachine *)&machine, &id, &err), 0);
    assert_string_equal(id, id_text);
    assert_int_equal(freed, 1);
}

static void id_of_2_2_comes_out_as_text(void **state)
{
    (void)state;
    check_machine_id((vb_fn)give_guid);
}

static void id_of_7_2_comes_out_as_text(void **state)
{
    (void)state;
    check_machine_id((vb_fn)give_id_string);
}

static void id_of_2_2_goes_in_as_structure(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object virtualbox;
    IMachine *machine = NULL;

    (void)state;
    object_init(&virtualbox);
    object_on(&virtualbox, VB_IVirtualBox_getMachine, (vb_fn)find_by_guid);
    assert_int_equal(IVirtualBox_getMachine(&vb, (IVirtualBox *)&virtualbox, id_text, &machine, &err), 0);
    assert_ptr_equal(machine, &other);
    assert_int_equal(IVirtualBox_getMachine(&vb, (IVirtualBox *)&virtualbox, "no id", &machine, &err), -1);
    assert_null(machine);
    assert_non_null(strstr(err.message, "IVirtualBox.getMachine: parameter 'id' is not a UUID"));
}

static void array_of_ids_of_2_2_comes_out_as_text(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object medium;
    char **ids = NULL;
    size_t n = 0;

    (void)state;
    object_init(&medium);
    object_on(&medium, VB_IMedium_get_machineIds, (vb_fn)give_guids);
    assert_int_equal(IMedium_get_machineIds(&vb, (IMedium *)&medium, &n, &ids, &err), 0);
    assert_int_equal(n, 2);
    assert_string_equal(ids[1], id_text);
    assert_int_equal(freed, 3);
    vb_strings_free(n, ids);
}

/* ---- enums ---- */

static uint32_t number;

static int32_t give_number(void *self, uint32_t *out)
{
    (void)self;
    *out = number;
    return 0;
}

static enum vb_MachineState state_for(uint32_t n)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    enum vb_MachineState state = MachineState__none;
    struct object machine;

    number = n;
    object_init(&machine);
    object_on(&machine, VB_IMachine_get_state, (vb_fn)give_number);
    assert_int_equal(IMachine_get_state(&vb, (IMachine *)&machine, &state, &err), 0);
    return state;
}

static void running_is_what_the_release_says(void **state)
{
    (void)state;
    use_release("2.2", 2002000);
    assert_int_equal(state_for(4), MachineState_Running);
    use_release("4.0", 4000000);
    assert_int_equal(state_for(5), MachineState_Running);
    use_release("7.2.22", 7002022);
    assert_int_equal(state_for(6), MachineState_Running);
    assert_int_equal(state_for(4711), MachineState__none);
}

static int32_t take_lock(void *self, void *session, uint32_t type)
{
    (void)self;
    assert_ptr_equal(session, &other);
    number = type;
    return 0;
}

static void enum_goes_in_by_name(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object machine;

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_lockMachine, (vb_fn)take_lock);
    assert_int_equal(
        IMachine_lockMachine(&vb, (IMachine *)&machine, (ISession *)&other, LockType_Shared, &err), 0);
    assert_int_equal(number, vb_enum_number(&vb, VB_ENUM_LockType, LockType_Shared));
    assert_int_equal(
        IMachine_lockMachine(&vb, (IMachine *)&machine, (ISession *)&other, LockType__none, &err), -1);
    assert_int_equal(err.code, EB_ERR_NO_SUPPORT);
    assert_non_null(strstr(err.message, "VirtualBox 7.2 has no LockType_unknown"));
}

static void constant_that_the_release_lacks_is_known_to_be_missing(void **state)
{
    (void)state;
    assert_false(vb_enum_has(&vb, VB_ENUM_StorageBus, StorageBus_PCIe));
    assert_true(vb_enum_has(&vb, VB_ENUM_StorageBus, StorageBus_SATA));
    assert_string_equal(vb_enum_name(VB_ENUM_StorageBus, StorageBus_PCIe), "PCIe");
    use_release("7.2.22", 7002022);
    assert_true(vb_enum_has(&vb, VB_ENUM_StorageBus, StorageBus_PCIe));
}

/* ---- arrays and objects ---- */

static int32_t give_machines(void *self, uint32_t *n, void ***out)
{
    (void)self;
    *n = 2;
    *out = eb_calloc(2, sizeof(**out));
    (*out)[0] = &other;
    (*out)[1] = &other;
    return 0;
}

static int32_t give_count_without_items(void *self, uint32_t *n, void ***out)
{
    (void)self;
    *n = 5;
    *out = NULL;
    return 0;
}

static uint32_t release_object(void *self)
{
    return --((struct object *)self)->refs;
}

static void objects_come_out_as_an_array(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object virtualbox;
    IMachine **machines = NULL;
    size_t n = 0;

    (void)state;
    object_init(&virtualbox);
    object_init(&other);
    other.refs = 3;
    other.slots[2] = (vb_fn)release_object;
    object_on(&virtualbox, VB_IVirtualBox_get_machines, (vb_fn)give_machines);
    assert_int_equal(IVirtualBox_get_machines(&vb, (IVirtualBox *)&virtualbox, &n, &machines, &err), 0);
    assert_int_equal(n, 2);
    assert_ptr_equal(machines[1], &other);
    assert_int_equal(freed, 1);
    vb_objects_free(n, machines);
    assert_int_equal(other.refs, 1);
}

static void count_without_items_is_an_empty_array(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object virtualbox;
    IMachine **machines = NULL;
    size_t n = 7;

    (void)state;
    object_init(&virtualbox);
    object_on(&virtualbox, VB_IVirtualBox_get_machines, (vb_fn)give_count_without_items);
    assert_int_equal(IVirtualBox_get_machines(&vb, (IVirtualBox *)&virtualbox, &n, &machines, &err), 0);
    assert_int_equal(n, 0);
    assert_null(machines);
}

static int32_t take_groups(void *self, uint32_t n, const uint16_t *const *items)
{
    (void)self;
    assert_non_null(items); /* VirtualBox refuses a null array, even an empty one */
    number = n;
    for (uint32_t i = 0; i < n; i++)
        take(i, items[i]);
    return 0;
}

static int32_t give_groups(void *self, uint32_t *n, uint16_t ***out)
{
    (void)self;
    *n = 2;
    *out = eb_calloc(2, sizeof(**out));
    (*out)[0] = utf16("/a");
    (*out)[1] = utf16("/b");
    return 0;
}

static void string_arrays_go_both_ways(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    const char *const in[] = {"/eins", "/zwölf"};
    struct object machine;
    char **out = NULL;
    size_t n = 0;

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_set_groups, (vb_fn)take_groups);
    object_on(&machine, VB_IMachine_get_groups, (vb_fn)give_groups);
    assert_int_equal(IMachine_set_groups(&vb, (IMachine *)&machine, 2, in, &err), 0);
    assert_int_equal(number, 2);
    assert_string_equal(got[1], "/zwölf");
    assert_int_equal(IMachine_set_groups(&vb, (IMachine *)&machine, 0, NULL, &err), 0);
    assert_int_equal(number, 0);
    assert_int_equal(IMachine_get_groups(&vb, (IMachine *)&machine, &n, &out, &err), 0);
    assert_int_equal(n, 2);
    assert_string_equal(out[0], "/a");
    assert_int_equal(freed, 3);
    vb_strings_free(n, out);
}

static int32_t give_states(void *self, uint32_t n, void *const *machines, uint32_t *n_out, uint32_t **out)
{
    (void)self;
    assert_int_equal(n, 2);
    assert_ptr_equal(machines[0], &other);
    *n_out = 2;
    *out = eb_calloc(2, sizeof(**out));
    (*out)[0] = 1;
    (*out)[1] = 6;
    return 0;
}

static void objects_go_in_and_enums_come_out(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    IMachine *const machines[] = {(IMachine *)&other, (IMachine *)&other};
    enum vb_MachineState *states = NULL;
    struct object virtualbox;
    size_t n = 0;

    (void)state;
    object_init(&virtualbox);
    object_on(&virtualbox, VB_IVirtualBox_getMachineStates, (vb_fn)give_states);
    assert_int_equal(
        IVirtualBox_getMachineStates(&vb, (IVirtualBox *)&virtualbox, 2, machines, &n, &states, &err), 0);
    assert_int_equal(n, 2);
    assert_int_equal(states[0], MachineState_PoweredOff);
    assert_int_equal(states[1], MachineState_Running);
    free(states);
}

static void bool_arrays_are_four_bytes_wide_there(void **state)
{
    struct vb_call call = {.vb = &vb, .member = VB_IMachine_saveSettings};
    const bool in[] = {true, false, true};
    struct vb_in_array array = {0};
    int32_t *items;
    bool *out = NULL;
    size_t n = 0;

    (void)state;
    assert_int_equal(vb_in_bools(&call, 0, 3, in, &array, NULL), 0);
    items = array.items;
    assert_int_equal(items[0], 1);
    assert_int_equal(items[1], 0);
    assert_int_equal(items[2], 1);
    vb_out_bools(&call, 3, eb_memdup(items, 3 * sizeof(*items)), &n, &out);
    assert_int_equal(n, 3);
    assert_memory_equal(out, in, sizeof(in));
    vb_in_array_clear(&array);
    free(out);
}

/* ---- numbers that grew ---- */

static int32_t give_i64(void *self, int64_t *out)
{
    (void)self;
    *out = 1ll << 40;
    return 0;
}

static int64_t recommended_hdd(vb_fn fn)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object type;
    int64_t size = 0;

    object_init(&type);
    object_on(&type, VB_IGuestOSType_get_recommendedHDD, fn);
    assert_int_equal(IGuestOSType_get_recommendedHDD(&vb, (IGuestOSType *)&type, &size, &err), 0);
    return size;
}

static void number_that_grew_is_wide_everywhere(void **state)
{
    (void)state;
    use_release("2.2", 2002000);
    number = 4000000000u;
    assert_true(recommended_hdd((vb_fn)give_number) == 4000000000ll);
    use_release("7.2.22", 7002022);
    assert_true(recommended_hdd((vb_fn)give_i64) == 1ll << 40);
}

/* ---- what goes wrong ---- */

static void member_that_the_release_lacks_is_not_called(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object machine;

    (void)state;
    object_init(&machine);
    assert_false(vb_has(&vb, VB_IMachine_lockMachine));
    assert_int_equal(
        IMachine_lockMachine(&vb, (IMachine *)&machine, (ISession *)&other, LockType_Write, &err), -1);
    assert_int_equal(err.code, EB_ERR_NO_SUPPORT);
    assert_non_null(strstr(err.message, "VirtualBox 2.2 has no IMachine.lockMachine"));
}

static void other_shape_is_not_called(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object virtualbox;
    IMachine *machine = NULL;

    (void)state;
    object_init(&virtualbox);
    assert_true(vb_has(&vb, VB_IVirtualBox_openMachine__plain));
    assert_false(vb_has(&vb, VB_IVirtualBox_openMachine__password));
    assert_int_equal(
        IVirtualBox_openMachine__password(&vb, (IVirtualBox *)&virtualbox, "/x", "", &machine, &err), -1);
    assert_non_null(strstr(err.message, "takes other parameters than those of 'password'"));
}

static void null_object_is_an_error_that_names_the_member(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    assert_int_equal(IMachine_saveSettings(&vb, NULL, &err), -1);
    assert_int_equal(err.code, EB_ERR_INTERNAL_ERROR);
    assert_non_null(strstr(err.message, "IMachine.saveSettings called without an object"));
}

static void failed_result_reaches_the_caller_and_nothing_comes_out(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object machine;
    char *name = (char *)"stale";

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_get_name, (vb_fn)give_name);
    answer = (int32_t)VB_E_INVALID_OBJECT_STATE;
    assert_int_equal(IMachine_get_name(&vb, (IMachine *)&machine, &name, &err), -1);
    assert_null(name);
    assert_true(eb_error_is_set(&err));
    assert_int_equal(freed, 0);
}

/* ---- the hook ---- */

struct recorder {
    struct vb_hook hook;
    char before[200], after[200];
    int32_t result; /* seen after */
    int32_t inject; /* 0: let the call through */
};

static void copy_text(const struct vb_call *call, void *const *args, bool out, char to[200])
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};

    vb_call_format(call, args, out, &text);
    assert_true(text.len < 200);
    strcpy(to, text.s ? text.s : "");
}

static bool record_before(struct vb_hook *hook, struct vb_call *call, void *const *args, int32_t *result)
{
    struct recorder *r = (struct recorder *)hook;

    copy_text(call, args, false, r->before);
    *result = r->inject;
    return r->inject != 0;
}

static void record_after(struct vb_hook *hook, struct vb_call *call, void *const *args, int32_t result)
{
    struct recorder *r = (struct recorder *)hook;

    copy_text(call, args, true, r->after);
    r->result = result;
}

static int32_t give_property(void *self, const uint16_t *name, uint16_t **value, int64_t *timestamp,
                             uint16_t **flags)
{
    (void)self;
    take(0, name);
    *value = utf16("1.2.3.4");
    *timestamp = 12;
    *flags = utf16("");
    return 0;
}

static void hook_sees_arguments_and_results(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct recorder r = {.hook = {record_before, record_after}, .result = 1};
    EB_AUTOFREE char *value = NULL;
    EB_AUTOFREE char *flags = NULL;
    struct object machine;
    int64_t timestamp;

    (void)state;
    object_init(&machine);
    object_on(&machine, VB_IMachine_getGuestProperty, (vb_fn)give_property);
    atomic_store(&vb.hook, &r.hook);
    assert_int_equal(IMachine_getGuestProperty(&vb, (IMachine *)&machine, "/VirtualBox/x", &value, &timestamp,
                                               &flags, &err),
                     0);
    assert_string_equal(r.before, "name=\"/VirtualBox/x\"");
    assert_string_equal(r.after, "value=\"1.2.3.4\", timestamp=12, flags=\"\"");
    assert_int_equal(r.result, 0);
    assert_string_equal(got[0], "/VirtualBox/x");
}

static void hook_may_answer_in_virtualbox_place(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct recorder r = {.hook = {record_before, record_after}, .inject = (int32_t)VB_E_VM_ERROR};
    struct object machine;

    (void)state;
    object_init(&machine); /* any vtable call fails the test */
    atomic_store(&vb.hook, &r.hook);
    assert_int_equal(IMachine_saveSettings(&vb, (IMachine *)&machine, &err), -1);
    assert_int_equal((uint32_t)r.result, VB_E_VM_ERROR);
    assert_true(eb_error_is_set(&err));
}

static void passwords_stay_out_of_the_trace(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct recorder r = {.hook = {record_before, record_after}, .inject = (int32_t)VB_E_NOTIMPL};
    struct object guest;

    (void)state;
    object_init(&guest);
    atomic_store(&vb.hook, &r.hook);
    assert_int_equal(IGuest_setCredentials(&vb, (IGuest *)&guest, "me", "hunter2", "", true, &err), -1);
    assert_string_equal(r.before, "userName=\"me\", password=***, domain=\"\", allowInteractiveLogon=true");
}

/* ---- casts ---- */

static int32_t query_interface(void *self, const struct vb_guid *iid, void **out)
{
    const struct vb_binding *b = atomic_load(&vb.binding);
    unsigned char bytes[16];

    vb_guid_to_bytes(iid, bytes);
    if (memcmp(bytes, b->ifaces[VB_IFACE_IMachineStateChangedEvent].iid, 16) != 0)
        return (int32_t)0x80004002;
    *out = self;
    return 0;
}

static void cast_asks_the_object_by_the_release_s_interface_id(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    EB_AUTOERROR eb_error absent = EB_ERROR_INIT;
    struct object event;
    void *out = NULL;

    (void)state;
    object_init(&event);
    event.slots[0] = (vb_fn)query_interface;
    assert_int_equal(vb_cast(&vb, &event, VB_IFACE_IMachineStateChangedEvent, &out, &err), 0);
    assert_ptr_equal(out, &event);
    assert_int_equal(vb_cast(&vb, &event, VB_IFACE_IMachine, &out, &none), -1);
    assert_int_equal(none.code, EB_ERR_NO_SUPPORT);
    assert_null(out);
    assert_int_equal(vb_cast(&vb, &event, VB_IFACE_IHardDisk, &out, &absent), -1);
    assert_non_null(strstr(absent.message, "VirtualBox 7.2 has no IHardDisk"));
}

static int32_t query_nobody(void *self, const struct vb_guid *iid, void **out)
{
    (void)self, (void)iid, (void)out;
    return (int32_t)0x80460004; /* the other end of the connection is gone */
}

static void cast_that_nobody_answers_is_another_error(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct object event;
    void *out = &event;

    (void)state;
    object_init(&event);
    event.slots[0] = (vb_fn)query_nobody;
    assert_int_equal(vb_cast(&vb, &event, VB_IFACE_IMachine, &out, &err), -1);
    assert_null(out);
    assert_int_not_equal(err.code, EB_ERR_NO_SUPPORT);
    assert_int_equal(err.vbox_result, 0x80460004);
    assert_true(atomic_load(&vb.suspect)); /* so the next operation looks whether VBoxSVC lives */
}

#define OLD(test) cmocka_unit_test_setup(test, oldest)
#define NEW(test) cmocka_unit_test_setup(test, newest)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        NEW(string_comes_out_as_utf8_and_its_memory_goes_back),
        NEW(lone_surrogates_become_replacement_characters),
        NEW(null_string_comes_out_empty),
        NEW(string_goes_in_as_utf16),
        NEW(string_that_is_not_utf8_is_refused_by_its_name),
        OLD(id_of_2_2_comes_out_as_text),
        NEW(id_of_7_2_comes_out_as_text),
        OLD(id_of_2_2_goes_in_as_structure),
        OLD(array_of_ids_of_2_2_comes_out_as_text),
        NEW(running_is_what_the_release_says),
        NEW(enum_goes_in_by_name),
        OLD(constant_that_the_release_lacks_is_known_to_be_missing),
        NEW(objects_come_out_as_an_array),
        NEW(count_without_items_is_an_empty_array),
        NEW(string_arrays_go_both_ways),
        NEW(objects_go_in_and_enums_come_out),
        NEW(bool_arrays_are_four_bytes_wide_there),
        NEW(number_that_grew_is_wide_everywhere),
        OLD(member_that_the_release_lacks_is_not_called),
        OLD(other_shape_is_not_called),
        NEW(null_object_is_an_error_that_names_the_member),
        NEW(failed_result_reaches_the_caller_and_nothing_comes_out),
        NEW(hook_sees_arguments_and_results),
        NEW(hook_may_answer_in_virtualbox_place),
        NEW(passwords_stay_out_of_the_trace),
        NEW(cast_asks_the_object_by_the_release_s_interface_id),
        NEW(cast_that_nobody_answers_is_another_error),
    };
    int failed;

    if (argc != 2)
        return 2;
    folder = argv[1];
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    vb_binding_free((struct vb_binding *)(uintptr_t)atomic_load(&vb.binding));
    return failed;
}

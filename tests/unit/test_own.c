/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects of our own, called as VirtualBox calls them: by slot, with each release's arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "base/uuid.h"
#include "vbox/com/known.h"
#include "vbox/com/own_thunk.h"

#define NO_INTERFACE 0x80004002u
#define NOT_IMPLEMENTED 0x80004001u
#define MACHINE "6695eb01-f6a4-8304-79aa-97f2502e193f"

static const char *folder;
static struct vb vb;

static const char *const releases[] = {"2.2", "3.0", "3.1", "3.2"};

static void use_release(const char *release)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *path = eb_asprintf("%s/%s.xpt", folder, release);
    struct vb_typelib *tl = NULL;

    vb_binding_free((struct vb_binding *)(uintptr_t)atomic_load(&vb.binding));
    if (vb_xpt_read(path, &tl, &err) < 0)
        fail_msg("%s", err.message);
    atomic_store(&vb.binding, vb_bind(tl));
    vb_typelib_free(tl);
    vb.version = 3002000;
}

/* ---- what the object's function got ---- */

static struct {
    unsigned calls;
    enum vb_member member;
    char texts[4][64];
    int64_t numbers[4];
    void *objects[4];
    bool answer;
} got;

static void heard(void *opaque, struct vb_own_call *call)
{
    assert_ptr_equal(opaque, &got);
    got.calls++;
    got.member = call->member;
    for (size_t i = 0; i < 4; i++) {
        snprintf(got.texts[i], sizeof(got.texts[i]), "%s", call->in[i].text ? call->in[i].text : "(none)");
        got.numbers[i] = call->in[i].number;
        got.objects[i] = call->in[i].object;
    }
    call->answer = got.answer;
}

static void *new_object(enum vb_iface_id id)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    void *object = NULL;

    memset(&got, 0, sizeof(got));
    if (vb_own_new(&vb, id, heard, &got, &object, &err) < 0)
        fail_msg("%s", err.message);
    return object;
}

static vb_fn slot_of(void *object, enum vb_member member)
{
    const struct vb_bound *bound = &atomic_load(&vb.binding)->members[member];

    assert_true(bound->slot >= 3);
    return (*(vb_fn **)object)[bound->slot];
}

static vb_fn slot(void *object, unsigned n)
{
    return (*(vb_fn **)object)[n];
}

/* ---- nsISupports ---- */

static uint32_t query(void *object, const unsigned char iid[16], void **out)
{
    struct vb_guid guid = vb_guid_from_bytes(iid);

    return ((uint32_t(*)(void *, const struct vb_guid *, void **))slot(object, 0))(object, &guid, out);
}

static uint32_t release(void *object)
{
    return ((uint32_t(*)(void *))slot(object, 2))(object);
}

static void an_object_knows_its_interfaces(void **state)
{
    const unsigned char supports[16] = {[8] = 0xc0, [15] = 0x46};

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(releases); i++) {
        void *object, *out = NULL;

        use_release(releases[i]);
        object = new_object(VB_IFACE_IVirtualBoxCallback);
        assert_int_equal(query(object, supports, &out), 0);
        assert_ptr_equal(out, object);
        assert_int_equal(release(out), 1);
        assert_int_equal(query(object, vb_binding_of(&vb)->ifaces[VB_IFACE_IVirtualBoxCallback].iid, &out),
                         0);
        assert_ptr_equal(out, object);
        assert_int_equal(release(out), 1);
        assert_int_equal(query(object, vb_binding_of(&vb)->ifaces[VB_IFACE_IConsoleCallback].iid, &out),
                         NO_INTERFACE);
        assert_null(out);
        vb_own_close(object);
    }
}

static void a_closed_object_lives_on_unheard_while_virtualbox_holds_it(void **state)
{
    void *object, *held;

    (void)state;
    use_release("3.2");
    object = new_object(VB_IFACE_IConsoleCallback);
    held = vb_object_ref(object);
    vb_own_close(object);
    assert_int_equal(((uint32_t(*)(void *))slot_of(held, VB_IConsoleCallback_onVRDPServerChange))(held), 0);
    assert_int_equal(got.calls, 0);
    assert_int_equal(release(held), 0);
}

static void a_release_without_the_interface_is_told_so(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    void *object = NULL;

    (void)state;
    use_release("7.2");
    assert_int_equal(vb_own_new(&vb, VB_IFACE_IVirtualBoxCallback, heard, &got, &object, &err), -1);
    assert_null(object);
    assert_int_equal(err.code, EB_ERR_NO_SUPPORT);
    assert_non_null(strstr(err.message, "has no IVirtualBoxCallback"));
}

/* Of all their members only the mouse pointer's shape, a raw pointer, has no function: the first one of
 * consoles. */
static void every_member_of_every_release_but_one_has_a_function(void **state)
{
    (void)state;
    for (size_t r = 0; r < EB_ARRAY_SIZE(releases); r++) {
        void *console, *vbox;
        vb_fn none;
        unsigned i;

        use_release(releases[r]);
        console = new_object(VB_IFACE_IConsoleCallback);
        vbox = new_object(VB_IFACE_IVirtualBoxCallback);
        none = slot(console, 3);
        assert_int_equal(((uint32_t(*)(void *))none)(console), NOT_IMPLEMENTED);
        for (i = 4; i < atomic_load(&vb.binding)->ifaces[VB_IFACE_IConsoleCallback].n_slots; i++)
            assert_true(slot(console, i) != none);
        assert_true(i >= 3 + 18);
        for (i = 3; i < atomic_load(&vb.binding)->ifaces[VB_IFACE_IVirtualBoxCallback].n_slots; i++)
            assert_true(slot(vbox, i) != none);
        assert_int_equal(i, 3 + 11);
        vb_own_close(console);
        vb_own_close(vbox);
    }
}

/* ---- calls ---- */

static bool ids_are_structures; /* 2.2 */

/* A machine's id as the release passes it. */
static const void *machine_id(void)
{
    static struct vb_guid guid;
    static uint16_t text[64];
    unsigned char bytes[16];

    vb_utf16_put(text, MACHINE);
    assert_true(eb_uuid_parse(MACHINE, bytes));
    guid = vb_guid_from_bytes(bytes);
    return ids_are_structures ? (const void *)&guid : text;
}

static uint32_t number_of(enum vb_enum_id id, int value)
{
    return vb_enum_number(&vb, id, value);
}

static void arguments_arrive_in_every_releases_form(void **state)
{
    uint16_t key[16], value[16];

    (void)state;
    vb_utf16_put(key, "k\u00e4y");
    vb_utf16_put(value, "value");
    for (size_t r = 0; r < EB_ARRAY_SIZE(releases); r++) {
        void *object;

        use_release(releases[r]);
        ids_are_structures = r == 0;
        object = new_object(VB_IFACE_IVirtualBoxCallback);

        assert_int_equal(((uint32_t(*)(void *, const void *, uint32_t))slot_of(
                             object, VB_IVirtualBoxCallback_onMachineStateChange))(
                             object, machine_id(), number_of(VB_ENUM_MachineState, MachineState_Paused)),
                         0);
        assert_int_equal(got.member, VB_IVirtualBoxCallback_onMachineStateChange);
        assert_string_equal(got.texts[0], MACHINE);
        assert_int_equal(got.numbers[1], MachineState_Paused);

        ((uint32_t(*)(void *, const void *, int32_t))slot_of(
            object, VB_IVirtualBoxCallback_onMachineRegistered))(object, machine_id(), 1);
        assert_string_equal(got.texts[0], MACHINE);
        assert_int_equal(got.numbers[1], 1);

        ((uint32_t(*)(void *, const void *, const uint16_t *, const uint16_t *))slot_of(
            object, VB_IVirtualBoxCallback_onExtraDataChange))(object, machine_id(), key, NULL);
        assert_string_equal(got.texts[1], "k\u00e4y");
        assert_string_equal(got.texts[2], "");

        ((uint32_t(*)(void *, const void *, const uint16_t *, const uint16_t *, const uint16_t *))slot_of(
            object, VB_IVirtualBoxCallback_onGuestPropertyChange))(object, machine_id(), key, value, value);
        assert_string_equal(got.texts[2], "value");
        assert_int_equal(got.calls, 4);
        vb_own_close(object);
    }
}

/* A number of an enum that this build does not know is nothing. */
static void unknown_numbers_are_none(void **state)
{
    void *object;

    (void)state;
    use_release("3.2");
    ids_are_structures = false;
    object = new_object(VB_IFACE_IVirtualBoxCallback);
    ((uint32_t(*)(void *, const void *, uint32_t))slot_of(
        object, VB_IVirtualBoxCallback_onMachineStateChange))(object, machine_id(), 4711);
    assert_int_equal(got.numbers[1], MachineState__none);
    vb_own_close(object);
}

static void what_virtualbox_asks_is_answered(void **state)
{
    uint16_t key[16], *error = key;
    int32_t allow = -1;
    uint64_t window = 5;
    void *object;

    (void)state;
    vb_utf16_put(key, "key");
    for (size_t r = 0; r < EB_ARRAY_SIZE(releases); r++) {
        use_release(releases[r]);
        ids_are_structures = r == 0;
        object = new_object(VB_IFACE_IVirtualBoxCallback);
        for (int answer = 0; answer < 2; answer++) {
            got.answer = answer;
            ((uint32_t(*)(void *, const void *, const uint16_t *, const uint16_t *, uint16_t **,
                          int32_t *))slot_of(object, VB_IVirtualBoxCallback_onExtraDataCanChange))(
                object, machine_id(), key, key, &error, &allow);
            assert_int_equal(allow, answer);
            assert_null(error);
        }
        vb_own_close(object);
        object = new_object(VB_IFACE_IConsoleCallback);
        ((uint32_t(*)(void *, uint64_t *))slot_of(object, VB_IConsoleCallback_onShowWindow))(object, &window);
        assert_int_equal(window, 0);
        vb_own_close(object);
    }
}

static void objects_are_lent(void **state)
{
    uint16_t id[16], message[16];
    void *object, *device;

    (void)state;
    use_release("3.1");
    vb_utf16_put(id, "DrvVD_DISKFULL");
    vb_utf16_put(message, "full");
    device = new_object(VB_IFACE_IVirtualBoxCallback);
    object = new_object(VB_IFACE_IConsoleCallback);
    ((uint32_t(*)(void *, void *, int32_t, void *))slot_of(
        object, VB_IConsoleCallback_onUSBDeviceStateChange))(object, device, 1, NULL);
    assert_ptr_equal(got.objects[0], device);
    assert_int_equal(got.numbers[1], 1);
    assert_null(got.objects[2]);
    ((uint32_t(*)(void *, int32_t, const uint16_t *, const uint16_t *))slot_of(
        object, VB_IConsoleCallback_onRuntimeError))(object, 0, id, message);
    assert_int_equal(got.numbers[0], 0);
    assert_string_equal(got.texts[1], "DrvVD_DISKFULL");
    vb_own_close(object);
    assert_int_equal(((uint32_t(*)(void *))slot(device, 1))(device), 2);
    release(device);
    vb_own_close(device);
}

/* ---- threads ---- */

static atomic_bool stop;
static atomic_uint counted;

static void count(void *opaque, struct vb_own_call *call)
{
    (void)call;
    (*(unsigned *)opaque)++; /* under no lock but the object's: a closed one must never come here */
    atomic_fetch_add(&counted, 1);
}

static void *keep_calling(void *object)
{
    while (!atomic_load(&stop)) {
        release(vb_object_ref(object));
        ((uint32_t(*)(void *))slot_of(object, VB_IConsoleCallback_onVRDPServerChange))(object);
    }
    return NULL;
}

static void an_object_is_closed_while_it_is_called(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    use_release("3.2");
    for (int round = 0; round < 20; round++) {
        unsigned *calls = EB_NEW(unsigned);
        void *object = NULL, *held;
        pthread_t thread;

        atomic_store(&stop, false);
        atomic_store(&counted, 0);
        assert_int_equal(vb_own_new(&vb, VB_IFACE_IConsoleCallback, count, calls, &object, &err), 0);
        held = vb_object_ref(object);
        assert_int_equal(pthread_create(&thread, NULL, keep_calling, held), 0);
        while (atomic_load(&counted) == 0)
            sched_yield();
        vb_own_close(object);
        free(calls); /* nobody uses it any more */
        atomic_store(&stop, true);
        pthread_join(thread, NULL);
        assert_int_equal(release(held), 0);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_knows_its_interfaces),
        cmocka_unit_test(a_closed_object_lives_on_unheard_while_virtualbox_holds_it),
        cmocka_unit_test(a_release_without_the_interface_is_told_so),
        cmocka_unit_test(every_member_of_every_release_but_one_has_a_function),
        cmocka_unit_test(arguments_arrive_in_every_releases_form),
        cmocka_unit_test(unknown_numbers_are_none),
        cmocka_unit_test(what_virtualbox_asks_is_answered),
        cmocka_unit_test(objects_are_lent),
        cmocka_unit_test(an_object_is_closed_while_it_is_called),
    };
    int result;

    if (argc != 2)
        return 2;
    folder = argv[1];
    result = cmocka_run_group_tests_name("own", tests, NULL, NULL);
    vb_binding_free((struct vb_binding *)(uintptr_t)atomic_load(&vb.binding));
    return result;
}

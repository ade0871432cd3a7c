/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The codec: the bytes of known messages, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rpc/protocol.h"

static void assert_error(eb_error *err, const char *text)
{
    assert_int_equal(err->code, EB_ERR_RPC);
    assert_string_equal(err->message, text);
    eb_error_clear(err);
}

/* A domain's name is padded to a multiple of four bytes, its uuid stands as it is, its id is in network
 * order. */
static const unsigned char state_call[] = "\0\0\0\5abcde\0\0\0"
                                          "0123456789abcdef"
                                          "\xff\xff\xff\xff"
                                          "\0\0\1\2";
enum { STATE_CALL = sizeof(state_call) - 1 };

static void a_call_is_decoded_from_its_bytes(void **state EB_UNUSED)
{
    struct rpc_domain_get_state_args args;
    eb_error err = EB_ERROR_INIT;

    assert_int_equal(xdr_decode(&rpc_domain_get_state_args_type, state_call, STATE_CALL, &args, &err), 0);
    assert_string_equal(args.dom.name, "abcde");
    assert_memory_equal(args.dom.uuid, "0123456789abcdef", 16);
    assert_int_equal(args.dom.id, -1);
    assert_int_equal(args.flags, 0x102);
    xdr_clear(&rpc_domain_get_state_args_type, &args);
    assert_null(args.dom.name);
}

static void a_value_is_encoded_to_the_same_bytes(void **state EB_UNUSED)
{
    struct rpc_domain_get_state_args args = {
        .dom = {.name = (char *)"abcde", .uuid = "0123456789abcde", .id = -1}, .flags = 0x102};
    struct eb_strbuf out = {0};

    args.dom.uuid[15] = 'f';
    assert_int_equal(xdr_encode(&rpc_domain_get_state_args_type, &args, &out, NULL), 0);
    assert_int_equal(out.len, STATE_CALL);
    assert_memory_equal(out.s, state_call, STATE_CALL);
    eb_strbuf_free(&out);
}

static void every_beginning_of_a_message_is_refused(void **state EB_UNUSED)
{
    struct rpc_domain_get_state_args args;
    eb_error err = EB_ERROR_INIT;

    for (size_t n = 0; n < STATE_CALL; n++) {
        assert_int_equal(xdr_decode(&rpc_domain_get_state_args_type, state_call, n, &args, &err), -1);
        assert_int_equal(err.code, EB_ERR_RPC);
        eb_error_clear(&err);
    }
}

static void refuses(const struct xdr_type *type, const void *bytes, size_t n, const char *text)
{
    char out[512];
    eb_error err = EB_ERROR_INIT;

    assert_true(!type || type->size <= sizeof(out));
    assert_int_equal(xdr_decode(type, bytes, n, out, &err), -1);
    assert_error(&err, text);
}
#define REFUSES(type, bytes, text) refuses(type, bytes, sizeof(bytes) - 1, text)

static void bytes_after_the_end_are_refused(void **state EB_UNUSED)
{
    REFUSES(&rpc_domain_lookup_by_id_args_type, "\0\0\0\1\0\0\0\0", "4 bytes follow the end of the message");
    REFUSES(NULL, "\0\0\0\0", "4 bytes follow the end of the message");
}

static void a_string_must_be_utf8_without_a_zero(void **state EB_UNUSED)
{
    REFUSES(&rpc_domain_lookup_by_name_args_type, "\0\0\0\4a\xff\xff\xff", "'name' is not UTF-8");
    REFUSES(&rpc_domain_lookup_by_name_args_type, "\0\0\0\4ab\0c", "'name' is not UTF-8");
}

static void padding_must_be_zero(void **state EB_UNUSED)
{
    REFUSES(&rpc_domain_lookup_by_name_args_type, "\0\0\0\1axyz", "the padding of 'name' is not zero");
}

static void a_string_over_its_bound_is_refused_before_it_is_read(void **state EB_UNUSED)
{
    REFUSES(&rpc_domain_lookup_by_name_args_type, "\xff\xff\xff\xff",
            "the length of 'name' is 4294967295, the limit is 4194304");
}

static void a_list_over_its_bound_or_its_message_is_refused_before_it_is_allocated(void **state EB_UNUSED)
{
    REFUSES(&rpc_connect_list_domains_ret_type, "\0\0\x40\1",
            "the length of 'ids' is 16385, the limit is 16384");
    REFUSES(&rpc_connect_list_domains_ret_type, "\0\0\x40\0", "the message ends inside 'ids'");
    REFUSES(&rpc_connect_list_all_domains_ret_type, "\0\0\0\2\0\0\0\0\0\0\0\0",
            "the message ends inside 'domains'");
}

static void what_is_not_zero_is_there(void **state EB_UNUSED)
{
    static const unsigned char bytes[] = "\1\0\0\0\0\0\0\3kvm\0";
    struct rpc_connect_get_max_vcpus_args args = {.type = NULL};
    eb_error err = EB_ERROR_INIT;

    assert_int_equal(xdr_decode(&rpc_connect_get_max_vcpus_args_type, bytes, sizeof(bytes) - 1, &args, &err),
                     0);
    assert_string_equal(args.type, "kvm");
    xdr_clear(&rpc_connect_get_max_vcpus_args_type, &args);
    REFUSES(&rpc_connect_get_max_vcpus_args_type, "\0\0\0\2", "the message ends inside 'type'");
}

static void a_typed_parameter_of_an_unknown_type_is_refused(void **state EB_UNUSED)
{
    REFUSES(&rpc_param_type, "\0\0\0\1a\0\0\0\0\0\0\x08\0\0\0\0", "'value' is 8, which is not from 1 to 7");
}

static void small_numbers_take_four_bytes_and_keep_their_range(void **state EB_UNUSED)
{
    struct rpc_storage_vol_get_info_ret ret;
    static const char bytes[] = "\xff\xff\xff\xfe\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0";

    assert_int_equal(xdr_decode(&rpc_storage_vol_get_info_ret_type, (const unsigned char *)bytes,
                                sizeof(bytes) - 1, &ret, NULL),
                     0);
    assert_int_equal(ret.type, -2);
    assert_int_equal(ret.capacity, 1);
    assert_int_equal(ret.allocation, 0x200000000);
    REFUSES(&rpc_storage_vol_get_info_ret_type, "\0\0\1\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0",
            "'type' is 256, which is not from -128 to 127");
}

static void characters_are_signed(void **state EB_UNUSED)
{
    struct rpc_auth_sasl_step_args args;
    static const char bytes[] = "\0\0\0\0\0\0\0\2\xff\xff\xff\x80\0\0\0\x7f";

    assert_int_equal(xdr_decode(&rpc_auth_sasl_step_args_type, (const unsigned char *)bytes,
                                sizeof(bytes) - 1, &args, NULL),
                     0);
    assert_memory_equal(args.data.items, "\x80\x7f", 2);
    xdr_clear(&rpc_auth_sasl_step_args_type, &args);
    REFUSES(&rpc_auth_sasl_step_args_type, "\0\0\0\0\0\0\0\1\0\0\0\x80",
            "'data' is 128, which is not from -128 to 127");
}

static void every_type_of_parameter_survives(void **state EB_UNUSED)
{
    static const char text[] = "text \xc3\xa9";
    struct rpc_param params[7] = {0};
    struct rpc_domain_get_guest_info_ret ret = {.params = {7, params}}, back;
    struct eb_strbuf out = {0};

    for (int i = 0; i < 7; i++) {
        params[i].field = (char *)"field";
        params[i].value.type = i + 1;
    }
    params[0].value.value.i = -5;
    params[1].value.value.ui = 4000000000;
    params[2].value.value.l = INT64_MIN;
    params[3].value.value.ul = UINT64_MAX;
    params[4].value.value.d = 0.1;
    params[5].value.value.b = 1;
    params[6].value.value.s = (char *)text;
    assert_int_equal(xdr_encode(&rpc_domain_get_guest_info_ret_type, &ret, &out, NULL), 0);
    assert_int_equal(
        xdr_decode(&rpc_domain_get_guest_info_ret_type, (unsigned char *)out.s, out.len, &back, NULL), 0);
    assert_int_equal(back.params.n, 7);
    assert_int_equal(back.params.items[0].value.value.i, -5);
    assert_int_equal(back.params.items[1].value.value.ui, 4000000000);
    assert_true(back.params.items[2].value.value.l == INT64_MIN);
    assert_true(back.params.items[3].value.value.ul == UINT64_MAX);
    assert_true(back.params.items[4].value.value.d == 0.1);
    assert_int_equal(back.params.items[5].value.value.b, 1);
    assert_string_equal(back.params.items[6].value.value.s, text);
    xdr_clear(&rpc_domain_get_guest_info_ret_type, &back);
    eb_strbuf_free(&out);
}

static void a_failed_encoding_leaves_the_buffer_as_it_was(void **state EB_UNUSED)
{
    struct rpc_error value = {.dom = &(struct rpc_domain){.name = NULL}};
    struct eb_strbuf out = {0};
    eb_error err = EB_ERROR_INIT;

    eb_strbuf_add(&out, "before");
    assert_int_equal(xdr_encode(&rpc_error_type, &value, &out, &err), -1);
    assert_error(&err, "'name' is missing");
    assert_string_equal(out.s, "before");
    assert_int_equal(out.len, 6);
    eb_strbuf_free(&out);
}

static void a_string_over_its_bound_is_not_encoded(void **state EB_UNUSED)
{
    EB_AUTOFREE char *name = eb_calloc(XDR_STRING_MAX + 2, 1);
    struct rpc_domain_lookup_by_name_args args = {.name = name};
    struct eb_strbuf out = {0};
    eb_error err = EB_ERROR_INIT;

    memset(name, 'x', XDR_STRING_MAX + 1);
    assert_int_equal(xdr_encode(&rpc_domain_lookup_by_name_args_type, &args, &out, &err), -1);
    assert_error(&err, "the length of 'name' is 4194305, the limit is 4194304");
    eb_strbuf_free(&out);
}

static void fixed_characters_take_four_bytes_each(void **state EB_UNUSED)
{
    struct rpc_node_get_info_ret ret = {.model = "x86_64", .cpus = 2};
    struct eb_strbuf out = {0};

    assert_int_equal(xdr_encode(&rpc_node_get_info_ret_type, &ret, &out, NULL), 0);
    assert_int_equal(out.len, 32 * 4 + 8 + 6 * 4);
    assert_memory_equal(out.s,
                        "\0\0\0x\0\0\0"
                        "8",
                        8);
    eb_strbuf_free(&out);
}

static void procedures_have_libvirts_numbers_and_marks(void **state EB_UNUSED)
{
    const struct rpc_procedure *proc = &rpc_programs[0].procedures[RPC_DOMAIN_GET_STATE - 1];

    assert_int_equal(rpc_programs[0].number, 0x20008086);
    assert_int_equal(rpc_programs[0].n, 453);
    assert_int_equal(RPC_DOMAIN_GET_STATE, 212);
    assert_string_equal(proc->function, "virDomainGetState");
    assert_int_equal(proc->marks & (RPC_RO | RPC_QUICK | RPC_SERVED), RPC_RO | RPC_QUICK | RPC_SERVED);
    assert_false(rpc_programs[0].procedures[RPC_DOMAIN_DESTROY - 1].marks & RPC_RO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_decoded_from_its_bytes),
        cmocka_unit_test(a_value_is_encoded_to_the_same_bytes),
        cmocka_unit_test(every_beginning_of_a_message_is_refused),
        cmocka_unit_test(bytes_after_the_end_are_refused),
        cmocka_unit_test(a_string_must_be_utf8_without_a_zero),
        cmocka_unit_test(padding_must_be_zero),
        cmocka_unit_test(a_string_over_its_bound_is_refused_before_it_is_read),
        cmocka_unit_test(a_list_over_its_bound_or_its_message_is_refused_before_it_is_allocated),
        cmocka_unit_test(what_is_not_zero_is_there),
        cmocka_unit_test(a_typed_parameter_of_an_unknown_type_is_refused),
        cmocka_unit_test(small_numbers_take_four_bytes_and_keep_their_range),
        cmocka_unit_test(characters_are_signed),
        cmocka_unit_test(every_type_of_parameter_survives),
        cmocka_unit_test(a_failed_encoding_leaves_the_buffer_as_it_was),
        cmocka_unit_test(a_string_over_its_bound_is_not_encoded),
        cmocka_unit_test(fixed_characters_take_four_bytes_each),
        cmocka_unit_test(procedures_have_libvirts_numbers_and_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/result.h"

/* Facts: api/ (VBOX_E_*) and the values that XPCOM and COM share. Code 0: EB_ERR_OPERATION_FAILED. */
static const struct {
    uint32_t result;
    const char *name;
    eb_error_code code;
} results[] = {
    {0x80bb0001, "VBOX_E_OBJECT_NOT_FOUND", 0},
    {0x80bb0002, "VBOX_E_INVALID_VM_STATE", EB_ERR_OPERATION_INVALID},
    {0x80bb0003, "VBOX_E_VM_ERROR", 0},
    {0x80bb0004, "VBOX_E_FILE_ERROR", 0},
    {0x80bb0005, "VBOX_E_IPRT_ERROR", 0},
    {0x80bb0006, "VBOX_E_PDM_ERROR", 0},
    {0x80bb0007, "VBOX_E_INVALID_OBJECT_STATE", EB_ERR_OPERATION_INVALID},
    {0x80bb0008, "VBOX_E_HOST_ERROR", 0},
    {0x80bb0009, "VBOX_E_NOT_SUPPORTED", EB_ERR_OPERATION_UNSUPPORTED},
    {0x80bb000a, "VBOX_E_XML_ERROR", 0},
    {0x80bb000b, "VBOX_E_INVALID_SESSION_STATE", EB_ERR_OPERATION_INVALID},
    {0x80bb000c, "VBOX_E_OBJECT_IN_USE", EB_ERR_RESOURCE_BUSY},
    {0x80bb000d, "VBOX_E_PASSWORD_INCORRECT", EB_ERR_AUTH_FAILED},
    {0x80bb000e, "VBOX_E_MAXIMUM_REACHED", 0},
    {0x80bb000f, "VBOX_E_GSTCTL_GUEST_ERROR", 0},
    {0x80bb0010, "VBOX_E_TIMEOUT", EB_ERR_OPERATION_TIMEOUT},
    {0x80bb0011, "VBOX_E_DND_ERROR", 0},
    {0x80bb0012, "VBOX_E_PLATFORM_ARCH_NOT_SUPPORTED", EB_ERR_OPERATION_UNSUPPORTED},
    {0x80bb0013, "VBOX_E_RECORDING_ERROR", 0},
    {0x80004001, "E_NOTIMPL", EB_ERR_OPERATION_UNSUPPORTED},
    {0x80004002, "E_NOINTERFACE", 0},
    {0x80004003, "E_POINTER", 0},
    {0x80004004, "E_ABORT", EB_ERR_OPERATION_ABORTED},
    {0x80004005, "E_FAIL", 0},
    {0x8000ffff, "E_UNEXPECTED", 0},
    {0x80040154, "NS_ERROR_FACTORY_NOT_REGISTERED", 0},
    {0x80070005, "E_ACCESSDENIED", EB_ERR_ACCESS_DENIED},
    {0x8007000e, "E_OUTOFMEMORY", EB_ERR_NO_MEMORY},
    {0x80070057, "E_INVALIDARG", EB_ERR_INVALID_ARG},
    {0x800706be, "NS_ERROR_CALL_FAILED", 0},
    {0x800706ba, "RPC_S_SERVER_UNAVAILABLE", 0},
    {0x80010108, "RPC_E_DISCONNECTED", 0},
    {0x80470002, "NS_BASE_STREAM_CLOSED", 0},
    {0x80470003, "NS_BASE_STREAM_OSERROR", 0},
    {0x80470004, "NS_BASE_STREAM_ILLEGAL_ARGS", 0},
    {0x80470005, "NS_BASE_STREAM_NO_CONVERTER", 0},
    {0x80470006, "NS_BASE_STREAM_BAD_CONVERSION", 0},
    {0x80470007, "NS_BASE_STREAM_WOULD_BLOCK", 0},
    {0x804b000e, "NS_ERROR_NET_TIMEOUT", 0},
    {0x804b000d, "NS_ERROR_CONNECTION_REFUSED", 0},
    {0xc1f30001, "NS_ERROR_NOT_INITIALIZED", 0},
    {0xc1f30002, "NS_ERROR_ALREADY_INITIALIZED", 0},
};

const char *eb_vbox_result_name(uint32_t result)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(results); i++)
        if (results[i].result == result)
            return results[i].name;
    return NULL;
}

eb_error_code vb_result_code(uint32_t result)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(results); i++)
        if (results[i].result == result && results[i].code)
            return results[i].code;
    return EB_ERR_OPERATION_FAILED;
}

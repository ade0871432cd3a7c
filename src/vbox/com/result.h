/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file result.h VirtualBox's result codes: what they are called and what they mean for a client. */
#ifndef EB_VBOX_COM_RESULT_H
#define EB_VBOX_COM_RESULT_H

#include "base/error.h"

#define VB_RESULT_FAILED(result) (((uint32_t)(result)&0x80000000u) != 0)

/** The code for an error with this result, where nobody knows better. */
eb_error_code vb_result_code(uint32_t result);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connection URIs: whatever is typed gives a URI whose parts can be read, or an error. */
#include "core/driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *text = eb_calloc(size + 1, 1);
    struct eb_uri *uri = NULL;

    if (size)
        memcpy(text, data, size);
    if (eb_uri_parse(text, &uri, &err) < 0) {
        if (!eb_error_is_set(&err))
            abort();
        return 0;
    }
    if (!uri->scheme || !*uri->scheme || !uri->path)
        abort();
    eb_uri_query(uri, "home");
    eb_uri_free(uri);
    return 0;
}

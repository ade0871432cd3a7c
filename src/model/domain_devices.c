/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain_devices.h"

#define DEVICES "/domain/devices/"

void eb_domain_def_shift_unmodelled(struct eb_domain_def *def, const char *element, size_t from, int delta)
{
    EB_AUTOFREE char *prefix = eb_asprintf(DEVICES "%s[", element);

    for (size_t i = 0; i < def->n_unmodelled; i++) {
        char *path = def->unmodelled[i].path;
        char *rest;
        unsigned long number;

        if (!eb_starts_with(path, prefix))
            continue;
        number = strtoul(path + strlen(prefix), &rest, 10);
        if (*rest != ']' || number < from)
            continue;
        def->unmodelled[i].path = eb_asprintf("%s%lu%s", prefix, number + (unsigned long)delta, rest);
        free(path);
    }
}

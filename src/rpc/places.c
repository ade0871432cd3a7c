/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/places.h"

char *rpc_places_folder(bool system)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (system)
        return eb_strdup("/run/libvirt");
    if (runtime && *runtime)
        return eb_asprintf("%s/libvirt", runtime);
    if (cache && *cache)
        return eb_asprintf("%s/libvirt", cache);
    return eb_asprintf("%s/.cache/libvirt", home && *home ? home : "");
}

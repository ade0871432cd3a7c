/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VBoxXPCOM.so: the way to the service manager of the VBoxXPCOMC.so in the same folder. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

uint32_t VBoxNsxpNS_GetServiceManager(void **out);

__attribute__((visibility("default"))) uint32_t VBoxNsxpNS_GetServiceManager(void **out)
{
    uint32_t (*next)(void **) = NULL;
    char path[4096];
    Dl_info info;
    void *handle, *symbol;

    *out = NULL;
    if (!dladdr((void *)(uintptr_t)VBoxNsxpNS_GetServiceManager, &info) || !strrchr(info.dli_fname, '/'))
        return 0x80004005u;
    snprintf(path, sizeof(path), "%.*s/VBoxXPCOMC.so", (int)(strrchr(info.dli_fname, '/') - info.dli_fname),
             info.dli_fname);
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    symbol = handle ? dlsym(handle, "VBoxNsxpNS_GetServiceManager") : NULL;
    memcpy(&next, &symbol, sizeof(next));
    return next ? next(out) : 0x80004005u;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/space.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>

#if defined(LM_ID_NEWLM) && defined(__GLIBC__)

/*
 * glibc keeps the values of keys 0 to 31 in the thread itself and allocates room for each further 32 when one
 * of them is first set; the C library that started the thread frees it. A range is made of whole such blocks,
 * beyond the first.
 */
#define BLOCK 32
#define RANGE (2 * BLOCK)
#define KEYS PTHREAD_KEYS_MAX

struct vb_space {
    Lmid_t id;
    pthread_key_t first; /* of its range */
};

static bool whole_range(const bool *mine, unsigned first)
{
    for (unsigned i = 0; i < RANGE; i++)
        if (!mine[first + i])
            return false;
    return true;
}

/* Takes keys from this C library until a range of them is complete, and gives the others back. */
static bool reserve_range(pthread_key_t *first)
{
    bool mine[KEYS] = {false};
    bool found = false;
    pthread_key_t key;

    while (!found && pthread_key_create(&key, NULL) == 0) {
        if (key >= KEYS) {
            pthread_key_delete(key);
            break;
        }
        mine[key] = true;
        *first = key / BLOCK * BLOCK + BLOCK - RANGE;
        found = key % BLOCK == BLOCK - 1 && key >= RANGE + BLOCK - 1 && whole_range(mine, *first);
    }
    for (unsigned i = 0; i < KEYS; i++)
        if (mine[i] && !(found && i >= *first && i < *first + RANGE))
            pthread_key_delete(i);
    return found;
}

/* Leaves the C library of the space no key but those of its range, without the last of each block. */
static bool confine_keys(void *libc, pthread_key_t first)
{
    int (*create)(pthread_key_t *, void (*)(void *)) = NULL;
    int (*delete)(pthread_key_t) = NULL;
    void *create_symbol = dlsym(libc, "pthread_key_create"),
         *delete_symbol = dlsym(libc, "pthread_key_delete");
    pthread_key_t key;

    if (!create_symbol || !delete_symbol)
        return false;
    memcpy(&create, &create_symbol, sizeof(create_symbol));
    memcpy(&delete, &delete_symbol, sizeof(delete_symbol));
    while (create(&key, NULL) == 0)
        ;
    for (key = first; key < first + RANGE; key++)
        if (key % BLOCK != BLOCK - 1)
            delete (key);
    return true;
}

static bool set_home(void *libc, const char *home)
{
    int (*set)(const char *, const char *, int) = NULL;
    void *symbol = dlsym(libc, "setenv");

    if (!symbol)
        return false;
    memcpy(&set, &symbol, sizeof(symbol));
    return set("VBOX_APP_HOME", home, 1) == 0;
}

struct vb_space *vb_space_new(const char *home, const char **why)
{
    struct vb_space *space = EB_NEW(struct vb_space);
    void *libc;

    *why = "no range of thread-specific keys is left";
    if (reserve_range(&space->first)) {
        libc = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW | RTLD_LOCAL);
        *why = libc ? "the C library cannot be set up a second time" : dlerror();
        if (libc && dlinfo(libc, RTLD_DI_LMID, &space->id) == 0 && confine_keys(libc, space->first) &&
            set_home(libc, home)) {
            vb_space_prepare_thread(space);
            return space;
        }
    }
    free(space);
    return NULL;
}

void *vb_space_load(struct vb_space *space, const char *library)
{
    return dlmopen(space->id, library, RTLD_NOW | RTLD_LOCAL);
}

void vb_space_prepare_thread(const struct vb_space *space)
{
    if (!space || pthread_getspecific(space->first + RANGE - 1))
        return;
    /* The last key of each block, which nobody else has. */
    for (pthread_key_t key = space->first; key < space->first + RANGE; key += BLOCK)
        pthread_setspecific(key + BLOCK - 1, space);
}

#else

struct vb_space *vb_space_new(const char *home, const char **why)
{
    (void)home;
    *why = "this system has no name spaces of libraries";
    return NULL;
}

void *vb_space_load(struct vb_space *space, const char *library)
{
    (void)space;
    (void)library;
    return NULL;
}

void vb_space_prepare_thread(const struct vb_space *space)
{
    (void)space;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/typelib.h"
#include "vbox/com/typelib-arena.h"

/* Most type libraries fit in a few of them. */
#define BLOCK_SIZE ((size_t)256 << 10)

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char data[];
};

struct vb_arena {
    struct block *blocks; /* the first has room */
};

struct vb_arena *vb_arena_new(void)
{
    return EB_NEW(struct vb_arena);
}

void *vb_arena_alloc(struct vb_arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct block *block = arena->blocks;
    void *p;

    size = (size + align - 1) / align * align;
    if (!block || size > block->size - block->used) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

        block = eb_calloc(1, sizeof(*block) + room);
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    p = block->data + block->used;
    block->used += size;
    return p;
}

void vb_arena_free(struct vb_arena *arena)
{
    while (arena && arena->blocks) {
        struct block *next = arena->blocks->next;

        free(arena->blocks);
        arena->blocks = next;
    }
    free(arena);
}

static const struct vb_tl_param query_params[] = {
    {.kind = VB_T_UUID, .in = true, .pointer = true},
    {.kind = VB_T_INTERFACE_IS, .out = true, .retval = true, .pointer = true},
};
static const struct vb_tl_param string_out = {
    .kind = VB_T_STRING, .out = true, .retval = true, .pointer = true};
static const struct vb_tl_param u32_out = {.kind = VB_T_U32, .out = true, .retval = true};
static const struct vb_tl_param frame_out = {
    .kind = VB_T_INTERFACE, .out = true, .retval = true, .pointer = true, .iface = "nsIStackFrame"};
static const struct vb_tl_param exception_out = {
    .kind = VB_T_INTERFACE, .out = true, .retval = true, .pointer = true, .iface = "nsIException"};
static const struct vb_tl_param supports_out = {
    .kind = VB_T_INTERFACE, .out = true, .retval = true, .pointer = true, .iface = "nsISupports"};

static const struct vb_tl_method supports_methods[] = {
    {.name = "QueryInterface", .n_params = 2, .params = query_params, .result = {.kind = VB_T_U32}},
    {.name = "AddRef", .notxpcom = true, .hidden = true, .result = {.kind = VB_T_U32}},
    {.name = "Release", .notxpcom = true, .hidden = true, .result = {.kind = VB_T_U32}},
};

#define GETTER(n, p)                                                                                         \
    {                                                                                                        \
        .name = (n), .getter = true, .n_params = 1, .params = (p), .result = {.kind = VB_T_U32 }             \
    }

static const struct vb_tl_method exception_methods[] = {
    GETTER("message", &string_out),
    GETTER("result", &u32_out),
    GETTER("name", &string_out),
    GETTER("filename", &string_out),
    GETTER("lineNumber", &u32_out),
    GETTER("columnNumber", &u32_out),
    GETTER("location", &frame_out),
    GETTER("inner", &exception_out),
    GETTER("data", &supports_out),
    {.name = "toString", .n_params = 1, .params = &string_out, .result = {.kind = VB_T_U32}},
};

static const struct vb_tl_interface builtin[VB_BUILTIN_MAX] = {
    {.name = "nsISupports",
     .iid = {0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46},
     .resolved = true,
     .builtin = true,
     .n_methods = EB_ARRAY_SIZE(supports_methods),
     .methods = supports_methods},
    {.name = "nsIException",
     .iid = {0xf3, 0xa8, 0xd3, 0xb4, 0xc4, 0x24, 0x4e, 0xdc, 0x8b, 0xf6, 0x89, 0x74, 0xc9, 0x83, 0xba, 0x78},
     .resolved = true,
     .builtin = true,
     .parent_name = "nsISupports",
     .n_methods = EB_ARRAY_SIZE(exception_methods),
     .methods = exception_methods},
};

unsigned vb_builtin_fill(struct vb_tl_interface *interfaces, unsigned n)
{
    struct vb_tl_interface *found[VB_BUILTIN_MAX] = {NULL, NULL};

    for (unsigned b = 0; b < VB_BUILTIN_MAX; b++) {
        for (unsigned i = 0; i < n && !found[b]; i++)
            if (strcmp(interfaces[i].name, builtin[b].name) == 0)
                found[b] = &interfaces[i];
        if (!found[b]) {
            found[b] = &interfaces[n++];
            found[b]->name = builtin[b].name;
        }
    }
    for (unsigned b = 0; b < VB_BUILTIN_MAX; b++) {
        if (found[b]->resolved)
            continue;
        *found[b] = builtin[b];
        found[b]->parent = b == 0 ? NULL : found[0];
    }
    return n;
}

const struct vb_tl_interface *vb_typelib_find(const struct vb_typelib *tl, const char *name)
{
    unsigned low = 0, high = tl->n_interfaces;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = strcmp(name, tl->interfaces[middle].name);

        if (order == 0)
            return &tl->interfaces[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void vb_typelib_free(struct vb_typelib *tl)
{
    if (!tl)
        return;
    free(tl->path);
    vb_arena_free(tl->arena);
    free(tl);
}

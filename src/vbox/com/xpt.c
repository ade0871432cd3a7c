/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XPT type libraries, format version 1.x. All numbers are big endian. A header of 32 bytes names the
 * interface directory (28 bytes an entry) and the data pool, which holds names and interface descriptors.
 * Offsets count from 1: the directory's from the start of the file, all others from the start of the data
 * pool.
 *
 * Nothing in the file is trusted. Two rules bound the work that a small hostile file can cause: a name has at
 * most NAME_MAX_LEN bytes, and the descriptors of all interfaces together take no more bytes than the file
 * has (they would have to overlap otherwise).
 */
#include "vbox/com/typelib-arena.h"
#include "vbox/com/typelib.h"

#include <errno.h>
#include <inttypes.h>

#define XPT_MAX_FILE ((size_t)64 << 20)
#define HEADER_LEN 32
#define DIRECTORY_ENTRY_LEN 28
#define NAME_MAX_LEN 255
#define SLOTS_MAX 65535
#define TYPE_DEPTH_MAX 4

static const char magic[16] = "XPCOM\nTypeLib\r\n\032";

enum { METHOD_GETTER = 0x80, METHOD_SETTER = 0x40, METHOD_NOTXPCOM = 0x20, METHOD_HIDDEN = 0x08 };
enum { PARAM_IN = 0x80, PARAM_OUT = 0x40, PARAM_RETVAL = 0x20 };
enum { TYPE_POINTER = 0x80, TYPE_REFERENCE = 0x20, TYPE_TAG = 0x1f };

enum type_tag {
    TAG_UUID = 14,
    TAG_STRING = 16,
    TAG_WSTRING = 17,
    TAG_INTERFACE = 18,
    TAG_INTERFACE_IS = 19,
    TAG_ARRAY = 20,
    TAG_STRING_SIZE_IS = 21,
    TAG_WSTRING_SIZE_IS = 22,
    TAG_LAST = 25,
};

/* By tag. The string classes of XPCOM (15, 23, 24, 25) are C++ objects: no kind of ours. */
static const uint8_t kind_of_tag[TAG_LAST + 1] = {
    VB_T_I8,   VB_T_I16,   VB_T_I32,    VB_T_I64,     VB_T_U8,        VB_T_U16,          VB_T_U32,
    VB_T_U64,  VB_T_FLOAT, VB_T_DOUBLE, VB_T_BOOL,    VB_T_CHAR,      VB_T_WCHAR,        VB_T_VOID,
    VB_T_UUID, VB_T_PTR,   VB_T_STRING, VB_T_WSTRING, VB_T_INTERFACE, VB_T_INTERFACE_IS, VB_T_PTR,
    VB_T_PTR,  VB_T_PTR,   VB_T_PTR,    VB_T_PTR,     VB_T_PTR,
};

struct reader {
    const char *name;    /* of the file, for messages */
    const uint8_t *data; /* the arena's copy */
    size_t len;
    size_t pos;
    size_t pool;          /* where the data pool starts */
    size_t budget;        /* bytes that descriptors may still take */
    unsigned n_directory; /* entries in the file */
    struct vb_arena *arena;
    struct vb_tl_interface *directory; /* in the file's order while it is read */
    unsigned n_interfaces;             /* with the built in ones */
    const char *current;               /* the interface that is being read, for messages */
    bool failed;                       /* then every read gives 0 */
    eb_error *err;
};

static void EB_PRINTF(3, 4) fail(struct reader *r, size_t at, const char *fmt, ...)
{
    EB_AUTOFREE char *text = NULL;
    va_list args;

    if (r->failed)
        return;
    r->failed = true;
    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    eb_error_set_from(r->err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR, "type library %s: offset %zu: %s%s%s",
                      r->name, at, r->current ? r->current : "", r->current ? ": " : "", text);
}

/* True when `n` more bytes are there. */
static bool need(struct reader *r, size_t n, const char *what)
{
    if (r->failed)
        return false;
    if (r->pos > r->len || n > r->len - r->pos) {
        fail(r, r->pos, "%s does not fit in the file (%zu bytes)", what, r->len);
        return false;
    }
    return true;
}

static uint32_t read_number(struct reader *r, unsigned bytes, const char *what)
{
    uint32_t value = 0;

    if (!need(r, bytes, what))
        return 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | r->data[r->pos++];
    return value;
}

static uint8_t read_u8(struct reader *r, const char *what)
{
    return (uint8_t)read_number(r, 1, what);
}

static uint16_t read_u16(struct reader *r, const char *what)
{
    return (uint16_t)read_number(r, 2, what);
}

static uint32_t read_u32(struct reader *r, const char *what)
{
    return read_number(r, 4, what);
}

/* The place in the file that the pool offset `offset` (not 0) means. */
static bool pool_place(struct reader *r, size_t at, uint32_t offset, const char *what, size_t *place)
{
    size_t room = r->len - r->pool;

    if (r->failed)
        return false;
    if (offset > room) {
        fail(r, at, "%s is at %" PRIu32 " of the data pool, which has %zu bytes", what, offset, room);
        return false;
    }
    *place = r->pool + offset - 1;
    return true;
}

static bool is_identifier(const uint8_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_';

        if (!letter && !(i > 0 && s[i] >= '0' && s[i] <= '9'))
            return false;
    }
    return n > 0;
}

/* Reads an offset and gives the identifier there; never NULL unless the reader has failed. */
static const char *read_name(struct reader *r, const char *what)
{
    size_t at = r->pos, place, room;
    uint32_t offset = read_u32(r, what);
    const uint8_t *end;

    if (r->failed)
        return NULL;
    if (offset == 0) {
        fail(r, at, "%s is missing", what);
        return NULL;
    }
    if (!pool_place(r, at, offset, what, &place))
        return NULL;
    room = r->len - place;
    end = memchr(r->data + place, 0, room < NAME_MAX_LEN + 1 ? room : NAME_MAX_LEN + 1);
    if (!end || !is_identifier(r->data + place, (size_t)(end - (r->data + place)))) {
        fail(r, place, "%s is no identifier of at most %d letters", what, NAME_MAX_LEN);
        return NULL;
    }
    return (const char *)r->data + place;
}

/* An index into the directory; they count from 1, and 0 gives NULL. */
static const struct vb_tl_interface *read_interface_index(struct reader *r, const char *what)
{
    size_t at = r->pos;
    uint16_t index = read_u16(r, what);

    if (r->failed || index == 0)
        return NULL;
    if (index > r->n_directory) {
        fail(r, at, "%s is interface %u of %u", what, index, r->n_directory);
        return NULL;
    }
    return &r->directory[index - 1];
}

static uint8_t read_arg_index(struct reader *r, unsigned n_params, const char *what)
{
    size_t at = r->pos;
    uint8_t arg = read_u8(r, what);

    if (!r->failed && arg >= n_params)
        fail(r, at, "%s is parameter %u of %u", what, arg, n_params);
    return arg;
}

/* Iterative: an array's element type follows it, so a hostile file may nest them. */
static void read_type(struct reader *r, unsigned n_params, struct vb_tl_param *out)
{
    for (unsigned depth = 0; !r->failed; depth++) {
        size_t at = r->pos;
        uint8_t prefix = read_u8(r, "a type");
        uint8_t tag = prefix & TYPE_TAG;
        const struct vb_tl_interface *iface;

        if (r->failed)
            return;
        if (tag > TAG_LAST) {
            fail(r, at, "no type has the number %u", tag);
            return;
        }
        if (depth > TYPE_DEPTH_MAX) {
            fail(r, at, "arrays are nested more than %d deep", TYPE_DEPTH_MAX);
            return;
        }
        out->pointer = out->pointer || (prefix & (TYPE_POINTER | TYPE_REFERENCE));
        out->kind = kind_of_tag[tag];
        switch (tag) {
        case TAG_ARRAY: {
            uint8_t count = read_arg_index(r, n_params, "an array's count");

            read_arg_index(r, n_params, "an array's length");
            if (depth == 0) {
                out->array = true;
                out->count_arg = count;
            }
            out->pointer = true;
            continue;
        }
        case TAG_INTERFACE:
            iface = read_interface_index(r, "a parameter's interface");
            out->iface = iface ? iface->name : NULL;
            out->pointer = true;
            break;
        case TAG_INTERFACE_IS:
            read_arg_index(r, n_params, "an interface id's parameter");
            out->pointer = true;
            break;
        case TAG_STRING_SIZE_IS:
        case TAG_WSTRING_SIZE_IS:
            read_arg_index(r, n_params, "a string's size");
            read_arg_index(r, n_params, "a string's length");
            out->pointer = true;
            break;
        case TAG_STRING:
        case TAG_WSTRING:
            out->pointer = true;
            break;
        default:
            break;
        }
        /* An array of arrays is read, but nothing here can call it. */
        if (depth > 1) {
            out->kind = VB_T_PTR;
            out->array = false;
        }
        return;
    }
}

static void read_param(struct reader *r, unsigned n_params, struct vb_tl_param *out)
{
    uint8_t flags = read_u8(r, "a parameter's flags");

    out->in = flags & PARAM_IN;
    out->out = flags & PARAM_OUT;
    out->retval = flags & PARAM_RETVAL;
    read_type(r, n_params, out);
}

static void read_method(struct reader *r, struct vb_tl_method *out)
{
    uint8_t flags = read_u8(r, "a method's flags");
    struct vb_tl_param *params;

    out->getter = flags & METHOD_GETTER;
    out->setter = flags & METHOD_SETTER;
    out->notxpcom = flags & METHOD_NOTXPCOM;
    out->hidden = flags & METHOD_HIDDEN;
    out->name = read_name(r, "a method's name");
    out->n_params = read_u8(r, "a method's number of parameters");
    /* Two bytes is the least that a parameter takes: a count that cannot be true allocates nothing. */
    if (!need(r, (size_t)out->n_params * 2, "a method's parameter list"))
        return;
    params = vb_arena_alloc(r->arena, out->n_params * sizeof(*params));
    out->params = params;
    for (unsigned i = 0; i < out->n_params && !r->failed; i++)
        read_param(r, out->n_params, &params[i]);
    read_param(r, out->n_params, &out->result);
}

static void read_const(struct reader *r, struct vb_tl_const *out)
{
    struct vb_tl_param type = {0};
    size_t at;

    out->name = read_name(r, "a constant's name");
    at = r->pos;
    read_type(r, 0, &type);
    if (r->failed)
        return;
    if (type.array ||
        (type.kind != VB_T_I16 && type.kind != VB_T_U16 && type.kind != VB_T_I32 && type.kind != VB_T_U32)) {
        fail(r, at, "the constant %s has no integer type", out->name);
        return;
    }
    if (type.kind == VB_T_I16)
        out->value = (uint32_t)(int32_t)(int16_t)read_u16(r, "a constant's value");
    else if (type.kind == VB_T_U16)
        out->value = read_u16(r, "a constant's value");
    else
        out->value = read_u32(r, "a constant's value");
}

/* The reader stands at the descriptor. */
static void read_descriptor(struct reader *r, struct vb_tl_interface *out)
{
    const struct vb_tl_interface *parent = read_interface_index(r, "the parent");
    struct vb_tl_method *methods;
    struct vb_tl_const *consts;

    out->resolved = true;
    out->parent = parent;
    out->parent_name = parent ? parent->name : NULL;
    out->n_methods = read_u16(r, "the number of methods");
    if (!need(r, (size_t)out->n_methods * 8, "the list of methods"))
        return;
    methods = vb_arena_alloc(r->arena, out->n_methods * sizeof(*methods));
    out->methods = methods;
    for (unsigned i = 0; i < out->n_methods && !r->failed; i++)
        read_method(r, &methods[i]);
    out->n_consts = read_u16(r, "the number of constants");
    if (!need(r, (size_t)out->n_consts * 7, "the list of constants"))
        return;
    consts = vb_arena_alloc(r->arena, out->n_consts * sizeof(*consts));
    out->consts = consts;
    for (unsigned i = 0; i < out->n_consts && !r->failed; i++)
        read_const(r, &consts[i]);
    read_u8(r, "the interface's flags");
}

static void read_header(struct reader *r, size_t *directory)
{
    uint32_t length, offset, pool;
    uint8_t major, minor;

    if (!need(r, HEADER_LEN, "the header"))
        return;
    if (memcmp(r->data, magic, sizeof(magic)) != 0) {
        fail(r, 0, "this is no XPT type library");
        return;
    }
    r->pos = sizeof(magic);
    major = read_u8(r, "the version");
    minor = read_u8(r, "the version");
    if (major != 1 || minor < 1) {
        fail(r, sizeof(magic), "version %u.%u of the format is unknown (1.1 and 1.2 are known)", major,
             minor);
        return;
    }
    r->n_directory = read_u16(r, "the number of interfaces");
    length = read_u32(r, "the length");
    offset = read_u32(r, "the interface directory's offset");
    pool = read_u32(r, "the data pool's offset");
    if (length < HEADER_LEN || length > r->len) {
        fail(r, 20, "the header says %" PRIu32 " bytes, the file has %zu", length, r->len);
        return;
    }
    r->len = length;
    if (pool < HEADER_LEN || pool > length) {
        fail(r, 28, "the data pool's offset %" PRIu32 " is outside the file's %" PRIu32 " bytes", pool,
             length);
        return;
    }
    if (offset <= HEADER_LEN || offset - 1 > length ||
        (length - (offset - 1)) / DIRECTORY_ENTRY_LEN < r->n_directory) {
        fail(r, 24, "%u interfaces at offset %" PRIu32 " do not fit in the file's %" PRIu32 " bytes",
             r->n_directory, offset, length);
        return;
    }
    r->pool = pool;
    r->budget = length;
    *directory = offset - 1;
}

/* Names and ids come first, because descriptors refer to them by index. */
static void read_directory(struct reader *r, size_t at, uint32_t *descriptors)
{
    for (unsigned i = 0; i < r->n_directory && !r->failed; i++) {
        struct vb_tl_interface *iface = &r->directory[i];

        r->pos = at + (size_t)i * DIRECTORY_ENTRY_LEN;
        memcpy(iface->iid, r->data + r->pos, sizeof(iface->iid));
        r->pos += sizeof(iface->iid);
        iface->name = read_name(r, "an interface's name");
        read_u32(r, "an interface's name space");
        descriptors[i] = read_u32(r, "an interface's descriptor");
    }
}

static void read_descriptors(struct reader *r, size_t directory, const uint32_t *descriptors)
{
    for (unsigned i = 0; i < r->n_directory && !r->failed; i++) {
        size_t at = directory + (size_t)i * DIRECTORY_ENTRY_LEN + 24, start;

        if (descriptors[i] == 0 || !pool_place(r, at, descriptors[i], "an interface's descriptor", &start))
            continue;
        r->pos = start;
        r->current = r->directory[i].name;
        read_descriptor(r, &r->directory[i]);
        if (!r->failed && r->pos - start > r->budget)
            fail(r, start, "the descriptor overlaps others");
        r->budget -= r->failed ? 0 : r->pos - start;
    }
    r->current = NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct vb_tl_interface *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* Sorts into `out`; parents still point into the directory and are moved over. */
static void sort_interfaces(struct reader *r, struct vb_typelib *tl)
{
    unsigned n = r->n_interfaces;
    EB_AUTOFREE const struct vb_tl_interface **order = eb_calloc(n + 1, sizeof(*order));
    EB_AUTOFREE unsigned *place = eb_calloc(n + 1, sizeof(*place));

    for (unsigned i = 0; i < n; i++)
        order[i] = &r->directory[i];
    qsort(order, n, sizeof(*order), by_name);
    tl->interfaces = vb_arena_alloc(r->arena, n * sizeof(*tl->interfaces));
    tl->n_interfaces = n;
    for (unsigned i = 0; i < n; i++) {
        if (i > 0 && strcmp(order[i - 1]->name, order[i]->name) == 0) {
            fail(r, 0, "the interface %s is there twice", order[i]->name);
            return;
        }
        tl->interfaces[i] = *order[i];
        place[order[i] - r->directory] = i;
    }
    for (unsigned i = 0; i < n; i++) {
        struct vb_tl_interface *iface = &tl->interfaces[i];

        if (iface->parent)
            iface->parent = &tl->interfaces[place[iface->parent - r->directory]];
    }
}

enum { UNSEEN = 0, ON_PATH, DONE };

/* A parent that is only named ends the chain: the slots of what derives from it are unknown. */
static void place_under_parent(struct reader *r, struct vb_tl_interface *iface)
{
    const struct vb_tl_interface *parent = iface->parent;

    if (!parent)
        return;
    if (!parent->resolved) {
        iface->parent = NULL;
        iface->resolved = false;
        return;
    }
    iface->first_slot = parent->first_slot + parent->n_methods;
    if (iface->first_slot + iface->n_methods > SLOTS_MAX)
        fail(r, 0, "interface %s has more than %d slots", iface->name, SLOTS_MAX);
}

static void assign_slots(struct reader *r, struct vb_typelib *tl)
{
    unsigned n = tl->n_interfaces;
    EB_AUTOFREE uint8_t *state = eb_calloc(n + 1, 1);
    EB_AUTOFREE unsigned *path = eb_calloc(n + 1, sizeof(*path));

    for (unsigned i = 0; i < n && !r->failed; i++) {
        unsigned depth = 0, at = i;

        while (state[at] == UNSEEN) {
            state[at] = ON_PATH;
            path[depth++] = at;
            if (!tl->interfaces[at].parent)
                break;
            at = (unsigned)(tl->interfaces[at].parent - tl->interfaces);
            if (state[at] == ON_PATH) {
                fail(r, 0, "interface %s is its own ancestor", tl->interfaces[at].name);
                return;
            }
        }
        while (depth > 0 && !r->failed) {
            place_under_parent(r, &tl->interfaces[path[--depth]]);
            state[path[depth]] = DONE;
        }
    }
}

int vb_xpt_parse(const char *name, const uint8_t *data, size_t len, struct vb_typelib **out, eb_error *err)
{
    struct vb_arena *arena = vb_arena_new();
    struct vb_typelib *tl = EB_NEW(struct vb_typelib);
    struct reader r = {.name = name, .len = len, .arena = arena, .err = err};
    EB_AUTOFREE struct vb_tl_interface *directory = NULL;
    EB_AUTOFREE uint32_t *descriptors = NULL;
    size_t directory_at = 0;

    tl->path = eb_strdup(name);
    tl->arena = arena;
    r.data = memcpy(vb_arena_alloc(arena, len + 1), len ? (const void *)data : "", len);
    read_header(&r, &directory_at);
    if (!r.failed) {
        directory = eb_calloc(r.n_directory + VB_BUILTIN_MAX, sizeof(*directory));
        descriptors = eb_calloc(r.n_directory + 1, sizeof(*descriptors));
        r.directory = directory;
        read_directory(&r, directory_at, descriptors);
        read_descriptors(&r, directory_at, descriptors);
    }
    if (!r.failed) {
        r.n_interfaces = vb_builtin_fill(directory, r.n_directory);
        sort_interfaces(&r, tl);
    }
    if (!r.failed)
        assign_slots(&r, tl);
    if (r.failed) {
        vb_typelib_free(tl);
        return -1;
    }
    *out = tl;
    return 0;
}

int vb_xpt_read(const char *path, struct vb_typelib **out, eb_error *err)
{
    EB_AUTOFREE char *data = NULL;
    size_t len = 0;

    if (eb_read_file(path, XPT_MAX_FILE, &data, &len) < 0) {
        if (errno == EFBIG)
            return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR,
                                     "type library %s: the file is larger than 64 MiB", path);
        return eb_error_set_errno(err, errno, "cannot read the type library %s", path);
    }
    return vb_xpt_parse(path, (const uint8_t *)data, len, out, err);
}

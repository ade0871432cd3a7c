/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An object of VirtualBox has one address while someone holds it, so machines are known by their address, and
 * held. Names are kept from the third question on: the first, of a command that ends at once, costs no more
 * than without.
 */
#include "vbox/known.h"
#include "vbox/domain.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <uthash.h>

/* A file that was written so lately may be written again without a new time. */
#define SETTLED_S 2

struct mark {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec written;
};

struct known {
    IMachine *machine; /* counted */
    unsigned char uuid[16];
    unsigned asked; /* for its name */
    char *file, *name;
    struct mark mark;
    unsigned seen; /* in which list */
    UT_hash_handle hh;
};

struct world {
    struct vb *vb;
    unsigned refs, list;
    struct known *machines;
    unsigned keys_asked;
    char *file; /* VirtualBox.xml */
    struct mark mark;
    char **keys; /* NULL: unknown */
    size_t n_keys;
    uint64_t limits[VBOX_KNOWN_LIMITS]; /* and one more; 0: unknown */
    unsigned version;                   /* whose limits */
    struct world *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct world *worlds;

/* ---- Files ---- */

/* False when it cannot be told apart from a later version. */
static bool read_mark(const char *path, struct mark *out)
{
    struct timespec now;
    struct stat st;

    if (stat(path, &st) < 0)
        return false;
    memset(out, 0, sizeof(*out));
    out->device = st.st_dev;
    out->inode = st.st_ino;
    out->size = st.st_size;
    out->written = st.st_mtim;
    clock_gettime(CLOCK_REALTIME, &now);
    return st.st_mtim.tv_sec + SETTLED_S < now.tv_sec;
}

static bool is_marked(const char *path, const struct mark *mark)
{
    struct mark now;

    return read_mark(path, &now) && memcmp(&now, mark, sizeof(now)) == 0;
}

/* ---- Worlds ---- */

/* The lock is held. */
static struct world *world_of(const struct vb *vb)
{
    struct world *w = worlds;

    while (w && w->vb != vb)
        w = w->next;
    return w;
}

void vbox_known_ref(struct vb *vb)
{
    struct world *w;

    pthread_mutex_lock(&lock);
    w = world_of(vb);
    if (!w) {
        w = EB_NEW(struct world);
        w->vb = vb;
        w->next = worlds;
        worlds = w;
    }
    w->refs++;
    pthread_mutex_unlock(&lock);
}

static void known_free(struct known *k)
{
    vb_unref(k->machine);
    free(k->file);
    free(k->name);
    free(k);
}

/* Releasing calls VirtualBox, so it happens without the lock. */
static void free_all(struct known *machines)
{
    struct known *k, *next;

    HASH_ITER (hh, machines, k, next) {
        HASH_DEL(machines, k);
        known_free(k);
    }
}

static void forget_keys(struct world *w)
{
    vb_strings_free(w->n_keys, w->keys);
    w->keys = NULL;
    w->n_keys = 0;
}

void vbox_known_unref(struct vb *vb)
{
    struct known *machines = NULL;
    struct world *w;

    pthread_mutex_lock(&lock);
    w = world_of(vb);
    if (w && --w->refs == 0) {
        machines = EB_STEAL(w->machines);
        forget_keys(w);
        free(EB_STEAL(w->file));
        w->keys_asked = 0;
    }
    pthread_mutex_unlock(&lock);
    free_all(machines);
}

/* ---- Machines ---- */

/* The lock is held. NULL: not known. */
static struct known *find(struct world *w, IMachine *machine)
{
    struct known *k = NULL;

    if (w)
        HASH_FIND_PTR(w->machines, &machine, k);
    return k;
}

int vbox_known_uuid(struct vbox_conn *c, IMachine *machine, unsigned char uuid[16], eb_error *err)
{
    struct known *k;
    struct world *w;
    bool known;

    pthread_mutex_lock(&lock);
    k = find(world_of(c->vb), machine);
    known = k != NULL;
    if (known)
        memcpy(uuid, k->uuid, 16);
    pthread_mutex_unlock(&lock);
    if (known)
        return 0;
    if (vbox_machine_uuid(c, machine, uuid, err) < 0)
        return -1;
    pthread_mutex_lock(&lock);
    w = world_of(c->vb);
    if (w && w->refs > 0 && !find(w, machine)) {
        k = EB_NEW(struct known);
        k->machine = vb_object_ref(machine);
        k->seen = w->list;
        memcpy(k->uuid, uuid, 16);
        HASH_ADD_PTR(w->machines, machine, k);
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

/* NULL: ask. *often: it is asked for again and again. */
static char *name_of(struct vbox_conn *c, IMachine *machine, bool *often)
{
    struct known *k;
    char *name = NULL;

    pthread_mutex_lock(&lock);
    k = find(world_of(c->vb), machine);
    if (k && k->name && is_marked(k->file, &k->mark))
        name = eb_strdup(k->name);
    *often = k && k->asked++ > 0;
    pthread_mutex_unlock(&lock);
    return name;
}

static void keep_name(struct vbox_conn *c, IMachine *machine, const char *file, const struct mark *mark,
                      const char *name)
{
    struct known *k;

    pthread_mutex_lock(&lock);
    k = find(world_of(c->vb), machine);
    if (k) {
        eb_replace_string(&k->file, file);
        eb_replace_string(&k->name, name);
        k->mark = *mark;
    }
    pthread_mutex_unlock(&lock);
}

int vbox_known_name(struct vbox_conn *c, IMachine *machine, char **out, eb_error *err)
{
    EB_AUTOFREE char *file = NULL;
    struct mark mark;
    bool often, settled;

    *out = name_of(c, machine, &often);
    if (*out)
        return 0;
    /* the mark first: a name that is given meanwhile makes another one */
    settled =
        often && IMachine_get_settingsFilePath(c->vb, machine, &file, NULL) == 0 && read_mark(file, &mark);
    if (settled && IMachine_get_name(c->vb, machine, out, NULL) == 0) {
        keep_name(c, machine, file, &mark, *out);
        return 0;
    }
    return vbox_machine_name(c, machine, out, err);
}

void vbox_known_prune(struct vbox_conn *c, IMachine *const *machines, size_t n)
{
    struct known *gone = NULL, *k, *next;
    struct world *w;

    pthread_mutex_lock(&lock);
    w = world_of(c->vb);
    if (w) {
        w->list++;
        for (size_t i = 0; i < n; i++)
            if ((k = find(w, machines[i])))
                k->seen = w->list;
        HASH_ITER (hh, w->machines, k, next) {
            if (k->seen == w->list)
                continue;
            HASH_DEL(w->machines, k);
            HASH_ADD_PTR(gone, machine, k);
        }
    }
    pthread_mutex_unlock(&lock);
    free_all(gone);
}

/* ---- VirtualBox's own extra data ---- */

static bool lacks(const struct world *w, const char *key)
{
    for (size_t i = 0; i < w->n_keys; i++)
        if (strcmp(w->keys[i], key) == 0)
            return false;
    return true;
}

/* Reads the keys, unless the file is being written. */
static void read_keys(struct vbox_conn *c, IVirtualBox *vbox)
{
    EB_AUTOFREE char *file = NULL;
    struct mark mark;
    struct world *w;
    char **keys = NULL;
    size_t n = 0;

    if (!vb_has(c->vb, VB_IVirtualBox_getExtraDataKeys) ||
        IVirtualBox_get_settingsFilePath(c->vb, vbox, &file, NULL) < 0 || !read_mark(file, &mark) ||
        IVirtualBox_getExtraDataKeys(c->vb, vbox, &n, &keys, NULL) < 0)
        return;
    pthread_mutex_lock(&lock);
    w = world_of(c->vb);
    if (w && w->refs > 0) {
        forget_keys(w);
        /* no key at all is known, too */
        w->keys = keys ? keys : eb_calloc(1, sizeof(*keys));
        w->n_keys = n;
        w->mark = mark;
        eb_replace_string(&w->file, file);
        keys = NULL;
        n = 0;
    }
    pthread_mutex_unlock(&lock);
    vb_strings_free(n, keys);
}

bool vbox_known_lacks_key(struct vbox_conn *c, IVirtualBox *vbox, const char *key)
{
    bool result = false;

    for (unsigned round = 0; round < 2; round++) {
        bool known, often;
        struct world *w;

        pthread_mutex_lock(&lock);
        w = world_of(c->vb);
        known = w && w->keys && is_marked(w->file, &w->mark);
        result = known && lacks(w, key);
        often = w && w->keys_asked++ > 0;
        pthread_mutex_unlock(&lock);
        if (known || !often || round == 1)
            break;
        read_keys(c, vbox);
    }
    return result;
}

/* ---- Limits ---- */

bool vbox_known_limit(struct vbox_conn *c, unsigned which, uint32_t *out)
{
    uint64_t kept = 0;
    struct world *w;

    pthread_mutex_lock(&lock);
    w = world_of(c->vb);
    if (w && which < VBOX_KNOWN_LIMITS && w->version == vb_version(c->vb))
        kept = w->limits[which];
    pthread_mutex_unlock(&lock);
    if (kept)
        *out = (uint32_t)(kept - 1);
    return kept != 0;
}

void vbox_known_keep_limit(struct vbox_conn *c, unsigned which, uint32_t value)
{
    struct world *w;

    pthread_mutex_lock(&lock);
    w = world_of(c->vb);
    if (w && which < VBOX_KNOWN_LIMITS) {
        /* VirtualBox may have been upgraded */
        if (w->version != vb_version(c->vb))
            memset(w->limits, 0, sizeof(w->limits));
        w->version = vb_version(c->vb);
        w->limits[which] = (uint64_t)value + 1;
    }
    pthread_mutex_unlock(&lock);
}

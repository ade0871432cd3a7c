/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * call [ROUNDS]: what a call through the binding costs beside the same call written by hand against the
 * vtable, on the installation's real VBoxSVC; and how long reading the type library and binding take. Prints
 * ratios, a line each.
 *
 * The two kinds of call alternate in small batches, so that both meet the same machine; the median of the
 * batches counts.
 */
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "vbox/com/bind.h"
#include "vbox/com/calls.h"
#include "vbox/com/client.h"

enum { BATCH = 50 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), by_value);
    return values[n / 2];
}

typedef int32_t getter_u32(void *self, uint32_t *out);
typedef int32_t getter_string(void *self, uint16_t **out);

/* By hand: the slot as a constant would be, and no checks but of the result. */
static void number_by_hand(struct vb *vb, IVirtualBox *vbox, int slot)
{
    uint32_t value = 0;

    (void)vb;
    if ((*(getter_u32 ***)(void *)vbox)[slot](vbox, &value) < 0)
        abort();
}

static void number_bound(struct vb *vb, IVirtualBox *vbox, int slot)
{
    uint32_t value = 0;

    (void)slot;
    if (IVirtualBox_get_revision(vb, vbox, &value, NULL) < 0)
        abort();
}

static void string_by_hand(struct vb *vb, IVirtualBox *vbox, int slot)
{
    uint16_t *value = NULL;
    char text[256];
    size_t i = 0;

    if ((*(getter_string ***)(void *)vbox)[slot](vbox, &value) < 0)
        abort();
    for (; value[i] && i < sizeof(text) - 1; i++)
        text[i] = (char)value[i]; /* enough for a version, and the least that a caller by hand would do */
    text[i] = '\0';
    vb->com_unalloc(value);
}

static void string_bound(struct vb *vb, IVirtualBox *vbox, int slot)
{
    char *value = NULL;

    (void)slot;
    if (IVirtualBox_get_version(vb, vbox, &value, NULL) < 0)
        abort();
    free(value);
}

typedef void one_call(struct vb *vb, IVirtualBox *vbox, int slot);

static double batch(one_call *call, struct vb *vb, IVirtualBox *vbox, int slot)
{
    double began = now();

    for (int i = 0; i < BATCH; i++)
        call(vb, vbox, slot);
    return (now() - began) / BATCH;
}

static void compare(const char *what, one_call *by_hand, one_call *bound, struct vb *vb, IVirtualBox *vbox,
                    enum vb_member member, size_t rounds)
{
    int slot = atomic_load(&vb->binding)->members[member].slot;
    double *a = eb_calloc(rounds, sizeof(*a)), *b = eb_calloc(rounds, sizeof(*b));
    double x, y;

    for (size_t i = 0; i < rounds; i++) {
        a[i] = batch(by_hand, vb, vbox, slot);
        b[i] = batch(bound, vb, vbox, slot);
    }
    x = median(a, rounds);
    y = median(b, rounds);
    printf("%-30s by hand %8.2f us   bound %8.2f us   ratio %.3f (goal: at most 1.05)\n", what, x, y, y / x);
    free(a);
    free(b);
}

static int time_binding(const char *path, size_t rounds, eb_error *err)
{
    double *read = eb_calloc(rounds, sizeof(*read)), *bind = eb_calloc(rounds, sizeof(*bind));
    int result = 0;

    for (size_t i = 0; i < rounds && result == 0; i++) {
        struct vb_typelib *tl = NULL;
        double began = now();

        result = vb_xpt_read(path, &tl, err);
        read[i] = now() - began;
        if (result == 0) {
            began = now();
            vb_binding_free(vb_bind(tl));
            bind[i] = now() - began;
        }
        vb_typelib_free(tl);
    }
    if (result == 0)
        printf("%-30s read %11.0f us   bind %9.0f us   together %.2f ms (goal: under 5)\n", "type library",
               median(read, rounds), median(bind, rounds),
               (median(read, rounds) + median(bind, rounds)) / 1e3);
    free(read);
    free(bind);
    return result;
}

static int run(size_t rounds, eb_error *err)
{
    EB_AUTOFREE char *path = NULL;
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vb *vb = NULL;
    uint64_t epoch;

    if (vb_open(NULL, &vb, err) < 0 || vb_begin(vb, &vbox, &epoch, err) < 0)
        return -1;
    path = eb_asprintf("%s/components/VirtualBox_XPCOM.xpt", vb_home(vb));
    compare("number (IVirtualBox.revision)", number_by_hand, number_bound, vb, vbox,
            VB_IVirtualBox_get_revision, rounds);
    compare("string (IVirtualBox.version)", string_by_hand, string_bound, vb, vbox,
            VB_IVirtualBox_get_version, rounds);
    return time_binding(path, 200, err);
}

int main(int argc, char **argv)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    uint64_t rounds = 400;

    if (argc > 1 && (!eb_parse_u64(argv[1], 1000000, &rounds) || !rounds)) {
        fprintf(stderr, "usage: call [ROUNDS]\n");
        return 2;
    }
    if (run(rounds, &err) < 0) {
        fprintf(stderr, "call: %s\n", eb_error_message(&err));
        return 1;
    }
    return 0;
}

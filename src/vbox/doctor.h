/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file doctor.h
 * Examines the VirtualBox installations of this machine, for `everbox doctor`. It loads libraries and
 * connects to VBoxSVC in child processes with a time limit, so that a broken installation can neither crash
 * nor hang the caller.
 */
#ifndef EB_VBOX_DOCTOR_H
#define EB_VBOX_DOCTOR_H

#include "vbox/com/bind.h"
#include "vbox/com/install.h"

struct vbox_missing {
    char *member; /* "IMachine.lockMachine" */
    enum vb_unbound why;
};

struct vbox_feature {
    const char *name, *text; /* static */
    unsigned members, bound;
    struct vbox_missing *missing;
    size_t n_missing;
};

struct vbox_examined {
    struct vb_install install;
    char *table;           /* function table of the library ("V4c"), or NULL: `install.unusable` says why */
    char *typelib_problem; /* why the type library cannot be read, or NULL */
    unsigned interfaces;   /* that the type library describes */
    struct vb_bind_counts counts;
    struct vbox_feature *features;
    size_t n_features;
    char *service_problem; /* why VBoxSVC does not answer, or NULL: it does */
    unsigned service_ms;   /* how long it took to answer, started if need be */
    unsigned machines;     /* that it knows */
};

struct vbox_report {
    struct vbox_examined *items;
    size_t n;
    char *search_problem; /* VBOX_APP_HOME that points nowhere and the like, or NULL */
    bool driver;          /* the kernel driver's device is there */
    bool hardware;        /* the processor has hardware virtualization */
};

/** `home` NULL: every installation that is found. Never fails: what is wrong is in the report. */
void vbox_examine(const char *home, struct vbox_report *out);
/** True when its library loads, its type library can be read, and VBoxSVC answers. */
bool vbox_usable(const struct vbox_examined *e);
/** The installation that a connection takes: the newest usable one; NULL when there is none. */
const struct vbox_examined *vbox_chosen(const struct vbox_report *report);
void vbox_report_free(struct vbox_report *report);

#endif

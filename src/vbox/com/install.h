/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file install.h
 * Finds VirtualBox installations: $VBOX_APP_HOME (then only that), INSTALL_DIR of /etc/vbox/vbox.cfg, the
 * standard folders of the system.
 */
#ifndef EB_VBOX_COM_INSTALL_H
#define EB_VBOX_COM_INSTALL_H

#include "base/error.h"

struct vb_install {
    char *home;       /* absolute, without symbolic links */
    char *library;    /* VBoxXPCOMC.so there */
    char *typelib;    /* VirtualBox_XPCOM.xpt there */
    unsigned version; /* as vb_version; 0 while it is unknown (vb_install_probe finds it out) */
    char *unusable;   /* why it cannot be used, or NULL */
};

/** Where to look. Tests have their own. */
struct vb_install_places {
    const char *app_home;       /* VBOX_APP_HOME; NULL or "": not set */
    const char *config;         /* path of vbox.cfg, or NULL */
    const char *const *folders; /* ends with NULL */
};

/** This system's places, with the environment's VBOX_APP_HOME. */
struct vb_install_places vb_install_system_places(void);

/**
 * Lists installations, usable ones and broken ones, the most specific place first. `home` (the URI's; may be
 * NULL) is then the only place. A `home` or VBOX_APP_HOME that is no folder is an error that names it;
 * nothing found is none (*n is 0).
 */
int vb_install_find(const struct vb_install_places *places, const char *home, struct vb_install **out,
                    size_t *n, eb_error *err);

/**
 * Fills in `version`, or `unusable` when the library does not load. Loads it in a short-lived child process,
 * because two of them do not get on in one process.
 */
void vb_install_probe(struct vb_install *install);

/**
 * The installation to open: the only usable one, or the newest that loads. No usable one is
 * EB_ERR_OPERATION_FAILED and says where was looked and what was wrong there.
 */
int vb_install_choose(const struct vb_install_places *places, const char *home, struct vb_install *out,
                      eb_error *err);

struct vb;
/** vb_open with other places, for tests. */
int vb_open_in(const struct vb_install_places *places, const char *home, struct vb **out, eb_error *err);

void vb_install_clear(struct vb_install *install);
void vb_installs_free(struct vb_install *installs, size_t n);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file deftest.h What the tests of definitions share: media, texts, domains made from them. */
#ifndef EB_DEFTEST_H
#define EB_DEFTEST_H

#include "vboxtest.h"

/** The folder of the media: one.vdi, two.vdi, cd.iso, other.iso, floppy.img. */
extern char media[64];
int media_setup(void **state);
int media_teardown(void **state);
int run_definition_tests(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n);
/** Writes a CD image; the path is the caller's. */
char *make_cd(const char *name);

/** `text` with each "@" replaced by the media folder. */
char *with_media(const char *text);
/** Replaces the first `from`, which must be there. */
void replace(char **text, const char *from, const char *to);
/** Without the line that has `word`. */
void drop_line(char **text, const char *word);
/** Without the first text from `from` to the end of `to`. */
void drop_element(char **text, const char *from, const char *to);

/** The inactive definition with passwords. */
char *dump(eb_domain *dom);
/** Fails when libvirt's schema, where it is installed, does not allow it. */
void assert_valid(const char *name, const char *xml);
void define_xml(eb_conn *conn, const char *name, const char *xml, eb_domain **out);

#define NS(inside)                                                                                           \
    "<metadata><vbox:machine xmlns:vbox='urn:everbox:vbox:1'>" inside "</vbox:machine></metadata>"
#define MAC "<mac address='08:00:27:00:00:01'/>"

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file vboxtest.h
 * What the tests of the VirtualBox driver alone share: a connection through the public API, and VirtualBox
 * itself behind the driver's back. They run against any installation: TEST [URI [RUN [SKIP]]] (tests by name,
 * with wildcards), or EVERBOX_SUITE_URI, else vbox:///session. All machines live in a folder of the test,
 * which must be empty again after each test.
 */
#ifndef EB_VBOXTEST_H
#define EB_VBOXTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/util.h"
#include "everbox/everbox.h"
#include "vbox/com/calls.h"
#include "vbox/com/com.h"
#include "vbox/com/hook.h"

extern const char *test_uri;
extern char machine_folder[64];
extern struct vb *vb;

int group_setup(void **state);
int group_teardown(void **state);
/** A fresh connection as *state; afterwards no machine and no file may be left. */
int test_setup(void **state);
int test_teardown(void **state);
#define VBOX_TEST(fn) cmocka_unit_test_setup_teardown(fn, test_setup, test_teardown)
int run_vbox_tests(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n);

/** Fails the test with the error's text unless `result` is not negative. */
#define OK(call) check_ok((call), #call, __FILE__, __LINE__)
int check_ok(int result, const char *call, const char *file, int line);
/** The error of the test's calls: pass it to each; emptied by each use. */
eb_error *fresh(void);
extern eb_error test_error;

/** `devices` goes into <devices>, NULL: none. The caller frees it. */
char *xml_of(const char *name, const char *extra, const char *devices);
eb_domain *define(eb_conn *conn, const char *name);
/** Dropped at once. */
int domain_exists(eb_conn *conn, const char *name);
void assert_state(eb_domain *dom, eb_domain_state state, int reason);
/** Destroys and undefines with every flag; drops the handle. */
void remove_domain(eb_domain *dom);

/* ---- Faults ---- */

typedef int action_fn(eb_conn *conn, eb_domain *dom);
typedef void check_fn(eb_conn *conn, eb_domain *dom);
/**
 * Does `action` with its first VirtualBox call failing, then with its second … until all go well. Where it
 * fails `unchanged` looks at what is left, where it succeeds in spite of that `undo` takes it back. Gives the
 * number of calls.
 */
unsigned fail_each_call(eb_conn *conn, eb_domain *dom, action_fn *action, check_fn *unchanged,
                        check_fn *undo);

/* ---- Behind the driver's back ---- */

/** Counted references. */
IVirtualBox *back_vbox(void);
IMachine *back_machine(eb_domain *dom);
/** A session's machine: unlock with back_unlock. */
IMachine *back_lock(eb_domain *dom, bool shared, ISession **session);
void back_unlock(ISession *session);
void back_wait(IProgress *progress);
IConsole *back_console(ISession *session);
void back_power_down(eb_domain *dom);
void back_set_global(const char *key, const char *value);
/** How many entries the folder has. */
unsigned entries_of(const char *folder);

#endif

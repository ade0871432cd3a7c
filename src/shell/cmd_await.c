/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_await.c The command await. */
#include "everbox/guest.h"
#include "shell/await.h"
#include "shell/listen.h"
#include "shell/opts.h"

#include <time.h>

enum { LOOK_S = 1 }; /* between two looks at what no event tells */

const struct opt await_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"state", OPT_DATA, 0,
     "the state: \"running\", \"paused\", \"shut off\" …; or \"address\", \"additions\"", NULL},
    {"timeout", OPT_INT, OPT_NAMED_ONLY, "wait at most this many seconds", NULL},
    OPTS_END,
};

/* What may be waited for beside states. */
enum { ADDRESS = 1000, ADDITIONS };

struct awaited {
    struct shell *sh;
    eb_domain *dom;
    int what;   /* a state, or one of the above */
    bool heard; /* something happened since the last look */
    time_t looked;
};

static void note(eb_conn *conn, eb_domain *dom, const eb_domain_event *e, void *opaque)
{
    struct awaited *a = opaque;

    (void)conn;
    (void)dom;
    (void)e;
    a->heard = true;
}

static int is_in_state(struct awaited *a)
{
    eb_domain_state state;

    return eb_domain_get_state(a->dom, &state, NULL, &a->sh->error) < 0 ? -1 : (int)state == a->what;
}

/* While the guest cannot say it, it is not there yet; that the domain is gone, or the driver cannot tell,
 * ends the wait. */
static int not_yet(struct awaited *a)
{
    eb_error_code code = a->sh->error.code;

    if (code == EB_ERR_NO_DOMAIN || code == EB_ERR_NO_SUPPORT || code == EB_ERR_ARGUMENT_UNSUPPORTED)
        return -1;
    sh_forget(a->sh);
    return 0;
}

static int has_address(struct awaited *a)
{
    eb_guest_interface *list = NULL;
    int n = eb_domain_get_interface_addresses(a->dom, EB_ADDRESSES_AGENT, 0, &list, &a->sh->error), has = 0;

    if (n < 0)
        return not_yet(a);
    for (int i = 0; i < n; i++)
        has |= list[i].n_addresses > 0;
    eb_guest_interfaces_free(list, (size_t)n);
    return has;
}

static int has_additions(struct awaited *a)
{
    eb_param *params = NULL;
    int n = eb_domain_get_guest_info(a->dom, EB_GUEST_INFO_OS, 0, &params, &a->sh->error);

    if (n < 0)
        return not_yet(a);
    eb_params_free(params, (size_t)n);
    return n > 0;
}

static int is_there(void *opaque)
{
    struct awaited *a = opaque;
    time_t now = time(NULL);

    /* an event wakes the loop at once; what is, decides */
    if (!a->heard && (a->what < ADDRESS || now < a->looked + LOOK_S))
        return 0;
    a->heard = false;
    a->looked = now;
    return a->what == ADDRESS ? has_address(a) : a->what == ADDITIONS ? has_additions(a) : is_in_state(a);
}

static int what_of(struct shell *sh, const char *name)
{
    int state = EB_DOMAIN_NOSTATE;

    if (strcmp(name, "address") == 0)
        return ADDRESS;
    if (strcmp(name, "additions") == 0)
        return ADDITIONS;
    while (state <= EB_DOMAIN_PMSUSPENDED && strcmp(sh_state_name(state), name) != 0)
        state++;
    return state <= EB_DOMAIN_PMSUSPENDED ? state : sh_error(sh, "no domain is ever in a state '%s'", name);
}

int run_await(struct shell *sh, const struct args *args)
{
    struct awaited a = {.sh = sh, .heard = true};
    const char *name;
    int seconds, id, agent;
    enum listen_end end;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "state", &name) < 0 || listen_timeout(sh, args, &seconds) < 0 ||
        (a.what = what_of(sh, name)) < 0 || eb_loop_register_default(&sh->error) < 0)
        return -1;
    a.dom = dom;
    id = eb_conn_register_domain_event(sh->conn, dom, EB_DOMAIN_EVENT_ID_LIFECYCLE, note, &a, NULL,
                                       &sh->error);
    if (id < 0)
        return -1;
    agent = eb_conn_register_domain_event(sh->conn, dom, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, note, &a, NULL,
                                          NULL);
    end = listen_until(sh, seconds, is_there, &a);
    eb_conn_deregister_domain_event(sh->conn, id, NULL);
    if (agent >= 0)
        eb_conn_deregister_domain_event(sh->conn, agent, NULL);
    if (end == LISTEN_TIMEOUT && a.what >= ADDRESS)
        return sh_error(sh, "domain '%s' has no %s after %d seconds", eb_domain_get_name(dom), name, seconds);
    if (end == LISTEN_TIMEOUT)
        return sh_error(sh, "domain '%s' is not %s after %d seconds", eb_domain_get_name(dom), name, seconds);
    return end == LISTEN_DONE ? 0 : -1;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IProgress: operations that take time. */
#include <stdio.h>

#include "model.h"

struct progress *progresses;

int64_t operation_ms(const struct client *c)
{
    EB_AUTOFREE char *v = option(c, "PROGRESS_MS");

    return v ? strtoll(v, NULL, 10) : 5;
}

static void destroy(struct object *o)
{
    struct progress *p = o->data;

    if (p->error)
        object_drop(p->error);
    free(p->id);
    free(p->description);
    free(p->data);
    free(p);
}

/* Whether an option names the operation. */
static bool is_meant(struct call *c, const char *name, const char *description)
{
    EB_AUTOFREE char *what = option(c->client, name);

    return what && *what && (eb_streq(what, "*") || strstr(description, what));
}

static void unlist(struct progress *p)
{
    for (struct progress **i = &progresses; *i; i = &(*i)->next)
        if (*i == p) {
            *i = p->next;
            return;
        }
}

void progress_finish(struct progress *p)
{
    EB_AUTOFREE char *source = eb_asprintf("progress:%s", p->id);

    if (p->completed)
        return;
    p->completed = true;
    unlist(p);
    event_fire(source, "OnProgressTaskCompleted", "progressId", p->id, "midlOID", "", NULL);
    pthread_cond_broadcast(&model_changed);
    object_drop(p->object);
}

void progress_fail(struct progress *p, uint32_t rc, const char *component, const char *fmt, ...)
{
    EB_AUTOFREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    p->rc = rc;
    if (p->error)
        object_drop(p->error);
    p->error = error_new(rc, component, text);
    object_hold(p->error);
}

static void on_time(void *data)
{
    struct progress *p = data;

    if (p->completed)
        ;
    else if (p->end)
        p->end(p, false);
    if (!p->completed && !p->paused)
        progress_finish(p);
    object_drop(p->object);
}

struct progress *progress_begin(struct call *c, const char *description, bool cancelable, progress_end end)
{
    struct progress *p = EB_NEW(struct progress), **last = &progresses;

    p->object = object_new("IProgress");
    p->object->data = p;
    p->object->destroy = destroy;
    object_hold(p->object); /* until it is finished */
    object_hold(p->object); /* for on_time */
    p->id = id_new();
    p->description = eb_strdup(description);
    p->cancelable = cancelable || is_meant(c, "PROGRESS_CANCELABLE", description);
    p->operations = 1;
    p->begun = now_ms();
    p->ms = operation_ms(c->client);
    p->machine = c->self ? c->self->machine : NULL;
    p->end = end;
    if (is_meant(c, "PROGRESS_FAIL", description))
        progress_fail(p, E_FAIL, c->self->iface->name + 1, "The stand-in was asked to fail at '%s'",
                      description);
    while (*last)
        last = &(*last)->next;
    *last = p;
    task_after(p->ms, on_time, p);
    return p;
}

static struct progress *self(struct call *c)
{
    return c->self->data;
}

static unsigned percent(const struct progress *p)
{
    int64_t passed = now_ms() - p->begun;

    if (p->completed && !p->canceled)
        return 100;
    return p->ms <= 0 ? 99 : (unsigned)(passed >= p->ms ? 99 : passed * 100 / p->ms);
}

static uint32_t get_id(struct call *c)
{
    ret_str(c, self(c)->id);
    return S_OK;
}

static uint32_t get_description(struct call *c)
{
    ret_str(c, self(c)->description);
    return S_OK;
}

static uint32_t get_initiator(struct call *c)
{
    ret_obj(c, self(c)->machine ? machine_object(self(c)->machine) : object_get("IVirtualBox", "vbox"));
    return S_OK;
}

static uint32_t get_cancelable(struct call *c)
{
    ret_num(c, self(c)->cancelable);
    return S_OK;
}

static uint32_t get_percent(struct call *c)
{
    ret_num(c, percent(self(c)));
    return S_OK;
}

static uint32_t get_remaining(struct call *c)
{
    const struct progress *p = self(c);
    int64_t left = p->begun + p->ms - now_ms();

    ret_num(c, (uint64_t)(p->completed || left < 0 ? 0 : left / 1000));
    return S_OK;
}

static uint32_t get_completed(struct call *c)
{
    ret_num(c, self(c)->completed);
    return S_OK;
}

static uint32_t get_canceled(struct call *c)
{
    ret_num(c, self(c)->canceled);
    return S_OK;
}

static uint32_t get_result(struct call *c)
{
    if (!self(c)->completed)
        return fail(c, E_FAIL, "Result code is not available, operation is still in progress");
    ret_num(c, (uint64_t)(int64_t)(int32_t)self(c)->rc);
    return S_OK;
}

static uint32_t get_error(struct call *c)
{
    if (!self(c)->completed)
        return fail(c, E_FAIL, "Error info is not available, operation is still in progress");
    ret_obj(c, self(c)->error);
    return S_OK;
}

static uint32_t get_one(struct call *c)
{
    ret_num(c, 1);
    return S_OK;
}

static uint32_t get_zero(struct call *c)
{
    ret_num(c, 0);
    return S_OK;
}

static uint32_t set_timeout(struct call *c)
{
    if (!self(c)->cancelable)
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Operation cannot be canceled");
    return S_OK;
}

static uint32_t get_event_source(struct call *c)
{
    EB_AUTOFREE char *source = eb_asprintf("progress:%s", self(c)->id);

    ret_obj(c, event_source_object(source));
    return S_OK;
}

static uint32_t wait(struct call *c)
{
    struct progress *p = self(c);
    int64_t ms = (int32_t)arg_num(c, "timeout"), until = now_ms() + ms;

    while (!p->completed && (ms < 0 || now_ms() < until)) {
        int64_t next = ms < 0 || until > now_ms() + 1000 ? now_ms() + 1000 : until;
        struct timespec t = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};

        pthread_cond_timedwait(&model_changed, &model_lock, &t);
    }
    return S_OK;
}

static uint32_t wait_operation(struct call *c)
{
    if (arg_num(c, "operation") >= 1)
        return fail(c, E_FAIL, "Operation number must be in range [0, 0]");
    return wait(c);
}

static uint32_t cancel(struct call *c)
{
    struct progress *p = self(c);

    if (!p->cancelable)
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Operation cannot be canceled");
    if (p->completed)
        return S_OK;
    p->canceled = true;
    progress_fail(p, E_FAIL, "ProgressWrap", "The operation was canceled");
    if (p->end)
        p->end(p, true);
    progress_finish(p);
    return S_OK;
}

const struct member progress_members[] = {
    {"IProgress.id", get_id},
    {"IProgress.description", get_description},
    {"IProgress.initiator", get_initiator},
    {"IProgress.cancelable", get_cancelable},
    {"IProgress.percent", get_percent},
    {"IProgress.timeRemaining", get_remaining},
    {"IProgress.completed", get_completed},
    {"IProgress.canceled", get_canceled},
    {"IProgress.resultCode", get_result},
    {"IProgress.errorInfo", get_error},
    {"IProgress.operationCount", get_one},
    {"IProgress.operation", get_zero},
    {"IProgress.operationDescription", get_description},
    {"IProgress.operationPercent", get_percent},
    {"IProgress.operationWeight", get_one},
    {"IProgress.timeout", get_zero},
    {"IProgress.timeout=", set_timeout},
    {"IProgress.eventSource", get_event_source},
    {"IProgress.waitForCompletion", wait},
    {"IProgress.waitForOperationCompletion", wait_operation},
    {"IProgress.cancel", cancel},
    {NULL, NULL},
};

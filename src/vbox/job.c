/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One change at a time to each domain, and what a change needs. */
#include "vbox/domain.h"

#include <pthread.h>
#include <uthash.h>

struct job {
    unsigned char uuid[16];
    unsigned users; /* holds it or waits for it */
    bool held;
    pthread_cond_t free;
    UT_hash_handle hh;
};
static struct job *jobs;
static pthread_mutex_t jobs_lock = PTHREAD_MUTEX_INITIALIZER;

static struct job *job_get(eb_uuid uuid)
{
    struct job *job = NULL;

    HASH_FIND(hh, jobs, uuid, 16, job);
    if (!job) {
        job = EB_NEW(struct job);
        memcpy(job->uuid, uuid, 16);
        pthread_cond_init(&job->free, NULL);
        HASH_ADD(hh, jobs, uuid, 16, job);
    }
    return job;
}

void *vbox_job_begin(eb_uuid uuid)
{
    struct job *job;

    pthread_mutex_lock(&jobs_lock);
    job = job_get(uuid);
    job->users++;
    while (job->held)
        pthread_cond_wait(&job->free, &jobs_lock);
    job->held = true;
    pthread_mutex_unlock(&jobs_lock);
    return job;
}

void *vbox_job_try(eb_uuid uuid)
{
    struct job *job;

    pthread_mutex_lock(&jobs_lock);
    job = job_get(uuid);
    if (job->held) {
        job = NULL;
    } else {
        job->users++;
        job->held = true;
    }
    pthread_mutex_unlock(&jobs_lock);
    return job;
}

void vbox_job_end(void *data)
{
    struct job *job = data;

    if (!job)
        return;
    pthread_mutex_lock(&jobs_lock);
    job->held = false;
    if (--job->users == 0) {
        HASH_DEL(jobs, job);
        pthread_cond_destroy(&job->free);
        free(job);
    } else {
        pthread_cond_signal(&job->free);
    }
    pthread_mutex_unlock(&jobs_lock);
}

void vbox_job_cleanup(void **job)
{
    vbox_job_end(*job);
}

int vbox_edit_found(struct vbox_found *f, struct vbox_edit *out, eb_error *err)
{
    *out = (struct vbox_edit){.c = f->c, .state = f->state, .live = f->active};
    if (vbox_session_open(f->c, f->machine, f->active ? VBOX_LOCK_SHARED : VBOX_LOCK_WRITE, &out->s, err) < 0)
        return -1;
    out->vbox = vb_object_ref(f->vbox);
    return 0;
}

static int edit_begin(struct vbox_conn *c, eb_uuid uuid, bool running, struct vbox_edit *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOJOB void *job = vbox_job_begin(uuid);

    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (running && !f.active)
        return vbox_not_running(err);
    if (!f.active && !vbox_state_is_saved(f.state) && vbox_next_apply(&f, err) < 0)
        return -1;
    if (vbox_edit_found(&f, out, err) < 0)
        return -1;
    out->job = EB_STEAL(job);
    return 0;
}

int vbox_edit_begin(struct vbox_conn *c, eb_uuid uuid, struct vbox_edit *out, eb_error *err)
{
    return edit_begin(c, uuid, false, out, err);
}

int vbox_edit_running(struct vbox_conn *c, eb_uuid uuid, struct vbox_edit *out, eb_error *err)
{
    return edit_begin(c, uuid, true, out, err);
}

int vbox_edit_save(struct vbox_edit *e, eb_error *err)
{
    if (IMachine_saveSettings(e->c->vb, e->s.machine, err) < 0) {
        IMachine_discardSettings(e->c->vb, e->s.machine, NULL);
        return -1;
    }
    return 0;
}

void vbox_edit_end(struct vbox_edit *e)
{
    if (e->s.machine && e->live)
        IMachine_discardSettings(e->c->vb, e->s.machine,
                                 NULL); /* the VM's own lock stays, so do its changes */
    vbox_session_close(&e->s);
    vb_unref(e->vbox);
    vbox_job_end(e->job);
    *e = (struct vbox_edit){0};
}

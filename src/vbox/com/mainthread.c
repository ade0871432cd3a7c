/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/mainthread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define PUMP_MS 250

/* nsIEventQueue (api/xpcom-base.api). */
enum { SLOT_PROCESS_PENDING_EVENTS = 8, SLOT_SELECT_FD = 14 };

/* pfnProcessEventQueue's results that need no pause. */
enum { QUEUE_PROCESSED = 0, QUEUE_INTERRUPTED = 1, QUEUE_SIGNAL = 2, QUEUE_TIMEOUT = 3 };

struct vb_main {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* of both sides */
    struct vb_main_job *job;
    bool done, abandoned;
    const struct vb_xpcom *pump;
    void *queue;
    int wake[2]; /* ends the poll of a queue that cannot be interrupted */
};

static void deadline_in(unsigned ms, struct timespec *out)
{
    clock_gettime(CLOCK_MONOTONIC, out);
    out->tv_sec += ms / 1000;
    out->tv_nsec += (long)(ms % 1000) * 1000000;
    if (out->tv_nsec >= 1000000000) {
        out->tv_nsec -= 1000000000;
        out->tv_sec++;
    }
}

/* Waits a moment, or until there is a job. The lock is held. */
static void rest(struct vb_main *main)
{
    struct timespec until;

    deadline_in(PUMP_MS, &until);
    while (!main->job && pthread_cond_timedwait(&main->changed, &main->lock, &until) == 0)
        ;
}

static void pump_old_queue(struct vb_main *main, const struct vb_xpcom *xpcom, void *queue)
{
    typedef uint32_t (*process_fn)(void *);
    typedef int32_t (*fd_fn)(void *);
    char drained[16];

    if (xpcom->get_event_queue)
        xpcom->get_event_queue(&queue);
    if (queue) {
        struct pollfd fds[2] = {{.fd = ((fd_fn)(*(void ***)queue)[SLOT_SELECT_FD])(queue), .events = POLLIN},
                                {.fd = main->wake[0], .events = POLLIN}};

        if (poll(fds, 2, PUMP_MS) > 0 && fds[0].revents)
            ((process_fn)(*(void ***)queue)[SLOT_PROCESS_PENDING_EVENTS])(queue);
        while (fds[1].revents && read(main->wake[0], drained, sizeof(drained)) == sizeof(drained))
            ;
    }
}

/* Handles events for a moment. The lock is held, but for the handling. */
static void pump(struct vb_main *main)
{
    const struct vb_xpcom *xpcom = main->pump;
    void *queue = main->queue;
    int result = QUEUE_PROCESSED;

    if (!xpcom || (!xpcom->process_event_queue && !xpcom->get_event_queue && !queue)) {
        rest(main);
        return;
    }
    pthread_mutex_unlock(&main->lock);
    if (xpcom->process_event_queue)
        result = xpcom->process_event_queue(PUMP_MS);
    else
        pump_old_queue(main, xpcom, queue);
    pthread_mutex_lock(&main->lock);
    if (result > QUEUE_TIMEOUT || result < 0)
        rest(main);
}

static void *main_thread(void *arg)
{
    struct vb_main *main = arg;

    pthread_mutex_lock(&main->lock);
    for (;;) {
        struct vb_main_job *job = main->job;

        if (!job) {
            pump(main);
            continue;
        }
        pthread_mutex_unlock(&main->lock);
        job->run(job);
        pthread_mutex_lock(&main->lock);
        main->job = NULL;
        if (main->abandoned)
            job->drop(job);
        else
            main->done = true;
        main->abandoned = false;
        pthread_cond_broadcast(&main->changed);
    }
    return NULL;
}

struct vb_main *vb_main_start(eb_error *err)
{
    struct vb_main *main = EB_NEW(struct vb_main);
    pthread_condattr_t attr;
    pthread_t thread;
    int result;

    pthread_mutex_init(&main->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&main->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pipe2(main->wake, O_CLOEXEC | O_NONBLOCK) < 0) {
        eb_error_set_errno(err, errno, "cannot make a pipe");
        free(main);
        return NULL;
    }
    /* It keeps the signal mask: VBoxSVC, which this thread may start, inherits it. */
    result = pthread_create(&thread, NULL, main_thread, main);
    if (result != 0) {
        eb_error_set_errno(err, result, "cannot start VirtualBox's thread");
        close(main->wake[0]);
        close(main->wake[1]);
        free(main);
        return NULL;
    }
    pthread_detach(thread);
    return main;
}

static void wake(struct vb_main *main)
{
    ssize_t written;

    pthread_cond_broadcast(&main->changed);
    if (main->pump && main->pump->interrupt_event_queue)
        main->pump->interrupt_event_queue();
    written = write(main->wake[1], "", 1);
    (void)written; /* a full pipe wakes as well */
}

int vb_main_run(struct vb_main *main, struct vb_main_job *job, unsigned timeout_ms, eb_error *err)
{
    struct timespec until;
    int result = 0;

    deadline_in(timeout_ms, &until);
    pthread_mutex_lock(&main->lock);
    if (main->job) {
        pthread_mutex_unlock(&main->lock);
        job->drop(job);
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_TIMEOUT,
                                 "VirtualBox's server (VBoxSVC) still does not answer");
    }
    main->job = job;
    main->done = false;
    wake(main);
    while (!main->done && result == 0)
        result = pthread_cond_timedwait(&main->changed, &main->lock, &until);
    if (!main->done)
        main->abandoned = true;
    result = main->done ? 0 : -1;
    pthread_mutex_unlock(&main->lock);
    if (result < 0)
        eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_TIMEOUT,
                          "VirtualBox's server (VBoxSVC) does not answer within %u seconds",
                          timeout_ms / 1000);
    return result;
}

void vb_main_pump(struct vb_main *main, const struct vb_xpcom *xpcom, void *queue)
{
    pthread_mutex_lock(&main->lock);
    main->pump = xpcom;
    main->queue = queue;
    pthread_mutex_unlock(&main->lock);
}

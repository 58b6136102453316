/* SPDX-License-Identifier: Apache-2.0
 * writer.c: the one thread that writes the store. The node offers one COMMIT at a time; it runs here from begin to
 * commit, because LMDB's writer lock belongs to a thread, and because a slow disk must not stop the pool on which
 * signatures are checked. */
#include <stdlib.h>

#include "daemon_int.h"

struct writer {
	struct daemon *daemon;
	uv_thread_t thread;
	uv_mutex_t mutex;
	uv_cond_t wake;
	uv_async_t done;
	struct job *job;      /* to run; under mutex */
	struct job *finished; /* to hand back; under mutex */
	bool stop;            /* under mutex */
};

static struct job *take(struct writer *w)
{
	uv_mutex_lock(&w->mutex);
	while (!w->job && !w->stop)
		uv_cond_wait(&w->wake, &w->mutex);
	struct job *job = w->job;
	w->job = NULL;
	uv_mutex_unlock(&w->mutex);
	return job;
}

static void thread_main(void *arg)
{
	struct writer *w = arg;
	struct job *job;
	while ((job = take(w))) {
		job_run(job);
		uv_mutex_lock(&w->mutex);
		must(!w->finished);
		w->finished = job;
		uv_mutex_unlock(&w->mutex);
		must(!uv_async_send(&w->done));
	}
}

static void on_done(uv_async_t *async)
{
	struct writer *w = async->data;
	uv_mutex_lock(&w->mutex);
	struct job *job = w->finished;
	w->finished = NULL;
	uv_mutex_unlock(&w->mutex);
	if (!job)
		return;
	w->daemon->jobs_running--;
	loop_tick(w->daemon);
	node_job_done(w->daemon->node, job);
}

enum err writer_start(struct daemon *d)
{
	struct writer *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NO_MEMORY;
	w->daemon = d;
	must(!uv_mutex_init(&w->mutex) && !uv_cond_init(&w->wake) &&
	        !uv_async_init(&d->loop, &w->done, on_done));
	w->done.data = w;
	d->writer = w;
	return uv_thread_create(&w->thread, thread_main, w) ? ERR_NO_MEMORY : ERR_OK;
}

void writer_run(struct writer *w, struct job *job)
{
	uv_mutex_lock(&w->mutex);
	must(!w->job && !w->stop);
	w->job = job;
	uv_cond_signal(&w->wake);
	uv_mutex_unlock(&w->mutex);
}

static void on_closed(uv_handle_t *handle)
{
	struct writer *w = handle->data;
	uv_cond_destroy(&w->wake);
	uv_mutex_destroy(&w->mutex);
	free(w);
}

/* No job may be running: the loop waits for that before. */
void writer_stop(struct writer *w)
{
	uv_mutex_lock(&w->mutex);
	w->stop = true;
	uv_cond_signal(&w->wake);
	uv_mutex_unlock(&w->mutex);
	must(!uv_thread_join(&w->thread));
	uv_close((uv_handle_t *)&w->done, on_closed);
}

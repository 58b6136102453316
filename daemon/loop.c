/* SPDX-License-Identifier: Apache-2.0
 * loop.c: the one event loop, and the pump: after the loop has seen events, everything that the node wants done is
 * pulled from it, until it wants nothing. A clean stop says BYE, waits for running jobs and the last bytes, at most
 * STOP_PATIENCE_MS, and closes. */
#include <signal.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "daemon_int.h"
#include "env/clock.h"

#define STOP_PATIENCE_MS 5000u
#define STOP_LOOK_MS 50u
#define SWEEP_INTERVAL_MS 1000u

struct verify {
	uv_work_t work;
	struct daemon *daemon;
	struct job *job;
};

static void on_verify(uv_work_t *work)
{
	job_run(((struct verify *)work->data)->job);
}

static void on_verified(uv_work_t *work, int status)
{
	struct verify *v = work->data;
	struct daemon *d = v->daemon;
	must(status == 0);
	d->jobs_running--;
	loop_tick(d);
	node_job_done(d->node, v->job);
	free(v);
}

static void start_job(struct daemon *d, struct job *job)
{
	d->jobs_running++;
	if (job_type(job) == JOB_COMMIT) {
		writer_run(d->writer, job);
		return;
	}
	struct verify *v = calloc(1, sizeof *v);
	must(v);
	v->work.data = v;
	v->daemon = d;
	v->job = job;
	must(!uv_queue_work(&d->loop, &v->work, on_verify, on_verified));
}

static void pump_events(struct daemon *d)
{
	struct node_event e;
	while (node_next_event(d->node, &e)) {
		if (e.type == NODE_LOG)
			journal_say(e.level, "%s", e.text);
		else
			control_event(d, &e);
	}
}

static bool stopped(const struct daemon *d, uint64_t now_ms)
{
	return d->jobs_running == 0 && (!d->conns || now_ms >= d->stop_deadline_ms);
}

static void on_patience_over(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

/* Everything but the timer, which ends the wait for names that are still being resolved. */
static void close_everything(struct daemon *d)
{
	d->closed = true;
	conn_close_all(d);
	dial_cancel_all(d);
	control_stop(d);
	writer_stop(d->writer);
	d->writer = NULL;
	if (d->listening)
		uv_close((uv_handle_t *)&d->listener, NULL);
	uv_close((uv_handle_t *)&d->care, NULL);
	uv_close((uv_handle_t *)&d->signals[0], NULL);
	uv_close((uv_handle_t *)&d->signals[1], NULL);
	must(!uv_timer_start(&d->timer, on_patience_over, STOP_PATIENCE_MS / 5, 0));
	uv_unref((uv_handle_t *)&d->timer);
}

void loop_tick(struct daemon *d)
{
	const struct node_time now = {.wall_ms = clock_wall_ms(), .steady_ms = clock_steady_ms()};
	d->node_due_ms = node_tick(d->node, now);
}

static void pull_all(struct daemon *d)
{
	struct dial dial;
	struct link_id link;
	struct job *job;
	while (!d->stopping && node_next_dial(d->node, &dial))
		dial_start(d, &dial);
	while (node_next_link(d->node, &link))
		conn_send(d, link);
	while ((job = node_next_job(d->node)))
		start_job(d, job);
	conn_resume(d);
	pump_events(d);
}

static void pump(struct daemon *d);

static void on_timer(uv_timer_t *timer)
{
	pump(timer->data);
}

static void pump(struct daemon *d)
{
	if (d->closed)
		return;
	loop_tick(d);
	pull_all(d);
	uint64_t now_ms = clock_steady_ms();
	uint64_t wait_ms = d->node_due_ms > now_ms ? d->node_due_ms - now_ms : 1;
	bool connecting = conn_sweep(d, now_ms);
	uint64_t wait_max_ms = d->stopping ? STOP_LOOK_MS : connecting ? SWEEP_INTERVAL_MS : UINT64_MAX;
	if (wait_ms > wait_max_ms)
		wait_ms = wait_max_ms;
	if (d->stopping && stopped(d, now_ms))
		close_everything(d);
	else
		must(!uv_timer_start(&d->timer, on_timer, wait_ms, 0));
}

void loop_stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	d->stop_deadline_ms = clock_steady_ms() + STOP_PATIENCE_MS;
	(void)sd_notify(0, "STOPPING=1");
	journal_say(JOURNAL_INFO, "stopping");
	node_stop(d->node);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	loop_stop(handle->data);
}

static void on_check(uv_check_t *check)
{
	pump(check->data);
}

enum err loop_init(struct daemon *d)
{
	const int numbers[2] = {SIGINT, SIGTERM};
	if (uv_loop_init(&d->loop))
		return ERR_NO_MEMORY;
	must(signal(SIGPIPE, SIG_IGN) != SIG_ERR); /* a peer that goes away is an error of the write */
	must(signal(SIGXFSZ, SIG_IGN) != SIG_ERR); /* so is a limit on the size of files */
	must(!uv_timer_init(&d->loop, &d->timer));
	d->timer.data = d;
	for (int i = 0; i < 2; i++) {
		must(!uv_signal_init(&d->loop, &d->signals[i]));
		d->signals[i].data = d;
		must(!uv_signal_start(&d->signals[i], on_signal, numbers[i]));
	}
	must(!uv_check_init(&d->loop, &d->pump));
	d->pump.data = d;
	must(!uv_check_start(&d->pump, on_check));
	uv_unref((uv_handle_t *)&d->pump);
	return ERR_OK;
}

bool loop_run(struct daemon *d)
{
	(void)sd_notify(0, "READY=1");
	pump(d);
	(void)uv_run(&d->loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&d->pump, NULL);
	uv_close((uv_handle_t *)&d->timer, NULL);
	(void)uv_run(&d->loop, UV_RUN_NOWAIT);
	return uv_loop_close(&d->loop) == 0;
}

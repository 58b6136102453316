/* SPDX-License-Identifier: Apache-2.0
 * daemon_int.h: what the daemon's files share: the loop, the node, and the pump that moves work between them.
 * The node never calls; after every turn of the loop, loop_pump() pulls from it what it wants: bytes to send, dials,
 * jobs, events. Everything here runs on the loop's thread but job_run(). */
#ifndef DAEMON_INT_H
#define DAEMON_INT_H

#include <jansson.h>
#include <uv.h>

#include "env/home.h"
#include "node/node.h"

struct conn;
struct control;
struct dialling;
struct writer;

struct daemon {
	struct home home;
	struct home_config config;
	const char *passphrase_file; /* of the command line, or NULL */
	struct secret_keys keys;
	struct store *store;
	char store_id[STORE_ID_TEXT_BYTES];
	uint64_t mark_copy_size; /* what the copy of the mark says; 0: nothing */
	struct node *node;
	/* the loop */
	uv_loop_t loop;
	uv_timer_t timer; /* the next deadline of the node or of a connecting stream */
	uv_timer_t care;  /* the watchdog and the store's readers */
	uv_signal_t signals[2];
	uv_check_t pump;      /* runs after the loop polled: one pump for many events */
	uint64_t node_due_ms; /* steady */
	uint32_t jobs_running;
	bool stopping, closed;
	uint64_t stop_deadline_ms;
	/* streams */
	struct conn *conns; /* a list */
	uint32_t next_link;
	struct dialling *dialling; /* a list: being resolved or connected */
	uv_tcp_t listener;
	bool listening;
	char listens_on[ADDRESS_BYTES_MAX]; /* with the port that was really taken */
	struct control *control;
	struct writer *writer;
};

/* fatal.c: what keeps the daemon from running. Says WHAT it was about, the error, the way out; the exit code. */
int fatal_say(enum err e, const char *what);

/* opening.c: directory, settings, keys, store, node. 0, or the exit code after it was said. Undo in any case. */
MUST_USE int opening_run(struct daemon *d, const char *dir);
void opening_undo(struct daemon *d);

/* passphrase.c: ERR_NOT_DECRYPTED: no file is named; ERR_NOT_FOUND with a said reason: it cannot be read. */
#define PASSPHRASE_BYTES_MAX 1024u
MUST_USE enum err passphrase_read(const struct daemon *d, char out[PASSPHRASE_BYTES_MAX]);

/* fence.c: is the store an old copy? Store errors; ERR_IO: the copy of the mark cannot be read or written. */
MUST_USE enum err fence_check(struct daemon *d);
/* node_options.mark_copy; context is the daemon. On the writer's thread. */
enum err fence_copy(void *context, uint64_t generation, const struct head *mark);

/* loop.c */
MUST_USE enum err loop_init(struct daemon *d);
/* Until a clean stop. False: a name is still being resolved, on a thread that cannot be stopped: leave by _exit(). */
bool loop_run(struct daemon *d);
void loop_tick(struct daemon *d); /* tell the node the time, before it is given anything */
void loop_stop(struct daemon *d); /* begin a clean stop; harmless when it has begun */

/* care.c */
void care_start(struct daemon *d);

/* listen.c */
MUST_USE enum err listen_start(struct daemon *d); /* ERR_BAD_TEXT, ERR_UNREACHABLE with a logged reason */

/* dial.c */
void dial_start(struct daemon *d, const struct dial *dial);
void dial_cancel_all(struct daemon *d);

/* conn.c */
struct conn *conn_new(struct daemon *d);
uv_tcp_t *conn_stream(struct conn *c);
void conn_accepted(struct conn *c);                         /* the stream is connected: hand it to the node */
void conn_dialled(struct conn *c, const struct dial *dial); /* likewise */
void conn_send(struct daemon *d, struct link_id id); /* the node has bytes for it, or wants it closed */
void conn_resume(struct daemon *d);                  /* read on where the node has room again */
void conn_close(struct conn *c);
void conn_close_all(struct daemon *d);
/* Give up streams that have been connecting for too long, or all of them on a stop. Are there any left? */
bool conn_sweep(struct daemon *d, uint64_t now_ms);

/* writer.c: the one thread that writes the store */
MUST_USE enum err writer_start(struct daemon *d);
void writer_run(struct writer *w, struct job *job);
void writer_stop(struct writer *w);

/* control.c */
MUST_USE enum err control_start(struct daemon *d);
void control_event(struct daemon *d, const struct node_event *e);
void control_stop(struct daemon *d);

/* status.c: as the control socket says it. NULL: no memory */
json_t *status_json(struct daemon *d);
json_t *status_peers(struct daemon *d);
bool status_is_own(struct daemon *d, const char *alias); /* are we that member? */

/* journal.c */
enum journal_level {
	JOURNAL_ERROR = 3,
	JOURNAL_WARNING = 4,
	JOURNAL_NOTICE = 5,
	JOURNAL_INFO = 6,
	JOURNAL_DEBUG = 7
};
void journal_open(void);
void journal_say(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

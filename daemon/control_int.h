/* SPDX-License-Identifier: Apache-2.0
 * control_int.h: between control.c, which moves lines, and request.c, which answers them. */
#ifndef CONTROL_INT_H
#define CONTROL_INT_H

#include "daemon_int.h"

/* An append whose commit is awaited. */
struct waiting {
	uint64_t ticket; /* 0: free */
	json_t *id;
};

struct client {
	uv_pipe_t pipe;
	struct control *control;
	struct client *next;
	char *line; /* what came and is not answered */
	size_t len, cap;
	bool closing, watching;
	struct waiting waiting[CONTROL_APPENDS_MAX];
};

/* control.c */
void control_send(struct client *c, json_t *object); /* takes the object; NULL (no memory) drops the client */
uint64_t control_ticket(struct client *c);           /* a fresh one */
struct daemon *control_daemon(struct client *c);

/* request.c */
void request_answer(struct client *c, struct bytes line);
void request_too_long(struct client *c);
void request_event(struct client *c, const struct node_event *e);
void request_forget(struct client *c); /* the client goes: what it waited for is dropped */

#endif

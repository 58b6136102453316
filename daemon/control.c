/* SPDX-License-Identifier: Apache-2.0
 * control.c: the control socket: JSON-RPC 2.0, one object a line, over a Unix socket that only this user (and root)
 * may use. docs/CONTROL.md. An append is answered after its commit, so the answer may come after those of later
 * requests; the id says whose it is.
 * Its twist: a socket's path has room for 107 bytes and a home's need not, so the daemon stands in its directory. */
#include "base/text.h"
#include "control_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET_NAME "control.sock"
#define CONTROL_BACKLOG 8
#define CONTROL_READ_BYTES 65536u

struct control {
	uv_pipe_t socket;
	struct daemon *daemon;
	struct client *clients;
	uint32_t clients_count;
	uint64_t next_ticket;
};

static void on_client_closed(uv_handle_t *handle)
{
	struct client *c = handle->data;
	request_forget(c);
	free(c->line);
	free(c);
}

static void drop(struct client *c)
{
	if (c->closing)
		return;
	c->closing = true;
	struct client **at = &c->control->clients;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->control->clients_count--;
	uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

struct reply {
	uv_write_t write;
	char *text;
};

static void on_replied(uv_write_t *write, int status)
{
	struct reply *r = write->data;
	struct client *c = write->handle->data;
	free(r->text);
	free(r);
	if (status < 0)
		drop(c);
}

/* A client that does not read what it asked for is not worth memory. */
static bool may_queue(const struct client *c)
{
	return !c->closing &&
	       uv_stream_get_write_queue_size((const uv_stream_t *)&c->pipe) <= CONTROL_LINE_BYTES_MAX;
}

void control_send(struct client *c, json_t *object)
{
	struct reply *r = calloc(1, sizeof *r);
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!r || !text || !may_queue(c)) {
		free(r);
		free(text);
		drop(c);
		return;
	}
	size_t len = strlen(text);
	text[len] = '\n'; /* the NUL's place: the length goes with the buffer */
	r->text = text;
	r->write.data = r;
	uv_buf_t buf = uv_buf_init(text, (unsigned)(len + 1));
	if (uv_write(&r->write, (uv_stream_t *)&c->pipe, &buf, 1, on_replied)) {
		free(text);
		free(r);
		drop(c);
	}
}

uint64_t control_ticket(struct client *c)
{
	return ++c->control->next_ticket;
}

struct daemon *control_daemon(struct client *c)
{
	return c->control->daemon;
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct client *c = handle->data;
	(void)wanted;
	if (c->cap - c->len < CONTROL_READ_BYTES) {
		size_t cap = c->cap ? c->cap * 2 : 2 * CONTROL_READ_BYTES;
		char *line = realloc(c->line, cap);
		must(line);
		c->line = line;
		c->cap = cap;
	}
	*buf = uv_buf_init(c->line + c->len, CONTROL_READ_BYTES);
}

/* Answer every whole line; keep the rest. */
static void take_lines(struct client *c)
{
	struct bytes rest = BYTES(c->line, c->len), line;
	while (!c->closing && text_line(&rest, &line))
		request_answer(c, line);
	memmove(c->line, rest.data, rest.len);
	c->len = rest.len;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;
	(void)buf;
	if (n < 0) {
		drop(c);
		return;
	}
	if (n == 0)
		return;
	c->len += (size_t)n;
	take_lines(c);
	if (c->len > CONTROL_LINE_BYTES_MAX && !c->closing) {
		request_too_long(c);
		drop(c);
	}
}

/* Only the user that runs the daemon, and root. */
static bool may_speak(uv_pipe_t *pipe)
{
	struct ucred cred;
	socklen_t len = sizeof cred;
	uv_os_fd_t fd;
	if (uv_fileno((uv_handle_t *)pipe, &fd) || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return false;
	return cred.uid == 0 || cred.uid == geteuid();
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *control = server->data;
	if (status < 0)
		return;
	struct client *c = calloc(1, sizeof *c);
	must(c);
	must(!uv_pipe_init(&control->daemon->loop, &c->pipe, 0));
	c->pipe.data = c;
	c->control = control;
	c->next = control->clients;
	control->clients = c;
	control->clients_count++;
	if (uv_accept(server, (uv_stream_t *)&c->pipe) || control->clients_count > CONTROL_CLIENTS_MAX ||
	        !may_speak(&c->pipe) || uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read))
		drop(c);
}

/* Under the directory's lock, so a socket that is there is an earlier daemon's. */
enum err control_start(struct daemon *d)
{
	struct control *control = calloc(1, sizeof *control);
	must(control);
	control->daemon = d;
	must(!uv_pipe_init(&d->loop, &control->socket, 0));
	control->socket.data = control;
	d->control = control;
	int e = chdir(d->home.dir) ? UV_EACCES : 0;
	(void)unlink(SOCKET_NAME);
	mode_t before = umask(0177);
	if (!e)
		e = uv_pipe_bind(&control->socket, SOCKET_NAME);
	(void)umask(before);
	if (!e)
		e = uv_listen((uv_stream_t *)&control->socket, CONTROL_BACKLOG, on_connection);
	if (e)
		journal_say(JOURNAL_ERROR, "%s/" SOCKET_NAME ": %s", d->home.dir, uv_strerror(e));
	return e ? ERR_IO : ERR_OK;
}

void control_event(struct daemon *d, const struct node_event *e)
{
	struct client *next;
	for (struct client *c = d->control->clients; c; c = next) {
		next = c->next;
		request_event(c, e);
	}
}

static void on_socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* libuv unlinks the socket that it bound. */
void control_stop(struct daemon *d)
{
	while (d->control->clients)
		drop(d->control->clients);
	uv_close((uv_handle_t *)&d->control->socket, on_socket_closed);
	d->control = NULL;
}

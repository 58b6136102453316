/* SPDX-License-Identifier: Apache-2.0
 * conn.c: one TCP stream as one link of the node. Bytes in go to the node as they come; bytes out are pulled from it
 * when the last write has left, so what waits in the process is one buffer a link. Reading pauses when the node says
 * so: then TCP holds the peer back. */
#include <stdlib.h>
#include <string.h>

#include "daemon_int.h"
#include "env/clock.h"

#define CONN_READ_BYTES 65536u
#define CONN_WRITE_BYTES 131072u
#define CONN_TURN_WRITES 8u /* then the others get their turn */

struct conn {
	uv_tcp_t stream;
	struct daemon *daemon;
	struct conn *next, *prev;
	struct link_id id;
	uint64_t began_ms; /* steady */
	bool linked;       /* the node knows it */
	bool reading, writing, closing;
	uv_write_t write;
	uint8_t out[CONN_WRITE_BYTES];
};

struct conn *conn_new(struct daemon *d)
{
	struct conn *c = calloc(1, sizeof *c);
	must(c);
	must(!uv_tcp_init(&d->loop, &c->stream));
	c->stream.data = c;
	c->daemon = d;
	c->began_ms = clock_steady_ms();
	c->id.n = d->next_link++;
	c->next = d->conns;
	if (c->next)
		c->next->prev = c;
	d->conns = c;
	return c;
}

uv_tcp_t *conn_stream(struct conn *c)
{
	return &c->stream;
}

static void on_closed(uv_handle_t *handle)
{
	struct conn *c = handle->data;
	if (c->next)
		c->next->prev = c->prev;
	if (c->prev)
		c->prev->next = c->next;
	else
		c->daemon->conns = c->next;
	free(c);
}

void conn_close(struct conn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	if (c->linked)
		node_link_closed(c->daemon->node, c->id);
	uv_close((uv_handle_t *)&c->stream, on_closed);
}

void conn_close_all(struct daemon *d)
{
	for (struct conn *c = d->conns; c; c = c->next)
		conn_close(c);
}

bool conn_sweep(struct daemon *d, uint64_t now_ms)
{
	bool left = false;
	for (struct conn *c = d->conns; c; c = c->next) {
		if (c->linked || c->closing)
			continue;
		if (d->stopping || now_ms - c->began_ms >= HANDSHAKE_TIMEOUT_MS)
			conn_close(c);
		else
			left = true;
	}
	return left;
}

/* One buffer for all: what is read into it is handed to the node before the next stream is read. */
static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	static char room[CONN_READ_BYTES];
	(void)handle;
	(void)wanted;
	*buf = uv_buf_init(room, sizeof room);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void pace_reading(struct conn *c)
{
	bool pause = node_link_paused(c->daemon->node, c->id);
	if (c->reading && pause)
		uv_read_stop((uv_stream_t *)&c->stream);
	else if (!c->reading && !pause)
		must(!uv_read_start((uv_stream_t *)&c->stream, on_alloc, on_read));
	c->reading = !pause;
}

void conn_resume(struct daemon *d)
{
	for (struct conn *c = d->conns; c; c = c->next)
		if (c->linked && !c->closing && !c->reading)
			pace_reading(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = stream->data;
	if (n < 0) {
		conn_close(c);
	} else if (n > 0) {
		loop_tick(c->daemon);
		node_link_receive(c->daemon->node, c->id, BYTES(buf->base, (size_t)n));
		pace_reading(c);
	}
}

static void fill(struct conn *c);

static void on_written(uv_write_t *write, int status)
{
	struct conn *c = write->handle->data;
	c->writing = false;
	if (c->closing)
		return;
	if (status < 0) {
		conn_close(c);
		return;
	}
	node_link_drained(c->daemon->node, c->id);
	fill(c);
}

/* Into the kernel at once where it takes it; else libuv waits until it does. False: not all of it has left yet. */
static bool write_out(struct conn *c, size_t len, bool at_once)
{
	uv_buf_t buf = uv_buf_init((char *)c->out, (unsigned)len);
	int n = at_once ? uv_try_write((uv_stream_t *)&c->stream, &buf, 1) : 0;
	size_t sent = n > 0 ? (size_t)n : 0;
	if (sent == len)
		return true;
	buf = uv_buf_init((char *)c->out + sent, (unsigned)(len - sent));
	c->writing = true;
	if (uv_write(&c->write, (uv_stream_t *)&c->stream, &buf, 1, on_written))
		conn_close(c);
	return false;
}

static void fill(struct conn *c)
{
	for (unsigned turn = 1; !c->writing && !c->closing; turn++) {
		size_t len = node_link_send(c->daemon->node, c->id, c->out, sizeof c->out);
		if (len == 0)
			break;
		if (write_out(c, len, turn < CONN_TURN_WRITES))
			node_link_drained(c->daemon->node, c->id);
	}
	if (!c->writing && !c->closing && node_link_wants_close(c->daemon->node, c->id))
		conn_close(c);
}

void conn_send(struct daemon *d, struct link_id id)
{
	for (struct conn *c = d->conns; c; c = c->next)
		if (c->id.n == id.n && c->linked && !c->closing) {
			pace_reading(c);
			fill(c);
			return;
		}
}

static void hand_over(struct conn *c, const struct link_open *open)
{
	(void)uv_tcp_nodelay(&c->stream, 1);
	loop_tick(c->daemon);
	enum err e = node_link_open(c->daemon->node, open);
	if (e) {
		journal_say(JOURNAL_DEBUG, "link %u: not opened: %s", c->id.n, err_text(e));
		conn_close(c);
		return;
	}
	c->linked = true;
	pace_reading(c);
	fill(c);
}

/* The address without its port: a fingerprint is all that the node's limit needs. */
static void hash_address(struct conn *c, uint8_t out[8])
{
	struct sockaddr_storage a;
	int len = sizeof a;
	memset(&a, 0, sizeof a);
	if (uv_tcp_getpeername(&c->stream, (struct sockaddr *)&a, &len))
		return;
	struct bytes address = BYTES(&((struct sockaddr_in *)&a)->sin_addr, 4);
	if (a.ss_family == AF_INET6)
		address = BYTES(&((struct sockaddr_in6 *)&a)->sin6_addr, 8); /* a /64 is one customer */
	struct hash h = hash_of(address);
	memcpy(out, h.bytes, 8);
}

void conn_accepted(struct conn *c)
{
	struct link_open open = {.id = c->id, .side = LINK_ACCEPTED};
	hash_address(c, open.address_hash);
	hand_over(c, &open);
}

void conn_dialled(struct conn *c, const struct dial *dial)
{
	struct link_open open = {.id = c->id, .side = LINK_DIALLED};
	memcpy(open.remote_link_key, dial->link_key, sizeof open.remote_link_key);
	hand_over(c, &open);
	if (!c->linked)
		node_dial_failed(c->daemon->node, dial);
}

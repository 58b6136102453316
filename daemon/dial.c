/* SPDX-License-Identifier: Apache-2.0
 * dial.c: resolve an address, connect to the first of its numbers that answers, and hand the stream to the node. Every
 * end of it, good or bad, reaches the node once, which alone decides when to try again. */
#include <stdlib.h>
#include <string.h>

#include "daemon_int.h"

struct dialling {
	struct daemon *daemon;
	struct dialling *next;
	struct dial dial;
	uv_getaddrinfo_t resolve;
	uv_connect_t connect;
	struct addrinfo *list, *at;
	struct conn *conn;
};

static void end(struct dialling *g)
{
	struct dialling **at = &g->daemon->dialling;
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	uv_freeaddrinfo(g->list);
	free(g);
}

static void fail(struct dialling *g, int error)
{
	journal_say(JOURNAL_DEBUG, "dialling %s: %s", g->dial.address, uv_strerror(error));
	node_dial_failed(g->daemon->node, &g->dial);
	end(g);
}

static void on_connected(uv_connect_t *connect, int status);

static void try_next(struct dialling *g, int error)
{
	while (g->at && !g->daemon->stopping) {
		const struct sockaddr *address = g->at->ai_addr;
		g->at = g->at->ai_next;
		g->conn = conn_new(g->daemon);
		g->connect.data = g;
		error = uv_tcp_connect(&g->connect, conn_stream(g->conn), address, on_connected);
		if (!error)
			return;
		conn_close(g->conn);
	}
	fail(g, error);
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct dialling *g = connect->data;
	if (!status) {
		conn_dialled(g->conn, &g->dial);
		end(g);
	} else {
		conn_close(g->conn);
		try_next(g, status);
	}
}

static void on_resolved(uv_getaddrinfo_t *resolve, int status, struct addrinfo *list)
{
	struct dialling *g = resolve->data;
	g->list = list;
	if (status || g->daemon->stopping) {
		fail(g, status ? status : UV_ECANCELED);
		return;
	}
	g->at = list;
	try_next(g, UV_EAI_NODATA);
}

/* "HOST:PORT", "[V6]:PORT" into two strings. */
static bool split(const char *address, char host[ADDRESS_BYTES_MAX], char port[8])
{
	const char *colon = strrchr(address, ':');
	size_t len = colon ? (size_t)(colon - address) : 0;
	size_t port_len = colon ? strlen(colon + 1) : 0;
	if (len == 0 || len >= ADDRESS_BYTES_MAX || port_len == 0 || port_len > 5)
		return false;
	if (address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	}
	memcpy(host, address, len);
	host[len] = 0;
	memcpy(port, colon + 1, port_len + 1);
	return true;
}

void dial_start(struct daemon *d, const struct dial *dial)
{
	char host[ADDRESS_BYTES_MAX], port[8];
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct dialling *g = calloc(1, sizeof *g);
	must(g);
	g->daemon = d;
	g->dial = *dial;
	g->resolve.data = g;
	g->next = d->dialling;
	d->dialling = g;
	int e = split(dial->address, host, port)
	                ? uv_getaddrinfo(&d->loop, &g->resolve, on_resolved, host, port, &hints)
	                : UV_EINVAL;
	if (e)
		fail(g, e);
}

/* What is being resolved already runs on; what is connecting is conn_sweep()'s. */
void dial_cancel_all(struct daemon *d)
{
	for (struct dialling *g = d->dialling; g; g = g->next)
		if (!g->list)
			(void)uv_cancel((uv_req_t *)&g->resolve);
}

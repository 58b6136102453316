/* SPDX-License-Identifier: Apache-2.0
 * listen.c: the address that others dial. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "daemon_int.h"

#define LISTEN_BACKLOG 64

static void on_connection(uv_stream_t *server, int status)
{
	struct daemon *d = server->data;
	if (status < 0) {
		journal_say(JOURNAL_WARNING, "a connection could not be accepted: %s", uv_strerror(status));
		return;
	}
	struct conn *c = conn_new(d);
	if (uv_accept(server, (uv_stream_t *)conn_stream(c)))
		conn_close(c);
	else
		conn_accepted(c);
}

/* "HOST:PORT" or "[V6]:PORT", numbers only: what to listen on must not depend on a resolver. */
static int parse(const char *text, struct sockaddr_storage *out)
{
	char host[ADDRESS_BYTES_MAX];
	uint64_t port;
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	if (len == 0 || len >= sizeof host || text_u64(bytes_text(colon + 1), 65535, &port))
		return UV_EINVAL;
	if (text[0] == '[' && text[len - 1] == ']') {
		memcpy(host, text + 1, len - 2);
		host[len - 2] = 0;
		return uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)out);
	}
	memcpy(host, text, len);
	host[len] = 0;
	return uv_ip4_addr(host, (int)port, (struct sockaddr_in *)out);
}

/* With the port that the kernel chose where 0 was asked for. */
static void keep_name(struct daemon *d)
{
	struct sockaddr_storage a;
	char host[64];
	int len = sizeof a;
	memset(&a, 0, sizeof a);
	if (uv_tcp_getsockname(&d->listener, (struct sockaddr *)&a, &len))
		return;
	bool is_6 = a.ss_family == AF_INET6;
	const struct sockaddr_in *v4 = (struct sockaddr_in *)&a;
	const struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a;
	if (is_6 ? uv_ip6_name(v6, host, sizeof host) : uv_ip4_name(v4, host, sizeof host))
		return;
	(void)snprintf(d->listens_on, sizeof d->listens_on, is_6 ? "[%s]:%u" : "%s:%u", host,
	        (unsigned)ntohs(is_6 ? v6->sin6_port : v4->sin_port));
}

enum err listen_start(struct daemon *d)
{
	struct sockaddr_storage address;
	memset(&address, 0, sizeof address);
	if (!d->config.listen[0])
		return ERR_OK;
	if (parse(d->config.listen, &address)) {
		journal_say(JOURNAL_ERROR,
		        "lontar.conf: listen = %s: it must be a number of this machine and a port, as "
		        "0.0.0.0:7300",
		        d->config.listen);
		return ERR_BAD_TEXT;
	}
	must(!uv_tcp_init(&d->loop, &d->listener));
	d->listener.data = d;
	d->listening = true;
	int e = uv_tcp_bind(&d->listener, (struct sockaddr *)&address, 0);
	if (!e)
		e = uv_listen((uv_stream_t *)&d->listener, LISTEN_BACKLOG, on_connection);
	if (e) {
		journal_say(JOURNAL_ERROR,
		        "cannot listen on %s: %s; choose another in lontar.conf, or stop what uses it",
		        d->config.listen, uv_strerror(e));
		return ERR_UNREACHABLE;
	}
	keep_name(d);
	journal_say(JOURNAL_INFO, "listening on %s", d->listens_on);
	return ERR_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * control.c: the control socket's other end. Its twist: a socket's path has room for 107 bytes and a home's need not,
 * so it is reached through the directory's descriptor. */
#include "tools/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/lang.h"

struct control {
	FILE *in;
	int fd;
	unsigned id;
};

static int connect_in(const char *dir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = at < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (at < 0)
		return -1;
	(void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control.sock", at);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
		(void)close(fd);
		fd = -1;
	}
	(void)close(at);
	return fd;
}

struct control *control_open(struct ctx *ctx)
{
	int fd = connect_in(ctx->home.dir);
	struct control *c = fd < 0 ? NULL : calloc(1, sizeof *c);

	if (!c) {
		if (fd >= 0)
			(void)close(fd);
		return NULL;
	}
	c->fd = fd;
	c->in = fdopen(fd, "r");
	must(c->in);
	return c;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	(void)fclose(c->in);
	free(c);
}

static bool send_line(struct control *c, json_t *call)
{
	char *text = json_dumps(call, JSON_COMPACT);
	size_t len, at = 0;

	must(text);
	len = strlen(text);
	text[len++] = '\n'; /* in place of the NUL */
	while (at < len) {
		ssize_t n = send(c->fd, text + at, len - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	bytes_wipe(text, len); /* a draft may hold secrets */
	free(text);
	return at == len;
}

json_t *control_next(struct control *c)
{
	char *line = NULL;
	size_t cap = 0;
	json_t *object = NULL;

	if (getline(&line, &cap, c->in) > 0)
		object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	free(line);
	return object;
}

static enum err error_named(const char *code)
{
	for (int e = ERR_OK + 1; code && e < ERR_COUNT; e++) {
		if (strcmp(err_code((enum err)e), code) == 0)
			return (enum err)e;
	}
	return ERR_REFUSED;
}

static void keep_error(struct ctx *ctx, const json_t *error, uint32_t *failed)
{
	const json_t *data = json_object_get(error, "data");
	const json_t *index = json_object_get(data, "failed");
	const char *message = json_string_value(json_object_get(error, "message"));
	enum err e = error_named(json_string_value(json_object_get(data, "code")));

	if (failed && json_is_integer(index) && json_integer_value(index) >= 0 &&
	        json_integer_value(index) < UINT32_MAX)
		*failed = (uint32_t)json_integer_value(index);
	if (message && strcmp(message, err_text(e)) != 0)
		trouble_set(&ctx->trouble, e, "%s", message);
	else
		trouble_set(&ctx->trouble, e, "%s", "");
}

json_t *control_call(struct ctx *ctx, struct control *c, const char *method, json_t *params, uint32_t *failed)
{
	json_t *call = json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", (int)++c->id, "method", method);
	json_t *answer, *result = NULL;
	bool sent;

	must(call);
	if (failed)
		*failed = UINT32_MAX;
	if (params)
		must(json_object_set_new(call, "params", params) == 0);
	sent = send_line(c, call);
	json_decref(call);
	answer = sent ? control_next(c) : NULL;
	if (!answer) {
		trouble_set(&ctx->trouble, ERR_UNREACHABLE, "%s", _("the daemon ended the conversation"));
		return NULL;
	}
	if (json_object_get(answer, "error"))
		keep_error(ctx, json_object_get(answer, "error"), failed);
	else
		result = json_incref(json_object_get(answer, "result"));
	if (!result && !trouble_is(&ctx->trouble))
		trouble_set(&ctx->trouble, ERR_UNREACHABLE, "%s", _("the daemon's answer has no result"));
	json_decref(answer);
	return result;
}

json_t *control_ask(struct ctx *ctx, const char *method, json_t *params)
{
	struct control *c = ctx_home(ctx) ? control_open(ctx) : NULL;
	json_t *result;

	if (!c) {
		trouble_set(&ctx->trouble, ERR_UNREACHABLE, _("no lontard runs for %s"), ctx->home.dir);
		json_decref(params);
		return NULL;
	}
	result = control_call(ctx, c, method, params, NULL);
	control_close(c);
	return result;
}

/* SPDX-License-Identifier: Apache-2.0
 * request.c: the methods of the control socket, each one row of a table. docs/CONTROL.md. Errors of ours carry the
 * error's code in data.code, so that the command can say them in the person's language. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "control_int.h"
#include "ledger/kinds.h"
#include "log/anchor_line.h"

#define RPC_PARSE (-32700)
#define RPC_INVALID (-32600)
#define RPC_NO_METHOD (-32601)
#define RPC_PARAMS (-32602)
#define RPC_OURS (-32000)
#define NONE_FAILED UINT32_MAX

struct refusal {
	int code;
	enum err err;
	uint32_t failed; /* which draft; NONE_FAILED */
};

static void send_error(struct client *c, json_t *id, const struct refusal *r)
{
	json_t *data = json_pack("{s:s}", "code", err_code(r->err));
	if (r->failed != NONE_FAILED)
		(void)json_object_set_new(data, "failed", json_integer(r->failed));
	control_send(c, json_pack("{s:s, s:{s:i, s:s, s:o}, s:O}", "jsonrpc", "2.0", "error", "code", r->code,
	                        "message", err_text(r->err), "data", data, "id", id ? id : json_null()));
}

static void refuse(struct client *c, json_t *id, int code, enum err e)
{
	const struct refusal r = {.code = code, .err = e, .failed = NONE_FAILED};
	send_error(c, id, &r);
}

static void send_result(struct client *c, json_t *id, json_t *result)
{
	control_send(c, json_pack("{s:s, s:o, s:O}", "jsonrpc", "2.0", "result", result, "id", id));
}

static void send_done(struct client *c, json_t *id, enum err e)
{
	if (e)
		refuse(c, id, RPC_OURS, e);
	else
		send_result(c, id, json_object());
}

static struct waiting *free_slot(struct client *c)
{
	for (uint32_t i = 0; i < CONTROL_APPENDS_MAX; i++)
		if (!c->waiting[i].ticket)
			return &c->waiting[i];
	return NULL;
}

/* What the node took is answered by its event, into a slot that the caller saw free; what it refused is answered now. */
static void answer_later(struct client *c, json_t *id, uint64_t ticket, enum err e)
{
	struct waiting *slot = free_slot(c);
	if (e) {
		refuse(c, id, RPC_OURS, e);
		return;
	}
	must(slot);
	*slot = (struct waiting){.ticket = ticket, .id = json_incref(id)};
}

/* One {"kind", "body"} into *out; the body is decoded into memory at *o. */
static enum err read_draft(json_t *item, struct bytes_out *o, struct draft *out)
{
	const char *kind, *body;
	size_t len;
	if (json_unpack_ex(item, NULL, JSON_STRICT, "{s:s, s:s}", "kind", &kind, "body", &body))
		return ERR_MALFORMED;
	const struct kind_info *info = kind_named(bytes_text(kind));
	if (!info)
		return ERR_UNKNOWN_KIND;
	enum err e = text_base64(bytes_text(body), o->data + o->len, o->cap - o->len, &len);
	if (e)
		return e;
	*out = (struct draft){.kind = info->kind, .body = BYTES(o->data + o->len, len)};
	o->len += len;
	return ERR_OK;
}

static void start_append(struct client *c, json_t *id, json_t *list)
{
	static uint8_t bodies[CONTROL_LINE_BYTES_MAX]; /* one thread; the node copies */
	static struct draft drafts[CONTROL_DRAFTS_MAX];
	struct bytes_out o = bytes_out(bodies, sizeof bodies);
	struct refusal r = {.code = RPC_OURS, .failed = NONE_FAILED};
	uint32_t count = (uint32_t)json_array_size(list);
	for (uint32_t i = 0; i < count && !r.err; i++) {
		r.err = read_draft(json_array_get(list, i), &o, &drafts[i]);
		r.failed = r.err ? i : NONE_FAILED;
	}
	if (r.err) {
		send_error(c, id, &r);
		return;
	}
	uint64_t ticket = control_ticket(c);
	answer_later(c, id, ticket, node_append(control_daemon(c)->node, ticket, drafts, count));
}

static void on_append(struct client *c, json_t *id, json_t *params)
{
	json_t *list = json_object_get(params, "drafts");
	size_t count = json_array_size(list);
	if (count == 0)
		refuse(c, id, RPC_PARAMS, ERR_MISSING_FIELD);
	else if (count > CONTROL_DRAFTS_MAX || !free_slot(c))
		refuse(c, id, RPC_PARAMS, ERR_TOO_MANY);
	else
		start_append(c, id, list);
}

static void on_status(struct client *c, json_t *id, json_t *params)
{
	(void)params;
	send_result(c, id, status_json(control_daemon(c)));
}

static void on_peers(struct client *c, json_t *id, json_t *params)
{
	(void)params;
	send_result(c, id, json_pack("{s:o}", "peers", status_peers(control_daemon(c))));
}

static void on_dial(struct client *c, json_t *id, json_t *params)
{
	const char *address, *key;
	struct dial dial;
	memset(&dial, 0, sizeof dial);
	if (json_unpack_ex(params, NULL, JSON_STRICT, "{s:s, s:s}", "address", &address, "link_key", &key) ||
	        strlen(address) >= sizeof dial.address ||
	        text_hex(bytes_text(key), dial.link_key, sizeof dial.link_key)) {
		refuse(c, id, RPC_PARAMS, ERR_BAD_TEXT);
		return;
	}
	memcpy(dial.address, address, strlen(address) + 1);
	send_done(c, id, node_peer_add(control_daemon(c)->node, &dial));
}

static void on_forget(struct client *c, json_t *id, json_t *params)
{
	const char *key;
	uint8_t link_key[32];
	if (json_unpack_ex(params, NULL, JSON_STRICT, "{s:s}", "link_key", &key) ||
	        text_hex(bytes_text(key), link_key, sizeof link_key)) {
		refuse(c, id, RPC_PARAMS, ERR_BAD_TEXT);
		return;
	}
	node_peer_remove(control_daemon(c)->node, link_key);
	send_done(c, id, ERR_OK);
}

/* Which of the node's drawers a command may change: its own notes are not among them. */
static bool drawer_named(const char *name, enum own_drawer *out)
{
	static const struct {
		const char *name;
		enum own_drawer drawer;
	} drawers[] = {{"invites", OWN_INVITES}, {"joins", OWN_JOINS}, {"peers", OWN_PEERS}};
	for (size_t i = 0; i < sizeof drawers / sizeof *drawers; i++)
		if (strcmp(drawers[i].name, name) == 0) {
			*out = drawers[i].drawer;
			return true;
		}
	return false;
}

static void on_keep(struct client *c, json_t *id, json_t *params)
{
	const char *drawer, *key, *value;
	uint8_t key_bytes[OWN_KEY_BYTES_MAX], value_bytes[OWN_VALUE_BYTES_MAX];
	size_t key_len, value_len;
	struct node_record record;
	bool has_slot = free_slot(c) != NULL;
	if (json_unpack_ex(params, NULL, JSON_STRICT, "{s:s, s:s, s:s}", "drawer", &drawer, "key", &key,
	            "value", &value) ||
	        !drawer_named(drawer, &record.drawer) ||
	        text_base64(bytes_text(key), key_bytes, sizeof key_bytes, &key_len) ||
	        text_base64(bytes_text(value), value_bytes, sizeof value_bytes, &value_len) || !has_slot) {
		refuse(c, id, RPC_PARAMS, has_slot ? ERR_BAD_TEXT : ERR_TOO_MANY);
		return;
	}
	record.key = BYTES(key_bytes, key_len);
	record.value = BYTES(value_bytes, value_len);
	uint64_t ticket = control_ticket(c);
	answer_later(c, id, ticket, node_keep(control_daemon(c)->node, ticket, &record));
}

static void on_anchor(struct client *c, json_t *id, json_t *params)
{
	const char *line;
	struct anchor anchor;
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	bool has_slot = free_slot(c) != NULL;
	if (json_unpack_ex(params, NULL, JSON_STRICT, "{s:s}", "line", &line) || !has_slot) {
		refuse(c, id, RPC_PARAMS, has_slot ? ERR_MISSING_FIELD : ERR_TOO_MANY);
		return;
	}
	enum err e = anchor_line_parse(bytes_text(line), &anchor);
	uint64_t ticket = control_ticket(c);
	if (!e) {
		anchor_pack(&m, &anchor);
		e = node_anchor(control_daemon(c)->node, ticket, mp_written(&m));
	}
	answer_later(c, id, ticket, e);
}

/* A person's word, given by the name of who is spoken for: nothing that a slip of a script could do. */
static void on_publish_anyway(struct client *c, json_t *id, json_t *params)
{
	const char *member, *reason;
	bool has_slot = free_slot(c) != NULL;
	if (json_unpack_ex(params, NULL, JSON_STRICT, "{s:s, s:s}", "member", &member, "reason", &reason) ||
	        !has_slot) {
		refuse(c, id, RPC_PARAMS, has_slot ? ERR_BAD_TEXT : ERR_TOO_MANY);
		return;
	}
	if (!status_is_own(control_daemon(c), member)) {
		refuse(c, id, RPC_PARAMS, ERR_NO_SUCH_MEMBER);
		return;
	}
	uint64_t ticket = control_ticket(c);
	answer_later(c, id, ticket, node_publish_anyway(control_daemon(c)->node, ticket, bytes_text(reason)));
}

static void on_raise_mark(struct client *c, json_t *id, json_t *params)
{
	const char *root;
	json_int_t size;
	struct head head;
	bool has_slot = free_slot(c) != NULL;
	if (json_unpack_ex(params, NULL, JSON_STRICT, "{s:I, s:s}", "size", &size, "root", &root) ||
	        size < 1 || text_hex(bytes_text(root), head.root.bytes, sizeof head.root.bytes) ||
	        !has_slot) {
		refuse(c, id, RPC_PARAMS, has_slot ? ERR_BAD_TEXT : ERR_TOO_MANY);
		return;
	}
	head.size = (uint64_t)size;
	uint64_t ticket = control_ticket(c);
	answer_later(c, id, ticket, node_raise_mark(control_daemon(c)->node, ticket, &head));
}

static void on_watch(struct client *c, json_t *id, json_t *params)
{
	(void)params;
	c->watching = true;
	send_done(c, id, ERR_OK);
}

static void on_stop(struct client *c, json_t *id, json_t *params)
{
	(void)params;
	send_done(c, id, ERR_OK);
	loop_stop(control_daemon(c));
}

static const struct method {
	const char *name;
	void (*answer)(struct client *c, json_t *id, json_t *params);
} methods[] = {
        {"append", on_append},
        {"status", on_status},
        {"peers", on_peers},
        {"dial", on_dial},
        {"forget", on_forget},
        {"keep", on_keep},
        {"publish_anyway", on_publish_anyway},
        {"raise_mark", on_raise_mark},
        {"anchor", on_anchor},
        {"watch", on_watch},
        {"stop", on_stop},
};

static void answer(struct client *c, json_t *request)
{
	json_t *id = json_object_get(request, "id");
	const char *name = json_string_value(json_object_get(request, "method"));
	size_t i = 0;
	if (!name || !(json_is_string(id) || json_is_number(id))) {
		refuse(c, NULL, request ? RPC_INVALID : RPC_PARSE, ERR_MALFORMED);
		return;
	}
	while (i < sizeof methods / sizeof *methods && strcmp(methods[i].name, name) != 0)
		i++;
	if (i < sizeof methods / sizeof *methods)
		methods[i].answer(c, id, json_object_get(request, "params"));
	else
		refuse(c, id, RPC_NO_METHOD, ERR_USAGE);
}

void request_answer(struct client *c, struct bytes line)
{
	json_t *request = json_loadb((const char *)line.data, line.len, JSON_REJECT_DUPLICATES, NULL);
	answer(c, request);
	json_decref(request);
}

void request_too_long(struct client *c)
{
	refuse(c, NULL, RPC_INVALID, ERR_TOO_LONG);
}

static json_t *references_json(const struct node_event *e)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < e->count; i++) {
		char text[96];
		struct bytes_out o = bytes_out(text, sizeof text);
		reference_put(&o, &e->references[i]);
		must(bytes_out_end(&o) == ERR_OK);
		(void)json_array_append_new(list, json_stringn(text, o.len));
	}
	return list;
}

static void answer_append(struct client *c, struct waiting *w, const struct node_event *e)
{
	json_t *id = w->id;
	/* a full disk is no draft's fault */
	bool of_draft = e->count > 0 && err_blame(e->err) != BLAME_LOCAL;
	const struct refusal r = {
	        .code = RPC_OURS, .err = e->err, .failed = of_draft ? e->failed : NONE_FAILED};
	*w = (struct waiting){0};
	if (e->type == NODE_APPENDED)
		send_result(c, id, json_pack("{s:o}", "references", references_json(e)));
	else
		send_error(c, id, &r);
	json_decref(id);
}

static const char *event_name(enum node_event_type type)
{
	switch (type) {
	case NODE_ENTRIES:
		return "entries";
	case NODE_PEER:
		return "peer";
	case NODE_APPENDED:
	case NODE_REFUSED:
	case NODE_LOG:
		return NULL;
	}
	return NULL;
}

void request_event(struct client *c, const struct node_event *e)
{
	const char *name = event_name(e->type);
	if (name && c->watching)
		control_send(c, json_pack("{s:s, s:s, s:{s:s, s:s}}", "jsonrpc", "2.0", "method", "event",
		                        "params", "type", name, "text", e->text));
	if (name)
		return;
	for (uint32_t i = 0; i < CONTROL_APPENDS_MAX; i++)
		if (c->waiting[i].ticket == e->ticket && e->ticket) {
			answer_append(c, &c->waiting[i], e);
			return;
		}
}

void request_forget(struct client *c)
{
	for (uint32_t i = 0; i < CONTROL_APPENDS_MAX; i++)
		json_decref(c->waiting[i].id);
}

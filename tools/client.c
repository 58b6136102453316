/* SPDX-License-Identifier: Apache-2.0
 * client.c: the two roads by which a command writes. Its twist: a process opens a store once, so the snapshot that the
 * command reads from is closed before and a new one is opened after. */
#include "tools/client.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/text.h"
#include "env/random.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/names.h"

static uint8_t body_room[ENTRY_PAYLOAD_BYTES_MAX];

struct mp_out client_body(void)
{
	return mp_out(body_room, sizeof body_room);
}

struct draft client_draft(struct ctx *ctx, uint16_t kind, const struct mp_out *body)
{
	struct draft draft = {.kind = kind};

	if (mp_out_end(body) != ERR_OK)
		trouble_set(&ctx->trouble, ERR_TOO_LONG, "%s", _("an entry holds at most 32 KiB"));
	else
		draft.body = arena_copy(&ctx->arena, mp_written(body));
	bytes_wipe(body_room, sizeof body_room); /* it may have held secrets */
	return draft;
}

/* Another command holds the lock only while it writes. */
#define LOCK_WAIT_MS 50
#define LOCK_TRIES 100

static enum err open_for_writing(struct ctx *ctx, struct store **out)
{
	struct store_options options = {.home = ctx->home.dir,
	        .mode = STORE_WRITE,
	        .map_bytes = ctx->config.map_bytes,
	        .keys = &ctx->keys};
	enum err e = ERR_STORE_BUSY;

	for (int i = 0; i < LOCK_TRIES && e == ERR_STORE_BUSY; i++) {
		if (i > 0)
			(void)poll(NULL, 0, LOCK_WAIT_MS);
		e = store_open(&options, out);
	}
	return e;
}

struct writing {
	const struct draft *drafts;
	uint32_t count;
	struct reference *out;
	uint32_t *failed;
};

static enum err append_here(struct ctx *ctx, struct txn *txn, void *argument)
{
	const struct writing *w = argument;
	struct drbg random;
	uint8_t seed[32];
	struct append append = {.txn = txn, .keys = &ctx->keys, .time_ms = ctx->now_ms, .random = &random};
	enum err e;

	if (!own_feed(txn, &append.feed))
		return ERR_UNKNOWN_FEED;
	random_fill(seed, sizeof seed);
	drbg_seed(&random, seed);
	sodium_memzero(seed, sizeof seed);
	e = append_drafts(&append, w->drafts, w->count, w->out, w->failed);
	sodium_memzero(&random, sizeof random);
	return e;
}

bool client_store(struct ctx *ctx, enum err (*do_it)(struct ctx *, struct store *, void *), void *argument)
{
	bool was_open = ctx->txn != NULL;
	struct store *store = NULL;
	enum err e;

	if (!ctx_keys(ctx))
		return false;
	ctx_close(ctx);
	e = open_for_writing(ctx, &store);
	if (e == ERR_OK)
		e = do_it(ctx, store, argument);
	store_close(store);
	if (e != ERR_OK && !trouble_is(&ctx->trouble))
		trouble_set(&ctx->trouble, e, "%s", e == ERR_STORE_BUSY ? ctx->home.dir : "");
	return (!was_open || ctx_open(ctx)) && e == ERR_OK;
}

struct change {
	enum err (*do_it)(struct ctx *, struct txn *, void *);
	void *argument;
};

static enum err write_once(struct ctx *ctx, struct store *store, void *argument)
{
	const struct change *change = argument;
	struct txn *txn;
	enum err e = txn_write(store, &txn);

	if (e != ERR_OK)
		return e;
	e = change->do_it(ctx, txn, change->argument);
	if (e == ERR_OK)
		return txn_commit(txn);
	txn_abort(txn);
	return e;
}

bool client_write(struct ctx *ctx, enum err (*do_it)(struct ctx *, struct txn *, void *), void *argument)
{
	struct change change = {do_it, argument};

	return client_store(ctx, write_once, &change);
}

static const char *base64_of(struct ctx *ctx, struct bytes b)
{
	size_t cap = (b.len + 2) / 3 * 4;
	char *text = arena_take(&ctx->arena, cap + 1);
	struct bytes_out o = bytes_out(text, cap);

	text_put_base64(&o, b);
	must(bytes_out_end(&o) == ERR_OK);
	return text;
}

static json_t *drafts_json(struct ctx *ctx, const struct draft *drafts, uint32_t count)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++) {
		const char *body = base64_of(ctx, drafts[i].body);
		must(json_array_append_new(list, json_pack("{s:s, s:s}", "kind",
		                                         kind_info(drafts[i].kind)->name, "body", body)) ==
		        0);
		ctx_forget(bytes_text(body));
	}
	return json_pack("{s:o}", "drafts", list);
}

/* The daemon's references are text; whole ones are read from the store. */
static enum err whole_references(struct ctx *ctx, const json_t *list, uint32_t count, struct reference *out)
{
	ctx_close(ctx);
	if (!ctx_open(ctx))
		return ctx->trouble.err;
	for (uint32_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		struct entry_ref entry;
		unsigned digits;
		if (!text || reference_parse(bytes_text(text), &out[i], &digits) != ERR_OK ||
		        !feed_entry(ctx->txn, out[i].place, &entry)) {
			trouble_set(&ctx->trouble, ERR_UNREACHABLE, "%s",
			        _("the daemon's answer has no references"));
			return ctx->trouble.err;
		}
		out[i] = feed_reference(&entry);
	}
	return ERR_OK;
}

static enum err append_there(struct ctx *ctx, struct control *daemon, const struct writing *w)
{
	json_t *result =
	        control_call(ctx, daemon, "append", drafts_json(ctx, w->drafts, w->count), w->failed);
	enum err e = ctx->trouble.err;

	if (result)
		e = whole_references(ctx, json_object_get(result, "references"), w->count, w->out);
	json_decref(result);
	return e;
}

enum err client_append(
        struct ctx *ctx, const struct draft *drafts, uint32_t count, struct reference *out, uint32_t *failed)
{
	uint32_t index = UINT32_MAX;
	struct writing w = {drafts, count, out, &index};
	struct control *daemon;
	enum err e = ERR_OK;

	must(!trouble_is(&ctx->trouble) && count > 0 && count <= CLIENT_DRAFTS_MAX);
	daemon = control_open(ctx);
	if (daemon)
		e = append_there(ctx, daemon, &w);
	else if (!client_write(ctx, append_here, &w))
		e = ctx->trouble.err;
	control_close(daemon);
	if (failed)
		*failed = index;
	return e;
}

/* The references of all drafts, as many in a call as fit. */
static json_t *append_all(struct ctx *ctx, const struct draft *drafts, uint32_t count)
{
	struct reference refs[CLIENT_DRAFTS_MAX];
	json_t *list = json_array();

	for (uint32_t done = 0; done < count;) {
		uint32_t n = count - done < CLIENT_DRAFTS_MAX ? count - done : CLIENT_DRAFTS_MAX;
		if (client_append(ctx, drafts + done, n, refs, NULL) != ERR_OK)
			break;
		for (uint32_t i = 0; i < n; i++)
			must(json_array_append_new(list, json_string(names_reference(ctx, &refs[i]))) == 0);
		done += n;
	}
	return list;
}

enum exit_code client_finish(struct ctx *ctx, const struct draft *drafts, uint32_t count)
{
	json_t *list;
	const json_t *ref;
	size_t i;

	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	list = append_all(ctx, drafts, count);
	if (trouble_is(&ctx->trouble) && json_array_size(list) == 0) {
		json_decref(list);
		return ctx_end(ctx);
	}
	if (ctx->form == SAY_JSON)
		return ctx_print_json(
		        ctx, json_pack("{s:o, s:O}", "references", list, "warnings", ctx->warnings));
	json_array_foreach(list, i, ref)(void) puts(json_string_value(ref));
	json_decref(list);
	return ctx_end(ctx);
}

struct record {
	enum own_drawer drawer;
	struct bytes key, value;
};

static enum err keep_here(struct ctx *ctx, struct txn *txn, void *argument)
{
	const struct record *r = argument;

	(void)ctx;
	if (r->value.len > 0)
		own_put(txn, r->drawer, r->key, r->value);
	else
		own_remove(txn, r->drawer, r->key);
	return txn_error(txn);
}

static bool keep_there(struct ctx *ctx, struct control *daemon, const struct record *r)
{
	json_t *params =
	        json_pack("{s:s, s:s, s:s}", "drawer", r->drawer == OWN_INVITES ? "invites" : "joins", "key",
	                base64_of(ctx, r->key), "value", base64_of(ctx, r->value));

	json_decref(control_call(ctx, daemon, "keep", params, NULL));
	return !trouble_is(&ctx->trouble);
}

bool client_keep(struct ctx *ctx, enum own_drawer drawer, struct bytes key, struct bytes value)
{
	struct record r = {drawer, key, value};
	struct control *daemon = control_open(ctx);
	bool kept = daemon ? keep_there(ctx, daemon, &r) : client_write(ctx, keep_here, &r);

	must(drawer == OWN_INVITES || drawer == OWN_JOINS);
	control_close(daemon);
	return kept;
}

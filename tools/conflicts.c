/* SPDX-License-Identifier: Apache-2.0
 * conflicts.c: from void entries to the objects that they touched, each once, with whose they are. */
#include "tools/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/payment.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/row.h"

static int by_object(const void *x, const void *y)
{
	const struct reference *a = &((const struct conflict *)x)->object;
	const struct reference *b = &((const struct conflict *)y)->object;
	int order = place_compare(a->place, b->place);

	return order != 0 ? order : memcmp(a->id, b->id, sizeof a->id);
}

static void set_pair(struct conflict *c, struct member_no a, struct member_no b)
{
	c->has_pair = true;
	c->a = a;
	c->b = b;
}

/* Of an object that counts. */
static void read_held(struct ctx *ctx, struct conflict *c)
{
	struct view_object object;
	struct trade_record trade;
	struct payment_view payment;
	struct entry_ref entry;
	struct reference held;

	if (!feed_entry(ctx->txn, c->object.place, &entry) ||
	        !view_object(ctx->txn, c->object.place, &object))
		return;
	held = feed_reference(&entry);
	if (!reference_equal(&held, &c->object))
		return;
	c->type = object.type;
	if (object.type == OBJECT_TRADE && trade_record_read(object.record, &trade) == ERR_OK)
		set_pair(c, trade.seller, trade.buyer);
	if (object.type == OBJECT_PAYMENT && payment_view_read(object.record, &payment) == ERR_OK)
		set_pair(c, payment.payer, payment.payee);
}

static void read_void(struct ctx *ctx, const struct conflicts *all, struct conflict *c)
{
	struct object_view view;

	c->type = c->opening->opens;
	if (conflicts_view(ctx, all, c, &view) && (view.by_pair || view.by_year))
		set_pair(c, view.a, view.by_pair ? view.b : view.a);
}

/* Each object once, those that are nowhere left out. */
static void resolve(struct ctx *ctx, struct conflicts *c)
{
	size_t kept = 0;

	if (c->count > 1)
		qsort(c->items, c->count, sizeof c->items[0], by_object);
	for (size_t i = 0; i < c->count && !trouble_is(&ctx->trouble); i++) {
		struct conflict *next = &c->items[kept];
		if (kept > 0 && by_object(&c->items[kept - 1], &c->items[i]) == 0)
			continue;
		*next = c->items[i];
		next->opening = aside_find(c->aside, &next->object);
		if (next->opening && next->opening->opens != OBJECT_NONE)
			read_void(ctx, c, next);
		else
			read_held(ctx, next);
		kept += next->type != OBJECT_NONE;
	}
	c->count = kept;
}

static void collect(struct conflicts *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->aside->count; i++)
		count += c->aside->items[i].objects_count;
	c->items = calloc(count + 1, sizeof *c->items);
	must(c->items);
	for (size_t i = 0; i < c->aside->count; i++) {
		const struct aside_item *item = &c->aside->items[i];
		for (uint32_t k = 0; k < item->objects_count; k++)
			c->items[c->count++].object = item->objects[k];
	}
}

struct conflicts *conflicts_open(struct ctx *ctx)
{
	struct conflicts *c = calloc(1, sizeof *c);

	must(c);
	if (!ctx_ok(ctx, aside_open(ctx->txn, &c->aside), "aside")) {
		free(c);
		return NULL;
	}
	collect(c);
	resolve(ctx, c);
	return c;
}

void conflicts_close(struct conflicts *c)
{
	if (!c)
		return;
	aside_close(c->aside);
	free(c->items);
	free(c);
}

const struct conflict *conflicts_of(const struct conflicts *c, const struct reference *object)
{
	struct conflict wanted = {.object = *object};

	return c && c->count > 0 ? bsearch(&wanted, c->items, c->count, sizeof wanted, by_object) : NULL;
}

static bool is_named(struct bytes text, const struct reference *ref)
{
	struct reference given;
	unsigned digits;

	return reference_parse(text, &given, &digits) == ERR_OK &&
	       place_compare(given.place, ref->place) == 0 && names_begins(&given, digits, ref);
}

const struct conflict *conflicts_named(const struct conflicts *c, struct field f, enum object_type type)
{
	for (size_t i = 0; c && i < c->count; i++) {
		if (c->items[i].opening && c->items[i].type == type && is_named(f.text, &c->items[i].object))
			return &c->items[i];
	}
	return NULL;
}

const struct aside_item *conflicts_entry(const struct conflicts *c, struct bytes text)
{
	for (size_t i = 0; c && i < c->aside->count; i++) {
		if (is_named(text, &c->aside->items[i].statement.ref))
			return &c->aside->items[i];
	}
	return NULL;
}

static bool is_asked(const struct conflict *c, const struct conflicts_ask *ask)
{
	bool a = c->has_pair && c->a.n == ask->member.n, b = c->has_pair && c->b.n == ask->member.n;

	if (!a && !b)
		return false;
	return !ask->one_partner || (a ? c->b.n : c->a.n) == ask->partner.n;
}

const struct conflict *conflicts_next(const struct conflicts *c, const struct conflicts_ask *ask, size_t *at)
{
	while (c && *at < c->count) {
		const struct conflict *next = &c->items[(*at)++];
		if (next->opening && next->type == ask->type && is_asked(next, ask))
			return next;
	}
	return NULL;
}

bool conflicts_view(
        struct ctx *ctx, const struct conflicts *c, const struct conflict *which, struct object_view *out)
{
	return ctx_ok(ctx, aside_object(ctx->txn, c->aside, which->opening, out), "aside");
}

uint64_t conflicts_count(const struct conflicts *c, const struct conflicts_ask *ask)
{
	uint64_t count = 0;

	for (size_t i = 0; c && i < c->count; i++)
		count += (c->items[i].type == OBJECT_TRADE || c->items[i].type == OBJECT_PAYMENT) &&
		         is_asked(&c->items[i], ask);
	return count;
}

void conflicts_note(const struct ctx *ctx, uint64_t count)
{
	if (count > 0)
		say_note(ctx->form,
		        _("%llu trades and payments have conflicting records; what is void of them is not in "
		          "these figures (`lontar trade list --state conflicting`)"),
		        (unsigned long long)count);
}

void conflicts_statements(
        struct ctx *ctx, const struct conflicts *c, const struct reference *object, json_t *list)
{
	const struct aside_item *item;
	size_t from = 0;

	while (c && (item = aside_about(c->aside, object, &from)))
		if (!reference_equal(&item->statement.ref, object))
			row_add(list, objects_statement(ctx, &item->statement, "void"));
}

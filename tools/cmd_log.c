/* SPDX-License-Identifier: Apache-2.0
 * cmd_log.c: the log itself: entries of a feed, the newest of all feeds, and the checkpoint as a note that any C2SP
 * verifier reads. One entry whole is cmd_log_show.c's, verifying cmd_log_verify.c's. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_int.h"
#include "cmd_log_int.h"
#include "log/checkpoint.h"
#include "storage/own.h"
#include "storage/query.h"
#include "storage/view.h"
#include "tools/lang.h"
#include "tools/mark.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

/* The true kind where it is open to us. */
static const char *kind_of(struct ctx *ctx, const struct entry_ref *entry)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct statement s = {.kind = entry->kind};
	const struct kind_info *info;

	if (entry->audience == AUDIENCE_SEALED &&
	        view_statement(ctx->txn, entry->place, &scratch, &s) != ERR_OK)
		return "sealed";
	info = kind_info(s.kind);
	return info ? info->name : "unknown";
}

json_t *cmd_log_row(struct ctx *ctx, const struct entry_ref *entry)
{
	struct reference ref = feed_reference(entry);
	struct entry_header header;
	uint8_t raw[ENTRY_HEADER_BYTES];
	enum err rejected = view_rejected(ctx->txn, entry->place);
	json_t *row = row_new();

	row_reference(row, "entry", ctx, &ref);
	row_count(row, "seq", entry->place.seq);
	row_string(row, "kind", kind_of(ctx, entry));
	row_count(row, "time", entry->time_ms);
	row_string(row, "rejected", rejected == ERR_OK ? NULL : err_code(rejected));
	if (feed_header(ctx->txn, entry, &header)) {
		struct hash id = entry_id(&header);
		entry_encode(&header, raw);
		row_hex(row, "id", ctx, BYTES_OF(id.bytes));
		row_base64(row, "header", ctx, BYTES_OF(raw));
	}
	row_base64(row, "payload", ctx, entry->payload);
	return row;
}

static const struct column columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"at", N_("Time"), CELL_TEXT},
        {"by", N_("By"), CELL_TEXT},
        {"kind", N_("Kind"), CELL_TEXT},
        {"rejected", N_("Rejected"), CELL_TEXT},
};

void cmd_log_add_words(struct ctx *ctx, json_t *row, struct feed_no no)
{
	const struct roster_feed *feed = roster_feed(ctx->roster, no);

	row_string(row, "at", names_instant(ctx, (uint64_t)json_integer_value(json_object_get(row, "time"))));
	if (feed)
		row_member(row, "by", ctx, feed->member);
}

struct range {
	struct feed_no feed;
	uint64_t from, to; /* [from, to) */
};

static struct range read_range(struct ctx *ctx)
{
	struct field feed = args_field(ctx->args, OPT_FEED), from = args_field(ctx->args, OPT_FROM),
	             to = args_field(ctx->args, OPT_TO), last = args_field(ctx->args, OPT_LAST);
	struct range r = {.feed = ctx->feed};
	struct feed_info info = {0};

	if (field_given(feed))
		r.feed = names_feed(ctx, feed);
	else
		(void)ctx_need_self(ctx);
	if (!trouble_is(&ctx->trouble))
		(void)feed_info(ctx->txn, r.feed, &info);
	r.from = field_count(&ctx->trouble, from, INT64_MAX);
	r.to = info.head.size;
	if (field_given(to)) {
		uint64_t n = field_count(&ctx->trouble, to, INT64_MAX - 1) + 1;
		r.to = n < r.to ? n : r.to;
	}
	if (field_given(last)) {
		uint64_t n = field_count(&ctx->trouble, last, INT64_MAX);
		r.from = r.to > n ? r.to - n : 0;
	}
	return r;
}

/* --rejected: of every feed, only what has no effect. */
static void add_rejected(struct ctx *ctx, json_t *rows)
{
	struct view_at at = {0};
	struct view_rejected rejected;
	struct entry_ref entry;

	while (view_rejected_next(ctx->txn, &at, &rejected)) {
		json_t *row;
		if (!feed_entry(ctx->txn, rejected.place, &entry))
			continue;
		row = cmd_log_row(ctx, &entry);
		row_string(row, "rejected", err_code(rejected.err));
		row_string(row, "reason", _(err_text(rejected.err)));
		cmd_log_add_words(ctx, row, rejected.place.feed);
		row_add(rows, row);
	}
}

static void add_range(struct ctx *ctx, json_t *rows, const struct range *r)
{
	struct entry_ref entry;

	for (uint64_t seq = r->from; seq < r->to; seq++) {
		json_t *row;
		if (!feed_entry(ctx->txn, (struct place){r->feed, seq}, &entry))
			break;
		row = cmd_log_row(ctx, &entry);
		if (ctx->form == SAY_WORDS)
			cmd_log_add_words(ctx, row, r->feed);
		row_add(rows, row);
	}
}

enum exit_code cmd_log_list(struct ctx *ctx)
{
	bool rejected = args_has(ctx->args, OPT_REJECTED);
	struct range r = {0};
	json_t *rows = json_array();

	if (!rejected)
		r = read_range(ctx);
	if (rejected)
		add_rejected(ctx, rows);
	else if (!trouble_is(&ctx->trouble))
		add_range(ctx, rows, &r);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "entries", rows));
	if (!trouble_is(&ctx->trouble))
		table_rows(rows, COLUMNS(columns), rejected ? _("Nothing is rejected.") : _("No entries."));
	json_decref(rows);
	return ctx_end(ctx);
}

#define TAIL_DEFAULT 20u
#define TAIL_MAX 10000u

/* Rows as they are sorted: borrowed. */
struct timed {
	json_int_t time;
	json_t *row_ref;
};

static int by_time(const void *a, const void *b)
{
	const struct timed *x = a, *y = b;

	return x->time < y->time ? -1 : x->time > y->time;
}

/* The last of them by time. */
static json_t *last_of(struct ctx *ctx, const json_t *rows, uint64_t last)
{
	size_t count = json_array_size(rows);
	struct timed *sorted = arena_take(&ctx->arena, (count + 1) * sizeof *sorted);
	json_t *kept = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *row = json_array_get(rows, i);
		sorted[i] = (struct timed){json_integer_value(json_object_get(row, "time")), row};
	}
	qsort(sorted, count, sizeof *sorted, by_time);
	for (size_t i = count > last ? count - last : 0; i < count; i++)
		must(json_array_append(kept, sorted[i].row_ref) == 0);
	return kept;
}

/* The newest of each feed, then by time the newest of these. seen: how far each feed was shown before. */
static json_t *newest(struct ctx *ctx, uint64_t *seen, uint64_t last)
{
	json_t *rows = json_array(), *kept;

	for (uint32_t i = 0; i < ctx->roster->feeds_count && i < FEEDS_MAX; i++) {
		struct range r = {.feed = {i}};
		struct feed_info info;
		if (!feed_info(ctx->txn, r.feed, &info))
			continue;
		r.to = info.head.size;
		r.from = r.to > last ? r.to - last : 0;
		r.from = r.from > seen[i] ? r.from : seen[i];
		seen[i] = r.to;
		add_range(ctx, rows, &r);
	}
	kept = last_of(ctx, rows, last);
	json_decref(rows);
	return kept;
}

static void print_tail(struct ctx *ctx, const json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (ctx->form == SAY_JSON) {
			(void)json_object_set_new(row, "version", json_integer(JSON_VERSION));
			(void)json_dumpf(row, stdout, JSON_COMPACT);
			(void)putchar('\n');
			continue;
		}
		(void)printf("%s  %-26s  %-16s %s\n", json_string_value(json_object_get(row, "at")),
		        json_string_value(json_object_get(row, "entry")),
		        json_string_value(json_object_get(row, "by")),
		        json_string_value(json_object_get(row, "kind")));
	}
	(void)ctx_ok(ctx, say_end(), _("standard output"));
}

#define FOLLOW_MS 500

enum exit_code cmd_log_tail(struct ctx *ctx)
{
	uint64_t *seen = calloc(FEEDS_MAX, sizeof *seen);
	struct field f = args_field(ctx->args, OPT_LAST);
	uint64_t last = field_given(f) ? field_count(&ctx->trouble, f, TAIL_MAX) : TAIL_DEFAULT;
	bool follow = args_has(ctx->args, OPT_FOLLOW);
	enum say_form form = ctx->form;

	must(seen);
	while (!trouble_is(&ctx->trouble)) {
		json_t *rows;
		ctx->form = SAY_WORDS; /* rows with "at" and "by" in either form */
		rows = newest(ctx, seen, last);
		ctx->form = form;
		print_tail(ctx, rows);
		json_decref(rows);
		if (!follow)
			break;
		arena_reset(&ctx->arena);
		ctx_close(ctx);
		(void)poll(NULL, 0, FOLLOW_MS);
		last = TAIL_MAX;
		(void)ctx_open(ctx);
	}
	free(seen);
	return ctx_end(ctx);
}

enum exit_code cmd_log_checkpoint(struct ctx *ctx)
{
	struct range r = read_range(ctx);
	char note[2048];
	struct bytes_out o = bytes_out(note, sizeof note - 1);
	struct checkpoint checkpoint;
	struct network_id network;
	struct feed_id id;

	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (!own_network(ctx->txn, &network) || !feed_checkpoint(ctx->txn, r.feed, r.to, &checkpoint)) {
		trouble_set(&ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("there is no signed checkpoint of this feed here"));
		return ctx_end(ctx);
	}
	id = roster_feed(ctx->roster, r.feed)->keys.feed;
	if (ctx->has_feed && r.feed.n == ctx->feed.n && mark_raise(ctx, &checkpoint.head) != ERR_OK)
		return ctx_end(ctx);
	checkpoint_put_note(&o, &network, &id, &checkpoint);
	if (!ctx_ok(ctx, bytes_out_end(&o), "checkpoint"))
		return ctx_end(ctx);
	note[bytes_written(&o).len] = '\0';
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:s}", "note", note));
	(void)fputs(note, stdout);
	return ctx_end(ctx);
}

/* SPDX-License-Identifier: Apache-2.0
 * import.c: batches and the report. Its twist: append takes all of a batch or none, so after a refusal the batch goes
 * out again without the refused one. With --dry-run nothing is appended, and only what the row itself shows is judged. */
#include "tools/import.h"

#include <stdio.h>

#include "tools/lang.h"
#include "tools/row.h"
#include "tools/table.h"

#define BATCH_BYTES_MAX (512u * 1024u)

void import_init(struct import *im, struct ctx *ctx)
{
	*im = (struct import){.ctx = ctx, .rows = json_array(), .seen = json_object()};
	must(im->rows && im->seen);
}

json_t *import_row(struct import *im, unsigned row_number, struct bytes name)
{
	json_t *row = row_new();

	row_count(row, "row", row_number);
	row_text(row, "name", name);
	row_null(row, "result");
	row_null(row, "entry");
	row_json(row, "warnings", json_array());
	row_add(im->rows, row);
	im->total++;
	say_progress(_("rows"), im->total, 0);
	return row;
}

void import_warn(json_t *row, const char *text)
{
	must(json_array_append_new(json_object_get(row, "warnings"), json_string(text)) == 0);
}

void import_skip(struct import *im, json_t *row, const char *why)
{
	row_string(row, "result", "skipped");
	row_string(row, "reason", why);
	im->skipped++;
}

static void say_why(json_t *row, const struct trouble *t)
{
	char reason[600];

	(void)snprintf(
	        reason, sizeof reason, "%s%s%s", _(err_text(t->err)), t->detail[0] ? ": " : "", t->detail);
	row_string(row, "result", "refused");
	row_string(row, "code", err_code(t->err));
	row_string(row, "field", t->field);
	row_string(row, "reason", reason);
	if (t->row > 0)
		row_count(row, "row", t->row);
}

void import_refuse(struct import *im, json_t *row)
{
	must(trouble_is(&im->ctx->trouble));
	say_why(row, &im->ctx->trouble);
	if (!im->stopped) /* else it is everybody's trouble, and is said at the end */
		trouble_clear(&im->ctx->trouble);
	im->refused++;
}

static void all_taken(struct import *im, const struct reference *refs)
{
	for (uint32_t i = 0; i < im->pending_count; i++) {
		json_t *row = im->pending[i].row;
		bool warned = json_array_size(json_object_get(row, "warnings")) > 0;
		row_string(row, "result", warned ? "taken_with_warnings" : "taken");
		if (refs)
			row_reference(row, "entry", im->ctx, &refs[i]);
		im->taken += !warned;
		im->warned += warned;
	}
	im->pending_count = 0;
}

static void take_out(struct import *im, uint32_t index)
{
	struct trouble *t = &im->ctx->trouble;

	t->row = 0; /* the row of the report stands */
	t->field[0] = '\0';
	import_refuse(im, im->pending[index].row);
	im->pending_count--;
	for (uint32_t i = index; i < im->pending_count; i++)
		im->pending[i] = im->pending[i + 1];
}

/* False: it is not the entries' fault, and nothing more is tried. */
static bool send_batch(struct import *im)
{
	struct draft drafts[CLIENT_DRAFTS_MAX];
	struct reference refs[CLIENT_DRAFTS_MAX];
	uint32_t failed;
	enum blame blame;

	for (uint32_t i = 0; i < im->pending_count; i++)
		drafts[i] = im->pending[i].draft;
	if (client_append(im->ctx, drafts, im->pending_count, refs, &failed) == ERR_OK) {
		all_taken(im, refs);
		return true;
	}
	blame = err_blame(im->ctx->trouble.err);
	if (failed >= im->pending_count || blame == BLAME_LOCAL || blame == BLAME_BUG)
		return false;
	take_out(im, failed);
	return true;
}

bool import_flush(struct import *im)
{
	must(im->stopped || !trouble_is(&im->ctx->trouble));
	if (args_has(im->ctx->args, OPT_DRY_RUN))
		all_taken(im, NULL);
	while (im->pending_count > 0 && !im->stopped)
		im->stopped = !send_batch(im);
	im->pending_bytes = 0;
	return !im->stopped;
}

bool import_seen(struct import *im, const char *key)
{
	bool again = json_object_get(im->seen, key) != NULL;

	must(json_object_set_new(im->seen, key, json_true()) == 0);
	return again ? import_flush(im) : !im->stopped;
}

void import_take(struct import *im, json_t *row, const struct draft *draft)
{
	im->pending[im->pending_count].draft = *draft;
	im->pending[im->pending_count++].row = row;
	im->pending_bytes += draft->body.len;
	if (im->pending_count == CLIENT_DRAFTS_MAX || im->pending_bytes > BATCH_BYTES_MAX)
		(void)import_flush(im);
}

static const struct column columns[] = {
        {"row", N_("Row"), CELL_COUNT},
        {"name", N_("What"), CELL_TEXT},
        {"result", N_("Result"), CELL_CODE},
        {"field", N_("Field"), CELL_TEXT},
        {"reason", N_("Why"), CELL_TEXT},
};

/* People see what needs their eyes: refusals and warnings; the rest is in the counts. */
static void print_for_people(struct import *im)
{
	json_t *shown = json_array(), *row;
	const json_t *warning;
	size_t i, j;

	json_array_foreach(im->rows, i, row)
	{
		const char *result = json_string_value(json_object_get(row, "result"));
		json_array_foreach(json_object_get(row, "warnings"), j, warning)
		        row_string(row, "reason", json_string_value(warning));
		if (json_object_get(row, "reason") && result)
			(void)json_array_append(shown, row);
	}
	if (json_array_size(shown) > 0)
		table_rows(shown, COLUMNS(columns), "");
	(void)printf(_("%llu taken, %llu taken with warnings, %llu skipped, %llu refused\n"),
	        (unsigned long long)im->taken, (unsigned long long)im->warned,
	        (unsigned long long)im->skipped, (unsigned long long)im->refused);
	json_decref(shown);
}

enum exit_code import_end(struct import *im)
{
	struct ctx *ctx = im->ctx;
	enum exit_code code;

	(void)import_flush(im);
	say_progress_end();
	if (ctx->form == SAY_JSON) {
		struct trouble kept = ctx->trouble;
		(void)ctx_ok(ctx,
		        say_json(json_pack("{s:O, s:I, s:I, s:I, s:I, s:b}", "rows", im->rows, "taken",
		                (json_int_t)im->taken, "taken_with_warnings", (json_int_t)im->warned,
		                "skipped", (json_int_t)im->skipped, "refused", (json_int_t)im->refused,
		                "stopped", (int)im->stopped)),
		        _("standard output"));
		if (trouble_is(&kept))
			ctx->trouble = kept;
	} else {
		print_for_people(im);
	}
	json_decref(im->rows);
	json_decref(im->seen);
	code = ctx_end(ctx);
	return code == EXIT_DONE && im->refused > 0 ? EXIT_NO : code;
}

enum exit_code import_file(
        struct ctx *ctx, const char *const *needed, void (*row)(struct import *im, const struct csv *c))
{
	struct import im;
	struct csv c = {0};
	enum csv_row got;

	if (!ctx_need_self(ctx) || csv_open(&c, ctx->args->words[0], &ctx->trouble) != ERR_OK ||
	        csv_need(&c, needed, &ctx->trouble) != ERR_OK) {
		csv_close(&c);
		return ctx_end(ctx);
	}
	import_init(&im, ctx);
	while (!im.stopped && (got = csv_next(&c, &ctx->trouble)) != CSV_END) {
		if (got == CSV_BAD)
			import_refuse(&im, import_row(&im, c.row, (struct bytes){0}));
		else
			row(&im, &c);
	}
	trouble_at(&ctx->trouble, NULL, 0);
	csv_close(&c);
	return import_end(&im);
}

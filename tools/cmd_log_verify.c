/* SPDX-License-Identifier: Apache-2.0
 * cmd_log_verify.c: the store held against itself: every root, signature and view computed again. Exit 1 on any
 * difference, or when an entry opens for nobody. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_int.h"
#include "storage/verify.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

static bool progress(void *context, uint64_t done, uint64_t all)
{
	(void)context;
	say_progress(_("verifying"), done, all);
	return true;
}

static json_t *difference_row(struct ctx *ctx, const struct verify_difference *d)
{
	static const char *const what[] = {
	        [VERIFY_TREE] = "tree", [VERIFY_SIGNATURE] = "signature", [VERIFY_ROW] = "row"};
	json_t *row = row_new();
	char place[48];

	row_string(row, "what", what[d->what]);
	if (d->what == VERIFY_ROW) {
		row_string(row, "table", d->table);
		row_hex(row, "key", ctx, BYTES(d->key, d->key_bytes));
		return row;
	}
	(void)snprintf(
	        place, sizeof place, "%u.%llu", (unsigned)d->place.feed.n, (unsigned long long)d->place.seq);
	row_string(row, "entry", place);
	return row;
}

static json_t *report_json(struct ctx *ctx, const struct verify_report *r)
{
	json_t *object = row_new(), *list = json_array();

	for (uint64_t i = 0; i < r->differences && i < VERIFY_LISTED_MAX; i++)
		row_add(list, difference_row(ctx, &r->listed[i]));
	row_count(object, "feeds", r->feeds);
	row_count(object, "entries", r->entries);
	row_count(object, "signatures", r->signatures);
	row_count(object, "rows", r->rows);
	row_count(object, "sealed_to_others", r->not_for_us);
	row_count(object, "not_opened", r->broken);
	row_count(object, "differences", r->differences);
	row_json(object, "listed", list);
	row_yes(object, "good", r->differences == 0 && r->broken == 0);
	return object;
}

static const struct column columns[] = {
        {"feeds", N_("Feeds"), CELL_COUNT},
        {"entries", N_("Entries"), CELL_COUNT},
        {"signatures", N_("Signatures"), CELL_COUNT},
        {"rows", N_("Rows of views"), CELL_COUNT},
        {"sealed_to_others", N_("Sealed to others"), CELL_COUNT},
        {"not_opened", N_("Open for nobody"), CELL_COUNT},
        {"differences", N_("Differences"), CELL_COUNT},
};

static const struct column difference_columns[] = {
        {"what", N_("What"), CELL_TEXT},
        {"entry", N_("Entry"), CELL_TEXT},
        {"table", N_("View"), CELL_TEXT},
        {"key", N_("Key"), CELL_TEXT},
};

enum exit_code cmd_log_verify(struct ctx *ctx)
{
	const char *temporary = getenv("TMPDIR");
	char dir[HOME_PATH_BYTES_MAX], scratch[HOME_PATH_BYTES_MAX + 8];
	struct verify_options options = {.progress = progress, .scratch = scratch};
	struct verify_report *report = arena_take(&ctx->arena, sizeof *report);
	json_t *object;

	(void)snprintf(dir, sizeof dir, "%s/lontar-verify-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(dir)) {
		trouble_set(&ctx->trouble, ERR_IO, "%s: %s", dir, strerror(errno));
		return ctx_end(ctx);
	}
	(void)snprintf(scratch, sizeof scratch, "%s/again", dir);
	txn_abort(ctx->txn); /* verify_store() reads in its own snapshots */
	ctx->txn = NULL;
	(void)ctx_ok(ctx, verify_store(ctx->store, &options, report), ctx->home.dir);
	say_progress_end();
	(void)rmdir(dir);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	object = report_json(ctx, report);
	if (ctx->form == SAY_JSON) {
		(void)ctx_print_json(ctx, object);
	} else {
		table_object(object, COLUMNS(columns));
		if (report->differences > 0)
			table_rows(json_object_get(object, "listed"), COLUMNS(difference_columns), "");
		(void)printf("%s\n", report->differences || report->broken
		                             ? _("Something is wrong with this store.")
		                             : _("Everything agrees."));
		json_decref(object);
	}
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	return report->differences || report->broken ? EXIT_NO : EXIT_DONE;
}

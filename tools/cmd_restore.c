/* SPDX-License-Identifier: Apache-2.0
 * cmd_restore.c: from a backup back to a node. Nothing of the file is believed: its digest, every page, every signature
 * and every figure are looked at beside the home, then the store is put in place and what stood there is kept aside.
 * The store keeps its name, so that the copy of its mark on this machine is found, and it counts as an old copy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "cmd_int.h"
#include "storage/backup.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "storage/verify.h"
#include "tools/control.h"
#include "tools/document.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

#define PART "restore.part"

struct restoring {
	const char *file;
	struct backup backup;
	char part[HOME_PATH_BYTES_MAX];
	char aside[BACKUP_PATH_BYTES_MAX];
	bool made_seed;
	uint64_t documents_missing;
};

static bool reading(void *context, uint64_t done, uint64_t all)
{
	(void)context;
	say_progress(_("reading the backup"), done, all);
	return true;
}

static bool verifying(void *context, uint64_t done, uint64_t all)
{
	(void)context;
	say_progress(_("verifying"), done, all);
	return true;
}

static void read_it(struct ctx *ctx, struct restoring *r)
{
	enum err e = backup_read(r->file, reading, NULL, &r->backup);
	const char *what = r->file;

	say_progress_end();
	trouble_at(&ctx->trouble, r->file, 0);
	if (e == ERR_STORE_FOREIGN)
		what = _("this is no backup of `lontar backup`, or its end is missing");
	else if (e == ERR_STORE_DAMAGED)
		what = _("it is not what was written: the disk or the copying changed it");
	else if (e == ERR_STORE_NEWER)
		what = _("it was made by a newer version");
	else if (e != ERR_OK)
		what = strerror(errno);
	if (e == ERR_STORE_FOREIGN || e == ERR_STORE_DAMAGED)
		ctx->trouble.way_out =
		        _("Nothing was changed. Give another backup; without one the paper is enough "
		          "(`lontar key recover`).");
	if (ctx_ok(ctx, e, what))
		trouble_at(&ctx->trouble, NULL, 0);
}

/* Its name, and what is in it, where a store stands here that is whole. */
static void look_at_old(struct ctx *ctx)
{
	struct store_options options = {.home = ctx->home.dir, .mode = STORE_READ};
	struct store *store = NULL;
	struct txn *txn = NULL;
	struct feed_info info = {0};
	struct feed_no no;
	enum err e = store_open(&options, &store);
	bool is_empty = true;

	if (e == ERR_OK)
		e = txn_read(store, &txn);
	if (e == ERR_OK) {
		is_empty = !txn_roster(txn)->founded;
		if (own_feed(txn, &no))
			(void)feed_info(txn, no, &info);
	}
	txn_abort(txn);
	store_close(store);
	if (e == ERR_NO_STORE || e == ERR_STORE_DAMAGED || e == ERR_STORE_FOREIGN)
		return;
	if (e == ERR_OK && !is_empty && !args_has(ctx->args, OPT_REPLACE))
		trouble_set(&ctx->trouble, ERR_EXISTS,
		        _("the store here is whole and has %llu entries of our own; --replace puts it aside"),
		        (unsigned long long)info.head.size);
	else if (e != ERR_OK && !args_has(ctx->args, OPT_REPLACE))
		(void)ctx_ok(ctx, e, ctx->home.dir);
}

static void refuse_running(struct ctx *ctx)
{
	struct control *daemon = control_open(ctx);

	control_close(daemon);
	if (!daemon)
		return;
	trouble_set(&ctx->trouble, ERR_STORE_BUSY, "%s", _("lontard runs here"));
	ctx->trouble.way_out = _("Stop lontard and give the command again.");
}

/* A seed that can be read must be that of the backup. One that is sealed is asked for when a passphrase file is named;
 * else the daemon finds out. */
static void compare_seed(struct ctx *ctx, const struct restoring *r)
{
	struct seed seed;
	enum err e = home_has_seed(&ctx->home) ? home_seed_read(&ctx->home, NULL, &seed) : ERR_NO_SEED;

	if (e == ERR_NO_SEED || (e == ERR_NOT_DECRYPTED && !args_has(ctx->args, OPT_PASSPHRASE_FILE)))
		return;
	sodium_memzero(&seed, sizeof seed);
	if (ctx_keys(ctx) && memcmp(&ctx->keys.public.feed, &r->backup.feed, sizeof r->backup.feed) != 0)
		trouble_set(&ctx->trouble, ERR_EXISTS, "%s",
		        _("the seed here is another node's than this backup; name another directory with "
		          "--home DIR"));
}

/* A form that an older version wrote is brought up to date by whoever can sign, once. */
static enum err bring_up_to_date(struct ctx *ctx, const struct restoring *r)
{
	struct store_options options = {.home = r->part, .mode = STORE_WRITE, .keys = &ctx->keys};
	struct store *store = NULL;
	enum err e;

	if (!home_has_seed(&ctx->home)) {
		trouble_set(&ctx->trouble, ERR_NO_SEED, "%s",
		        _("the backup is of another version, which needs the seed: bring it back first"));
		return ERR_NO_SEED;
	}
	if (!ctx_keys(ctx))
		return ctx->trouble.err;
	e = store_open(&options, &store);
	store_close(store);
	return e;
}

static enum err open_part(struct ctx *ctx, const struct restoring *r, struct store **out)
{
	struct store_options options = {.home = r->part, .mode = STORE_READ};
	enum err e = store_open(&options, out);

	if (e != ERR_STORE_NEWER)
		return e;
	e = bring_up_to_date(ctx, r);
	return e == ERR_OK ? store_open(&options, out) : e;
}

static void verify_in(struct ctx *ctx, const struct restoring *r, struct store *store, const char *scratch)
{
	const struct verify_options options = {.scratch = scratch, .progress = verifying};
	struct verify_report *report = arena_take(&ctx->arena, sizeof *report);

	if (!ctx_ok(ctx, verify_store(store, &options, report), r->file) || report->differences == 0)
		return;
	trouble_set(&ctx->trouble, ERR_STORE_DAMAGED, _("%llu signatures, roots or figures in it are wrong"),
	        (unsigned long long)report->differences);
}

static void verify(struct ctx *ctx, const struct restoring *r)
{
	char dir[HOME_PATH_BYTES_MAX + 16], scratch[HOME_PATH_BYTES_MAX + 32];
	struct store *store = NULL;

	if (!ctx_ok(ctx, open_part(ctx, r, &store), r->file))
		return;
	(void)snprintf(dir, sizeof dir, "%s.XXXXXX", r->part);
	if (memcmp(&own_keys(store)->feed, &r->backup.feed, sizeof r->backup.feed) != 0) {
		trouble_set(&ctx->trouble, ERR_STORE_DAMAGED, "%s",
		        _("its lines and its store are of two nodes"));
	} else if (!mkdtemp(dir)) {
		trouble_set(&ctx->trouble, ERR_IO, "%s: %s", dir, strerror(errno));
	} else {
		(void)snprintf(scratch, sizeof scratch, "%s/again", dir);
		verify_in(ctx, r, store, scratch);
		(void)rmdir(dir);
	}
	say_progress_end();
	store_close(store);
}

/* DIR/NAME with this content, where there is none. True: it was made. */
static bool add_file(struct ctx *ctx, const char *name, struct bytes content)
{
	char path[HOME_PATH_BYTES_MAX];
	enum err e = content.len == 0 ? ERR_EXISTS : home_text_write(&ctx->home, name, content);

	home_path(&ctx->home, name, path);
	return e != ERR_EXISTS && ctx_ok(ctx, e, path);
}

/* Nothing was changed, unless what was put aside could not be put back. */
static void say_unplaced(struct ctx *ctx, enum err e, const struct restoring *r)
{
	if (r->aside[0] != '\0')
		trouble_set(&ctx->trouble, e, _("the store that was here is now %s: give it back its name"),
		        r->aside);
	else
		(void)ctx_ok(ctx, e,
		        e == ERR_STORE_BUSY ? _("another process writes the store here") : ctx->home.dir);
}

static void place(struct ctx *ctx, struct restoring *r)
{
	char seed[BACKUP_SEED_BYTES_MAX + 1];
	enum err e = backup_place(r->part, ctx->home.dir, r->aside);

	if (e != ERR_OK) {
		say_unplaced(ctx, e, r);
		return;
	}
	memcpy(seed, r->backup.seed, r->backup.seed_len);
	seed[r->backup.seed_len] = '\n';
	if (r->backup.seed_len > 0)
		r->made_seed = add_file(ctx, "seed", BYTES(seed, r->backup.seed_len + 1));
	if (!trouble_is(&ctx->trouble))
		(void)add_file(ctx, "lontar.conf", BYTES(r->backup.settings, r->backup.settings_len));
}

static json_t *report(struct ctx *ctx, const struct restoring *r)
{
	const struct backup *b = &r->backup;
	json_t *row = row_new();

	row_string(row, "home", ctx->home.dir);
	row_string(row, "made", names_instant(ctx, b->made_ms));
	row_string(row, "member", ctx->has_feed ? names_alias(ctx, ctx->me) : NULL);
	row_hex(row, "feed", ctx, BYTES_OF(b->feed.bytes));
	row_string(row, "network", b->has_network ? names_hex(ctx, BYTES_OF(b->network.bytes)) : NULL);
	row_hex(row, "store", ctx, BYTES_OF(b->store_id));
	row_count(row, "entries", b->entries);
	row_count(row, "own_size", b->own_size);
	row_count(row, "published", b->mark);
	row_string(row, "aside", r->aside);
	row_yes(row, "has_seed", home_has_seed(&ctx->home));
	row_count(row, "documents_missing", r->documents_missing);
	return row;
}

static const struct column columns[] = {
        {"member", N_("Member"), CELL_TEXT},
        {"made", N_("Backup of"), CELL_TEXT},
        {"entries", N_("Entries held"), CELL_COUNT},
        {"own_size", N_("Our own entries"), CELL_COUNT},
        {"aside", N_("What was here is now"), CELL_TEXT},
};

static void say_next(struct ctx *ctx, const struct restoring *r)
{
	if (!home_has_seed(&ctx->home))
		say_note(ctx->form, "%s",
		        _("The seed is not here yet: give `lontar key recover PAPER` next, then start "
		          "`lontard`."));
	else if (r->made_seed)
		say_note(ctx->form, "%s",
		        _("The sealed seed came with it. Start `lontard`, with its passphrase."));
	else
		say_note(ctx->form, "%s", _("Start `lontard` next."));
	say_note(ctx->form, "%s",
	        _("What this node wrote after the backup is fetched from the other nodes. Until the "
	          "registrar's node, or "
	          "those of two other members, have shown what they hold of it, new entries are taken and "
	          "not sent; "
	          "`lontar status` says how far that is. Nothing is lost that ever left this node."));
	if (r->documents_missing > 0)
		say_note(ctx->form,
		        _("%llu documents that our own entries name are not here, and a backup has none: "
		          "bring your copy of them to %s/documents."),
		        (unsigned long long)r->documents_missing, ctx->home.dir);
	if (r->backup.settings_len > 0)
		say_note(ctx->form, "%s",
		        _("On another machine, look at listen, advertise and mark in lontar.conf."));
}

static void restore(struct ctx *ctx, struct restoring *r)
{
	refuse_running(ctx);
	if (!trouble_is(&ctx->trouble))
		read_it(ctx, r);
	if (!trouble_is(&ctx->trouble))
		compare_seed(ctx, r);
	if (!trouble_is(&ctx->trouble))
		look_at_old(ctx);
	if (trouble_is(&ctx->trouble) || !ctx_ok(ctx, home_make(&ctx->home), ctx->home.dir) ||
	        !ctx_ok(ctx, backup_unpack(r->file, &r->backup, r->part), r->file))
		return;
	verify(ctx, r);
	if (!trouble_is(&ctx->trouble))
		place(ctx, r);
	if (trouble_is(&ctx->trouble))
		backup_discard(r->part); /* what was placed is not there any more */
}

enum exit_code cmd_restore(struct ctx *ctx)
{
	struct restoring *r = arena_take(&ctx->arena, sizeof *r);
	json_t *row;

	r->file = ctx->args->words[0];
	home_path(&ctx->home, PART, r->part);
	restore(ctx, r);
	if (trouble_is(&ctx->trouble) || !ctx_open(ctx))
		return ctx_end(ctx);
	r->documents_missing = document_lacking(ctx);
	row = report(ctx, r);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	json_decref(row);
	say_next(ctx, r);
	return ctx_end(ctx);
}

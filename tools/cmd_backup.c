/* SPDX-License-Identifier: Apache-2.0
 * cmd_backup.c: the store in one file, made while the node runs. The seed stays where it is: in clear it is never in a
 * backup, sealed with a passphrase only when asked for; nor is the copy of the mark, which must outlive what is restored. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_int.h"
#include "env/home.h"
#include "storage/backup.h"
#include "tools/document.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

static bool progress(void *context, uint64_t done, uint64_t all)
{
	(void)context;
	say_progress(_("writing the backup"), done, all);
	return true;
}

/* The text of lontar.conf; empty where there is none. False: there is one that cannot go in. */
static bool read_settings(struct ctx *ctx, struct bytes *out)
{
	const size_t cap = BACKUP_SETTINGS_BYTES_MAX;
	char path[HOME_PATH_BYTES_MAX];
	char *text = arena_take(&ctx->arena, cap + 1);
	FILE *in;
	bool good;

	home_path(&ctx->home, "lontar.conf", path);
	*out = BYTES(text, 0);
	in = fopen(path, "r");
	if (!in)
		return errno == ENOENT;
	*out = BYTES(text, fread(text, 1, cap + 1, in));
	good = !ferror(in) && out->len <= cap;
	(void)fclose(in);
	return good;
}

/* The line of a sealed seed. In clear it would make of every copy of the backup a key to the feed. */
static void read_seed(struct ctx *ctx, struct bytes *out)
{
	char line[HOME_SEED_LINE_BYTES_MAX];

	if (!ctx_ok(ctx, home_seed_line(&ctx->home, line), ctx->home.dir))
		return;
	if (home_seed_is_sealed(line))
		*out = arena_copy(&ctx->arena, bytes_text(line));
	else
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, args_name(OPT_WITH_SEED), "%s",
		        _("the seed here is not sealed with a passphrase, and in clear it is in no backup; "
		          "`lontar "
		          "key paper` "
		          "prints it for a safe place"));
	bytes_wipe(line, sizeof line);
}

/* They are files of their own, of any size, and never change: whoever copies them needs no snapshot. */
static void put_documents(struct ctx *ctx, json_t *row)
{
	struct document_sum held = document_held(ctx);

	row_count(row, "documents", held.count);
	row_count(row, "documents_bytes", held.bytes);
	if (held.count > 0)
		ctx_warn(ctx, "documents_apart",
		        _("%llu documents (%llu bytes) are not in it: copy %s/documents as well"),
		        (unsigned long long)held.count, (unsigned long long)held.bytes, ctx->home.dir);
}

static json_t *report(struct ctx *ctx, const char *file, const struct backup *b)
{
	json_t *row = row_new();

	row_string(row, "file", file);
	row_count(row, "bytes", b->bytes);
	row_count(row, "store_bytes", b->store_bytes);
	row_string(row, "member", ctx->has_feed ? names_alias(ctx, ctx->me) : NULL);
	row_hex(row, "feed", ctx, BYTES_OF(b->feed.bytes));
	row_string(row, "network", b->has_network ? names_hex(ctx, BYTES_OF(b->network.bytes)) : NULL);
	row_hex(row, "store", ctx, BYTES_OF(b->store_id));
	row_count(row, "feeds", b->feeds);
	row_count(row, "entries", b->entries);
	row_count(row, "own_size", b->own_size);
	row_count(row, "published", b->mark);
	row_yes(row, "seed", b->seed_len > 0);
	row_yes(row, "settings", b->settings_len > 0);
	put_documents(ctx, row);
	row_json(row, "warnings", json_incref(ctx->warnings));
	return row;
}

static const struct column columns[] = {
        {"file", N_("File"), CELL_TEXT},
        {"bytes", N_("Size"), CELL_BYTES},
        {"member", N_("Member"), CELL_TEXT},
        {"entries", N_("Entries held"), CELL_COUNT},
        {"own_size", N_("Our own entries"), CELL_COUNT},
        {"published", N_("Of these may be with others"), CELL_COUNT},
        {"seed", N_("Sealed seed"), CELL_YES},
};

static bool is_directory(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *directory_of(struct ctx *ctx, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return ".";
	return slash == file ? "/" : arena_text(&ctx->arena, BYTES(file, (size_t)(slash - file)));
}

static bool write_it(struct ctx *ctx, const char *file, struct backup *out)
{
	struct backup_options options = {.home = ctx->home.dir,
	        .file = file,
	        .replace = args_has(ctx->args, OPT_REPLACE),
	        .made_ms = ctx->now_ms,
	        .progress = progress};
	enum err e;

	if (args_has(ctx->args, OPT_WITH_SEED))
		read_seed(ctx, &options.seed);
	if (trouble_is(&ctx->trouble))
		return false;
	if (!read_settings(ctx, &options.settings)) {
		options.settings.len = 0;
		ctx_warn(ctx, "no_settings", "%s",
		        _("lontar.conf is not in the backup: it cannot be read or is too long"));
	}
	txn_abort(ctx->txn); /* no snapshot is held while the copy is made */
	ctx->txn = NULL;
	e = backup_write(ctx->store, &options, out);
	say_progress_end();
	if (e == ERR_EXISTS)
		return ctx_ok(ctx, e,
		        is_directory(file) ? _("this is a directory; name a file in it")
		        : options.replace
		                ? _("what is there is no file; give another name")
		                : _("a file of that name is there; give another name, or --replace to "
		                    "write over it"));
	if (e == ERR_NOT_FOUND)
		trouble_set(&ctx->trouble, e, _("there is no directory %s"), directory_of(ctx, file));
	return ctx_ok(ctx, e, file);
}

enum exit_code cmd_backup(struct ctx *ctx)
{
	const char *file = ctx->args->words[0];
	struct backup *b = arena_take(&ctx->arena, sizeof *b);
	json_t *row;

	if (!write_it(ctx, file, b))
		return ctx_end(ctx);
	ctx_close(ctx);
	if (!ctx_open(ctx))
		return ctx_end(ctx);
	row = report(ctx, file, b);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	json_decref(row);
	say_note(ctx->form, "%s",
	        b->seed_len > 0 ? _("The seed is in it, sealed: whoever has the passphrase too can sign for "
	                            "this node.")
	                        : _("The seed is not in it: keep the paper of `lontar key paper` beside it, "
	                            "in another place."));
	say_note(ctx->form, "%s",
	        _("Bring it back with `lontar restore FILE`. Keep it on another disk than this one."));
	return ctx_end(ctx);
}

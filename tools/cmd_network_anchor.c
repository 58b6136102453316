/* SPDX-License-Identifier: Apache-2.0
 * cmd_network_anchor.c: going on after the registrar's key is lost. A draft of an anchor is made at any node, signed
 * where the recovery key's paper is, on a machine that needs no network and no node, and brought to any node, which
 * tells all others. cmd_network_import.c does the last.
 * Its twist: a mistake in an anchor is one on every node, so each step says in plain words what it is about. */
#include <string.h>

#include <sodium.h>

#include "base/text.h"
#include "cmd_int.h"
#include "cmd_network_int.h"
#include "log/kinds.h"
#include "log/witness.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/control.h"
#include "tools/joiner.h"
#include "tools/lang.h"
#include "tools/paper.h"
#include "tools/row.h"
#include "tools/table.h"

/* --- what an anchor says --- */

static json_t *feeds_json(struct ctx *ctx, const struct anchor *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->feeds_count; i++) {
		json_t *row = row_new();
		row_hex(row, "feed", ctx, BYTES_OF(a->feeds[i].keys.feed.bytes));
		row_count(row, "size", a->feeds[i].head.size);
		row_hex(row, "root", ctx, BYTES_OF(a->feeds[i].head.root.bytes));
		row_add(list, row);
	}
	return list;
}

json_t *cmd_network_json(struct ctx *ctx, const struct anchor *a)
{
	json_t *row = row_new();

	row_count(row, "number", a->number);
	row_json(row, "feeds", feeds_json(ctx, a));
	row_hex(row, "successor", ctx, BYTES_OF(a->successor.feed.bytes));
	row_string(row, "words", names_words(ctx, &a->successor.feed));
	return row;
}

void cmd_network_explain(struct ctx *ctx, const struct anchor *a)
{
	say_note(ctx->form, _("Anchor number %llu of this network:"), (unsigned long long)a->number);
	for (uint32_t i = 0; i < a->feeds_count; i++)
		say_note(ctx->form,
		        _("  of registrar %.16s the first %llu entries stand (root %.16s); what follows is "
		          "void"),
		        names_hex(ctx, BYTES_OF(a->feeds[i].keys.feed.bytes)),
		        (unsigned long long)a->feeds[i].head.size,
		        names_hex(ctx, BYTES_OF(a->feeds[i].head.root.bytes)));
	say_note(ctx->form, _("  the new registrar is the feed %s"),
	        names_hex(ctx, BYTES_OF(a->successor.feed.bytes)));
	say_note(ctx->form, _("  its words: %s"), names_words(ctx, &a->successor.feed));
	say_note(ctx->form, "%s",
	        _("Compare the eight words by voice with who sits at the new registrar's machine."));
}

bool cmd_network_taken(const struct roster *r, const struct anchor *a)
{
	uint64_t stands = 0;

	for (uint32_t i = 0; i < a->feeds_count; i++)
		stands += a->feeds[i].head.size;
	if (!keys_distinct(&a->successor) || keys_include(&a->successor, r->network.recovery))
		return true;
	for (uint32_t i = 0; i < r->feeds_count; i++) {
		const struct roster_feed *f = &r->feeds[i];
		if (!f->is_void && f->added_at < stands && keys_clash(&a->successor, &f->keys))
			return true;
	}
	return false;
}

static const char *line_of(struct ctx *ctx, struct bytes_out *o)
{
	(void)ctx_ok(ctx, bytes_out_end(o), "line");
	return arena_text(&ctx->arena, bytes_written(o));
}

const char *cmd_network_line(struct ctx *ctx, const struct anchor *a)
{
	char *room = arena_take(&ctx->arena, ANCHOR_LINE_BYTES_MAX);
	struct bytes_out o = bytes_out(room, ANCHOR_LINE_BYTES_MAX);

	anchor_line_put(&o, a);
	return line_of(ctx, &o);
}

/* --- the draft --- */

static void read_successor(struct ctx *ctx, struct anchor *a)
{
	struct joiner *request = arena_take(&ctx->arena, sizeof *request);

	if (!joiner_keys(ctx, &a->successor, request))
		field_need(&ctx->trouble, args_field(ctx->args, OPT_KEYS));
}

/* The registrar in force, as it is held here. One that an anchor named by mistake may have written nothing, and then
 * nothing of it stands; the founder's entry 0 is the network. */
static void read_head(struct ctx *ctx, struct feed_no no, struct head *out)
{
	struct field size = args_field(ctx->args, OPT_SIZE);
	uint64_t least = ctx->roster->registrars_count > 1 ? 0 : 1;
	struct head held;
	struct tree tree;

	/* also where a mistaken anchor named a head that nobody has: the next one is made of what is here */
	if (!feed_roster_head(ctx->txn, no, &held) || held.size < least) {
		trouble_set(&ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("this node does not hold the registrar's entries; use another member's"));
		return;
	}
	*out = held;
	if (field_given(size))
		out->size = field_count(&ctx->trouble, size, INT64_MAX);
	if (trouble_is(&ctx->trouble))
		return;
	if (out->size < least || !feed_tree_at(ctx->txn, no, out->size, &tree))
		trouble_field(&ctx->trouble, ERR_OUT_OF_RANGE, args_name(OPT_SIZE),
		        _("between %llu and %llu entries of the registrar can stand"),
		        (unsigned long long)least, (unsigned long long)held.size);
	else
		out->root = tree_root(&tree);
}

static void read_feeds(struct ctx *ctx, struct anchor *a)
{
	const struct roster *r = ctx->roster;

	if (r->registrars_count > REGISTRAR_FEEDS_MAX) {
		trouble_set(&ctx->trouble, ERR_TOO_MANY, "%s", _("there were too many registrars"));
		return;
	}
	a->feeds_count = r->registrars_count;
	for (uint32_t i = 0; i < a->feeds_count; i++) {
		const struct roster_feed *f = roster_feed(r, r->registrars[i].feed);
		a->feeds[i].keys = f->keys;
		a->feeds[i].head = f->cutoff;
	}
	read_head(ctx, roster_registrar(r), &a->feeds[a->feeds_count - 1].head);
}

/* The newest row about the registrar's feed in what a witness stated, if its newest statements have one. */
static bool stated_by(struct ctx *ctx, struct feed_no witness, struct feed_no registrar, struct head *out)
{
	struct feed_info info;
	struct entry_ref entry;
	struct witness_seen seen;
	struct witness_row row;

	if (!feed_info(ctx->txn, witness, &info))
		return false;
	for (uint64_t seq = info.head.size; seq > 0 && info.head.size - seq < WITNESS_SCAN_MAX; seq--) {
		if (!feed_entry(ctx->txn, (struct place){witness, seq - 1}, &entry) ||
		        entry.kind != KIND_WITNESS_SEEN ||
		        witness_seen_unpack(entry.payload, &seen) != ERR_OK)
			continue;
		while (witness_seen_next(&seen, &row)) {
			if (row.feed.n != registrar.n)
				continue;
			*out = row.checkpoint.head;
			return true;
		}
	}
	return false;
}

/* What other witnesses said of the registrar's feed. */
static void look_at_witnesses(struct ctx *ctx, struct feed_no registrar, const struct head *stands)
{
	const struct roster *r = ctx->roster;
	struct head newest = {0}, head;

	for (struct feed_no no = {0}; no.n < r->feeds_count; no.n++) {
		if (no.n != registrar.n && (roster_roles_at(r, no, r->size) & ROLE_WITNESS) != 0 &&
		        stated_by(ctx, no, registrar, &head) && head.size > newest.size)
			newest = head;
	}
	if (newest.size > stands->size)
		ctx_warn(ctx, "larger_known",
		        _("a witness has stated %llu entries of the registrar; only %llu would stand"),
		        (unsigned long long)newest.size, (unsigned long long)stands->size);
	else if (newest.size < stands->size)
		ctx_warn(ctx, "not_covered",
		        _("no other witness has stated more than %llu of these %llu entries: compare the "
		          "number with the draft of another member's node"),
		        (unsigned long long)newest.size, (unsigned long long)stands->size);
}

/* Is anything newer elsewhere? Only a running daemon knows. */
static void look_at_daemon(struct ctx *ctx)
{
	struct control *daemon = control_open(ctx);
	json_t *status = daemon ? control_call(ctx, daemon, "status", NULL, NULL) : NULL;

	if (!json_is_true(json_object_get(status, "in_step")))
		ctx_warn(ctx, "not_in_step", "%s",
		        _("this node is in step with nobody now; others may hold newer entries of the "
		          "registrar"));
	json_decref(status);
	control_close(daemon);
}

static void look_at_feed(struct ctx *ctx, struct feed_no registrar, const struct head *stands)
{
	struct feed_info info;
	struct head held;

	if (!feed_info(ctx->txn, registrar, &info) || !feed_roster_head(ctx->txn, registrar, &held))
		return;
	if (info.state == FEED_HELD)
		ctx_warn(ctx, "registrar_forked", "%s",
		        _("conflicting records: the registrar has two histories. What is held here is one of "
		          "them; choose with --size what shall stand"));
	if (stands->size < held.size)
		ctx_warn(ctx, "voids", _("%llu entries of the registrar that are held here would be void"),
		        (unsigned long long)(held.size - stands->size));
}

static void warn(struct ctx *ctx, const struct anchor *a)
{
	struct feed_no registrar = roster_registrar(ctx->roster);
	const struct head *stands = &a->feeds[a->feeds_count - 1].head;

	cmd_network_warn(ctx);
	look_at_feed(ctx, registrar, stands);
	look_at_witnesses(ctx, registrar, stands);
	look_at_daemon(ctx);
}

static bool fill_draft(struct ctx *ctx, struct anchor_draft *d)
{
	const struct network *n = &ctx->roster->network;
	struct anchor known;

	d->network = n->id;
	d->name = n->name;
	memcpy(d->recovery, n->recovery, sizeof d->recovery);
	d->time_s = ctx->now_ms / 1000;
	d->anchor.number = feed_anchor(ctx->txn, &known) ? known.number + 1 : 1;
	read_successor(ctx, &d->anchor);
	if (!trouble_is(&ctx->trouble))
		read_feeds(ctx, &d->anchor);
	if (trouble_is(&ctx->trouble))
		return false;
	if (keys_check(&d->anchor.successor) != ERR_OK)
		trouble_field(&ctx->trouble, ERR_BAD_KEY, args_name(OPT_KEYS), "%s", "");
	else if (cmd_network_taken(ctx->roster, &d->anchor))
		trouble_field(&ctx->trouble, ERR_KEY_TAKEN, args_name(OPT_KEYS), "%s",
		        _("the new registrar needs a node with a seed of its own, that no member has"));
	return !trouble_is(&ctx->trouble);
}

static enum exit_code make_draft(struct ctx *ctx)
{
	struct anchor_draft *d = arena_take(&ctx->arena, sizeof *d);
	char *room = arena_take(&ctx->arena, ANCHOR_LINE_BYTES_MAX);
	struct bytes_out o = bytes_out(room, ANCHOR_LINE_BYTES_MAX);
	const char *line;
	json_t *row;

	if (!cmd_network_open(ctx) || !fill_draft(ctx, d))
		return ctx_end(ctx);
	anchor_line_put_draft(&o, d);
	line = line_of(ctx, &o);
	warn(ctx, &d->anchor);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (ctx->form == SAY_JSON) {
		row = cmd_network_json(ctx, &d->anchor);
		row_string(row, "draft", line);
		row_json(row, "warnings", json_incref(ctx->warnings));
		return ctx_print_json(ctx, row);
	}
	(void)printf("%s\n", line);
	cmd_network_explain(ctx, &d->anchor);
	say_note(ctx->form, "%s",
	        _("Nothing is done yet. Take the line to where the recovery key is: `lontar network anchor "
	          "--sign LINE`."));
	return ctx_end(ctx);
}

/* --- signing --- */

bool cmd_network_argument(struct ctx *ctx, enum opt opt, struct bytes *out)
{
	const char *given = args_get(ctx->args, opt);

	if (strncmp(given, "lontardraft1", 12) != 0 && strncmp(given, "lontaranchor1", 13) != 0)
		return ctx_read(ctx, given, ANCHOR_LINE_BYTES_MAX, out);
	*out = bytes_text(given);
	return true;
}

bool cmd_network_begins(struct bytes line, const char *prefix)
{
	size_t len = strlen(prefix);

	line = text_trim(line);
	return line.len >= len && memcmp(line.data, prefix, len) == 0;
}

static bool read_draft(struct ctx *ctx, struct anchor_draft *out)
{
	struct bytes text;
	enum err e;

	if (!cmd_network_argument(ctx, OPT_SIGN, &text))
		return false;
	e = anchor_line_parse_draft(text, out);
	if (e == ERR_BAD_PREFIX)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, args_name(OPT_SIGN), "%s",
		        cmd_network_begins(text, "lontaranchor1")
		                ? _("this is signed already: lontar network anchor --import")
		                : _("this is no draft: its line begins with lontardraft1"));
	else if (e != ERR_OK)
		trouble_field(&ctx->trouble, e, args_name(OPT_SIGN), "%s",
		        _("copy the whole line, from lontardraft1 to its end"));
	return e == ERR_OK;
}

static bool read_recovery(struct ctx *ctx, const struct anchor_draft *d, uint8_t secret[64])
{
	const char *path = args_get(ctx->args, OPT_FILE);
	uint8_t seed[32], public[32];
	struct bytes text = {0};

	if (!path && ctx_is_person(ctx))
		say_note(ctx->form, "%s",
		        _("Type the recovery key from its paper, then an empty row and Ctrl-D."));
	if (ctx_read(ctx, path ? path : "-", PAPER_TEXT_BYTES_MAX, &text) &&
	        paper_read_recovery(text, &ctx->trouble, seed) == ERR_OK) {
		(void)crypto_sign_seed_keypair(public, secret, seed);
		if (memcmp(public, d->recovery, sizeof public) != 0)
			trouble_field(&ctx->trouble, ERR_BAD_KEY, "recovery",
			        _("this is not the recovery key of \"%.*s\""), (int)d->name.len,
			        d->name.text);
	}
	ctx_forget(text);
	sodium_memzero(seed, sizeof seed);
	if (trouble_is(&ctx->trouble))
		sodium_memzero(secret, 64);
	return !trouble_is(&ctx->trouble);
}

static enum exit_code sign(struct ctx *ctx)
{
	struct anchor_draft *d = arena_take(&ctx->arena, sizeof *d);
	uint8_t secret[64];
	const char *line;
	json_t *row;

	if (!read_draft(ctx, d))
		return ctx_end(ctx);
	say_note(ctx->form, _("Network \"%.*s\", %.16s; the draft was made at %s."), (int)d->name.len,
	        d->name.text, names_hex(ctx, BYTES_OF(d->network.bytes)),
	        names_instant_in(ctx, d->time_s * 1000, 0));
	cmd_network_explain(ctx, &d->anchor);
	if (!read_recovery(ctx, d, secret))
		return ctx_end(ctx);
	anchor_sign(&d->anchor, secret);
	sodium_memzero(secret, sizeof secret);
	line = cmd_network_line(ctx, &d->anchor);
	if (ctx->form == SAY_JSON) {
		row = cmd_network_json(ctx, &d->anchor);
		row_string(row, "anchor", line);
		return ctx_print_json(ctx, row);
	}
	(void)printf("%s\n", line);
	say_note(ctx->form, "%s",
	        _("Signed. Bring the line to any node: `lontar network anchor --import LINE`. Whoever has it "
	          "can do that."));
	return ctx_end(ctx);
}

/* --- what is in force --- */

static const struct column columns[] = {
        {"number", N_("Anchor"), CELL_COUNT},
        {"state", N_("State"), CELL_CODE},
        {"successor", N_("New registrar"), CELL_TEXT},
        {"words", N_("To compare by voice"), CELL_TEXT},
        {"anchor", N_("The anchor as a line"), CELL_TEXT},
};

static const struct column feed_columns[] = {
        {"feed", N_("Registrar"), CELL_TEXT},
        {"size", N_("Entries that stand"), CELL_COUNT},
        {"root", N_("Root"), CELL_TEXT},
};

static enum exit_code show(struct ctx *ctx)
{
	struct anchor *a = arena_take(&ctx->arena, sizeof *a);
	json_t *row;

	if (!cmd_network_open(ctx))
		return ctx_end(ctx);
	if (feed_anchor(ctx->txn, a)) {
		row = cmd_network_json(ctx, a);
		row_string(row, "anchor", cmd_network_line(ctx, a));
	} else {
		row = row_new();
		row_count(row, "number", 0);
		row_json(row, "feeds", json_array());
		row_null(row, "successor");
		row_null(row, "words");
		row_null(row, "anchor");
	}
	row_string(row, "state", cmd_network_state(ctx));
	cmd_network_warn(ctx);
	if (ctx->form == SAY_JSON) {
		row_json(row, "warnings", json_incref(ctx->warnings));
		return ctx_print_json(ctx, row);
	}
	table_object(row, COLUMNS(columns));
	table_rows(json_object_get(row, "feeds"), COLUMNS(feed_columns),
	        _("There is no anchor: the registrar that founded the network is in force."));
	json_decref(row);
	return ctx_end(ctx);
}

enum exit_code cmd_network_anchor(struct ctx *ctx)
{
	bool draft = args_has(ctx->args, OPT_DRAFT), signs = args_has(ctx->args, OPT_SIGN),
	     import = args_has(ctx->args, OPT_IMPORT);

	if ((int)draft + (int)signs + (int)import > 1) {
		trouble_set(&ctx->trouble, ERR_USAGE, "%s", _("one of --draft, --sign, --import"));
		return ctx_end(ctx);
	}
	if (draft)
		return make_draft(ctx);
	if (signs)
		return sign(ctx);
	return import ? cmd_network_import(ctx) : show(ctx);
}

/* SPDX-License-Identifier: Apache-2.0
 * cmd_proof.c: an entry with its proof in one text file, and checking such a file offline with nothing but the network
 * id. The form is proto/log's (prooffile.h); here the parts are found in the store. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd_int.h"
#include "ledger/object.h"
#include "log/cosignature.h"
#include "log/kinds.h"
#include "log/prooffile.h"
#include "log/seal.h"
#include "log/witness.h"
#include "storage/own.h"
#include "storage/query.h"
#include "storage/view.h"
#include "tools/body.h"
#include "tools/lang.h"
#include "tools/mark.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

struct making {
	struct ctx *ctx;
	struct network_id network;
	const struct anchor *anchor; /* NULL: none */
	struct prooffile file;
	struct head shown; /* the newest checkpoint of our own feed in it */
};

#define COSIGNERS_MAX 16u
#define NOTE_BYTES_ROOM 8192u

static const struct feed_keys *keys_of(const struct making *m, struct feed_no no)
{
	return &roster_feed(m->ctx->roster, no)->keys;
}

/* A witness's statement that covers the entry, with a checkpoint that is our tree's and the author's signature. */
struct seen {
	uint64_t time_s;
	struct witness_row row;
};

static bool fits(const struct making *m, struct feed_no witness, const struct seen *seen)
{
	const struct feed_keys *author = keys_of(m, seen->row.feed);
	char text[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes_out o = bytes_out(text, sizeof text);
	struct cosignature c = {.time_s = seen->time_s};

	checkpoint_put_text(&o, &m->network, &author->feed, &seen->row.checkpoint.head);
	memcpy(c.signature, seen->row.cosignature, sizeof c.signature);
	return feed_has_head(m->ctx->txn, seen->row.feed, &seen->row.checkpoint.head) &&
	       checkpoint_verify(&m->network, &author->feed, &seen->row.checkpoint) == ERR_OK &&
	       cosignature_verify(&c, bytes_written(&o), keys_of(m, witness)->cosigner) == ERR_OK;
}

/* What is looked for in a witness's feed. */
struct wanted {
	struct place place;
	const struct head *head; /* this very one, or NULL: any that covers the place */
};

static bool look_in(
        const struct making *m, const struct entry_ref *entry, const struct wanted *wanted, struct seen *out)
{
	struct witness_seen statement;
	struct seen seen;

	if (entry->kind != KIND_WITNESS_SEEN || witness_seen_unpack(entry->payload, &statement) != ERR_OK)
		return false;
	seen.time_s = statement.time_s;
	while (witness_seen_next(&statement, &seen.row)) {
		const struct head *head = &seen.row.checkpoint.head;
		if (seen.row.feed.n != wanted->place.feed.n || head->size <= wanted->place.seq)
			continue;
		if (wanted->head &&
		        (head->size != wanted->head->size || !hash_equal(&head->root, &wanted->head->root)))
			continue;
		if (!fits(m, entry->place.feed, &seen))
			continue;
		*out = seen;
		return true;
	}
	return false;
}

/* The witness's earliest statement. */
static bool stated_by(
        const struct making *m, struct feed_no witness, const struct wanted *wanted, struct seen *out)
{
	struct entry_ref entry;

	for (struct place at = {.feed = witness}; feed_entry(m->ctx->txn, at, &entry); at.seq++) {
		if (look_in(m, &entry, wanted, out))
			return true;
	}
	return false;
}

/* One in force whose feed is no registrar's. */
static bool is_witness(const struct making *m, struct feed_no no)
{
	const struct roster *r = m->ctx->roster;

	return !roster_is_registrar(r, no) && (roster_roles_at(r, no, r->size) & ROLE_WITNESS) != 0;
}

/* The earliest statement of a registrar, in the order in which they followed; else of another witness. */
static bool covering(const struct making *m, struct place place, struct seen *out)
{
	const struct roster *r = m->ctx->roster;
	const struct wanted wanted = {place, NULL};

	for (uint32_t i = 0; i < r->registrars_count; i++) {
		if (stated_by(m, r->registrars[i].feed, &wanted, out))
			return true;
	}
	for (struct feed_no no = {0}; no.n < r->feeds_count; no.n++) {
		if (is_witness(m, no) && stated_by(m, no, &wanted, out))
			return true;
	}
	return false;
}

static void add_cosignature(
        const struct making *m, struct feed_no witness, const struct seen *seen, struct bytes_out *o)
{
	char name[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes_out n = bytes_out(name, sizeof name);
	struct note_key key = {.type = NOTE_COSIGNATURE};
	struct cosignature cosignature = {.time_s = seen->time_s};
	uint8_t blob[NOTE_COSIGNATURE_BYTES];

	cosignature_put_name(&n, &m->network, &keys_of(m, witness)->feed);
	key.name = bytes_written(&n);
	memcpy(key.key, keys_of(m, witness)->cosigner, sizeof key.key);
	memcpy(cosignature.signature, seen->row.cosignature, sizeof cosignature.signature);
	cosignature_encode(&cosignature, blob);
	note_put_signature(o, &key, BYTES_OF(blob));
}

/* 1 when it stated the wanted checkpoint. */
static unsigned add_of(
        const struct making *m, struct feed_no no, const struct wanted *wanted, struct bytes_out *o)
{
	struct seen seen;

	if (roster_feed(m->ctx->roster, no)->is_void || !stated_by(m, no, wanted, &seen))
		return 0;
	add_cosignature(m, no, &seen, o);
	return 1;
}

/* Whoever stated this very checkpoint, up to the limit: registrars, whose word says when it was received, before the
 * other witnesses. */
static void add_cosignatures(
        const struct making *m, struct place place, const struct head *head, struct bytes_out *o)
{
	const struct roster *r = m->ctx->roster;
	const struct wanted wanted = {place, head};
	unsigned count = 0;

	for (uint32_t i = 0; i < r->registrars_count && count < COSIGNERS_MAX; i++)
		count += add_of(m, r->registrars[i].feed, &wanted, o);
	for (struct feed_no no = {0}; no.n < r->feeds_count && count < COSIGNERS_MAX; no.n++) {
		if (is_witness(m, no))
			count += add_of(m, no, &wanted, o);
	}
}

/* The checkpoint that a registrar saw where one did, else the newest signed one. */
static bool put_checkpoint(struct making *m, struct place place, struct bytes_out *o, struct head *head)
{
	struct seen seen;
	struct checkpoint checkpoint;
	bool found = covering(m, place, &seen);

	if (found)
		checkpoint = seen.row.checkpoint;
	else if (!feed_checkpoint(m->ctx->txn, place.feed, place.seq + 1, &checkpoint)) {
		trouble_set(&m->ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("no signed checkpoint covers this entry here"));
		return false;
	}
	checkpoint_put_note(o, &m->network, &keys_of(m, place.feed)->feed, &checkpoint);
	if (found)
		add_cosignatures(m, place, &checkpoint.head, o);
	*head = checkpoint.head;
	if (m->ctx->has_feed && place.feed.n == m->ctx->feed.n && head->size > m->shown.size)
		m->shown = *head;
	return ctx_ok(m->ctx, bytes_out_end(o), "checkpoint");
}

/* Of an entry of a registrar that the anchor ended: the path to the root that it lets stand. */
static bool fill_standing(struct making *m, struct place place, struct prooffile_entry *out)
{
	struct feed_proof memory = {m->ctx->txn, place.feed};
	struct proof_source source = feed_proof_source(&memory);

	for (uint32_t i = 0; m->anchor && i < m->anchor->feeds_count; i++) {
		const struct anchor_feed *ended = &m->anchor->feeds[i];
		if (!keys_clash(&ended->keys, keys_of(m, place.feed)))
			continue;
		out->has_standing = true;
		return ctx_ok(m->ctx, proof_inclusion(&source, place.seq, ended->head.size, &out->standing),
		        "proof");
	}
	return true;
}

/* One entry with its proof. Everything lives in the arena. */
static bool fill(struct making *m, struct place place, struct prooffile_entry *out)
{
	struct ctx *ctx = m->ctx;
	struct feed_proof memory = {ctx->txn, place.feed};
	struct proof_source source = feed_proof_source(&memory);
	struct bytes_out note = bytes_out(arena_take(&ctx->arena, NOTE_BYTES_ROOM), NOTE_BYTES_ROOM);
	struct entry_ref entry;
	struct head head;

	if (!feed_entry(ctx->txn, place, &entry) || !feed_header(ctx->txn, &entry, &out->header)) {
		trouble_set(&ctx->trouble, ERR_NOT_FOUND, "%u.%llu", (unsigned)place.feed.n,
		        (unsigned long long)place.seq);
		return false;
	}
	out->payload = arena_copy(&ctx->arena, entry.payload);
	if (!put_checkpoint(m, place, &note, &head) ||
	        !ctx_ok(ctx, proof_inclusion(&source, place.seq, head.size, &out->proof.path), "proof"))
		return false;
	out->proof.index = place.seq;
	out->proof.checkpoint = bytes_written(&note);
	return fill_standing(m, place, out);
}

/* The entry that added the feed, of the registrar in whose part of the history it stands. */
static bool fill_feed(struct making *m, struct feed_no no)
{
	const struct roster *r = m->ctx->roster;
	uint64_t at = roster_feed(r, no)->added_at;
	uint32_t i = r->registrars_count - 1;

	if (roster_is_registrar(r, no))
		return true;
	while (i > 0 && r->registrars[i].start > at)
		i--;
	m->file.has_feed = true;
	return fill(m, (struct place){r->registrars[i].feed, at - r->registrars[i].start}, &m->file.feed);
}

static bool fill_found(struct making *m)
{
	struct entry_ref entry;

	if (!feed_entry(m->ctx->txn, (struct place){{0}, 0}, &entry) ||
	        !feed_header(m->ctx->txn, &entry, &m->file.found)) {
		trouble_set(&m->ctx->trouble, ERR_NOT_FOUND, "0.0");
		return false;
	}
	m->file.found_payload = arena_copy(&m->ctx->arena, entry.payload);
	return true;
}

static bool fill_anchor(struct making *m)
{
	struct anchor *anchor = arena_take(&m->ctx->arena, sizeof *anchor);
	struct mp_out packed = mp_out(arena_take(&m->ctx->arena, ANCHOR_BYTES_MAX), ANCHOR_BYTES_MAX);

	if (!feed_anchor(m->ctx->txn, anchor))
		return true;
	if (feed_anchored(m->ctx->txn) == FEED_ANCHOR_AWAITS ||
	        feed_anchored(m->ctx->txn) == FEED_ANCHOR_LEAVES) {
		trouble_set(&m->ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("this node does not hold yet what the newest anchor lets stand"));
		return false;
	}
	m->anchor = anchor;
	anchor_pack(&packed, anchor);
	m->file.anchor = mp_written(&packed);
	return ctx_ok(m->ctx, mp_out_end(&packed), "anchor");
}

/* A key.share holds what opens other entries: nobody outside may be given it. */
static bool may_open(struct making *m, struct place place)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&m->ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct statement s;

	if (view_statement(m->ctx->txn, place, &scratch, &s) != ERR_OK || s.kind != KIND_KEY_SHARE)
		return true;
	trouble_field(&m->ctx->trouble, ERR_USAGE, args_name(OPT_OPEN), "%s",
	        _("this entry holds the secrets of others"));
	return false;
}

/* --open: K of this one sealed entry. */
static bool fill_key(struct making *m, struct place place)
{
	struct prooffile_entry *e = &m->file.entry;
	struct seal_context context = {.feed = &e->header.feed, .seq = place.seq};
	struct channel_secret secret;
	struct sealed sealed;
	enum err err;

	if (e->header.audience != AUDIENCE_SEALED || !args_has(m->ctx->args, OPT_OPEN))
		return true;
	if (!may_open(m, place))
		return false;
	err = seal_payload_unpack(e->payload, &sealed);
	if (err == ERR_OK)
		err = view_channel(m->ctx->txn, (struct place){place.feed, sealed.channel_seq}, &secret);
	if (!ctx_ok(m->ctx, err, _("this node cannot open the entry")))
		return false;
	context.secret = &secret;
	m->file.key = seal_entry_key(&context, sealed.salt);
	m->file.has_key = true;
	bytes_wipe(&secret, sizeof secret);
	return true;
}

static void write_out(struct ctx *ctx, struct bytes text)
{
	const char *path = args_get(ctx->args, OPT_OUT);
	FILE *out = path ? fopen(path, "w") : stdout;

	if (!out && errno == EISDIR)
		trouble_set(&ctx->trouble, ERR_BAD_TEXT, _("%s is a directory; name a file"), path);
	else if (!out || fwrite(text.data, 1, text.len, out) != text.len || fflush(out) != 0)
		trouble_set(&ctx->trouble, errno == ENOSPC ? ERR_DISK_FULL : ERR_IO, "%s: %s",
		        path ? path : "", strerror(errno));
	if (path && out && fclose(out) != 0)
		trouble_set(&ctx->trouble, ERR_IO, "%s: %s", path, strerror(errno));
}

enum exit_code cmd_proof_export(struct ctx *ctx)
{
	struct making *m = arena_take(&ctx->arena, sizeof *m);
	struct reference ref = names_entry(ctx, names_word(ctx, 0, "ENTRY"));
	char *text = arena_take(&ctx->arena, PROOFFILE_BYTES_MAX);
	struct bytes_out o = bytes_out(text, PROOFFILE_BYTES_MAX - 1);

	m->ctx = ctx;
	if (trouble_is(&ctx->trouble) || !own_network(ctx->txn, &m->network))
		return ctx_end(ctx);
	m->file.network = m->network;
	if (!fill_anchor(m) || !fill(m, ref.place, &m->file.entry) || !fill_feed(m, ref.place.feed) ||
	        !fill_found(m) || !fill_key(m, ref.place))
		return ctx_end(ctx);
	prooffile_put(&o, &m->file);
	if (!ctx_ok(ctx, bytes_out_end(&o), "proof"))
		return ctx_end(ctx);
	if (m->shown.size > 0 && mark_raise(ctx, &m->shown) != ERR_OK)
		return ctx_end(ctx);
	if (ctx->form == SAY_JSON && !args_has(ctx->args, OPT_OUT))
		return ctx_print_json(ctx, json_pack("{s:s}", "proof", text));
	write_out(ctx, bytes_written(&o));
	return ctx_end(ctx);
}

/* --network, else that of the node's store. */
static bool which_network(struct ctx *ctx, struct network_id *out)
{
	struct field f = args_field(ctx->args, OPT_NETWORK);

	if (field_given(f)) {
		if (text_hex(f.text, out->bytes, sizeof out->bytes) != ERR_OK)
			trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name, "%s",
			        _("a network id has 64 hex digits"));
		return !trouble_is(&ctx->trouble);
	}
	if (!ctx_open(ctx)) {
		trouble_clear(&ctx->trouble);
		trouble_field(
		        &ctx->trouble, ERR_USAGE, f.name, "%s", _("say by which network id to check it"));
		return false;
	}
	return own_network(ctx->txn, out);
}

static json_t *witnesses_json(struct ctx *ctx, const struct prooffile_claims *c)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < c->witnesses_count; i++) {
		json_t *row = row_new();
		row_hex(row, "feed", ctx, BYTES_OF(c->witnesses[i].feed.bytes));
		row_string(row, "time",
		        names_instant_in(ctx, c->witnesses[i].time_s * 1000, c->network.zone_minutes));
		row_yes(row, "superseded", c->witnesses[i].superseded);
		row_add(list, row);
	}
	return list;
}

/* The reference as people hold it. A file does not say what number a feed has, but for the first one's:
 * then it begins with the dot. */
static const char *shown_reference(
        struct ctx *ctx, const struct prooffile *file, const struct prooffile_claims *c)
{
	struct reference ref = {.place = {.seq = c->seq}};
	const char *whole;

	memcpy(ref.id, c->id.bytes, sizeof ref.id);
	whole = names_reference(ctx, &ref);
	return memcmp(c->feed.bytes, file->found.feed.bytes, sizeof c->feed.bytes) == 0 ? whole
	                                                                                : strchr(whole, '.');
}

static json_t *claims_json(struct ctx *ctx, const struct prooffile *file, const struct prooffile_claims *c)
{
	const struct kind_info *info = c->opened ? kind_info(c->kind) : NULL;
	json_t *said = c->opened ? body_json(ctx, c->kind, c->member, c->body) : NULL;
	json_t *row = row_new();

	row_text(row, "network_name", BYTES(c->network.name.text, c->network.name.len));
	row_hex(row, "network", ctx, BYTES_OF(c->network.id.bytes));
	row_hex(row, "feed", ctx, BYTES_OF(c->feed.bytes));
	row_count(row, "member_number", c->member.n);
	row_json(row, "roles", names_roles(c->roles));
	row_count(row, "seq", c->seq);
	row_string(row, "reference", shown_reference(ctx, file, c));
	row_hex(row, "id", ctx, BYTES_OF(c->id.bytes));
	row_count(row, "time", c->time_ms);
	row_string(row, "at", names_instant_in(ctx, c->time_ms, c->network.zone_minutes));
	row_string(row, "kind", info ? info->name : c->opened ? "unknown" : "sealed");
	if (c->opened)
		row_base64(row, "body", ctx, c->body);
	else
		row_null(row, "body");
	row_json(row, "says", said ? said : json_null());
	row_count(row, "size", c->head.size);
	row_hex(row, "root", ctx, BYTES_OF(c->head.root.bytes));
	row_json(row, "witnesses", witnesses_json(ctx, c));
	row_yes(row, "good", true);
	return row;
}

static const struct column columns[] = {
        {"network_name", N_("Network"), CELL_TEXT},
        {"feed", N_("Feed id"), CELL_TEXT},
        {"member_number", N_("Member number"), CELL_COUNT},
        {"roles", N_("Roles"), CELL_CODES},
        {"seq", N_("Entry"), CELL_COUNT},
        {"reference", N_("Its reference, or the end of it"), CELL_TEXT},
        {"kind", N_("Kind"), CELL_TEXT},
        {"at", N_("Time, by the author's clock"), CELL_TEXT},
        {"size", N_("Covered by a checkpoint of"), CELL_COUNT},
        {"id", N_("Id"), CELL_TEXT},
};

static const struct column witness_columns[] = {
        {"feed", N_("Seen by the registrar"), CELL_TEXT},
        {"time", N_("Time"), CELL_TEXT},
        {"superseded", N_("Its key was replaced since"), CELL_YES},
};

static void print_said(const json_t *row, bool opened)
{
	const json_t *said = json_object_get(row, "says");

	(void)putchar('\n');
	if (json_is_object(said))
		body_print(said);
	else if (!opened)
		(void)printf("%s\n",
		        _("What it says is sealed, and not opened in this file; one that was made with "
		          "`lontar proof export --open` shows it."));
	else
		(void)printf("%s\n", _("What it says is in \"body\" of `lontar --json proof verify`."));
	(void)putchar('\n');
}

enum exit_code cmd_proof_verify(struct ctx *ctx)
{
	struct prooffile_room *room = arena_take(&ctx->arena, sizeof *room);
	struct prooffile *file = arena_take(&ctx->arena, sizeof *file);
	struct prooffile_claims *claims = arena_take(&ctx->arena, sizeof *claims);
	struct network_id network;
	struct bytes text;
	enum err e;
	json_t *row;

	if (!ctx_read(ctx, ctx->args->words[0], PROOFFILE_BYTES_MAX, &text) || !which_network(ctx, &network))
		return ctx_end(ctx);
	e = prooffile_parse(text, room, file);
	if (e == ERR_OK)
		e = prooffile_verify(file, &network, room, claims);
	trouble_at(&ctx->trouble, ctx->args->words[0], 0);
	if (e != ERR_WRONG_NETWORK)
		ctx->trouble.way_out = _("Have the file sent once more, whole, by whoever made it.");
	if (!ctx_ok(ctx, e, _("the file was changed or is not whole, or it is no proof"))) {
		(void)ctx_end(ctx);
		return EXIT_NO;
	}
	row = claims_json(ctx, file, claims);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	print_said(row, claims->opened);
	table_rows(json_object_get(row, "witnesses"), COLUMNS(witness_columns),
	        _("No registrar has seen it yet."));
	(void)printf("%s\n", _("Signature valid: the entry is in the feed."));
	json_decref(row);
	return ctx_end(ctx);
}

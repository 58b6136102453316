/* SPDX-License-Identifier: Apache-2.0
 * cmd_key.c: the node's keys: the public ones to be shown to an officer, the seed on paper, and back from paper. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/text.h"
#include "cmd_int.h"
#include "env/random.h"
#include "ledger/address.h"
#include "ledger/kinds.h"
#include "log/invite.h"
#include "storage/own.h"
#include "storage/view.h"
#include "tools/client.h"
#include "tools/conf.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/paper.h"
#include "tools/row.h"
#include "tools/table.h"

static const struct column columns[] = {
        {"feed", N_("Feed id"), CELL_TEXT},
        {"words", N_("To compare by voice"), CELL_TEXT},
        {"link_key", N_("Link key"), CELL_TEXT},
        {"keys", N_("Keys, for the registrar"), CELL_TEXT},
};

enum exit_code cmd_key_show(struct ctx *ctx)
{
	const struct feed_keys *keys = own_keys(ctx->store);
	json_t *row = row_new();

	row_hex(row, "feed", ctx, BYTES_OF(keys->feed.bytes));
	row_string(row, "words", names_words(ctx, &keys->feed));
	row_hex(row, "cosigner", ctx, BYTES_OF(keys->cosigner));
	row_hex(row, "link_key", ctx, BYTES_OF(keys->link));
	row_hex(row, "seal_key", ctx, BYTES_OF(keys->seal));
	row_string(row, "keys", names_keys_text(ctx, keys));
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	json_decref(row);
	return ctx_end(ctx);
}

/* Where a member's node can be dialled, by its newest word on it. */
static bool dialled_at(struct ctx *ctx, struct feed_no no, struct paper *p)
{
	const struct roster_feed *feed = roster_feed(ctx->roster, no);
	struct view_said which = {feed->member, KIND_NODE_ADDRESS};
	struct view_at at = {0};
	struct entry_ref entry;
	struct address_list list;

	while (view_said_next(ctx->txn, &which, VIEW_NEWEST_FIRST, &at, &entry)) {
		if (entry.place.feed.n != no.n)
			continue;
		if (address_unpack(entry.payload, &list) != ERR_OK || list.count == 0 ||
		        list.items[0].len >= ADDRESS_BYTES_MAX)
			return false;
		memcpy(p->peers[p->peers_count].address, list.items[0].data, list.items[0].len);
		memcpy(p->peers[p->peers_count++].link_key, feed->keys.link, 32);
		return true;
	}
	return false;
}

static enum exit_code print_paper(struct ctx *ctx, const char *text, bool sealed)
{
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:s, s:O}", "paper", text, "warnings", ctx->warnings));
	(void)fputs(text, stdout);
	say_note(ctx->form, "%s",
	        sealed ? _("Print this or write it down, and lock it away: whoever has it and knows the "
	                   "passphrase can sign "
	                   "for this node. Without the passphrase it brings nothing back, so keep that too, "
	                   "in another place.")
	               : _("Print this or write it down, and lock it away: whoever has it can sign for this "
	                   "node."));
	return ctx_end(ctx);
}

#define TEXT_BYTES 4096u

enum exit_code cmd_key_paper(struct ctx *ctx)
{
	struct paper p = {0};
	char *text = arena_take(&ctx->arena, TEXT_BYTES);
	struct bytes_out o = bytes_out(text, TEXT_BYTES - 1);
	enum exit_code code;
	bool sealed;

	if (!ctx_ok(ctx, home_seed_line(&ctx->home, p.seed_line), ctx->home.dir))
		return ctx_end(ctx);
	p.has_network = own_network(ctx->txn, &p.network);
	for (uint32_t i = 0; i < ctx->roster->feeds_count && p.peers_count < 2; i++) {
		if (!ctx->has_feed || i != ctx->feed.n)
			(void)dialled_at(ctx, (struct feed_no){i}, &p);
	}
	sealed = home_seed_is_sealed(p.seed_line);
	paper_put(&o, &p);
	sodium_memzero(p.seed_line, sizeof p.seed_line);
	if (!ctx_ok(ctx, bytes_out_end(&o), "paper")) {
		bytes_wipe(text, TEXT_BYTES);
		return ctx_end(ctx);
	}
	if (p.peers_count == 0)
		ctx_warn(ctx, "no_peers", "%s",
		        _("no other member's node says where it can be dialled, so the paper names nobody to "
		          "ask; note such an "
		          "address beside it, or have an invite ready (`lontar key recover --invite`)"));
	code = print_paper(ctx, text, sealed);
	bytes_wipe(text, TEXT_BYTES);
	return code;
}

struct recovering {
	struct paper paper;
	char seed_path[HOME_PATH_BYTES_MAX];
	bool made_seed, had_store;
};

/* The same seed is here already: only the store was lost. */
static bool is_there(const struct ctx *ctx, const struct paper *p)
{
	char line[HOME_SEED_LINE_BYTES_MAX];
	bool same = home_seed_line(&ctx->home, line) == ERR_OK && strcmp(line, p->seed_line) == 0;

	sodium_memzero(line, sizeof line);
	return same;
}

static void write_seed(struct ctx *ctx, struct recovering *r)
{
	char text[HOME_SEED_LINE_BYTES_MAX + 1];
	size_t len = strlen(r->paper.seed_line);
	enum err e;

	memcpy(text, r->paper.seed_line, len);
	text[len] = '\n';
	e = home_text_write(&ctx->home, "seed", BYTES(text, len + 1));
	sodium_memzero(text, sizeof text);
	r->made_seed = e == ERR_OK;
	if (e == ERR_EXISTS && !is_there(ctx, &r->paper))
		trouble_set(&ctx->trouble, e, "%s",
		        _("another seed is here than this paper's; name another directory with --home DIR"));
	else if (e != ERR_EXISTS)
		(void)ctx_ok(ctx, e, r->seed_path);
}

/* An invite of any member names the network and a node, as the paper may not. */
static void take_invite(struct ctx *ctx, struct paper *p)
{
	struct field f = args_field(ctx->args, OPT_INVITE);
	struct invite invite;
	enum err e;

	if (!field_given(f) || trouble_is(&ctx->trouble))
		return;
	e = invite_parse(f.text, &invite);
	if (e != ERR_OK)
		trouble_field(
		        &ctx->trouble, e, f.name, "%s", _("copy the whole line, from lontar1 to its end"));
	else if (p->has_network && memcmp(&p->network, &invite.network, sizeof p->network) != 0)
		trouble_field(&ctx->trouble, ERR_WRONG_NETWORK, f.name, "%s", "");
	else if (invite.addresses_count == 0)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, f.name, "%s", _("there is no address in it"));
	if (e != ERR_OK || trouble_is(&ctx->trouble))
		return;
	p->has_network = true;
	p->network = invite.network;
	for (uint32_t i = 0; i < invite.addresses_count && p->peers_count < PAPER_PEERS_MAX; i++) {
		memcpy(p->peers[p->peers_count].address, invite.addresses[i].text, invite.addresses[i].len);
		p->peers[p->peers_count].address[invite.addresses[i].len] = '\0';
		memcpy(p->peers[p->peers_count++].link_key, invite.link, sizeof invite.link);
	}
}

static bool is_configured(const struct ctx *ctx, const char *line)
{
	for (unsigned i = 0; i < ctx->config.peers_count; i++) {
		if (strcmp(ctx->config.peers[i], line) == 0)
			return true;
	}
	return false;
}

static void add_peers(struct ctx *ctx, const struct paper *p)
{
	unsigned room = HOME_ADDRESSES_MAX - ctx->config.peers_count;

	for (unsigned i = 0; i < p->peers_count && room > 0 && !trouble_is(&ctx->trouble); i++) {
		char line[ADDRESS_BYTES_MAX + 80];
		(void)snprintf(line, sizeof line, "%s %s", p->peers[i].address,
		        names_hex(ctx, BYTES_OF(p->peers[i].link_key)));
		if (is_configured(ctx, line))
			continue;
		conf_add(ctx, "peer", line);
		room--;
	}
}

/* A new store knows nothing of what it once published, so it counts as an old copy of itself. */
static enum err begin_store(struct ctx *ctx, struct txn *txn, void *argument)
{
	const struct recovering *r = argument;

	(void)ctx;
	if (!txn_roster(txn)->founded)
		own_trust_set(txn, OWN_RESTORED);
	return r->paper.has_network ? own_network_set(txn, &r->paper.network) : txn_error(txn);
}

/* What is left of a store that has lost its data. */
static void clear_remains(struct ctx *ctx)
{
	char path[HOME_PATH_BYTES_MAX];

	home_path(&ctx->home, "store/data.mdb", path);
	if (access(path, F_OK) == 0)
		return;
	home_path(&ctx->home, "store/lock.mdb", path);
	(void)unlink(path);
	home_path(&ctx->home, "store", path);
	(void)rmdir(path); /* only when it is empty */
}

/* A store for the seed, where there is none yet; one that is there must be of this seed. */
static void make_store(struct ctx *ctx, struct recovering *r)
{
	struct store_options options = {
	        .home = ctx->home.dir, .mode = STORE_WRITE, .map_bytes = ctx->config.map_bytes};
	uint8_t id[STORE_ID_BYTES];
	enum err e;

	if (!ctx_keys(ctx))
		return;
	options.keys = &ctx->keys;
	random_fill(id, sizeof id);
	clear_remains(ctx);
	e = store_create(&options, id);
	r->had_store = e == ERR_EXISTS;
	if (e != ERR_EXISTS && !ctx_ok(ctx, e, ctx->home.dir))
		return;
	if (client_write(ctx, begin_store, r) || ctx->trouble.err != ERR_BAD_KEY)
		return;
	trouble_clear(&ctx->trouble);
	trouble_set(&ctx->trouble, ERR_EXISTS, "%s",
	        _("the store here is another node's than this paper; name another directory with --home "
	          "DIR"));
}

static void recover(struct ctx *ctx, struct recovering *r)
{
	home_path(&ctx->home, "seed", r->seed_path);
	write_seed(ctx, r);
	if (!trouble_is(&ctx->trouble))
		make_store(ctx, r);
	if (!trouble_is(&ctx->trouble))
		add_peers(ctx, &r->paper);
	if (trouble_is(&ctx->trouble) && r->made_seed)
		(void)unlink(r->seed_path);
}

static void say_next(struct ctx *ctx, const struct recovering *r)
{
	bool can_ask = r->paper.peers_count > 0 || ctx->config.peers_count > 0 || r->had_store;

	if (r->paper.peers_count > 0 && !r->paper.has_network && !r->had_store)
		say_note(ctx->form, "%s",
		        _("The seed is back, but the rows that begin with \"network:\" are missing. Give the "
		          "paper again with them, or with `--invite lontar1...`, an invite of any member."));
	else if (!can_ask || !r->paper.has_network)
		say_note(ctx->form, "%s",
		        _("The seed is back, but the paper names no node to ask. Let any member give you an "
		          "invite "
		          "(`lontar invite create`), and give it with the paper again: `lontar key recover "
		          "FILE --invite "
		          "lontar1...`. It admits nobody anew and is not used up."));
	else if (r->had_store)
		say_note(ctx->form, "%s",
		        _("The seed is back, beside the store that is here. Start `lontard`."));
	else
		say_note(ctx->form,
		        _("The seed is back, with %u nodes to ask. Start `lontard`: it fetches all that ever "
		          "left this node. "
		          "Until that is settled new entries are not sent; `lontar status` says how far it "
		          "is."),
		        r->paper.peers_count);
	if (ctx->config.listen[0] == '\0')
		say_note(ctx->form, "%s",
		        _("Where this node listens and can be dialled does not stand on paper: if others "
		          "dialled it, write "
		          "listen and advertise into lontar.conf again."));
}

static bool read_paper(struct ctx *ctx, struct paper *out)
{
	const char *path = ctx->args->words_count > 0 ? ctx->args->words[0] : "-";
	struct bytes text = {0};
	bool good = ctx_read(ctx, path, PAPER_TEXT_BYTES_MAX, &text) &&
	            paper_read(text, &ctx->trouble, out) == ERR_OK;

	ctx_forget(text);
	if (ctx->trouble.err == ERR_TOO_LONG) {
		trouble_clear(&ctx->trouble);
		trouble_set(&ctx->trouble, ERR_BAD_TEXT, "%s",
		        _("this is no paper: it is too long for the rows of `lontar key paper`"));
	}
	return good;
}

enum exit_code cmd_key_recover(struct ctx *ctx)
{
	struct recovering *r = arena_take(&ctx->arena, sizeof *r);

	if (!read_paper(ctx, &r->paper))
		return ctx_end(ctx);
	take_invite(ctx, &r->paper);
	if (!trouble_is(&ctx->trouble) && ctx_ok(ctx, home_make(&ctx->home), ctx->home.dir))
		recover(ctx, r);
	sodium_memzero(r->paper.seed_line, sizeof r->paper.seed_line);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(
		        ctx, json_pack("{s:s, s:i, s:b}", "feed",
		                     names_hex(ctx, BYTES_OF(ctx->keys.public.feed.bytes)), "peers",
		                     (int)r->paper.peers_count, "has_store", (int)r->had_store));
	(void)printf("%s\n", names_hex(ctx, BYTES_OF(ctx->keys.public.feed.bytes)));
	say_next(ctx, r);
	return ctx_end(ctx);
}

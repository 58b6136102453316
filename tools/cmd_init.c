/* SPDX-License-Identifier: Apache-2.0
 * cmd_init.c: making a node: a fresh seed and an empty store, and with it a network founded, or an invite to ask by.
 * What fails half-way takes its own files away again, so that the command can be given anew. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/text.h"
#include "cmd_int.h"
#include "env/random.h"
#include "log/invite.h"
#include "log/join.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "log/short_text.h"
#include "node/joining.h"
#include "storage/own.h"
#include "tools/client.h"
#include "tools/conf.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/paper.h"
#include "tools/profile_form.h"
#include "tools/row.h"

#define WITA_MINUTES 480

struct making {
	bool founds;
	struct roster_found found;
	struct bytes invite;                   /* the line */
	struct bytes name;                     /* to ask to be admitted by */
	uint8_t secret[INVITE_SECRET_BYTES];   /* of the invite */
	char request[JOIN_LINE_BYTES_MAX + 1]; /* the same, as a line that people can send */
	struct network_id network;
	char listen[ADDRESS_BYTES_MAX]; /* empty: it only dials */
	uint8_t recovery_secret[64];    /* of the recovery key; its first half is the seed on paper */
	bool made_seed, made_store;
};

static void text(struct ctx *ctx, enum opt opt, const char *otherwise, struct short_text *out)
{
	struct field f = args_field(ctx->args, opt);
	struct bytes b;
	enum err e;

	if (!field_given(f))
		f = field_of(f.name, bytes_text(otherwise));
	b = field_text(&ctx->trouble, f, &ctx->arena, NAME_BYTES_MAX);
	e = short_text_of(b, NAME_BYTES_MAX, out);
	if (!trouble_is(&ctx->trouble) && e != ERR_OK)
		trouble_field(&ctx->trouble, e, f.name, "%s", "");
}

static void read_found(struct ctx *ctx, struct making *m)
{
	struct network *n = &m->found.network;
	struct field alias = args_field(ctx->args, OPT_ALIAS);

	text(ctx, OPT_FOUND, "", &n->name);
	text(ctx, OPT_DINAS, args_get(ctx->args, OPT_FOUND), &n->dinas);
	profile_form_alias(&ctx->trouble,
	        field_given(alias) ? alias : field_of(alias.name, bytes_text("dinas")), &m->found.alias);
	memcpy(n->currency, "IDR", 4);
	n->zone_minutes = WITA_MINUTES;
	if (!trouble_is(&ctx->trouble) && n->name.len == 0)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, args_name(OPT_FOUND), "%s", _("it is empty"));
}

static void read_join(struct ctx *ctx, struct making *m)
{
	struct field f = args_field(ctx->args, OPT_JOIN);
	struct invite invite;
	enum err e = invite_parse(f.text, &invite);

	if (e != ERR_OK)
		trouble_field(
		        &ctx->trouble, e, f.name, "%s", _("copy the whole line, from lontar1 to its end"));
	else if (invite.expiry_s < ctx->now_ms / 1000)
		trouble_field(&ctx->trouble, ERR_REFUSED, f.name, "%s",
		        _("the invite has expired; ask for a new one"));
	m->invite = f.text;
	m->network = invite.network;
	memcpy(m->secret, invite.secret, sizeof m->secret);
	field_need(&ctx->trouble, args_field(ctx->args, OPT_NAME));
	m->name = field_text(&ctx->trouble, args_field(ctx->args, OPT_NAME), &ctx->arena, NAME_BYTES_MAX);
}

/* The address that others dial is often a router's or a name; what is listened on is this machine's own, at that port.
 * A loopback address stays what it is. */
static void read_address(struct ctx *ctx, struct making *m)
{
	struct field f = args_field(ctx->args, OPT_ADDRESS);
	const char *text = args_get(ctx->args, OPT_ADDRESS), *colon = text ? strrchr(text, ':') : NULL;
	uint64_t port = 0;
	size_t host;

	if (!field_given(f))
		return;
	host = colon ? (size_t)(colon - text) : 0;
	if (host == 0 || f.text.len >= ADDRESS_BYTES_MAX || strpbrk(text, " \t\r\n") ||
	        (text[0] != '[' && memchr(text, ':', host)) || (text[0] == '[' && text[host - 1] != ']') ||
	        text_u64(bytes_text(colon + 1), 65535, &port) != ERR_OK || port == 0) {
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name,
		        _("\"%.*s\" is not HOST:PORT, as in koperasi.example:7300"),
		        (int)(f.text.len > 60 ? 60 : f.text.len), text);
		return;
	}
	if (strncmp(text, "127.", 4) == 0 || strncmp(text, "[::1]", 5) == 0)
		(void)snprintf(m->listen, sizeof m->listen, "%s", text);
	else
		(void)snprintf(m->listen, sizeof m->listen, "%s:%u", text[0] == '[' ? "[::]" : "0.0.0.0",
		        (unsigned)port);
}

static void refuse_unused(struct ctx *ctx, enum opt opt, const char *why)
{
	if (args_has(ctx->args, opt))
		trouble_field(&ctx->trouble, ERR_USAGE, args_name(opt), "%s", why);
}

static void make_seed(struct ctx *ctx, struct making *m)
{
	const char *passphrase = NULL;
	struct seed seed;
	uint8_t salt[16];
	enum err e;

	if (args_has(ctx->args, OPT_SEAL) || args_has(ctx->args, OPT_PASSPHRASE_FILE)) {
		passphrase = ctx_passphrase(ctx, _("A passphrase for the seed"));
		if (!passphrase)
			return;
	}
	random_fill(&seed, sizeof seed);
	random_fill(salt, sizeof salt);
	e = home_seed_write(&ctx->home, &seed, passphrase, salt);
	if (ctx_ok(ctx, e,
	            e == ERR_EXISTS ? _("there is a node here already, or its seed; name another directory "
	                                "with --home DIR")
	                            : "seed")) {
		m->made_seed = true;
		keys_derive(&seed, &ctx->keys);
		ctx->has_keys = true;
	}
	sodium_memzero(&seed, sizeof seed);
}

static void make_store(struct ctx *ctx, struct making *m)
{
	struct store_options options = {.home = ctx->home.dir,
	        .mode = STORE_WRITE,
	        .map_bytes = ctx->config.map_bytes,
	        .keys = &ctx->keys};
	uint8_t id[STORE_ID_BYTES];

	random_fill(id, sizeof id);
	m->made_store = ctx_ok(ctx, store_create(&options, id), ctx->home.dir);
}

static enum err found_it(struct ctx *ctx, struct txn *txn, struct making *m)
{
	struct drbg random;
	uint8_t seed[32];
	struct append append = {.txn = txn, .keys = &ctx->keys, .time_ms = ctx->now_ms, .random = &random};
	struct mp_out body = client_body();
	enum err e;

	random_fill(seed, sizeof seed);
	(void)crypto_sign_seed_keypair(m->found.network.recovery, m->recovery_secret, seed);
	random_fill(seed, sizeof seed);
	drbg_seed(&random, seed);
	m->found.keys = ctx->keys.public;
	roster_body_found_pack(&body, &m->found);
	e = mp_out_end(&body);
	return e == ERR_OK ? append_found(&append, mp_written(&body), &m->network) : e;
}

static enum err fill_store(struct ctx *ctx, struct txn *txn, void *argument)
{
	struct making *m = argument;
	enum err e;

	if (m->founds)
		return found_it(ctx, txn, m);
	e = own_network_set(txn, &m->network);
	if (e != ERR_OK)
		return e;
	own_put(txn, OWN_NOTES, bytes_text(JOINING_NOTE), m->invite);
	own_put(txn, OWN_NOTES, bytes_text(JOINING_NAME_NOTE), m->name);
	return txn_error(txn);
}

/* For who cannot dial: the request as a line of text. */
static void make_request(struct ctx *ctx, struct making *m)
{
	const struct join_binding nothing = {{0}};
	struct join *join = arena_take(&ctx->arena, sizeof *join);
	struct bytes_out o = bytes_out(m->request, JOIN_LINE_BYTES_MAX);

	if (!ctx_ok(ctx, short_text_of(m->name, NAME_BYTES_MAX, &join->name), args_name(OPT_NAME)))
		return;
	join_sign(join, &ctx->keys, m->secret, &nothing);
	join_put(&o, join);
	if (ctx_ok(ctx, bytes_out_end(&o), "join"))
		m->request[bytes_written(&o).len] = '\0';
}

/* Take away what this command made. */
static void undo(struct ctx *ctx, const struct making *m)
{
	char path[HOME_PATH_BYTES_MAX];

	if (m->made_store) {
		home_path(&ctx->home, "store/data.mdb", path);
		(void)unlink(path);
		home_path(&ctx->home, "store", path);
		(void)rmdir(path);
	}
	if (m->made_seed) {
		home_path(&ctx->home, "seed", path);
		(void)unlink(path);
	}
}

/* For paper: in rows that have a check each. */
static const char *recovery_rows(struct ctx *ctx, const uint8_t secret[64])
{
	char *room = arena_take(&ctx->arena, 256);
	struct bytes_out o = bytes_out(room, 255);

	paper_put_recovery(&o, secret);
	must(bytes_out_end(&o) == ERR_OK);
	return room;
}

static enum exit_code report(struct ctx *ctx, const struct making *m)
{
	const char *network = names_hex(ctx, BYTES_OF(m->network.bytes));
	const char *recovery = m->founds ? names_hex(ctx, BYTES(m->recovery_secret, 32)) : NULL;
	json_t *row;

	if (ctx->form == SAY_JSON) {
		row = row_new();
		row_string(row, "home", ctx->home.dir);
		row_string(row, "network", network);
		row_hex(row, "feed", ctx, BYTES_OF(ctx->keys.public.feed.bytes));
		row_string(row, "keys", names_keys_text(ctx, &ctx->keys.public));
		row_string(row, "recovery", recovery);
		row_string(row, "request", m->request);
		row_string(row, "words", names_words(ctx, &ctx->keys.public.feed));
		return ctx_print_json(ctx, row);
	}
	(void)printf("%s\n", m->founds ? network : m->request);
	if (m->founds) {
		say_note(ctx->form, _("The network is founded in %s. Its id is %s."), ctx->home.dir, network);
		say_note(ctx->form, "%s",
		        _("This recovery key replaces a lost registrar. It is shown once and kept nowhere: "
		          "write it down."));
		say_note(ctx->form, "%s", recovery_rows(ctx, m->recovery_secret));
	} else {
		say_note(ctx->form,
		        _("The node is made in %s. Start `lontard`; an officer then sees your request."),
		        ctx->home.dir);
		say_note(ctx->form, "%s",
		        _("Where it cannot reach the network, send the officer the line that begins with "
		          "lontarjoin1."));
	}
	say_note(ctx->form, "%s", _("Print the seed with `lontar key paper` and lock it away."));
	return ctx_end(ctx);
}

enum exit_code cmd_init(struct ctx *ctx)
{
	struct making *m = arena_take(&ctx->arena, sizeof *m);
	enum exit_code code;

	m->founds = args_has(ctx->args, OPT_FOUND);
	if (m->founds == args_has(ctx->args, OPT_JOIN))
		trouble_set(&ctx->trouble, ERR_USAGE, "%s", _("give --found NAME or --join INVITE"));
	else if (m->founds)
		read_found(ctx, m);
	else
		read_join(ctx, m);
	if (!m->founds) {
		refuse_unused(ctx, OPT_ALIAS, _("the officer who admits a node gives it its alias"));
		refuse_unused(ctx, OPT_DINAS, _("it goes with --found"));
	}
	read_address(ctx, m);
	if (!trouble_is(&ctx->trouble) && ctx_ok(ctx, home_make(&ctx->home), ctx->home.dir))
		make_seed(ctx, m);
	if (!trouble_is(&ctx->trouble))
		make_store(ctx, m);
	if (!trouble_is(&ctx->trouble) && m->listen[0] != '\0') {
		conf_add(ctx, "listen", m->listen);
		conf_add(ctx, "advertise", args_get(ctx->args, OPT_ADDRESS));
	}
	if (!trouble_is(&ctx->trouble) && !m->founds)
		make_request(ctx, m);
	if (!trouble_is(&ctx->trouble))
		(void)client_write(ctx, fill_store, m);
	if (trouble_is(&ctx->trouble)) {
		undo(ctx, m);
		return ctx_end(ctx);
	}
	code = report(ctx, m);
	sodium_memzero(m->recovery_secret, sizeof m->recovery_secret);
	return code;
}

/* SPDX-License-Identifier: Apache-2.0
 * ctx.c: opening what a command needs and closing it again. Writing is client.c's. */
#include "tools/ctx.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "env/clock.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/lang.h"

#define ZONE_MINUTES_DEFAULT 480 /* WITA, until the network says its own */

void ctx_init(struct ctx *ctx, const struct args *args)
{
	memset(ctx, 0, sizeof *ctx);
	ctx->args = args;
	ctx->form = args_has(args, OPT_JSON) ? SAY_JSON : SAY_WORDS;
	ctx->now_ms = clock_wall_ms();
	ctx->warnings = json_array();
	must(ctx->warnings);
}

bool ctx_ok(struct ctx *ctx, enum err e, const char *what)
{
	if (e != ERR_OK)
		trouble_set(&ctx->trouble, e, "%s", what);
	return e == ERR_OK;
}

bool ctx_home(struct ctx *ctx)
{
	int line = 0;
	enum err e;
	char what[HOME_PATH_BYTES_MAX + 64];

	if (ctx->home.dir[0] != '\0')
		return true;
	e = home_choose(args_get(ctx->args, OPT_HOME), &ctx->home);
	if (!ctx_ok(ctx, e, _("no directory: give --home DIR or set LONTAR_HOME")))
		return false;
	e = home_config_read(&ctx->home, &ctx->config, &line);
	(void)snprintf(what, sizeof what, _("%s/lontar.conf, line %d"), ctx->home.dir, line);
	return ctx_ok(ctx, e, what);
}

static void find_self(struct ctx *ctx)
{
	const struct roster_feed *feed;

	ctx->has_feed = own_feed(ctx->txn, &ctx->feed);
	feed = ctx->has_feed ? roster_feed(ctx->roster, ctx->feed) : NULL;
	if (feed)
		ctx->me = feed->member;
}

/* A seed without its store is not nothing. */
static const char *what_is_here(struct ctx *ctx)
{
	char path[HOME_PATH_BYTES_MAX], store[HOME_PATH_BYTES_MAX];

	home_path(&ctx->home, "seed", path);
	home_path(&ctx->home, "store/data.mdb", store);
	return access(path, F_OK) == 0 && access(store, F_OK) != 0
	               ? _("a seed is here without its store; `lontar restore` brings it back from a backup, "
	                   "or `lontar key recover` with the paper makes one")
	               : ctx->home.dir;
}

bool ctx_open(struct ctx *ctx)
{
	struct store_options options = {.mode = STORE_READ};

	if (ctx->txn)
		return true;
	if (!ctx_home(ctx))
		return false;
	options.home = ctx->home.dir;
	options.map_bytes = ctx->config.map_bytes;
	if (!ctx_ok(ctx, store_open(&options, &ctx->store), what_is_here(ctx)))
		return false;
	if (!ctx_ok(ctx, txn_read(ctx->store, &ctx->txn), ctx->home.dir)) {
		ctx_close(ctx);
		return false;
	}
	ctx->roster = txn_roster(ctx->txn);
	find_self(ctx);
	return true;
}

void ctx_close(struct ctx *ctx)
{
	txn_abort(ctx->txn);
	store_close(ctx->store);
	ctx->txn = NULL;
	ctx->store = NULL;
	ctx->roster = NULL;
}

static char *read_passphrase(struct ctx *ctx, FILE *in)
{
	char line[1024];
	char *kept;

	if (!fgets(line, sizeof line, in)) {
		trouble_set(&ctx->trouble, ERR_NOT_DECRYPTED, "%s", _("no passphrase was given"));
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	kept = arena_text(&ctx->arena, bytes_text(line));
	sodium_memzero(line, sizeof line);
	return kept;
}

static char *ask_passphrase(struct ctx *ctx, const char *question)
{
	struct termios old, quiet;
	char *answer;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &old) != 0) {
		trouble_set(&ctx->trouble, ERR_NOT_DECRYPTED, "%s", _("there is no terminal to ask on"));
		return NULL;
	}
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)fprintf(stderr, "%s: ", question);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	answer = read_passphrase(ctx, stdin);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	(void)fputc('\n', stderr);
	return answer;
}

const char *ctx_passphrase(struct ctx *ctx, const char *question)
{
	const char *path = args_get(ctx->args, OPT_PASSPHRASE_FILE);
	const char *answer;
	FILE *in;

	if (!path)
		return ask_passphrase(ctx, question);
	in = fopen(path, "r");
	if (!in) {
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, args_name(OPT_PASSPHRASE_FILE), "%s: %s", path,
		        strerror(errno));
		return NULL;
	}
	answer = read_passphrase(ctx, in);
	(void)fclose(in);
	return answer;
}

bool ctx_keys(struct ctx *ctx)
{
	struct seed seed;
	const char *passphrase = NULL;
	enum err e;

	if (ctx->has_keys)
		return true;
	if (!ctx_home(ctx))
		return false;
	e = home_seed_read(&ctx->home, NULL, &seed);
	if (e == ERR_NOT_DECRYPTED) {
		passphrase = ctx_passphrase(ctx, _("Passphrase of the seed"));
		e = passphrase ? home_seed_read(&ctx->home, passphrase, &seed) : e;
	}
	if (!ctx_ok(ctx, e, ctx->home.dir))
		return false;
	keys_derive(&seed, &ctx->keys);
	sodium_memzero(&seed, sizeof seed);
	ctx->has_keys = true;
	return true;
}

void ctx_deinit(struct ctx *ctx)
{
	ctx_close(ctx);
	if (ctx->has_keys)
		keys_wipe(&ctx->keys);
	json_decref(ctx->warnings);
	arena_deinit(&ctx->arena);
}

bool ctx_need_self(struct ctx *ctx)
{
	if (!ctx->has_feed)
		trouble_set(&ctx->trouble, ERR_UNKNOWN_FEED, "%s",
		        own_trust(ctx->txn) == OWN_RESTORED
		                ? _("our records are still to come from other members; `lontar status` shows "
		                    "the links")
		                : _("this node is not yet admitted; `lontar status` says what is awaited"));
	return ctx->has_feed;
}

bool ctx_need_role(struct ctx *ctx, uint32_t role)
{
	struct feed_info info;

	if (!ctx_need_self(ctx))
		return false;
	if (feed_info(ctx->txn, ctx->feed, &info) && info.state != FEED_CUT &&
	        (roster_roles(ctx->roster, (struct place){ctx->feed, info.head.size}) & role) == 0)
		trouble_set(&ctx->trouble, ERR_NO_RIGHT, "%s", "");
	return !trouble_is(&ctx->trouble);
}

struct day ctx_today(const struct ctx *ctx)
{
	bool founded = ctx->roster && ctx->roster->founded;

	return date_of_ms(ctx->now_ms, founded ? ctx->roster->network.zone_minutes : ZONE_MINUTES_DEFAULT);
}

struct day ctx_day(struct ctx *ctx, enum opt opt)
{
	struct field f = args_field(ctx->args, opt);

	return field_given(f) ? field_date(&ctx->trouble, f) : ctx_today(ctx);
}

bool ctx_read(struct ctx *ctx, const char *path, size_t most, struct bytes *out)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *text = arena_take(&ctx->arena, most + 1);
	size_t len;

	if (!in) {
		trouble_at(&ctx->trouble, path, 0);
		trouble_set(&ctx->trouble, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", strerror(errno));
		return false;
	}
	len = fread(text, 1, most + 1, in);
	if (ferror(in) || len > most)
		trouble_at(&ctx->trouble, path, 0);
	if (ferror(in) && errno == EISDIR)
		trouble_set(&ctx->trouble, ERR_BAD_TEXT, "%s", _("it is a directory; name a file"));
	else if (ferror(in))
		trouble_set(&ctx->trouble, ERR_IO, "%s", strerror(errno));
	else if (len > most)
		trouble_set(&ctx->trouble, ERR_TOO_LONG, "%s", "");
	if (in != stdin)
		(void)fclose(in);
	*out = BYTES(text, len);
	return !trouble_is(&ctx->trouble);
}

void ctx_forget(struct bytes secret_text)
{
	uintptr_t at = (uintptr_t)secret_text.data; /* the arena's own bytes, which ctx_read() filled */

	bytes_wipe((void *)at, secret_text.len);
}

bool ctx_is_person(const struct ctx *ctx)
{
	return ctx->form == SAY_WORDS && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool ctx_confirm(struct ctx *ctx, const char *question)
{
	if (!ctx_is_person(ctx) || args_has(ctx->args, OPT_YES) || say_ask(question))
		return true;
	trouble_set(&ctx->trouble, ERR_NOT_CONFIRMED, "%s", _("nothing was done"));
	return false;
}

void ctx_warn(struct ctx *ctx, const char *code, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	must(json_array_append_new(ctx->warnings, json_string(code)) == 0);
	say_note(ctx->form, _("warning: %s"), text);
}

enum exit_code ctx_end(struct ctx *ctx)
{
	return trouble_is(&ctx->trouble) ? say_trouble(ctx->form, &ctx->trouble) : EXIT_DONE;
}

enum exit_code ctx_print_json(struct ctx *ctx, json_t *object)
{
	(void)ctx_ok(ctx, say_json(object), _("standard output"));
	return ctx_end(ctx);
}

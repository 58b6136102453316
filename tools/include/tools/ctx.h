/* SPDX-License-Identifier: Apache-2.0
 * ctx.h: what every command works with: the node's directory and settings, the day, a snapshot of the store with its
 * roster, the node's keys when it must sign, and the first trouble. A command returns with ctx_end(). */
#ifndef TOOLS_CTX_H
#define TOOLS_CTX_H

#include "env/home.h"
#include "storage/txn.h"
#include "tools/args.h"
#include "tools/say.h"

struct ctx {
	struct trouble trouble;
	struct arena arena;
	enum say_form form;
	const struct args *args;
	struct home home;
	struct home_config config;
	uint64_t now_ms;
	struct store *store; /* open for reading, with txn, between ctx_open() and ctx_close() */
	struct txn *txn;
	const struct roster *roster; /* of txn; dies with it */
	bool has_feed;               /* are we in the roster? */
	struct feed_no feed;
	struct member_no me;
	bool has_keys;
	struct secret_keys keys;
	json_t *warnings; /* codes of what only warns, for JSON */
};

void ctx_init(struct ctx *ctx, const struct args *args);
/* Directory and settings. False: said in the trouble. */
bool ctx_home(struct ctx *ctx);
/* The store read-only, a snapshot and the roster; ctx_home() first if need be. */
bool ctx_open(struct ctx *ctx);
void ctx_close(struct ctx *ctx); /* the store; its borrowed things are gone */
bool ctx_keys(struct ctx *ctx);  /* the seed's keys, asking for a passphrase where it is sealed */
void ctx_deinit(struct ctx *ctx);

/* The node must be a member's: its feed is in the roster. */
bool ctx_need_self(struct ctx *ctx);
/* So that nobody is warned of what would be refused anyhow. Of a cut feed appending says what is wrong. */
bool ctx_need_role(struct ctx *ctx, uint32_t role);
/* Today, in the network's zone. */
struct day ctx_today(const struct ctx *ctx);
/* The day of an option, or today. */
struct day ctx_day(struct ctx *ctx, enum opt opt);
/* A passphrase: from --passphrase-file, else asked on the terminal. NULL: none to be had, said in the trouble. */
const char *ctx_passphrase(struct ctx *ctx, const char *question);

/* A file's text, or with "-" that of standard input, into the arena. False: said in the trouble. */
bool ctx_read(struct ctx *ctx, const char *path, size_t most, struct bytes *out);
void ctx_forget(struct bytes secret_text); /* wipes what was read so */

/* Does a person sit at the terminal, who can be asked? */
bool ctx_is_person(const struct ctx *ctx);
/* The person at the terminal, if there is one, is asked; --yes answers. False: they said no, which is the trouble. */
bool ctx_confirm(struct ctx *ctx, const char *question);

/* Keep an error of a lower layer, naming what was done. True when e is ERR_OK. */
bool ctx_ok(struct ctx *ctx, enum err e, const char *what);
/* What does not stop the command: a code for JSON, words on stderr. */
void ctx_warn(struct ctx *ctx, const char *code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* Say the trouble if there is any; the exit code. */
enum exit_code ctx_end(struct ctx *ctx);
/* The object on stdout as JSON (takes it), then ctx_end(). */
enum exit_code ctx_print_json(struct ctx *ctx, json_t *object);

#endif

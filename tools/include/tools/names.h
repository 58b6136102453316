/* SPDX-License-Identifier: Apache-2.0
 * names.h: how people name members, feeds and entries, and how these are shown: a member by alias, legal number or
 * the start of its feed id; an entry by its reference or an unambiguous beginning of one. */
#ifndef TOOLS_NAMES_H
#define TOOLS_NAMES_H

#include "ledger/object.h"
#include "node/rewrites.h"
#include "storage/feed.h"
#include "storage/view.h"
#include "tools/ctx.h"

/* Reading; troubles are kept in ctx, zero comes back then. */
struct member_no names_member(struct ctx *ctx, struct field f);
/* A member that is not ourselves. */
struct member_no names_partner(struct ctx *ctx, struct field f);
struct feed_no names_feed(struct ctx *ctx, struct field f);
/* An entry that is held: with its full id. One of ours that was appended again is found by its old reference too. */
struct reference names_entry(struct ctx *ctx, struct field f);
/* What became of one of ours that was withdrawn, by its old reference. False: it is held, or never was withdrawn. */
bool names_rewrite(struct ctx *ctx, struct field f, struct rewrite *out);
/* What is held at a place; zeros for its id where nothing is. */
struct reference names_held(struct ctx *ctx, struct place place);
/* Are the digits that were given the first of that id? */
bool names_begins(const struct reference *given, unsigned digits, const struct reference *held);
/* Likewise, and what it opens is of that type. */
struct reference names_object(
        struct ctx *ctx, struct field f, enum object_type type, struct view_object *out);
/* The word at I on the command line, as a field of that name. */
struct field names_word(const struct ctx *ctx, unsigned i, const char *name);

/* The four public keys of a feed: 256 hex digits, as `lontar key show` prints them, ":" between them or not. */
void names_keys(struct ctx *ctx, struct field f, struct feed_keys *out);
/* The same but for case and spaces? */
bool names_alike(struct bytes a, struct bytes b);

/* Showing. Strings live in the arena. */
const char *names_alias(struct ctx *ctx, struct member_no no);
const char *names_full(struct ctx *ctx, struct member_no no);
const char *names_reference(struct ctx *ctx, const struct reference *r);
const char *names_date(struct ctx *ctx, struct day d);
const char *names_instant(
        struct ctx *ctx, uint64_t unix_ms); /* 2019-05-03T17:00:00+08:00, the network's zone */
/* Likewise in a zone. */
const char *names_instant_in(struct ctx *ctx, uint64_t unix_ms, int32_t zone_minutes);
const char *names_hex(struct ctx *ctx, struct bytes b);
const char *names_words(struct ctx *ctx, const struct feed_id *feed); /* eight, to compare by voice */
const char *names_keys_text(struct ctx *ctx, const struct feed_keys *keys);
json_t *names_roles(uint32_t roles); /* ["officer","witness"] */
/* "officer,witness" into bits. */
uint32_t names_roles_of(struct ctx *ctx, struct field f);

#endif

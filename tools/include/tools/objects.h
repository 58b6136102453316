/* SPDX-License-Identifier: Apache-2.0
 * objects.h: walking over what a member has with its partners, and over the statements about one object. */
#ifndef TOOLS_OBJECTS_H
#define TOOLS_OBJECTS_H

#include "storage/query.h"
#include "tools/conflicts.h"
#include "tools/names.h"

/* Whose books the command shows: --member for auditors, else our own. Sets a trouble without the right. */
struct member_no objects_whose(struct ctx *ctx);

/* Objects of one type that self has with one partner or with all, by partner. */
struct objects {
	struct member_no self;
	enum object_type type;
	bool one_partner;
	struct member_no partner; /* of the object last given, or the only one */
	struct view_at sums_at, pair_at;
	bool inside;
};
struct objects objects_of(struct member_no self, enum object_type type);
/* Only with this partner, where the field is given. */
void objects_only(struct ctx *ctx, struct objects *o, struct field partner);
bool objects_next(struct txn *txn, struct objects *o, struct view_object *out);

/* A trade with the partner by its nota number, ours or theirs, that was not declined or withdrawn. */
bool objects_trade(struct ctx *ctx, struct member_no partner, struct bytes nota, struct trade_record *out);

/* The statements about an object: [{"entry","kind","by","time","reason","effect"}], then those that a cutoff made void,
 * with the effect "void". A time that is not known is null. */
json_t *objects_statements(
        struct ctx *ctx, const struct conflicts *conflicts, const struct reference *object);
json_t *objects_statement(struct ctx *ctx, const struct statement *s, const char *effect); /* one of them */
/* For people, under the object; nothing when there are none. */
void objects_print_statements(const json_t *statements);
/* The newest statement of a kind by a member about the object that has an effect. False: none. */
bool objects_find(
        struct ctx *ctx, struct place object, uint16_t kind, struct member_no by, struct reference *out);

#endif

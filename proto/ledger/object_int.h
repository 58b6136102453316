/* SPDX-License-Identifier: Apache-2.0
 * object_int.h: how a noun plugs into object.c: a check of each of its kinds, and the three steps of its fold.
 * Statements come in the order of places, so those of one feed are neighbours: a feed's first answer is known by
 * remembering one feed number. */
#ifndef LEDGER_OBJECT_INT_H
#define LEDGER_OBJECT_INT_H

#include "body_int.h"
#include "record_int.h"
#include "ledger/kinds.h"
#include "ledger/object.h"

/* What every fold begins with. */
struct object_fold {
	const struct ledger_context *ctx;
	struct statement opening;
	enum object_type type;
	bool any;          /* was a statement added? */
	struct place last; /* of the last one added */
};

struct fold_steps {
	size_t bytes; /* of the noun's fold */
	void (*begin)(struct object_fold *fold);
	enum err (*add)(struct object_fold *fold, const struct statement *s);
	void (*end)(const struct object_fold *fold, struct bytes_out *record, struct object_view *out);
};
extern const struct fold_steps partnership_steps, trade_steps, payment_steps, closing_steps, rat_record_steps,
        rat_notice_steps;

/* Checks by kind, as the last column of kinds.h names them: the body, the roles, the roster. about is filled by those
 * of PART_ABOUT. */
typedef enum err body_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about);
#define X(name, number, text, audience, object, part, check) body_check check##_check;
LEDGER_KINDS(X)
#undef X

/* What a statement names besides `about`: see object_also(). */
uint32_t rat_also(const struct statement *s, struct reference *out, uint32_t cap);
uint32_t closing_also(const struct statement *s, struct reference *out, uint32_t cap);

/* The partner is in the roster and is not the author. */
enum err object_check_partner(
        const struct ledger_context *ctx, const struct statement *s, struct member_no partner);
/* Feeds without the officer role speak for nobody. ERR_NO_RIGHT. */
enum err object_check_officer(const struct statement *s);
/* The day of the statement's header in the network's zone. */
struct day object_day(const struct object_fold *fold, const struct statement *s);
/* Fill the index of a pair; returns +1 when first is out->a, else -1. */
int64_t object_pair(struct object_view *out, struct member_no first, struct member_no second);

/* "Each feed's first answer counts": true when the feed of s answered before; else it has now. */
struct answered {
	bool any;
	struct feed_no feed;
};
bool object_answered(struct answered *a, const struct statement *s);

#endif

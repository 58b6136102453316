/* SPDX-License-Identifier: Apache-2.0
 * statements.h: a small network of members and feeds in memory, statements written through the real encoders, and
 * objects folded from them as a store would: found by reference, checked, in the order of places. */
#ifndef SUPPORT_STATEMENTS_H
#define SUPPORT_STATEMENTS_H

#include "ledger/answer.h"
#include "ledger/kinds.h"
#include "ledger/object.h"

/* Member m has the feeds 2m and 2m + 1 unless the test moves them. Member 0 is the registrar. */
struct statements {
	struct roster roster;
	struct ledger_context ctx;
	uint32_t members, feeds;
	struct member_no *member_of; /* by feed */
	uint32_t *roles;             /* by feed */
	uint64_t *next_seq;          /* by feed */
	size_t count, cap, links_count, links_cap;
	struct statement *all;
	enum err *why; /* of each: what its check said, or what the last fold of an object it is about said */
	struct statement_link {
		struct reference object;
		size_t statement;
	} * links; /* sorted by object, then place */
	bool indexed;
	void *fold;
};

void statements_init(struct statements *s, uint32_t members);
void statements_deinit(struct statements *s);
/* Append the body that M packed to the feed; the audience is the kind's. Returns where. */
struct reference statements_say(
        struct statements *s, uint32_t feed, uint16_t kind, const struct mp_out *m, struct day day);
/* An answer (struct answer) about an object. */
struct reference statements_answer(
        struct statements *s, uint32_t feed, uint16_t kind, const struct reference *about);
/* The statement at a reference, its index, or SIZE_MAX. */
size_t statements_find(const struct statements *s, const struct reference *ref);
/* What its own check says. */
enum err statements_check(struct statements *s, size_t index);
/* Fold the object that the statement opened. False when it was refused. */
bool statements_fold(struct statements *s, size_t index, struct object_view *out);
/* Put the statements into a random order in memory; their places stay. */
void statements_shuffle(struct statements *s, uint64_t seed);

/* SplitMix64. */
uint64_t statements_random(uint64_t *state);
uint32_t statements_below(uint64_t *state, uint32_t bound);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * object.h: how statements become the view of an object, for every kind alike: begin with the opening
 * statement, add each statement about it in the order of places, end with the record that the store keeps.
 * docs/LEDGER.md. A record has one fixed, big-endian form per type, so equal sets give equal bytes. */
#ifndef LEDGER_OBJECT_H
#define LEDGER_OBJECT_H

#include "ledger/statement.h"

enum object_type {
	OBJECT_NONE = 0, /* not about an object: profile.set, node.address, document.note, policy.set, ... */
	OBJECT_PARTNERSHIP = 1,
	OBJECT_TRADE = 2,
	OBJECT_PAYMENT = 3,
	OBJECT_ATTESTATION = 4, /* rat.attest, rat.record */
	OBJECT_NOTICE = 5,      /* rat.notice */
	OBJECT_CLOSING = 6,     /* balance.close */
	OBJECT_TYPES
};

/* How a kind stands to objects. */
enum kind_part { PART_NONE, PART_OPENS, PART_ABOUT };

struct kind_info {
	const char *name; /* "trade.offer" */
	uint16_t kind;
	enum audience audience;
	enum object_type object;
	enum kind_part part;
};
/* NULL when this version does not know the kind. Kinds 2..31 (proto/log's) are in the table too. */
const struct kind_info *kind_info(uint16_t kind);
const struct kind_info *kind_named(struct bytes name);
const struct kind_info *kind_at(size_t index); /* for listing; NULL past the end */

/* The checks that need the statement and the roster alone: decodes, ranges, audience, the role of its feed,
 * parties in the roster. ERR_OK, or why it has no effect whatever else comes. Of PART_ABOUT kinds fills
 * *about. */
MUST_USE enum err object_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about);
/* May a kind name several targets (replaces)? Fills up to cap references besides `about`; returns the count.
 * A statement is added to the object of each. */
uint32_t object_also(const struct statement *s, struct reference *out, uint32_t cap);

/* A payment carries its allocations: most records are under 200 bytes. */
#define OBJECT_RECORD_BYTES_MAX 8192u

/* What the store keeps and indexes of one object. */
struct object_view {
	enum object_type type;
	uint8_t record[OBJECT_RECORD_BYTES_MAX];
	uint16_t record_bytes;
	/* the index: a pair of members for partnerships, trades, payments, closings; (member, book year) for
	 * RAT */
	bool by_pair, by_year;
	struct member_no a, b; /* by_pair: a.n < b.n; by_year: a */
	int32_t year;
	/* by_pair: what it adds to the pair's sums, seen from a */
	struct pair_sums {
		struct rupiah position, pending, pending_payments, disputed;
	} sums;
};

/* The fold. Opaque size: allocate OBJECT_FOLD_BYTES once, aligned as max_align_t; it need not be cleared. */
#define OBJECT_FOLD_BYTES 65536u
struct object_fold;
/* s passed object_check and opens an object. memory lives until object_end(); *s is copied, its body
 * borrowed. */
struct object_fold *object_begin(
        void *memory, const struct ledger_context *ctx, const struct statement *opening);
/* Add the next statement about it (object_check passed, place order). ERR_OK, or why this statement has no
 * effect. */
MUST_USE enum err object_add(struct object_fold *fold, const struct statement *s);
void object_end(struct object_fold *fold, struct object_view *out);

#endif

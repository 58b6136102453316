/* SPDX-License-Identifier: Apache-2.0
 * rewrites.h: what became of own entries that were withdrawn. A store that went back in time takes back what others hold
 * of its feed; entries made here meanwhile, which never left, come after that: with another place, id and salt. Who wrote
 * down the old reference finds the new one here, or why there is none. docs/PROTOCOL.md 8. */
#ifndef NODE_REWRITES_H
#define NODE_REWRITES_H

#include "log/entry.h"
#include "storage/own.h"

enum rewrite_what {
	REWRITE_AGAIN = 1, /* appended again, as NOW */
	REWRITE_BACK = 2,  /* others held the same (kind, time, plaintext) already: it is NOW */
	REWRITE_REFUSED =
	        3, /* a rule refused it when it was to be appended again: rewrites_refused() has it */
	REWRITE_DROPPED =
	        4 /* the node's own (a channel, a witness's statement): made again when it is needed */
};
struct rewrite {
	struct reference was;
	enum rewrite_what what;
	struct reference now; /* REWRITE_AGAIN, REWRITE_BACK */
	uint64_t wall_ms;     /* when */
};
bool rewrites_has_successor(const struct rewrite *rewrite); /* NOW is it */
/* What became of it in the end, also when that was withdrawn again. False: it never was withdrawn. */
bool rewrites_find(struct txn *txn, const struct reference *was, struct rewrite *out);
/* Each call the next, by old place, one step of each; for finding one by the beginning of a reference. at: zero to
 * begin. */
bool rewrites_next(struct txn *txn, struct own_at *at, struct rewrite *out);

/* Kept until somebody removes it from OWN_REFUSED, by rewrites_key(). */
#define REWRITE_KEY_BYTES (4u + 8u + REFERENCE_ID_BYTES)
struct rewrite_refused {
	struct reference was;
	uint64_t time_ms, wall_ms; /* when it was made; when it was refused */
	enum err why;
	uint16_t kind; /* the true one; KIND_SEALED: it could not be opened, body is its payload */
	struct bytes body;
};
/* Each call the next, by old place; a row that cannot be read is passed over. at: zero to begin. */
bool rewrites_refused(struct txn *txn, struct own_at *at, struct rewrite_refused *out);
void rewrites_key(const struct reference *was, uint8_t out[REWRITE_KEY_BYTES]);

#endif

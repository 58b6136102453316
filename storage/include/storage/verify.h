/* SPDX-License-Identifier: Apache-2.0
 * verify.h: the store held against itself: every tree, root and signature of the feeds computed again from the
 * entries, and every view computed again from nothing, then compared byte for byte. Needs no writer's lock. */
#ifndef STORAGE_VERIFY_H
#define STORAGE_VERIFY_H

#include "storage/txn.h"

enum verify_what {
	VERIFY_TREE,      /* a root, a subtree or an id is not what the entries give */
	VERIFY_SIGNATURE, /* a kept signature does not sign its head */
	VERIFY_VIEW,      /* a row of a view is missing, too many, or other than computed anew */
};
struct verify_difference {
	enum verify_what what;
	struct place place; /* the entry or head meant; of views: zero */
	char table[16];     /* of views: which */
	uint8_t key[64];    /* of views: the row */
	uint8_t key_bytes;
	enum err err;
};
struct verify_report {
	uint64_t feeds, entries, signatures, rows; /* looked at */
	uint64_t not_for_us, broken;               /* sealed entries not opened */
	uint64_t differences;                      /* all of them; the first are listed */
#define VERIFY_LISTED_MAX 100u
	struct verify_difference listed[VERIFY_LISTED_MAX];
};
struct verify_options {
	/* Called now and then with the entries done and to do; may be NULL. False stops: ERR_REFUSED. */
	bool (*progress)(void *context, uint64_t done, uint64_t all);
	void *context;
	const char *scratch; /* a directory for a second, temporary store; it is removed afterwards */
};
/* ERR_OK: it was done; the report says what was found. Other errors: it could not be done. */
MUST_USE enum err verify_store(
        struct store *store, const struct verify_options *options, struct verify_report *report);

#endif

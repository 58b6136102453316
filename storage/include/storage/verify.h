/* SPDX-License-Identifier: Apache-2.0
 * verify.h: the store held against itself: every tree, root and signature of the feeds computed again from the
 * entries, and every view computed again from nothing, then compared byte for byte. Needs no writer's lock. */
#ifndef STORAGE_VERIFY_H
#define STORAGE_VERIFY_H

#include "storage/feed.h"

enum verify_what {
	VERIFY_TREE,      /* the entries do not give the root that is kept with a signature */
	VERIFY_SIGNATURE, /* a kept signature does not sign its head */
	VERIFY_ROW,       /* a row is missing, too many, or other than computed anew */
};
#define VERIFY_KEY_BYTES_MAX 68u
struct verify_difference {
	enum verify_what what;
	struct place place;                /* the feed, and the size of the head meant */
	const char *table;                 /* VERIFY_ROW: which; lives as long as the program */
	uint8_t key[VERIFY_KEY_BYTES_MAX]; /* VERIFY_ROW */
	uint8_t key_bytes;
};
#define VERIFY_LISTED_MAX 100u
struct verify_report {
	uint64_t feeds, entries, signatures, rows; /* looked at */
	uint64_t not_for_us, broken;               /* sealed entries that were not opened */
	uint64_t differences;                      /* all of them; the first are listed */
	struct verify_difference listed[VERIFY_LISTED_MAX];
};
struct verify_options {
	const char
	        *scratch; /* a directory that is not there yet: made for a second store, removed afterwards */
	/* Called now and then with the entries done and to do; may be NULL. False stops: ERR_REFUSED. */
	bool (*progress)(void *context, uint64_t done, uint64_t all);
	void *context;
};
/* ERR_OK: it was done, the report says what was found. ERR_EXISTS: scratch is there. Other errors: it could not be
 * done. */
MUST_USE enum err verify_store(
        struct store *store, const struct verify_options *options, struct verify_report *report);

/* Every row that two stores with equal frontiers and equal keys have in common, in a fixed order: of the views, and of
 * the log what it counts. The function returns false to stop. */
typedef bool verify_row(void *context, const char *table, struct bytes key, struct bytes value);
void verify_rows(struct txn *txn, verify_row *row, void *context);

#endif

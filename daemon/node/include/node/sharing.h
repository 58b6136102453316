/* SPDX-License-Identifier: Apache-2.0
 * sharing.h: which channels were opened before a feed became a reader of such, and who gives it their secrets, in
 * key.share entries. docs/PROTOCOL.md 9.4. All of it follows from the log: what was given already too. */
#ifndef NODE_SHARING_H
#define NODE_SHARING_H

#include "log/key_share.h"
#include "storage/view.h"

enum sharing_scope {
	SHARING_OURS, /* what is this feed's to give, by the order that the page has */
	SHARING_ALL   /* whatever it can give; a person asked for it */
};
#define SHARING_READERS_MAX CHANNEL_WRAPS_MAX
#define SHARING_WRAPS 256u
struct sharing_wrap { /* what a channel was found to be, by its place and the reader */
	struct place channel;
	struct feed_no reader;
	bool is_known, is_wrapped;
};
struct sharing {
	struct txn *txn;
	struct feed_no own;
	enum sharing_scope scope;
	struct member_no member; /* for whose feeds; with our own's go all auditors */
	bool has_officers;       /* readers of the member itself */
	uint32_t readers_count;  /* whom we may have to give to; not cut */
	struct feed_no readers[SHARING_READERS_MAX];
	struct sharing_wrap wraps[SHARING_WRAPS]; /* remembered while *txn lives */
};
/* The first of the members, from *MEMBER on, for whose feeds we may have something; false: none. */
bool sharing_next_member(struct txn *txn, struct feed_no own, struct member_no *member);
/* Fill *s. Readers may be taken out before sharing_collect(), to ask for the others alone. */
struct sharing_ask {
	struct feed_no own;
	struct member_no member;
	enum sharing_scope scope;
};
void sharing_begin(struct sharing *s, struct txn *txn, const struct sharing_ask *ask);

/* Look at LOOK channels at most from *AT on (zero to begin); rows: those with a reader who lacks it, ready to be packed,
 * KEY_SHARE_ROWS_MAX at most; the caller wipes them. Returns how many. *done: there are no further channels. */
uint32_t sharing_collect(
        struct sharing *s, struct view_at *at, uint32_t look, struct key_share_row *rows, bool *done);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* work_int.h: what a write transaction collects and computes with: allocated when a store is opened for writing, so
 * that no entry costs an allocation. It holds secrets of channels and opened bodies: wiped when it is freed, and the
 * secrets after every transaction. */
#ifndef STORAGE_WORK_INT_H
#define STORAGE_WORK_INT_H

#include <stddef.h>

#include "ledger/object.h"
#include "log/seal.h"
#include "map_int.h"

/* What became of an object's opening in this transaction. */
enum opening { OPENING_AS_BEFORE = 0, OPENING_COUNTS, OPENING_GONE };
struct touched {
	enum opening opening;
};
struct sum_change { /* to the sums of a pair, seen from the lower number */
	struct pair_sums sums;
	int64_t objects[OBJECT_TYPES];
};
struct sealed_change {
	int64_t opened, not_for_us, broken;
};
struct share_turn {         /* a channel that key.share entries name */
	bool comes_or_goes; /* itself: what was said of every secret given for it is no longer so */
	bool turns;
};
struct rejudge {
	uint64_t from_plus_1; /* judge the feed's entries from there on again */
};

/* Channels met in this transaction: by place, the newest wins. */
#define CHANNEL_SLOTS 256u
struct channel_slot {
	bool used;
	struct place place;
	enum err err; /* ERR_OK: opened */
	struct channel_secret secret;
};

struct work {
	struct map touched; /* place of an object -> struct touched */
	struct map sums;    /* (a, b) -> struct sum_change */
	struct map sealed;  /* (feed, 0) -> struct sealed_change */
	struct map rejudge; /* (feed, 0) -> struct rejudge */
	struct map shares;  /* place of a channel -> struct share_turn */
	bool grown;         /* the roster has new members or feeds */
	struct channel_slot channels[CHANNEL_SLOTS];
	uint8_t opening[ENTRY_PAYLOAD_BYTES_MAX]; /* bodies */
	uint8_t statement[ENTRY_PAYLOAD_BYTES_MAX];
	uint8_t judged[ENTRY_PAYLOAD_BYTES_MAX];
	struct object_view view;
	_Alignas(max_align_t) uint8_t fold[OBJECT_FOLD_BYTES];
};
struct work *work_new(void); /* NULL: no memory */
void work_free(struct work *work);
/* Ready for the next transaction. */
void work_reset(struct work *work);

#endif

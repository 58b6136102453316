/* SPDX-License-Identifier: Apache-2.0
 * authors.h: the authors of a small network, each writing its own feed in memory: entries, seals, signed runs. What they
 * wrote is then given to stores, run by run, in whatever order a test wants. Dies on what a test got wrong. */
#ifndef SUPPORT_AUTHORS_H
#define SUPPORT_AUTHORS_H

#include "ledger/kinds.h"
#include "ledger/object.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "log/run.h"
#include "log/seal.h"
#include "log/witness.h"
#include "storage/feed.h"

#define AUTHORS_FEEDS_MAX 64u
#define AUTHORS_CHANNELS_MAX 64u

struct written {
	struct run_item item;
	struct hash id;
	uint8_t *bytes; /* of the payload */
	uint16_t true_kind;
};
struct author {
	struct secret_keys keys;
	struct tree tree;
	uint64_t time_ms;
	struct written *entries;
	uint64_t entries_count, entries_cap;
	uint64_t *ends; /* sizes at which there is a signature */
	uint8_t (*signatures)[64];
	uint32_t ends_count, ends_cap;
	struct channel_secret channels[AUTHORS_CHANNELS_MAX];
	uint64_t channel_seqs[AUTHORS_CHANNELS_MAX];
	uint32_t channels_count;
};
struct authors {
	uint64_t random;
	uint64_t clock_ms;  /* of all of them; 0: time passes at random */
	uint64_t bytes;     /* of all payloads so far */
	uint32_t registrar; /* whose feed the shorthands write */
	struct network_id network;
	struct secret_keys recovery;
	struct author feeds[AUTHORS_FEEDS_MAX]; /* by the numbers that the roster gives them */
	uint8_t scratch[2 * ENTRY_PAYLOAD_BYTES_MAX];
	struct mp_out body;
};

/* Feed 0 founds the network: one entry, signed. */
void authors_init(struct authors *a, uint64_t seed);
void authors_deinit(struct authors *a);

/* Pack a body, then say it. */
struct mp_out *authors_body(struct authors *a);
struct reference authors_say(struct authors *a, uint32_t feed, uint16_t kind);
/* Any payload, as any kind; not signed yet either. */
struct reference authors_say_raw(
        struct authors *a, uint32_t feed, enum audience audience, uint16_t kind, struct bytes payload);
/* What the store holds of the feed and is not in memory yet, as if its author had said it here, and signed. */
void authors_take(struct authors *a, struct txn *txn, uint32_t feed);
/* A second history of one feed: TO, of which nothing was said, begins with the first SIZE entries of FROM. */
void authors_branch(struct authors *a, uint32_t from, uint32_t to, uint64_t size);
/* Open a channel to these feeds (the author's own is always among its readers). Returns its index. */
uint32_t authors_channel(
        struct authors *a, uint32_t feed, uint64_t registrar_size, const uint32_t *readers, uint32_t count);
struct reference authors_seal(struct authors *a, uint32_t feed, uint32_t channel, uint16_t kind);
/* Sign all that was said. */
void authors_sign(struct authors *a, uint32_t feed);

/* Shorthands of the registrar; each says and signs. */
void authors_admit(struct authors *a, const char *alias);
void authors_add(struct authors *a, uint32_t member, uint32_t feed, uint32_t roles);
void authors_cut(struct authors *a, uint32_t feed, uint64_t size);
void authors_resolve(struct authors *a, uint32_t feed);

/* What the network's recovery key signs. */
void authors_anchor(const struct authors *a, struct anchor *anchor);

struct reference authors_reference(const struct authors *a, uint32_t feed, uint64_t seq);
struct head authors_head(const struct authors *a, uint32_t feed, uint64_t size);
/* Give the next run of a feed to the store: from where it stands to the author's next signature, or to the cutoff. False:
 * there is nothing that it would take now. */
bool authors_deliver(const struct authors *a, struct txn *txn, uint32_t feed);
/* Everything, in the order of feeds, in one transaction after another. */
void authors_deliver_all(const struct authors *a, struct store *store);

#endif

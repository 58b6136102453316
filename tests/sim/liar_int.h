/* SPDX-License-Identifier: Apache-2.0
 * liar_int.h: what the liar's files share. liar.c: its life and its links; liar_state.c: statements; liar_seal.c: channels
 * and seals; liar_share.c: their secrets; liar_usurp.c: what is not its to say; liar_fork.c: two histories; liar_peer.c, liar_flood.c: what it says on
 * a link; liar_intrude.c: streams that are no links. */
#ifndef SIM_LIAR_INT_H
#define SIM_LIAR_INT_H

#include "liar.h"
#include "support/hostile.h"
#include "support/weave.h"

#define LIAR_LINKS 4u
#define LIAR_INTRUDERS 8u
#define LIAR_OTHER (AUTHORS_FEEDS_MAX - 1) /* among the authors' feeds: its second history */
#define LIAR_PARTNERS 2u                   /* whom weave.h's bodies name, mostly */
#define LIAR_DUE_MAX 24u
#define LIAR_CHANNELS 32u   /* of others, remembered */
#define LIAR_TAKEN_MAX 512u /* entries of others looked at in one moment */

struct liar_link {
	struct hostile h;
	struct liar *liar;
	bool used;
	uint32_t victim;
	uint32_t branch; /* the history that it is shown: own, or LIAR_OTHER */
	enum { GENEROUS, DRIPS, MEAN } manner;
	struct feed_no feed; /* what it pulled and did not get yet */
	uint64_t next, to;
	uint64_t offered; /* of its own feed */
};

struct liar {
	struct net *net;
	struct liar_options options;
	uint64_t random, due_ms;
	bool known, began, calm, is_split;
	struct feed_no own;
	uint32_t branch; /* of what is written now */
	uint64_t roster_size;
	struct {
		uint32_t feeds[LIAR_DUE_MAX];
		uint32_t count;
	} due[LIAR_PARTNERS]; /* who must read what it has with members 1, 2, ..., its own feed left out */
	struct weave weave;   /* its authors' feed OWN is its feed; of others they have the public keys */
	struct place channels[LIAR_CHANNELS]; /* a ring */
	uint64_t channels_count;
	uint64_t seen[AUTHORS_FEEDS_MAX]; /* of each feed: how many entries are in the pool */
	struct liar_link links[LIAR_LINKS];
	struct hostile intruders[LIAR_INTRUDERS];
	struct secret_keys stranger;
	struct join join;
	uint8_t babble[2000];
	struct head old_registrar; /* what somebody's HELLO or FRONTIER said once */
	uint8_t old_fingerprints[64];
	uint32_t old_fingerprints_bytes;
	uint64_t done[LIAR_ACT_KINDS];
	uint8_t scratch[ENTRY_PAYLOAD_BYTES_MAX], body[ENTRY_PAYLOAD_BYTES_MAX];
};

/* An act: false: it could not be done now. */
#define X(name, habit, function, text) bool liar_##function(struct liar *l);
LIAR_ACTS(X)
#undef X

uint64_t liar_below(struct liar *l, uint64_t bound);
bool liar_chance(struct liar *l, uint32_t n); /* one in N */
void liar_fill(struct liar *l, void *out, size_t len);
bool liar_link_takes(const struct liar_link *k); /* is it live, with room for a message? */
/* A store from which the roster and others' entries are read: its own, or an honest node's. NULL: none is open. */
struct store *liar_store(struct liar *l);
/* May it know what that store holds of the feed? Of its node's own, something may never have left it. */
bool liar_may_know(struct txn *txn, struct feed_no feed);
/* A running node that is not its own; NET_STRANGER: none. */
uint32_t liar_victim(struct liar *l);
/* One of its links that is live and takes a message; NULL: none. */
struct liar_link *liar_some_link(struct liar *l);
/* The first free place, hung up; NULL: none. */
struct hostile *liar_intruder(struct liar *l);

/* liar_state.c: say it on the branch written now. Sealed: in one of its channels; false: it has none. */
bool liar_say(struct liar *l, enum audience audience, uint16_t kind, struct bytes body);
/* A random body of the kind, near the truth; valid until the next is packed. */
struct bytes liar_body(struct liar *l, uint16_t kind);
uint16_t liar_some_kind(struct liar *l);
enum audience liar_audience(uint16_t kind);
void liar_remember(struct liar *l, struct reference ref, uint16_t kind);

/* liar_share.c: a channel.open that it saw. */
void liar_share_learn(struct liar *l, struct place channel);

/* liar_peer.c */
void liar_hears(struct hostile *h, struct message *m);
void liar_pump(struct liar *l, struct liar_link *k);  /* serve what it pulled */
void liar_offer(struct liar *l, struct liar_link *k); /* what is new of its own */

#endif

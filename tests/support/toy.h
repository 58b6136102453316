/* SPDX-License-Identifier: Apache-2.0
 * toy.h: a small network with real feeds, and one proof file of each sort about it. Always the same bytes. */
#ifndef SUPPORT_TOY_H
#define SUPPORT_TOY_H

#include "log/prooffile.h"
#include "log/seal.h"

#define TOY_ENTRIES_MAX 600u
#define TOY_PAYLOAD_BYTES_MAX 512u
#define TOY_NOTE_BYTES_MAX 2048u

struct toy_feed {
	struct secret_keys keys;
	uint64_t count;
	struct entry_header headers[TOY_ENTRIES_MAX];
	struct hash ids[TOY_ENTRIES_MAX];
	uint8_t payloads[TOY_ENTRIES_MAX][TOY_PAYLOAD_BYTES_MAX];
};

/* A registrar with 300 entries, who founded it and added the member's feed; a member with 520, one of them sealed; and a
 * registrar that the anchor puts in the place of the first. */
struct toy {
	struct network_id network;
	struct toy_feed registrar, member, successor;
	struct channel_secret channel;
	struct hash key; /* K of the sealed entry */
	uint8_t notes[2][TOY_NOTE_BYTES_MAX], anchor[ANCHOR_BYTES_MAX];
};

#define TOY_FEED_ADD_SEQ 2u /* in the registrar's feed */
#define TOY_OPEN_SEQ 300u   /* in the member's feed */
#define TOY_SEALED_SEQ 17u
#define TOY_MEMBER 1u
#define TOY_OPEN_KIND 80u
#define TOY_SEALED_KIND 48u
#define TOY_SEEN_S 1750000000u /* when the first registrar cosigned; the successor did a day later */

enum toy_file {
	TOY_OPEN,      /* an entry for the network, cosigned */
	TOY_SEALED,    /* a sealed one, not opened */
	TOY_OPENED,    /* with K */
	TOY_UNSEEN,    /* not cosigned */
	TOY_REGISTRAR, /* the registrar's own entry */
	TOY_ANCHORED,  /* TOY_OPEN after the registrar was lost, cosigned by both */
	TOY_LOST,      /* TOY_REGISTRAR after that */
	TOY_SUCCEEDED, /* TOY_OPEN of a feed that the successor added */
	TOY_FILES
};

void toy_make(struct toy *t);
/* Borrows from *t, and is dead after the next toy_file(). */
void toy_file(struct toy *t, enum toy_file which, struct prooffile *out);
/* The checkpoint of the feed at that size with its cosignatures, into t->notes[slot]. */
struct toy_note {
	const struct toy_feed *feed;
	uint64_t size;
	bool by_registrar, by_successor; /* who cosigns */
};
struct bytes toy_note(struct toy *t, unsigned slot, const struct toy_note *n);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * paper.h: a node's seed on paper: the line of the seed file (plain, or sealed with its passphrase) in groups of four
 * with a check at the end of each row, the network id, and where two other nodes are, so that paper and any peer bring
 * the node back. */
#ifndef TOOLS_PAPER_H
#define TOOLS_PAPER_H

#include "tools/ctx.h"

#define PAPER_PEERS_MAX 4u
#define PAPER_TEXT_BYTES_MAX 16384u

struct paper {
	char seed_line[HOME_SEED_LINE_BYTES_MAX]; /* "lontar-seed-1 HEX" or "lontar-seed-1-sealed HEX" */
	bool has_network;
	struct network_id network;
	unsigned peers_count;
	struct {
		char address[ADDRESS_BYTES_MAX];
		uint8_t link_key[32];
	} peers[PAPER_PEERS_MAX];
};
void paper_put(struct bytes_out *o, const struct paper *p);
/* Says in the trouble which row cannot be right. */
MUST_USE enum err paper_read(struct bytes text, struct trouble *t, struct paper *out);

/* The network's recovery key, which is on paper only: its seed of 32 bytes in rows like those. */
void paper_put_recovery(struct bytes_out *o, const uint8_t seed[32]);
/* From such rows, or from 64 hex digits in one row. */
MUST_USE enum err paper_read_recovery(struct bytes text, struct trouble *t, uint8_t out[32]);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * fork.h: the proof that a feed has two histories: two signed checkpoints that no one tree can have, and the
 * consistency path that shows it. docs/PROTOCOL.md 3. It needs nothing but itself and the network id, and stays
 * under FORK_PROOF_BYTES_MAX. A missing proof proves nothing. */
#ifndef LOG_FORK_H
#define LOG_FORK_H

#include "log/checkpoint.h"
#include "log/proof.h"

struct fork {
	struct feed_id feed;
	struct checkpoint older, newer; /* older.head.size <= newer.head.size */
	struct proof
	        path; /* from older's size to newer's, PROOF_FIRST_EXPLICIT; empty when the sizes are equal */
};

/* Put two checkpoints of FEED and the path between their sizes together, in either order, and verify. The answer to
 * PROVE(m, n) is judged with this: a is the head held at m, b the other side's at n.
 * ERR_BAD_SIGNATURE: one of them was not signed by the feed. ERR_BAD_PROOF: the path does not lead to the newer root,
 * or it leads to the older one as well, that is, they agree: no fork was shown and whoever claimed one is at fault. */
MUST_USE enum err fork_build(const struct network_id *network, const struct feed_id *feed,
        const struct checkpoint *a, const struct checkpoint *b, const struct proof *path, struct fork *out);
/* Is it a proof? The same errors; ERR_OK: the feed's own two signatures contradict each other. */
MUST_USE enum err fork_verify(const struct network_id *network, const struct fork *fork);

/* Of a proof: how many of the first entries both branches have in common, as far as the path shows, which is by subtrees.
 * ours: the tree at the older size, as the older branch has it; any other says 0. They part before the older's size. */
uint64_t fork_common(const struct fork *fork, const struct tree *ours);

/* The body of an entry of kind fork.proof, and what travels elsewhere. msgpack:
 * {0: bin 32 feed, 1: [size, bin 32 root, bin 64 signature] older, 2: the same of newer, 3: [bin 32 ...] path}. */
void fork_pack(struct mp_out *m, const struct fork *fork);
/* Form only: fork_verify() it. Any error of mp.h; ERR_TOO_LONG over FORK_PROOF_BYTES_MAX. */
MUST_USE enum err fork_unpack(struct bytes body, struct fork *out);

#endif

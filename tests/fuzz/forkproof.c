/* SPDX-License-Identifier: Apache-2.0 */
/* forkproof.c: any bytes as a fork proof. The corpus holds proofs that hold in the network of zeros; whatever a mutation
 * makes of them holds only if it says the same: the author's two signatures are under heads that contradict each other. */
#include "fuzz.h"

#include "log/fork.h"

static const struct network_id network;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[FORK_PROOF_BYTES_MAX];
	static struct fork f, again;
	if (fork_unpack(BYTES(data, len), &f) != ERR_OK)
		return 0;
	struct mp_out m = mp_out(room, sizeof room);
	fork_pack(&m, &f);
	must(mp_out_end(&m) == ERR_OK && mp_written(&m).len <= len);
	must(fork_unpack(mp_written(&m), &again) == ERR_OK);
	enum err e = fork_verify(&network, &f);
	must(fork_verify(&network, &again) == e);
	if (e != ERR_OK)
		return 0;
	must(f.older.head.size <= f.newer.head.size);
	must(checkpoint_verify(&network, &f.feed, &f.older) == ERR_OK);
	must(checkpoint_verify(&network, &f.feed, &f.newer) == ERR_OK);
	must(f.older.head.size < f.newer.head.size || !hash_equal(&f.older.head.root, &f.newer.head.root));
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* fork.c: putting a fork proof together, checking it, and its bytes. What a node does about a fork is not here.
 * Its twist: the path is checked against the newer root only. It then yields a root at the older size to which the
 * newer signature commits, and the proof is that the older signature commits to another. */
#include "log/fork.h"

#include <string.h>

static bool contradict(const struct fork *fork)
{
	struct hash old_root, new_root;
	const struct head *older = &fork->older.head, *newer = &fork->newer.head;
	if (older->size == newer->size)
		return fork->path.count == 0 && !hash_equal(&older->root, &newer->root);
	if (proof_roots(&fork->path, older->size, newer->size, &old_root, &new_root) != ERR_OK)
		return false;
	return hash_equal(&new_root, &newer->root) && !hash_equal(&old_root, &older->root);
}

enum err fork_verify(const struct network_id *network, const struct fork *fork)
{
	if (!contradict(fork))
		return ERR_BAD_PROOF;
	enum err e = checkpoint_verify(network, &fork->feed, &fork->older);
	if (e != ERR_OK)
		return e;
	return checkpoint_verify(network, &fork->feed, &fork->newer);
}

enum err fork_build(const struct network_id *network, const struct feed_id *feed, const struct checkpoint *a,
        const struct checkpoint *b, const struct proof *path, struct fork *out)
{
	bool a_older = a->head.size <= b->head.size;
	struct fork f = {
	        .feed = *feed, .older = a_older ? *a : *b, .newer = a_older ? *b : *a, .path = *path};
	enum err e = fork_verify(network, &f);
	if (e == ERR_OK)
		*out = f;
	return e;
}

uint64_t fork_common(const struct fork *fork, const struct tree *ours)
{
	const struct head *older = &fork->older.head;
	const struct hash root = tree_root(ours);
	struct tree theirs;
	uint64_t common = 0;
	if (ours->size != older->size || !hash_equal(&root, &older->root) ||
	        proof_old_tree(&fork->path, older->size, fork->newer.head.size, &theirs) != ERR_OK)
		return 0;
	for (unsigned level = TREE_PEAKS_MAX; level-- > 0;) {
		if (!(ours->size >> level & 1))
			continue;
		if (!hash_equal(&ours->peaks[level], &theirs.peaks[level]))
			return common;
		common += (uint64_t)1 << level;
	}
	return common;
}

static void pack_checkpoint(struct mp_out *m, const struct checkpoint *c)
{
	mp_put_array(m, 3);
	mp_put_uint(m, c->head.size);
	mp_put_bin(m, BYTES_OF(c->head.root.bytes));
	mp_put_bin(m, BYTES_OF(c->signature));
}

static void unpack_checkpoint(struct mp_in *m, struct checkpoint *c)
{
	mp_array_fixed(m, 3);
	c->head.size = mp_uint(m, UINT64_MAX);
	mp_bin_fixed(m, c->head.root.bytes, sizeof c->head.root.bytes);
	mp_bin_fixed(m, c->signature, sizeof c->signature);
	mp_array_end(m);
}

enum { KEY_FEED, KEY_OLDER, KEY_NEWER, KEY_PATH, KEYS };

void fork_pack(struct mp_out *m, const struct fork *fork)
{
	mp_put_map(m, KEYS);
	mp_put_uint(m, KEY_FEED);
	mp_put_bin(m, BYTES_OF(fork->feed.bytes));
	mp_put_uint(m, KEY_OLDER);
	pack_checkpoint(m, &fork->older);
	mp_put_uint(m, KEY_NEWER);
	pack_checkpoint(m, &fork->newer);
	mp_put_uint(m, KEY_PATH);
	proof_pack(m, &fork->path);
}

enum err fork_unpack(struct bytes body, struct fork *out)
{
	struct fork f = {0};
	if (body.len > FORK_PROOF_BYTES_MAX)
		return ERR_TOO_LONG;
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, KEY_FEED))
		mp_bin_fixed(&m, f.feed.bytes, sizeof f.feed.bytes);
	if (mp_need(&m, &map, KEY_OLDER))
		unpack_checkpoint(&m, &f.older);
	if (mp_need(&m, &map, KEY_NEWER))
		unpack_checkpoint(&m, &f.newer);
	if (mp_need(&m, &map, KEY_PATH))
		proof_unpack(&m, &f.path);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK)
		*out = f;
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 * anchor.c: see anchor.h. What an anchor does to a roster is roster_succeed()'s. */
#include <string.h>

#include <sodium.h>

#include "log/anchor.h"

#define ANCHOR_FIELDS (ANCHOR_FIELDS_UNSIGNED + 1u)
static const char SIGNED[] = "lontar anchor v1\n";

static void put_feed(struct mp_out *m, const struct anchor_feed *f)
{
	mp_put_array(m, 3);
	keys_pack(m, &f->keys);
	mp_put_uint(m, f->head.size);
	mp_put_bin(m, BYTES_OF(f->head.root.bytes));
}

void anchor_pack_fields(struct mp_out *m, const struct anchor *a)
{
	must(a->feeds_count <= REGISTRAR_FEEDS_MAX);
	mp_put_uint(m, a->number);
	mp_put_array(m, a->feeds_count);
	for (uint32_t i = 0; i < a->feeds_count; i++)
		put_feed(m, &a->feeds[i]);
	keys_pack(m, &a->successor);
}

void anchor_pack(struct mp_out *m, const struct anchor *a)
{
	mp_put_array(m, ANCHOR_FIELDS);
	anchor_pack_fields(m, a);
	mp_put_bin(m, BYTES_OF(a->signature));
}

static void take_feed(struct mp_in *m, struct anchor_feed *f)
{
	mp_array_fixed(m, 3);
	keys_unpack(m, &f->keys);
	f->head.size = mp_uint(m, UINT64_MAX);
	mp_bin_fixed(m, f->head.root.bytes, sizeof f->head.root.bytes);
	mp_array_end(m);
}

void anchor_unpack_fields(struct mp_in *m, struct anchor *out)
{
	out->number = mp_uint(m, UINT64_MAX);
	out->feeds_count = mp_array(m, REGISTRAR_FEEDS_MAX);
	for (uint32_t i = 0; i < out->feeds_count; i++)
		take_feed(m, &out->feeds[i]);
	mp_array_end(m);
	keys_unpack(m, &out->successor);
	/* the first registrar's entry 0 always stands: it is the network */
	if (out->number == 0 || out->feeds_count == 0 || out->feeds[0].head.size == 0)
		mp_fail(m, ERR_MALFORMED);
}

enum err anchor_unpack(struct bytes b, struct anchor *out)
{
	struct anchor a = {0};
	struct mp_in m = mp_in(b);
	mp_array_fixed(&m, ANCHOR_FIELDS);
	anchor_unpack_fields(&m, &a);
	mp_bin_fixed(&m, a.signature, sizeof a.signature);
	mp_array_end(&m);
	enum err e = mp_end(&m);
	if (e == ERR_OK)
		*out = a;
	return e;
}

/* What the recovery key signs. */
struct text {
	uint8_t bytes[ANCHOR_BYTES_MAX];
};

static struct bytes signed_text(const struct anchor *a, struct text *memory)
{
	struct mp_out m = mp_out(memory->bytes, sizeof memory->bytes);
	bytes_put_text(&m.out, SIGNED);
	mp_put_array(&m, ANCHOR_FIELDS_UNSIGNED);
	anchor_pack_fields(&m, a);
	must(mp_out_end(&m) == ERR_OK);
	return mp_written(&m);
}

void anchor_sign(struct anchor *a, const uint8_t recovery_secret[64])
{
	struct text memory;
	struct bytes text = signed_text(a, &memory);
	must(crypto_sign_detached(a->signature, NULL, text.data, text.len, recovery_secret) == 0);
}

enum err anchor_verify(const struct anchor *a, const uint8_t recovery[32])
{
	struct text memory;
	struct bytes text = signed_text(a, &memory);
	if (crypto_sign_verify_detached(a->signature, text.data, text.len, recovery) != 0)
		return ERR_BAD_SIGNATURE;
	return keys_check(&a->successor);
}

static struct hash hash_of_anchor(const struct anchor *a)
{
	struct text memory;
	struct mp_out m = mp_out(memory.bytes, sizeof memory.bytes);
	anchor_pack(&m, a);
	must(mp_out_end(&m) == ERR_OK);
	return hash_of(mp_written(&m));
}

bool anchor_wins(const struct anchor *a, const struct anchor *over)
{
	if (!over || a->number != over->number)
		return !over || a->number > over->number;
	struct hash ours = hash_of_anchor(a), theirs = hash_of_anchor(over);
	return memcmp(ours.bytes, theirs.bytes, sizeof ours.bytes) > 0;
}

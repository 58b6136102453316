/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c: any bytes as a channel.open, as a sealed payload, and as what stands inside one that opens. Each has one form:
 * what is taken is written again as the same bytes. Nothing opens for somebody to whom nothing was sealed. */
#include "fuzz.h"

#include <sodium.h>
#include <string.h>

#include "log/seal.h"

#define ROOM_BYTES 65536u

static uint8_t room[ROOM_BYTES], memory[ROOM_BYTES];
static struct secret_keys reader;
static const struct channel_secret SECRET = {{7}};

static void channel(struct bytes in)
{
	struct channel_open c;
	struct channel_secret out;
	if (seal_channel_unpack(in, &c) != ERR_OK)
		return;
	struct mp_out m = mp_out(room, sizeof room);
	mp_put_array(&m, 4);
	mp_put_bin(&m, BYTES(c.commitment, 32));
	mp_put_uint(&m, c.registrar_size);
	mp_put_bin(&m, BYTES(c.e_public, 32));
	mp_put_array(&m, c.wraps_count);
	for (uint32_t i = 0; i < c.wraps_count; i++)
		mp_put_bin(&m, BYTES(c.wraps[i], SEAL_WRAP_BYTES));
	must(bytes_equal(mp_written(&m), in));
	must(seal_channel_try(&c, &reader, &out) != ERR_OK);
	const uint8_t *due[] = {reader.public.seal};
	struct seal_audit a = {&c, &reader.public.feed, 5, &SECRET};
	must(seal_channel_audit(&a, due, 1) != ERR_OK);
}

static void payload(struct bytes in)
{
	struct sealed s;
	struct seal_plain plain;
	struct seal_context ctx = {&reader.public.feed, 5, &SECRET};
	if (seal_payload_unpack(in, &s) != ERR_OK)
		return;
	struct mp_out m = mp_out(room, sizeof room);
	mp_put_array(&m, 4);
	mp_put_uint(&m, s.channel_seq);
	mp_put_bin(&m, BYTES(s.salt, SEAL_SALT_BYTES));
	mp_put_bin(&m, BYTES(s.check, 32));
	mp_put_bin(&m, s.ciphertext);
	must(bytes_equal(mp_written(&m), in));
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	must(seal_payload_open(&s, &ctx, &scratch, &plain) == ERR_NOT_DECRYPTED);
}

/* IN as what a member sealed: padded or not, [kind, body] or not. */
static void inside(struct bytes in)
{
	static const uint8_t SALT[SEAL_SALT_BYTES], NONCE[24];
	size_t len = (in.len + 31) / 32 * 32;
	if (len == 0 || len + 16 > ENTRY_PAYLOAD_BYTES_MAX)
		return;
	struct seal_context ctx = {&reader.public.feed, 5, &SECRET};
	struct hash key = seal_entry_key(&ctx, SALT);
	struct hash check = hash_of2(bytes_text("lontar open v1"), BYTES_OF(key.bytes));
	uint8_t ad[40];
	struct bytes_out a = bytes_out(ad, sizeof ad);
	bytes_put(&a, ctx.feed->bytes, 32);
	bytes_put_u64(&a, ctx.seq);
	memset(room, 0, len);
	memcpy(room, in.data, in.len);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	        room, NULL, room, len, ad, sizeof ad, NULL, NONCE, key.bytes);
	struct sealed s = {9, SALT, check.bytes, BYTES(room, len + 16)};
	struct seal_plain plain;
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	if (seal_payload_open(&s, &ctx, &scratch, &plain) != ERR_OK)
		return;
	/* it is what sealing it anew gives */
	static uint8_t again[ROOM_BYTES];
	struct mp_out m = mp_out(again, sizeof again);
	struct sealed t;
	must(seal_payload_pack(&m, &ctx, 9, SALT, &plain) == ERR_OK);
	must(seal_payload_unpack(mp_written(&m), &t) == ERR_OK);
	must(bytes_equal(t.ciphertext, s.ciphertext));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct seed seed = {{3}};
	if (reader.feed[0] == 0)
		keys_derive(&seed, &reader);
	channel(BYTES(data, len));
	payload(BYTES(data, len));
	inside(BYTES(data, len));
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* entry.c: the header's 88 bytes and its hash.
 * Its twist: the hash is over the encoded header, so a header has exactly one encoding, and what decodes to a
 * header that would encode otherwise is refused. */
#include "log/entry.h"

#define ENTRY_VERSION 1u

static bool kind_fits(enum audience audience, uint16_t kind)
{
	return (audience == AUDIENCE_SEALED) == (kind == KIND_SEALED);
}

bool entry_form_ok(enum audience audience, uint16_t kind)
{
	return (audience == AUDIENCE_NETWORK || audience == AUDIENCE_SEALED) && kind_fits(audience, kind);
}

void entry_encode(const struct entry_header *h, uint8_t out[ENTRY_HEADER_BYTES])
{
	must(entry_form_ok(h->audience, h->kind) && h->payload_bytes <= ENTRY_PAYLOAD_BYTES_MAX);
	struct bytes_out o = bytes_out(out, ENTRY_HEADER_BYTES);
	bytes_put_u8(&o, ENTRY_VERSION);
	bytes_put_u8(&o, (uint8_t)h->audience);
	bytes_put_u16(&o, h->kind);
	bytes_put_u64(&o, h->seq);
	bytes_put_u64(&o, h->time_ms);
	bytes_put_u32(&o, h->payload_bytes);
	bytes_put(&o, h->feed.bytes, sizeof h->feed.bytes);
	bytes_put(&o, h->payload.bytes, sizeof h->payload.bytes);
	must(bytes_out_end(&o) == ERR_OK && o.len == ENTRY_HEADER_BYTES);
}

enum err entry_decode(const uint8_t in[ENTRY_HEADER_BYTES], struct entry_header *out)
{
	struct bytes_in b = bytes_in(BYTES(in, ENTRY_HEADER_BYTES));
	if (bytes_get_u8(&b) != ENTRY_VERSION)
		return ERR_BAD_VERSION;
	struct entry_header h = {.audience = (enum audience)bytes_get_u8(&b)};
	h.kind = bytes_get_u16(&b);
	if (!entry_form_ok(h.audience, h.kind))
		return ERR_MALFORMED;
	h.seq = bytes_get_u64(&b);
	h.time_ms = bytes_get_u64(&b);
	h.payload_bytes = bytes_get_u32(&b);
	if (h.payload_bytes > ENTRY_PAYLOAD_BYTES_MAX)
		return ERR_TOO_LONG;
	bytes_get(&b, h.feed.bytes, sizeof h.feed.bytes);
	bytes_get(&b, h.payload.bytes, sizeof h.payload.bytes);
	must(bytes_in_end(&b) == ERR_OK);
	*out = h;
	return ERR_OK;
}

struct hash entry_id(const struct entry_header *h)
{
	uint8_t header[ENTRY_HEADER_BYTES];
	entry_encode(h, header);
	return hash_leaf(BYTES_OF(header));
}

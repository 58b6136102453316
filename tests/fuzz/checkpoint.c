/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.c: any bytes as a checkpoint's text, its origin, a verifier key, an entry's header and a reference. Each has
 * one form only: what is taken is written again as the same bytes. */
#include "fuzz.h"

#include "base/text.h"
#include "log/checkpoint.h"
#include "log/note.h"

#define ROOM_BYTES 65536u

static uint8_t room[ROOM_BYTES];

static void same(const struct bytes_out *o, struct bytes want)
{
	must(bytes_out_end(o) == ERR_OK && bytes_equal(bytes_written(o), want));
}

static void text(struct bytes in)
{
	struct bytes origin;
	struct head head;
	struct network_id network;
	struct feed_id feed;
	if (checkpoint_parse_text(in, &origin, &head) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(room, sizeof room);
	bytes_put(&o, origin.data, origin.len);
	bytes_put_u8(&o, '\n');
	bytes_put_decimal(&o, head.size);
	bytes_put_u8(&o, '\n');
	text_put_base64(&o, BYTES_OF(head.root.bytes));
	bytes_put_u8(&o, '\n');
	same(&o, in);
	if (checkpoint_parse_origin(origin, &network, &feed) != ERR_OK)
		return;
	o = bytes_out(room, sizeof room);
	checkpoint_put_text(&o, &network, &feed, &head);
	same(&o, in);
}

static void key(struct bytes in)
{
	struct note_key k;
	if (note_key_parse(in, &k) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(room, sizeof room);
	note_key_put(&o, &k);
	same(&o, in);
}

static void header(struct bytes in)
{
	uint8_t again[ENTRY_HEADER_BYTES];
	struct entry_header h;
	if (in.len != sizeof again || entry_decode(in.data, &h) != ERR_OK)
		return;
	entry_encode(&h, again);
	must(bytes_equal(BYTES_OF(again), in));
}

/* What people type may be longer or shorter than what is shown; what is shown says the same. */
static void reference(struct bytes in)
{
	struct reference r, again;
	unsigned digits;
	if (reference_parse(in, &r, &digits) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(room, sizeof room);
	reference_put(&o, &r);
	must(digits <= 2 * REFERENCE_ID_BYTES && bytes_out_end(&o) == ERR_OK);
	must(reference_parse(bytes_written(&o), &again, &digits) == ERR_OK);
	must(place_compare(r.place, again.place) == 0 && digits == 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = BYTES(data, len);
	if (len > ROOM_BYTES / 2)
		return 0;
	text(in);
	key(in);
	header(in);
	reference(in);
	return 0;
}

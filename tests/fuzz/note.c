/* SPDX-License-Identifier: Apache-2.0 */
/* note.c: any bytes as a C2SP note and as a tlog-proof. What is taken is written again as the same bytes, and nothing
 * that nobody signed is signed. */
#include "fuzz.h"

#include "log/tlogproof.h"

#define ROOM_BYTES (2u * NOTE_BYTES_MAX)

static uint8_t room[ROOM_BYTES];

static void note(struct bytes in)
{
	static const struct note_key keys[2] = {
	        {.name = {(const uint8_t *)"example.com/log", 15}, .type = NOTE_ED25519, .key = {1}},
	        {.name = {(const uint8_t *)"example.com/witness", 19}, .type = NOTE_COSIGNATURE, .key = {2}},
	};
	static struct note n;
	struct note_seen seen[2];
	if (note_parse(in, &n) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(room, sizeof room);
	bytes_put(&o, n.text.data, n.text.len);
	bytes_put_u8(&o, '\n');
	for (uint32_t i = 0; i < n.lines_count; i++) {
		bytes_put_text(&o, "\xe2\x80\x94 ");
		bytes_put(&o, n.lines[i].name.data, n.lines[i].name.len);
		bytes_put_u8(&o, ' ');
		bytes_put(&o, n.lines[i].blob.data, n.lines[i].blob.len);
		bytes_put_u8(&o, '\n');
	}
	must(bytes_out_end(&o) == ERR_OK && bytes_equal(bytes_written(&o), in));
	must(note_verify(&n, keys, 2, seen) == ERR_BAD_SIGNATURE);
}

static void tlogproof(struct bytes in)
{
	static struct tlogproof p;
	if (in.len > sizeof room || tlogproof_parse(in, &p) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(room, sizeof room);
	tlogproof_put(&o, &p);
	must(bytes_out_end(&o) == ERR_OK && bytes_equal(bytes_written(&o), in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	note(BYTES(data, len));
	tlogproof(BYTES(data, len));
	return 0;
}

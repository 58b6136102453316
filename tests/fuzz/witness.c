/* SPDX-License-Identifier: Apache-2.0 */
/* witness.c: any bytes as witness.seen and as witness.heard: the iterators give as many items as were counted, in
 * ascending order, and a body without keys of later versions is written again as the same bytes. */
#include "fuzz.h"

#include "log/witness.h"

static uint8_t room[2u * ENTRY_PAYLOAD_BYTES_MAX];
static struct witness_row rows[WITNESS_ROWS_MAX];
static struct feed_no feeds[FEEDS_MAX];

static void same(const struct mp_out *m, struct bytes in)
{
	must(mp_out_end(m) == ERR_OK);
	must(in.data[0] != 0x82 || bytes_equal(mp_written(m), in));
}

static void seen(struct bytes in)
{
	struct witness_seen s;
	uint32_t n = 0;
	if (witness_seen_unpack(in, &s) != ERR_OK)
		return;
	uint32_t count = s.count;
	while (n < WITNESS_ROWS_MAX && witness_seen_next(&s, &rows[n]))
		n++;
	must(n == count && s.count == 0 && mp_error(&s.rows) == ERR_OK);
	struct mp_out m = mp_out(room, sizeof room);
	witness_seen_pack(&m, s.time_s, rows, n);
	same(&m, in);
}

static void heard(struct bytes in)
{
	struct witness_heard h;
	uint32_t n = 0;
	if (witness_heard_unpack(in, &h) != ERR_OK)
		return;
	uint32_t count = h.count;
	while (n < FEEDS_MAX && witness_heard_next(&h, &feeds[n]))
		n++;
	must(n == count && h.count == 0 && mp_error(&h.feeds) == ERR_OK);
	struct mp_out m = mp_out(room, sizeof room);
	witness_heard_pack(&m, h.time_s, feeds, n);
	same(&m, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	seen(BYTES(data, len));
	heard(BYTES(data, len));
	return 0;
}

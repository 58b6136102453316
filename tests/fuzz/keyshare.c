/* SPDX-License-Identifier: Apache-2.0 */
/* keyshare.c: any bytes as a key.share: the iterator gives as many rows as were counted, and they are written again as
 * the same bytes. */
#include "fuzz.h"

#include "log/key_share.h"

static uint8_t room[2u * ENTRY_PAYLOAD_BYTES_MAX];
static struct key_share_row rows[KEY_SHARE_ROWS_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct key_share s;
	uint32_t n = 0;
	if (key_share_unpack(BYTES(data, len), &s) != ERR_OK)
		return 0;
	uint32_t count = s.count;
	while (n < KEY_SHARE_ROWS_MAX && key_share_next(&s, &rows[n]))
		n++;
	must(n == count && s.count == 0 && mp_error(&s.rows) == ERR_OK);
	struct mp_out m = mp_out(room, sizeof room);
	key_share_pack(&m, s.member, rows, n);
	must(mp_out_end(&m) == ERR_OK && bytes_equal(mp_written(&m), BYTES(data, len)));
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * key_share.c: see key_share.h. A body is walked whole when it is unpacked, so that the iterator cannot fail. */
#include "log/key_share.h"

#define SHARE_FIELDS 2u
#define ROW_FIELDS 3u

void key_share_pack(
        struct mp_out *m, struct member_no member, const struct key_share_row *rows, uint32_t count)
{
	must(count >= 1 && count <= KEY_SHARE_ROWS_MAX);
	mp_put_array(m, SHARE_FIELDS);
	mp_put_uint(m, member.n);
	mp_put_array(m, count);
	for (uint32_t i = 0; i < count; i++) {
		must(i == 0 || place_compare(rows[i - 1].channel, rows[i].channel) < 0);
		mp_put_array(m, ROW_FIELDS);
		mp_put_uint(m, rows[i].channel.feed.n);
		mp_put_uint(m, rows[i].channel.seq);
		mp_put_bin(m, BYTES_OF(rows[i].secret.bytes));
	}
}

static void take_row(struct mp_in *m, struct key_share_row *row)
{
	mp_array_fixed(m, ROW_FIELDS);
	row->channel.feed.n = (uint32_t)mp_uint(m, UINT32_MAX - 1);
	row->channel.seq = mp_uint(m, UINT64_MAX - 1);
	mp_bin_fixed(m, row->secret.bytes, sizeof row->secret.bytes);
	mp_array_end(m);
}

enum err key_share_unpack(struct bytes body, struct key_share *out)
{
	struct key_share s = {0};
	struct mp_in m = mp_in(body);
	struct key_share_row row, last = {.channel = {.seq = 0}};
	mp_array_fixed(&m, SHARE_FIELDS);
	s.member.n = (uint32_t)mp_uint(&m, UINT32_MAX - 1);
	s.count = mp_array(&m, KEY_SHARE_ROWS_MAX);
	s.rows = m;
	if (s.count == 0)
		mp_fail(&m, ERR_MALFORMED);
	for (uint32_t i = 0; i < s.count && mp_error(&m) == ERR_OK; i++) {
		take_row(&m, &row);
		if (mp_error(&m) == ERR_OK && i > 0 && place_compare(last.channel, row.channel) >= 0)
			mp_fail(&m, ERR_MALFORMED);
		last.channel = row.channel;
	}
	mp_array_end(&m);
	mp_array_end(&m);
	enum err e = mp_end(&m);
	bytes_wipe(&row, sizeof row);
	if (e == ERR_OK)
		*out = s;
	return e;
}

bool key_share_next(struct key_share *s, struct key_share_row *out)
{
	if (s->count == 0)
		return false;
	s->count--;
	take_row(&s->rows, out);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0
 * document.c: document.note. */
#include "ledger/document.h"
#include "object_int.h"

void document_note_pack(struct mp_out *m, const struct document_note *d)
{
	mp_put_map(m, 3u + body_has(d->type));
	mp_put_uint(m, 0);
	mp_put_bin(m, BYTES_OF(d->sha256.bytes));
	body_put_uint(m, 1, d->size_bytes);
	body_put_text(m, 2, d->type);
	mp_put_uint(m, 3);
	mp_put_text(m, d->title);
}

enum err document_note_unpack(struct bytes body, struct document_note *out)
{
	struct document_note d = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		mp_bin_fixed(&m, d.sha256.bytes, sizeof d.sha256.bytes);
	}
	if (mp_need(&m, &map, 1)) {
		d.size_bytes = mp_uint(&m, INT64_MAX);
	}
	d.type = body_text(&m, &map, 2, NAME_BYTES_MAX);
	if (mp_need(&m, &map, 3)) {
		d.title = body_needed_text(&m, NAME_BYTES_MAX);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = d;
	}
	return e;
}

enum err document_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	(void)about;
	struct document_note d;
	enum err e = document_note_unpack(s->body, &d);
	return e != ERR_OK ? e : object_check_officer(s);
}

/* SPDX-License-Identifier: Apache-2.0
 * answer.c: the body of most statements about an object: which one, and why. */
#include "ledger/answer.h"
#include "object_int.h"

void answer_pack(struct mp_out *m, const struct answer *a)
{
	mp_put_map(m, 1u + body_has(a->reason));
	body_put_reference(m, 0, &a->about);
	body_put_text(m, 1, a->reason);
}

enum err answer_unpack(struct bytes body, struct answer *out)
{
	struct answer a = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		a.about = body_reference(&m);
	}
	a.reason = body_text(&m, &map, 1, TEXT_BYTES_MAX);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = a;
	}
	return e;
}

enum err answer_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct answer a;
	enum err e = answer_unpack(s->body, &a);
	if (e != ERR_OK) {
		return e;
	}
	*about = a.about;
	return object_check_officer(s);
}

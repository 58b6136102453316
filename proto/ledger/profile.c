/* SPDX-License-Identifier: Apache-2.0
 * profile.c: profile.set. */
#include "ledger/profile.h"
#include "object_int.h"

void profile_set_pack(struct mp_out *m, const struct profile_set *p)
{
	mp_put_map(m, body_has(p->contact) + body_has(p->phone) + body_has(p->address) + body_has(p->goods));
	body_put_text(m, 0, p->contact);
	body_put_text(m, 1, p->phone);
	body_put_text(m, 2, p->address);
	body_put_text(m, 3, p->goods);
}

enum err profile_set_unpack(struct bytes body, struct profile_set *out)
{
	struct profile_set p;
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	p.contact = body_text(&m, &map, 0, TEXT_BYTES_MAX);
	p.phone = body_text(&m, &map, 1, TEXT_BYTES_MAX);
	p.address = body_text(&m, &map, 2, TEXT_BYTES_MAX);
	p.goods = body_text(&m, &map, 3, TEXT_BYTES_MAX);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = p;
	}
	return e;
}

enum err profile_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	(void)about;
	struct profile_set p;
	enum err e = profile_set_unpack(s->body, &p);
	return e != ERR_OK ? e : object_check_officer(s);
}

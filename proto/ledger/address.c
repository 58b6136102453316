/* SPDX-License-Identifier: Apache-2.0
 * address.c: node.address. Any feed of the roster may say where its own node is; no role is asked for. */
#include "base/text.h"
#include "ledger/address.h"
#include "object_int.h"

void address_pack(struct mp_out *m, const struct address_list *a)
{
	mp_put_map(m, 1);
	mp_put_uint(m, 0);
	mp_put_array(m, a->count);
	for (uint32_t i = 0; i < a->count; i++) {
		mp_put_text(m, a->items[i]);
	}
}

enum err address_unpack(struct bytes body, struct address_list *out)
{
	struct address_list a = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		a.count = mp_array(&m, NODE_ADDRESSES_MAX);
		for (uint32_t i = 0; i < a.count && mp_error(&m) == ERR_OK; i++) {
			a.items[i] = mp_text(&m, ADDRESS_BYTES_MAX);
			if (!text_is_address(a.items[i])) {
				mp_fail(&m, ERR_BAD_ADDRESS);
			}
		}
		mp_array_end(&m);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = a;
	}
	return e;
}

enum err address_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	(void)about;
	struct address_list a;
	return address_unpack(s->body, &a);
}

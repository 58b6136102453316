/* SPDX-License-Identifier: Apache-2.0
 * address.c: node.address. Any feed of the roster may say where its own node is; no role is asked for. */
#include "ledger/address.h"
#include "object_int.h"

#include <string.h>

void address_pack(struct mp_out *m, const struct address_list *a)
{
	mp_put_map(m, 1);
	mp_put_uint(m, 0);
	mp_put_array(m, a->count);
	for (uint32_t i = 0; i < a->count; i++) {
		mp_put_text(m, a->items[i]);
	}
}

/* A host, a colon and a port; what the host means is the dialler's to find out. */
static bool is_address(struct bytes text)
{
	if (text.len < 3) {
		return false;
	}
	size_t at = text.len;
	while (at > 0 && text.data[at - 1] >= '0' && text.data[at - 1] <= '9') {
		at--;
	}
	size_t digits = text.len - at;
	bool spaced = memchr(text.data, ' ', text.len) != NULL;
	return digits >= 1 && digits <= 5 && at >= 2 && text.data[at - 1] == ':' && !spaced;
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
			if (!is_address(a.items[i])) {
				mp_fail(&m, ERR_BAD_TEXT);
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

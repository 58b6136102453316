/* SPDX-License-Identifier: Apache-2.0
 * address.h: where a node can be dialled. The newest node.address of a feed holds; an empty list takes it
 * back. docs/LEDGER.md 9. */
#ifndef LEDGER_ADDRESS_H
#define LEDGER_ADDRESS_H

#include "ledger/answer.h"

struct address_list {
	uint32_t count;                         /* at most NODE_ADDRESSES_MAX */
	struct bytes items[NODE_ADDRESSES_MAX]; /* "host:port", 3..ADDRESS_BYTES_MAX bytes */
};
void address_pack(struct mp_out *m, const struct address_list *a);
MUST_USE enum err address_unpack(struct bytes body, struct address_list *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * link.h: what the tests of a link share: keys that are always the same, and packing again what was read. */
#ifndef SUPPORT_LINK_H
#define SUPPORT_LINK_H

#include "link/frame.h"
#include "link/message.h"

/* A key pair made from one byte; different bytes, different keys. */
struct link_keys {
	uint8_t secret[32], public[32];
};
struct link_keys link_keys_of(uint8_t seed);

/* Packs what was read, item by item. A message of an unknown type is copied as it is. */
void link_pack_again(struct mp_out *m, const struct message *message);
/* What must hold of any bytes: read as one message, they are refused, or packed again as the same bytes. */
enum err link_message_property(struct bytes b);

#endif

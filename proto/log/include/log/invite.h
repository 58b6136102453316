/* SPDX-License-Identifier: Apache-2.0
 * invite.h: one line of text with which a new member's node finds a network: "lontar1...". docs/PROTOCOL.md 4.
 * Whoever has it may ask to join; the secret only shows that the asker has it, admission is a person's. */
#ifndef LOG_INVITE_H
#define LOG_INVITE_H

#include "log/entry.h"

#define INVITE_SECRET_BYTES 16u

struct invite_address {
	uint8_t len;
	char text[ADDRESS_BYTES_MAX]; /* host:port */
};
struct invite {
	struct network_id network;
	uint8_t link[32]; /* of the inviting node, X25519 */
	uint8_t secret[INVITE_SECRET_BYTES];
	uint32_t expiry_s; /* Unix seconds; a request that comes later is refused */
	uint32_t addresses_count;
	struct invite_address addresses[NODE_ADDRESSES_MAX];
};

/* ERR_BAD_ADDRESS; ERR_TOO_MANY. */
MUST_USE enum err invite_add_address(struct invite *i, struct bytes address);
/* The line, at most INVITE_BYTES_MAX, without an end of line. ERR_TOO_LONG: fewer or shorter addresses are needed. */
MUST_USE enum err invite_put(struct bytes_out *o, const struct invite *i);
/* Errors of line_parse(), which say what is wrong with the line; ERR_BAD_VERSION: made by a newer program;
 * ERR_TRUNCATED, ERR_TRAILING, ERR_BAD_KEY, ERR_BAD_ADDRESS: made by a broken one. Expiry is not looked at. */
MUST_USE enum err invite_parse(struct bytes text, struct invite *out);

#endif

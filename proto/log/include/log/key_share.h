/* SPDX-License-Identifier: Apache-2.0
 * key_share.h: key.share: secrets of channels, for who came to the network after these were opened: a member's new feed,
 * a new auditor, a successor of the registrar. docs/PROTOCOL.md 9.4. It comes sealed; a secret in it is nothing until it
 * was held against the channel's commitment. Rows are read one by one from the body; nothing is copied before. */
#ifndef LOG_KEY_SHARE_H
#define LOG_KEY_SHARE_H

#include "log/seal.h"

/* [member whose officers read it, [[feed, seq of a channel.open of it, bin 32 its secret], ...]], ascending by place,
 * 1..KEY_SHARE_ROWS_MAX of them. */
struct key_share_row {
	struct place channel;
	struct channel_secret secret;
};
void key_share_pack(
        struct mp_out *m, struct member_no member, const struct key_share_row *rows, uint32_t count);

struct key_share {
	struct member_no member;
	uint32_t count;
	struct mp_in rows; /* borrowed from the body */
};
/* Form only, all of it: any error of mp.h, ERR_MALFORMED for places out of order or no row. */
MUST_USE enum err key_share_unpack(struct bytes body, struct key_share *out);
/* The next row; false when there is none. */
bool key_share_next(struct key_share *s, struct key_share_row *out);

#endif

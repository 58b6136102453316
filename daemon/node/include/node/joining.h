/* SPDX-License-Identifier: Apache-2.0
 * joining.h: the small local records by which strangers become members: invites made here (drawer OWN_INVITES), join
 * requests that wait for an officer (OWN_JOINS), and the invite by which this node itself asks (OWN_NOTES, under
 * JOINING_NOTE). They are this node's alone and no view. docs/PROTOCOL.md 4. */
#ifndef NODE_JOINING_H
#define NODE_JOINING_H

#include "log/keys.h"
#include "log/short_text.h"

#define JOINING_SECRET_BYTES 16u
#define JOINING_KEY_BYTES 8u
#define JOINING_NOTE "invite"          /* its value: the invite's line, as invite.h reads it */
#define JOINING_NAME_NOTE "name"       /* the name to ask to be admitted by */
#define JOINING_REFUSED_NOTE "refused" /* the newest answer to our asking was a refusal; any value */

enum joining_state { JOINING_OPEN = 0, JOINING_USED = 1, JOINING_REVOKED = 2 };

/* An invite made here. Its key in the drawer: joining_key(). */
struct joining_invite {
	uint8_t secret[JOINING_SECRET_BYTES];
	uint64_t made_s, expires_s;
	enum joining_state state;
	struct short_text note; /* for whom, in the officer's words */
};
void joining_key(const uint8_t secret[JOINING_SECRET_BYTES], uint8_t out[JOINING_KEY_BYTES]);
void joining_invite_pack(struct mp_out *m, const struct joining_invite *i);
MUST_USE enum err joining_invite_unpack(struct bytes value, struct joining_invite *out);

/* A join request that was verified. Its key in the drawer: the feed id, 32 bytes. */
struct joining_request {
	struct feed_keys keys;
	struct short_text name;
	uint64_t time_s;
	uint8_t invite[JOINING_KEY_BYTES]; /* by which it came */
};
void joining_request_pack(struct mp_out *m, const struct joining_request *r);
MUST_USE enum err joining_request_unpack(struct bytes value, struct joining_request *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * join.h: a join request: a stranger's keys and name, signed, with the proof that it has an invite. docs/PROTOCOL.md 4.
 * It comes over a link, bound to its handshake, or as one line of text that people paste, bound to nothing (h zeros):
 * that is why officer and joiner compare words before an admission. */
#ifndef LOG_JOIN_H
#define LOG_JOIN_H

#include "log/invite.h"
#include "log/roster_body.h"

struct join {
	struct feed_keys keys;
	struct short_text name;
	bool has_profile;
	struct profile profile; /* as the joiner proposes it; the registrar's member.admit decides */
	uint8_t signature[64];
	struct hash mac;
};
/* Noise's h just before message 3's payload is encrypted; zeros for a pasted line. */
struct join_binding {
	uint8_t h[32];
};

/* Sign what is filled in (name, profile) with the joiner's keys, and prove the invite's secret. */
void join_sign(struct join *j, const struct secret_keys *keys, const uint8_t secret[INVITE_SECRET_BYTES],
        const struct join_binding *binding);
/* ERR_BAD_KEY: no such keys may enter a roster; ERR_BAD_SIGNATURE. */
MUST_USE enum err join_verify(const struct join *j, const struct join_binding *binding);
/* Was it made with this invite's secret? */
bool join_has_secret(
        const struct join *j, const uint8_t secret[INVITE_SECRET_BYTES], const struct join_binding *binding);

/* The fields of the message: keys, name, profile (as member.admit's body, no other keys) or nil, bin 64 signature,
 * bin 32 HMAC. What is read is written again as the same bytes. */
#define JOIN_FIELDS 5u
void join_pack_fields(struct mp_out *m, const struct join *j);
void join_unpack_fields(struct mp_in *m, struct join *out); /* sticky */
/* The line "lontarjoin1...": an array of the fields. At most JOIN_LINE_BYTES_MAX. Errors as invite_parse()'s, and
 * those of mp.h and roster_body.h. */
void join_put(struct bytes_out *o, const struct join *j);
MUST_USE enum err join_parse(struct bytes text, struct join *out);

#endif

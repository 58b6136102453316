/* SPDX-License-Identifier: Apache-2.0
 * roster_body.h: the bodies of the entries that make the roster, kinds 2..11. docs/PROTOCOL.md 4.
 * msgpack maps with small integer keys, written here as {key name, ...}; ? marks what may be absent. Unknown keys are
 * ignored; an empty text is absent, so pack(unpack(b)) = b where b has no unknown keys. *_unpack takes one whole body,
 * checks what needs nothing but the body, and leaves *out untouched on failure: any error of mp.h, ERR_BAD_TEXT,
 * ERR_DATE_RANGE. Keys, and what needs the roster, are checked by roster_apply(). */
#ifndef LOG_ROSTER_BODY_H
#define LOG_ROSTER_BODY_H

#include "log/roster.h"

/* network.found {0 name, 1 currency, 2 zone minutes, 3 dinas, 4 alias, 5 keys, 6 recovery key}.
 * Member 0 is the dinas, with that alias; feed 0 has the keys. */
struct roster_found {
	struct network network; /* but for its id, which is the entry's */
	struct short_text alias;
	struct feed_keys keys;
};
void roster_body_found_pack(struct mp_out *m, const struct roster_found *f);
MUST_USE enum err roster_body_found_unpack(struct bytes body, struct roster_found *out);

/* member.admit {0 name, 1 alias, 2 legal no ?, 3 NIK ?, 4 type ?, 5 kecamatan ?, 6 desa ?, 7 form, 8 founded day ?,
 * 9 book-year end, month x 100 + day}. It takes the next member number. 29 February is no book-year end: 28. */
void roster_body_admit_pack(struct mp_out *m, const struct profile *p);
MUST_USE enum err roster_body_admit_unpack(struct bytes body, struct profile *out);

/* member.update {0..9 as member.admit, 10 member, 11 from book year}: the whole profile, not a difference. */
struct roster_update {
	struct profile profile;
	struct member_no member;
	int32_t from_year;
};
void roster_body_update_pack(struct mp_out *m, const struct roster_update *u);
MUST_USE enum err roster_body_update_unpack(struct bytes body, struct roster_update *out);

/* member.suspend, member.reinstate, member.leave {0 member, 1 reason ?}. */
struct roster_label {
	struct member_no member;
	struct bytes reason; /* at most TEXT_BYTES_MAX, borrowed */
};
void roster_body_label_pack(struct mp_out *m, const struct roster_label *l);
MUST_USE enum err roster_body_label_unpack(struct bytes body, struct roster_label *out);

/* feed.add {0 member, 1 keys, 2 roles}. It takes the next feed number, valid or not. */
struct roster_add {
	struct member_no member;
	struct feed_keys keys;
	uint32_t roles; /* bits above ROLE_ALL are kept for later versions and count for nothing */
};
void roster_body_add_pack(struct mp_out *m, const struct roster_add *a);
MUST_USE enum err roster_body_add_unpack(struct bytes body, struct roster_add *out);

/* feed.roles {0 feed, 1 roles, 2 from size}. */
struct roster_regrant {
	struct feed_no feed;
	uint32_t roles;
	uint64_t from_size;
};
void roster_body_regrant_pack(struct mp_out *m, const struct roster_regrant *g);
MUST_USE enum err roster_body_regrant_unpack(struct bytes body, struct roster_regrant *out);

/* feed.cut {0 feed, 1 size, 2 root, 3 reason ?}. */
struct roster_cut {
	struct feed_no feed;
	struct head head;
	struct bytes reason; /* at most TEXT_BYTES_MAX, borrowed */
};
void roster_body_cut_pack(struct mp_out *m, const struct roster_cut *c);
MUST_USE enum err roster_body_cut_unpack(struct bytes body, struct roster_cut *out);

/* feed.resolve {0 feed, 1 reason ?}. */
struct roster_resolve {
	struct feed_no feed;
	struct bytes reason; /* at most TEXT_BYTES_MAX, borrowed */
};
void roster_body_resolve_pack(struct mp_out *m, const struct roster_resolve *c);
MUST_USE enum err roster_body_resolve_unpack(struct bytes body, struct roster_resolve *out);

#endif

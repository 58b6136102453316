/* SPDX-License-Identifier: Apache-2.0
 * profile.h: what a member says of itself: whom to call, what it sells. The newest in its feeds holds (the
 * greatest header time, then place). docs/LEDGER.md 9. What the registrar says of a member is the roster's.
 */
#ifndef LEDGER_PROFILE_H
#define LEDGER_PROFILE_H

#include "ledger/answer.h"

struct profile_set {
	struct bytes contact, phone, address, goods; /* at most TEXT_BYTES_MAX each */
};
void profile_set_pack(struct mp_out *m, const struct profile_set *p);
MUST_USE enum err profile_set_unpack(struct bytes body, struct profile_set *out);

#endif

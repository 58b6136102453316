/* SPDX-License-Identifier: Apache-2.0
 * body.h: what several bodies share: an answer to an object, and texts with their limits. A body is a msgpack
 * map with small integer keys; *_pack writes the canonical form (absent texts and zero amounts are left out),
 * *_unpack takes one whole body, checks every rule that needs nothing but the body, and leaves *out untouched
 * on failure. Texts and other views in a struct are borrowed: they die with the body. An absent text has
 * length 0. */
#ifndef LEDGER_BODY_H
#define LEDGER_BODY_H

#include "base/date.h"
#include "base/money.h"
#include "log/entry.h"

/* decline, withdraw, end, dispute and the like: which object, and why. */
struct answer {
	struct reference about; /* the entry that opened the object */
	struct bytes reason;    /* at most TEXT_BYTES_MAX */
};
void answer_pack(struct mp_out *m, const struct answer *a);
MUST_USE enum err answer_unpack(struct bytes body, struct answer *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * answer.h: the body of most statements about an object: which, and why.
 * True of every body of this layer: it is a msgpack map with small integer keys; *_pack writes the canonical form
 * (absent texts and zero amounts are left out); *_unpack takes one whole body, checks every rule that needs nothing
 * but the body, ignores unknown keys, and leaves *out untouched on failure. Texts and other views in a struct are
 * borrowed and die with the body; an absent text has length 0. Errors: those of base/mp.h for what is malformed,
 * MISSING_FIELD, and the rule's own (docs/LEDGER.md). */
#ifndef LEDGER_ANSWER_H
#define LEDGER_ANSWER_H

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

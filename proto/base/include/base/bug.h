/* SPDX-License-Identifier: Apache-2.0
 * bug.h: faults seeded into a build of the simulator, one at a time, to see that its checkers find them
 * (tests/sim/bugs.cmake). In every other build BUG(X) is 0 for each, and the compiler leaves nothing of them. */
#ifndef BASE_BUG_H
#define BASE_BUG_H

#ifndef BUG_SEEDED
#define BUG_SEEDED BUG_NONE
#endif

enum bug {
	BUG_NONE,
	BUG_SEND_BEFORE_COMMIT, /* what was not written is answered and sent all the same */
	BUG_SKIP_COMPARE,       /* whatever another node shows of the own feed is taken for known */
	BUG_IGNORE_CUTOFF,      /* of what was held before a cutoff came */
	BUG_RUN_WITHOUT_ROOT,   /* a run's signature is not looked at */
	BUG_ARRIVAL_ORDER,      /* a statement that came before its object never counts */
	BUG_WRAP_OMITTED,       /* an auditor is not due as a reader */
	BUG_AUTHORS_CLOCK,      /* an entry was received when its author says */
	BUG_LOST_PULL,          /* who does not answer a pull is waited for for ever */
	BUG_STALE_REFERENCE,    /* what is appended again names others by their old names */
	BUG_MARK_NOT_DURABLE,   /* it is gone after a restart */
	BUG_LINK_KEPT,          /* the memory of a link that ended is not given back */
	BUG_REQUEST_KEPT,       /* likewise of an append */
	BUG_ANCHOR_UNTOLD       /* nobody hears of an anchor from another node */
};
#define BUG(x) (BUG_SEEDED == BUG_##x)

#endif

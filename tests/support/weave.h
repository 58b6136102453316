/* SPDX-License-Identifier: Apache-2.0
 * weave.h: random small networks, the same for the same seed: members and feeds that come while others write already,
 * every kind of statement, good ones, wrong ones, and ones about what is not there; changes of roles, cutoffs lifted and
 * not, forks, witnesses. A feed with a published fork is cut in the end, so that all orders lead to one frontier. */
#ifndef SUPPORT_WEAVE_H
#define SUPPORT_WEAVE_H

#include "log/fork.h"
#include "support/authors.h"

#define WEAVE_FEEDS 11u  /* that will be added, the registrar's among them */
#define WEAVE_MEMBERS 5u /* likewise */
#define WEAVE_AUDITOR 5u /* the feed of an auditor */
#define WEAVE_POOL 2048u

struct weave {
	struct authors authors;
	uint64_t random;
	uint32_t members, feeds; /* admitted, added */
	bool cut[WEAVE_FEEDS], forked[WEAVE_FEEDS], proved[WEAVE_FEEDS];
	uint64_t witness_s;
	bool has_anchor; /* that ends feed 0 and names the successor */
	struct anchor anchor;
	struct {
		struct reference ref;
		uint16_t kind;
		uint32_t partner;
	} pool[WEAVE_POOL];
	uint32_t pool_count;
	uint32_t speaker, partner; /* who says the body packed last, and whom it names */
	bool has_target;           /* what weave_pick() gives next */
	struct reference target;
};
void weave_init(struct weave *w, uint64_t seed, uint32_t steps);
void weave_deinit(struct weave *w);

/* For weave_bodies.c and weave.c. */
uint32_t weave_below(struct weave *w, uint32_t bound);
/* One in N. */
bool weave_chance(struct weave *w, uint32_t n);
struct reference weave_pick(struct weave *w, uint16_t kind);
/* The member of a feed, as it will be added. */
uint32_t weave_member(uint32_t feed);
/* Pack a random body of the kind as the feed would say it. */
void weave_body(struct weave *w, uint32_t feed, uint16_t kind);

#endif

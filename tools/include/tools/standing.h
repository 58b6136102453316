/* SPDX-License-Identifier: Apache-2.0
 * standing.h: how the own feed stands, in plain words: may it be published, and if not, why, who is waited for and what a
 * person can do. docs/PROTOCOL.md 8. */
#ifndef TOOLS_STANDING_H
#define TOOLS_STANDING_H

#include "tools/ctx.h"

struct standing {
	const char *state;   /* "settled", "restored", "taken_back", "forked", "unknown" */
	uint64_t size, mark; /* entries here; how many of them may be with others */
	uint64_t copy;       /* what the copy of the mark says; 0: nothing, or there is none */
	uint64_t shown;      /* the most that anybody was seen to hold, while that is not here; 0: nobody */
	bool registrar_compared;
	uint64_t members_compared;
	bool is_registrar; /* we are */
	bool has_override; /* a person let it be published without that */
	uint64_t override_ms;
	const char *override_reason;
	json_t *refused_ref; /* old references of own entries that could not be appended again; in "standing" */
};

/* From the store, and from what a daemon said of it ("standing" of its status), or NULL. Puts "standing" into ROW. */
void standing_read(struct ctx *ctx, const json_t *said, json_t *row, struct standing *out);
/* Likewise, asking a daemon that runs. False: none does. */
bool standing_ask(struct ctx *ctx, json_t *row, struct standing *out);
/* May own entries leave, as far as the store and its history go? */
bool standing_is_settled(const struct standing *s);
/* What a person should know, as answers (row_say()). Nothing where all is well. */
void standing_say(struct ctx *ctx, const struct standing *s, json_t *list);

#endif

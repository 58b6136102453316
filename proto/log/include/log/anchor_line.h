/* SPDX-License-Identifier: Apache-2.0
 * anchor_line.h: an anchor on its way between machines as a line of text that people carry: the draft, made by any node of
 * the network, to where the recovery key's paper is; and the anchor, signed there, back to any node. docs/PROTOCOL.md
 * 4.9. A draft is signed by nobody: who signs by it sees what it says, and compares the successor's words. */
#ifndef LOG_ANCHOR_LINE_H
#define LOG_ANCHOR_LINE_H

#include "log/anchor.h"
#include "log/line.h"
#include "log/short_text.h"

struct anchor_draft {
	struct network_id network;
	struct short_text name; /* of the network */
	uint8_t recovery[32];   /* its recovery key, so that another paper is refused */
	uint64_t time_s;        /* when it was made, by that node's clock */
	struct anchor anchor;   /* without its signature */
};

/* "lontaranchor1...", at most ANCHOR_LINE_BYTES_MAX. Errors as line_parse()'s and anchor_unpack()'s. */
void anchor_line_put(struct bytes_out *o, const struct anchor *a);
MUST_USE enum err anchor_line_parse(struct bytes text, struct anchor *out);
/* "lontardraft1...", likewise. ERR_BAD_VERSION. */
void anchor_line_put_draft(struct bytes_out *o, const struct anchor_draft *d);
MUST_USE enum err anchor_line_parse_draft(struct bytes text, struct anchor_draft *out);

#endif

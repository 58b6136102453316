/* SPDX-License-Identifier: Apache-2.0
 * witness.h: the statements of a witness: witness.seen, which checkpoints it verified, and witness.heard, whose nodes
 * it compared heads with. docs/PROTOCOL.md 10. Rows are read one by one from the body; nothing is copied. */
#ifndef LOG_WITNESS_H
#define LOG_WITNESS_H

#include "log/checkpoint.h"

/* witness.seen {0 time in Unix seconds, 1 [[feed, size, bin 32 root, bin 64 the author's signature there,
 * bin 64 cosignature], ...]}, feeds ascending. The time is that of every cosignature (cosignature.h); it never falls
 * from one statement of a witness to the next. */
struct witness_row {
	struct feed_no feed;
	struct checkpoint checkpoint; /* head and the author's signature */
	uint8_t cosignature[64];      /* C2SP cosignature/v1 at the statement's time */
};
/* rows: feeds ascending, 1..WITNESS_ROWS_MAX of them; more go into the next entry. */
void witness_seen_pack(struct mp_out *m, uint64_t time_s, const struct witness_row *rows, uint32_t count);

struct witness_seen {
	uint64_t time_s;
	uint32_t count;
	struct mp_in rows; /* borrowed from the body */
};
/* Form only, all of it: any error of mp.h, ERR_MALFORMED for feeds out of order or no row. */
MUST_USE enum err witness_seen_unpack(struct bytes body, struct witness_seen *out);
/* The next row; false when there is none. */
bool witness_seen_next(struct witness_seen *s, struct witness_row *out);

/* witness.heard {0 time in Unix seconds, 1 [feed, ...]}, feeds ascending. */
void witness_heard_pack(struct mp_out *m, uint64_t time_s, const struct feed_no *feeds, uint32_t count);

struct witness_heard {
	uint64_t time_s;
	uint32_t count;
	struct mp_in feeds; /* borrowed from the body */
};
MUST_USE enum err witness_heard_unpack(struct bytes body, struct witness_heard *out);
bool witness_heard_next(struct witness_heard *h, struct feed_no *out);

#endif

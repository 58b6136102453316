/* SPDX-License-Identifier: Apache-2.0
 * short_text.h: one line of text held by value: UTF-8 without control characters, because names are printed on
 * people's terminals. */
#ifndef LOG_SHORT_TEXT_H
#define LOG_SHORT_TEXT_H

#include "base/limits.h"
#include "base/mp.h"

struct short_text {
	uint8_t len;
	char text[NAME_BYTES_MAX];
};

/* max: at most NAME_BYTES_MAX. ERR_TOO_LONG, ERR_NOT_UTF8, ERR_BAD_TEXT (a control character). */
MUST_USE enum err short_text_of(struct bytes text, size_t max, struct short_text *out);
struct bytes short_text_bytes(const struct short_text *t); /* dies with *t */

/* msgpack. Sticky: an error of short_text_of() goes into the cursor, *out is empty then. */
void short_text_unpack(struct mp_in *m, size_t max, struct short_text *out);
void short_text_pack(struct mp_out *m, const struct short_text *t);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * text.h: forms of bytes in text: hexadecimal, base64 (RFC 4648, canonical; padded, and unpadded in the
 * URL alphabet), decimal numbers; UTF-8 checks; and the eight words by which two people compare a key. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

bool text_is_utf8(struct bytes b); /* RFC 3629: no surrogates, no overlong forms; NUL is refused */
void text_put_hex(struct bytes_out *o, struct bytes b);
MUST_USE enum err text_hex(struct bytes text, void *out, size_t len); /* exactly 2*len digits, lower case */
void text_put_base64(struct bytes_out *o, struct bytes b);
/* Decodes canonical padded base64 into at most cap bytes. ERR_BAD_TEXT, ERR_TOO_LONG. */
MUST_USE enum err text_base64(struct bytes text, void *out, size_t cap, size_t *len);
void text_put_base64url(struct bytes_out *o, struct bytes b); /* unpadded, for invites */
MUST_USE enum err text_base64url(struct bytes text, void *out, size_t cap, size_t *len);
/* A decimal number without sign, leading zeros or anything else. ERR_BAD_NUMBER. */
MUST_USE enum err text_u64(struct bytes text, uint64_t max, uint64_t *out);
/* Takes the text up to the next SEP off the front of *rest; all of it when there is no SEP. */
struct bytes text_split(struct bytes *rest, char sep);
/* Takes a line off the front, without its newline; false, nothing taken, when no line ends in *rest. */
bool text_line(struct bytes *rest, struct bytes *line);
/* Takes PREFIX off the front; false, nothing taken, when *rest does not begin with it. */
bool text_prefix(struct bytes *rest, const char *prefix);
struct bytes text_trim(struct bytes b); /* ASCII spaces and tabs off both ends */
/* host:port, without spaces, port 1 to 65535; what the host means is the dialler's to find out. */
bool text_is_address(struct bytes text);
/* Eight words (each of a list of 256 consonant-vowel-consonant-vowel words, Indonesian sounds) of the first 8 bytes
 * of the SHA-256 of b, separated by spaces; for comparing a feed id by voice. */
void text_put_words(struct bytes_out *o, struct bytes b);

#endif

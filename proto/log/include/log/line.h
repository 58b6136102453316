/* SPDX-License-Identifier: Apache-2.0
 * line.h: bytes as one line of text that people pass on, in a message, on paper or as a QR code: bech32m (BIP 350)
 * without its limit of 90 characters. No letter is told from another by case alone, and a slip of the pen or the
 * finger is found. docs/PROTOCOL.md 4. */
#ifndef LOG_LINE_H
#define LOG_LINE_H

#include "base/bytes.h"

/* prefix: lower-case letters; the line begins with it and "1". */
void line_put(struct bytes_out *o, const char *prefix, struct bytes b);
/* Into at most CAP bytes of out. Spaces and line ends anywhere are passed over; all upper-case is fine too.
 * ERR_BAD_PREFIX: it is something else; ERR_BAD_TEXT: a character that no line has, or both cases; ERR_BAD_CHECKSUM: a
 * character is wrong, missing or one too many; ERR_TOO_LONG. */
MUST_USE enum err line_parse(struct bytes text, const char *prefix, void *out, size_t cap, size_t *len);

#endif

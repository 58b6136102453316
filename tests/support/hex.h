/* SPDX-License-Identifier: Apache-2.0
 * hex.h: bytes as tests write them down. Decodes by itself, so that the code under test does not read its own exam. */
#ifndef SUPPORT_HEX_H
#define SUPPORT_HEX_H

#include "base/bytes.h"

#define HEX_BYTES_MAX 1024

struct hex {
	uint8_t data[HEX_BYTES_MAX];
	size_t len;
};

/* The bytes of "dd 10-00 0f": digits in pairs, blanks and dashes between them as one likes. */
struct hex hex_of(const char *text);
/* Do the bytes read so? */
bool hex_equal(struct bytes b, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * hex.c: see hex.h. */
#include "support/hex.h"

static uint8_t digit(char c)
{
	must((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

struct hex hex_of(const char *text)
{
	struct hex h = {.len = 0};
	while (*text != 0) {
		if (*text == ' ' || *text == '-') {
			text++;
			continue;
		}
		must(h.len < HEX_BYTES_MAX);
		h.data[h.len++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
		text += 2;
	}
	return h;
}

bool hex_equal(struct bytes b, const char *text)
{
	struct hex h = hex_of(text);
	return bytes_equal(b, BYTES(h.data, h.len));
}

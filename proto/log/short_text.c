/* SPDX-License-Identifier: Apache-2.0
 * short_text.c: see short_text.h. */
#include <string.h>

#include "base/text.h"
#include "log/short_text.h"

/* C0, DEL and C1 (in UTF-8: c2 80 to c2 9f). */
static bool has_control(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] < 0x20 || b.data[i] == 0x7f)
			return true;
		if (b.data[i] == 0xc2 && i + 1 < b.len && b.data[i + 1] < 0xa0)
			return true;
	}
	return false;
}

enum err short_text_of(struct bytes text, size_t max, struct short_text *out)
{
	must(max <= NAME_BYTES_MAX);
	if (text.len > max)
		return ERR_TOO_LONG;
	if (!text_is_utf8(text))
		return ERR_NOT_UTF8;
	if (has_control(text))
		return ERR_BAD_TEXT;
	*out = (struct short_text){.len = (uint8_t)text.len};
	if (text.len > 0)
		memcpy(out->text, text.data, text.len);
	return ERR_OK;
}

struct bytes short_text_bytes(const struct short_text *t)
{
	return BYTES(t->text, t->len);
}

void short_text_unpack(struct mp_in *m, size_t max, struct short_text *out)
{
	*out = (struct short_text){0};
	enum err e = short_text_of(mp_text(m, max), max, out);
	if (e != ERR_OK)
		mp_fail(m, e);
}

void short_text_pack(struct mp_out *m, const struct short_text *t)
{
	mp_put_text(m, short_text_bytes(t));
}

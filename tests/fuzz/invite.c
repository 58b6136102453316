/* SPDX-License-Identifier: Apache-2.0 */
/* invite.c: any text as an invite, and any bytes as what stands in one. What is taken is the line that is written. */
#include "fuzz.h"

#include "log/invite.h"
#include "log/line.h"

static uint8_t line[4096], again[INVITE_BYTES_MAX];

/* Without the spaces that are passed over, in lower case. */
static struct bytes plain(struct bytes in)
{
	struct bytes_out o = bytes_out(line, sizeof line);
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.data[i];
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			bytes_put_u8(&o, c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c);
	}
	return bytes_written(&o);
}

static void text(struct bytes in)
{
	struct invite i;
	if (in.len > sizeof line || invite_parse(in, &i) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(again, sizeof again);
	enum err e = invite_put(&o, &i);
	must(e == ERR_TOO_LONG || (e == ERR_OK && bytes_equal(bytes_written(&o), plain(in))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t made[4096];
	struct bytes_out o = bytes_out(made, sizeof made);
	text(BYTES(data, len));
	line_put(&o, "lontar", BYTES(data, len));
	if (bytes_out_end(&o) == ERR_OK)
		text(bytes_written(&o));
	return 0;
}

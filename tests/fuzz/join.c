/* SPDX-License-Identifier: Apache-2.0 */
/* join.c: any text as a pasted join request, and any bytes as what stands in one. What is taken is written again as the
 * same bytes, and none has a secret that its maker had not. */
#include "fuzz.h"

#include "log/join.h"
#include "log/line.h"

static uint8_t made[4096], again[JOIN_LINE_BYTES_MAX], raw[JOIN_BYTES_MAX], raw_again[JOIN_BYTES_MAX];

static void text(struct bytes in)
{
	static const struct join_binding PASTED;
	static const uint8_t SECRET[INVITE_SECRET_BYTES];
	struct join j;
	size_t len, len_again;
	if (join_parse(in, &j) != ERR_OK)
		return;
	struct bytes_out o = bytes_out(again, sizeof again);
	join_put(&o, &j);
	must(bytes_out_end(&o) == ERR_OK);
	must(line_parse(in, "lontarjoin", raw, sizeof raw, &len) == ERR_OK);
	must(line_parse(bytes_written(&o), "lontarjoin", raw_again, sizeof raw_again, &len_again) == ERR_OK);
	must(bytes_equal(BYTES(raw, len), BYTES(raw_again, len_again)));
	enum err e = join_verify(&j, &PASTED);
	must(e == ERR_OK || e == ERR_BAD_KEY || e == ERR_BAD_SIGNATURE);
	must(!join_has_secret(&j, SECRET, &PASTED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes_out o = bytes_out(made, sizeof made);
	text(BYTES(data, len));
	line_put(&o, "lontarjoin", BYTES(data, len));
	if (bytes_out_end(&o) == ERR_OK)
		text(bytes_written(&o));
	return 0;
}

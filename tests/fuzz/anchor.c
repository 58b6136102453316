/* SPDX-License-Identifier: Apache-2.0 */
/* anchor.c: any bytes as an anchor, and any text as the line of one or of its draft. What is taken is written again as the
 * same bytes, is signed by nobody, wins over itself never, and never against what it lost to. */
#include "fuzz.h"

#include "log/anchor_line.h"

static uint8_t made[16384], again[ANCHOR_LINE_BYTES_MAX], raw[ANCHOR_DRAFT_BYTES_MAX],
        raw_again[ANCHOR_DRAFT_BYTES_MAX];

/* Two lines hold the same. */
static void same(struct bytes a, struct bytes b, const char *prefix)
{
	size_t len, len_again;
	must(line_parse(a, prefix, raw, sizeof raw, &len) == ERR_OK);
	must(line_parse(b, prefix, raw_again, sizeof raw_again, &len_again) == ERR_OK);
	must(bytes_equal(BYTES(raw, len), BYTES(raw_again, len_again)));
}

static void line(struct bytes in)
{
	struct anchor a;
	struct bytes_out o = bytes_out(again, sizeof again);
	if (anchor_line_parse(in, &a) != ERR_OK)
		return;
	anchor_line_put(&o, &a);
	must(bytes_out_end(&o) == ERR_OK);
	same(in, bytes_written(&o), "lontaranchor");
}

static void draft(struct bytes in)
{
	struct anchor_draft d;
	struct bytes_out o = bytes_out(again, sizeof again);
	if (anchor_line_parse_draft(in, &d) != ERR_OK)
		return;
	anchor_line_put_draft(&o, &d);
	must(bytes_out_end(&o) == ERR_OK);
	same(in, bytes_written(&o), "lontardraft");
}

static void packed(struct bytes in)
{
	static const uint8_t NOBODY[32] = {9};
	struct anchor a;
	if (anchor_unpack(in, &a) != ERR_OK)
		return;
	struct mp_out m = mp_out(made, sizeof made);
	anchor_pack(&m, &a);
	must(mp_out_end(&m) == ERR_OK && bytes_equal(mp_written(&m), in));
	must(in.len <= ANCHOR_BYTES_MAX);
	must(anchor_verify(&a, NOBODY) == ERR_BAD_SIGNATURE);
	struct anchor b = a;
	must(!anchor_wins(&a, &b) && anchor_wins(&a, NULL));
	b.signature[0] ^= 1u;
	must(anchor_wins(&a, &b) != anchor_wins(&b, &a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct bytes in = BYTES(data, len);
	packed(in);
	line(in);
	draft(in);
	struct bytes_out o = bytes_out(made, sizeof made);
	line_put(&o, "lontaranchor", in);
	if (bytes_out_end(&o) == ERR_OK)
		line(bytes_written(&o));
	o = bytes_out(made, sizeof made);
	line_put(&o, "lontardraft", in);
	if (bytes_out_end(&o) == ERR_OK)
		draft(bytes_written(&o));
	return 0;
}

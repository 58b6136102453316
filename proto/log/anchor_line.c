/* SPDX-License-Identifier: Apache-2.0
 * anchor_line.c: see anchor_line.h. A draft is msgpack [1, network id, name, recovery key, time, number, feeds, keys]. */
#include "log/anchor_line.h"

#include <string.h>

static const char PREFIX[] = "lontaranchor", PREFIX_DRAFT[] = "lontardraft";
#define DRAFT_VERSION 1u
#define DRAFT_FIELDS (5u + ANCHOR_FIELDS_UNSIGNED)

struct packed {
	uint8_t bytes[ANCHOR_DRAFT_BYTES_MAX];
};

void anchor_line_put(struct bytes_out *o, const struct anchor *a)
{
	struct packed memory;
	struct mp_out m = mp_out(memory.bytes, ANCHOR_BYTES_MAX);
	anchor_pack(&m, a);
	must(mp_out_end(&m) == ERR_OK);
	line_put(o, PREFIX, mp_written(&m));
}

enum err anchor_line_parse(struct bytes text, struct anchor *out)
{
	struct packed memory;
	size_t len = 0;
	enum err e = line_parse(text, PREFIX, memory.bytes, ANCHOR_BYTES_MAX, &len);
	return e == ERR_OK ? anchor_unpack(BYTES(memory.bytes, len), out) : e;
}

void anchor_line_put_draft(struct bytes_out *o, const struct anchor_draft *d)
{
	struct packed memory;
	struct mp_out m = mp_out(memory.bytes, sizeof memory.bytes);
	mp_put_array(&m, DRAFT_FIELDS);
	mp_put_uint(&m, DRAFT_VERSION);
	mp_put_bin(&m, BYTES_OF(d->network.bytes));
	short_text_pack(&m, &d->name);
	mp_put_bin(&m, BYTES_OF(d->recovery));
	mp_put_uint(&m, d->time_s);
	anchor_pack_fields(&m, &d->anchor);
	must(mp_out_end(&m) == ERR_OK);
	line_put(o, PREFIX_DRAFT, mp_written(&m));
}

static enum err unpack_draft(struct bytes b, struct anchor_draft *out)
{
	struct mp_in m = mp_in(b);
	mp_array_fixed(&m, DRAFT_FIELDS);
	if (mp_uint(&m, UINT64_MAX) != DRAFT_VERSION)
		mp_fail(&m, ERR_BAD_VERSION);
	mp_bin_fixed(&m, out->network.bytes, sizeof out->network.bytes);
	short_text_unpack(&m, NAME_BYTES_MAX, &out->name);
	mp_bin_fixed(&m, out->recovery, sizeof out->recovery);
	out->time_s = mp_uint(&m, WITNESS_TIME_S_MAX);
	anchor_unpack_fields(&m, &out->anchor);
	mp_array_end(&m);
	return mp_end(&m);
}

enum err anchor_line_parse_draft(struct bytes text, struct anchor_draft *out)
{
	struct packed memory;
	struct anchor_draft d = {.time_s = 0};
	size_t len = 0;
	enum err e = line_parse(text, PREFIX_DRAFT, memory.bytes, sizeof memory.bytes, &len);
	if (e == ERR_OK)
		e = unpack_draft(BYTES(memory.bytes, len), &d);
	if (e == ERR_OK)
		*out = d;
	return e;
}

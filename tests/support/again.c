/* SPDX-License-Identifier: Apache-2.0
 * again.c: see again.h. Recursive, which the depth of the profile bounds. */
#include "support/again.h"

#include "base/limits.h"

static void copy(struct mp_in *in, struct mp_out *out);

static void copy_array(struct mp_in *in, struct mp_out *out)
{
	uint32_t count = mp_array(in, UINT32_MAX);
	mp_put_array(out, count);
	for (uint32_t i = 0; i < count && mp_error(in) == ERR_OK; i++)
		copy(in, out);
	mp_array_end(in);
}

static void copy_map(struct mp_in *in, struct mp_out *out)
{
	struct mp_map map = mp_map(in);
	mp_put_map(out, map.left);
	for (uint32_t key = 0; key <= MP_KEY_MAX; key++) {
		if (!mp_key(in, &map, key))
			continue;
		mp_put_uint(out, key);
		copy(in, out);
	}
	mp_map_end(in, &map);
}

static void copy(struct mp_in *in, struct mp_out *out)
{
	switch (mp_peek(in)) {
	case MP_NONE:
	case MP_NIL:
		mp_put_raw(out, mp_raw(in));
		break;
	case MP_BOOL:
		mp_put_bool(out, mp_bool(in));
		break;
	case MP_UINT:
		mp_put_uint(out, mp_uint(in, UINT64_MAX));
		break;
	case MP_INT:
		mp_put_int(out, mp_int(in, INT64_MIN, INT64_MAX));
		break;
	case MP_BIN:
		mp_put_bin(out, mp_bin(in, SIZE_MAX));
		break;
	case MP_TEXT:
		mp_put_text(out, mp_text(in, SIZE_MAX));
		break;
	case MP_ARRAY:
		copy_array(in, out);
		break;
	case MP_MAP:
		copy_map(in, out);
		break;
	}
}

enum err again_copy(struct bytes b, struct mp_out *out)
{
	struct mp_in in = mp_in(b);
	copy(&in, out);
	return mp_end(&in);
}

enum err again_property(struct bytes b, void *room)
{
	struct mp_out out = mp_out(room, b.len);
	enum err checked = mp_check(b);
	must(again_copy(b, &out) == checked);
	struct mp_in in = mp_in(b);
	mp_skip(&in);
	must(mp_end(&in) == checked);
	if (checked == ERR_OK) {
		must(mp_out_end(&out) == ERR_OK);
		must(bytes_equal(mp_written(&out), b));
	}
	return checked;
}

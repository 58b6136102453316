/* SPDX-License-Identifier: Apache-2.0
 * mp_put.c: writing msgpack: msgpack-c's packer, which writes the shortest forms, into the caller's buffer.
 * The packer's return values are not looked at: the buffer keeps the first error, and mp_out_end() returns it. */
#include <msgpack/pack.h>

#include "base/mp.h"
#include "base/text.h"

static int into_buffer(void *out, const char *data, size_t len)
{
	bytes_put(out, data, len);
	return 0;
}

static msgpack_packer packer(struct mp_out *m)
{
	return (msgpack_packer){.data = &m->out, .callback = into_buffer};
}

struct mp_out mp_out(void *data, size_t cap)
{
	return (struct mp_out){.out = bytes_out(data, cap)};
}

void mp_put_nil(struct mp_out *m)
{
	msgpack_packer p = packer(m);
	msgpack_pack_nil(&p);
}

void mp_put_bool(struct mp_out *m, bool v)
{
	msgpack_packer p = packer(m);
	if (v)
		msgpack_pack_true(&p);
	else
		msgpack_pack_false(&p);
}

void mp_put_uint(struct mp_out *m, uint64_t v)
{
	msgpack_packer p = packer(m);
	msgpack_pack_uint64(&p, v);
}

void mp_put_int(struct mp_out *m, int64_t v)
{
	msgpack_packer p = packer(m);
	msgpack_pack_int64(&p, v);
}

void mp_put_bin(struct mp_out *m, struct bytes b)
{
	must(b.len <= UINT32_MAX);
	msgpack_packer p = packer(m);
	msgpack_pack_bin(&p, b.len);
	bytes_put(&m->out, b.data, b.len);
}

void mp_put_text(struct mp_out *m, struct bytes text)
{
	must(text.len <= UINT32_MAX);
	msgpack_packer p = packer(m);
	if (m->out.err == ERR_OK && !text_is_utf8(text))
		m->out.err = ERR_NOT_UTF8;
	msgpack_pack_str(&p, text.len);
	bytes_put(&m->out, text.data, text.len);
}

void mp_put_array(struct mp_out *m, uint32_t count)
{
	msgpack_packer p = packer(m);
	msgpack_pack_array(&p, count);
}

void mp_put_map(struct mp_out *m, uint32_t pairs)
{
	msgpack_packer p = packer(m);
	msgpack_pack_map(&p, pairs);
}

void mp_put_raw(struct mp_out *m, struct bytes value)
{
	bytes_put(&m->out, value.data, value.len);
}

struct bytes mp_written(const struct mp_out *m)
{
	return bytes_written(&m->out);
}

enum err mp_out_end(const struct mp_out *m)
{
	return bytes_out_end(&m->out);
}

/* SPDX-License-Identifier: Apache-2.0
 * mp.h: msgpack, the strict profile of docs/PROTOCOL.md: shortest form, maps with small integer keys in
 * ascending order, arrays no longer than the bytes left, depth at most 8, UTF-8 checked, no float, no ext,
 * the whole buffer consumed. Anything else is refused, never normalised, because hashes are over bytes.
 *
 * Reading is a cursor of ours that never allocates; writing is msgpack-c's packer into the caller's buffer.
 * Both are sticky: the first error stays, later calls return zeros or write nothing, and only the end call
 * returns the error. mp_check() walks a whole value and is what foreign bytes meet first. */
#ifndef BASE_MP_H
#define BASE_MP_H

#include "base/bytes.h"

/* Is B exactly one value of the strict profile? ERR_OK or the error that says why not. */
MUST_USE enum err mp_check(struct bytes b);

/* MP_INT: a negative integer. Only its first byte tells what mp_peek() says of a value. */
enum mp_type { MP_NONE, MP_NIL, MP_BOOL, MP_UINT, MP_INT, MP_BIN, MP_TEXT, MP_ARRAY, MP_MAP };

struct mp_in {
	struct bytes_in in;
	unsigned depth; /* how many arrays and maps are open below the cursor; bounded by MP_DEPTH_MAX */
};

/* A map being read: keys are taken in ascending order. */
struct mp_map {
	uint32_t left; /* pairs not yet read */
	uint32_t key;  /* the key whose value is next, valid while pending */
	uint32_t last; /* the key read before */
	bool pending, started;
};

struct mp_in mp_in(struct bytes b);
enum mp_type mp_peek(const struct mp_in *m); /* MP_NONE at the end or after an error */
bool mp_bool(struct mp_in *m);
uint64_t mp_uint(struct mp_in *m, uint64_t max);           /* ERR_OUT_OF_RANGE above max */
int64_t mp_int(struct mp_in *m, int64_t min, int64_t max); /* any integer form that fits */
struct bytes mp_bin(struct mp_in *m, size_t max);          /* dies with the input */
void mp_bin_fixed(struct mp_in *m, void *out, size_t len); /* ERR_MALFORMED when the length differs */
struct bytes mp_text(struct mp_in *m, size_t max);         /* UTF-8 checked; dies with the input */
uint32_t mp_array(struct mp_in *m, uint32_t max);          /* the count; then read that many values */
void mp_array_fixed(struct mp_in *m, uint32_t count);
void mp_array_end(struct mp_in *m);   /* closes the innermost array */
struct bytes mp_raw(struct mp_in *m); /* one whole value, checked, as its bytes */
void mp_skip(struct mp_in *m);        /* one whole value, checked */

/* A map. Usage: map = mp_map(m); if (mp_key(m, &map, 3)) x = mp_uint(m, ...); ...; mp_map_end(m, &map).
 * mp_key skips pairs with smaller keys (unknown keys are ignored) and is true when the pair KEY is there, its
 * value next. Ask for keys in ascending order. mp_need is mp_key that sets ERR_MISSING_FIELD. */
struct mp_map mp_map(struct mp_in *m);
bool mp_key(struct mp_in *m, struct mp_map *map, uint32_t key);
bool mp_need(struct mp_in *m, struct mp_map *map, uint32_t key);
void mp_map_end(struct mp_in *m, struct mp_map *map);

void mp_fail(struct mp_in *m, enum err e); /* the caller's own check failed; keeps an earlier error */
enum err mp_error(const struct mp_in *m);  /* so far */
MUST_USE enum err mp_end(
        const struct mp_in *m); /* ERR_TRAILING: bytes are left; ERR_BUG: an array or map is not closed */

/* Writing. */
struct mp_out {
	struct bytes_out out;
};
struct mp_out mp_out(void *data, size_t cap);
void mp_put_nil(struct mp_out *m);
void mp_put_bool(struct mp_out *m, bool v);
void mp_put_uint(struct mp_out *m, uint64_t v);
void mp_put_int(struct mp_out *m, int64_t v); /* non-negative values in their unsigned form */
void mp_put_bin(struct mp_out *m, struct bytes b);
void mp_put_text(struct mp_out *m, struct bytes text); /* ERR_NOT_UTF8, sticky like ERR_NO_SPACE */
void mp_put_array(struct mp_out *m, uint32_t count);
void mp_put_map(struct mp_out *m, uint32_t pairs);
void mp_put_raw(struct mp_out *m, struct bytes value); /* one already packed value */
struct bytes mp_written(const struct mp_out *m);
MUST_USE enum err mp_out_end(const struct mp_out *m);

#endif

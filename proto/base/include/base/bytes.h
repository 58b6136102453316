/* SPDX-License-Identifier: Apache-2.0
 * bytes.h: a view of bytes, a bounded writer, a bounded reader, and big-endian integers. Nothing allocates. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A view: owns nothing, dies with what it points into. data may be NULL when len is 0. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

#define BYTES(p, n) ((struct bytes){.data = (const uint8_t *)(p), .len = (n)})
#define BYTES_OF(array) ((struct bytes){.data = (array), .len = sizeof(array)})

bool bytes_equal(struct bytes a, struct bytes b);
int bytes_compare(struct bytes a, struct bytes b); /* <0, 0, >0; lexicographic, shorter first */
struct bytes bytes_text(const char *text);         /* without the NUL */
void bytes_wipe(void *data, size_t len);           /* zeros that no compiler leaves out: for secrets */

/* A writer into the caller's memory. Sticky: after the first overflow nothing more is written and
 * bytes_out_end() returns ERR_NO_SPACE. */
struct bytes_out {
	uint8_t *data;
	size_t len, cap;
	enum err err;
};
struct bytes_out bytes_out(void *data, size_t cap);
void bytes_put(struct bytes_out *o, const void *data, size_t len);
void bytes_put_u8(struct bytes_out *o, uint8_t v);
void bytes_put_u16(struct bytes_out *o, uint16_t v);
void bytes_put_u32(struct bytes_out *o, uint32_t v);
void bytes_put_u64(struct bytes_out *o, uint64_t v);
void bytes_put_text(struct bytes_out *o, const char *text);
void bytes_put_decimal(struct bytes_out *o, uint64_t v);
struct bytes bytes_written(const struct bytes_out *o);
MUST_USE enum err bytes_out_end(const struct bytes_out *o);

/* A reader of fixed forms. Sticky: past the end it returns zeros; bytes_in_end() returns ERR_TRUNCATED then,
 * ERR_TRAILING when bytes are left, else ERR_OK. */
struct bytes_in {
	const uint8_t *data;
	size_t len, at;
	enum err err;
};
struct bytes_in bytes_in(struct bytes b);
struct bytes bytes_take(struct bytes_in *in, size_t len); /* empty after an error; dies with the input */
void bytes_get(struct bytes_in *in, void *out, size_t len);
uint8_t bytes_get_u8(struct bytes_in *in);
uint16_t bytes_get_u16(struct bytes_in *in);
uint32_t bytes_get_u32(struct bytes_in *in);
uint64_t bytes_get_u64(struct bytes_in *in);
size_t bytes_left(const struct bytes_in *in); /* 0 after an error */
MUST_USE enum err bytes_in_end(const struct bytes_in *in);

#endif

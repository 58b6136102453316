/* SPDX-License-Identifier: Apache-2.0
 * again.h: reads a value of msgpack call by call, as a decoder does, and writes what was read with the packer. */
#ifndef SUPPORT_AGAIN_H
#define SUPPORT_AGAIN_H

#include "base/mp.h"

/* Copies the one value that B is. The error is the reader's; when it is ERR_OK, OUT holds the copy. */
enum err again_copy(struct bytes b, struct mp_out *out);
/* What must hold of any bytes: mp_check(), mp_skip() and reading call by call agree, and what they accept is written
 * again as the same bytes. Needs ROOM of at least b.len bytes. Returns what mp_check() says. */
enum err again_property(struct bytes b, void *room);

#endif

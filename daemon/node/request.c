/* SPDX-License-Identifier: Apache-2.0
 * request.c: an append on its way to the disk: the drafts, copied, since who asks for it does not wait. */
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "commit_int.h"

struct request *request_new(uint64_t ticket, const struct draft *drafts, uint32_t count)
{
	size_t bodies = 0, bytes;
	for (uint32_t i = 0; i < count; i++)
		bodies += drafts[i].body.len;
	bytes = sizeof(struct request) + count * (sizeof(struct draft) + sizeof(struct reference)) + bodies;
	struct request *r = malloc(bytes);
	if (!r)
		return NULL;
	*r = (struct request){.ticket = ticket, .count = count, .bytes = bytes};
	r->drafts = (struct draft *)(r + 1);
	r->references = (struct reference *)(r->drafts + count);
	uint8_t *at = (uint8_t *)(r->references + count);
	for (uint32_t i = 0; i < count; i++) {
		const struct bytes body = drafts[i].body;
		r->drafts[i] = (struct draft){.kind = drafts[i].kind, .body = BYTES(at, body.len)};
		if (body.len)
			memcpy(at, body.data, body.len);
		at += body.len;
	}
	return r;
}

void request_free(struct request *r)
{
	if (r)
		bytes_wipe(r, r->bytes); /* a body may hold secrets of channels */
	if (!BUG(REQUEST_KEPT))
		free(r);
}

/* SPDX-License-Identifier: Apache-2.0
 * intake.c: one run on its way into the store. A peer's run is borrowed from the frame that it came in; the way to the
 * disk is longer than the frame's life, so here is the one copy. */
#include <stdlib.h>
#include <string.h>

#include "job_int.h"

struct intake *intake_new(struct feed_no feed, struct link_id from, const struct run *run)
{
	size_t payload_bytes = 0;
	for (uint32_t i = 0; i < run->count; i++)
		payload_bytes += run->items[i].payload.len;
	size_t bytes = sizeof(struct intake) + run->count * sizeof(struct run_item) + payload_bytes;
	struct intake *in = malloc(bytes);
	if (!in)
		return NULL;
	struct run_item *items = (struct run_item *)(in + 1);
	uint8_t *at = (uint8_t *)(items + run->count);
	for (uint32_t i = 0; i < run->count; i++) {
		const struct bytes payload = run->items[i].payload;
		items[i] = run->items[i];
		items[i].payload = BYTES(at, payload.len);
		if (payload.len)
			memcpy(at, payload.data, payload.len);
		at += payload.len;
	}
	*in = (struct intake){
	        .feed = feed, .from = from, .run = *run, .bytes = bytes + sizeof(struct run_effect)};
	in->run.items = items;
	return in;
}

void intake_free(struct intake *i)
{
	if (!i)
		return;
	free(i->effect);
	free(i);
}

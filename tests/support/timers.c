/* SPDX-License-Identifier: Apache-2.0
 * timers.c: see timers.h. */
#include "support/timers.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/err.h"

void timers_free(struct timers *t)
{
	free(t->items);
	*t = (struct timers){0};
}

static bool is_before(const struct timer *a, const struct timer *b)
{
	return a->due_ms < b->due_ms || (a->due_ms == b->due_ms && a->no < b->no);
}

void timers_set(struct timers *t, const struct timer *timer)
{
	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->items = realloc(t->items, t->cap * sizeof *t->items);
		must(t->items);
	}
	struct timer new = *timer;
	new.no = ++t->no;
	uint32_t at = t->count++;
	for (; at > 0 && is_before(&new, &t->items[(at - 1) / 2]); at = (at - 1) / 2)
		t->items[at] = t->items[(at - 1) / 2];
	t->items[at] = new;
}

uint64_t timers_next_ms(const struct timers *t)
{
	return t->count ? t->items[0].due_ms : UINT64_MAX;
}

struct timer timers_take(struct timers *t)
{
	must(t->count > 0);
	struct timer first = t->items[0], last = t->items[--t->count];
	uint32_t at = 0;
	for (uint32_t child = 1; child < t->count; child = 2 * at + 1) {
		if (child + 1 < t->count && is_before(&t->items[child + 1], &t->items[child]))
			child++;
		if (!is_before(&t->items[child], &last))
			break;
		t->items[at] = t->items[child];
		at = child;
	}
	t->items[at] = last;
	return first;
}

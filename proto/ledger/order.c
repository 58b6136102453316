/* SPDX-License-Identifier: Apache-2.0
 * order.c: heap sort of indices, see order_int.h. */
#include "order_int.h"

void order_init(uint32_t *indices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		indices[i] = (uint32_t)i;
	}
}

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t kept = *a;
	*a = *b;
	*b = kept;
}

/* Let the value at `at` sink to where both below it come before it. */
static void sink(uint32_t *heap, size_t at, size_t count, const void *items, order_compare *compare)
{
	for (;;) {
		size_t below = 2 * at + 1;
		if (below >= count) {
			return;
		}
		if (below + 1 < count && compare(items, heap[below], heap[below + 1]) < 0) {
			below++;
		}
		if (compare(items, heap[at], heap[below]) >= 0) {
			return;
		}
		swap(&heap[at], &heap[below]);
		at = below;
	}
}

void order_sort(uint32_t *indices, size_t count, const void *items, order_compare *compare)
{
	for (size_t i = count / 2; i > 0; i--) {
		sink(indices, i - 1, count, items, compare);
	}
	for (size_t end = count; end > 1; end--) {
		swap(&indices[0], &indices[end - 1]);
		sink(indices, 0, end - 1, items, compare);
	}
}

/* SPDX-License-Identifier: Apache-2.0
 * order_int.h: indices put in an order, in place and without allocating. */
#ifndef LEDGER_ORDER_INT_H
#define LEDGER_ORDER_INT_H

#include <stddef.h>
#include <stdint.h>

/* <0 when item a comes before item b. Must be a total order, so that the result is the only one. */
typedef int order_compare(const void *items, uint32_t a, uint32_t b);
/* Sort the indices. Heap sort: no worst case to be provoked by whoever writes the entries. */
void order_sort(uint32_t *indices, size_t count, const void *items, order_compare *compare);
/* 0, 1, 2, ... */
void order_init(uint32_t *indices, size_t count);

#endif

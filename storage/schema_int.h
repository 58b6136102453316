/* SPDX-License-Identifier: Apache-2.0 */
/* schema_int.h: the store's form has a number, and an ordered list of steps from each number to the next. A step is one
 * transaction that also writes its number, so an interrupted upgrade goes on where it stopped. */
#ifndef STORAGE_SCHEMA_INT_H
#define STORAGE_SCHEMA_INT_H

#include "txn_int.h"

/* Open the tables and bring them up to date. ERR_STORE_FOREIGN: not a store of ours. ERR_STORE_NEWER. */
MUST_USE enum err schema_open(struct store *s);
/* The keys are checked: make views of an older form anew. */
MUST_USE enum err schema_renew(struct store *s);
/* In an empty file: the tables, the number, the store's id and the keys it is for. */
MUST_USE enum err schema_create(
        struct store *s, const uint8_t id[STORE_ID_BYTES], const struct feed_keys *keys);
/* Of whatever form the file is: it counts as restored. ERR_STORE_FOREIGN. */
MUST_USE enum err schema_mark_restored(struct store *s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* packed_int.h: a whole run in one value, for runs that do not count (set aside) or do not count yet (staged):
 * feed id 32, signature 64, then for each entry audience u8, kind u16, time u64, length u32, payload. */
#ifndef STORAGE_PACKED_INT_H
#define STORAGE_PACKED_INT_H

#include "keys_int.h"
#include "log/run.h"
#include "storage/txn.h"

void packed_put(struct txn *t, enum table table, const struct key *key, const struct run *run);
/* items: RUN_ENTRIES_MAX, filled; payloads borrowed from the value. out->from is left alone. */
bool packed_read(struct txn *t, struct bytes value, struct run_item *items, struct run *out);

#endif

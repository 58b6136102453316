/* SPDX-License-Identifier: Apache-2.0 */
/* entries_int.h: rows of the table of entries: audience u8, kind u16, time u64, the first 16 bytes of the id, payload.
 * The rest of the header is the row's place and the feed's id; its payload hash is made again when it is asked for. */
#ifndef STORAGE_ENTRIES_INT_H
#define STORAGE_ENTRIES_INT_H

#include "log/run.h"
#include "storage/feed.h"

bool entries_get(struct txn *t, struct place place, struct entry_ref *out);
void entries_put(struct txn *t, struct place place, const struct run_item *item, const struct hash *id);
void entries_remove(struct txn *t, struct place place);
struct run_item entries_item(const struct entry_ref *entry);
/* The same back, of item I of a run; without its id. */
struct entry_ref entries_of_run(const struct run *run, struct feed_no no, uint32_t i);
/* The whole id, hashed anew. */
struct hash entries_id(const struct feed_id *feed, const struct entry_ref *entry);
struct entry_header entries_header(const struct feed_id *feed, const struct entry_ref *entry);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * txn.h: a transaction: a snapshot to read, or a set of changes that all come to be, or none.
 *
 * Sticky: the first error of the store (disk, map, memory, damage) stays; after it, calls change nothing and return
 * that error, getters find nothing, and txn_commit() returns it. What is borrowed from a transaction dies with its end,
 * and in a write transaction with the next call that writes or settles. */
#ifndef STORAGE_TXN_H
#define STORAGE_TXN_H

#include "log/roster.h"
#include "storage/store.h"

struct txn;

/* Short: READ_TXN_MS_MAX, or the file grows. Copy out, then end it. ERR_IO, ERR_NO_MEMORY, ERR_TOO_MANY: readers;
 * ERR_STORE_DAMAGED: the registrar's entries held do not give a roster. */
MUST_USE enum err txn_read(struct store *store, struct txn **out);
/* One at a time; the store must be open for writing. */
MUST_USE enum err txn_write(struct store *store, struct txn **out);

/* Settle the views, write, sync. ERR_OK: it is on the disk. Otherwise nothing of it is: ERR_DISK_FULL, ERR_IO (the
 * disk may be full as well), ERR_MAP_FULL (store_grow() and repeat), ERR_NO_MEMORY, ERR_STORE_DAMAGED (stop). The
 * transaction is gone either way. */
MUST_USE enum err txn_commit(struct txn *txn);
/* End a read transaction, or give up a write transaction. NULL is fine. */
void txn_abort(struct txn *txn);
enum err txn_error(const struct txn *txn); /* so far */

/* The roster that the registrar's entries of this snapshot give; in a write transaction it follows feed_accept().
 * Lives as long as the transaction. */
const struct roster *txn_roster(struct txn *txn);
/* The feed whose id is ID, by an index. False: not in the roster. */
bool txn_find_feed(struct txn *txn, const struct feed_id *id, struct feed_no *out);

/* Bring the views of a write transaction up to its entries now; else the getters of view.h and query.h and
 * txn_commit() do it. */
void txn_settle(struct txn *txn);

#endif

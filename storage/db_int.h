/* SPDX-License-Identifier: Apache-2.0 */
/* db_int.h: rows of tables within a transaction, on LMDB. Sticky: after the transaction's first error getters find
 * nothing and writers write nothing. What a getter returns is borrowed until the next write. */
#ifndef STORAGE_DB_INT_H
#define STORAGE_DB_INT_H

#include "keys_int.h"
#include "storage/txn.h"

struct row {
	struct bytes key, value;
};

/* LMDB's and the system's errors as ours; the only place where they are told apart. rc is not 0. */
enum err db_err(int rc);

bool db_get(struct txn *t, enum table table, const struct key *key, struct bytes *value);
void db_put(struct txn *t, enum table table, const struct key *key, struct bytes value);
/* Room for a value of that length, to be filled at once. NULL: the transaction failed. */
void *db_reserve(struct txn *t, enum table table, const struct key *key, size_t len);
void db_remove(struct txn *t, enum table table, const struct key *key); /* fine when it is not there */

/* The row with the smallest key that is at least / greater than KEY, or the greatest key that is less. */
bool db_at_least(struct txn *t, enum table table, const struct key *key, struct row *out);
bool db_after(struct txn *t, enum table table, const struct key *key, struct row *out);
bool db_before(struct txn *t, enum table table, const struct key *key, struct row *out);
/* Iterate over the keys that begin with PREFIX: each call the next. *at: len 0 to begin, then the last key given. */
bool db_next_under(
        struct txn *t, enum table table, const struct key *prefix, struct key *at, struct row *out);
/* The last row whose key begins with PREFIX. */
bool db_last_under(struct txn *t, enum table table, const struct key *prefix, struct row *out);
void db_remove_under(struct txn *t, enum table table, const struct key *prefix);
void db_clear(struct txn *t, enum table table);

#endif

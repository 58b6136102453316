/* SPDX-License-Identifier: Apache-2.0 */
/* txn_int.h: what a transaction and a store are made of. */
#ifndef STORAGE_TXN_INT_H
#define STORAGE_TXN_INT_H

#include "keys_int.h"
#include "muster_int.h"
#include "storage/txn.h"
#include "work_int.h"

#include <lmdb.h>

struct txn {
	struct store *store;
	MDB_txn *mdb;
	enum store_mode mode;
	enum err err; /* the first; sticky */
	bool settling;
	struct muster *muster; /* the roster of this snapshot */
	uint64_t roster_size;  /* of a write transaction: the roster's when it began */
	struct work *work;     /* of a write transaction, else NULL */
	MDB_cursor *cursors[TABLES];
};
/* Keep the first error. */
void txn_fail(struct txn *t, enum err e);

struct store {
	MDB_env *env;
	MDB_dbi tables[TABLES];
	enum store_mode mode;
	const struct secret_keys *keys; /* NULL in a reader, and in the second store of verify.c */
	struct txn *secrets;            /* verify.c: whose opened channels are taken, or NULL */
	struct feed_keys own;
	uint8_t id[STORE_ID_BYTES];
	int lock; /* of HOME/lock, held while open for writing; -1 */
	struct muster *reading, *writing;
	struct work *work;
	bool written;          /* a write transaction is open */
	bool views_are_old;    /* of a form before this program's: schema_renew() */
	struct store *next;    /* of all open in this process */
	uint64_t device, file; /* which data file it is */
};

#endif

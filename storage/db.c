/* SPDX-License-Identifier: Apache-2.0 */
/* db.c: one cursor a table, opened at first use and kept as long as its transaction, so that calls near each other
 * start from the page where the last one was. Positions are found by key, never by a cursor's state, so that writing
 * between two steps of an iteration is harmless. */
#include "db_int.h"

#include <errno.h>
#include <string.h>

#include "txn_int.h"

static enum err system_err(int rc)
{
	switch (rc) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_DISK_FULL;
	case ENOMEM:
		return ERR_NO_MEMORY;
	case ENOENT:
		return ERR_NO_STORE;
	case ENOTDIR: /* a file stands where the directory should */
		return ERR_STORE_FOREIGN;
	default:
		return ERR_IO;
	}
}

enum err db_err(int rc)
{
	switch (rc) {
	case MDB_MAP_FULL:
		return ERR_MAP_FULL;
	case MDB_READERS_FULL:
	case MDB_TXN_FULL:
		return ERR_TOO_MANY;
	case MDB_VERSION_MISMATCH:
		return ERR_STORE_NEWER;
	case MDB_INVALID:
		return ERR_STORE_FOREIGN;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_PANIC:
	case MDB_PAGE_FULL:
	case MDB_CURSOR_FULL:
	case MDB_INCOMPATIBLE:
	case MDB_BAD_TXN:
	case MDB_BAD_DBI:
	case MDB_MAP_RESIZED:
	case MDB_NOTFOUND:
		return ERR_STORE_DAMAGED;
	case MDB_KEYEXIST:
	case MDB_BAD_RSLOT:
	case MDB_BAD_VALSIZE:
	case MDB_DBS_FULL:
	case MDB_TLS_FULL:
	case EINVAL:
		return ERR_BUG;
	default:
		return system_err(rc);
	}
}

static MDB_val val(struct bytes b)
{
	return (MDB_val){.mv_size = b.len, .mv_data = (void *)(uintptr_t)b.data};
}

static struct bytes from_val(MDB_val v)
{
	return BYTES(v.mv_data, v.mv_size);
}

static MDB_cursor *cursor(struct txn *t, enum table table)
{
	if (t->err != ERR_OK)
		return NULL;
	if (t->cursors[table] == NULL) {
		int rc = mdb_cursor_open(t->mdb, t->store->tables[table], &t->cursors[table]);
		if (rc != 0) {
			t->cursors[table] = NULL;
			txn_fail(t, db_err(rc));
		}
	}
	return t->cursors[table];
}

static bool seek(struct txn *t, enum table table, MDB_cursor_op op, struct bytes key, struct row *out)
{
	MDB_cursor *c = cursor(t, table);
	if (c == NULL)
		return false;
	MDB_val k = val(key), v;
	int rc = mdb_cursor_get(c, &k, &v, op);
	if (rc == 0) {
		*out = (struct row){.key = from_val(k), .value = from_val(v)};
		return true;
	}
	if (rc != MDB_NOTFOUND)
		txn_fail(t, db_err(rc));
	return false;
}

bool db_get(struct txn *t, enum table table, const struct key *key, struct bytes *value)
{
	struct row row;
	if (!seek(t, table, MDB_SET, keys_bytes(key), &row))
		return false;
	*value = row.value;
	return true;
}

static void *put(struct txn *t, enum table table, const struct key *key, struct bytes value, unsigned flags)
{
	MDB_cursor *c = cursor(t, table);
	if (c == NULL)
		return NULL;
	must(t->mode == STORE_WRITE);
	MDB_val k = val(keys_bytes(key)), v = val(value);
	int rc = mdb_cursor_put(c, &k, &v, flags);
	if (rc == 0)
		return v.mv_data;
	txn_fail(t, db_err(rc));
	return NULL;
}

void db_put(struct txn *t, enum table table, const struct key *key, struct bytes value)
{
	(void)put(t, table, key, value, 0);
}

void *db_reserve(struct txn *t, enum table table, const struct key *key, size_t len)
{
	return put(t, table, key, BYTES(NULL, len), MDB_RESERVE);
}

static void remove_here(struct txn *t, enum table table)
{
	int rc = mdb_cursor_del(t->cursors[table], 0);
	if (rc != 0)
		txn_fail(t, db_err(rc));
}

void db_remove(struct txn *t, enum table table, const struct key *key)
{
	struct row row;
	if (seek(t, table, MDB_SET, keys_bytes(key), &row))
		remove_here(t, table);
}

bool db_at_least(struct txn *t, enum table table, const struct key *key, struct row *out)
{
	if (key->len == 0)
		return seek(t, table, MDB_FIRST, BYTES(NULL, 0), out);
	return seek(t, table, MDB_SET_RANGE, keys_bytes(key), out);
}

bool db_after(struct txn *t, enum table table, const struct key *key, struct row *out)
{
	uint8_t next[KEY_BYTES_MAX + 1] = {0}; /* with a zero behind: the smallest key that is greater */
	memcpy(next, key->bytes, key->len);
	return seek(t, table, MDB_SET_RANGE, BYTES(next, key->len + 1u), out);
}

bool db_before(struct txn *t, enum table table, const struct key *key, struct row *out)
{
	struct row row;
	if (seek(t, table, MDB_SET_RANGE, keys_bytes(key), &row))
		return seek(t, table, MDB_PREV, BYTES(NULL, 0), out);
	return seek(t, table, MDB_LAST, BYTES(NULL, 0), out);
}

bool db_next_under(struct txn *t, enum table table, const struct key *prefix, struct key *at, struct row *out)
{
	struct row row;
	bool found = at->len == 0 ? db_at_least(t, table, prefix, &row) : db_after(t, table, at, &row);
	if (!found || !keys_under(row.key, prefix))
		return false;
	*at = keys_of(row.key);
	*out = row;
	return true;
}

bool db_last_under(struct txn *t, enum table table, const struct key *prefix, struct row *out)
{
	struct key end = *prefix; /* all keys under the prefix are less than the prefix and FFs */
	must(end.len + 32u <= KEY_BYTES_MAX);
	memset(end.bytes + end.len, 0xFF, 32);
	end.len = (uint8_t)(end.len + 32);
	struct row row;
	if (!db_before(t, table, &end, &row) || !keys_under(row.key, prefix))
		return false;
	*out = row;
	return true;
}

void db_remove_under(struct txn *t, enum table table, const struct key *prefix)
{
	struct row row;
	while (db_at_least(t, table, prefix, &row) && keys_under(row.key, prefix))
		remove_here(t, table);
}

void db_clear(struct txn *t, enum table table)
{
	if (t->err != ERR_OK)
		return;
	int rc = mdb_drop(t->mdb, t->store->tables[table], 0);
	if (rc != 0)
		txn_fail(t, db_err(rc));
}

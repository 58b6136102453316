/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c: the tables opened, the numbers checked. A new form of the tables is a new row of `steps`; views that are
 * computed or written another way only need another number, since they are made again from the entries. A test opens
 * a file of the old form. */
#include "schema_int.h"

#include <string.h>

#include "db_int.h"
#include "own_int.h"
#include "rebuild_int.h"

/* Rows of META. The rest of them is own.c's. */
#define META_FORM "form"
#define META_SCHEMA "schema"
#define META_VIEWS "views" /* the form of the views; not there: 1 */
#define META_ID "id"
#define META_KEYS "keys"
#define FORM "lontar store"

static enum err open_tables(struct txn *t, unsigned flags)
{
	for (enum table table = 0; table < TABLES; table++) {
		int rc = mdb_dbi_open(t->mdb, keys_table_name(table), flags, &t->store->tables[table]);
		if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE)
			return ERR_STORE_FOREIGN;
		if (rc != 0)
			return db_err(rc);
	}
	return ERR_OK;
}

static void make_tables(struct txn *t)
{
	enum err e = open_tables(t, MDB_CREATE);
	if (e != ERR_OK)
		txn_fail(t, e);
}

/* steps[n] makes form n + 1 of form n. */
typedef void schema_step(struct txn *t);
static schema_step *const steps[] = {make_tables, make_tables /* 2: shares */};
#define SCHEMA (sizeof steps / sizeof steps[0])
#define VIEWS 2u /* 2: a channel may be opened by a key.share */

static void put_number(struct txn *t, const char *name, uint32_t number)
{
	struct key key = keys_name(name);
	uint8_t value[4];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u32(&o, number);
	db_put(t, TABLE_META, &key, bytes_written(&o));
}

static bool get_number(struct txn *t, const char *name, uint32_t *out)
{
	struct key key = keys_name(name);
	struct bytes value;
	if (!db_get(t, TABLE_META, &key, &value) || value.len != 4)
		return false;
	struct bytes_in in = bytes_in(value);
	*out = bytes_get_u32(&in);
	return true;
}

struct numbers {
	uint32_t tables, views;
};
static enum err read_numbers(struct txn *t, struct numbers *out)
{
	struct key form = keys_name(META_FORM);
	struct bytes value;
	if (!db_get(t, TABLE_META, &form, &value) || !bytes_equal(value, bytes_text(FORM)))
		return t->err != ERR_OK ? t->err : ERR_STORE_FOREIGN;
	if (!get_number(t, META_SCHEMA, &out->tables))
		return t->err != ERR_OK ? t->err : ERR_STORE_DAMAGED;
	if (!get_number(t, META_VIEWS, &out->views))
		out->views = 1;
	return t->err;
}

static enum err read_own(struct txn *t)
{
	struct key id = keys_name(META_ID), keys = keys_name(META_KEYS);
	struct bytes value;
	if (!db_get(t, TABLE_META, &id, &value) || value.len != STORE_ID_BYTES)
		return t->err != ERR_OK ? t->err : ERR_STORE_DAMAGED;
	memcpy(t->store->id, value.data, STORE_ID_BYTES);
	if (!db_get(t, TABLE_META, &keys, &value))
		return t->err != ERR_OK ? t->err : ERR_STORE_DAMAGED;
	struct mp_in m = mp_in(value);
	keys_unpack(&m, &t->store->own);
	return mp_end(&m) == ERR_OK ? ERR_OK : ERR_STORE_DAMAGED;
}

/* A transaction before the tables are known: no roster, no work. The caller ends t->mdb. */
static enum err begin(struct store *s, struct txn *t)
{
	*t = (struct txn){.store = s, .mode = s->mode};
	int rc = mdb_txn_begin(s->env, NULL, s->mode == STORE_READ ? MDB_RDONLY : 0, &t->mdb);
	return rc == 0 ? ERR_OK : db_err(rc);
}

static enum err end(struct txn *t, enum err e)
{
	for (enum table table = 0; table < TABLES; table++)
		if (t->cursors[table] != NULL)
			mdb_cursor_close(t->cursors[table]);
	if (e == ERR_OK)
		e = t->err;
	if (e != ERR_OK) {
		mdb_txn_abort(t->mdb);
		return e;
	}
	int rc = mdb_txn_commit(t->mdb);
	return rc == 0 ? ERR_OK : db_err(rc);
}

static enum err run_step(struct store *s, uint32_t number)
{
	struct txn t;
	enum err e = begin(s, &t);
	if (e != ERR_OK)
		return e;
	steps[number](&t);
	put_number(&t, META_SCHEMA, number + 1);
	return end(&t, ERR_OK);
}

static enum err look(struct store *s, struct numbers *numbers)
{
	struct txn t;
	enum err e = begin(s, &t);
	if (e != ERR_OK)
		return e;
	int rc = mdb_dbi_open(t.mdb, keys_table_name(TABLE_META), 0, &s->tables[TABLE_META]);
	if (rc != 0)
		e = rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE ? ERR_STORE_FOREIGN : db_err(rc);
	else
		e = read_numbers(&t, numbers);
	return end(&t, e);
}

enum err schema_open(struct store *s)
{
	struct numbers numbers = {0, 0};
	enum err e = look(s, &numbers);
	if (e != ERR_OK)
		return e;
	bool is_old = numbers.tables < SCHEMA || numbers.views < VIEWS;
	if (numbers.tables > SCHEMA || numbers.views > VIEWS || (is_old && s->mode == STORE_READ))
		return ERR_STORE_NEWER;
	for (; numbers.tables < SCHEMA; numbers.tables++) {
		e = run_step(s, numbers.tables);
		if (e != ERR_OK)
			return e;
	}
	s->views_are_old = numbers.views < VIEWS;
	struct txn t;
	e = begin(s, &t);
	if (e != ERR_OK)
		return e;
	e = open_tables(&t, 0);
	if (e == ERR_OK)
		e = read_own(&t);
	return end(&t, e);
}

enum err schema_renew(struct store *s)
{
	struct txn *t;
	if (!s->views_are_old)
		return ERR_OK;
	enum err e = txn_write(s, &t);
	if (e != ERR_OK)
		return e;
	rebuild_all(t);
	put_number(t, META_VIEWS, VIEWS);
	e = txn_commit(t);
	s->views_are_old = e != ERR_OK;
	return e;
}

enum err schema_create(struct store *s, const uint8_t id[STORE_ID_BYTES], const struct feed_keys *keys)
{
	struct txn t;
	enum err e = begin(s, &t);
	if (e != ERR_OK)
		return e;
	make_tables(&t);
	put_number(&t, META_SCHEMA, SCHEMA);
	put_number(&t, META_VIEWS, VIEWS);
	struct key form = keys_name(META_FORM), id_key = keys_name(META_ID), keys_key = keys_name(META_KEYS);
	db_put(&t, TABLE_META, &form, bytes_text(FORM));
	db_put(&t, TABLE_META, &id_key, BYTES(id, STORE_ID_BYTES));
	uint8_t packed[4 * 34 + 8];
	struct mp_out m = mp_out(packed, sizeof packed);
	keys_pack(&m, keys);
	must(mp_out_end(&m) == ERR_OK);
	db_put(&t, TABLE_META, &keys_key, mp_written(&m));
	return end(&t, ERR_OK);
}

enum err schema_mark_restored(struct store *s)
{
	struct txn t;
	enum err e = begin(s, &t);
	if (e != ERR_OK)
		return e;
	int rc = mdb_dbi_open(t.mdb, keys_table_name(TABLE_META), 0, &s->tables[TABLE_META]);
	if (rc != 0)
		return end(&t, rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE ? ERR_STORE_FOREIGN : db_err(rc));
	own_trust_set(&t, OWN_RESTORED);
	return end(&t, ERR_OK);
}

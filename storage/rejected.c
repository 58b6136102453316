/* SPDX-License-Identifier: Apache-2.0 */
/* rejected.c: rows of the table of rejected entries. */
#include "rejected_int.h"

#include "db_int.h"
#include "txn_int.h"

static enum err of_code(struct txn *t, struct bytes code)
{
	for (enum err e = ERR_OK + 1; e < ERR_COUNT; e++)
		if (bytes_equal(bytes_text(err_code(e)), code))
			return e;
	txn_fail(t, ERR_STORE_DAMAGED);
	return ERR_STORE_DAMAGED;
}

void rejected_put(struct txn *t, struct place statement, struct place about, enum err e)
{
	must(e != ERR_OK);
	struct key key = keys_places(statement, about);
	db_put(t, TABLE_REJECTED, &key, bytes_text(err_code(e)));
}

void rejected_remove(struct txn *t, struct place statement, struct place about)
{
	struct key key = keys_places(statement, about);
	db_remove(t, TABLE_REJECTED, &key);
}

void rejected_clear(struct txn *t, struct place statement)
{
	struct key prefix = keys_place(statement);
	db_remove_under(t, TABLE_REJECTED, &prefix);
}

enum err rejected_get(struct txn *t, struct place statement, struct place about)
{
	struct key key = keys_places(statement, about);
	struct bytes code;
	return db_get(t, TABLE_REJECTED, &key, &code) ? of_code(t, code) : ERR_OK;
}

enum err rejected_any(struct txn *t, struct place statement)
{
	struct key prefix = keys_place(statement), at = {.len = 0};
	struct row row;
	return db_next_under(t, TABLE_REJECTED, &prefix, &at, &row) ? of_code(t, row.value) : ERR_OK;
}

bool rejected_next(struct txn *t, struct key *at, struct view_rejected *out)
{
	struct key all = {.len = 0};
	struct row row;
	if (!db_next_under(t, TABLE_REJECTED, &all, at, &row))
		return false;
	out->place = keys_get_place(row.key, 0);
	out->about = keys_get_place(row.key, 12);
	out->has_about = place_compare(out->about, PLACE_NONE) != 0;
	out->err = of_code(t, row.value);
	return t->err == ERR_OK;
}

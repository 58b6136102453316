/* SPDX-License-Identifier: Apache-2.0 */
/* store_form.c: a store whose tables and views have the form of before is brought up to date when it is opened for
 * writing, by making the views again; readers wait for that. What a later program wrote is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "db_int.h"
#include "ledger/profile.h"
#include "storage/verify.h"
#include "support/authors.h"
#include "support/homes.h"

static struct authors authors;
static struct home_dir home;

static bool hash_row(void *context, const char *table, struct bytes key, struct bytes value)
{
	struct hash *sum = context, row = hash_of2(key, value),
	            in = hash_of2(bytes_text(table), BYTES_OF(row.bytes));
	*sum = hash_of2(BYTES_OF(sum->bytes), BYTES_OF(in.bytes));
	return true;
}

static struct hash rows_of(struct store *store)
{
	struct hash sum = {{0}};
	struct txn *txn;
	assert_int_equal(txn_read(store, &txn), ERR_OK);
	verify_rows(txn, hash_row, &sum);
	txn_abort(txn);
	return sum;
}

static enum err open_it(enum store_mode mode, struct store **out)
{
	struct store_options options = homes_options(&home, mode, &authors.feeds[1].keys);
	return store_open(&options, out);
}

static struct store *filled(void)
{
	const struct profile_set p = {.contact = bytes_text("Bu Siti")};
	const uint32_t readers[] = {0};
	authors_init(&authors, 5);
	authors_admit(&authors, "satu");
	authors_add(&authors, 1, 1, ROLE_OFFICER);
	profile_set_pack(authors_body(&authors), &p);
	authors_say(&authors, 1, KIND_PROFILE_SET);
	authors_channel(&authors, 1, 1, readers, 1);
	authors_sign(&authors, 1);
	homes_make(&home);
	struct store *store = homes_store(&home, &authors.feeds[1].keys);
	authors_deliver_all(&authors, store);
	return store;
}

static void put_number(struct txn *txn, const char *name, uint8_t number)
{
	const uint8_t value[4] = {0, 0, 0, number};
	struct key key = keys_name(name);
	db_put(txn, TABLE_META, &key, BYTES_OF(value));
}

/* Channels had one byte and the secret; what was said is lost, to see that it comes again. */
static void make_old(struct store *store)
{
	struct key all = {.len = 0}, at = {.len = 0}, views = keys_name("views");
	struct txn *txn;
	struct row row;
	uint32_t channels = 0;
	assert_int_equal(txn_write(store, &txn), ERR_OK);
	for (; db_next_under(txn, TABLE_CHANNEL, &all, &at, &row); channels++) {
		uint8_t value[33];
		value[0] = row.value.data[0];
		memcpy(value + 1, row.value.data + 2, 32);
		db_put(txn, TABLE_CHANNEL, &at, BYTES_OF(value));
	}
	assert_int_equal(channels, 1);
	db_clear(txn, TABLE_SAID);
	db_remove(txn, TABLE_META, &views);
	put_number(txn, "schema", 1);
	assert_int_equal(txn_commit(txn), ERR_OK);
}

static void test_old(void **state)
{
	(void)state;
	struct store *store = filled();
	struct hash want = rows_of(store);
	make_old(store);
	struct hash lost = rows_of(store);
	store_close(store);
	assert_false(hash_equal(&lost, &want));
	assert_int_equal(open_it(STORE_READ, &store), ERR_STORE_NEWER);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(open_it(STORE_WRITE, &store), ERR_OK);
		struct hash got = rows_of(store);
		assert_true(hash_equal(&got, &want));
		store_close(store);
	}
	assert_int_equal(open_it(STORE_READ, &store), ERR_OK);
	store_close(store);
	homes_remove(&home);
	authors_deinit(&authors);
}

static void test_newer(void **state)
{
	static const char *const names[] = {"schema", "views"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct store *store = filled();
		struct txn *txn;
		assert_int_equal(txn_write(store, &txn), ERR_OK);
		put_number(txn, names[i], 200);
		assert_int_equal(txn_commit(txn), ERR_OK);
		store_close(store);
		assert_int_equal(open_it(STORE_READ, &store), ERR_STORE_NEWER);
		assert_int_equal(open_it(STORE_WRITE, &store), ERR_STORE_NEWER);
		homes_remove(&home);
		authors_deinit(&authors);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_old),
	        cmocka_unit_test(test_newer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

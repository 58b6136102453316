/* SPDX-License-Identifier: Apache-2.0
 * store_backup.c: a backup gives back the store it was made of, as an old copy; a byte that changed is found, and of a
 * file that somebody made on purpose nothing is believed: it is refused, or opens as a store that holds together. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "storage/backup.h"
#include "storage/verify.h"
#include "support/authors.h"
#include "support/homes.h"
#include "support/random.h"

struct fixture {
	struct home_dir home, other;
	struct authors authors;
	struct store *store;
	char file[512], part[512];
	struct backup made, read;
};

/* A registrar, one member with feed 1, which is ours, with some entries. */
static int set_up(void **state)
{
	static struct fixture f;
	homes_make(&f.home);
	homes_make(&f.other);
	authors_init(&f.authors, 5);
	authors_admit(&f.authors, "satu");
	authors_add(&f.authors, 1, 1, ROLE_OFFICER);
	for (unsigned i = 0; i < 60; i++) {
		authors_say_raw(&f.authors, 1, AUDIENCE_NETWORK, 999, BYTES("0123456789", i % 10));
		if (i % 7 == 0)
			authors_sign(&f.authors, 1);
	}
	authors_sign(&f.authors, 1);
	f.store = homes_store(&f.home, &f.authors.feeds[1].keys);
	authors_deliver_all(&f.authors, f.store);
	homes_path(&f.other, "file", f.file);
	homes_path(&f.other, "part", f.part);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	authors_deinit(&f->authors);
	homes_remove(&f->other);
	homes_remove(&f->home);
	return 0;
}

static enum err make(struct fixture *f, bool replace)
{
	const struct backup_options options = {.home = f->home.path,
	        .file = f->file,
	        .replace = replace,
	        .made_ms = 1789,
	        .seed = bytes_text("lontar-seed-1-sealed ab"),
	        .settings = bytes_text("listen = 127.0.0.1:7300\n")};
	return backup_write(f->store, &options, &f->made);
}

static void set_mark(struct fixture *f, uint64_t size)
{
	struct txn *txn;
	struct head head = authors_head(&f->authors, 1, size);
	assert_int_equal(txn_write(f->store, &txn), ERR_OK);
	assert_int_equal(own_mark_set(txn, &head), ERR_OK);
	assert_int_equal(txn_commit(txn), ERR_OK);
}

static struct hash rows_of(struct store *store)
{
	struct verify_report report;
	char scratch[64];
	struct hash digest = {{0}};
	(void)snprintf(scratch, sizeof scratch, "/tmp/backup-again-%ld", (long)getpid());
	const struct verify_options options = {.scratch = scratch};
	assert_int_equal(verify_store(store, &options, &report), ERR_OK);
	assert_int_equal(report.differences, 0);
	digest.bytes[0] = (uint8_t)report.rows;
	digest.bytes[1] = (uint8_t)report.entries;
	digest.bytes[2] = (uint8_t)report.signatures;
	return digest;
}

static void given_back(void **state)
{
	struct fixture *f = *state;
	char aside[BACKUP_PATH_BYTES_MAX], id[STORE_ID_TEXT_BYTES], id_before[STORE_ID_TEXT_BYTES];
	struct store_options options = homes_options(&f->other, STORE_WRITE, &f->authors.feeds[1].keys);
	struct store *store;
	struct txn *txn;
	struct head mark;
	set_mark(f, 40);
	assert_int_equal(make(f, false), ERR_OK);
	assert_int_equal(f->made.own_size, 60);
	assert_int_equal(f->made.mark, 40);
	assert_int_equal(f->made.entries, 60 + 3);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
	assert_memory_equal(&f->read, &f->made, sizeof f->read);
	assert_int_equal(backup_unpack(f->file, &f->read, f->part), ERR_OK);
	assert_int_equal(backup_place(f->part, f->other.path, aside), ERR_OK);
	assert_string_equal(aside, "");
	assert_int_equal(access(f->part, F_OK), -1);
	assert_int_equal(store_open(&options, &store), ERR_OK);
	store_id_text(f->store, id_before);
	store_id_text(store, id);
	assert_string_equal(id, id_before);
	assert_int_equal(txn_read(store, &txn), ERR_OK);
	assert_int_equal(own_trust(txn), OWN_RESTORED);
	own_mark(txn, &mark);
	assert_int_equal(mark.size, 40);
	txn_abort(txn);
	struct hash before = rows_of(f->store), after = rows_of(store);
	assert_memory_equal(&before, &after, sizeof before);
	store_close(store);
	assert_int_equal(txn_read(f->store, &txn), ERR_OK);
	assert_int_equal(own_trust(txn), OWN_SETTLED); /* the store that was copied is what it was */
	txn_abort(txn);
}

static void nothing_is_lost(void **state)
{
	struct fixture *f = *state;
	char aside[BACKUP_PATH_BYTES_MAX], old[512];
	struct secret_keys stranger = {.public = f->authors.feeds[0].keys.public};
	assert_int_equal(make(f, false), ERR_OK);
	assert_int_equal(make(f, false), ERR_EXISTS);
	assert_int_equal(make(f, true), ERR_OK);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
	for (unsigned i = 1; i <= 2; i++) {
		if (i == 1)
			store_close(homes_store(&f->other, &stranger));
		assert_int_equal(backup_unpack(f->file, &f->read, f->part), ERR_OK);
		assert_int_equal(backup_place(f->part, f->other.path, aside), ERR_OK);
		(void)snprintf(old, sizeof old, "%s/store.aside-%u", f->other.path, i);
		assert_string_equal(aside, old);
		assert_int_equal(access(old, F_OK), 0);
	}
	assert_int_equal(backup_unpack(f->file, &f->read, f->part), ERR_OK);
	assert_int_equal(backup_place(f->part, f->home.path, aside), ERR_STORE_BUSY);
	assert_int_equal(access(f->part, F_OK), 0);
	backup_discard(f->part);
	struct backup_options options = {.home = f->home.path,
	        .file = "/nowhere/at/all",
	        .seed = BYTES(f->file, BACKUP_SEED_BYTES_MAX + 1)};
	assert_int_equal(backup_write(f->store, &options, &f->made), ERR_TOO_LONG);
	options.seed.len = 0;
	assert_int_equal(backup_write(f->store, &options, &f->made), ERR_NOT_FOUND);
	char below[600];
	(void)snprintf(below, sizeof below, "%s/below", f->file);
	options.file = below;
	assert_int_equal(backup_write(f->store, &options, &f->made), ERR_NOT_FOUND);
	assert_int_equal(backup_read(below, NULL, NULL, &f->read), ERR_NOT_FOUND);
}

static bool stop(void *context, uint64_t done, uint64_t all)
{
	(void)context;
	return all == 0 || done > all;
}

static void it_can_be_stopped(void **state)
{
	struct fixture *f = *state;
	const struct backup_options options = {.home = f->home.path, .file = f->file, .progress = stop};
	assert_int_equal(backup_write(f->store, &options, &f->made), ERR_REFUSED);
	assert_int_equal(access(f->file, F_OK), -1);
	assert_int_equal(make(f, false), ERR_OK);
	assert_int_equal(backup_read(f->file, stop, NULL, &f->read), ERR_REFUSED);
}

/* Turn bits of one byte, or turn them back. */
static void turn(const struct fixture *f, uint64_t at, uint8_t bits)
{
	uint8_t byte;
	int fd = open(f->file, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= bits;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

static void what_changed_is_found(void **state)
{
	struct fixture *f = *state;
	uint64_t random = 7;
	assert_int_equal(make(f, false), ERR_OK);
	for (unsigned i = 0; i < 300; i++) {
		uint64_t lines = f->made.bytes - f->made.store_bytes;
		uint64_t at = i % 2 ? f->made.store_bytes + random_below(&random, lines)
		                    : random_below(&random, f->made.bytes);
		uint8_t bits = (uint8_t)(1u << random_below(&random, 8));
		turn(f, at, bits);
		assert_int_not_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
		turn(f, at, bits);
	}
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
	for (uint64_t cut = 1; cut <= f->made.bytes; cut = cut * 3 + 1) {
		assert_int_equal(make(f, true), ERR_OK);
		assert_int_equal(truncate(f->file, (off_t)(f->made.bytes - cut)), 0);
		assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_STORE_FOREIGN);
	}
	assert_int_equal(truncate(f->file, 0), 0);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_STORE_FOREIGN);
	assert_int_equal(unlink(f->file), 0);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_NOT_FOUND);
	assert_int_equal(mkdir(f->file, 0700), 0);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_STORE_FOREIGN);
	assert_int_equal(rmdir(f->file), 0);
}

/* Give a file of others the digest that it needs to be looked at. */
static void seal(const struct fixture *f)
{
	static uint8_t bytes[1 << 20];
	char line[91];
	struct hash digest = {{0}};
	int fd = open(f->file, O_RDWR);
	size_t len = (size_t)f->made.bytes - 90;
	assert_true(fd >= 0 && len <= sizeof bytes);
	assert_int_equal(pread(fd, bytes, len, 0), len);
	struct hash all = hash_of(BYTES(bytes, len));
	digest = hash_of2(BYTES_OF(digest.bytes), BYTES_OF(all.bytes));
	int n = snprintf(line, sizeof line, "end %020llu ", (unsigned long long)f->made.store_bytes);
	struct bytes_out o = bytes_out(line + n, sizeof line - (size_t)n);
	text_put_hex(&o, BYTES_OF(digest.bytes));
	bytes_put_u8(&o, '\n');
	assert_int_equal(pwrite(fd, line, 90, (off_t)len), 90);
	close(fd);
}

/* Whatever is done with what was unpacked, it ends with a result. */
static bool use(struct fixture *f, struct verify_report *report)
{
	char scratch[512];
	struct store *store = NULL;
	struct store_options options = homes_options(&f->other, STORE_READ, NULL);
	options.home = f->part;
	homes_path(&f->other, "again", scratch);
	const struct verify_options verify = {.scratch = scratch};
	enum err e = store_open(&options, &store);
	if (e == ERR_OK)
		e = verify_store(store, &verify, report);
	store_close(store);
	return e == ERR_OK && report->differences == 0;
}

static void nothing_is_believed(void **state)
{
	struct fixture *f = *state;
	static struct verify_report report;
	uint64_t random = 11;
	unsigned refused = 0, wrong = 0;
	assert_int_equal(make(f, false), ERR_OK);
	for (unsigned i = 0; i < 400; i++) {
		/* the first pages are the headers and roots */
		uint64_t at = random_below(&random, i % 2 ? 8 * 4096 : f->made.store_bytes);
		uint8_t bits = (uint8_t)(1u << random_below(&random, 8));
		at -= i % 4 == 1 ? at % 4096 - random_below(&random, 32) : 0; /* of a page's head */
		if (at >= f->made.store_bytes)
			continue;
		turn(f, at, bits);
		seal(f);
		assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
		bool unpacked = backup_unpack(f->file, &f->read, f->part) == ERR_OK;
		refused += !unpacked;
		wrong += unpacked && !use(f, &report);
		backup_discard(f->part);
		turn(f, at, bits);
	}
	assert_true(refused > 20 && wrong > 20);
	seal(f);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
	assert_int_equal(backup_unpack(f->file, &f->read, f->part), ERR_OK);
	assert_true(use(f, &report));
	backup_discard(f->part);
}

#define PAGE 4096u
#define PAGE_FLAGS 10u
#define PAGE_LOWER 12u
#define PAGE_HEAD 16u

static uint64_t read_number(const struct fixture *f, uint64_t at, unsigned bytes)
{
	uint64_t number = 0; /* little-endian, as the file is where this runs */
	int fd = open(f->file, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &number, bytes, (off_t)at), bytes);
	close(fd);
	return number;
}

/* The first node of a leaf with these flags. */
static uint64_t find_node(const struct fixture *f, uint16_t flags)
{
	for (uint64_t page = 2 * PAGE; page < f->made.store_bytes; page += PAGE) {
		if (read_number(f, page + PAGE_FLAGS, 2) != 2)
			continue;
		uint64_t nodes = (read_number(f, page + PAGE_LOWER, 2) - PAGE_HEAD) / 2;
		for (uint64_t i = 0; i < nodes; i++) {
			uint64_t node = page + read_number(f, page + PAGE_HEAD + 2 * i, 2);
			if (read_number(f, node + 4, 2) == flags)
				return node;
		}
	}
	fail();
	return 0;
}

/* Where the page number of a node that names one stands: behind its key. */
static uint64_t value_of(const struct fixture *f, uint64_t node)
{
	return node + 8 + read_number(f, node + 6, 2);
}

/* The list of free pages: its root page, of which the newer header tells, and there the first list's first number. */
static uint64_t find_free(const struct fixture *f)
{
	uint64_t meta = read_number(f, PAGE + 144, 8) > read_number(f, 144, 8) ? PAGE : 0;
	uint64_t page = read_number(f, meta + 80, 8) * PAGE;
	assert_int_equal(read_number(f, page + PAGE_FLAGS, 2), 2);
	return value_of(f, page + read_number(f, page + PAGE_HEAD, 2)) + 8;
}

static enum err turned(struct fixture *f, uint64_t at, uint8_t bits)
{
	turn(f, at, bits);
	seal(f);
	assert_int_equal(backup_read(f->file, NULL, NULL, &f->read), ERR_OK);
	enum err e = backup_unpack(f->file, &f->read, f->part);
	backup_discard(f->part);
	turn(f, at, bits);
	return e;
}

/* What LMDB would take for something else than was looked at. */
static void no_page_says_two_things(void **state)
{
	static const uint8_t large[3 * PAGE];
	struct fixture *f = *state;
	authors_say_raw(&f->authors, 1, AUDIENCE_NETWORK, 999, BYTES_OF(large));
	authors_sign(&f->authors, 1);
	authors_deliver_all(&f->authors, f->store);
	assert_int_equal(make(f, false), ERR_OK);
	uint64_t big = find_node(f, 1);
	uint64_t page = read_number(f, value_of(f, big), 8) * PAGE;
	assert_int_equal(read_number(f, page + PAGE_FLAGS, 2), 4);
	assert_int_equal(turned(f, 0, 0), ERR_OK);
	assert_int_equal(turned(f, big + 4, 2), ERR_STORE_DAMAGED);           /* a large value and a tree */
	assert_int_equal(turned(f, page, 1), ERR_STORE_DAMAGED);              /* another page's number */
	assert_int_equal(turned(f, page + PAGE_FLAGS, 2), ERR_STORE_DAMAGED); /* a leaf as well */
	assert_int_equal(turned(f, find_free(f) + 2, 1), ERR_STORE_DAMAGED);  /* far behind the last page */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(given_back, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(nothing_is_lost, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(it_can_be_stopped, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_changed_is_found, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(nothing_is_believed, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(no_page_says_two_things, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

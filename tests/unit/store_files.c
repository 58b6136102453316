/* SPDX-License-Identifier: Apache-2.0
 * store_files.c: what stands where the store should be: nothing, a foreign file, a damaged one, a newer one, one that
 * somebody else writes, one on a full disk. Each has its own error, and changes nothing. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "storage/own.h"
#include "support/authors.h"
#include "support/homes.h"

static struct secret_keys keys_of(uint8_t n)
{
	struct seed seed = {{n}};
	struct secret_keys keys;
	keys_derive(&seed, &keys);
	return keys;
}

struct fixture {
	struct home_dir home;
	struct secret_keys keys;
};

static int set_up(void **state)
{
	static struct fixture f;
	homes_make(&f.home);
	f.keys = keys_of(1);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	homes_remove(&f->home);
	return 0;
}

static enum err try_open(const struct fixture *f, enum store_mode mode)
{
	struct store_options options = homes_options(&f->home, mode, &f->keys);
	struct store *store = NULL;
	enum err e = store_open(&options, &store);
	assert_true((e == ERR_OK) == (store != NULL));
	store_close(store);
	return e;
}

static void data_path(const struct fixture *f, char out[512])
{
	homes_path(&f->home, "store/data.mdb", out);
}

static void write_at(const char *path, const void *data, size_t len, off_t at)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, len, at), len);
	close(fd);
}

static void no_store(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(try_open(f, STORE_WRITE), ERR_NO_STORE);
	assert_int_equal(try_open(f, STORE_READ), ERR_NO_STORE);
	struct store_options options = homes_options(&f->home, STORE_WRITE, &f->keys);
	uint8_t id[STORE_ID_BYTES] = {0};
	options.home = "/nowhere/at/all";
	assert_int_equal(store_create(&options, id), ERR_NO_STORE);
}

static void made_once(void **state)
{
	struct fixture *f = *state;
	struct store_options options = homes_options(&f->home, STORE_WRITE, &f->keys);
	uint8_t id[STORE_ID_BYTES] = {0xab, 1};
	char text[STORE_ID_TEXT_BYTES];
	struct store *store;
	assert_int_equal(store_create(&options, id), ERR_OK);
	assert_int_equal(store_create(&options, id), ERR_EXISTS);
	assert_int_equal(store_open(&options, &store), ERR_OK);
	store_id_text(store, text);
	assert_string_equal(text, "ab01000000000000");
	assert_memory_equal(own_keys(store), &f->keys.public, sizeof f->keys.public);
	assert_true(store_size(store).map_bytes >= store_size(store).bytes);
	store_close(store);
	f->keys = keys_of(2);
	assert_int_equal(try_open(f, STORE_WRITE), ERR_BAD_KEY);
	assert_int_equal(try_open(f, STORE_READ), ERR_BAD_KEY);
	options.keys = NULL;
	options.mode = STORE_READ;
	assert_int_equal(store_open(&options, &store), ERR_OK);
	store_close(store);
}

static void foreign(void **state)
{
	struct fixture *f = *state;
	char path[512];
	store_close(homes_store(&f->home, &f->keys));
	data_path(f, path);
	char text[9000];
	memset(text, 'x', sizeof text);
	assert_int_equal(unlink(path), 0);
	write_at(path, text, sizeof text, 0);
	assert_int_equal(try_open(f, STORE_WRITE), ERR_STORE_FOREIGN);
	assert_int_equal(try_open(f, STORE_READ), ERR_STORE_FOREIGN);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(try_open(f, STORE_WRITE), ERR_STORE_DAMAGED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_not_equal(try_open(f, STORE_READ), ERR_OK);
	assert_int_equal(rmdir(path), 0);
	homes_path(&f->home, "store/lock.mdb", path);
	assert_int_equal(unlink(path), 0);
	homes_path(&f->home, "store", path);
	assert_int_equal(rmdir(path), 0);
	write_at(path, text, sizeof text, 0); /* a file where the directory should be */
	assert_int_equal(try_open(f, STORE_READ), ERR_STORE_FOREIGN);
	assert_int_equal(try_open(f, STORE_WRITE), ERR_STORE_FOREIGN);
}

/* Offsets in the first page: its header is 16 bytes; magic, version, address, map size, then two trees of 48 bytes whose
 * first word is the page size. */
#define AT_MAGIC 16
#define AT_VERSION 20
#define AT_PAGE_SIZE 40

static void bad_headers(void **state)
{
	static const struct {
		long at;
		uint32_t value;
		enum err err;
	} cases[] = {
	        {AT_MAGIC, 7, ERR_STORE_FOREIGN},
	        {AT_VERSION, 2, ERR_STORE_NEWER},
	        {AT_VERSION, 0, ERR_STORE_FOREIGN},
	        {AT_PAGE_SIZE, 0, ERR_STORE_DAMAGED},
	        {AT_PAGE_SIZE, 1000, ERR_STORE_DAMAGED},
	        {AT_PAGE_SIZE, 1u << 30, ERR_STORE_DAMAGED},
	        {4096 + AT_MAGIC, 7, ERR_STORE_DAMAGED},
	        {4096 + AT_PAGE_SIZE, 0, ERR_STORE_DAMAGED},
	};
	struct fixture *f = *state;
	char path[512], good[8192];
	store_close(homes_store(&f->home, &f->keys));
	data_path(f, path);
	int fd = open(path, O_RDONLY);
	assert_int_equal(pread(fd, good, sizeof good, 0), sizeof good);
	close(fd);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_at(path, &cases[i].value, sizeof cases[i].value, cases[i].at);
		assert_int_equal(try_open(f, STORE_WRITE), cases[i].err);
		assert_int_equal(try_open(f, STORE_READ), cases[i].err);
		write_at(path, good, sizeof good, 0);
		assert_int_equal(try_open(f, STORE_WRITE), ERR_OK);
	}
}

static void fill(struct store *store, uint32_t count)
{
	static uint8_t value[3000];
	struct txn *txn;
	assert_int_equal(txn_write(store, &txn), ERR_OK);
	for (uint32_t i = 0; i < count; i++)
		own_put(txn, OWN_NOTES, BYTES(&i, sizeof i), BYTES_OF(value));
	assert_int_equal(txn_commit(txn), ERR_OK);
}

static void truncated(void **state)
{
	struct fixture *f = *state;
	char path[512];
	struct stat st;
	struct store *store = homes_store(&f->home, &f->keys);
	fill(store, 100);
	store_close(store);
	data_path(f, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(try_open(f, STORE_READ), ERR_OK);
	for (off_t size = st.st_size - 1; size > 0; size = size * 3 / 4) {
		assert_int_equal(truncate(path, size), 0);
		assert_int_equal(try_open(f, STORE_READ), ERR_STORE_DAMAGED);
		assert_int_equal(try_open(f, STORE_WRITE), ERR_STORE_DAMAGED);
	}
}

/* Pages that were counted and never written may be missing at the end. */
static void short_and_good(void **state)
{
	struct fixture *f = *state;
	char path[512];
	struct stat st;
	struct txn *txn;
	struct store *store = homes_store(&f->home, &f->keys);
	fill(store, 100);
	assert_int_equal(txn_write(store, &txn), ERR_OK);
	for (uint32_t i = 0; i < 100; i++)
		own_remove(txn, OWN_NOTES, BYTES(&i, sizeof i));
	assert_int_equal(txn_commit(txn), ERR_OK);
	for (int i = 0; i < 4; i++) /* what is in use moves to the front */
		fill(store, 1);
	store_close(store);
	data_path(f, path);
	assert_int_equal(stat(path, &st), 0);
	uint32_t opened = 0, damaged = 0;
	for (off_t size = st.st_size - 4096; size > 0; size -= 4096) {
		assert_int_equal(truncate(path, size), 0);
		enum err e = try_open(f, STORE_READ);
		assert_true(e == ERR_OK || e == ERR_STORE_DAMAGED);
		e == ERR_OK ? opened++ : damaged++;
		assert_true(e == ERR_STORE_DAMAGED || damaged == 0);
	}
	assert_true(opened > 0 && damaged > 0);
}

static void busy(void **state)
{
	struct fixture *f = *state;
	struct store *store = homes_store(&f->home, &f->keys);
	assert_int_equal(try_open(f, STORE_WRITE), ERR_STORE_BUSY);
	assert_int_equal(try_open(f, STORE_READ), ERR_STORE_BUSY); /* this process has it open */
	pid_t child = fork();
	if (child == 0) {
		struct store_options options = homes_options(&f->home, STORE_WRITE, &f->keys);
		struct store *second;
		uint8_t id[STORE_ID_BYTES] = {0};
		bool ok = store_create(&options, id) == ERR_STORE_BUSY &&
		          store_open(&options, &second) == ERR_STORE_BUSY;
		_exit(ok ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	store_close(store);
	assert_int_equal(try_open(f, STORE_WRITE), ERR_OK);
}

/* Another process reads beside the writer, and sees what was committed before it began. */
static void read_beside(void **state)
{
	struct fixture *f = *state;
	struct store *store = homes_store(&f->home, &f->keys);
	fill(store, 1);
	pid_t child = fork();
	if (child == 0) {
		char path[512];
		homes_path(&f->home, "store", path);
		char *const args[] = {
		        (char *)"/proc/self/exe", (char *)"read", (char *)(uintptr_t)f->home.path, NULL};
		execv(args[0], args);
		_exit(9);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 0);
	store_close(store);
}

static int read_as_other_process(const char *path)
{
	struct store_options options = {.home = path, .mode = STORE_READ};
	struct store *store;
	struct txn *txn;
	struct bytes value;
	uint32_t zero = 0;
	if (store_open(&options, &store) != ERR_OK || txn_read(store, &txn) != ERR_OK)
		return 1;
	bool found = own_get(txn, OWN_NOTES, BYTES(&zero, sizeof zero), &value) && value.len == 3000;
	txn_abort(txn);
	store_close(store);
	return found ? 0 : 2;
}

static void map_full(void **state)
{
	struct fixture *f = *state;
	struct store_options options = homes_options(&f->home, STORE_WRITE, &f->keys);
	uint8_t id[STORE_ID_BYTES] = {0}, value[3000] = {0};
	struct store *store;
	struct txn *txn;
	struct bytes got;
	options.map_bytes = 1 << 20;
	assert_int_equal(store_create(&options, id), ERR_OK);
	assert_int_equal(store_open(&options, &store), ERR_OK);
	fill(store, 10);
	assert_int_equal(txn_write(store, &txn), ERR_OK);
	for (uint32_t i = 0; i < 1000; i++)
		own_put(txn, OWN_NOTES, BYTES(&i, sizeof i), BYTES_OF(value));
	assert_int_equal(txn_error(txn), ERR_MAP_FULL);
	assert_int_equal(txn_commit(txn), ERR_MAP_FULL);
	assert_int_equal(store_grow(store, 1 << 20), ERR_OUT_OF_RANGE);
	assert_int_equal(store_grow(store, 16 << 20), ERR_OK);
	fill(store, 1000);
	assert_int_equal(txn_read(store, &txn), ERR_OK);
	uint32_t last = 999;
	assert_true(own_get(txn, OWN_NOTES, BYTES(&last, sizeof last), &got));
	txn_abort(txn);
	store_close(store);
}

/* In a mount namespace of our own, on a tmpfs of 1 MiB; skipped where that is not allowed. */
static int fill_disk(const struct fixture *f)
{
	struct store_options options = homes_options(&f->home, STORE_WRITE, &f->keys);
	uint8_t id[STORE_ID_BYTES] = {0}, value[3000] = {0};
	struct store *store;
	struct txn *txn;
	struct bytes got;
	uint32_t i = 0;
	if (store_create(&options, id) != ERR_OK || store_open(&options, &store) != ERR_OK)
		return 1;
	enum err e = ERR_OK;
	for (; i < 1000 && e == ERR_OK; i++) {
		if (txn_write(store, &txn) != ERR_OK)
			return 2;
		own_put(txn, OWN_NOTES, BYTES(&i, sizeof i), BYTES_OF(value));
		e = txn_commit(txn);
	}
	if (e != ERR_DISK_FULL || i < 50)
		return 3;
	if (txn_read(store, &txn) != ERR_OK)
		return 4;
	uint32_t last = i - 2, lost = i - 1;
	if (!own_get(txn, OWN_NOTES, BYTES(&last, sizeof last), &got) ||
	        own_get(txn, OWN_NOTES, BYTES(&lost, sizeof lost), &got))
		return 5;
	txn_abort(txn);
	store_close(store);
	return store_open(&options, &store) == ERR_OK ? 0 : 6;
}

static void disk_full(void **state)
{
	struct fixture *f = *state;
	pid_t child = fork();
	if (child == 0) {
		bool mounted = unshare(CLONE_NEWNS) == 0 &&
		               mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		               mount("tmpfs", f->home.path, "tmpfs", 0, "size=1m") == 0;
		_exit(mounted ? fill_disk(f) : 77);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return read_as_other_process(argv[2]);
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(no_store, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(made_once, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(foreign, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(bad_headers, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(truncated, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(short_and_good, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(busy, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(read_beside, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(map_full, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(disk_full, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

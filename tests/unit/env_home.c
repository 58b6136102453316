/* SPDX-License-Identifier: Apache-2.0
 * env_home.c: a node's small files: the seed plain and sealed, the settings, the copy of the mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "env/clock.h"
#include "env/home.h"
#include "env/random.h"

static struct home home;

static void put(const char *name, const char *text)
{
	char path[HOME_PATH_BYTES_MAX];
	home_path(&home, name, path);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static int setup(void **state)
{
	char dir[] = "/tmp/lontar-home-XXXXXX", deep[128];
	(void)state;
	assert_true(random_ready());
	assert_non_null(mkdtemp(dir));
	snprintf(deep, sizeof deep, "%s/a/b", dir);
	assert_int_equal(home_choose(deep, &home), ERR_OK);
	assert_int_equal(home_make(&home), ERR_OK);
	assert_int_equal(home_make(&home), ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"seed", "lontar.conf", "the.mark"};
	char path[HOME_PATH_BYTES_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		home_path(&home, names[i], path);
		unlink(path);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rmdir(home.dir), 0);
		*strrchr(home.dir, '/') = 0;
	}
	return 0;
}

static void test_seed(void **state)
{
	struct seed seed, got;
	uint8_t salt[16];
	(void)state;
	random_fill(&seed, sizeof seed);
	random_fill(salt, sizeof salt);
	assert_int_equal(home_seed_read(&home, NULL, &got), ERR_NO_SEED);
	assert_int_equal(home_seed_write(&home, &seed, NULL, salt), ERR_OK);
	assert_int_equal(home_seed_write(&home, &seed, NULL, salt), ERR_EXISTS);
	assert_int_equal(home_seed_read(&home, NULL, &got), ERR_OK);
	assert_memory_equal(&seed, &got, sizeof seed);

	char path[HOME_PATH_BYTES_MAX];
	home_path(&home, "seed", path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(home_seed_read(&home, NULL, &got), ERR_IO); /* others may read it */
}

static void test_sealed_seed(void **state)
{
	struct seed seed, got;
	uint8_t salt[16];
	(void)state;
	random_fill(&seed, sizeof seed);
	random_fill(salt, sizeof salt);
	assert_int_equal(home_seed_write(&home, &seed, "kata sandi", salt), ERR_OK);
	assert_int_equal(home_seed_read(&home, NULL, &got), ERR_NOT_DECRYPTED);
	assert_int_equal(home_seed_read(&home, "kata sandi lain", &got), ERR_NOT_DECRYPTED);
	assert_int_equal(home_seed_read(&home, "kata sandi", &got), ERR_OK);
	assert_memory_equal(&seed, &got, sizeof seed);
}

static void test_bad_seeds(void **state)
{
	static const char *const bad[] = {"", "lontar-seed-1 ", "lontar-seed-1 00", "lontar-seed-2 00",
	        "lontar-seed-1-sealed 0011", "garbage\n"};
	struct seed got;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put("seed", bad[i]);
		assert_int_equal(home_seed_read(&home, "x", &got), ERR_BAD_TEXT);
	}
}

static void test_fifo(void **state)
{
	char path[HOME_PATH_BYTES_MAX];
	struct seed got;
	(void)state;
	home_path(&home, "seed", path);
	assert_false(home_has_seed(&home));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_true(home_has_seed(&home));
	assert_int_equal(home_seed_read(&home, NULL, &got), ERR_IO); /* and does not wait for a writer */
}

static void test_seed_line(void **state)
{
	char line[HOME_SEED_LINE_BYTES_MAX], path[HOME_PATH_BYTES_MAX];
	(void)state;
	assert_int_equal(home_seed_line(&home, line), ERR_NO_SEED);
	put("seed", "lontar-seed-1-sealed 00\r\nmore\n");
	assert_int_equal(home_seed_line(&home, line), ERR_OK);
	assert_string_equal(line, "lontar-seed-1-sealed 00");
	assert_true(home_seed_is_sealed(line));
	put("seed", "\n");
	assert_int_equal(home_seed_line(&home, line), ERR_BAD_TEXT);
	home_path(&home, "seed", path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* there, and not to be read: not the same as no seed */
	assert_int_equal(home_seed_line(&home, line), ERR_IO);
	assert_int_equal(rmdir(path), 0);
}

static unsigned files_here(void)
{
	unsigned count = 0;
	DIR *dir = opendir(home.dir);
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	assert_int_equal(closedir(dir), 0);
	return count;
}

/* Files may grow to this many bytes. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_whole_or_not(void **state)
{
	char line[HOME_SEED_LINE_BYTES_MAX];
	(void)state;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	limit_files(10);
	enum err e = home_text_write(&home, "seed", bytes_text("lontar-seed-1 00\n"));
	limit_files(RLIM_INFINITY);
	assert_int_equal(e, ERR_IO);
	assert_int_equal(files_here(), 0); /* neither half of it nor what it was written as */
	assert_int_equal(home_text_write(&home, "seed", bytes_text("lontar-seed-1 00\n")), ERR_OK);
	assert_int_equal(home_text_write(&home, "seed", bytes_text("lontar-seed-1 11\n")), ERR_EXISTS);
	assert_int_equal(files_here(), 1);
	assert_int_equal(home_seed_line(&home, line), ERR_OK);
	assert_string_equal(line, "lontar-seed-1 00");
}

static void test_config(void **state)
{
	struct home_config c;
	int line;
	(void)state;
	assert_int_equal(home_config_read(&home, &c, &line), ERR_OK);
	assert_true(c.fence && c.map_bytes == STORE_MAP_BYTES && !c.listen[0] && c.peers_count == 0);
	put("lontar.conf", "; a comment\nlisten = 127.0.0.1:7300\npeer = a:1 00\npeer = b:2 11\nfence = "
	                   "off\nmap_mib = 64\n");
	assert_int_equal(home_config_read(&home, &c, &line), ERR_OK);
	assert_string_equal(c.listen, "127.0.0.1:7300");
	assert_int_equal(c.peers_count, 2);
	assert_string_equal(c.peers[1], "b:2 11");
	assert_true(!c.fence && c.map_bytes == 64u << 20);
}

static void test_bad_config(void **state)
{
	static const char *const bad[] = {"listn = x\n", "fence = maybe\n", "map_mib = 0\n",
	        "map_mib = many\n", "[section]\nlisten = x\n"};
	struct home_config c;
	int line;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put("lontar.conf", bad[i]);
		assert_int_equal(home_config_read(&home, &c, &line), ERR_BAD_TEXT);
		assert_true(line > 0);
	}
}

/* One byte of the slot that has this generation becomes another. */
static void spoil(const char *name, unsigned generation)
{
	char path[HOME_PATH_BYTES_MAX], text[8192 + 1] = {0}, needle[32];
	(void)snprintf(needle, sizeof needle, " %u ", generation);
	home_path(&home, name, path);
	FILE *f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, 8192, f), 8192);
	for (size_t at = 0; at < 8192; at += 4096) {
		const char *end = strchr(text + at, '\n'), *found = strstr(text + at, needle);
		if (found && end && found < end) {
			assert_int_equal(fseek(f, (long)at + 60, SEEK_SET), 0);
			assert_int_equal(fputc(text[at + 60] == '0' ? '1' : '0', f) == EOF, 0);
		}
	}
	assert_int_equal(fclose(f), 0);
}

static void test_mark(void **state)
{
	struct home_config c = {.fence = true, .mark = "the.mark"};
	struct home_mark mark = {.generation = 7, .head = {.size = 123}}, got;
	(void)state;
	random_fill(&mark.head.root, sizeof mark.head.root);
	assert_int_equal(home_mark_read(&home, &c, "0123456789abcdef", &got), ERR_NOT_FOUND);
	assert_int_equal(home_mark_write(&home, &c, "0123456789abcdef", &mark), ERR_OK);
	mark.generation = 8;
	assert_int_equal(home_mark_write(&home, &c, "0123456789abcdef", &mark), ERR_OK);
	assert_int_equal(home_mark_read(&home, &c, "0123456789abcdef", &got), ERR_OK);
	assert_true(got.generation == 8 && got.head.size == 123);
	assert_true(hash_equal(&got.head.root, &mark.head.root));
	for (mark.generation = 9; mark.generation < 20; mark.generation++)
		assert_int_equal(home_mark_write(&home, &c, "0123456789abcdef", &mark), ERR_OK);
	spoil("the.mark", 19); /* as a power cut does */
	assert_int_equal(home_mark_read(&home, &c, "0123456789abcdef", &got), ERR_OK);
	assert_int_equal(got.generation, 18);
	mark.generation = 20;
	assert_int_equal(home_mark_write(&home, &c, "0123456789abcdef", &mark), ERR_OK);
	assert_int_equal(home_mark_read(&home, &c, "0123456789abcdef", &got), ERR_OK);
	assert_int_equal(got.generation, 20);
	put("the.mark", "lontar-mark-2 1 1 x 00\n");
	assert_int_equal(home_mark_read(&home, &c, "0123456789abcdef", &got), ERR_BAD_TEXT);
}

static void test_clock(void **state)
{
	(void)state;
	uint64_t a = clock_steady_ms();
	assert_true(clock_steady_ms() >= a);
	assert_true(clock_wall_ms() > 1500000000000u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_seed, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_sealed_seed, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_bad_seeds, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_fifo, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_seed_line, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_whole_or_not, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_config, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_bad_config, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_mark, setup, teardown),
	        cmocka_unit_test(test_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * store_kill.c: what was acknowledged is there. A child appends and tells each commit's size over a pipe; it is killed
 * at a random moment; the store is opened again and must hold everything that was told, whole and verified.
 * store_kill [KILLS [SEED]] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storage/own.h"
#include "storage/verify.h"
#include "support/authors.h"
#include "support/homes.h"
#include "support/random.h"

#define ENTRIES 3000u

static struct authors authors;

/* Feed 1's whole life, written beforehand: the same in every process. */
static void write_life(void)
{
	uint8_t payload[700] = {0};
	authors_init(&authors, 77);
	authors_admit(&authors, "satu");
	authors_add(&authors, 1, 1, ROLE_OFFICER);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		authors_say_raw(&authors, 1, AUDIENCE_NETWORK, 999,
		        BYTES(payload, random_below(&authors.random, sizeof payload)));
		if (random_below(&authors.random, 3) == 0)
			authors_sign(&authors, 1);
	}
	authors_sign(&authors, 1);
}

static struct store *open_store(const struct home_dir *home)
{
	struct store_options options = homes_options(home, STORE_WRITE, &authors.feeds[1].keys);
	struct store *store;
	must(store_open(&options, &store) == ERR_OK);
	return store;
}

static _Noreturn void append_until_killed(const struct home_dir *home, int told)
{
	struct store *store = open_store(home);
	struct txn *txn;
	struct feed_info info;
	bool more = true;
	while (more) {
		must(txn_write(store, &txn) == ERR_OK);
		for (uint64_t n = 1 + random_below(&authors.random, 4); n > 0 && more; n--)
			more = authors_deliver(&authors, txn, 0) || authors_deliver(&authors, txn, 1);
		info.head.size = 0; /* as long as the feed is not in the roster */
		if (feed_info(txn, (struct feed_no){.n = 1}, &info) && info.head.size > 0)
			must(own_mark_set(txn, &info.head) == ERR_OK);
		must(txn_commit(txn) == ERR_OK);
		must(write(told, &info.head.size, sizeof info.head.size) == sizeof info.head.size);
	}
	for (;;)
		pause();
}

static uint64_t run_child(const struct home_dir *home, uint64_t us)
{
	int ends[2];
	uint64_t size, last = 0;
	must(pipe(ends) == 0);
	pid_t child = fork();
	must(child >= 0);
	if (child == 0) {
		close(ends[0]);
		append_until_killed(home, ends[1]);
	}
	close(ends[1]);
	struct timespec wait = {.tv_nsec = (long)us * 1000};
	nanosleep(&wait, NULL);
	must(kill(child, SIGKILL) == 0);
	must(waitpid(child, NULL, 0) == child);
	while (read(ends[0], &size, sizeof size) == sizeof size)
		last = size;
	close(ends[0]);
	return last;
}

static uint64_t check(const struct home_dir *home, uint64_t acknowledged)
{
	struct store *store = open_store(home);
	struct feed_info info = {.next = 0};
	struct head mark, want;
	struct txn *txn;
	must(txn_read(store, &txn) == ERR_OK);
	(void)feed_info(txn, (struct feed_no){.n = 1}, &info);
	own_mark(txn, &mark);
	must(info.head.size >= acknowledged && mark.size == info.head.size);
	want = authors_head(&authors, 1, info.head.size);
	must(info.head.size == 0 || hash_equal(&want.root, &info.head.root));
	txn_abort(txn);
	store_close(store);
	return info.head.size;
}

static void verify(const struct home_dir *home)
{
	static struct verify_report report;
	char scratch[512];
	struct store *store = open_store(home);
	homes_path(home, "scratch", scratch);
	must(verify_store(store, &(struct verify_options){.scratch = scratch}, &report) == ERR_OK);
	must(report.differences == 0);
	store_close(store);
}

int main(int argc, char **argv)
{
	uint32_t kills = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 50, lives = 0;
	uint64_t random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1, told = 0;
	struct home_dir home;
	write_life();
	homes_make(&home);
	store_close(homes_store(&home, &authors.feeds[1].keys));
	for (uint32_t i = 0; i < kills; i++) {
		uint64_t acknowledged = run_child(&home, random_below(&random, 20000)),
		         held = check(&home, acknowledged);
		told += acknowledged;
		if (held < ENTRIES)
			continue;
		verify(&home);
		homes_remove(&home);
		homes_make(&home);
		store_close(homes_store(&home, &authors.feeds[1].keys));
		lives++;
	}
	verify(&home);
	homes_remove(&home);
	printf("%u kills, %u whole lives, %llu entries acknowledged and there\n", kills, lives,
	        (unsigned long long)told);
	authors_deinit(&authors);
	return told > 0 ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* txn.c: beginning and ending transactions, and the roster that belongs to each. The writer's roster is kept from
 * transaction to transaction; when one that changed it is given up, it is made again from what is stored. A reader's
 * is followed up in place, unless an older transaction still uses it: then there are two for a while. */
#include "storage/txn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "db_int.h"
#include "own_int.h"
#include "pages_int.h"
#include "settle_int.h"
#include "tip_int.h"
#include "txn_int.h"

#define DISK_FULL_BELOW_BYTES (1u << 20)

void txn_fail(struct txn *t, enum err e)
{
	must(e != ERR_OK);
	if (t->err == ERR_OK)
		t->err = e;
}

enum err txn_error(const struct txn *txn)
{
	return txn->err;
}

/* The muster for this snapshot, followed up to it. */
static struct muster *muster_for(struct txn *t, struct muster *kept)
{
	bool usable = kept != NULL && kept->epoch == own_epoch(t) &&
	              (kept->users == 0 || !muster_is_behind(kept, t));
	struct muster *m = usable ? kept : muster_new(t);
	if (m != NULL)
		muster_follow_again(m, t);
	return m;
}

static void reader_roster(struct txn *t)
{
	struct store *s = t->store;
	struct muster *m = muster_for(t, s->reading);
	if (m != s->reading && m != NULL) {
		if (s->reading != NULL && s->reading->users == 0)
			muster_free(s->reading);
		s->reading = m;
	}
	t->muster = m;
	if (m != NULL)
		m->users++;
}

static void reader_end(struct txn *t)
{
	struct muster *m = t->muster;
	if (m == NULL)
		return;
	must(m->users > 0);
	m->users--;
	if (m->users == 0 && (m != t->store->reading || t->err != ERR_OK)) {
		if (m == t->store->reading)
			t->store->reading = NULL;
		muster_free(m);
	}
}

static int begin_reading(MDB_env *env, MDB_txn **out)
{
	int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, out);
	if (rc == MDB_READERS_FULL) { /* processes that died may hold places */
		int dead = 0;
		(void)mdb_reader_check(env, &dead);
		rc = mdb_txn_begin(env, NULL, MDB_RDONLY, out);
	}
	if (rc == MDB_MAP_RESIZED) { /* the writing process made it larger */
		rc = mdb_env_set_mapsize(env, 0);
		if (rc == 0)
			rc = mdb_txn_begin(env, NULL, MDB_RDONLY, out);
	}
	return rc;
}

enum err txn_read(struct store *store, struct txn **out)
{
	struct txn *t = calloc(1, sizeof *t);
	if (t == NULL)
		return ERR_NO_MEMORY;
	*t = (struct txn){.store = store, .mode = STORE_READ};
	int rc = begin_reading(store->env, &t->mdb);
	if (rc != 0) {
		free(t);
		return db_err(rc);
	}
	reader_roster(t);
	if (t->err != ERR_OK) {
		enum err e = t->err;
		txn_abort(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

static void writer_roster(struct txn *t)
{
	struct store *s = t->store;
	if (s->writing == NULL)
		s->writing = muster_for(t, NULL);
	t->muster = s->writing;
	t->roster_size = t->muster != NULL ? t->muster->roster.size : 0;
}

enum err txn_write(struct store *store, struct txn **out)
{
	must(store->mode == STORE_WRITE && !store->written);
	struct txn *t = calloc(1, sizeof *t);
	if (t == NULL)
		return ERR_NO_MEMORY;
	*t = (struct txn){.store = store, .mode = STORE_WRITE, .work = store->work};
	int rc = mdb_txn_begin(store->env, NULL, 0, &t->mdb);
	if (rc != 0) {
		free(t);
		return db_err(rc);
	}
	store->written = true;
	writer_roster(t);
	if (t->err != ERR_OK) {
		enum err e = t->err;
		txn_abort(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

static void close_cursors(struct txn *t)
{
	for (enum table table = 0; table < TABLES; table++)
		if (t->cursors[table] != NULL)
			mdb_cursor_close(t->cursors[table]);
}

static void writer_end(struct txn *t, enum err e)
{
	struct store *s = t->store;
	if (e != ERR_OK && (s->writing == NULL || s->writing->roster.size != t->roster_size)) {
		muster_free(s->writing); /* what it followed in this transaction is not so */
		s->writing = NULL;
	}
	work_reset(t->work);
	s->written = false;
}

/* LMDB says EIO when a write was cut short, which is what a full disk does. */
static enum err disk_err(const struct store *s, int rc)
{
	enum err e = db_err(rc);
	mdb_filehandle_t fd;
	struct statvfs fs;
	if (e != ERR_IO || mdb_env_get_fd(s->env, &fd) != 0 || fstatvfs(fd, &fs) != 0)
		return e;
	return (uint64_t)fs.f_bavail * fs.f_frsize < DISK_FULL_BELOW_BYTES ? ERR_DISK_FULL : e;
}

/* pages.c would take the trouble of following every page of a file that is shorter than its header says. */
static void extend_file(const struct store *s)
{
	mdb_filehandle_t fd;
	MDB_envinfo info;
	MDB_stat stat;
	if (mdb_env_get_fd(s->env, &fd) == 0 && mdb_env_info(s->env, &info) == 0 &&
	        mdb_env_stat(s->env, &stat) == 0) {
		enum err unimportant = pages_extend(fd, (uint64_t)info.me_last_pgno + 1, stat.ms_psize);
		(void)unimportant;
	}
}

enum err txn_commit(struct txn *txn)
{
	if (txn->mode == STORE_READ) {
		txn_abort(txn);
		return ERR_OK;
	}
	txn_settle(txn);
	enum err e = txn->err;
	close_cursors(txn);
	if (e == ERR_OK) {
		int rc = mdb_txn_commit(txn->mdb); /* gone, whatever it says */
		e = rc == 0 ? ERR_OK : disk_err(txn->store, rc);
	} else {
		mdb_txn_abort(txn->mdb);
	}
	if (e == ERR_OK)
		extend_file(txn->store);
	writer_end(txn, e);
	free(txn);
	return e;
}

void txn_abort(struct txn *txn)
{
	if (txn == NULL)
		return;
	close_cursors(txn);
	mdb_txn_abort(txn->mdb);
	if (txn->mode == STORE_READ)
		reader_end(txn);
	else
		writer_end(txn, ERR_REFUSED);
	free(txn);
}

const struct roster *txn_roster(struct txn *txn)
{
	return &txn->muster->roster;
}

bool txn_find_feed(struct txn *txn, const struct feed_id *id, struct feed_no *out)
{
	return muster_find(txn->muster, id, out);
}

void txn_settle(struct txn *txn)
{
	if (txn->work == NULL || txn->err != ERR_OK || txn->settling)
		return;
	txn->settling = true;
	settle_all(txn);
	txn->settling = false;
}

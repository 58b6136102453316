/* SPDX-License-Identifier: Apache-2.0 */
/* store.c: opening and closing. The order matters: the writer's lock, then the look at the file, then LMDB. LMDB must
 * not open one file twice in a process (closing one of them drops the locks of both), so what is open is remembered
 * in the one list of this layer that belongs to the whole process. Making a store is done beside it and renamed, so a
 * store is whole or not there. */
#include "storage/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "db_int.h"
#include "dir_int.h"
#include "pages_int.h"
#include "schema_int.h"
#include "store_int.h"

#define DIR_NAME "store"
#define DIR_NEW "store.new"

static struct store *open_stores;
static atomic_flag open_stores_busy = ATOMIC_FLAG_INIT;

static void list_lock(void)
{
	while (atomic_flag_test_and_set(&open_stores_busy))
		;
}

static void list_unlock(void)
{
	atomic_flag_clear(&open_stores_busy);
}

/* False: this file is open already. */
static bool list_add(struct store *s)
{
	list_lock();
	const struct store *other = open_stores;
	while (other != NULL && (other->device != s->device || other->file != s->file))
		other = other->next;
	if (other == NULL) {
		s->next = open_stores;
		open_stores = s;
	}
	list_unlock();
	return other == NULL;
}

static void list_remove(const struct store *s)
{
	list_lock();
	struct store **at = &open_stores;
	while (*at != NULL && *at != s)
		at = &(*at)->next;
	if (*at == s)
		*at = s->next;
	list_unlock();
}

static enum err look_at_file(struct store *s, const char *dir)
{
	struct dir_path path;
	enum err e = dir_path(dir, "data.mdb", &path);
	if (e != ERR_OK)
		return e;
	int fd = open(path.text, (s->mode == STORE_WRITE ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (fd < 0)
		return db_err(errno);
	struct stat st;
	if (fstat(fd, &st) != 0)
		e = ERR_IO;
	else if (!S_ISREG(st.st_mode))
		e = ERR_STORE_FOREIGN;
	else
		e = pages_check(fd, s->mode);
	(void)close(fd);
	s->device = (uint64_t)st.st_dev;
	s->file = (uint64_t)st.st_ino;
	return e;
}

static size_t map_size(uint64_t wanted)
{
	uint64_t bytes = wanted != 0 ? wanted : STORE_MAP_BYTES;
	return (size_t)(bytes < SIZE_MAX ? bytes : STORE_MAP_BYTES_32BIT);
}

static enum err open_env(struct store *s, const char *dir, uint64_t map_bytes)
{
	int rc = mdb_env_create(&s->env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(s->env, TABLES);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(s->env, STORE_READERS_MAX);
	if (rc == 0)
		rc = mdb_env_set_mapsize(s->env, map_size(map_bytes));
	if (rc == 0)
		rc = mdb_env_open(s->env, dir, MDB_NOTLS | (s->mode == STORE_READ ? MDB_RDONLY : 0), 0600);
	return rc == 0 ? ERR_OK : db_err(rc);
}

static enum err start(struct store *s, const char *dir, const struct store_options *options)
{
	enum err e = look_at_file(s, dir);
	if (e != ERR_OK)
		return e;
	if (!list_add(s))
		return ERR_STORE_BUSY;
	e = open_env(s, dir, options->map_bytes);
	if (e == ERR_OK)
		e = store_check_readers(s);
	if (e == ERR_OK)
		e = schema_open(s);
	if (e == ERR_OK && options->keys != NULL &&
	        memcmp(&options->keys->public, &s->own, sizeof s->own) != 0)
		e = ERR_BAD_KEY;
	return e == ERR_OK ? schema_renew(s) : e;
}

static enum err prepare(struct store *s, const struct store_options *options)
{
	s->lock = -1;
	s->mode = options->mode;
	if (options->mode == STORE_READ)
		return ERR_OK;
	s->keys = options->keys;
	s->work = work_new();
	return s->work != NULL ? dir_lock(options->home, &s->lock) : ERR_NO_MEMORY;
}

enum err store_open(const struct store_options *options, struct store **out)
{
	must(options->mode == STORE_READ || options->keys != NULL);
	struct dir_path dir;
	struct stat st;
	enum err e = dir_path(options->home, DIR_NAME, &dir);
	if (e != ERR_OK)
		return e;
	if (stat(dir.text, &st) != 0)
		return db_err(errno);
	struct store *s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NO_MEMORY;
	e = prepare(s, options);
	if (e == ERR_OK)
		e = start(s, dir.text, options);
	if (e != ERR_OK) {
		store_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	must(!store->written);
	muster_free(store->reading);
	muster_free(store->writing);
	work_free(store->work);
	if (store->env != NULL)
		mdb_env_close(store->env);
	list_remove(store);
	if (store->lock >= 0)
		(void)close(store->lock);
	free(store);
}

static enum err make(const struct store_options *options, const char *dir, const uint8_t id[STORE_ID_BYTES])
{
	struct store s = {.mode = STORE_WRITE, .lock = -1};
	if (mkdir(dir, 0700) != 0)
		return db_err(errno);
	enum err e = open_env(&s, dir, options->map_bytes);
	if (e == ERR_OK)
		e = schema_create(&s, id, &options->keys->public);
	if (s.env != NULL)
		mdb_env_close(s.env);
	return e == ERR_OK ? dir_sync(dir) : e;
}

static enum err create(const struct store_options *options, const uint8_t id[STORE_ID_BYTES])
{
	struct dir_path dir, fresh;
	struct stat st;
	enum err e = dir_path(options->home, DIR_NAME, &dir);
	if (e == ERR_OK)
		e = dir_path(options->home, DIR_NEW, &fresh);
	if (e != ERR_OK)
		return e;
	if (stat(dir.text, &st) == 0)
		return ERR_EXISTS;
	dir_remove(fresh.text);
	e = make(options, fresh.text, id);
	if (e == ERR_OK && rename(fresh.text, dir.text) != 0)
		e = ERR_IO;
	if (e != ERR_OK) {
		dir_remove(fresh.text);
		return e;
	}
	return dir_sync(options->home);
}

enum err store_create(const struct store_options *options, const uint8_t id[STORE_ID_BYTES])
{
	must(options->keys != NULL);
	int lock = -1;
	enum err e = dir_lock(options->home, &lock);
	if (e != ERR_OK)
		return e;
	e = create(options, id);
	(void)close(lock);
	return e;
}

enum err store_mark_restored(const char *home)
{
	struct store s = {.mode = STORE_WRITE, .lock = -1};
	struct dir_path dir;
	enum err e = dir_path(home, DIR_NAME, &dir);
	if (e != ERR_OK)
		return e;
	e = open_env(&s, dir.text, 0);
	if (e == ERR_OK)
		e = schema_mark_restored(&s);
	if (s.env != NULL)
		mdb_env_close(s.env);
	return e;
}

void store_id_text(const struct store *store, char out[STORE_ID_TEXT_BYTES])
{
	struct bytes_out o = bytes_out(out, STORE_ID_TEXT_BYTES);
	text_put_hex(&o, BYTES_OF(store->id));
	bytes_put_u8(&o, 0);
	must(bytes_out_end(&o) == ERR_OK);
}

struct store_size store_size(const struct store *store)
{
	MDB_envinfo info;
	MDB_stat stat;
	must(mdb_env_info(store->env, &info) == 0 && mdb_env_stat(store->env, &stat) == 0);
	return (struct store_size){
	        .bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize, .map_bytes = info.me_mapsize};
}

enum err store_grow(struct store *store, uint64_t map_bytes)
{
	must(!store->written && (store->reading == NULL || store->reading->users == 0));
	if (map_bytes <= store_size(store).map_bytes || map_bytes > SIZE_MAX)
		return ERR_OUT_OF_RANGE;
	int rc = mdb_env_set_mapsize(store->env, (size_t)map_bytes);
	return rc == 0 ? ERR_OK : db_err(rc);
}

enum err store_check_readers(struct store *store)
{
	int dead = 0;
	int rc = mdb_reader_check(store->env, &dead);
	return rc == 0 ? ERR_OK : db_err(rc);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* backup_unpack.c: from a backup back to a store. The file comes from elsewhere, so its digest is looked at, then every
 * page of the copy before LMDB opens it; what its entries say is verify.c's to check, before the store is put in place.
 * What stands in its place is renamed, never removed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "base/text.h"
#include "db_int.h"
#include "dir_int.h"
#include "pages_int.h"
#include "store_int.h"

#define ASIDES_MAX 1000u

/* Sticky: the lines as they must follow each other. */
struct lines {
	struct bytes rest;
	enum err err;
};

static struct bytes take(struct lines *l, const char *name)
{
	struct bytes line = BYTES(NULL, 0);
	if (l->err == ERR_OK && (!text_line(&l->rest, &line) || !text_prefix(&line, name)))
		l->err = ERR_STORE_DAMAGED;
	return l->err == ERR_OK ? line : BYTES(NULL, 0);
}

static uint64_t take_number(struct lines *l, const char *name, uint64_t max)
{
	uint64_t v = 0;
	if (text_u64(take(l, name), max, &v) != ERR_OK)
		l->err = ERR_STORE_DAMAGED;
	return v;
}

static void take_hex(struct lines *l, const char *name, void *out, size_t len)
{
	if (text_hex(take(l, name), out, len) != ERR_OK)
		l->err = ERR_STORE_DAMAGED;
}

static void take_seed(struct lines *l, struct backup *b)
{
	struct bytes seed = take(l, "seed ");
	if (seed.len > sizeof b->seed) {
		l->err = ERR_STORE_DAMAGED;
		return;
	}
	if (seed.len > 0)
		memcpy(b->seed, seed.data, seed.len);
	b->seed_len = seed.len;
}

static void take_settings(struct lines *l, struct backup *b)
{
	b->settings_len = (size_t)take_number(l, "settings ", sizeof b->settings);
	if (l->err == ERR_OK && l->rest.len != b->settings_len + 1)
		l->err = ERR_STORE_DAMAGED;
	if (l->err == ERR_OK)
		memcpy(b->settings, l->rest.data, b->settings_len);
}

static enum err parse(struct bytes text, struct backup *out)
{
	struct lines l = {.rest = text};
	struct bytes network;
	(void)take(&l, BACKUP_FIRST_LINE);
	out->made_ms = take_number(&l, "made ", UINT64_MAX);
	take_hex(&l, "store ", out->store_id, sizeof out->store_id);
	take_hex(&l, "feed ", out->feed.bytes, sizeof out->feed.bytes);
	network = take(&l, "network ");
	out->has_network = network.len > 0;
	if (network.len > 0 && text_hex(network, out->network.bytes, sizeof out->network.bytes) != ERR_OK)
		l.err = ERR_STORE_DAMAGED;
	out->feeds = take_number(&l, "feeds ", UINT64_MAX);
	out->entries = take_number(&l, "entries ", UINT64_MAX);
	out->own_size = take_number(&l, "own-size ", UINT64_MAX);
	out->mark = take_number(&l, "mark ", UINT64_MAX);
	if (take_number(&l, "store-bytes ", UINT64_MAX) != out->store_bytes)
		l.err = ERR_STORE_DAMAGED;
	take_seed(&l, out);
	take_settings(&l, out);
	return l.err;
}

/* The last line: where the lines begin, and the digest. */
static enum err read_end(int file, struct backup *out, struct hash *digest)
{
	struct stat st;
	char text[BACKUP_END_BYTES];
	struct bytes line = BYTES(text, sizeof text - 1);
	if (fstat(file, &st) != 0 || !S_ISREG(st.st_mode))
		return ERR_STORE_FOREIGN;
	out->bytes = (uint64_t)st.st_size;
	if (out->bytes < sizeof text ||
	        pread(file, text, sizeof text, (off_t)(out->bytes - sizeof text)) != (ssize_t)sizeof text)
		return ERR_STORE_FOREIGN;
	if (text[sizeof text - 1] != '\n' || !text_prefix(&line, "end "))
		return ERR_STORE_FOREIGN;
	struct bytes offset = text_split(&line, ' ');
	while (offset.len > 1 && offset.data[0] == '0')
		offset = BYTES(offset.data + 1, offset.len - 1);
	if (text_u64(offset, out->bytes - sizeof text, &out->store_bytes) != ERR_OK ||
	        text_hex(line, digest->bytes, sizeof digest->bytes) != ERR_OK)
		return ERR_STORE_FOREIGN;
	return ERR_OK;
}

static enum err read_lines(int file, struct backup *out)
{
	char text[BACKUP_LINES_BYTES_MAX];
	uint64_t len = out->bytes - BACKUP_END_BYTES - out->store_bytes;
	struct bytes all = BYTES(text, (size_t)len), first;
	if (len > sizeof text)
		return ERR_STORE_FOREIGN;
	if (pread(file, text, (size_t)len, (off_t)out->store_bytes) != (ssize_t)len)
		return ERR_IO;
	first = all;
	if (!text_prefix(&first, BACKUP_FIRST_LINE_ANY))
		return ERR_STORE_FOREIGN;
	first = all;
	return text_prefix(&first, BACKUP_FIRST_LINE "\n") ? parse(all, out) : ERR_STORE_NEWER;
}

enum err backup_read(const char *file, backup_progress *progress, void *context, struct backup *out)
{
	struct hash said, digest;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
	if (fd < 0)
		return dir_is_missing(errno) ? ERR_NOT_FOUND : ERR_IO;
	*out = (struct backup){.made_ms = 0};
	enum err e = read_end(fd, out, &said);
	if (e == ERR_OK)
		e = read_lines(fd, out);
	if (e == ERR_OK) {
		const struct backup_reading all = {fd, out->bytes - BACKUP_END_BYTES, progress, context};
		e = backup_digest(&all, &digest);
	}
	(void)close(fd);
	if (e == ERR_OK && !hash_equal(&said, &digest))
		e = ERR_STORE_DAMAGED;
	return e;
}

void backup_discard(const char *dir)
{
	struct dir_path path;
	if (dir_path(dir, "store", &path) == ERR_OK)
		dir_remove(path.text);
	if (dir_path(dir, "lock", &path) == ERR_OK)
		(void)unlink(path.text);
	(void)rmdir(dir);
}

static enum err unpack_to(int from, const struct backup *backup, const char *data)
{
	const struct backup_reading copy = {.file = from, .len = backup->store_bytes};
	int to = open(data, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return db_err(errno);
	enum err e = backup_copy(&copy, to);
	if (e == ERR_OK)
		e = pages_check_all(to);
	(void)close(to);
	return e;
}

enum err backup_unpack(const char *file, const struct backup *backup, const char *dir)
{
	struct dir_path store, data;
	enum err e = dir_path(dir, "store", &store);
	if (e == ERR_OK)
		e = dir_path(store.text, "data.mdb", &data);
	if (e != ERR_OK)
		return e;
	backup_discard(dir);
	if (mkdir(dir, 0700) != 0 || mkdir(store.text, 0700) != 0)
		return db_err(errno);
	int from = open(file, O_RDONLY | O_CLOEXEC);
	e = from < 0 ? ERR_IO : unpack_to(from, backup, data.text);
	if (from >= 0)
		(void)close(from);
	if (e == ERR_OK)
		e = store_mark_restored(dir);
	if (e == ERR_OK)
		e = dir_sync(store.text);
	if (e != ERR_OK)
		backup_discard(dir);
	return e;
}

/* The first name that is free: "store.aside-1", -2, ... */
static enum err put_aside(const char *home, const char *store, char aside[BACKUP_PATH_BYTES_MAX])
{
	char name[BACKUP_PATH_BYTES_MAX];
	struct stat st;
	if (lstat(store, &st) != 0)
		return errno == ENOENT ? ERR_OK : ERR_IO;
	for (unsigned i = 1; i < ASIDES_MAX; i++) {
		int len = snprintf(name, sizeof name, "%s/store.aside-%u", home, i);
		if (len < 0 || len >= (int)sizeof name)
			return ERR_TOO_LONG;
		if (lstat(name, &st) == 0)
			continue;
		if (rename(store, name) != 0)
			return db_err(errno);
		memcpy(aside, name, (size_t)len + 1);
		return ERR_OK;
	}
	return ERR_TOO_MANY;
}

static enum err place(const char *dir, const char *home, char aside[BACKUP_PATH_BYTES_MAX])
{
	struct dir_path from, to, lock;
	enum err e = dir_path(dir, "store", &from);
	if (e == ERR_OK)
		e = dir_path(home, "store", &to);
	if (e == ERR_OK)
		e = dir_path(from.text, "lock.mdb", &lock);
	if (e == ERR_OK)
		e = put_aside(home, to.text, aside);
	if (e != ERR_OK)
		return e;
	(void)unlink(lock.text); /* of readers that were in DIR */
	if (rename(from.text, to.text) != 0) {
		e = db_err(errno);
		if (aside[0] != '\0' && rename(aside, to.text) == 0)
			aside[0] = '\0';
		return e;
	}
	backup_discard(dir);
	return dir_sync(home);
}

enum err backup_place(const char *dir, const char *home, char aside[BACKUP_PATH_BYTES_MAX])
{
	int lock = -1;
	aside[0] = '\0';
	enum err e = dir_lock(home, &lock);
	if (e != ERR_OK)
		return e;
	e = place(dir, home, aside);
	(void)close(lock);
	return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* backup.c: making a backup: LMDB's own copy of one snapshot, compacted, in a directory of its own; marked as an old
 * copy; opened as any store, to say what it holds; then with its lines and its digest into the file. Reading is
 * backup_unpack.c's. */
#include "storage/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "base/text.h"
#include "db_int.h"
#include "dir_int.h"
#include "storage/feed.h"
#include "store_int.h"

#define CHUNK_BYTES ((size_t)1 << 20)
#define PART "backup.part"

static bool goes_on(const struct backup_reading *r, uint64_t done)
{
	return r->progress == NULL || r->progress(r->context, done, r->len);
}

static enum err read_chunk(const struct backup_reading *r, uint64_t at, uint8_t *chunk, size_t *len)
{
	*len = r->len - at < CHUNK_BYTES ? (size_t)(r->len - at) : CHUNK_BYTES;
	for (size_t have = 0; have < *len;) {
		ssize_t n = pread(r->file, chunk + have, *len - have, (off_t)(at + have));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? ERR_STORE_FOREIGN : ERR_IO;
		have += (size_t)n;
	}
	return goes_on(r, at) ? ERR_OK : ERR_REFUSED;
}

enum err backup_digest(const struct backup_reading *reading, struct hash *out)
{
	uint8_t *chunk = malloc(CHUNK_BYTES);
	struct hash digest = {{0}};
	enum err e = chunk != NULL ? ERR_OK : ERR_NO_MEMORY;
	size_t len = 0;
	for (uint64_t at = 0; e == ERR_OK && at < reading->len; at += len) {
		e = read_chunk(reading, at, chunk, &len);
		if (e != ERR_OK)
			break;
		struct hash next = hash_of(BYTES(chunk, len));
		digest = hash_of2(BYTES_OF(digest.bytes), BYTES_OF(next.bytes));
	}
	free(chunk);
	if (e == ERR_OK)
		*out = digest;
	return e;
}

static enum err write_at(int file, struct bytes b, uint64_t at)
{
	for (size_t done = 0; done < b.len;) {
		ssize_t n = pwrite(file, b.data + done, b.len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? db_err(errno) : ERR_DISK_FULL;
		done += (size_t)n;
	}
	return ERR_OK;
}

enum err backup_copy(const struct backup_reading *reading, int to)
{
	uint8_t *chunk = malloc(CHUNK_BYTES);
	enum err e = chunk != NULL ? ERR_OK : ERR_NO_MEMORY;
	size_t len = 0;
	for (uint64_t at = 0; e == ERR_OK && at < reading->len; at += len) {
		e = read_chunk(reading, at, chunk, &len);
		if (e == ERR_OK)
			e = write_at(to, BYTES(chunk, len), at);
	}
	free(chunk);
	if (e == ERR_OK && fsync(to) != 0)
		e = db_err(errno);
	return e;
}

/* A snapshot of the store into an empty file. A page that an old bug of LMDB lost stops its compacting. */
static enum err copy_compacted(struct store *store, int file)
{
	int rc = mdb_env_copyfd2(store->env, file, MDB_CP_COMPACT);
	if (rc == MDB_CORRUPTED || rc == MDB_INCOMPATIBLE) {
		if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0)
			return ERR_IO;
		rc = mdb_env_copyfd2(store->env, file, 0);
	}
	if (rc != 0)
		return db_err(rc);
	return fsync(file) == 0 ? ERR_OK : db_err(errno);
}

static void count_feeds(struct txn *txn, struct backup *out)
{
	struct feed_no no = {.n = 0}, own;
	struct feed_info info;
	bool has_own = own_feed(txn, &own);
	out->feeds = txn_roster(txn)->feeds_count;
	for (; no.n < out->feeds; no.n++) {
		if (!feed_info(txn, no, &info))
			continue;
		out->entries += info.head.size;
		if (has_own && own.n == no.n)
			out->own_size = info.head.size;
	}
}

/* What the copy says when it is opened as what it will be. */
static enum err look(const char *home, struct backup *out)
{
	const struct store_options options = {.home = home, .mode = STORE_READ};
	struct store *store = NULL;
	struct txn *txn = NULL;
	struct head mark;
	enum err e = store_open(&options, &store);
	if (e == ERR_OK)
		e = txn_read(store, &txn);
	if (e == ERR_OK) {
		memcpy(out->store_id, store->id, sizeof out->store_id);
		out->feed = own_keys(store)->feed;
		out->has_network = own_network(txn, &out->network);
		own_mark(txn, &mark);
		out->mark = mark.size;
		count_feeds(txn, out);
		e = txn_error(txn);
	}
	txn_abort(txn);
	store_close(store);
	return e;
}

static enum err make_copy(struct store *store, const char *part, struct backup *out)
{
	struct dir_path dir, data;
	enum err e = dir_path(part, "store", &dir);
	if (e == ERR_OK)
		e = dir_path(dir.text, "data.mdb", &data);
	if (e != ERR_OK)
		return e;
	dir_remove(dir.text); /* of a broken attempt */
	if (mkdir(dir.text, 0700) != 0)
		return db_err(errno);
	int fd = open(data.text, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return db_err(errno);
	e = copy_compacted(store, fd);
	(void)close(fd);
	if (e == ERR_OK)
		e = store_mark_restored(part);
	return e == ERR_OK ? look(part, out) : e;
}

static void put_number(struct bytes_out *o, const char *name, uint64_t v)
{
	bytes_put_text(o, name);
	bytes_put_decimal(o, v);
	bytes_put_u8(o, '\n');
}

static void put_hex(struct bytes_out *o, const char *name, struct bytes b)
{
	bytes_put_text(o, name);
	text_put_hex(o, b);
	bytes_put_u8(o, '\n');
}

static void put_lines(struct bytes_out *o, const struct backup *b)
{
	bytes_put_text(o, BACKUP_FIRST_LINE "\n");
	put_number(o, "made ", b->made_ms);
	put_hex(o, "store ", BYTES_OF(b->store_id));
	put_hex(o, "feed ", BYTES_OF(b->feed.bytes));
	put_hex(o, "network ", b->has_network ? BYTES_OF(b->network.bytes) : BYTES(NULL, 0));
	put_number(o, "feeds ", b->feeds);
	put_number(o, "entries ", b->entries);
	put_number(o, "own-size ", b->own_size);
	put_number(o, "mark ", b->mark);
	put_number(o, "store-bytes ", b->store_bytes);
	bytes_put_text(o, "seed ");
	bytes_put(o, b->seed, b->seed_len);
	bytes_put_u8(o, '\n');
	put_number(o, "settings ", b->settings_len);
	bytes_put(o, b->settings, b->settings_len);
	bytes_put_u8(o, '\n');
}

static enum err put_end(int file, const struct backup *b)
{
	const struct backup_reading all = {.file = file, .len = b->bytes - BACKUP_END_BYTES};
	char line[BACKUP_END_BYTES + 1];
	struct hash digest;
	enum err e = backup_digest(&all, &digest);
	if (e != ERR_OK)
		return e;
	int n = snprintf(line, sizeof line, "end %020llu ", (unsigned long long)b->store_bytes);
	struct bytes_out o = bytes_out(line + n, sizeof line - (size_t)n);
	text_put_hex(&o, BYTES_OF(digest.bytes));
	bytes_put_u8(&o, '\n');
	must((size_t)n + o.len == BACKUP_END_BYTES);
	e = write_at(file, BYTES(line, BACKUP_END_BYTES), all.len);
	return e == ERR_OK && fsync(file) != 0 ? db_err(errno) : e;
}

/* The copy, its lines and its digest into the open file. */
static enum err fill(int from, int file, const struct backup_options *o, struct backup *b)
{
	static uint8_t lines[BACKUP_LINES_BYTES_MAX]; /* one backup at a time, by the lock */
	struct bytes_out out = bytes_out(lines, sizeof lines);
	struct stat st;
	if (fstat(from, &st) != 0)
		return ERR_IO;
	b->store_bytes = (uint64_t)st.st_size;
	put_lines(&out, b);
	must(bytes_out_end(&out) == ERR_OK);
	b->bytes = b->store_bytes + out.len + BACKUP_END_BYTES;
	const struct backup_reading copy = {from, b->store_bytes, o->progress, o->context};
	enum err e = backup_copy(&copy, file);
	if (e == ERR_OK)
		e = write_at(file, bytes_written(&out), b->store_bytes);
	return e == ERR_OK ? put_end(file, b) : e;
}

/* The directory that FILE stands in. */
static enum err sync_beside(const char *file)
{
	struct dir_path dir;
	enum err e = dir_path(file, "", &dir); /* "a/b/" */
	if (e != ERR_OK)
		return e;
	dir.text[strlen(file)] = '\0';
	char *slash = strrchr(dir.text, '/');
	if (slash == NULL)
		return dir_sync(".");
	slash[slash == dir.text] = '\0';
	return dir_sync(dir.text);
}

static enum err write_file(const char *data, const struct backup_options *o, struct backup *b)
{
	char part[DIR_PATH_BYTES_MAX];
	int len = snprintf(part, sizeof part, "%s.part", o->file);
	if (len < 0 || (size_t)len >= sizeof part)
		return ERR_TOO_LONG;
	int from = open(data, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return db_err(errno);
	int to = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum err e = to >= 0 ? fill(from, to, o, b) : dir_is_missing(errno) ? ERR_NOT_FOUND : db_err(errno);
	if (to >= 0 && close(to) != 0 && e == ERR_OK)
		e = ERR_IO;
	(void)close(from);
	if (e == ERR_OK && rename(part, o->file) != 0)
		e = db_err(errno);
	if (e != ERR_OK && to >= 0)
		(void)unlink(part);
	return e == ERR_OK ? sync_beside(o->file) : e;
}

/* In HOME/backup.part, which this process has locked. */
static enum err write_in(
        struct store *store, const char *part, const struct backup_options *options, struct backup *b)
{
	struct dir_path data;
	enum err e = dir_path(part, "store/data.mdb", &data);
	if (e == ERR_OK)
		e = make_copy(store, part, b);
	if (e == ERR_OK)
		e = write_file(data.text, options, b);
	return e;
}

static enum err keep(struct bytes from, char *to, size_t cap, size_t *len)
{
	if (from.len > cap)
		return ERR_TOO_LONG;
	if (from.len > 0)
		memcpy(to, from.data, from.len);
	*len = from.len;
	return ERR_OK;
}

enum err backup_write(struct store *store, const struct backup_options *options, struct backup *out)
{
	struct dir_path part;
	struct stat there;
	int lock = -1;
	*out = (struct backup){.made_ms = options->made_ms};
	enum err e = keep(options->seed, out->seed, sizeof out->seed, &out->seed_len);
	if (e == ERR_OK)
		e = keep(options->settings, out->settings, sizeof out->settings, &out->settings_len);
	if (e == ERR_OK)
		e = dir_path(options->home, PART, &part);
	if (e != ERR_OK)
		return e;
	if (stat(options->file, &there) == 0 && (!options->replace || !S_ISREG(there.st_mode)))
		return ERR_EXISTS;
	if (mkdir(part.text, 0700) != 0 && errno != EEXIST)
		return db_err(errno);
	e = dir_lock(part.text, &lock);
	if (e != ERR_OK)
		return e == ERR_NO_STORE ? ERR_STORE_BUSY : e; /* who made the last one has just cleared up */
	e = write_in(store, part.text, options, out);
	backup_discard(part.text);
	(void)close(lock);
	return e;
}

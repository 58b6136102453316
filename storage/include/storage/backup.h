/* SPDX-License-Identifier: Apache-2.0
 * backup.h: a backup: one file from which a store is made again. It is a compacted copy of the store as of one moment,
 * which counts as an old copy from the beginning (own.h: OWN_RESTORED), then lines that say what it holds, then a digest
 * of all before it against bad disks. It is as little portable as the store: another kind of machine refuses it.
 * The seed, sealed, and the settings are not the store's: who makes the backup may give them to go in. The copy of the
 * mark is in none. */
#ifndef STORAGE_BACKUP_H
#define STORAGE_BACKUP_H

#include "log/entry.h"
#include "storage/own.h"

#define BACKUP_SEED_BYTES_MAX 256u
#define BACKUP_SETTINGS_BYTES_MAX 16384u

/* What a backup holds. */
struct backup {
	uint64_t made_ms;
	uint8_t store_id[STORE_ID_BYTES];
	struct feed_id feed;
	bool has_network;
	struct network_id network;
	uint64_t feeds, entries;     /* of the roster; of all feeds */
	uint64_t own_size, mark;     /* entries of the own feed; how many of them may be with others */
	uint64_t store_bytes, bytes; /* the copy's; the whole file's */
	size_t seed_len, settings_len;
	char seed[BACKUP_SEED_BYTES_MAX];         /* a line, sealed; none: 0 bytes */
	char settings[BACKUP_SETTINGS_BYTES_MAX]; /* the text of lontar.conf; none: 0 bytes */
};

/* Called now and then with the bytes done and to do; false stops: ERR_REFUSED. NULL: nobody asks. */
typedef bool backup_progress(void *context, uint64_t done, uint64_t all);

struct backup_options {
	const char *
	        home; /* the store's; the copy is made in HOME/backup.part first, where LMDB is known to work */
	const char *file; /* whole or not there: written as FILE.part and renamed */
	bool replace;     /* a regular file of that name; else ERR_EXISTS */
	uint64_t made_ms;
	struct bytes seed, settings; /* to go in; may be empty */
	backup_progress *progress;
	void *context;
};
/* Beside whoever writes the store; durable when it returns. The copy is opened before it is called one.
 * ERR_EXISTS, ERR_NOT_FOUND (FILE's directory), ERR_STORE_BUSY (another backup is being made), ERR_DISK_FULL, ERR_IO,
 * ERR_TOO_LONG (seed, settings), ERR_REFUSED (by progress), store errors. */
MUST_USE enum err backup_write(struct store *store, const struct backup_options *options, struct backup *out);

/* Read what a file says of itself, and its digest. ERR_NOT_FOUND, ERR_STORE_FOREIGN: no backup, or cut short;
 * ERR_STORE_NEWER: of a later form; ERR_STORE_DAMAGED: the digest or a line is not right; ERR_REFUSED, ERR_IO. */
MUST_USE enum err backup_read(const char *file, backup_progress *progress, void *context, struct backup *out);

/* Bring the store of a backup that was read into DIR, which is made, or made anew from a broken attempt: a node's
 * directory with a store in it and nothing else, marked as an old copy. Nothing is believed of it: every page is looked
 * at first. The caller opens it, verifies it (verify.h), then places or discards it; on failure nothing is left of it.
 * ERR_STORE_FOREIGN, _NEWER, _DAMAGED: so is the copy in it; ERR_DISK_FULL, ERR_IO. */
MUST_USE enum err backup_unpack(const char *file, const struct backup *backup, const char *dir);
void backup_discard(const char *dir);

/* Put the store of DIR into HOME, and what stands there aside, whatever it is: aside becomes its new path, or "" when
 * nothing was there. DIR is gone afterwards. ERR_STORE_BUSY: a process writes HOME's store. ERR_IO, ERR_DISK_FULL. On
 * failure HOME is as it was and aside "", unless what stood there could not be put back: then aside says where it is. */
#define BACKUP_PATH_BYTES_MAX 4096u
MUST_USE enum err backup_place(const char *dir, const char *home, char aside[BACKUP_PATH_BYTES_MAX]);

#endif

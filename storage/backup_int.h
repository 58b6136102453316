/* SPDX-License-Identifier: Apache-2.0 */
/* backup_int.h: the form of a backup, for who writes and who reads it.
 *
 *   the copy of the store, as many bytes as "store-bytes" says
 *   lontar backup 1
 *   made 1789000000000
 *   ... one line a field, in the order of put_lines() in backup.c
 *   settings BYTES
 *   the settings, as they stand in lontar.conf, and a newline
 *   end OFFSET DIGEST          the offset of "lontar backup 1" in 20 digits; the digest of all before this line
 *
 * The digest is a chain, so that a large file needs no memory: d = SHA-256(d || SHA-256(the next MiB)), from zeros. */
#ifndef STORAGE_BACKUP_INT_H
#define STORAGE_BACKUP_INT_H

#include "base/hash.h"
#include "storage/backup.h"

#define BACKUP_FIRST_LINE "lontar backup 1"
#define BACKUP_FIRST_LINE_ANY "lontar backup "
#define BACKUP_LINES_BYTES_MAX (BACKUP_SEED_BYTES_MAX + BACKUP_SETTINGS_BYTES_MAX + 1024u)
#define BACKUP_END_BYTES 90u /* "end ", 20, " ", 64, newline */

/* The digest of the first LEN bytes of an open file. ERR_IO, ERR_STORE_FOREIGN (it is shorter), ERR_REFUSED. */
struct backup_reading {
	int file;
	uint64_t len;
	backup_progress *progress;
	void *context;
};
MUST_USE enum err backup_digest(const struct backup_reading *reading, struct hash *out);

/* Copy LEN bytes from the beginning of one open file to the beginning of another, which is synced afterwards. */
MUST_USE enum err backup_copy(const struct backup_reading *reading, int to);

#endif

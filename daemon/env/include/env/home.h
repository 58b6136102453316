/* SPDX-License-Identifier: Apache-2.0
 * home.h: a node's directory: where its files are, its seed, its settings, and the copy of the mark that lies
 * outside it. The store's own files are storage's. docs/ARCHITECTURE.md, "Files of a node". */
#ifndef ENV_HOME_H
#define ENV_HOME_H

#include <limits.h>

#include "base/err.h"
#include "log/checkpoint.h"
#include "log/keys.h"

#define HOME_PATH_BYTES_MAX 4096
#define HOME_ADDRESSES_MAX 8u

struct home {
	char dir[HOME_PATH_BYTES_MAX]; /* absolute, exists */
};

/* lontar.conf: INI, every setting optional. */
struct home_config {
	char listen[ADDRESS_BYTES_MAX];    /* "0.0.0.0:7300"; empty: does not listen */
	char advertise[ADDRESS_BYTES_MAX]; /* where others can dial it; empty: not said */
	char peers[HOME_ADDRESSES_MAX]
	          [ADDRESS_BYTES_MAX + 80]; /* "HOST:PORT LINKKEYHEX", dialled beside the roster's */
	unsigned peers_count;
	char mark[HOME_PATH_BYTES_MAX]; /* copy of the mark; relative to dir; empty: the default */
	bool fence;                     /* false: no copy of the mark (status warns) */
	unsigned long long map_bytes;
};

/* Choose the directory: DIR if not NULL, else $LONTAR_HOME, else $XDG_DATA_HOME/lontar, else ~/.local/share/lontar.
 * It need not exist. ERR_USAGE when too long or nothing is set. */
MUST_USE enum err home_choose(const char *dir, struct home *out);
/* Make it (0700, parents too). ERR_IO. */
MUST_USE enum err home_make(const struct home *home);
/* dir/NAME into out. */
void home_path(const struct home *home, const char *name, char out[HOME_PATH_BYTES_MAX]);

/* dir/NAME, 0600, whole and fsynced, or not there at all: ERR_EXISTS (never over one that is there), ERR_DISK_FULL, ERR_IO. */
MUST_USE enum err home_text_write(const struct home *home, const char *name, struct bytes text);

#define HOME_SEED_LINE_BYTES_MAX 256u
/* The line of the seed file as it stands, sealed where it is sealed; the caller wipes it. ERR_NO_SEED, ERR_IO,
 * ERR_BAD_TEXT, ERR_TOO_LONG. */
MUST_USE enum err home_seed_line(const struct home *home, char out[HOME_SEED_LINE_BYTES_MAX]);
/* ERR_NO_SEED, ERR_IO (also when others may read the file), ERR_BAD_TEXT. A file sealed with a passphrase needs it
 * (NULL: ERR_NOT_DECRYPTED). */
MUST_USE enum err home_seed_read(const struct home *home, const char *passphrase, struct seed *out);
bool home_has_seed(const struct home *home); /* the file is there; nothing is said of what is in it */
/* Is this line of a seed file sealed with a passphrase? */
bool home_seed_is_sealed(const char *line);
/* Writes dir/seed, 0600, fsynced; never over an existing one (ERR_EXISTS). passphrase NULL: plain. salt: fresh. */
MUST_USE enum err home_seed_write(
        const struct home *home, const struct seed *seed, const char *passphrase, const uint8_t salt[16]);

/* Defaults where there is no file. ERR_BAD_TEXT with the line number in *line. */
MUST_USE enum err home_config_read(const struct home *home, struct home_config *out, int *line);

/* The copy of the mark: generation and head, outside the directory, in no backup. docs/PROTOCOL.md 8. */
struct home_mark {
	uint64_t generation;
	struct head head;
};
/* Where this is, the machine and the directory, as one hash. */
struct hash home_place(const struct home *home);
/* store_id: 16 hex digits that name the store. ERR_NOT_FOUND, ERR_IO, ERR_BAD_TEXT. */
MUST_USE enum err home_mark_read(const struct home *home, const struct home_config *config,
        const char *store_id, struct home_mark *out);
/* Durable before it returns; a power cut leaves this mark or the one before. ERR_RESTORED: what is there is of a later start
 * than this one, and stays: another store with the same key started since. */
MUST_USE enum err home_mark_write(const struct home *home, const struct home_config *config,
        const char *store_id, const struct home_mark *mark);

#endif

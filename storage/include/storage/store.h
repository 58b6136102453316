/* SPDX-License-Identifier: Apache-2.0
 * store.h: the store of one node: a directory with one LMDB file. docs/PROTOCOL.md 8, docs/ARCHITECTURE.md.
 *
 * One process writes: it holds an exclusive lock on HOME/lock from open to close. Others open the store read-only,
 * beside it. A process opens a store once. Within a process one thread at a time uses write transactions, and one
 * thread at a time read transactions; the two may be different threads.
 * Durability is LMDB's default: what txn_commit() said is on the disk. */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include "log/entry.h"
#include "log/keys.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE };

struct store_options {
	const char *home; /* the node's directory; the store lies in HOME/store */
	enum store_mode mode;
	uint64_t map_bytes; /* 0: STORE_MAP_BYTES; never below what the file has already */
	/* STORE_WRITE: the node's own, they outlive the store. STORE_READ: NULL, or only compared. */
	const struct secret_keys *keys;
};

/* Make an empty store in HOME, which exists, for the node whose keys these are. id: random, names the store's copy of
 * the mark. It is not left open. ERR_EXISTS: there is one; ERR_NO_STORE: HOME is not there; ERR_STORE_BUSY, ERR_IO,
 * ERR_DISK_FULL. */
#define STORE_ID_BYTES 8u
MUST_USE enum err store_create(const struct store_options *options, const uint8_t id[STORE_ID_BYTES]);

/* The file is looked at before LMDB trusts it. On failure *out is untouched and nothing is left open:
 * ERR_NO_STORE: no store there. ERR_STORE_BUSY: another process writes, or this one has the store open.
 * ERR_STORE_FOREIGN: not a file of ours. ERR_STORE_DAMAGED: cut short, or its pages do not hold together.
 * ERR_STORE_NEWER: a newer program wrote it (a reader says so of an older one's too: open it for writing once).
 * ERR_BAD_KEY: the keys are not those the store was made for. ERR_IO, ERR_NO_MEMORY. */
MUST_USE enum err store_open(const struct store_options *options, struct store **out);
/* No transaction may be open. NULL is fine. */
void store_close(struct store *store);

/* 16 hex digits and a NUL: the name of its copy of the mark. */
#define STORE_ID_TEXT_BYTES (2u * STORE_ID_BYTES + 1u)
void store_id_text(const struct store *store, char out[STORE_ID_TEXT_BYTES]);

struct store_size {
	uint64_t bytes, map_bytes; /* used of the map; its size */
};
struct store_size store_size(const struct store *store);
/* After ERR_MAP_FULL, the transaction aborted and no other open in this process: enlarge the map and try again.
 * ERR_OUT_OF_RANGE: not larger. ERR_NO_MEMORY: the machine has no room for such a map. */
MUST_USE enum err store_grow(struct store *store, uint64_t map_bytes);
/* Forget read transactions of processes that died, which would make the file grow. Every minute is often enough. */
MUST_USE enum err store_check_readers(struct store *store);

#endif

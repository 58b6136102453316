/* SPDX-License-Identifier: Apache-2.0
 * commit_int.h: what waits for the disk: checked runs, own appends, small local changes; and the job that makes one
 * transaction of all of it. */
#ifndef COMMIT_INT_H
#define COMMIT_INT_H

#include "job_int.h"
#include "node/append.h"
#include "node/node.h"
#include "rebase_int.h"

/* An append that somebody asked for. Owned; drafts' bodies lie behind it. */
struct request {
	struct request *next;
	uint64_t ticket; /* 0: the node's own */
	uint32_t count, failed;
	enum err err;
	size_t bytes; /* of all this */
	struct draft *drafts;
	struct reference *references; /* filled when err is ERR_OK after the commit */
};

/* The greatest size of the own feed that others showed while the store counts as restored. */
#define SHOWN_NOTE "shown"

/* A change that no entry of ours or of others makes: the mark, own records, a fork proof found here. */
struct local {
	struct local *next;
	uint64_t ticket; /* of the request that it belongs to: with that it fails; 0: it is tried again */
	enum local_type {
		LOCAL_MARK,
		LOCAL_MARK_UNDO, /* it was raised for what then did not leave */
		LOCAL_PUBLISH,   /* own entries may leave: the mark rises */
		LOCAL_RAISE,     /* somebody takes them along by hand: likewise, up to MARK */
		LOCAL_TRUST,
		LOCAL_ANYWAY,
		LOCAL_PUT,
		LOCAL_REMOVE,
		LOCAL_HOLD,
		LOCAL_RESTAGE,
		LOCAL_ANCHOR
	} type;
	struct feed_no feed;
	struct head mark;
	uint64_t
	        undo_size; /* LOCAL_MARK_UNDO: of the mark that is undone; if it is another by then it stays */
	enum own_trust trust;
	enum own_drawer drawer;
	uint16_t key_bytes, value_bytes;
	uint8_t key[OWN_KEY_BYTES_MAX];
	uint8_t value[OWN_VALUE_BYTES_MAX];
};

struct commit {
	uint64_t number; /* of the node's commits */
	struct intake *runs;
	struct request *requests;
	struct local *locals;
	struct store *store;
	const struct secret_keys *keys;
	struct drbg random;
	uint64_t wall_ms;
	bool settled;    /* the copy of the mark follows it */
	bool publishing; /* somebody is there to send to: own entries raise the mark in the same transaction */
	enum err (*mark_copy)(void *context, uint64_t generation, const struct head *mark);
	void *context;
	/* results */
	enum err err;      /* of the whole: on any, nothing of it happened */
	enum err copy_err; /* it is on the disk, but the copy of the mark is not: nothing of it may leave */
	bool mark_raised, copy_due;
	bool overridden;               /* a person settled the restored state */
	struct head raise;             /* LOCAL_RAISE: the greatest; size 0: none */
	struct head mark_before, mark; /* but for what is let out by this commit; and with it */
	bool came_back;                /* of the own feed */
	bool undone;                   /* LOCAL_MARK_UNDO */
	struct rebase rebase;
};

void commit_run(struct commit *c);
/* Who waits for it hears what became of it. */
void commit_tell(struct commit *c, uint64_t ticket, enum err e);
struct request *request_new(
        uint64_t ticket, const struct draft *drafts, uint32_t count); /* copies; NULL: no memory */
void request_free(struct request *r);

#endif

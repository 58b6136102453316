/* SPDX-License-Identifier: Apache-2.0
 * world.h: a network to measure: a registrar, an auditor, a node that holds everything, and pairs of cooperatives that
 * offered and accepted trades. Everything goes through the code that nodes run: append, runs, accept. */
#ifndef WORLD_H
#define WORLD_H

#include "log/keys.h"
#include "node/drbg.h"
#include "storage/store.h"

struct world {
	const char *dir;  /* homes are made below it: "source" and "auditor" */
	uint32_t feeds;   /* cooperatives that trade, an even number */
	uint32_t entries; /* each appends, half offers and half accepts, an even number */
	uint32_t roster;  /* feeds of the roster in all; those that are left over stay empty */
	struct drbg random;
};
struct world_sums {
	uint64_t entries, payload_bytes;
	uint8_t source_link[32]; /* whom the auditor dials */
};
/* Ends the process with a message when anything fails: nothing can be measured then. */
struct world_sums world_make(struct world *w);

/* Feed numbers by the order in which the registrar adds them. */
#define WORLD_AUDITOR 1u
#define WORLD_SOURCE 2u
#define WORLD_FIRST 3u

/* HOME's store, and the keys of its seed. */
struct store *world_open(const char *home, enum store_mode mode, struct secret_keys *keys);
void world_need(enum err e, const char *what);

/* A trade offer to the partner, number N: its body, some 120 bytes. */
struct bytes world_offer(uint8_t *room, size_t cap, struct member_no partner, uint32_t n);

#endif

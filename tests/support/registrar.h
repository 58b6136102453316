/* SPDX-License-Identifier: Apache-2.0
 * registrar.h: a registrar for tests: a roster with room, keys that are always the same, and entries applied in order. */
#ifndef SUPPORT_REGISTRAR_H
#define SUPPORT_REGISTRAR_H

#include "log/kinds.h"
#include "log/roster_body.h"
#include "log/witness.h"

#define REGISTRAR_ROOM 600u

struct registrar {
	struct roster roster;
	struct roster_member members[REGISTRAR_ROOM];
	struct roster_feed feeds[REGISTRAR_ROOM];
	struct roster_profile profiles[REGISTRAR_ROOM];
	struct role_change changes[REGISTRAR_ROOM];
	uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	struct mp_out out; /* begin() it, pack into it, apply() it */
	uint64_t seq;      /* of the registrar in force */
};

/* The keys of a seed that begins with these two bytes. */
struct secret_keys registrar_keys(uint8_t a, uint8_t b);
/* Empty, with room. */
void registrar_init(struct registrar *r);
/* The same, founded by the keys of (0, 0) with the recovery key of (255, 255)'s feed key. */
void registrar_found(struct registrar *r);
struct roster_found registrar_founding(void);

struct mp_out *registrar_begin(struct registrar *r);
/* Applies the body packed since begin() as the next entry. */
enum err registrar_apply(struct registrar *r, enum log_kind kind);
/* Any body, any kind. */
enum err registrar_apply_body(struct registrar *r, uint16_t kind, struct bytes body);

struct short_text registrar_text(const char *text);
struct profile registrar_profile(const char *name, const char *alias);
/* One entry each. */
enum err registrar_admit(struct registrar *r, const char *name, const char *alias);
enum err registrar_add(struct registrar *r, uint32_t member, const struct feed_keys *keys, uint32_t roles);
enum err registrar_regrant(struct registrar *r, uint32_t feed, uint32_t roles, uint64_t from_size);
enum err registrar_cut(struct registrar *r, uint32_t feed, uint64_t size);
enum err registrar_resolve(struct registrar *r, uint32_t feed);
enum err registrar_seen(struct registrar *r, uint32_t feed, uint64_t size);
enum err registrar_fork(struct registrar *r, const struct secret_keys *feed);
struct head registrar_head(uint64_t size); /* some root for each size */

#endif

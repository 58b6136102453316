/* SPDX-License-Identifier: Apache-2.0
 * conflicts.h: the objects that void entries touched, for commands that show objects: what a cutoff took away is shown
 * as conflicting, never silently gone. Only of what this node held before the cutoff. */
#ifndef TOOLS_CONFLICTS_H
#define TOOLS_CONFLICTS_H

#include "storage/aside.h"
#include "tools/names.h"

struct conflict {
	struct reference object;
	enum object_type type;
	const struct aside_item *opening; /* the object itself is void, opened by this; NULL: it counts */
	bool has_pair;
	struct member_no a, b; /* the same one twice where it is of a member alone */
};
struct conflicts {
	struct aside *aside;
	struct conflict *items; /* by the object's place, then id */
	size_t count;
};
/* Nearly always there is nothing. NULL: a trouble. Closed before the store is. */
struct conflicts *conflicts_open(struct ctx *ctx);
void conflicts_close(struct conflicts *c); /* NULL is fine */

/* NULL: no void entry was about it. c may be NULL, here and below. */
const struct conflict *conflicts_of(const struct conflicts *c, const struct reference *object);
/* The void object of that type that the word names; NULL: none. */
const struct conflict *conflicts_named(const struct conflicts *c, struct field f, enum object_type type);
/* A void entry by its reference, or the beginning of one; NULL: none. */
const struct aside_item *conflicts_entry(const struct conflicts *c, struct bytes text);
/* What MEMBER has with PARTNER, or with anybody. */
struct conflicts_ask {
	struct member_no member;
	bool one_partner;
	struct member_no partner;
	enum object_type type;
};
/* The next object of that type that is void itself. at: 0 to begin. NULL: no more. */
const struct conflict *conflicts_next(const struct conflicts *c, const struct conflicts_ask *ask, size_t *at);
/* What a void object came to, with all that was said about it. */
bool conflicts_view(
        struct ctx *ctx, const struct conflicts *c, const struct conflict *which, struct object_view *out);
/* How many trades and payments void entries touched, whatever type is asked for. */
uint64_t conflicts_count(const struct conflicts *c, const struct conflicts_ask *ask);
/* A note in words under figures that such trades and payments are left out of; nothing where there are none. */
void conflicts_note(const struct ctx *ctx, uint64_t count);
/* The void statements about an object, as objects_statements() shows those that are held, with the effect "void". */
void conflicts_statements(
        struct ctx *ctx, const struct conflicts *c, const struct reference *object, json_t *list);

#endif

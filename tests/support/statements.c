/* SPDX-License-Identifier: Apache-2.0
 * statements.c: see statements.h. The ids are hashes of place and body, so that references are checked by them. */
#include "support/statements.h"

#include <stdlib.h>
#include <string.h>

#define ZONE_MINUTES 480
#define OFFICE 12 /* o'clock: statements are made at noon of their day */

static void *room(void *old, size_t count, size_t size)
{
	void *p = realloc(old, (count == 0 ? 1 : count) * size);
	must(p != NULL);
	return p;
}

void statements_init(struct statements *s, uint32_t members)
{
	memset(s, 0, sizeof *s);
	s->members = members;
	s->feeds = 2 * members;
	s->roster.founded = true;
	s->roster.network.zone_minutes = ZONE_MINUTES;
	s->roster.members = calloc(members, sizeof *s->roster.members);
	s->member_of = calloc(s->feeds, sizeof *s->member_of);
	s->roles = calloc(s->feeds, sizeof *s->roles);
	s->next_seq = calloc(s->feeds, sizeof *s->next_seq);
	s->fold = malloc(OBJECT_FOLD_BYTES);
	must(s->roster.members != NULL && s->member_of != NULL && s->roles != NULL && s->next_seq != NULL);
	must(s->fold != NULL);
	s->roster.members_count = s->roster.members_cap = members;
	s->ctx.roster = &s->roster;
	for (uint32_t f = 0; f < s->feeds; f++) {
		s->member_of[f].n = f / 2;
		s->roles[f] = f / 2 == 0 ? ROLE_REGISTRAR | ROLE_AUDITOR | ROLE_WITNESS | ROLE_OFFICER
		                         : ROLE_OFFICER;
	}
}

void statements_deinit(struct statements *s)
{
	for (size_t i = 0; i < s->count; i++)
		free((void *)(uintptr_t)s->all[i].body.data);
	free(s->roster.members);
	free(s->member_of);
	free(s->roles);
	free(s->next_seq);
	free(s->all);
	free(s->why);
	free(s->links);
	free(s->fold);
}

static struct hash id_of(struct place place, struct bytes body)
{
	uint8_t head[12];
	struct bytes_out o = bytes_out(head, sizeof head);
	bytes_put_u32(&o, place.feed.n);
	bytes_put_u64(&o, place.seq);
	return hash_of2(bytes_written(&o), body);
}

struct reference statements_say(
        struct statements *s, uint32_t feed, uint16_t kind, const struct mp_out *m, struct day day)
{
	must(feed < s->feeds && mp_out_end(m) == ERR_OK);
	struct bytes packed = mp_written(m);
	uint8_t *body = room(NULL, packed.len, 1);
	memcpy(body, packed.data, packed.len);
	if (s->count == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		s->all = room(s->all, s->cap, sizeof *s->all);
		s->why = room(s->why, s->cap, sizeof *s->why);
	}
	struct place place = {.feed = {feed}, .seq = s->next_seq[feed]++};
	struct hash id = id_of(place, packed);
	const struct kind_info *info = kind_info(kind);
	s->why[s->count] = ERR_OK;
	s->all[s->count++] = (struct statement){
	        .ref = reference_of(place, &id),
	        .author = s->member_of[feed],
	        .roles = s->roles[feed],
	        .time_ms = date_start_ms(day, ZONE_MINUTES) + OFFICE * 3600000u,
	        .audience = info != NULL ? info->audience : AUDIENCE_NETWORK,
	        .kind = kind,
	        .body = BYTES(body, packed.len),
	};
	s->indexed = false;
	return reference_of(place, &id);
}

struct reference statements_answer(
        struct statements *s, uint32_t feed, uint16_t kind, const struct reference *about)
{
	uint8_t memory[128];
	struct mp_out m = mp_out(memory, sizeof memory);
	struct answer a = {.about = *about};
	answer_pack(&m, &a);
	return statements_say(s, feed, kind, &m, (struct day){17532});
}

size_t statements_find(const struct statements *s, const struct reference *ref)
{
	for (size_t i = 0; i < s->count; i++)
		if (reference_equal(&s->all[i].ref, ref))
			return i;
	return SIZE_MAX;
}

enum err statements_check(struct statements *s, size_t index)
{
	struct reference about;
	return object_check(&s->ctx, &s->all[index], &about);
}

static const struct statements *sorting;
static int link_compare(const void *a, const void *b)
{
	const struct statement_link *x = a, *y = b;
	int c = place_compare(x->object.place, y->object.place);
	if (c != 0)
		return c;
	return place_compare(sorting->all[x->statement].ref.place, sorting->all[y->statement].ref.place);
}

static void link_add(struct statements *s, const struct reference *object, size_t statement)
{
	if (s->links_count == s->links_cap) {
		s->links_cap = s->links_cap == 0 ? 64 : 2 * s->links_cap;
		s->links = room(s->links, s->links_cap, sizeof *s->links);
	}
	s->links[s->links_count++] = (struct statement_link){.object = *object, .statement = statement};
}

static void index_all(struct statements *s)
{
	struct reference also[RAT_REPLACES_MAX], about;
	s->links_count = 0;
	for (size_t i = 0; i < s->count; i++) {
		s->why[i] = object_check(&s->ctx, &s->all[i], &about);
		if (s->why[i] != ERR_OK)
			continue;
		if (kind_info(s->all[i].kind)->part == PART_ABOUT)
			link_add(s, &about, i);
		uint32_t count = object_also(&s->all[i], also, RAT_REPLACES_MAX);
		for (uint32_t k = 0; k < count; k++)
			link_add(s, &also[k], i);
	}
	sorting = s;
	if (s->links_count > 1)
		qsort(s->links, s->links_count, sizeof *s->links, link_compare);
	s->indexed = true;
}

static size_t first_link(const struct statements *s, struct place object)
{
	size_t low = 0, high = s->links_count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (place_compare(s->links[mid].object.place, object) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool statements_fold(struct statements *s, size_t index, struct object_view *out)
{
	if (!s->indexed)
		index_all(s);
	const struct statement *opening = &s->all[index];
	if (s->why[index] != ERR_OK || kind_info(opening->kind)->part != PART_OPENS)
		return false;
	struct object_fold *fold = object_begin(s->fold, &s->ctx, opening);
	for (size_t i = first_link(s, opening->ref.place); i < s->links_count; i++) {
		const struct statement_link *link = &s->links[i];
		if (place_compare(link->object.place, opening->ref.place) != 0)
			break;
		if (reference_equal(&link->object, &opening->ref))
			s->why[link->statement] = object_add(fold, &s->all[link->statement]);
	}
	object_end(fold, out);
	return true;
}

uint64_t statements_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t statements_below(uint64_t *state, uint32_t bound)
{
	return (uint32_t)(statements_random(state) % bound);
}

void statements_shuffle(struct statements *s, uint64_t seed)
{
	for (size_t i = s->count; i > 1; i--) {
		size_t k = statements_below(&seed, (uint32_t)i);
		struct statement kept = s->all[i - 1];
		s->all[i - 1] = s->all[k];
		s->all[k] = kept;
	}
	s->indexed = false;
}

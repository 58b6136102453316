/* SPDX-License-Identifier: Apache-2.0
 * work.c: the people. Each sits at a node, looks at what it shows, and now and then appends something, of every kind, by
 * the node's own append; now and then several things at once, or what the rules refuse. What was asked and what was
 * answered is kept for the checks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work_int.h"

#define BATCH_MAX 4u

uint64_t work_below(const struct seat *s, uint64_t bound)
{
	return sim_draw(s->sim, SIM_WORK, bound);
}

bool work_chance(const struct seat *s, uint32_t one_in)
{
	return work_below(s, one_in) == 0;
}

struct day work_day(const struct seat *s, uint32_t days_before)
{
	return (struct day){.n = s->today.n - (int32_t)work_below(s, days_before)};
}

/* Somebody for whom a feed speaks. Mostly one of three, so that there is something to answer. */
bool work_partner(const struct seat *s, struct member_no *out)
{
	uint32_t count = s->roster->feeds_count, tries = 8;
	while (tries-- > 0 && count > 1) {
		uint32_t near = (s->feed.n + 1 + (uint32_t)work_below(s, 3)) % count;
		uint32_t n = work_chance(s, 4) ? (uint32_t)work_below(s, count) : near;
		const struct roster_feed *f = &s->roster->feeds[n];
		if (f->is_void || f->is_cut || f->member.n == s->self.n)
			continue;
		*out = f->member;
		return true;
	}
	return false;
}

struct bytes work_marker(const struct seat *s, struct act *act, struct member_no partner)
{
	static const char digits[] = "0123456789abcdef";
	struct bytes_out o = bytes_out(act->text, sizeof act->text);
	bytes_put_text(&o, MARKER_PREFIX);
	for (size_t i = 0; i < MARKER_BYTES; i++) {
		act->marker[i] = (uint8_t)work_below(s, 256);
		bytes_put_u8(&o, (uint8_t)digits[act->marker[i] >> 4]);
		bytes_put_u8(&o, (uint8_t)digits[act->marker[i] & 15]);
	}
	act->is_marked = true;
	act->partner = partner;
	return bytes_written(&o);
}

/* Somebody with whom we have such an object. */
static bool some_partner(const struct seat *s, enum object_type type, struct member_no *out)
{
	struct view_at at = {0};
	struct view_sum sum;
	uint64_t seen = 0;
	while (view_sum_next(s->txn, s->self, &at, &sum))
		if (sum.objects[type] > 0 && work_below(s, ++seen) == 0)
			*out = sum.partner;
	return seen > 0;
}

bool work_pick(const struct seat *s, enum object_type type, work_fits *fits, struct picked *out)
{
	struct view_pair which = {.a = s->self, .type = type};
	struct view_at at = {0};
	struct view_object object;
	struct picked p;
	uint64_t seen = 0;
	if (!some_partner(s, type, &which.b))
		return false;
	while (view_pair_next(s->txn, &which, &at, &object))
		if (fits(s, object.record, &p) && work_below(s, ++seen) == 0)
			*out = p;
	return seen > 0;
}

bool work_attestation(const struct seat *s, struct member_no member, struct picked *out)
{
	uint64_t seen = 0;
	for (int32_t back = 1; back <= 3; back++) {
		const struct view_year which = {.member = member, .year = date_parts(s->today).year - back};
		struct view_at at = {0};
		struct view_object object;
		while (view_year_next(s->txn, &which, &at, &object)) {
			struct entry_ref entry;
			if (object.type != OBJECT_ATTESTATION || work_below(s, ++seen) != 0)
				continue;
			must(feed_entry(s->txn, object.place, &entry));
			*out = (struct picked){
			        .ref = feed_reference(&entry), .partner = member, .date = {which.year}};
		}
	}
	return seen > 0;
}

static const struct work_choice *const lists[] = {work_trading, work_reporting, work_registry, work_wrongs};
#define LISTS (sizeof lists / sizeof lists[0])

static bool may(const struct seat *s, const struct work_choice *c)
{
	return c->roles == 0 || (c->roles & s->roles) != 0;
}

static work_make *choose(const struct seat *s)
{
	uint64_t all = 0, drawn;
	for (size_t i = 0; i < LISTS; i++)
		for (const struct work_choice *c = lists[i]; c->weight > 0; c++)
			all += may(s, c) ? c->weight : 0;
	if (all == 0)
		return NULL;
	drawn = work_below(s, all);
	for (size_t i = 0; i < LISTS; i++)
		for (const struct work_choice *c = lists[i]; c->weight > 0; c++) {
			uint64_t weight = may(s, c) ? c->weight : 0;
			if (drawn < weight)
				return c->make;
			drawn -= weight;
		}
	return NULL;
}

/* Something for which there is an occasion. */
static bool make(const struct seat *s, struct act *act)
{
	for (int tries = 0; tries < 4; tries++) {
		work_make *m = choose(s);
		memset(act, 0, offsetof(struct act, text));
		act->m = mp_out(act->body, sizeof act->body);
		if (!m || !m(s, act))
			continue;
		must(mp_out_end(&act->m) == ERR_OK);
		return true;
	}
	return false;
}

static bool sit(struct sim *sim, uint32_t index, struct txn *txn, struct seat *out)
{
	struct seat s = {.sim = sim, .index = index, .txn = txn, .roster = txn_roster(txn)};
	if (!s.roster->founded || !own_feed(txn, &s.feed))
		return false;
	s.roster_size = s.roster->size;
	s.registrar = roster_feed(s.roster, roster_registrar(s.roster))->keys.feed;
	s.registrar_start = s.roster->registrars[s.roster->registrars_count - 1].start;
	s.self = roster_feed(s.roster, s.feed)->member;
	s.roles = roster_roles_at(s.roster, s.feed, s.roster->size);
	s.today = date_of_ms(sim->net->wall_ms + (uint64_t)sim->net->nodes[index].clock_ms,
	        s.roster->network.zone_minutes);
	*out = s;
	return true;
}

static void remember(
        struct sim *sim, const struct seat *s, const struct act *act, uint64_t ticket, uint32_t at)
{
	struct work *w = sim->work;
	if (w->count == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 256;
		w->asked = realloc(w->asked, w->cap * sizeof *w->asked);
		must(w->asked);
	}
	struct asked *a = &w->asked[w->count++];
	*a = (struct asked){.node = s->index,
	        .ticket = ticket,
	        .at = at,
	        .kind = act->kind,
	        .must_fail = act->must_fail,
	        .is_marked = act->is_marked,
	        .author = s->self,
	        .partner = act->partner,
	        .roster_size = s->roster_size,
	        .body = hash_of(mp_written(&act->m))};
	memcpy(a->marker, act->marker, sizeof a->marker);
	a->registrar = s->registrar;
	a->registrar_start = s->registrar_start;
}

static void ask(struct sim *sim, const struct seat *s, const struct act *acts, uint32_t count)
{
	struct draft drafts[BATCH_MAX];
	uint64_t ticket;
	for (uint32_t i = 0; i < count; i++)
		drafts[i] = (struct draft){.kind = acts[i].kind, .body = mp_written(&acts[i].m)};
	if (sim_append(sim, s->index, drafts, count, &ticket))
		return; /* it takes nothing just now */
	for (uint32_t i = 0; i < count; i++) {
		remember(sim, s, &acts[i], ticket, i);
		sim_trace(sim, "node %u asks for %u", s->index, acts[i].kind);
	}
}

static void act_once(struct sim *sim, uint32_t index)
{
	static struct act acts[BATCH_MAX];
	struct txn *txn;
	struct seat s;
	uint32_t count = 0;
	if (txn_read(sim->net->nodes[index].store, &txn))
		return;
	if (sit(sim, index, txn, &s)) {
		uint32_t want = work_chance(&s, 8) ? 1 + (uint32_t)work_below(&s, BATCH_MAX) : 1;
		while (count < want && make(&s, &acts[count]))
			count++;
	}
	txn_abort(txn); /* the node may end when it is asked, and its store with it */
	if (count > 0)
		ask(sim, &s, acts, count);
}

static void turn(struct sim *sim, void *context)
{
	const struct person *p = context;
	if (sim->settling)
		return;
	if (sim_runs(sim, p->index) && !sim->nodes[p->index].left)
		act_once(sim, p->index);
	uint64_t mean = SIM_DAY_MS / (sim->plan.appends_day ? sim->plan.appends_day : 1);
	sim_after(sim, 1 + sim_draw(sim, SIM_WORK, 2 * mean), turn, context);
}

void work_begin(struct sim *sim)
{
	sim->work = calloc(1, sizeof *sim->work);
	must(sim->work);
	for (uint32_t i = 0; i < SIM_NODES_MAX; i++) {
		sim->work->people[i] = (struct person){.sim = sim, .index = i};
		sim_after(sim, sim_draw(sim, SIM_WORK, SIM_MINUTE_MS), turn, &sim->work->people[i]);
	}
}

static void say(struct sim *sim, const struct asked *a)
{
	if (sim->said_count == sim->said_cap) {
		sim->said_cap = sim->said_cap ? 2 * sim->said_cap : 256;
		sim->said = realloc(sim->said, sim->said_cap * sizeof *sim->said);
		must(sim->said);
	}
	sim->said[sim->said_count++] = (struct sim_said){.node = a->node,
	        .kind = a->kind,
	        .reference = a->ref,
	        .body = a->body,
	        .at_ms = sim_now_ms(sim)};
}

void work_answered(struct sim *sim, uint32_t index, const struct node_event *e)
{
	struct work *w = sim->work;
	for (uint32_t i = w ? w->count : 0; i > 0; i--) {
		struct asked *a = &w->asked[i - 1];
		if (a->node != index || a->ticket != e->ticket)
			continue;
		sim_trace(sim, "node %u: %u %s", index, a->kind, err_code(e->err));
		if (e->type == NODE_REFUSED) {
			a->state = ASKED_REFUSED;
			continue;
		}
		if (a->must_fail)
			sim_fail(sim, "refusal", "node %u appended what the rules refuse, kind %u", index,
			        a->kind);
		a->state = ASKED_SAID;
		a->ref = e->references[a->at];
		say(sim, a);
	}
}

static void print_kind(const struct work *w, const struct kind_info *kind)
{
	uint32_t said = 0, refused = 0, open = 0;
	for (uint32_t i = 0; i < w->count; i++) {
		const struct asked *a = &w->asked[i];
		if (a->kind != kind->kind)
			continue;
		said += a->state == ASKED_SAID;
		refused += a->state == ASKED_REFUSED;
		open += a->state == ASKED_OPEN;
	}
	if (said + refused + open > 0)
		(void)printf("  %-22s %5u appended, %4u refused, %4u without an answer\n", kind->name, said,
		        refused, open);
}

void work_end(struct sim *sim)
{
	const struct kind_info *kind;
	for (size_t i = 0; sim->work && sim->verbose && (kind = kind_at(i)); i++)
		print_kind(sim->work, kind);
	if (sim->work)
		free(sim->work->asked);
	free(sim->work);
	sim->work = NULL;
}

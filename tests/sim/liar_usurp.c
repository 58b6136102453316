/* SPDX-License-Identifier: Apache-2.0
 * liar_usurp.c: what is not a member's to say: the registrar's kinds, a witness's, and accusations without a proof. None
 * of it may change a roster, a received time or the state of an honest feed. */
#include <string.h>

#include "liar_int.h"
#include "log/fork.h"

#define ROWS_MAX 6u

static uint32_t some_feed(struct liar *l)
{
	return (uint32_t)liar_below(l, 12);
}

static struct head some_head(struct liar *l)
{
	struct head head = {.size = 1 + liar_below(l, liar_chance(l, 3) ? UINT64_MAX - 1 : 50)};
	liar_fill(l, head.root.bytes, sizeof head.root.bytes);
	return head;
}

static struct checkpoint signed_head(struct liar *l)
{
	const struct secret_keys *keys = &l->weave.authors.feeds[l->own.n].keys;
	struct checkpoint c = {.head = some_head(l)};
	if (liar_chance(l, 4))
		liar_fill(l, c.signature, sizeof c.signature);
	else
		checkpoint_sign(&l->net->network, &keys->public.feed, keys->feed, &c.head, c.signature);
	return c;
}

static struct short_text text(const char *s)
{
	struct short_text t;
	must(short_text_of(bytes_text(s), NAME_BYTES_MAX, &t) == ERR_OK);
	return t;
}

static struct profile false_profile(void)
{
	return (struct profile){.name = text("Koperasi Palsu"),
	        .alias = text("palsu"),
	        .form = FORM_PRIMER,
	        .closing_month = 12,
	        .closing_day = 31};
}

static uint16_t members(struct liar *l, struct mp_out *m)
{
	static const uint16_t labels[] = {KIND_MEMBER_SUSPEND, KIND_MEMBER_REINSTATE, KIND_MEMBER_LEAVE};
	const struct profile profile = false_profile();
	const struct roster_update update = {.profile = profile, .member = {some_feed(l)}, .from_year = 2019};
	const struct roster_label label = {.member = {some_feed(l)}, .reason = bytes_text("pergi")};
	switch (liar_below(l, 3)) {
	case 0:
		roster_body_admit_pack(m, &profile);
		return KIND_MEMBER_ADMIT;
	case 1:
		roster_body_update_pack(m, &update);
		return KIND_MEMBER_UPDATE;
	default:
		roster_body_label_pack(m, &label);
		return labels[liar_below(l, 3)];
	}
}

static uint16_t feeds(struct liar *l, struct mp_out *m)
{
	const struct roster_add add = {
	        .member = {some_feed(l)}, .keys = l->stranger.public, .roles = ROLE_ALL};
	const struct roster_regrant regrant = {.feed = l->own, .roles = ROLE_ALL};
	const struct roster_cut cut = {.feed = {some_feed(l)}, .head = some_head(l)};
	const struct roster_resolve resolve = {.feed = l->own};
	switch (liar_below(l, 4)) {
	case 0:
		roster_body_add_pack(m, &add);
		return KIND_FEED_ADD;
	case 1:
		roster_body_regrant_pack(m, &regrant);
		return KIND_FEED_ROLES;
	case 2:
		roster_body_cut_pack(m, &cut);
		return KIND_FEED_CUT;
	default:
		roster_body_resolve_pack(m, &resolve);
		return KIND_FEED_RESOLVE;
	}
}

static uint16_t found(struct liar *l, struct mp_out *m)
{
	struct roster_found f = {.network = {.name = text("Jaringan Palsu"),
	                                 .dinas = text("Dinas Palsu"),
	                                 .currency = "IDR",
	                                 .zone_minutes = 480},
	        .alias = text("dinas"),
	        .keys = l->stranger.public};
	memcpy(f.network.recovery, l->stranger.public.cosigner, sizeof f.network.recovery);
	roster_body_found_pack(m, &f);
	return KIND_NETWORK_FOUND;
}

bool liar_decrees(struct liar *l)
{
	uint16_t (*const all[])(struct liar *, struct mp_out *) = {members, feeds, feeds, found};
	uint16_t kind = all[liar_below(l, 4)](l, authors_body(&l->weave.authors));
	must(mp_out_end(&l->weave.authors.body) == ERR_OK);
	return liar_say(l, AUDIENCE_NETWORK, kind, mp_written(&l->weave.authors.body));
}

bool liar_witnesses(struct liar *l)
{
	struct witness_row rows[ROWS_MAX];
	struct feed_no heard[ROWS_MAX];
	uint32_t count = 1 + (uint32_t)liar_below(l, ROWS_MAX), feed = some_feed(l);
	uint64_t time_s = liar_chance(l, 3) ? liar_below(l, WITNESS_TIME_S_MAX) : l->net->wall_ms / 1000;
	for (uint32_t i = 0; i < count; i++) {
		rows[i] = (struct witness_row){.feed = {feed}, .checkpoint = signed_head(l)};
		liar_fill(l, rows[i].cosignature, sizeof rows[i].cosignature);
		heard[i] = (struct feed_no){feed};
		feed += 1 + (uint32_t)liar_below(l, 3);
	}
	bool seen = liar_chance(l, 2);
	struct mp_out *m = authors_body(&l->weave.authors);
	if (seen)
		witness_seen_pack(m, time_s, rows, count);
	else
		witness_heard_pack(m, time_s, heard, count);
	return liar_say(l, AUDIENCE_NETWORK, seen ? KIND_WITNESS_SEEN : KIND_WITNESS_HEARD, mp_written(m));
}

/* Of anybody's feed; of its own the signatures may even be right. */
bool liar_accuses(struct liar *l)
{
	struct fork fork = {.feed = l->weave.authors.feeds[some_feed(l)].keys.public.feed,
	        .older = signed_head(l),
	        .newer = signed_head(l)};
	fork.path.count = (uint32_t)liar_below(l, 8);
	liar_fill(l, fork.path.hashes, fork.path.count * sizeof fork.path.hashes[0]);
	if (liar_chance(l, 2))
		fork.newer.head.size = fork.older.head.size;
	struct mp_out *m = authors_body(&l->weave.authors);
	fork_pack(m, &fork);
	return liar_say(l, AUDIENCE_NETWORK, KIND_FORK_PROOF, mp_written(m));
}

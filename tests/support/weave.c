/* SPDX-License-Identifier: Apache-2.0
 * weave.c: see weave.h. Who writes what next is drawn step by step. */
#include "support/weave.h"

#include <string.h>

#include "log/key_share.h"

#include "support/random.h"

uint32_t weave_below(struct weave *w, uint32_t bound)
{
	return (uint32_t)random_below(&w->random, bound);
}

bool weave_chance(struct weave *w, uint32_t n)
{
	return random_below(&w->random, n) == 0;
}

/* Member 1 has three feeds, 3 is the auditor. */
static const struct {
	uint32_t member, roles;
} plan[WEAVE_FEEDS] = {
        {0, 0},
        {1, ROLE_OFFICER},
        {2, ROLE_OFFICER},
        {1, ROLE_OFFICER | ROLE_RELAY},
        {1, ROLE_SUPERVISOR},
        {3, ROLE_AUDITOR},
        {4, ROLE_OFFICER},
        {2, ROLE_OFFICER | ROLE_WITNESS},
        {4, 0},
        {5, ROLE_OFFICER},
        {5, ROLE_OFFICER | ROLE_AUDITOR},
};

uint32_t weave_member(uint32_t feed)
{
	return plan[feed].member;
}

static void remember(struct weave *w, struct reference ref, uint16_t kind)
{
	must(w->pool_count < WEAVE_POOL);
	w->pool[w->pool_count].ref = ref;
	w->pool[w->pool_count].partner = w->partner;
	w->pool[w->pool_count++].kind = kind;
}

/* An earlier statement of the kind where there is one; now and then something else. */
struct reference weave_pick(struct weave *w, uint16_t kind)
{
	struct reference ref = {.place = {.feed = {weave_below(w, WEAVE_FEEDS)}, .seq = weave_below(w, 40)}};
	if (w->has_target) {
		w->has_target = false;
		return w->target;
	}
	if (weave_chance(w, 30) || w->pool_count == 0)
		return ref; /* maybe nothing is there yet */
	uint32_t at = weave_below(w, w->pool_count);
	bool any = weave_chance(w, 25);
	for (uint32_t i = 0; i < w->pool_count; i++, at = (at + 1) % w->pool_count) {
		if (w->pool[at].kind != kind && !any)
			continue;
		ref = w->pool[at].ref;
		break;
	}
	if (weave_chance(w, 25))
		ref.id[weave_below(w, sizeof ref.id)] ^= 1;
	return ref;
}

static void say(struct weave *w, uint32_t feed, uint16_t kind)
{
	remember(w, authors_say(&w->authors, feed, kind), kind);
}

static uint32_t any_feed(struct weave *w)
{
	return weave_below(w, WEAVE_FEEDS);
}

static uint32_t member_feed(struct weave *w)
{
	return 1 + weave_below(w, WEAVE_FEEDS - 1);
}

/* Mostly who answers is a feed of the member that was named, and answers that. */
static uint32_t choose_feed(struct weave *w, uint16_t kind)
{
	static const struct {
		uint16_t opens, first, last;
	} answers[] = {{KIND_TRADE_OFFER, KIND_TRADE_ACCEPT, KIND_TRADE_CLEAR},
	        {KIND_PAYMENT_RECORD, KIND_PAYMENT_CONFIRM, KIND_PAYMENT_WITHDRAW},
	        {KIND_PARTNERSHIP_OFFER, KIND_PARTNERSHIP_ACCEPT, KIND_PARTNERSHIP_END}};
	uint32_t feed = weave_chance(w, 4) ? member_feed(w) : 1 + weave_below(w, 3);
	uint32_t at = weave_below(w, w->pool_count + 1);
	uint16_t opens = 0;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (kind >= answers[i].first && kind <= answers[i].last)
			opens = answers[i].opens;
	bool about = opens != 0 && !weave_chance(w, 5);
	for (uint32_t i = 0; i < w->pool_count && about; i++) {
		at = (at + 1) % w->pool_count;
		if (w->pool[at].kind != opens)
			continue;
		w->has_target = true;
		w->target = w->pool[at].ref;
		while (plan[feed].member != w->pool[at].partner && !weave_chance(w, 30))
			feed = 1 + weave_below(w, WEAVE_FEEDS - 1);
		break;
	}
	return feed;
}

/* The registrar. */
static void admit(struct weave *w)
{
	static const char *const names[] = {"satu", "dua", "tiga", "empat", "lima"};
	if (w->members > WEAVE_MEMBERS)
		return;
	authors_admit(&w->authors, names[w->members - 1]);
	w->members++;
}

static void add(struct weave *w)
{
	if (w->feeds == WEAVE_FEEDS || plan[w->feeds].member >= w->members)
		return;
	authors_add(&w->authors, plan[w->feeds].member, w->feeds, plan[w->feeds].roles);
	w->feeds++;
}

static void regrant(struct weave *w)
{
	struct roster_regrant g = {.feed = {any_feed(w)}, .roles = weave_below(w, ROLE_ALL + 1)};
	g.from_size = weave_below(w, (uint32_t)w->authors.feeds[g.feed.n].entries_count + 3);
	g.roles |= weave_chance(w, 3) ? 0 : ROLE_OFFICER;
	g.roles = g.feed.n == 0 || g.feed.n == w->authors.registrar ? g.roles | ROLE_REGISTRAR
	                                                            : g.roles & ~(uint32_t)ROLE_REGISTRAR;
	roster_body_regrant_pack(authors_body(&w->authors), &g);
	say(w, w->authors.registrar, KIND_FEED_ROLES);
}

static struct head some_head(struct weave *w, uint32_t feed)
{
	uint64_t size = weave_below(w, (uint32_t)w->authors.feeds[feed].entries_count + 1);
	struct head head = authors_head(&w->authors, feed, size);
	if (size > 0 && weave_chance(w, 12))
		head.root.bytes[0] ^= 1; /* another branch */
	return head;
}

static void cut(struct weave *w)
{
	uint32_t feed = 1 + weave_below(w, WEAVE_FEEDS - 1);
	if (feed >= w->feeds || feed == w->authors.registrar)
		return;
	struct roster_cut c = {.feed = {feed}, .head = some_head(w, feed)};
	roster_body_cut_pack(authors_body(&w->authors), &c);
	say(w, w->authors.registrar, KIND_FEED_CUT);
	w->cut[feed] = true;
}

static void resolve(struct weave *w)
{
	for (uint32_t feed = 1; feed < w->feeds; feed++) {
		if (!w->cut[feed] || w->forked[feed])
			continue;
		authors_resolve(&w->authors, feed);
		w->cut[feed] = false;
		return;
	}
}

static void seen_by(struct weave *w, uint32_t feed)
{
	struct witness_row rows[WEAVE_FEEDS];
	uint32_t count = 0;
	memset(rows, 0, sizeof rows);
	for (uint32_t i = 0; i < w->feeds; i++)
		if (weave_chance(w, 2) || count == 0)
			rows[count++] =
			        (struct witness_row){.feed = {i}, .checkpoint = {.head = some_head(w, i)}};
	w->witness_s += weave_below(w, 200000);
	witness_seen_pack(authors_body(&w->authors), w->witness_s - weave_below(w, 2) * 1000, rows, count);
	say(w, feed, KIND_WITNESS_SEEN);
}

static void seen(struct weave *w)
{
	seen_by(w, weave_chance(w, 5) ? any_feed(w) : w->authors.registrar);
}

static void heard(struct weave *w)
{
	struct feed_no feeds[WEAVE_FEEDS];
	uint32_t count = 0;
	for (uint32_t i = 0; i < WEAVE_FEEDS; i++)
		if (weave_chance(w, 2) || count == 0)
			feeds[count++] = (struct feed_no){i};
	w->witness_s += weave_below(w, 200000);
	witness_heard_pack(authors_body(&w->authors), w->witness_s, feeds, count);
	say(w, weave_chance(w, 5) ? any_feed(w) : w->authors.registrar, KIND_WITNESS_HEARD);
}

static void registrar_says(struct weave *w)
{
	static const uint16_t kinds[] = {KIND_POLICY_SET, KIND_RAT_VERDICT, KIND_RAT_VERDICT, KIND_RAT_NOTICE,
	        KIND_RAT_RECORD, KIND_RAT_ENDORSE, KIND_PROFILE_SET};
	uint16_t kind = kinds[weave_below(w, sizeof kinds / sizeof kinds[0])];
	weave_body(w, w->authors.registrar, kind);
	say(w, w->authors.registrar, kind);
}

/* Two heads of one size, both signed by the feed. */
static void prove_fork(struct weave *w, uint32_t author, uint32_t feed)
{
	struct author *f = &w->authors.feeds[feed];
	struct checkpoint a = {.head = {.size = 3}}, b = {.head = {.size = 3, .root = {{1}}}};
	struct proof none = {0};
	struct fork fork;
	checkpoint_sign(&w->authors.network, &f->keys.public.feed, f->keys.feed, &a.head, a.signature);
	checkpoint_sign(&w->authors.network, &f->keys.public.feed, f->keys.feed, &b.head, b.signature);
	must(fork_build(&w->authors.network, &f->keys.public.feed, &a, &b, &none, &fork) == ERR_OK);
	fork_pack(authors_body(&w->authors), &fork);
	say(w, author, KIND_FORK_PROOF);
}

static void publish_fork(struct weave *w)
{
	uint32_t feed = 1 + weave_below(w, WEAVE_FEEDS - 1), author = 1 + weave_below(w, WEAVE_FEEDS - 1);
	if (author == feed || feed == w->authors.registrar)
		return;
	prove_fork(w, author, feed);
	w->forked[feed] = true;
}

/* The recovery key names a successor: the author whose feed would have been the next. Sometimes the old registrar, or who
 * has its key, goes on; none of that counts. */
static void succeed(struct weave *w)
{
	if (w->has_anchor || w->feeds == WEAVE_FEEDS || w->forked[w->feeds] || !weave_chance(w, 3))
		return;
	uint64_t size = w->authors.feeds[0].entries_count;
	w->has_anchor = true;
	w->anchor = (struct anchor){.number = 1,
	        .feeds_count = 1,
	        .feeds = {{.keys = w->authors.feeds[0].keys.public,
	                .head = authors_head(&w->authors, 0, size)}},
	        .successor = w->authors.feeds[w->feeds].keys.public};
	authors_anchor(&w->authors, &w->anchor);
	uint32_t members = w->members, feeds = w->feeds;
	bool cuts[WEAVE_FEEDS];
	memcpy(cuts, w->cut, sizeof cuts);
	void (*const voids[])(struct weave *) = {
	        admit, add, add, regrant, cut, seen, heard, registrar_says, resolve};
	for (uint32_t i = weave_chance(w, 2) ? 0 : 8; i > 0; i--)
		voids[weave_below(w, sizeof voids / sizeof voids[0])](w);
	memcpy(w->cut, cuts, sizeof cuts);
	w->members = members;
	w->feeds = feeds + 1;
	w->authors.registrar = feeds;
}

/* Whoever is held in the end is cut in the end. */
static void finish(struct weave *w)
{
	while (w->members <= WEAVE_MEMBERS)
		admit(w);
	while (w->feeds < WEAVE_FEEDS)
		add(w);
	for (uint32_t feed = 1; feed < WEAVE_FEEDS; feed++) {
		if (!w->forked[feed] || w->cut[feed])
			continue;
		if (weave_chance(w, 2))
			prove_fork(w, w->authors.registrar, feed);
		else
			authors_cut(&w->authors, feed,
			        weave_below(w, (uint32_t)w->authors.feeds[feed].entries_count + 1));
	}
	for (uint32_t feed = 0; feed < WEAVE_FEEDS; feed++)
		authors_sign(&w->authors, feed);
}

/* Members. */
static void open_channel(struct weave *w, uint32_t feed)
{
	uint32_t readers[WEAVE_FEEDS], count = 0, partner = weave_below(w, WEAVE_MEMBERS + 1);
	for (uint32_t i = 0; i < WEAVE_FEEDS; i++) {
		bool due = plan[i].member == partner || plan[i].member == plan[feed].member || i == 0 ||
		           i == WEAVE_AUDITOR;
		if (i != feed && due && !weave_chance(w, 6))
			readers[count++] = i;
	}
	authors_channel(&w->authors, feed, w->authors.feeds[0].entries_count, readers, count);
}

/* A channel of some feed that was opened already; now and then a place where there is none, or a wrong secret. */
static struct key_share_row some_share(struct weave *w)
{
	struct key_share_row row = {.channel = {.feed = {any_feed(w)}, .seq = weave_below(w, 40)}};
	const struct author *f = &w->authors.feeds[row.channel.feed.n];
	if (f->channels_count > 0 && !weave_chance(w, 12)) {
		uint32_t channel = weave_below(w, f->channels_count);
		row.channel.seq = f->channel_seqs[channel];
		row.secret = f->channels[channel];
	}
	row.secret.bytes[0] ^= weave_chance(w, 10);
	return row;
}

/* By whom it may: the secrets of channels, in ascending order, sealed in any channel of its own. */
static void share(struct weave *w)
{
	struct key_share_row rows[6];
	uint32_t feed = member_feed(w), count = 0;
	for (uint32_t tries = 1 + weave_below(w, 6); tries > 0; tries--) {
		struct key_share_row row = some_share(w);
		uint32_t at = count;
		while (at > 0 && place_compare(rows[at - 1].channel, row.channel) > 0)
			at--;
		if (at > 0 && place_compare(rows[at - 1].channel, row.channel) == 0)
			continue;
		memmove(&rows[at + 1], &rows[at], (count++ - at) * sizeof rows[0]);
		rows[at] = row;
	}
	if (w->authors.feeds[feed].channels_count == 0 || weave_chance(w, 4))
		open_channel(w, feed);
	key_share_pack(authors_body(&w->authors), (struct member_no){weave_below(w, WEAVE_MEMBERS + 2)}, rows,
	        count);
	uint32_t channel = weave_below(w, w->authors.feeds[feed].channels_count);
	remember(w, authors_seal(&w->authors, feed, channel, KIND_KEY_SHARE), KIND_KEY_SHARE);
}

static void member_seals(struct weave *w)
{
	static const uint16_t kinds[] = {KIND_TRADE_OFFER, KIND_TRADE_OFFER, KIND_TRADE_ACCEPT,
	        KIND_TRADE_ACCEPT, KIND_TRADE_ACCEPT, KIND_TRADE_DECLINE, KIND_TRADE_WITHDRAW,
	        KIND_TRADE_DISPUTE, KIND_TRADE_CLEAR, KIND_PAYMENT_RECORD, KIND_PAYMENT_RECORD,
	        KIND_PAYMENT_CONFIRM, KIND_PAYMENT_CONFIRM, KIND_PAYMENT_DENY, KIND_PAYMENT_WITHDRAW,
	        KIND_PARTNERSHIP_OFFER, KIND_PARTNERSHIP_ACCEPT, KIND_PARTNERSHIP_DECLINE,
	        KIND_PARTNERSHIP_END, KIND_BALANCE_CLOSE, KIND_BALANCE_CLOSE};
	uint16_t kind = kinds[weave_below(w, sizeof kinds / sizeof kinds[0])];
	uint32_t feed = choose_feed(w, kind);
	uint32_t channels = w->authors.feeds[feed].channels_count;
	if (channels == 0 || (channels < 4 && weave_chance(w, 8)))
		open_channel(w, feed);
	weave_body(w, feed, kind);
	w->has_target = false;
	uint32_t channel = weave_below(w, w->authors.feeds[feed].channels_count);
	remember(w, authors_seal(&w->authors, feed, channel, kind), kind);
}

static void member_says(struct weave *w)
{
	static const uint16_t kinds[] = {KIND_RAT_ATTEST, KIND_RAT_ATTEST, KIND_RAT_ATTEST, KIND_RAT_WITHDRAW,
	        KIND_RAT_ENDORSE, KIND_RAT_ENDORSE, KIND_PROFILE_SET, KIND_NODE_ADDRESS, KIND_DOCUMENT_NOTE,
	        KIND_RAT_VERDICT, KIND_RAT_NOTICE, KIND_POLICY_SET, KIND_RAT_RECORD};
	uint32_t feed = member_feed(w);
	uint16_t kind = kinds[weave_below(w, sizeof kinds / sizeof kinds[0])];
	weave_body(w, feed, kind);
	say(w, feed, kind);
}

/* The same sealed bytes at another place open for nobody. */
static void repeat_sealed(struct weave *w, uint32_t feed)
{
	const struct author *f = &w->authors.feeds[feed];
	for (uint64_t seq = 0; seq < f->entries_count; seq++) {
		const struct run_item *item = &f->entries[seq].item;
		if (item->audience == AUDIENCE_NETWORK)
			continue;
		authors_say_raw(&w->authors, feed, AUDIENCE_SEALED, KIND_SEALED, item->payload);
		return;
	}
}

/* What nobody should write: nonsense, kinds of nobody, the registrar's kinds, a sealed entry in the clear. */
static void nonsense(struct weave *w)
{
	static const uint16_t kinds[] = {KIND_RAT_ATTEST, KIND_FEED_CUT, KIND_CHANNEL_OPEN, KIND_FORK_PROOF,
	        77, 999, KIND_TRADE_OFFER, KIND_WITNESS_SEEN};
	uint32_t feed = weave_chance(w, 6) ? 0 : member_feed(w);
	uint8_t bytes[64];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)random_next(&w->random);
	if (weave_chance(w, 4)) {
		authors_say_raw(&w->authors, feed, AUDIENCE_SEALED, KIND_SEALED, BYTES_OF(bytes));
		return;
	}
	if (weave_chance(w, 3)) {
		repeat_sealed(w, feed);
		return;
	}
	uint16_t kind = kinds[weave_below(w, sizeof kinds / sizeof kinds[0])];
	if (kind == KIND_TRADE_OFFER)
		weave_body(w, feed, kind);
	else
		mp_put_bin(authors_body(&w->authors), BYTES_OF(bytes));
	say(w, feed, kind);
}

static void sign(struct weave *w)
{
	authors_sign(&w->authors, any_feed(w));
}

static const struct {
	uint32_t weight;
	void (*act)(struct weave *w);
} acts[] = {
        {90, member_seals},
        {25, member_says},
        {7, share},
        {12, sign},
        {6, registrar_says},
        {4, seen},
        {3, heard},
        {4, regrant},
        {2, cut},
        {3, resolve},
        {4, admit},
        {8, add},
        {5, nonsense},
        {1, publish_fork},
        {3, succeed},
};

static void step(struct weave *w)
{
	uint32_t all = 0, at = 0;
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
		all += acts[i].weight;
	uint32_t drawn = weave_below(w, all);
	while (drawn >= acts[at].weight)
		drawn -= acts[at++].weight;
	acts[at].act(w);
}

void weave_init(struct weave *w, uint64_t seed, uint32_t steps)
{
	memset(w, 0, sizeof *w);
	authors_init(&w->authors, seed);
	w->random = seed * 7919 + 1;
	w->members = 1;
	w->feeds = 1;
	w->witness_s = 1700000000;
	admit(w);
	admit(w);
	add(w);
	add(w);
	for (uint32_t i = 0; i < steps; i++)
		step(w);
	finish(w);
}

void weave_deinit(struct weave *w)
{
	authors_deinit(&w->authors);
}

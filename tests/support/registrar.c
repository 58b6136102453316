/* SPDX-License-Identifier: Apache-2.0
 * registrar.c: see registrar.h. */
#include "support/registrar.h"

#include <string.h>

#include "log/fork.h"

struct secret_keys registrar_keys(uint8_t a, uint8_t b)
{
	struct seed seed = {{a, b, 0x5e}};
	struct secret_keys keys;
	keys_derive(&seed, &keys);
	return keys;
}

void registrar_init(struct registrar *r)
{
	memset(r, 0, sizeof *r);
	r->roster.members = r->members;
	r->roster.feeds = r->feeds;
	r->roster.profiles = r->profiles;
	r->roster.changes = r->changes;
	r->roster.members_cap = r->roster.feeds_cap = REGISTRAR_ROOM;
	r->roster.profiles_cap = r->roster.changes_cap = REGISTRAR_ROOM;
	roster_init(&r->roster);
}

struct short_text registrar_text(const char *text)
{
	struct short_text t;
	must(short_text_of(bytes_text(text), NAME_BYTES_MAX, &t) == ERR_OK);
	return t;
}

struct roster_found registrar_founding(void)
{
	struct roster_found f = {.network = {.name = registrar_text("Kabupaten Contoh"),
	                                 .dinas = registrar_text("Dinas Koperasi Contoh"),
	                                 .currency = "IDR",
	                                 .zone_minutes = 480},
	        .alias = registrar_text("dinas"),
	        .keys = registrar_keys(0, 0).public};
	memcpy(f.network.recovery, registrar_keys(255, 255).public.feed.bytes, 32);
	return f;
}

void registrar_found(struct registrar *r)
{
	struct roster_found f = registrar_founding();
	registrar_init(r);
	roster_body_found_pack(registrar_begin(r), &f);
	must(registrar_apply(r, KIND_NETWORK_FOUND) == ERR_OK);
}

struct mp_out *registrar_begin(struct registrar *r)
{
	r->out = mp_out(r->body, sizeof r->body);
	return &r->out;
}

enum err registrar_apply(struct registrar *r, enum log_kind kind)
{
	must(mp_out_end(&r->out) == ERR_OK);
	return registrar_apply_body(r, (uint16_t)kind, mp_written(&r->out));
}

enum err registrar_apply_body(struct registrar *r, uint16_t kind, struct bytes body)
{
	struct roster_entry e = {.place.seq = r->seq, .kind = kind, .body = body, .id = hash_of(body)};
	uint64_t before = r->roster.size;
	if (r->roster.founded)
		e.place.feed = roster_registrar(&r->roster);
	enum err err = roster_apply(&r->roster, &e);
	r->seq += r->roster.size - before;
	return err;
}

struct profile registrar_profile(const char *name, const char *alias)
{
	return (struct profile){.name = registrar_text(name),
	        .alias = registrar_text(alias),
	        .form = FORM_PRIMER,
	        .closing_month = 12,
	        .closing_day = 31};
}

enum err registrar_admit(struct registrar *r, const char *name, const char *alias)
{
	struct profile p = registrar_profile(name, alias);
	roster_body_admit_pack(registrar_begin(r), &p);
	return registrar_apply(r, KIND_MEMBER_ADMIT);
}

enum err registrar_add(struct registrar *r, uint32_t member, const struct feed_keys *keys, uint32_t roles)
{
	struct roster_add a = {.member = {member}, .keys = *keys, .roles = roles};
	roster_body_add_pack(registrar_begin(r), &a);
	return registrar_apply(r, KIND_FEED_ADD);
}

enum err registrar_regrant(struct registrar *r, uint32_t feed, uint32_t roles, uint64_t from_size)
{
	struct roster_regrant g = {.feed = {feed}, .roles = roles, .from_size = from_size};
	roster_body_regrant_pack(registrar_begin(r), &g);
	return registrar_apply(r, KIND_FEED_ROLES);
}

struct head registrar_head(uint64_t size)
{
	struct head h = {.size = size};
	h.root = hash_of(BYTES(&h.size, size > 0 ? sizeof h.size : 0));
	return h;
}

enum err registrar_cut(struct registrar *r, uint32_t feed, uint64_t size)
{
	struct roster_cut c = {.feed = {feed}, .head = registrar_head(size)};
	roster_body_cut_pack(registrar_begin(r), &c);
	return registrar_apply(r, KIND_FEED_CUT);
}

enum err registrar_resolve(struct registrar *r, uint32_t feed)
{
	struct roster_resolve c = {.feed = {feed}};
	roster_body_resolve_pack(registrar_begin(r), &c);
	return registrar_apply(r, KIND_FEED_RESOLVE);
}

enum err registrar_seen(struct registrar *r, uint32_t feed, uint64_t size)
{
	struct witness_row row = {.feed = {feed}, .checkpoint.head = registrar_head(size)};
	witness_seen_pack(registrar_begin(r), 1700000000, &row, 1);
	return registrar_apply(r, KIND_WITNESS_SEEN);
}

enum err registrar_fork(struct registrar *r, const struct secret_keys *feed)
{
	const struct network_id *network = &r->roster.network.id;
	struct checkpoint a = {.head = registrar_head(7)}, b = {.head = registrar_head(8)};
	struct fork fork;
	struct proof none = {0};
	b.head.size = 7;
	checkpoint_sign(network, &feed->public.feed, feed->feed, &a.head, a.signature);
	checkpoint_sign(network, &feed->public.feed, feed->feed, &b.head, b.signature);
	must(fork_build(network, &feed->public.feed, &a, &b, &none, &fork) == ERR_OK);
	fork_pack(registrar_begin(r), &fork);
	return registrar_apply(r, KIND_FORK_PROOF);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c: any bytes as a registrar's entries: kind (1 byte), length (2), body, again and again. After each the roster
 * is still one: what is void has no rights, counts only grow, every chain ends. What a body says is written again so
 * that it says the same. A first byte of 0 makes the first body the founding of an empty roster. */
#include "fuzz.h"

#include <string.h>

#include "log/kinds.h"
#include "log/roster_body.h"

#define ROOM 64u
#define ROOM_BYTES 65536u

static struct roster_member members[ROOM];
static struct roster_feed feeds[ROOM];
static struct roster_profile profiles[ROOM];
static struct role_change changes[ROOM];
static uint8_t room[ROOM_BYTES], room_again[ROOM_BYTES];

static void start(struct roster *r)
{
	*r = (struct roster){.members = members,
	        .feeds = feeds,
	        .profiles = profiles,
	        .changes = changes,
	        .members_cap = ROOM,
	        .feeds_cap = ROOM,
	        .profiles_cap = ROOM,
	        .changes_cap = ROOM};
	roster_init(r);
}

static struct bytes founding(void)
{
	static uint8_t body[1024];
	static struct mp_out m;
	struct seed seed = {{1}}, recovery = {{2}};
	struct secret_keys keys, paper;
	struct roster_found f = {.network = {.currency = "IDR", .zone_minutes = 480}};
	if (m.out.len > 0)
		return mp_written(&m);
	m = mp_out(body, sizeof body);
	keys_derive(&seed, &keys);
	keys_derive(&recovery, &paper);
	f.keys = keys.public;
	memcpy(f.network.recovery, paper.public.feed.bytes, 32);
	must(short_text_of(bytes_text("Contoh"), NAME_BYTES_MAX, &f.network.name) == ERR_OK);
	f.network.dinas = f.alias = f.network.name;
	roster_body_found_pack(&m, &f);
	return mp_written(&m);
}

static void found(struct roster *r)
{
	struct roster_entry e = {.kind = KIND_NETWORK_FOUND, .body = founding()};
	must(roster_apply(r, &e) == ERR_OK);
}

/* pack(unpack(b)) says what b says, and is the one way to say it. */
#define SAME(name, type) \
	do { \
		static type x, y; \
		memset(&x, 0, sizeof x); \
		memset(&y, 0, sizeof y); \
		struct mp_out m = mp_out(room, sizeof room), n = mp_out(room_again, sizeof room_again); \
		if (roster_body_##name##_unpack(body, &x) != ERR_OK) \
			break; \
		roster_body_##name##_pack(&m, &x); \
		must(mp_out_end(&m) == ERR_OK && m.out.len <= body.len); \
		must(roster_body_##name##_unpack(mp_written(&m), &y) == ERR_OK); \
		roster_body_##name##_pack(&n, &y); \
		must(bytes_equal(mp_written(&m), mp_written(&n))); \
	} while (0)

static void bodies(struct bytes body)
{
	SAME(found, struct roster_found);
	SAME(admit, struct profile);
	SAME(update, struct roster_update);
	SAME(label, struct roster_label);
	SAME(add, struct roster_add);
	SAME(regrant, struct roster_regrant);
	SAME(cut, struct roster_cut);
	SAME(resolve, struct roster_resolve);
}

static void check(const struct roster *r)
{
	struct feed_no out[ROOM];
	for (struct feed_no no = {0}; no.n < r->feeds_count; no.n++) {
		const struct roster_feed *f = roster_feed(r, no);
		uint32_t roles = roster_roles(r, (struct place){no, 0}) | roster_roles_at(r, no, r->size);
		must(!f->is_void || (roles == 0 && roster_limit(r, no) == 0));
		must(f->is_void || f->member.n < r->members_count);
		struct roster_readers ask = {.author = no, .at = r->size};
		must(roster_readers(r, &ask, out, ROOM) <= r->feeds_count);
	}
	for (struct member_no no = {0}; no.n < r->members_count; no.n++)
		must(roster_shown(r, no) && roster_profile(r, no, BOOK_YEAR_MIN));
	must((roster_roles(r, (struct place){{0}, 0}) & ROLE_REGISTRAR) != 0);
}

static bool apply(struct roster *r, uint16_t kind, struct bytes body)
{
	struct roster before = *r;
	struct member_no no;
	struct roster_entry e = {.place.seq = r->size, .kind = kind, .body = body};
	enum err err = roster_apply(r, &e);
	if (err == ERR_NO_SPACE || !r->founded) {
		must(before.size == r->size && before.members_count == r->members_count);
		must(before.feeds_count == r->feeds_count && before.changes_count == r->changes_count);
		return false;
	}
	must(r->size == before.size + 1);
	must(r->members_count >= before.members_count && r->feeds_count >= before.feeds_count);
	must(err == ERR_OK || kind == KIND_FEED_ADD || r->feeds_count == before.feeds_count);
	must(err == ERR_OK || r->changes_count == before.changes_count);
	must(roster_find_member(r, body, &no) != ERR_OK || no.n < r->members_count);
	check(r);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct roster r;
	struct bytes_in in = bytes_in(BYTES(data, len));
	start(&r);
	if (bytes_get_u8(&in) != 0)
		found(&r);
	while (bytes_left(&in) > 0) {
		uint16_t kind = bytes_get_u8(&in), want = bytes_get_u16(&in);
		size_t left = bytes_left(&in);
		struct bytes body = bytes_take(&in, want < left ? want : left);
		bodies(body);
		if (!apply(&r, kind, body))
			break;
	}
	return 0;
}

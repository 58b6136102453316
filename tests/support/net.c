/* SPDX-License-Identifier: Apache-2.0
 * net.c: see net.h. */
#include "support/net_int.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/kinds.h"
#include "ledger/profile.h"
#include "log/kinds.h"
#include "storage/own.h"
#include "storage/verify.h"
#include "support/random.h"

#define NET_START_MS 1546300800000u /* 2019-01-01 */
#define NET_MAP_BYTES (64u << 20)

uint64_t net_draw(struct net *net, uint64_t bound)
{
	return random_below(&net->random, bound);
}

void net_seed(struct net *net, uint64_t seed)
{
	net->random = seed;
	net->keys = ~seed;
	net->wire = seed ^ UINT64_C(0x5555555555555555);
}

void net_fill(struct net *net, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)random_below(&net->keys, 256);
}

int net_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

struct net *net_new(void)
{
	struct net *net = calloc(1, sizeof *net);
	must(net);
	const char *base = getenv("NET_DIR");
	if (!base)
		base = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	must(snprintf(net->dir, sizeof net->dir, "%s/lontar-net-XXXXXX", base) < (int)sizeof net->dir);
	must(mkdtemp(net->dir));
	net->wall_ms = NET_START_MS;
	net->steady_ms = 1000;
	net->turn = NET_STRANGER;
	net_seed(net, 1);
	net->map_bytes = NET_MAP_BYTES;
	return net;
}

void net_free(struct net *net)
{
	for (uint32_t i = 0; i < net->count; i++)
		net_crash(net, i);
	for (uint32_t i = 0; i < net->links_count; i++)
		net_cut(net, i);
	timers_free(&net->timers);
	nftw(net->dir, net_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(net);
}

static struct store_options options_of(const struct net *net, const struct net_node *n)
{
	return (struct store_options){
	        .home = n->home, .mode = STORE_WRITE, .map_bytes = net->map_bytes, .keys = &n->keys};
}

void net_make_store(struct net *net, struct net_node *n)
{
	uint8_t id[STORE_ID_BYTES];
	const struct store_options options = options_of(net, n);
	must(mkdir(n->home, 0700) == 0);
	net_fill(net, id, sizeof id);
	must(store_create(&options, id) == ERR_OK);
	must(store_open(&options, &n->store) == ERR_OK);
}

uint32_t net_make(struct net *net, const struct secret_keys *keys)
{
	must(net->count < NET_NODES_MAX);
	uint32_t index = net->count++;
	struct net_node *n = &net->nodes[index];
	n->place = index;
	char dir[sizeof net->dir];
	memcpy(dir, net->dir, sizeof dir);
	int len = snprintf(n->home, sizeof n->home, "%s/%u", dir, index);
	must(len > 0 && (size_t)len < sizeof n->home);
	net_fill(net, n->seed.bytes, sizeof n->seed.bytes);
	keys_derive(&n->seed, &n->keys);
	if (keys)
		n->keys = *keys;
	net->turn = index;
	net_make_store(net, n);
	net_leave(net);
	return index;
}

void net_found(struct net *net)
{
	must(net_make(net, NULL) == 0);
	struct net_node *n = &net->nodes[0];
	struct roster_found found;
	uint8_t body[1024], seed[32];
	struct mp_out m = mp_out(body, sizeof body);
	struct txn *txn;
	struct drbg random;
	memset(&found, 0, sizeof found);
	must(short_text_of(bytes_text("Jaringan Uji"), NAME_BYTES_MAX, &found.network.name) == ERR_OK);
	must(short_text_of(bytes_text("Dinas Uji"), NAME_BYTES_MAX, &found.network.dinas) == ERR_OK);
	must(short_text_of(bytes_text("dinas"), ALIAS_BYTES_MAX, &found.alias) == ERR_OK);
	memcpy(found.network.currency, "IDR", 4);
	found.network.zone_minutes = 480;
	found.keys = n->keys.public;
	net_fill(net, seed, sizeof seed);
	keys_derive((const struct seed *)(const void *)seed, &net->recovery);
	memcpy(found.network.recovery, net->recovery.public.feed.bytes, sizeof found.network.recovery);
	roster_body_found_pack(&m, &found);
	must(mp_out_end(&m) == ERR_OK);
	net_fill(net, seed, sizeof seed);
	drbg_seed(&random, seed);
	net->turn = 0;
	must(txn_write(n->store, &txn) == ERR_OK);
	const struct append a = {.txn = txn, .keys = &n->keys, .time_ms = net->wall_ms, .random = &random};
	must(append_found(&a, mp_written(&m), &net->network) == ERR_OK);
	must(txn_commit(txn) == ERR_OK);
	net_leave(net);
	net_start(net, 0);
}

void net_set_network(struct net *net, struct net_node *n)
{
	struct txn *txn;
	net->turn = (uint32_t)(n - net->nodes);
	must(txn_write(n->store, &txn) == ERR_OK);
	must(own_network_set(txn, &net->network) == ERR_OK);
	must(txn_commit(txn) == ERR_OK);
	net_leave(net);
}

uint32_t net_add(struct net *net)
{
	uint32_t index = net_make(net, NULL);
	net_set_network(net, &net->nodes[index]);
	return index;
}

uint32_t net_add_as(struct net *net, const struct secret_keys *keys, const struct network_id *network)
{
	uint32_t index = net_make(net, keys);
	net->network = *network;
	net_set_network(net, &net->nodes[index]);
	return index;
}

void net_admit_member(struct net *net, uint32_t registrar, const char *alias)
{
	uint8_t body[1024];
	struct profile profile;
	struct reference ref;
	struct mp_out m = mp_out(body, sizeof body);
	memset(&profile, 0, sizeof profile);
	must(short_text_of(bytes_text(alias), NAME_BYTES_MAX, &profile.name) == ERR_OK);
	must(short_text_of(bytes_text(alias), ALIAS_BYTES_MAX, &profile.alias) == ERR_OK);
	profile.closing_month = 12;
	profile.closing_day = 31;
	roster_body_admit_pack(&m, &profile);
	must(net_append(net, registrar, KIND_MEMBER_ADMIT, mp_written(&m), &ref) == ERR_OK);
}

void net_add_feed(
        struct net *net, uint32_t registrar, struct member_no member, uint32_t index, uint32_t roles)
{
	uint8_t body[1024];
	struct reference ref;
	struct mp_out m = mp_out(body, sizeof body);
	const struct roster_add add = {
	        .member = member, .keys = net->nodes[index].keys.public, .roles = roles};
	roster_body_add_pack(&m, &add);
	must(net_append(net, registrar, KIND_FEED_ADD, mp_written(&m), &ref) == ERR_OK);
}

void net_admit(struct net *net, uint32_t index, const char *alias, uint32_t roles)
{
	struct txn *txn;
	net_admit_member(net, 0, alias);
	must(txn_read(net->nodes[0].store, &txn) == ERR_OK);
	const struct member_no member = {txn_roster(txn)->members_count - 1};
	txn_abort(txn);
	net_add_feed(net, 0, member, index, roles);
}

void net_open(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	const struct store_options store = options_of(net, n);
	if (!n->store)
		must(store_open(&store, &n->store) == ERR_OK);
}

void net_start(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	const struct node_time now = net_time_of(net, n);
	net->turn = index;
	net_open(net, index);
	n->dial = net_dial(net, index);
	struct node_options options = {.store = n->store,
	        .keys = &n->keys,
	        .wall_ms = now.wall_ms,
	        .steady_ms = now.steady_ms,
	        .agent = "lontar/test",
	        .advertise = net->advertises ? n->dial.address : NULL,
	        .witness_interval_ms = net->witness_interval_ms,
	        .feed_bytes_a_day = net->feed_bytes_a_day};
	net_fill(net, options.random_seed, sizeof options.random_seed);
	if (net->copies_marks)
		net_mark_judge(net, index, &options);
	must(node_new(&options, &n->node) == ERR_OK);
	net_leave(net);
	n->due_ms = n->ticked_ms = 0;
	n->crash_in = 0;
	n->crash_at_copy = n->touched = false;
	net_touch(net, index);
}

struct node *net_node_at(const struct net *net, uint32_t index)
{
	return index == NET_STRANGER ? NULL : net->nodes[index].node;
}

struct dial net_dial(const struct net *net, uint32_t index)
{
	struct dial dial;
	must(snprintf(dial.address, sizeof dial.address, "10.0.0.%u:1", index) > 0);
	memcpy(dial.link_key, net->nodes[index].keys.public.link, sizeof dial.link_key);
	return dial;
}

uint32_t net_member(struct net *net, const char *alias)
{
	uint32_t index = net_add(net);
	net_admit(net, index, alias, ROLE_OFFICER);
	net_start(net, index);
	return index;
}

/* Run until what was asked is answered; E: it was refused at once. */
static enum err await(struct net *net, struct net_node *n, enum err e)
{
	for (int i = 0; i < 1000 && !e && !n->answered; i++)
		net_run(net, NET_STEP_MS);
	must(e || n->answered);
	return e ? e : n->err;
}

static enum err append(struct net *net, struct net_node *n, const struct draft *drafts, uint32_t count)
{
	n->answered = false;
	return await(net, n, node_append(n->node, ++n->ticket, drafts, count));
}

enum err net_anchor(struct net *net, uint32_t index, struct bytes packed)
{
	struct net_node *n = &net->nodes[index];
	n->answered = false;
	return await(net, n, node_anchor(n->node, ++n->ticket, packed));
}

void net_say(struct net *net, uint32_t index, const char *text, uint32_t count)
{
	uint8_t body[512];
	struct mp_out m = mp_out(body, sizeof body);
	struct draft *drafts = calloc(count, sizeof *drafts);
	const struct profile_set profile = {.goods = bytes_text(text)};
	profile_set_pack(&m, &profile);
	must(drafts && mp_out_end(&m) == ERR_OK);
	for (uint32_t i = 0; i < count; i++)
		drafts[i] = (struct draft){.kind = KIND_PROFILE_SET, .body = mp_written(&m)};
	must(append(net, &net->nodes[index], drafts, count) == ERR_OK);
	free(drafts);
}

enum err net_append(struct net *net, uint32_t index, uint16_t kind, struct bytes body, struct reference *out)
{
	const struct draft draft = {.kind = kind, .body = body};
	enum err e = append(net, &net->nodes[index], &draft, 1);
	if (!e)
		*out = net->nodes[index].references[0];
	return e;
}

struct feed_info net_feed(struct net *net, uint32_t index, struct feed_no feed)
{
	struct txn *txn;
	struct feed_info info;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	must(feed_info(txn, feed, &info));
	txn_abort(txn);
	return info;
}

uint32_t net_count(struct net *net, uint32_t index, struct feed_no feed, uint16_t kind)
{
	struct txn *txn;
	struct entry_ref entry;
	uint32_t count = 0;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	for (struct place place = {.feed = feed}; feed_entry(txn, place, &entry); place.seq++)
		count += entry.kind == kind;
	txn_abort(txn);
	return count;
}

const char *net_peer_state(struct net *net, uint32_t index, struct feed_no feed)
{
	struct node_peer peers[64];
	uint32_t count = node_peers(net->nodes[index].node, peers, 64);
	for (uint32_t i = 0; i < count; i++)
		if (peers[i].has_feed && peers[i].feed.n == feed.n && strcmp(peers[i].state, "closing") != 0)
			return peers[i].state;
	return "";
}

uint64_t net_held(struct net *net, uint32_t index, struct feed_no feed)
{
	struct txn *txn;
	struct feed_info info;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	bool found = feed_info(txn, feed, &info);
	txn_abort(txn);
	return found ? info.head.size : UINT64_MAX;
}

static bool add_row(void *context, const char *table, struct bytes key, struct bytes value)
{
	struct hash *h = context, one = hash_of2(key, value);
	one = hash_of2(bytes_text(table), BYTES_OF(one.bytes));
	*h = hash_of2(BYTES_OF(h->bytes), BYTES_OF(one.bytes));
	return true;
}

struct hash net_rows(struct net *net, uint32_t index)
{
	struct hash h = {{0}};
	struct txn *txn;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	verify_rows(txn, add_row, &h);
	txn_abort(txn);
	return h;
}

void net_verify(struct net *net, uint32_t index)
{
	static struct verify_report report;
	char dir[sizeof net->dir], scratch[96];
	memcpy(dir, net->dir, sizeof dir);
	must(snprintf(scratch, sizeof scratch, "%s/scratch", dir) > 0);
	const struct verify_options options = {.scratch = scratch};
	must(verify_store(net->nodes[index].store, &options, &report) == ERR_OK);
	must(report.differences == 0);
}

struct net *net_star(uint32_t members, bool copies_marks)
{
	struct net *net = net_new();
	net->copies_marks = copies_marks;
	net_found(net);
	for (uint32_t i = 0; i < members; i++)
		(void)net_member(net, (const char[]){(char)('a' + i), 0});
	for (uint32_t i = 1; i <= members; i++)
		net_link(net, i, 0);
	net_run(net, 500);
	return net;
}

void net_restart(struct net *net, uint32_t index)
{
	net_crash(net, index);
	net_start(net, index);
}

bool net_has_fork(struct net *net, uint32_t index, struct feed_no feed)
{
	struct txn *txn;
	struct fork fork;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	bool found = feed_fork(txn, feed, &fork);
	txn_abort(txn);
	return found;
}

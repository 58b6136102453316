/* SPDX-License-Identifier: Apache-2.0
 * net.c: see net.h. */
#include "support/net.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/kinds.h"
#include "storage/own.h"

#define NET_START_MS 1546300800000u /* 2019-01-01 */
#define NET_MAP_BYTES (64u << 20)
#define NET_CHUNK 4096u

static uint64_t draw(struct net *net)
{
	net->random = net->random * 6364136223846793005u + 1442695040888963407u;
	return net->random >> 16;
}

static void fill(struct net *net, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)draw(net);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
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
	snprintf(net->dir, sizeof net->dir, "%s/lontar-net-XXXXXX",
	        access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	must(mkdtemp(net->dir));
	net->wall_ms = NET_START_MS;
	net->steady_ms = 1000;
	net->random = 1;
	return net;
}

void net_free(struct net *net)
{
	for (uint32_t i = 0; i < net->count; i++)
		if (net->nodes[i].node)
			net_crash(net, i);
	nftw(net->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(net);
}

static struct store_options options_of(const struct net_node *n)
{
	return (struct store_options){
	        .home = n->home, .mode = STORE_WRITE, .map_bytes = NET_MAP_BYTES, .keys = &n->keys};
}

static uint32_t make(struct net *net)
{
	must(net->count < NET_NODES_MAX);
	uint32_t index = net->count++;
	struct net_node *n = &net->nodes[index];
	uint8_t id[STORE_ID_BYTES];
	char dir[sizeof net->dir];
	memcpy(dir, net->dir, sizeof dir);
	int len = snprintf(n->home, sizeof n->home, "%s/%u", dir, index);
	must(len > 0 && (size_t)len < sizeof n->home);
	must(mkdir(n->home, 0700) == 0);
	fill(net, n->seed.bytes, sizeof n->seed.bytes);
	fill(net, id, sizeof id);
	keys_derive(&n->seed, &n->keys);
	const struct store_options options = options_of(n);
	must(store_create(&options, id) == ERR_OK);
	must(store_open(&options, &n->store) == ERR_OK);
	return index;
}

void net_found(struct net *net)
{
	must(make(net) == 0);
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
	fill(net, seed, sizeof seed);
	struct secret_keys recovery;
	keys_derive((const struct seed *)(const void *)seed, &recovery);
	memcpy(found.network.recovery, recovery.public.feed.bytes, sizeof found.network.recovery);
	roster_body_found_pack(&m, &found);
	must(mp_out_end(&m) == ERR_OK);
	fill(net, seed, sizeof seed);
	drbg_seed(&random, seed);
	must(txn_write(n->store, &txn) == ERR_OK);
	const struct append a = {.txn = txn, .keys = &n->keys, .time_ms = net->wall_ms, .random = &random};
	must(append_found(&a, mp_written(&m), &net->network) == ERR_OK);
	must(txn_commit(txn) == ERR_OK);
	net_start(net, 0);
}

uint32_t net_add(struct net *net)
{
	struct txn *txn;
	uint32_t index = make(net);
	must(txn_write(net->nodes[index].store, &txn) == ERR_OK);
	must(own_network_set(txn, &net->network) == ERR_OK);
	must(txn_commit(txn) == ERR_OK);
	return index;
}

void net_admit(struct net *net, uint32_t index, const char *alias, uint32_t roles)
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
	must(net_append(net, 0, KIND_MEMBER_ADMIT, mp_written(&m), &ref) == ERR_OK);
	struct txn *txn;
	must(txn_read(net->nodes[0].store, &txn) == ERR_OK);
	const struct roster_add add = {.member = {txn_roster(txn)->members_count - 1},
	        .keys = net->nodes[index].keys.public,
	        .roles = roles};
	txn_abort(txn);
	m = mp_out(body, sizeof body);
	roster_body_add_pack(&m, &add);
	must(net_append(net, 0, KIND_FEED_ADD, mp_written(&m), &ref) == ERR_OK);
}

void net_start(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	const struct store_options store = options_of(n);
	if (!n->store)
		must(store_open(&store, &n->store) == ERR_OK);
	struct node_options options = {.store = n->store,
	        .keys = &n->keys,
	        .wall_ms = net->wall_ms,
	        .steady_ms = net->steady_ms,
	        .agent = "lontar/test"};
	fill(net, options.random_seed, sizeof options.random_seed);
	must(node_new(&options, &n->node) == ERR_OK);
}

static void close_link(struct net *net, uint32_t link)
{
	struct net_link *l = &net->links[link];
	const struct link_id id = {link};
	l->open = false;
	if (net->nodes[l->from].node)
		node_link_closed(net->nodes[l->from].node, id);
	if (net->nodes[l->to].node)
		node_link_closed(net->nodes[l->to].node, id);
}

void net_crash(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	for (uint32_t i = 0; i < net->links_count; i++)
		if (net->links[i].open && (net->links[i].from == index || net->links[i].to == index))
			close_link(net, i);
	node_free(n->node);
	n->node = NULL;
	store_close(n->store);
	n->store = NULL;
}

static void copy_file(const char *from, const char *to)
{
	char buf[65536];
	size_t n;
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	must(in && out);
	while ((n = fread(buf, 1, sizeof buf, in)) > 0)
		must(fwrite(buf, 1, n, out) == n);
	must(fclose(in) == 0 && fclose(out) == 0);
}

static void copy_store(struct net *net, uint32_t index, bool back)
{
	char data[128], copy[128];
	must(!net->nodes[index].store);
	snprintf(data, sizeof data, "%s/store/data.mdb", net->nodes[index].home);
	snprintf(copy, sizeof copy, "%s/copy", net->nodes[index].home);
	copy_file(back ? copy : data, back ? data : copy);
}

void net_backup(struct net *net, uint32_t index)
{
	copy_store(net, index, false);
}

void net_restore(struct net *net, uint32_t index)
{
	copy_store(net, index, true);
}

uint32_t net_link(struct net *net, uint32_t from, uint32_t to)
{
	must(net->links_count < NET_LINKS_MAX);
	uint32_t link = net->links_count++;
	struct link_open open = {.id = {link}, .side = LINK_DIALLED};
	net->links[link] = (struct net_link){.open = true, .from = from, .to = to};
	memcpy(open.remote_link_key, net->nodes[to].keys.public.link, sizeof open.remote_link_key);
	must(node_link_open(net->nodes[from].node, &open) == ERR_OK);
	open.side = LINK_ACCEPTED;
	must(node_link_open(net->nodes[to].node, &open) == ERR_OK);
	return link;
}

void net_cut(struct net *net, uint32_t link)
{
	if (net->links[link].open)
		close_link(net, link);
}

static bool carry(struct net *net, uint32_t from, uint32_t to, struct link_id id)
{
	uint8_t chunk[NET_CHUNK];
	size_t len = node_link_send(net->nodes[from].node, id, chunk, sizeof chunk);
	if (len == 0)
		return false;
	net->bytes += len;
	node_link_drained(net->nodes[from].node, id);
	node_link_receive(net->nodes[to].node, id, BYTES(chunk, len));
	return true;
}

static bool move_bytes(struct net *net)
{
	bool moved = false;
	for (uint32_t i = 0; i < net->links_count; i++) {
		const struct net_link l = net->links[i];
		const struct link_id id = {i};
		if (!l.open)
			continue;
		bool there = carry(net, l.from, l.to, id), back = carry(net, l.to, l.from, id);
		bool any = there || back;
		moved |= any;
		if (!any && (node_link_wants_close(net->nodes[l.from].node, id) ||
		                    node_link_wants_close(net->nodes[l.to].node, id)))
			close_link(net, i);
	}
	return moved;
}

static bool run_jobs(struct net_node *n)
{
	struct job *job;
	bool any = false;
	while ((job = node_next_job(n->node))) {
		job_run(job);
		node_job_done(n->node, job);
		any = true;
	}
	return any;
}

static void take_events(struct net_node *n)
{
	struct node_event e;
	while (node_next_event(n->node, &e)) {
		if (e.type == NODE_LOG && getenv("NET_LOG"))
			fprintf(stderr, "%s: %s\n", n->home, e.text);
		if (e.type != NODE_APPENDED && e.type != NODE_REFUSED)
			continue;
		n->answered = true;
		n->err = e.err;
		n->references_count = e.count < 16 ? e.count : 16;
		if (e.type == NODE_APPENDED)
			memcpy(n->references, e.references, n->references_count * sizeof *n->references);
	}
}

static void step(struct net *net, uint64_t ms)
{
	net->wall_ms += ms;
	net->steady_ms += ms;
	for (uint32_t i = 0; i < net->count; i++) {
		struct net_node *n = &net->nodes[i];
		if (!n->node)
			continue;
		node_tick(n->node, (struct node_time){.wall_ms = net->wall_ms, .steady_ms = net->steady_ms});
	}
	bool busy = true;
	for (int turns = 0; busy; turns++) {
		must(turns < 1000000);
		busy = false;
		for (uint32_t i = 0; i < net->count; i++)
			if (net->nodes[i].node) {
				busy |= run_jobs(&net->nodes[i]);
				take_events(&net->nodes[i]);
			}
		busy |= move_bytes(net);
	}
}

void net_run(struct net *net, uint64_t ms)
{
	for (uint64_t gone = 0; gone < ms; gone += 10)
		step(net, 10);
}

enum err net_append(struct net *net, uint32_t index, uint16_t kind, struct bytes body, struct reference *out)
{
	struct net_node *n = &net->nodes[index];
	const struct draft draft = {.kind = kind, .body = body};
	n->answered = false;
	enum err e = node_append(n->node, ++n->ticket, &draft, 1);
	if (e)
		return e;
	net_run(net, 10);
	must(n->answered);
	if (!n->err)
		*out = n->references[0];
	return n->err;
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

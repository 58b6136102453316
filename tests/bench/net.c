/* SPDX-License-Identifier: Apache-2.0
 * net.c: what a whole network costs: many nodes with a few links each in one thread, virtual time, and entries that come
 * one by one. Says how often a payload comes to a node, what is said beside payloads, and how long until all hold an
 * entry; then the same after links were cut. Asserts nothing about these. Its twist: the linker puts counted() in the
 * place of session_next_event() (CMakeLists.txt), so that what nodes hear is counted behind the encryption. */
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "ledger/kinds.h"
#include "ledger/profile.h"
#include "log/kinds.h"
#include "support/net.h"
#include "support/no_random.h"

#define ENTRIES_MAX 1000u
#define LATENCY_MS 50u
#define JITTER_MS 10u
#define PHASE_MS 120000u /* idle, then as long with entries */
#define SETTLE_MS (5u * 60000u)
#define ADMIT_AT_ONCE 50u
#define GOODS "kakao kering 120 kg, kopi robusta 80 kg, cengkeh 14 kg"

bool real_next_event(struct session *s, struct session_event *out) __asm__("__real_session_next_event");
bool counted(struct session *s, struct session_event *out) __asm__("__wrap_session_next_event");

struct heard {
	uint64_t count[MESSAGE_UNKNOWN + 1], bytes[MESSAGE_UNKNOWN + 1]; /* by type */
	uint64_t entries, payload_bytes;                                 /* in RUNs; with headers */
};
static struct heard heard;

struct said {
	struct place place;
	uint64_t time_ms;
	uint32_t holders, last_ms; /* when the last of them took it */
	bool held[NET_NODES_MAX];
};
struct options {
	uint32_t nodes, links, entries, cut_percent;
	uint64_t seed;
	int json, help;
};
struct bench {
	struct options o;
	struct net *net;
	struct said *said;
	uint32_t said_count, first_open, refused;
	uint32_t *taken_ms; /* one a node and entry */
	uint64_t taken_count;
};

struct result {
	const char *name;
	uint32_t links, entries, missed; /* missed: places where an entry never came */
	double copies, control_bytes, control_messages, idle_bytes, wire_bytes;
	uint32_t all_p50_ms, all_p99_ms, all_max_ms, node_p50_ms, node_p99_ms;
	struct heard heard;
};

bool counted(struct session *s, struct session_event *out)
{
	if (!real_next_event(s, out))
		return false;
	if (out->type != SESSION_MESSAGE)
		return true;
	heard.count[out->message.type]++;
	heard.bytes[out->message.type] += out->message.raw.len;
	if (out->message.type == MESSAGE_RUN) {
		struct run_item items[RUN_ENTRIES_MAX];
		const struct message_run *run = &out->message.run;
		message_run_items(run, items);
		heard.entries += run->count;
		for (uint32_t i = 0; i < run->count; i++)
			heard.payload_bytes += ENTRY_HEADER_BYTES + items[i].payload.len;
	}
	return true;
}

static struct heard since(const struct heard *before)
{
	struct heard h = heard;
	for (uint32_t i = 0; i <= MESSAGE_UNKNOWN; i++) {
		h.count[i] -= before->count[i];
		h.bytes[i] -= before->bytes[i];
	}
	h.entries -= before->entries;
	h.payload_bytes -= before->payload_bytes;
	return h;
}

static void take_said(struct bench *b, uint32_t index, const struct node_event *e)
{
	must(b->said_count < 2 * ENTRIES_MAX);
	struct said *said = &b->said[b->said_count++];
	*said = (struct said){.place = e->references[0].place, .time_ms = b->net->steady_ms, .holders = 1};
	said->held[index] = true;
}

/* Which of the entries that are not everywhere came to the node just now? */
static void look(struct bench *b, uint32_t index)
{
	struct txn *txn;
	struct feed_info info;
	while (b->first_open < b->said_count && b->said[b->first_open].holders == b->o.nodes)
		b->first_open++;
	must(txn_read(b->net->nodes[index].store, &txn) == ERR_OK);
	for (uint32_t i = b->first_open; i < b->said_count; i++) {
		struct said *said = &b->said[i];
		if (said->held[index] || !feed_info(txn, said->place.feed, &info) ||
		        info.head.size <= said->place.seq)
			continue;
		said->held[index] = true;
		said->holders++;
		said->last_ms = (uint32_t)(b->net->steady_ms - said->time_ms);
		b->taken_ms[b->taken_count++] = said->last_ms;
	}
	txn_abort(txn);
}

static void on_event(void *context, uint32_t index, const struct node_event *e)
{
	struct bench *b = context;
	if (e->type == NODE_REFUSED)
		b->refused++;
	if (e->type == NODE_APPENDED && e->references[0].place.feed.n == index && index > 0)
		take_said(b, index, e);
	else if (e->type == NODE_ENTRIES && b->said_count > b->first_open)
		look(b, index);
}

/* Drafts by which the registrar admits members FIRST..FIRST+COUNT-1, in one append. */
static void admit(struct net *net, uint32_t first, uint32_t count)
{
	static uint8_t bodies[2 * ADMIT_AT_ONCE][512];
	struct draft drafts[2 * ADMIT_AT_ONCE];
	char name[16];
	for (uint32_t i = 0; i < count; i++) {
		struct profile profile = {.closing_month = 12, .closing_day = 31};
		must(snprintf(name, sizeof name, "kop%u", first + i) > 0);
		must(short_text_of(bytes_text(name), NAME_BYTES_MAX, &profile.name) == ERR_OK);
		must(short_text_of(bytes_text(name), ALIAS_BYTES_MAX, &profile.alias) == ERR_OK);
		struct mp_out m = mp_out(bodies[2 * i], sizeof *bodies);
		roster_body_admit_pack(&m, &profile);
		drafts[2 * i] = (struct draft){.kind = KIND_MEMBER_ADMIT, .body = mp_written(&m)};
		const struct roster_add add = {.member = {first + i},
		        .keys = net->nodes[first + i].keys.public,
		        .roles = ROLE_OFFICER};
		m = mp_out(bodies[2 * i + 1], sizeof *bodies);
		roster_body_add_pack(&m, &add);
		drafts[2 * i + 1] = (struct draft){.kind = KIND_FEED_ADD, .body = mp_written(&m)};
	}
	struct net_node *n = &net->nodes[0];
	n->answered = false;
	must(node_append(net_door(net, 0), ++n->ticket, drafts, 2 * count) == ERR_OK);
	net_run(net, 1000);
	must(n->answered && n->err == ERR_OK);
}

static bool have_roster(struct bench *b, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		if (net_held(b->net, i, (struct feed_no){0}) != 2 * b->o.nodes - 1)
			return false;
	return true;
}

/* Nodes FIRST..FIRST+COUNT-1 take the roster from those before them. */
static void spread(struct bench *b, uint32_t first, uint32_t count)
{
	struct net *net = b->net;
	for (uint32_t i = first; i < first + count; i++) {
		net_start(net, i);
		net_link(net, i, i % first);
	}
	for (uint32_t seconds = 0; !have_roster(b, first, count); seconds++) {
		must(seconds < 300);
		net_run(net, 1000);
	}
	for (uint32_t i = 0; i < net->links_count; i++)
		net_cut(net, i);
	net_run(net, 1000);
}

static void make_members(struct bench *b)
{
	struct net *net = b->net;
	uint32_t nodes = b->o.nodes;
	net_found(net);
	for (uint32_t i = 1; i < nodes; i++)
		must(net_add(net) == i);
	for (uint32_t i = 1; i < nodes; i += ADMIT_AT_ONCE)
		admit(net, i, nodes - i < ADMIT_AT_ONCE ? nodes - i : ADMIT_AT_ONCE);
	for (uint32_t i = 1, count; i < nodes; i += count) {
		count = i < nodes - i ? i : nodes - i;
		spread(b, i, count);
	}
}

static bool are_linked(const struct net *net, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < net->links_count; i++) {
		const struct net_link *l = &net->links[i];
		if (l->open && ((l->from == a && l->to == b) || (l->from == b && l->to == a)))
			return true;
	}
	return false;
}

static uint32_t degree(const struct net *net, uint32_t index)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < net->links_count; i++)
		count += net->links[i].open && (net->links[i].from == index || net->links[i].to == index);
	return count;
}

/* Every node dials until it has its links, as the dialler would, rather those that have too few as well. */
static void link_all(struct bench *b)
{
	struct net *net = b->net;
	for (uint32_t i = 0; i < b->o.nodes; i++)
		for (uint32_t tries = 0; degree(net, i) < b->o.links; tries++) {
			uint32_t to = (uint32_t)net_draw(net, b->o.nodes);
			bool full = tries < 20 * b->o.nodes && degree(net, to) >= b->o.links;
			if (to != i && !full && !are_linked(net, i, to))
				net_link(net, i, to);
		}
	net_run(net, 10000);
	for (uint32_t i = 0; i < b->o.nodes; i++)
		must(node_publishing(net->nodes[i].node));
}

static uint32_t open_links(const struct net *net)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < net->links_count; i++)
		count += net->links[i].open;
	return count;
}

/* At once and for good; but nobody's last one. */
static void cut_some(struct bench *b)
{
	struct net *net = b->net;
	uint32_t left = open_links(net) * b->o.cut_percent / 100;
	for (uint32_t tries = 0; left > 0 && tries < 100 * NET_LINKS_MAX; tries++) {
		uint32_t link = (uint32_t)net_draw(net, net->links_count);
		const struct net_link *l = &net->links[link];
		if (!l->open || degree(net, l->from) < 2 || degree(net, l->to) < 2)
			continue;
		net_cut(net, link);
		left--;
	}
	net_run(net, 10000);
}

static void say_one(struct bench *b)
{
	uint8_t body[512];
	char goods[128];
	struct mp_out m = mp_out(body, sizeof body);
	must(snprintf(goods, sizeof goods, "%s %u", GOODS, b->said_count) > 0);
	const struct profile_set profile = {.goods = bytes_text(goods)};
	profile_set_pack(&m, &profile);
	const struct draft draft = {.kind = KIND_PROFILE_SET, .body = mp_written(&m)};
	uint32_t index = 1 + (uint32_t)net_draw(b->net, b->o.nodes - 1);
	must(node_append(net_door(b->net, index), ++b->net->nodes[index].ticket, &draft, 1) == ERR_OK);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static uint32_t percentile(const uint32_t *sorted, uint64_t count, uint32_t percent)
{
	return count ? sorted[(count - 1) * percent / 100] : 0;
}

static void tell_times(struct bench *b, uint32_t first, struct result *out)
{
	uint32_t all_ms[ENTRIES_MAX], all = 0;
	for (uint32_t i = first; i < b->said_count; i++) {
		out->missed += b->o.nodes - b->said[i].holders;
		if (b->said[i].holders == b->o.nodes)
			all_ms[all++] = b->said[i].last_ms;
	}
	qsort(all_ms, all, sizeof *all_ms, by_size);
	qsort(b->taken_ms, b->taken_count, sizeof *b->taken_ms, by_size);
	out->all_p50_ms = percentile(all_ms, all, 50);
	out->all_p99_ms = percentile(all_ms, all, 99);
	out->all_max_ms = percentile(all_ms, all, 100);
	out->node_p50_ms = percentile(b->taken_ms, b->taken_count, 50);
	out->node_p99_ms = percentile(b->taken_ms, b->taken_count, 99);
}

/* A while without entries, then as long with them; what the first cost is no cost of an entry. */
static struct result measure(struct bench *b, const char *name)
{
	struct net *net = b->net;
	struct result r = {.name = name, .links = open_links(net), .entries = b->o.entries};
	uint32_t first = b->said_count, gap_ms = PHASE_MS / b->o.entries;
	struct heard before = heard;
	uint64_t bytes = net->bytes;
	net_run(net, PHASE_MS);
	struct heard idle = since(&before);
	uint64_t idle_bytes = net->bytes - bytes, began_ms = net->steady_ms;
	b->taken_count = 0;
	before = heard;
	bytes = net->bytes;
	for (uint32_t i = 0; i < b->o.entries; i++) {
		uint64_t wait_ms = net_draw(net, gap_ms);
		net_go(net, wait_ms);
		say_one(b);
		net_go(net, gap_ms - wait_ms);
	}
	must(b->refused == 0 && b->said_count == first + b->o.entries);
	uint64_t wanted = (uint64_t)b->o.entries * (b->o.nodes - 1);
	while (b->taken_count < wanted && net->steady_ms - began_ms < PHASE_MS + SETTLE_MS)
		net_go(net, 1000);
	r.heard = since(&before);
	double times = (double)(net->steady_ms - began_ms) / PHASE_MS, takings = (double)b->taken_count;
	uint64_t quiet = 0, busy = 0;
	for (uint32_t i = 0; i <= MESSAGE_UNKNOWN; i++) {
		quiet += i == MESSAGE_RUN ? 0 : idle.count[i];
		busy += i == MESSAGE_RUN ? 0 : r.heard.count[i];
	}
	double spent = (double)(net->bytes - bytes) - times * (double)idle_bytes;
	r.copies = (double)r.heard.entries / takings;
	r.wire_bytes = spent / takings;
	r.control_bytes = (spent - (double)r.heard.payload_bytes) / takings;
	r.control_messages = ((double)busy - times * (double)quiet) / takings;
	r.idle_bytes = (double)idle_bytes / b->o.nodes * 60000.0 / PHASE_MS;
	tell_times(b, first, &r);
	return r;
}

static void print_text(const struct result *r)
{
	(void)printf("%s: %u links, %u entries\n", r->name, r->links, r->entries);
	(void)printf("  %-48s %10.3f times\n", "payload copies that a node gets", r->copies);
	(void)printf("  %-48s %10.1f bytes\n", "control bytes, an entry and node", r->control_bytes);
	(void)printf("  %-48s %10.2f\n", "control messages, an entry and node", r->control_messages);
	(void)printf("  %-48s %10.1f bytes\n", "all bytes, an entry and node", r->wire_bytes);
	(void)printf("  %-48s %10.1f bytes\n", "idle, a node and minute", r->idle_bytes);
	(void)printf("  %-48s %5u %5u %5u ms\n", "until all nodes hold an entry: p50, p99, max",
	        r->all_p50_ms, r->all_p99_ms, r->all_max_ms);
	(void)printf(
	        "  %-48s %5u %5u ms\n", "until a node holds it: p50, p99", r->node_p50_ms, r->node_p99_ms);
	(void)printf("  %-48s %10u\n", "entries that never came to a node", r->missed);
	for (uint32_t i = 0; i < MESSAGE_UNKNOWN; i++)
		if (r->heard.count[i])
			(void)printf("    %-10s %10llu messages %12llu bytes\n", message_name(i),
			        (unsigned long long)r->heard.count[i], (unsigned long long)r->heard.bytes[i]);
	(void)fflush(stdout);
}

static void print_json(const struct result *r)
{
	(void)printf("\"%s\": {\"links\": %u, \"entries\": %u, \"copies\": %.4f, \"control_bytes\": %.1f, "
	             "\"control_messages\": %.3f, \"wire_bytes\": %.1f, \"idle_bytes_minute\": %.1f, "
	             "\"all_p50_ms\": %u, \"all_p99_ms\": %u, \"all_max_ms\": %u, \"node_p50_ms\": %u, "
	             "\"node_p99_ms\": %u, \"missed\": %u}",
	        r->name, r->links, r->entries, r->copies, r->control_bytes, r->control_messages,
	        r->wire_bytes, r->idle_bytes, r->all_p50_ms, r->all_p99_ms, r->all_max_ms, r->node_p50_ms,
	        r->node_p99_ms, r->missed);
}

static double seconds(void)
{
	struct timespec t;
	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench(const struct options *o)
{
	double began = seconds();
	struct bench b = {.o = *o, .net = net_new()};
	struct rusage usage;
	b.said = calloc(2 * ENTRIES_MAX, sizeof *b.said);
	b.taken_ms = calloc((size_t)o->entries * o->nodes, sizeof *b.taken_ms);
	must(b.said && b.taken_ms);
	net_seed(b.net, o->seed);
	b.net->latency_ms = LATENCY_MS;
	b.net->jitter_ms = JITTER_MS;
	b.net->witness_interval_ms = 365ull * 24 * 3600 * 1000; /* no entries but ours */
	make_members(&b);
	b.net->hooks = (struct net_hooks){.context = &b, .event = on_event};
	link_all(&b);
	struct result whole = measure(&b, "whole");
	if (!o->json)
		print_text(&whole);
	cut_some(&b);
	struct result cut = measure(&b, "cut");
	must(getrusage(RUSAGE_SELF, &usage) == 0);
	double took = seconds() - began, rss = (double)usage.ru_maxrss / 1024;
	if (!o->json) {
		print_text(&cut);
		(void)printf("%u nodes: %.0f s, %.0f MB resident at most\n", o->nodes, took, rss);
	} else {
		(void)printf("{\"nodes\": %u, \"seed\": %llu, \"latency_ms\": %u, ", o->nodes,
		        (unsigned long long)o->seed, LATENCY_MS);
		print_json(&whole);
		(void)printf(", ");
		print_json(&cut);
		(void)printf(", \"seconds\": %.1f, \"rss_mb\": %.0f}\n", took, rss);
	}
	free(b.said);
	free(b.taken_ms);
	net_free(b.net);
}

static void usage(FILE *out)
{
	(void)fputs("bench net: a network in one thread: payload copies, control bytes, time to reach all\n\n"
	            "  --nodes N    so many nodes (156; 3 to 1024)\n"
	            "  --links N    links that each has (5)\n"
	            "  --entries N  entries in 2 virtual minutes, in each of the two parts (100; 1 to 1000)\n"
	            "  --cut N      per cent of the links that are cut for the second part (30); never the\n"
	            "               last one of a node, and none is made anew\n"
	            "  --seed S     (1)\n"
	            "  --json\n\n"
	            "example: ./dev bench net --nodes 1000 --json\n",
	        out);
}

static uint32_t number(void)
{
	return (uint32_t)strtoul(optarg, NULL, 10);
}

static bool read_options(int argc, char **argv, struct options *o)
{
	int option;
	const struct option options[] = {{"nodes", 1, NULL, 'n'}, {"links", 1, NULL, 'l'},
	        {"entries", 1, NULL, 'e'}, {"cut", 1, NULL, 'c'}, {"seed", 1, NULL, 's'},
	        {"json", 0, &o->json, 1}, {"help", 0, &o->help, 1}, {NULL, 0, NULL, 0}};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option == 'n')
			o->nodes = number();
		else if (option == 'l')
			o->links = number();
		else if (option == 'e')
			o->entries = number();
		else if (option == 'c')
			o->cut_percent = number();
		else if (option == 's')
			o->seed = strtoull(optarg, NULL, 10);
		else if (option != 0)
			return false;
	return optind == argc && o->nodes >= 3 && o->nodes <= NET_NODES_MAX && o->links >= 1 &&
	       o->links < o->nodes && o->links <= 8 && o->entries >= 1 && o->entries <= ENTRIES_MAX &&
	       o->cut_percent <= 90;
}

int main(int argc, char **argv)
{
	struct options o = {
	        .nodes = 156, .links = LINKS_TARGET, .entries = 100, .cut_percent = 30, .seed = 1};
	struct rlimit files;
	bool good = read_options(argc, argv, &o);
	if (!good || o.help) {
		usage(good ? stdout : stderr);
		return good ? 0 : 2;
	}
	no_random_from_now_on();
	/* what a node takes at once and does not use is not resident: no page of it was somebody else's before */
	must(mallopt(M_MMAP_THRESHOLD, 128 << 10) == 1);
	must(getrlimit(RLIMIT_NOFILE, &files) == 0);
	files.rlim_cur = files.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &files) == 0);
	bench(&o);
	return 0;
}

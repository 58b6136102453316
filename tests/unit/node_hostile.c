/* SPDX-License-Identifier: Apache-2.0
 * node_hostile.c: whole nodes against a member of the roster whose node lies, floods or falls silent. The liar is a bare
 * session with the member's keys; what it says is written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "ledger/kinds.h"
#include "ledger/profile.h"
#include "log/kinds.h"
#include "storage/own.h"
#include "storage/query.h"
#include "support/net.h"

#define LIAR_LINK 1000u
#define FEED_OF(member) ((struct feed_no){(member)})

static struct net *net;

static struct liar {
	struct session session;
	struct session_memory memory;
	struct link_id link;
	uint32_t victim;
	uint32_t heard[MESSAGE_JOIN + 1]; /* how many of each type */
	uint32_t bye;
	struct checkpoint proof, yours; /* of the last PROOF; the victim's view in what the liar says first */
	bool closed;
} liar;

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static uint32_t member(const char *alias)
{
	uint32_t index = net_add(net);
	net_admit(net, index, alias, ROLE_OFFICER);
	return index;
}

static uint32_t started(const char *alias)
{
	uint32_t index = member(alias);
	net_start(net, index);
	return index;
}

static void say(uint32_t index, const char *goods)
{
	uint8_t body[512];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct profile_set profile = {.goods = bytes_text(goods)};
	profile_set_pack(&m, &profile);
	assert_int_equal(net_append(net, index, KIND_PROFILE_SET, mp_written(&m), &ref), ERR_OK);
}

static struct mp_out *liar_writes(void)
{
	assert_true(session_can_send(&liar.session, SESSION_CONTROL));
	return session_message(&liar.session, SESSION_CONTROL);
}

static void liar_hello(void)
{
	const struct message_hello hello = {.agent = bytes_text("lontar/lies"),
	        .registrar = {.size = 1, .root = {{1}}},
	        .yours = liar.yours};
	message_pack_hello(liar_writes(), &hello);
	session_commit(&liar.session);
}

static void liar_hears(const struct session_event *e)
{
	if (e->type == SESSION_GREET) {
		session_admit(&liar.session, &liar.memory);
		liar_hello();
	} else if (e->type == SESSION_MESSAGE && e->message.type <= MESSAGE_JOIN) {
		liar.heard[e->message.type]++;
		if (e->message.type == MESSAGE_PROOF)
			liar.proof = e->message.proof.newer;
	} else if (e->type == SESSION_CLOSED) {
		liar.closed = true;
		liar.bye = e->bye;
	}
}

static bool to_victim(void)
{
	static uint8_t chunk[65536];
	size_t len = session_send(&liar.session, chunk, sizeof chunk);
	session_drained(&liar.session);
	if (len > 0)
		node_link_receive(net->nodes[liar.victim].node, liar.link, BYTES(chunk, len));
	return len > 0;
}

static bool from_victim(void)
{
	static uint8_t chunk[65536];
	struct node *node = net->nodes[liar.victim].node;
	const struct session_time now = {.wall_ms = net->wall_ms, .steady_ms = net->steady_ms};
	size_t len = node_link_send(node, liar.link, chunk, sizeof chunk);
	node_link_drained(node, liar.link);
	for (struct bytes b = BYTES(chunk, len); b.len > 0;) {
		struct session_event e;
		size_t taken = session_receive(&liar.session, b, now);
		bool any = false;
		b = BYTES(b.data + taken, b.len - taken);
		while (session_next_event(&liar.session, &e)) {
			any = true;
			liar_hears(&e);
		}
		if (!any && taken == 0)
			break;
	}
	return len > 0;
}

/* Everything that both have to say is said, and the victim has time to think. */
static void exchange(uint64_t ms)
{
	for (uint64_t gone = 0; gone <= ms; gone += 100) {
		for (int turns = 0; turns < 1000 && ((int)to_victim() | (int)from_victim()); turns++)
			;
		net_run(net, 100);
	}
	if (node_link_wants_close(net->nodes[liar.victim].node, liar.link))
		liar.closed = true;
}

static void liar_dials(uint32_t as, uint32_t victim)
{
	const struct checkpoint yours = liar.yours;
	const uint32_t link = liar.link.n;
	static const uint8_t random[32] = {7};
	memset(&liar, 0, sizeof liar);
	liar.yours = yours;
	liar.victim = victim;
	liar.link.n = link ? link + 1 : LIAR_LINK;
	const struct session_options options = {.side = SESSION_DIALS,
	        .network = net->network,
	        .link_secret = net->nodes[as].keys.link,
	        .link_public = net->nodes[as].keys.public.link,
	        .remote_link_key = net->nodes[victim].keys.public.link,
	        .random = random,
	        .now = {.wall_ms = net->wall_ms, .steady_ms = net->steady_ms}};
	session_init(&liar.session, &options);
	const struct link_open open = {.id = liar.link, .side = LINK_ACCEPTED};
	assert_int_equal(node_link_open(net->nodes[victim].node, &open), ERR_OK);
	exchange(0);
}

static void liar_hangs_up(void)
{
	node_link_closed(net->nodes[liar.victim].node, liar.link);
	session_deinit(&liar.session);
	liar.yours = (struct checkpoint){.head = {0}};
}

static void liar_has(struct feed_no feed, uint64_t size)
{
	const struct message_feed_size f = {.feed = feed, .size = size};
	message_pack_have(liar_writes(), &f, 1);
	session_commit(&liar.session);
}

static uint64_t head_of(uint32_t index, struct feed_no feed, struct checkpoint *out)
{
	struct txn *txn;
	struct feed_info info;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	assert_true(feed_info(txn, feed, &info));
	assert_true(feed_checkpoint(txn, feed, info.head.size, out));
	txn_abort(txn);
	return info.head.size;
}

/* A store that is an old copy goes on taking what people enter; its signatures must not get out by a question either,
 * or whoever asks has a fork proof against an honest feed. */
static void test_prove_beyond_mark(void **state)
{
	(void)state;
	uint32_t a = started("a"), evil = member("evil");
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "satu");
	net_crash(net, a);
	net_backup(net, a);
	net_start(net, a);
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "dua");
	net_run(net, 500);
	assert_int_equal(head_of(0, FEED_OF(a), &liar.yours), 2);
	net_crash(net, a);
	net_restore(net, a);
	net_start(net, a);
	liar_dials(evil, a); /* and shows the newer head: nothing is published any more */
	assert_false(node_publishing(net->nodes[a].node));
	exchange(PULL_IDLE_MS); /* and does not give what it shows */
	say(a, "tiga");
	const struct message_prove prove = {.feed = FEED_OF(a), .old_size = 1, .new_size = 2};
	message_pack_prove(liar_writes(), &prove);
	session_commit(&liar.session);
	exchange(200);
	assert_int_equal(liar.heard[MESSAGE_PROOF], 0);
	liar_hangs_up();
}

static uint32_t count_kind(uint32_t index, struct feed_no feed, uint16_t kind)
{
	struct txn *txn;
	struct entry_ref entry;
	uint32_t count = 0;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	for (struct place place = {.feed = feed}; feed_entry(txn, place, &entry); place.seq++)
		count += entry.kind == kind;
	txn_abort(txn);
	return count;
}

/* A member that contradicts itself a thousand times is accused once: else it writes into everybody's feed. */
static void test_accused_once(void **state)
{
	(void)state;
	uint32_t victim = started("a"), evil = started("evil");
	net_link(net, evil, 0);
	net_link(net, victim, 0);
	net_run(net, 500);
	say(evil, "satu");
	net_run(net, 500);
	assert_int_equal(net_held(net, victim, FEED_OF(evil)), 1);
	net_crash(net, evil);
	liar_dials(evil, victim);
	struct message_feed_head list[FEED_BLOCK];
	for (uint32_t i = 0; i < FEED_BLOCK; i++) {
		list[i] = (struct message_feed_head){
		        .feed = FEED_OF(evil), .checkpoint = {.head = {.size = 1, .root = {{(uint8_t)i}}}}};
		checkpoint_sign(&net->network, &net->nodes[evil].keys.public.feed, net->nodes[evil].keys.feed,
		        &list[i].checkpoint.head, list[i].checkpoint.signature);
	}
	for (int i = 0; i < 8; i++) {
		message_pack_heads(liar_writes(), list, FEED_BLOCK);
		session_commit(&liar.session);
	}
	exchange(1000);
	assert_int_equal(count_kind(victim, FEED_OF(victim), KIND_FORK_PROOF), 1);
	liar_hangs_up();
}

/* Who says that it has more and only talks does not keep others from being pulled, nor the registrar's feed from others. */
static void test_only_talks(void **state)
{
	(void)state;
	uint32_t victim = started("a"), evil = member("evil"), other = started("b");
	net_link(net, victim, 0);
	net_run(net, 500);
	liar_dials(evil, victim);
	liar_has(FEED_OF(0), 1u << 30);
	exchange(200);
	assert_true(liar.heard[MESSAGE_PULL] > 0);
	net_link(net, other, 0);
	net_run(net, 500);
	say(other, "kopi");
	(void)member("c"); /* the registrar's feed grows */
	for (int i = 0; i < 30; i++) {
		liar_has(FEED_OF(0), (1u << 30) + (uint64_t)i);
		message_pack_ping(liar_writes(), &(struct message_ping){1});
		session_commit(&liar.session);
		exchange(5000);
	}
	assert_int_equal(net_held(net, victim, FEED_OF(other)), 1);
	assert_int_equal(net_held(net, victim, FEED_OF(0)), net_held(net, 0, FEED_OF(0)));
	liar_hangs_up();
}

/* A run with a false signature, of somebody else's feed. */
static void forge(struct feed_no feed, uint64_t from)
{
	const struct run_item item = {.audience = AUDIENCE_NETWORK,
	        .kind = KIND_PROFILE_SET,
	        .time_ms = net->wall_ms,
	        .payload = bytes_text("x")};
	const struct run run = {.from = from, .count = 1, .items = &item, .signature = {1}};
	message_pack_run(session_message(&liar.session, SESSION_BULK), feed, &run, MESSAGE_RUN_SIGNED);
	session_commit(&liar.session);
}

/* Who sends runs whose signatures are wrong and never proves a fork is at fault, and not welcome again at once. */
static void test_forges(void **state)
{
	(void)state;
	uint32_t victim = started("a"), evil = member("evil"), other = started("b");
	net_link(net, victim, 0);
	net_link(net, other, 0);
	net_run(net, 500);
	say(other, "satu");
	net_run(net, 500);
	liar_dials(evil, victim);
	for (uint32_t i = 0; i < LINK_STRIKES_MAX; i++) {
		assert_false(liar.closed);
		for (int k = 0; k < 5; k++)
			forge(FEED_OF(other),
			        1); /* the first is asked for a proof, the others are not looked at */
		exchange(PULL_STALLED_MS + 500);
		assert_int_equal(liar.heard[MESSAGE_PROVE], i + 1);
	}
	assert_true(liar.closed);
	assert_int_equal(liar.bye, BYE_FAULT);
	say(other, "dua");
	net_run(net, 500);
	assert_int_equal(net_held(net, victim, FEED_OF(other)), 2);
	liar_hangs_up();
	liar_dials(evil, victim);
	exchange(200);
	assert_int_equal(liar.bye, BYE_TOO_MUCH);
	liar_hangs_up();
	net_run(net, PEER_SHUNNED_MS);
	liar_dials(evil, victim);
	exchange(200);
	assert_false(liar.closed);
	liar_hangs_up();
}

/* Strangers that connect and say nothing keep neither members nor our own dials out. */
static void test_half_open(void **state)
{
	(void)state;
	uint32_t a = started("a");
	struct node *node = net->nodes[0].node;
	for (uint32_t i = 0; i < HANDSHAKES_HALF_OPEN_MAX; i++) {
		struct link_open open = {.id = {5000 + i}, .side = LINK_ACCEPTED};
		open.address_hash[0] = (uint8_t)(i / HANDSHAKES_PER_ADDRESS_MAX + 1);
		assert_int_equal(node_link_open(node, &open), ERR_OK);
		if (i % HANDSHAKES_PER_ADDRESS_MAX != HANDSHAKES_PER_ADDRESS_MAX - 1)
			continue;
		const struct link_id first = {open.id.n - i % HANDSHAKES_PER_ADDRESS_MAX};
		open.id.n += 1000;
		assert_false(node_link_wants_close(node, first));
		assert_int_equal(node_link_open(node, &open), ERR_OK);
		assert_true(node_link_wants_close(node, first)); /* the oldest of its address makes room */
	}
	assert_false(node_link_wants_close(node, (struct link_id){5001}));
	net_link(net, a, 0);
	assert_true(node_link_wants_close(node, (struct link_id){5001})); /* the oldest of all does */
	net_run(net, 500);
	assert_int_equal(net_held(net, a, FEED_OF(0)), net_held(net, 0, FEED_OF(0)));
	struct link_open dialled = {.id = {9000}, .side = LINK_DIALLED};
	memcpy(dialled.remote_link_key, net->nodes[a].keys.public.link, sizeof dialled.remote_link_key);
	assert_int_equal(node_link_open(node, &dialled), ERR_OK);
}

static void flood_one(uint32_t kind, uint32_t i)
{
	struct mp_out *m = liar_writes();
	const uint64_t sizes[1] = {i};
	const struct head false_head = {.size = i + 1, .root = {{(uint8_t)i}}};
	const struct message_feed_head head = {.feed = {1}, .checkpoint = {.head = false_head}};
	const struct message_feed_size have = {.feed = {i % FEEDS_MAX}, .size = UINT64_MAX - 2 - i};
	switch (kind) {
	case 0:
		message_pack_ping(m, &(struct message_ping){i});
		break;
	case 1:
		message_pack_prove(m, &(struct message_prove){{0}, 1 + i % 2, UINT64_MAX - 2});
		break;
	case 2:
		message_pack_prove(m, &(struct message_prove){{0}, 1, 2 + i % 2});
		break;
	case 3:
		message_pack_pull(m, &(struct message_pull){{0}, 0, UINT64_MAX - 2});
		break;
	case 4:
		message_pack_sizes(m, i % FRONTIER_BLOCKS_MAX, sizes, 1);
		break;
	case 5:
		message_pack_heads(m, &head, 1);
		break;
	case 6:
		message_pack_have(m, &have, 1);
		break;
	case 7:
		message_pack_frontier(m, &(struct message_frontier){false_head, {0}});
		break;
	case 8:
		message_pack_blob_pull(m, &(struct message_blob_pull){.part = i % 2048});
		break;
	default: /* of a type to come */
		mp_put_array(m, 1);
		mp_put_uint(m, 100);
		break;
	}
	session_commit(&liar.session);
}

/* Thousands of small messages of every kind, whose answers nobody reads: memory stays bounded and others are served. */
static void test_floods(void **state)
{
	(void)state;
	uint32_t a = started("a"), evil = member("evil");
	net_link(net, a, 0);
	for (uint32_t kind = 0; kind < 10; kind++) {
		static uint8_t chunk[65536];
		net_run(net, PEER_SHUNNED_MS);
		liar_dials(evil, 0);
		assert_false(liar.closed);
		struct node *node = net->nodes[0].node;
		for (uint32_t i = 0; i < 20000; i++) {
			if (session_can_send(&liar.session, SESSION_CONTROL))
				flood_one(kind, i);
			if (i % 1000 != 999)
				continue;
			size_t len = session_send(&liar.session, chunk, sizeof chunk);
			session_drained(&liar.session);
			if (len > 0)
				node_link_receive(node, liar.link, BYTES(chunk, len));
			net_run(net, 10);
		}
		say(0, "gabah");
		net_run(net, 500);
		assert_int_equal(net_held(net, a, FEED_OF(0)), net_held(net, 0, FEED_OF(0)));
		liar_hangs_up();
	}
}

/* Local records need a key. */
static void test_keep_nothing(void **state)
{
	(void)state;
	const struct node_record record = {.drawer = OWN_PEERS, .value = bytes_text("x")};
	assert_int_equal(node_keep(net->nodes[0].node, 1, &record), ERR_MISSING_FIELD);
}

/* A witness whose statement did not reach the disk states it again: else a RAT would never be received. */
static void test_disk_full_witness(void **state)
{
	(void)state;
	struct rlimit before, none;
	struct txn *txn;
	struct head covered = {.size = 0};
	uint32_t a = started("a");
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "satu");
	net_run(net, 500);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_int_equal(txn_read(net->nodes[0].store, &txn), ERR_OK);
	assert_true(query_covered(txn, FEED_OF(a), &covered));
	txn_abort(txn);
	assert_int_equal(covered.size, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_prove_beyond_mark, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_accused_once, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_only_talks, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_forges, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_half_open, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_floods, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_keep_nothing, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_disk_full_witness, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * node_fork.c: a feed with two histories among whole nodes: found by a run, by heads, by what others hold of one's own,
 * by what a witness stated; published once by who found it, held by everybody; then cut, and everybody on one branch again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log/kinds.h"
#include "log/witness.h"
#include "support/hostile.h"

#define FEED(n) ((struct feed_no){(n)})

static struct net *net;
static uint32_t a, b, c, evil, w;
static struct hostile h;
static struct branch left, right;

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_member(net, "a");
	b = net_member(net, "b");
	c = net_member(net, "c");
	evil = net_add(net);
	net_admit(net, evil, "evil", ROLE_OFFICER);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

/* Everybody knows the roster, and nobody is linked. */
static void meet_registrar(void)
{
	for (uint32_t i = a; i <= c; i++) {
		uint32_t link = net_link(net, i, 0);
		net_run(net, 500);
		net_cut(net, link);
	}
	branch_init(&left, &net->nodes[evil].keys, &net->network);
}

/* The member's own node gives one branch to a node, and leaves. */
static void give(struct branch *branch, const char *text, uint32_t count, uint32_t to)
{
	struct run run;
	hostile_init(&h, net, evil);
	uint32_t link = hostile_meet(&h, net, to, LINK_ACCEPTED);
	net_run(net, 100);
	branch_write(branch, text, count, &run);
	hostile_send_run(&h, FEED(evil), &run);
	net_run(net, 500);
	net_cut(net, link);
	session_deinit(&h.session);
	assert_int_equal(net_held(net, to, FEED(evil)), branch->tree.size);
}

static void give_to(struct branch *branch, const char *text, uint32_t count, uint32_t to)
{
	struct branch copy = *branch;
	give(&copy, text, count, to);
}

/* Two entries in common; then so many of each branch, the left at A, the right at B. */
static void split(uint32_t lefts, uint32_t rights)
{
	give_to(&left, "sama", 2, a);
	give(&left, "sama", 2, b);
	right = left;
	give(&left, "kiri", lefts, a);
	give(&right, "kanan", rights, b);
}

static uint32_t count_proofs(void)
{
	uint32_t count = 0;
	for (uint32_t feed = 0; feed <= evil; feed++)
		count += net_count(net, 0, FEED(feed), KIND_FORK_PROOF);
	return count;
}

static void link_all(void)
{
	net_link(net, a, b);
	net_link(net, a, 0);
	net_link(net, c, 0);
}

static void assert_held(uint32_t feed)
{
	const uint32_t nodes[] = {0, a, b, c};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(net_feed(net, nodes[i], FEED(feed)).state, FEED_HELD);
}

static void test_by_run(void **state)
{
	(void)state;
	meet_registrar();
	split(3, 4);
	link_all();
	net_run(net, 130000);
	assert_held(evil);
	assert_int_equal(count_proofs(), 1);
	assert_string_equal(net_peer_state(net, a, FEED(b)), "in step"); /* held is held, whatever branch */
	assert_string_equal(net_peer_state(net, c, FEED(0)), "in step");
	uint64_t before = net_held(net, c, FEED(evil));
	struct run run;
	hostile_init(&h, net, evil);
	uint32_t link = hostile_meet(&h, net, c, LINK_ACCEPTED);
	net_run(net, 100);
	branch_write(&left, "lagi", 1, &run);
	hostile_send_run(&h, FEED(evil), &run);
	net_run(net, 1000);
	assert_int_equal(net_held(net, c, FEED(evil)), before); /* nothing more is taken, nor pulled */
	assert_int_equal(h.heard[MESSAGE_PULL], 0);
	net_cut(net, link);
}

/* The longer branch was written before the shorter one: its entries go back in time from where the other ends. */
static void test_by_run_of_earlier_times(void **state)
{
	(void)state;
	meet_registrar();
	give_to(&left, "sama", 2, a);
	give(&left, "sama", 2, b);
	right = left;
	left.time_ms += 5000;
	give(&left, "kiri", 3, a);
	give(&right, "kanan", 4, b);
	link_all();
	net_run(net, 130000);
	assert_held(evil);
	assert_int_equal(count_proofs(), 1);
	assert_string_equal(net_peer_state(net, a, FEED(b)), "in step");
}

/* It does go on from there, and is signed: no honest node would have taken it. */
static void test_times_that_go_back(void **state)
{
	(void)state;
	struct run run;
	meet_registrar();
	give(&left, "satu", 2, a);
	hostile_init(&h, net, evil);
	(void)hostile_meet(&h, net, a, LINK_ACCEPTED);
	net_run(net, 100);
	left.time_ms -= 5000;
	branch_write(&left, "dua", 1, &run);
	hostile_send_run(&h, FEED(evil), &run);
	net_run(net, 500);
	assert_int_equal(net_held(net, a, FEED(evil)), 2);
	assert_int_equal(net_feed(net, a, FEED(evil)).state, FEED_OPEN);
	assert_int_equal(h.bye, BYE_FAULT);
}

static void test_by_heads(void **state)
{
	(void)state;
	meet_registrar();
	split(3, 3);
	link_all();
	net_run(net, 130000);
	assert_held(evil);
	assert_int_equal(count_proofs(), 2); /* a and b found it at once; each said it once */
}

static void restart(uint32_t index, uint64_t feed_bytes_a_day)
{
	net->feed_bytes_a_day = feed_bytes_a_day;
	net_crash(net, index);
	net_start(net, index);
}

/* Another feed of the same block never gets equal, because of a quota: heads are compared all the same. */
static void test_by_heads_in_a_restless_block(void **state)
{
	(void)state;
	meet_registrar();
	net_say(net, c, "banyak", 1);
	uint32_t link = net_link(net, c, b);
	net_run(net, 500);
	net_cut(net, link);
	split(3, 3);
	restart(a, 1); /* from now on it takes nothing of anybody */
	net_link(net, a, b);
	net_run(net, 200000);
	assert_int_equal(net_held(net, a, FEED(c)), 0);
	assert_int_equal(net_feed(net, b, FEED(evil)).state, FEED_HELD);
}

/* An honest node whose store went back in time without a sign, and went on with C, who did not know better: so many
 * entries of one branch are at the registrar's and at B, so many of the other at C, beside those in common. */
static void part(uint32_t lefts, uint32_t rights)
{
	meet_registrar();
	uint32_t link = net_link(net, a, 0), apart = net_link(net, c, 0);
	net_link(net, b, 0);
	net_say(net, a, "satu", 1);
	net_run(net, 500);
	uint64_t common = net_held(net, c, FEED(a));
	net_cut(net, link);
	net_cut(net, apart);
	net_crash(net, a);
	net_backup(net, a);
	net_start(net, a);
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "dua", lefts);
	net_run(net, 500);
	net_crash(net, a);
	net_restore(net, a);
	net_start(net, a);
	net_link(net, a, c);
	net_run(net, 500);
	net_say(net, a, "dua yang lain", rights);
	net_run(net, 500);
	assert_int_equal(net_held(net, c, FEED(a)), common + rights);
}

/* It learns of its fork from what others hold, publishes nothing more, and they learn of it. */
static void own_fork(uint32_t entries)
{
	part(1, entries);
	net_link(net, a, b);
	net_run(net, 130000);
	net_link(net, c, 0);
	net_run(net, 1000);
	assert_false(node_publishing(net->nodes[a].node));
	assert_held(a);
	assert_int_equal(count_proofs(), 1);
	assert_int_equal(net_count(net, a, FEED(a), KIND_FORK_PROOF), 0);
	net_crash(net, a);
	net_start(net, a);
	net_link(net, a, 0);
	net_run(net, 70000);
	assert_false(node_publishing(net->nodes[a].node)); /* also after a restart */
}

static void test_by_own_head(void **state)
{
	(void)state;
	own_fork(1);
}

static void test_by_own_longer_head(void **state)
{
	(void)state;
	own_fork(5);
}

/* Who held the shorter branch is gone. The node whose feed it is finds the longer one, and nobody else can tell of both. */
static void test_told_by_its_own_node(void **state)
{
	(void)state;
	part(3, 1);
	net_crash(net, c);
	net_link(net, a, 0);
	net_run(net, 130000);
	assert_int_equal(net_feed(net, b, FEED(a)).state, FEED_CUT); /* by the registrar's fork.proof */
	assert_int_equal(count_proofs(), 1);
}

/* Its author shows a head of its own feed that it made up, of two entries. */
static void show_false_head(uint32_t to)
{
	struct message_feed_head head = {.feed = FEED(evil), .checkpoint = {.head = {.size = 2}}};
	checkpoint_sign(&net->network, &left.keys->public.feed, left.keys->feed, &head.checkpoint.head,
	        head.checkpoint.signature);
	hostile_init(&h, net, evil);
	uint32_t link = hostile_meet(&h, net, to, LINK_ACCEPTED);
	net_run(net, 100);
	message_pack_heads(hostile_say(&h), &head, 1);
	hostile_said(&h);
	net_run(net, 500);
	net_cut(net, link);
	session_deinit(&h.session);
}

/* Who said of a fork is held for one of its own: whoever comes later takes nothing of its feed, so others say it again. */
static void test_said_by_who_forked(void **state)
{
	(void)state;
	meet_registrar();
	give(&left, "kiri", 5, a);
	show_false_head(a);
	part(1, 1);
	net_link(net, a, b);
	net_run(net, 130000);
	assert_held(a);
	uint32_t late = net_member(net, "late");
	net_link(net, late, 0);
	net_run(net, 130000);
	assert_int_equal(net_held(net, late, FEED(a)), 0);
	assert_int_equal(net_feed(net, late, FEED(evil)).state, FEED_CUT); /* by the registrar's fork.proof */
}

/* Statements are about the feed EVIL; they come to A alone, who is linked to nobody else. The author: its own node, or
 * the registrar's, which does not run then. */
static void state_as(uint32_t author, const struct checkpoint *of)
{
	static uint8_t body[1024];
	struct mp_out m = mp_out(body, sizeof body);
	const struct witness_row row = {.feed = FEED(evil), .checkpoint = *of};
	witness_seen_pack(&m, net->wall_ms / 1000, &row, 1);
	const struct run_item item = {
	        .kind = KIND_WITNESS_SEEN, .time_ms = net->wall_ms, .payload = mp_written(&m)};
	hostile_write(&h, net, author, a, &item);
}

static void admit_witness(void)
{
	w = net_add(net);
	net_admit(net, w, "saksi", ROLE_WITNESS);
	meet_registrar();
	give(&left, "sama", 2, a);
	right = left;
	give(&left, "kiri", 3, a); /* 5 */
}

static struct checkpoint right_head(uint32_t count)
{
	struct run run;
	branch_write(&right, "kanan", count, &run);
	return branch_head(&right);
}

static void assert_found(void)
{
	assert_int_equal(net_feed(net, a, FEED(evil)).state, FEED_HELD);
	assert_int_equal(net_count(net, a, FEED(a), KIND_FORK_PROOF), 1);
}

static void assert_open(void)
{
	assert_int_equal(net_feed(net, a, FEED(evil)).state, FEED_OPEN);
	assert_int_equal(net_count(net, a, FEED(a), KIND_FORK_PROOF), 0);
}

static void test_by_statement(void **state)
{
	(void)state;
	admit_witness();
	const struct checkpoint head = right_head(3);
	state_as(w, &head);
	assert_found();
	link_all();
	net_run(net, 130000);
	assert_held(evil); /* by the proof alone: nobody else holds anything of it */
	assert_int_equal(count_proofs(), 1);
}

/* Of a size in the middle of what we hold. */
static void test_by_statement_of_less(void **state)
{
	(void)state;
	admit_witness();
	const struct checkpoint head = right_head(2);
	state_as(w, &head);
	assert_found();
}

/* Of more than we hold: compared when we hold as much. */
static void test_by_statement_of_more(void **state)
{
	(void)state;
	admit_witness();
	const struct checkpoint head = right_head(6); /* 8 */
	state_as(w, &head);
	assert_open();
	give(&left, "kiri", 2, a);
	assert_open();
	give(&left, "kiri", 2, a);
	assert_found();
}

/* The registrar's statements are looked at again after a restart. */
static void test_by_statement_after_restart(void **state)
{
	(void)state;
	admit_witness();
	net_crash(net, 0);
	const struct checkpoint head = right_head(6);
	state_as(0, &head);
	net_crash(net, a);
	net_start(net, a);
	assert_open();
	give(&left, "kiri", 4, a);
	assert_found();
}

/* What agrees proves nothing, and neither does what the author did not sign, or what is said by who is no witness. */
static void test_by_wrong_statement(void **state)
{
	(void)state;
	admit_witness();
	struct checkpoint head = branch_head(&left);
	state_as(w, &head);
	head.head.root.bytes[0] ^= 1;
	state_as(w, &head);
	assert_open();
	head = right_head(3);
	state_as(c, &head);
	assert_open();
}

static void cut_at(const struct head *head)
{
	uint8_t body[256];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct roster_cut cut = {.feed = FEED(evil), .head = *head};
	roster_body_cut_pack(&m, &cut);
	assert_int_equal(net_append(net, 0, KIND_FEED_CUT, mp_written(&m), &ref), ERR_OK);
}

static void assert_cut(uint64_t size)
{
	const uint32_t nodes[] = {0, a, b, c};
	struct hash rows = net_rows(net, 0);
	for (size_t i = 0; i < 4; i++) {
		const struct feed_info info = net_feed(net, nodes[i], FEED(evil));
		const struct hash these = net_rows(net, nodes[i]);
		assert_int_equal(info.state, FEED_CUT);
		assert_int_equal(info.head.size, size);
		assert_true(hash_equal(&rows, &these));
		net_verify(net, nodes[i]);
	}
}

/* A debtor who wants its accepts gone: everybody holds the feed, and everything of it counts on, also after the registrar
 * published its own proof, because the registrar had covered it. */
static void test_false_head(void **state)
{
	(void)state;
	meet_registrar();
	give(&left, "kiri", 5, a);
	link_all();
	net_run(net, WITNESS_INTERVAL_MS + 1000); /* the registrar states what it holds */
	show_false_head(a);
	net_run(net, 130000);
	assert_held(evil);
	const uint32_t nodes[] = {0, a, b, c};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(net_held(net, nodes[i], FEED(evil)), 5);
	struct fork fork;
	struct txn *txn;
	assert_int_equal(txn_read(net->nodes[0].store, &txn), ERR_OK);
	assert_true(feed_fork(txn, FEED(evil), &fork));
	txn_abort(txn);
	uint8_t body[FORK_PROOF_BYTES_MAX];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	fork_pack(&m, &fork);
	assert_int_equal(net_append(net, 0, KIND_FORK_PROOF, mp_written(&m), &ref), ERR_OK);
	net_run(net, 130000);
	assert_cut(5);
}

/* The registrar's node finds it first, and its proof cuts at once at what it covered: all of it again. */
static void test_false_head_to_the_registrar(void **state)
{
	(void)state;
	meet_registrar();
	give(&left, "kiri", 5, a);
	link_all();
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	give(&left, "kiri", 1, a); /* not covered */
	show_false_head(0);
	net_run(net, 130000);
	assert_cut(5);
	assert_int_equal(net_count(net, 0, FEED(0), KIND_FORK_PROOF), 1);
	assert_int_equal(count_proofs(), 1);
}

/* The registrar decides for one branch: who holds the other goes over to it. */
static void test_cut(void **state)
{
	(void)state;
	meet_registrar();
	split(3, 4);
	link_all();
	net_run(net, 70000);
	const struct head head = branch_head(&left).head;
	cut_at(&head);
	net_run(net, 3000); /* nobody waits for a timer, or blames who serves the other branch */
	assert_cut(5);
	assert_string_equal(net_peer_state(net, b, FEED(a)), "in step");
}

/* In the middle of a run, of which the second part is void. */
static void test_cut_inside(void **state)
{
	(void)state;
	meet_registrar();
	split(1, 200);
	struct branch part = left;
	give(&left, "kiri", 200, a); /* 203 */
	struct run run;
	branch_write(&part, "kiri", 100, &run); /* the same entries, ending at 103 */
	link_all();
	net_run(net, 70000);
	const struct head head = branch_head(&part).head;
	cut_at(&head);
	net_run(net, 200000);
	assert_cut(103);
}

/* The node of a cut feed is told the registrar's feed, so that it learns of it, and nothing else. */
static void test_cut_node(void **state)
{
	(void)state;
	meet_registrar();
	link_all();
	net_say(net, c, "rahasia kami", 1);
	net_run(net, 1000);
	cut_at(&(struct head){.size = 0, .root = hash_of(BYTES(NULL, 0))});
	net_run(net, 1000);
	hostile_init(&h, net, evil);
	uint32_t link = hostile_meet(&h, net, a, LINK_ACCEPTED);
	net_run(net, 100);
	assert_int_equal(h.heard[MESSAGE_HELLO], 1);
	message_pack_pull(hostile_say(&h), &(struct message_pull){.feed = FEED(c), .from = 0, .to = 1});
	hostile_said(&h);
	net_say(net, c, "lagi", 1);
	net_run(net, 1000);
	assert_int_equal(h.heard[MESSAGE_RUN] + h.heard[MESSAGE_SIZES] + h.heard[MESSAGE_HAVE], 0);
	message_pack_pull(hostile_say(&h), &(struct message_pull){.feed = FEED(0), .from = 0, .to = 100});
	hostile_said(&h);
	net_run(net, 1000);
	assert_true(h.heard[MESSAGE_RUN] > 0);
	assert_int_equal(h.run_end, net_held(net, 0, FEED(0)));
	assert_true(h.live);
	net_cut(net, link);
}

/* A link that is open when the cutoff comes hears nothing more of others. */
static void test_cut_while_linked(void **state)
{
	(void)state;
	meet_registrar();
	link_all();
	hostile_init(&h, net, evil);
	uint32_t link = hostile_meet(&h, net, a, LINK_ACCEPTED);
	net_run(net, 500);
	net_say(net, c, "satu", 1);
	net_run(net, 1000);
	assert_true(h.heard[MESSAGE_HAVE] > 0);
	cut_at(&(struct head){.size = 0, .root = hash_of(BYTES(NULL, 0))});
	net_run(net, 1000);
	uint32_t before = h.heard[MESSAGE_HAVE] + h.heard[MESSAGE_SIZES];
	net_say(net, c, "dua", 1);
	net_say(net, a, "tiga", 1);
	message_pack_pull(hostile_say(&h), &(struct message_pull){.feed = FEED(c), .from = 0, .to = 2});
	hostile_said(&h);
	net_run(net, 70000);
	assert_int_equal(h.heard[MESSAGE_RUN], 0);
	assert_int_equal(h.heard[MESSAGE_HAVE] + h.heard[MESSAGE_SIZES], before);
	assert_true(h.live);
	net_cut(net, link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_by_run, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_run_of_earlier_times, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_times_that_go_back, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_heads, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_heads_in_a_restless_block, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_own_head, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_own_longer_head, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_told_by_its_own_node, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_said_by_who_forked, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_statement, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_statement_of_less, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_statement_of_more, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_statement_after_restart, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_wrong_statement, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_false_head, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_false_head_to_the_registrar, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut_inside, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut_node, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut_while_linked, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

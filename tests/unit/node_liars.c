/* SPDX-License-Identifier: Apache-2.0
 * node_liars.c: four honest nodes and one member that lies in every way that tests/sim/liar.h has, one habit after the
 * other and all at once, from inside a node and on bare links. Afterwards the honest ones hold the same, their views
 * follow from it, nobody blames another, and what was signed twice is proven everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "../sim/liar.h"
#include "log/kinds.h"
#include "support/hostile.h"
#include "support/random.h"

#define FEED(n) ((struct feed_no){(n)})
#define HONEST 4u
#define SECOND 1000u
#define MINUTE (60 * SECOND)

static struct net *net;
static uint32_t evil;
static const uint32_t honest[HONEST] = {0, 1, 2, 3};

static void set_up(uint32_t roles)
{
	net = net_new();
	net_found(net);
	net_member(net, "a");
	net_member(net, "b");
	uint32_t auditor = net_add(net);
	net_admit(net, auditor, "auditor", ROLE_OFFICER | ROLE_AUDITOR);
	net_start(net, auditor);
	evil = net_add(net);
	net_admit(net, evil, "evil", roles);
	for (uint32_t i = 1; i < HONEST; i++) { /* everybody knows the roster */
		uint32_t link = net_link(net, i, 0);
		net_run(net, SECOND);
		net_cut(net, link);
	}
}

static int setup(void **state)
{
	(void)state;
	set_up(ROLE_OFFICER);
	return 0;
}

static int setup_witness(void **state)
{
	(void)state;
	set_up(ROLE_OFFICER | ROLE_AUDITOR | ROLE_WITNESS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static bool is_linked(uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < net->links_count; i++) {
		const struct net_link *l = &net->links[i];
		if (l->open && ((l->from == a && l->to == b) || (l->from == b && l->to == a)))
			return true;
	}
	return false;
}

static void link_up(uint32_t a, uint32_t b)
{
	if (!is_linked(a, b))
		net_link(net, a, b);
}

/* A line, and what sits inside hangs on to its end. */
static void link_all(enum liar_seat seat)
{
	for (uint32_t i = 1; i < HONEST; i++)
		link_up(i, i - 1);
	if (seat == LIAR_INSIDE && net->nodes[evil].node)
		link_up(evil, HONEST - 1);
}

static void live(struct liar *liar, enum liar_seat seat, uint64_t ms)
{
	uint64_t end = net->steady_ms + ms, say = 0;
	while (net->steady_ms < end) {
		uint64_t due = liar_tick(liar);
		link_all(seat);
		if (say <= net->steady_ms) {
			net_say(net, honest[net_draw(net, HONEST)], "jujur", 1);
			say = net->steady_ms + 20 * SECOND;
		}
		if (due > end)
			due = end;
		net_run(net, due > net->steady_ms ? due - net->steady_ms : 10);
	}
}

static void assert_alike(uint32_t a, uint32_t b, bool exposed)
{
	for (uint32_t feed = 0; feed < HONEST; feed++)
		assert_int_equal(net_held(net, a, FEED(feed)), net_held(net, b, FEED(feed)));
	struct feed_info its = net_feed(net, a, FEED(evil)), others = net_feed(net, b, FEED(evil));
	assert_int_equal(its.state, others.state); /* the registrar's own proof cuts it, another's does not */
	assert_int_equal(its.state != FEED_OPEN, exposed);
	if (its.state != FEED_HELD)
		assert_true(hash_equal(&its.head.root, &others.head.root));
}

static void print_done(const struct liar *liar)
{
	if (!getenv("NET_LOG"))
		return;
	for (uint32_t i = 0; i < LIAR_ACT_KINDS; i++)
		if (liar_done(liar, (enum liar_act)i) > 0)
			(void)fprintf(stderr, "%6llu %s\n",
			        (unsigned long long)liar_done(liar, (enum liar_act)i),
			        liar_act_text((enum liar_act)i));
}

/* The registrar cuts it at what it holds of it. */
static void cut(void)
{
	uint8_t body[128];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct roster_cut c = {.feed = FEED(evil), .head = net_feed(net, 0, FEED(evil)).head};
	roster_body_cut_pack(&m, &c);
	assert_int_equal(net_append(net, 0, KIND_FEED_CUT, mp_written(&m), &ref), ERR_OK);
}

/* Returns whether its feed is held or cut in the end. */
static bool lie(const struct liar_options *options, uint64_t ms, bool is_cut)
{
	struct liar *liar = liar_new(net, options);
	if (options->seat == LIAR_INSIDE)
		net_start(net, evil);
	live(liar, options->seat, ms / 2);
	if (is_cut)
		cut();
	live(liar, options->seat, ms / 2);
	liar_calm(liar);
	net->job_steps = 0;
	link_all(options->seat);
	net_run(net, 4 * MINUTE); /* who was doubted is asked again, frontiers are compared twice */
	print_done(liar);
	assert_true(liar_done_in_all(liar) > 0);
	bool exposed = is_cut || liar_is_exposed(net, FEED(evil), honest, HONEST);
	for (uint32_t i = 0; i < HONEST; i++) {
		assert_alike(honest[i], 0, exposed);
		net_verify(net, honest[i]);
		assert_true(node_publishing(net->nodes[honest[i]].node));
	}
	for (uint32_t i = 1; i < HONEST; i++)
		assert_string_equal(net_peer_state(net, i, FEED(i - 1)), "in step");
	liar_free(liar);
	return exposed;
}

static bool lie_with(uint32_t habits, enum liar_seat seat, uint64_t seed, bool is_cut)
{
	const struct liar_options options = {.index = evil,
	        .seed = seed,
	        .habits = habits,
	        .seat = seat,
	        .pace_ms = seat == LIAR_INSIDE ? 5 * SECOND : SECOND};
	return lie(&options, 5 * MINUTE, is_cut);
}

static void test_inside(void **state)
{
	(void)state;
	(void)lie_with(LIAR_INSIDE_HABITS, LIAR_INSIDE, 1, false);
}

/* The habit by itself, but for something to write. */
static void alone(enum liar_habit habit)
{
	bool exposed = lie_with(1u << habit | 1u << LIAR_STATES, LIAR_OUTSIDE, 100 + habit, false);
	assert_int_equal(exposed, habit == LIAR_FORKS);
}

#define X(name, text) \
	static void test_##name(void **state) \
	{ \
		(void)state; \
		alone(LIAR_##name); \
	}
LIAR_HABITS(X)
#undef X

static void test_all_at_once(void **state)
{
	(void)state;
	net->job_steps = 3;
	(void)lie_with(LIAR_ALL, LIAR_OUTSIDE, 7, false);
}

/* With the right to state what it saw, and to read everything. */
static void test_witness(void **state)
{
	(void)state;
	(void)lie_with(1u << LIAR_STATES | 1u << LIAR_USURPS, LIAR_OUTSIDE, 11, false);
}

static void test_witness_inside(void **state)
{
	(void)state;
	(void)lie_with(LIAR_INSIDE_HABITS, LIAR_INSIDE, 12, false);
}

/* Cut, it goes on all the same. */
static void test_cut(void **state)
{
	(void)state;
	net->job_steps = 3;
	(void)lie_with(LIAR_ALL, LIAR_OUTSIDE, 21, true);
}

static void test_cut_with_two_histories(void **state)
{
	(void)state;
	(void)lie_with(1u << LIAR_STATES | 1u << LIAR_FORKS, LIAR_OUTSIDE, 22, true);
}

static void test_cut_inside(void **state)
{
	(void)state;
	(void)lie_with(LIAR_INSIDE_HABITS, LIAR_INSIDE, 23, true);
}

static void give(struct branch *branch, const char *text, uint32_t count, uint32_t to)
{
	static struct hostile h;
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

/* Two entries in common, then one history at node 1, and a longer one at node 2. */
static void split(void)
{
	struct branch left, right;
	branch_init(&left, &net->nodes[evil].keys, &net->network);
	right = left;
	give(&left, "sama", 2, 1);
	give(&right, "sama", 2, 2);
	give(&left, "kiri", 1, 1);
	give(&right, "kanan", 4, 2);
}

/* Node 1 is an old copy of itself, which node 2 shows it. */
static void go_back(void)
{
	net_crash(net, 1);
	net_backup(net, 1);
	net_start(net, 1);
	uint32_t link = net_link(net, 1, 2);
	net_run(net, SECOND);
	net_say(net, 1, "baru", 1);
	net_run(net, SECOND);
	net_cut(net, link);
	assert_int_equal(net_held(net, 2, FEED(1)), 1);
	net_crash(net, 1);
	net_restore(net, 1);
	net_start(net, 1);
}

/* Who finds two histories when nothing of its own may leave says so as soon as it may: nobody else can know it. */
static void test_found_in_silence(void **state)
{
	(void)state;
	go_back();
	split();
	uint32_t link = net_link(net, 1, 2);
	net_run(net, 3 * MINUTE);
	assert_false(node_publishing(net->nodes[1].node));
	assert_int_equal(net_feed(net, 1, FEED(evil)).state, FEED_HELD);
	assert_int_equal(net_feed(net, 2, FEED(evil)).state, FEED_OPEN);
	net_cut(net, link);
	link_all(LIAR_OUTSIDE);
	net_run(net, 3 * MINUTE);
	assert_true(node_publishing(net->nodes[1].node));
	for (uint32_t i = 0; i < HONEST; i++)
		assert_int_equal(net_feed(net, honest[i], FEED(evil)).state, FEED_HELD);
	assert_int_equal(net_count(net, 0, FEED(1), KIND_FORK_PROOF), 1);
}

/* More seeds by hand: test_node_liars FIRST COUNT. */
static int many(uint64_t first, uint64_t count)
{
	for (uint64_t seed = first; seed < first + count; seed++) {
		uint64_t random = seed;
		(void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
		uint32_t drawn = (uint32_t)random_below(&random, 1u << 12);
		bool inside = drawn % 3 == 0, is_cut = drawn % 5 == 0;
		uint32_t habits = (uint32_t)random_below(&random, LIAR_ALL + 1) | 1u << LIAR_STATES;
		habits = inside ? habits & LIAR_INSIDE_HABITS : habits;
		set_up(ROLE_OFFICER | (drawn & 64 ? ROLE_WITNESS | ROLE_AUDITOR : 0));
		net->job_steps = drawn >> 10;
		(void)lie_with(habits, inside ? LIAR_INSIDE : LIAR_OUTSIDE, random, is_cut);
		teardown(NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_inside, setup, teardown),
#define X(name, text) cmocka_unit_test_setup_teardown(test_##name, setup, teardown),
	        LIAR_HABITS(X)
#undef X
	                cmocka_unit_test_setup_teardown(test_all_at_once, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_witness, setup_witness, teardown),
	        cmocka_unit_test_setup_teardown(test_witness_inside, setup_witness, teardown),
	        cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut_with_two_histories, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut_inside, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_found_in_silence, setup, teardown),
	};
	if (argc == 3)
		return many(strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
	return cmocka_run_group_tests(tests, NULL, NULL);
}

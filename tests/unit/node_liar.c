/* SPDX-License-Identifier: Apache-2.0
 * node_liar.c: what a member's node can do to the pulls and pushes of an honest one, over a real session: claim what it has
 * not, serve one thing and withhold another, send what is wrong, late, twice or half known. The honest node gets
 * everything from others in seconds, and lays the fault where it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "support/hostile.h"

#define FEED(n) ((struct feed_no){(n)})
#define HUGE_SIZE ((uint64_t)1 << 60)
#define SECOND 1000u

static struct net *net;
static uint32_t victim, a, evil;
static struct hostile h;
static uint32_t link_h;

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	victim = net_member(net, "korban");
	a = net_member(net, "a");
	evil = net_add(net);
	net_admit(net, evil, "evil", ROLE_OFFICER);
	net_link(net, a, 0);
	net_run(net, 500);
	uint32_t link = net_link(net, victim, 0);
	net_run(net, 500);
	net_cut(net, link);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void meet(void)
{
	hostile_init(&h, net, evil);
	link_h = hostile_meet(&h, net, victim, LINK_ACCEPTED);
	net_run(net, 100);
	assert_true(h.live);
}

static void claim(uint32_t feed, uint64_t size)
{
	const struct message_feed_size f = {.feed = FEED(feed), .size = size};
	message_pack_have(hostile_say(&h), &f, 1);
	hostile_said(&h);
}

static const char *state_of(uint32_t index)
{
	return net_peer_state(net, victim, FEED(index));
}

/* It claims everything there is, and more, first of all, again and again, and from one link after the other. */
static void test_claims_everything(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		net_say(net, a, "panjang", 100);
	meet();
	for (uint32_t feed = 0; feed < FEEDS_MAX; feed += 37)
		claim(feed, HUGE_SIZE);
	for (uint32_t feed = 0; feed <= evil; feed++)
		claim(feed, HUGE_SIZE);
	net_run(net, 100);
	assert_true(h.heard[MESSAGE_PULL] > 0);
	net_link(net, victim, 0);
	net_run(net, PULL_STALLED_MS + SECOND);
	assert_int_equal(net_held(net, victim, FEED(a)), 300);
	for (int i = 0; i < 10; i++) { /* from now on nobody waits for it at all */
		for (uint32_t feed = 0; feed <= evil; feed++)
			claim(feed, HUGE_SIZE + (uint64_t)i);
		net_run(net, 100);
		net_say(net, a, "lagi", 1);
		net_run(net, 400);
		assert_int_equal(net_held(net, victim, FEED(a)), 301 + i);
	}
	net_cut(net, link_h);
	meet();
	for (uint32_t feed = 0; feed <= evil; feed++)
		claim(feed, HUGE_SIZE);
	net_say(net, a, "lagi", 1);
	net_run(net, SECOND);
	assert_int_equal(net_held(net, victim, FEED(a)), 311);
	net_run(net, 70 * SECOND);
	assert_string_equal(state_of(0), "in step");
}

/* It serves its own feed well, entry by entry, and withholds another that it says to have. */
static void test_serves_one_withholds_another(void **state)
{
	(void)state;
	struct branch own;
	struct run run;
	uint64_t got_ms = 0;
	net_say(net, a, "satu", 1);
	meet();
	branch_init(&own, h.keys, &net->network);
	claim(evil, HUGE_SIZE);
	claim(a, 1);
	net_run(net, 100);
	net_link(net, victim, 0);
	uint64_t began_ms = net->steady_ms;
	for (int i = 0; i < 60; i++) {
		branch_write(&own, "ini punya saya", 1, &run);
		hostile_send_run(&h, FEED(evil), &run);
		net_run(net, SECOND / 2);
		if (!got_ms && net_held(net, victim, FEED(a)) == 1)
			got_ms = net->steady_ms - began_ms;
	}
	assert_true(got_ms > 0 && got_ms <= PULL_STALLED_MS + SECOND);
	assert_int_equal(net_held(net, victim, FEED(evil)), 60);
	assert_true(h.live); /* that is no fault */
}

/* One run each time just before it would be given up on: another link that has more takes over after a minute. */
static void test_drips(void **state)
{
	(void)state;
	struct branch copy;
	struct run run;
	branch_init(&copy, &net->nodes[evil].keys, &net->network);
	hostile_init(&h, net, evil); /* its feed of 100 entries is at the registrar's node */
	link_h = hostile_meet(&h, net, 0, LINK_ACCEPTED);
	net_run(net, 100);
	for (int i = 0; i < 100; i++) {
		branch_write(&copy, "tetes", 1, &run);
		hostile_send_run(&h, FEED(evil), &run);
	}
	net_run(net, 500);
	net_cut(net, link_h);
	assert_int_equal(net_held(net, 0, FEED(evil)), 100);
	branch_init(&copy, &net->nodes[evil].keys, &net->network);
	meet();
	claim(evil, 100);
	net_run(net, 100);
	net_link(net, victim, 0);
	for (int i = 0; i < 8; i++) {
		branch_write(&copy, "tetes", 1, &run);
		hostile_send_run(&h, FEED(evil), &run);
		net_run(net, 9 * SECOND);
	}
	assert_int_equal(net_held(net, victim, FEED(evil)), 100);
}

/* Runs that are old, repeated, overlapping or too early do no harm and are no fault. */
static void test_runs_out_of_place(void **state)
{
	(void)state;
	struct branch own, ahead;
	struct run run, again;
	meet();
	branch_init(&own, h.keys, &net->network);
	branch_write(&own, "satu", 10, &run);
	for (int i = 0; i < 5; i++)
		hostile_send_run(&h, FEED(evil), &run);
	net_run(net, 200);
	assert_int_equal(net_held(net, victim, FEED(evil)), 10);
	branch_init(&ahead, h.keys, &net->network);
	branch_write(&ahead, "satu", 20, &again); /* the first ten are known */
	hostile_send_run(&h, FEED(evil), &again);
	net_run(net, 200);
	assert_int_equal(net_held(net, victim, FEED(evil)), 20);
	uint32_t pulls = h.heard[MESSAGE_PULL];
	struct branch later = ahead;
	branch_write(&later, "dua", 5, &run);
	branch_write(&later, "tiga", 5, &run); /* 25..30, and nothing was said of what is before */
	hostile_send_run(&h, FEED(evil), &run);
	net_run(net, 200);
	assert_int_equal(net_held(net, victim, FEED(evil)), 20);
	assert_int_equal(h.heard[MESSAGE_PULL], pulls + 1);
	assert_int_equal(h.pull.from, 20);
	assert_true(h.live);
	net_cut(net, link_h);
}

/* Wrong runs of somebody else's feed come before the right ones of an honest node: those are not blamed, and arrive. */
static void test_poisons(void **state)
{
	(void)state;
	struct branch forged;
	struct run run;
	net_say(net, a, "satu", 50);
	meet();
	uint32_t link = net_link(net, victim, 0);
	net->job_steps = 4;
	for (int i = 0; i < 20; i++) {
		branch_init(&forged, h.keys, &net->network); /* signed by another */
		forged.tree.size = 0;
		branch_write(&forged, "palsu", 10, &run);
		run.from = net_held(net, victim, FEED(a));
		if (h.live)
			hostile_send_run(&h, FEED(a), &run);
		net_say(net, a, "asli", 5);
		net_run(net, 500);
	}
	net_run(net, 2 * SECOND);
	assert_int_equal(net_held(net, victim, FEED(a)), 150);
	assert_true(net->links[link].open);
	assert_string_equal(state_of(0), "in step");
	net->job_steps = 0;
}

/* Nothing is held of the feed yet: there is nothing to prove, a wrong run is a fault at once. */
static void test_wrong_from_the_beginning(void **state)
{
	(void)state;
	struct branch forged;
	struct run run;
	meet();
	branch_init(&forged, h.keys, &net->network);
	branch_write(&forged, "palsu", 3, &run);
	hostile_send_run(&h, FEED(a), &run);
	net_run(net, 500);
	assert_false(h.live);
	assert_int_equal(h.bye, BYE_FAULT);
	assert_int_equal(net_held(net, victim, FEED(a)), 0);
}

/* Its own head of the victim's feed, not signed by the victim. */
static void test_false_view(void **state)
{
	(void)state;
	hostile_init(&h, net, evil);
	h.hello.yours = (struct checkpoint){.head = {.size = 7, .root = {{1}}}, .signature = {2}};
	link_h = hostile_meet(&h, net, victim, LINK_ACCEPTED);
	net_run(net, 500);
	assert_int_equal(h.bye, BYE_FAULT);
	assert_true(node_publishing(net->nodes[victim].node));
}

/* Types of a later version are skipped; a list that is too long, or no message at all, ends the link. */
static void test_forms(void **state)
{
	(void)state;
	meet();
	mp_put_array(hostile_say(&h), 2);
	mp_put_uint(&h.session.writer, 99);
	mp_put_bin(&h.session.writer, BYTES("hai", 3));
	hostile_said(&h);
	net_run(net, 200);
	assert_true(h.live);
	struct mp_out *m = hostile_say(&h);
	mp_put_array(m, 1 + 2 * (HAVE_FEEDS_MAX + 1));
	mp_put_uint(m, MESSAGE_HAVE);
	for (uint32_t i = 0; i <= HAVE_FEEDS_MAX; i++) {
		mp_put_uint(m, 1);
		mp_put_uint(m, 1);
	}
	hostile_said(&h);
	net_run(net, 200);
	assert_false(h.live);
	assert_int_equal(h.bye, BYE_FAULT);
}

/* As many PULLs as it can say: it is served in turn, or hears BYE; others notice nothing. */
static void test_pull_flood(void **state)
{
	(void)state;
	meet();
	net_link(net, victim, 0);
	net_run(net, 500);
	for (uint32_t i = 0; i < 20000 && h.live && session_can_send(&h.session, SESSION_CONTROL); i++) {
		const struct message_pull pull = {.feed = FEED(i % 3), .from = i % 2, .to = HUGE_SIZE};
		message_pack_pull(hostile_say(&h), &pull);
		hostile_said(&h);
		if (i % 500 == 0)
			net_run(net, 20);
	}
	net_say(net, a, "tetap jalan", 1);
	net_run(net, 500);
	assert_int_equal(net_held(net, victim, FEED(a)), 1);
	assert_true(h.heard[MESSAGE_RUN] < 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_claims_everything, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_serves_one_withholds_another, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_drips, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_runs_out_of_place, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_poisons, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_wrong_from_the_beginning, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_false_view, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_pull_flood, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

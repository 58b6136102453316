/* SPDX-License-Identifier: Apache-2.0
 * node_dial.c: whom a node dials, and how often: who refuses, or does not answer, is asked less and less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "log/kinds.h"
#include "support/net.h"

#define HOUR_MS (3600u * 1000u)
#define MEMBERS 4u

static struct net *net;
static uint32_t from, dialled;

/* Doubling from 5 s to 10 min, give or take a fifth, is some 13 times an hour for each of the others. */
#define AN_HOUR_AT_MOST (20u * MEMBERS)

/* Who dials without a pause is stopped, so that the test ends. */
static void count(uint32_t index)
{
	dialled += index == from;
	net->dials &= dialled <= AN_HOUR_AT_MOST;
}

static void opened(void *context, uint32_t link)
{
	(void)context;
	count(net->links[link].from);
}

static bool reaches(void *context, uint32_t index, uint32_t to)
{
	(void)context;
	(void)to;
	count(index);
	return index != from;
}

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net->dials = net->advertises = true;
	net_found(net);
	for (uint32_t i = 1; i <= MEMBERS; i++) {
		const char alias[] = {(char)('a' + i), 0};
		const struct dial dial = net_dial(net, 0);
		net_member(net, alias);
		assert_int_equal(node_peer_add(net_door(net, i), &dial), ERR_OK);
	}
	net_run(net, HOUR_MS);
	from = MEMBERS;
	dialled = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

/* Whom everybody refuses does not knock without a pause. */
static void test_refused(void **state)
{
	(void)state;
	uint8_t body[64];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct roster_label leave = {.member = {MEMBERS}};
	roster_body_label_pack(&m, &leave);
	assert_int_equal(net_append(net, 0, KIND_MEMBER_LEAVE, mp_written(&m), &ref), ERR_OK);
	net->hooks.opened = opened;
	net_run(net, HOUR_MS);
	assert_in_range(dialled, MEMBERS, AN_HOUR_AT_MOST);
}

/* Nor who reaches nobody; and it goes on trying. */
static void test_unreachable(void **state)
{
	(void)state;
	net->hooks.reaches = reaches;
	net_crash(net, from);
	net_start(net, from);
	net_run(net, HOUR_MS);
	assert_in_range(dialled, MEMBERS, AN_HOUR_AT_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_unreachable, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

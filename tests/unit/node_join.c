/* SPDX-License-Identifier: Apache-2.0
 * node_join.c: strangers with an invite, by whole nodes and by a bare session: who waits, who is refused, who is
 * admitted, and that nothing of the log reaches anybody before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log/invite.h"
#include "log/kinds.h"
#include "node/joining.h"
#include "storage/own.h"
#include "support/hostile.h"

static struct net *net;
static const uint8_t secret[JOINING_SECRET_BYTES] = {7, 7, 7};

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	net->dials = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void keep(uint32_t index, enum own_drawer drawer, struct bytes key, struct bytes value)
{
	struct net_node *n = &net->nodes[index];
	const struct node_record record = {.drawer = drawer, .key = key, .value = value};
	n->answered = false;
	assert_int_equal(node_keep(n->node, ++n->ticket, &record), ERR_OK);
	net_run(net, 100);
	assert_true(n->answered && n->err == ERR_OK);
}

static void keep_invite(enum joining_state is, uint64_t seconds)
{
	uint8_t value[256], key[JOINING_KEY_BYTES];
	struct mp_out m = mp_out(value, sizeof value);
	struct joining_invite invite = {
	        .made_s = net->wall_ms / 1000, .expires_s = net->wall_ms / 1000 + seconds, .state = is};
	memcpy(invite.secret, secret, sizeof secret);
	joining_key(secret, key);
	joining_invite_pack(&m, &invite);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	keep(0, OWN_INVITES, BYTES_OF(key), mp_written(&m));
}

/* What `init --join` leaves in a new store. */
static void invite_to(uint32_t index)
{
	char line[INVITE_BYTES_MAX];
	struct bytes_out o = bytes_out(line, sizeof line);
	struct txn *txn;
	const struct dial dial = net_dial(net, 0);
	struct invite invite = {.network = net->network, .expiry_s = (uint32_t)(net->wall_ms / 1000 + 1000)};
	memcpy(invite.link, dial.link_key, sizeof invite.link);
	memcpy(invite.secret, secret, sizeof invite.secret);
	assert_int_equal(invite_add_address(&invite, bytes_text("10.0.0.99:1")), ERR_OK); /* nobody there */
	assert_int_equal(invite_add_address(&invite, bytes_text(dial.address)), ERR_OK);
	assert_int_equal(invite_put(&o, &invite), ERR_OK);
	assert_int_equal(txn_write(net->nodes[index].store, &txn), ERR_OK);
	own_put(txn, OWN_NOTES, bytes_text(JOINING_NOTE), bytes_written(&o));
	own_put(txn, OWN_NOTES, bytes_text(JOINING_NAME_NOTE), bytes_text("Koperasi Baru"));
	assert_int_equal(txn_commit(txn), ERR_OK);
}

static uint32_t count_waiting(void)
{
	struct txn *txn;
	struct own_at at = {0};
	struct bytes key, value;
	uint32_t count = 0;
	assert_int_equal(txn_read(net->nodes[0].store, &txn), ERR_OK);
	while (own_next(txn, OWN_JOINS, &at, &key, &value))
		count++;
	txn_abort(txn);
	return count;
}

/* From an invite to a member: it waits, holds nothing meanwhile, is admitted, learns of it by itself, catches up, writes,
 * and after a restart still knows whom to dial. */
static void test_admitted(void **state)
{
	(void)state;
	keep_invite(JOINING_OPEN, 1000);
	uint32_t a = net_add(net);
	invite_to(a);
	net_start(net, a);
	net_run(net, 30000); /* its second address is the good one */
	assert_int_equal(count_waiting(), 1);
	assert_int_equal(net_held(net, a, (struct feed_no){0}), UINT64_MAX);
	net_admit(net, a, "baru", ROLE_OFFICER);
	net_run(net, 700000);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 0);
	net_say(net, a, "kakao", 1);
	net_run(net, 500);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 1);
	net_crash(net, a);
	net_start(net, a);
	net_run(net, 20000);
	assert_string_equal(net_peer_state(net, a, (struct feed_no){0}), "in step");
}

/* A bare session with fresh keys; what it hears. */
static uint32_t ask(uint32_t index, const uint8_t with[JOINING_SECRET_BYTES])
{
	static struct hostile h;
	static struct join join;
	hostile_init(&h, net, index);
	memset(&join, 0, sizeof join);
	join.keys = net->nodes[index].keys.public;
	assert_int_equal(short_text_of(bytes_text("Asing"), NAME_BYTES_MAX, &join.name), ERR_OK);
	memcpy(h.invite_secret, with, sizeof h.invite_secret);
	h.join = &join;
	uint32_t link = hostile_meet(&h, net, 0, LINK_ACCEPTED);
	net_run(net, 500);
	assert_true(h.closed);
	net_cut(net, link);
	for (uint32_t type = 0; type < MESSAGE_UNKNOWN; type++)
		assert_int_equal(h.heard[type], 0); /* a stranger hears BYE and nothing else */
	session_deinit(&h.session);
	return h.bye;
}

static void test_refused(void **state)
{
	(void)state;
	static const uint8_t other[JOINING_SECRET_BYTES] = {8};
	uint32_t a = net_add(net), b = net_add(net);
	assert_int_equal(ask(a, secret), BYE_REFUSED); /* no invite */
	keep_invite(JOINING_REVOKED, 1000);
	assert_int_equal(ask(a, secret), BYE_REFUSED);
	keep_invite(JOINING_USED, 1000);
	assert_int_equal(ask(a, secret), BYE_REFUSED);
	keep_invite(JOINING_OPEN, 5);
	net_run(net, 10000);
	assert_int_equal(ask(a, secret), BYE_REFUSED); /* expired */
	keep_invite(JOINING_OPEN, 1000);
	assert_int_equal(ask(a, other), BYE_REFUSED); /* a wrong secret */
	assert_int_equal(count_waiting(), 0);
	assert_int_equal(ask(a, secret), BYE_PENDING);
	assert_int_equal(ask(a, secret), BYE_PENDING); /* the same again */
	assert_int_equal(count_waiting(), 1);
	net_admit(net, a, "a", ROLE_OFFICER);
	assert_int_equal(ask(a, secret), BYE_ADMITTED);
	keep_invite(JOINING_USED, 1000);
	assert_int_equal(ask(b, secret), BYE_REFUSED);
}

static void test_ninth(void **state)
{
	(void)state;
	keep_invite(JOINING_OPEN, 1000);
	for (uint32_t i = 0; i < JOIN_WAITING_MAX; i++)
		assert_int_equal(ask(net_add(net), secret), BYE_PENDING);
	assert_int_equal(ask(net_add(net), secret), BYE_REFUSED);
	assert_int_equal(count_waiting(), JOIN_WAITING_MAX);
}

/* Who left is in the roster and comes in by no invite; nor does who overheard the keys of another. */
static void test_left(void **state)
{
	(void)state;
	uint8_t body[64];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	uint32_t a = net_add(net);
	net_admit(net, a, "a", ROLE_OFFICER);
	keep_invite(JOINING_OPEN, 1000);
	const struct roster_label leave = {.member = {1}};
	roster_body_label_pack(&m, &leave);
	assert_int_equal(net_append(net, 0, KIND_MEMBER_LEAVE, mp_written(&m), &ref), ERR_OK);
	assert_int_equal(ask(a, secret), BYE_REFUSED);
	assert_int_equal(count_waiting(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_admitted, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_ninth, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_left, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

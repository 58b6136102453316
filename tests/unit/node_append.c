/* SPDX-License-Identifier: Apache-2.0
 * node_append.c: own entries through whole nodes: sealed for their parties and the auditor alone, judged before they
 * are kept, all or nothing, and a channel used again while its readers stay the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "ledger/kinds.h"
#include "ledger/trade.h"
#include "log/kinds.h"
#include "storage/view.h"
#include "support/net.h"

static struct net *net;
static uint32_t seller, buyer, other;

static uint32_t member(const char *alias)
{
	uint32_t index = net_add(net);
	net_admit(net, index, alias, ROLE_OFFICER);
	net_start(net, index);
	net_link(net, index, 0);
	return index;
}

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	seller = member("penjual");
	buyer = member("pembeli");
	other = member("lain");
	net_run(net, 500);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static enum err offer(uint32_t partner, int64_t total, struct reference *out)
{
	return net_offer(net, seller, partner, total, out);
}

static enum err accept(uint32_t who, const struct reference *about)
{
	struct reference ref;
	return net_accept(net, who, about, &ref);
}

/* What the node knows of the trade. */
static bool record_at(uint32_t index, const struct reference *ref, struct trade_record *out)
{
	struct txn *txn;
	struct view_object object;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	bool found = view_object(txn, ref->place, &object) && trade_record_read(object.record, out) == ERR_OK;
	txn_abort(txn);
	return found;
}

static void test_trade(void **state)
{
	struct reference ref;
	struct trade_record r;
	(void)state;
	assert_int_equal(offer(2, 650000, &ref), ERR_OK);
	net_run(net, 500);
	assert_true(record_at(buyer, &ref, &r) && r.state == TRADE_PROPOSED);
	assert_false(record_at(other, &ref, &r)); /* carried, and not readable */
	assert_int_equal(net_held(net, other, ref.place.feed), ref.place.seq + 1);
	assert_int_equal(accept(buyer, &ref), ERR_OK);
	net_run(net, 500);
	const uint32_t readers[] = {0, seller, buyer};
	for (size_t i = 0; i < 3; i++) {
		assert_true(record_at(readers[i], &ref, &r));
		assert_int_equal(r.state, TRADE_AGREED);
		assert_int_equal(r.total.n, 650000);
	}
}

static void test_channel_reused(void **state)
{
	struct reference first, second;
	(void)state;
	assert_int_equal(offer(2, 650000, &first), ERR_OK);
	assert_int_equal(offer(2, 650000, &second), ERR_OK);
	assert_int_equal(first.place.seq, 1); /* channel.open before it */
	assert_int_equal(second.place.seq, 2);
	assert_int_equal(offer(3, 650000, &second), ERR_OK);
	assert_int_equal(second.place.seq, 4); /* other readers, another channel */
}

static void test_refused(void **state)
{
	struct reference ref, none = {.place = {.feed = {2}, .seq = 7}};
	(void)state;
	assert_int_equal(net_append(net, seller, 31, bytes_text("x"), &ref), ERR_UNKNOWN_KIND);
	assert_int_equal(net_append(net, seller, KIND_KEY_SHARE, bytes_text("x"), &ref), ERR_MALFORMED);
	assert_int_equal(net_append(net, seller, KIND_PROFILE_SET, BYTES(NULL, 0), &ref), ERR_TRUNCATED);
	assert_int_equal(offer(1, 650000, &ref), ERR_SAME_PARTY);
	assert_int_equal(offer(99, 650000, &ref), ERR_NO_SUCH_MEMBER);
	assert_int_equal(offer(2, 650001, &ref), ERR_TRADE_TOTAL);
	assert_int_equal(net_held(net, seller, (struct feed_no){1}),
	        0); /* nothing half done, no channel left behind */
	assert_int_equal(accept(buyer, &none), ERR_NO_SUCH_OBJECT);
	assert_int_equal(offer(2, 650000, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(other, &ref), ERR_NO_SUCH_OBJECT); /* it cannot even see it */
	assert_int_equal(accept(seller, &ref), ERR_NOT_A_PARTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_trade, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_channel_reused, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

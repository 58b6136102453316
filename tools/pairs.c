/* SPDX-License-Identifier: Apache-2.0
 * pairs.c: the loop over partners that every list of trades, payments and balances is. */
#include "tools/pairs.h"

struct pairs pairs_of(struct ctx *ctx, struct member_no self)
{
	struct pairs p = {.ask = {.self = self}};

	p.ask.has_as_of = args_has(ctx->args, OPT_AS_OF);
	p.ask.as_of = p.ask.overdue_on = ctx_day(ctx, OPT_AS_OF);
	return p;
}

void pairs_only(struct ctx *ctx, struct pairs *p, struct field partner)
{
	if (!field_given(partner))
		return;
	p->one_partner = true;
	p->ask.partner = names_member(ctx, partner);
	if (!trouble_is(&ctx->trouble) && p->ask.partner.n == p->ask.self.n)
		trouble_field(
		        &ctx->trouble, ERR_SAME_PARTY, partner.name, "%s", names_alias(ctx, p->ask.self));
}

bool pairs_next(struct ctx *ctx, struct pairs *p)
{
	struct view_sum sum;
	bool more = !p->done && !trouble_is(&ctx->trouble);

	query_pair_close(p->pair);
	p->pair = NULL;
	if (more && p->one_partner)
		p->done = true;
	else if (more) {
		more = view_sum_next(ctx->txn, p->ask.self, &p->at, &sum);
		p->ask.partner = sum.partner;
	}
	return more &&
	       ctx_ok(ctx, query_pair_open(ctx->txn, &p->ask, &p->pair), names_alias(ctx, p->ask.partner));
}

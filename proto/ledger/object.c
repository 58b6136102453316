/* SPDX-License-Identifier: Apache-2.0
 * object.c: which noun checks a statement and which fold it goes into; the rules that all nouns share stand here.
 * A statement of a kind that is not this object's has no effect on it, whoever names it. */
#include "object_int.h"

#include "ledger/closing.h"
#include "ledger/rat.h"

#include <stddef.h>

struct kind_check {
	uint16_t kind;
	body_check *check;
};
static const struct kind_check checks[] = {
#define X(name, number, text, audience, object, part, check) {number, check##_check},
        LEDGER_KINDS(X)
#undef X
};

static const struct fold_steps *const steps[OBJECT_TYPES] = {
        [OBJECT_PARTNERSHIP] = &partnership_steps,
        [OBJECT_TRADE] = &trade_steps,
        [OBJECT_PAYMENT] = &payment_steps,
        [OBJECT_ATTESTATION] = &rat_record_steps,
        [OBJECT_NOTICE] = &rat_notice_steps,
        [OBJECT_CLOSING] = &closing_steps,
};

static body_check *check_of(uint16_t kind)
{
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
		if (checks[i].kind == kind) {
			return checks[i].check;
		}
	}
	return NULL; /* one of proto/log's */
}

enum err object_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	const struct kind_info *info = kind_info(s->kind);
	if (info == NULL) {
		return ERR_UNKNOWN_KIND;
	}
	if (info->audience != s->audience) {
		return ERR_WRONG_AUDIENCE;
	}
	body_check *check = check_of(s->kind);
	if (check == NULL) {
		return ERR_OK;
	}
	struct reference named = {0};
	enum err e = check(ctx, s, &named);
	if (e == ERR_OK && info->part == PART_ABOUT) {
		*about = named;
	}
	return e;
}

uint32_t object_also(const struct statement *s, struct reference *out, uint32_t cap)
{
	if (s->kind == KIND_RAT_ATTEST || s->kind == KIND_RAT_RECORD) {
		return rat_also(s, out, cap);
	}
	return s->kind == KIND_BALANCE_CLOSE ? closing_also(s, out, cap) : 0;
}

struct object_fold *object_begin(
        void *memory, const struct ledger_context *ctx, const struct statement *opening)
{
	const struct kind_info *info = kind_info(opening->kind);
	must(info != NULL && info->part == PART_OPENS);
	const struct fold_steps *step = steps[info->object];
	must(step != NULL && step->bytes <= OBJECT_FOLD_BYTES);
	struct object_fold *fold = memory;
	*fold = (struct object_fold){.ctx = ctx, .opening = *opening, .type = info->object};
	step->begin(fold);
	return fold;
}

enum err object_add(struct object_fold *fold, const struct statement *s)
{
	must(!fold->any || place_compare(fold->last, s->ref.place) < 0);
	fold->any = true;
	fold->last = s->ref.place;
	const struct kind_info *info = kind_info(s->kind);
	if (info == NULL || info->object != fold->type) {
		return ERR_NO_SUCH_OBJECT;
	}
	return steps[fold->type]->add(fold, s);
}

void object_end(struct object_fold *fold, struct object_view *out)
{
	struct bytes_out record = bytes_out(out->record, sizeof out->record);
	out->type = fold->type;
	out->by_pair = false;
	out->by_year = false;
	out->a = (struct member_no){0};
	out->b = (struct member_no){0};
	out->year = 0;
	out->sums = (struct pair_sums){0};
	steps[fold->type]->end(fold, &record, out);
	must(bytes_out_end(&record) == ERR_OK);
	out->record_bytes = (uint16_t)record.len;
}

enum err object_check_partner(
        const struct ledger_context *ctx, const struct statement *s, struct member_no partner)
{
	if (partner.n == s->author.n) {
		return ERR_SAME_PARTY;
	}
	return roster_member(ctx->roster, partner) == NULL ? ERR_NO_SUCH_MEMBER : ERR_OK;
}

enum err object_check_officer(const struct statement *s)
{
	return (s->roles & ROLE_OFFICER) != 0 ? ERR_OK : ERR_NO_RIGHT;
}

struct day object_day(const struct object_fold *fold, const struct statement *s)
{
	return date_of_ms(s->time_ms, fold->ctx->roster->network.zone_minutes);
}

int64_t object_pair(struct object_view *out, struct member_no first, struct member_no second)
{
	bool in_order = first.n < second.n;
	out->by_pair = true;
	out->a = in_order ? first : second;
	out->b = in_order ? second : first;
	return in_order ? 1 : -1;
}

bool object_answered(struct answered *a, const struct statement *s)
{
	if (a->any && a->feed.n == s->ref.place.feed.n) {
		return true;
	}
	a->any = true;
	a->feed = s->ref.place.feed;
	return false;
}

/* SPDX-License-Identifier: Apache-2.0
 * rat_ruling.c: what others say of an attestation: the bodies of rat.endorse, rat.verdict, and whose they may be. */
#include "ledger/rat.h"
#include "object_int.h"

void rat_endorse_pack(struct mp_out *m, const struct rat_endorse *e)
{
	mp_put_map(m, 2u + body_has(e->name));
	body_put_reference(m, 0, &e->about);
	body_put_uint(m, 1, e->capacity);
	body_put_text(m, 2, e->name);
}

enum err rat_endorse_unpack(struct bytes body, struct rat_endorse *out)
{
	struct rat_endorse endorse = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		endorse.about = body_reference(&m);
	}
	if (mp_need(&m, &map, 1)) {
		endorse.capacity = (enum rat_capacity)body_u32(&m, RAT_CAPACITIES - 1);
	}
	endorse.name = body_text(&m, &map, 2, NAME_BYTES_MAX);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = endorse;
	}
	return e;
}

enum err rat_endorse_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	static const uint32_t needs[RAT_CAPACITIES] = {
	        [RAT_AS_OFFICER] = ROLE_OFFICER,
	        [RAT_AS_SUPERVISOR] = ROLE_SUPERVISOR,
	        [RAT_AS_MEMBER_PRESENT] = ROLE_OFFICER,
	        [RAT_AS_DINAS] = ROLE_REGISTRAR | ROLE_AUDITOR,
	};
	(void)ctx;
	struct rat_endorse endorse;
	enum err e = rat_endorse_unpack(s->body, &endorse);
	if (e != ERR_OK) {
		return e;
	}
	*about = endorse.about;
	return (s->roles & needs[endorse.capacity]) != 0 ? ERR_OK : ERR_NO_RIGHT;
}

enum err rat_withdraw_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct answer a;
	enum err e = answer_unpack(s->body, &a);
	if (e != ERR_OK) {
		return e;
	}
	*about = a.about;
	return (s->roles & (ROLE_OFFICER | ROLE_REGISTRAR)) != 0 ? ERR_OK : ERR_NO_RIGHT;
}

enum verdict_key { VERDICT_ABOUT, VERDICT_RULING, VERDICT_REASON, VERDICT_RECEIVED_ON, VERDICT_REPLACES };

void rat_verdict_pack(struct mp_out *m, const struct rat_verdict *v)
{
	mp_put_map(
	        m, 2u + body_has(v->reason) + body_one(v->has_received) + body_one(v->replaces_count != 0));
	body_put_reference(m, VERDICT_ABOUT, &v->about);
	body_put_uint(m, VERDICT_RULING, v->ruling);
	body_put_text(m, VERDICT_REASON, v->reason);
	if (v->has_received) {
		body_put_int(m, VERDICT_RECEIVED_ON, v->received_on.n);
	}
	if (v->replaces_count == 0) {
		return;
	}
	mp_put_uint(m, VERDICT_REPLACES);
	mp_put_array(m, v->replaces_count);
	for (uint32_t i = 0; i < v->replaces_count; i++) {
		reference_pack(m, &v->replaces[i]);
	}
}

static void verdict_replaces_unpack(struct mp_in *m, struct rat_verdict *v)
{
	v->replaces_count = mp_array(m, RAT_REPLACES_MAX);
	for (uint32_t i = 0; i < v->replaces_count && mp_error(m) == ERR_OK; i++) {
		v->replaces[i] = body_reference(m);
	}
	mp_array_end(m);
}

enum err rat_verdict_unpack(struct bytes body, struct rat_verdict *out)
{
	struct rat_verdict v = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, VERDICT_ABOUT)) {
		v.about = body_reference(&m);
	}
	if (mp_need(&m, &map, VERDICT_RULING)) {
		v.ruling = (enum rat_ruling)body_u32(&m, RAT_RULINGS - 1);
	}
	v.reason = body_text(&m, &map, VERDICT_REASON, TEXT_BYTES_MAX);
	if (mp_key(&m, &map, VERDICT_RECEIVED_ON)) {
		v.has_received = true;
		v.received_on = body_day(&m);
	}
	if (mp_key(&m, &map, VERDICT_REPLACES)) {
		verdict_replaces_unpack(&m, &v);
	}
	mp_map_end(&m, &map);
	if (v.has_received && v.reason.len == 0) {
		mp_fail(&m, ERR_NO_REASON);
	}
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = v;
	}
	return e;
}

enum err rat_verdict_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct rat_verdict v;
	enum err e = rat_verdict_unpack(s->body, &v);
	if (e != ERR_OK) {
		return e;
	}
	*about = v.about;
	return (s->roles & (ROLE_REGISTRAR | ROLE_AUDITOR)) != 0 ? ERR_OK : ERR_NO_RIGHT;
}

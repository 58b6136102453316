/* SPDX-License-Identifier: Apache-2.0
 * body_int.h: what the files of this layer share to read and write bodies: typed fields with the error that a rule
 * names. Sticky like the cursors below it. */
#ifndef LEDGER_BODY_INT_H
#define LEDGER_BODY_INT_H

#include "ledger/answer.h"

/* Fields of bodies. All return zeros after an error. */
struct rupiah body_money(struct mp_in *m, int64_t min, int64_t max); /* ERR_AMOUNT_RANGE */
struct day body_day(struct mp_in *m);                                /* ERR_DATE_RANGE */
int32_t body_year(struct mp_in *m);                                  /* ERR_DATE_RANGE */
struct member_no body_member(struct mp_in *m);
uint32_t body_u32(struct mp_in *m, uint32_t max);
struct reference body_reference(struct mp_in *m);
struct bytes body_needed_text(struct mp_in *m, size_t max); /* ERR_MISSING_FIELD when empty */
struct bytes body_text(struct mp_in *m, struct mp_map *map, uint32_t key, size_t max); /* optional */
struct rupiah body_amount(
        struct mp_in *m, struct mp_map *map, uint32_t key, int64_t max); /* optional, +- max */

/* Pairs of a map: body_has() is how many (0, 1) an optional field adds; body_put_text() writes it when it does. */
uint32_t body_has(struct bytes text);
uint32_t body_one(bool there);
void body_put_text(struct mp_out *m, uint32_t key, struct bytes text);
void body_put_amount(struct mp_out *m, uint32_t key, struct rupiah amount); /* when not 0 */
void body_put_uint(struct mp_out *m, uint32_t key, uint64_t v);
void body_put_int(struct mp_out *m, uint32_t key, int64_t v);
void body_put_reference(struct mp_out *m, uint32_t key, const struct reference *r);

#endif

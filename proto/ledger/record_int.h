/* SPDX-License-Identifier: Apache-2.0
 * record_int.h: what the files of this layer share to write and read records. A record is read from our own store,
 * so what does not fit is ERR_MALFORMED and the store's care. */
#ifndef LEDGER_RECORD_INT_H
#define LEDGER_RECORD_INT_H

#include "ledger/answer.h"

void record_put_reference(struct bytes_out *o, const struct reference *r);
void record_put_place(struct bytes_out *o, struct place p);
void record_put_day(struct bytes_out *o, struct day d);
void record_put_money(struct bytes_out *o, struct rupiah r);
void record_put_text(struct bytes_out *o, struct bytes text); /* u8 length, bytes; at most 255 */
struct reference record_get_reference(struct bytes_in *in);
struct place record_get_place(struct bytes_in *in);
struct day record_get_day(struct bytes_in *in);
struct rupiah record_get_money(struct bytes_in *in);
int32_t record_get_i32(struct bytes_in *in);
uint8_t record_get_text(struct bytes_in *in, char *out, size_t cap); /* the length */
/* An enum's value below count, or a bool: ERR_MALFORMED. */
uint8_t record_get_choice(struct bytes_in *in, uint32_t count);
void record_fail(struct bytes_in *in);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * row.h: putting values of ours into JSON objects, each form in one place: amounts are integers, days are
 * "2026-03-31", members are aliases, entries are references. What is absent is null, so that keys are always there. */
#ifndef TOOLS_ROW_H
#define TOOLS_ROW_H

#include "tools/names.h"

json_t *row_new(void);
void row_text(json_t *row, const char *key, struct bytes text);  /* empty: null */
void row_string(json_t *row, const char *key, const char *text); /* NULL or empty: null */
void row_money(json_t *row, const char *key, struct rupiah amount);
void row_count(json_t *row, const char *key, uint64_t n);
void row_integer(json_t *row, const char *key, int64_t n);
void row_yes(json_t *row, const char *key, bool yes);
void row_null(json_t *row, const char *key);
void row_json(json_t *row, const char *key, json_t *value); /* takes it */
void row_date(json_t *row, const char *key, struct ctx *ctx, struct day d);
void row_member(json_t *row, const char *key, struct ctx *ctx, struct member_no no);
void row_reference(json_t *row, const char *key, struct ctx *ctx, const struct reference *r);
void row_decimal(
        json_t *row, const char *key, struct ctx *ctx, int64_t value, unsigned places); /* "2978.694" */
void row_hex(json_t *row, const char *key, struct ctx *ctx, struct bytes b);
void row_base64(json_t *row, const char *key, struct ctx *ctx, struct bytes b);
void row_add(json_t *list, json_t *row); /* takes it */
/* An answer to "why": its code, words, and what to do, or NULL. */
void row_say(json_t *list, const char *code, const char *way_out, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

#endif

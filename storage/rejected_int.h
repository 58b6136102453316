/* SPDX-License-Identifier: Apache-2.0 */
/* rejected_int.h: why entries have no effect. An error is kept by its code ("trade_total"), which never changes; its
 * number may. */
#ifndef STORAGE_REJECTED_INT_H
#define STORAGE_REJECTED_INT_H

#include "keys_int.h"
#include "storage/view.h"

/* about: the object on which it has none, PLACE_NONE when the entry fails by itself. */
void rejected_put(struct txn *t, struct place statement, struct place about, enum err e);
void rejected_remove(struct txn *t, struct place statement, struct place about);
/* Everything said of the statement. */
void rejected_clear(struct txn *t, struct place statement);
enum err rejected_get(struct txn *t, struct place statement, struct place about); /* ERR_OK: not rejected */
/* The first reason, whatever it is about. */
enum err rejected_any(struct txn *t, struct place statement);
bool rejected_next(struct txn *t, struct key *at, struct view_rejected *out);

#endif

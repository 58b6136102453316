/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild_int.h: the roster and every view made anew from the entries: when an anchor gives the registrar's history
 * another course. */
#ifndef STORAGE_REBUILD_INT_H
#define STORAGE_REBUILD_INT_H

#include "storage/txn.h"

/* The transaction's roster is another afterwards: nothing borrowed from the old one lives. */
void rebuild_all(struct txn *t);

#endif

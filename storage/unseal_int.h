/* SPDX-License-Identifier: Apache-2.0 */
/* unseal_int.h: from an entry as kept to a statement as the ledger sees it. */
#ifndef STORAGE_UNSEAL_INT_H
#define STORAGE_UNSEAL_INT_H

#include "ledger/statement.h"
#include "storage/feed.h"

/* *out is filled but for kind and body whatever comes of it. scratch: for the opened body of a sealed entry; that of
 * any other is borrowed from the entry. ERR_NOT_FOR_US: sealed to others. Any other error: it opens for nobody. */
MUST_USE enum err unseal_entry(
        struct txn *t, const struct entry_ref *entry, struct bytes_out *scratch, struct statement *out);
/* The entry at a place, its body in scratch in any case, so that it outlives writing. ERR_NOT_FOUND: not held. */
MUST_USE enum err unseal_at(
        struct txn *t, struct place place, struct bytes_out *scratch, struct statement *out);

#endif

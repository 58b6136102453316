/* SPDX-License-Identifier: Apache-2.0 */
/* store_int.h: what backup.c needs of a store's directory before anybody opens it as a store. */
#ifndef STORAGE_STORE_INT_H
#define STORAGE_STORE_INT_H

#include "txn_int.h"

/* The store of HOME/store, which nobody has open: from now on it counts as restored. Its file was looked at. */
MUST_USE enum err store_mark_restored(const char *home);

#endif

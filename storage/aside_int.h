/* SPDX-License-Identifier: Apache-2.0 */
/* aside_int.h: the secrets of channels that were opened by entries that are set aside now, so that what was sealed to us
 * stays readable. They lie in a drawer: feed u32, seq u64, id 16 -> secret. */
#ifndef STORAGE_ASIDE_INT_H
#define STORAGE_ASIDE_INT_H

#include "storage/feed.h"

/* The entry is about to be set aside, and its channel is still known. */
void aside_keep_channel(struct txn *t, const struct entry_ref *entry);
/* The feed loses its number, and its places with it. */
void aside_drop_channels(struct txn *t, struct feed_no no);
/* What is set aside of the feed is no longer where the whole of a run is held again, nor are its channels' secrets. */
void aside_drop_held(struct txn *t, struct feed_no no);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* channel_int.h: the channels met, and the secrets of those that are for us. docs/PROTOCOL.md 9. */
#ifndef STORAGE_CHANNEL_INT_H
#define STORAGE_CHANNEL_INT_H

#include "log/seal.h"
#include "storage/feed.h"

/* A channel.open: try it with our seal key, once, and keep what came of it. ERR_OK (also when it is not for us), or
 * what is wrong with it. */
MUST_USE enum err channel_learn(struct txn *t, struct place place, struct bytes body);
void channel_forget(struct txn *t, struct place place);
/* ERR_NOT_FOUND: no channel was opened there. ERR_NOT_FOR_US. ERR_NOT_DECRYPTED: it was not well-formed. */
MUST_USE enum err channel_secret(struct txn *t, struct place place, struct channel_secret *out);

#endif

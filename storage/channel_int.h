/* SPDX-License-Identifier: Apache-2.0 */
/* channel_int.h: the channels met, and the secrets of those that are open to us: by a wrap for our key, or by a
 * key.share. docs/PROTOCOL.md 9. */
#ifndef STORAGE_CHANNEL_INT_H
#define STORAGE_CHANNEL_INT_H

#include "log/seal.h"
#include "storage/feed.h"

/* A channel.open: try it with our seal key, once, then with what key.share entries gave, and keep what came of it. ERR_OK
 * (also when it is not for us), or what is wrong with it. */
MUST_USE enum err channel_learn(struct txn *t, struct place place, struct bytes body);
void channel_forget(struct txn *t, struct place place);
/* ERR_NOT_FOUND: no channel was opened there. ERR_NOT_FOR_US. ERR_NOT_DECRYPTED: it was not well-formed. */
MUST_USE enum err channel_secret(struct txn *t, struct place place, struct channel_secret *out);
/* Did a wrap for our own key open it? */
bool channel_is_own(struct txn *t, struct place place);
/* Did that, or a key.share? */
bool channel_is_open(struct txn *t, struct place place);
/* The channel.open at a place. ERR_NOT_FOUND: nothing is held there. ERR_NO_SUCH_OBJECT: something else is. Borrowed. */
MUST_USE enum err channel_at(struct txn *t, struct place place, struct channel_open *out);

/* Would the key.share entries now held open it where it is not, or no longer do where they did? */
bool channel_turns(struct txn *t, struct place place);
/* Do it. Entries sealed in it are the caller's to undo before and to judge after. */
void channel_turn(struct txn *t, struct place place);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * tlogproof.h: c2sp.org/tlog-proof@v1, the text form of "this entry is in that log, and these have seen it": an
 * index, an inclusion proof, and a checkpoint with its cosignatures, which any C2SP verifier can check. */
#ifndef LOG_TLOGPROOF_H
#define LOG_TLOGPROOF_H

#include "log/note.h"
#include "log/proof.h"

struct tlogproof {
	struct bytes extra; /* base64, borrowed; empty: none. Nothing authenticates it: never believe it */
	uint64_t index;
	struct proof path;
	struct bytes checkpoint; /* the note, verbatim; borrowed */
};

/* Format only; put(parse(t)) = t. ERR_MALFORMED, ERR_TOO_LONG (the extra line), ERR_TOO_MANY (hashes). */
MUST_USE enum err tlogproof_parse(struct bytes text, struct tlogproof *out);
void tlogproof_put(struct bytes_out *o, const struct tlogproof *proof);

/* Is the entry with that id in the log of keys[0]? keys[0] is the log's own key, whose name is its origin; the others
 * are cosigners'. seen: keys_count elements, see note_verify(); seen[0] is always signed. head may be NULL.
 * note_parse()'s errors, ERR_MALFORMED (the checkpoint's text), ERR_BAD_SIGNATURE (also: not the log's),
 * ERR_BAD_PROOF. */
MUST_USE enum err tlogproof_verify(const struct tlogproof *proof, const struct hash *id,
        const struct note_key *keys, uint32_t keys_count, struct note_seen *seen, struct head *head);

#endif

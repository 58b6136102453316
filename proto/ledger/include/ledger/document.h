/* SPDX-License-Identifier: Apache-2.0
 * document.h: a document is known by its SHA-256; its bytes travel on request. docs/LEDGER.md 9. */
#ifndef LEDGER_DOCUMENT_H
#define LEDGER_DOCUMENT_H

#include "ledger/answer.h"

struct document_note {
	struct hash sha256;
	uint64_t size_bytes;
	struct bytes type;  /* "application/pdf", at most NAME_BYTES_MAX */
	struct bytes title; /* 1..NAME_BYTES_MAX */
};
void document_note_pack(struct mp_out *m, const struct document_note *d);
MUST_USE enum err document_note_unpack(struct bytes body, struct document_note *out);

#endif

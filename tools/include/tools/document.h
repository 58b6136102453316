/* SPDX-License-Identifier: Apache-2.0
 * document.h: files that entries name by their SHA-256: kept under HOME/documents by that hash. */
#ifndef TOOLS_DOCUMENT_H
#define TOOLS_DOCUMENT_H

#include "base/hash.h"
#include "tools/ctx.h"

#define DOCUMENT_BYTES_MAX (64u * 1024u * 1024u)

/* Hash the file that the field names and keep a copy. */
void document_keep(struct ctx *ctx, struct field path, struct hash *sha256, uint64_t *size_bytes);

/* Documents here, whole ones, and how much they are together. */
struct document_sum {
	uint64_t count, bytes;
};
struct document_sum document_held(struct ctx *ctx);
/* How many that our own entries name are not here. The store is open. */
uint64_t document_lacking(struct ctx *ctx);

#endif

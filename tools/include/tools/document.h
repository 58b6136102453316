/* SPDX-License-Identifier: Apache-2.0
 * document.h: files that entries name by their SHA-256: kept under HOME/documents by that hash. */
#ifndef TOOLS_DOCUMENT_H
#define TOOLS_DOCUMENT_H

#include "base/hash.h"
#include "tools/ctx.h"

#define DOCUMENT_BYTES_MAX (64u * 1024u * 1024u)

/* Hash the file that the field names and keep a copy. */
void document_keep(struct ctx *ctx, struct field path, struct hash *sha256, uint64_t *size_bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * document.c: keeping a document, and what is kept. It is written under a temporary name and renamed, so a name is a
 * whole file. */
#include "tools/document.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "ledger/kinds.h"
#include "ledger/rat.h"
#include "tools/lang.h"
#include "tools/names.h"

/* Where a document of that name is, or would be. */
static const char *path_of(struct ctx *ctx, const char *name)
{
	const size_t cap = HOME_PATH_BYTES_MAX + NAME_MAX + 1;
	char dir[HOME_PATH_BYTES_MAX], *path = arena_take(&ctx->arena, cap);

	home_path(&ctx->home, "documents", dir);
	(void)snprintf(path, cap, "%s/%s", dir, name);
	return path;
}

static bool read_file(struct ctx *ctx, struct field f, uint8_t **out, size_t *len)
{
	const char *path = arena_text(&ctx->arena, f.text);
	FILE *in = fopen(path, "rb");
	uint8_t *data = in ? malloc(DOCUMENT_BYTES_MAX + 1) : NULL;

	if (!in) {
		trouble_field(&ctx->trouble, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, f.name, "%s: %s", path,
		        strerror(errno));
		return false;
	}
	*len = data ? fread(data, 1, DOCUMENT_BYTES_MAX + 1, in) : 0;
	if (!data || ferror(in))
		trouble_field(&ctx->trouble, ERR_IO, f.name, "%s: %s", path, strerror(errno));
	else if (*len > DOCUMENT_BYTES_MAX)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name, _("%s has more than 64 MiB"), path);
	(void)fclose(in);
	*out = data;
	return !trouble_is(&ctx->trouble);
}

static bool write_file(const char *path, const uint8_t *data, size_t len)
{
	FILE *out = fopen(path, "wb");
	bool good;

	if (!out)
		return false;
	good = fwrite(data, 1, len, out) == len && fflush(out) == 0 && fsync(fileno(out)) == 0;
	return fclose(out) == 0 && good;
}

static void keep_copy(struct ctx *ctx, const struct hash *sha256, const uint8_t *data, size_t len)
{
	const char *path = path_of(ctx, names_hex(ctx, BYTES_OF(sha256->bytes)));
	char dir[HOME_PATH_BYTES_MAX], part[HOME_PATH_BYTES_MAX + 96];

	home_path(&ctx->home, "documents", dir);
	(void)mkdir(dir, 0700); /* there already, or the writing below says why not */
	(void)snprintf(part, sizeof part, "%s.part", path);
	if (write_file(part, data, len) && rename(part, path) == 0)
		return;
	trouble_set(&ctx->trouble, errno == ENOSPC ? ERR_DISK_FULL : ERR_IO, "%s: %s", path, strerror(errno));
	(void)unlink(part);
}

void document_keep(struct ctx *ctx, struct field path, struct hash *sha256, uint64_t *size_bytes)
{
	uint8_t *data = NULL;
	size_t len = 0;

	if (!trouble_is(&ctx->trouble) && read_file(ctx, path, &data, &len)) {
		*sha256 = hash_of(BYTES(data, len));
		*size_bytes = len;
		keep_copy(ctx, sha256, data, len);
	}
	free(data);
}

struct document_sum document_held(struct ctx *ctx)
{
	struct document_sum sum = {0, 0};
	char path[HOME_PATH_BYTES_MAX];
	struct hash sha256;
	const struct dirent *entry;
	struct stat st;
	DIR *dir;

	home_path(&ctx->home, "documents", path);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (text_hex(bytes_text(entry->d_name), sha256.bytes, sizeof sha256.bytes) != ERR_OK ||
		        stat(path_of(ctx, entry->d_name), &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		sum.count++;
		sum.bytes += (uint64_t)st.st_size;
	}
	if (dir)
		(void)closedir(dir);
	return sum;
}

static uint64_t lacking_of(struct ctx *ctx, struct place place, struct rat_parts *parts)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct statement s;
	struct rat_attest a;
	uint64_t count = 0;

	if (view_statement(ctx->txn, place, &scratch, &s) != ERR_OK ||
	        rat_attest_unpack(s.kind, s.body, parts, &a) != ERR_OK)
		return 0;
	for (uint32_t i = 0; i < a.documents_count; i++)
		count += access(path_of(ctx, names_hex(ctx, BYTES_OF(a.documents[i].sha256.bytes))), F_OK) !=
		         0;
	return count;
}

uint64_t document_lacking(struct ctx *ctx)
{
	struct rat_parts *parts = arena_take(&ctx->arena, sizeof *parts);
	struct place at = {.feed = ctx->feed};
	struct entry_ref entry;
	uint64_t count = 0;

	for (; ctx->has_feed && feed_entry(ctx->txn, at, &entry); at.seq++)
		if (entry.kind == KIND_RAT_ATTEST || entry.kind == KIND_RAT_RECORD)
			count += lacking_of(ctx, at, parts);
	return count;
}

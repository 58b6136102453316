/* SPDX-License-Identifier: Apache-2.0
 * document.c: keeping a document. It is written under a temporary name and renamed, so a name is a whole file. */
#include "tools/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/lang.h"
#include "tools/names.h"

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
	char dir[HOME_PATH_BYTES_MAX], path[HOME_PATH_BYTES_MAX + 80], part[HOME_PATH_BYTES_MAX + 96];

	home_path(&ctx->home, "documents", dir);
	(void)mkdir(dir, 0700); /* there already, or the writing below says why not */
	(void)snprintf(path, sizeof path, "%s/%s", dir, names_hex(ctx, BYTES_OF(sha256->bytes)));
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

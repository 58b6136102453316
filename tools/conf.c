/* SPDX-License-Identifier: Apache-2.0
 * conf.c: lontar.conf is written anew beside itself and renamed, so it is always whole. */
#include "tools/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/lang.h"

struct rewriting {
	char path[HOME_PATH_BYTES_MAX], part[HOME_PATH_BYTES_MAX + 8];
	FILE *in, *out;
};

static bool begin(struct ctx *ctx, struct rewriting *r)
{
	home_path(&ctx->home, "lontar.conf", r->path);
	(void)snprintf(r->part, sizeof r->part, "%s.part", r->path);
	r->in = fopen(r->path, "r"); /* NULL: there is none yet */
	r->out = fopen(r->part, "w");
	if (!r->out)
		trouble_set(&ctx->trouble, ERR_IO, "%s: %s", r->part, strerror(errno));
	return r->out != NULL;
}

static void end(struct ctx *ctx, struct rewriting *r)
{
	bool good = r->out && fflush(r->out) == 0 && fsync(fileno(r->out)) == 0;

	if (r->in)
		(void)fclose(r->in);
	if (r->out)
		good = fclose(r->out) == 0 && good;
	if (r->out && (!good || rename(r->part, r->path) != 0))
		trouble_set(&ctx->trouble, errno == ENOSPC ? ERR_DISK_FULL : ERR_IO, "%s: %s", r->path,
		        strerror(errno));
}

void conf_add(struct ctx *ctx, const char *name, const char *value)
{
	struct rewriting r;
	char line[8192];

	if (begin(ctx, &r)) {
		while (r.in && fgets(line, sizeof line, r.in))
			(void)fputs(line, r.out);
		(void)fprintf(r.out, "%s = %s\n", name, value);
	}
	end(ctx, &r);
}

static bool holds(struct bytes line, const char *name, struct bytes text)
{
	struct bytes rest = line, key = text_trim(text_split(&rest, '='));

	if (!bytes_equal(key, bytes_text(name)))
		return false;
	for (size_t i = 0; i + text.len <= rest.len; i++) {
		if (memcmp(rest.data + i, text.data, text.len) == 0)
			return true;
	}
	return false;
}

unsigned conf_remove(struct ctx *ctx, const char *name, struct bytes text)
{
	struct rewriting r;
	char line[8192];
	unsigned removed = 0;

	if (begin(ctx, &r)) {
		while (r.in && fgets(line, sizeof line, r.in)) {
			if (holds(bytes_text(line), name, text))
				removed++;
			else
				(void)fputs(line, r.out);
		}
	}
	end(ctx, &r);
	return removed;
}

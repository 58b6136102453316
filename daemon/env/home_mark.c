/* SPDX-License-Identifier: Apache-2.0
 * home_mark.c: the copy of the mark. It is written before anything of the own feed leaves, so it must cost one wait for
 * the disk: two slots in one file of fixed size, written in turn and in place. A power cut spoils at most the slot that
 * is being written; the other one has the mark before. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "env/home.h"
#include "file_int.h"

#define SLOT_BYTES 4096u /* of its own sector: the disk tears no neighbour */
#define SLOTS 2u
#define MARK_FORM "lontar-mark-2"
#define SUM_BYTES 8u

struct slot {
	uint64_t turn; /* the greater one is the newer */
	struct home_mark mark;
};

static enum err mark_path(const struct home *home, const struct home_config *config, const char *store_id,
        char out[HOME_PATH_BYTES_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *user = getenv("HOME");
	int n = -1;
	if (config->mark[0] == '/')
		n = snprintf(out, HOME_PATH_BYTES_MAX, "%s", config->mark);
	else if (config->mark[0])
		n = snprintf(out, HOME_PATH_BYTES_MAX, "%s/%s", home->dir, config->mark);
	else if (state && *state)
		n = snprintf(out, HOME_PATH_BYTES_MAX, "%s/lontar/%s.mark", state, store_id);
	else if (user && *user)
		n = snprintf(out, HOME_PATH_BYTES_MAX, "%s/.local/state/lontar/%s.mark", user, store_id);
	return n > 0 && n < HOME_PATH_BYTES_MAX ? ERR_OK : ERR_IO;
}

struct hash home_place(const struct home *home)
{
	char text[64 + HOME_PATH_BYTES_MAX] = {0};
	char real[PATH_MAX];
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, 32);
	if (fd >= 0)
		(void)close(fd);
	struct bytes_out o = bytes_out(text + 64, sizeof text - 64);
	bytes_put_text(&o, realpath(home->dir, real) ? real : home->dir);
	(void)n; /* without one it is zeros */
	return hash_of(BYTES(text, 64 + o.len));
}

/* "lontar-mark-2 TURN GENERATION SIZE ROOT SUM", the sum over what stands before it. */
static void put_slot(struct bytes_out *o, const struct slot *s)
{
	bytes_put_text(o, MARK_FORM " ");
	bytes_put_decimal(o, s->turn);
	bytes_put_u8(o, ' ');
	bytes_put_decimal(o, s->mark.generation);
	bytes_put_u8(o, ' ');
	bytes_put_decimal(o, s->mark.head.size);
	bytes_put_u8(o, ' ');
	text_put_hex(o, BYTES_OF(s->mark.head.root.bytes));
	bytes_put_u8(o, ' ');
	const struct hash sum = hash_of(bytes_written(o));
	text_put_hex(o, BYTES(sum.bytes, SUM_BYTES));
	bytes_put_u8(o, '\n');
}

static bool parse_slot(struct bytes text, struct slot *out)
{
	struct bytes line, rest;
	struct slot s;
	uint8_t sum[SUM_BYTES];
	if (!text_line(&text, &line) || line.len < 2 * SUM_BYTES)
		return false;
	const struct bytes summed = BYTES(line.data, line.len - 2 * SUM_BYTES);
	const struct hash h = hash_of(summed);
	if (text_hex(BYTES(summed.data + summed.len, 2 * SUM_BYTES), sum, sizeof sum) ||
	        memcmp(sum, h.bytes, sizeof sum) != 0)
		return false;
	rest = summed;
	if (!bytes_equal(text_split(&rest, ' '), bytes_text(MARK_FORM)) ||
	        text_u64(text_split(&rest, ' '), UINT64_MAX, &s.turn) ||
	        text_u64(text_split(&rest, ' '), UINT64_MAX, &s.mark.generation) ||
	        text_u64(text_split(&rest, ' '), UINT64_MAX, &s.mark.head.size) ||
	        text_hex(text_split(&rest, ' '), s.mark.head.root.bytes, sizeof s.mark.head.root.bytes))
		return false;
	*out = s;
	return true;
}

/* The newer of the slots that are whole. */
static enum err read_newest(const char *path, struct slot *out)
{
	static char text[SLOTS * SLOT_BYTES + 2]; /* one thread at a time: the node's, or its writer's */
	bool found = false;
	enum err e = file_read(path, text, sizeof text);
	size_t len = e ? 0 : strnlen(text, sizeof text);
	if (e)
		return e == ERR_TOO_LONG ? ERR_BAD_TEXT : e;
	for (size_t at = 0; at < len; at += SLOT_BYTES) {
		struct slot s;
		size_t room = len - at < SLOT_BYTES ? len - at : SLOT_BYTES;
		if (!parse_slot(BYTES(text + at, room), &s) || (found && s.turn < out->turn))
			continue;
		*out = s;
		found = true;
	}
	return found ? ERR_OK : ERR_BAD_TEXT;
}

enum err home_mark_read(const struct home *home, const struct home_config *config, const char *store_id,
        struct home_mark *out)
{
	char path[HOME_PATH_BYTES_MAX];
	struct slot slot;
	enum err e = mark_path(home, config, store_id, path);
	if (!e)
		e = read_newest(path, &slot);
	if (!e)
		*out = slot.mark;
	return e;
}

/* The first time, or when nothing in the file is whole: both slots, by a file of their own. */
static enum err write_anew(char *path, const struct slot *s)
{
	uint8_t text[SLOTS * SLOT_BYTES];
	char *slash = strrchr(path, '/');
	*slash = 0;
	enum err e = file_make_dirs(path);
	*slash = '/';
	if (e)
		return e;
	memset(text, '\n', sizeof text);
	struct bytes_out o = bytes_out(text, SLOT_BYTES);
	put_slot(&o, s);
	must(bytes_out_end(&o) == ERR_OK);
	return file_write(path, BYTES(text, sizeof text), FILE_REPLACE);
}

enum err home_mark_write(const struct home *home, const struct home_config *config, const char *store_id,
        const struct home_mark *mark)
{
	char path[HOME_PATH_BYTES_MAX];
	struct slot last, next = {.turn = 0, .mark = *mark};
	uint8_t text[256];
	struct bytes_out o = bytes_out(text, sizeof text);
	enum err e = mark_path(home, config, store_id, path);
	if (e)
		return e;
	e = read_newest(path, &last);
	if (e == ERR_NOT_FOUND || e == ERR_BAD_TEXT)
		return write_anew(path, &next);
	if (!e && last.mark.generation > mark->generation)
		e = ERR_RESTORED;
	if (e)
		return e;
	next.turn = last.turn + 1;
	put_slot(&o, &next);
	must(bytes_out_end(&o) == ERR_OK);
	return file_write_at(path, (size_t)(next.turn % SLOTS) * SLOT_BYTES, bytes_written(&o));
}

/* SPDX-License-Identifier: Apache-2.0
 * trouble.h: what went wrong, where, and the way out of it. One value is carried through a command and keeps the
 * first error, so that parsing ten fields needs one check; at the end it is said on stderr, once, in words or as
 * JSON, and becomes the exit code. docs/COMMANDS.md. */
#ifndef TOOLS_TROUBLE_H
#define TOOLS_TROUBLE_H

#include <stdbool.h>

#include "base/err.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_NO = 1,          /* not found, not in step, a check failed */
	EXIT_USAGE = 2,       /* the command or a field was not understood */
	EXIT_RULE = 3,        /* refused by a rule */
	EXIT_UNREACHABLE = 4, /* the daemon or a peer */
	EXIT_STORE = 5,       /* the store is damaged or full */
};

struct trouble {
	enum err err;
	char file[256];      /* empty: not in a file */
	unsigned row;        /* 0: not in a row; the first line of a file is row 1 */
	char field[64];      /* as the person wrote it: "--date", "tanggal"; empty: not in a field */
	char detail[400];    /* what was seen there; empty: nothing to add */
	const char *way_out; /* translated, instead of what trouble_way_out says; NULL: that */
};

/* Keep the first error, with words about it. */
void trouble_set(struct trouble *t, enum err e, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* Likewise, about a field. */
void trouble_field(struct trouble *t, enum err e, const char *field, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
/* Where the fields read next are. file may be NULL. */
void trouble_at(struct trouble *t, const char *file, unsigned row);
bool trouble_is(const struct trouble *t);
void trouble_clear(struct trouble *t); /* forgets the error, keeps the file */

/* The exit code by which an error ends a command. */
enum exit_code trouble_exit(enum err e);
/* What to do about it, translated; NULL where there is nothing to say. */
const char *trouble_way_out(enum err e);

#endif

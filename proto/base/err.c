/* SPDX-License-Identifier: Apache-2.0
 * err.c: the columns of the error table, and the one way by which the program dies of its own mistake. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

struct row {
	const char *code, *text;
	enum blame blame;
};

#define X(name, code, blame, text) {code, text, BLAME_##blame},
static const struct row ROWS[] = {ERR_TABLE(X)};
#undef X

static const struct row *row(enum err e)
{
	must(e < ERR_COUNT);
	return &ROWS[e];
}

const char *err_code(enum err e)
{
	return row(e)->code;
}

const char *err_text(enum err e)
{
	return row(e)->text;
}

enum blame err_blame(enum err e)
{
	return row(e)->blame;
}

_Noreturn void err_die(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, what);
	abort();
}

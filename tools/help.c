/* SPDX-License-Identifier: Apache-2.0
 * help.c: lists of commands, made from the table. */
#include "tools/help.h"

#include <string.h>

#include "tools/commands.h"
#include "tools/lang.h"

static void verbs_of(FILE *out, const char *noun)
{
	const struct command *c;
	const char *between = "";

	for (size_t i = 0; (c = commands_at(i)); i++) {
		if (strcmp(c->noun, noun) != 0 || !c->verb)
			continue;
		(void)fprintf(out, "%s%s", between, c->verb);
		between = ", ";
	}
}

void help_overview(FILE *out)
{
	const struct command *c;
	const char *before = "";

	(void)fprintf(out, "%s\n\n", _("Usage: lontar [--home DIR] [--json] [--lang id|en] COMMAND [...]"));
	for (size_t i = 0; (c = commands_at(i)); i++) {
		if (strcmp(c->noun, before) == 0)
			continue;
		before = c->noun;
		(void)fprintf(out, "  %-14s", c->noun);
		if (c->verb)
			verbs_of(out, c->noun);
		else
			(void)fputs(_(c->about), out);
		(void)fputc('\n', out);
	}
	(void)fprintf(
	        out, "\n%s\n", _("Start with `lontar init --help`; every command has --help with examples."));
}

void help_noun(FILE *out, const char *noun)
{
	const struct command *c;
	char name[64];

	for (size_t i = 0; (c = commands_at(i)); i++) {
		if (strcmp(c->noun, noun) != 0)
			continue;
		commands_name(c, name, sizeof name);
		(void)fprintf(out, "  lontar %s %s\n      %s\n", name, commands_words(c), _(c->about));
	}
}

/* Edits between two short words, at most a few. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[40];
	size_t n = strlen(b);

	if (n >= sizeof row / sizeof row[0])
		return 99;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		unsigned before = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned change = before + (a[i - 1] != b[j - 1]);
			before = row[j];
			row[j] = row[j] + 1 < change ? row[j] + 1 : change;
			row[j] = row[j - 1] + 1 < row[j] ? row[j - 1] + 1 : row[j];
		}
	}
	return row[n];
}

#define NEAR 2u

const char *help_nearest(const char *noun, const char *typed)
{
	const struct command *c;
	const char *best = NULL;
	unsigned least = NEAR + 1;

	for (size_t i = 0; (c = commands_at(i)); i++) {
		const char *word = noun ? c->verb : c->noun;
		unsigned d;
		if ((noun && strcmp(c->noun, noun) != 0) || !word)
			continue;
		d = distance(typed, word);
		if (d < least) {
			least = d;
			best = word;
		}
	}
	return best;
}

/* SPDX-License-Identifier: Apache-2.0
 * commands.c: the table of commands and how one is found in it. The rows are commands_int.h's. */
#include "tools/commands.h"

#include <stdio.h>
#include <string.h>

#include "cmd_int.h"
#include "commands_int.h"
#include "tools/lang.h"

static const struct command table[] = {
#define X(n, v, w, fewest, most, needs, function, text, typed, ...) \
	{.noun = n, \
	        .verb = v, \
	        .words = w, \
	        .words_min = fewest, \
	        .words_max = most, \
	        .need = NEED_##needs, \
	        .run = function, \
	        .about = text, \
	        .examples = typed, \
	        .options = {__VA_ARGS__}},
        COMMANDS(X)
#undef X
};
#define COUNT (sizeof table / sizeof table[0])

const struct command *commands_at(size_t index)
{
	return index < COUNT ? &table[index] : NULL;
}

const struct command *commands_find(const char *noun, const char *verb)
{
	for (size_t i = 0; i < COUNT; i++) {
		const struct command *c = &table[i];
		if (strcmp(c->noun, noun) != 0)
			continue;
		if (!c->verb || (verb && strcmp(c->verb, verb) == 0))
			return c;
	}
	return NULL;
}

bool commands_is_noun(const char *noun)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(table[i].noun, noun) == 0)
			return true;
	}
	return false;
}

const char *commands_words(const struct command *c)
{
	return c->words[0] != '\0' ? _(c->words) : ""; /* the translation of "" is the catalogue's header */
}

void commands_name(const struct command *c, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
}

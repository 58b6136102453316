/* SPDX-License-Identifier: Apache-2.0
 * commands.h: the one table of commands: what each is called, takes, needs and says of itself. Help, completion and
 * running all come from it. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "tools/args.h"
#include "tools/ctx.h"

enum need {
	NEED_NOTHING,
	NEED_HOME,  /* directory and settings */
	NEED_STORE, /* also a snapshot of the store */
};

struct command {
	const char *noun, *verb; /* verb NULL: the noun is the command */
	const char *words;       /* what stands after it, for usage: "PARTNER"; msgid, or empty */
	unsigned words_min, words_max;
	enum need need;
	enum exit_code (*run)(struct ctx *ctx);
	const char *about, *examples; /* msgid; lines that can be typed */
	enum opt options[COMMAND_OPTIONS_MAX];
};

const struct command *commands_at(size_t index); /* NULL past the end */
/* By noun and verb; verb may be NULL. NULL: no such command. */
const struct command *commands_find(const char *noun, const char *verb);
bool commands_is_noun(const char *noun);
/* What stands after it, translated; empty where nothing does. */
const char *commands_words(const struct command *c);
/* "trade offer" */
void commands_name(const struct command *c, char *out, size_t cap);

#endif

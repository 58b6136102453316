/* SPDX-License-Identifier: Apache-2.0
 * complete.c: nouns, verbs, options, aliases of members, references of objects. */
#include "tools/complete.h"

#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/names.h"
#include "tools/objects.h"

static bool begins(const char *word, const char *with)
{
	return strncmp(word, with, strlen(with)) == 0;
}

static void offer(const char *word, const char *typed)
{
	if (begins(word, typed))
		(void)puts(word);
}

static void nouns(const char *typed)
{
	const struct command *c;
	const char *before = "";

	for (size_t i = 0; (c = commands_at(i)); i++) {
		if (strcmp(c->noun, before) != 0)
			offer(c->noun, typed);
		before = c->noun;
	}
	offer("help", typed);
	for (const char *const *o = (const char *const[]){"--home", "--json", "--lang", "--help", NULL}; *o;
	        o++) {
		if (typed[0] == '-')
			offer(*o, typed);
	}
}

static void verbs(const char *noun, const char *typed)
{
	const struct command *c;

	for (size_t i = 0; (c = commands_at(i)); i++) {
		if (strcmp(c->noun, noun) == 0 && c->verb)
			offer(c->verb, typed);
	}
}

static void options(const struct command *c, const char *typed)
{
	static const enum opt always[] = {OPT_HOME, OPT_JSON, OPT_LANG, OPT_PASSPHRASE_FILE};

	for (size_t i = 0; c->options[i] != OPT_NONE; i++)
		offer(args_name(c->options[i]), typed);
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		offer(args_name(always[i]), typed);
	offer("--help", typed);
}

static void members(struct ctx *ctx, const char *typed)
{
	for (uint32_t i = 0; i < ctx->roster->members_count; i++)
		offer(names_alias(ctx, (struct member_no){i}), typed);
}

/* Objects that the command could be about. */
static void entries(struct ctx *ctx, const char *noun, const char *typed)
{
	static const struct {
		const char *noun;
		enum object_type type;
	} types[] = {{"trade", OBJECT_TRADE}, {"accept", OBJECT_TRADE}, {"payment", OBJECT_PAYMENT},
	        {"partner", OBJECT_PARTNERSHIP}};
	struct view_object object;
	struct entry_ref entry;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct objects all = objects_of(ctx->me, types[i].type);
		if (strcmp(types[i].noun, noun) != 0)
			continue;
		while (ctx->has_feed && objects_next(ctx->txn, &all, &object)) {
			if (feed_entry(ctx->txn, object.place, &entry)) {
				struct reference ref = feed_reference(&entry);
				offer(names_reference(ctx, &ref), typed);
			}
		}
	}
}

/* The value of what stands before, or the next word of the command. */
static void values(const struct command *c, const char *previous, const char *typed, struct args *home)
{
	const char *what = c->words;
	struct ctx ctx;

	if (strcmp(previous, args_name(OPT_LANG)) == 0)
		what = args_value_name(OPT_LANG);
	for (size_t i = 0; previous[0] == '-' && c->options[i] != OPT_NONE; i++) {
		if (strcmp(args_name(c->options[i]), previous) == 0 && args_value_name(c->options[i]))
			what = args_value_name(c->options[i]);
	}
	if (strchr(what, '|') && strchr(what, '|') > what && what != c->words) {
		/* an option's choice: "id|en" */
		char list[64];
		(void)snprintf(list, sizeof list, "%s", what);
		for (char *at = list, *next; at; at = next) {
			next = strchr(at, '|');
			if (next)
				*next++ = '\0';
			offer(at, typed);
		}
		return;
	}
	ctx_init(&ctx, home);
	if (ctx_open(&ctx)) {
		if (strstr(what, "PARTNER") || strstr(what, "MEMBER") || strstr(what, "FEED"))
			members(&ctx, typed);
		if (strstr(what, "ENTRY"))
			entries(&ctx, c->noun, typed);
	}
	ctx_deinit(&ctx);
}

void complete_print(int count, char **words)
{
	static struct args home;
	const char *plain[3] = {NULL, NULL, NULL}, *typed = count > 0 ? words[count - 1] : "";
	const struct command *c;
	int seen = 0;

	for (int i = 0; i + 1 < count; i++) {
		if (strcmp(words[i], "--home") == 0 && i + 2 < count) {
			home.given[home.given_count].opt = OPT_HOME;
			home.given[home.given_count++].value = words[++i];
		} else if (words[i][0] != '-' && seen < 3) {
			plain[seen++] = words[i];
		}
	}
	c = plain[0] ? commands_find(plain[0], plain[1]) : NULL;
	if (!plain[0])
		nouns(typed);
	else if (!c)
		verbs(plain[0], typed);
	else if (typed[0] == '-')
		options(c, typed);
	else
		values(c, count > 1 ? words[count - 2] : "", typed, &home);
}

/* SPDX-License-Identifier: Apache-2.0
 * main.c: lontar, everything that people do. It finds the command, reads what was typed after it, opens what it needs,
 * runs it, and returns its exit code. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "env/random.h"
#include "tools/commands.h"
#include "tools/complete.h"
#include "tools/help.h"
#include "tools/lang.h"
#include "tools/say.h"

static enum say_form form = SAY_WORDS; /* of what is said before a command is found */

static enum exit_code usage(const char *near, const char *format, ...) __attribute__((format(printf, 2, 3)));
static enum exit_code usage(const char *near, const char *format, ...)
{
	struct trouble trouble = {0};
	char text[sizeof trouble.detail];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (form == SAY_JSON) {
		trouble_set(&trouble, ERR_USAGE, "%s", text);
		return say_trouble(form, &trouble);
	}
	(void)fprintf(stderr, "lontar: %s\n", text);
	if (near)
		(void)fprintf(stderr, _("  Did you mean \"%s\"?\n"), near);
	(void)fprintf(stderr, "  %s\n", trouble_way_out(ERR_USAGE));
	return EXIT_USAGE;
}

/* Options before the command, which are taken over behind it. */
struct globals {
	char *taken[8];
	int taken_count;
	int next; /* the first word of the command */
};

static bool take_globals(int argc, char **argv, struct globals *g)
{
	g->next = 1;
	while (g->next < argc && argv[g->next] && strncmp(argv[g->next], "--", 2) == 0 &&
	        g->taken_count + 2 < 8) {
		char *word = argv[g->next];
		bool valued = strcmp(word, "--home") == 0 || strcmp(word, "--lang") == 0;
		bool whole = strcmp(word, "--json") == 0 || strncmp(word, "--home=", 7) == 0 ||
		             strncmp(word, "--lang=", 7) == 0;
		if (!valued && !whole)
			return true;
		g->taken[g->taken_count++] = word;
		if (valued && g->next + 1 == argc)
			return false;
		if (valued)
			g->taken[g->taken_count++] = argv[++g->next];
		g->next++;
	}
	return true;
}

/* --lang anywhere on the line: help is said in it too. */
static const char *language_in(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--lang=", 7) == 0)
			return argv[i] + 7;
		if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			return argv[i + 1];
	}
	return NULL;
}

static bool has_word(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], word) == 0)
			return true;
	}
	return false;
}

static bool open_needed(struct ctx *ctx, const struct command *c)
{
	switch (c->need) {
	case NEED_NOTHING:
		return true;
	case NEED_HOME:
		return ctx_home(ctx);
	case NEED_STORE:
		return ctx_open(ctx);
	}
	return false;
}

static enum exit_code run(const struct command *c, struct globals *g, int argc, char **argv)
{
	static struct args args;
	struct ctx ctx;
	char name[64], full[80];
	const int skip = c->verb ? 2 : 1;
	char **words = calloc((size_t)argc + 10, sizeof *words);
	struct args_spec spec = {.name = full,
	        .words = c->words_max > 0 ? commands_words(c) : NULL,
	        .words_min = c->words_min,
	        .words_max = c->words_max,
	        .about = _(c->about),
	        .examples = c->examples,
	        .options = c->options};
	enum exit_code code;
	int count = 1;

	must(words);
	for (int i = 0; i < g->taken_count; i++)
		words[count++] = g->taken[i];
	for (int i = g->next + skip; i < argc; i++)
		words[count++] = argv[i];
	commands_name(c, name, sizeof name);
	(void)snprintf(full, sizeof full, "lontar %s", name);
	args_parse(&spec, count, words, &args);
	ctx_init(&ctx, &args);
	code = open_needed(&ctx, c) ? c->run(&ctx) : ctx_end(&ctx);
	if (code == EXIT_DONE && !ctx_ok(&ctx, say_end(), _("standard output")))
		code = ctx_end(&ctx);
	ctx_deinit(&ctx);
	free(words);
	return code;
}

static enum exit_code help(const char *noun)
{
	if (!noun)
		help_overview(stdout);
	else if (commands_is_noun(noun))
		help_noun(stdout, noun);
	else
		return usage(help_nearest(NULL, noun), _("there is no command \"%s\""), noun);
	return EXIT_DONE;
}

static enum exit_code find_and_run(struct globals *g, int argc, char **argv)
{
	const char *noun = argv[g->next], *verb = g->next + 1 < argc ? argv[g->next + 1] : NULL;
	must(noun); /* main() saw a word there */
	const struct command *c = commands_find(noun, verb);

	if (c)
		return run(c, g, argc, argv);
	if (strcmp(noun, "help") == 0 || strcmp(noun, "--help") == 0)
		return help(verb && verb[0] != '-' ? verb : NULL);
	if (strcmp(noun, "--version") == 0) {
		(void)printf("lontar %s\n", LONTAR_VERSION);
		return EXIT_DONE;
	}
	if (!commands_is_noun(noun))
		return usage(help_nearest(NULL, noun), _("there is no command \"%s\""), noun);
	if (verb && strcmp(verb, "--help") == 0)
		return help(noun);
	if (verb && verb[0] != '-')
		return usage(help_nearest(noun, verb), _("this command has no \"%s\""), verb);
	if (form == SAY_JSON)
		return usage(NULL, _("needed: %s"), "COMMAND");
	help_noun(stderr, noun);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct globals g = {0};
	const char *lang = language_in(argc, argv);

	lang_init();
	if (!random_ready()) {
		(void)fputs("lontar: libsodium cannot be used\n", stderr);
		return EXIT_STORE;
	}
	if (argc >= 2 && strcmp(argv[1], "__complete") == 0) {
		complete_print(argc - 2, argv + 2);
		return EXIT_DONE;
	}
	if (has_word(argc, argv, "--json"))
		form = SAY_JSON;
	if (lang && lang_choose(lang) != ERR_OK)
		return (int)usage(NULL, _("\"%s\" is no language of ours: id or en"), lang);
	if (!take_globals(argc, argv, &g) || g.next >= argc) {
		help_overview(stderr);
		return EXIT_USAGE;
	}
	return (int)find_and_run(&g, argc, argv);
}

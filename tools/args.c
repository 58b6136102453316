/* SPDX-License-Identifier: Apache-2.0
 * args.c: one generic argp parser over the catalogue of options. */
#include "tools/args.h"

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lang.h"
#include "tools/say.h"

static const struct option_row {
	const char *name, *dashed, *argument, *about;
} catalogue[OPT_COUNT] = {
#define X(name, text, argument, about) [OPT_##name] = {text, "--" text, argument, about},
        OPTIONS(X)
#undef X
};

#define KEY_FIRST 1000 /* beyond every short option */

const char *args_name(enum opt opt)
{
	return catalogue[opt].dashed;
}

const char *args_value_name(enum opt opt)
{
	return catalogue[opt].argument;
}

#define KEY_HELP 999
#define KEY_USAGE 998

struct parsing {
	struct args *args;
	const struct args_spec *spec;
	const struct argp *argp;
	char wrong[200]; /* what was, where argp may not say it: in JSON */
};

/* argp's own would fold the examples, which are there to be copied. */
static void show_help(const struct parsing *p)
{
	char name[80];

	(void)snprintf(name, sizeof name, "%s", p->spec->name);
	argp_help(p->argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_PRE_DOC | ARGP_HELP_LONG, name);
	(void)printf("\n%s\n%s", _("Examples:"), p->spec->examples);
	exit(EXIT_DONE);
}

/* argp is silent (ARGP_NO_ERRS), and so is getopt, whose words are translated on few systems. */
static error_t wrong(struct parsing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static error_t wrong(struct parsing *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(p->wrong, sizeof p->wrong, format, ap);
	va_end(ap);
	return EINVAL;
}

static error_t keep_word(struct parsing *p, const char *word)
{
	if (p->args->words_count >= p->spec->words_max || p->args->words_count >= ARGS_WORDS_MAX)
		return wrong(p, _("\"%s\" is one word too many"), word);
	p->args->words[p->args->words_count++] = word;
	return 0;
}

static error_t keep_option(struct parsing *p, enum opt opt, const char *value)
{
	struct args *args = p->args;

	if (args->given_count == ARGS_GIVEN_MAX)
		return wrong(p, "%s", _("there are too many options"));
	args->given[args->given_count].opt = opt;
	args->given[args->given_count++].value = value ? value : "";
	return 0;
}

static void show_usage(struct argp_state *state)
{
	state->flags &= ~(unsigned)ARGP_NO_ERRS;
	argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
}

/* What getopt would have said. It went past what it refused. */
static error_t refuse_option(struct parsing *p, const struct argp_state *state)
{
	const char *word = state->argv[state->next - 1];

	for (const struct argp_option *o = p->argp->options; o->name; o++) {
		if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0)
			return wrong(p, _("a value is missing after \"%s\""), word);
	}
	if (p->spec->words && p->spec->words[0] != '\0')
		return wrong(p, _("there is no option \"%s\" here; the command is: %s %s"), word,
		        p->spec->name, p->spec->words);
	return wrong(p, _("there is no option \"%s\" here"), word);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct parsing *p = state->input;

	if (key > KEY_FIRST && key < KEY_FIRST + OPT_COUNT)
		return keep_option(p, (enum opt)(key - KEY_FIRST), value);
	if (key == KEY_HELP)
		show_help(p);
	else if (key == KEY_USAGE)
		show_usage(state);
	else if (key == ARGP_KEY_ARG)
		return keep_word(p, value);
	else if (key == ARGP_KEY_END && p->args->words_count < p->spec->words_min)
		return wrong(p, _("needed: %s"), p->spec->words);
	else if (key == ARGP_KEY_ERROR && p->wrong[0] == '\0')
		return refuse_option(p, state);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static void add_option(struct argp_option *row, enum opt opt, int group)
{
	*row = (struct argp_option){.name = catalogue[opt].name,
	        .key = KEY_FIRST + (int)opt,
	        .arg = catalogue[opt].argument,
	        .doc = catalogue[opt].about,
	        .group = group};
}

void args_parse(const struct args_spec *spec, int argc, char **argv, struct args *out)
{
	static const enum opt always[] = {OPT_HOME, OPT_JSON, OPT_LANG, OPT_PASSPHRASE_FILE};
	struct argp_option options[COMMAND_OPTIONS_MAX + 7];
	struct argp argp = {.options = options, .parser = parse, .args_doc = spec->words, .doc = spec->about};
	struct parsing parsing = {.args = out, .spec = spec, .argp = &argp};
	struct trouble trouble = {0};
	bool json = false;
	size_t count = 0;

	memset(options, 0, sizeof options);
	for (size_t i = 0; spec->options[i] != OPT_NONE; i++) {
		must(count < COMMAND_OPTIONS_MAX);
		add_option(&options[count++], spec->options[i], 1);
	}
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		add_option(&options[count++], always[i], 2);
	options[count++] = (struct argp_option){.name = "usage", .key = KEY_USAGE, .flags = OPTION_HIDDEN};
	options[count++] = (struct argp_option){
	        .name = "help", .key = KEY_HELP, .doc = N_("show this, with examples"), .group = 2};
	argp.argp_domain = "lontar";
	memset(out, 0, sizeof *out);
	must(argc >= 1);
	for (int i = 1; i < argc; i++)
		json |= strcmp(argv[i], "--json") == 0;
	argv[0] = (char *)(uintptr_t)spec->name; /* argp names the program by it and does not write there */
	if (argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS, NULL, &parsing) == 0)
		return;
	trouble_set(&trouble, ERR_USAGE, "%s", parsing.wrong);
	exit((int)say_trouble(json ? SAY_JSON : SAY_WORDS, &trouble));
}

bool args_has(const struct args *a, enum opt opt)
{
	return args_get(a, opt) != NULL;
}

const char *args_get(const struct args *a, enum opt opt)
{
	for (unsigned i = a->given_count; i-- > 0;) {
		if (a->given[i].opt == opt)
			return a->given[i].value;
	}
	return NULL;
}

struct field args_field(const struct args *a, enum opt opt)
{
	const char *value = args_get(a, opt);

	return field_of(args_name(opt), bytes_text(value ? value : ""));
}

const char *args_each(const struct args *a, enum opt opt, unsigned *at)
{
	while (*at < a->given_count) {
		unsigned i = (*at)++;
		if (a->given[i].opt == opt)
			return a->given[i].value;
	}
	return NULL;
}

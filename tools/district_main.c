/* SPDX-License-Identifier: Apache-2.0
 * district_main.c: lontar-district DATA OUT: a whole district on one machine, from a folder of CSV: a node home a member
 * under OUT, everything signed by its own keys and dated by the CSV. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "base/hash.h"
#include "base/text.h"
#include "district_int.h"
#include "env/random.h"
#include "tools/lang.h"
#include "tools/say.h"

struct options {
	const char *data, *out, *only, *seed, *homes, *whole;
	bool own;
};

static const struct argp_option rows[] = {
        {"only", 'n', "N", 0, N_("the first N members; rows that name others are skipped and counted"), 0},
        {"own", 'o', NULL, 0, N_("leave each home with its own feed and the registrar's"), 0},
        {"homes", 'm', "ALIAS,...", 0, N_("make these homes only; everybody takes part all the same"), 0},
        {"whole", 'w', "ALIAS,...", 0, N_("with --own: these homes hold everything"), 0},
        {"seed", 's', "TEXT", 0, N_("derive every key from this text: for tests, never for money"), 0},
        {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *o = state->input;

	if (key == 'n')
		o->only = value;
	else if (key == 'o')
		o->own = true;
	else if (key == 's')
		o->seed = value;
	else if (key == 'm')
		o->homes = value;
	else if (key == 'w')
		o->whole = value;
	else if (key == ARGP_KEY_ARG && !o->data)
		o->data = value;
	else if (key == ARGP_KEY_ARG && !o->out)
		o->out = value;
	else if (key == ARGP_KEY_ARG || (key == ARGP_KEY_END && !o->out))
		argp_usage(state);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

/* Random bytes for the whole work: the machine's, or made from the text. */
static struct drbg randomness(const struct options *o)
{
	struct drbg random;
	struct hash h;

	if (o->seed)
		h = hash_of(bytes_text(o->seed));
	else
		random_fill(&h, sizeof h);
	drbg_seed(&random, h.bytes);
	sodium_memzero(&h, sizeof h);
	return random;
}

static void make_keys(struct district *d, struct drbg *random)
{
	drbg_fill(random, d->recovery, sizeof d->recovery);
	for (uint32_t i = 0; i < d->members_count; i++) {
		drbg_fill(random, &d->members[i].seed, sizeof d->members[i].seed);
		keys_derive(&d->members[i].seed, &d->members[i].keys);
	}
}

static bool make_out(struct district *d)
{
	if (mkdir(d->out, 0700) == 0 || errno == EEXIST)
		return true;
	trouble_set(&d->trouble, ERR_IO, "%s: %s", d->out, strerror(errno));
	return false;
}

static bool make(struct district *d, const struct options *o)
{
	struct district_plan plan;
	struct district_runs runs;
	struct drbg random = randomness(o);
	bool good;

	if (!district_data_read(d) || !make_out(d))
		return false;
	make_keys(d, &random);
	district_plan_make(d, &plan);
	good = district_runs_make(d, &plan, &random, &runs) &&
	       district_homes_make(d, &runs, o->own ? DISTRICT_HOLDS_OWN : DISTRICT_HOLDS_ALL);
	sodium_memzero(&random, sizeof random);
	if (good)
		(void)printf(_("%u homes in %s: %u trades, %u payments, %u attestations, %llu entries; %llu "
		               "rows skipped\n"),
		        d->members_count, d->out, d->trades_count, d->payments_count, d->rats_count,
		        (unsigned long long)runs.entries, (unsigned long long)d->skipped);
	return good;
}

int main(int argc, char **argv)
{
	struct argp argp = {.options = rows,
	        .parser = parse,
	        .args_doc = "DATA OUT",
	        .doc = N_("Make a node home for every member of a folder of CSV."),
	        .argp_domain = "lontar"};
	struct options o = {0};
	struct district *d;
	uint64_t only = 0;
	enum exit_code code = EXIT_DONE;

	lang_init();
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
		return EXIT_USAGE;
	d = random_ready() ? calloc(1, sizeof *d) : NULL;
	if (!d)
		return EXIT_STORE;
	if (o.only && text_u64(bytes_text(o.only), MEMBERS_MAX, &only) != ERR_OK)
		trouble_field(&d->trouble, ERR_BAD_NUMBER, "--only", "\"%s\"", o.only);
	d->data = o.data;
	d->out = o.out;
	d->only = (uint32_t)only;
	d->homes = o.homes;
	d->whole = o.whole;
	if (trouble_is(&d->trouble) || !make(d, &o))
		code = trouble_is(&d->trouble) ? say_trouble(SAY_WORDS, &d->trouble) : EXIT_STORE;
	district_data_forget(d);
	free(d);
	return (int)code;
}

/* SPDX-License-Identifier: Apache-2.0
 * lang.c: choosing the language. Its twist: gettext ignores LANGUAGE in the locale "C", and a server rarely has
 * id_ID, so messages come in the locale C.UTF-8 with LANGUAGE set by us; numbers stay those of "C", because money
 * is formatted by proto/base. The catalogues lie beside the program: locale/ in a build tree, else
 * ../share/locale. */
#include "tools/lang.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "lontar"

static const char *from_environment(void)
{
	static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value && value[0] != '\0')
			return value;
	}
	return "en";
}

static void use(const char *code)
{
	if (setenv("LANGUAGE", strncmp(code, "id", 2) == 0 ? "id" : "en", 1) != 0)
		return; /* without memory: English */
	if (!setlocale(LC_CTYPE, "C.UTF-8") || !setlocale(LC_MESSAGES, "C.UTF-8"))
		(void)setlocale(LC_CTYPE, ""); /* a system without C.UTF-8 */
}

static void bind_catalogues(void)
{
	char path[PATH_MAX], dir[PATH_MAX + 32];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	if (len < 0)
		return;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return;
	*slash = '\0';
	(void)snprintf(dir, sizeof dir, "%s/locale", path);
	if (access(dir, R_OK) != 0)
		(void)snprintf(dir, sizeof dir, "%s/../share/locale", path);
	(void)bindtextdomain(DOMAIN, dir);
	(void)bind_textdomain_codeset(DOMAIN, "UTF-8");
	(void)textdomain(DOMAIN);
}

void lang_init(void)
{
	use(from_environment());
	bind_catalogues();
}

enum err lang_choose(const char *code)
{
	if (strcmp(code, "id") != 0 && strcmp(code, "en") != 0)
		return ERR_USAGE;
	use(code);
	return ERR_OK;
}

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WAIT, TONE_BAD };

static const struct code_word {
	const char *code, *text;
	enum tone tone;
} words[] = {
        /* status of a member's RAT */
        {"not_yet_obliged", N_("not yet obliged"), TONE_PLAIN},
        {"not_yet_due", N_("not yet due"), TONE_PLAIN},
        {"on_time", N_("on time"), TONE_GOOD},
        {"on_time_reported_late", N_("on time, reported late"), TONE_WAIT},
        {"late", N_("late"), TONE_WAIT},
        {"past_legal_limit", N_("past the legal limit"), TONE_BAD},
        {"not_reported", N_("not reported"), TONE_BAD},
        {"not_reached", N_("not reached"), TONE_WAIT},
        {"needs_inspection", N_("needs inspection"), TONE_WAIT},
        {"rejected", N_("rejected"), TONE_BAD},
        /* verification */
        {"issued", N_("issued, not yet received"), TONE_WAIT},
        {"received", N_("received"), TONE_PLAIN},
        {"returned", N_("returned"), TONE_WAIT},
        {"verified", N_("verified"), TONE_GOOD},
        /* trades, payments, partnerships */
        {"proposed", N_("proposed"), TONE_WAIT},
        {"expired", N_("expired"), TONE_WAIT},
        {"declined", N_("declined"), TONE_PLAIN},
        {"withdrawn", N_("withdrawn"), TONE_PLAIN},
        {"replaced", N_("replaced"), TONE_PLAIN},
        {"agreed", N_("agreed"), TONE_GOOD},
        {"disputed", N_("disputed"), TONE_BAD},
        {"conflicting", N_("conflicting"), TONE_BAD},
        {"part_paid", N_("part paid"), TONE_WAIT},
        {"settled", N_("settled"), TONE_GOOD},
        {"pending", N_("pending"), TONE_WAIT},
        {"counts", N_("counts"), TONE_GOOD},
        {"denied", N_("denied"), TONE_BAD},
        {"live", N_("in force"), TONE_GOOD},
        {"ended", N_("ended"), TONE_PLAIN},
        {"sale", N_("sale"), TONE_PLAIN},
        {"service", N_("service"), TONE_PLAIN},
        {"consignment", N_("consignment"), TONE_PLAIN},
        {"return", N_("return"), TONE_PLAIN},
        {"correction", N_("correction"), TONE_PLAIN},
        {"loan", N_("loan of goods"), TONE_PLAIN},
        {"cash", N_("cash"), TONE_PLAIN},
        {"transfer", N_("transfer"), TONE_PLAIN},
        {"goods", N_("goods"), TONE_PLAIN},
        {"payment", N_("payment"), TONE_PLAIN},
        {"trade", N_("trade"), TONE_PLAIN},
        {"opening", N_("opening balance"), TONE_PLAIN},
        {"buyer", N_("buyer"), TONE_PLAIN},
        {"seller", N_("seller"), TONE_PLAIN},
        {"payer", N_("payer"), TONE_PLAIN},
        {"payee", N_("payee"), TONE_PLAIN},
        /* members and feeds */
        {"active", N_("active"), TONE_GOOD},
        {"suspended", N_("suspended"), TONE_WAIT},
        {"left", N_("left"), TONE_PLAIN},
        {"primer", N_("primary"), TONE_PLAIN},
        {"sekunder", N_("secondary"), TONE_PLAIN},
        {"other", N_("other"), TONE_PLAIN},
        {"open", N_("open"), TONE_GOOD},
        {"held", N_("held: conflicting records"), TONE_BAD},
        {"cut", N_("cut"), TONE_BAD},
        {"void", N_("void"), TONE_PLAIN},
        {"registrar", N_("registrar"), TONE_PLAIN},
        {"officer", N_("officer"), TONE_PLAIN},
        {"supervisor", N_("supervisor"), TONE_PLAIN},
        {"auditor", N_("auditor"), TONE_PLAIN},
        {"witness", N_("witness"), TONE_PLAIN},
        {"relay", N_("relay"), TONE_PLAIN},
        /* what an import did with a row */
        {"taken", N_("taken"), TONE_GOOD},
        {"taken_with_warnings", N_("taken, with warnings"), TONE_WAIT},
        {"refused", N_("refused"), TONE_BAD},
        {"skipped", N_("skipped"), TONE_PLAIN},
        /* balances confirmed by both sides */
        {"agrees", N_("agrees"), TONE_GOOD},
        {"differs", N_("differs"), TONE_BAD},
        {"waits", N_("waits for the partner"), TONE_WAIT},
        {"waits_for_us", N_("waits for us"), TONE_WAIT},
        /* invites */
        {"waiting", N_("waiting"), TONE_WAIT},
        {"used", N_("used"), TONE_BAD},
        {"revoked", N_("revoked"), TONE_BAD},
        {"unknown", N_("unknown"), TONE_BAD},
        /* anchors */
        {"followed", N_("followed"), TONE_GOOD},
        {"awaits", N_("waits for entries of the old registrar"), TONE_WAIT},
        {"leaves", N_("waits for another history of the registrar"), TONE_WAIT},
        {"barred", N_("the new registrar's keys cannot enter"), TONE_BAD},
        /* own entries that made way for what others held */
        {"appended_again", N_("appended again behind what other nodes held"), TONE_PLAIN},
        {"came_back", N_("other nodes held the same entry already"), TONE_PLAIN},
        {"refused_again", N_("a rule refused it when it was to be appended again"), TONE_BAD},
        {"made_anew", N_("the node makes it anew when it is needed"), TONE_PLAIN},
        /* could it be opened? */
        {"yes", N_("yes"), TONE_PLAIN},
        {"not_for_us", N_("this is sealed to others"), TONE_PLAIN},
        /* links */
        {"handshake", N_("handshake"), TONE_WAIT},
        {"catching up", N_("catching up"), TONE_WAIT},
        {"in step", N_("in step"), TONE_GOOD},
        {"waiting for admission", N_("waiting for admission"), TONE_WAIT},
        {"closing", N_("closing"), TONE_PLAIN},
};

static const struct code_word *find(const char *code)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i].code, code) == 0)
			return &words[i];
	}
	return NULL;
}

const char *lang_code(const char *code)
{
	const struct code_word *word = find(code);

	return word ? _(word->text) : code;
}

const char *lang_code_colour(const char *code)
{
	const struct code_word *word = find(code);

	switch (word ? word->tone : TONE_PLAIN) {
	case TONE_GOOD:
		return "\033[32m";
	case TONE_WAIT:
		return "\033[33m";
	case TONE_BAD:
		return "\033[31m";
	case TONE_PLAIN:
		return NULL;
	}
	return NULL;
}

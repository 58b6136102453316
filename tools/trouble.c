/* SPDX-License-Identifier: Apache-2.0
 * trouble.c: the first error of a command, and what a person can do about it. How it is said is say.c's. */
#include "tools/trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tools/lang.h"

/* What a file or an argument held goes to a terminal: nothing in it may command one, and all of it must be UTF-8. */
static void make_harmless(char *text)
{
	bool valid = text_is_utf8(bytes_text(text));

	for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
		bool c1 =
		        p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0; /* the control characters above ASCII */
		if (*p < 0x20 || *p == 0x7f || c1 || (!valid && *p >= 0x80))
			*p = '?';
		if (c1)
			p[1] = '?';
	}
}

static void keep(struct trouble *t, enum err e, const char *field, const char *format, va_list ap)
        __attribute__((format(printf, 4, 0)));

static void keep(struct trouble *t, enum err e, const char *field, const char *format, va_list ap)
{
	must(e != ERR_OK);
	if (t->err != ERR_OK)
		return;
	t->err = e;
	(void)snprintf(t->field, sizeof t->field, "%s", field);
	(void)vsnprintf(t->detail, sizeof t->detail, format, ap);
	make_harmless(t->field);
	make_harmless(t->detail);
}

void trouble_set(struct trouble *t, enum err e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	keep(t, e, "", format, ap);
	va_end(ap);
}

void trouble_field(struct trouble *t, enum err e, const char *field, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	keep(t, e, field, format, ap);
	va_end(ap);
}

void trouble_at(struct trouble *t, const char *file, unsigned row)
{
	if (t->err != ERR_OK)
		return;
	(void)snprintf(t->file, sizeof t->file, "%s", file ? file : "");
	make_harmless(t->file);
	t->row = row;
}

bool trouble_is(const struct trouble *t)
{
	return t->err != ERR_OK;
}

void trouble_clear(struct trouble *t)
{
	t->err = ERR_OK;
	t->field[0] = t->detail[0] = '\0';
	t->way_out = NULL;
	t->row = 0;
}

static const struct {
	enum err err;
	enum exit_code code;
} exits[] = {
        {ERR_NOT_FOUND, EXIT_NO},
        {ERR_EXISTS, EXIT_NO},
        {ERR_INVITE_CLOSED, EXIT_NO},
        {ERR_NO_STORE, EXIT_NO},
        {ERR_NO_SEED, EXIT_NO},
        {ERR_UNREACHABLE, EXIT_UNREACHABLE},
        {ERR_STORE_BUSY, EXIT_UNREACHABLE},
        {ERR_REFUSED, EXIT_RULE},
        {ERR_NOT_CONFIRMED, EXIT_RULE},
        {ERR_RESTORED, EXIT_RULE},
        {ERR_FORKED, EXIT_RULE},
        {ERR_IO, EXIT_STORE},
        {ERR_MISSING_FIELD, EXIT_USAGE},
        {ERR_NO_SUCH_MEMBER, EXIT_NO},
        {ERR_NO_SUCH_FEED, EXIT_NO},
        {ERR_NO_SUCH_OBJECT, EXIT_NO},
};

enum exit_code trouble_exit(enum err e)
{
	if (e == ERR_OK)
		return EXIT_DONE;
	for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++) {
		if (exits[i].err == e)
			return exits[i].code;
	}
	switch (err_blame(e)) {
	case BLAME_USER:
		return EXIT_USAGE;
	case BLAME_RULE:
		return EXIT_RULE;
	case BLAME_LOCAL:
	case BLAME_BUG:
		return EXIT_STORE;
	case BLAME_PEER:
	case BLAME_NOBODY:
		return EXIT_NO;
	}
	return EXIT_NO;
}

static const struct {
	enum err err;
	const char *text;
} ways_out[] = {
        {ERR_NO_STORE,
                N_("Make a node with `lontar init --found NAME` or `lontar init --join INVITE`, or name its "
                   "directory with --home DIR.")},
        {ERR_NO_SEED, N_("Bring the seed back from paper with `lontar key recover`. Without it this node can "
                         "be read "
                         "but can sign nothing.")},
        {ERR_NOT_DECRYPTED,
                N_("The seed is sealed with a passphrase. Give it on the terminal, or name a file that holds "
                   "it with --passphrase-file.")},
        {ERR_STORE_BUSY,
                N_("Another command or a lontard that does not answer holds the store. Wait for it, or stop "
                   "it, and try again.")},
        {ERR_STORE_DAMAGED, N_("Nothing was changed. `lontar restore` brings it back from a backup and keeps "
                               "what is here aside. "
                               "Without one, rename the directory store in it, give `lontar key recover` "
                               "with the paper, and let "
                               "the node fetch the rest from a peer.")},
        {ERR_STORE_FOREIGN, N_("Move the file away, or name the node's own directory with --home DIR.")},
        {ERR_STORE_NEWER, N_("Install the newer version of lontar on this machine.")},
        {ERR_DISK_FULL, N_("Nothing was changed. Free some space on this disk and give the command again.")},
        {ERR_MAP_FULL, N_("Nothing was changed. Raise map_mib in lontar.conf and give the command again.")},
        {ERR_IO, N_("Look at the permissions and the disk; nothing was changed.")},
        {ERR_UNREACHABLE, N_("Start the daemon with `lontard`, or look at its log.")},
        {ERR_INVITE_CLOSED,
                N_("Compare the eight words by voice. If they are right, --yes admits it all the same; if "
                   "not, `lontar member refuse` sends it away.")},
        {ERR_RESTORED,
                N_("`lontar status` says what is awaited; entries are kept and leave once it is settled.")},
        {ERR_FORKED,
                N_("`lontar audit forks` shows both histories; the registrar decides with `lontar feed cut`, "
                   "and the member goes on with a new feed.")},
        {ERR_FEED_CUT,
                N_("Go on with a new feed: a new node, which the registrar adds with `lontar feed add`.")},
        {ERR_NO_RIGHT, N_("Only a feed with the role may do this; the registrar gives roles with `lontar "
                          "feed roles`.")},
        {ERR_AMBIGUOUS_NUMBER,
                N_("Write 1500 for one thousand five hundred, or 1,500 (1,5) for one and a half.")},
        {ERR_BAD_DATE, N_("Write a date as 2026-03-31.")},
        {ERR_NO_SUCH_OBJECT, N_("See what is there with the list command, for example `lontar trade list`.")},
        {ERR_NO_SUCH_MEMBER, N_("`lontar member list` shows the members.")},
        {ERR_WRONG_NETWORK, N_("This belongs to another network than the one given or held here.")},
        {ERR_USAGE, N_("`lontar help` lists the commands; each has --help with examples.")},
};

const char *trouble_way_out(enum err e)
{
	for (size_t i = 0; i < sizeof ways_out / sizeof ways_out[0]; i++) {
		if (ways_out[i].err == e)
			return _(ways_out[i].text);
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 * say.c: how errors, notes, JSON and progress are written. Tables are table.c's. */
#include "tools/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/lang.h"

static void put_if(json_t *object, const char *key, const char *text)
{
	if (text && text[0] != '\0')
		(void)json_object_set_new(object, key, json_string(text));
}

static void trouble_json(const struct trouble *t)
{
	json_t *error = json_pack("{s:s, s:s}", "code", err_code(t->err), "message", _(err_text(t->err)));
	json_t *object = json_pack("{s:i, s:o}", "version", JSON_VERSION, "error", error);

	must(object);
	put_if(error, "file", t->file);
	if (t->row > 0)
		(void)json_object_set_new(error, "row", json_integer(t->row));
	put_if(error, "field", t->field);
	put_if(error, "detail", t->detail);
	put_if(error, "way_out", t->way_out ? t->way_out : trouble_way_out(t->err));
	(void)json_dumpf(object, stderr, JSON_COMPACT);
	(void)fputc('\n', stderr);
	json_decref(object);
}

static void trouble_words(const struct trouble *t)
{
	const char *way_out = t->way_out ? t->way_out : trouble_way_out(t->err);

	(void)fprintf(stderr, "lontar: ");
	if (t->file[0] != '\0')
		(void)fprintf(stderr, "%s: ", t->file);
	if (t->row > 0)
		(void)fprintf(stderr, _("row %u: "), t->row);
	if (t->field[0] != '\0')
		(void)fprintf(stderr, "%s: ", _(t->field));
	(void)fprintf(stderr, "%s", _(err_text(t->err)));
	if (t->detail[0] != '\0')
		(void)fprintf(stderr, ": %s", t->detail);
	(void)fprintf(stderr, "\n");
	if (way_out)
		(void)fprintf(stderr, "  %s\n", way_out);
}

enum exit_code say_trouble(enum say_form form, const struct trouble *t)
{
	say_progress_end();
	(void)fflush(stdout);
	if (form == SAY_JSON)
		trouble_json(t);
	else
		trouble_words(t);
	return trouble_exit(t->err);
}

void say_note(enum say_form form, const char *format, ...)
{
	va_list ap;

	if (form == SAY_JSON)
		return;
	say_progress_end();
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

enum err say_end(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return ERR_OK;
	return errno == ENOSPC || errno == EDQUOT ? ERR_DISK_FULL : ERR_IO;
}

enum err say_json(json_t *object)
{
	json_t *whole = json_pack("{s:i}", "version", JSON_VERSION);
	int bad;

	must(object && whole);
	(void)json_object_update(whole, object);
	json_decref(object);
	bad = json_dumpf(whole, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER) != 0;
	bad |= fputc('\n', stdout) == EOF;
	json_decref(whole);
	return bad ? ERR_IO : say_end();
}

static _Bool progress_shown;

void say_progress(const char *what, uint64_t done, uint64_t total)
{
	if (!isatty(STDERR_FILENO))
		return;
	progress_shown = 1;
	if (total > 0)
		(void)fprintf(stderr, "\r%s %llu/%llu\033[K", what, (unsigned long long)done,
		        (unsigned long long)total);
	else
		(void)fprintf(stderr, "\r%s %llu\033[K", what, (unsigned long long)done);
	(void)fflush(stderr);
}

void say_progress_end(void)
{
	if (!progress_shown)
		return;
	progress_shown = 0;
	(void)fprintf(stderr, "\r\033[K");
}

_Bool say_ask(const char *question)
{
	char answer[16];

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return 0;
	(void)fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(answer, sizeof answer, stdin))
		return 0;
	return strchr("yYjJ", answer[0]) != NULL && answer[0] != '\0'; /* yes, ya; j for ja is harmless */
}

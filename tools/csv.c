/* SPDX-License-Identifier: Apache-2.0
 * csv.c: the file is read whole and taken apart in place; a field is a view into it. */
#include "tools/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tools/lang.h"

static enum err read_all(FILE *in, char **out, size_t *len)
{
	size_t cap = 64 * 1024, used = 0;
	char *text = malloc(cap);

	while (text && !feof(in) && !ferror(in) && used < CSV_BYTES_MAX) {
		used += fread(text + used, 1, cap - used, in);
		if (used == cap) {
			char *more = realloc(text, cap * 2);
			if (!more)
				break;
			text = more;
			cap *= 2;
		}
	}
	if (!text || !feof(in)) {
		free(text);
		return text && used >= CSV_BYTES_MAX ? ERR_TOO_LONG : ERR_IO;
	}
	*out = text;
	*len = used;
	return ERR_OK;
}

/* Takes one field off the text, unescaping quotes in place. False: a quote that never closes, or text after it. */
static bool take_field(struct csv *c, struct bytes *out)
{
	char *from = c->text + c->at, *to = from;
	const char *end = c->text + c->len, *p = from;
	bool quoted = p < end && *p == '"';

	if (!quoted) {
		while (p < end && *p != c->delimiter && *p != '\n' && *p != '\r')
			p++;
		*out = BYTES(from, (size_t)(p - from));
		c->at = (size_t)(p - c->text);
		return true;
	}
	for (p++; p < end && (*p != '"' || (p + 1 < end && p[1] == '"')); p++) {
		if (*p == '"')
			p++;
		*to++ = *p;
	}
	if (p >= end)
		return false;
	*out = BYTES(from, (size_t)(to - from));
	c->at = (size_t)(p + 1 - c->text);
	return c->at >= c->len || c->text[c->at] == c->delimiter || c->text[c->at] == '\n' ||
	       c->text[c->at] == '\r';
}

static void skip_line(struct csv *c)
{
	const char *end = memchr(c->text + c->at, '\n', c->len - c->at);

	c->at = end ? (size_t)(end + 1 - c->text) : c->len;
}

/* One row into fields. *problem is NULL, or what is wrong with it; the next row starts after it either way. */
static void take_row(struct csv *c, struct bytes *fields, unsigned *count, const char **problem)
{
	*count = 0;
	*problem = NULL;
	for (;;) {
		struct bytes field;
		if (!take_field(c, &field)) {
			*problem = N_("a quoted field does not end where it should");
			break;
		}
		if (*count == CSV_COLUMNS_MAX) {
			*problem = N_("there are too many columns");
			break;
		}
		fields[(*count)++] = field;
		if (c->at >= c->len || c->text[c->at] != c->delimiter)
			break;
		c->at++;
	}
	skip_line(c);
}

static char choose_delimiter(const struct csv *c)
{
	size_t commas = 0, semicolons = 0;

	for (size_t i = c->at; i < c->len && c->text[i] != '\n'; i++) {
		commas += c->text[i] == ',';
		semicolons += c->text[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

static enum err read_heading(struct csv *c, struct trouble *t)
{
	const char *problem;

	if (c->len >= 3 && memcmp(c->text, "\xef\xbb\xbf", 3) == 0)
		c->at = 3;
	trouble_at(t, c->file, 1);
	if (c->at == c->len) {
		trouble_set(t, ERR_BAD_TEXT, "%s", _("the file is empty"));
		return t->err;
	}
	c->delimiter = choose_delimiter(c);
	take_row(c, c->columns, &c->columns_count, &problem);
	if (problem)
		trouble_set(t, ERR_BAD_TEXT, "%s", _(problem));
	for (unsigned i = 0; i < c->columns_count; i++)
		c->columns[i] = text_trim(c->columns[i]);
	c->row = 1;
	return t->err;
}

enum err csv_init(struct csv *c, const char *name, struct bytes text, struct trouble *t)
{
	memset(c, 0, sizeof *c);
	(void)snprintf(c->file, sizeof c->file, "%s", name);
	c->text = malloc(text.len + 1);
	if (!c->text) {
		trouble_set(t, ERR_NO_MEMORY, "%s", name);
		return t->err;
	}
	if (text.len > 0)
		memcpy(c->text, text.data, text.len);
	c->len = text.len;
	return read_heading(c, t);
}

enum err csv_open(struct csv *c, const char *path, struct trouble *t)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *in = standard ? stdin : fopen(path, "rb");
	enum err e;

	memset(c, 0, sizeof *c);
	if (!in) {
		trouble_at(t, path, 0);
		trouble_set(t, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", strerror(errno));
		return t->err;
	}
	e = read_all(in, &c->text, &c->len);
	if (!standard)
		(void)fclose(in);
	(void)snprintf(c->file, sizeof c->file, "%s", standard ? "(stdin)" : path);
	trouble_at(t, c->file, 0);
	if (e != ERR_OK) {
		trouble_set(t, e, "%s", errno == EISDIR ? strerror(errno) : "");
		return t->err;
	}
	return read_heading(c, t);
}

void csv_close(struct csv *c)
{
	free(c->text);
	c->text = NULL;
}

static bool is_blank(const struct csv *c)
{
	for (unsigned i = 0; i < c->fields_count; i++) {
		if (text_trim(c->fields[i]).len > 0)
			return false;
	}
	return true;
}

enum csv_row csv_next(struct csv *c, struct trouble *t)
{
	const char *problem;

	do {
		if (c->at >= c->len)
			return CSV_END;
		take_row(c, c->fields, &c->fields_count, &problem);
		c->row++;
	} while (!problem && is_blank(c));
	trouble_at(t, c->file, c->row);
	if (problem)
		trouble_set(t, ERR_BAD_TEXT, "%s", _(problem));
	else if (c->fields_count != c->columns_count)
		trouble_set(t, ERR_BAD_TEXT, _("it has %u fields, the heading has %u"), c->fields_count,
		        c->columns_count);
	return trouble_is(t) ? CSV_BAD : CSV_ROW;
}

static int find_column(const struct csv *c, const char *column)
{
	for (unsigned i = 0; i < c->columns_count; i++) {
		if (bytes_equal(c->columns[i], bytes_text(column)))
			return (int)i;
	}
	return -1;
}

bool csv_has(const struct csv *c, const char *column)
{
	return find_column(c, column) >= 0;
}

enum err csv_need(const struct csv *c, const char *const *columns, struct trouble *t)
{
	for (size_t i = 0; columns[i]; i++) {
		if (!csv_has(c, columns[i]))
			trouble_field(
			        t, ERR_MISSING_FIELD, columns[i], "%s", _("the heading has no such column"));
	}
	return t->err;
}

struct field csv_field(const struct csv *c, const char *column)
{
	int i = find_column(c, column);

	if (i < 0 || (unsigned)i >= c->fields_count)
		return field_of(column, (struct bytes){0});
	return field_of(column, c->fields[i]);
}

/* SPDX-License-Identifier: Apache-2.0
 * district.c: see district.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "support/district.h"

#define MEMBERS_HERE_MAX 1024

static const char *folder;

bool district_find(const char *usual)
{
	const char *other = getenv("LONTAR_DISTRICT");
	struct district_csv c;
	folder = other != NULL ? other : usual;
	if (!district_open(&c, "members.csv"))
		return false;
	free(c.text);
	return true;
}

const char *district_path(void)
{
	return folder;
}

bool district_open(struct district_csv *c, const char *name)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	memset(c, 0, sizeof *c);
	if (f == NULL)
		return false;
	fseek(f, 0, SEEK_END);
	long len = ftell(f);
	rewind(f);
	c->text = malloc((size_t)len + 1);
	assert_int_equal(fread(c->text, 1, (size_t)len, f), (size_t)len);
	fclose(f);
	c->rest = BYTES(c->text, (size_t)len);
	return true;
}

/* One field off the front of the line; quotes are taken off. */
static struct bytes field_take(struct bytes *line, char *unquoted, size_t cap)
{
	if (line->len == 0 || line->data[0] != '"')
		return text_split(line, ',');
	size_t n = 0, at = 1;
	for (; at < line->len; at++) {
		if (line->data[at] == '"' && (at + 1 == line->len || line->data[at + 1] != '"'))
			break;
		at += line->data[at] == '"' ? 1 : 0;
		assert_true(n < cap);
		unquoted[n++] = (char)line->data[at];
	}
	*line = BYTES(line->data + at + 1, line->len - at - 1);
	(void)text_split(line, ',');
	return BYTES(unquoted, n);
}

bool district_next(struct district_csv *c)
{
	for (;;) {
		if (c->rest.len == 0) {
			free(c->text);
			return false;
		}
		struct bytes line = text_split(&c->rest, '\n');
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		bool heading = c->columns == 0;
		int n = 0;
		while (line.len > 0 && n < DISTRICT_COLUMNS_MAX) {
			struct bytes field = field_take(&line, c->unquoted[n], sizeof c->unquoted[n]);
			if (heading)
				c->names[n++] = field;
			else
				c->fields[n++] = field;
		}
		for (; !heading && n < c->columns; n++)
			c->fields[n] = (struct bytes){0};
		if (!heading)
			return true;
		c->columns = n;
	}
}

struct bytes district_get(const struct district_csv *c, const char *name)
{
	for (int i = 0; i < c->columns; i++)
		if (bytes_equal(c->names[i], bytes_text(name)))
			return c->fields[i];
	fail_msg("no column %s", name);
	return (struct bytes){0};
}

bool district_is(const struct district_csv *c, const char *name, const char *value)
{
	return bytes_equal(district_get(c, name), bytes_text(value));
}

int64_t district_number(const struct district_csv *c, const char *name, unsigned places)
{
	int64_t n = 0;
	struct bytes field = district_get(c, name);
	if (field.len != 0)
		assert_int_equal(money_parse_decimal(field, places, &n), ERR_OK);
	return n;
}

struct day district_day(const struct district_csv *c, const char *name)
{
	struct day d = {0};
	assert_int_equal(date_parse(district_get(c, name), &d), ERR_OK);
	return d;
}

/* The place of a value in a list of words; the list ends with NULL. */
unsigned district_choice(const struct district_csv *c, const char *name, const char *const *words)
{
	for (unsigned i = 0; words[i] != NULL; i++)
		if (district_is(c, name, words[i]))
			return i;
	struct bytes field = district_get(c, name);
	fail_msg("%s: %.*s", name, (int)field.len, (const char *)field.data);
	return 0;
}

static int named_compare(const void *a, const void *b)
{
	return strcmp(((const struct district_named *)a)->name, ((const struct district_named *)b)->name);
}

void district_add(struct district_names *n, struct bytes name)
{
	assert_true(name.len < DISTRICT_NAME_MAX);
	if (n->count == n->cap) {
		n->cap = n->cap == 0 ? 256 : 2 * n->cap;
		n->all = realloc(n->all, n->cap * sizeof *n->all);
	}
	struct district_named *at = &n->all[n->count];
	memset(at, 0, sizeof *at);
	memcpy(at->name, name.data, name.len);
	at->index = n->count++;
}

void district_sort(struct district_names *n)
{
	qsort(n->all, n->count, sizeof *n->all, named_compare);
}

size_t district_search(const struct district_names *n, struct bytes name)
{
	struct district_named key = {{0}, 0};
	assert_true(name.len < DISTRICT_NAME_MAX);
	memcpy(key.name, name.data, name.len);
	const struct district_named *found = bsearch(&key, n->all, n->count, sizeof *n->all, named_compare);
	if (found == NULL)
		fail_msg("unknown name %s", key.name);
	return found->index;
}

struct member_no district_member(const struct district *d, struct bytes alias)
{
	return (struct member_no){(uint32_t)district_search(&d->aliases, alias) + 1};
}

uint32_t district_feed(struct member_no m)
{
	return 2 * m.n;
}

void district_members(struct district *d)
{
	static const char *const forms[] = {"primer", "sekunder", NULL};
	struct district_csv c;
	assert_true(district_open(&c, "members.csv"));
	d->profiles = calloc(MEMBERS_HERE_MAX, sizeof *d->profiles);
	while (district_next(&c)) {
		district_add(&d->aliases, district_get(&c, "alias"));
		assert_true(d->aliases.count < MEMBERS_HERE_MAX);
		struct profile *p = &d->profiles[d->aliases.count];
		p->form = (enum member_form)district_choice(&c, "bentuk", forms);
		p->has_founded = district_get(&c, "tanggal_berdiri").len != 0;
		p->founded = p->has_founded ? district_day(&c, "tanggal_berdiri") : (struct day){0};
		p->closing_month = 12;
		p->closing_day = 31;
	}
	district_sort(&d->aliases);
	statements_init(&d->set, (uint32_t)d->aliases.count + 1);
}

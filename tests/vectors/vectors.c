/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.c: see vectors.h. */
#define _POSIX_C_SOURCE 200809L
#include "vectors.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATH_BYTES 1024

static void path_of(const char *file, char path[PATH_BYTES])
{
	int n = snprintf(path, PATH_BYTES, "%s/%s", VECTORS_DIR, file);
	assert_true(n > 0 && n < PATH_BYTES);
}

bool vectors_there(const char *file)
{
	char path[PATH_BYTES];
	path_of(file, path);
	return access(path, R_OK) == 0;
}

int vectors_skip(const char *file)
{
	printf("skipped: %s/%s is not there\n", VECTORS_DIR, file);
	return VECTORS_SKIPPED;
}

json_t *vectors_load(const char *file)
{
	char path[PATH_BYTES];
	json_error_t error;
	path_of(file, path);
	json_t *document = json_load_file(path, JSON_ALLOW_NUL, &error);
	if (!document) /* jansson has no integers over INT64_MAX; vectors_number() takes them as what is nearest */
		document = json_load_file(path, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
	if (!document)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return document;
}

/* What stands in a folder of vectors: folders and JSON files. */
static unsigned visit(const char *file, void (*each)(const char *file, json_t *document))
{
	size_t len = strlen(file);
	if (len > 5 && strcmp(file + len - 5, ".json") == 0) {
		json_t *document = vectors_load(file);
		each(file, document);
		json_decref(document);
		return 1;
	}
	return vectors_each(file, each);
}

unsigned vectors_each(const char *folder, void (*each)(const char *file, json_t *document))
{
	char path[PATH_BYTES];
	unsigned count = 0;
	path_of(folder, path);
	DIR *dir = opendir(path);
	if (!dir)
		return 0;
	for (struct dirent *d; (d = readdir(dir));) {
		if (d->d_name[0] == '.')
			continue;
		int n = snprintf(path, sizeof path, "%s/%s", folder, d->d_name);
		assert_true(n > 0 && n < PATH_BYTES);
		count += visit(path, each);
	}
	closedir(dir);
	return count;
}

static json_t *member(const json_t *object, const char *key)
{
	json_t *v = json_object_get(object, key);
	if (!v)
		fail_msg("no member %s", key);
	return v;
}

const char *vectors_text(const json_t *object, const char *key)
{
	json_t *v = member(object, key);
	assert_true(json_is_string(v));
	return json_string_value(v);
}

struct bytes vectors_bytes(const json_t *object, const char *key)
{
	json_t *v = member(object, key);
	assert_true(json_is_string(v));
	return BYTES(json_string_value(v), json_string_length(v));
}

uint64_t vectors_number(const json_t *object, const char *key)
{
	json_t *v = member(object, key);
	assert_true(json_is_number(v));
	if (json_is_integer(v))
		return (uint64_t)json_integer_value(v);
	return json_real_value(v) >= 0x1p64 ? UINT64_MAX : (uint64_t)json_real_value(v);
}

bool vectors_bool(const json_t *object, const char *key)
{
	json_t *v = member(object, key);
	assert_true(json_is_boolean(v));
	return json_is_true(v);
}

json_t *vectors_array(const json_t *object, const char *key)
{
	json_t *v = member(object, key);
	assert_true(json_is_array(v));
	return v;
}

static unsigned digit(const char *digits, char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	if (!at)
		fail_msg("not a digit: %c", c);
	return (unsigned)(at - digits);
}

size_t vectors_hex(const char *text, void *out, size_t cap)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *bytes = out;
	size_t len = strlen(text) / 2;
	assert_true(strlen(text) % 2 == 0 && len <= cap);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(digit(digits, text[2 * i]) << 4 | digit(digits, text[2 * i + 1]));
	return len;
}

size_t vectors_base64(const char *text, void *out, size_t cap)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t *bytes = out;
	size_t len = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	for (; *text != '\0' && *text != '='; text++) {
		bits = bits << 6 | digit(digits, *text);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		assert_true(len < cap);
		bytes[len++] = (uint8_t)(bits >> have);
	}
	return len;
}

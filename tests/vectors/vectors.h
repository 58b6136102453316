/* SPDX-License-Identifier: Apache-2.0
 * vectors.h: reading third-party vectors: JSON files, hexadecimal, base64. It decodes by itself, so that the code
 * under test does not read its own exam. */
#ifndef VECTORS_VECTORS_H
#define VECTORS_VECTORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* The exit code by which ctest counts a test as skipped. */
#define VECTORS_SKIPPED 77

/* Is the file there, below the folder of vectors? First line of main():
 *	if (!vectors_there("merkle")) return vectors_skip("merkle"); */
bool vectors_there(const char *file);
int vectors_skip(const char *file); /* says so, returns VECTORS_SKIPPED */

/* The whole document; the test fails when it is not JSON. Free with json_decref(). */
json_t *vectors_load(const char *file);
/* Calls each() with every *.json file below the folder, in no order. Returns how many. */
unsigned vectors_each(const char *folder, void (*each)(const char *file, json_t *document));

/* Members of an object; the test fails when one is not there or of another type. */
const char *vectors_text(const json_t *object, const char *key);
struct bytes vectors_bytes(const json_t *object, const char *key); /* a text as bytes, embedded NULs kept */
uint64_t vectors_number(const json_t *object, const char *key);
bool vectors_bool(const json_t *object, const char *key);
json_t *vectors_array(const json_t *object, const char *key);

/* Decode. The test fails when the text is not of the form or does not fit. Return the length. */
size_t vectors_hex(const char *text, void *out, size_t cap);
size_t vectors_base64(const char *text, void *out, size_t cap);

#endif

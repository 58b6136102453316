/* SPDX-License-Identifier: Apache-2.0
 * say.h: everything that a command says: results on stdout, everything else on stderr; in words, or as JSON that
 * carries "version":1. Columns of people's tables are taken from the same JSON, so the two cannot differ. */
#ifndef TOOLS_SAY_H
#define TOOLS_SAY_H

#include <jansson.h>
#include <stdint.h>

#include "tools/trouble.h"

#define JSON_VERSION 1

enum say_form { SAY_WORDS, SAY_JSON };

/* The trouble on stderr, and its exit code. */
enum exit_code say_trouble(enum say_form form, const struct trouble *t);
/* A warning or note, one line on stderr; not in JSON form, where results carry their warnings. */
void say_note(enum say_form form, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* {"version":1, ...} on stdout; takes the reference. ERR_DISK_FULL or ERR_IO when stdout cannot take it. */
MUST_USE enum err say_json(json_t *object);
/* Flush stdout; a result that could not be written is an error. */
MUST_USE enum err say_end(void);

/* Long work: "WHAT 120/4000" on stderr, rewritten in place, only on a terminal. total 0: not known. */
void say_progress(const char *what, uint64_t done, uint64_t total);
void say_progress_end(void);

/* Yes or no from the terminal; false without one. */
_Bool say_ask(const char *question);

#endif

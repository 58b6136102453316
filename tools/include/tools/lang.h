/* SPDX-License-Identifier: Apache-2.0
 * lang.h: the two languages of the commands, by gettext: English in the source, Indonesian from po/id.po. Keys of
 * JSON, codes of errors and exit codes are never translated. */
#ifndef TOOLS_LANG_H
#define TOOLS_LANG_H

#include <libintl.h>

#include "base/err.h"

#define _(text) gettext(text)
#define N_(text) text

/* Before anything is said: the language of the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG). */
void lang_init(void);
/* --lang: "id" or "en". ERR_USAGE. */
MUST_USE enum err lang_choose(const char *code);
/* A code of ours ("not_reported", "agreed") in words; the code itself when it has none. */
const char *lang_code(const char *code);
/* Colour by which a code stands out: a terminal sequence, or NULL. */
const char *lang_code_colour(const char *code);

#endif

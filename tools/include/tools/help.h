/* SPDX-License-Identifier: Apache-2.0
 * help.h: what people see who ask for help, or type something that is no command. Help of one command is argp's. */
#ifndef TOOLS_HELP_H
#define TOOLS_HELP_H

#include <stdio.h>

void help_overview(FILE *out);
void help_noun(FILE *out, const char *noun);
/* The nearest noun or verb to what was typed; NULL: none is near. noun NULL: among nouns. */
const char *help_nearest(const char *noun, const char *typed);

#endif

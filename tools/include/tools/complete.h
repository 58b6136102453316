/* SPDX-License-Identifier: Apache-2.0
 * complete.h: what could stand next on the command line, one a line, for the shells (packaging/completions). Words are
 * those after "lontar"; the last one is being typed and may be empty. Says nothing about errors. */
#ifndef TOOLS_COMPLETE_H
#define TOOLS_COMPLETE_H

void complete_print(int count, char **words);

#endif

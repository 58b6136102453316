/* SPDX-License-Identifier: Apache-2.0
 * conf.h: changing lontar.conf without losing what people wrote in it: lines are added or taken out, the rest stays. */
#ifndef TOOLS_CONF_H
#define TOOLS_CONF_H

#include "tools/ctx.h"

/* Add "NAME = VALUE". */
void conf_add(struct ctx *ctx, const char *name, const char *value);
/* Take out every "NAME = VALUE" whose value holds the text; how many there were. */
unsigned conf_remove(struct ctx *ctx, const char *name, struct bytes text);

#endif

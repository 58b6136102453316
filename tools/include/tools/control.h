/* SPDX-License-Identifier: Apache-2.0
 * control.h: the daemon of this node, asked over HOME/control.sock: JSON-RPC 2.0, one object a line. */
#ifndef TOOLS_CONTROL_H
#define TOOLS_CONTROL_H

#include "tools/ctx.h"

struct control; /* an open connection */

/* NULL: no daemon answers there (nothing is said). */
struct control *control_open(struct ctx *ctx);
void control_close(struct control *c);
/* One call; takes params (may be NULL). The result is the caller's; NULL: said in the trouble. An error of the
 * daemon's comes back by its code; *failed (may be NULL) is the index it names, else UINT32_MAX. */
json_t *control_call(
        struct ctx *ctx, struct control *c, const char *method, json_t *params, uint32_t *failed);
/* The next line that the daemon sends by itself (watch); NULL: it ended. */
json_t *control_next(struct control *c);

/* Open, call, close. A daemon must run: ERR_UNREACHABLE. */
json_t *control_ask(struct ctx *ctx, const char *method, json_t *params);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * roster_int.h: what the files of the roster share. */
#ifndef LOG_ROSTER_INT_H
#define LOG_ROSTER_INT_H

#include "log/roster.h"

/* The feed when it is there and not void, else NULL. */
struct roster_feed *roster_living(const struct roster *r, struct feed_no no);

#endif

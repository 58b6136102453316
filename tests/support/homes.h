/* SPDX-License-Identifier: Apache-2.0
 * homes.h: directories for stores of tests, in memory where the machine has a place for that. */
#ifndef SUPPORT_HOMES_H
#define SUPPORT_HOMES_H

#include "storage/store.h"

struct home_dir {
	char path[256];
};
/* A fresh directory. Dies when there is none to be had. */
void homes_make(struct home_dir *home);
void homes_make_in(struct home_dir *home, const char *place); /* in this directory; NULL: as above */
/* With all that is in it. */
void homes_remove(const struct home_dir *home);
struct store_options homes_options(
        const struct home_dir *home, enum store_mode mode, const struct secret_keys *keys);
/* A new store in it, opened for writing. */
struct store *homes_store(const struct home_dir *home, const struct secret_keys *keys);
/* HOME/NAME */
void homes_path(const struct home_dir *home, const char *name, char out[512]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* dir_int.h: the directories that a store lies in: HOME, HOME/store, and the same beside them while one is made. */
#ifndef STORAGE_DIR_INT_H
#define STORAGE_DIR_INT_H

#include <stdbool.h>

#include "base/err.h"

#define DIR_PATH_BYTES_MAX 4096
struct dir_path {
	char text[DIR_PATH_BYTES_MAX];
};
/* DIR/NAME. ERR_TOO_LONG. */
MUST_USE enum err dir_path(const char *dir, const char *name, struct dir_path *out);
/* The lock of the one process that writes; it lasts as long as the descriptor. ERR_STORE_BUSY, ERR_NO_STORE, ERR_IO. */
MUST_USE enum err dir_lock(const char *home, int *out);
/* An errno: nothing is there, or on the way to it a file is no directory. */
bool dir_is_missing(int error);
/* The names in a directory are on the disk. ERR_IO. */
MUST_USE enum err dir_sync(const char *path);
/* A store's directory, of which nobody knows yet, with the files that LMDB makes in it. */
void dir_remove(const char *dir);

#endif

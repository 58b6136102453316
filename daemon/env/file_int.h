/* SPDX-License-Identifier: Apache-2.0
 * file_int.h: small files read whole and written durably, for home.c and its neighbours. */
#ifndef ENV_FILE_INT_H
#define ENV_FILE_INT_H

#include <stddef.h>

#include "base/bytes.h"

/* The whole file into buf, NUL-terminated; ERR_NOT_FOUND, ERR_TOO_LONG, ERR_IO. */
MUST_USE enum err file_read(const char *path, char *buf, size_t cap);

enum file_mode { FILE_NEW /* ERR_EXISTS when it is there */, FILE_REPLACE };
/* 0600; write to a neighbour, fsync, rename (or link), fsync of the directory. */
MUST_USE enum err file_write(const char *path, struct bytes content, enum file_mode mode);
/* Over a part of a file that is there, durable before it returns. */
MUST_USE enum err file_write_at(const char *path, size_t at, struct bytes content);
/* Make the directory and its parents, 0700. */
MUST_USE enum err file_make_dirs(const char *path);

#endif

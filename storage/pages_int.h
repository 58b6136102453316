/* SPDX-License-Identifier: Apache-2.0 */
/* pages_int.h: a look at a data file before LMDB trusts it. LMDB maps the file and believes what stands there: a page
 * size of zero stops the process, a page behind the end of the file kills it. */
#ifndef STORAGE_PAGES_INT_H
#define STORAGE_PAGES_INT_H

#include "base/err.h"
#include "storage/store.h"

/* The open file. ERR_STORE_FOREIGN: not LMDB's. ERR_STORE_NEWER: a later form of it. ERR_STORE_DAMAGED: the file is cut
 * short, or its first pages contradict themselves. ERR_IO. In STORE_WRITE mode a file that lacks only pages that were
 * never used at its end is made as long as its header says. */
MUST_USE enum err pages_check(int file, enum store_mode mode);
/* Likewise of a file that came from elsewhere: every page that its trees and its list of free pages reach is looked at,
 * and LMDB finds in them what it counts on. */
MUST_USE enum err pages_check_all(int file);
/* Does the file reach to the last page that its header names? The page numbers are LMDB's; makes it as long if not. */
MUST_USE enum err pages_extend(int file, uint64_t pages, uint64_t page_bytes);

#endif

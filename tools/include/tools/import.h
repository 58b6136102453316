/* SPDX-License-Identifier: Apache-2.0
 * import.h: entries from a file, with a report a row: taken, taken with warnings, skipped, or refused and why. An
 * object is one entry and is taken whole or not at all; entries go out in batches, and what the rules refuse is taken
 * out of its batch and named by its row. */
#ifndef TOOLS_IMPORT_H
#define TOOLS_IMPORT_H

#include "tools/client.h"
#include "tools/csv.h"

struct import {
	struct ctx *ctx;
	json_t *rows; /* the report */
	json_t *seen; /* keys that came before in this file */
	struct {
		struct draft draft;
		json_t *row;
	} pending[CLIENT_DRAFTS_MAX];
	uint32_t pending_count;
	size_t pending_bytes;
	uint64_t taken, warned, refused, skipped, total;
	bool stopped; /* the store or the daemon failed: nothing more is tried */
};

void import_init(struct import *im, struct ctx *ctx);
/* Begin the report of an object: the row it starts at and what it is called ("N00017"). Borrowed from the report. */
json_t *import_row(struct import *im, unsigned row, struct bytes name);
void import_warn(json_t *row, const char *text);
/* Its end, one of: */
void import_take(
        struct import *im, json_t *row, const struct draft *draft); /* appended at the latest at the end */
void import_skip(struct import *im, json_t *row, const char *why);
void import_refuse(struct import *im, json_t *row); /* by the trouble in ctx, which is cleared */
/* Where this key came before in the file, what is pending is appended first, so that the store knows. False: that
 * failed, and nothing more can be done. */
bool import_seen(struct import *im, const char *key);
/* Append what is pending; needed before looking for it in the store. False as above. */
bool import_flush(struct import *im);
/* Flush, print the report: EXIT_DONE, or EXIT_NO when rows were refused. */
enum exit_code import_end(struct import *im);
/* All of that for the file that the command names, where a row is an object: row() reports one row that could be read. */
enum exit_code import_file(
        struct ctx *ctx, const char *const *needed, void (*row)(struct import *im, const struct csv *c));

#endif

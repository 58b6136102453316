/* SPDX-License-Identifier: Apache-2.0 */
/* pages.c: LMDB's file form, version 1, as far as it must be believed: both header pages, and, when the file is shorter
 * than they say, every page that is in use. A shorter file can be good: pages taken and given back in one transaction
 * at the end of the file are counted and never written. So only pages that the trees reach decide. */
#include "pages_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As in LMDB's mdb.c, native byte order and word size: the file is not portable, and says so by not matching. */
struct page {
	size_t number;
	uint16_t pad, flags;
	uint16_t lower, upper; /* of an overflow page: how many pages, as 32 bits */
};
struct db {
	uint32_t pad; /* of the first one in a header: the page size */
	uint16_t flags, depth;
	size_t branch_pages, leaf_pages, overflow_pages, entries, root;
};
struct meta {
	uint32_t magic, version;
	size_t address, map_bytes;
	struct db dbs[2];
	size_t last_page, txn;
};
struct node {
	uint16_t low, high, flags, key_bytes;
};
#define MAGIC 0xBEEFC0DEu
#define VERSION 1u
#define PAGE_BRANCH 0x01u
#define PAGE_LEAF 0x02u
#define PAGE_OVERFLOW 0x04u
#define PAGE_META 0x08u
#define NODE_BIG 0x01u
#define NODE_TREE 0x02u
#define PAGE_BYTES_MAX 65536u
#define DEPTH_MAX 32u
#define NO_PAGE SIZE_MAX

static bool read_at(int file, void *out, size_t len, uint64_t at)
{
	return pread(file, out, len, (off_t)at) == (ssize_t)len;
}

static enum err read_meta(int file, uint64_t at, struct meta *out)
{
	struct page page;
	struct meta meta;
	if (!read_at(file, &page, sizeof page, at) || !read_at(file, &meta, sizeof meta, at + sizeof page))
		return ERR_STORE_DAMAGED;
	if ((page.flags & PAGE_META) == 0 || meta.magic != MAGIC)
		return ERR_STORE_FOREIGN;
	if (meta.version != VERSION)
		return meta.version > VERSION ? ERR_STORE_NEWER : ERR_STORE_FOREIGN;
	uint32_t size = meta.dbs[0].pad;
	if (size < 512 || size > PAGE_BYTES_MAX || (size & (size - 1)) != 0 || meta.last_page < 1)
		return ERR_STORE_DAMAGED;
	if (meta.dbs[0].depth > DEPTH_MAX || meta.dbs[1].depth > DEPTH_MAX)
		return ERR_STORE_DAMAGED;
	*out = meta;
	return ERR_OK;
}

/* The header in force. */
static enum err read_metas(int file, struct meta *out)
{
	struct meta first, second;
	enum err e = read_meta(file, 0, &first);
	if (e != ERR_OK)
		return e;
	e = read_meta(file, first.dbs[0].pad, &second);
	if (e != ERR_OK)
		return e == ERR_STORE_FOREIGN ? ERR_STORE_DAMAGED : e; /* the first one was good */
	if (second.dbs[0].pad != first.dbs[0].pad)
		return ERR_STORE_DAMAGED;
	*out = first.txn < second.txn ? second : first;
	return ERR_OK;
}

/* The pages in use, followed down from the roots. */
struct walk {
	int file;
	size_t page_bytes, pages; /* whole pages in the file */
	size_t visited;           /* each page at most once, or the trees are no trees */
};

static bool walk_tree(struct walk *w, size_t root, unsigned level);

static bool walk_leaf(struct walk *w, const struct node *node, struct bytes data, unsigned level)
{
	if (node->flags & NODE_BIG) {
		size_t number;
		struct page big;
		if (data.len < sizeof number)
			return false;
		memcpy(&number, data.data, sizeof number);
		if (number >= w->pages || !read_at(w->file, &big, sizeof big, number * w->page_bytes))
			return false;
		uint32_t count;
		memcpy(&count, &big.lower, sizeof count);
		return (big.flags & PAGE_OVERFLOW) != 0 && count <= w->pages - number;
	}
	if (node->flags & NODE_TREE) {
		struct db db;
		if (data.len < sizeof db || level == 0)
			return false;
		memcpy(&db, data.data, sizeof db);
		return walk_tree(w, db.root, level - 1);
	}
	return true;
}

static bool walk_node(struct walk *w, const uint8_t *bytes, size_t at, unsigned level)
{
	struct page page;
	struct node node;
	memcpy(&page, bytes, sizeof page);
	if (at < sizeof page || at + sizeof node > w->page_bytes)
		return false;
	memcpy(&node, bytes + at, sizeof node);
	if (page.flags & PAGE_BRANCH) {
		uint64_t child = node.low | (uint64_t)node.high << 16 | (uint64_t)node.flags << 32;
		return level > 0 && walk_tree(w, (size_t)child, level - 1);
	}
	size_t data = at + sizeof node + node.key_bytes;
	return data <= w->page_bytes && walk_leaf(w, &node, BYTES(bytes + data, w->page_bytes - data), level);
}

/* level: how many levels may still be below this page. */
static bool walk_page(struct walk *w, size_t number, unsigned level, uint8_t *bytes)
{
	if (number >= w->pages || w->visited++ >= w->pages ||
	        !read_at(w->file, bytes, w->page_bytes, number * w->page_bytes))
		return false;
	struct page page;
	memcpy(&page, bytes, sizeof page);
	if (page.number != number || (page.flags & (PAGE_BRANCH | PAGE_LEAF)) == 0 ||
	        page.lower < sizeof page || page.lower > w->page_bytes)
		return false;
	size_t count = (page.lower - sizeof page) / 2;
	for (size_t i = 0; i < count; i++) {
		uint16_t at;
		memcpy(&at, bytes + sizeof page + i * 2, sizeof at);
		if (!walk_node(w, bytes, at, level))
			return false;
	}
	return true;
}

static bool walk_tree(struct walk *w, size_t root, unsigned level)
{
	if (root == NO_PAGE)
		return true;
	uint8_t *bytes = malloc(w->page_bytes);
	bool ok = bytes != NULL && walk_page(w, root, level, bytes);
	free(bytes);
	return ok;
}

static enum err check_length(int file, const struct meta *meta, enum store_mode mode)
{
	struct stat st;
	if (fstat(file, &st) != 0)
		return ERR_IO;
	uint64_t page_bytes = meta->dbs[0].pad, bytes = (uint64_t)st.st_size;
	if (meta->last_page < bytes / page_bytes)
		return ERR_OK;
	struct walk w = {
	        .file = file, .page_bytes = (size_t)page_bytes, .pages = (size_t)(bytes / page_bytes)};
	if (!walk_tree(&w, meta->dbs[0].root, DEPTH_MAX) || !walk_tree(&w, meta->dbs[1].root, DEPTH_MAX))
		return ERR_STORE_DAMAGED;
	return mode == STORE_WRITE ? pages_extend(file, (uint64_t)meta->last_page + 1, page_bytes) : ERR_OK;
}

enum err pages_check(int file, enum store_mode mode)
{
	struct meta meta;
	enum err e = read_metas(file, &meta);
	return e == ERR_OK ? check_length(file, &meta, mode) : e;
}

enum err pages_extend(int file, uint64_t pages, uint64_t page_bytes)
{
	struct stat st;
	if (fstat(file, &st) != 0)
		return ERR_IO;
	if ((uint64_t)st.st_size >= pages * page_bytes)
		return ERR_OK;
	return ftruncate(file, (off_t)(pages * page_bytes)) == 0 ? ERR_OK : ERR_IO;
}

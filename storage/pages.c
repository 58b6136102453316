/* SPDX-License-Identifier: Apache-2.0 */
/* pages.c: LMDB's file form, version 1, as far as it must be believed: both header pages, and, when the file is shorter
 * than they say or comes from elsewhere, every page that is in use. A shorter file can be good: pages taken and given
 * back in one transaction at the end of the file are counted and never written. So only pages that the trees reach
 * decide. */
#include "pages_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys_int.h"

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
#define PAGE_DIRTY 0x10u /* in files written with a map that is written to; says nothing */
#define NODE_BIG 0x01u
#define NODE_TREE 0x02u
#define TREE_INTEGERS 0x08u
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

/* The pages in use, followed down from the roots; each may be used once, or the trees are no trees. */
struct walk {
	int file;
	size_t page_bytes, pages; /* whole pages in the file */
	size_t last_page;         /* by the header: LMDB gives out what is behind it by itself */
	uint8_t *used;            /* a bit a page */
	bool is_free_list;        /* the tree that is walked names the pages which are not in use */
	struct key last; /* the greatest key of the tree so far; or a branch's, which the next may equal */
	bool has_last, may_equal;
};

static bool walk_tree(struct walk *w, size_t root, unsigned level);

/* A tree within a tree has keys of its own. */
static bool walk_inner(struct walk *w, size_t root, unsigned level)
{
	struct key last = w->last;
	w->has_last = false;
	bool good = walk_tree(w, root, level);
	w->last = last;
	w->has_last = true;
	w->may_equal = false;
	return good;
}

static int compare_keys(const struct walk *w, struct bytes a, struct bytes b)
{
	size_t x, y;
	if (!w->is_free_list)
		return bytes_compare(a, b);
	memcpy(&x, a.data, sizeof x);
	memcpy(&y, b.data, sizeof y);
	return x < y ? -1 : x > y;
}

/* Keys out of order would send a search in circles. */
static bool follows(struct walk *w, struct bytes key, bool is_branch)
{
	if (key.len == 0 || (w->is_free_list && key.len != sizeof(size_t)))
		return false;
	int order = w->has_last ? compare_keys(w, keys_bytes(&w->last), key) : -1;
	if (order > 0 || (order == 0 && !w->may_equal))
		return false;
	w->last = keys_of(key);
	w->has_last = true;
	w->may_equal = is_branch;
	return true;
}

static bool use_pages(struct walk *w, size_t number, size_t count)
{
	if (number < 2 || number >= w->pages || count == 0 || count > w->pages - number)
		return false;
	for (size_t i = number; i < number + count; i++) {
		uint8_t bit = (uint8_t)(1u << (i % 8));
		if (w->used[i / 8] & bit)
			return false;
		w->used[i / 8] |= bit;
	}
	return true;
}

static bool use_free(struct walk *w, const size_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] < 2 || numbers[i] > w->last_page ||
		        (numbers[i] < w->pages && !use_pages(w, numbers[i], 1)))
			return false;
	return true;
}

/* A list of free pages at AT in the file: how many, then their numbers. LMDB counts on the count. */
static bool walk_free_list(struct walk *w, uint64_t at, size_t len)
{
	size_t numbers[256], left;
	if (len < sizeof left || !read_at(w->file, &left, sizeof left, at) || left != len / sizeof left - 1 ||
	        len % sizeof left != 0)
		return false;
	at += sizeof left;
	while (left > 0) {
		size_t n = left < 256 ? left : 256;
		if (!read_at(w->file, numbers, n * sizeof numbers[0], at) || !use_free(w, numbers, n))
			return false;
		at += n * sizeof numbers[0];
		left -= n;
	}
	return true;
}

static bool walk_big(struct walk *w, const struct node *node, struct bytes data)
{
	size_t number, len = node->low | (size_t)node->high << 16;
	struct page big;
	uint32_t count;
	if (data.len < sizeof number)
		return false;
	memcpy(&number, data.data, sizeof number);
	if (number >= w->pages || !read_at(w->file, &big, sizeof big, number * w->page_bytes))
		return false;
	memcpy(&count, &big.lower, sizeof count);
	if (big.number != number || (big.flags & ~PAGE_DIRTY) != PAGE_OVERFLOW ||
	        !use_pages(w, number, count) || len > (size_t)count * w->page_bytes - sizeof big)
		return false;
	return !w->is_free_list || walk_free_list(w, number * w->page_bytes + sizeof big, len);
}

static bool walk_leaf(struct walk *w, const struct node *node, struct bytes data, uint64_t at, unsigned level)
{
	size_t len = node->low | (size_t)node->high << 16;
	if (node->flags == NODE_BIG) /* beside another flag LMDB would take what it leads to for a tree */
		return walk_big(w, node, data);
	if (len > data.len)
		return false;
	if (node->flags == NODE_TREE) {
		struct db db;
		if (len != sizeof db || level == 0 || w->is_free_list)
			return false;
		memcpy(&db, data.data, sizeof db);
		return db.flags == 0 && db.depth <= DEPTH_MAX && walk_inner(w, db.root, level - 1);
	}
	return node->flags == 0 && (!w->is_free_list || walk_free_list(w, at, len));
}

/* The node at AT in the page, the first of its page or not. */
static bool walk_node(struct walk *w, const uint8_t *bytes, size_t at, bool is_first, unsigned level)
{
	struct page page;
	struct node node;
	memcpy(&page, bytes, sizeof page);
	if (at < page.upper || at % 2 != 0 || at + sizeof node > w->page_bytes)
		return false;
	memcpy(&node, bytes + at, sizeof node);
	size_t data = at + sizeof node + node.key_bytes;
	bool is_branch = (page.flags & PAGE_BRANCH) != 0;
	if (node.key_bytes > KEY_BYTES_MAX || data > w->page_bytes)
		return false;
	/* the first key of a branch is not looked at by a search, and may be empty */
	if (!(is_branch && is_first) &&
	        !follows(w, BYTES(bytes + at + sizeof node, node.key_bytes), is_branch))
		return false;
	if (is_branch) {
		uint64_t child = node.low | (uint64_t)node.high << 16 | (uint64_t)node.flags << 32;
		return level > 0 && walk_tree(w, (size_t)child, level - 1);
	}
	return walk_leaf(w, &node, BYTES(bytes + data, w->page_bytes - data),
	        (uint64_t)page.number * w->page_bytes + data, level);
}

/* level: how many levels may still be below this page. */
static bool walk_page(struct walk *w, size_t number, unsigned level, uint8_t *bytes)
{
	if (!use_pages(w, number, 1) ||
	        !read_at(w->file, bytes, w->page_bytes, (uint64_t)number * w->page_bytes))
		return false;
	struct page page;
	memcpy(&page, bytes, sizeof page);
	uint16_t kind = page.flags & (PAGE_BRANCH | PAGE_LEAF);
	if (page.number != number || (page.flags & ~PAGE_DIRTY) != kind ||
	        kind == (PAGE_BRANCH | PAGE_LEAF) || kind == 0 || page.lower < sizeof page ||
	        page.lower > page.upper || page.upper > w->page_bytes)
		return false;
	size_t count = (page.lower - sizeof page) / 2;
	if (count < (kind == PAGE_BRANCH ? 2 : 1)) /* LMDB counts on that too */
		return false;
	for (size_t i = 0; i < count; i++) {
		uint16_t at;
		memcpy(&at, bytes + sizeof page + i * 2, sizeof at);
		if (!walk_node(w, bytes, at, i == 0, level))
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

static enum err walk_all(int file, const struct meta *meta, uint64_t bytes)
{
	uint64_t page_bytes = meta->dbs[0].pad;
	struct walk w = {.file = file,
	        .page_bytes = (size_t)page_bytes,
	        .pages = (size_t)(bytes / page_bytes),
	        .last_page = meta->last_page};
	if (meta->dbs[0].flags != TREE_INTEGERS || meta->dbs[1].flags != 0)
		return ERR_STORE_DAMAGED; /* another order of keys than ours */
	w.used = calloc(1, w.pages / 8 + 1);
	if (w.used == NULL)
		return ERR_NO_MEMORY;
	w.is_free_list = true;
	bool good = walk_tree(&w, meta->dbs[0].root, DEPTH_MAX);
	w.is_free_list = w.has_last = false;
	good = good && walk_tree(&w, meta->dbs[1].root, DEPTH_MAX);
	free(w.used);
	return good ? ERR_OK : ERR_STORE_DAMAGED;
}

/* whole: walk the trees even when the file is long enough. */
static enum err check_length(int file, const struct meta *meta, enum store_mode mode, bool whole)
{
	struct stat st;
	if (fstat(file, &st) != 0)
		return ERR_IO;
	uint64_t page_bytes = meta->dbs[0].pad, bytes = (uint64_t)st.st_size;
	bool is_long = meta->last_page < bytes / page_bytes;
	if (is_long && !whole)
		return ERR_OK;
	enum err e = walk_all(file, meta, bytes);
	if (e != ERR_OK || is_long || mode == STORE_READ)
		return e;
	return pages_extend(file, (uint64_t)meta->last_page + 1, page_bytes);
}

enum err pages_check(int file, enum store_mode mode)
{
	struct meta meta;
	enum err e = read_metas(file, &meta);
	return e == ERR_OK ? check_length(file, &meta, mode, false) : e;
}

enum err pages_check_all(int file)
{
	struct meta meta;
	enum err e = read_metas(file, &meta);
	return e == ERR_OK ? check_length(file, &meta, STORE_WRITE, true) : e;
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

/* SPDX-License-Identifier: Apache-2.0
 * homes.c: see homes.h. */
#include "support/homes.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAP_BYTES (256u << 20)

static bool make_in(struct home_dir *home, const char *place)
{
	int len = snprintf(home->path, sizeof home->path, "%s/lontar-test-XXXXXX", place);
	must(len > 0 && (size_t)len < sizeof home->path);
	return mkdtemp(home->path) != NULL;
}

void homes_make_in(struct home_dir *home, const char *place)
{
	if (place == NULL)
		homes_make(home);
	else
		must(make_in(home, place));
}

void homes_make(struct home_dir *home)
{
	must(make_in(home, "/dev/shm") || make_in(home, "/tmp"));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void homes_remove(const struct home_dir *home)
{
	must(nftw(home->path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

struct store_options homes_options(
        const struct home_dir *home, enum store_mode mode, const struct secret_keys *keys)
{
	return (struct store_options){.home = home->path, .mode = mode, .map_bytes = MAP_BYTES, .keys = keys};
}

struct store *homes_store(const struct home_dir *home, const struct secret_keys *keys)
{
	struct store_options options = homes_options(home, STORE_WRITE, keys);
	uint8_t id[STORE_ID_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct store *store;
	must(store_create(&options, id) == ERR_OK);
	must(store_open(&options, &store) == ERR_OK);
	return store;
}

void homes_path(const struct home_dir *home, const char *name, char out[512])
{
	int len = snprintf(out, 512, "%s/%s", home->path, name);
	must(len > 0 && len < 512);
}

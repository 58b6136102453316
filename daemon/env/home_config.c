/* SPDX-License-Identifier: Apache-2.0
 * home_config.c: lontar.conf. A setting that is not known is an error: a misspelt one must not be silently off. */
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "env/home.h"

struct reading {
	struct home_config config;
};

static int copy(char *out, size_t cap, const char *value)
{
	size_t len = strlen(value);
	if (len >= cap)
		return 0;
	memcpy(out, value, len + 1);
	return 1;
}

static int add_peer(struct home_config *c, const char *value)
{
	if (c->peers_count == HOME_ADDRESSES_MAX)
		return 0;
	return copy(c->peers[c->peers_count++], sizeof c->peers[0], value);
}

static int set_fence(struct home_config *c, const char *value)
{
	c->fence = strcmp(value, "off") != 0;
	return !strcmp(value, "on") || !strcmp(value, "off");
}

static int set_map(struct home_config *c, const char *value)
{
	uint64_t mib;
	if (text_u64(bytes_text(value), 1u << 20, &mib) || mib == 0)
		return 0;
	c->map_bytes = mib << 20;
	return 1;
}

static int on_setting(void *user, const char *section, const char *name, const char *value)
{
	struct home_config *c = &((struct reading *)user)->config;
	if (*section)
		return 0;
	if (!strcmp(name, "listen"))
		return copy(c->listen, sizeof c->listen, value);
	if (!strcmp(name, "advertise"))
		return copy(c->advertise, sizeof c->advertise, value);
	if (!strcmp(name, "peer"))
		return add_peer(c, value);
	if (!strcmp(name, "mark"))
		return copy(c->mark, sizeof c->mark, value);
	if (!strcmp(name, "fence"))
		return set_fence(c, value);
	if (!strcmp(name, "map_mib"))
		return set_map(c, value);
	return 0;
}

enum err home_config_read(const struct home *home, struct home_config *out, int *line)
{
	struct reading r = {.config = {.fence = true, .map_bytes = STORE_MAP_BYTES}};
	char path[HOME_PATH_BYTES_MAX];
	home_path(home, "lontar.conf", path);
	*line = 0;
	if (!access(path, F_OK)) {
		*line = ini_parse(path, on_setting, &r);
		if (*line < 0)
			return ERR_IO;
		if (*line > 0)
			return ERR_BAD_TEXT;
	}
	*out = r.config;
	return ERR_OK;
}

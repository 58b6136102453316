/* SPDX-License-Identifier: Apache-2.0
 * opening.c: from a directory to a node: settings, seed, store, fence. Each thing that can be wrong is said by itself,
 * with what to do, and has its exit code. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "daemon_int.h"
#include "env/clock.h"
#include "env/random.h"

#define AGENT "lontar/" LONTAR_VERSION

static int read_settings(struct daemon *d, const char *dir)
{
	int line;
	char what[HOME_PATH_BYTES_MAX + 64];
	struct stat st;
	enum err e = home_choose(dir, &d->home);
	if (e)
		return fatal_say(e, "--home");
	if (stat(d->home.dir, &st) || !S_ISDIR(st.st_mode))
		return fatal_say(ERR_NO_STORE, d->home.dir);
	e = home_config_read(&d->home, &d->config, &line);
	(void)snprintf(what, sizeof what, "%s/lontar.conf, line %d", d->home.dir, line);
	return e ? fatal_say(e, what) : 0;
}

static enum err read_seed(const struct daemon *d, struct seed *out)
{
	char passphrase[PASSPHRASE_BYTES_MAX];
	enum err e = home_seed_read(&d->home, NULL, out);
	if (e != ERR_NOT_DECRYPTED)
		return e;
	e = passphrase_read(d, passphrase);
	if (!e)
		e = home_seed_read(&d->home, passphrase, out);
	sodium_memzero(passphrase, sizeof passphrase);
	return e;
}

static int read_keys(struct daemon *d)
{
	struct seed seed;
	char path[HOME_PATH_BYTES_MAX];
	enum err e = read_seed(d, &seed);
	home_path(&d->home, "seed", path);
	if (e)
		return fatal_say(e, path);
	keys_derive(&seed, &d->keys);
	sodium_memzero(&seed, sizeof seed);
	return 0;
}

static int open_store(struct daemon *d)
{
	char path[HOME_PATH_BYTES_MAX];
	const struct store_options options = {
	        .home = d->home.dir, .mode = STORE_WRITE, .map_bytes = d->config.map_bytes, .keys = &d->keys};
	home_path(&d->home, "store", path);
	enum err e = store_open(&options, &d->store);
	if (e)
		return fatal_say(e, path);
	store_id_text(d->store, d->store_id);
	e = fence_check(d);
	return e ? fatal_say(e, "the generation and the copy of the mark") : 0;
}

static int make_node(struct daemon *d)
{
	struct node_options options = {.store = d->store,
	        .keys = &d->keys,
	        .wall_ms = clock_wall_ms(),
	        .steady_ms = clock_steady_ms(),
	        .agent = AGENT,
	        .advertise = d->config.advertise[0] ? d->config.advertise : NULL,
	        .mark_copy = d->config.fence ? fence_copy : NULL,
	        .mark_copy_size = d->mark_copy_size,
	        .mark_context = d};
	random_fill(options.random_seed, sizeof options.random_seed);
	enum err e = node_new(&options, &d->node);
	sodium_memzero(options.random_seed, sizeof options.random_seed);
	return e ? fatal_say(e, d->home.dir) : 0;
}

/* "HOST:PORT LINKKEYHEX" */
static enum err parse_peer(const char *text, struct dial *out)
{
	struct bytes rest = bytes_text(text), address = text_split(&rest, ' ');
	memset(out, 0, sizeof *out);
	if (address.len == 0 || address.len >= sizeof out->address)
		return ERR_BAD_TEXT;
	memcpy(out->address, address.data, address.len);
	return text_hex(text_trim(rest), out->link_key, sizeof out->link_key);
}

static int add_peers(struct daemon *d)
{
	for (unsigned i = 0; i < d->config.peers_count; i++) {
		struct dial dial;
		char what[sizeof d->config.peers[0] + 32];
		enum err e = parse_peer(d->config.peers[i], &dial);
		if (!e)
			e = node_peer_add(d->node, &dial);
		(void)snprintf(what, sizeof what, "lontar.conf: peer = %s", d->config.peers[i]);
		if (e)
			return fatal_say(e, what);
	}
	return 0;
}

int opening_run(struct daemon *d, const char *dir)
{
	int exit = read_settings(d, dir);
	if (!exit)
		exit = read_keys(d);
	if (!exit)
		exit = open_store(d);
	if (!exit)
		exit = make_node(d);
	if (!exit)
		exit = add_peers(d);
	return exit;
}

void opening_undo(struct daemon *d)
{
	node_free(d->node);
	store_close(d->store);
	keys_wipe(&d->keys);
}

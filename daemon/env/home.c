/* SPDX-License-Identifier: Apache-2.0
 * home.c: which directory is the node's, and its seed. A sealed seed is Argon2id over the passphrase and one
 * XSalsa20-Poly1305 box; its key is used once, so the nonce is zero. */
#include "env/home.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "file_int.h"

#define SEED_PLAIN "lontar-seed-1 "
#define SEED_SEALED "lontar-seed-1-sealed "
#define SEALED_BYTES (16 + 32 + crypto_secretbox_MACBYTES) /* salt, box */
#define SEED_TEXT_MAX 512

static enum err absolute(char path[HOME_PATH_BYTES_MAX])
{
	char cwd[HOME_PATH_BYTES_MAX], joined[2 * HOME_PATH_BYTES_MAX];
	if (path[0] == '/')
		return ERR_OK;
	if (!getcwd(cwd, sizeof cwd))
		return ERR_IO;
	int n = snprintf(joined, sizeof joined, "%s/%s", cwd, path);
	if (n < 0 || n >= HOME_PATH_BYTES_MAX)
		return ERR_USAGE;
	memcpy(path, joined, (size_t)n + 1);
	return ERR_OK;
}

enum err home_choose(const char *dir, struct home *out)
{
	struct home home;
	const char *set = dir ? dir : getenv("LONTAR_HOME");
	const char *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");
	int n = -1;
	if (set && *set)
		n = snprintf(home.dir, sizeof home.dir, "%s", set);
	else if (data && *data)
		n = snprintf(home.dir, sizeof home.dir, "%s/lontar", data);
	else if (user && *user)
		n = snprintf(home.dir, sizeof home.dir, "%s/.local/share/lontar", user);
	if (n < 0 || (size_t)n >= sizeof home.dir)
		return ERR_USAGE;
	enum err e = absolute(home.dir);
	if (!e)
		*out = home;
	return e;
}

enum err home_make(const struct home *home)
{
	return file_make_dirs(home->dir);
}

void home_path(const struct home *home, const char *name, char out[HOME_PATH_BYTES_MAX])
{
	int n = snprintf(out, HOME_PATH_BYTES_MAX, "%s/%s", home->dir, name);
	must(n > 0 && n < HOME_PATH_BYTES_MAX);
}

enum err home_text_write(const struct home *home, const char *name, struct bytes text)
{
	char path[HOME_PATH_BYTES_MAX];
	home_path(home, name, path);
	return file_write(path, text, FILE_NEW);
}

static void seal_key(const char *passphrase, const uint8_t salt[16], uint8_t key[32])
{
	int failed =
	        crypto_pwhash(key, 32, passphrase, strlen(passphrase), salt, crypto_pwhash_OPSLIMIT_MODERATE,
	                crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13);
	must(!failed); /* only fails without memory */
}

static enum err open_sealed(struct bytes hex, const char *passphrase, struct seed *out)
{
	uint8_t sealed[SEALED_BYTES], key[32];
	const uint8_t nonce[crypto_secretbox_NONCEBYTES] = {0};
	enum err e = text_hex(hex, sealed, sizeof sealed);
	if (e)
		return e;
	if (!passphrase)
		return ERR_NOT_DECRYPTED;
	seal_key(passphrase, sealed, key);
	struct seed seed;
	int failed = crypto_secretbox_open_easy(seed.bytes, sealed + 16, sizeof sealed - 16, nonce, key);
	sodium_memzero(key, sizeof key);
	if (failed)
		return ERR_NOT_DECRYPTED;
	*out = seed;
	sodium_memzero(&seed, sizeof seed);
	return ERR_OK;
}

static enum err seed_parse(const char *text, const char *passphrase, struct seed *out)
{
	struct bytes line = bytes_text(text);
	const size_t plain = sizeof SEED_PLAIN - 1, sealed = sizeof SEED_SEALED - 1;
	if (line.len > sealed && !memcmp(line.data, SEED_SEALED, sealed))
		return open_sealed(BYTES(line.data + sealed, line.len - sealed), passphrase, out);
	if (line.len > plain && !memcmp(line.data, SEED_PLAIN, plain))
		return text_hex(BYTES(line.data + plain, line.len - plain), out->bytes, sizeof out->bytes);
	return ERR_BAD_TEXT;
}

static enum err first_line(const char *text, char out[HOME_SEED_LINE_BYTES_MAX])
{
	struct bytes rest = bytes_text(text), line = text_split(&rest, '\n');
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (line.len == 0 || line.len >= HOME_SEED_LINE_BYTES_MAX)
		return ERR_BAD_TEXT;
	memcpy(out, line.data, line.len);
	out[line.len] = 0;
	return ERR_OK;
}

enum err home_seed_line(const struct home *home, char out[HOME_SEED_LINE_BYTES_MAX])
{
	char path[HOME_PATH_BYTES_MAX], text[SEED_TEXT_MAX];
	home_path(home, "seed", path);
	enum err e = file_read(path, text, sizeof text);
	if (!e)
		e = first_line(text, out);
	sodium_memzero(text, sizeof text);
	return e == ERR_NOT_FOUND ? ERR_NO_SEED : e;
}

enum err home_seed_read(const struct home *home, const char *passphrase, struct seed *out)
{
	char path[HOME_PATH_BYTES_MAX], line[HOME_SEED_LINE_BYTES_MAX];
	struct stat st;
	home_path(home, "seed", path);
	if (!stat(path, &st) && (st.st_mode & 077))
		return ERR_IO;
	enum err e = home_seed_line(home, line);
	if (!e)
		e = seed_parse(line, passphrase, out);
	sodium_memzero(line, sizeof line);
	return e;
}

bool home_has_seed(const struct home *home)
{
	char path[HOME_PATH_BYTES_MAX];
	home_path(home, "seed", path);
	return !access(path, F_OK);
}

bool home_seed_is_sealed(const char *line)
{
	return strncmp(line, SEED_SEALED, sizeof SEED_SEALED - 1) == 0;
}

enum err home_seed_write(
        const struct home *home, const struct seed *seed, const char *passphrase, const uint8_t salt[16])
{
	char text[SEED_TEXT_MAX];
	struct bytes_out o = bytes_out(text, sizeof text);
	if (passphrase) {
		uint8_t sealed[SEALED_BYTES], key[32];
		const uint8_t nonce[crypto_secretbox_NONCEBYTES] = {0};
		memcpy(sealed, salt, 16);
		seal_key(passphrase, salt, key);
		crypto_secretbox_easy(sealed + 16, seed->bytes, sizeof seed->bytes, nonce, key);
		sodium_memzero(key, sizeof key);
		bytes_put_text(&o, SEED_SEALED);
		text_put_hex(&o, BYTES_OF(sealed));
	} else {
		bytes_put_text(&o, SEED_PLAIN);
		text_put_hex(&o, BYTES_OF(seed->bytes));
	}
	bytes_put_u8(&o, '\n');
	must(bytes_out_end(&o) == ERR_OK);
	enum err e = home_text_write(home, "seed", bytes_written(&o));
	sodium_memzero(text, sizeof text);
	return e;
}

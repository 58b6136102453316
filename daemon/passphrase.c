/* SPDX-License-Identifier: Apache-2.0
 * passphrase.c: the first line of the file that the command line, systemd's credentials or the environment name. Never
 * an argument, which everybody on the machine can read. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon_int.h"

static bool choose(const struct daemon *d, char path[HOME_PATH_BYTES_MAX])
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY"), *file = getenv("LONTAR_PASSPHRASE_FILE");
	int n = 0;
	if (d->passphrase_file)
		n = snprintf(path, HOME_PATH_BYTES_MAX, "%s", d->passphrase_file);
	else if (credentials && *credentials)
		n = snprintf(path, HOME_PATH_BYTES_MAX, "%s/passphrase", credentials);
	else if (file && *file)
		n = snprintf(path, HOME_PATH_BYTES_MAX, "%s", file);
	return n > 0 && n < HOME_PATH_BYTES_MAX;
}

enum err passphrase_read(const struct daemon *d, char out[PASSPHRASE_BYTES_MAX])
{
	char path[HOME_PATH_BYTES_MAX];
	if (!choose(d, path))
		return ERR_NOT_DECRYPTED;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, PASSPHRASE_BYTES_MAX - 1);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0) {
		journal_say(JOURNAL_ERROR, "the passphrase cannot be read from %s", path);
		return ERR_NOT_FOUND;
	}
	out[n] = 0;
	out[strcspn(out, "\r\n")] = 0;
	return ERR_OK;
}

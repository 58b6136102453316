/* SPDX-License-Identifier: Apache-2.0
 * fatal.c: why the daemon cannot run, in words, with the error's code for programs, what to do about it, and the exit
 * code that the commands use as well: 1 not there, 2 settings, 4 busy or unreachable, 5 the store. */
#include "daemon_int.h"

static const struct reason {
	enum err err;
	int exit;
	const char *way_out;
} reasons[] = {
        {ERR_NO_STORE, 1,
                "make a node with `lontar init --found NAME` or `lontar init --join INVITE`, or name its "
                "directory with --home DIR"},
        {ERR_NO_SEED, 1, "bring the seed back from paper with `lontar key recover`"},
        {ERR_NOT_FOUND, 1, "give a file that is there"},
        {ERR_NOT_DECRYPTED, 1,
                "the seed is sealed with a passphrase: name a file that holds it with "
                "--passphrase-file, as a systemd credential, or in LONTAR_PASSPHRASE_FILE"},
        {ERR_BAD_KEY, 1,
                "the seed and the store are of two nodes: put back the seed that belongs to this store"},
        {ERR_BAD_TEXT, 2, "correct it; docs/CONTROL.md has an example of every setting"},
        {ERR_USAGE, 2, "see lontard --help"},
        {ERR_UNREACHABLE, 4, "look at the settings listen and advertise in lontar.conf"},
        {ERR_STORE_BUSY, 4, "another lontard runs here, or a command is writing: wait for it, or stop it"},
        {ERR_STORE_DAMAGED, 5,
                "nothing was changed: put this directory aside, bring the node back with `lontar key "
                "recover`, and let it fetch the rest from a peer"},
        {ERR_STORE_FOREIGN, 5, "move the file away, or name the node's own directory with --home DIR"},
        {ERR_STORE_NEWER, 5, "install the newer version of lontar on this machine"},
        {ERR_DISK_FULL, 5, "free some space on this disk"},
        {ERR_MAP_FULL, 5, "raise map_mib in lontar.conf"},
        {ERR_IO, 5, "look at the permissions (the seed must be readable by its owner only) and at the disk"},
        {ERR_NO_MEMORY, 5, "free some memory, or lower map_mib in lontar.conf"},
};

int fatal_say(enum err e, const char *what)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].err == e) {
			journal_say(JOURNAL_ERROR, "%s: %s (%s): %s", what, err_text(e), err_code(e),
			        reasons[i].way_out);
			return reasons[i].exit;
		}
	journal_say(JOURNAL_ERROR, "%s: %s (%s)", what, err_text(e), err_code(e));
	return 5;
}

/* SPDX-License-Identifier: Apache-2.0
 * main.c: lontard, the daemon of one node: the command line, what the process must not do (dump its keys), and the order
 * in which things start and end. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon_int.h"
#include "env/random.h"

static const struct argp_option options[] = {
        {"home", 'H', "DIR", 0, "the node's directory (else $LONTAR_HOME, else ~/.local/share/lontar)", 0},
        {"passphrase-file", 'p', "FILE", 0,
                "where the seed's passphrase stands, if it has one (else the systemd credential "
                "\"passphrase\", else "
                "the file that $LONTAR_PASSPHRASE_FILE names)",
                0},
        {0},
};

static const char about[] =
        "Runs the node of one directory: links to other nodes, the log, the control socket.\v"
        "Examples:\n"
        "  lontard                              the node of ~/.local/share/lontar\n"
        "  lontard --home /var/lib/lontar       another directory; `systemctl start lontard` does this\n"
        "  lontard --passphrase-file /run/p     the seed is sealed; the passphrase is the file's first line\n"
        "\n"
        "It stays in the foreground and stops on SIGTERM or SIGINT. Settings are in "
        "DIR/lontar.conf:\n"
        "  listen = 0.0.0.0:7300                where others dial this node; without it, it only dials\n"
        "  advertise = koperasi.example:7300    the address that others are told\n"
        "\n"
        "Exit codes: 0 stopped, 1 no node or seed there, 2 settings, 4 busy or port taken, 5 the store or "
        "the disk.";

struct arguments {
	const char *home, *passphrase_file;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'H':
		a->home = value;
		return 0;
	case 'p':
		a->passphrase_file = value;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" was not expected: commands are given to `lontar`", value);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The keys are in this process: no core file, no debugger of another of the user's programs. */
static void harden(void)
{
	const struct rlimit none = {0, 0};
	must(!setrlimit(RLIMIT_CORE, &none));
	must(!prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

static int start(struct daemon *d, const char *home)
{
	int exit = opening_run(d, home);
	if (exit)
		return exit;
	enum err e = loop_init(d);
	if (!e)
		e = listen_start(d);
	if (!e)
		e = control_start(d);
	if (!e)
		e = writer_start(d);
	if (e)
		return fatal_say(e, "lontard cannot start");
	care_start(d);
	return 0;
}

int main(int argc, char **argv)
{
	static struct daemon d;
	struct arguments arguments = {0};
	const struct argp argp = {options, parse, NULL, about, NULL, NULL, NULL};
	argp_program_version = "lontard " LONTAR_VERSION;
	argp_err_exit_status = 2;
	(void)argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	journal_open();
	must(random_ready());
	harden();
	d.passphrase_file = arguments.passphrase_file;
	int exit = start(&d, arguments.home);
	bool clean = !exit && loop_run(&d);
	opening_undo(&d);
	if (!exit)
		journal_say(JOURNAL_INFO, "stopped");
	if (!exit && !clean)
		_exit(0);
	return exit;
}

/* SPDX-License-Identifier: Apache-2.0
 * run_dir.c: where a seed's nodes have their files: a directory in memory that its process's id is in the name of, so
 * that whoever starts next knows what was left by one that was killed. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "support/net_int.h"

#define PREFIX "lontar-sim-"

static char own_dir[RUN_DIR_BYTES];

static const char *base(void)
{
	return access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
}

void run_dir_make(char *out)
{
	int len = snprintf(out, RUN_DIR_BYTES, "%s/" PREFIX "%ld-XXXXXX", base(), (long)getpid());
	must(len > 0 && len < (int)RUN_DIR_BYTES && mkdtemp(out));
}

void run_dir_remove(const char *dir)
{
	(void)nftw(dir, net_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_own(void)
{
	run_dir_remove(own_dir);
}

void run_dir_begin(void)
{
	run_dir_remove_dead();
	run_dir_make(own_dir);
	must(setenv("NET_DIR", own_dir, 1) == 0 && atexit(remove_own) == 0);
}

/* Made by run_dir_make() of a process that is no more? */
static bool is_left(const char *name)
{
	char *end;
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	long pid = strtol(name + strlen(PREFIX), &end, 10);
	return pid > 0 && *end == '-' && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void run_dir_remove_dead(void)
{
	char path[RUN_DIR_BYTES + 256];
	const struct dirent *entry;
	DIR *all = opendir(base());
	while (all && (entry = readdir(all))) {
		if (!is_left(entry->d_name))
			continue;
		must(snprintf(path, sizeof path, "%s/%s", base(), entry->d_name) > 0);
		run_dir_remove(path);
	}
	if (all)
		(void)closedir(all);
}

/* SPDX-License-Identifier: Apache-2.0
 * journal.c: one line a happening: to the journal where standard error is connected to it, else to standard error, with
 * the time. What came from others cannot forge a line: control characters are shown as question marks. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/date.h"
#include "daemon_int.h"
#include "env/clock.h"

#define LINE_BYTES_MAX 1024

static bool to_journal, debug;

/* JOURNAL_STREAM names the device and inode of the stream that systemd gave us; it is inherited by anything we are
 * started from as well, so both are compared. */
void journal_open(void)
{
	struct stat st;
	char is[64];
	const char *stream = getenv("JOURNAL_STREAM"), *wanted = getenv("LONTAR_DEBUG");
	debug = wanted && *wanted;
	if (!stream || fstat(STDERR_FILENO, &st))
		return;
	(void)snprintf(
	        is, sizeof is, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	to_journal = strcmp(is, stream) == 0;
}

static const char *level_name(int level)
{
	if (level <= JOURNAL_ERROR)
		return "error";
	if (level == JOURNAL_WARNING)
		return "warning";
	return level == JOURNAL_DEBUG ? "debug" : "info";
}

static void to_stderr(int level, const char *line)
{
	uint64_t ms = clock_wall_ms();
	char text[32];
	struct bytes_out day = bytes_out(text, sizeof text - 1);
	date_put(&day, date_of_ms(ms, 0));
	text[day.len] = 0;
	unsigned s = (unsigned)(ms / 1000 % 86400);
	(void)fprintf(stderr, "%sT%02u:%02u:%02u.%03uZ lontard %s: %s\n", text, s / 3600, s / 60 % 60, s % 60,
	        (unsigned)(ms % 1000), level_name(level), line);
}

static void say(int level, char *line)
{
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	if (to_journal)
		(void)sd_journal_send(
		        "MESSAGE=%s", line, "PRIORITY=%d", level, "SYSLOG_IDENTIFIER=lontard", NULL);
	else
		to_stderr(level, line);
}

void journal_say(int level, const char *format, ...)
{
	char line[LINE_BYTES_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (level < JOURNAL_DEBUG || debug)
		say(level, line);
}

/* SPDX-License-Identifier: Apache-2.0
 * main.c: a fuzz target as a plain test, where libFuzzer is not linked: feeds it the empty input and every file of
 * the directories named. Each input lies in memory of exactly its size, so that a sanitizer sees a byte too far. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

#define PATH_BYTES_MAX 4096
#define INPUT_BYTES_MAX (1L << 20)

static void feed(const char *path)
{
	FILE *f = fopen(path, "rb");
	must(f && fseek(f, 0, SEEK_END) == 0);
	long len = ftell(f);
	must(len >= 0 && len <= INPUT_BYTES_MAX && fseek(f, 0, SEEK_SET) == 0);
	uint8_t *data = malloc(len ? (size_t)len : 1);
	must(data && fread(data, 1, (size_t)len, f) == (size_t)len);
	must(fclose(f) == 0);
	LLVMFuzzerTestOneInput(data, (size_t)len);
	free(data);
}

/* How many inputs the directory holds; 0 when it is not there. */
static unsigned feed_all(const char *directory)
{
	DIR *d = opendir(directory);
	unsigned count = 0;
	char path[PATH_BYTES_MAX];
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		if (e->d_name[0] == '.')
			continue;
		int n = snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
		must(n > 0 && (size_t)n < sizeof path);
		feed(path);
		count++;
	}
	if (d)
		closedir(d);
	return count;
}

int main(int argc, char **argv)
{
	unsigned count = 1;
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		count += feed_all(argv[i]);
	printf("%u inputs\n", count);
	return 0;
}

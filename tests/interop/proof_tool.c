/* SPDX-License-Identifier: Apache-2.0 */
/* proof_tool.c: proof files of a toy network for another program to check, and our own verdict on what that program makes
 * of them.
 *	proof_tool network          the network id
 *	proof_tool files            how many files there are
 *	proof_tool make N           the N-th file
 *	proof_tool check            reads files from stdin, each after its length in 4 bytes; a line of verdict for each */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "support/toy.h"

static struct toy toy;
static struct prooffile_room room;
static uint8_t text[PROOFFILE_BYTES_MAX + 1];

static void print_hex(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		printf("%02x", b.data[i]);
}

static void print_claims(const struct prooffile_claims *c)
{
	print_hex(BYTES_OF(c->feed.bytes));
	printf(" %u %u %llu %llu %u %d ", c->member.n, c->roles, (unsigned long long)c->seq,
	        (unsigned long long)c->time_ms, c->kind, c->opened);
	print_hex(c->body);
	printf(" %llu", (unsigned long long)c->head.size);
	for (uint32_t i = 0; i < c->witnesses_count; i++)
		printf(" %llu%s", (unsigned long long)c->witnesses[i].time_s,
		        c->witnesses[i].superseded ? "-lost" : "");
	printf("\n");
}

static void check(struct bytes b)
{
	struct prooffile f;
	struct prooffile_claims c;
	if (prooffile_parse(b, &room, &f) != ERR_OK ||
	        prooffile_verify(&f, &toy.network, &room, &c) != ERR_OK)
		printf("refused\n");
	else
		print_claims(&c);
}

static void check_all(void)
{
	uint8_t length[4];
	while (fread(length, 1, sizeof length, stdin) == sizeof length) {
		struct bytes_in in = bytes_in(BYTES_OF(length));
		size_t len = bytes_get_u32(&in);
		must(len <= sizeof text && fread(text, 1, len, stdin) == len);
		check(BYTES(text, len));
	}
}

static void make(unsigned long which)
{
	struct prooffile f;
	struct bytes_out o = bytes_out(text, sizeof text);
	must(which < TOY_FILES);
	toy_file(&toy, (enum toy_file)which, &f);
	prooffile_put(&o, &f);
	must(bytes_out_end(&o) == ERR_OK && fwrite(text, 1, o.len, stdout) == o.len);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	toy_make(&toy);
	if (strcmp(what, "network") == 0)
		print_hex(BYTES_OF(toy.network.bytes));
	else if (strcmp(what, "files") == 0)
		printf("%d\n", TOY_FILES);
	else if (strcmp(what, "make") == 0 && argc > 2)
		make(strtoul(argv[2], NULL, 10));
	else if (strcmp(what, "check") == 0)
		check_all();
	else
		return 2;
	return 0;
}

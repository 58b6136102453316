/* SPDX-License-Identifier: Apache-2.0
 * base_err.c: the error table is whole, and must() dies. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

static bool is_code(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s) && s[0] != 0;
}

static void table_is_whole(void **state)
{
	(void)state;
	for (enum err e = ERR_OK; e < ERR_COUNT; e++) {
		assert_true(is_code(err_code(e)));
		assert_true(strlen(err_text(e)) > 1);
		assert_int_not_equal(err_text(e)[strlen(err_text(e)) - 1], '.');
		for (enum err other = ERR_OK; other < e; other++)
			assert_string_not_equal(err_code(e), err_code(other));
	}
	assert_string_equal(err_code(ERR_OK), "ok");
	assert_string_equal(err_code(ERR_DATE_RANGE), "date_range");
}

static void blames(void **state)
{
	(void)state;
	assert_int_equal(err_blame(ERR_OK), BLAME_NOBODY);
	assert_int_equal(err_blame(ERR_MALFORMED), BLAME_PEER);
	assert_int_equal(err_blame(ERR_DISK_FULL), BLAME_LOCAL);
	assert_int_equal(err_blame(ERR_BAD_DATE), BLAME_USER);
	assert_int_equal(err_blame(ERR_TRADE_TOTAL), BLAME_RULE);
	assert_int_equal(err_blame(ERR_NO_SPACE), BLAME_BUG);
}

/* The signal that ends a child which runs F. */
static int signal_of(void (*f)(void))
{
	int status = 0;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit no_core = {0, 0};
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGABRT, SIG_DFL); /* cmocka's would report a failure */
		(void)close(STDERR_FILENO);
		f();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void true_claim(void)
{
	must(1 + 1 == 2);
}

static void false_claim(void)
{
	must(1 + 1 == 3);
}

static void code_of_no_error(void)
{
	(void)err_code(ERR_COUNT);
}

static void must_dies(void **state)
{
	(void)state;
	assert_int_equal(signal_of(true_claim), 0);
	assert_int_equal(signal_of(false_claim), SIGABRT);
	assert_int_equal(signal_of(code_of_no_error), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(table_is_whole),
	        cmocka_unit_test(blames),
	        cmocka_unit_test(must_dies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

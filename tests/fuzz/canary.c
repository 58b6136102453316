/* SPDX-License-Identifier: Apache-2.0
 * canary.c: the one target that must fail. Its wrong claim is that no input begins with LONT; a fuzzer that is built
 * and fed as it should finds that in a second, and the corpus runner finds it in tests/fuzz/corpus/canary. */
#include "fuzz.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	must(len < 4 || data[0] != 'L' || data[1] != 'O' || data[2] != 'N' || data[3] != 'T');
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz.h: what every tests/fuzz/NAME.c defines. Returns 0; what must hold of any input is said with must(). */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif

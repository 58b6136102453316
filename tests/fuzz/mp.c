/* SPDX-License-Identifier: Apache-2.0
 * mp.c: any bytes through the msgpack reader. Checking, skipping and reading call by call agree on the error, and
 * what they accept is written again by the packer as the same bytes. */
#include "fuzz.h"

#include "support/again.h"

#define ROOM_BYTES (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[ROOM_BYTES];
	if (len <= sizeof room)
		(void)again_property(BYTES(data, len), room);
	return 0;
}

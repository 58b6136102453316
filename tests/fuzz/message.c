/* SPDX-License-Identifier: Apache-2.0
 * message.c: any bytes as the messages of a frame. What is refused is refused the same way alone; what is read is
 * packed again as the same bytes. */
#include "fuzz.h"

#include "support/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes rest = BYTES(data, len);
	struct message message;
	while (message_take(&rest, &message) == ERR_OK)
		must(link_message_property(message.raw) == ERR_OK);
	must(rest.len == 0 || link_message_property(rest) != ERR_OK);
	return 0;
}

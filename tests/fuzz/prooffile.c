/* SPDX-License-Identifier: Apache-2.0 */
/* prooffile.c: any bytes as a proof file of whatever network they say. What is read is written again as the same bytes;
 * what is proven is about the entry that stands there. */
#include "fuzz.h"

#include "log/prooffile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct prooffile_room room;
	static struct prooffile f;
	static struct prooffile_claims c;
	static uint8_t again[PROOFFILE_BYTES_MAX];
	if (prooffile_parse(BYTES(data, len), &room, &f) != ERR_OK)
		return 0;
	struct bytes_out o = bytes_out(again, sizeof again);
	prooffile_put(&o, &f);
	must(bytes_out_end(&o) == ERR_OK && bytes_equal(bytes_written(&o), BYTES(data, len)));
	if (prooffile_verify(&f, &f.network, &room, &c) != ERR_OK)
		return 0;
	struct hash id = entry_id(&f.entry.header);
	must(hash_equal(&c.id, &id) && c.seq == f.entry.header.seq && c.seq < c.head.size);
	must(c.opened == (f.has_key || f.entry.header.audience == AUDIENCE_NETWORK));
	must(c.witnesses_count <= REGISTRAR_FEEDS_MAX + 1);
	return 0;
}

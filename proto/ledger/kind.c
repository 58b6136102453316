/* SPDX-License-Identifier: Apache-2.0
 * kind.c: the table of kinds, looked up by number and by name: the log's rows, which concern no object, then the
 * ledger's, in ascending order of their numbers. */
#include "ledger/kinds.h"
#include "ledger/object.h"
#include "log/kinds.h"

static const struct kind_info kinds[] = {
#define X(name, number, text, audience) {text, number, AUDIENCE_##audience, OBJECT_NONE, PART_NONE},
        LOG_KINDS(X)
#undef X
#define X(name, number, text, audience, object, part, check) \
	{text, number, AUDIENCE_##audience, OBJECT_##object, PART_##part},
                LEDGER_KINDS(X)
#undef X
};
#define KINDS_COUNT (sizeof kinds / sizeof kinds[0])

const struct kind_info *kind_info(uint16_t kind)
{
	size_t low = 0, high = KINDS_COUNT;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (kinds[mid].kind < kind) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low < KINDS_COUNT && kinds[low].kind == kind ? &kinds[low] : NULL;
}

const struct kind_info *kind_named(struct bytes name)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (bytes_equal(bytes_text(kinds[i].name), name)) {
			return &kinds[i];
		}
	}
	return NULL;
}

const struct kind_info *kind_at(size_t index)
{
	return index < KINDS_COUNT ? &kinds[index] : NULL;
}

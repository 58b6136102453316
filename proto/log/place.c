/* SPDX-License-Identifier: Apache-2.0 */
/* place.c: the order of places: by feed, then by seq. It orders lists and keys, never what happened first. */
#include "log/entry.h"

int place_compare(struct place a, struct place b)
{
	if (a.feed.n != b.feed.n)
		return a.feed.n < b.feed.n ? -1 : 1;
	if (a.seq != b.seq)
		return a.seq < b.seq ? -1 : 1;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* unseal.c: attribution (whose feed, with which roles at that seq) and opening. A sealed entry names a channel of its
 * own feed that came before it, so nothing is ever waited for here. */
#include "unseal_int.h"

#include "channel_int.h"
#include "entries_int.h"
#include "txn_int.h"

static void attribute(struct txn *t, const struct entry_ref *entry, struct statement *out)
{
	const struct roster *r = &t->muster->roster;
	const struct roster_feed *feed = roster_feed(r, entry->place.feed);
	must(feed != NULL);
	*out = (struct statement){.ref = feed_reference(entry),
	        .author = feed->member,
	        .roles = roster_roles(r, entry->place),
	        .time_ms = entry->time_ms,
	        .audience = entry->audience,
	        .kind = entry->kind,
	        .body = entry->payload};
}

static enum err open_sealed(
        struct txn *t, const struct entry_ref *entry, struct bytes_out *scratch, struct seal_plain *plain)
{
	struct sealed sealed;
	struct channel_secret secret;
	enum err e = seal_payload_unpack(entry->payload, &sealed);
	if (e != ERR_OK)
		return e;
	struct place channel = {.feed = entry->place.feed, .seq = sealed.channel_seq};
	if (channel.seq >= entry->place.seq)
		return ERR_NO_SUCH_OBJECT;
	e = channel_secret(t, channel, &secret);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_NO_SUCH_OBJECT : e;
	const struct roster_feed *feed = roster_feed(&t->muster->roster, entry->place.feed);
	struct seal_context context = {.feed = &feed->keys.feed, .seq = entry->place.seq, .secret = &secret};
	e = seal_payload_open(&sealed, &context, scratch, plain);
	bytes_wipe(&secret, sizeof secret);
	return e;
}

enum err unseal_entry(
        struct txn *t, const struct entry_ref *entry, struct bytes_out *scratch, struct statement *out)
{
	attribute(t, entry, out);
	if (entry->audience == AUDIENCE_NETWORK)
		return ERR_OK;
	struct seal_plain plain;
	enum err e = open_sealed(t, entry, scratch, &plain);
	if (e != ERR_OK)
		return e;
	out->kind = plain.kind;
	out->body = plain.body;
	return ERR_OK;
}

enum err unseal_at(struct txn *t, struct place place, struct bytes_out *scratch, struct statement *out)
{
	struct entry_ref entry;
	if (!entries_get(t, place, &entry))
		return t->err != ERR_OK ? t->err : ERR_NOT_FOUND;
	enum err e = unseal_entry(t, &entry, scratch, out);
	if (e != ERR_OK || entry.audience == AUDIENCE_SEALED)
		return e;
	size_t at = scratch->len;
	bytes_put(scratch, entry.payload.data, entry.payload.len);
	out->body = BYTES(scratch->data + at, entry.payload.len);
	return bytes_out_end(scratch);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* prooffile_verify.c: what a proof file proves, from the network id alone. The id names entry 0, entry 0 names the
 * registrar and the recovery key, the recovery key signs the anchor, a registrar's feed adds the author's feed, the
 * author signs the checkpoint, and registrars cosign it.
 * Its twist: a registrar whom an anchor has ended is believed about its feed as it stands, by a path to the anchor's
 * root; what its key signed elsewhere is reported with that said. */
#include <string.h>

#include "log/cosignature.h"
#include "log/kinds.h"
#include "log/prooffile.h"
#include "log/seal.h"

#define REGISTRARS_MAX (REGISTRAR_FEEDS_MAX + 1u)

struct registrar {
	struct feed_keys keys;
	bool ended; /* by the anchor, at this head */
	struct head head;
};

struct check {
	const struct prooffile *file;
	struct roster_found found;
	uint32_t registrars_count;
	struct registrar registrars[REGISTRARS_MAX];
};

static bool keys_equal(const struct feed_keys *a, const struct feed_keys *b)
{
	return memcmp(a->feed.bytes, b->feed.bytes, 32) == 0 && memcmp(a->cosigner, b->cosigner, 32) == 0 &&
	       memcmp(a->link, b->link, 32) == 0 && memcmp(a->seal, b->seal, 32) == 0;
}

static bool feed_equal(const struct feed_id *a, const struct feed_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool payload_fits(const struct entry_header *h, struct bytes payload)
{
	struct hash got = hash_of(payload);
	return h->payload_bytes == payload.len && hash_equal(&h->payload, &got);
}

/* --- the network and its registrars --- */

static enum err check_found(struct check *c, const struct network_id *network)
{
	const struct entry_header *h = &c->file->found;
	struct hash id = entry_id(h);
	if (memcmp(c->file->network.bytes, network->bytes, sizeof network->bytes) != 0 ||
	        memcmp(id.bytes, network->bytes, sizeof network->bytes) != 0)
		return ERR_WRONG_NETWORK;
	if (h->kind != KIND_NETWORK_FOUND || h->seq != 0 || !payload_fits(h, c->file->found_payload))
		return ERR_BAD_PROOF;
	enum err e = roster_body_found_unpack(c->file->found_payload, &c->found);
	if (e != ERR_OK)
		return e;
	return feed_equal(&h->feed, &c->found.keys.feed) ? keys_check(&c->found.keys) : ERR_BAD_PROOF;
}

static void add_registrar(struct check *c, const struct feed_keys *keys, const struct head *end)
{
	must(c->registrars_count < REGISTRARS_MAX);
	struct registrar *r = &c->registrars[c->registrars_count++];
	*r = (struct registrar){.keys = *keys, .ended = end != NULL};
	if (end)
		r->head = *end;
}

static enum err check_registrars(struct check *c)
{
	struct anchor anchor;
	if (c->file->anchor.len == 0) {
		add_registrar(c, &c->found.keys, NULL);
		return ERR_OK;
	}
	enum err e = anchor_unpack(c->file->anchor, &anchor);
	if (e == ERR_OK)
		e = anchor_verify(&anchor, c->found.network.recovery);
	if (e != ERR_OK)
		return e;
	must(anchor.feeds_count > 0); /* anchor_unpack() */
	if (!keys_equal(&anchor.feeds[0].keys, &c->found.keys))
		return ERR_BAD_PROOF;
	for (uint32_t i = 0; i < anchor.feeds_count; i++)
		add_registrar(c, &anchor.feeds[i].keys, &anchor.feeds[i].head);
	add_registrar(c, &anchor.successor, NULL);
	return ERR_OK;
}

static const struct registrar *registrar_of(const struct check *c, const struct feed_id *feed)
{
	for (uint32_t i = 0; i < c->registrars_count; i++)
		if (feed_equal(&c->registrars[i].keys.feed, feed))
			return &c->registrars[i];
	return NULL;
}

/* --- an entry and its proofs --- */

/* The author's key and all registrars' cosigners, with room for their names. */
struct known {
	struct note_key keys[1 + REGISTRARS_MAX];
	struct note_seen seen[1 + REGISTRARS_MAX];
	uint8_t names[1 + REGISTRARS_MAX][CHECKPOINT_TEXT_BYTES_MAX];
	uint32_t count;
};

static void know(struct known *k, enum note_type type, const uint8_t key[32], const struct bytes_out *name)
{
	must(bytes_out_end(name) == ERR_OK);
	struct note_key *n = &k->keys[k->count++];
	*n = (struct note_key){.name = bytes_written(name), .type = type};
	memcpy(n->key, key, sizeof n->key);
}

static void know_all(struct known *k, const struct check *c, const struct feed_id *author)
{
	k->count = 0;
	struct bytes_out name = bytes_out(k->names[0], sizeof k->names[0]);
	checkpoint_put_origin(&name, &c->file->network, author);
	know(k, NOTE_ED25519, author->bytes, &name);
	for (uint32_t i = 0; i < c->registrars_count; i++) {
		const struct feed_keys *keys = &c->registrars[i].keys;
		name = bytes_out(k->names[1 + i], sizeof k->names[1 + i]);
		cosignature_put_name(&name, &c->file->network, &keys->feed);
		know(k, NOTE_COSIGNATURE, keys->cosigner, &name);
	}
}

static enum err check_standing(
        const struct prooffile_entry *entry, const struct hash *id, const struct registrar *author)
{
	if (!author || !author->ended)
		return entry->has_standing ? ERR_TRAILING : ERR_OK;
	if (!entry->has_standing)
		return ERR_MISSING_FIELD;
	return proof_check_inclusion(&entry->standing, entry->header.seq, id, &author->head);
}

static enum err check_entry(
        const struct check *c, const struct prooffile_entry *entry, struct known *known, struct head *head)
{
	const struct entry_header *h = &entry->header;
	struct hash id = entry_id(h);
	if (!payload_fits(h, entry->payload) || entry->proof.index != h->seq)
		return ERR_BAD_PROOF;
	know_all(known, c, &h->feed);
	enum err e = tlogproof_verify(&entry->proof, &id, known->keys, known->count, known->seen, head);
	return e == ERR_OK ? check_standing(entry, &id, registrar_of(c, &h->feed)) : e;
}

/* --- who the author is --- */

static enum err check_feed_add(const struct check *c, struct roster_add *add)
{
	const struct prooffile_entry *entry = &c->file->feed;
	struct known known;
	struct head head;
	if (!registrar_of(c, &entry->header.feed) || entry->header.kind != KIND_FEED_ADD)
		return ERR_BAD_PROOF;
	enum err e = check_entry(c, entry, &known, &head);
	if (e != ERR_OK)
		return e;
	e = roster_body_add_unpack(entry->payload, add);
	if (e != ERR_OK)
		return e;
	return feed_equal(&add->keys.feed, &c->file->entry.header.feed) ? keys_check(&add->keys)
	                                                                : ERR_BAD_PROOF;
}

static enum err check_author(const struct check *c, struct prooffile_claims *out)
{
	struct roster_add add;
	if (registrar_of(c, &c->file->entry.header.feed)) {
		out->roles = ROLE_ALL;
		return c->file->has_feed ? ERR_TRAILING : ERR_OK;
	}
	if (!c->file->has_feed)
		return ERR_MISSING_FIELD;
	enum err e = check_feed_add(c, &add);
	if (e != ERR_OK)
		return e;
	out->member = add.member;
	out->roles = add.roles;
	return ERR_OK;
}

/* --- what it says --- */

static enum err open_sealed(
        const struct prooffile *f, struct prooffile_room *room, struct prooffile_claims *out)
{
	struct sealed sealed;
	struct seal_plain plain;
	if (!f->has_key)
		return ERR_OK;
	enum err e = seal_payload_unpack(f->entry.payload, &sealed);
	if (e != ERR_OK)
		return e;
	struct seal_context context = {.feed = &f->entry.header.feed, .seq = f->entry.header.seq};
	struct bytes_out scratch = bytes_out(room->plain, sizeof room->plain);
	e = seal_payload_open_key(&sealed, &context, &f->key, &scratch, &plain);
	if (e != ERR_OK)
		return e;
	out->opened = true;
	out->kind = plain.kind;
	out->body = plain.body;
	return ERR_OK;
}

static enum err read_body(
        const struct prooffile *f, struct prooffile_room *room, struct prooffile_claims *out)
{
	const struct entry_header *h = &f->entry.header;
	out->feed = h->feed;
	out->seq = h->seq;
	out->time_ms = h->time_ms;
	out->id = entry_id(h);
	out->kind = h->kind;
	if (h->audience == AUDIENCE_SEALED)
		return open_sealed(f, room, out);
	out->opened = true;
	out->body = f->entry.payload;
	return f->has_key ? ERR_TRAILING : ERR_OK;
}

static void note_witnesses(const struct check *c, const struct known *known, struct prooffile_claims *out)
{
	for (uint32_t i = 0; i < c->registrars_count; i++) {
		if (!known->seen[1 + i].signed_it)
			continue;
		out->witnesses[out->witnesses_count++] = (struct prooffile_witness){
		        .feed = c->registrars[i].keys.feed,
		        .time_s = known->seen[1 + i].time_s,
		        .superseded = c->registrars[i].ended,
		};
	}
}

enum err prooffile_verify(const struct prooffile *file, const struct network_id *network,
        struct prooffile_room *room, struct prooffile_claims *out)
{
	struct check c = {.file = file};
	struct prooffile_claims claims = {0};
	struct known known;
	enum err e = check_found(&c, network);
	if (e == ERR_OK)
		e = check_registrars(&c);
	if (e == ERR_OK)
		e = check_author(&c, &claims);
	if (e == ERR_OK)
		e = check_entry(&c, &file->entry, &known, &claims.head);
	if (e == ERR_OK)
		e = read_body(file, room, &claims);
	if (e != ERR_OK)
		return e;
	claims.network = c.found.network;
	claims.network.id = *network;
	note_witnesses(&c, &known, &claims);
	*out = claims;
	return ERR_OK;
}

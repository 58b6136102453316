/* SPDX-License-Identifier: Apache-2.0
 * joining.c: strangers, and being one. A stranger's only word is JOIN: its keys and name, signed for this very
 * handshake, with proof that it knows an invite's secret. It waits in a drawer until an officer admits it; the answer is
 * BYE, and the stranger dials again until the roster knows it. */
#include "node/joining.h"

#include <string.h>

#include "log/invite.h"
#include "node_int.h"

static enum err add_addresses(struct node *node, const struct invite *invite)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < invite->addresses_count && !e; i++) {
		struct dial dial;
		memcpy(dial.link_key, invite->link, sizeof dial.link_key);
		memcpy(dial.address, invite->addresses[i].text, invite->addresses[i].len);
		dial.address[invite->addresses[i].len] = 0;
		e = dialler_add(node, &dial);
	}
	return e == ERR_EXISTS ? ERR_OK : e;
}

/* The invite stays of use after admission: whoever made it can be dialled, maybe as the only one. */
enum err joining_load(struct node *node)
{
	struct txn *txn;
	struct bytes line, name;
	struct invite invite;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	bool found = own_get(txn, OWN_NOTES, bytes_text(JOINING_NOTE), &line) &&
	             invite_parse(line, &invite) == ERR_OK;
	bool named = found && own_get(txn, OWN_NOTES, bytes_text(JOINING_NAME_NOTE), &name) &&
	             short_text_of(name, NAME_BYTES_MAX, &node->join_name) == ERR_OK;
	node->join_refused = own_get(txn, OWN_NOTES, bytes_text(JOINING_REFUSED_NOTE), &name);
	txn_abort(txn);
	if (!found)
		return ERR_OK;
	node->invited = named && !node->has_own;
	memcpy(node->invite_secret, invite.secret, sizeof node->invite_secret);
	return add_addresses(node, &invite);
}

bool joining_wanted(const struct node *node)
{
	return node->invited && !node->admitted;
}

static struct join_binding binding_of(const struct peer *p)
{
	struct join_binding binding;
	const struct hash h = session_handshake_hash(&p->session);
	memcpy(binding.h, h.bytes, sizeof binding.h);
	return binding;
}

void joining_ask(struct node *node, struct peer *p)
{
	const struct join_binding binding = binding_of(p);
	struct join join = {.keys = node->options.keys->public, .name = node->join_name};
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	join_sign(&join, node->options.keys, node->invite_secret, &binding);
	message_pack_join(m, &join);
	peer_sent(p);
	p->state = PEER_WAITING;
}

/* For a person, who else would wait for an officer in vain. It is dialled on: an officer may yet admit. */
static void note_refused(struct node *node, bool refused)
{
	struct local local = {.type = refused ? LOCAL_PUT : LOCAL_REMOVE,
	        .drawer = OWN_NOTES,
	        .key_bytes = sizeof JOINING_REFUSED_NOTE - 1,
	        .value = {1},
	        .value_bytes = 1};
	if (node->join_refused == refused)
		return;
	memcpy(local.key, JOINING_REFUSED_NOTE, sizeof JOINING_REFUSED_NOTE - 1);
	writes_local(node, &local);
	node->join_refused = refused;
}

/* Who comes back from paper asks as a member. Who knows the roster does not find this key in it. */
static void not_known(struct node *node)
{
	if (node->has_own || joining_wanted(node) || node->join_refused)
		return;
	note_refused(node, true);
	node_say(node, 4, "a node of the network does not know our key as a member's");
}

void joining_bye(struct node *node, struct peer *p, uint32_t code)
{
	if (p->side == LINK_DIALLED && p->state != PEER_WAITING && code == BYE_REFUSED)
		not_known(node);
	if (p->state != PEER_WAITING || p->side != LINK_DIALLED)
		return;
	if (code == BYE_ADMITTED) {
		node->admitted = true;
		note_refused(node, false);
		dialler_now(node, p->link_key);
		node_say(node, 5, "admitted to the network");
	} else if (code == BYE_PENDING) {
		note_refused(node, false);
		node_say(node, 5, "the join request waits for an officer of the network");
	} else if (code == BYE_REFUSED) {
		note_refused(node, true);
		node_say(node, 4,
		        "the join request was refused: the invite may be used up, expired or revoked");
	}
}

/* Which of our open invites does the request prove to know? */
static bool find_invite(struct node *node, struct txn *txn, const struct join *join,
        const struct join_binding *binding, uint8_t key[JOINING_KEY_BYTES])
{
	struct own_at at = {0};
	struct bytes name, value;
	struct joining_invite invite;
	while (own_next(txn, OWN_INVITES, &at, &name, &value)) {
		if (joining_invite_unpack(value, &invite) || invite.state != JOINING_OPEN)
			continue;
		if (invite.expires_s < node->now.wall_ms / 1000 ||
		        !join_has_secret(join, invite.secret, binding))
			continue;
		joining_key(invite.secret, key);
		return true;
	}
	return false;
}

static uint32_t count_waiting(struct txn *txn, const uint8_t invite[JOINING_KEY_BYTES])
{
	struct own_at at = {0};
	struct bytes name, value;
	struct joining_request r;
	uint32_t count = 0;
	while (own_next(txn, OWN_JOINS, &at, &name, &value))
		count += !joining_request_unpack(value, &r) && !memcmp(r.invite, invite, JOINING_KEY_BYTES);
	return count;
}

/* A key of the roster can enter it no second time. */
static bool is_taken(const struct roster *r, const struct feed_keys *keys)
{
	for (uint32_t n = 0; n < r->feeds_count; n++)
		if (!r->feeds[n].is_void && keys_clash(&r->feeds[n].keys, keys))
			return true;
	return false;
}

static enum err judge(struct node *node, struct txn *txn, struct peer *p, const struct join *join,
        struct joining_request *out)
{
	struct bytes known;
	const struct join_binding binding = binding_of(p);
	/* the request must be of the key that dials, or an invite overheard could be spent for another */
	if (memcmp(join->keys.link, p->link_key, sizeof p->link_key) != 0)
		return ERR_BAD_KEY;
	enum err e = join_verify(join, &binding);
	if (e)
		return e;
	if (!find_invite(node, txn, join, &binding, out->invite))
		return ERR_REFUSED;
	if (own_get(txn, OWN_JOINS, BYTES_OF(join->keys.feed.bytes), &known))
		return ERR_EXISTS;
	if (is_taken(txn_roster(txn), &join->keys))
		return ERR_KEY_TAKEN;
	if (count_waiting(txn, out->invite) >= JOIN_WAITING_MAX)
		return ERR_TOO_MANY;
	out->keys = join->keys;
	out->name = join->name;
	out->time_s = node->now.wall_ms / 1000;
	return ERR_OK;
}

static void keep(struct node *node, const struct joining_request *r)
{
	struct local local = {.type = LOCAL_PUT, .drawer = OWN_JOINS, .key_bytes = sizeof r->keys.feed.bytes};
	struct mp_out m = mp_out(local.value, sizeof local.value);
	memcpy(local.key, r->keys.feed.bytes, sizeof r->keys.feed.bytes);
	joining_request_pack(&m, r);
	must(mp_out_end(&m) == ERR_OK);
	local.value_bytes = (uint16_t)mp_written(&m).len;
	writes_local(node, &local);
	node_say(node, 5, "a join request of %.*s waits for an officer", (int)r->name.len, r->name.text);
}

/* One at a time is on its way to the disk, so that what waits there can be counted. */
void joining_answer(struct node *node, struct peer *p, const struct join *join, enum err known)
{
	struct txn *txn;
	struct joining_request r;
	if (known != ERR_NOT_FOUND) {
		peer_bye(node, p, known == ERR_OK ? BYE_ADMITTED : BYE_REFUSED, "");
		return;
	}
	if (node->joining_commit || txn_read(node->options.store, &txn)) {
		peer_bye(node, p, BYE_DONE, "dial again");
		return;
	}
	enum err e = judge(node, txn, p, join, &r);
	txn_abort(txn);
	if (e == ERR_EXISTS) {
		peer_bye(node, p, BYE_PENDING, "");
	} else if (e) {
		node_say(node, 5, "a join request was refused: %s", err_text(e));
		peer_bye(node, p, BYE_REFUSED, "");
	} else {
		keep(node, &r);
		node->joining_commit =
		        node->commits + 1; /* takes all that is there; one under way does not */
		p->state = PEER_WAITING;
	}
}

void joining_kept(struct node *node, uint64_t commit, enum err err)
{
	if (!node->joining_commit || commit < node->joining_commit)
		return;
	node->joining_commit = 0;
	for (struct peer *p = node->peers; p; p = p->next)
		if (p->state == PEER_WAITING && p->side == LINK_ACCEPTED)
			peer_bye(node, p, err ? BYE_DONE : BYE_PENDING, err ? "dial again" : "");
}

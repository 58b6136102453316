/* SPDX-License-Identifier: Apache-2.0
 * liar_intrude.c: streams that are no links: nothing follows, or bytes without sense; handshakes by a key that is in no
 * roster; requests to join without an invite. Nothing may be spent on them, and nobody else be kept out. */
#include <string.h>

#include "liar_int.h"

static bool knock(struct liar *l, struct bytes raw)
{
	uint32_t victim = liar_victim(l);
	if (victim == NET_STRANGER)
		return false;
	struct hostile *h = liar_intruder(l);
	(void)hostile_meet_raw(h, l->net, victim, raw);
	return true;
}

bool liar_silent(struct liar *l)
{
	return knock(l, BYTES(NULL, 0));
}

bool liar_babbles(struct liar *l)
{
	size_t len = 1 + liar_below(l, sizeof l->babble);
	liar_fill(l, l->babble, len);
	return knock(l, BYTES(l->babble, len));
}

static struct hostile *as_stranger(struct liar *l)
{
	struct hostile *h = liar_intruder(l);
	hostile_init(h, l->net, l->options.index);
	h->keys = &l->stranger;
	return h;
}

bool liar_stranger(struct liar *l)
{
	uint32_t victim = liar_victim(l);
	if (victim == NET_STRANGER)
		return false;
	(void)hostile_meet(as_stranger(l), l->net, victim, LINK_ACCEPTED);
	return true;
}

bool liar_uninvited(struct liar *l)
{
	uint32_t victim = liar_victim(l);
	if (victim == NET_STRANGER)
		return false;
	struct hostile *h = as_stranger(l);
	l->join = (struct join){.keys = l->stranger.public};
	must(short_text_of(bytes_text("Koperasi Siluman"), NAME_BYTES_MAX, &l->join.name) == ERR_OK);
	h->join = &l->join;
	liar_fill(l, h->invite_secret, sizeof h->invite_secret);
	(void)hostile_meet(h, l->net, victim, LINK_ACCEPTED);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0
 * liar.h: a member of the roster, with its real keys, that breaks the rules: what it may do wrong is drawn from its seed,
 * act by act, in virtual time, and counted. It sits inside, where it writes into its own store what the append code
 * would refuse, and an honest node spreads it; or outside, where it has no node at all and speaks the link's language by
 * hand. Its feed and what it says are all that is wrong: everything else in the net is honest. */
#ifndef SIM_LIAR_H
#define SIM_LIAR_H

#include "support/net.h"

/* What a liar is given to, any of them together. */
#define LIAR_HABITS(X) \
	X(STATES, "states what the rules refuse") \
	X(SEALS, "seals for the wrong readers, or for nobody") \
	X(USURPS, "speaks for the registrar, for witnesses, and of forks that are none") \
	X(FORKS, "signs two histories") \
	X(WITHHOLDS, "says that it has more, and gives nothing, or a drop at a time") \
	X(REPLAYS, "says again what was true once") \
	X(FLOODS, "asks for more than anybody needs") \
	X(GARBLES, "sends what is no message, or a wrong one") \
	X(INTRUDES, "opens streams as nobody, or as a stranger")
enum liar_habit {
#define X(name, text) LIAR_##name,
	LIAR_HABITS(X)
#undef X
	        LIAR_HABIT_KINDS
};
#define LIAR_ALL ((1u << LIAR_HABIT_KINDS) - 1)
/* What one that sits inside can do. */
#define LIAR_INSIDE_HABITS (1u << LIAR_STATES | 1u << LIAR_SEALS | 1u << LIAR_USURPS | 1u << LIAR_INTRUDES)

/* X(NAME, HABIT, function, "what it did"): liar_FUNCTION() is one act. */
#define LIAR_ACTS(X) \
	X(NEARLY, STATES, nearly, "statements that are mostly right") \
	X(ALTERED, STATES, altered, "statements with one value that cannot be") \
	X(CROPPED, STATES, cropped, "statements cut short, or with a byte more") \
	X(NOISE, STATES, noise, "bytes without sense as a statement") \
	X(UNKNOWN, STATES, unknown, "kinds that nobody knows") \
	X(UNCOVERED, STATES, uncovered, "what must be sealed in the clear, and the other way round") \
	X(ILL_TEXT, STATES, ill_text, "texts that are none") \
	X(OVERLONG, STATES, overlong, "entries as long as an entry may be") \
	X(FAR_TIME, STATES, far_time, "clocks set far ahead") \
	X(COPIED, STATES, copied, "sealed bytes of one place at another") \
	X(FAIR, SEALS, fair, "channels for whom they should be for") \
	X(LACKING, SEALS, lacking, "channels that lack a reader") \
	X(OTHER_KEY, SEALS, other_key, "channels that wrap for another key") \
	X(BROKEN, SEALS, broken, "channels with a bit turned") \
	X(OUTDATED, SEALS, outdated, "channels as of a roster that is not") \
	X(MISPLACED, SEALS, misplaced, "sealed for another place or channel") \
	X(SHUT, SEALS, shut, "sealed entries that do not open") \
	X(SHARE_FALSE, SEALS, share_false, "secrets given that are none, or of channels that are none") \
	X(SHARE_MANY, SEALS, share_many, "the same by the hundred") \
	X(SHARE_OWN, SEALS, share_own, "secrets of its own channels given, to members and to nobody") \
	X(SHARE_ILL, SEALS, share_ill, "secrets given in no order, twice, or none") \
	X(DECREES, USURPS, decrees, "the registrar's kinds by a member") \
	X(WITNESSES, USURPS, witnesses, "a witness's kinds by somebody else, or false") \
	X(ACCUSES, USURPS, accuses, "fork proofs that prove nothing") \
	X(SPLIT, FORKS, split, "second histories begun") \
	X(FALSE_HEAD, FORKS, false_head, "signed heads of no history") \
	X(OTHER_HEAD, FORKS, other_head, "heads of the history that was not served") \
	X(TWO_FACED, FORKS, two_faced, "links that are shown the other history from now on") \
	X(CLAIMS, WITHHOLDS, claims, "sizes that it has not") \
	X(CLAIMS_BLOCK, WITHHOLDS, claims_block, "blocks of sizes that it has not") \
	X(STINGY, WITHHOLDS, stingy, "links that get nothing, or a drop at a time") \
	X(OLD_FRONTIER, REPLAYS, old_frontier, "old frontiers") \
	X(OLD_HEADS, REPLAYS, old_heads, "old heads of others") \
	X(OLD_RUNS, REPLAYS, old_runs, "old runs of others, unasked") \
	X(MANY_PULLS, FLOODS, many_pulls, "storms of PULL") \
	X(MANY_PROVES, FLOODS, many_proves, "storms of PROVE") \
	X(MANY_FRONTIERS, FLOODS, many_frontiers, "storms of FRONTIER") \
	X(MANY_PINGS, FLOODS, many_pings, "storms of PING and BLOB_PULL") \
	X(MANY_LINKS, FLOODS, many_links, "links opened over and over") \
	X(GARBAGE, GARBLES, garbage, "garbage in a valid frame") \
	X(BAD_LIST, GARBLES, bad_list, "lists and numbers that are too long") \
	X(BAD_RUN, GARBLES, bad_run, "runs of others with a wrong root, signature or place") \
	X(BAD_HEADS, GARBLES, bad_heads, "heads with wrong signatures") \
	X(BAD_PROOF, GARBLES, bad_proof, "proofs that prove nothing") \
	X(BAD_ANCHOR, GARBLES, bad_anchor, "anchors that the recovery key did not sign") \
	X(SILENT, INTRUDES, silent, "streams on which nothing follows") \
	X(BABBLES, INTRUDES, babbles, "streams of bytes without sense") \
	X(STRANGER, INTRUDES, stranger, "handshakes of nobody's key") \
	X(UNINVITED, INTRUDES, uninvited, "join requests without an invite")
enum liar_act {
#define X(name, habit, function, text) LIAR_ACT_##name,
	LIAR_ACTS(X)
#undef X
	        LIAR_ACT_KINDS
};
const char *liar_act_text(enum liar_act act);

enum liar_seat { LIAR_INSIDE, LIAR_OUTSIDE };
struct liar_options {
	uint32_t
	        index; /* in the net. Inside: its node runs or will; outside: it does not, whatever store it has is gone on from */
	uint64_t seed;
	uint32_t habits; /* 1 << LIAR_STATES | ... */
	enum liar_seat seat;
	uint64_t pace_ms; /* between two moments of it, about */
};
struct liar;
struct liar *liar_new(struct net *net, const struct liar_options *options);
void liar_free(struct liar *l); /* its links end; what it sits in goes on */
/* Do what is due now; returns the steady time of the next moment. Outside any call into a node. */
uint64_t liar_tick(struct liar *l);
/* Nothing wrong is begun from now on. One outside stays on its links and gives nothing: honest nodes do without it. */
void liar_calm(struct liar *l);
/* An honest node dials it: the peer that answers, ready to be linked; NULL: nobody answers. */
struct hostile *liar_dialled(struct liar *l, uint32_t index);

uint32_t liar_index(const struct liar *l);
/* How often it did that. */
uint64_t liar_done(const struct liar *l, enum liar_act act);
uint64_t liar_done_in_all(const struct liar *l);

/* The truth about its feed, from the stores of the COUNT given nodes: do two of them hold what no one history has, or does
 * one know a proof? Then in the end every honest node must know one. */
bool liar_is_exposed(struct net *net, struct feed_no feed, const uint32_t *nodes, uint32_t count);

#endif

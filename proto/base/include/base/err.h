/* SPDX-License-Identifier: Apache-2.0
 * err.h: every error of the program, in one table: its name, whose fault it is, and words for a person.
 *
 * Blame decides what a caller does: PEER drops the peer, LOCAL stops or says that this machine needs care,
 * USER tells the person, RULE tells the person that a rule of the ledger refused, BUG is ours.
 * The texts are English msgids for gettext; codes ("trade_total") are for JSON and are never translated.
 * What was wrong in a row or a field is added by whoever knows the row. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum blame { BLAME_NOBODY, BLAME_PEER, BLAME_LOCAL, BLAME_USER, BLAME_RULE, BLAME_BUG };

#define ERR_TABLE(X) \
	X(OK, "ok", NOBODY, "done") \
	/* bytes and text */ \
	X(TRUNCATED, "truncated", PEER, "the data ends before it should") \
	X(TRAILING, "trailing", PEER, "there is something after the end of the data") \
	X(MALFORMED, "malformed", PEER, "the data does not have the form it must have") \
	X(NOT_SHORTEST, "not_shortest", PEER, "a number is not written in its shortest form") \
	X(KEY_ORDER, "key_order", PEER, "the keys of a map are not small integers in ascending order") \
	X(TOO_DEEP, "too_deep", PEER, "the data is nested too deeply") \
	X(TOO_LONG, "too_long", PEER, "a part of the data is longer than its limit") \
	X(TOO_MANY, "too_many", PEER, "there are more items than the limit allows") \
	X(NOT_UTF8, "not_utf8", PEER, "a text is not valid UTF-8") \
	X(OUT_OF_RANGE, "out_of_range", PEER, "a value is outside its range") \
	X(MISSING_FIELD, "missing_field", PEER, "a required field is missing") \
	X(NO_SPACE, "no_space", BUG, "the buffer is too small for the data") \
	X(BAD_NUMBER, "bad_number", USER, "this is not a number of the expected form") \
	X(AMBIGUOUS_NUMBER, "ambiguous_number", USER, \
	        "one dot and three digits: is it a thousand or a fraction?") \
	X(BAD_DATE, "bad_date", USER, "this is not a date of the form 2026-03-31") \
	X(BAD_TEXT, "bad_text", USER, "this text is not of the expected form") \
	X(BAD_PREFIX, "bad_prefix", USER, "this does not begin as an invite or a join request does") \
	X(BAD_CHECKSUM, "bad_checksum", USER, \
	        "a character is wrong, missing or one too many; copy the whole again") \
	X(BAD_ADDRESS, "bad_address", USER, "this is not an address of the form host:port") \
	/* feeds */ \
	X(BAD_VERSION, "bad_version", PEER, "the version is not one that this program knows") \
	X(BAD_SIGNATURE, "bad_signature", PEER, "a signature does not verify") \
	X(BAD_ROOT, "bad_root", PEER, "the entries do not give the root that was signed") \
	X(BAD_PROOF, "bad_proof", PEER, "the proof does not prove what it claims") \
	X(BAD_KEY, "bad_key", PEER, "this is not a valid public key") \
	X(BAD_COMMITMENT, "bad_commitment", PEER, "the channel's secret does not match its commitment") \
	X(NOT_FOR_US, "not_for_us", NOBODY, "this is sealed to others") \
	X(NOT_DECRYPTED, "not_decrypted", PEER, "the sealed data does not open") \
	X(FORKED, "forked", PEER, "conflicting records: the feed has two histories") \
	X(TIME_BACK, "time_back", PEER, "an entry's time is before that of the entry before it") \
	X(NOT_NEXT, "not_next", PEER, "the run does not begin where the feed ends") \
	X(UNKNOWN_FEED, "unknown_feed", PEER, "the feed is not in the roster") \
	X(WRONG_NETWORK, "wrong_network", PEER, "the other side belongs to another network") \
	X(REFUSED, "refused", PEER, "the other side refused") \
	/* this machine */ \
	X(NO_MEMORY, "no_memory", LOCAL, "out of memory") \
	X(IO, "io", LOCAL, "reading or writing failed") \
	X(DISK_FULL, "disk_full", LOCAL, "the disk is full") \
	X(MAP_FULL, "map_full", LOCAL, "the store has reached its size limit") \
	X(STORE_DAMAGED, "store_damaged", LOCAL, "the store is damaged") \
	X(STORE_FOREIGN, "store_foreign", LOCAL, "this is not a Lontar store") \
	X(STORE_NEWER, "store_newer", LOCAL, "the store was written by a newer version of this program") \
	X(STORE_BUSY, "store_busy", LOCAL, "another process is using this store") \
	X(NO_STORE, "no_store", LOCAL, "there is no node in this directory") \
	X(NO_SEED, "no_seed", LOCAL, "the node's seed is missing") \
	X(UNREACHABLE, "unreachable", LOCAL, "could not be reached") \
	X(NOT_FOUND, "not_found", USER, "not found") \
	X(EXISTS, "exists", USER, "it exists already") \
	X(NOT_CONFIRMED, "not_confirmed", USER, "this needs a person's yes") \
	X(USAGE, "usage", USER, "the command was not understood") \
	X(INVITE_CLOSED, "invite_closed", USER, "the invite by which it asks is no longer open") \
	X(RESTORED, "restored", LOCAL, \
	        "the store may be an old copy; nothing is published until that is settled") \
	X(BUG, "bug", BUG, "an error in this program") \
	/* rules of the roster and the ledger: why an entry has no effect */ \
	X(FEED_CUT, "feed_cut", RULE, "this feed is cut: nothing more of it counts") \
	X(UNKNOWN_KIND, "unknown_kind", RULE, "this version does not know this kind of entry") \
	X(WRONG_AUDIENCE, "wrong_audience", RULE, "this kind must be sealed, or must not be") \
	X(NO_RIGHT, "no_right", RULE, "the author's feed has not the role for this") \
	X(NO_SUCH_MEMBER, "no_such_member", RULE, "the member named is not in the roster") \
	X(NO_SUCH_FEED, "no_such_feed", RULE, "the feed named is not in the roster") \
	X(NO_SUCH_OBJECT, "no_such_object", RULE, "the entry named is not there or is of another kind") \
	X(NOT_A_PARTY, "not_a_party", RULE, "the author is not one of the parties") \
	X(SAME_PARTY, "same_party", RULE, "both sides are the same member") \
	X(KEY_TAKEN, "key_taken", RULE, "the key is in the roster already") \
	X(READER_MISSING, "reader_missing", RULE, "the channel lacks a reader that it must have") \
	X(AMOUNT_RANGE, "amount_range", RULE, "an amount is outside its range") \
	X(TRADE_TOTAL, "trade_total", RULE, "the total is not the sum of lines, charges and tax") \
	X(TRADE_NO_LINES, "trade_no_lines", RULE, "a trade needs 1 to 200 lines") \
	X(ALLOCATION, "allocation", RULE, \
	        "the allocations are not distinct, positive and within the amount") \
	X(RAT_CLOSING, "rat_closing", RULE, "the closing date is outside the book year") \
	X(RAT_HELD, "rat_held", RULE, "the meeting was held on or before the closing date") \
	X(RAT_MEMBERS, "rat_members", RULE, "the members' total is not men plus women") \
	X(RAT_PRESENT, "rat_present", RULE, "more members were present than there are") \
	X(RAT_NEGATIVE, "rat_negative", RULE, "a count or the assets are negative") \
	X(DATE_RANGE, "date_range", RULE, "a date is outside its range") \
	X(DATE_ORDER, "date_order", RULE, "the last day is before the first") \
	X(ANSWERED, "answered", RULE, "this feed has answered already; its first answer counts") \
	X(TRADE_REFERS, "trade_refers", RULE, "a return or correction must name the trade that it reduces") \
	X(PAYMENT_COUNTS, "payment_counts", RULE, \
	        "what its payee recorded counts at once and cannot be denied") \
	X(REPLACES, "replaces", RULE, "what it replaces is of another member, partner, year or day") \
	X(OWN_STATEMENT, "own_statement", RULE, "a feed cannot endorse what it stated itself") \
	X(NO_REASON, "no_reason", RULE, "this needs a reason")

#define X(name, code, blame, text) ERR_##name,
enum err { ERR_TABLE(X) ERR_COUNT };
#undef X

#define MUST_USE __attribute__((warn_unused_result))

/* The table's columns. E must be below ERR_COUNT. The strings live as long as the program. */
const char *err_code(enum err e);
const char *err_text(enum err e);
enum blame err_blame(enum err e);

/* must(x): our own bug when x is false, in every build. Says file and line on stderr and aborts. An expression. */
#define must(x) ((x) ? (void)0 : err_die(__FILE__, __LINE__, #x))
_Noreturn void err_die(const char *file, int line, const char *what);

#endif

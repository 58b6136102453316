/* SPDX-License-Identifier: Apache-2.0
 * args.h: what was typed after a command. One catalogue of options for the whole program, so that --as-of means the
 * same everywhere; a command lists which of them it takes. Parsing, --help and usage errors are argp's. */
#ifndef TOOLS_ARGS_H
#define TOOLS_ARGS_H

#include "tools/field.h"

/* X(NAME, "name", argument or NULL, "what it is") */
#define OPTIONS(X) \
	X(HOME, "home", N_("DIR"), N_("the node's directory")) \
	X(JSON, "json", NULL, N_("print JSON")) \
	X(LANG, "lang", "id|en", N_("language of what is said")) \
	X(PASSPHRASE_FILE, "passphrase-file", N_("FILE"), N_("the passphrase of the seed, from a file")) \
	X(YES, "yes", NULL, N_("do not ask")) \
	X(FOUND, "found", N_("NAME"), N_("found a network of this name")) \
	X(JOIN, "join", N_("INVITE"), N_("ask to join the network of this invite")) \
	X(SEAL, "seal", NULL, N_("seal the seed with a passphrase")) \
	X(DINAS, "dinas", N_("NAME"), N_("name of the district office")) \
	X(NAME, "name", N_("NAME"), N_("name")) \
	X(ALIAS, "alias", N_("ALIAS"), N_("short name: small letters, digits, -")) \
	X(LEGAL_NO, "legal-no", N_("NUMBER"), N_("number of the legal body (badan hukum)")) \
	X(NIK, "nik", N_("NUMBER"), N_("cooperative number (NIK), 13 digits")) \
	X(FORM, "form", "primer|sekunder|other", N_("form")) \
	X(TYPE, "type", N_("TEXT"), N_("type, for example produsen")) \
	X(KECAMATAN, "kecamatan", N_("NAME"), N_("sub-district")) \
	X(DESA, "desa", N_("NAME"), N_("village")) \
	X(FOUNDED, "founded", N_("DATE"), N_("date of the legal body")) \
	X(BOOK_YEAR_END, "book-year-end", N_("MM-DD"), N_("end of the book year, 12-31 if not said")) \
	X(FROM_YEAR, "from-year", N_("YEAR"), N_("book year from which it holds")) \
	X(REQUEST, "request", N_("FEED"), N_("the request to join, by the start of its feed id")) \
	X(ADDRESS, "address", N_("HOST:PORT"), N_("where the node can be dialled")) \
	X(KEYS, "keys", N_("HEX"), N_("public keys of the feed, as `lontar key show` prints them")) \
	X(ROLES, "roles", N_("ROLE,..."), N_("registrar, officer, supervisor, auditor, witness, relay")) \
	X(SIZE, "size", N_("N"), N_("number of entries up to which the feed counts")) \
	X(ROOT, "root", N_("HEX"), N_("the root there, of a branch that is not held")) \
	X(DAYS, "days", N_("N"), N_("days")) \
	X(QR, "qr", NULL, N_("show it as a QR code too")) \
	X(DATE, "date", N_("DATE"), N_("date on the paper; today if not said")) \
	X(FROM, "from", N_("DATE|N"), N_("the first day; of a log, the first entry")) \
	X(TO, "to", N_("DATE|N"), N_("the last day; of a log, the last entry")) \
	X(AS_OF, "as-of", N_("DATE"), N_("as of the end of this day")) \
	X(LIMIT, "limit", N_("AMOUNT"), N_("the most that they may owe us")) \
	X(LIMIT_US, "limit-us", N_("AMOUNT"), N_("the most that we may owe them")) \
	X(GOODS, "goods", N_("TEXT"), N_("what is traded")) \
	X(NOTE, "note", N_("TEXT"), N_("a note")) \
	X(REASON, "reason", N_("TEXT"), N_("why")) \
	X(SELL, "sell", NULL, N_("we sell (or give)")) \
	X(BUY, "buy", NULL, N_("we buy (or receive)")) \
	X(KIND, "kind", N_("KIND"), N_("sale, service, consignment, return, correction, loan")) \
	X(LINE, "line", N_("LINE"), N_("\"ITEM: QUANTITY UNIT @ PRICE [- DISCOUNT%]\"; may be repeated")) \
	X(CHARGE, "charge", N_("KIND=AMOUNT"), \
	        N_("freight, weighing, loading, other; may be negative, repeated")) \
	X(TAX, "tax", N_("AMOUNT"), N_("tax as stated")) \
	X(TOTAL, "total", N_("AMOUNT"), N_("total on the paper; refused unless it is the sum")) \
	X(INVOICE, "invoice", N_("NUMBER"), N_("number of the invoice (nota)")) \
	X(DELIVERY, "delivery", N_("NUMBER"), N_("number of the delivery note (surat jalan)")) \
	X(TERMS, "terms", N_("TERMS"), N_("cash, days, harvest, instalments")) \
	X(DUE, "due", N_("DATE"), N_("when it is due")) \
	X(REFERS, "refers", N_("ENTRY"), N_("the trade that it returns or corrects")) \
	X(ALL_FROM, "all-from", N_("PARTNER"), N_("every proposal of this partner")) \
	X(STATE, "state", N_("STATE"), N_("only those in this state")) \
	X(PARTNER, "partner", N_("PARTNER"), N_("only with this partner")) \
	X(MEMBER, "member", N_("MEMBER"), N_("of this member, for auditors")) \
	X(PAID, "paid", NULL, N_("we paid")) \
	X(GOT, "received", NULL, N_("we received")) \
	X(METHOD, "method", N_("METHOD"), N_("cash, transfer, goods")) \
	X(NUMBER, "number", N_("NUMBER"), N_("number of the paper")) \
	X(ALLOCATE, "allocate", N_("ENTRY=AMOUNT"), N_("what it pays for; may be repeated")) \
	X(YEAR, "year", N_("YEAR"), N_("book year")) \
	X(FILE, "file", N_("FILE"), N_("a file: the form as CSV, or the paper")) \
	X(CLOSING, "closing", N_("DATE"), N_("end of the book year")) \
	X(HELD, "held", N_("DATE"), N_("date of the meeting")) \
	X(PLACE, "place", N_("TEXT"), N_("where")) \
	X(MODE, "mode", N_("MODE"), N_("in_person, online, hybrid, written, by_group")) \
	X(MEMBERS, "members", N_("N"), N_("members in all")) \
	X(MEN, "men", N_("N"), N_("men among them")) \
	X(WOMEN, "women", N_("N"), N_("women among them")) \
	X(PRESENT, "present", N_("N"), N_("members present")) \
	X(ONLINE, "online", N_("N"), N_("members present online")) \
	X(REPRESENTED, "represented", N_("N"), N_("members represented by a group")) \
	X(QUORUM, "quorum", N_("N"), N_("members needed for a valid meeting")) \
	X(CLAUSE, "clause", N_("TEXT"), N_("the article that sets the quorum")) \
	X(OFFICERS, "officers", N_("N"), N_("officers present")) \
	X(SUPERVISORS, "supervisors", N_("N"), N_("supervisors present")) \
	X(OWN_CAPITAL, "own-capital", N_("AMOUNT"), N_("own capital")) \
	X(OUTSIDE_CAPITAL, "outside-capital", N_("AMOUNT"), N_("outside capital")) \
	X(ASSETS, "assets", N_("AMOUNT"), N_("assets")) \
	X(TURNOVER, "turnover", N_("AMOUNT"), N_("turnover")) \
	X(SURPLUS, "surplus", N_("AMOUNT"), N_("surplus; a loss with a minus or in brackets")) \
	X(EMPLOYEES, "employees", N_("N"), N_("employees")) \
	X(MANAGERS, "managers", N_("N"), N_("managers")) \
	X(DECISIONS, "decisions", "A,B,...", \
	        N_("account, supervisors, statements, plan, surplus, officers, articles")) \
	X(DOCUMENT, "document", N_("KIND=FILE"), N_("a document: its kind and its file; may be repeated")) \
	X(REPLACES, "replaces", N_("ENTRY"), N_("the entry that it replaces; may be repeated")) \
	X(AS, "as", N_("CAPACITY"), N_("officer, supervisor, member, dinas")) \
	X(PERSON, "person", N_("NAME"), N_("name of the person")) \
	X(VERIFIED, "verified", NULL, N_("the papers agree")) \
	X(RETURNED, "returned", NULL, N_("given back for correction")) \
	X(REJECTED, "rejected", NULL, N_("rejected; or only what the rules reject")) \
	X(RECEIVED_ON, "received-on", N_("DATE"), N_("day on which it counts as received")) \
	X(LEVEL, "level", N_("N"), N_("level of the letter: 1, 2, 3")) \
	X(RAT_NUMBER, "rat-number", N_("N"), N_("which RAT it is, from 1")) \
	X(DUE_MONTHS, "due-months", "PRIMER,SEKUNDER", N_("months from closing until the meeting is due")) \
	X(LEGAL_MONTHS, "legal-months", N_("N"), N_("months until the legal limit")) \
	X(REPORT, "report", "PRIMER,SEKUNDER", N_("report dates, as MM-DD of the year after")) \
	X(OFFER_DAYS, "offer-days", N_("N"), N_("days until a proposal is shown as expired")) \
	X(EXCEPTION, "exception", N_("MEMBER=DATE"), N_("another due date for a member, with --reason")) \
	X(FEED, "feed", N_("FEED"), N_("the feed: its number, 64 hex digits, or a member")) \
	X(LAST, "last", N_("N"), N_("the newest N")) \
	X(FOLLOW, "follow", NULL, N_("go on as entries come")) \
	X(OPEN, "open", NULL, N_("open the sealed entry for whoever holds the proof")) \
	X(OUT, "out", N_("FILE"), N_("write to this file")) \
	X(ANYWAY, "anyway", N_("MEMBER"), N_("let our entries leave uncompared; by our own name")) \
	X(INVITE, "invite", N_("INVITE"), \
	        N_("an invite of any member, for a paper that names no node to ask")) \
	X(REPLACE, "replace", NULL, \
	        N_("replace the file, or the store, that is there; a store is kept aside")) \
	X(WITH_SEED, "with-seed", NULL, N_("with the seed, if it is sealed with a passphrase")) \
	X(NETWORK, "network", N_("HEX"), N_("id of the network, 64 hex digits")) \
	X(DRAFT, "draft", NULL, N_("print the draft of an anchor, as a line")) \
	X(SIGN, "sign", N_("LINE|FILE"), N_("sign this draft with the recovery key, from its paper")) \
	X(IMPORT, "import", N_("LINE|FILE"), N_("take this anchor, and tell all nodes")) \
	X(DRY_RUN, "dry-run", NULL, N_("say what would be done, and do nothing"))

#define X(name, text, argument, about) OPT_##name,
enum opt { OPT_NONE, OPTIONS(X) OPT_COUNT };
#undef X

#define ARGS_GIVEN_MAX 600u
#define ARGS_WORDS_MAX 64u
#define COMMAND_OPTIONS_MAX 40u

struct args {
	struct {
		enum opt opt;
		const char *value;
	} given[ARGS_GIVEN_MAX];
	unsigned given_count;
	const char *words[ARGS_WORDS_MAX];
	unsigned words_count;
};

/* What argp needs of a command. */
struct args_spec {
	const char *name;  /* "lontar trade offer" */
	const char *words; /* "PARTNER", translated; NULL: none */
	unsigned words_min, words_max;
	const char *about;       /* translated; printed before the options */
	const char *examples;    /* printed after them */
	const enum opt *options; /* ends with OPT_NONE; --home, --json, --lang are always taken */
};
/* argv[0] is not looked at. Prints help or a usage error and leaves the process where asked to or needed. */
void args_parse(const struct args_spec *spec, int argc, char **argv, struct args *out);

const char *args_name(enum opt opt);       /* "--date" */
const char *args_value_name(enum opt opt); /* "DATE", NULL for a flag */
bool args_has(const struct args *a, enum opt opt);
const char *args_get(const struct args *a, enum opt opt); /* the last one given, or NULL */
/* The option as a field: named "--date"; empty when not given. */
struct field args_field(const struct args *a, enum opt opt);
/* The next value of a repeated option; *at starts as 0. NULL: no more. */
const char *args_each(const struct args *a, enum opt opt, unsigned *at);

#endif

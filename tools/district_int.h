/* SPDX-License-Identifier: Apache-2.0
 * district_int.h: a district from a folder of CSV, between the files of lontar-district: what the folder says
 * (district_data.c), in which order it happened (district_plan.c), how it becomes entries (district_author.c), and how
 * every home comes to hold them (district_homes.c). Member 0 is the dinas. docs/COMMANDS.md, "A district". */
#ifndef DISTRICT_INT_H
#define DISTRICT_INT_H

#include "ledger/partnership.h"
#include "ledger/policy.h"
#include "log/run.h"
#include "node/append.h"
#include "tools/payment_form.h"
#include "tools/rat_form.h"
#include "tools/trade_form.h"

#define DISTRICT_ZONE_MINUTES 480
#define DISTRICT_NONE UINT32_MAX

struct district_member {
	const char *alias;
	struct profile profile;
	struct seed seed;
	struct secret_keys keys;
};
/* What is appended on which day, and where it came to stand. */
struct district_entry {
	unsigned row;
	struct day day;
	struct reference ref;
};
struct district_partnership {
	struct district_entry entry;
	uint32_t offerer, partner;
	struct partnership_offer offer; /* all but partner */
	struct bytes status;
};
struct district_trade {
	struct district_entry entry;
	struct trade_form form;
	uint32_t seller, buyer, proposer;
	uint32_t refers; /* index of a trade, or DISTRICT_NONE */
};
struct district_payment {
	struct district_entry entry;
	struct payment_form *form;
	uint32_t payer, payee;
	uint32_t *trades; /* one for each part of the form */
};
struct district_rat {
	struct district_entry entry;
	uint32_t member, version;
	uint32_t replaces; /* index of an attestation, or DISTRICT_NONE */
	struct rat_attest attest;
};
struct district_verdict {
	struct district_entry entry;
	uint32_t rat,
	        before; /* indices; before: the verdict on the same attestation that this one replaces */
	enum rat_ruling ruling;
	struct bytes reason;
};
struct district_heard {
	struct day day;
	uint32_t member;
};

struct district {
	struct arena arena;
	struct trouble trouble;
	const char *data, *out; /* directories */
	uint32_t only;          /* members; 0: all */
	const char *homes,
	        *whole; /* aliases, with commas: whose homes are made, who holds everything; NULL: all, nobody */
	struct district_member *members;
	struct district_partnership *partnerships;
	struct district_trade *trades;
	struct district_payment *payments;
	struct district_rat *rats;
	struct district_verdict *verdicts;
	struct district_heard *heard;
	struct policy *policies;
	uint32_t members_count, partnerships_count, trades_count, payments_count, rats_count, verdicts_count,
	        heard_count, policies_count;
	char *texts[16]; /* of the files read; fields are borrowed from them */
	unsigned texts_count;
	uint64_t skipped; /* rows that name members left out by --only */
	struct network_id network;
	uint8_t recovery[32]; /* the recovery key's seed */
};

/* Read the folder. False: said in the trouble. */
bool district_data_read(struct district *d);
void district_data_forget(struct district *d);
/* "setuju" and the like. */
bool district_data_is(struct bytes status, const char *word);

/* What happens, in order. */
enum district_what {
	HAPPENS_POLICY,
	HAPPENS_PARTNERSHIP,
	HAPPENS_PARTNERSHIP_ANSWER,
	HAPPENS_TRADE,
	HAPPENS_TRADE_ANSWER,
	HAPPENS_RETURN,
	HAPPENS_RETURN_ANSWER,
	HAPPENS_DISPUTE,
	HAPPENS_PAYMENT,
	HAPPENS_PAYMENT_ANSWER,
	HAPPENS_RAT,
	HAPPENS_VERDICT,
	HAPPENS_SEEN,  /* the registrar's statement on whose attestations came that day */
	HAPPENS_HEARD, /* of everybody heard that day */
	HAPPENS_LAST   /* the registrar's statement on all feeds */
};
struct district_event {
	struct day day;
	enum district_what what;
	uint32_t index; /* into its table; of SEEN and HEARD the first of the day */
	uint32_t sequence;
};
struct district_plan {
	struct district_event *events;
	size_t count;
	struct day first, last;
};
void district_plan_make(struct district *d, struct district_plan *out);

/* Appending, in the one store that all is written in. */
struct district_author {
	struct district *d;
	struct drbg *random;
	struct txn *txn;
	uint8_t room[ENTRY_PAYLOAD_BYTES_MAX];
};
bool district_author_found(struct district_author *a, struct day first); /* the network and its members */
bool district_author_event(struct district_author *a, const struct district_event *e);

/* A run of a feed, with what it changes; the same for every home. */
struct district_run {
	struct feed_no feed;
	struct run run;
	struct run_effect *effect;
};
struct district_runs {
	struct district_run *list; /* by feed */
	size_t count, cap;
	uint64_t entries;
};
/* Append everything in a store under OUT that is taken away again, and read its runs. */
bool district_runs_make(
        struct district *d, const struct district_plan *plan, struct drbg *random, struct district_runs *out);

enum district_holds { DISTRICT_HOLDS_ALL, DISTRICT_HOLDS_OWN /* and the registrar's */ };
/* A home for every member, by several processes. */
bool district_homes_make(struct district *d, const struct district_runs *runs, enum district_holds holds);

#endif

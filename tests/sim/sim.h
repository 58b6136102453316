/* SPDX-License-Identifier: Apache-2.0
 * sim.h: one simulation: a district of nodes in one thread, one seed, virtual time. sim.c builds it and lets it live by
 * its plan; faults.c breaks things, work.c is the people, liar.c the liars, check.c says what must hold; trace.c hashes
 * all that happened. Nothing here may depend on an address, the real time, a directory's name or the system's randomness.
 * All of it acts in callbacks of virtual time (sim_after) and never runs the net itself: no net_run, net_append or
 * net_say inside. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "support/hostile.h"
#include "support/net.h"

#define SIM_NODES_MAX 64u   /* in a seed; the bench has more */
#define SIM_DRAFTS_MAX 256u /* in one append */
#define SIM_MINUTE_MS UINT64_C(60000)
#define SIM_HOUR_MS (60 * SIM_MINUTE_MS)
#define SIM_DAY_MS (24 * SIM_HOUR_MS)
#define SIM_SETTLE_MS (10 * SIM_MINUTE_MS) /* from the last fault until all must be in step */

struct sim;

/* Streams of chance by purpose: a draw more in one changes nothing in the others. */
enum sim_stream { SIM_PLAN, SIM_FAULTS_WHEN, SIM_FAULTS_WHICH, SIM_WORK, SIM_LIES, SIM_CHECKS, SIM_STREAMS };
uint64_t sim_draw(struct sim *sim, enum sim_stream stream, uint64_t bound);     /* 0..bound-1 */
bool sim_chance(struct sim *sim, enum sim_stream stream, uint32_t per_million); /* true so often */

/* What is counted as an injected fault. Each is one thing done to one chunk of bytes, link, node or clock. Those that
 * STRIKE are drawn for a node, so often a day; the others HAPPEN to what is under way. */
#define SIM_FAULTS(X) \
	X(DELAYED, HAPPENS, "chunks held back as a lost packet holds back a TCP stream (200 ms to 6 s)") \
	X(DROPPED, HAPPENS, "chunks taken out of a stream") \
	X(REPEATED, HAPPENS, "chunks delivered twice") \
	X(SWAPPED, HAPPENS, "chunks delivered before the one before them") \
	X(DAMAGED, HAPPENS, "chunks with a bit turned") \
	X(CUT, HAPPENS, "links cut") \
	X(REFUSED, HAPPENS, "dials that came to nothing") \
	X(CLOGGED, STRIKES, "links that moved nothing for a while") \
	X(STALLED, STRIKES, "links that moved nothing one way for a while") \
	X(SLOWED, HAPPENS, "links of 2 to 64 KB/s") \
	X(PARTED, STRIKES, "partitions, by nodes of their smaller side") \
	X(CRASHED, STRIKES, "nodes ended between two calls") \
	X(UNRUN, HAPPENS, "jobs that were begun by nobody when their node ended") \
	X(UNSAID, HAPPENS, "jobs that were run, and whose end the node never heard of") \
	X(UNWRITTEN, STRIKES, "commits that failed, the disk being full for a while") \
	X(UNCOPIED, STRIKES, "nodes ended between a commit and the copy of the mark") \
	X(CLOCK, STRIKES, "clocks that jumped") \
	X(RESTORED, STRIKES, "old copies of a store put back in its place") \
	X(CLONED, STRIKES, "copies of a node run beside it") \
	X(LOST, STRIKES, "nodes of which only the seed was left") \
	X(UNMARKED, STRIKES, "copies of the mark lost") \
	X(BEREFT, HAPPENS, "registrars lost for good") \
	X(ANCHORED, HAPPENS, "successors of a registrar named by the recovery key") \
	X(RETURNED, HAPPENS, "lost registrars that came back after their successor was named") \
	X(LIE, HAPPENS, "things a liar said or did against the rules")
enum sim_fault {
#define X(name, how, text) SIM_##name,
	SIM_FAULTS(X)
#undef X
	        SIM_FAULT_KINDS
};
void sim_count(struct sim *sim, enum sim_fault fault, uint64_t count);
struct sim_fault_info {
	const char *name, *text;
	bool strikes;
};
const struct sim_fault_info *sim_fault_info(enum sim_fault fault);

/* The registrar's machine is lost for good, and the recovery key names another. Milliseconds after what comes before. */
struct plan_loss {
	uint64_t after_ms;       /* the beginning; 0: it is not lost */
	uint64_t anchored_ms[2]; /* how long until a successor is named, and another in its place, 0: none */
	uint64_t returns_ms;     /* it comes back so long after the first of these; 0: never */
	uint64_t apart_ms;       /* before it is lost some nodes are with it, others not; 0: all are */
	bool forks;              /* those others are with a copy of it meanwhile, which goes on too */
	bool misses;             /* the first anchor has a head that nobody has */
};

/* What a seed is like; plan.c draws it. Rates are per million chunks or per node and virtual day. */
struct plan {
	uint32_t nodes;   /* honest at the beginning, node 0, the registrar, among them */
	uint32_t joiners; /* come later */
	uint32_t liars;
	uint32_t auditors, supervisors, witnesses; /* of the honest beside the registrar */
	uint64_t lasts_ms;                         /* the phase with faults */
	uint32_t chunk_faults[SIM_FAULT_KINDS];    /* per million chunks: DELAYED..DAMAGED, CUT */
	uint32_t dial_faults[2];                   /* per million dials: come to nothing; give a slow link */
	uint32_t day_faults[SIM_FAULT_KINDS];      /* per node and day: CLOGGED, STALLED, PARTED.. */
	uint32_t latency_ms, jitter_ms;
	uint32_t job_ms;      /* jobs end after up to so long */
	uint32_t appends_day; /* of a node's people, per day, about */
	struct plan_loss loss;
};

/* What became of a node, for the checkers' excuses. Indices are the net's. */
struct sim_node {
	bool used, liar, left, cut;
	bool was_cut;
	uint64_t cut_at;      /* where it was cut: the fewest entries of its feed that ever counted; a lifted
	                         cutoff does not bring back what it took from its node */
	bool registrar;       /* it was founded or named as one */
	bool outside;         /* not in the roster of the registrar in force */
	bool clone;           /* a copy of another, with its keys */
	uint32_t of;          /* the node whose keys it has: itself unless a clone */
	uint64_t up_at_ms;    /* steady: comes back then; 0: it is up, or will not come back */
	uint64_t saved_at_ms; /* steady: of the copy of its store set aside; 0: none */
	bool overrode;        /* its person published anyway: what it let out before may be with nobody */
	const char *may_fork; /* why its feed may have two histories; NULL: it must not */
	uint32_t restores;
};

/* What was acknowledged to a person (NODE_APPENDED). */
struct sim_said {
	uint32_t node; /* where */
	uint16_t kind;
	bool lost; /* its disk was lost or went back in time before it: it may be gone, unless another honest node has it */
	struct reference reference; /* as it was told */
	struct hash body;           /* SHA-256 of the draft's body */
	uint64_t at_ms;             /* steady */
};

struct sim {
	struct net *net;
	uint64_t seed;
	struct plan plan;
	bool settling;                 /* the second phase: no more faults, links up, nobody writes */
	uint64_t begun_ms, settled_ms; /* steady: when the phases began */
	uint64_t
	        converged_ms; /* how long after the second's beginning all were in step (check.c says); 0: never */
	uint64_t looked;      /* things that the checks compared at the end; with none nothing was checked */
	uint64_t tally[SIM_FAULT_KINDS];
	uint64_t streams[SIM_STREAMS];
	uint64_t trace;  /* a hash of all that happened */
	uint32_t office; /* the node that people name to others: the registrar's, while there is one */
	bool verbose, traces;
	struct sim_node nodes[SIM_NODES_MAX];
	struct sim_said *said; /* grows */
	uint32_t said_count, said_cap;
	struct timers timers;
	struct faults *faults; /* each file's own */
	struct work *work;
	struct liars *liars;
	struct check *check;
};

/* Virtual time. ACT is called once, MS from now, outside any call into a node; CONTEXT outlives that. */
typedef void sim_act(struct sim *sim, void *context);
void sim_after(struct sim *sim, uint64_t ms, sim_act *act, void *context);
uint64_t sim_now_ms(const struct sim *sim); /* steady */

/* Is it an honest node that runs now? */
bool sim_runs(const struct sim *sim, uint32_t index);
uint32_t sim_some_node(struct sim *sim, enum sim_stream stream); /* honest, running; NET_STRANGER: none */

/* Ask node INDEX to append. The answer comes to work_answered() with the ticket, if the node lives to give it. Bodies are
 * copied. The error of node_append(); 0 is ERR_OK. *ticket is set when it is. */
MUST_USE enum err sim_append(
        struct sim *sim, uint32_t index, const struct draft *drafts, uint32_t count, uint64_t *ticket);

/* INVARIANT ("I3") does not hold: say seed, commit, virtual time and what, and end with 1. */
_Noreturn void sim_fail(struct sim *sim, const char *invariant, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* Something happened: into the trace's hash, and printed with --trace. */
void sim_trace(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_trace_bytes(struct sim *sim, const char *what, uint64_t a, uint64_t b, struct bytes bytes);

/* The others. begin: the district stands, all honest nodes run; set timers, keep own state in sim. end: free it. */
void work_begin(struct sim *sim);
void work_answered(struct sim *sim, uint32_t index, const struct node_event *e); /* APPENDED or REFUSED */
void work_end(struct sim *sim);

void liars_begin(struct sim *sim); /* sim.c made and admitted plan.liars nodes: sim_node.liar */
/* Honest node INDEX dials the liar at index TO: a peer made ready to answer (session_init, SESSION_ANSWERS), which
 * stays the liar's, or NULL: nobody answers. */
struct hostile *liars_dialled(struct sim *sim, uint32_t index, uint32_t to);
void liars_settle(struct sim *sim);
void liars_end(struct sim *sim);

void check_begin(struct sim *sim);
void check_event(struct sim *sim, uint32_t index, const struct node_event *e); /* every event of a node */
void check_started(struct sim *sim, uint32_t index); /* a node came (back) up, before anything else */
void check_served(struct sim *sim, uint32_t index);  /* a node has done what it could now */
void check_minute(struct sim *sim);                  /* each virtual minute: cheap things */
/* SIM_SETTLE_MS after the last fault: everything. How many things were compared. */
uint64_t check_last(struct sim *sim);
void check_end(struct sim *sim);

void faults_begin(struct sim *sim);
void faults_settle(
        struct sim *sim); /* no more of them; everybody who can comes up, links heal, clocks are right */
void faults_tally(struct sim *sim); /* what the net counted joins the rest */
void faults_end(struct sim *sim);

void plan_draw(struct sim *sim, const struct plan *limits); /* limits: what the command line fixed; 0: any */
void plan_print(const struct sim *sim);

/* Node INDEX comes (back) up, and is told where the registrar's is dialled; a registrar's own where some other's is, but
 * the founder's. */
void sim_start(struct sim *sim, uint32_t index);
void sim_tell(struct sim *sim, uint32_t index); /* the same of one that runs */
/* A place for one more; its index is the net's. */
void sim_use(struct sim *sim, uint32_t index, const struct sim_node *node);

struct sim *sim_new(uint64_t seed, const struct plan *limits);
void sim_run(struct sim *sim); /* both phases; returns when every check held */
void sim_free(struct sim *sim);

#endif

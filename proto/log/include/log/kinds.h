/* SPDX-License-Identifier: Apache-2.0
 * kinds.h: the kinds of entry that the log itself knows: the roster's, channels, witnesses, forks. docs/PROTOCOL.md 4,
 * 9, 10. Numbers are stable and never reused. 1 is the header's kind of every sealed entry (entry.h), 2..31 are this
 * table's, the ledger's begin at 32 (ledger/kinds.h). The bodies: roster_body.h, seal.h, key_share.h, witness.h,
 * fork.h. */
#ifndef LOG_KINDS_H
#define LOG_KINDS_H

/* X(NAME, number, "name", audience) */
#define LOG_KINDS(X) \
	X(NETWORK_FOUND, 2, "network.found", NETWORK) \
	X(MEMBER_ADMIT, 3, "member.admit", NETWORK) \
	X(MEMBER_UPDATE, 4, "member.update", NETWORK) \
	X(MEMBER_SUSPEND, 5, "member.suspend", NETWORK) \
	X(MEMBER_REINSTATE, 6, "member.reinstate", NETWORK) \
	X(MEMBER_LEAVE, 7, "member.leave", NETWORK) \
	X(FEED_ADD, 8, "feed.add", NETWORK) \
	X(FEED_ROLES, 9, "feed.roles", NETWORK) \
	X(FEED_CUT, 10, "feed.cut", NETWORK) \
	X(FEED_RESOLVE, 11, "feed.resolve", NETWORK) \
	X(CHANNEL_OPEN, 12, "channel.open", NETWORK) \
	X(KEY_SHARE, 13, "key.share", SEALED) \
	X(WITNESS_SEEN, 14, "witness.seen", NETWORK) \
	X(WITNESS_HEARD, 15, "witness.heard", NETWORK) \
	X(FORK_PROOF, 16, "fork.proof", NETWORK)

#define X(name, number, text, audience) KIND_##name = number,
enum log_kind { LOG_KINDS(X) KIND_LOG_END = 32 };
#undef X

#endif

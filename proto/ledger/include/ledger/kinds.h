/* SPDX-License-Identifier: Apache-2.0
 * kinds.h: every kind of entry that the ledger knows, in one table: number, name, audience, the type of
 * object it concerns and how. The numbers are stable: a kind is never renumbered, and a gap is left after
 * each noun. Kinds 2..31 are proto/log's (the roster's, channels, witnesses, forks). 72..74 are kept for
 * set-offs. A new kind is one row here, one file of its noun, and its row in docs/LEDGER.md. */
#ifndef LEDGER_KINDS_H
#define LEDGER_KINDS_H

/* X(NAME, number, "name", audience, object, part) */
#define LEDGER_KINDS(X)                                                                                      \
	X(POLICY_SET, 32, "policy.set", NETWORK, NONE, NONE)                                                 \
	X(NODE_ADDRESS, 33, "node.address", NETWORK, NONE, NONE)                                             \
	X(PROFILE_SET, 34, "profile.set", NETWORK, NONE, NONE)                                               \
	X(DOCUMENT_NOTE, 35, "document.note", NETWORK, NONE, NONE)                                           \
	X(PARTNERSHIP_OFFER, 40, "partnership.offer", SEALED, PARTNERSHIP, OPENS)                            \
	X(PARTNERSHIP_ACCEPT, 41, "partnership.accept", SEALED, PARTNERSHIP, ABOUT)                          \
	X(PARTNERSHIP_DECLINE, 42, "partnership.decline", SEALED, PARTNERSHIP, ABOUT)                        \
	X(PARTNERSHIP_END, 43, "partnership.end", SEALED, PARTNERSHIP, ABOUT)                                \
	X(TRADE_OFFER, 48, "trade.offer", SEALED, TRADE, OPENS)                                              \
	X(TRADE_ACCEPT, 49, "trade.accept", SEALED, TRADE, ABOUT)                                            \
	X(TRADE_DECLINE, 50, "trade.decline", SEALED, TRADE, ABOUT)                                          \
	X(TRADE_WITHDRAW, 51, "trade.withdraw", SEALED, TRADE, ABOUT)                                        \
	X(TRADE_DISPUTE, 52, "trade.dispute", SEALED, TRADE, ABOUT)                                          \
	X(TRADE_CLEAR, 53, "trade.clear", SEALED, TRADE, ABOUT)                                              \
	X(PAYMENT_RECORD, 56, "payment.record", SEALED, PAYMENT, OPENS)                                      \
	X(PAYMENT_CONFIRM, 57, "payment.confirm", SEALED, PAYMENT, ABOUT)                                    \
	X(PAYMENT_DENY, 58, "payment.deny", SEALED, PAYMENT, ABOUT)                                          \
	X(PAYMENT_WITHDRAW, 59, "payment.withdraw", SEALED, PAYMENT, ABOUT)                                  \
	X(BALANCE_CLOSE, 64, "balance.close", SEALED, CLOSING, OPENS)                                        \
	X(RAT_ATTEST, 80, "rat.attest", NETWORK, ATTESTATION, OPENS)                                         \
	X(RAT_WITHDRAW, 81, "rat.withdraw", NETWORK, ATTESTATION, ABOUT)                                     \
	X(RAT_ENDORSE, 82, "rat.endorse", NETWORK, ATTESTATION, ABOUT)                                       \
	X(RAT_RECORD, 83, "rat.record", NETWORK, ATTESTATION, OPENS)                                         \
	X(RAT_VERDICT, 84, "rat.verdict", NETWORK, ATTESTATION, ABOUT)                                       \
	X(RAT_NOTICE, 85, "rat.notice", NETWORK, NOTICE, OPENS)

#define X(name, number, text, audience, object, part) KIND_##name = number,
enum ledger_kind { LEDGER_KINDS(X) KIND_LEDGER_END };
#undef X

#endif

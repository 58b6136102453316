/* SPDX-License-Identifier: Apache-2.0
 * kinds.h: every kind of entry that the ledger knows, in one table: number, name, audience, the type of
 * object it concerns and how. The numbers are stable: a kind is never renumbered, and a gap is left after
 * each noun. Kinds 2..31 are proto/log's (the roster's, channels, witnesses, forks). 72..74 are kept for
 * set-offs. A new kind is one row here, one file of its noun, and its row in docs/LEDGER.md. */
#ifndef LEDGER_KINDS_H
#define LEDGER_KINDS_H

/* X(NAME, number, "name", audience, object, part, check): check_check() is the noun's own, see object_int.h. */
#define LEDGER_KINDS(X) \
	X(POLICY_SET, 32, "policy.set", NETWORK, NONE, NONE, policy) \
	X(NODE_ADDRESS, 33, "node.address", NETWORK, NONE, NONE, address) \
	X(PROFILE_SET, 34, "profile.set", NETWORK, NONE, NONE, profile) \
	X(DOCUMENT_NOTE, 35, "document.note", NETWORK, NONE, NONE, document) \
	X(PARTNERSHIP_OFFER, 40, "partnership.offer", SEALED, PARTNERSHIP, OPENS, partnership_offer) \
	X(PARTNERSHIP_ACCEPT, 41, "partnership.accept", SEALED, PARTNERSHIP, ABOUT, answer) \
	X(PARTNERSHIP_DECLINE, 42, "partnership.decline", SEALED, PARTNERSHIP, ABOUT, answer) \
	X(PARTNERSHIP_END, 43, "partnership.end", SEALED, PARTNERSHIP, ABOUT, partnership_end) \
	X(TRADE_OFFER, 48, "trade.offer", SEALED, TRADE, OPENS, trade_offer) \
	X(TRADE_ACCEPT, 49, "trade.accept", SEALED, TRADE, ABOUT, trade_accept) \
	X(TRADE_DECLINE, 50, "trade.decline", SEALED, TRADE, ABOUT, answer) \
	X(TRADE_WITHDRAW, 51, "trade.withdraw", SEALED, TRADE, ABOUT, answer) \
	X(TRADE_DISPUTE, 52, "trade.dispute", SEALED, TRADE, ABOUT, answer) \
	X(TRADE_CLEAR, 53, "trade.clear", SEALED, TRADE, ABOUT, trade_clear) \
	X(PAYMENT_RECORD, 56, "payment.record", SEALED, PAYMENT, OPENS, payment_record) \
	X(PAYMENT_CONFIRM, 57, "payment.confirm", SEALED, PAYMENT, ABOUT, payment_confirm) \
	X(PAYMENT_DENY, 58, "payment.deny", SEALED, PAYMENT, ABOUT, answer) \
	X(PAYMENT_WITHDRAW, 59, "payment.withdraw", SEALED, PAYMENT, ABOUT, answer) \
	X(BALANCE_CLOSE, 64, "balance.close", SEALED, CLOSING, OPENS, closing) \
	X(RAT_ATTEST, 80, "rat.attest", NETWORK, ATTESTATION, OPENS, rat_attest) \
	X(RAT_WITHDRAW, 81, "rat.withdraw", NETWORK, ATTESTATION, ABOUT, rat_withdraw) \
	X(RAT_ENDORSE, 82, "rat.endorse", NETWORK, ATTESTATION, ABOUT, rat_endorse) \
	X(RAT_RECORD, 83, "rat.record", NETWORK, ATTESTATION, OPENS, rat_record) \
	X(RAT_VERDICT, 84, "rat.verdict", NETWORK, ATTESTATION, ABOUT, rat_verdict) \
	X(RAT_NOTICE, 85, "rat.notice", NETWORK, NOTICE, OPENS, rat_notice)

#define X(name, number, text, audience, object, part, check) KIND_##name = (number),
enum ledger_kind { LEDGER_KINDS(X) KIND_LEDGER_END };
#undef X

#endif

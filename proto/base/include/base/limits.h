/* SPDX-License-Identifier: Apache-2.0
 * limits.h: every limit, with its unit in its name. What a peer can make us spend is bounded here. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* entries and runs (docs/PROTOCOL.md 2, 3) */
#define ENTRY_PAYLOAD_BYTES_MAX 32768u
#define ENTRY_HEADER_BYTES 88u
#define RUN_ENTRIES_MAX 256u
#define RUN_BYTES_MAX (48u * 1024u)
#define TREE_PEAKS_MAX 64u
#define SUBTREE_LEAVES 256u
#define PROOF_HASHES_MAX 64u
#define FORK_PROOF_BYTES_MAX 8192u
/* msgpack */
#define MP_DEPTH_MAX 8u
#define MP_KEY_MAX 127u
/* notes (C2SP signed-note) */
#define NOTE_BYTES_MAX (64u * 1024u)
#define NOTE_SIGNATURES_MAX 64u
#define NOTE_NAME_BYTES_MAX 256u
#define COSIGNED_TEXT_BYTES_MAX 1024u /* a checkpoint text that we cosign or check a cosignature of */
/* proof files */
#define PROOFFILE_BYTES_MAX (320u * 1024u)
/* roster, channels */
#define MEMBERS_MAX 4096u
#define FEEDS_MAX 8192u
#define PROFILES_MAX 16384u   /* admits and updates of all members together that count */
#define ROLES_CHANGES_MAX 64u /* feed.roles and feed.resolve of one feed that count */
#define CHANNEL_WRAPS_MAX 64u
#define KEY_SHARE_ROWS_MAX 500u /* channels that one key.share opens: what fits into an entry */
#define FEED_BLOCK 64u          /* feeds a fingerprint of FRONTIER covers */
#define REGISTRAR_FEEDS_MAX 16u
#define RECALL_WAYS_MAX \
	16u /* through what is set aside of a registrar's feed, to the branch that an anchor names */
#define ANCHOR_DRAFT_BYTES_MAX 4608u /* what a draft of an anchor holds */
#define ANCHOR_LINE_BYTES_MAX 8192u  /* an anchor or its draft as a line of text */
#define INVITE_BYTES_MAX 512u        /* of its line of text */
#define JOIN_BYTES_MAX 1536u         /* a join request's fields, or what they sign */
#define JOIN_LINE_BYTES_MAX 2560u    /* the same as a line of text */
#define JOIN_WAITING_MAX 8u
/* text in entries, bytes of UTF-8 */
#define NAME_BYTES_MAX 160u
#define ALIAS_BYTES_MAX 48u
#define LEGAL_NO_BYTES_MAX 80u
#define NIK_BYTES_MAX 32u
#define TEXT_BYTES_MAX 500u
#define ADDRESS_BYTES_MAX 128u
/* ledger */
#define TRADE_LINES_MAX 200u
#define TRADE_CHARGES_MAX 16u
#define PAYMENT_ALLOCATIONS_MAX 200u
#define RAT_DOCUMENTS_MAX 32u
#define RAT_REPLACES_MAX 16u
#define RAT_RULINGS_COUNTED_MAX 32u     /* verdicts of one attestation that count */
#define RAT_WITHDRAWALS_COUNTED_MAX 16u /* likewise withdrawals */
#define RAT_NOTICE_LEVEL_MAX 9u
#define RAT_COUNT_MAX 100000000u         /* members, those present, employees */
#define STATUS_ITEMS_MAX 256u            /* attestations of one member and year that are looked at */
#define RAT_MONEY_MAX 1000000000000000LL /* 10^15 rupiah, of capital, assets, turnover, surplus */
#define BALANCE_ITEMS_MAX 400000u        /* trades and payments of one pair: their sums fit int64 */
#define TRADE_DISPUTES_COUNTED_MAX 256u  /* disputes of one trade that count, and clears */
#define PAYMENT_WITHDRAWS_COUNTED_MAX 64u
#define TRADE_NUMBER_BYTES_MAX 48u /* numbers of invoices, delivery notes, receipts */
#define UNIT_BYTES_MAX 24u
#define TERM_DAYS_MAX 3650u
#define POLICY_STEPS_MAX 8u
#define POLICY_EXCEPTIONS_MAX 64u
#define NODE_ADDRESSES_MAX 4u
#define SETOFF_MEMBERS_MAX 16u
#define MONEY_MAX 10000000000000LL /* 10^13 rupiah */
#define QUANTITY_MILLI_MAX 1000000000000LL
#define UNIT_PRICE_SEN_MAX 10000000000000LL
#define DISCOUNT_BP_MAX 9999
#define DAY_MIN (-25567)
#define DAY_MAX 84005
#define BOOK_YEAR_MIN 1950
#define BOOK_YEAR_MAX 2199
/* link */
#define FRAME_PLAINTEXT_BYTES_MAX 65519u
#define HANDSHAKE_TIMEOUT_MS 10000u
#define HANDSHAKE_PAYLOAD_BYTES_MAX 1536u /* of message 3: HELLO or JOIN */
#define HANDSHAKES_HALF_OPEN_MAX 64u
#define HANDSHAKES_PER_ADDRESS_MAX 4u
#define REKEY_FRAMES 1000u
#define LINK_AGE_MAX_MS (24u * 3600u * 1000u)
#define SEND_QUEUE_BYTES_MAX (1024u * 1024u)
#define CONTROL_QUEUE_BYTES_MAX (256u * 1024u)
#define LINKS_MAX 64u
#define LINKS_TARGET 5u
#define FRONTIER_INTERVAL_MS 60000u
#define FRONTIER_BLOCKS_MAX (FEEDS_MAX / FEED_BLOCK)
#define PING_INTERVAL_MS 30000u
#define LINK_DEAD_AFTER_MS 90000u
#define REDIAL_MIN_MS 5000u
#define REDIAL_MAX_MS (600u * 1000u)
#define PULL_STALLED_MS 10000u
#define PULLS_IN_FLIGHT_MAX 32u
#define PULL_BYTES_IN_FLIGHT_MAX (2u * 1024u * 1024u)
#define PULL_ENTRIES_MAX 4096u  /* of one PULL; what is left is asked for after it */
#define PULL_WINDOW_FIRST 8u    /* PULLs under way on a link that has not answered any yet */
#define PULL_PATIENCE_MS 60000u /* what a PULL may take that another link could answer; and until a claim */
                                /* that was not kept is believed again */
#define PULL_IDLE_MS 2000u      /* a pull that stands still holds up other feeds, or people, no longer */
#define SERVES_MAX (2u * PULLS_IN_FLIGHT_MAX) /* PULLs of a peer that wait here; one more, and it hears BYE */
#define FRONTIER_GAP_MS 200u                  /* between two FRONTIERs to a peer, but for the timer's */
#define FRONTIERS_HEARD_MAX 600u              /* of a peer in FRONTIER_INTERVAL_MS, then BYE */
#define ANCHORS_HEARD_MAX 64u                 /* likewise; each costs us a signature check */
#define DOUBTS_MAX 64u                        /* likewise; what does not verify, and may be nobody's fault */
#define PROVES_HEARD_MAX 64u                  /* likewise; each costs us up to 512 hashed entries */
#define LINK_STRIKES_MAX 3u            /* wrong runs whose sender shows no proof, then it is at fault */
#define LINKS_CHANGE_MS (600u * 1000u) /* a link to a member by chance is given up for another */
#define DIAL_TARGETS_MAX 512u
#define FAULTED_MAX 64u /* nodes that were at fault and are not spoken with for a while */
#define HAVE_DELAY_MIN_MS 5u
#define HAVE_DELAY_MAX_MS 20u
#define BYE_FLUSH_MS 5000u /* a BYE that the other side does not read is given up after this */
#define AGENT_BYTES_MAX 64u
#define BYE_TEXT_BYTES_MAX 160u
#define HAVE_FEEDS_MAX 1024u /* of one HAVE */
#define BLOB_PART_BYTES 32768u
#define BLOB_BYTES_MAX (64u * 1024u * 1024u)
#define BLOB_PARTS_IN_FLIGHT_MAX 4u
#define PEER_FAULT_BACKOFF_MS (3600u * 1000u)
#define PEER_SHUNNED_MS 60000u /* after a fault its links are refused */
#define FEED_BYTES_A_DAY_MAX (8u * 1024u * 1024u)
#define NODE_ADDRESS_INTERVAL_MS (3600u * 1000u)
/* key.share (docs/PROTOCOL.md 9.4) */
#define SHARING_LOOK_MAX 1024u /* channels looked at in one go */
#define SHARING_WALK_MAX \
	256u /* entries behind a channel.open in which those are looked for that tell its parties */
#define SHARING_PAUSE_MS 100u              /* between two of these */
#define SHARING_INTERVAL_MS (300u * 1000u) /* all are looked at again */
#define SHARING_PATIENCE_MS (600u * 1000u) /* until a feed gives what its member's first feed did not */
/* witness (docs/PROTOCOL.md 10) */
#define WITNESS_INTERVAL_MS (300u * 1000u)
#define WITNESS_ROWS_MAX 180u /* of one witness.seen: what fits into an entry */
#define WITNESS_SCAN_MAX \
	1024u /* own entries in which a witness looks, at its start, for what it stated already */
#define WITNESS_TIME_S_MAX (1ull << 40)
/* memory of a node, by what it holds: at most the sum of these, and of the runs that are under way (intake) */
#define NODE_BYTES_MAX (1536u * 1024u)      /* alone, with whatever people ask of it */
#define NODE_FEED_BYTES_MAX 4096u           /* of each feed of the roster */
#define NODE_PROFILE_BYTES_MAX (6u * 1024u) /* of each profile of the roster */
#define NODE_ENTRY_BYTES_MAX 1024u          /* of each entry, while one transaction judges all of them anew */
#define LINK_BYTES_MAX (600u * 1024u)       /* of each link */
#define LINK_FEED_BYTES_MAX 32u             /* of each link and feed */
/* store */
#define STORE_MAP_BYTES (16ull << 30)
#define STORE_MAP_BYTES_32BIT (512ull << 20) /* where addresses have 32 bits */
#define STORE_READERS_MAX 64u
#define READ_TXN_MS_MAX 100u
#define COMMIT_ENTRIES_MAX 8192u
/* control socket (docs/CONTROL.md) */
#define CONTROL_LINE_BYTES_MAX (4u * 1024u * 1024u)
#define CONTROL_CLIENTS_MAX 32u
#define CONTROL_APPENDS_MAX 64u /* of one client, not yet answered */
#define CONTROL_DRAFTS_MAX 256u /* of one append */

#endif

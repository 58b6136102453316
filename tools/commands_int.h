/* SPDX-License-Identifier: Apache-2.0
 * commands_int.h: every command, one row each: X(noun, verb, words, fewest, most, need, function, what it does,
 * examples, options). Read by commands.c alone. A new command is a row here and a function in the file of its noun. */
#ifndef TOOLS_COMMANDS_INT_H
#define TOOLS_COMMANDS_INT_H

#define O(name) OPT_##name
#define COMMANDS(X) \
	X("init", NULL, "", 0, 0, HOME, cmd_init, N_("Make a node: found a network, or ask to join one."), \
	        "  lontar init --found \"Koperasi Luwu Timur\" --dinas \"Dinas Koperasi Luwu Timur\"\n" \
	        "  lontar init --join lontar1... --name \"KUD Padi Selaras\"\n", \
	        O(FOUND), O(DINAS), O(ALIAS), O(JOIN), O(NAME), O(SEAL), O(ADDRESS), O(NONE)) \
	X("status", NULL, "", 0, 0, STORE, cmd_status, N_("Show the health of this node in one screen."), \
	        "  lontar status\n" \
	        "  lontar status --json\n", \
	        O(NONE)) \
	X("why", NULL, N_("[MEMBER|ENTRY]"), 0, 1, STORE, cmd_why, \
	        N_("Say why something is missing or has no effect, and what to do."), \
	        "  lontar why 12.345-9f3a\n" \
	        "  lontar why padi-selaras\n", \
	        O(NONE)) \
	X("backup", NULL, N_("FILE"), 1, 1, STORE, cmd_backup, \
	        N_("Write all that this node holds to one file, while it runs or not."), \
	        "  lontar backup /media/usb/padi-selaras.backup\n" \
	        "  lontar backup --replace --with-seed /media/usb/padi-selaras.backup\n", \
	        O(REPLACE), O(WITH_SEED), O(NONE)) \
	X("restore", NULL, N_("FILE"), 1, 1, HOME, cmd_restore, \
	        N_("Make the node's store again from a backup, once all in it is verified."), \
	        "  lontar restore /media/usb/padi-selaras.backup\n" \
	        "  lontar --home /srv/lontar restore --replace /media/usb/padi-selaras.backup\n", \
	        O(REPLACE), O(NONE)) \
	X("publish", NULL, "", 0, 0, STORE, cmd_publish, \
	        N_("Say whether our entries leave, and if not, let a person decide that they do."), \
	        "  lontar publish\n" \
	        "  lontar publish --anyway padi-selaras --reason \"the office's computer burnt down " \
	        "too\"\n", \
	        O(ANYWAY), O(REASON), O(YES), O(NONE)) \
	X("key", "show", "", 0, 0, STORE, cmd_key_show, \
	        N_("Show the public keys of this node, for the registrar."), "  lontar key show\n", O(NONE)) \
	X("key", "paper", "", 0, 0, STORE, cmd_key_paper, \
	        N_("Print the seed for a safe place. Whoever has it can sign for this node."), \
	        "  lontar key paper | lp\n", O(NONE)) \
	X("key", "recover", N_("[FILE]"), 0, 1, HOME, cmd_key_recover, \
	        N_("Bring a node back from its paper; a peer gives it its entries."), \
	        "  lontar key recover paper.txt\n" \
	        "  lontar --home /srv/lontar key recover < paper.txt\n" \
	        "  lontar key recover paper.txt --invite lontar1...\n", \
	        O(INVITE), O(NONE)) \
	X("key", "share", N_("[FEED|MEMBER]"), 0, 1, STORE, cmd_key_share, \
	        N_("Open to feeds that came later what was sealed before them. The daemon does it by " \
	           "itself."), \
	        "  lontar key share --dry-run\n" \
	        "  lontar key share padi-selaras\n", \
	        O(DRY_RUN), O(NONE)) \
	X("invite", "create", "", 0, 0, STORE, cmd_invite_create, \
	        N_("Make an invite: one line by which a new node may ask to join."), \
	        "  lontar invite create --address 10.0.0.5:7300 --note \"KUD Padi Selaras\"\n" \
	        "  lontar invite create --qr\n", \
	        O(ADDRESS), O(DAYS), O(NOTE), O(QR), O(NONE)) \
	X("invite", "list", "", 0, 0, STORE, cmd_invite_list, N_("List the invites made here."), \
	        "  lontar invite list\n", O(NONE)) \
	X("invite", "revoke", N_("INVITE"), 1, 1, STORE, cmd_invite_revoke, N_("Take an invite back."), \
	        "  lontar invite revoke 3f2a\n", O(NONE)) \
	X("member", "requests", "", 0, 0, STORE, cmd_member_requests, \
	        N_("List who asks to join, with the words to compare by voice."), \
	        "  lontar member requests\n", O(NONE)) \
	X("member", "admit", N_("ALIAS"), 1, 1, STORE, cmd_member_admit, \
	        N_("Admit a member, or the first node of one (registrar)."), \
	        "  lontar member admit padi-selaras --name \"KUD Padi Selaras\" --legal-no 91/BH/1996 " \
	        "--kecamatan Wotu\n" \
	        "  lontar member admit padi-selaras --name \"KUD Padi Selaras\" --request 9f3a2b1c\n", \
	        O(NAME), O(LEGAL_NO), O(NIK), O(FORM), O(TYPE), O(KECAMATAN), O(DESA), O(FOUNDED), \
	        O(BOOK_YEAR_END), O(REQUEST), O(KEYS), O(ROLES), O(YES), O(NONE)) \
	X("member", "refuse", N_("REQUEST"), 1, 1, STORE, cmd_member_refuse, \
	        N_("Forget a request to join, by the start of its feed id."), \
	        "  lontar member refuse 9f3a2b1c\n", O(NONE)) \
	X("member", "update", N_("MEMBER"), 1, 1, STORE, cmd_member_update, \
	        N_("Change what the roster says of a member (registrar)."), \
	        "  lontar member update padi-selaras --desa Bawalipu\n" \
	        "  lontar member update padi-selaras --book-year-end 06-30 --from-year 2027\n", \
	        O(NAME), O(ALIAS), O(LEGAL_NO), O(NIK), O(FORM), O(TYPE), O(KECAMATAN), O(DESA), O(FOUNDED), \
	        O(BOOK_YEAR_END), O(FROM_YEAR), O(NONE)) \
	X("member", "suspend", N_("MEMBER"), 1, 1, STORE, cmd_member_suspend, \
	        N_("Mark a member as suspended (registrar)."), \
	        "  lontar member suspend padi-selaras --reason \"no contact\"\n", O(REASON), O(NONE)) \
	X("member", "reinstate", N_("MEMBER"), 1, 1, STORE, cmd_member_reinstate, \
	        N_("End a suspension (registrar)."), "  lontar member reinstate padi-selaras\n", O(REASON), \
	        O(NONE)) \
	X("member", "leave", N_("MEMBER"), 1, 1, STORE, cmd_member_leave, \
	        N_("Mark a member as having left (registrar)."), \
	        "  lontar member leave padi-selaras --reason dissolved\n", O(REASON), O(NONE)) \
	X("member", "list", "", 0, 0, STORE, cmd_member_list, N_("List the members."), \
	        "  lontar member list --kecamatan Wotu\n", O(KECAMATAN), O(NONE)) \
	X("member", "show", N_("[MEMBER]"), 0, 1, STORE, cmd_member_show, \
	        N_("Show a member with its feeds; without a name, ourselves."), \
	        "  lontar member show padi-selaras\n", O(NONE)) \
	X("member", "import", N_("FILE"), 1, 1, STORE, cmd_member_import, \
	        N_("Admit members from CSV (registrar); a report a row."), \
	        "  lontar member import members.csv\n", O(DRY_RUN), O(NONE)) \
	X("feed", "add", N_("MEMBER"), 1, 1, STORE, cmd_feed_add, \
	        N_("Give a member one more node: another officer's, another machine's (registrar)."), \
	        "  lontar feed add padi-selaras --request 9f3a2b1c\n" \
	        "  lontar feed add dinas --request 9f3a2b1c --roles auditor\n" \
	        "  lontar feed add padi-selaras --keys $(lontar --home /srv/padi key show --json | jq -r " \
	        ".keys)\n", \
	        O(REQUEST), O(KEYS), O(ROLES), O(YES), O(NONE)) \
	X("feed", "roles", N_("FEED ROLES"), 2, 2, STORE, cmd_feed_roles, \
	        N_("Give a feed its roles, from the entries held on (registrar)."), \
	        "  lontar feed roles 12 officer,witness\n", O(SIZE), O(NONE)) \
	X("feed", "cut", N_("FEED"), 1, 1, STORE, cmd_feed_cut, \
	        N_("Let a feed count only up to a size (registrar)."), \
	        "  lontar feed cut 12 --size 340 --reason \"stolen key\"\n", O(SIZE), O(ROOT), O(REASON), \
	        O(NONE)) \
	X("feed", "resolve", N_("FEED"), 1, 1, STORE, cmd_feed_resolve, \
	        N_("Lift a cutoff that had no conflict (registrar)."), "  lontar feed resolve 12\n", \
	        O(REASON), O(NONE)) \
	X("policy", "show", "", 0, 0, STORE, cmd_policy_show, N_("Show the deadlines of a book year."), \
	        "  lontar policy show --year 2025\n", O(YEAR), O(NONE)) \
	X("policy", "set", "", 0, 0, STORE, cmd_policy_set, \
	        N_("Set deadlines from a book year on (registrar)."), \
	        "  lontar policy set --from-year 2025 --due-months 3,6 --report 04-30,06-30\n" \
	        "  lontar policy set --from-year 2025 --exception kopkar-danau=2026-06-30 --reason RUPS\n", \
	        O(FROM_YEAR), O(DUE_MONTHS), O(LEGAL_MONTHS), O(REPORT), O(OFFER_DAYS), O(EXCEPTION), \
	        O(REASON), O(NONE)) \
	X("network", "show", "", 0, 0, STORE, cmd_network_show, \
	        N_("Show which network this is and who we are in it."), "  lontar network show\n", O(NONE)) \
	X("network", "anchor", "", 0, 0, NOTHING, cmd_network_anchor, \
	        N_("Go on with a new registrar after the old one is lost: draft, sign, import; or show."), \
	        "  lontar network anchor --draft --keys 9f3a...:...\n" \
	        "  lontar network anchor --sign draft.txt --file recovery-paper.txt\n" \
	        "  lontar network anchor --sign lontardraft1... < recovery-paper.txt\n" \
	        "  lontar network anchor --import lontaranchor1...\n", \
	        O(DRAFT), O(KEYS), O(REQUEST), O(SIZE), O(SIGN), O(FILE), O(IMPORT), O(YES), O(NONE)) \
	X("partner", "offer", N_("PARTNER"), 1, 1, STORE, cmd_partner_offer, \
	        N_("Offer a partnership: limits and days for trade on account."), \
	        "  lontar partner offer padi-selaras --limit 50.000.000 --days 30 --goods \"beras, " \
	        "gabah\"\n", \
	        O(LIMIT), O(LIMIT_US), O(DAYS), O(GOODS), O(FROM), O(TO), O(NONE)) \
	X("partner", "accept", N_("ENTRY"), 1, 1, STORE, cmd_partner_accept, \
	        N_("Accept and sign a partnership."), "  lontar partner accept 12.345\n", O(REASON), \
	        O(NONE)) \
	X("partner", "decline", N_("ENTRY"), 1, 1, STORE, cmd_partner_decline, N_("Decline a partnership."), \
	        "  lontar partner decline 12.345 --reason \"limit too high\"\n", O(REASON), O(NONE)) \
	X("partner", "end", N_("ENTRY"), 1, 1, STORE, cmd_partner_end, N_("End a partnership."), \
	        "  lontar partner end 12.345 --to 2026-12-31\n", O(TO), O(REASON), O(NONE)) \
	X("partner", "list", "", 0, 0, STORE, cmd_partner_list, N_("List partnerships."), \
	        "  lontar partner list\n", O(PARTNER), O(MEMBER), O(NONE)) \
	X("partner", "show", N_("ENTRY"), 1, 1, STORE, cmd_partner_show, \
	        N_("Show one partnership with what was said about it."), "  lontar partner show 12.345\n", \
	        O(NONE)) \
	X("trade", "offer", N_("PARTNER"), 1, 1, STORE, cmd_trade_offer, \
	        N_("Propose a trade. It counts when the partner accepts it."), \
	        "  lontar trade offer padi-selaras --sell --line \"Beras: 1500 kg @ 12.300\" --invoice " \
	        "N-17\n" \
	        "  lontar trade offer jemur-lada --buy --line \"Jasa jemur: 1285,5 kg @ 495,24 - 2,5%\" " \
	        "--charge freight=25000 --days 14\n" \
	        "  lontar trade offer padi-selaras --sell --kind return --refers 12.345 --line \"Beras: 10 " \
	        "kg @ 12300\"\n", \
	        O(SELL), O(BUY), O(KIND), O(DATE), O(LINE), O(CHARGE), O(TAX), O(TOTAL), O(INVOICE), \
	        O(DELIVERY), O(TERMS), O(DAYS), O(DUE), O(REFERS), O(NOTE), O(NONE)) \
	X("trade", "accept", N_("[ENTRY...]"), 0, 64, STORE, cmd_trade_accept, \
	        N_("Accept and sign proposed trades."), \
	        "  lontar trade accept 12.345\n" \
	        "  lontar trade accept --all-from padi-selaras\n", \
	        O(ALL_FROM), O(YES), O(NONE)) \
	X("trade", "decline", N_("ENTRY"), 1, 1, STORE, cmd_trade_decline, N_("Decline a proposed trade."), \
	        "  lontar trade decline 12.345 --reason \"other price agreed\"\n", O(REASON), O(NONE)) \
	X("trade", "withdraw", N_("ENTRY"), 1, 1, STORE, cmd_trade_withdraw, \
	        N_("Take back our own proposal."), "  lontar trade withdraw 12.345\n", O(REASON), O(NONE)) \
	X("trade", "dispute", N_("ENTRY"), 1, 1, STORE, cmd_trade_dispute, \
	        N_("Dispute an agreed trade. It goes on counting, with a flag."), \
	        "  lontar trade dispute 12.345 --reason \"40 kg short\"\n", O(REASON), O(NONE)) \
	X("trade", "clear", N_("ENTRY"), 1, 1, STORE, cmd_trade_clear, N_("End our dispute of a trade."), \
	        "  lontar trade clear 12.345\n", O(NONE)) \
	X("trade", "list", "", 0, 0, STORE, cmd_trade_list, N_("List trades, with what is open of each."), \
	        "  lontar trade list --state proposed\n" \
	        "  lontar trade list --partner padi-selaras --from 2026-01-01\n", \
	        O(PARTNER), O(STATE), O(FROM), O(TO), O(AS_OF), O(MEMBER), O(NONE)) \
	X("trade", "show", N_("ENTRY"), 1, 1, STORE, cmd_trade_show, \
	        N_("Show one trade with its lines and what was said about it."), \
	        "  lontar trade show 12.345\n", O(AS_OF), O(NONE)) \
	X("trade", "import", N_("FILE"), 1, 1, STORE, cmd_trade_import, \
	        N_("Propose trades from CSV; a report a nota."), "  lontar trade import trades.csv\n", \
	        O(DRY_RUN), O(NONE)) \
	X("accept", NULL, N_("[ENTRY...]"), 0, 64, STORE, cmd_trade_accept, N_("The same as trade accept."), \
	        "  lontar accept --all-from padi-selaras\n", O(ALL_FROM), O(YES), O(NONE)) \
	X("payment", "record", N_("PARTNER AMOUNT"), 2, 2, STORE, cmd_payment_record, \
	        N_("Record a payment. Ours to them counts when they confirm it."), \
	        "  lontar payment record padi-selaras 1.500.000 --paid --method transfer --number TRF-8\n" \
	        "  lontar payment record padi-selaras Rp18.450.000 --received --allocate 12.345=18450000\n", \
	        O(PAID), O(GOT), O(DATE), O(METHOD), O(NUMBER), O(NOTE), O(ALLOCATE), O(YES), O(NONE)) \
	X("payment", "confirm", N_("ENTRY"), 1, 1, STORE, cmd_payment_confirm, \
	        N_("Confirm that a payment came (or that it was taken back)."), \
	        "  lontar payment confirm 12.345\n", O(NONE)) \
	X("payment", "deny", N_("ENTRY"), 1, 1, STORE, cmd_payment_deny, \
	        N_("Say that a payment did not come."), \
	        "  lontar payment deny 12.345 --reason \"not on the statement\"\n", O(REASON), O(NONE)) \
	X("payment", "withdraw", N_("ENTRY"), 1, 1, STORE, cmd_payment_withdraw, \
	        N_("Take back our own record of a payment."), "  lontar payment withdraw 12.345\n", \
	        O(REASON), O(NONE)) \
	X("payment", "list", "", 0, 0, STORE, cmd_payment_list, N_("List payments."), \
	        "  lontar payment list --state pending\n", O(PARTNER), O(STATE), O(MEMBER), O(NONE)) \
	X("payment", "show", N_("ENTRY"), 1, 1, STORE, cmd_payment_show, \
	        N_("Show one payment with what was said about it."), "  lontar payment show 12.345\n", \
	        O(NONE)) \
	X("payment", "import", N_("FILE"), 1, 1, STORE, cmd_payment_import, \
	        N_("Record payments from CSV; a report a row."), "  lontar payment import payments.csv\n", \
	        O(DRY_RUN), O(NONE)) \
	X("balance", NULL, N_("[PARTNER]"), 0, 1, STORE, cmd_balance, \
	        N_("Show what partners owe us and what we owe them."), \
	        "  lontar balance\n" \
	        "  lontar balance padi-selaras --as-of 2025-12-31\n", \
	        O(AS_OF), O(MEMBER), O(NONE)) \
	X("statement", NULL, N_("PARTNER"), 1, 1, STORE, cmd_statement, \
	        N_("Show the statement of account with a partner."), \
	        "  lontar statement padi-selaras --from 2025-01-01 --to 2025-12-31\n", O(FROM), O(TO), \
	        O(MEMBER), O(NONE)) \
	X("aging", NULL, "", 0, 0, STORE, cmd_balance_aging, N_("Show what is overdue, and by how much."), \
	        "  lontar aging --as-of 2025-12-31\n", O(AS_OF), O(MEMBER), O(NONE)) \
	X("close-period", NULL, "", 0, 0, STORE, cmd_closing_close, \
	        N_("State our figure of every balance at the end of a period."), \
	        "  lontar close-period --date 2025-12-31\n", O(DATE), O(PARTNER), O(NONE)) \
	X("mismatches", NULL, "", 0, 0, STORE, cmd_closing_mismatches, \
	        N_("Show where our figure and a partner's differ."), "  lontar mismatches\n", O(PARTNER), \
	        O(MEMBER), O(NONE)) \
	X("rat", "attest", "", 0, 0, STORE, cmd_rat_attest, \
	        N_("Attest our members' meeting (RAT) of a book year."), \
	        "  lontar rat attest --year 2025 --held 2026-02-14 --members 310 --present 201 --quorum " \
	        "156 --own-capital 1.200.000.000 --outside-capital 800.000.000 --assets 2.000.000.000\n" \
	        "  lontar rat attest --file rat.csv\n", \
	        O(YEAR), O(FILE), O(CLOSING), O(HELD), O(RAT_NUMBER), O(PLACE), O(MODE), O(MEMBERS), O(MEN), \
	        O(WOMEN), O(PRESENT), O(ONLINE), O(REPRESENTED), O(QUORUM), O(CLAUSE), O(OFFICERS), \
	        O(SUPERVISORS), O(OWN_CAPITAL), O(OUTSIDE_CAPITAL), O(ASSETS), O(TURNOVER), O(SURPLUS), \
	        O(EMPLOYEES), O(MANAGERS), O(DECISIONS), O(DOCUMENT), O(NOTE), O(REPLACES), O(NONE)) \
	X("rat", "record", N_("MEMBER"), 1, 1, STORE, cmd_rat_record, \
	        N_("Record a meeting on paper, of a member without a node (registrar)."), \
	        "  lontar rat record warung-ombak --year 2025 --held 2026-03-28 --members 64 --present " \
	        "50\n", \
	        O(YEAR), O(FILE), O(CLOSING), O(HELD), O(RAT_NUMBER), O(PLACE), O(MODE), O(MEMBERS), O(MEN), \
	        O(WOMEN), O(PRESENT), O(ONLINE), O(REPRESENTED), O(QUORUM), O(CLAUSE), O(OFFICERS), \
	        O(SUPERVISORS), O(OWN_CAPITAL), O(OUTSIDE_CAPITAL), O(ASSETS), O(TURNOVER), O(SURPLUS), \
	        O(EMPLOYEES), O(MANAGERS), O(DECISIONS), O(DOCUMENT), O(NOTE), O(REPLACES), O(NONE)) \
	X("rat", "withdraw", N_("ENTRY"), 1, 1, STORE, cmd_rat_withdraw, \
	        N_("Take back an attestation of ours."), \
	        "  lontar rat withdraw 12.345 --reason \"wrong year\"\n", O(REASON), O(NONE)) \
	X("rat", "endorse", N_("ENTRY"), 1, 1, STORE, cmd_rat_endorse, N_("Countersign an attestation."), \
	        "  lontar rat endorse 12.345 --as supervisor --person \"Ibu Sari\"\n", O(AS), O(PERSON), \
	        O(NONE)) \
	X("rat", "verdict", N_("ENTRY"), 1, 1, STORE, cmd_rat_verdict, \
	        N_("Say whether an attestation is verified, returned or rejected (dinas)."), \
	        "  lontar rat verdict 12.345 --verified\n" \
	        "  lontar rat verdict 12.345 --returned --reason \"neraca not signed\"\n", \
	        O(VERIFIED), O(RETURNED), O(REJECTED), O(REASON), O(RECEIVED_ON), O(REPLACES), O(NONE)) \
	X("rat", "notice", N_("MEMBER"), 1, 1, STORE, cmd_rat_notice, \
	        N_("Note a letter that was sent to a member (dinas)."), \
	        "  lontar rat notice warung-ombak --year 2025 --level 1 --number 518/12/2026\n", O(YEAR), \
	        O(LEVEL), O(NUMBER), O(DATE), O(REASON), O(NONE)) \
	X("rat", "list", "", 0, 0, STORE, cmd_rat_list, \
	        N_("List attestations: ours, or of everybody for a year."), \
	        "  lontar rat list\n" \
	        "  lontar rat list --year 2025\n", \
	        O(YEAR), O(MEMBER), O(NONE)) \
	X("rat", "show", N_("ENTRY"), 1, 1, STORE, cmd_rat_show, \
	        N_("Show one attestation with what was said about it."), "  lontar rat show 12.345\n", \
	        O(NONE)) \
	X("rat", "import", N_("FILE"), 1, 1, STORE, cmd_rat_import, \
	        N_("Take meetings from CSV: the form, or the district's recap sheet."), \
	        "  lontar rat import rat.csv\n" \
	        "  lontar rat import rekap-rat.csv --year 2025\n", \
	        O(YEAR), O(DRY_RUN), O(NONE)) \
	X("audit", "rat", "", 0, 0, STORE, cmd_audit_rat, \
	        N_("Show where every member stands with its RAT."), \
	        "  lontar audit rat --year 2025\n" \
	        "  lontar audit rat --year 2025 --as-of 2026-04-01 --kecamatan Wotu\n", \
	        O(YEAR), O(AS_OF), O(KECAMATAN), O(NONE)) \
	X("audit", "feeds", "", 0, 0, STORE, cmd_audit_feeds, N_("Show every feed as held here."), \
	        "  lontar audit feeds\n", O(NONE)) \
	X("audit", "forks", "", 0, 0, STORE, cmd_audit_forks, N_("Show feeds with conflicting records."), \
	        "  lontar audit forks\n", O(NONE)) \
	X("audit", "grades", "", 0, 0, STORE, cmd_audit_grades, \
	        N_("Show every cooperative's grade over three book years."), \
	        "  lontar audit grades --as-of 2026-07-01\n", O(AS_OF), O(KECAMATAN), O(NONE)) \
	X("log", "list", "", 0, 0, STORE, cmd_log_list, \
	        N_("List the entries of a feed, or what is rejected."), \
	        "  lontar log list --last 20\n" \
	        "  lontar log list --feed padi-selaras --from 100 --to 199\n" \
	        "  lontar log list --rejected\n", \
	        O(FEED), O(FROM), O(TO), O(LAST), O(REJECTED), O(NONE)) \
	X("log", "show", N_("ENTRY"), 1, 1, STORE, cmd_log_show, N_("Show one entry whole."), \
	        "  lontar log show 12.345 --json\n", O(NONE)) \
	X("log", "tail", "", 0, 0, STORE, cmd_log_tail, N_("Show the newest entries of all feeds."), \
	        "  lontar log tail --last 50\n" \
	        "  lontar log tail --follow\n", \
	        O(LAST), O(FOLLOW), O(NONE)) \
	X("log", "verify", "", 0, 0, STORE, cmd_log_verify, \
	        N_("Compute every root, signature and figure again and compare."), "  lontar log verify\n", \
	        O(NONE)) \
	X("log", "checkpoint", "", 0, 0, STORE, cmd_log_checkpoint, \
	        N_("Print the checkpoint of a feed as a C2SP note."), \
	        "  lontar log checkpoint --feed padi-selaras\n", O(FEED), O(NONE)) \
	X("proof", "export", N_("ENTRY"), 1, 1, STORE, cmd_proof_export, \
	        N_("Write an entry and its proof to one file."), \
	        "  lontar proof export 12.345 --out bukti.txt\n" \
	        "  lontar proof export 12.345 --open --out bukti.txt\n", \
	        O(OUT), O(OPEN), O(NONE)) \
	X("proof", "verify", N_("FILE"), 1, 1, NOTHING, cmd_proof_verify, \
	        N_("Check a proof file, offline."), "  lontar proof verify bukti.txt --network 5f1c...\n", \
	        O(NETWORK), O(NONE)) \
	X("peer", "list", "", 0, 0, STORE, cmd_peer_list, \
	        N_("Show links to other nodes, and whom we dial."), "  lontar peer list\n", O(NONE)) \
	X("peer", "add", N_("HOST:PORT LINKKEY"), 2, 2, HOME, cmd_peer_add, \
	        N_("Dial this node too, from now on."), "  lontar peer add 10.0.0.5:7300 3b6a...\n", \
	        O(NONE)) \
	X("peer", "remove", N_("LINKKEY"), 1, 1, HOME, cmd_peer_remove, N_("Dial it no more."), \
	        "  lontar peer remove 3b6a...\n", O(NONE)) \
	X("peer", "dial", N_("HOST:PORT LINKKEY"), 2, 2, HOME, cmd_peer_dial, \
	        N_("Dial this node once, now."), "  lontar peer dial 10.0.0.5:7300 3b6a...\n", O(NONE))

#endif

/* SPDX-License-Identifier: Apache-2.0
 * cmd_int.h: the commands, each in the file of its noun, as commands.c lists them. All have the same form: the
 * context is open as far as the table says; they print their result and return ctx_end()'s exit code. */
#ifndef TOOLS_CMD_INT_H
#define TOOLS_CMD_INT_H

#include "tools/ctx.h"

typedef enum exit_code cmd(struct ctx *ctx);

cmd cmd_init;
cmd cmd_key_show, cmd_key_paper, cmd_key_recover, cmd_key_share;
cmd cmd_status, cmd_why;
cmd cmd_backup, cmd_restore, cmd_publish;
cmd cmd_invite_create, cmd_invite_list, cmd_invite_revoke;
cmd cmd_member_list, cmd_member_show, cmd_member_admit, cmd_member_update, cmd_member_suspend,
        cmd_member_reinstate, cmd_member_leave, cmd_member_requests, cmd_member_refuse, cmd_member_import;
cmd cmd_feed_add, cmd_feed_roles, cmd_feed_cut, cmd_feed_resolve;
cmd cmd_policy_show, cmd_policy_set;
cmd cmd_network_show, cmd_network_anchor;
cmd cmd_partner_offer, cmd_partner_accept, cmd_partner_decline, cmd_partner_end, cmd_partner_list,
        cmd_partner_show;
cmd cmd_trade_offer, cmd_trade_accept, cmd_trade_decline, cmd_trade_withdraw, cmd_trade_dispute,
        cmd_trade_clear, cmd_trade_list, cmd_trade_show, cmd_trade_import;
cmd cmd_payment_record, cmd_payment_confirm, cmd_payment_deny, cmd_payment_withdraw, cmd_payment_list,
        cmd_payment_show, cmd_payment_import;
cmd cmd_balance, cmd_balance_aging, cmd_statement, cmd_closing_close, cmd_closing_mismatches;
cmd cmd_rat_attest, cmd_rat_record, cmd_rat_withdraw, cmd_rat_endorse, cmd_rat_verdict, cmd_rat_notice,
        cmd_rat_list, cmd_rat_show, cmd_rat_import;
cmd cmd_audit_rat, cmd_audit_feeds, cmd_audit_forks, cmd_audit_grades;
cmd cmd_log_list, cmd_log_show, cmd_log_tail, cmd_log_verify, cmd_log_checkpoint;
cmd cmd_proof_export, cmd_proof_verify;
cmd cmd_peer_list, cmd_peer_add, cmd_peer_remove, cmd_peer_dial;

#endif

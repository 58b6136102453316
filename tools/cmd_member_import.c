/* SPDX-License-Identifier: Apache-2.0
 * cmd_member_import.c: members from a file, by the registrar: a row a member. Their feeds are added as they join. */
#include "cmd_int.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "tools/import.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/profile_form.h"

/* A member with the alias or the legal number is there already. */
static bool is_known(struct ctx *ctx, const struct profile *p)
{
	for (uint32_t i = 0; i < ctx->roster->members_count; i++) {
		const struct profile *q = roster_shown(ctx->roster, (struct member_no){i});
		if (q && (names_alike(
		                  BYTES(q->alias.text, q->alias.len), BYTES(p->alias.text, p->alias.len)) ||
		                 (p->legal_no.len > 0 && names_alike(BYTES(q->legal_no.text, q->legal_no.len),
		                                                 BYTES(p->legal_no.text, p->legal_no.len)))))
			return true;
	}
	return false;
}

static void one_row(struct import *im, const struct csv *c)
{
	struct ctx *ctx = im->ctx;
	json_t *row = import_row(im, c->row, csv_field(c, "alias").text);
	struct mp_out body = client_body();
	struct profile profile;
	struct draft draft;

	profile_form_of_row(c, &ctx->trouble, &ctx->arena, &profile);
	if (trouble_is(&ctx->trouble)) {
		import_refuse(im, row);
		return;
	}
	if (!import_seen(im, arena_text(&ctx->arena, csv_field(c, "alias").text)) ||
	        (profile.legal_no.len > 0 &&
	                !import_seen(im, arena_text(&ctx->arena, csv_field(c, "badan_hukum").text)))) {
		import_refuse(im, row);
		return;
	}
	if (is_known(ctx, &profile)) {
		import_skip(im, row, _("this alias or legal number is in the roster already"));
		return;
	}
	if (profile.nik.len > 0 && profile.nik.len != 13)
		import_warn(row, _("nik: a NIK has 13 digits"));
	roster_body_admit_pack(&body, &profile);
	draft = client_draft(ctx, KIND_MEMBER_ADMIT, &body);
	import_take(im, row, &draft);
}

enum exit_code cmd_member_import(struct ctx *ctx)
{
	return import_file(ctx, profile_form_columns, one_row);
}

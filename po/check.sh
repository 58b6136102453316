#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check.sh ROOT: every text that people see is in every catalogue, and the formats agree.
set -eu
template=$(mktemp) && trap 'rm -f "$template"' EXIT
"$1/po/extract.sh" "$1" >"$template"
for catalogue in "$1"/po/*.po; do
	msgfmt --check --output-file=/dev/null "$catalogue"
	msgcmp "$catalogue" "$template"
done

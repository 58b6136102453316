#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# po.sh ROOT: every text has its Indonesian in po/id.po, which holds nothing else: the texts are extracted anew;
# none may be missing, untranslated, fuzzy or left over; formats agree; and a translation names the commands and
# options that the text names. The way out is ./dev po, then filling in what is empty.
set -eu
export LC_ALL=C.UTF-8
extract=$(cd "$(dirname "$0")/../.." && pwd)/po/extract.sh
cd "$1"
po=po/id.po
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
bad=0
"$extract" . >"$tmp/texts.pot"
msgfmt -c -o /dev/null "$po" || bad=1
msgcmp "$po" "$tmp/texts.pot" >"$tmp/log" 2>&1 || true # silent when all is well; of what is left over it only warns
msgattrib --only-obsolete --no-wrap "$po" | sed "s|^#~ msgid|$po: left over:|; /^#~/d; /^$/d" >>"$tmp/log"
[ ! -s "$tmp/log" ] || { cat "$tmp/log" && bad=1; }

msgattrib --no-obsolete --no-wrap "$po" | awk -v po="$po" '
	function compare() {
		while (match(text, /--[a-z][a-z-]+|`lontard?( [a-z-]+)*/)) {
			name = substr(text, RSTART, RLENGTH)
			text = substr(text, RSTART + RLENGTH)
			if (!index(translation, name)) {
				print po ": not in the translation: " name ": " translation
				bad = 1
			}
		}
		text = translation = ""
	}
	/^msgid "/ { compare(); at = 1 }
	/^msgstr "/ { at = 2 }
	/^(msgid |msgstr )?"/ { if (at == 1) text = text $0; else translation = translation $0 }
	END { compare(); exit bad }' || bad=1
exit $bad

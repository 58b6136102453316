#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sizes.sh ROOT: no C file over 600 lines, no function over 70; prints median, p90 and maximum of both.
# A function is what stands between a { and a } in the first column, which the format check guarantees.
set -eu
cd "$1"
sizes() { # FILE...: "function LINES FILE:LINE" and "file LINES FILE"
	awk '
		FNR == 1 { if (name) print "file", count, name; name = FILENAME; start = 0 }
		{ count = FNR }
		/^\{$/ { start = FNR }
		/^\}$/ && start { print "function", FNR - start, name ":" start; start = 0 }
		END { if (name) print "file", count, name }' "$@"
}
report() { # WHAT MAX
	grep "^$1 " "$list" | sort -k2,2n | awk -v what="$1" -v max="$2" '
		{ n[NR] = $2; at[NR] = $3 }
		$2 > max { print $3 ": a " what " of " $2 " lines; " max " at most"; bad = 1 }
		END {
			if (NR) printf "%ss: %d, lines: median %d, p90 %d, max %d (%s)\n", what, NR, n[int((NR + 1) / 2)],
				n[int((NR * 9 + 9) / 10)], n[NR], at[NR]
			exit bad
		}'
}
list=$(mktemp) && trap 'rm -f "$list"' EXIT
# shellcheck disable=SC2046 # paths of ours have no spaces
sizes $(find proto storage daemon tools tests -name '*.[ch]' 2>/dev/null | sort) >"$list"
bad=0
report function 70 || bad=1
report file 600 || bad=1
exit $bad

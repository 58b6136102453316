#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# symbols.sh DIR OWN... -- LINKED...: the archive or objects OWN export only noun_* of their own files, and call
# only what the archives LINKED export and what DIR/CALLS allows (one extended regex a line, !regex forbids).
set -eu
dir=$1
own='' nouns=main
shift
while [ "$1" != -- ]; do
	own="$own $1"
	case $1 in *.a) members=$(ar t "$1") ;; *) members=$(basename "$1") ;; esac
	for m in $members; do nouns="$nouns|${m%.c.o}"; done
	shift
done
shift
[ -f "$dir/CALLS" ] || { echo "$dir/CALLS is missing: list what the layer may call"; exit 1; }

exports() { [ $# -eq 0 ] || nm -g --defined-only "$@" | awk 'NF == 3 {print $3}' | sort -u; }
# The list as one pattern for whole names; 'none' when there is nothing in it.
pattern() { printf '^(%s)$' "$(grep -E "$1" "$dir/CALLS" | sed 's/^!//' | paste -sd '|' | sed 's/^$/none/')"; }

# shellcheck disable=SC2086 # lists of files without spaces
stray=$(exports $own | grep -vE "^($nouns)(_|\$)" || true)
# shellcheck disable=SC2086
known=$(exports $own "$@")
# shellcheck disable=SC2086
calls=$(nm -u $own | awk 'NF == 2 {print $2}' | sort -u | grep -vxF "$known" || true)
# what the compiler itself puts in: position-independent code, the stack protector, 128-bit division
helpers='_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(u?div|u?mod|mulo)ti[34]'
calls=$(printf '%s\n' "$calls" | grep -vxE "$helpers" || true)
unknown=$(printf '%s\n' "$calls" | grep -vE "$(pattern '^[^!#]')" || true)
forbidden=$(printf '%s\n' "$calls" | grep -E "$(pattern '^!')" || true)
[ -n "$stray$unknown$forbidden" ] || exit 0
[ -z "$stray" ] || printf '%s exports names that none of its files is named for:\n%s\n' "$dir" "$stray"
[ -z "$unknown" ] || printf '%s calls what neither its links nor its CALLS allow:\n%s\n' "$dir" "$unknown"
[ -z "$forbidden" ] || printf '%s calls what its CALLS forbids:\n%s\n' "$dir" "$forbidden"
exit 1

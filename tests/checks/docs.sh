#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs.sh ROOT: what the documents name exists: paths below our folders, files with a folder before them, links, and
# tests by name (unit.tree is tests/unit/tree.c). Names in capitals (NAME, LAYER) stand for any name.
set -eu
cd "$1"
bad=0
missing() { echo "$1: names $2, which does not exist" && bad=1; }
exists() { # PATH, with * for any name, or a header as it is included
	set +f
	for dir in ./ proto/*/include/ storage/include/ daemon/include/ daemon/*/include/ tools/include/; do
		# shellcheck disable=SC2086 # the name may be a pattern
		if ls -d "$dir"$1 >/dev/null 2>&1; then set -f && return 0; fi
	done
	set -f
	return 1
}
top='proto|storage|daemon|tools|tests|docs|cmake|packaging|\.ci'
ext='c|h|md|sh|py|awk|txt|cmake|json|csv|conf|service|po'
paths() { # DOC: what in it looks like a path
	sed 's|[a-z]*://[^ )]*||g' "$1" |
		grep -oE "(^|[^A-Za-z0-9_./*~<\$-])(($top)/[A-Za-z0-9_./*-]*|([A-Za-z0-9_.*-]+/)+[A-Za-z0-9_*-]+\.($ext))" |
		sed -E 's/^[^A-Za-z0-9_.]//; s/[.,:;-]+$//' | sort -u
}
links() { grep -oE '\]\([^)#: ]+' "$1" | sed 's/^](//'; }
tests() { grep -oE '(^|[^A-Za-z0-9_./-])(unit|vectors|fuzz)\.[a-z][a-z0-9_]*' "$1" | sed 's/^[^a-z]//' | sort -u; }

set -f # the names hold * for the documents to use
for doc in README.md SECURITY.md CHANGELOG.md $(find docs -name '*.md' 2>/dev/null | sort); do
	[ -f "$doc" ] || continue
	for path in $(paths "$doc"); do
		case /${path%.*}/ in */build/* | */NAME/* | */LAYER/* | */KIND/* | */PRESET/* | *..*) continue ;; esac
		exists "$path" || missing "$doc" "$path"
	done
	for link in $(links "$doc"); do
		[ -e "${doc%/*}/$link" ] || [ -e "$link" ] || missing "$doc" "$link"
	done
	for name in $(tests "$doc"); do
		exists "tests/${name%%.*}/${name#*.}.*" || missing "$doc" "the test $name"
	done
done
exit $bad

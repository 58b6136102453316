#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# includes.sh ROOT: a file includes its layer's own headers, plain ISO C, and what its layer's LAYER file lists
# (one extended regex a line). Never '../', never a macro; and every source stands in a layer.
set -eu
cd "$1"
bad=0
complain() { printf '%s\n' "$@"; bad=1; }
iso='assert|ctype|errno|float|inttypes|limits|stdalign|stdarg|stdbool|stddef|stdint|stdlib|string'

home() { case $1 in base | log | link | ledger) echo "proto/$1" ;; node | env) echo "daemon/$1" ;; *) echo "$1" ;; esac }
sources() { # the layer's .c and .h files; node and env live below daemon, but are not of it
	find "$(home "$1")" -name '*.[ch]' 2>/dev/null |
		if [ "$1" = daemon ]; then grep -vE '^daemon/(node|env)/'; else cat; fi
}

for layer in base log link ledger storage node env daemon tools; do
	files=$(sources "$layer" || true)
	[ -n "$files" ] || continue
	dir=$(home "$layer")
	for list in LAYER CALLS; do
		[ -f "$dir/$list" ] || complain "$dir/$list is missing: layer $layer has sources"
	done
	[ -f "$dir/LAYER" ] || continue
	allow="^($layer/.*|[a-z0-9_]+_int\.h|($iso)\.h"
	while read -r pattern; do
		case $pattern in '' | '#'*) ;; *) allow="$allow|$pattern" ;; esac
	done <"$dir/LAYER"
	# shellcheck disable=SC2086 # paths of ours have no spaces
	out=$(grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null $files | allow="$allow)\$" awk '{
		name = $0
		if (!sub(/^.*#[ \t]*include[ \t]*["<]/, "", name)) { print; next }
		sub(/[">].*/, "", name)
		if (name !~ ENVIRON["allow"] || name ~ /[.][.]/) print
	}')
	[ -z "$out" ] || complain "layer $layer ($dir/LAYER) may not include:" "$out"
done

lost=$(find proto -name '*.[ch]' 2>/dev/null | grep -vE '^proto/(base|log|link|ledger)/' || true)
[ -z "$lost" ] || complain 'in no layer:' "$lost"
sim=$(grep -rnE '#[[:space:]]*include[[:space:]]*["<](env|daemon|uv)[/.]' tests/sim --include='*.[ch]' 2>/dev/null || true)
[ -z "$sim" ] || complain 'the simulator stands on node, never on env or daemon:' "$sim"
exit $bad

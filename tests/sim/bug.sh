#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bug.sh BROKEN SOUND CHECK [ARGUMENTS...]: CHECK must fail at one of 200 seeds of the broken simulator, and the sound
# one must not fail there. What else fails does not count.
set -eu
broken=$1 sound=$2 check=$3
shift 3
said=$(mktemp) && trap 'rm -f "$said"' EXIT
first=1
while [ $first -le 200 ]; do
	"$broken" --seeds $((201 - first)) --first $first --until-fails "$@" >"$said" 2>&1 || break
	found=$(sed -n "s/^seed \([0-9]*\), .*: $check does not hold: .*/\1/p" "$said")
	for seed in $found; do
		grep "^seed $seed, .*: $check does not hold" "$said"
		if "$sound" --seed "$seed" "$@"; then exit 0; fi
		echo "the sound one fails there too"
	done
	first=$(($(sed -n 's/^.*FAILED: seed \([0-9]*\):.*/\1/p' "$said" | sort -n | tail -n 1) + 1))
done
tail -n 20 "$said"
echo "200 seeds, and $check always held" && exit 1

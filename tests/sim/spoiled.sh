#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# spoiled.sh SIM: each check, spoiled on purpose, must fail at one of a few seeds, and by its own name.
set -eu
sim=$1
said=$(mktemp) && trap 'rm -f "$said"' EXIT
try() { # NAME [ARGUMENTS...]
	name=$1
	shift
	code=0
	SIM_SPOIL=$name "$sim" --seeds 6 --days 0.02 "$@" >"$said" 2>&1 || code=$?
	[ $code != 1 ] || ! grep -q ": $name does not hold" "$said" || return 0
	cat "$said"
	echo "$name was spoiled, and nobody noticed"
	exit 1
}
for early in I1 I6 durable; do try $early; done # looked at each minute
for late in I2 I3 I4 I5 I7 I8 I9 received readers later refusal; do try $late --seeds 1; done
try blame --liars 3
try stale --seeds 2 --nodes 4 --often RESTORED --appends 3000 --days 0.03

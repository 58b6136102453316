#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bug.sh BROKEN SOUND [ARGUMENTS...]: the broken simulator must fail at one of 200 seeds, and the sound one must not fail there.
set -eu
broken=$1 sound=$2
shift 2
seeds=$(mktemp) && trap 'rm -f "$seeds"' EXIT
"$broken" --seeds 200 --first 1 --until-fails --keep "$seeds" "$@" || { echo "200 seeds, and nothing was found" && exit 1; }
while read -r seed; do
	echo "found at seed $seed"
	if "$sound" --seed "$seed" "$@"; then exit 0; fi
done <"$seeds"
echo "the sound one fails there too" && exit 1

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shell.sh ROOT: shellcheck on every shell script.
set -eu
cd "$1"
find . \( -path ./build -o -path ./.git \) -prune -o -type f -print | sort | while read -r f; do
	if head -n 1 "$f" | grep -qE '^#!/(usr/)?bin/(env )?(ba)?sh'; then echo "$f"; fi
done 2>/dev/null | xargs -r shellcheck

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# spdx.sh ROOT: every source says its licence in one of its first three lines.
set -eu
cd "$1"
bad=0
for f in $(find . \( -path ./build -o -path ./.git -o -path ./tests/data -o -path ./tests/fuzz/corpus \) -prune -o -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.awk' -o -name '*.cmake' -o -name CMakeLists.txt \
	-o -name LAYER -o -name CALLS -o -path ./dev -o -path './.ci/*' \) -print | sort); do
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$f: no SPDX line" && bad=1; }
done
exit $bad

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# words.sh ROOT: what must not stand in this tree: paths of somebody's machine, and work that is not done.
# The third-party vectors lie beside a checkout and may be named where tests read them.
set -eu
cd "$1"
bad=0
look() { # WHY REGEX EXCEPT
	found=$(find . \( -path ./build -o -path ./.git -o -path ./tests/data -o -path ./tests/checks \) -prune -o -type f -print |
		sort | xargs -r grep -nIE "$2" /dev/null | grep -vE "$3" || true)
	[ -z "$found" ] || { printf '%s:\n%s\n' "$1" "$found" && bad=1; }
}
look "a path of one machine" '(^|[^A-Za-z0-9_.-])/(work|home/[a-z]+|root)/' '$^'
look "a path outside this tree" '\.\./shared' '^\./tests/(CMakeLists\.txt|vectors/)'
look "unfinished" '(^|[^A-Za-z])(TODO|FIXME|XXX|not implemented)([^A-Za-z]|$)' '$^'
exit $bad

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# extract.sh ROOT: every text that people see, as a gettext template on standard output. In base/err.h it is the last
# argument of each row; elsewhere it stands in _() or N_().
set -eu
cd "$1"
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
extract() { # OUT FILES-AND-KEYWORDS...
	out=$1
	shift
	xgettext --language=C --from-code=UTF-8 --no-location --omit-header --output="$tmp/$out" "$@"
}
extract tools.pot --keyword=_ --keyword=N_ tools/*.c tools/*.h tools/include/tools/*.h
extract err.pot --keyword --keyword=X:4 proto/base/include/base/err.h
msgcat --no-wrap "$tmp/tools.pot" "$tmp/err.pot" po/argp.pot

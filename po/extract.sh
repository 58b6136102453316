#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# extract.sh ROOT: every text that people see, as a gettext template on standard output. In base/err.h it is the last
# argument of each row; elsewhere it stands in _() or N_(), or names a word of a command; argp.pot is what argp says.
set -eu
cd "$1"
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
extract() { # OUT KEYWORDS...: from the files named on standard input
	out=$1 && shift
	xgettext --language=C --from-code=UTF-8 --no-wrap --add-location=file --omit-header --keyword "$@" \
		--files-from=- --output="$tmp/$out"
}
find tools -name '*.[ch]' | LC_ALL=C sort | extract tools.pot --keyword=_ --keyword=N_ --keyword=names_word:3
echo proto/base/include/base/err.h | extract err.pot --keyword=X:4
{
	printf 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
	msgcat --no-wrap "$tmp/tools.pot" "$tmp/err.pot" po/argp.pot
}

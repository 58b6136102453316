#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# banned.sh ROOT: calls that have no place here, or only one place, each with what to use instead.
# Comments and strings are not looked at (code.awk); NOLINT is looked for everywhere.
set -eu
awk=$(cd "$(dirname "$0")" && pwd)/code.awk
cd "$1"
code=$(mktemp) && trap 'rm -f "$code"' EXIT
find proto storage daemon tools tests -name '*.[ch]' 2>/dev/null | sort | xargs -r awk -f "$awk" >"$code"
bad=0

ban() { # WHERE NOT-WHERE WHAT INSTEAD: extended regexes for paths and for code
	found=$(grep -E "^($1)[^:]*:" "$code" | grep -vE "^($2)" | grep -E ":[0-9]+:(.*[^A-Za-z0-9_])?($3)" || true)
	[ -z "$found" ] || { printf '%s\n    instead: %s\n' "$found" "$4" && bad=1; }
}
ours='proto/|storage/|daemon/|tools/'
all="$ours|tests/"
none='$^'

ban "$all" "$none" 'v?sprintf *\(' 'snprintf, or bytes_put_* into a bounded writer (base/bytes.h)'
ban "$all" "$none" '(str|stp)n?(cpy|cat) *\(' 'memcpy after checking the length, or bytes_put_text (base/bytes.h)'
ban "$all" "$none" 'strtok(_r)? *\(' 'text_split (base/text.h)'
ban "$all" "$none" 'ato(i|l|ll|f) *\(' 'text_u64 (base/text.h): it says when the text is no number'
ban "$all" "$none" 'system *\(|popen *\(' 'no shell: uv_spawn or execv with a list of arguments'
ban "$all" "$none" 'gets *\(' 'fgets or getline'
ban "$all" "$none" 'alloca *\(' 'a fixed buffer with its limit in base/limits.h'
ban 'proto/' "$none" '(malloc|calloc|realloc|free|str(n)?dup|aligned_alloc|reallocarray) *\(' \
	'memory of the caller: proto allocates nothing'
ban "$all" 'daemon/loop\.c' 'uv_run *\(' 'daemon/loop.c alone runs the loop'
ban 'proto/|daemon/|tools/' "$none" 'MDB_|mdb_|#.*<lmdb\.h>' 'storage/ alone knows LMDB: call store_*'
ban "$ours|tests/sim/" 'daemon/env/' '(clock_gettime|clock|time|gettimeofday|timespec_get|uv_hrtime|uv_now) *\(' \
	'daemon/env alone reads the clock; elsewhere the time comes in as an argument'
ban "$ours|tests/sim/" 'daemon/env/' '(getrandom|getentropy|randombytes[a-z_]*|s?rand(om)?(_r)?|arc4random[a-z_]*|uv_random) *\(' \
	'daemon/env alone gets random bytes; elsewhere they come in as an argument'
ban "$all" "$none" '# *include *<msgpack\.h>' '<msgpack/pack.h>: the rest of msgpack-c allocates what a peer asks for'

found=$(grep -rnI 'NOLINT' proto storage daemon tools tests --include='*.[ch]' 2>/dev/null || true)
[ -z "$found" ] || { printf '%s\n    instead: mend the code, or change .clang-tidy and say why\n' "$found" && bad=1; }
exit $bad

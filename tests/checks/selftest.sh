#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prove that each check of ./dev check bites: a small clean tree passes them all, then one violation of each kind is
# planted and the check named for it must fail and say the expected words. The checks run are this tree's own.
# shellcheck disable=SC2016 # what is planted is expanded when it is planted
set -u
src=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
good=$tmp/good tree=$tmp/tree
failed=0

mkdir -p "$good/proto/base/include/base" "$good/storage" "$good/daemon/env" "$good/tools" "$good/tests/unit" "$good/docs" \
	"$good/build/dev"
cp "$src/.clang-format" "$src/.clang-tidy" "$good/"
for dir in proto/base storage daemon daemon/env tools; do
	cp "$src/$dir/LAYER" "$src/$dir/CALLS" "$good/$dir/"
	noun=${dir##*/}_x
	# "sprintf(" in a comment and in a string is no call
	printf '/* SPDX-License-Identifier: Apache-2.0\n * %s.c: not sprintf() */\n#include <stddef.h>\n\n' "$noun" >"$good/$dir/$noun.c"
	printf 'int %s_one(int a);\n\nint %s_one(int a)\n{\n\treturn a + (int)sizeof("sprintf(a)"); /* atoi(a) */\n}\n' "$noun" "$noun" \
		>>"$good/$dir/$noun.c"
done
echo '/* SPDX-License-Identifier: Apache-2.0 */' >"$good/proto/base/include/base/x.h"
echo '/* SPDX-License-Identifier: Apache-2.0 */' >"$good/tests/unit/tree.c"
printf '/* SPDX-License-Identifier: Apache-2.0 */\n#define ERR_TABLE(X) X(OK, "ok", NOBODY, "done")\n' \
	>"$good/proto/base/include/base/err.h"
printf '#define TOOLS_X_TEXT N_("say --yes %%s")\n' >>"$good/tools/tools_x.c"
mkdir "$good/po" && cp "$src/po/argp.pot" "$good/po/" && "$src/po/extract.sh" "$good" | msgen - | msgattrib --clear-fuzzy >"$good/po/id.po"
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\necho "$@"\n' >"$good/dev" && chmod +x "$good/dev"
printf '# Lontar\nSee `proto/base/base_x.c`, `base/x.h`, proto/*/LAYER, `unit.tree`, [more](docs/MORE.md), tests/unit/NAME.c.\n' \
	>"$good/README.md"
echo '[back](../README.md)' >"$good/docs/MORE.md"

compile_commands() {
	for f in proto/base/base_x storage/storage_x daemon/daemon_x daemon/env/env_x tools/tools_x tests/unit/tree; do
		file=$tree/$f.c
		printf '{"directory": "%s", "command": "/usr/bin/cc -std=c11 -o x.o -c %s", "file": "%s"},\n' "$tree" "$file" "$file"
	done | sed '1s/^/[/; $s/,$/]/' >"$tree/build/dev/compile_commands.json"
}
run() { # CHECK
	case $1 in
	tidy) compile_commands && "$src/tests/checks/tidy.py" "$tree" ;;
	*) "$src/tests/checks/$1.sh" "$tree" ;;
	esac
}
try() { # CHECK WORDS COMMAND: after COMMAND the check fails and says WORDS
	rm -rf "$tree" && cp -r "$good" "$tree"
	(cd "$tree" && eval "$3")
	if run "$1" >"$tmp/log" 2>&1; then
		verdict=MISSED failed=1
	elif ! grep -qF -- "$2" "$tmp/log"; then
		verdict=WRONG failed=1
	else
		verdict=ok
	fi
	printf '%-7s %-9s %-34s %.60s\n' "$verdict" "$1" "$2" "$3"
	[ "$verdict" = ok ] || sed 's/^/    /' "$tmp/log"
}

rm -rf "$tree" && cp -r "$good" "$tree"
for check in format includes banned spdx words docs sizes po shell tidy; do
	if run $check >"$tmp/log" 2>&1; then printf 'ok      %-9s a clean tree\n' "$check"; else failed=1 && echo "WRONG   $check" && cat "$tmp/log"; fi
done

# shellcheck disable=SC2317 # called through eval
plant() { # DIR CODE: a function of that code, formatted, in the layer's file
	printf '\nvoid %s_x_two(int a);\n\nvoid %s_x_two(int a)\n{\n\t%s\n}\n' "${1##*/}" "${1##*/}" "$2" >>"$1/${1##*/}_x.c"
}
# shellcheck disable=SC2317
long() { # N: that many statements
	i=0 && while [ "$((i += 1))" -le "$1" ]; do printf 'a++;\n\t'; done
}
try format 'storage_x.c:3' 'sed -i "s/#include <stddef.h>/#include   <stddef.h>/" storage/storage_x.c'
try includes 'sys/socket.h' 'sed -i "s/stddef/sys\/socket/" storage/storage_x.c'
while IFS='|' read -r dir call words; do
	try banned "$words" "plant $dir '$call'"
done <<'END'
tools|sprintf(a, "");|snprintf
tools|vsprintf(a, "");|snprintf
daemon|strcpy(a, a);|memcpy after
daemon|strcat(a, a);|memcpy after
tools|strtok(a, a);|text_split
tools|atoi(a);|text_u64
daemon|system("");|list of arguments
tools|gets(a);|fgets
tools|alloca(a);|fixed buffer
proto/base|malloc(a);|memory of the caller
proto/base|calloc(a, 1);|memory of the caller
proto/base|realloc(a, 1);|memory of the caller
proto/base|free(a);|memory of the caller
daemon|uv_run(a, 0);|daemon/loop.c
daemon|mdb_get(a);|storage/ alone
tools|MDB_val v = {a};|storage/ alone
storage|clock_gettime(a, 0);|the time comes in
tools|time(a);|the time comes in
daemon|gettimeofday(a);|the time comes in
daemon|uv_hrtime();|the time comes in
proto/base|getrandom(a, 1, 0);|random bytes
daemon|randombytes_buf(a, 1);|random bytes
storage|rand();|random bytes
tools|a++; // NOLINT|mend the code
END
try banned '<msgpack/pack.h>' 'sed -i "s/<stddef.h>/<msgpack.h>/" proto/base/base_x.c'
try spdx 'no SPDX' 'sed -i 1d tools/tools_x.c'
try spdx './dev' 'sed -i 2d dev'
try words 'a path of one machine' 'echo "see /wo""rk/x" >>README.md'
try words 'outside this tree' 'echo "see ../sha""red/x" >>README.md'
try words 'unfinished' 'plant tools "a++; /* TO""DO: more */"'
try docs 'proto/base/gone.c' 'echo "see proto/base/gone.c" >>README.md'
try docs 'base/gone.h' 'echo "see base/gone.h" >>docs/MORE.md'
try docs 'docs/gone/' 'echo "see docs/gone/" >>docs/MORE.md'
try docs 'GONE.md' 'echo "[x](docs/GONE.md)" >>README.md'
try docs 'unit.gone' 'echo "held by unit.gone" >>README.md'
try sizes 'at most' 'plant tools "$(long 71)"'
try sizes 'a file of' 'yes "int x;" | head -n 600 >>tools/tools_x.c'
try po 'used but not defined' 'echo "#define MORE N_(\"more\")" >>tools/tools_x.c'
try po 'used but not defined' 'sed -i s/done/made/ proto/base/include/base/err.h'
try po 'is untranslated' 'sed -i "s/^msgstr \"done\"/msgstr \"\"/" po/id.po'
try po 'needs to be reviewed' 'sed -i "s/^msgid \"done\"/#, fuzzy\n&/" po/id.po'
try po 'is not used' 'printf "\nmsgid \"gone\"\nmsgstr \"pergi\"\n" >>po/id.po'
try po 'left over: "gone"' 'printf "\n#~ msgid \"gone\"\n#~ msgstr \"pergi\"\n" >>po/id.po'
try po 'format specifications' 'sed -i "s/^msgstr \"say --yes %s/msgstr \"say --yes %d/" po/id.po'
try po 'not in the translation: --yes' 'sed -i "s/^msgstr \"say --yes/msgstr \"say/" po/id.po'
try shell 'SC2086' 'echo "cat \$1" >>dev'
try tidy 'readability-function-size' 'plant tools "$(long 71)"'
try tidy 'readability-function-size' 'plant tools "if (a) { while (a) { if (a) { if (a) { a++; } } } }"'
try tidy 'readability-function-size' 'echo "int tools_x_p(int a, int b, int c, int d, int e, int f, int g) { return a+b+c+d+e+f+g; }" >>tools/tools_x.c'
try tidy 'clang-analyzer' 'plant storage "int *p = NULL; if (a) { *p = a; }"'
try tidy 'bugprone' 'plant storage "a = (int)sizeof(sizeof(a));"'
try tidy 'no build compiles' 'cp tools/tools_x.c tools/tools_y.c'
exit $failed

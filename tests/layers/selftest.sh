#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prove that each layer rule still bites. A tree of six small layers is made of this tree's cmake/, tests/layers and
# whitelists; each case breaks it in one way, and configure, build, header check or a layer.* test must catch it.
# The first case breaks nothing and must pass.
set -u
src=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
good=$tmp/good tree=$tmp/tree
failed=0

layer() { # DIR NOUN LINKS: a layer of one file and one header
	name=${1##*/}
	mkdir -p "$good/$1/include/$name" && cp "$src/$1/CALLS" "$src/$1/LAYER" "$good/$1/"
	printf '#ifndef DOOR_%s\n#define DOOR_%s\n#include <stdint.h>\nint %s_one(const uint8_t *x);\n#endif\n' "$2" "$2" "$2" \
		>"$good/$1/include/$name/$2.h"
	printf '#include "%s/%s.h"\n%s\nint %s_one(const uint8_t *x)\n{\n\t%s\n}\n' "$name" "$2" "$4" "$2" "$5" >"$good/$1/$2.c"
	printf 'add_layer(%s SOURCES %s.c HEADERS include/%s/%s.h LINKS %s)\n' "$name" "$2" "$name" "$2" "$3" \
		>"$good/$1/CMakeLists.txt"
	echo "add_subdirectory($1)" >>"$good/CMakeLists.txt"
}

mkdir -p "$good/tests" && cp -r "$src/cmake" "$good/" && cp -r "$src/tests/layers" "$good/tests/"
cat >"$good/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(mini LANGUAGES C)
set(CMAKE_C_EXTENSIONS OFF)
find_package(PkgConfig REQUIRED)
foreach(lib SODIUM:libsodium MSGPACK:msgpack LMDB:lmdb UV:libuv)
  string(REPLACE ":" ";" pair ${lib})
  list(GET pair 0 var)
  list(GET pair 1 pc)
  pkg_check_modules(${var} REQUIRED IMPORTED_TARGET ${pc})
endforeach()
enable_testing()
add_library(build_flags INTERFACE)
target_compile_options(build_flags INTERFACE -Wall -Wextra -Wmissing-prototypes -Werror)
include(cmake/Layers.cmake)
add_test(NAME layer.includes COMMAND ${PROJECT_SOURCE_DIR}/tests/layers/includes.sh ${PROJECT_SOURCE_DIR})
END
layer proto/base bytes '' '#include <string.h>' 'return memcmp(x, "1", 1);'
layer proto/log entry 'base PkgConfig::SODIUM' '#include "base/bytes.h"
#include <sodium.h>' 'return bytes_one(x) + crypto_sign_verify_detached(x, x, 1, x);'
layer proto/ledger trade 'base log' '#include "log/entry.h"' 'return entry_one(x);'
layer storage store 'base log ledger PkgConfig::LMDB' '#include "ledger/trade.h"
#include <lmdb.h>' 'MDB_env *e; return trade_one(x) + mdb_env_create(&e);'
layer daemon/env env 'base PkgConfig::SODIUM' '#include "base/bytes.h"
#include <time.h>' 'struct timespec t; return bytes_one(x) + clock_gettime(CLOCK_MONOTONIC, &t);'
layer daemon loop 'base log storage env PkgConfig::UV' '#include "env/env.h"
#include "storage/store.h"
#include <uv.h>' 'return env_one(x) + store_one(x) + uv_run(uv_default_loop(), UV_RUN_NOWAIT);'
echo 'target_compile_definitions(env PRIVATE _POSIX_C_SOURCE=200809L)' >>"$good/daemon/env/CMakeLists.txt"
printf 'add_program(lontard daemon main.c)\ntarget_compile_definitions(daemon PUBLIC _POSIX_C_SOURCE=200809L)\n' \
	>>"$good/daemon/CMakeLists.txt"
printf '#include "daemon/loop.h"\nint main(void)\n{\n\treturn loop_one((const uint8_t *)"");\n}\n' >"$good/daemon/main.c"

restore() { # make tree/ as good/ again, touching only what differs, so that the next build is short
	mkdir -p "$tree"
	(cd "$tree" && find . -path ./b -prune -o -type f -print) | while read -r f; do
		[ -f "$good/$f" ] || rm "$tree/$f"
	done
	(cd "$good" && find . -type f) | while read -r f; do
		cmp -s "$good/$f" "$tree/$f" || { mkdir -p "$tree/${f%/*}" && cp "$good/$f" "$tree/$f"; }
	done
}

try() { # EXPECT NAME COMMAND
	restore
	(cd "$tree" && eval "$3") || { echo "cannot break: $2"; failed=1; }
	[ "$1" = nothing ] || ! diff -r -x b "$good" "$tree" >/dev/null || { echo "breaks nothing: $2"; failed=1; }
	where=nothing
	if ! cmake -S "$tree" -B "$tree/b" -G Ninja -DLAYER_SYMBOLS=ON >"$tmp/log" 2>&1; then where=configure
	elif ! cmake --build "$tree/b" -- -j2 >"$tmp/log" 2>&1; then where=build
	elif ! cmake --build "$tree/b" --target all_verify_interface_header_sets -- -j2 >"$tmp/log" 2>&1; then where=headers
	elif ! ctest --test-dir "$tree/b" -R '^layer[.]' --output-on-failure >"$tmp/log" 2>&1; then
		where=$(sed -n 's/.* - \(layer[^ ]*\) (Failed).*/\1/p' "$tmp/log" | head -1)
		where=${where:-layer}
	fi
	verdict=ok
	[ "$where" = "$1" ] || { verdict=WRONG failed=1 && tail -20 "$tmp/log"; }
	printf '%-5s %-22s %s\n' "$verdict" "$where" "$2"
}

# shellcheck disable=SC2317 # called through eval
add() { printf '%s\n' "$2" >>"$1"; }
try nothing 'control: no violation' :
try configure 'log links storage' 'sed -i "s/LINKS base/LINKS base storage/" proto/log/CMakeLists.txt'
try configure 'ledger links sodium' 'sed -i "s/LINKS base/LINKS base PkgConfig::SODIUM/" proto/ledger/CMakeLists.txt'
try configure 'typo in a link name' 'sed -i "s/LINKS base/LINKS bsae/" proto/log/CMakeLists.txt'
try build 'log includes a storage header' 'sed -i "1i #include \"storage/store.h\"" proto/log/entry.c'
try build 'log hand-declares a storage function' \
	'add proto/log/entry.c "int store_one(const uint8_t *x); int entry_x(void); int entry_x(void) { return store_one(0); }"'
try build 'daemon uses a private header of storage' \
	'add storage/store_int.h "int store_two(void);"; sed -i "1i #include \"store_int.h\"" daemon/loop.c'
try headers 'a header that needs another before it' 'sed -i "/stdint.h/d" proto/base/include/base/bytes.h
	sed -i "1i #include <stdint.h>" proto/base/bytes.c
	sed -i "s/#include .base.bytes.h./#include <stdint.h>\n&/" proto/log/entry.c daemon/env/env.c'
try layer.includes 'log includes lmdb.h for its types only' \
	'add proto/log/entry.c "
#include <lmdb.h>
int entry_x(void); int entry_x(void) { return (int)sizeof(MDB_val); }"'
try layer.includes 'a relative include around the door' \
	'sed -i "1i #include \"../../storage/include/storage/store.h\"" proto/log/entry.c'
try layer.includes 'an include through a macro' 'add proto/log/entry.c "
#define DOOR <stddef.h>
#include DOOR"'
try layer.includes 'ledger uses the inline sbuffer of msgpack' 'add proto/ledger/trade.c "
#include <msgpack.h>"'
try layer.includes 'a source in no layer' 'mkdir proto/new && add proto/new/new.c "int new_x;"'
try layer.includes 'a layer without its LAYER file' 'rm storage/LAYER'
try layer.includes 'a layer without its CALLS file' 'rm storage/CALLS'
try layer.includes 'the simulator reaches for the clock' 'mkdir tests/sim && add tests/sim/s.c "#include \"env/env.h\""'
try layer.symbols.log 'an exported name that is no noun of the layer' \
	'add proto/log/entry.c "int helper(void); int helper(void) { return 1; }"'
try layer.symbols.base 'base allocates' 'add proto/base/bytes.c "
#include <stdlib.h>
void *bytes_x(void); void *bytes_x(void) { return malloc(9); }"'
try layer.symbols.log 'log draws randomness through libsodium' \
	'add proto/log/entry.c "int entry_k(uint8_t *p); int entry_k(uint8_t *p) { return crypto_sign_keypair(p, p); }"'
try layer.symbols.ledger 'ledger calls a POSIX function by a prototype of its own' \
	'add proto/ledger/trade.c "long time(long *); long trade_t(void); long trade_t(void) { return time(0); }"'
try layer.symbols.daemon 'daemon reaches LMDB through the private link of storage' \
	'add daemon/loop.c "int mdb_env_create(void **); int loop_y(void); int loop_y(void) { void *e; return mdb_env_create(&e); }"'
try layer.symbols.daemon 'daemon asks libuv for the time' \
	'add daemon/loop.c "uint64_t loop_t(void); uint64_t loop_t(void) { return uv_hrtime(); }"'
try layer.symbols.lontard 'the program itself calls what its layer may not' \
	'sed -i "s/return loop/long time(long *); time(0); return loop/" daemon/main.c'
exit $failed

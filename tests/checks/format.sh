#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format.sh ROOT: every C file is as .clang-format has it. The way out is ./dev fmt.
set -eu
cd "$1"
find proto storage daemon tools tests -name '*.[ch]' 2>/dev/null | sort |
	xargs -r clang-format-14 --dry-run -Werror --style=file

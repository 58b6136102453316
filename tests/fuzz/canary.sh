#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# canary.sh COMMAND...: succeeds when COMMAND fails because of the canary's wrong claim, and only then.
set -u
if said=$("$@" 2>&1); then echo "the canary lives: nothing was found" && exit 1; fi
printf '%s\n' "$said" | grep 'canary\.c.*len < 4'

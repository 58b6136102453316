#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# includes.sh ROOT: tests/layers/includes.sh, which is also the test layer.includes.
exec "$(dirname "$0")/../layers/includes.sh" "$1"

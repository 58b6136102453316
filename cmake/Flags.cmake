# SPDX-License-Identifier: Apache-2.0
# The warnings and hardening that every target of ours is built with.
add_library(build_flags INTERFACE)
target_compile_options(build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wswitch-enum -Wvla -Wformat=2 -Werror -fstack-protector-strong -fno-common)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# SPDX-License-Identifier: Apache-2.0
# lontar.bash: completion for bash; what could stand next is known by the program itself.
_lontar() {
	local IFS=$'\n'
	# shellcheck disable=SC2207 # one word a line
	COMPREPLY=($(lontar __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _lontar lontar

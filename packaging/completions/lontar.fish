# SPDX-License-Identifier: Apache-2.0
# lontar.fish: completion for fish; what could stand next is known by the program itself.
function __lontar_complete
    set -l words (commandline -opc) (commandline -ct)
    lontar __complete $words[2..-1] 2>/dev/null
end
complete -c lontar -a '(__lontar_complete)'

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lang.sh LONTAR: the commands speak Indonesian and English, whatever the locale of the machine: help of every command,
# errors, tables. What programs read (JSON, exit codes) is the same in both.
set -eu
lontar=$1
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
bad=0 done=0

say() { # LANGUAGE WORDS...: what a person sees, and the exit code, in the environment that is set
	lang=$1 && shift
	# shellcheck disable=SC2086 # no variables, or one
	env -i $environment "$lontar" --home "$tmp/dinas" --lang "$lang" "$@" 2>&1 || echo "exit $?"
}
look() { # LANGUAGE TEXT WORDS...: the command says TEXT
	lang=$1 text=$2 && shift 2
	done=$((done + 1))
	say "$lang" "$@" >"$tmp/said"
	if ! grep -qF -- "$text" "$tmp/said" || grep -q 'Content-Type' "$tmp/said"; then
		echo "${environment:-no environment}: --lang $lang $*: expected: $text" && sed 's/^/    /' "$tmp/said" && bad=1
	fi
}
same() { # WORDS...: the same bytes in both languages
	done=$((done + 1))
	say id "$@" >"$tmp/id" && say en "$@" >"$tmp/en"
	cmp -s "$tmp/id" "$tmp/en" || { echo "$*: differs by language" && diff "$tmp/id" "$tmp/en" && bad=1; }
}
commands() { # every command, one a line
	say en help | sed -n 's/^  \([a-z][a-z-]*\)  *\(.*\)/\1:\2/p' | while IFS=: read -r noun rest; do
		case $rest in
		*[A-Z]*) echo "$noun" ;;
		*) echo "$rest" | tr -d ' ' | tr ',' '\n' | sed "s/^/$noun /" ;;
		esac
	done
}

environment=
say en init --found 'Jaringan Uji' --dinas 'Dinas Uji' --alias dinas >/dev/null
invite=$(say en invite create --address 127.0.0.1:7300)
"$lontar" --home "$tmp/padi" init --join "$invite" --name 'KUD Padi' >/dev/null 2>&1
keys=$("$lontar" --home "$tmp/padi" key show --json | sed 's/.*"keys":"\([^"]*\)".*/\1/')
say en member admit padi --name 'KUD Padi' --keys "$keys" >/dev/null
trade=$(say en trade offer padi --sell --line 'Beras: 1500 kg @ 12.300' | tail -n 1)

for environment in '' LC_ALL=C LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=fr; do
	look id 'Pemakaian: lontar' help
	look en 'Usage: lontar' help
	look id 'Mitra Piutang kita Utang kita' balance
	look en 'Partner They owe us We owe them' balance
	look id 'Catatan tersimpan: 5' status
	look en 'Entries held: 5' status
	look id 'diusulkan' trade list
	look en 'proposed' trade list
	look id 'lontar: CATATAN: tidak ditemukan' trade show 9.9
	look en 'lontar: ENTRY: not found' trade show 9.9
	look id 'di sini tidak ada pilihan "--besok"' balance --besok
	look en 'there is no option "--besok" here' balance --besok
done
environment=
commands >"$tmp/commands"
while read -r noun verb; do
	look id "Pemakaian: lontar $noun${verb:+ $verb}" "$noun" ${verb:+"$verb"} --help
	look id 'Contoh:' "$noun" ${verb:+"$verb"} --help
done <"$tmp/commands"
while read -r words; do
	# shellcheck disable=SC2086 # words
	same $words --json
done <<END
status
balance
aging
trade list
trade show $trade
statement padi
member list
partner list
payment list
network show
audit rat --year 2025
audit feeds
log list
log verify
policy show --year 2025
END

"$lontar" --lang xx help >/dev/null 2>&1 && echo "--lang xx is taken" && bad=1
for environment in LANG=id_ID.UTF-8 LC_ALL=id_ID LANGUAGE=id:en; do
	done=$((done + 1))
	env -i $environment "$lontar" help | grep -q '^Pemakaian' || { echo "$environment: not Indonesian" && bad=1; }
done
done=$((done + 1))
env -i "$lontar" help | grep -q '^Usage' || { echo "no environment: not English" && bad=1; }
echo "$(wc -l <"$tmp/commands") commands, $done answers compared"
exit $bad

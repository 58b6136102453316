# SPDX-License-Identifier: Apache-2.0
# code.awk: print C files as FILE:LINE:CODE with comments and the insides of string literals taken out, so that the
# other checks look at code only.
FNR == 1 { inside = 0 }
{
	line = $0
	out = ""
	while (line != "") {
		if (inside) {
			at = index(line, "*/")
			if (!at) break
			line = substr(line, at + 2)
			inside = 0
		} else if (match(line, /^("([^"\\]|\\.)*"|'([^'\\]|\\.)*')/)) {
			out = out "\"\""
			line = substr(line, RLENGTH + 1)
		} else if (substr(line, 1, 2) == "/*") {
			inside = 1
			line = substr(line, 3)
		} else if (substr(line, 1, 2) == "//") {
			break
		} else if (out ~ /^[ \t]*#[ \t]*include[ \t]*$/) {
			out = out line
			break
		} else {
			match(line, /^([^"'\/]+|.)/)
			out = out substr(line, 1, RLENGTH)
			line = substr(line, RLENGTH + 1)
		}
	}
	if (out ~ /[^ \t]/) print FILENAME ":" FNR ":" out
}

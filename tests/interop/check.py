#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check.py PROOF_TOOL [MUTATIONS [SEED]]: two programs that share no code must say the same of every proof file.

First the files that PROOF_TOOL makes, then MUTATIONS of them: bytes and lines changed, dropped, doubled, moved."""

import collections
import random
import struct
import subprocess
import sys

try:
    import nacl.bindings  # noqa: F401
except ImportError:
    print("skipped: python3-nacl is not installed")
    sys.exit(77)

import prooffile


def tool(*arguments, stdin=b""):
    return subprocess.run([sys.argv[1], *arguments], input=stdin, capture_output=True, check=True).stdout


def change_byte(raw, dice):
    at = dice.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1:]


def drop_bytes(raw, dice):
    at = dice.randrange(len(raw))
    return raw[:at] + raw[at + dice.choice((1, 1, 4, 64)):]


def insert_bytes(raw, dice):
    at = dice.randrange(len(raw) + 1)
    extra = dice.choice((b"\n", b" ", b"A", b"=", b"== ", b"\n\n", b"\xe2\x80\x94 ", b"\xc2\xa0", b"\xff", b"\0", b"0"))
    return raw[:at] + extra + raw[at:]


def with_lines(change):
    def mutate(raw, dice):
        lines = raw.split(b"\n")
        change(lines, dice)
        return b"\n".join(lines)
    return mutate


def drop_line(lines, dice):
    del lines[dice.randrange(len(lines))]


def double_line(lines, dice):
    at = dice.randrange(len(lines))
    lines.insert(dice.choice((at, dice.randrange(len(lines)))), lines[at])


def swap_lines(lines, dice):
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def insert_line(lines, dice):
    lines.insert(dice.randrange(len(lines)), dice.choice((b"extra AAAA", b"extra ", b"== entry standing", b"== feed standing",
        b"index 1", b"key " + b"A" * 43 + b"=", b"\xe2\x80\x94 a AAAAAAAA", b"\xe2\x80\x94 a AAAAAA==", b"A" * 43 + b"=")))


MUTATIONS = [change_byte, change_byte, drop_bytes, insert_bytes] + [
    with_lines(f) for f in (drop_line, double_line, swap_lines, insert_line)]


def splice(raw, others, dice):
    """A part of another file in the place of the same part of this one."""
    mine, theirs = raw.split(b"\n== "), dice.choice(others).split(b"\n== ")
    at = dice.randrange(len(mine))
    same = [part for part in theirs if part.split(b"\n")[0] == mine[at].split(b"\n")[0]]
    if same:
        mine[at] = same[0]
    return b"\n== ".join(mine)


def mutate(files, dice):
    raw = dice.choice(files)
    if dice.randrange(8) == 0:
        raw = splice(raw, files, dice)
    for _ in range(dice.choice((1, 1, 1, 2))):
        raw = dice.choice(MUTATIONS)(raw, dice)
    return raw


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    dice = random.Random(seed)
    network = bytes.fromhex(tool("network").decode())
    files = [tool("make", str(n)) for n in range(int(tool("files")))]
    cases = files + [mutate(files, dice) for _ in range(count)]
    stdin = b"".join(struct.pack(">I", len(raw)) + raw for raw in cases)
    ours = tool("check", stdin=stdin).decode().splitlines()
    theirs = [prooffile.verdict(raw, network) for raw in cases]
    assert len(ours) == len(theirs) == len(cases)
    assert "refused" not in theirs[:len(files)], theirs[:len(files)]
    for number, (raw, a, b) in enumerate(zip(cases, ours, theirs)):
        if a != b:
            print(f"seed {seed}, case {number}:\n C      {a}\n Python {b}\n{raw.decode('utf-8', 'replace')}")
            sys.exit(1)
    said = collections.Counter("refused" if a == "refused" else "proven" for a in ours[len(files):])
    print(f"{len(files)} files proven by both; of {count} mutations both refuse {said['refused']} "
          f"and prove {said['proven']}")
    assert said["refused"] > 0 and said["proven"] > 0 or count == 0


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tidy.py ROOT [PRESET]: clang-tidy over every C file of ours, each of which PRESET (dev) must compile.

A file that passed is not looked at again while its preprocessed text, .clang-tidy and the tool stay what they were:
build/tidy-cache holds one empty file for each such state."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

root = pathlib.Path(sys.argv[1]).resolve()
preset = root / "build" / (sys.argv[2] if len(sys.argv) > 2 else "dev")
cache = root / "build" / "tidy-cache"
TIDY = "clang-tidy-14"


def state(command):
    """What the verdict on one file depends on, as a hash."""
    words = shlex.split(command["command"])
    words = ["clang-14"] + words[1:words.index("-o")] + ["-E", "-w", command["file"]]
    text = subprocess.run(words, cwd=command["directory"], capture_output=True, check=False).stdout
    seen = hashlib.sha256(version + config + " ".join(words).encode() + b"\n" + text)
    return seen.hexdigest()


def tidy(command):
    """True when the file is clean; says what is wrong otherwise."""
    passed = cache / state(command)
    if passed.exists():
        passed.touch()
        return True
    run = subprocess.run([TIDY, "--quiet", "-p", database, command["file"]], capture_output=True, text=True, check=False)
    if run.returncode == 0:
        passed.touch()
        return True
    print(run.stdout.strip() or run.stderr.strip(), flush=True)
    return False


version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
config = b"".join(p.read_bytes() for p in (root / ".clang-tidy", root / "tests" / ".clang-tidy") if p.exists())
cache.mkdir(parents=True, exist_ok=True)
ours = tuple(str(root / d) + os.sep for d in ("proto", "storage", "daemon", "tools", "tests"))
compiled = json.loads((preset / "compile_commands.json").read_text())
# a file with a seeded bug (base/bug.h) is compiled a second time: that one is wrong on purpose
commands = {c["file"]: c for c in compiled if c["file"].startswith(ours) and "-DBUG_SEEDED=" not in c["command"]}
database = preset / "tidy"
database.mkdir(exist_ok=True)
(database / "compile_commands.json").write_text(json.dumps(list(commands.values())))
lost = sorted(str(f) for d in ours for f in pathlib.Path(d).rglob("*.c") if str(f) not in commands)
if lost:
    sys.exit("tidy: no build compiles " + " ".join(lost))
if not commands:
    sys.exit("tidy: no file of ours in " + str(preset / "compile_commands.json"))
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    clean = list(pool.map(tidy, commands.values()))
print(f"tidy: {sum(clean)} of {len(clean)} files clean")
sys.exit(0 if all(clean) else 1)

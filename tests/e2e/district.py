#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""district.py LONTAR LONTAR-DISTRICT [DATA]: a folder of CSV becomes homes, and every home shows the expected figures:
each member's own balances and the dinas' view of them, at both dates, and the statuses of every RAT at every day.
Without DATA a district is invented (model.py), whose figures are computed from docs/LEDGER.md alone."""
import csv
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

BUCKETS = ["not_due", "d1_30", "d31_60", "d61_90", "d90_plus"]


def rows(path):
    with open(path, newline="", encoding="utf-8-sig") as f:
        return list(csv.DictReader(f))


def lontar(program, home, *words):
    out = subprocess.run([program, "--home", home, *words, "--json"], capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise SystemExit(f"{home}: lontar {' '.join(words)}: exit {out.returncode}: {out.stderr}")
    return json.loads(out.stdout)


def shown(balance):
    """One balance --json as the rows of expected/balances*.csv."""
    found = {}
    for p in balance["partners"]:
        line = [p["balance"], p["pending"], p["disputed"]] + [p["overdue"][b] for b in BUCKETS]
        found[p["partner"]] = line
    return found


def wanted(path):
    found = {}
    for r in rows(path):
        line = [int(r["saldo"]), int(r["usulan"]), int(r["disanggah"])] + [int(r[b]) for b in BUCKETS]
        found.setdefault(r["koperasi"], {})[r["mitra"]] = line
    return found


def differences(member, got, want, where):
    out = []
    for partner in sorted(set(got) | set(want)):
        g, w = got.get(partner), want.get(partner)
        if w is None and g is not None and not any(g):
            continue  # nothing between them counts
        if g != w:
            out.append(f"{where}: {member} and {partner}: got {g}, expected {w}")
    return out


def check_balances(program, out, expected, members):
    def one(job):
        path, member, day = job
        words = ["--as-of", day] if day else []
        want = path.get(member, {})
        own = shown(lontar(program, os.path.join(out, member), "balance", *words))
        seen = shown(lontar(program, os.path.join(out, "dinas"), "balance", "--member", member, *words))
        return differences(member, own, want, f"home, {day or 'all'}") + differences(
            member, seen, want, f"dinas, {day or 'all'}"
        )

    jobs = []
    for name in sorted(os.listdir(expected)):
        if name.startswith("balances") and name.endswith(".csv"):
            day = name[len("balances-") : -len(".csv")] if "-" in name else ""
            table = wanted(os.path.join(expected, name))
            jobs += [(table, m, day) for m in members]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return len(jobs) * 2, [d for found in pool.map(one, jobs) for d in found]


def check_rat(program, out, expected):
    want = {}
    for r in rows(os.path.join(expected, "rat-status.csv")):
        want.setdefault((r["tahun_buku"], r["pada"]), {})[r["koperasi"]] = r["status"]
    bad = []
    for (year, day), members in sorted(want.items()):
        audit = lontar(program, os.path.join(out, "dinas"), "audit", "rat", "--year", year, "--as-of", day)
        got = {m["member"]: m["status"] for m in audit["members"]}
        for member in sorted(set(got) | set(members)):
            if got.get(member) != members.get(member):
                bad.append(f"{year} as of {day}: {member}: {got.get(member)}, expected {members.get(member)}")
        count = {}
        for status in got.values():
            count[status] = count.get(status, 0) + 1
        if {k: n for k, n in audit["summary"].items() if n} != count:
            bad.append(f"{year} as of {day}: the summary is not the sum of its members")
    return sum(len(m) for m in want.values()), bad


SEEDS = [1, 2, 20260331]


def check_folder(program, builder, data, tmp):
    out = os.path.join(tmp, "out-" + os.path.basename(data))
    subprocess.run([builder, data, out, "--seed", "a test"], check=True)
    expected = os.path.join(data, "expected")
    members = [r["alias"] for r in rows(os.path.join(data, "members.csv"))]
    balances, bad = check_balances(program, out, expected, members)
    statuses, worse = check_rat(program, out, expected)
    for home in ("dinas", members[0]):
        if not lontar(program, os.path.join(out, home), "log", "verify")["good"]:
            worse.append(f"{home}: log verify finds differences")
    bad += worse
    for line in bad[:50]:
        print(line)
    print(f"{balances} balances and {statuses} statuses compared, {len(bad)} differ")
    return not bad


def main():
    program, builder = (os.path.abspath(p) for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="lontar-district-") as tmp:
        folders = [os.path.abspath(p) for p in sys.argv[3:]]
        if not folders:
            import model

            folders = [os.path.join(tmp, str(seed)) for seed in SEEDS]
            for folder, seed in zip(folders, SEEDS):
                model.write(folder, seed)
        good = [check_folder(program, builder, folder, tmp) for folder in folders]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""recovery.py BUILD: real nodes on loopback that lose what they had: a backup made while the node works, an old backup
brought back while others hold newer entries, a disk of which nothing is left but a paper, a store of which two run."""

import os
import pathlib
import re
import shutil
import sys
import threading

from daemon import agree, found, held, join, trade
from nodes import Failed, World, check, wait


def entries(node):
    """The ids of the node's own entries as it holds them, in order."""
    return [e["id"] for e in node.json("log", "list")["entries"]]


def whole(node):
    report = node.json("log", "verify")
    check(report["good"], f"log verify of {node.name}: {report}")


def publishes(node, seconds=40):
    wait(f"{node.name} publishes again", lambda: node.status()["publishing"], seconds)


def on_all(nodes, entry):
    for node in nodes:
        wait(f"{node.name} has {entry}", lambda n=node: held(n, entry))


def live_backup(world, one, two):
    """While entries are appended and sent: every backup is a whole store, as of one moment."""
    done = threading.Event()
    wrong = []

    def work():
        try:
            for i in range(120):
                one.entry("trade", "offer", two.name, "--sell", "--line", f"Beras: {i + 1} kg @ 12000")
        except Failed as failed:
            wrong.append(failed)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    made = []
    while not done.is_set() and len(made) < 4:
        path = world.root / f"live-{len(made)}.backup"
        made.append((path, one.json("backup", path)))
        done.wait(0.7)
    worker.join()
    check(not wrong, f"an append failed beside a backup: {wrong}")
    check(made[-1][1]["own_size"] > made[0][1]["own_size"], "no entry was appended while backups were made")
    secret = re.search(r"[0-9a-f]{64}", (one.home / "seed").read_text())[0].encode()
    for path, said in made:
        check(path.stat().st_size == said["bytes"], f"{path.name} has another size than was said")
        raw = path.read_bytes()
        check(secret not in raw and bytes.fromhex(secret.decode()) not in raw, f"the seed is in {path.name}")
        copy = world.node(f"{path.stem}-home")
        copy.run("restore", path)
        whole(copy)
        ids = entries(copy)
        check(len(ids) == said["own_size"] and ids == entries(one)[: len(ids)], f"{path.name} is no beginning of the feed")
    return made[0][0]


def refusals(world, one, path):
    """What backup and restore do not do."""
    before = path.read_bytes()
    one.run("backup", path, code=1)
    check(path.read_bytes() == before, "a file was written over without a word")
    one.run("backup", "--replace", path)
    one.run("backup", "--with-seed", world.root / "seed.backup", code=1)
    check(not (world.root / "seed.backup").exists(), "a refused backup left a file")
    one.run("restore", path, code=4)  # a daemon runs
    empty = world.node("empty")
    short = world.root / "short.backup"
    short.write_bytes(before[:-100])
    empty.run("restore", short, code=5)
    bent = world.root / "bent.backup"
    bent.write_bytes(before[:5000] + bytes([before[5000] ^ 4]) + before[5001:])
    empty.run("restore", bent, code=5)
    empty.run("restore", world.root / "nothing.backup", code=1)
    check(not (empty.home / "store").exists(), "a bad file left a store")


def old_backup(world, nodes, backup):
    """Others hold newer entries than what was restored, and something was entered on top of the old ones."""
    dinas, one, two = nodes
    kept = trade(one, two, 3000000)
    on_all(nodes, kept)
    ids = entries(one)
    one.kill()
    one.run("restore", backup, code=1)  # the store is whole
    answer = one.json("restore", "--replace", backup)
    check(pathlib.Path(answer["aside"]).joinpath("data.mdb").exists(), "what was there is not kept")
    check(answer["own_size"] < len(ids), "the backup is not old")
    status = one.json("status")
    check("restored" in status["warnings"] and not status["publishing"], f"not said to be restored: {status}")
    unsent = one.entry("trade", "offer", two.name, "--sell", "--line", "Kopi: 7 kg @ 50000")
    one.start()
    publishes(one)
    again = entries(one)
    check(again[: len(ids)] == ids, "what had left is not what came back")
    shown = one.json("log", "show", unsent)
    check(shown["entry"] != unsent and shown["was"] == unsent, f"the old reference shows {shown}")
    check(shown["entry"] in one.run("log", "show", unsent), "in words the new reference is missing")
    on_all(nodes, shown["entry"])
    two.entry("trade", "accept", shown["entry"])
    for node in nodes:
        check(not node.json("audit", "forks")["forks"], f"{node.name} sees conflicting records")
    # neither once more nor after a start does it count as an old copy
    one.stop()
    one.start()
    check(one.status()["publishing"], "it counts as an old copy again")


def lost_disk(world, nodes):
    """Nothing is left but the paper; what the mark's copy said of the old store is of no use to a new one."""
    dinas, one, two = nodes
    paper = world.root / "paper.txt"
    paper.write_text(one.run("key", "paper"))
    last = trade(one, two, 1000000)
    on_all(nodes, last)
    ids = entries(one)
    one.kill()
    shutil.rmtree(one.home)
    one.home = world.root / "tani-maju-again"
    one.run("key", "recover", paper)
    one.run("key", "recover", paper)  # twice is once
    check(len([x for x in (one.home / "lontar.conf").read_text().splitlines() if x.startswith("peer")]) == 2,
          "the paper's two nodes are not dialled, or twice")
    one.listen()
    one.start()
    publishes(one)
    check(entries(one) == ids, "the whole feed did not come back")
    trade(one, two, 500000)
    whole(one)


def life(world):
    dinas = found(world)
    one = join(world, dinas, "tani-maju", "KUD Tani Maju")
    two = join(world, dinas, "sawit-jaya", "KSU Sawit Jaya")
    nodes = [dinas, one, two]
    trade(one, two, 5000000)
    agree(one, two, 5000000)
    backup = live_backup(world, one, two)
    refusals(world, one, backup)
    old_backup(world, nodes, backup)
    lost_disk(world, nodes)
    agree(one, two, 5000000 + 3000000 + 350000 + 1000000 + 500000)
    for node in nodes:
        node.stop()
        whole(node)


def main():
    world = World(sys.argv[1], keep=os.environ.get("KEEP") == "1")
    try:
        life(world)
    except Failed as failed:
        print(f"FAILED: {failed}", file=sys.stderr)
        for log in sorted(world.root.glob("*.log")):
            print(f"== {log.name}", *log.read_text(errors="replace").splitlines()[-12:], sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""recovery.py BUILD: real nodes on loopback that lose what they had: a backup made while the node works, an old backup
brought back while others hold newer entries, a disk of which nothing is left but a paper, a store of which two run."""

import os
import pathlib
import pty
import re
import shutil
import subprocess
import threading

from daemon import agree, found, held, join, trade
from nodes import Failed, check, run, wait


def entries(node):
    """The ids of the node's own entries as it holds them, in order."""
    return [e["id"] for e in node.json("log", "list")["entries"]]


def forks(node):
    return [f for f in node.json("audit", "forks", code=(0, 1))["forks"] if f["proven"]]


def whole(node):
    report = node.json("log", "verify")
    check(report["good"], f"log verify of {node.name}: {report}")


def publishes(node, seconds=40):
    wait(f"{node.name} publishes again", lambda: node.status()["publishing"], seconds)


def stay(node):
    """A new home, where the others look for it."""
    here = f"127.0.0.1:{node.port}"
    node.configure(listen=here, advertise=here)


def on_all(nodes, entry):
    for node in nodes:
        wait(f"{node.name} has {entry}", lambda n=node: held(n, entry))


def live_backup(world, one, two):
    """While entries are appended and sent: every backup is a whole store, as of one moment."""
    enough = threading.Event()
    written, wrong = [], []

    def work():
        try:
            while not enough.is_set() and len(written) < 2000:
                line = f"Beras: {len(written) + 1} kg @ 12000"
                written.append(one.entry("trade", "offer", two.name, "--sell", "--line", line))
        except Failed as failed:
            wrong.append(failed)

    worker = threading.Thread(target=work)
    worker.start()
    made = []
    for i in range(4):
        before = len(written)
        wait("one more entry", lambda n=before: len(written) > n or wrong)
        path = world.root / f"live-{i}.backup"
        made.append((path, one.json("backup", path)))
    enough.set()
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
    one.run("backup", "--replace", world.root, code=1)  # no file
    one.run("backup", "--with-seed", world.root / "seed.backup", code=1)
    check(not (world.root / "seed.backup").exists(), "a refused backup left a file")
    busy = one.error("restore", path, code=4)
    check("runs here" in busy["detail"] and "Stop lontard" in busy["way_out"], f"a daemon runs: {busy}")
    empty = world.node("empty")
    short = world.root / "short.backup"
    short.write_bytes(before[:-100])
    bent = world.root / "bent.backup"
    bent.write_bytes(before[:5000] + bytes([before[5000] ^ 4]) + before[5001:])
    for bad in (short, bent):
        way_out = empty.error("restore", bad, code=5)["way_out"]
        check("another backup" in way_out, f"the way out of a bad backup is another, not: {way_out}")
    empty.run("restore", world.root / "nothing.backup", code=1)
    check(not (empty.home / "store").exists(), "a bad file left a store")
    hurt = world.node("live-0-home")
    data = hurt.home / "store" / "data.mdb"
    data.write_bytes(data.read_bytes()[:9000])
    hurt.run("status", code=5)
    aside = hurt.json("restore", path)["aside"]  # of what is damaged nobody needs to be asked
    check(pathlib.Path(aside, "data.mdb").stat().st_size == 9000, "the damaged store is not kept as it was")
    whole(hurt)


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
    said = one.done("publish", code=1).stderr
    check("old copy" in said and "could not be appended" not in said, f"publish says:\n{said}")
    unsent = one.entry("trade", "offer", two.name, "--sell", "--line", "Kopi: 7 kg @ 50000")
    one.start()
    publishes(one)
    again = entries(one)
    check(again[: len(ids)] == ids, "what had left is not what came back")
    shown = one.json("log", "show", unsent)
    check(shown["entry"] != unsent and shown["was"] == unsent, f"the old reference shows {shown}")
    check(shown["entry"] in one.run("log", "show", unsent), "in words the new reference is missing")
    status = one.json("status")
    check((status["rewritten"], status["rewritten_first"]) == (1, unsent), f"the new reference is silent: {status}")
    check(unsent in one.run("status"), "status does not say in words what was renamed")
    short = [a for a in one.json("why", unsent.split("-")[0])["answers"] if a["code"] == "was_here"]
    check(short and unsent in short[0]["text"] and shown["entry"] in short[0]["text"], f"why does not name it: {short}")
    on_all(nodes, shown["entry"])
    two.entry("trade", "accept", shown["entry"])
    for node in nodes:
        check(not forks(node), f"{node.name} sees conflicting records")
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
    said = one.done("key", "recover", paper)
    check("listen and advertise" in said.stdout + said.stderr, f"nobody is told what the paper has not:\n{said}")
    one.run("key", "recover", paper)  # twice is once
    status = one.json("status")
    check("recovering" in status["warnings"] and "not_admitted" not in status["warnings"] and not status["words"],
          f"one that comes back is told to be admitted: {status}")
    check("still to come" in str(one.error("trade", "offer", two.name, "--sell", "--line", "Kopi: 1 kg @ 1", code=(1, 3))),
          "an offer says that it must be admitted")
    check(len([x for x in (one.home / "lontar.conf").read_text().splitlines() if x.startswith("peer")]) == 2,
          "the paper's two nodes are not dialled, or twice")
    stay(one)
    one.start()
    publishes(one)
    check(entries(one) == ids, "the whole feed did not come back")
    trade(one, two, 500000)
    whole(one)


def lost_registrar(world, nodes):
    """The registrar's own disk: nobody else's word settles it but two members'."""
    dinas, one, two = nodes
    paper = world.root / "dinas.txt"
    paper.write_text(dinas.run("key", "paper"))
    ids = entries(dinas)
    dinas.kill()
    shutil.rmtree(dinas.home)
    dinas.home = world.root / "dinas-again"
    dinas.run("key", "recover", paper)
    stay(dinas)
    dinas.start()
    publishes(dinas)
    again = entries(dinas)
    check(again[: len(ids)] == ids, "the registrar's feed did not come back whole")
    dinas.run("member", "admit", "baru", "--name", "KSU Baru")
    for node in (one, two):
        wait(f"{node.name} hears of a new member", lambda n=node: "baru" in n.run("member", "list"))


def sealed_paper(world, nodes, passphrase):
    """A seed that is sealed on paper too, a paper that names nobody, and the mistakes that people make."""
    dinas, _, two = nodes
    ids = entries(two)
    said = two.done("key", "paper")
    check("passphrase" in said.stdout + said.stderr, f"nobody is told that the passphrase is needed:\n{said}")
    rows = said.stdout.splitlines()
    check("sealed" in rows[1], f"the paper is not sealed: {rows[1]}")
    bare = world.root / "bare.txt"
    bare.write_text("\n".join(x for x in rows if not x.startswith(("network", "peer"))) + "\n")
    two.kill()
    shutil.rmtree(two.home)
    two.home = world.root / "sawit-jaya-again"
    secret = ("--passphrase-file", passphrase)
    wrong = world.root / "wrong"
    wrong.write_text("something else\n")
    two.run("key", "recover", bare, "--passphrase-file", wrong, code=(1, 3))
    check(not (two.home / "seed").exists(), "a wrong passphrase left a seed")
    two.run("key", "recover", bare, *secret)
    invite = dinas.json("invite", "create", "--address", f"127.0.0.1:{dinas.port}")["invite"]
    two.run("key", "recover", bare, "--invite", invite, *secret)
    dinas.json("invite", "list")
    stay(two)
    two.start()
    publishes(two)
    check(entries(two) == ids, "the whole feed did not come back")
    check(two.json("member", "show")["alias"] == two.name, "it is not who it was")


def never_admitted(world, dinas):
    """A paper of a key that no roster names: nothing comes, and somebody is told so."""
    line = dinas.json("invite", "create", "--address", f"127.0.0.1:{dinas.port}")["invite"]
    first = world.node("never")
    first.run("init", "--join", line, "--name", "KSU Tidak Jadi")
    paper = world.root / "never.txt"
    paper.write_text(first.run("key", "paper"))
    node = world.node("never-again")
    node.run("key", "recover", paper, "--invite", line)
    node.listen()
    node.start()
    wait("it hears that nobody knows it", lambda: "not_known" in node.json("status")["warnings"])
    check("lontar why" in node.run("status") and "are fetched" not in node.run("status"), "status says that all is well")
    answers = node.json("why")["answers"]
    check([a for a in answers if a["code"] == "not_known" and "--join" in a["way_out"]], f"no way out: {answers}")
    node.stop()


def orders(world, one, paper):
    """The backup first and then the paper, or the other way round; and what does not fit."""
    path = world.root / "orders.backup"
    size = one.json("backup", path)["own_size"]
    for name, first in (("backup-first", True), ("paper-first", False)):
        node = world.node(name)
        if not first:
            node.run("key", "recover", paper)
        answer = node.json("restore", path)
        check(answer["has_seed"] != first and (answer["aside"] is None) == first, f"{name}: {answer}")
        if first:
            node.run("key", "recover", paper)
        status = node.json("status")
        check(status["own_size"] == size and status["standing"]["state"] == "restored", f"{name}: {status}")
        node.run("trade", "list")
    other = world.node("other")
    other.run("init", "--found", "Lain")
    other.run("restore", path, code=1)  # another node's seed is here
    check(other.error("key", "recover", paper, code=1)["code"] == "exists", "another node's paper is not said to be so")
    check(other.json("member", "list")["members"], "a refused restore changed the store")


def asked(node, typed, *words, code):
    """At a terminal, where a person types that; what is said there."""
    main, side = pty.openpty()
    os.write(main, typed.encode())
    done = subprocess.run([node.world.lontar, "--home", node.home, *words], stdin=side, stdout=subprocess.DEVNULL,
                          stderr=side, env=node.world.env, timeout=60, check=False)
    os.close(side)
    said = os.read(main, 65536).decode()
    os.close(main)
    check(done.returncode == code, f"{words}: exit {done.returncode}, not {code}:\n{said}")
    return said


def by_a_persons_word(world, nodes):
    """Nobody can be asked: the command says what is known, wants the own name, and is on record."""
    dinas, one, two = nodes
    newest = world.root / "newest.backup"
    one.run("backup", newest)
    for node in nodes:
        node.stop()
    one.run("publish", "--anyway", one.name, code=1)  # nothing is to be decided
    one.json("restore", "--replace", newest)
    check(one.json("publish", code=1)["standing"]["state"] == "restored", "it is not said to be restored")
    one.run("publish", "--anyway", one.name, code=4)  # no daemon has tried to ask
    one.start()
    check(not one.status()["publishing"], "an old copy publishes uncompared")
    text = one.run("why", "--lang", "id")
    check("salinan lama" in text and "dinas" in text, f"why says:\n{text}")
    one.run("publish", "--anyway", two.name, code=2)
    check(not one.status()["publishing"], "another's name was enough")
    for words in ((), ("--yes",), ("--reason", "terbakar"), ("--yes", "--reason", "")):  # no terminal: it must be said
        one.run("publish", "--anyway", one.name, *words, code=2)
    check(not one.status()["publishing"], "no terminal was enough")
    check("nothing was done" in asked(one, "no\n", "publish", "--anyway", one.name, code=3), "a no is not said to be one")
    check(not one.status()["publishing"], "a no was enough")
    one.run("publish", "--anyway", one.name, "--yes", "--reason", "semua komputer lain terbakar")
    status = one.json("status")
    check(status["publishing"] and status["standing"]["overridden"]["reason"].startswith("semua"), f"{status}")
    one.stop()
    for node in (dinas, two, one):
        node.start()
    check(one.status()["publishing"], "the person's word was forgotten")
    wait("it is in step", lambda: one.status()["in_step"])
    trade(one, two, 250000)


def clones(world, nodes):
    """Two run with one seed. The copy says that it is one; against that word it speaks: two histories meet, which is
    found, said and proven everywhere."""
    dinas, one, two = nodes
    for node in nodes:
        node.stop()
    twin = world.node("twin", home=world.root / "twin")
    shutil.copytree(two.home, twin.home)
    twin.log = world.root / "twin.log"
    twin.listen()
    twin.run("peer", "add", f"127.0.0.1:{one.port}", one.json("key", "show")["link_key"])
    dinas.start()
    two.start()
    wait("the first is linked", lambda: two.status()["in_step"])
    on_all([dinas], two.entry("trade", "offer", one.name, "--sell", "--line", "Gabah: 3 kg @ 7000"))
    two.stop()
    dinas.stop()
    one.start()
    twin.start()
    wait("the second is linked", lambda: [p for p in twin.status()["peers"] if p["member"] == one.name])
    standing = twin.json("publish", code=1)["standing"]
    check(standing["state"] == "restored" and standing["copy"] > standing["mark"], f"the clone stands well: {standing}")
    kept = twin.entry("trade", "offer", one.name, "--sell", "--line", "Gabah: 4 kg @ 7000")
    check(not held(one, kept), "a clone's entry left")
    twin.run("publish", "--anyway", two.name, "--yes", "--reason", "salah")
    on_all([one], kept)
    dinas.start()
    wait("everybody has the proof", lambda: all(forks(n) for n in (dinas, one)), 60)
    two.start()
    wait("both say so", lambda: all(n.json("status")["standing"]["state"] == "forked" for n in (two, twin)), 60)
    for node in (two, twin):
        check(not node.status()["publishing"], "a feed of two histories is published")
        check("bertentangan" in node.run("why", "--lang", "id"), "it is not said in words")
        node.run("publish", "--anyway", two.name, code=3)
        node.kill()


def life(world):
    dinas = found(world)
    one = join(world, dinas, "tani-maju", "KUD Tani Maju")
    passphrase = world.root / "passphrase"
    passphrase.write_text("padi dan kapas\n")
    world.env["LONTAR_PASSPHRASE_FILE"] = str(passphrase)
    two = join(world, dinas, "sawit-jaya", "KSU Sawit Jaya", "--seal", "--passphrase-file", passphrase)
    nodes = [dinas, one, two]
    trade(one, two, 5000000)
    agree(one, two, 5000000)
    backup = live_backup(world, one, two)
    refusals(world, one, backup)
    old_backup(world, nodes, backup)
    lost_disk(world, nodes)
    never_admitted(world, nodes[0])
    sealed_paper(world, nodes, passphrase)
    agree(one, two, 5000000 + 3000000 + 350000 + 1000000 + 500000)
    lost_registrar(world, nodes)
    orders(world, one, world.root / "paper.txt")
    by_a_persons_word(world, nodes)
    clones(world, nodes)
    nodes.remove(two)
    for node in nodes:
        node.stop()
        whole(node)


if __name__ == "__main__":
    run(life)

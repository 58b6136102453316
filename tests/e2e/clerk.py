#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""clerk.py BUILD DATA: what an office does in its first days, and the slips of the hand that go with it: each is refused
in words that help, and harms nothing."""

import json
import pathlib
import subprocess
import sys

from nodes import Failed, World, check, wait


def refused(node, code, *words, says=()):
    """The command ends with that exit code, or one of them, and says all of it."""
    done = subprocess.run([node.world.lontar, "--home", node.home, *map(str, words)], capture_output=True, text=True,
                          env=node.world.env, stdin=subprocess.DEVNULL, timeout=60, check=False)
    said = " ".join((done.stdout + done.stderr).split())
    codes = (code,) if isinstance(code, int) else code
    check(done.returncode in codes, f"lontar {words}: exit {done.returncode}, not {code}: {said}")
    for text in says:
        check(text in said, f"lontar {words} does not say {text!r}: {said}")
    return done.stderr


def addresses(world):
    """What others dial is not always what is listened on; nonsense makes no node."""
    for i, bad in enumerate(("nonsense", "127.0.0.1:", "127.0.0.1:99999", "::1:7300", ":7300", "a b:7300")):
        node = world.node(f"bad{i}")
        refused(node, 2, "init", "--found", "X", "--dinas", "Y", "--address", bad, says=["--address", "HOST:PORT"])
        check(not (node.home / "seed").exists(), f"--address {bad} left a seed behind")
    for i, (address, listen) in enumerate((("203.0.113.7:7300", "0.0.0.0:7300"),
                                           ("koperasi.example:7300", "0.0.0.0:7300"),
                                           ("[2001:db8::7]:7300", "[::]:7300"), ("127.0.0.1:7300", "127.0.0.1:7300"))):
        node = world.node(f"good{i}")
        node.run("init", "--found", "X", "--dinas", "Y", "--address", address)
        conf = (node.home / "lontar.conf").read_text().splitlines()
        check(conf == [f"listen = {listen}", f"advertise = {address}"], f"--address {address} gives {conf}")


def machines(dinas):
    """A program that asked for JSON has JSON, whatever was typed; --lang may stand anywhere."""
    for words in (["bogus"], ["trade", "bogus"], ["trade"], ["trade", "offer"], ["trade", "list", "--bogus"],
                  ["statement"], ["balance", "nobody"], ["trade", "show", "zz"], ["status", "extra"]):
        said = refused(dinas, (1, 2, 3), *words, "--json")
        check(json.loads(said)["error"]["code"], f"no code in {said}")
    dinas.run("--help", "--lang", "id")
    dinas.run("help", "trade")


def store_lost(world):
    """A seed whose store is gone: the words say the way, and the way works."""
    node = world.node("lost")
    node.run("init", "--found", "X", "--dinas", "Y")
    (world.root / "paper").write_text(node.run("key", "paper"))
    for file in (node.home / "store").iterdir():
        file.unlink()
    refused(node, 1, "status", says=["key recover"])
    node.run("key", "recover", world.root / "paper")
    node.run("status")


def ask(world, dinas, name):
    """A node that asks to be admitted; the node and the feed id of its request."""
    line = dinas.json("invite", "create", "--address", f"127.0.0.1:{dinas.port}")["invite"]
    node = world.node(name)
    refused(node, 2, "init", "--join", line, "--name", name, "--alias", name, says=["--alias"])
    node.run("init", "--join", line, "--name", name)
    node.start()
    feed, words = node.status()["feed"], node.json("status")["words"]
    check(words in node.run("status"), "a newcomer does not see the words to compare")
    wait("the request waits", lambda: [r for r in dinas.json("member", "requests")["requests"] if r["feed"] == feed])
    return node, feed


def admit(world, dinas):
    """A mistyped alias gives nobody's node to another; the reference of a request may be short."""
    dinas.run("member", "admit", "padi", "--name", "KUD Padi")
    dinas.run("member", "admit", "lada", "--name", "KUD Lada")
    padi, feed = ask(world, dinas, "padi")
    refused(dinas, 1, "member", "admit", "padi", "--request", "0" if feed[0] != "0" else "1",
            says=["lontar member requests"])
    refused(dinas, 1, "member", "admit", "padi", "--request", feed, "--name", "KUD Lada", says=["KUD Padi", "alias"])
    refused(dinas, 1, "member", "admit", "padi", "--request", feed, "--kecamatan", "Wotu", says=["member update"])
    dinas.run("member", "admit", "padi", "--request", feed[:6], "--name", "kud  padi")
    lada, feed = ask(world, dinas, "lada")
    refused(dinas, 1, "member", "admit", "padi", "--request", feed, says=["has a node already", "feed add"])
    dinas.run("member", "admit", "lada", "--request", feed[:4])
    for node in (padi, lada):
        wait(f"{node.name} is a member", lambda n=node: n.status()["member"] == n.name)
        wait(f"{node.name} is in step", lambda n=node: n.status()["in_step"])
    return padi, lada


def many_members(dinas, others, data):
    """The whole district at once, while others listen: nobody's link suffers."""
    dinas.run("member", "import", data / "members.csv")
    entries = dinas.status()["entries"]
    for node in others:
        wait(f"{node.name} holds it all", lambda n=node: n.status()["entries"] >= entries, 15)
        faults = [x for x in node.log.read_text().splitlines() if " warning:" in x]
        check(not faults, f"{node.name} complains: {faults}")


def meetings_twice(dinas, data):
    """A file that was taken is taken once, with the rows that replace others too."""
    before = dinas.json("rat", "import", data / "rat.csv", "--dry-run")
    first = dinas.json("rat", "import", data / "rat.csv")
    counts = ("taken", "taken_with_warnings", "skipped", "refused")
    check([before[c] for c in counts] == [first[c] for c in counts], f"the dry run said {before}, it was {first}")
    again = dinas.json("rat", "import", data / "rat.csv")
    check(again["taken"] + again["taken_with_warnings"] == 0, f"taken again: {again['taken']}")


def agreed_stays(seller, buyer):
    """What is agreed is not withdrawn: the command says so, and adds nothing."""
    entry = seller.entry("trade", "offer", buyer.name, "--sell", "--line", "Beras: 2 kg @ 10000")
    wait("the offer has come", lambda: buyer.json("trade", "list")["trades"])
    buyer.entry("trade", "accept", entry)
    wait("the yes has come", lambda: seller.json("trade", "show", entry)["state"] == "agreed")
    size = seller.status()["own_size"]
    refused(seller, 1, "trade", "withdraw", entry, says=["agreed already", "correction"])
    check(seller.status()["own_size"] == size, "a withdrawal without effect was recorded")


def narrow(node):
    """On a terminal of 80 columns a list keeps its dates and states whole."""
    row = node.json("trade", "list")["trades"][0]
    command = f"stty cols 80; {node.world.lontar} --home {node.home} trade list"
    shown = subprocess.run(["script", "-qec", command, "/dev/null"], capture_output=True, text=True,
                           env=node.world.env, stdin=subprocess.DEVNULL, timeout=60, check=True).stdout
    for text in (row["date"], row["due"], "agreed", "20.000"):
        check(text in shown, f"80 columns cut {text!r}:\n{shown}")


def main():
    world, data = World(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    dinas = world.node("dinas")
    try:
        addresses(world)
        dinas.run("init", "--found", "Jaringan Uji", "--dinas", "Dinas Uji")
        machines(dinas)
        store_lost(world)
        dinas.listen()
        dinas.start()
        padi, lada = admit(world, dinas)
        agreed_stays(padi, lada)
        narrow(padi)
        many_members(dinas, (padi, lada), data)
        meetings_twice(dinas, data)
    except Failed as e:
        print(f"clerk: {e}", file=sys.stderr)
        return 1
    finally:
        world.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""anchor.py BUILD: the registrar is lost and only the recovery key's paper is left. A successor is named on a machine
without a node, everybody follows, the network goes on; whoever has the old key changes nothing; then once more."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

from daemon import agree, held, trade
from nodes import check, free_port, run, wait

VERIFIER = pathlib.Path(__file__).resolve().parent.parent / "interop" / "prooffile.py"


def found(world):
    """The network, and the recovery key as it is printed: rows with checks, on standard error, for a paper."""
    dinas = world.node("dinas")
    done = subprocess.run([world.lontar, "--home", dinas.home, "init", "--found", "Jaringan Uji", "--dinas",
                           "Dinas Koperasi Uji", "--alias", "dinas"], capture_output=True, text=True, env=world.env,
                          timeout=60, check=True)
    paper = world.root / "paper.txt"
    paper.write_text("In the safe of the head of the office\n" + done.stderr)
    check(done.stderr.count("recovery:") == 2, done.stderr)
    dinas.listen()
    return dinas.start(), paper


def ask(world, inviter, name):
    """A node with a seed of its own that asks to join."""
    line = inviter.json("invite", "create", "--address", f"127.0.0.1:{inviter.port}")["invite"]
    node = world.node(name)
    node.run("init", "--join", line, "--name", f"Koperasi {name}")
    node.listen()
    return node.start()


def join(world, registrar, name):
    node = ask(world, registrar, name)
    feed = node.status()["feed"]
    wait("the request waits", lambda: [r for r in registrar.json("member", "requests")["requests"] if r["feed"] == feed])
    registrar.run("member", "admit", name, "--request", feed)
    wait(f"{name} is a member", lambda: node.status()["member"] == name)
    wait(f"{name} is in step", lambda: node.status()["in_step"])
    return node


def again(node):
    """A witness states what it saw when it starts, then every five minutes: no test waits that long."""
    node.stop()
    node.start()


def feeds(node):
    return {f["number"]: f for f in node.json("audit", "feeds")["feeds"]}


def aliases(node):
    return {m["alias"] for m in node.json("member", "list")["members"]}


def anchor_number(node):
    return node.json("network", "show")["anchor_number"]


def covered(node, number, size):
    feed = feeds(node).get(number)
    return feed and (feed["covered"] or 0) >= size


def prove(node, entry, witness=None):
    """Exported, and checked by our program and by one that shares no code with it, which may be told of one more witness
    whose cosignature must then be there. What our program says."""
    file = node.world.root / f"proof-{node.name}.txt"
    node.run("proof", "export", entry, "--out", file)
    network = node.json("network", "show")["network"]
    said = node.world.node("nowhere").json("proof", "verify", file, "--network", network)
    keys = witness.json("key", "show") if witness else None
    words = [f"{keys['feed']}:{keys['cosigner']}"] if witness else []
    check(not witness or f"/{keys['feed']}/witness " in file.read_text(), "the witness's cosignature is not in the file")
    done = subprocess.run([sys.executable, VERIFIER, file, network, *words], capture_output=True, text=True, timeout=60,
                          check=False)
    if "No module named 'nacl'" not in done.stderr:
        check(done.returncode == 0, f"the other verifier refuses {file}: {done.stderr}")
        check(not witness or f" {keys['feed']}=" in done.stdout, f"the witness's cosignature counts for nothing: {done.stdout}")
    return said


def cosigners(node, entry):
    """Whose cosignatures stand in a proof of the entry, in their order."""
    return re.findall(r"/([0-9a-f]{64})/witness ", node.run("proof", "export", entry).split("\n== feed\n")[0])


def sign(world, draft, paper, code=0):
    """On a machine that has neither a node nor a network: its home is not even there."""
    safe = world.node("safe")
    words = ("network", "anchor", "--sign", draft, "--file", paper)
    if code:
        return safe.run(*words, code=code)
    said = safe.json(*words)
    check(not safe.home.exists(), "signing left something behind")
    return said


def refused(world, node, draft, paper):
    """Mistakes are found where they are made."""
    other = world.root / "other.txt"
    other.write_text("11" * 32 + "\n")
    sign(world, draft, other, code=1)  # another network's paper
    rows = paper.read_text()
    at = rows.index("recovery:") + 11
    (world.root / "misread.txt").write_text(rows[:at] + ("7" if rows[at] != "7" else "1") + rows[at + 1:])
    sign(world, draft, world.root / "misread.txt", code=2)
    wrong = draft[:40] + ("p" if draft[40] == "q" else "q") + draft[41:]
    sign(world, wrong, paper, code=2)
    node.run("network", "anchor", "--draft", "--keys", node.json("key", "show")["keys"], code=3)
    node.run("network", "anchor", "--draft", code=2)
    check("not signed yet" in node.error("network", "anchor", "--import", draft, code=2)["detail"], "a draft is no anchor")


def succeed(world, at, successor, paper, number, others):
    """A draft at one member, the paper elsewhere, the anchor back at another member; all follow."""
    keys = successor.json("key", "show")
    draft = at.json("network", "anchor", "--draft", "--keys", keys["keys"])
    check(draft["number"] == number and draft["words"] == keys["words"], f"the draft is about something else: {draft}")
    refused(world, at, draft["draft"], paper)
    signed = sign(world, draft["draft"], paper)
    check(signed["words"] == keys["words"] and signed["feeds"] == draft["feeds"], f"signed was another: {signed}")
    to = others[-1]
    done = to.json("network", "anchor", "--import", signed["anchor"])
    check(done["new"] and done["state"] == "followed", f"the anchor is not followed: {done}")
    check(not to.json("network", "anchor", "--import", signed["anchor"])["new"], "the same anchor is new again")
    for node in others:
        wait(f"{node.name} follows", lambda n=node: anchor_number(n) == number)
        ended = [f for f in node.json("audit", "forks")["forks"] if f["number"] == 0]
        check(not ended, f"an end by an anchor is shown as a conflict: {ended}")
        shown = node.json("network", "show")
        check(shown["registrar"] == keys["feed"], f"{node.name} has another registrar: {shown}")
    wait("the successor is in step", lambda: successor.status()["in_step"], 60)
    wait("and publishes", lambda: successor.status()["publishing"])
    number_of = successor.status()["feed_number"]
    wait("and writes its first entry by itself", lambda: (feeds(at).get(number_of) or {"size": 0})["size"] > 0)
    check(anchor_number(successor) == number, "the successor does not know of its anchor")
    return draft, signed


def first(world):
    dinas, paper = found(world)
    one = join(world, dinas, "satu")
    shutil.copytree(dinas.home, world.root / "stolen", ignore=shutil.ignore_patterns("control.sock"))
    two = join(world, dinas, "dua")
    dinas.run("feed", "roles", "2", "officer,witness")
    wait("two knows its role", lambda: "witness" in feeds(two)[2]["roles"])
    partner = one.entry("partner", "offer", "dua", "--limit", "10000000", "--days", "30")
    wait("the offer has come", lambda: held(two, partner))
    two.entry("partner", "accept", partner)
    early = trade(one, two, 5000000)
    agree(one, two, 5000000)
    again(dinas)
    wait("the registrar has seen satu", lambda: covered(one, 1, 2))
    check(len(prove(one, early)["witnesses"]) == 1, "the proof has no witness")
    wait("all is with satu and dua", lambda: feeds(one)[0]["size"] == feeds(two)[0]["size"] == feeds(dinas)[0]["size"])
    again(two)  # a witness that is not the registrar covers the registrar's last entries
    wait("they are in step", lambda: one.status()["in_step"] and two.status()["in_step"], 60)
    wait("the witness has stated it", lambda: feeds(one)[2]["size"] == feeds(two)[2]["size"])
    size = feeds(one)[0]["size"]
    prove(one, early, two)
    dinas.stop()
    shutil.rmtree(dinas.home)  # nothing is left but the paper

    new = ask(world, one, "baru")
    draft, _ = succeed(world, one, new, paper, 1, [one, two])
    check(draft["feeds"][0]["size"] == size, f"not all of the old registrar stands: {draft}")
    check(not {"not_covered", "larger_known", "voids"} & set(draft["warnings"]), f"warned of nothing: {draft['warnings']}")
    agree(one, two, 5000000)
    check(aliases(new) == aliases(one) == {"dinas", "satu", "dua"}, "members were lost")

    three = join(world, new, "tiga")
    check(three.json("audit", "feeds")["feeds"][4]["member"] == "tiga", "numbers do not run on")
    check(three.status()["feed_number"] == 4, f"not the next number: {three.status()}")
    offer = one.entry("partner", "offer", "tiga", "--limit", "10000000", "--days", "30")
    wait("the offer has come", lambda: held(three, offer), 40)
    three.entry("partner", "accept", offer)
    wait("the partnership has come", lambda: one.json("partner", "list", "--partner", "tiga")["partnerships"][0]["state"]
         not in ("proposed", "offered"), 40)
    late = trade(one, three, 2000000)
    agree(one, three, 2000000)
    wait("the new registrar reads what is agreed from now on", lambda: [
        p for p in new.json("balance", "tiga", "--member", "satu")["partners"] if p["balance"] == 2000000], 40)
    wait("and what was agreed before it came", lambda: [
        p for p in new.json("balance", "dua", "--member", "satu")["partners"] if p["balance"] == 5000000], 60)
    again(new)
    seen = int(late.split(".")[1].split("-")[0]) + 1
    wait("the new registrar has seen satu", lambda: covered(one, 1, seen), 60)
    proof = prove(one, late)
    check([w["feed"] for w in proof["witnesses"]] == [new.json("key", "show")["feed"]], f"seen by whom? {proof}")
    again(two)
    order = [n.json("key", "show")["feed"] for n in (new, two)]  # the other way round by their numbers
    wait("both have stated it, the registrar first", lambda: cosigners(one, late) == order, 40)
    check(prove(one, early)["witnesses"][0]["superseded"], "the lost registrar's word is shown as any")
    said = world.node("nowhere").run("proof", "verify", world.root / f"proof-{one.name}.txt", "--network",
                                     one.json("network", "show")["network"])
    check(re.search(r"replaced since\n.* yes\n", said), f"nor in words:\n{said}")
    check(prove(one, f"4.{feeds(one)[4]['size'] - 1}")["member_number"] == 3, "not tiga's")
    check(prove(one, "0.1")["good"] and prove(one, f"3.{feeds(one)[3]['size'] - 1}")["good"], "registrars' entries")
    return paper, one, two, three, new


def thief(world, one, two):
    """Whoever has the old key, and an old copy of its machine, writes another history."""
    copy = world.node("thief", world.root / "stolen")
    copy.listen()
    copy.configure(fence="off", peer=f"127.0.0.1:{one.port} {one.json('key', 'show')['link_key']}")
    for n in range(3):
        copy.run("member", "admit", f"palsu-{n}", "--name", f"Palsu {n}", code=(0, 3))
    before = feeds(one)[0]
    copy.start()
    wait("the thief's own machine is told", lambda: anchor_number(copy) == 1, 60)
    check(feeds(one)[0]["size"] == before["size"] and feeds(one)[0]["root"] == before["root"], "the thief's entries came in")
    for node in (one, two, copy):
        check(not any(a.startswith("palsu") for a in aliases(node)), f"{node.name} believes the thief")
    copy.run("member", "admit", "palsu-lagi", "--name", "Palsu", code=(1, 3))
    copy.stop()


def second(world, paper, one, two, three, new):
    """The successor is lost too. Its last entries were stolen work and are not let stand."""
    new.run("member", "admit", "sebentar", "--name", "Sebentar")
    wait("it has come everywhere", lambda: all("sebentar" in aliases(n) for n in (one, two, three)), 40)
    new.stop()
    shutil.rmtree(new.home)
    third = ask(world, two, "ketiga")
    draft, _ = succeed(world, two, third, paper, 2, [one, two, three])
    check(len(draft["feeds"]) == 2, f"both registrars must be in it: {draft}")
    four = join(world, third, "empat")
    check(four.status()["feed_number"] == 6, f"not the next number: {four.status()}")
    entry = four.entry("rat", "attest", "--year", "2025", "--held", "2026-02-14", "--members", "10", "--present", "8",
                       "--quorum", "6", "--own-capital", "10", "--outside-capital", "10", "--assets", "20")
    wait("it has come", lambda: held(three, entry), 40)
    again(third)
    seen = int(entry.split(".")[1].split("-")[0]) + 1
    wait("the third registrar has seen it", lambda: covered(three, 6, seen), 60)
    check(len(prove(three, entry)["witnesses"]) == 1, "not seen by the third registrar")
    check(prove(three, f"4.{feeds(three)[4]['size'] - 1}")["good"], "a feed that the second registrar added")

    # one more, and what it would void is said and needs a yes
    size = draft["feeds"][0]["size"]
    keys = world.node("lagi")
    keys.run("init", "--join", third.json("invite", "create", "--address", "127.0.0.1:1")["invite"], "--name", "Lagi")
    draft = one.json("network", "anchor", "--draft", "--keys", keys.json("key", "show")["keys"], "--size", "1")
    check(draft["number"] == 3 and "voids" in draft["warnings"], f"not warned: {draft}")
    check(draft["feeds"][0]["size"] == size and draft["feeds"][2]["size"] == 1, f"the wrong feed was shortened: {draft}")
    one.run("network", "anchor", "--import", sign(world, draft["draft"], paper)["anchor"], code=3)
    check(anchor_number(one) == 2, "imported without a yes")
    return [one, two, three, third, four]


def mistaken(world, paper, one, two, three, third):
    """An anchor names a machine that never runs; the next mends it. The right machine was invited by the lost registrar,
    and must be told of another to dial."""
    invite = third.json("invite", "create", "--address", f"127.0.0.1:{third.port}")["invite"]
    wait("all is with one", lambda: feeds(one)[5]["size"] == feeds(third)[5]["size"])
    third.stop()
    keys = world.node("lagi").json("key", "show")["keys"]
    draft = one.json("network", "anchor", "--draft", "--keys", keys)
    two.run("network", "anchor", "--import", sign(world, draft["draft"], paper)["anchor"])
    wait("the mistake is everywhere", lambda: all(anchor_number(n) == 3 for n in (one, two, three)))

    right = world.node("keempat")
    right.run("init", "--join", invite, "--name", "Keempat")
    right.port = free_port()
    right.configure(listen=f"127.0.0.1:{right.port}")  # it has no address to state, and writes all the same
    right.start()
    said = right.error("network", "anchor", "--import", sign(world, draft["draft"], paper)["anchor"], code=1)
    check("peer add" in json.dumps(said), f"the way out is not said: {said}")
    right.run("peer", "add", f"127.0.0.1:{one.port}", one.json("key", "show")["link_key"])
    draft, _ = succeed(world, three, right, paper, 4, [one, two, three])
    check([f["size"] for f in draft["feeds"]][3:] == [0], f"not the one that wrote nothing: {draft}")
    three.run("network", "anchor", "--draft", "--keys", keys, "--size", "0")
    join(world, right, "lima")
    return right


def life(world):
    paper, one, two, three, new = first(world)
    thief(world, one, two)
    nodes = second(world, paper, one, two, three, new)
    nodes.append(mistaken(world, paper, *nodes[:4]))
    for node in nodes:
        node.stop()
        report = node.json("log", "verify")
        check(not report["differences"], f"log verify of {node.name}: {report}")


if __name__ == "__main__":
    run(life)

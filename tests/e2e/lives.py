#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""lives.py BUILD: the lives of keys with real daemons: a second node of a cooperative, an auditor who comes late, a key that
is changed, a key that is stolen, an invite that falls into other hands, a member that leaves."""


from nodes import check, run, wait


def found(world):
    dinas = world.node("dinas")
    dinas.run("init", "--found", "Jaringan Uji", "--dinas", "Dinas Koperasi Uji", "--alias", "dinas")
    dinas.listen()
    dinas.start()
    return dinas


def invite(dinas):
    return dinas.json("invite", "create", "--address", f"127.0.0.1:{dinas.port}")["invite"]


def ask(world, dinas, alias, name, line=None):
    """A node that asks to join; it, its feed id, and its eight words as its own person sees them."""
    node = world.node(alias)
    node.run("init", "--join", line or invite(dinas), "--name", name)
    node.listen()
    node.start()
    shown = node.json("key", "show")
    wait(f"the request of {alias} waits", lambda: request(dinas, shown["feed"]))
    check(request(dinas, shown["feed"])["words"] == shown["words"] and len(shown["words"].split()) == 8,
          f"other words at the officer's: {shown['words']}")
    return node, shown["feed"]


def request(dinas, feed):
    found_ones = [r for r in dinas.json("member", "requests")["requests"] if r["feed"] == feed]
    return found_ones[0] if found_ones else None


def member_of(node, alias):
    wait(f"{node.name} is a node of {alias}", lambda: node.status()["member"] == alias)
    wait(f"{node.name} is in step", lambda: node.status()["in_step"])
    node.alias = alias
    return node


def join(world, dinas, alias, name, *admit):
    """Admitted by the line that it sends, before it runs: ADMIT is the command up to --request."""
    node = world.node(alias)
    line = node.json("init", "--join", invite(dinas), "--name", name)["request"]
    dinas.run(*(admit or ("member", "admit", alias)), "--request", line)
    node.listen()
    node.start()
    return member_of(node, admit[2] if admit else alias)


def held(node, entry):
    return node.run("log", "show", entry, "--json", code=(0, 1))


def offer(seller, buyer, amount):
    entry = seller.entry("trade", "offer", buyer.alias, "--sell", "--line", f"Pupuk: 10 sak @ {amount // 10}")
    wait("the offer has come", lambda: held(buyer, entry))
    return entry


def trade(seller, buyer, amount):
    buyer.entry("trade", "accept", offer(seller, buyer, amount))


def balance(node, partner, *words):
    rows = [r for r in node.json("balance", *words)["partners"] if r["partner"] == partner]
    return rows[0]["balance"] if rows else 0


def agree(amount, creditors, debtors, auditors=()):
    """Everybody who may see it sees what the second owes the first."""
    one, two = creditors[0].alias, debtors[0].alias
    for node in creditors:
        wait(f"{node.name} sees that {two} owes {amount}", lambda n=node: balance(n, two) == amount)
    for node in debtors:
        wait(f"{node.name} sees that it owes {amount}", lambda n=node: balance(n, one) == -amount)
    for node in auditors:
        wait(f"{node.name} sees {amount}", lambda n=node: balance(n, two, "--member", one) == amount)


def number(node):
    return [f for f in node.json("audit", "feeds")["feeds"] if f["feed"] == node.status()["feed"]][0]["number"]


def shares(node):
    """The key.share entries that the node can read."""
    feeds = node.json("audit", "feeds")["feeds"]
    return [e for f in feeds if f["size"]
            for e in node.json("log", "list", "--feed", f["number"])["entries"] if e["kind"] == "key.share"]


def second_node(world, dinas, padi, kopi):
    waiting = offer(kopi, padi, 300000)
    other = join(world, dinas, "padi-2", "KUD Padi, bendahara", "feed", "add", "padi")
    agree(500000, [padi, other], [kopi], [dinas])
    other.entry("trade", "accept", waiting)
    agree(200000, [padi, other], [kopi], [dinas])
    check(other.json("balance")["total"] == padi.json("balance")["total"], "two nodes of one member disagree")
    trade(other, kopi, 100000)
    trade(kopi, other, 40000)
    agree(260000, [padi, other], [kopi], [dinas])
    given = shares(other)
    check(len(given) == 1, f"{len(given)} key.share entries for one new node")
    shown = padi.json("log", "show", given[0]["entry"])
    check(shown["body"] is None and len(shown["channels"]) >= 1, "a key.share is shown with its secrets, or without its channels")
    padi.run("proof", "export", given[0]["entry"], "--open", code=2)
    check(padi.json("key", "share", "--dry-run")["feeds"] == [], "something is still not given")
    check(padi.json("key", "share")["references"] == [], "it was given twice")
    return other


def late_auditor(world, dinas, padi, other, kopi):
    node, feed = ask(world, dinas, "periksa", "Inspektorat")
    dinas.run("member", "admit", "periksa", "--request", feed[:10], "--roles", "auditor", "--form", "other")
    check(request(dinas, feed) is None, "an admitted request still waits")
    auditor = member_of(node, "periksa")
    agree(260000, [padi, other], [kopi], [dinas, auditor])
    trade(padi, kopi, 10000)
    agree(270000, [padi, other], [kopi], [dinas, auditor])
    check(not [f for f in auditor.json("audit", "feeds")["feeds"] if f["state"] != "open"], "a feed is not open")
    return auditor


def changed_key(world, dinas, padi, other, kopi, auditor):
    """The key of a machine is changed in peace: the new node first, then the old one's role and feed end."""
    fresh = join(world, dinas, "padi-3", "KUD Padi, mesin baru", "feed", "add", "padi")
    agree(270000, [padi, other, fresh], [kopi], [dinas, auditor])
    old = number(other)
    dinas.run("feed", "roles", old, "relay")
    wait("the role has ended", lambda: other.run("trade", "offer", "kopi", "--sell", "--line", "Beras: 1 kg @ 1000",
                                                 code=(0, 3)) == "")
    trade(fresh, kopi, 5000)
    agree(275000, [padi, fresh], [kopi], [dinas, auditor])
    dinas.run("feed", "cut", old, "--reason", "mesin lama")
    wait("the old node knows that it is cut",
         lambda: [f for f in other.json("audit", "feeds")["feeds"] if f["number"] == old][0]["state"] == "cut")
    agree(275000, [padi, fresh], [kopi], [dinas, auditor])
    entry = offer(kopi, fresh, 1000)
    fresh.entry("trade", "accept", entry)
    agree(274000, [padi, fresh], [kopi], [dinas, auditor])
    check(not held(other, entry), "a cut node is told of others")
    other.stop()
    return fresh


def stolen_key(world, dinas, padi, fresh, kopi, auditor):
    """A thief has a copy of a node's directory: what it signs after the cutoff is void wherever it comes in."""
    feed = number(padi)
    size = [f for f in dinas.json("audit", "feeds")["feeds"] if f["number"] == feed][0]["size"]
    entry = padi.entry("trade", "offer", "kopi", "--sell", "--line", "Emas: 1 kg @ 900000000")
    wait("the thief's offer has come", lambda: held(kopi, entry))
    kopi.entry("trade", "accept", entry)
    wait("it counts", lambda: balance(kopi, "padi") == -900274000)
    dinas.run("feed", "cut", feed, "--size", size, "--reason", "kunci dicuri")
    agree(274000, [fresh], [kopi], [dinas, auditor])
    check(padi.run("trade", "offer", "kopi", "--sell", "--line", "Emas: 1 kg @ 1", code=(0, 3)) is not None, "")
    trade(fresh, kopi, 1000)
    agree(275000, [fresh], [kopi], [dinas, auditor])
    padi.stop()


def invites(world, dinas):
    """One line, two askers: the officer compares the words, admits one and sends the other away."""
    line = invite(dinas)
    thief, wrong = ask(world, dinas, "pencuri", "KSU Lada", line)
    lada, right = ask(world, dinas, "lada", "KSU Lada", line)
    rows = {r["feed"]: r for r in dinas.json("member", "requests")["requests"]}
    check(rows[wrong]["invite"] == rows[right]["invite"] and rows[wrong]["words"] != rows[right]["words"],
          "two requests of one invite cannot be told apart")
    said = dinas.json("member", "admit", "lada", "--request", right)
    check(said["warnings"] == ["several_requests"], f"nobody was warned: {said}")
    member_of(lada, "lada")
    check(request(dinas, wrong)["invite_state"] == "used", "the invite does not count as used")
    error = dinas.run("member", "admit", "pencuri", "--request", wrong, "--json", code=1)
    check(error == "", "an error on standard output")
    dinas.run("feed", "add", "lada", "--request", wrong, code=1)
    check(dinas.run("member", "refuse", wrong[:8]), "nothing is said of a refusal")
    check(request(dinas, wrong) is None, "a refused request still waits")
    thief.stop()

    line = invite(dinas)
    late, feed = ask(world, dinas, "telat", "KSU Telat", line)
    check(dinas.run("invite", "revoke", request(dinas, feed)["invite"]), "nothing is said of a revoked invite")
    check(request(dinas, feed)["invite_state"] == "revoked", "a revoked invite is not shown")
    dinas.run("member", "admit", "telat", "--request", feed, code=1)
    dinas.run("member", "admit", "telat", "--request", feed, "--yes")
    member_of(late, "telat")
    states = [i["state"] for i in dinas.json("invite", "list")["invites"]]
    check("revoked" in states, f"a revoked invite became another: {states}")
    none = world.node("pencuri-2")
    none.run("init", "--join", line, "--name", "KSU Lain")
    none.listen()
    none.start()
    wait("it hears that it is refused", lambda: "was refused" in none.log.read_text())
    wait("its person is told", lambda: "was refused" in none.run("status"))
    check("must admit it" not in none.run("status"), "a refused one is told to wait for an officer")
    none.stop()
    check("join_refused" in none.json("status")["warnings"], "the refusal is forgotten")
    return late


def leaves(dinas, late):
    entry = late.entry("rat", "attest", "--year", "2024", "--held", "2025-02-14", "--members", "30", "--present", "20")
    wait("the attestation has come", lambda: held(dinas, entry))
    dinas.run("member", "suspend", "telat", "--reason", "tunggakan")
    check(dinas.json("member", "show", "telat")["state"] == "suspended", "it is not suspended")
    wait("a suspended member is linked", lambda: late.status()["in_step"])
    dinas.run("member", "leave", "telat", "--reason", "bubar")
    wait("its links are closed", lambda: not late.status()["in_step"])
    check(not dinas.json("rat", "show", entry).get("rejected"), "what it stated is void")
    dinas.run("member", "reinstate", "telat")


def life(world):
    dinas = found(world)
    dinas.alias = "dinas"
    padi, kopi = join(world, dinas, "padi", "KUD Padi"), join(world, dinas, "kopi", "KSU Kopi")
    trade(padi, kopi, 500000)
    agree(500000, [padi], [kopi], [dinas])
    other = second_node(world, dinas, padi, kopi)
    auditor = late_auditor(world, dinas, padi, other, kopi)
    fresh = changed_key(world, dinas, padi, other, kopi, auditor)
    stolen_key(world, dinas, padi, fresh, kopi, auditor)
    late = invites(world, dinas)
    leaves(dinas, late)
    for node in (dinas, fresh, kopi, auditor):
        node.stop()
        report = node.json("log", "verify")
        check(not report["differences"], f"log verify of {node.name}: {report}")


if __name__ == "__main__":
    run(life)

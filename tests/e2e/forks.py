#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""forks.py BUILD: a cooperative copies its node to a second machine and runs both. Its records conflict: that is found,
said on every node, shown side by side; the registrar decides for one branch; what fell with the other is shown and not
gone; the cooperative goes on with a new feed."""

import shutil

from nodes import check, free_port, run, wait


def found(world):
    dinas = world.node("dinas")
    dinas.run("init", "--found", "Jaringan Uji", "--dinas", "Dinas Koperasi Uji", "--alias", "dinas")
    dinas.listen()
    return dinas.start()


def join(world, dinas, alias):
    """It dials and answers, and says to nobody where it can be dialled: who is linked to whom is for this test to say."""
    node = world.node(alias)
    ask(dinas, node)
    node.start()
    feed = node.status()["feed"]
    wait("the request waits", lambda: [r for r in dinas.json("member", "requests")["requests"] if r["feed"] == feed])
    dinas.run("member", "admit", alias, "--request", feed)
    in_roster(node, alias)
    return node


def ask(dinas, node):
    line = dinas.json("invite", "create", "--address", f"127.0.0.1:{dinas.port}")["invite"]
    node.run("init", "--join", line, "--name", f"Koperasi {node.name}")
    node.port = free_port()
    node.configure(listen=f"127.0.0.1:{node.port}")


def in_roster(node, alias):
    wait(f"{node.name} is of {alias}", lambda: node.status()["member"] == alias)
    wait(f"{node.name} is in step", lambda: node.status()["in_step"])


def address(node):
    return f"127.0.0.1:{node.port}", node.json("key", "show")["keys"].split(":")[2]


def offer(seller, buyer, amount):
    return seller.entry("trade", "offer", buyer, "--sell", "--line", f"Pupuk: 10 sak @ {amount // 10}")


def accept(buyer, entry):
    wait(f"{entry} is at {buyer.name}", lambda: buyer.run("log", "show", entry, "--json", code=(0, 1)))
    return buyer.entry("trade", "accept", entry)


def balance(node, partner="padi"):
    rows = node.json("balance", partner)["partners"]
    return rows[0]["balance"] if rows else 0


def owes(node, amount):
    wait(f"{node.name} sees that it owes padi {amount}", lambda: balance(node) == -amount)


def feed_of(node, alias):
    return [f for f in node.json("audit", "feeds")["feeds"] if f["member"] == alias][0]


def fork(node, code=1):
    rows = node.json("audit", "forks", code=code)["forks"]
    check(len(rows) == 1 and rows[0]["member"] == "padi", f"audit forks of {node.name}: {rows}")
    return rows[0]


def is_in(node, state):
    wait(f"padi's feed is {state} at {node.name}", lambda: feed_of(node, "padi")["state"] == state, 40)


def one_trade(node, entry):
    return [t for t in node.json("trade", "list")["trades"] if t["entry"] == entry][0]


def stop(*nodes):
    for node in nodes:
        node.stop()


def clone(world, node):
    """The whole directory on another machine, which knows nothing of the fence of the first."""
    copy = world.node(f"{node.name}-salinan")
    shutil.copytree(node.home, copy.home, ignore=shutil.ignore_patterns("lock", "control.sock"))
    copy.port = free_port()
    copy.configure(listen=f"127.0.0.1:{copy.port}", fence="off")
    return copy


def side_by_side(padi, copy, kopi, tani):
    """Both run, one linked to one partner, one to the other; both go on writing."""
    padi.run("peer", "add", *address(tani))
    copy.run("peer", "add", *address(kopi))
    for node in (kopi, tani, padi, copy):
        node.start()
    for node in (padi, copy):
        wait(f"{node.name} publishes", lambda n=node: n.status()["publishing"])
    kept = offer(padi, "tani", 300000)
    accept(tani, kept)
    more = offer(padi, "kopi", 40000)  # reaches tani alone
    wait("the other offer is at tani", lambda: feed_of(tani, "padi")["size"] == padi.status()["own_size"])
    lost = offer(copy, "kopi", 700000)
    accept(kopi, lost)
    paid = copy.entry("payment", "record", "kopi", "100000", "--received")
    answered = offer(kopi, "padi", 90000)
    accept(copy, answered)
    owes(kopi, 1010000)
    owes(tani, 300000)
    return kept, more, lost, paid, answered


def found_and_said(kopi, tani, copy, padi, lost):
    kopi.run("peer", "dial", *address(tani))
    for node in (kopi, tani):
        is_in(node, "held")
        check("conflicting_records" in node.json("status")["warnings"], f"{node.name} does not warn")
        row = fork(node)
        check(row["proven"] and row["proofs"], f"no proof: {row}")
        check(row["older_root"] != row["newer_root"] and row["parts_below"] <= row["older_size"], f"{row}")
        check(row["parts_from"] <= feed_before, f"they part before {row['parts_from']}")
        check(row["branch"] in ("older", "newer"), f"{node.name} is on neither branch: {row}")
        check("conflicting records" in node.run("audit", "forks", code=1), "not in words")
        check("catatan bertentangan" in node.run("--lang", "id", "audit", "forks", code=1), "not in Indonesian")
    check(fork(kopi)["root"] != fork(tani)["root"], "both hold the same branch")
    check(lost in [e["entry"] for e in fork(kopi)["entries"]], "kopi does not show its branch")
    for node in (padi, copy):
        wait(f"{node.name} publishes no more", lambda n=node: not n.status()["publishing"], 40)
    owes(kopi, 1010000)  # a proof voids nothing
    owes(tani, 300000)


def decided(dinas, kopi, tani, lost):
    """For tani's branch, by the head that tani has."""
    row = fork(tani)
    answer = dinas.json("feed", "cut", "padi", "--size", row["size"], "--root", row["root"], "--reason", "dua mesin")
    check("new_feed" in answer["warnings"], f"{answer}")
    for node in (dinas, kopi, tani):
        is_in(node, "cut")
        wait(f"{node.name} holds that branch",
             lambda n=node: (feed_of(n, "padi")["size"], feed_of(n, "padi")["root"]) == (row["size"], row["root"]), 40)
        check(fork(node)["cut_size"] == row["size"], f"{fork(node)}")
    refused = dinas.run("feed", "resolve", "padi", "--json", code=3)
    check(refused == "", "a cutoff with a proof was lifted")
    check("feed resolve" not in kopi.run("why", "padi"), "why says what would be refused")
    owes(kopi, 500000)
    owes(tani, 300000)
    row = fork(kopi)
    count = row["size"] - row["parts_from"]  # some are sealed to others
    check(len({e["entry"] for e in row["entries"]}) == count and "sealed" in {e["kind"] for e in row["entries"]}
          and not [e for e in row["entries"] if e["time"] < "2020"], f"not each by its name and time: {row['entries']}")
    check([e["entry"] for e in row["set_aside"] if e["objects"] == [lost]] == [lost], f"not set aside: {row}")
    check(row["parts_below"] == row["parts_from"] + 1, "with both branches the parting is known")
    check(not fork(tani)["set_aside"], "tani set something aside")


def shown(kopi, tani, kept, more, lost):
    trade = one_trade(kopi, lost)
    check((trade["state"], trade["shown"], trade["conflicting"], trade["open"]) == ("conflicting", "conflicting", True, 0),
          f"{trade}")
    check(trade["total"] == 700000, f"{trade}")
    check(one_trade(kopi, more)["state"] == "proposed", "the offer of the branch that counts")
    check(not one_trade(tani, kept)["conflicting"], "a trade that counts conflicts")
    check(lost in [t["entry"] for t in kopi.json("trade", "list", "--state", "conflicting")["trades"]], "filter")
    whole = kopi.json("trade", "show", lost)
    check(whole["lines"] and whole["state"] == "conflicting", f"{whole}")
    check(kopi.json("balance")["total"]["conflicting"] == 3, "the balance does not say it")
    codes = [a["code"] for a in kopi.json("why", "padi")["answers"]]
    check("cut" in codes and "not_held" not in codes, f"more is said to come of a cut feed: {codes}")
    places = [x["entry"].split("-")[0] for x in fork(kopi)["set_aside"]]
    place = next((p for p in places if int(p.split(".")[1]) < fork(kopi)["size"]), None)
    check(place, "no void entry shares its place with one that counts")
    check(kopi.json("why", place)["answers"][0]["code"] != "void", "why prefers the void one")
    why = kopi.json("why", lost)["answers"][0]
    check(why["code"] == "void" and "padi then writes it again (`lontar trade offer`)" in why["way_out"], f"why: {why}")
    check("`lontar why`" in kopi.run("audit", "forks", code=1), "nobody is told to write it again")
    check("700.000" in kopi.run("trade", "list"), "not in words")


def shown_beside(kopi, paid, answered):
    """A payment that is void, and a trade of our own whose accept is."""
    payments = kopi.json("payment", "list")["payments"]
    check([(p["entry"], p["state"], p["conflicting"]) for p in payments] == [(paid, "conflicting", True)], f"{payments}")
    check(kopi.json("payment", "show", paid)["amount"] == 100000, "payment show")
    trade = one_trade(kopi, answered)
    check((trade["state"], trade["shown"], trade["conflicting"]) == ("proposed", "conflicting", True), f"{trade}")
    said = kopi.json("trade", "show", answered)["statements"]
    check([(s["kind"], s["by"], s["effect"]) for s in said] == [("trade.accept", "padi", "void")], f"{said}")
    why = [a for a in kopi.json("why", answered)["answers"] if a["code"] == "conflicting"]
    check(why and f"`lontar trade accept {answered}`" in why[0]["way_out"], f"why does not say what to write: {why}")


def goes_on(world, dinas, kopi):
    new = world.node("padi-baru")
    ask(dinas, new)
    dinas.run("feed", "add", "padi", "--keys", new.json("key", "show")["keys"])
    new.start()
    in_roster(new, "padi")
    again = offer(new, "kopi", 700000)
    accept(kopi, again)
    owes(kopi, 1200000)
    wait("the new node sees all of it", lambda: balance(new, "kopi") == 1200000)  # it is given what came before
    return new


def life(world):
    global feed_before
    dinas = found(world)
    padi, kopi, tani = (join(world, dinas, alias) for alias in ("padi", "kopi", "tani"))
    accept(kopi, offer(padi, "kopi", 500000))
    owes(kopi, 500000)
    wait("all of padi's is at tani", lambda: feed_of(tani, "padi")["size"] == padi.status()["own_size"])
    feed_before = padi.status()["own_size"]
    wait("all are in step", lambda: all(n.status()["in_step"] for n in (padi, kopi, tani)))
    stop(padi, kopi, tani, dinas)
    copy = clone(world, padi)
    kept, more, lost, paid, answered = side_by_side(padi, copy, kopi, tani)
    found_and_said(kopi, tani, copy, padi, lost)
    dinas.start()
    is_in(dinas, "held")
    decided(dinas, kopi, tani, lost)
    shown(kopi, tani, kept, more, lost)
    shown_beside(kopi, paid, answered)
    stop(padi, copy)
    new = goes_on(world, dinas, kopi)
    stop(dinas, kopi, tani, new)
    for node in (dinas, kopi, tani, new, padi, copy):
        check(not node.json("log", "verify")["differences"], f"log verify of {node.name}")


if __name__ == "__main__":
    run(life)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""daemon.py BUILD: two real nodes on loopback, from nothing to a balance that both agree on, with a kill -9 in between;
then what strangers send to one of them."""

import json
import os
import secrets
import socket
import time

from nodes import Rpc, check, run, wait


def found(world):
    dinas = world.node("dinas")
    dinas.run("init", "--found", "Jaringan Uji", "--dinas", "Dinas Koperasi Uji", "--alias", "dinas")
    dinas.listen()
    dinas.start()
    return dinas


def join(world, dinas, alias, name, *options):
    """By an invite, while the dinas runs: ask, be admitted, come into step."""
    line = dinas.json("invite", "create", "--address", f"127.0.0.1:{dinas.port}")["invite"]
    node = world.node(alias)
    node.run("init", "--join", line, "--name", name, *options)
    node.listen()
    node.start()
    feed = node.status()["feed"]
    wait("the request waits", lambda: [r for r in dinas.json("member", "requests")["requests"] if r["feed"] == feed])
    dinas.run("member", "admit", alias, "--request", feed)
    wait(f"{alias} is a member", lambda: node.status()["member"] == alias)
    wait(f"{alias} is in step", lambda: node.status()["in_step"])
    return node


def held(node, entry):
    """Has the node the entry?"""
    return node.run("log", "show", entry, "--json", code=(0, 1))


def trade(seller, buyer, amount):
    entry = seller.entry("trade", "offer", buyer.name, "--sell", "--line", f"Pupuk: 10 sak @ {amount // 10}")
    wait("the offer has come", lambda: held(buyer, entry))
    buyer.entry("trade", "accept", entry)
    return entry


def balance(node, partner):
    rows = node.json("balance", partner)["partners"]
    return rows[0]["balance"] if rows else 0


def agree(a, b, amount):
    wait(f"{a.name} sees that {b.name} owes {amount}", lambda: balance(a, b.name) == amount)
    wait(f"{b.name} sees that it owes {a.name} {amount}", lambda: balance(b, a.name) == -amount)


def life(world):
    dinas = found(world)
    check(dinas.status()["published"] == 0, "something left, and nobody is there")
    dinas.run("proof", "export", "0.0")  # by hand: the daemon raises its mark
    check(dinas.status()["published"] > 0, "a proof was shown from beyond the mark")
    one = join(world, dinas, "tani-maju", "KUD Tani Maju")
    two = join(world, dinas, "sawit-jaya", "KSU Sawit Jaya")
    offer = one.entry("partner", "offer", two.name, "--limit", "10000000", "--days", "30")
    wait("the offer of a partnership has come", lambda: held(two, offer))
    two.entry("partner", "accept", offer)
    trade(one, two, 5000000)
    agree(one, two, 5000000)
    paid = two.entry("payment", "record", one.name, "2000000", "--paid")
    wait("the payment has come", lambda: held(one, paid))
    one.entry("payment", "confirm", paid)
    agree(one, two, 3000000)

    # one dies without a word, the other goes on, it comes back
    one.kill()
    entry = two.entry("trade", "offer", one.name, "--sell", "--line", "Beras: 1 ton @ 1000000")
    one.start()
    wait("the offer made meanwhile has come", lambda: held(one, entry))
    one.entry("trade", "accept", entry)
    agree(one, two, 2000000)
    check(one.status()["publishing"], "a node that was killed counts as restored")

    idle([dinas, one, two])
    second(one)
    rejects(one)
    strangers(dinas)
    agree(one, two, 2000000)
    for node in (dinas, one, two):
        node.stop()
        report = node.json("log", "verify")
        check(not report["differences"], f"log verify of {node.name}: {report}")
    restored(world, one)


def idle(nodes):
    """Who has nothing to do does nothing; on a slow machine what was under way may take some of the seconds."""
    for _ in range(10):
        before = [node.cpu() for node in nodes]
        time.sleep(1)
        used = [node.cpu() - cpu for node, cpu in zip(nodes, before)]
        if max(used) < 0.1:
            return
    check(False, f"each of 10 idle seconds took processor time, the last one {used}")


def second(node):
    """Another process on one store."""
    other = node.world.node(node.name)
    other.log = node.world.root / "second.log"
    other.start(wait_ready=False)
    check(other.process.wait(20) == 4, f"a second daemon: exit {other.process.returncode}")
    check("store_busy" in other.tail(), other.tail())
    check(node.runs(), "the first daemon died of it")


def rejects(node):
    """The control socket answers what is wrong with its code, and goes on."""
    rpc = Rpc(node.home)
    for line, code in ((b"nonsense", -32700), (b"[1,2]", -32600), (b'{"id":1}', -32600)):
        rpc.send(line)
        check(rpc.next()["error"]["code"] == code, f"{line} was not refused with {code}")
    for method, params, code in (("dance", {}, -32601), ("append", {"drafts": []}, -32602), ("append", None, -32602),
                                 ("append", {"drafts": [{"kind": "trade.offer", "body": "!"}]}, -32000),
                                 ("append", {"drafts": [{"kind": "no.such", "body": ""}]}, -32000),
                                 ("append", {"drafts": [{"kind": "trade.offer", "body": "gA=="}]}, -32000),
                                 ("append", {"drafts": [{"kind": "trade.offer", "body": ""}] * 257}, -32602),
                                 ("dial", {"address": "x" * 200, "link_key": "00"}, -32602),
                                 ("keep", {"drawer": "notes", "key": "AA==", "value": ""}, -32602)):
        answer = rpc.ask(method, params)
        check(answer.get("error", {}).get("code") == code, f"{method} {json.dumps(params)[:80]}: {answer}")
        check(answer["error"]["data"]["code"], "an error without its code")
    before = rpc.call("status")["own_size"]
    check(before == node.status()["own_size"], "a refused append changed something")
    rpc.close()
    rpc = Rpc(node.home)  # a line without an end
    try:
        for _ in range(80):
            rpc.socket.sendall(b"x" * 65536)
        check(rpc.next()["error"]["data"]["code"] == "too_long", "a line of 5 MiB was not refused")
    except (BrokenPipeError, ConnectionResetError):
        pass
    rpc.close()
    check(node.answers(), "the daemon does not answer any more")


def connect(node):
    s = socket.create_connection(("127.0.0.1", node.port), 5)
    s.settimeout(20)
    return s


def is_closed(s):
    """From the other side."""
    try:
        return s.recv(1, socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def half_open(node):
    return [p for p in node.status()["peers"] if p["state"] == "handshake"]


def strangers(node):
    """Garbage, silence and floods over TCP: no answer, and the node lives and still speaks with its peers."""
    before = node.status()
    for garbage in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", os.urandom(48), os.urandom(100000), b"\0" * 70000,
                    b"\xff" * 47):
        with connect(node) as s:
            try:
                s.sendall(garbage)
                s.shutdown(socket.SHUT_WR)
                check(s.recv(1) == b"", "a stranger's garbage was answered")
            except ConnectionResetError:
                pass
    flood = []
    for _ in range(200):
        try:
            flood.append(connect(node))
        except OSError:
            break
    wait("status under a flood", lambda: node.status()["in_step"])
    wait("all but 4 of the flood are refused", lambda: sum(map(is_closed, flood)) >= len(flood) - 4)
    check(len(half_open(node)) <= 4, "more than 4 half-open links of one address")
    for s in flood:
        s.close()
    wait("the flood is gone", lambda: not half_open(node))
    check(node.runs() and node.status()["entries"] >= before["entries"], "the flood changed something")
    # a correct first message is 48 bytes; whoever sends random ones of that length learns nothing
    for _ in range(20):
        with connect(node) as s:
            s.sendall(secrets.token_bytes(48))
            try:
                check(s.recv(1) == b"", "a forged first message was answered")
            except ConnectionResetError:
                pass


def restored(world, node):
    """Without the copy of its mark, or moved elsewhere, a store counts as an old copy, and says so."""
    for copy in (world.root / "state" / "lontar").glob("*.mark"):
        copy.rename(copy.with_suffix(".away"))
    node.start()
    status = node.status()
    check("restored" in status["warnings"] and not status["publishing"], f"a lost mark was not noticed: {status}")
    check("old copy" in node.tail(), node.tail())
    node.stop()


if __name__ == "__main__":
    run(life)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""./dev bench [--feeds N] [--entries N] [--json]: what the node costs, measured in one run on this machine, each number
also as a multiple of one Ed25519 verification, so that machines can be compared."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from nodes import Rpc, World, check, wait  # noqa: E402

HANDSHAKE_BYTES = 48 + 48 + 2 + 48 + 16  # Noise_XK's three messages, without the HELLO in the third


class Bench:
    def __init__(self, options):
        self.world = World(ROOT / "build" / "release")
        self.options = options
        self.rows = []
        self.numbers = {}

    def tool(self, *words):
        command = [self.world.build / "tests" / "bench" / "lontar-bench", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, env=self.world.env, timeout=1800, check=False)
        check(done.returncode == 0, f"lontar-bench {words[0]}: exit {done.returncode} {done.stderr}")
        return done.stdout

    def measure(self, *words):
        return json.loads(self.tool(*words))

    def note(self, name, value, unit, goal="", microseconds=None):
        """One line of the result; microseconds: what it took, to be told in verifications."""
        self.numbers[name] = value
        times = f"{microseconds / self.verification:.2f}" if microseconds else ""
        shown = f"{value:,.0f}" if isinstance(value, int) or value >= 1000 else f"{value:,.3f}"
        print(f"{name:<46} {shown:>14} {unit:<10} {times:>10}  {goal}", flush=True)

    def run(self):
        self.verification = self.measure("verify")["verification_us"]
        print(f"{'':<46} {'':>14} {'':<10} {'x verify':>10}  first goal")
        self.note("one Ed25519 verification, one core", self.verification, "us", "", self.verification)
        disk = durable_write_us(self.world.root)
        self.note("one durable write of 4 KiB (fdatasync), p50", disk, "us", "", disk)
        made = self.measure("make", self.world.root, self.options.feeds, self.options.entries)
        self.note("made: entries", made["entries"], "entries")
        self.note("made: payload an entry", made["payload_bytes"] / made["entries"], "bytes")
        self.catch_up(made)
        self.reconnect()
        self.live()
        self.stop()
        self.local()

    def catch_up(self, made):
        world = self.world
        self.source, self.auditor = world.node("source"), world.node("auditor")
        self.source.listen()
        self.source.start()
        self.auditor.configure(peer=f"127.0.0.1:{self.source.port} {made['link']}")
        peak, done = Peak(self.auditor), Peak(self.source)
        before = self.source.cpu()
        began = time.monotonic()
        self.auditor.start(wait_ready=False)
        peak.start(), done.start()
        wait("the auditor runs", self.auditor.answers)
        wait("everything has come", lambda: self.auditor.status()["entries"] >= made["entries"], 1200)
        took = time.monotonic() - began
        status = self.auditor.status()
        link = status["peers"][0]
        wire = link["bytes_in"] + link["bytes_out"]
        each = took * 1e6 / made["entries"]
        self.note("cold catch-up: entries a second", made["entries"] / took, "1/s")
        self.note("cold catch-up: an entry", each, "us", "0.8 x", each)
        self.note("cold catch-up: CPU of the receiver, an entry", self.auditor.cpu() * 1e6 / made["entries"], "us", "",
                  self.auditor.cpu() * 1e6 / made["entries"])
        cpu = (self.source.cpu() - before) * 1e6 / made["entries"]
        self.note("cold catch-up: CPU of the sender, an entry", cpu, "us", "", cpu)
        self.note("cold catch-up: receiver's RssAnon, peak", peak.stop() / 1e6, "MB", "64 MB")
        self.note("cold catch-up: sender's RssAnon, peak", done.stop() / 1e6, "MB", "64 MB")
        self.note("cold catch-up: bytes on the wire / payload", wire / made["payload_bytes"], "times", "1.15")

    def reconnect(self):
        """Both ends in step, then a new link: what it costs to find that nothing is new."""
        self.auditor.stop()
        self.auditor.start()
        wait("in step", lambda: self.auditor.status()["in_step"])
        time.sleep(0.3)
        link = next(p for p in self.auditor.status()["peers"] if p["state"] == "in step")
        wire = link["bytes_in"] + link["bytes_out"]
        self.note("reconnect with nothing new, both ways", wire, "bytes")
        self.note("  after the handshake's own bytes", wire - HANDSHAKE_BYTES, "bytes", "400")

    def live(self):
        """One entry appended at the source until the auditor says that it is visible, durable on both."""
        bodies = self.tool("offers", self.options.live).split()
        source, auditor = Rpc(self.source.home), Rpc(self.auditor.home)
        auditor.call("watch")
        taken = []
        for body in bodies:
            time.sleep(0.03)
            auditor.socket.setblocking(True)
            began = time.monotonic()
            source.call("append", {"drafts": [{"kind": "trade.offer", "body": body}]})
            while auditor.next().get("params", {}).get("type") != "entries":
                pass
            taken.append((time.monotonic() - began) * 1000)
        taken.sort()
        for name, at in (("p50", 0.50), ("p99", 0.99)):
            ms = taken[min(len(taken) - 1, int(len(taken) * at))]
            self.note(f"one new entry until visible there, {name}", ms, "ms", "3 ms" if at == 0.5 else "", ms * 1000)

    def stop(self):
        self.auditor.stop()
        self.source.stop()
        began = time.monotonic()
        done = json.loads(self.auditor.run("log", "verify", "--json"))
        check(not done.get("differences"), f"log verify: {done}")
        self.note("log verify of the receiver's store", time.monotonic() - began, "s")

    def local(self):
        append = self.measure("append", self.source.home)
        self.note("durable local append, one", append["append_1_ms"], "ms", "", append["append_1_ms"] * 1000)
        self.note("durable local append, 100 at once", append["append_100_ms"], "ms", "",
                  append["append_100_ms"] * 1000)
        start = self.measure("start", self.auditor.home)
        self.note("start: store open and node made", start["node_ms"], "ms", "", start["node_ms"] * 1000)
        began = time.monotonic()
        self.auditor.start()
        ms = (time.monotonic() - began) * 1000
        self.note("start: lontard until its socket answers", ms, "ms", "", ms * 1000)
        self.auditor.stop()
        balance = self.measure("balance", self.auditor.home)
        self.note(f"balance of a pair with {balance['trades']} trades", balance["balance_ms"], "ms", "",
                  balance["balance_ms"] * 1000)


def durable_write_us(directory):
    """What the disk takes to make 4 KiB durable: a commit waits for it twice, and a live entry is committed twice."""
    taken = []
    path = directory / "durable"
    with open(path, "wb", buffering=0) as file:
        for n in range(200):
            began = time.monotonic()
            file.seek(n % 16 * 4096)
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            taken.append((time.monotonic() - began) * 1e6)
    path.unlink()
    return sorted(taken)[len(taken) // 2]


class Peak(threading.Thread):
    """The most anonymous memory that a daemon had, looked at every 20 ms."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.most, self.over = node, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.02):
            self.most = max(self.most, self.node.memory())

    def stop(self):
        self.over.set()
        self.join()
        return self.most


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=100, help="cooperatives that trade")
    options.add_argument("--entries", type=int, default=1000, help="entries of each")
    options.add_argument("--live", type=int, default=200, help="entries timed one by one")
    options.add_argument("--json", action="store_true", help="the numbers once more, as one JSON object")
    chosen = options.parse_args()
    bench = Bench(chosen)
    bench.run()
    if chosen.json:
        print(json.dumps(bench.numbers))


if __name__ == "__main__":
    main()

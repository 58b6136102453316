#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""./dev demo [--once] [--lang id|en] [DATA]: a district of real daemons on this machine, as a story. Everything that it
says happened is checked; it exits non-zero when anything is off. Without --once the nodes stay until Enter is pressed."""

import argparse
import collections
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import time

from nodes import Failed, World, check, wait

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests" / "data" / "luwu-timur"
OWN_ONLY = 5  # cooperatives that start with nothing but their own book
JOINER = "mawar-timur"
SOLD, PAID, RICE, CASH = 7500000, 3000000, 1200000, 500000
STATUSES = {  # of a RAT, as `audit rat` has them
    "not_yet_obliged": ("belum wajib", "not yet obliged"),
    "not_yet_due": ("belum jatuh tempo", "not yet due"),
    "on_time": ("tepat waktu", "on time"),
    "on_time_reported_late": ("tepat waktu, terlambat dilaporkan", "on time, reported late"),
    "late": ("terlambat", "late"),
    "past_legal_limit": ("lewat batas hukum", "past the legal limit"),
    "not_reported": ("tidak dilaporkan", "not reported"),
    "not_reached": ("tidak terjangkau", "not reached"),
    "needs_inspection": ("perlu diperiksa", "needs inspection"),
    "rejected": ("ditolak", "rejected"),
}


class Story:
    """The teller: numbered chapters, plain words in one of two languages, and the commands as they are typed."""

    def __init__(self, lang, world):
        self.lang, self.world, self.chapter_no, self.began = lang, world, 0, time.monotonic()

    def words(self, indonesian, english):
        return indonesian if self.lang == "id" else english

    def chapter(self, indonesian, english):
        self.chapter_no += 1
        print(f"\n{self.chapter_no}. {self.words(indonesian, english)}", flush=True)

    def say(self, indonesian, english):
        print("   " + self.words(indonesian, english).replace("\n", "\n   "), flush=True)

    def show(self, node, *words):
        """A command as a person would type it, and what it prints."""
        print(f"   {node.name}$ lontar {' '.join(quoted(w) for w in words)}", flush=True)
        out = node.run("--lang", self.lang, *words)
        for line in out.rstrip().splitlines():
            print("     " + line)
        return out

    def typed(self, node, *words):
        """A command that appends one entry; its reference."""
        entry = node.json(*words)["references"][0]
        print(f"   {node.name}$ lontar {' '.join(quoted(w) for w in words)}\n     {entry}", flush=True)
        return entry


def quoted(word):
    word = str(word)
    return f'"{word}"' if " " in word else word


def rupiah(n):
    return f"Rp{n:,}".replace(",", ".")


def holds(node, entry):
    return node.run("log", "show", entry, "--json", code=(0, 1))


def balance(node, partner):
    rows = node.json("balance", partner)["partners"]
    return rows[0]["balance"] if rows else 0


def choose(data):
    """The cooperative that trades most, and those that it trades most with."""
    with open(pathlib.Path(data) / "trades.csv", encoding="utf-8") as file:
        pairs = {row["nota"]: (row["penjual"], row["pembeli"]) for row in csv.DictReader(file)}
    busiest = collections.Counter(name for pair in pairs.values() for name in pair).most_common(1)[0][0]
    partners = collections.Counter(name for pair in pairs.values() if busiest in pair for name in pair
                                   if name != busiest)
    return busiest, [name for name, _ in partners.most_common(OWN_ONLY)]


class Demo:
    def __init__(self, options):
        self.options = options
        self.world = World(options.build)
        self.story = Story(options.lang, self.world)
        self.district = self.world.root / "district"
        self.keeps_all, self.own_only = choose(options.data)

    def run(self):
        self.build_district()
        self.start_nodes()
        self.synchronise()
        self.join()
        self.trade()
        self.crash()
        self.attest()
        self.agree()
        self.audit()
        self.prove()
        self.verify()
        self.end()

    def build_district(self):
        s = self.story
        s.chapter("Satu kabupaten di satu komputer", "A whole district on one machine")
        s.say("156 koperasi Luwu Timur (contoh), tiga tahun buku: kemitraan, nota, pembayaran, RAT. Setiap catatan\n"
              "ditandatangani dengan kunci koperasinya sendiri dan diberi tanggal menurut buku.",
              "156 cooperatives of Luwu Timur (made up), three book years: partnerships, trades, payments, annual\n"
              "meetings (RAT). Every record is signed with its own cooperative's key and dated by the books.")
        homes = ["dinas", self.keeps_all, *self.own_only]
        command = [self.world.build / "lontar-district", "--own", "--homes", ",".join(homes), "--whole",
                   f"dinas,{self.keeps_all}", self.options.data, self.district]
        done = subprocess.run(command, capture_output=True, text=True, env=self.world.env, timeout=300, check=False)
        check(done.returncode == 0, f"lontar-district: {done.stdout}{done.stderr}")
        for line in done.stdout.splitlines():
            print("     " + line)
        self.nodes = {name: self.world.node(name, self.district / name) for name in homes}
        self.dinas, self.whole = self.nodes["dinas"], self.nodes[self.keeps_all]
        self.own = [self.nodes[name] for name in self.own_only]
        s.say("Tujuh di antaranya sekarang hidup: dinas, satu koperasi yang selalu terhubung, dan lima yang baru\n"
              "memegang buku sendiri saja.",
              "Seven of them come alive now: the district office (dinas), one cooperative that was always online,\n"
              "and five that hold nothing but their own book yet.")

    def start_nodes(self):
        s = self.story
        s.chapter("Tujuh proses, masing-masing di alamatnya sendiri", "Seven processes, each at its own address")
        self.dinas.listen()
        self.dinas.start()
        self.link = self.dinas.json("key", "show")["link_key"]
        self.whole.listen()
        for node in [self.whole, *self.own]:
            node.configure(peer=f"127.0.0.1:{self.dinas.port} {self.link}")
        self.before = {node.name: node.json("status")["entries"] for node in self.nodes.values()}
        for node in [self.whole, *self.own]:
            node.start(wait_ready=False)
        s.say(f"Dinas di 127.0.0.1:{self.dinas.port}. Koperasi di balik router cukup menelepon keluar: hanya\n"
              f"{self.keeps_all} yang juga bisa ditelepon.",
              f"The dinas listens on 127.0.0.1:{self.dinas.port}. A cooperative behind a router only dials out: of\n"
              f"these, only {self.keeps_all} can be dialled as well.")

    def in_step(self, nodes, seconds=90):
        def ready():
            states = [node.status() for node in nodes]
            return len({s["entries"] for s in states}) == 1 and all(s["in_step"] for s in states)

        for node in nodes:
            wait(f"{node.name} runs", node.answers)
        wait("all are in step", ready, seconds)

    def synchronise(self):
        s = self.story
        s.chapter("Buku-buku menyusul", "The books catch up")
        began = time.monotonic()
        self.in_step(list(self.nodes.values()))
        took = time.monotonic() - began
        print(f"     {s.words('simpul', 'node'):<16} {s.words('sebelum', 'before'):>8} {s.words('sesudah', 'after'):>8}"
              f" {s.words('byte diterima', 'bytes received'):>15}")
        for node in self.nodes.values():
            status = node.status()
            received = sum(p["bytes_in"] for p in status["peers"])
            print(f"     {node.name:<16} {self.before[node.name]:>8,} {status['entries']:>8,} {received:>15,}")
        s.say(f"Selesai dalam {took:.1f} detik. Tiap tanda tangan diperiksa; isi nota hanya terbaca oleh kedua pihak dan\n"
              "auditor, walau semua simpul menyimpan dan membuktikannya.",
              f"Done in {took:.1f} seconds. Every signature was checked; what a trade says can be read by its two parties\n"
              "and the auditor alone, although every node keeps it and can prove it.")

    def join(self):
        s = self.story
        s.chapter("Sebuah koperasi baru bergabung dengan undangan", "A new cooperative joins by an invite")
        words = ("invite", "create", "--note", "KSU Mawar Timur")
        line = self.dinas.json(*words)["invite"]
        s.say(f"dinas$ lontar {' '.join(quoted(w) for w in words)}\n  {line[:60]}...",
              f"dinas$ lontar {' '.join(quoted(w) for w in words)}\n  {line[:60]}...")
        s.say("Satu baris teks, lewat WhatsApp atau kode QR. Di kantor koperasi:",
              "One line of text, by WhatsApp or as a QR code. At the cooperative's office:")
        node = self.joiner = self.world.node(JOINER)
        node.run("init", "--join", line, "--name", "KSU Mawar Timur")
        print(f"   {JOINER}$ lontar init --join lontar1... --name \"KSU Mawar Timur\"; lontard")
        node.start()
        feed = node.status()["feed"]
        request = wait("the request waits", lambda: [
            r for r in self.dinas.json("member", "requests")["requests"] if r["feed"] == feed])[0]
        s.say(f"Petugas dan koperasi membandingkan delapan kata lewat telepon:\n  {request['words']}",
              f"The officer and the cooperative compare eight words on the phone:\n  {request['words']}")
        s.show(self.dinas, "member", "admit", JOINER, "--request", feed[:16], "--kecamatan", "Malili",
               "--founded", f"{time.gmtime().tm_year}-01-05")
        wait(f"{JOINER} is a member", lambda: node.status()["member"] == JOINER)
        self.nodes[JOINER] = node
        self.in_step(list(self.nodes.values()))
        s.say(f"{JOINER} memegang {node.status()['entries']:,} catatan dan sejajar dengan yang lain.",
              f"{JOINER} holds {node.status()['entries']:,} entries and is in step with the others.")

    def trade(self):
        s, a, b = self.story, self.whole, self.joiner
        s.chapter("Kemitraan, nota, pembayaran", "A partnership, a trade, a payment")
        offer = s.typed(a, "partner", "offer", b.name, "--limit", "20000000", "--days", "30")
        wait("the partnership's offer has come", lambda: holds(b, offer))
        s.typed(b, "partner", "accept", offer)
        nota = s.typed(a, "trade", "offer", b.name, "--sell", "--line", f"Pupuk NPK: 50 sak @ {SOLD // 50}", "--invoice",
                       "N-0001")
        wait("the trade has come", lambda: holds(b, nota))
        s.say("Nota itu baru menghitung setelah pihak lain setuju:", "The trade counts once the other side agrees:")
        s.typed(b, "trade", "accept", nota)
        wait("the accept has come", lambda: balance(a, b.name) == SOLD)
        paid = s.typed(b, "payment", "record", a.name, PAID, "--paid", "--method", "transfer")
        wait("the payment has come", lambda: holds(a, paid))
        s.typed(a, "payment", "confirm", paid)

    def crash(self):
        s, a, b = self.story, self.whole, self.joiner
        s.chapter("Listrik padam", "The power fails")
        entry = s.typed(b, "trade", "offer", a.name, "--sell", "--line", f"Beras: 100 kg @ {RICE // 100}")
        a.kill()
        s.say(f"{a.name} mati di tengah pekerjaan (kill -9). Yang lain jalan terus; {b.name} masih mencatat:",
              f"{a.name} dies in the middle of work (kill -9). The others go on; {b.name} still records:")
        check(not a.runs(), "it is still alive")
        other = s.typed(b, "payment", "record", a.name, CASH, "--paid", "--method", "cash")
        a.start()
        for missed in (entry, other):
            wait("what it missed has come", lambda m=missed: holds(a, m))
        check(a.status()["publishing"], "a node that was killed counts as an old copy")
        s.say("Hidup lagi: tidak ada yang hilang, dan yang terlewat sudah menyusul.",
              "It is back: nothing is lost, and what it missed has caught up.")
        s.typed(a, "trade", "accept", entry)
        s.typed(a, "payment", "confirm", other)

    def attest(self):
        s, node = self.story, self.own[0]
        s.chapter("RAT dilaporkan", "A RAT is attested")
        year = time.gmtime().tm_year - 1
        rat = s.typed(node, "rat", "attest", "--year", year, "--closing", f"{year}-12-31", "--held", f"{year + 1}-02-14",
                      "--place", "Balai desa", "--mode", "in_person", "--members", 120, "--men", 70, "--women", 50,
                      "--present", 88, "--quorum", 61, "--own-capital", "450000000", "--outside-capital", "50000000",
                      "--assets", "500000000", "--turnover", "900000000", "--surplus", "36000000")
        wait("the dinas has it", lambda: holds(self.dinas, rat))
        s.say("Dinas menerimanya, memeriksa berkas, dan memberi putusan:", "The dinas has it, looks at the papers, rules:")
        verdict = s.typed(self.dinas, "rat", "verdict", rat, "--verified")
        wait("the cooperative has the verdict", lambda: holds(node, verdict))

    def agree(self):
        s, a, b = self.story, self.whole, self.joiner
        s.chapter("Saldo di kedua sisi", "The balance on both sides")
        owed = SOLD - PAID - RICE - CASH
        wait(f"{a.name} sees {owed}", lambda: balance(a, b.name) == owed)
        wait(f"{b.name} sees {-owed}", lambda: balance(b, a.name) == -owed)
        s.show(a, "balance", b.name)
        s.show(b, "balance", a.name)
        s.say(f"{b.name} berutang {rupiah(owed)}: kedua buku sama sampai rupiah terakhir, tanpa perantara.",
              f"{b.name} owes {rupiah(owed)}: both books agree to the last rupiah, with nobody in between.")
        old = self.own_only[0]
        here, there = balance(a, old), balance(self.nodes[old], a.name)
        check(here == -there and here != 0, f"{a.name} and {old} disagree: {here}, {there}")
        s.say(f"Begitu juga pasangan lama {a.name} dan {old} dari bukunya: {rupiah(abs(here))}.",
              f"So does the old pair {a.name} and {old} from the books: {rupiah(abs(here))}.")

    def audit(self):
        s = self.story
        s.chapter("Meja dinas: RAT tahun buku 2018", "The dinas's desk: the RAT of book year 2018")
        report = self.dinas.json("audit", "rat", "--year", "2018", "--as-of", "2019-12-31")
        members, on_time = len(report["members"]), report["summary"]["on_time"]
        for status, count in report["summary"].items():
            if count:
                print(f"     {count:>5}  {s.words(*STATUSES[status])}")
        joined = [m for m in report["members"] if m["member"] == JOINER]
        check(len(joined) == 1, f"{JOINER} is not in the audit")
        if pathlib.Path(self.options.data).resolve() == DATA.resolve():
            check((members, on_time) == (157, 39), f"{on_time} on time among {members}, not 39 among 156 and one")
        s.say(f"{on_time} tepat waktu di antara {members - 1} koperasi, dan {JOINER} yang baru bergabung\n"
              f"({STATUSES[joined[0]['status']][0]}). Angka yang sama dihitung ulang oleh siapa pun dari catatan yang sama.",
              f"{on_time} on time among {members - 1} cooperatives, and {JOINER}, which has just joined\n"
              f"({STATUSES[joined[0]['status']][1]}). Anybody computes the same numbers from the same records.")

    def prove(self):
        s, node = self.story, self.own[0]
        s.chapter("Bukti untuk orang luar", "A proof for an outsider")
        network = node.status()["network"]
        trades = node.json("trade", "list", "--partner", self.whole.name, "--state", "agreed")["trades"]
        s.show(node, "proof", "export", trades[0]["entry"], "--open", "--out", "nota.proof")
        proof = self.world.root / "nota.proof"
        elsewhere = self.world.node("bank")  # has no store, no daemon, no network
        print(f"   bank$ lontar proof verify nota.proof --network {network[:16]}...")
        for line in elsewhere.run("--lang", s.lang, "proof", "verify", proof, "--network", network).splitlines():
            print("     " + line)
        damaged = bytearray(proof.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        proof.write_bytes(damaged)
        elsewhere.run("proof", "verify", proof, "--network", network, code=(1, 2))
        s.say("Bank memeriksanya tanpa simpul dan tanpa jaringan. Satu huruf diubah: ditolak.",
              "A bank checks it without a node and without a network. One letter changed: refused.")

    def verify(self):
        s = self.story
        s.chapter("Semua dihitung ulang di tiap simpul", "Everything computed again, on every node")
        self.in_step(list(self.nodes.values()))
        for node in self.nodes.values():
            report = node.json("log", "verify")
            check(report["good"], f"log verify of {node.name}: {report}")
            print(f"     {node.name:<16} {report['entries']:>7,} {s.words('catatan', 'entries')}, "
                  f"{report['signatures']:>5,} {s.words('tanda tangan', 'signatures')}, "
                  f"{report['rows']:>7,} {s.words('baris', 'rows')}: {s.words('cocok', 'agree')}")

    def end(self):
        s = self.story
        took = time.monotonic() - s.began
        if not self.options.once and sys.stdin.isatty():
            print()
            s.say(f"Semua cocok setelah {took:.0f} detik. Simpul-simpul masih hidup; coba di terminal lain:",
                  f"All of it agrees, after {took:.0f} seconds. The nodes are still alive; try in another terminal:")
            for words in ("status", "balance", "trade list"):
                print(f"     {self.world.lontar} --home {self.whole.home} {words}")
            print(f"     {self.world.lontar} --home {self.dinas.home} audit rat --year 2018 --as-of 2019-12-31")
            input("   " + s.words("Tekan Enter untuk mengakhiri. ", "Press Enter to end it. "))
        for node in self.nodes.values():
            node.stop()
        if self.options.once or not sys.stdin.isatty():
            print()
            s.say(f"Semua cocok, dan semua simpul berhenti dengan baik, setelah {time.monotonic() - s.began:.0f} detik.",
                  f"All of it agrees, and every node stopped cleanly, after {time.monotonic() - s.began:.0f} seconds.")


def main():
    lang = "id" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("id") else "en"
    options = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    options.add_argument("--once", action="store_true", help="end by itself, with an exit code")
    options.add_argument("--lang", choices=("id", "en"), default=lang, help="language of the story")
    options.add_argument("--build", default=ROOT / "build" / "release", metavar="DIR", help="where the programs are")
    options.add_argument("data", nargs="?", default=DATA, metavar="DATA", help="a folder of CSV")
    demo = Demo(options.parse_args())
    try:
        demo.run()
    except (Failed, subprocess.TimeoutExpired) as failed:
        print(f"\nFAILED: {failed}", file=sys.stderr)
        for log in sorted(demo.world.root.glob("*.log")):
            print(f"== {log.name}", *log.read_text(errors="replace").splitlines()[-8:], sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""commands.py LONTAR EXCHANGE: a network founded and joined, trades, payments and meetings by the commands alone, with
homes that take each other's entries by EXCHANGE in place of links; every answer's JSON, and every exit code."""
import os
import shutil
import shutil
import subprocess
import sys
import tempfile
import unittest

import homes
from homes import Home, network, share

homes.programs(*sys.argv[1:3])
TODAY = "2026-03-31"


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory(prefix="lontar-commands-")
        cls.dinas, cls.padi, cls.kopi = network(cls.tmp.name)

    @classmethod
    def tearDownClass(cls):
        cls.tmp.cleanup()

    def balance(self, home, partner, *words):
        found = [p for p in home.json("balance", *words)["partners"] if p["partner"] == partner]
        return found[0] if found else None

    def test_a_network(self):
        for home, alias in ((self.dinas, "dinas"), (self.padi, "padi"), (self.kopi, "kopi")):
            status = home.json("status")
            self.assertEqual(status["member"], alias)
            self.assertEqual(status["members"], 3)
            for key in ("network", "feed", "own_size", "published", "roster_size", "entries", "peers", "in_step",
                        "publishing", "store", "warnings"):
                self.assertIn(key, status)
            self.assertIn("no_daemon", status["warnings"])
            self.assertIn("may be with others", home.run("status").stdout)
            anchor = home.json("network", "anchor")
            self.assertEqual([anchor[k] for k in ("number", "feeds", "successor", "words", "anchor", "state")],
                             [0, [], None, None, None, "none"])
            self.assertEqual(home.json("network", "show")["network"], status["network"])
            self.assertEqual([m["alias"] for m in home.json("member", "list")["members"]], ["dinas", "padi", "kopi"])
        feeds = self.padi.json("audit", "feeds")["feeds"]
        self.assertEqual([f["number"] for f in feeds], [0, 1, 2])
        self.assertTrue(all(len(f["feed"]) == 64 and len(f["root"]) == 64 for f in feeds))
        self.assertEqual(feeds[1]["roles"], ["officer"])
        # a cutoff at nothing voids all of a feed: it must be said
        self.assertEqual(self.dinas.error("feed", "cut", feeds[2]["feed"], code=2)["field"], "--size")
        self.assertEqual(sorted(i["state"] for i in self.dinas.json("invite", "list")["invites"]), ["used", "waiting"])
        self.dinas.error("invite", "create", "--days", "0", "--address", "127.0.0.1:7300", code=2)
        self.assertEqual(self.dinas.json("member", "requests")["requests"], [])

    def test_y_one_more_node(self):
        d, padi, kopi = self.dinas, self.padi, self.kopi
        second = Home(os.path.join(self.tmp.name, "padi-2"))
        os.mkdir(second.dir)
        invite = d.json("invite", "create", "--address", "127.0.0.1:7300")["invite"]
        line = second.json("init", "--join", invite, "--name", "KUD Padi 2")["request"]
        self.assertEqual(d.error("feed", "add", "padi", code=2)["field"], "--request")
        d.reference("feed", "add", "padi", "--request", line)
        # the line is as good as before, but its key is in the roster now
        self.assertEqual(d.error("feed", "add", "padi", "--request", line, code=3)["code"], "key_taken")
        share(d, padi, kopi, second)
        self.assertEqual(second.json("status")["member"], "padi")
        self.assertEqual(second.json("balance")["partners"], [])
        missing = padi.json("key", "share", "--dry-run")["feeds"]
        self.assertEqual([(f["member"], f["number"], f["roles"]) for f in missing], [("padi", 3, ["officer"])])
        self.assertGreater(missing[0]["channels"], 0)
        self.assertEqual(padi.json("key", "share", "2", "--dry-run")["feeds"], [])
        self.assertEqual(kopi.json("key", "share")["references"], [])
        self.assertEqual(padi.error("key", "share", "nobody", code=1)["code"], "no_such_member")
        given = padi.reference("key", "share", "padi")
        share(d, padi, kopi, second)
        self.assertEqual(second.json("balance"), padi.json("balance"))
        self.assertEqual(len(second.json("log", "show", given)["channels"]), missing[0]["channels"])
        self.assertEqual(second.json("log", "verify")["differences"], 0)
        self.assertEqual(padi.json("key", "share")["references"], [])

    def test_b_trade_and_payment(self):
        d, padi, kopi = self.dinas, self.padi, self.kopi
        p = padi.reference("partner", "offer", "kopi", "--limit", "50.000.000", "--days", "30")
        share(d, padi, kopi)
        kopi.reference("partner", "accept", p)
        share(d, padi, kopi)
        self.assertEqual(padi.json("partner", "list")["partnerships"][0]["state"], "live")
        offer = padi.json("trade", "offer", "kopi", "--sell", "--line", "Gabah kering panen: 1500 kg @ 6.500 - 2,5%",
                          "--line", "Beras: 10,5 kg @ 2.907,81", "--charge", "weighing=-12500", "--invoice", "N-1",
                          "--date", "2026-01-10")
        self.assertEqual(offer["warnings"], [])
        trade = offer["references"][0]
        share(d, padi, kopi)
        shown = kopi.json("trade", "show", trade[:8])
        # (1500000 x 9750 x 650000 + 5e8) / 1e9 = 9,506,250; (10500 x 10000 x 290781 + 5e8) / 1e9 = 30,532
        self.assertEqual(shown["total"], 9506250 + 30532 - 12500)
        self.assertEqual([line["amount"] for line in shown["lines"]], [9506250, 30532])
        self.assertEqual(shown["lines"][1]["quantity"], "10.5")
        self.assertEqual((shown["state"], shown["role"], shown["due"]), ("proposed", "buyer", "2026-02-09"))
        self.assertEqual(self.balance(kopi, "padi")["pending"], -shown["total"])
        kopi.reference("trade", "accept", trade)
        share(d, padi, kopi)
        total = shown["total"]
        b = self.balance(padi, "kopi")
        self.assertEqual((b["balance"], b["receivable"], b["payable"]), (total, total, 0))
        self.assertEqual((b["credit_limit"], b["credit_used"]), (50000000, total))
        self.assertEqual(self.balance(kopi, "padi")["balance"], -total)
        late = self.balance(padi, "kopi", "--as-of", "2026-03-11")["overdue"]  # 30 days after it was due
        self.assertEqual(late, {"not_due": 0, "d1_30": total, "d31_60": 0, "d61_90": 0, "d90_plus": 0})

        pay = kopi.reference("payment", "record", "padi", "1.000.000", "--paid", "--allocate", f"{trade}=1000000",
                             "--date", "2026-02-01", "--number", "K-1")
        share(d, padi, kopi)
        self.assertEqual(self.balance(padi, "kopi")["balance"], total)
        self.assertEqual(self.balance(padi, "kopi")["pending_payments"], -1000000)
        self.assertEqual(padi.error("payment", "record", "kopi", "1000000", "--received", "--date", "2026-02-03",
                                    code=1)["code"], "exists")
        padi.reference("payment", "confirm", pay)
        share(d, padi, kopi)
        self.assertEqual(self.balance(kopi, "padi")["balance"], -(total - 1000000))
        self.assertEqual(padi.json("trade", "list", "--state", "part_paid")["trades"][0]["open"], total - 1000000)
        kopi.reference("trade", "dispute", trade, "--reason", "40 kg short")
        share(d, padi, kopi)
        self.assertEqual(self.balance(padi, "kopi")["disputed"], total)
        kopi.reference("trade", "clear", trade)
        self.assertEqual(kopi.error("trade", "clear", trade, code=1)["code"], "not_found")
        share(d, padi, kopi)
        self.assertEqual(self.balance(padi, "kopi")["disputed"], 0)

        statement = padi.json("statement", "kopi", "--from", "2026-01-11", "--to", "2026-03-31")
        self.assertEqual([line["what"] for line in statement["lines"]], ["opening", "payment"])
        self.assertEqual((statement["lines"][0]["balance"], statement["closing"]), (total, total - 1000000))
        self.assertEqual(padi.json("aging", "--as-of", "2026-03-31")["total"]["overdue"]["d31_60"], total - 1000000)
        # the dinas sees it, another cooperative does not
        self.assertEqual(d.json("balance", "--member", "padi")["total"]["balance"], total - 1000000)
        self.assertEqual(kopi.error("balance", "--member", "padi", code=3)["code"], "no_right")

    def test_c_declined_withdrawn_refused(self):
        d, padi, kopi = self.dinas, self.padi, self.kopi
        line = ("--line", "Beras: 1 kg @ 12300")
        first = padi.reference("trade", "offer", "kopi", "--sell", *line)
        second = padi.reference("trade", "offer", "kopi", "--sell", *line)
        third = padi.reference("trade", "offer", "kopi", "--sell", *line)
        share(d, padi, kopi)
        kopi.reference("trade", "decline", first, "--reason", "no need")
        padi.reference("trade", "withdraw", second)
        share(d, padi, kopi)
        self.assertEqual(padi.json("trade", "show", first)["state"], "declined")
        self.assertEqual(kopi.json("trade", "show", second)["state"], "withdrawn")
        self.assertEqual(kopi.error("trade", "accept", first, code=1)["code"], "exists")
        self.assertEqual(padi.error("trade", "accept", third, code=3)["code"], "not_a_party")
        self.assertEqual(len(kopi.json("accept", "--all-from", "padi")["references"]), 1)
        share(d, padi, kopi)
        back = padi.reference("trade", "offer", "kopi", "--buy", "--kind", "return", "--refers", third, *line)
        share(d, padi, kopi)
        kopi.reference("trade", "accept", back)
        share(d, padi, kopi)
        self.assertEqual(padi.json("trade", "show", third)["open"], 0)

    def test_d_closing(self):
        d, padi, kopi = self.dinas, self.padi, self.kopi
        self.assertEqual(padi.json("mismatches")["closings"], [])
        padi.json("close-period", "--date", "2026-01-31")
        self.assertEqual(padi.json("close-period", "--date", "2026-01-31")["references"], [])
        share(d, padi, kopi)
        self.assertEqual(padi.json("mismatches")["closings"][0]["state"], "waits")
        self.assertEqual(kopi.json("mismatches")["closings"][0]["state"], "waits_for_us")
        kopi.json("close-period", "--date", "2026-01-31")
        share(d, padi, kopi)
        self.assertEqual(padi.json("mismatches")["closings"][0]["state"], "agrees")
        trade = padi.reference("trade", "offer", "kopi", "--sell", "--line", "Beras: 1 kg @ 7", "--date", "2026-01-30")
        share(d, padi, kopi)
        kopi.reference("trade", "accept", trade)
        share(d, padi, kopi)
        padi.json("close-period", "--date", "2026-01-31")
        row = padi.json("mismatches", code=1)["closings"][0]
        self.assertEqual((row["state"], row["difference"]), ("differs", 7))

    def test_e_meetings(self):
        d, padi, kopi = self.dinas, self.padi, self.kopi
        form = ["--year", "2025", "--held", "2026-02-14", "--members", "310", "--present", "201", "--quorum", "156",
                "--own-capital", "1.200.000.000", "--outside-capital", "800.000.000", "--assets", "2.000.000.000",
                "--turnover", "900.000.000", "--surplus", "(62.000.000)"]
        d.reference("policy", "set", "--from-year", "2025", "--due-months", "3,6", "--report", "04-30,06-30")
        policy = d.json("policy", "show", "--year", "2025")
        self.assertEqual((policy["due_primer"], policy["report_primer"]), ("2026-03-31", "2026-04-30"))
        attest = padi.reference("rat", "attest", *form)
        self.assertEqual(padi.error("rat", "attest", *form, code=1)["code"], "exists")
        self.assertEqual(padi.error("rat", "attest", "--year", "2024", "--held", "2024-11-01", "--members", "10",
                                    code=3)["code"], "rat_held")
        share(d, padi, kopi)
        self.assertEqual(kopi.json("rat", "show", attest)["surplus"], -62000000)
        d.reference("rat", "verdict", attest, "--returned", "--reason", "neraca")
        d.reference("rat", "verdict", attest, "--verified")
        d.reference("rat", "record", "kopi", *form)
        d.reference("rat", "notice", "kopi", "--year", "2025", "--level", "1", "--number", "518/1", "--date", TODAY)
        share(d, padi, kopi)
        audit = d.json("audit", "rat", "--year", "2025")
        rows = {m["member"]: m for m in audit["members"]}
        self.assertEqual(sorted(rows), ["kopi", "padi"])
        for key in ("name", "kecamatan", "form", "status", "verification", "held", "received", "heard",
                    "endorsements", "notices", "next_notice", "warnings", "entry"):
            self.assertIn(key, rows["kopi"])
        self.assertEqual(rows["kopi"]["notices"][0]["number"], "518/1")
        self.assertEqual((rows["padi"]["received"], rows["padi"]["verification"]), (None, None))  # no statement yet
        self.assertEqual(sum(audit["summary"].values()), 2)
        self.assertEqual({m["grade"] for m in d.json("audit", "grades")["members"]} - {"A", "B", "C1", "C2", "D", "D*"},
                         set())
        corrected = padi.reference("rat", "attest", *form, "--replaces", attest)
        self.assertEqual(len(padi.json("rat", "list", "--year", "2025", "--member", "padi")["attestations"]), 2)
        before = padi.write("rat.csv", "koperasi,tahun_buku,tutup_buku,tanggal_rat,anggota_total,hadir,modal_sendiri,"
                            "modal_luar,total_aset,volume_usaha,shu\nkopi,2024,2024-12-31,2025-01-01,9,9,1,1,2,3,4\n"
                            "padi,2024,2024-12-31,2025-02-01,10,9,1,1,2,3,-4\n")
        by_file = padi.reference("rat", "attest", "--file", before)
        self.assertEqual(padi.json("rat", "show", by_file)["held"], "2025-02-01")
        minutes = padi.write("berita-acara.pdf", "isi")
        with_paper = padi.reference("rat", "attest", "--year", "2023", "--held", "2024-03-01", "--members", "10",
                                    "--document", f"minutes={minutes}")
        paper = padi.json("rat", "show", with_paper)["documents"][0]
        self.assertEqual(paper["bytes"], 3)
        self.assertTrue(os.path.exists(os.path.join(padi.dir, "documents", paper["sha256"])))
        self.documents_apart(padi, os.path.join("documents", paper["sha256"]))
        kopi.reference("rat", "endorse", attest, "--as", "member", "--person", "Ibu Sari")
        padi.reference("rat", "withdraw", corrected, "--reason", "again")

    def documents_apart(self, home, paper):
        """A backup has none: it says so, and restoring says how many are not there."""
        backup, again = os.path.join(self.tmp.name, "apart.backup"), Home(os.path.join(self.tmp.name, "apart"))
        said = home.json("backup", backup)
        self.assertEqual((said["documents"], said["documents_bytes"], said["warnings"]), (1, 3, ["documents_apart"]))
        words = home.run("--lang", "id", "backup", "--replace", backup).stderr
        self.assertIn(os.path.join(home.dir, "documents"), words)
        self.assertIn("1 dokumen", again.run("--lang", "id", "restore", backup).stderr)
        os.mkdir(os.path.join(again.dir, "documents"))
        shutil.copy(os.path.join(home.dir, paper), os.path.join(again.dir, paper))
        self.assertEqual(again.json("restore", "--replace", backup)["documents_missing"], 0)
        self.assertNotIn("dokumen", again.run("--lang", "id", "restore", "--replace", backup).stderr)

    def test_f_log_and_proof(self):
        d, padi, kopi = self.dinas, self.padi, self.kopi
        share(d, padi, kopi)
        entries = padi.json("log", "list", "--feed", "padi")["entries"]
        self.assertEqual([e["seq"] for e in entries], list(range(len(entries))))
        self.assertEqual(len(padi.json("log", "list", "--last", "2")["entries"]), 2)
        self.assertEqual([e["seq"] for e in padi.json("log", "list", "--from", "1", "--to", "2")["entries"]], [1, 2])
        for key in ("seq", "id", "kind", "time", "header", "payload"):
            self.assertIn(key, entries[0])
        ref = entries[-1]["entry"]
        self.assertEqual(padi.json("log", "show", ref)["id"], entries[-1]["id"])
        self.assertEqual(kopi.run("log", "tail", "--last", "3").stdout.count("\n"), 3)
        for home in (d, padi, kopi):
            verified = home.json("log", "verify")
            self.assertTrue(verified["good"])
            self.assertEqual(home.json("log", "list", "--rejected")["entries"], [])
        note = padi.run("log", "checkpoint").stdout
        network_id = padi.json("network", "show")["network"]
        self.assertTrue(note.startswith(f"lontar/{network_id}/"))
        self.assertEqual(padi.json("status")["published"], padi.json("status")["own_size"])
        proof = os.path.join(padi.dir, "bukti.txt")
        padi.run("proof", "export", ref, "--open", "--out", proof)
        stranger = Home(os.path.join(self.tmp.name, "nobody"))
        claims = stranger.json("proof", "verify", proof, "--network", network_id)
        self.assertEqual((claims["id"], claims["kind"]), (entries[-1]["id"], entries[-1]["kind"]))
        self.assertTrue(claims["reference"].startswith("." + ref.split(".")[1]))
        self.proof_says(padi, stranger, network_id)
        self.assertEqual(stranger.error("proof", "verify", proof, "--network", "00" * 32, code=1)["code"],
                         "wrong_network")
        with open(proof, encoding="utf-8") as f:
            text = f.read()
        bad = padi.write("palsu.txt", text.replace(entries[-1]["payload"][40:44], "AAAA", 1))
        self.assertEqual(stranger.run("proof", "verify", bad, "--network", network_id, code=None).returncode, 1)
        sealed = next(e["entry"] for e in entries if e["kind"].startswith("trade."))
        text = padi.run("proof", "export", sealed, "--open").stdout
        at = text.index("\nkey ") + 12
        bad = padi.write("kunci.txt", text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :])
        error = stranger.error("proof", "verify", bad, "--network", network_id, code=1)
        self.assertEqual((error["code"], "passphrase" in error["way_out"]), ("not_decrypted", False))
        self.assertIn("was changed", error["detail"])
        self.assertEqual(padi.json("why", ref)["answers"][0]["code"], "not_received")
        self.assertEqual(padi.error("why", "1.99999", code=1)["code"], "not_found")  # nobody else makes one of ours
        self.assertEqual(padi.json("why", "2.99999")["answers"][0]["code"], "not_held")
        other = ref.split("-")[0] + ("-0000" if not ref.split("-")[1].startswith("0000") else "-1111")
        self.assertEqual(padi.error("why", other, code=1)["code"], "not_found")
        self.assertTrue(padi.json("why", "kopi")["answers"])

        self.old_copy_shows_nothing(padi, ref)

    def proof_says(self, padi, stranger, network_id):
        """What the entry says, with no store: members by number; of a sealed one how it is shown."""
        offer = padi.reference("trade", "offer", "kopi", "--sell", "--line", "Beras: 1.500,5 kg @ 12300")
        number = [m["number"] for m in padi.json("member", "list")["members"] if m["alias"] == "kopi"][0]
        said = {}
        for name, more in (("terbuka", ("--open",)), ("tertutup", ())):
            path = os.path.join(padi.dir, name)
            padi.run("proof", "export", offer, *more, "--out", path)
            said[name] = stranger.json("proof", "verify", path, "--network", network_id)["says"]
        self.assertIsNone(said["tertutup"])
        says = said["terbuka"]
        self.assertEqual((says["buyer_number"], says["total"], says["lines"][0]["item"]), (number, 18456150, "Beras"))
        words = stranger.run("proof", "verify", os.path.join(padi.dir, "terbuka"), "--network", network_id).stdout
        self.assertIn("18.456.150", words)
        self.assertIn("Beras", words)
        words = stranger.run("proof", "verify", os.path.join(padi.dir, "tertutup"), "--network", network_id).stdout
        self.assertIn("proof export --open", words)

    def old_copy_shows_nothing(self, padi, ref):
        """A command that takes something along is a start: an old store is found out, and the copy of its mark stays."""
        store, aside = (os.path.join(padi.dir, name) for name in ("store", "store.aside"))
        state = os.path.join(padi.dir, ".local", "state", "lontar")
        mark = os.path.join(state, os.listdir(state)[0])
        shutil.copytree(store, aside)
        shutil.copy(mark, mark + ".aside")
        padi.reference("trade", "offer", "kopi", "--sell", "--line", "Gabah: 1 kg @ 5000")
        padi.run("log", "checkpoint")
        shutil.rmtree(store)
        shutil.copytree(aside, store)
        with open(mark, "rb") as f:
            before = f.read()
        padi.run("log", "checkpoint")  # that much left
        late = padi.reference("trade", "offer", "kopi", "--sell", "--line", "Gabah: 2 kg @ 5000")
        for words in (("log", "checkpoint"), ("proof", "export", late)):
            refused = padi.error(*words, code=3)
            self.assertEqual(refused["code"], "restored")
            self.assertIn("lontar status", refused["way_out"])
        codes = [a["code"] for a in padi.json("why", late)["answers"]]
        self.assertEqual(codes[:2], ["held_back", "restored"])
        missing = padi.json("why", "1.99999")["answers"][0]
        self.assertIn("comes back", missing["way_out"])
        self.assertNotIn("synchronisation", missing["way_out"])
        padi.run("proof", "export", ref)
        with open(mark, "rb") as f:
            self.assertEqual(f.read(), before)
        shutil.rmtree(store)
        shutil.move(aside, store)
        shutil.move(mark + ".aside", mark)

    def test_g_keys_on_paper(self):
        padi = self.padi
        paper = padi.write("paper.txt", padi.run("key", "paper").stdout)
        again = Home(os.path.join(self.tmp.name, "again"))
        feed = again.json("key", "recover", paper)["feed"]
        self.assertEqual(feed, padi.json("key", "show")["feed"])
        subprocess.run([homes.EXCHANGE, padi.dir, again.dir], check=True)
        self.assertEqual(again.json("status")["member"], "padi")
        with open(paper, encoding="utf-8") as f:
            text = f.read()
        digit = text.index(": ") + 2
        wrong = padi.write("wrong.txt", text[:digit] + ("0" if text[digit] != "0" else "1") + text[digit + 1 :])
        nowhere = Home(os.path.join(self.tmp.name, "nowhere"))
        error = nowhere.error("key", "recover", wrong, code=2)
        self.assertEqual((error["code"], error["field"]), ("bad_text", "lontar-seed-1"))
        self.assertIn("row 1 ", error["detail"])
        seed = [row for row in text.splitlines() if row.startswith("lontar-seed-1:")]
        half = padi.write("half.txt", text.replace(seed[1] + "\n", ""))
        self.assertIn("2 rows on a paper, and 1 ", nowhere.error("key", "recover", half, code=2)["detail"])
        self.assertIn("no paper", nowhere.error("key", "recover", homes.LONTAR, code=2)["detail"])
        self.assertFalse(os.path.exists(os.path.join(nowhere.dir, "seed")))
        # sealed with a passphrase
        sealed = Home(os.path.join(self.tmp.name, "sealed"))
        os.mkdir(sealed.dir)
        secret = sealed.write("passphrase", "kata sandi\n")
        sealed.json("init", "--found", "Lain", "--passphrase-file", secret)
        admit = ("member", "admit", "x", "--name", "X")
        self.assertEqual(sealed.error(*admit, code=1)["code"], "not_decrypted")
        sealed.json(*admit, "--passphrase-file", secret)

    def test_h_peers(self):
        key = "ab" * 32
        self.padi.json("peer", "add", "10.0.0.5:7300", key)
        self.assertEqual(self.padi.json("peer", "list")["configured"], [{"address": "10.0.0.5:7300", "link_key": key}])
        self.padi.json("peer", "remove", key)
        self.assertEqual(self.padi.json("peer", "list")["configured"], [])
        self.assertEqual(self.padi.error("peer", "dial", "10.0.0.5:7300", key, code=4)["code"], "unreachable")
        self.assertEqual(self.padi.error("peer", "add", "10.0.0.5:7300", "xyz", code=None)["code"], "bad_key")

    def void_is_shown(self, home, trade, pact, told):
        """Wherever what a cutoff took away was listed, in figures and in words."""
        shown = home.json("log", "show", trade)
        self.assertEqual((shown["entry"], shown["void"], shown["kind"], shown["by"]), (trade, True, "trade.offer", "kopi"))
        self.assertTrue(shown["body"])
        for lang, word in (("en", "Void: it lies beyond"), ("id", "Batal: ")):
            self.assertIn(word, home.run("--lang", lang, "log", "show", trade).stdout)
        self.assertEqual(home.error("log", "show", "2.9999", code=1)["code"], "not_found")
        for row in home.json("partner", "list")["partnerships"]:
            wanted = ("conflicting", "conflicting", True, False) if row["entry"] == pact else (row["state"],) * 2 + (False,)
            self.assertEqual((row["state"], row["shown"], row["conflicting"], row["holds_today"])[: len(wanted)], wanted)
        row = home.json("partner", "show", pact)
        self.assertEqual((row["state"], row["limit_us"], row["from"]), ("conflicting", 1000000, "2026-01-01"))
        self.assertEqual([s["entry"] for s in row["statements"]], [told])
        self.assertIn("bertentangan", home.run("--lang", "id", "partner", "list").stdout)
        count = home.json("balance", "kopi")["total"]["conflicting"]
        self.assertGreater(count, 0)
        account, aging = home.json("statement", "kopi"), home.json("aging")
        self.assertEqual((account["conflicting"], aging["total"]["conflicting"]), (count, count))
        self.assertEqual([p["conflicting"] for p in aging["partners"] if p["partner"] == "kopi"], [count])
        for words in (("statement", "kopi"), ("aging",)):
            self.assertIn("conflicting records", home.run(*words).stderr)
            self.assertIn("catatan bertentangan", home.run("--lang", "id", *words).stderr)

    def test_i_cutoffs(self):
        dinas, kopi, padi = self.dinas, self.kopi, self.padi
        ref = kopi.reference("trade", "offer", "padi", "--sell", "--line", "Kopi: 1 kg @ 90000")
        pact = kopi.reference("partner", "offer", "padi", "--limit", "1000000", "--from", "2026-01-01")
        share(kopi, padi)
        told = padi.reference("partner", "decline", pact)
        share(padi, kopi)
        rat = kopi.reference("rat", "attest", "--year", "2021", "--held", "2022-02-01", "--members", "10")
        last = kopi.reference("payment", "record", "padi", "1000", "--paid", "--yes")
        share(dinas, padi, kopi)
        size = int(last.split("-")[0].split(".")[1]) + 1
        feed = [f for f in dinas.json("audit", "feeds")["feeds"] if f["member"] == "kopi"][0]
        self.assertEqual((feed["size"], feed["state"]), (size, "open"))
        self.assertEqual(dinas.error("feed", "cut", "kopi", "--size", str(size + 1), code=1)["code"], "out_of_range")
        self.assertEqual(dinas.error("feed", "cut", "kopi", "--size", "2", "--root", "12", code=2)["code"], "bad_text")
        alone = dinas.error("feed", "cut", "kopi", "--root", "12" * 32, code=2)
        self.assertEqual((alone["field"], alone["detail"]), ("--size", "a root is that of one size; give both"))
        before = int(ref.split("-")[0].split(".")[1])
        refused = padi.run("feed", "cut", "kopi", "--size", str(before), code=3)
        self.assertNotIn("warning", refused.stderr)
        warnings = dinas.json("feed", "cut", "kopi", "--size", str(before))["warnings"]
        self.assertIn("voids", warnings)
        self.assertIn("new_feed", warnings)
        share(dinas, padi, kopi)
        for home in (dinas, padi):
            row = home.json("audit", "forks")["forks"][0]
            self.assertEqual((row["member"], row["state"], row["cut_size"], row["proven"]), ("kopi", "cut", before, False))
            self.assertEqual(row["set_aside"][-1]["entry"], last)
            self.assertIn("Disisihkan", home.run("--lang", "id", "audit", "forks").stdout)
        self.assertIn("feed_cut", kopi.json("status")["warnings"])
        offer = ("trade", "offer", "padi", "--sell", "--line", "Kopi: 1 kg @ 90000")
        self.assertEqual(kopi.error(*offer, code=3)["code"], "feed_cut")
        self.assertEqual(padi.json("trade", "show", ref)["state"], "conflicting")
        self.assertEqual(padi.json("why", ref)["answers"][0]["code"], "void")
        self.assertEqual([a["code"] for a in padi.json("why", "kopi")["answers"]][:2], ["feed", "cut"])
        desk = [m for m in padi.json("audit", "rat", "--year", "2021")["members"] if m["member"] == "kopi"][0]
        self.assertIn("void_attestation", desk["warnings"])
        self.assertIn("kopi", padi.run("audit", "rat", "--year", "2021").stdout.split("!")[1])
        self.void_is_shown(padi, ref, pact, told)
        for home in (dinas, padi):
            rows = home.json("rat", "list", "--member", "kopi", "--year", "2021")["attestations"]
            self.assertEqual([(r["entry"], r["void"], r["received"]) for r in rows], [(rat, True, None)])
            row = home.json("rat", "show", rat)
            self.assertEqual((row["held"], row["members_total"], row["void"]), ("2022-02-01", 10, True))
            self.assertIn("Batal: ya", home.run("--lang", "id", "rat", "show", rat).stdout)
            self.assertIn("Conflicting records", home.run("rat", "list", "--year", "2021").stdout)
        # the cutoff goes on to what was set aside, and is lifted
        warnings = dinas.json("feed", "cut", "kopi", "--size", str(size - 1))["warnings"]
        self.assertIn("replaces", warnings)
        self.assertFalse({"other_branch", "voids"} & set(warnings))  # what is set aside is of the same branch
        share(dinas, padi, kopi)
        self.assertEqual(padi.json("trade", "show", ref)["state"], "proposed")
        self.assertEqual(padi.json("partner", "show", pact)["state"], "declined")
        self.assertFalse(padi.json("rat", "show", rat)["void"])
        self.assertNotIn("Conflicting records", padi.run("rat", "list", "--year", "2021").stdout)
        self.assertFalse(padi.json("log", "show", ref)["void"])
        self.assertEqual(padi.json("payment", "show", last)["state"], "conflicting")
        dinas.json("feed", "resolve", "kopi", "--reason", "kunci ditemukan")
        share(dinas, padi, kopi)
        row = padi.json("audit", "forks")["forks"][0]
        self.assertEqual((row["state"], row["resolved"], row["set_aside"]), ("open", True, []))
        self.assertFalse(padi.json("payment", "show", last)["conflicting"])
        self.assertTrue(padi.json("log", "verify")["good"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=1)

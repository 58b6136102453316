#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""imports.py LONTAR EXCHANGE DATA: members, trades, payments and meetings from CSV: what is taken, what is skipped, what
is refused and why, row by row; and that nothing of a bad row comes to be."""
import csv
import os
import sys
import tempfile
import unittest

import homes
from homes import Home, network, share

homes.programs(*sys.argv[1:3])
DATA = os.path.abspath(sys.argv[3])

TRADES = """nota,tanggal,penjual,pembeli,pengusul,jenis,merujuk,barang,satuan,jumlah,harga_satuan,potongan_persen,nama_biaya,biaya,tempo_hari,jatuh_tempo,status
N1,2026-01-05,padi,kopi,padi,jual_beli,,Beras,kg,100.5,12300,2.5,angkut,25000,30,2026-02-04,setuju
N1,2026-01-05,padi,kopi,padi,jual_beli,,"Telur, ayam",rak,16,57389,0,,0,30,2026-02-04,setuju
N2,2026-01-06,padi,kopi,padi,jual_beli,,Beras,kg,1,12300,0,,0,0,2026-01-06,setuju
N2,2026-01-06,padi,kopi,padi,jual_beli,,Beras,kg,abc,12300,0,,0,0,2026-01-06,setuju
N3,2026-01-07,padi,kopi,padi,retur,N1,Beras,kg,0.5,12300,2.5,,0,0,2026-01-07,setuju
N4,2026-01-08,padi,siapa,padi,jual_beli,,Beras,kg,1,12300,0,,0,0,2026-01-08,setuju
N5,2026-01-09,kopi,padi,kopi,jual_beli,,Beras,kg,1,12300,0,,0,0,2026-01-09,setuju
N6,2026-02-30,padi,kopi,padi,jual_beli,,Beras,kg,1,12300,0,,0,0,,setuju
N7,2026-01-10,padi,kopi,padi,jual_beli,,Beras,kg,0,12300,0,,0,0,,setuju
N8,2026-01-11,padi,kopi,padi,retur,N99,Beras,kg,1,12300,0,,0,0,,setuju
N9,2026-01-12,padi,kopi,padi,jual_beli,,Beras,kg,1,12300,0,,0,0
N10,2026-01-13,padi,kopi,padi,jual_beli,,Beras,kg,1,12300,0,,0,0,,setuju
"""

PAYMENTS = """bukti;tanggal;pembayar;penerima;dicatat_oleh;jumlah;cara;nota;status
P1;2026-01-20;kopi;padi;penerima;500000;transfer;N1=400000;sah
P2;2026-01-21;kopi;padi;penerima;100;tunai;N1=200;sah
P3;2026-01-22;kopi;padi;penerima;100;tunai;N77=50;sah
P4;2026-01-23;kopi;padi;pembayar;100;tunai;;sah
P5;2026-01-24;kopi;padi;penerima;-5;tunai;;sah
P6;2026-01-25;kopi;padi;penerima;100;giro;;sah
P1;2026-01-20;kopi;padi;penerima;500000;transfer;;sah
"""


def by_name(report):
    return {r["name"]: r for r in report["rows"]}


class Imports(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="lontar-imports-")

    def tearDown(self):
        self.tmp.cleanup()

    def test_trades_and_payments(self):
        dinas, padi, kopi = network(self.tmp.name)
        path = padi.write("trades.csv", "\ufeff" + TRADES.replace("\n", "\r\n"))
        dry = padi.json("trade", "import", path, "--dry-run", code=1)
        self.assertEqual(padi.json("trade", "list")["trades"], [])
        self.assertGreaterEqual(dry["taken"], 2)
        report = padi.json("trade", "import", path, code=1)
        rows = by_name(report)
        got = {name: (r["result"], r.get("row"), r.get("field"), r.get("code")) for name, r in rows.items()}
        self.assertEqual(got["N1"][0], "taken")
        self.assertEqual(got["N2"], ("refused", 5, "jumlah", "bad_number"))
        self.assertEqual(got["N3"][0], "taken")
        self.assertEqual(got["N4"], ("refused", 7, "pembeli", "no_such_member"))
        self.assertEqual(got["N5"][0], "skipped")
        self.assertEqual(got["N6"], ("refused", 9, "tanggal", "bad_date"))
        self.assertEqual((got["N7"][0], got["N7"][1]), ("refused", 10))
        self.assertEqual(got["N8"], ("refused", 11, "merujuk", "no_such_object"))
        self.assertEqual(got["N10"][0], "taken")
        self.assertEqual((report["taken"], report["skipped"], report["refused"]), (3, 1, 6))
        trades = {t["invoice"]: t for t in padi.json("trade", "list")["trades"]}
        self.assertEqual(sorted(trades), ["N1", "N10", "N3"])
        # (100500 x 9750 x 1230000 + 5e8) / 1e9 = 1,205,246 (half up), 16 x 57,389, and the freight
        self.assertEqual(trades["N1"]["total"], 1205246 + 16 * 57389 + 25000)
        self.assertEqual(trades["N3"]["refers"], trades["N1"]["entry"])
        again = padi.json("trade", "import", path, code=1)
        self.assertEqual((again["taken"], by_name(again)["N1"]["result"]), (0, "skipped"))
        share(dinas, padi, kopi)
        kopi.json("accept", "--all-from", "padi")
        share(dinas, padi, kopi)

        report = padi.json("payment", "import", padi.write("payments.csv", PAYMENTS), code=1)
        got = [(r["name"], r["result"], r.get("code")) for r in report["rows"]]
        self.assertEqual(got, [
            ("P1", "taken", None), ("P2", "refused", "allocation"), ("P3", "refused", "no_such_object"),
            ("P4", "skipped", None), ("P5", "refused", "amount_range"), ("P6", "refused", "bad_text"),
            ("P1", "skipped", None)])
        self.assertEqual(len(padi.json("payment", "list")["payments"]), 1)
        # people see the same
        words = padi.run("payment", "import", padi.write("more.csv", PAYMENTS), code=1)
        self.assertIn("0 taken, 0 taken with warnings, 3 skipped, 4 refused", words.stdout)

    def test_members_and_the_recap_sheet(self):
        dinas = Home(os.path.join(self.tmp.name, "dinas"))
        os.mkdir(dinas.dir)
        dinas.json("init", "--found", "Luwu Timur")
        report = dinas.json("member", "import", os.path.join(DATA, "members.csv"))
        self.assertEqual((report["taken"], report["refused"]), (156, 0))
        self.assertEqual(dinas.json("member", "import", os.path.join(DATA, "members.csv"))["skipped"], 156)
        bad = dinas.write("bad.csv", "alias,nama,bentuk,tanggal_berdiri\nBesar,A,primer,\nx,,primer,\ny,Y,tersier,\n"
                          "z,Z,primer,1999-02-29\n")
        report = dinas.json("member", "import", bad, code=1)
        self.assertEqual([(r["row"], r["field"]) for r in report["rows"]],
                         [(2, "alias"), (3, "nama"), (4, "bentuk"), (5, "tanggal_berdiri")])

        sheet = os.path.join(DATA, "rekap-rat-kotor.csv")
        self.assertEqual(dinas.error("rat", "import", sheet, code=2)["field"], "--year")
        report = dinas.json("rat", "import", sheet, "--year", "2018")
        with open(sheet, encoding="utf-8-sig", newline="") as f:
            rows = list(csv.DictReader(f, delimiter=";"))
        held = [r for r in rows if r["rat"] == "1"]
        self.assertEqual(report["taken"] + report["taken_with_warnings"], len(held))
        self.assertEqual((report["skipped"], report["refused"]), (len(rows) - len(held), 0))
        broken = [r for r in report["rows"] if any("24//5/2019" in w for w in r["warnings"])]
        self.assertEqual(len(broken), 1)
        self.assertEqual(broken[0]["result"], "taken_with_warnings")
        shown = {a["member"]: a for a in dinas.json("rat", "list", "--year", "2018")["attestations"]}
        self.assertEqual(len(shown), len(held))
        self.assertEqual(shown["warung-lestari"]["held"], "2019-05-24")
        self.assertEqual(shown["benih-senja"]["surplus"], -10000000)  # (10.000.000)
        self.assertEqual(shown["sawit-jernih"]["assets"], 6308000000)
        self.assertEqual(dinas.json("rat", "import", sheet, "--year", "2018")["skipped"], len(rows))

    def test_bad_rows_of_the_sheet(self):
        dinas = Home(os.path.join(self.tmp.name, "dinas"))
        os.mkdir(dinas.dir)
        dinas.json("init", "--found", "Luwu Timur")
        dinas.json("member", "admit", "a", "--name", "KP Awan Putih", "--legal-no", "1/BH")
        dinas.json("member", "admit", "b", "--name", "KP Bulan", "--legal-no", "2/BH")
        head = ("idkop;nmkop;kelurahan;kecamatan;nobh;tglbh;aktif;tdkaktif;Anggt;rat;tglrat;Krywn;Mngr;modalsendiri;"
                "modalluar;volusaha;shu;asset\r\n")
        good = ";1;-;10;1;{};1;1;4.000;1.000;2.000;(300);5.000\r\n"
        sheet = dinas.write("sheet.csv", "\ufeff" + head + "".join([
            "1;KP  awan PUTIH ;X;Y;1/bh;-" + good.format("29/3/2026"),
            "2;KP Bulan;X;Y;2/BH;-" + good.format("31/2/2026"),
            "3;KP Tidak Ada;X;Y;9/BH;-" + good.format("29/3/2026"),
            "4;KP Bulan;X;Y;2/BH;-;1;-;10;1;29/3/2026;1;1;4,5;1.000;2.000;300;5.000\r\n",
            "5;KP Bulan;X;Y;2/BH;-" + good.format("29/12/2025"),
            "6;KP Bulan;X\r\n",
            "7;KP Awan;X;Y;1/BH;-" + good.format("30/3/2026"),
        ]))
        report = dinas.json("rat", "import", sheet, "--year", "2025", code=1)
        got = [(r["row"], r["result"], r.get("field"), r.get("code")) for r in report["rows"]]
        self.assertEqual(got, [
            (2, "taken", None, None), (3, "refused", "tglrat", "bad_date"), (4, "refused", "nobh", "no_such_member"),
            (5, "refused", "modalsendiri", "bad_number"), (6, "refused", None, "rat_held"),
            (7, "refused", None, "bad_text"), (8, "skipped", None, None)])
        self.assertEqual([a["member"] for a in dinas.json("rat", "list", "--year", "2025")["attestations"]], ["a"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=1)

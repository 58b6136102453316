# SPDX-License-Identifier: Apache-2.0
"""model.py: an invented district as a folder of CSV, and what must come out of it, computed from docs/LEDGER.md 6 and 8
by code that shares nothing with the program. Every kind, answer and odd order that the columns can say is in it."""
import calendar
import csv
import datetime
import os
import random

DAY = datetime.timedelta(days=1)
COUNTS = {"jual_beli", "jasa", "retur", "koreksi"}  # consignment and loan count in no column
BUCKETS = ["not_due", "d1_30", "d31_60", "d61_90", "d90_plus"]
FIRST = datetime.date(2021, 1, 1)


def add_months(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def line_rupiah(milli, sen, bp):
    return (milli * (10000 - bp) * sen + 500_000_000) // 1_000_000_000


class District:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.members, self.trades, self.payments = [], [], []
        self.rats, self.verdicts, self.heard, self.policies = [], [], [], []

    # members and policy

    def invent_members(self):
        names = ["laut-biru", "gunung-hijau", "sungai-tua", "padang-luas", "kebun-raya", "pasar-baru", "bukit-batu",
                 "pulau-kecil"]
        for i, alias in enumerate(names):
            founded = datetime.date(2000 + i, 1 + i, 3 + i)
            if i == 6:
                founded = datetime.date(2022, 1, 1)  # the first full year is 2022
            if i == 7:
                founded = datetime.date(2022, 1, 2)  # a day too late for it
            self.members.append({"alias": alias, "form": "sekunder" if i == 3 else "primer", "founded": founded,
                                 "closing": (6, 30) if i == 5 else (12, 31)})
        for year, primer, sekunder, legal in ((2020, 3, 6, 6), (2021, 4, 5, 7), (2022, 2, 6, 8)):
            self.policies.append({"year": year, "primer": primer, "sekunder": sekunder, "legal": legal,
                                  "report_primer": datetime.date(year + 1, 5, 20),
                                  "report_sekunder": datetime.date(year + 1, 7, 15)})

    # trades and payments

    def days(self, n):
        """Different days, so that no order between two documents of a pair is left to chance."""
        return [FIRST + d * DAY for d in sorted(self.rng.sample(range(720), n))]

    def invent_trade(self, pair, day, older):
        rng = self.rng
        seller, buyer = pair if rng.random() < 0.6 else pair[::-1]
        kind = rng.choices(["jual_beli", "jasa", "titip_jual", "pinjam_barang", "retur", "koreksi"],
                           [70, 8, 5, 3, 10, 4])[0]
        refers = None
        if kind in ("retur", "koreksi"):
            plain = [t for t in older if t["kind"] not in ("retur", "koreksi") and t["total"] > 0]
            if not plain:
                kind = "jual_beli"
            else:
                refers = rng.choice(plain)
                if rng.random() < 0.85:
                    seller, buyer = refers["buyer"], refers["seller"]
        lines = []
        for _ in range(rng.choice([1, 1, 1, 2, 3, 4])):
            milli = rng.choice([rng.randrange(1, 5_000_000), 1000 * rng.randrange(1, 400), 500])
            lines.append((rng.choice(["Beras", "Kakao, kering", 'Benih "unggul"', "Jasa jemur"]), rng.choice(["kg", "sak"]),
                          milli, rng.randrange(0, 12_000_000), rng.choice([0, 0, 50, 125, 333, 9999])))
        charges = [("angkut", 25000)] if rng.random() < 0.3 else []
        if rng.random() < 0.04:
            charges = [("potongan", -20_000_000_000)]  # a negative total
        total = sum(line_rupiah(m, s, b) for _, _, m, s, b in lines) + sum(c for _, c in charges)
        days = rng.choice([0, 7, 14, 30, 45])
        return {"nota": f"T{len(self.trades):05}", "date": day, "seller": seller, "buyer": buyer,
                "proposer": rng.choice([seller, buyer]), "kind": kind, "refers": refers, "lines": lines,
                "charges": charges, "total": total, "days": days, "due": day + days * DAY,
                "status": rng.choices(["setuju", "usul", "tolak", "tarik", "tarik+setuju", "sanggah"],
                                      [72, 7, 5, 5, 5, 6])[0]}

    def invent_payment(self, pair, day, trades):
        rng = self.rng
        payer, payee = pair if rng.random() < 0.4 else pair[::-1]
        by_payee = rng.random() < 0.4
        bought = [t for t in trades if t["buyer"] == payer]
        parts, rest = [], rng.choice([rng.randrange(1, 3_000_000_000), rng.randrange(1, 40_000_000_000)])
        amount = rest
        for t in rng.sample(bought, min(len(bought), rng.choice([0, 0, 1, 1, 2, 3]))):
            part = min(rest, rng.choice([max(t["total"], 1), rng.randrange(1, 5_000_000_000)]))
            if part > 0:
                parts.append((t, part))
                rest -= part
        return {"number": f"B{len(self.payments):05}", "date": day, "payer": payer, "payee": payee, "by_payee": by_payee,
                "amount": amount, "method": rng.choice(["tunai", "transfer", "barang"]), "parts": parts,
                "status": "sah" if by_payee else rng.choices(["sah", "usul", "tolak"], [80, 12, 8])[0]}

    def invent_books(self):
        aliases = [m["alias"] for m in self.members]
        pairs = [(a, b) for i, a in enumerate(aliases) for b in aliases[i + 1 :]]
        for pair in self.rng.sample(pairs, 14):
            mine = []
            for day in self.days(30):
                trade = self.invent_trade(pair, day, mine)
                mine.append(trade)
                self.trades.append(trade)
            for day in self.days(20):
                self.payments.append(self.invent_payment(pair, day, mine))

    # meetings

    def invent_rats(self):
        rng = self.rng
        for m in self.members:
            for policy in self.policies:
                year = policy["year"]
                closing = datetime.date(year, *m["closing"])
                versions = []
                for v in range(1, 1 + rng.choices([0, 1, 2, 3], [20, 50, 20, 10])[0]):
                    held = closing + rng.randrange(20, 300) * DAY
                    if versions and rng.random() < 0.6:
                        held = versions[-1]["held"]
                    base = max([held] + [x["received"] for x in versions])
                    rat = {"member": m["alias"], "year": year, "version": v, "closing": closing, "held": held,
                           "received": base + rng.randrange(0, 90) * DAY, "replaces": None,
                           "members": 200, "present": rng.choice([150, 150, 150, 60]), "quorum": 100}
                    if rng.random() < 0.05:
                        rat["received"] = max([held - 3 * DAY] + [x["received"] for x in versions])
                    if versions and rng.random() < 0.7:
                        rat["replaces"] = rng.choice(versions)
                    versions.append(rat)
                self.rats += versions
                for rat in versions:
                    day = rat["received"]
                    for _ in range(rng.choices([0, 1, 2], [50, 35, 15])[0]):
                        day += rng.randrange(0, 40) * DAY
                        self.verdicts.append({"rat": rat, "day": day,
                                              "ruling": rng.choice(["verifikasi", "kembalikan", "tolak"])})
        for _ in range(150):
            self.heard.append((rng.choice(self.members)["alias"], FIRST + rng.randrange(0, 1100) * DAY))

    # what must come out: LEDGER.md 6

    @staticmethod
    def agreed(trade):
        return trade["status"] in ("setuju", "tarik+setuju", "sanggah")

    def cover(self, pair, trades, payments, until):
        """What is open of each sale, and each side's advance: 6.2, step by step."""
        live = [t for t in trades if self.agreed(t) and t["kind"] in COUNTS and (not until or t["date"] <= until)]
        known = {t["nota"] for t in live}
        pool = dict.fromkeys(pair, 0)
        open_ = {}
        credits = []
        for t in live:
            refers = t["refers"]
            gives_back = t["kind"] in ("retur", "koreksi") and refers["seller"] != t["seller"]
            if t["total"] < 0 or gives_back:
                credits.append(t)
            else:
                open_[t["nota"]] = t["total"]
        for t in sorted(credits, key=lambda t: t["date"]):
            if t["total"] < 0:
                pool[t["seller"]] -= t["total"]
                continue
            back = min(t["total"], open_.get(t["refers"]["nota"], 0)) if t["refers"]["nota"] in known else 0
            if back:
                open_[t["refers"]["nota"]] -= back
            pool[t["buyer"]] += t["total"] - back
        for p in sorted(payments, key=lambda p: p["date"]):
            rest = p["amount"]
            for t, part in p["parts"]:
                part = min(part, open_.get(t["nota"], 0))
                if part:
                    open_[t["nota"]] -= part
                    rest -= part
            pool[p["payee"]] += rest
        sales = {t["nota"]: t for t in live if t["nota"] in open_}
        for t in sorted(sales.values(), key=lambda t: (t["status"] == "sanggah", t["due"], t["date"])):
            paid = min(open_[t["nota"]], pool[t["seller"]])
            open_[t["nota"]] -= paid
            pool[t["seller"]] -= paid
        return sales, open_, pool

    def balance(self, self_, partner, until, overdue_on):
        pair = (self_, partner)
        trades = [t for t in self.trades if {t["seller"], t["buyer"]} == set(pair)]
        until_ok = [t for t in trades if not until or t["date"] <= until]
        payments = [p for p in self.payments if {p["payer"], p["payee"]} == set(pair) and p["status"] == "sah"
                    and (not until or p["date"] <= until)]

        def signed(ts):
            return sum(t["total"] if t["seller"] == self_ else -t["total"] for t in ts if t["kind"] in COUNTS)

        position = signed(t for t in until_ok if self.agreed(t))
        position += sum(p["amount"] if p["payer"] == self_ else -p["amount"] for p in payments)
        sales, open_, advance = self.cover(pair, trades, payments, until)
        mine = sum(n for nota, n in open_.items() if sales[nota]["seller"] == self_) - advance[self_]
        theirs = sum(n for nota, n in open_.items() if sales[nota]["seller"] == partner) - advance[partner]
        assert position == mine - theirs
        buckets = dict.fromkeys(BUCKETS, 0)
        for nota, t in sales.items():
            late = (overdue_on - t["due"]).days
            name = BUCKETS[0 if late <= 0 else min(4, (late - 1) // 30 + 1)]
            if t["seller"] == self_:
                buckets[name] += open_[nota]
        pending = signed(t for t in until_ok if t["status"] == "usul")
        disputed = signed(t for t in until_ok if t["status"] == "sanggah")
        return [position, pending, disputed] + [buckets[b] for b in BUCKETS]

    # what must come out: LEDGER.md 8.5

    def ruling(self, rat, day):
        said = [v["ruling"] for v in self.verdicts if v["rat"] is rat and v["day"] <= day]
        return said[-1] if said else None  # each replaces the one before

    def status(self, m, year, day):
        policy = next(p for p in self.policies if p["year"] == year)
        closing = datetime.date(year, *m["closing"])
        due = add_months(closing, policy[m["form"]])
        legal = add_months(closing, policy["legal"])
        report = policy["report_" + m["form"]]
        if add_months(m["founded"], 12) > closing + DAY:
            return "not_yet_obliged"
        seen = [r for r in self.rats if r["member"] == m["alias"] and r["year"] == year and r["received"] <= day]
        replaced = [r["replaces"] for r in seen if r["replaces"]]
        heads = [r for r in seen if not any(r is x for x in replaced)]
        kept = [r for r in heads if self.ruling(r, day) != "tolak"]
        if heads and not kept:
            return "rejected"
        if not kept:
            heard = [d for a, d in self.heard if a == m["alias"] and d <= day]
            if day <= due:
                return "not_yet_due"
            return "not_reported" if heard and max(heard) > due else "not_reached"
        verified = [r for r in kept if self.ruling(r, day) == "verifikasi"]
        head = min(verified or kept, key=lambda r: (r["received"], r["version"]))
        first = min(r["received"] for r in seen if r["held"] == head["held"] and self.ruling(r, day) != "tolak")
        before, changed = head["replaces"], False
        while before:
            changed |= before["held"] != head["held"]
            before = before["replaces"]
        if not verified and (len(kept) > 1 or head["present"] < head["quorum"] or changed
                             or head["held"] > head["received"]):
            return "needs_inspection"
        if head["held"] <= due:
            return "on_time" if first <= report else "on_time_reported_late"
        return "late" if head["held"] <= legal else "past_legal_limit"


def table(folder, name, heading, lines):
    with open(os.path.join(folder, name), "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(heading.split(","))
        out.writerows(lines)


def decimal(n, places):
    text = f"{n // 10**places}.{n % 10**places:0{places}}"
    return text.rstrip("0").rstrip(".")


def write_input(d, folder):
    table(folder, "members.csv", "alias,nama,badan_hukum,nik,bentuk,jenis,kecamatan,desa,tanggal_berdiri,tutup_buku",
          [(m["alias"], "Koperasi " + m["alias"], f"UJI-{i}", f"99000000000{i:02}", m["form"], "produsen", "Wotu", "Bahari",
            m["founded"], "{:02}-{:02}".format(*m["closing"])) for i, m in enumerate(d.members)])
    table(folder, "policy.csv", "tahun_buku,batas_rat_primer_bulan,batas_rat_sekunder_bulan,batas_hukum_bulan,"
          "batas_lapor_primer,batas_lapor_sekunder,kedaluwarsa_hari",
          [(p["year"], p["primer"], p["sekunder"], p["legal"], p["report_primer"], p["report_sekunder"], 14)
           for p in d.policies])
    rows = []
    for t in d.trades:
        for i, (item, unit, milli, sen, bp) in enumerate(t["lines"]):
            name, charge = t["charges"][0] if i == 0 and t["charges"] else ("", 0)
            rows.append((t["nota"], t["date"], t["seller"], t["buyer"], t["proposer"], t["kind"],
                         t["refers"]["nota"] if t["refers"] else "", item, unit, decimal(milli, 3), decimal(sen, 2),
                         decimal(bp, 2), name, charge, t["days"], t["due"], t["status"]))
    table(folder, "trades.csv", "nota,tanggal,penjual,pembeli,pengusul,jenis,merujuk,barang,satuan,jumlah,harga_satuan,"
          "potongan_persen,nama_biaya,biaya,tempo_hari,jatuh_tempo,status", rows)
    table(folder, "payments.csv", "bukti,tanggal,pembayar,penerima,dicatat_oleh,jumlah,cara,nota,status",
          [(p["number"], p["date"], p["payer"], p["payee"], "penerima" if p["by_payee"] else "pembayar", p["amount"],
            p["method"], ";".join(f"{t['nota']}={n}" for t, n in p["parts"]), p["status"]) for p in d.payments])
    table(folder, "rat.csv", "koperasi,tahun_buku,versi,menggantikan,tutup_buku,tanggal_rat,diterima,tempat,cara,"
          "anggota_pria,anggota_wanita,anggota_total,hadir,kuorum,dasar_kuorum,modal_sendiri,modal_luar,total_aset,"
          "volume_usaha,shu,karyawan,manajer",
          [(r["member"], r["year"], r["version"], r["replaces"]["version"] if r["replaces"] else "", r["closing"],
            r["held"], r["received"], "Balai", "luring", 100, 100, r["members"], r["present"], r["quorum"], "AD", 5, 6, 11,
            7, -8, 1, 1) for r in d.rats])
    table(folder, "verdicts.csv", "koperasi,tahun_buku,versi,tanggal,putusan,alasan",
          [(v["rat"]["member"], v["rat"]["year"], v["rat"]["version"], v["day"], v["ruling"], "alasan")
           for v in d.verdicts])
    table(folder, "heard.csv", "koperasi,tanggal", d.heard)
    table(folder, "partnerships.csv", "pengusul,mitra,tanggal,tempo_hari,plafon,status",
          [(d.members[0]["alias"], d.members[i]["alias"], FIRST + i * DAY, 30, 1000000 * i, s)
           for i, s in ((1, "setuju"), (2, "tolak"), (3, "usul"))])


def write_expected(d, folder):
    os.mkdir(folder)
    partners = {(t["seller"], t["buyer"]) for t in d.trades} | {(p["payer"], p["payee"]) for p in d.payments}
    partners |= {(b, a) for a, b in partners}
    heading = "koperasi,mitra,saldo,usulan,disanggah," + ",".join(BUCKETS)
    for until in (None, datetime.date(2021, 7, 31), datetime.date(2022, 2, 28), datetime.date(2022, 12, 20)):
        name = f"balances-{until}.csv" if until else "balances.csv"
        on = until or datetime.date.today()
        table(folder, name, heading, [[a, b] + d.balance(a, b, until, on) for a, b in sorted(partners)])
    table(folder, "rat-status.csv", "koperasi,tahun_buku,pada,status",
          [(m["alias"], y, day, d.status(m, y, day)) for y in (2020, 2021, 2022)
           for day in [datetime.date(y + 1, month, 17) for month in range(1, 13)] + [datetime.date(y + 3, 1, 1)]
           for m in d.members])


def write(folder, seed):
    d = District(seed)
    d.invent_members()
    d.invent_books()
    d.invent_rats()
    os.makedirs(folder)
    write_input(d, folder)
    write_expected(d, os.path.join(folder, "expected"))

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trouble.py LONTAR EXCHANGE: what goes wrong gets its own message, JSON code and exit code, names the way out, and
changes nothing; help is there for everything, in two languages; colours only where they belong."""
import fcntl
import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import unittest

import homes
from homes import Home, network, share

homes.programs(*sys.argv[1:3])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def commands():
    """Every noun and verb of the table."""
    with open(os.path.join(ROOT, "tools", "commands_int.h"), encoding="utf-8") as f:
        rows = re.findall(r'^\tX\("([a-z-]+)", (?:"([a-z-]+)"|NULL)', f.read(), re.M)
    return [[noun, verb] if verb else [noun] for noun, verb in rows]


def data_file(home):
    return os.path.join(home.dir, "store", "data.mdb")


def contents(home):
    with open(data_file(home), "rb") as f:
        return f.read()


def on_a_terminal(words, env, typed="", code=0):
    """Run with a terminal, on which that is typed; what was written there."""
    main, side = pty.openpty()
    os.write(main, typed.encode())
    p = subprocess.Popen([homes.LONTAR, *words], stdout=side, stderr=side, stdin=side, env={**os.environ, **env})
    os.close(side)
    out = b""
    while select.select([main], [], [], 10)[0]:
        try:
            more = os.read(main, 65536)
        except OSError:
            break
        if not more:
            break
        out += more
    assert p.wait() == code, (p.returncode, out)
    os.close(main)
    return out.decode()


class Trouble(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="lontar-trouble-")
        self.home = Home(os.path.join(self.tmp.name, "dinas"))
        os.mkdir(self.home.dir)

    def tearDown(self):
        self.tmp.cleanup()

    def found(self):
        self.home.json("init", "--found", "Uji")

    def fails(self, *words, code, exit_code, home=None):
        """The error has this code and exit code, words and a way out, in both languages."""
        home = home or self.home
        error = home.error(*words, code=exit_code)
        self.assertEqual(error["code"], code)
        english = home.run(*words, code=exit_code).stderr
        indonesian = home.run("--lang", "id", *words, code=exit_code).stderr
        self.assertIn(error["message"], english)
        self.assertNotIn(error["message"], indonesian)
        if "way_out" in error:
            self.assertIn(error["way_out"], english)
        return error

    def test_no_node_here(self):
        error = self.fails("status", code="no_store", exit_code=1)
        self.assertIn("lontar init", error["way_out"])

    def test_a_node_is_not_made_twice(self):
        self.found()
        before = contents(self.home)
        self.fails("init", "--found", "Lagi", code="exists", exit_code=1)
        self.assertEqual(contents(self.home), before)
        os.remove(os.path.join(self.home.dir, "seed"))
        self.fails("init", "--found", "Lagi", code="exists", exit_code=1)
        self.assertEqual(contents(self.home), before)

    def test_missing_seed(self):
        self.found()
        os.remove(os.path.join(self.home.dir, "seed"))
        status = self.home.json("status")
        self.assertEqual(status["member"], "dinas")
        self.assertIn("no_seed", status["warnings"])
        error = self.fails("member", "admit", "a", "--name", "A", code="no_seed", exit_code=1)
        self.assertIn("key recover", error["way_out"])

    def test_another_process_has_the_store(self):
        self.found()
        backup = os.path.join(self.tmp.name, "a.backup")
        self.home.json("backup", backup)
        with open(os.path.join(self.home.dir, "lock"), "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            fcntl.lockf(lock, fcntl.LOCK_EX)
            error = self.home.error("member", "admit", "a", "--name", "A", code=4)
            self.assertEqual(error["code"], "store_busy")
            self.assertEqual(self.home.json("status")["members"], 1)  # reading goes on
            before = sorted(os.listdir(self.home.dir))
            self.assertEqual(self.home.error("restore", "--replace", backup, code=4)["code"], "store_busy")
            self.assertEqual(sorted(os.listdir(self.home.dir)), before)  # nor is a part of it left
        self.home.json("member", "admit", "a", "--name", "A")

    def test_damaged_store(self):
        self.found()
        whole = contents(self.home)
        with open(data_file(self.home), "r+b") as f:
            f.truncate(len(whole) // 2)
        self.fails("status", code="store_damaged", exit_code=5)
        with open(data_file(self.home), "wb") as f:
            f.write(whole[:4096])
        self.fails("member", "list", code="store_damaged", exit_code=5)

    def test_foreign_file(self):
        self.found()
        with open(data_file(self.home), "wb") as f:
            f.write(b"SQLite format 3\0" + bytes(20000))
        self.fails("status", code="store_foreign", exit_code=5)

    def test_full_map(self):
        self.found()
        self.home.write("lontar.conf", "map_mib = 1\n")
        long = "Koperasi Panjang " * 9
        rows = "".join(f"a{i},{long},primer,{long}{i},{long},{long}\n" for i in range(3000))
        path = self.home.write("members.csv", "alias,nama,bentuk,jenis,kecamatan,desa\n" + rows)
        p = self.home.run("member", "import", path, "--json", code=5)
        self.assertEqual(json.loads(p.stderr.splitlines()[-1])["error"]["code"], "map_full")
        taken = json.loads(p.stdout)["taken"]
        self.home.write("lontar.conf", "")
        self.assertEqual(self.home.json("status")["members"], 1 + taken)
        self.assertTrue(self.home.json("log", "verify")["good"])

    def test_full_disk(self):
        self.found()
        with open("/dev/full", "w", encoding="utf-8") as full:
            p = subprocess.run([homes.LONTAR, "member", "list", "--json"], stdout=full, stderr=subprocess.PIPE,
                               text=True, check=False, env=self.home.env)
        self.assertEqual(p.returncode, 5)
        self.assertEqual(json.loads(p.stderr)["error"]["code"], "disk_full")

    def test_settings(self):
        self.found()
        self.home.write("lontar.conf", "# a note\nlisten = 127.0.0.1:7300\nlissen = x\n")
        self.assertIn("line 3", self.fails("status", code="bad_text", exit_code=2)["detail"])

    def test_what_was_typed(self):
        dinas, padi, kopi = network(self.tmp.name + "/n") if os.mkdir(self.tmp.name + "/n") is None else None
        offer = ("trade", "offer", "kopi", "--sell")
        cases = [
            ((*offer, "--line", "Beras: 1.500 kg @ 12300"), "ambiguous_number", 2, "--line"),
            ((*offer, "--line", "Beras 1500 kg"), "bad_text", 2, "--line"),
            ((*offer, "--line", "Beras: x kg @ 12300"), "bad_number", 2, "--line"),
            ((*offer, "--line", "Beras: 1 kg @ 12300", "--date", "2026-02-30"), "bad_date", 2, "--date"),
            ((*offer, "--line", "Beras: 1 kg @ 12300", "--date", "2126-02-01"), "date_range", 3, "--date"),
            ((*offer, "--line", "Beras: 1 kg @ 12300", "--total", "12.301"), "trade_total", 3, "--total"),
            ((*offer, "--line", "Beras: 0 kg @ 12300"), "amount_range", 3, "--line"),
            ((*offer, "--line", "Beras: 1 kg @ 12300", "--kind", "gift"), "bad_text", 2, "--kind"),
            ((*offer, "--line", "Beras: 1 kg @ 12300", "--kind", "return"), "missing_field", 2, "--refers"),
            (("trade", "offer", "siapa", "--sell", "--line", "B: 1 kg @ 1"), "no_such_member", 1, "PARTNER"),
            (("trade", "offer", "padi", "--sell", "--line", "B: 1 kg @ 1"), "same_party", 3, "PARTNER"),
            (("trade", "accept", "1.999"), "not_found", 1, "ENTRY"),
            (("trade", "accept", "abc"), "bad_text", 2, "ENTRY"),
            (("trade", "accept", "0.0"), "no_such_object", 1, "ENTRY"),
            (("payment", "record", "kopi", "1,5", "--paid"), "bad_number", 2, "AMOUNT"),
            (("payment", "record", "kopi", "0", "--paid"), "amount_range", 3, None),
            (("balance", "--as-of", "31-12-2025"), "bad_date", 2, "--as-of"),
            (("member", "admit", "Besar", "--name", "X"), "bad_text", 2, "ALIAS"),
            (("member", "admit", "x", "--name", "X"), "no_right", 3, None),
            (("trade", "import", "/nonexistent.csv"), "not_found", 1, None),
            (("init", "--join", "lontar1xyz", "--name", "X"), None, None, "--join"),
            (("proof", "verify", "/nonexistent"), "not_found", 1, None),
            (("proof", "verify", "/tmp"), "bad_text", 2, None),
            (("proof", "export", "0.0", "--out", "/tmp"), "bad_text", 2, None),
            (("backup", "/tmp"), "exists", 1, None),
            (("backup", "/nonexistent/x"), "not_found", 1, None),
            (("key", "recover", "/tmp"), "bad_text", 2, None),
        ]
        size = padi.json("status")["own_size"]
        for words, code, exit_code, field in cases:
            error = padi.error(*words, code=exit_code)
            self.assertEqual((words, error["code"] if code else None), (words, code))
            self.assertEqual((words, error.get("field")), (words, field))
        self.assertEqual(padi.json("status")["own_size"], size)
        self.assertEqual(padi.run("trade", "offer", "--nonsense", code=2).stdout, "")

    def test_nothing_typed_commands_the_terminal(self):
        self.found()
        for typed in ("\033[2J", "a\x07b", "\u009b31m"):
            p = self.home.run("member", "admit", typed, "--name", "X", code=2)
            self.assertFalse(set(p.stderr) & set("\033\x07\u009b"), p.stderr)
        path = os.path.join(self.home.dir, "latin.csv")
        with open(path, "wb") as f:
            f.write(b"alias,nama,bentuk\na,Caf\xe9 \x1b[2J,primer\nb,B,prim\xe9\x1br\n")
        report = self.home.json("member", "import", path, code=1)
        self.assertEqual([r["field"] for r in report["rows"]], ["nama", "bentuk"])
        words = self.home.run("member", "import", path, code=1)
        self.assertNotIn("\033", words.stdout + words.stderr)

    def test_usage(self):
        self.assertIn("trade", self.home.run("trad", code=2).stderr)
        self.assertIn("offer", self.home.run("trade", "ofer", code=2).stderr)
        self.home.run("trade", code=2)
        self.home.run(code=2)
        self.home.run("--lang", "fr", "status", code=2)
        self.assertIn("lontar", self.home.run("--version").stdout)

    def test_help_of_everything(self):
        for words in commands():
            english = self.home.run(*words, "--help").stdout
            indonesian = self.home.run("--lang", "id", *words, "--help").stdout
            self.assertIn("Examples:\n  lontar ", english)
            self.assertIn("Contoh:\n  lontar ", indonesian)
            self.assertIn(f"Usage: lontar {' '.join(words)}", english)
            self.assertIn(f"Pemakaian: lontar {' '.join(words)}", indonesian)
            self.assertNotEqual(english.splitlines()[1], indonesian.splitlines()[1])
            overview = self.home.run("help", words[0]).stdout
            self.assertIn(" ".join(words), overview)

    def test_indonesian(self):
        dinas, padi, _ = network(self.tmp.name + "/n") if os.mkdir(self.tmp.name + "/n") is None else None
        padi.reference("trade", "offer", "kopi", "--sell", "--line", "Beras: 1 kg @ 12300")
        for env in ({"LANGUAGE": "id"}, {"LANGUAGE": "", "LANG": "id_ID.UTF-8"}, {"LANGUAGE": "", "LC_ALL": "id_ID"}):
            out = padi.run("balance", env=env).stdout
            self.assertIn("Piutang kita", out)
            self.assertIn("Utang kita", out)
        self.assertIn("diusulkan", padi.run("trade", "list", "--lang", "id").stdout)
        # codes and keys are never translated
        self.assertEqual(padi.json("--lang", "id", "trade", "list")["trades"][0]["state"], "proposed")
        self.assertIn("belum", dinas.run("--lang", "id", "audit", "rat", "--year", "2025").stdout.lower())

    def test_colours_and_progress(self):
        self.found()
        self.home.json("member", "admit", "a", "--name", "A")
        env = {**self.home.env, "TERM": "xterm"}
        self.assertIn("\033[", on_a_terminal(["member", "list"], env))
        self.assertNotIn("\033[3", on_a_terminal(["member", "list"], {**env, "NO_COLOR": "1"}))
        self.assertNotIn("\033", self.home.run("member", "list").stdout)
        path = self.home.write("m.csv", "alias,nama,bentuk\n" + "".join(f"b{i},B,primer\n" for i in range(200)))
        p = self.home.run("member", "import", path)
        self.assertEqual(p.stderr, "")

    def test_a_person_says_no(self):
        os.mkdir(self.tmp.name + "/n")
        dinas, padi, kopi = network(self.tmp.name + "/n")
        padi.reference("trade", "offer", "kopi", "--sell", "--line", "Beras: 1 kg @ 12300")
        share(dinas, padi, kopi)
        accept, env = ("trade", "accept", "--all-from", "padi"), {**kopi.env, "TERM": "dumb"}
        size = kopi.json("status")["own_size"]
        self.assertIn("nothing was done", on_a_terminal(accept, env, "n\n", code=3))
        self.assertEqual(kopi.json("status")["own_size"], size)
        on_a_terminal(accept, env, "y\n")
        self.assertGreater(kopi.json("status")["own_size"], size)

    def test_completion(self):
        _, padi, _ = network(self.tmp.name + "/n") if os.mkdir(self.tmp.name + "/n") is None else None
        ref = padi.reference("trade", "offer", "kopi", "--sell", "--line", "Beras: 1 kg @ 12300")

        def complete(*words):
            return padi.run("__complete", *words).stdout.split()

        self.assertIn("trade", complete("tr"))
        self.assertEqual(complete("trade", "off"), ["offer"])
        self.assertIn("--line", complete("trade", "offer", "kopi", "--l"))
        self.assertEqual(complete("trade", "offer", "ko"), ["kopi"])
        self.assertEqual(complete("trade", "show", ref[:3]), [ref])
        self.assertEqual(complete("balance", "--member", "pa"), ["padi"])
        self.assertEqual(complete("status", "--lang", ""), ["id", "en"])
        self.assertEqual(complete("--home", "/nonexistent", "trade", "offer", "ko"), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=1)

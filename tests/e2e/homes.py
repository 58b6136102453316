# SPDX-License-Identifier: Apache-2.0
"""homes.py: node homes and the commands in them, for the tests beside it. Begin with programs(LONTAR, EXCHANGE)."""
import json
import os
import subprocess

LONTAR = EXCHANGE = ""


def programs(lontar, exchange=""):
    global LONTAR, EXCHANGE
    LONTAR, EXCHANGE = os.path.abspath(lontar), os.path.abspath(exchange)


class Home:
    """A node's directory and the commands in it."""

    def __init__(self, directory):
        self.dir = directory
        self.env = {"PATH": os.environ["PATH"], "HOME": directory, "LONTAR_HOME": directory, "LANGUAGE": "en"}

    def run(self, *words, code=0, stdin=None, env=None):
        p = subprocess.run(
            [LONTAR, *words], input=stdin, capture_output=True, text=True, check=False, env={**self.env, **(env or {})}
        )
        if code is not None and p.returncode != code:
            raise AssertionError(f"lontar {' '.join(words)}: exit {p.returncode}, not {code}\n{p.stdout[:500]}\n{p.stderr[:2000]}")
        return p

    def json(self, *words, code=0):
        p = self.run(*words, "--json", code=code)
        object_ = json.loads(p.stdout)
        assert object_["version"] == 1, object_
        return object_

    def error(self, *words, code):
        """The error object on stderr; stdout stays empty."""
        p = self.run(*words, "--json", code=code)
        assert p.stdout == "", p.stdout
        return json.loads(p.stderr.splitlines()[-1])["error"]

    def reference(self, *words):
        refs = self.json(*words)["references"]
        assert len(refs) == 1, refs
        return refs[0]

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return path


def share(*homes):
    """Everybody takes everything of everybody."""
    for _ in range(2):
        for a in homes:
            for b in homes:
                if a is not b:
                    subprocess.run([EXCHANGE, a.dir, b.dir], check=True)


def network(root):
    """The dinas and two cooperatives, admitted and known to each other."""
    dinas, padi, kopi = (Home(os.path.join(root, n)) for n in ("dinas", "padi", "kopi"))
    for h in (dinas, padi, kopi):
        os.mkdir(h.dir)
    dinas.json("init", "--found", "Koperasi Uji", "--dinas", "Dinas Uji")
    for home, alias, name in ((padi, "padi", "KUD Padi"), (kopi, "kopi", "KSU Kopi")):
        invite = dinas.json("invite", "create", "--address", "127.0.0.1:7300", "--note", name)["invite"]
        asked = home.json("init", "--join", invite, "--name", name)
        # one is admitted by the line it sent, the other by its keys
        who = ["--request", asked["request"]] if alias == "padi" else ["--keys", home.json("key", "show")["keys"]]
        dinas.json("member", "admit", alias, "--name", name, "--legal-no", f"1/BH/{alias}", "--founded", "2001-05-06",
                   "--kecamatan", "Wotu", *who)
    share(dinas, padi, kopi)
    return dinas, padi, kopi

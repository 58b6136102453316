# SPDX-License-Identifier: Apache-2.0
"""Real nodes on loopback, for the tests and the demo: homes under one temporary directory, lontard processes that are
ended by their pid whatever happens, lontar commands, and waits that end."""

import atexit
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


class Failed(Exception):
    """Something is not as it must be; its text is for a person."""


def check(truth, what):
    if not truth:
        raise Failed(what)


def wait(what, ready, seconds=20):
    """The first true value of ready(), asked again and again for at most so many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = ready()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"after {seconds} seconds still not: {what}")
        time.sleep(0.03)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Rpc:
    """One connection to a control socket."""

    def __init__(self, home, seconds=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        here = os.open(home, os.O_RDONLY)  # a socket's path has room for 107 bytes
        try:
            self.socket.connect(f"/proc/self/fd/{here}/control.sock")
        except OSError:
            self.socket.close()
            raise
        finally:
            os.close(here)
        self.lines = self.socket.makefile("rwb")
        self.id = 0

    def close(self):
        self.lines.close()
        self.socket.close()

    def send(self, line):
        self.lines.write(line + b"\n")
        self.lines.flush()

    def next(self):
        line = self.lines.readline()
        return json.loads(line) if line else None

    def ask(self, method, params=None):
        """The whole answer, result or error."""
        self.id += 1
        call = {"jsonrpc": "2.0", "id": self.id, "method": method}
        if params is not None:
            call["params"] = params
        self.send(json.dumps(call).encode())
        while True:
            answer = self.next()
            check(answer is not None, f"the daemon ended the conversation at {method}")
            if answer.get("id") == self.id:
                return answer

    def call(self, method, params=None):
        answer = self.ask(method, params)
        check("error" not in answer, f"{method}: {answer.get('error')}")
        return answer["result"]


class Node:
    """One home, and its daemon while it runs."""

    def __init__(self, world, name, home=None):
        self.world, self.name = world, name
        self.home = pathlib.Path(home or world.root / name)
        self.log = world.root / f"{name}.log"
        self.process = None
        self.port = None

    def configure(self, **settings):
        """lontar.conf: what is there already stays, what is given wins."""
        path = self.home / "lontar.conf"
        lines = path.read_text().splitlines() if path.exists() else []
        kept = [x for x in lines if x.split("=")[0].strip() not in settings]
        path.write_text("".join(f"{x}\n" for x in kept + [f"{k} = {v}" for k, v in settings.items()]))

    def listen(self):
        self.port = free_port()
        self.configure(listen=f"127.0.0.1:{self.port}", advertise=f"127.0.0.1:{self.port}")

    def done(self, *words, code=0):
        """A lontar command that ended. What it says goes into the exception when it ends with another code."""
        command = [self.world.lontar, "--home", self.home, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, env=self.world.env, cwd=self.world.root,
                              timeout=120, check=False)
        wanted = (code,) if isinstance(code, int) else code
        check(done.returncode in wanted,
              f"lontar {' '.join(map(str, words))} at {self.name}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def run(self, *words, code=0):
        """A lontar command; its standard output."""
        return self.done(*words, code=code).stdout

    def error(self, *words, code):
        """The error of a command that is refused."""
        return json.loads(self.done(*words, "--json", code=code).stderr)["error"]

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "--json", code=code))

    def entry(self, *words):
        """A command that appends one entry; its reference."""
        return self.json(*words)["references"][0]

    def start(self, wait_ready=True):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.world.lontard, "--home", self.home], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=self.world.env)
        self.world.processes.append(self.process)
        if wait_ready:
            wait(f"{self.name} runs", self.answers, 60)  # a sealed seed takes its time
        return self

    def answers(self):
        check(self.process.poll() is None, f"{self.name} ended, exit {self.process.returncode}:\n{self.tail()}")
        try:
            Rpc(self.home).close()
            return True
        except OSError:
            return False

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def call(self, method, params=None):
        rpc = Rpc(self.home)
        try:
            return rpc.call(method, params)
        finally:
            rpc.close()

    def status(self):
        return self.call("status")

    def stop(self, seconds=15):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(seconds) == 0, f"{self.name} stopped with {self.process.returncode}:\n{self.tail()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def memory(self):
        """Anonymous memory of the process, in bytes."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        return 0

    def cpu(self):
        """Seconds of processor used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class World:
    """Where the nodes of one test live. Everything is gone after it, unless keep is said."""

    def __init__(self, build, keep=False):
        self.build = pathlib.Path(build).resolve()
        self.lontar, self.lontard = self.build / "lontar", self.build / "lontard"
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="lontar-"))
        self.keep = keep
        self.processes = []
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("LONTAR_", "XDG_", "JOURNAL_"))}
        self.env.update(HOME=str(self.root), XDG_STATE_HOME=str(self.root / "state"), LC_ALL="C.UTF-8",
                        NO_COLOR="1")
        atexit.register(self.end)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    def node(self, name, home=None):
        return Node(self, name, home)

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        if not self.keep:
            shutil.rmtree(self.root, ignore_errors=True)


def run(life):
    """A test's whole life, in the world of the build that the command line names: where it fails the ends of all logs
    are shown. With KEEP=1 its files stay."""
    world = World(sys.argv[1], keep=os.environ.get("KEEP") == "1")
    try:
        life(world)
    except Failed as failed:
        print(f"FAILED: {failed}", file=sys.stderr)
        for log in sorted(world.root.glob("*.log")):
            print(f"== {log.name}", *log.read_text(errors="replace").splitlines()[-12:], sep="\n", file=sys.stderr)
        if world.keep:
            print(f"kept: {world.root}", file=sys.stderr)
        sys.exit(1)

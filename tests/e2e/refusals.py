#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""refusals.py BUILD: everything that keeps a daemon from running has its own message, code and exit code, and changes
nothing: settings, seed, store, port, passphrase, disk."""

import shutil
import socket
import subprocess

from nodes import check, run


def fails(node, exit_code, *words, **environment):
    """lontard ends by itself with that code and says all the words."""
    command = [node.world.lontard, "--home", node.home]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False,
                          env={**node.world.env, **environment})
    said = done.stderr
    check(done.returncode == exit_code, f"exit {done.returncode}, not {exit_code}: {said}")
    for word in words:
        check(word in said, f"it does not say {word!r}: {said}")


def fresh(world, name):
    node = world.node(name)
    shutil.copytree(world.root / "good", node.home)
    for socket_file in node.home.glob("control.sock"):
        socket_file.unlink()
    return node


def settings(world):
    node = fresh(world, "settings")
    node.configure(listen="127.0.0.1:0")
    with open(node.home / "lontar.conf", "a", encoding="utf-8") as conf:
        conf.write("\nlisten_on = 1\n")
    fails(node, 2, "bad_text", "line 4")
    for bad in ("nonsense", "127.0.0.1", "127.0.0.1:99999", "example.org:7300", "127.0.0.1:", "[::1:7300"):
        (node.home / "lontar.conf").write_text(f"listen = {bad}\n")
        fails(node, 2, "bad_text", "listen", bad)
    for bad in ("127.0.0.1:7300", "127.0.0.1:7300 00", ": " + "0" * 64 + "0"):
        (node.home / "lontar.conf").write_text(f"peer = {bad}\n")
        fails(node, 2, "bad_text", "peer")
    (node.home / "lontar.conf").write_text("map_mib = much\n")
    fails(node, 2, "bad_text", "line 1")


def port(world):
    node = fresh(world, "port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        node.configure(listen=f"127.0.0.1:{taken.getsockname()[1]}")
        fails(node, 4, "cannot listen", "address already in use")


def seeds(world):
    node = fresh(world, "seed")
    seed = node.home / "seed"
    good = seed.read_text()
    seed.chmod(0o644)
    fails(node, 5, "io", "seed")
    seed.chmod(0o600)
    seed.write_text(good[:40] + "\n")
    fails(node, 2, "bad_text", "seed")
    seed.write_text("lontar-seed-1 " + "11" * 32 + "\n")
    fails(node, 1, "bad_key")
    seed.unlink()
    fails(node, 1, "no_seed", "paper")
    fails(world.node("nowhere"), 1, "no_store", "lontar init")


def stores(world):
    node = fresh(world, "store")
    data = node.home / "store" / "data.mdb"
    good = data.read_bytes()
    data.write_bytes(b"This is a letter, not a store.\n" * 400)
    fails(node, 5, "store_foreign", "move the file away")
    data.write_bytes(good[:len(good) // 2 // 4096 * 4096])
    fails(node, 5, "store_damaged", "nothing was changed")
    data.unlink()
    fails(node, 1, "no_store")
    data.write_bytes(good)
    node.start()
    node.stop()


def passphrases(world):
    node = world.node("sealed")
    secret = world.root / "passphrase"
    secret.write_text("kata sandi\n")
    node.run("init", "--found", "Sealed", "--dinas", "Dinas", "--alias", "dinas", "--seal", "--passphrase-file", secret)
    fails(node, 1, "not_decrypted", "passphrase")
    fails(node, 1, "cannot be read", LONTAR_PASSPHRASE_FILE=str(world.root / "none"))
    wrong = world.root / "wrong"
    wrong.write_text("another\n")
    fails(node, 1, "not_decrypted", LONTAR_PASSPHRASE_FILE=str(wrong))
    world.env["CREDENTIALS_DIRECTORY"] = str(world.root)  # as systemd's LoadCredential=passphrase:FILE
    node.start()
    check(node.status()["network_name"] == "Sealed", "it runs, but is not itself")
    status = f"/proc/{node.process.pid}/limits"
    with open(status, encoding="utf-8") as limits:
        check(any(x.startswith("Max core file size") and x.split()[4] == "0" for x in limits), "cores are not off")
    node.stop()
    del world.env["CREDENTIALS_DIRECTORY"]


def usage(world):
    for words, code in ((["--help"], 0), (["--version"], 0), (["--nonsense"], 2), (["word"], 2)):
        done = subprocess.run([world.lontard, *words], capture_output=True, text=True, timeout=30, check=False)
        check(done.returncode == code, f"lontard {words}: exit {done.returncode}\n{done.stderr}")
    check("Examples:" in subprocess.run([world.lontard, "--help"], capture_output=True, text=True, check=True).stdout,
          "lontard --help has no examples")


def life(world):
    good = world.node("good")
    good.run("init", "--found", "Baik", "--dinas", "Dinas", "--alias", "dinas")
    good.configure(fence="off")  # its copies lie elsewhere
    for step in (usage, settings, port, seeds, stores, passphrases):
        step(world)


if __name__ == "__main__":
    run(life)

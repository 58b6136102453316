#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""golden.py: docs/PROTOCOL.md 5 and 9 written a second time, in Python and with no library for the cryptography but
hashlib and hmac, to make the values that tests/unit/log_seal.c holds the C against. When the protocol changes:
tests/support/golden.py | clang-format-14 >tests/support/golden.h
With a file: does it hold what would be written?"""
import contextlib
import hashlib
import hmac
import io
import struct
import sys

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hmac256(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def u64(n):
    return struct.pack(">Q", n)


# RFC 7748
def x25519(scalar, u):
    k = bytearray(scalar)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k = int.from_bytes(k, "little")
    x1 = int.from_bytes(u, "little") % 2**255
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        e = aa - bb
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE = (9).to_bytes(32, "little")


# RFC 8032, the public key alone
def ed25519_public(seed):
    def add(p, q):
        x1, y1, x2, y2 = *p, *q
        k = D * x1 * x2 * y1 * y2 % P
        return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)

    y = 4 * pow(5, P - 2, P) % P
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    point = (P - x if x & 1 else x, y)
    k = bytearray(hashlib.sha512(seed).digest()[:32])
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k, sum_ = int.from_bytes(k, "little"), (0, 1)
    while k:
        if k & 1:
            sum_ = add(sum_, point)
        point, k = add(point, point), k >> 1
    return (sum_[1] | (sum_[0] & 1) << 255).to_bytes(32, "little")


# libsodium's crypto_kdf: BLAKE2b with the number as salt and the context as personalisation
def subkey(seed, number):
    salt = struct.pack("<Q", number) + bytes(8)
    return hashlib.blake2b(key=seed, salt=salt, person=b"lontar-1" + bytes(8), digest_size=32).digest()


# RFC 8439, draft-irtf-cfrg-xchacha
def rounds(state):
    x = list(state)

    def quarter(a, b, c, d):
        for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[p] = (x[p] + x[q]) & 0xFFFFFFFF
            x[r] ^= x[p]
            x[r] = (x[r] << n | x[r] >> 32 - n) & 0xFFFFFFFF

    for _ in range(10):
        for i in range(4):
            quarter(i, i + 4, i + 8, i + 12)
        for i in range(4):
            quarter(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12)
    return x


def start(key, tail):
    return list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", tail))


def xchacha20poly1305(key, nonce, text, ad):
    h = rounds(start(key, nonce[:16]))
    key, nonce = struct.pack("<8I", *h[:4], *h[12:]), bytes(4) + nonce[16:]

    def block(n):
        s = start(key, struct.pack("<I", n) + nonce)
        return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(s, rounds(s))))

    stream = b"".join(block(1 + i) for i in range((len(text) + 63) // 64))
    cipher = bytes(a ^ b for a, b in zip(text, stream))
    one = block(0)[:32]
    r = int.from_bytes(one[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    data = ad + bytes(-len(ad) % 16) + cipher + bytes(-len(cipher) % 16) + struct.pack("<QQ", len(ad), len(cipher))
    acc = 0
    for i in range(0, len(data), 16):
        acc = (acc + int.from_bytes(data[i : i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return cipher + ((acc + int.from_bytes(one[16:], "little")) % 2**128).to_bytes(16, "little")


# msgpack, what is needed of it
def uint(n):
    for limit, head, form in ((128, b"", ">B"), (256, b"\xcc", ">B"), (65536, b"\xcd", ">H"), (2**32, b"\xce", ">I")):
        if n < limit:
            return head + struct.pack(form, n)
    return b"\xcf" + u64(n)


def binary(b):
    return (b"\xc4" + struct.pack(">B", len(b)) if len(b) < 256 else b"\xc5" + struct.pack(">H", len(b))) + b


def array(*items):
    return (bytes([0x90 + len(items)]) if len(items) < 16 else b"\xdc" + struct.pack(">H", len(items))) + b"".join(items)


class Keys:
    def __init__(self, seed):
        s = [None] + [subkey(seed, n) for n in range(1, 5)]
        self.feed, self.cosigner = ed25519_public(s[1]), ed25519_public(s[2])
        self.link, self.seal = x25519(s[3], BASE), x25519(s[4], BASE)
        self.seal_secret = s[4]


def channel_open(feed, seq, secret, readers):
    commitment = sha256(b"lontar channel v1", secret)
    e = hmac256(secret, b"lontar wrap v1", feed, u64(seq))
    public = x25519(e, BASE)
    wraps = []
    for reader in readers:
        key = sha256(b"lontar wrap key v1", x25519(e, reader), public, reader)
        wraps.append(xchacha20poly1305(key, bytes(24), secret, commitment))
    return commitment, public, wraps


def sealed(feed, seq, secret, channel_seq, salt, kind, body):
    key = hmac256(secret, b"lontar entry v1", feed, u64(seq), salt)
    text = array(uint(kind), body) + b"\x80"
    text += bytes(-len(text) % 32)
    cipher = xchacha20poly1305(key, bytes(24), text, feed + u64(seq))
    return key, array(uint(channel_seq), binary(salt), binary(sha256(b"lontar open v1", key)), binary(cipher))


def show(name, value):
    rows = [", ".join(f"0x{b:02x}" for b in value[i : i + 16]) for i in range(0, len(value), 16)]
    print(f"static const uint8_t {name}[{len(value)}] = {{\n\t" + ",\n\t".join(rows) + "};")


def main():
    seeds = [bytes(range(n, n + 32)) for n in (0, 32, 64, 96, 128)]
    keys = [Keys(s) for s in seeds]
    secret = sha256(b"a channel")
    commitment, public, wraps = channel_open(keys[0].feed, 300, secret, [k.seal for k in keys])
    body = b"\x82\x00\xa5lada \x01\xcd\x03\xe8"
    key, payload = sealed(keys[0].feed, 301, secret, 300, bytes(range(200, 216)), 48, body)
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* golden.h: written by tests/support/golden.py, which says what this is. */")
    print("#ifndef SUPPORT_GOLDEN_H\n#define SUPPORT_GOLDEN_H\n#include <stdint.h>")
    for name in ("feed", "cosigner", "link", "seal"):
        show("GOLDEN_" + name.upper(), getattr(keys[0], name))
    show("GOLDEN_SECRET", secret)
    show("GOLDEN_COMMITMENT", commitment)
    show("GOLDEN_E", public)
    show("GOLDEN_WRAPS", b"".join(wraps))
    show("GOLDEN_BODY", body)
    show("GOLDEN_K", key)
    show("GOLDEN_PAYLOAD", payload)
    print("#endif")


if len(sys.argv) < 2:
    main()
else:
    with contextlib.redirect_stdout(io.StringIO()) as made, open(sys.argv[1], encoding="ascii") as kept:
        main()
        same = "".join(made.getvalue().split()) == "".join(kept.read().split())
    sys.exit(0 if same else f"{sys.argv[1]} is not what {sys.argv[0]} writes")

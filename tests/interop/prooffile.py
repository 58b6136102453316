#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""prooffile.py FILE NETWORK-ID [FEED:COSIGNER]...: checks a proof file, written from docs/PROTOCOL.md and the C2SP texts
alone. Each FEED:COSIGNER, in hexadecimal, is a witness that the reader trusts beside the registrars.

It shares no code with the C program, only libsodium through PyNaCl, and says what the file proves in one line."""

import base64
import hashlib
import struct
import sys

import nacl.bindings
import nacl.exceptions

PAYLOAD_MAX = 32768
NOTE_MAX = 65536
LINES_MAX = 64
HASHES_MAX = 64
FILE_MAX = 320 * 1024
FOUND, FEED_ADD, SEALED = 2, 8, 1


class Refused(Exception):
    """The file proves nothing."""


def need(holds, why):
    if not holds:
        raise Refused(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def node(left, right):
    return sha256(b"\x01", left, right)


def decimal(text):
    need(text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"), "decimal")
    need(int(text) < 2**64, "decimal too large")
    return int(text)


def b64(text, most=None, exact=None):
    """Canonical base64: what decodes must encode to the same."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as bad:
        raise Refused("base64") from bad
    need(base64.b64encode(raw).decode() == text, "base64 is not canonical")
    need(most is None or len(raw) <= most, "too long")
    need(exact is None or len(raw) == exact, "length")
    return raw


def signed_by(key, signature, message):
    """Ed25519, detached."""
    try:
        nacl.bindings.crypto_sign_open(signature + message, key)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


# --- msgpack: only what was authenticated is read, so reading need not be strict ---

def unpack(data):
    value, end = unpack_at(data, 0)
    need(end == len(data), "msgpack has a tail")
    return value


def unpack_many(data, at, count):
    values = []
    for _ in range(count):
        value, at = unpack_at(data, at)
        values.append(value)
    return values, at


def unpack_at(data, at):
    kind = data[at]
    at += 1
    if kind < 0x80:
        return kind, at
    if kind < 0x90:
        flat, at = unpack_many(data, at, 2 * (kind & 15))
        return dict(zip(flat[::2], flat[1::2])), at
    if kind < 0xa0:
        return unpack_many(data, at, kind & 15)
    if kind < 0xc0:
        return data[at:at + (kind & 31)].decode(), at + (kind & 31)
    if kind in (0xc4, 0xc5, 0xd9, 0xda):
        width = {0xc4: 1, 0xc5: 2, 0xd9: 1, 0xda: 2}[kind]
        size = int.from_bytes(data[at:at + width], "big")
        body = data[at + width:at + width + size]
        return (body if kind < 0xd0 else body.decode()), at + width + size
    if 0xcc <= kind <= 0xcf:
        width = 1 << (kind - 0xcc)
        return int.from_bytes(data[at:at + width], "big"), at + width
    if 0xd0 <= kind <= 0xd3:
        width = 1 << (kind - 0xd0)
        return int.from_bytes(data[at:at + width], "big", signed=True), at + width
    if kind == 0xdc:
        return unpack_many(data, at + 2, int.from_bytes(data[at:at + 2], "big"))
    raise Refused("msgpack")


def feed_keys(packed):
    feed, cosigner, link, seal = packed
    return {"feed": feed, "cosigner": cosigner, "link": link, "seal": seal}


# --- C2SP: signed note, checkpoint, cosignature, tlog-proof ---

def key_id(name, kind, key):
    return sha256(name.encode(), b"\n", bytes([kind]), key)[:4]


def parse_note(raw):
    need(0 < len(raw) <= NOTE_MAX and raw[-1:] == b"\n", "note")
    try:
        text = raw.decode()
    except UnicodeDecodeError as bad:
        raise Refused("UTF-8") from bad
    need(all(c >= " " or c == "\n" for c in text), "control character")
    body, gap, below = text.rpartition("\n\n")
    need(gap and below, "no signatures")
    lines = []
    for line in below.split("\n")[:-1]:
        need(line.startswith("\u2014 "), "not a signature line")
        name, _, blob = line[2:].partition(" ")
        need(name and "+" not in name and not any(c.isspace() for c in name), "name")
        need(len(name.encode()) <= 256, "name too long")
        decoded = b64(blob)
        need(len(decoded) > 4, "empty signature")
        lines.append((name, decoded[:4], decoded[4:]))
    need(0 < len(lines) <= LINES_MAX, "number of signatures")
    return body + "\n", lines


def line_holds(text, kind, key, signature):
    """The time of a cosignature, 0 of a signature."""
    if kind == 1:
        need(len(signature) == 64 and signed_by(key, signature, text.encode()), "bad signature")
        return 0
    need(len(signature) == 72, "cosignature")
    time = int.from_bytes(signature[:8], "big")
    need(time < 2**63, "time")
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    need(signed_by(key, signature[8:], message), "bad cosignature")
    return time


def verify_note(raw, known):
    """known: [(name, type, key)]. The text, and the earliest time of each key that signed."""
    text, lines = parse_note(raw)
    seen = {}
    for index, (name, kind, key) in enumerate(known):
        for line_name, line_id, signature in lines:
            if line_name == name and line_id == key_id(name, kind, key):
                time = line_holds(text, kind, key, signature)
                seen[index] = min(time, seen.get(index, time))
    need(seen, "nobody known signed")
    return text, seen


def parse_checkpoint(text):
    parts = text.split("\n")
    need(len(parts) == 4 and parts[3] == "", "checkpoint")
    need(parts[0] not in ("", "cosignature/v1"), "origin")
    return parts[0], decimal(parts[1]), b64(parts[2], exact=32)


def included(leaf, index, size, path, root):
    """RFC 9162 2.1.3.2."""
    need(index < size, "index")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        need(sn != 0, "path too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            r = node(r, p)
        fn >>= 1
        sn >>= 1
    need(sn == 0 and r == root, "path")


def parse_hashes(lines):
    need(len(lines) <= HASHES_MAX, "too many hashes")
    return [b64(line, exact=32) for line in lines]


def parse_tlog_proof(raw):
    """index, path, checkpoint as bytes."""
    head, gap, checkpoint = raw.partition(b"\n\n")
    need(gap, "tlog-proof")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError as bad:
        raise Refused("UTF-8") from bad
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1" and lines, "tlog-proof")
    if lines[0].startswith("extra "):
        need(b64(lines.pop(0)[6:], most=1024) and lines, "extra")
    need(lines[0].startswith("index "), "index")
    return decimal(lines[0][6:]), parse_hashes(lines[1:]), checkpoint


# --- the file ---

def parts_of(raw):
    """The first lines, and the parts in their order as [(name, bytes)]."""
    need(len(raw) <= FILE_MAX and raw.endswith(b"\n"), "file")
    parts = [("", [])]
    for line in raw.split(b"\n")[:-1]:
        if line.startswith(b"== "):
            parts.append((line[3:].decode("latin-1"), []))
        else:
            parts[-1][1].append(line)
    return [(name, b"".join(line + b"\n" for line in lines)) for name, lines in parts]


class Record:
    """An entry's header and payload."""

    def __init__(self, lines, with_key=False):
        need(len(lines) == (3 if with_key else 2), "lines of an entry")
        need(lines[0].startswith("header ") and lines[1].startswith("payload "), "names of an entry's lines")
        self.header = b64(lines[0][7:], exact=88)
        self.payload = b64(lines[1][8:], most=PAYLOAD_MAX)
        version, self.sealed, self.kind, self.seq, self.time, length = struct.unpack(">BBHQQI", self.header[:24])
        need(version == 1 and self.sealed <= 1 and (self.kind == SEALED) == bool(self.sealed), "header")
        self.feed = self.header[24:56]
        self.id = sha256(b"\x00", self.header)
        self.whole = length == len(self.payload) and self.header[56:] == sha256(self.payload)
        need(length <= PAYLOAD_MAX, "length")
        self.key = None
        if with_key:
            need(lines[2].startswith("key "), "key")
            self.key = b64(lines[2][4:], exact=32)


def text_lines(raw):
    need(raw.isascii(), "not ASCII")
    return raw.decode().split("\n")[:-1]


class File:
    """The file's form."""

    def __init__(self, raw):
        self.parts = parts_of(raw)
        first = text_lines(self.take(""))
        need(len(first) == 2 and first[0] == "lontar-proof/v1", "first line")
        need(first[1].startswith("network ") and len(first[1]) == 8 + 64, "network")
        need(set(first[1][8:]) <= set("0123456789abcdef"), "network id")
        self.network = bytes.fromhex(first[1][8:])
        self.entry = self.take_entry("entry", key=True)
        self.feed = self.take_entry("feed") if self.parts and self.parts[0][0] == "feed" else None
        self.found = Record(text_lines(self.take("network")))
        self.anchor = None
        if self.parts and self.parts[0][0] == "anchor":
            lines = text_lines(self.take("anchor"))
            need(len(lines) == 1, "anchor")
            self.anchor = b64(lines[0], most=4096)
        need(self.take("end") == b"" and not self.parts, "after the end")

    def take(self, name):
        need(self.parts and self.parts[0][0] == name, "parts")
        return self.parts.pop(0)[1]

    def take_entry(self, name, key=False):
        lines = text_lines(self.take(name))
        record = Record(lines, key and len(lines) == 3)
        record.index, record.path, record.checkpoint = parse_tlog_proof(self.take(name + " proof"))
        record.standing = None
        if self.parts and self.parts[0][0] == name + " standing":
            record.standing = parse_hashes(text_lines(self.take(name + " standing")))
        return record


# --- what it proves ---

def registrars_of(file):
    """[(keys, end)], end = (size, root) where the anchor ended that registrar, else None."""
    body = unpack(file.found.payload)
    keys, recovery = feed_keys(body[5]), body[6]
    need(keys["feed"] == file.found.feed, "entry 0 is by another key")
    if not file.anchor:
        return [(keys, None)]
    number, feeds, successor, signature = unpack_anchor(file.anchor)
    # what is signed is the array of the first three fields, as they stand before the signature's 2 + 64 bytes
    signed = b"lontar anchor v1\n\x93" + file.anchor[1:-66]
    need(number > 0 and feeds and signed_by(recovery, signature, signed), "anchor")
    need(feed_keys(feeds[0][0]) == keys and feeds[0][1] > 0, "anchor of another network")
    return [(feed_keys(k), (size, root)) for k, size, root in feeds] + [(feed_keys(successor), None)]


def unpack_anchor(packed):
    try:
        fields = unpack(packed)
        need(isinstance(fields, list) and len(fields) == 4 and len(fields[3]) == 64, "anchor")
        return fields
    except (IndexError, TypeError, ValueError, UnicodeDecodeError, RecursionError) as bad:
        raise Refused("anchor") from bad


def check_entry(file, record, registrars, witnesses=()):
    """The checkpoint's size, and the cosignatures' times by registrar."""
    need(record.whole and record.index == record.seq, "entry")
    origin = f"lontar/{file.network.hex()}/{record.feed.hex()}"
    known = [(origin, 1, record.feed)]
    for keys, _ in registrars:
        known.append((f"lontar/{file.network.hex()}/{keys['feed'].hex()}/witness", 4, keys["cosigner"]))
    for feed, cosigner in witnesses:
        known.append((f"lontar/{file.network.hex()}/{feed.hex()}/witness", 4, cosigner))
    text, seen = verify_note(record.checkpoint, known)
    said, size, root = parse_checkpoint(text)
    need(0 in seen and said == origin, "not the author's checkpoint")
    included(record.id, record.seq, size, record.path, root)
    end = [end for keys, end in registrars if keys["feed"] == record.feed and end]
    need(bool(end) == (record.standing is not None), "standing")
    if end:
        included(record.id, record.seq, end[0][0], record.standing, end[0][1])
    return size, seen


def open_sealed(record):
    """Kind and body of a sealed entry whose K is there."""
    _, _, check, ciphertext = unpack(record.payload)
    need(check == sha256(b"lontar open v1", record.key), "key")
    associated = record.feed + struct.pack(">Q", record.seq)
    try:
        padded = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, associated, bytes(24), record.key)
    except nacl.exceptions.CryptoError as bad:
        raise Refused("does not open") from bad
    plain = nacl.bindings.sodium_unpad(padded, 32)
    need(plain[0] == 0x92, "plain")
    kind, at = unpack_at(plain, 1)
    return kind, plain[at:]


def prove(raw, network, witnesses=()):
    """The claims as one line; raises Refused."""
    file = File(raw)
    found = file.found
    need(file.network == network and found.id == network, "another network")
    need(found.kind == FOUND and found.seq == 0 and found.whole, "entry 0")
    registrars = registrars_of(file)
    entry, member, roles = file.entry, 0, 63
    if any(keys["feed"] == entry.feed for keys, _ in registrars):
        need(file.feed is None, "a feed.add too many")
    else:
        need(file.feed is not None, "no feed.add")
        need(any(keys["feed"] == file.feed.feed for keys, _ in registrars), "feed.add not by a registrar")
        need(file.feed.kind == FEED_ADD, "not feed.add")
        check_entry(file, file.feed, registrars)
        added = unpack(file.feed.payload)
        need(feed_keys(added[1])["feed"] == entry.feed, "feed.add of another feed")
        member, roles = added[0], added[2]
    size, seen = check_entry(file, entry, registrars, witnesses)
    kind, body = entry.kind, entry.payload
    need(entry.sealed or entry.key is None, "a key for what is open")
    if entry.sealed:
        kind, body = open_sealed(entry) if entry.key else (SEALED, b"")
    opened = int(not entry.sealed or entry.key is not None)
    line = f"{entry.feed.hex()} {member} {roles} {entry.seq} {entry.time} {kind} {opened} {body.hex()} {size}"
    for index, (_, end) in enumerate(registrars):
        if index + 1 in seen:
            line += f" {seen[index + 1]}{'-lost' if end else ''}"
    for index, (feed, _) in enumerate(witnesses):
        if index + 1 + len(registrars) in seen:
            line += f" {feed.hex()}={seen[index + 1 + len(registrars)]}"
    return line


def verdict(raw, network):
    try:
        return prove(raw, network)
    except Refused:
        return "refused"


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as opened_file:
        print(prove(opened_file.read(), bytes.fromhex(sys.argv[2]),
                    [tuple(map(bytes.fromhex, word.split(":"))) for word in sys.argv[3:]]))

"""Secret-chat packets of MTProto 2.0, read and written from the documentation of Telegram alone:
core.telegram.org/api/end-to-end, /api/end-to-end/seq_no, /schema/end-to-end. It shares nothing with the library that it is held
against. AES blocks are pyaes's, hashes are hashlib's.
"""

import os
import re
import struct
from hashlib import sha1, sha256

import pyaes

CREATOR, ACCEPTOR = 0, 8  # x, of whoever sends

SCHEMA = """
decryptedMessageLayer#1be31789 random_bytes:bytes layer:int in_seq_no:int out_seq_no:int message:Object
decryptedMessage8#1f814f1f random_id:long random_bytes:bytes message:string media:Object
decryptedMessage17#204d3878 random_id:long ttl:int message:string media:Object
decryptedMessage45#36b091de flags:# random_id:long ttl:int message:string media:flags.9?Object entities:flags.7?Vector via_bot_name:flags.11?string reply_to_random_id:flags.3?long
decryptedMessage73#91cc4674 flags:# no_webpage:flags.1?true silent:flags.5?true random_id:long ttl:int message:string media:flags.9?Object entities:flags.7?Vector via_bot_name:flags.11?string reply_to_random_id:flags.3?long grouped_id:flags.17?long
decryptedMessageService8#aa48327d random_id:long random_bytes:bytes action:Object
decryptedMessageService17#73164160 random_id:long action:Object
decryptedMessageMediaEmpty#089f5c4a
decryptedMessageMediaGeoPoint#35480a59 lat:double long:double
messageEntityBold#bd610bc9 offset:int length:int
messageEntityTextUrl#76a6d327 offset:int length:int url:string
messageEntityUnderline#9c4e7e8b offset:int length:int
messageEntitySpoiler#32ca960f offset:int length:int
decryptedMessageActionSetMessageTTL#a1733aec ttl_seconds:int
decryptedMessageActionReadMessages#0c4f40be random_ids:Longs
decryptedMessageActionDeleteMessages#65614304 random_ids:Longs
decryptedMessageActionScreenshotMessages#8ac1f475 random_ids:Longs
decryptedMessageActionFlushHistory#6719e45c
decryptedMessageActionResend#511110b0 start_seq_no:int end_seq_no:int
decryptedMessageActionNotifyLayer#f3048883 layer:int
decryptedMessageActionRequestKey#f3c9611b exchange_id:long g_a:bytes
decryptedMessageActionAcceptKey#6fe1735b exchange_id:long g_b:bytes key_fingerprint:long
decryptedMessageActionCommitKey#ec2e0b9b exchange_id:long key_fingerprint:long
decryptedMessageActionNoop#a82fdd63
"""
VECTOR = 0x1CB5C415
NAMES, IDS = {}, {}
for line in SCHEMA.split("\n"):
    if line:
        head, *fields = line.split(" ")
        name, number = head.split("#")
        NAMES[name] = (int(number, 16), [field.split(":") for field in fields])
        IDS[int(number, 16)] = name
PLAIN = {"#": "<I", "int": "<i", "long": "<q", "double": "<d"}


class Refused(Exception):
    """A packet that is not to be trusted; why, for tests alone."""


def write(name, **values):
    number, fields = NAMES[name]
    out, given = struct.pack("<I", number), {name for name, value in values.items() if value not in (None, False)}
    bits = {field: int(bit[1]) for field, kind in fields if (bit := re.match(r"flags\.(\d+)\?", kind))}
    flags = sum(1 << bit for field, bit in bits.items() if field in given)
    for field, kind in fields:
        if field not in bits or field in given:
            out += write_value(kind.split("?")[-1], flags if kind == "#" else values.get(field))
    return out


def write_value(kind, value):
    if kind == "true":
        return b""
    if kind in PLAIN:
        return struct.pack(PLAIN[kind], value)
    if kind in ("string", "bytes"):
        data = value.encode() if kind == "string" else value
        size = bytes([len(data)]) if len(data) < 254 else b"\xfe" + struct.pack("<I", len(data))[:3]
        return (size + data) + bytes(-len(size + data) % 4)
    if kind in ("Vector", "Longs"):
        items = [struct.pack("<q", item) for item in value] if kind == "Longs" else value
        return struct.pack("<II", VECTOR, len(items)) + b"".join(items)
    return value  # an object that was written


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, count):
        if count > len(self.data):
            raise Refused("it is cut")
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def value(self, kind):
        if kind in PLAIN:
            return self.number(PLAIN[kind])
        if kind in ("string", "bytes"):
            size = self.number("<B")
            head = 1 if size < 254 else 4
            if head == 4:
                size = int.from_bytes(self.take(3), "little")
            data = self.take(size)
            if any(self.take(-(head + size) % 4)):
                raise Refused("a string is not padded with zeros")
            return data.decode() if kind == "string" else data
        if kind in ("Vector", "Longs"):
            if self.number("<I") != VECTOR:
                raise Refused("no vector")
            return [self.value("long" if kind == "Longs" else "Object") for _ in range(self.number("<I"))]
        return self.object()

    def object(self):
        number = self.number("<I")
        if number not in IDS:
            raise Refused(f"no constructor {number:08x}")
        read, flags = {"_": IDS[number]}, 0
        for field, kind in NAMES[IDS[number]][1]:
            if kind == "#":
                flags = self.number("<I")
            elif "?" in kind:
                bit, kind = kind.split("?")
                is_set = flags >> int(bit[6:]) & 1
                read[field] = (True if kind == "true" else self.value(kind)) if is_set else None
            else:
                read[field] = self.value(kind)
        return read


def fingerprint(key):
    return sha1(key).digest()[-8:]


def ige(key, iv, data, encrypt):
    block = pyaes.AES(key)
    step = block.encrypt if encrypt else block.decrypt
    first, second = (iv[:16], iv[16:]) if encrypt else (iv[16:], iv[:16])
    out = []
    for at in range(0, len(data), 16):
        before = data[at : at + 16]
        mixed = bytes(a ^ b for a, b in zip(before, first))
        first = bytes(a ^ b for a, b in zip(step(list(mixed)), second))
        second = before
        out.append(first)
    return b"".join(out)


def derive(key, x, msg_key):
    a = sha256(msg_key + key[x : x + 36]).digest()
    b = sha256(key[40 + x : 76 + x] + msg_key).digest()
    return a[:8] + b[8:24] + a[24:], b[:8] + a[8:24] + b[24:]


def seal(key, x, layer, padding=None, length=None):
    """A packet; with a padding and a length that may be wrong."""
    data = struct.pack("<I", len(layer) if length is None else length) + layer
    if padding is None:
        padding = 12 + -(len(data) + 12) % 16
    data += os.urandom(padding)
    msg_key = sha256(key[88 + x : 120 + x] + data).digest()[8:24]
    return fingerprint(key) + msg_key + ige(*derive(key, x, msg_key), data, True)


def open_packet(key, x, packet):
    """What is in a packet of whoever has this x; `Refused` for whatever is wrong with it."""
    if packet[:8] != fingerprint(key):
        raise Refused("fingerprint")
    msg_key, data = packet[8:24], packet[24:]
    if len(data) < 16 or len(data) % 16:
        raise Refused("length")
    data = ige(*derive(key, x, msg_key), data, False)
    if sha256(key[88 + x : 120 + x] + data).digest()[8:24] != msg_key:
        raise Refused("msg_key")
    (length,) = struct.unpack("<I", data[:4])
    if length % 4 or not 12 <= len(data) - 4 - length <= 1024:
        raise Refused("padding")
    return data[4 : 4 + length]


def read_layer(layer, x):
    """The layer of a message of whoever has this x, with its raw numbers: the creator's `out` is odd, and its `in` even."""
    reader = Reader(layer)
    read = reader.object()
    if read["_"] != "decryptedMessageLayer" or reader.data:
        raise Refused("no layer, or more than one")
    if len(read["random_bytes"]) < 15:
        raise Refused("random_bytes")
    odd_out = x == CREATOR
    if read["out_seq_no"] % 2 != odd_out or read["in_seq_no"] % 2 == odd_out:
        raise Refused("parity")
    return {**read, "in": read["in_seq_no"] // 2, "out": read["out_seq_no"] // 2}


def write_layer(x, layer, received, out, message, random_bytes=None):
    odd_out = int(x == CREATOR)
    numbers = {"in_seq_no": 2 * received + 1 - odd_out, "out_seq_no": 2 * out + odd_out}
    random_bytes = random_bytes or os.urandom(15)
    return write("decryptedMessageLayer", random_bytes=random_bytes, layer=layer, message=message, **numbers)

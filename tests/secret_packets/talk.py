"""Packets of secret chats both ways: `packets.py` against telewire's machine of one chat, which `end.rs` drives. Nothing is dialled.

    talk.py END

END is the program that is built of end.rs. Exits with 0, or says what failed.
"""

import json
import os
import struct
import subprocess
import sys
from hashlib import sha1, sha256

import packets
from packets import ACCEPTOR, CREATOR, Refused

EMPTY = packets.write("decryptedMessageMediaEmpty")


class Other:
    """The other end: Python's. It is the server too, of which only what it passes on is left."""

    def __init__(self, program, x, seed):
        self.x, self.received, self.made, self.layer = x, 0, 0, 144
        self.run = subprocess.Popen([program, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        exponent = int.from_bytes(os.urandom(256), "big")
        if x == ACCEPTOR:
            born = self.ask({"create": None})["birth"]
            self.prime, self.g = int(born["p"], 16), born["g"]
            self.agree(int(born["g_a"], 16), exponent)
            public = self.number(pow(self.g, exponent, self.prime))
            said = self.ask({"key": {"g_b": public.hex(), "fingerprint": self.fingerprint()}})
        else:
            self.prime, self.g = PRIME, 3
            said = self.ask({"offer": self.number(pow(3, exponent, PRIME)).hex()})
            self.agree(int(said["birth"]["g_b"], 16), exponent)
            equal(said["birth"]["fingerprint"], self.fingerprint())
        equal(said["state"], "Ready")
        picture = sha1(self.key).digest()[:16] + sha256(self.key).digest()[:20]
        equal(said["key_hash"], picture.hex())
        self.first = said["packets"]

    def number(self, value):
        return value.to_bytes(256, "big")

    def agree(self, public, exponent):
        self.key = self.number(pow(public, exponent, self.prime))

    def fingerprint(self, key=None):
        return struct.unpack("<q", packets.fingerprint(key or self.key))[0]

    def ask(self, line):
        self.run.stdin.write(json.dumps(line) + "\n")
        self.run.stdin.flush()
        answer = json.loads(self.run.stdout.readline())
        assert "error" not in answer, (line, answer)
        return answer

    def end(self):
        self.run.stdin.close()
        equal(self.run.wait(), 0)

    def theirs(self):
        return CREATOR + ACCEPTOR - self.x

    def read(self, packet):
        """The next of ours, in its order."""
        packet = bytes.fromhex(packet)
        read = packets.read_layer(packets.open_packet(self.key, self.theirs(), packet), self.theirs())
        equal(read["out"], self.received)
        assert read["in"] <= self.made and len(read["random_bytes"]) >= 15
        self.received += 1
        return read

    def layered(self, message, **changed):
        """A layer around a message, and the number that it takes."""
        values = {"x": self.x, "layer": self.layer, "received": self.received, "out": self.made, **changed}
        return packets.write_layer(message=message, **values)

    def say(self, message, padding=None, **changed):
        layer = self.layered(message, **changed)
        self.made += 1
        return self.pass_on(packets.seal(self.key, self.x, layer, padding))

    def pass_on(self, packet):
        return self.ask({"packet": packet.hex()})


def equal(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


def service(name, **values):
    action = packets.write("decryptedMessageAction" + name, **values)
    return packets.write("decryptedMessageService17", random_id=5, action=action)


def text(words, **values):
    values = {"random_id": 9, "ttl": 0, "message": words, **values}
    return packets.write("decryptedMessage73", **values)


def ours_is_read(program, x):
    """Text, actions and layers of ours, as Python reads them."""
    other = Other(program, x, 1)
    (notice,) = map(other.read, other.first)
    equal((notice["layer"], notice["message"]["_"]), (73, "decryptedMessageService17"))
    equal(notice["message"]["action"], {"_": "decryptedMessageActionNotifyLayer", "layer": 144})
    bold = packets.write("messageEntityBold", offset=0, length=2)
    under = packets.write("messageEntityUnderline", offset=0, length=2)
    spoiler = packets.write("messageEntitySpoiler", offset=3, length=1)
    link = packets.write("messageEntityTextUrl", offset=0, length=1, url="https://example.org/" + 300 * "a")
    entities = [entity.hex() for entity in (bold, under, spoiler, link)]
    # What a layer does not have is left out (SC-32); the layer is that of the last thing that Python said.
    for layer, known in [(73, 2), (101, 3), (144, 4)]:
        other.say(service("NotifyLayer", layer=layer), layer=layer)
        words = f"{layer}: \N{EARTH GLOBE EUROPE-AFRICA}" + layer * "é"
        said = other.ask({"send": {"text": words, "reply_to": -3, "ttl": 7, "silent": True, "grouped_id": 4, "entities": entities}})
        (read,) = map(other.read, said["packets"])
        message = read["message"]
        equal((read["layer"], message["_"], message["message"]), (layer, "decryptedMessage73", words))
        equal((message["random_id"], message["reply_to_random_id"]), (said["receipt"], -3))
        equal((message["ttl"], message["silent"], message["grouped_id"]), (7, True, 4))
        equal((message["no_webpage"], message["media"], message["via_bot_name"]), (True, None, None))
        equal(len(message["entities"]), known)
        equal(read["in"], other.made)
    place = packets.write("decryptedMessageMediaGeoPoint", lat=1.5, long=-2.25)
    (read,) = map(other.read, other.ask({"send": {"media": place.hex()}})["packets"])
    equal(read["message"]["media"], {"_": "decryptedMessageMediaGeoPoint", "lat": 1.5, "long": -2.25})
    other.say(text("look", random_id=77, ttl=9))
    for word, action, wanted in [
        ({"set_ttl": 60}, "SetMessageTTL", {"ttl_seconds": 60}),
        ({"screenshot": [1, -2]}, "ScreenshotMessages", {"random_ids": [1, -2]}),
        ({"delete": [3]}, "DeleteMessages", {"random_ids": [3]}),
        ({"flush": None}, "FlushHistory", {}),
        ({"open": 77}, "ReadMessages", {"random_ids": [77]}),
    ]:
        (read,) = map(other.read, other.ask(word)["packets"])
        equal(read["message"]["_"], "decryptedMessageService17")
        equal(read["message"]["action"], {"_": "decryptedMessageAction" + action, **wanted})
    # Each is between 12 and 1024 bytes longer than it has to be, at every length of the text.
    for length in [*range(0, 40), 1_000, 5_000]:
        (packet,) = other.ask({"send": {"text": length * "x"}})["packets"]
        equal(other.read(packet)["message"]["message"], length * "x")
    # Whatever bit of it is another, it is refused; and so it is as one of Python's own.
    packet = bytes.fromhex(packet)
    for place in [0, 7, 8, 23, 24, 40, len(packet) - 1]:
        broken = bytearray(packet)
        broken[place] ^= 1
        refused(lambda broken=broken: packets.open_packet(other.key, other.theirs(), bytes(broken)))
    for cut in [packet[:-1], packet[:-16], packet[:24], packet + bytes(16)]:
        refused(lambda cut=cut: packets.open_packet(other.key, other.theirs(), cut))
    refused(lambda: packets.open_packet(other.key, other.x, packet))
    layer = packets.open_packet(other.key, other.theirs(), packet)
    refused(lambda: packets.read_layer(layer, other.x))
    other.end()


def refused(read):
    try:
        read()
    except Refused:
        return
    raise AssertionError("it was read")


def python_is_read(program, x):
    """Text, actions and layers of Python's, as ours reads them."""
    other = Other(program, x, 2)
    list(map(other.read, other.first))
    bold = packets.write("messageEntityBold", offset=0, length=2)
    place = packets.write("decryptedMessageMediaGeoPoint", lat=1.5, long=-2.25)
    old = {"random_id": 9, "message": "привет", "media": EMPTY}
    for layer, message, wanted in [
        (8, packets.write("decryptedMessage8", random_bytes=bytes(15), **old), {}),
        (17, packets.write("decryptedMessage17", ttl=3, **old), {"ttl": 3}),
        (46, packets.write("decryptedMessage45", ttl=0, entities=[bold], **old), {"entities": [bold.hex()]}),
        (73, text("привет", silent=True), {"silent": True}),
        (101, text("привет", reply_to_random_id=-5), {"reply_to": -5}),
        (144, text("привет", media=place, grouped_id=2), {"media": place.hex(), "grouped_id": 2}),
    ]:
        said = other.say(message, layer=layer)
        equal(said["receipt"], "Taken")
        heard = next(event["message"] for event in said["events"] if "message" in event)
        usual = {"text": "привет", "ttl": 0, "reply_to": None, "silent": False, "grouped_id": None, "entities": [], "media": None}
        wanted = {**usual, **wanted, "random_id": 9, "number": other.made - 1, "after_ours": other.received}
        equal(heard, wanted)
        list(map(other.read, said["packets"]))
    for action, values, wanted in [
        ("SetMessageTTL", {"ttl_seconds": 5}, "SetTtl(5)"),
        ("ReadMessages", {"random_ids": [1]}, "Read([1])"),
        ("DeleteMessages", {"random_ids": [1, -2]}, "Delete([1, -2])"),
        ("ScreenshotMessages", {"random_ids": []}, "Screenshot([])"),
        ("FlushHistory", {}, "Flush"),
    ]:
        equal(other.say(service(action, **values))["events"], [{"action": wanted}])
    # Every padding of the rules; the length of a layer is a multiple of 4.
    layer = other.layered(text("a"))
    least = 12 + -(4 + len(layer) + 12) % 16
    for padding in range(least, 1025, 16):
        said = other.say(text("a"), padding)
        equal(said["receipt"], "Taken")
    # `notifyLayer` without a number, as some clients send it, bare (SC-31).
    notice = packets.write("decryptedMessageActionNotifyLayer", layer=151)
    notice = packets.write("decryptedMessageService8", random_id=1, random_bytes=bytes(15), action=notice)
    said = other.pass_on(packets.seal(other.key, other.x, notice))
    equal((said["receipt"], said["events"]), ("Taken", [{"other": "PeerLayer(151)"}]))
    # What is missing is asked for by its numbers, and everything is told in its order.
    late = other.layered(text("first"))
    other.made += 1
    said = other.say(text("second"))
    equal((said["receipt"], said["events"]), ("Ahead", []))
    (read,) = map(other.read, said["packets"])
    wire = 2 * (other.made - 2) + (other.x == CREATOR)
    equal(read["message"]["action"], {"_": "decryptedMessageActionResend", "start_seq_no": wire, "end_seq_no": wire})
    said = other.pass_on(packets.seal(other.key, other.x, late))
    equal([event["message"]["text"] for event in said["events"]], ["first", "second"])
    # The other way: what Python has not counted comes again, as the same bytes.
    said = other.ask({"send": {"text": "lost"}})
    wire = 2 * other.received + (other.theirs() == CREATOR)
    again = other.say(service("Resend", start_seq_no=wire, end_seq_no=wire))
    equal(again["packets"], said["packets"])
    equal(other.read(again["packets"][0])["message"]["message"], "lost")
    other.end()


def ours_refuses(program, x):
    """What is wrong with a packet of Python's is one error, and a wrong number ends the chat."""
    other = Other(program, x, 3)
    list(map(other.read, other.first))
    # As long that 24 bytes are the least padding, so that 8 would do for AES and not for the rules; and that it can claim to be so much
    # shorter that what is left is more padding than there may be.
    words = next(words for words in map("a".__mul__, range(1040, 1060)) if (4 + len(other.layered(text(words)))) % 16 == 8)
    layer = other.layered(text(words))
    good = packets.seal(other.key, other.x, layer)
    least = 24
    by_padding = [packets.seal(other.key, other.x, layer, padding) for padding in (least - 16, 1024 - (1024 - least) % 16 + 16)]
    by_length = [packets.seal(other.key, other.x, layer, length=len(layer) + more) for more in (1, -1, 16, -1040, 2**31 - 1)]
    flipped = []
    for place in [8, 23, 24, len(good) - 1]:
        broken = bytearray(good)
        broken[place] ^= 0x80
        flipped.append(bytes(broken))
    reflected = packets.seal(other.key, other.theirs(), layer)
    for packet in [*by_padding, *by_length, *flipped, reflected, good[:-1], good[:-16], good[:24], good[:20], good + bytes(16)]:
        equal(other.pass_on(packet)["receipt"], "Dropped(NotAuthentic)")
    strange = packets.seal(other.number(5), other.x, layer)
    equal(other.pass_on(strange)["receipt"], "Dropped(UnknownKey)")
    short = packets.seal(other.key, other.x, other.layered(text("a"), random_bytes=bytes(14)))
    equal(other.pass_on(short)["receipt"], "Dropped(ShortRandom)")
    # None of these took a number.
    said = other.pass_on(good)
    equal((said["receipt"], said["state"]), ("Taken", "Ready"))
    equal(other.pass_on(good)["receipt"], "Dropped(Repeated)")
    other.end()
    numbers = {"parity": lambda other: packets.write_layer(other.theirs(), 144, 0, 0, text("a")),
               "counted what was never made": lambda other: other.layered(text("a"), received=99)}
    for name, layer in numbers.items():
        other = Other(program, x, 4)
        said = other.pass_on(packets.seal(other.key, other.x, layer(other)))
        assert said["receipt"].startswith("Closed(") and said["state"] == "Closed", (name, said)
        other.end()


def key_changes(program, x):
    """Python asks for another key; both write with that then, and neither with the one before."""
    other = Other(program, x, 5)
    list(map(other.read, other.first))
    exponent = int.from_bytes(os.urandom(256), "big")
    public = other.number(pow(other.g, exponent, other.prime))
    said = other.say(service("RequestKey", exchange_id=12, g_a=public))
    (read,) = map(other.read, said["packets"])
    accept = read["message"]["action"]
    equal((accept["_"], accept["exchange_id"]), ("decryptedMessageActionAcceptKey", 12))
    key = other.number(pow(int.from_bytes(accept["g_b"], "big"), exponent, other.prime))
    equal(accept["key_fingerprint"], other.fingerprint(key))
    said = other.say(service("CommitKey", exchange_id=12, key_fingerprint=other.fingerprint(key)))
    before, other.key = other.key, key
    list(map(other.read, said["packets"]))
    equal(other.say(text("new"))["receipt"], "Taken")
    late = packets.seal(before, other.x, other.layered(text("old")))
    assert other.pass_on(late)["receipt"].startswith("Dropped("), "a key of before was taken"
    (read,) = map(other.read, other.ask({"send": {"text": "new too"}})["packets"])
    equal(read["message"]["message"], "new too")
    other.end()


def main():
    global PRIME
    program = sys.argv[1]
    asked = subprocess.run([program], input='{"create": null}\n', capture_output=True, text=True, check=True)
    PRIME = int(json.loads(asked.stdout)["birth"]["p"], 16)
    for test in [ours_is_read, python_is_read, ours_refuses, key_changes]:
        for name, x in [("the creator", CREATOR), ("the acceptor", ACCEPTOR)]:
            test(program, x)
            print(f"secret packets: {test.__name__}, Python as {name}: ok")


main()

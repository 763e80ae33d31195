"""The same history through Telethon's engine of updates and through telewire's, two logins of one account of one world. See `run`,
which starts this.

telewire's must tell all of it: `testkit/examples/beside`, which is the world, ends with an error if what was told is not how everything
stands. Where Telethon does not know it, this finds out how it came to Telethon and what became of it there, and looks for the rule in
RULES. What no rule explains is a failure: then the world says something that it should not, or nobody has thought of it yet.
"""

import asyncio
import collections
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

import rsa
from telethon import TelegramClient, events, types
from telethon._updates.messagebox import MessageBox, PtsInfo
from telethon.crypto import rsa as server_keys
from telethon.tl.types import updates as answers

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))
from serve import DC, LOOPBACK, ROOT, check, guard  # noqa: E402

SEED, CHANNELS = 1, 6
# Half of what happens comes while they are here, half while they are away. Each phase has forms and faults of its own.
PHASES = [
    ("live", "plain", 1250),
    ("away", "real", 1700),
    ("live", "faults", 1250),
    ("away", "final", 1700),
    ("live", "numbered", 1250),
    ("away", "zero", 1600),
    ("live", "numbered-faults", 1250),
]
EVENTS = 10_000
# The other history: a start with so many channels in which something has happened.
MANY_CHANNELS = 400
# What has not come to rest by then does not.
PATIENCE = 15
# All that was not known, an event a line.
LIST = ROOT / "target/telethon-updates.txt"

OF_ACCOUNT, OF_CHANNEL, PUSHED = "a difference", "a channel's difference", "pushed"
TOLD, OLD, HELD, ASKING, UNSEEN = "told", "taken as old", "held", "passed over while asking", "not looked at"
# What Telethon does not know: in which way it came, of whose box it is, and what became of it; the rule of telewire's, and what
# Telethon does instead. The first that fits counts.
RULES = [
    ((OF_ACCOUNT, "common", ASKING), "UP-31", "passes over what an answer changes, as it has asked for it"),
    ((OF_CHANNEL, "channel", ASKING), "UP-56", "passes over what an answer changes, as it has asked for it"),
    ((OF_CHANNEL, "channel", OLD), "UP-56", "takes the position of the last answer, then what it changes as old"),
    ((OF_ACCOUNT, "channel", OLD), "UP-32", "is past it already, though it was not told"),
    ((TOO_LONG := "too long", "channel", None), "UP-57", "goes on from the latest position, and tells nobody"),
]


class Beside:
    """The world, and telewire's client: `testkit/examples/beside`."""

    async def start(self, binary, channels):
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            binary, str(SEED), str(channels), stdin=pipe, stdout=pipe, limit=1 << 26
        )
        return await self.read()

    async def read(self):
        line = await self.process.stdout.readline()
        check(line, "telewire's side has ended")
        return json.loads(line)

    async def ask(self, command):
        self.process.stdin.write(f"{command}\n".encode())
        await self.process.stdin.drain()
        return await self.read()

    async def stop(self, is_done):
        self.process.stdin.close()
        check(await self.process.wait() == 0 or not is_done, "telewire's side failed")


def place(peer):
    match peer:
        case types.PeerUser():
            return f"user:{peer.user_id}"
        case types.PeerChat():
            return f"chat:{peer.chat_id}"
    return f"channel:{peer.channel_id}"


def box(peer):
    return place(peer) if isinstance(peer, types.PeerChannel) else "common"


def changes(update):
    """What an update says, as keys and values of how everything stands; None is what is not there."""
    match update:
        case (
            types.UpdateNewMessage()
            | types.UpdateNewChannelMessage()
            | types.UpdateEditMessage()
            | types.UpdateEditChannelMessage()
        ):
            yield from said(update.message)
        case types.UpdateShortMessage() | types.UpdateShortChatMessage():
            yield f"common {update.id}", update.message
            yield f"common {update.id} pinned", None
        case types.UpdateDeleteMessages() | types.UpdateDeleteChannelMessages():
            line = f"channel:{update.channel_id}" if hasattr(update, "channel_id") else "common"
            for number in update.messages:
                yield f"{line} {number}", None
                yield f"{line} {number} pinned", None
        case types.UpdatePinnedMessages() | types.UpdatePinnedChannelMessages():
            line = f"channel:{update.channel_id}" if hasattr(update, "channel_id") else "common"
            for number in update.messages:
                yield f"{line} {number} pinned", "yes" if update.pinned else None
        case types.UpdateReadHistoryInbox():
            yield f"{place(update.peer)} inbox", str(update.max_id)
        case types.UpdateReadHistoryOutbox():
            yield f"{place(update.peer)} outbox", str(update.max_id)
        case types.UpdateReadChannelInbox():
            yield f"channel:{update.channel_id} inbox", str(update.max_id)


def said(message):
    if isinstance(message, types.MessageEmpty):
        return
    key = f"{box(message.peer_id)} {message.id}"
    is_service = isinstance(message, types.MessageService)
    yield key, "-" if is_service else message.message
    yield f"{key} pinned", "yes" if not is_service and message.pinned else None


class Note:
    """A change that came: in which way, and what became of it."""

    def __init__(self, way, update):
        self.way, self.name, self.fate = way, type(update).__name__, UNSEEN


class Came:
    """What came to Telethon, noted before it looks at it."""

    def __init__(self):
        # Of each change the notes, in their order; and of each channel what was too long.
        self.notes, self.too_long = collections.defaultdict(list), collections.defaultdict(list)
        self.answers, self.is_answer = collections.Counter(), False
        self.wrap("process_updates", self.pushed)
        self.wrap("apply_difference", self.difference)
        self.wrap("apply_channel_difference", self.channel_difference)
        apply = MessageBox.apply_pts_info

        def watched(box, update, **more):
            fate = self.fate(box, update)
            told = apply(box, update, **more)
            for note in getattr(update, "_notes", []):
                note.fate = TOLD if told else fate
            return told

        MessageBox.apply_pts_info = watched

    def wrap(self, name, note):
        wrapped = getattr(MessageBox, name)

        def wrapper(box, *args):
            note(*args)
            was, self.is_answer = self.is_answer, name != "process_updates"
            try:
                return wrapped(box, *args)
            finally:
                self.is_answer = was

        setattr(MessageBox, name, wrapper)

    @staticmethod
    def fate(box, update):
        """Why it is not told, if it is not."""
        info = PtsInfo.from_update(update)
        if not info:
            return TOLD
        if info.entry in box.getting_diff_for:
            return ASKING
        known = box.map.get(info.entry)
        return OLD if known and known.pts + info.pts_count > info.pts else HELD

    def note(self, update, way, fate=UNSEEN):
        update._notes = []
        for key, value in changes(update):
            note = Note(way, update)
            note.fate = fate
            update._notes.append(note)
            self.notes[key, value].append(note)

    def pushed(self, updates, *_):
        if self.is_answer:
            return
        for update in getattr(updates, "updates", None) or [getattr(updates, "update", updates)]:
            self.note(update, PUSHED)

    def difference(self, answer, *_):
        self.answers[type(answer).__name__] += 1
        for update in getattr(answer, "other_updates", []):
            self.note(update, OF_ACCOUNT)
        for message in getattr(answer, "new_messages", []):
            self.note(types.UpdateNewMessage(message, 0, 0), OF_ACCOUNT, TOLD)

    def channel_difference(self, request, answer, *_):
        self.answers[type(answer).__name__] += 1
        if isinstance(answer, answers.ChannelDifferenceTooLong):
            self.too_long[f"channel:{request.channel.channel_id}"].append((request.pts, answer.dialog.pts))
        for update in getattr(answer, "other_updates", []):
            self.note(update, OF_CHANNEL)
        for message in getattr(answer, "new_messages", []):
            self.note(types.UpdateNewChannelMessage(message, 0, 0), OF_CHANNEL, TOLD)

    def reasons(self, key, value, act):
        """How a change came that is the last of its kind, and what became of it."""
        whose = "channel" if act["line"] != "common" else "common"
        found = [(note.way, whose, note.fate) for note in self.notes.get((key, value), [])]
        if any(before < act["pts"] <= after for before, after in self.too_long[act["line"]]):
            found.append((TOO_LONG, whose, None))
        return found


class Theirs:
    """Telethon's client, which folds what it is told."""

    def __init__(self, session, port):
        self.session, self.port, self.standing, self.client = session, port, {}, None
        self.last_told = time.monotonic()

    async def start(self):
        client = TelegramClient(
            self.session, 1, "0123456789abcdef0123456789abcdef", catch_up=True, sequential_updates=True, timeout=10
        )
        if self.client is None:
            client.session.set_dc(DC, LOOPBACK, self.port)
        client.add_event_handler(self.told, events.Raw)
        self.client = client
        await client.connect()

    async def told(self, update):
        self.last_told = time.monotonic()
        for key, value in changes(update):
            if value is None:
                self.standing.pop(key, None)
            else:
                self.standing[key] = value

    async def stop(self):
        await self.client.disconnect()

    async def rest(self):
        """Until nothing is under way, and for a second nothing is told."""
        until, quiet, before = time.monotonic() + PATIENCE, time.monotonic(), None
        while time.monotonic() < until:
            box = self.client._message_box
            is_busy = box.getting_diff_for or box.possible_gaps or not self.client._updates_queue.empty()
            if is_busy or self.last_told != before:
                quiet, before = time.monotonic(), self.last_told
            elif time.monotonic() - quiet > 1:
                return True
            await asyncio.sleep(0.05)
        return False


class Scene:
    """A world with both clients in it."""

    def __init__(self, binary, channels, came):
        self.binary, self.channels, self.came, self.beside = binary, channels, came, Beside()

    async def __aenter__(self):
        began = await self.beside.start(self.binary, self.channels)
        self.folder = tempfile.TemporaryDirectory()
        self.theirs = theirs = Theirs(f"{self.folder.name}/telethon", began["port"])
        await theirs.start()
        await theirs.client.send_code_request(began["phone"])
        await theirs.client.sign_in(began["phone"], (await self.beside.ask("code"))["code"])
        # Telethon knows where channels are from the list of chats.
        await theirs.client.get_dialogs(limit=None)
        theirs.standing = await self.beside.ask("standing")
        return self

    async def live(self, phase, count):
        await self.beside.ask(f"live {phase} {count}")
        rests = await self.theirs.rest()
        print(f"{phase}: {count} events while both are here" + ("" if rests else "; Telethon does not come to rest"), flush=True)

    async def away(self, phase, count):
        """Both end, and begin again, first telewire's."""
        await self.theirs.stop()
        await self.beside.ask(f"away {phase} {count}")
        ours = await self.beside.ask("back")
        calls, began = sum(self.came.answers.values()), time.monotonic()
        await self.theirs.start()
        rests = await self.theirs.rest()
        calls, seconds = sum(self.came.answers.values()) - calls, self.theirs.last_told - began
        print(
            f"{phase}: {count} events while both are away; telewire: {ours['seconds']:.2f} s, {ours['calls']} calls;"
            f" Telethon: {seconds:.2f} s, {calls} calls" + ("" if rests else ", and it does not come to rest"),
            flush=True,
        )

    async def __aexit__(self, kind, *_):
        await self.theirs.stop()
        if kind is None:
            self.end = await self.beside.ask("end")
        await self.beside.stop(kind is None)
        self.folder.cleanup()


async def main(binary):
    guard()
    private = rsa.PrivateKey.load_pkcs1((ROOT / "src/server/embedded_key.pem").read_bytes())
    server_keys._server_keys.clear()
    server_keys.add_key(rsa.PublicKey(private.n, private.e).save_pkcs1(), old=False)
    logging.getLogger("telethon").setLevel(logging.ERROR)
    came = Came()
    async with Scene(binary, CHANNELS, came) as scene:
        for way, phase, count in PHASES:
            await (scene.away if way == "away" else scene.live)(phase, count)
    judge(scene.end, scene.theirs.standing, came)
    async with Scene(binary, MANY_CHANNELS, came) as scene:
        print(f"the same with {MANY_CHANNELS} channels, something in each of them:")
        # A channel of which nothing was ever heard has missed nothing.
        await scene.live("plain", 0)
        await scene.away("real", MANY_CHANNELS)


def judge(end, known, came):
    standing, acts = end["standing"], end["acts"]
    check(len(acts) >= EVENTS, f"only {len(acts)} events")
    last = {key: (number, act) for number, act in enumerate(acts) for key in act["keys"]}
    found, lines, unexplained = collections.Counter(), [], []
    keys = sorted(standing.keys() | known.keys())
    for key in keys:
        is_so, thinks = standing.get(key), known.get(key)
        if is_so == thinks:
            continue
        number, act = last.get(key, (None, {"what": "nothing", "line": key.split()[0], "pts": 0, "phase": ""}))
        reasons = came.reasons(key, is_so, act)
        row = next((row for row, (reason, _, _) in enumerate(RULES) if reason in reasons), None)
        rule = "no rule" if row is None else RULES[row][1]
        line = f"event {number} ({act['what']}, {act['phase']}): {key} is {is_so}, Telethon has {thinks}: {rule} {reasons}"
        lines.append(line)
        found[row, act["what"]] += 1
        if row is None:
            unexplained.append(line)
    LIST.write_text("".join(f"{line}\n" for line in lines))
    print(f"{len(acts)} events, {len(keys)} facts in the end; telewire told all: {end['ours']}")
    print(f"Telethon does not know {len(lines)} of them ({LIST.relative_to(ROOT)}); it was answered {dict(came.answers)}")
    for row, (_, rule, what) in enumerate(RULES):
        of = ", ".join(f"{count} {act}" for (by, act), count in sorted(found.items(), key=str) if by == row)
        print(f"  {rule}: Telethon {what}: {of or 'none'}")
    check(not unexplained, f"{len(unexplained)} are explained by no rule:\n" + "\n".join(unexplained[:20]))


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except AssertionError as error:
        raise SystemExit(f"error: {error}")

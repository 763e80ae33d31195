"""The two ends of secret chats that `secret.py` tries: telewire's shell, and Telethon with telethon-secret-chat."""

import asyncio
import json
import logging
import math
import os
import sys
import time
from pathlib import Path

from telethon import TelegramClient, errors, functions, types
from telethon.sessions import MemorySession
from telethon_secret_chat import SECRET_TYPES, SecretChatManager
from telethon_secret_chat.secret_sechma import secretTL as tl
from telethon_secret_chat.storage.memory import SecretMemorySession

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))
from serve import DC, FRIEND, LOOPBACK, PASSWORD, PHONE, check  # noqa: E402

OURS, THEIRS = "telewire_end", "telethon_end"
# A file: no more than Telethon reads and writes of one at once (SC-76), and not whole blocks of the cipher (SC-77).
SMALL = os.urandom(60_001)
HASH = "0123456789abcdef" * 2


async def until(is_so, what):
    end = time.monotonic() + 20
    while not is_so():
        check(time.monotonic() < end, f"not within 20 s: {what}")
        await asyncio.sleep(0.01)


async def first(found, fits, what):
    """Waits for the first in a list that fits, and takes it."""
    await until(lambda: any(map(fits, found)), what)
    return found.pop(next(place for place, one in enumerate(found) if fits(one)))


class Ours:
    """`telewire shell --watch`, as a program runs it."""

    async def start(self, binary, folder, server):
        self.folder, self.number, self.answers, self.happened = Path(folder), 0, [], []
        file = self.folder / "credentials.ini"
        file.write_text(f"[App data]\napi_id = 1\napi_hash = {HASH}\nip_address = {LOOPBACK}\nport = {server.port}\n")
        options = ["--credentials", file, "--rsa", "embedded", "--session", self.folder / "session"]
        await self.spawn(binary, "login", *options)
        self.process.stdin.write(f"{FRIEND}\n".encode())
        await self.ends(f"{await server.code(FRIEND)}\n")
        await self.spawn(binary, "set_username", OURS, *options)
        await self.ends("")
        await self.spawn(binary, "shell", "--watch", "--downloads", folder, *options)
        self.reading = asyncio.create_task(self.read())

    async def ends(self, more):
        out, _ = await self.process.communicate(more.encode())
        check(self.process.returncode == 0, f"telewire failed: {out.decode()}")

    async def spawn(self, *command):
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 24)

    async def read(self):
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            (self.happened if "update" in said else self.answers).append(said)

    async def ask(self, **request):
        self.number += 1
        line = json.dumps({"id": self.number, **request})
        self.process.stdin.write(f"{line}\n".encode())
        answer = await first(self.answers, lambda answer: answer["id"] == self.number, line)
        check("result" in answer, f"{request}: {answer}")
        return answer["result"]

    async def run(self, *words):
        return await self.ask(words=list(map(str, words)))

    async def told(self, kind, chat=None):
        """What happened next of a kind; in a chat, if one is named."""

        def fits(said):
            return said["update"].get("type") == kind and chat in (None, said["update"]["chat"]["id"])

        return (await first(self.happened, fits, f"telewire tells of {kind}"))["update"]

    async def heard(self, chat):
        return (await self.told("secret_message", chat))["message"]

    async def texts(self, chat):
        """All that the other end has said."""
        return [said["text"] for said in await self.run("history", chat, 500) if not said["out"]]

    async def send_file(self, chat, data):
        (self.folder / "ours.bin").write_bytes(data)
        await self.run("send_document", chat, self.folder / "ours.bin", "žvýkačka")

    async def load(self, chat):
        """The file of the next message."""
        said = await self.heard(chat)
        check((said["media"]["name"], said["text"]) == ("theirs.bin", "tužka"), f"telewire heard {said}")
        await self.run("load_document", said["id"])
        data = (self.folder / "theirs.bin").read_bytes()
        (self.folder / "theirs.bin").unlink()
        return data

    async def stop(self):
        """Gives the exit code."""
        self.process.stdin.close()
        return await self.process.wait()


class Chats(SecretMemorySession):
    """The package's chats, without what would stop each of them here; where that is shown, they have it."""

    # It begins with MTProto 1.0, which telewire does not take.
    version = 2

    def save_chat(self, chat, temp=False):
        chat.mtproto = self.version
        # It says its layer again from 15 s on.
        chat.born, chat.created = chat.created, math.inf
        super().save_chat(chat, temp)


class Theirs(logging.Handler):
    """Telethon with the package. What fails in them they log, and go on."""

    async def start(self, server):
        logging.getLogger().addHandler(self)
        self.failed, self.asked, self.said, self.ended, self.chats = [], [], [], [], Chats()
        session = MemorySession()
        session.set_dc(DC, LOOPBACK, server.port)
        self.client = TelegramClient(session, 1, HASH, timeout=10, sequential_updates=True)
        self.package = SecretChatManager(self.client, session=self.chats)
        self.package.add_secret_event_handler(SECRET_TYPES.accept, self.hear_of_chat)
        self.package.add_secret_event_handler(SECRET_TYPES.decrypt, self.hear_message)
        self.client.add_event_handler(self.watch)
        await self.client.connect()
        await self.client.send_code_request(PHONE)
        try:
            await self.client.sign_in(PHONE, await server.code())
        except errors.SessionPasswordNeededError:
            await self.client.sign_in(password=PASSWORD)
        await self.client(functions.account.UpdateUsernameRequest(THEIRS))

    def emit(self, record):
        if record.levelno >= logging.ERROR:
            self.failed.append(record.exc_info[1] if record.exc_info else record.getMessage())

    async def fails(self, kind, words):
        def fits(error):
            return isinstance(error, kind) and words in str(error)

        await first(self.failed, fits, f"{kind.__name__}: {words}")

    async def hear_of_chat(self, update):
        self.asked.append(update.chat)

    async def hear_message(self, update):
        self.said.append(update.decrypted_event)

    async def watch(self, update):
        if isinstance(update, types.UpdateNewEncryptedMessage):
            self.last = update
        if isinstance(update, types.UpdateEncryption) and isinstance(update.chat, types.EncryptedChatDiscarded):
            self.ended.append(update.chat.id)

    async def heard(self):
        return await first(self.said, lambda _: True, "Telethon hears a message")

    async def done(self, action):
        """The next that it hears has to be this."""
        said = await self.heard()
        check(isinstance(said, tl.DecryptedMessageService) and isinstance(said.action, action), f"Telethon heard {said}")
        return said.action

    async def say(self, chat, text, **more):
        """Gives the message's own number, which the package keeps to itself."""
        await self.package.send_secret_message(chat.id, text, parse_mode=None, **more)
        return chat.outgoing[chat.out_seq_no].message.random_id

    async def act(self, chat, action):
        """The package has no method for this."""
        data = await self.package.encrypt_secret_message(chat, tl.DecryptedMessageService(action))
        await self.client(functions.messages.SendEncryptedServiceRequest(chat.input_chat, data))

    async def send_file(self, chat, data):
        # It takes a name too, and leaves it out.
        named = [tl.DocumentAttributeFilename("theirs.bin")]
        await self.package.send_secret_document(chat, data, b"", 0, 0, "", "text/plain", len(data), named, caption="tužka")

    async def sees_end(self, chat):
        await until(lambda: chat.id in self.ended, "Telethon is told that the chat has ended")


class Scene:
    def __init__(self):
        self.ours, self.theirs = Ours(), Theirs()

    async def ours_asks(self):
        """A chat that telewire asks for, as each end calls it."""
        name = (await self.ours.run("create_secret_chat", f"@{THEIRS}"))["id"]
        asked = await first(self.theirs.asked, lambda _: True, "Telethon is asked")
        await self.theirs.package.accept_secret_chat(asked)
        await self.ours.told("secret_chat_ready", name)
        return name, self.theirs.chats.get_secret_chat_by_id(asked.id)

    async def theirs_asks(self):
        """One that Telethon asks for."""
        number = await self.theirs.package.start_secret_chat(OURS)
        name = (await self.ours.told("secret_chat_offered"))["chat"]["id"]
        await self.ours.run("accept_secret_chat", name)
        await until(lambda: self.theirs.chats.get_secret_chat_by_id(number), "Telethon has a key")
        return name, self.theirs.chats.get_secret_chat_by_id(number)

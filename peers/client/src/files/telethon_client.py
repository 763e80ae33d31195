"""Telethon's client: one piece of work in a process of its own. It speaks the lines of `client.rs`."""

import asyncio
import sys
import time
from pathlib import Path

import cryptg  # noqa: F401  Without it Telethon would take libssl or Python, and say nothing.
from telethon import TelegramClient, functions, network, types
from telethon.crypto import AuthKey, aes
from telethon.sessions import MemorySession
from telethon.tl.alltlobjects import LAYER
from telethon.tl.core.gzippacked import GzipPacked

assert aes.cryptg is cryptg, "Telethon has not taken cryptg"

SERVER, KEY, TOKEN, FOLDER, VERB, WHAT, OPTION = sys.argv[1:]
HOST, PORT = SERVER.rsplit(":", 1)
LARGE = ["whole", "warm", "quarter", "little"]
AT_A_TIME, BATCH, PATIENCE = 16, 200, 600
SENDERS, PART = 4, 512 * 1024
# Any will do.
API_HASH = "0123456789abcdef" * 2
IN, OUT = Path(FOLDER) / "in", Path(FOLDER) / "out"


def memory(line):
    """Kibibytes of this process."""
    for one in Path("/proc/self/status").read_text().splitlines():
        if one.startswith(line):
            return int(one.split()[1])


def say(*words):
    print(*words, flush=True)


def expect(word):
    line = sys.stdin.readline().strip()
    assert line == word, f"{line} is not {word}"


async def connect():
    session = MemorySession()
    session.set_dc(2, HOST, int(PORT))
    session.auth_key = AuthKey(int(KEY).to_bytes(2, "little") + bytes([7] * 254))
    client = TelegramClient(session, 1, API_HASH)
    await client.connect()
    await client.sign_in(bot_token=TOKEN)
    return client


async def documents(client, ids):
    request = functions.messages.GetMessagesRequest([types.InputMessageID(one) for one in ids])
    return [message.media.document for message in (await client(request)).messages]


def location(document):
    return types.InputDocumentFileLocation(document.id, document.access_hash, document.file_reference, "")


async def open_senders(client):
    """As FastTelethon does: senders with the key that is there, each with its own connection."""
    senders = []
    for _ in range(SENDERS if OPTION == "senders" else 0):
        sender = network.MTProtoSender(client.session.auth_key, loggers=client._log)
        await sender.connect(client._connection(HOST, int(PORT), 2, loggers=client._log, proxy=None))
        client._init_request.query = functions.help.GetConfigRequest()
        await sender.send(functions.InvokeWithLayerRequest(LAYER, client._init_request))
        senders.append(sender)
    return senders


async def in_turns(senders, count, work):
    """Part after part, each by the sender that is free next."""
    numbers = iter(range(count))

    async def run(sender):
        for number in numbers:
            await work(sender, number)

    await asyncio.gather(*map(run, senders))


async def down(client, senders, document, path):
    if senders:
        with open(path, "wb") as file:
            async def fetch(sender, number):
                request = functions.upload.GetFileRequest(location(document), number * PART, PART)
                answer = await sender.send(request)
                file.seek(number * PART)
                file.write(answer.bytes)
            await in_turns(senders, -(-document.size // PART), fetch)
    elif OPTION == "512":
        await client.download_file(document, str(path), part_size_kb=512, file_size=document.size, dc_id=2)
    else:
        await client.download_media(types.MessageMediaDocument(document=document), str(path))


async def up(client, senders, path):
    if not senders:
        return await client.upload_file(str(path), part_size_kb=512 if OPTION == "512" else None)
    size, number = path.stat().st_size, time.time_ns()
    parts = -(-size // PART)
    with open(path, "rb") as file:
        async def send(sender, part):
            file.seek(part * PART)
            assert await sender.send(functions.upload.SaveBigFilePartRequest(number, part, parts, file.read(PART)))
        await in_turns(senders, parts, send)
    return types.InputFileBig(number, parts, path.name)


async def keep(client, file):
    media = types.InputMediaUploadedDocument(file, "application/octet-stream", [])
    kept = await client(functions.messages.UploadMediaRequest(types.InputPeerSelf(), media))
    return kept.document.id


async def at_a_time(numbers, work):
    numbers, results = iter(numbers), []

    async def run():
        for number in numbers:
            results.append(await work(number))

    await asyncio.gather(*(run() for _ in range(AT_A_TIME)))
    return results


class Timer:
    def __init__(self, idle):
        self.idle, self.cpu, self.start = idle, time.process_time_ns(), time.perf_counter_ns()

    def done(self):
        passed, cpu = time.perf_counter_ns() - self.start, time.process_time_ns() - self.cpu
        say("done", passed, cpu, max(0, memory("VmHWM") - self.idle))


async def large(client):
    senders = await open_senders(client)
    # Over one connection, which is open, there is nothing to warm but the code.
    warm = "warm" if senders else "little"
    [document] = await documents(client, [LARGE.index(WHAT) + 1])
    [warm_document] = await documents(client, [LARGE.index(warm) + 1])
    buffer = bytearray((IN / WHAT).stat().st_size) if VERB == "read" else None
    idle = memory("VmRSS")
    if VERB == "up":
        await up(client, senders, IN / warm)
    else:
        await down(client, senders, warm_document, OUT / "warm")
    say("ready 1")
    expect("go")
    timer, at = Timer(idle), 0
    if VERB == "down":
        await down(client, senders, document, OUT / WHAT)
    elif VERB == "up":
        file = await up(client, senders, IN / WHAT)
    else:
        async for piece in client.iter_download(document):
            buffer[at:at + len(piece)] = piece
            at += len(piece)
    timer.done()
    expect("check")
    if VERB == "read":
        (OUT / WHAT).write_bytes(buffer)
    if VERB == "up":
        say("file", await keep(client, file))
    say("end")


async def small(client, count):
    first, all_documents = len(LARGE) + 1, []
    for start in range(0, 0 if VERB == "up" else count, 100):
        all_documents += await documents(client, range(first + start, first + min(start + 100, count)))
    idle = memory("VmRSS")

    async def work(number, to=OUT):
        if VERB == "down":
            return await down(client, [], all_documents[number], to / f"{number:05}")
        if VERB == "read":
            return b"".join([bytes(piece) async for piece in client.iter_download(all_documents[number])]), number
        return await up(client, [], IN / f"{number:05}"), number

    for number in range(min(2 * AT_A_TIME, count)):
        await work(number, Path(FOLDER) / "warm")
    batch = BATCH if VERB == "up" else count
    say("ready", -(-count // batch))
    for start in range(0, count, batch):
        expect("go")
        timer = Timer(idle)
        done = await at_a_time(range(start, min(start + batch, count)), work)
        timer.done()
        expect("check")
        if VERB == "read":
            for data, number in done:
                (OUT / f"{number:05}").write_bytes(data)
        if VERB == "up":
            async def kept(one):
                say("file", await keep(client, one[0]), one[1])
            await at_a_time(done, kept)
        say("end")


async def main():
    if OPTION == "plain":
        GzipPacked.gzip_if_smaller = staticmethod(lambda content_related, data: data)
    client = await connect()
    await (small(client, int(WHAT)) if WHAT.isdecimal() else large(client))
    await client.disconnect()


asyncio.run(asyncio.wait_for(main(), PATIENCE))

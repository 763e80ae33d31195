"""Clients that others wrote, each against a `telewire serve` of its own. See `run`, which starts this.

A client is a script that runs in an environment of its own, and talks with this program by lines: what it prints is shown, but
`? cut` has the connections of the client cut, `? code` asks for the login code that the data centre shows, and `? approve LINK`
has a QR code approved; each is answered by a line.
"""

import asyncio
import base64
import hashlib
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
DC = 2
BOT, PHONE, PASSWORD = "777:abc", "9996620001", "correct horse"
ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/clients"
INSTALLED = ROOT / "target/clients"
# A client takes a few seconds; a slow machine gets more.
PATIENCE = 60


def python(script, *args):
    """A script in the environment that has what it names."""
    return lambda name: [INSTALLED / name / "bin/python", HERE / script, *args]


def node(script, *args):
    """A script beside the modules that it imports: Node looks for them nowhere else."""

    def command(_):
        for file in ("loopback.cjs", script):
            shutil.copy(HERE / file, INSTALLED / "node")
        return ["node", "--require", "./loopback.cjs", script, *args]

    return command


# What `run` installs, how it is started, and whether a login is approved by a QR code in it.
CLIENTS = {
    "telethon-1.39": python("telethon_old.py"),
    "kurigram": python("pyrograms.py", "kurigram"),
    "pyrogram": python("pyrograms.py", "pyrogram"),
    "hydrogram": python("pyrograms.py", "hydrogram"),
    "gramjs": node("gramjs.cjs"),
    "mtcute": node("mtcute.mjs"),
    "mtcute-pfs": node("mtcute.mjs", "pfs"),
}


def integer(number):
    """As DER has it."""
    data = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + length(len(data)) + data


def length(count):
    return bytes([count]) if count < 128 else b"\x82" + count.to_bytes(2, "big")


def tl_bytes(data):
    head = bytes([len(data)]) if len(data) < 254 else b"\xfe" + len(data).to_bytes(3, "little")
    return head + data + bytes(-(len(head) + len(data)) % 4)


class Key:
    """The public half of the key that everybody knows."""

    def __init__(self):
        text = (ROOT / "src/server/embedded_key.pem").read_text()
        der = base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("-")))
        # SEQUENCE { version, n, e, and what is private }: all lengths but those of version and e have two bytes.
        size = int.from_bytes(der[9:11], "big")
        n, rest = der[11 : 11 + size], der[11 + size :]
        self.n, self.e = int.from_bytes(n, "big"), int.from_bytes(rest[2 : 2 + rest[1]], "big")
        both = [number.to_bytes((number.bit_length() + 7) // 8, "big") for number in (self.n, self.e)]
        digest = hashlib.sha1(b"".join(map(tl_bytes, both))).digest()
        self.fingerprint = int.from_bytes(digest[-8:], "little", signed=True)
        body = integer(self.n) + integer(self.e)
        encoded = base64.b64encode(b"\x30" + length(len(body)) + body).decode()
        lines = [encoded[at : at + 64] for at in range(0, len(encoded), 64)]
        self.pem = "\n".join(["-----BEGIN RSA PUBLIC KEY-----", *lines, "-----END RSA PUBLIC KEY-----"])


class Server:
    """`telewire serve`, on a free port."""

    async def start(self, binary):
        command = [binary, "serve", "--dc", str(DC), "--bot", BOT, "--user", f"{PHONE}={PASSWORD}", "--approve"]
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        first = (await self.process.stdout.readline()).decode()
        found = re.fullmatch(rf"Data centre prod:{DC} on 127\.0\.0\.1:(\d+)\n", first)
        check(found, f"serve began with {first!r}")
        self.port, self.lines = int(found[1]), []
        self.rest = asyncio.create_task(self.read())

    async def read(self):
        while line := await self.process.stdout.readline():
            self.lines.append(line.decode())

    async def find(self, pattern, since=0):
        """The last line that says something."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for line in reversed(self.lines[since:]):
                if found := re.search(pattern, line):
                    return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"serve did not print {pattern}")

    async def approve(self, link):
        since = len(self.lines)
        self.process.stdin.write(f"{link} {PHONE}\n".encode())
        await self.process.stdin.drain()
        return (await self.find(r"QR code (\w+)", since))[1]

    async def stop(self):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await self.rest
        code = await self.process.wait()
        check(code == 0, f"serve ended with {code}")


class Proxy:
    """Hands bytes on between a client and the server until the connections are cut."""

    async def start(self, to):
        self.to, self.links, self.writers = to, 0, []
        self.listener = await asyncio.start_server(self.serve, LOOPBACK, 0)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def serve(self, client, writer):
        try:
            server, server_writer = await asyncio.open_connection(LOOPBACK, self.to)
        except OSError:
            return writer.close()
        self.links += 1
        self.writers += [writer, server_writer]
        await asyncio.gather(self.pump(client, server_writer), self.pump(server, writer))

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    def cut(self):
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()


def check(is_right, what):
    if not is_right:
        raise AssertionError(what)


async def talk(client, name, server, proxy):
    """Shows what a client says and does what it asks for."""
    while line := (await client.stdout.readline()).decode():
        match line.split(maxsplit=2):
            case ["?", "cut"]:
                proxy.cut()
                answer = "cut"
            case ["?", "code"]:
                answer = (await server.find(rf"login code +(\d+) for {PHONE} "))[1]
            case ["?", "approve", link]:
                answer = await server.approve(link.strip())
            case _:
                print(f"{name}: {line.rstrip()}", flush=True)
                continue
        client.stdin.write(f"{answer}\n".encode())
        await client.stdin.drain()


async def drive(name, binary, key):
    server, proxy = Server(), Proxy()
    await server.start(binary)
    await proxy.start(server.port)
    env = os.environ | {
        "DC": str(DC),
        "PORT": str(proxy.port),
        "PEM": key.pem,
        "MODULUS": f"{key.n:x}",
        "EXPONENT": str(key.e),
        "FINGERPRINT": str(key.fingerprint),
        "BOT": BOT,
        "PHONE": PHONE,
        "PASSWORD": PASSWORD,
        "PYTHONUNBUFFERED": "1",
    }
    command = CLIENTS[name](name)
    pipe = asyncio.subprocess.PIPE
    client = await asyncio.create_subprocess_exec(
        *command, env=env, stdin=pipe, stdout=pipe, cwd=INSTALLED / "node", limit=1 << 20
    )
    try:
        await asyncio.wait_for(talk(client, name, server, proxy), PATIENCE)
        code = await asyncio.wait_for(client.wait(), PATIENCE)
    except TimeoutError:
        client.kill()
        code = "no answer"
    finally:
        proxy.cut()
        proxy.listener.close()
        await server.stop()
    out = "".join(server.lines)
    refused = [line.strip() for line in server.lines if "refused" in line and "QR code" not in line]
    if code != 0 or refused:
        print(f"{name}: FAILED: it ended with {code}; serve refused {refused}\n{out}", file=sys.stderr, flush=True)
        return False
    keys = out.count("key created")
    print(f"{name}: done: {keys} keys, {out.count('session created')} sessions, {proxy.links} links", flush=True)
    return True


async def main(binary, names):
    key, failed = Key(), []
    for name in names or CLIENTS:
        began = time.monotonic()
        if not await drive(name, binary, key):
            failed.append(name)
        print(f"{name}: {time.monotonic() - began:.1f} s", flush=True)
    check(not failed, f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], sys.argv[2:]))
    except AssertionError as error:
        raise SystemExit(f"error: {error}")

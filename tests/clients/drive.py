"""Clients that others wrote, each against a `telewire serve` of its own. See `run`, which starts this.

A client is a script that runs in an environment of its own, and talks with this program by lines: what it prints is shown, but
`? cut` has the connections of the client cut, `? code PHONE` asks for the login code that the data centre shows, `? code PHONE Call` for the one of a call, and `? approve LINK`
has a QR code approved; each is answered by a line.
"""

import asyncio
import base64
import hashlib
import os
import shutil
import sys
import time

from serve import BOT, DC, FRIEND, PASSWORD, PHONE, ROOT, Proxy, Server, check

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


async def talk(client, name, server, proxy):
    """Shows what a client says and does what it asks for."""
    while line := (await client.stdout.readline()).decode():
        match line.split(maxsplit=2):
            case ["?", "cut"]:
                proxy.cut()
                answer = "cut"
            case ["?", "code", phone]:
                answer = await server.code(*phone.split())
            case ["?", "approve", link]:
                answer = await server.approve(link.strip())
            case _:
                print(f"{name}: {line.rstrip()}", flush=True)
                continue
        client.stdin.write(f"{answer}\n".encode())
        await client.stdin.drain()


async def drive(name, binary, key):
    server = Server()
    await server.start(binary, "--approve")
    proxy = Proxy(server.port)
    await proxy.start()
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
        "FRIEND": FRIEND,
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
        out = await server.stop()
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

"""`telewire serve` for programs that try clients with it, a proxy that cuts, and a guard: 127.0.0.1 alone is dialled."""

import asyncio
import re
import signal
import socket
import sys
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
# This data centre is as good as another.
DC = 2
BOT, PHONE, PASSWORD = "777:abc", "9996620001", "correct horse"
# Another account, without a password: whom the first writes to.
FRIEND = "9996620002"
ROOT = Path(__file__).resolve().parents[2]
# Where the bot is.
WORLD = ROOT / "tests/clients/world.toml"


def refuse_other_hosts(event, args):
    """An audit hook: no socket of the process leaves the machine, whatever a client knows of Telegram's addresses."""
    if event == "socket.getaddrinfo" or event.startswith("socket.gethostby"):
        host = args[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        # Sockets that are connected already name none.
        host = args[1][0] if args[1] else LOOPBACK
    else:
        return
    if host != LOOPBACK:
        raise PermissionError(f"{event} of {host}, which is not {LOOPBACK}")


def guard():
    """No other host from here on."""
    sys.addaudithook(refuse_other_hosts)
    try:
        socket.create_connection(("192.0.2.1", 443), timeout=1)
    except PermissionError:
        return
    raise AssertionError("another host could be dialled")


def check(is_right, what):
    if not is_right:
        raise AssertionError(what)


class Server:
    """`telewire serve`, on a free port, with a bot and a user."""

    async def start(self, binary, *options):
        command = [binary, "serve", "--dc", str(DC), "--world", WORLD, "--user", f"{PHONE}={PASSWORD}"]
        command += ["--user", FRIEND, *options]
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

    async def code(self, phone=PHONE, way=r"\w+"):
        """The last login code that it shows for a number: of two that were sent, one is named by the way that it went."""
        return (await self.find(rf"login code +(\d+) for {phone} \({way}\)"))[1]

    async def approve(self, link):
        """What it says to the link of a QR code, typed into it."""
        since = len(self.lines)
        self.process.stdin.write(f"{link} {PHONE}\n".encode())
        await self.process.stdin.drain()
        return (await self.find(r"QR code (\w+)", since))[1]

    async def stop(self):
        """Ends it and gives what it printed."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await self.rest
        code, out = await self.process.wait(), "".join(self.lines)
        check(code == 0 and out.endswith("Stopped.\n"), f"serve ended with {code}: {out}")
        return out


class Proxy:
    """Hands bytes on between a client and the server until the connections are cut."""

    def __init__(self, port):
        self.to, self.links, self.writers = port, 0, []
        # While it is deaf, what the client says is lost.
        self.is_deaf, self.lost = False, asyncio.Event()

    async def start(self):
        self.listener = await asyncio.start_server(self.serve, LOOPBACK, 0)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def serve(self, client, writer):
        try:
            server, server_writer = await asyncio.open_connection(LOOPBACK, self.to)
        except OSError:
            return writer.close()
        self.links += 1
        self.writers += [writer, server_writer]
        await asyncio.gather(self.pump(client, server_writer, True), self.pump(server, writer, False))

    async def pump(self, reader, writer, is_client):
        try:
            while data := await reader.read(65536):
                if is_client and self.is_deaf:
                    self.lost.set()
                else:
                    writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    def cut(self):
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()
        self.is_deaf = False
        self.lost.clear()

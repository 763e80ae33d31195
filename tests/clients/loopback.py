"""What the scripts of Python clients share: no socket leaves the machine, and lines for `drive.py`."""

import os
import socket
import sys

LOOPBACK = "127.0.0.1"
DC, PORT = int(os.environ["DC"]), int(os.environ["PORT"])
MODULUS, EXPONENT = int(os.environ["MODULUS"], 16), int(os.environ["EXPONENT"])
FINGERPRINT = int(os.environ["FINGERPRINT"])
BOT, PHONE, PASSWORD = os.environ["BOT"], os.environ["PHONE"], os.environ["PASSWORD"]
API_ID, API_HASH = 1, "0123456789abcdef0123456789abcdef"


def refuse_other_hosts(event, args):
    """Whatever a client knows of Telegram's addresses."""
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
    sys.addaudithook(refuse_other_hosts)
    try:
        socket.create_connection(("192.0.2.1", 443), timeout=1)
        raise AssertionError("another host could be dialled")
    except PermissionError:
        pass


def ask(what):
    print(f"? {what}", flush=True)
    return sys.stdin.readline().strip()


def step(what, details=""):
    print(f"{what:<58} {details}".rstrip(), flush=True)


def cannot(what, why):
    print(f"cannot: {what:<50} {why}", flush=True)


def check(is_right, what):
    if not is_right:
        raise AssertionError(what)

"""What the scripts of Python clients share: what `drive.py` tells them, and lines for it."""

import os
import sys

from serve import LOOPBACK, check, guard  # noqa: F401: for the scripts

DC, PORT = int(os.environ["DC"]), int(os.environ["PORT"])
MODULUS, EXPONENT = int(os.environ["MODULUS"], 16), int(os.environ["EXPONENT"])
FINGERPRINT = int(os.environ["FINGERPRINT"])
BOT, PHONE, PASSWORD = os.environ["BOT"], os.environ["PHONE"], os.environ["PASSWORD"]
FRIEND = os.environ["FRIEND"]
# Nobody's yet.
NEW_PHONE = "9996620009"
API_ID, API_HASH = 1, "0123456789abcdef0123456789abcdef"


def ask(what):
    print(f"? {what}", flush=True)
    return sys.stdin.readline().strip()


def step(what, details=""):
    print(f"{what:<58} {details}".rstrip(), flush=True)


def cannot(what, why):
    print(f"cannot: {what:<50} {why}", flush=True)


async def try_it(what, call, is_unknown):
    """What the data centre may not know yet: gives the answer, or `None` after it said that it does not."""
    try:
        answer = await call
    except Exception as error:
        if not is_unknown(error):
            raise
        cannot(what, "not yet: the data centre does not know it")
        return None
    step(what)
    return answer

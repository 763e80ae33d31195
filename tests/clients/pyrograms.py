"""pyrogram 2.0.106 (layer 158) and those that go on from it: hydrogram 0.2.0 (181) and kurigram 2.2.26 (229).

Which it is, is the argument. Their transport is always abridged TCP, and their RSA padding that of before 2021.
"""

import asyncio
import importlib
import sys
from pathlib import Path

import loopback as lo
from loopback import cannot, check, guard, step

guard()

NAME = sys.argv[1]
# kurigram is a module of pyrogram's name.
PACKAGE = "hydrogram" if NAME == "hydrogram" else "pyrogram"

package = importlib.import_module(PACKAGE)
raw, errors = package.raw, importlib.import_module(f"{PACKAGE}.errors")
keys = importlib.import_module(f"{PACKAGE}.crypto.rsa")
keys.server_public_keys.clear()
keys.server_public_keys[lo.FINGERPRINT] = keys.PublicKey(lo.MODULUS, lo.EXPONENT)


def client():
    options = {"api_id": lo.API_ID, "api_hash": lo.API_HASH}
    if NAME == "kurigram":
        storage = importlib.import_module("pyrogram.storage.sqlite_storage")

        class Loopback(storage.SQLiteStorage):
            async def server_address(self, *_):
                return lo.LOOPBACK

            async def port(self, *_):
                return lo.PORT

        place = Loopback("loopback", workdir=Path("."), in_memory=True)
        return package.Client("loopback", storage_engine=place, **options)
    connection = importlib.import_module(f"{PACKAGE}.connection.connection")
    connection.DataCenter = lambda *_, **__: (lo.LOOPBACK, lo.PORT)
    return package.Client("loopback", in_memory=True, **options)


async def ping(one, ping_id):
    """A pong is no result, so that the session is asked directly."""
    pong = await one.session.send(raw.functions.Ping(ping_id=ping_id))
    check(isinstance(pong, raw.types.Pong) and pong.ping_id == ping_id, f"ping {ping_id} gave {pong}")


async def config(one):
    answer = await one.invoke(raw.functions.help.GetConfig())
    check(answer.this_dc == lo.DC, f"this is data centre {answer.this_dc}")


async def refused(error, call):
    try:
        answer = await call
    except error:
        return
    raise AssertionError(f"no {error.__name__}, but {answer}")


async def talk():
    one = client()
    # ping and invokeWithLayer(initConnection(help.getConfig)), as they all begin.
    await one.connect()
    step("key exchanged, initConnection", f"layer {raw.all.layer}")
    await config(one)
    await ping(one, 7)
    await asyncio.gather(*(ping(one, number) for number in range(50)))
    step("help.getConfig, pings", "1, and 50 at once")
    key = await one.storage.auth_key()
    before = one.session.connection
    lo.ask("cut")
    # It begins again when it reads the end; what is written meanwhile, it would wait for a quarter of a minute.
    while one.session.connection is before or not one.session.is_started.is_set():
        await asyncio.sleep(0.05)
    await config(one)
    await ping(one, 8)
    check(await one.storage.auth_key() == key, "the client made another key")
    step("cut, reconnected", "same key")
    await refused(errors.AccessTokenInvalid, one.sign_in_bot("777:abd"))
    step("a wrong token is refused")
    await log_in_bot(one)
    await one.disconnect()
    await log_in_user()
    await sign_up()


async def log_in_bot(one):
    me = await one.sign_in_bot(lo.BOT)
    check((me.id, me.is_bot) == (777, True), f"the bot is {me}")
    cannot("get_me", "users.getFullUser, which it asks, is not known to the data centre")
    # inputPeerUser where an inputUser is expected.
    [found] = await one.invoke(raw.functions.users.GetUsers(id=[await one.resolve_peer(me.id)]))
    check(found.id == me.id, f"users.getUsers gave {found}")
    await one.invoke(raw.functions.auth.LogOut())
    step("a bot logged in and out", f"number {me.id}")


async def log_in_user():
    one = client()
    await one.connect()
    sent = await one.send_code(lo.PHONE)
    await refused(errors.PhoneCodeInvalid, one.sign_in(lo.PHONE, sent.phone_code_hash, "00000"))
    code = lo.ask(f"code {lo.PHONE}")
    await refused(errors.SessionPasswordNeeded, one.sign_in(lo.PHONE, sent.phone_code_hash, code))
    await refused(errors.PasswordHashInvalid, one.check_password(lo.PASSWORD.upper()))
    me = await one.check_password(lo.PASSWORD)
    check(me.phone_number == lo.PHONE, f"the user is {me}")
    await one.invoke(raw.functions.auth.LogOut())
    await one.disconnect()
    step("a user logged in by code and password, and out", f"number {me.id}")


async def sign_up():
    """Of the form that the client's layer has: what it calls has other parameters by now."""
    one = client()
    await one.connect()
    sent = await one.send_code(lo.NEW_PHONE)
    sent = await one.resend_code(lo.NEW_PHONE, sent.phone_code_hash)
    code = lo.ask(f"code {lo.NEW_PHONE}")
    check(not isinstance(await one.sign_in(lo.NEW_PHONE, sent.phone_code_hash, code), package.types.User), "signed in")
    me = await one.sign_up(lo.NEW_PHONE, sent.phone_code_hash, "Ada", "Lovelace")
    check((me.first_name, me.last_name) == ("Ada", "Lovelace"), f"the user is {me}")
    await one.invoke(raw.functions.auth.LogOut())
    await one.disconnect()
    step("a user had the code sent again, signed up, and out", f"number {me.id}")


asyncio.get_event_loop().run_until_complete(talk())

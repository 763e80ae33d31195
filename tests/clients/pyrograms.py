"""pyrogram 2.0.106 (layer 158) and those that go on from it: hydrogram 0.2.0 (181) and kurigram 2.2.26 (229).

Which it is, is the argument. Their transport is always abridged TCP, and their RSA padding that of before 2021.
"""

import asyncio
import hashlib
import importlib
import io
import random
import sys
from pathlib import Path

import loopback as lo
from loopback import check, guard, step

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
    same = await one.get_me()
    check(same.id == me.id, f"get_me gave {same}")
    # inputPeerUser where an inputUser is expected.
    [found] = await one.invoke(raw.functions.users.GetUsers(id=[await one.resolve_peer(me.id)]))
    check(found.id == me.id, f"users.getUsers gave {found}")
    await one.invoke(raw.functions.auth.LogOut())
    step("a bot logged in and out", f"number {me.id}")


def is_unknown(error):
    # Each of them tells of it in its own way.
    return "INPUT_METHOD_INVALID" in str(error) or "InputMethodInvalid" in type(error).__name__


async def log_in_friend():
    """The second account."""
    one = client()
    await one.connect()
    sent = await one.send_code(lo.FRIEND)
    me = await one.sign_in(lo.FRIEND, sent.phone_code_hash, lo.ask(f"code {lo.FRIEND}"))
    return one, me


async def begin(one, heard):
    """Has it take updates, as `start` does; who logs in step by step does so too."""
    handlers = importlib.import_module(f"{PACKAGE}.handlers")
    filters = importlib.import_module(f"{PACKAGE}.filters")

    async def put(_, message):
        await heard.put(message)

    one.me = await one.get_me()
    one.add_handler(handlers.MessageHandler(put, filters.incoming))
    await one.initialize()


async def send_files(one, friend):
    """What one sends, the other saves. Of more than 10 MiB it is for the other clients to show."""
    try:
        importlib.import_module("tgcrypto")
    except ImportError:
        lo.cannot("files", "its AES in Python takes a minute: TgCrypto is not to be had for this Python")
        return
    size = (2 << 20) + 1
    sent = random.Random(size).randbytes(size)
    file = io.BytesIO(sent)
    file.name = "data.bin"
    await one.send_document("second_of_two", file, caption="2 MiB", force_document=True)
    found = [message async for message in friend.get_chat_history("first_of_two", limit=1)][0]
    check(found.caption == "2 MiB", f"{found.caption} came")
    document = found.document
    check((document.file_name, document.file_size) == ("data.bin", size), f"it was sent as {document}")
    came = (await friend.download_media(found, in_memory=True)).getvalue()
    check(came == sent, f"{len(came)} other bytes came")
    step("a file of 2 MiB, up and down", f"SHA-256 {hashlib.sha256(came).hexdigest()[:16]}…")


async def write(one, me):
    """Two accounts write to each other."""
    friend, other = await log_in_friend()
    heard, answers = asyncio.Queue(), asyncio.Queue()
    await begin(friend, heard)
    await begin(one, answers)

    async def hears(queue, text):
        message = await asyncio.wait_for(queue.get(), 10)
        check(message.text == text, f"{message.text!r} came")
        return message

    for who, name in ((one, "first_of_two"), (friend, "second_of_two")):
        check(await who.set_username(name), f"no username for {name}")
    sent = await one.send_message("second_of_two", "**hello**, friend")
    message = await hears(heard, "hello, friend")
    check(message.from_user.id == me.id, f"it came from {message.from_user}")
    check([entity.type.name for entity in message.entities] == ["BOLD"], f"it is {message.entities}")
    step("sent by a username, and heard by the other", f"message {sent.id}")
    await friend.send_message("first_of_two", "hello to you")
    await hears(answers, "hello to you")
    step("an answer")
    history = [message.text async for message in one.get_chat_history("second_of_two", limit=10)]
    check(history == ["hello to you", "hello, friend"], f"the history is {history}")
    step("history", f"{len(history)} messages")
    before = one.session.connection
    lo.ask("cut")
    for who in (one, friend):
        while who.session.connection is before or not who.session.is_started.is_set():
            await asyncio.sleep(0.05)
    await config(one)
    await config(friend)
    await one.send_message("second_of_two", "after the cut")
    await hears(heard, "after the cut")
    step("cut, and it goes on")

    async def dialogs():
        return [dialog.chat.id async for dialog in one.get_dialogs()]

    await lo.try_it("dialogs", dialogs(), is_unknown)
    if await lo.try_it("edit", one.edit_message_text("second_of_two", sent.id, "edited"), is_unknown):
        texts = [message.text async for message in one.get_chat_history("second_of_two", limit=10)]
        check(texts[-1] == "edited", f"the history is {texts}")
    if await lo.try_it("delete", one.delete_messages("second_of_two", [sent.id]), is_unknown):
        texts = [message.text async for message in friend.get_chat_history("first_of_two", limit=10)]
        check(len(texts) == 2, f"the history is {texts}")
    await send_files(one, friend)
    await friend.invoke(raw.functions.auth.LogOut())
    await friend.terminate()
    await friend.disconnect()
    await one.terminate()


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
    await write(one, me)
    await one.invoke(raw.functions.auth.LogOut())
    await one.disconnect()
    step("a user logged in by code and password, and out", f"number {me.id}")


async def sign_up():
    """Of the form that the client's layer has: what it calls has other parameters by now."""
    one = client()
    await one.connect()
    sent = await one.send_code(lo.NEW_PHONE)
    sent = await one.resend_code(lo.NEW_PHONE, sent.phone_code_hash)
    code = lo.ask(f"code {lo.NEW_PHONE} Call")
    check(not isinstance(await one.sign_in(lo.NEW_PHONE, sent.phone_code_hash, code), package.types.User), "signed in")
    me = await one.sign_up(lo.NEW_PHONE, sent.phone_code_hash, "Ada", "Lovelace")
    check((me.first_name, me.last_name) == ("Ada", "Lovelace"), f"the user is {me}")
    await one.invoke(raw.functions.auth.LogOut())
    await one.disconnect()
    step("a user had the code sent again, signed up, and out", f"number {me.id}")


asyncio.get_event_loop().run_until_complete(talk())

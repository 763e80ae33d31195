"""Telethon 1.39 (layer 199); the current one, with every transport, is in `tests/telethon`."""

import asyncio

import loopback as lo
from loopback import check, guard, step

guard()

import rsa  # noqa: E402: nothing is imported before the guard stands
from telethon import TelegramClient, errors, functions, types  # noqa: E402
from telethon.crypto import rsa as keys  # noqa: E402
from telethon.sessions import MemorySession  # noqa: E402

keys._server_keys.clear()
keys.add_key(rsa.PublicKey(lo.MODULUS, lo.EXPONENT).save_pkcs1(), old=False)


async def ping(client, ping_id):
    """A pong is no result, so that the sender is asked directly."""
    pong = await client._sender.send(functions.PingRequest(ping_id))
    check(isinstance(pong, types.Pong) and pong.ping_id == ping_id, f"ping {ping_id} gave {pong}")


async def config(client):
    answer = await client(functions.help.GetConfigRequest())
    check(answer.this_dc == lo.DC, f"this is data centre {answer.this_dc}")


async def opened():
    session = MemorySession()
    session.set_dc(lo.DC, lo.LOOPBACK, lo.PORT)
    client = TelegramClient(session, lo.API_ID, lo.API_HASH, timeout=10, retry_delay=0.2)
    await client.connect()
    return client


async def talk():
    client = await opened()
    key = client.session.auth_key.key
    step("key exchanged, initConnection", "layer 199")
    await config(client)
    await asyncio.gather(*(ping(client, number) for number in range(50)))
    step("help.getConfig, 50 pings at once")
    lo.ask("cut")
    await config(client)
    await ping(client, 8)
    check(client.session.auth_key.key == key, "the client made another key")
    step("cut, reconnected", "same key")
    try:
        await client.sign_in(bot_token="777:abd")
        check(False, "a wrong token was taken")
    except errors.AccessTokenInvalidError:
        step("a wrong token is refused")
    await client.sign_in(bot_token=lo.BOT)
    me = await client.get_me()
    check((me.id, me.bot) == (777, True), f"the bot is {me}")
    check(await client.log_out(), "the bot did not log out")
    step("a bot logged in and out", f"number {me.id}")
    await log_in_user()


async def log_in_user():
    client = await opened()
    await client.send_code_request(lo.PHONE)
    try:
        await client.sign_in(lo.PHONE, lo.ask(f"code {lo.PHONE}"))
        check(False, "no password was wanted")
    except errors.SessionPasswordNeededError:
        await client.sign_in(password=lo.PASSWORD)
    me = await client.get_me()
    check(me.phone == lo.PHONE, f"the user is {me}")
    check(await client.log_out(), "the user did not log out")
    step("a user logged in by code and password, and out", f"number {me.id}")


asyncio.run(talk())

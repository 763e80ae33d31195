"""Telethon, a client that shares no line with telewire, against `telewire serve`. See `run`, which starts this."""

import asyncio
import logging
import re
import sys
import time
import warnings
from pathlib import Path

import rsa
from telethon import TelegramClient, errors, functions, network, types
from telethon.crypto import rsa as server_keys
from telethon.sessions import MemorySession
from TelethonFakeTLS import ConnectionTcpMTProxyFakeTLS

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))
import telethon_files  # noqa: E402
from serve import BOT, DC, FRIEND, LOOPBACK, PASSWORD, PHONE, ROOT, Proxy, Server, check, guard  # noqa: E402

# The whole takes some twenty seconds, most of which Telethon waits after it has greeted a proxy; a slow machine gets more, and
# `run` ends it after two minutes.
PATIENCE = 110
SECRET = "000102030405060708090a0b0c0d0e0f"
PADDED_SECRET = "dd101112131415161718191a1b1c1d1e1f"
# What Telethon says of a key that begins with a zero.
DROPPED = "Attempt 1 at new auth_key failed: Step 3 invalid new nonce hash"
FAKE_TLS_KEY, FAKE_TLS_DOMAIN = "202122232425262728292a2b2c2d2e2f", b"front.example"
FAKE_TLS_SECRET = "ee" + FAKE_TLS_KEY + FAKE_TLS_DOMAIN.hex()
SECRETS = [option for secret in (SECRET, PADDED_SECRET, FAKE_TLS_SECRET) for option in ("--mtproxy", secret)]
# Each with the secret as the client wants it, if it goes through a proxy.
TRANSPORTS = [
    (network.ConnectionTcpFull, None),
    (network.ConnectionTcpAbridged, None),
    (network.ConnectionTcpIntermediate, None),
    (network.ConnectionTcpObfuscated, None),
    (network.ConnectionTcpMTProxyAbridged, SECRET),
    (network.ConnectionTcpMTProxyIntermediate, SECRET),
    (network.ConnectionTcpMTProxyRandomizedIntermediate, PADDED_SECRET),
    # This one is told apart by its class, and wants no `ee`.
    (ConnectionTcpMTProxyFakeTLS, FAKE_TLS_SECRET[2:]),
]


def step(what, details=""):
    print(f"{what:<66} {details}".rstrip(), flush=True)


class Complaints(logging.Handler):
    """What Telethon warns of, such as a message that breaks a rule, which it would pass over. A cut is none of it."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        line = record.getMessage()
        if not line.startswith("Server closed the connection"):
            self.lines.append(line)


class Client(TelegramClient):
    async def get_me(self, input_peer=False):
        """Nobody is logged in, so that Telethon need not ask."""
        return None


def check_config(config, server):
    """Each field that the server fills from what it knows, and one of each of the others' types."""
    check(isinstance(config, types.Config), f"help.getConfig gave {config}")
    check(abs(config.date.timestamp() - time.time()) < 30, f"it is not {config.date}")
    check(config.date < config.expires, f"it expired at {config.expires}")
    check((config.this_dc, config.test_mode) == (DC, False), f"this is data centre {config.this_dc}")
    options = [(o.id, o.ip_address, o.port, o.ipv6) for o in config.dc_options]
    check(options == [(DC, LOOPBACK, server.port, False)], f"data centres are {options}")
    check((config.message_length_max, config.caption_length_max) == (4096, 1024), "the limits are others")
    check(config.autologin_token is None and config.me_url_prefix == "https://t.me/", "the strings are others")


async def ping(client, ping_id):
    """A pong is no `rpc_result`, so that Telethon's sender is asked directly."""
    pong = await client._sender.send(functions.PingRequest(ping_id))
    check(isinstance(pong, types.Pong) and pong.ping_id == ping_id, f"ping {ping_id} gave {pong}")


async def talk_over(server, transport, secret):
    """Gives the key's id, as `telewire serve` prints it."""
    proxy = Proxy(server.port)
    await proxy.start()
    session = MemorySession()
    session.set_dc(DC, LOOPBACK, proxy.port)
    # Above 512 bytes Telethon compresses a query: this makes the first one so long.
    model = "telewire " * 100
    options = {"proxy": (LOOPBACK, proxy.port, secret)} if secret else {}
    client = Client(
        session, 1, "none", connection=transport, device_model=model, timeout=10, retry_delay=0.2, **options
    )
    try:
        return await talk(server, proxy, client, transport.__name__.removeprefix("ConnectionTcp").lower())
    finally:
        await client.disconnect()
        proxy.cut()
        proxy.listener.close()


async def talk(server, proxy, client, name):
    """All that is tried over one transport."""
    # invokeWithLayer(initConnection(help.getConfig)), as every client begins.
    await client.connect()
    key = client.session.auth_key.key
    key_id = client.session.auth_key.key_id.to_bytes(8, "little").hex().upper()
    step(f"{name}: key exchanged, initConnection", f"key {key_id}")
    check_config(await client(functions.help.GetConfigRequest()), server)
    step(f"{name}: help.getConfig", f"data centre {DC} at {LOOPBACK}:{server.port}")
    await ping(client, 7)
    await asyncio.gather(*(ping(client, number) for number in range(50)))
    step(f"{name}: pings", "1, and 50 at once")
    try:
        await client(functions.payments.GetStarsTopupOptionsRequest())
        check(False, "a function that serve does not know was answered")
    except errors.InputMethodInvalidError:
        pass
    step(f"{name}: an unknown function", "400 INPUT_METHOD_INVALID")

    # The connection is cut while a query is under way, which never reaches the server.
    first_session = client._sender._state.id
    proxy.is_deaf = True
    under_way = asyncio.create_task(ping(client, 8))
    await proxy.lost.wait()
    proxy.cut()
    await under_way
    check(proxy.links == 2, f"the client connected {proxy.links} times")
    check(client._sender.auth_key.key == key, "the client made another key")
    check(client._sender._state.id != first_session, "the session is the one before")
    step(f"{name}: cut during a ping, reconnected", "same key, the ping was answered")
    check_config(await client(functions.help.GetConfigRequest()), server)
    await ping(client, 9)
    step(f"{name}: help.getConfig and ping again")
    return key_id


def logging_in(server):
    """A client with a session of its own, as Telethon's users have it."""
    session = MemorySession()
    session.set_dc(DC, LOOPBACK, server.port)
    return TelegramClient(session, 1, "0123456789abcdef0123456789abcdef", timeout=10)


async def log_in(server):
    """Each way to log in that Telethon has for a terminal, with what may be typed wrongly."""
    client = logging_in(server)
    await client.connect()
    try:
        check(not await client.is_user_authorized(), "somebody is logged in from the beginning")
        try:
            await client.sign_in(bot_token="777:abd")
            check(False, "a wrong token was taken")
        except errors.AccessTokenInvalidError:
            pass
        await client.sign_in(bot_token=BOT)
        me = await client.get_me()
        check((me.id, me.bot, me.phone) == (777, True, None), f"the bot is {me}")
        check(await client.log_out(), "the bot could not log out")
    finally:
        await client.disconnect()
    step("a bot logged in and out", f"number {me.id}")

    client = logging_in(server)
    await client.connect()
    try:
        sent = await client.send_code_request(PHONE)
        check(isinstance(sent.type, types.auth.SentCodeTypeSms), f"the code was sent by {sent.type}")
        try:
            await client.sign_in(PHONE, "00000x")
            check(False, "a wrong code was taken")
        except errors.PhoneCodeInvalidError:
            pass
        try:
            await client.sign_in(PHONE, await server.code())
            check(False, "no password was asked for")
        except errors.SessionPasswordNeededError:
            pass
        try:
            await client.sign_in(password=PASSWORD.upper())
            check(False, "a wrong password was taken")
        except errors.PasswordHashInvalidError:
            pass
        await client.sign_in(password=PASSWORD)
        me = await client.get_me()
        check((me.bot, me.phone) == (False, PHONE), f"the user is {me}")
        await send_files(server, client)
        check(await client.log_out(), "the user could not log out")
    finally:
        await client.disconnect()
    step("a user logged in by code and password, and out", f"number {me.id}")


async def send_files(server, client):
    """To a second account."""
    friend = logging_in(server)
    await friend.connect()
    try:
        await friend.send_code_request(FRIEND)
        await friend.sign_in(FRIEND, await server.code(FRIEND))
        for one, name in ((client, "first_of_two"), (friend, "second_of_two")):
            await one(functions.account.UpdateUsernameRequest(name))
        await telethon_files.exchange(client, friend, [telethon_files.SMALL, telethon_files.LARGE], step, check)
        check(await friend.log_out(), "the second account could not log out")
    finally:
        await friend.disconnect()


async def main():
    guard()
    step("other hosts are refused")
    # Of the servers' keys, Telethon knows that of the embedded data centre alone.
    private = rsa.PrivateKey.load_pkcs1((ROOT / "src/server/embedded_key.pem").read_bytes())
    server_keys._server_keys.clear()
    server_keys.add_key(rsa.PublicKey(private.n, private.e).save_pkcs1(), old=False)

    # It means proxies of other kinds.
    warnings.filterwarnings("ignore", "proxy argument will be ignored")
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    server = Server()
    await server.start(sys.argv[1], *SECRETS)
    step("telewire serve started", f"{LOOPBACK}:{server.port}")
    try:
        keys = [await talk_over(server, transport, secret) for transport, secret in TRANSPORTS]
        await log_in(server)
    finally:
        out = await server.stop()
    sessions = re.findall(r"session created +\w+ with the key (\w+)", out)
    # Of 256 keys one begins with a zero, which Telethon drops: it says so, makes another one, and has no session with the first.
    created = re.findall(r"key created +(\w+)", out)
    made = [key for key in created if key in sessions]
    # Three more were made to log in with.
    check(made[:-3] == keys, f"serve made other keys: {out}")
    sessions = [key for key in sessions if key in keys]
    check(sessions == [key for key in keys for _ in range(2)], f"serve had other sessions: {out}")
    check("refused" not in out, f"serve refused something: {out}")
    check(complaints.lines == [DROPPED] * (len(created) - len(made)), f"Telethon warned: {complaints.lines}")
    step("telewire serve ended", f"{len(keys)} keys, {len(sessions)} sessions, nothing refused")


if __name__ == "__main__":
    try:
        asyncio.run(asyncio.wait_for(main(), PATIENCE))
    except Exception as error:
        reason = str(error) or "it took too long"
        print(f"failed: {type(error).__name__}: {reason}", file=sys.stderr)
        raise SystemExit(1)

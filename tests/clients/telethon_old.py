"""Telethon 1.39 (layer 199); the current one, with every transport, is in `tests/telethon`."""

import asyncio

import loopback as lo
import telethon_files
from loopback import check, guard, step

guard()

import rsa  # noqa: E402: nothing is imported before the guard stands
from telethon import Button, TelegramClient, errors, events, functions, types  # noqa: E402
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


async def log_in_friend():
    """The second account."""
    client = await opened()
    await client.send_code_request(lo.FRIEND)
    me = await client.sign_in(lo.FRIEND, lo.ask(f"code {lo.FRIEND}"))
    return client, me


async def talk_to_bot(client):
    """A bot with a menu, buttons that it answers, and inline results; `client` is a person's."""
    bot = await opened()
    await bot.sign_in(bot_token=lo.BOT)
    commands = [types.BotCommand("start", "Begins")]
    scope = types.BotCommandScopeDefault()
    await bot(functions.bots.SetBotCommandsRequest(scope, "", commands))

    @bot.on(events.NewMessage(pattern="/start"))
    async def start(event):
        await event.respond(f"Hello, {event.raw_text[7:]}!", buttons=[Button.inline("Yes", b"yes")])

    @bot.on(events.CallbackQuery(data=b"yes"))
    async def pressed(event):
        await event.answer("Thank you", alert=True)

    @bot.on(events.InlineQuery)
    async def inline(event):
        await event.answer([event.builder.article("A cat", text=f"{event.text}: a cat")])

    name = "the_bot_of_two"
    check(await client.get_entity(name), "the bot is not found")
    answers = asyncio.Queue()
    client.add_event_handler(answers.put, events.NewMessage(incoming=True, chats=name))
    await client(functions.messages.StartBotRequest(name, types.InputPeerEmpty(), start_param="link"))
    answer = (await asyncio.wait_for(answers.get(), 10)).message
    check(answer.raw_text == "Hello, link!", f"the bot said {answer.raw_text}")
    thanks = await answer.click(data=b"yes")
    check((thanks.alert, thanks.message) == (True, "Thank you"), f"the button gave {thanks}")
    full = await client(functions.users.GetFullUserRequest(name))
    check([command.command for command in full.full_user.bot_info.commands] == ["start"], "no commands")
    step("a bot: a link, a button and its answer, commands")
    [found] = await client.inline_query(name, "cats")
    sent = await found.click("second_of_two")
    check(sent.raw_text == "cats: a cat", f"{sent.raw_text} was sent")
    step("a bot: inline", sent.raw_text)
    check(await bot.log_out(), "the bot did not log out")


def is_unknown(error):
    return isinstance(error, errors.InputMethodInvalidError)


async def write(client, me):
    """Two accounts write to each other."""
    friend, other = await log_in_friend()
    heard = {one: asyncio.Queue() for one in (client, friend)}
    for one, queue in heard.items():
        one.add_event_handler(queue.put, events.NewMessage(incoming=True))

    async def hears(one, text):
        event = await asyncio.wait_for(heard[one].get(), 10)
        check(event.raw_text == text, f"{event.raw_text!r} came")
        return event

    for one, name in ((client, "first_of_two"), (friend, "second_of_two")):
        await one(functions.account.UpdateUsernameRequest(name))
    # Names and formatting go both ways.
    sent = await client.send_message("second_of_two", "**hello**, friend")
    event = await hears(friend, "hello, friend")
    check(event.sender_id == me.id, f"it came from {event.sender_id}")
    check([type(entity) for entity in event.message.entities] == [types.MessageEntityBold], "it is not bold")
    step("sent by a username, and heard by the other", f"message {sent.id}")
    await event.reply("hello to you")
    answer = await hears(client, "hello to you")
    check(answer.message.reply_to.reply_to_msg_id == sent.id, f"it replies to {answer.message.reply_to}")
    step("a reply, and what it replies to")
    history = [message.raw_text for message in await client.get_messages("second_of_two", limit=10)]
    check(history == ["hello to you", "hello, friend"], f"the history is {history}")
    step("history", f"{len(history)} messages")
    lo.ask("cut")
    # This client begins another session, and asks for nothing that the former one missed.
    await config(client)
    await config(friend)
    await client.send_message("second_of_two", "after the cut")
    await hears(friend, "after the cut")
    step("cut, and it goes on")
    await lo.try_it("dialogs", client.get_dialogs(), is_unknown)
    if await lo.try_it("edit", client.edit_message("second_of_two", sent.id, "edited"), is_unknown):
        [message] = await client.get_messages("second_of_two", ids=[sent.id])
        check(message.raw_text == "edited", f"it is {message.raw_text}")
    if await lo.try_it("delete", client.delete_messages("second_of_two", [sent.id]), is_unknown):
        texts = [message.raw_text for message in await friend.get_messages("first_of_two", limit=10)]
        check(len(texts) == 2, f"the history is {texts}")
    await telethon_files.exchange(client, friend, [telethon_files.SMALL], step, check)
    await talk_to_bot(client)
    await friend.log_out()


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
    await write(client, me)
    check(await client.log_out(), "the user did not log out")
    step("a user logged in by code and password, and out", f"number {me.id}")


asyncio.run(talk())

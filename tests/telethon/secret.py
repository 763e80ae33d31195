"""Secret chats between telewire's shell and telethon-secret-chat, in the world of `telewire serve`. See `run`, which starts this.

What goes right is tried in a chat that telewire asks for, and in one that Telethon asks for; what the package gets wrong stands in
`secret_faults.py`.
"""

import asyncio
import hashlib
import sys
import tempfile
import time

import rsa
from secret_ends import SMALL, Scene, check, tl, until
from secret_faults import FAULTS
from serve import ROOT, Server, guard
from telethon.crypto import rsa as server_keys

# The whole takes ten or twenty seconds; a slow machine gets more, and `run` ends it after two minutes.
PATIENCE = 110
TEXTS = ["hello", "žluťoučký kůň", "日本語 🙂 עברית", "a\nb & <c>", "é" * 4000]


async def talk(ours, theirs, name, chat):
    """All that goes right."""
    hashed = hashlib.sha1(chat.auth_key).digest()[:16] + hashlib.sha256(chat.auth_key).digest()[:20]
    shown = await ours.run("visualize_key", name)
    check("".join(shown["key"]).replace(" ", "") == hashed[:32].hex(), "the keys are others (SC-60)")
    pixels = [str(hashed[at // 4] >> 2 * (at % 4) & 3) for at in range(144)]
    check("".join(shown["picture"]) == "".join(pixels), "the pictures are others (SC-61)")
    await until(lambda: chat.layer == 144, "Telethon knows telewire's layer (SC-31)")

    for text in TEXTS:
        mine = await ours.run("msg", name, text)
        heard = await theirs.heard()
        check(heard.message == text, f"Telethon did not hear {text!r}")
        yours = await theirs.say(chat, text)
        said = await ours.heard(name)
        check(said["text"] == text, f"telewire heard {said}")
    check(chat.layer == 101, "telewire does not write as of the layer that Telethon has said (SC-30)")
    await ours.run("reply", said["id"], "yes")
    check((await theirs.heard()).reply_to_random_id == yours, "telewire's answer is to another message")
    await theirs.say(chat, "no", reply_to_id=heard.random_id)
    answer = await ours.heard(name)
    check(answer["reply_id"] == int(mine["id"].split("/")[1]), f"telewire heard {answer}")
    await ours.run("delete_msg", mine["id"])
    check((await theirs.done(tl.DecryptedMessageActionDeleteMessages)).random_ids == [heard.random_id], "another is deleted")
    await theirs.act(chat, tl.DecryptedMessageActionDeleteMessages([yours]))
    check((await ours.told("secret_messages_deleted", name))["messages"] == [said["id"]], "another is deleted")

    await ours.send_file(name, SMALL)
    heard = await theirs.heard()
    check(heard.media.caption == "žvýkačka" and heard.media.attributes[0].file_name == "ours.bin", "the document is another")
    check((await theirs.package.download_secret_media(heard))[: len(SMALL)] == SMALL, "telewire's file is another there")
    await theirs.send_file(chat, SMALL)
    check(await ours.load(name) == SMALL, "Telethon's file is another here")

    # What has a time vanishes so long after the other end has opened it.
    await ours.run("set_ttl", name, 1)
    check((await theirs.done(tl.DecryptedMessageActionSetMessageTTL)).ttl_seconds == chat.ttl == 1, "the time is another")
    mine = await ours.run("msg", name, "vanishes")
    heard = await theirs.heard()
    check(heard.ttl == 1, f"Telethon heard {heard}")
    await theirs.act(chat, tl.DecryptedMessageActionReadMessages([heard.random_id]))
    check((await ours.told("secret_messages_deleted", name))["messages"] == [mine["id"]], "another has vanished")
    await theirs.act(chat, tl.DecryptedMessageActionSetMessageTTL(2))
    check((await ours.heard(name))["action"] == {"type": "set_ttl"}, "telewire does not tell of the time")
    check(next(one for one in await ours.run("secret_chat_list") if one["id"] == name)["ttl"] == 2, "the time is another")
    yours = await theirs.say(chat, "vanishes", ttl=1)
    said = await ours.heard(name)
    await ours.run("mark_read", name)
    check((await theirs.done(tl.DecryptedMessageActionReadMessages)).random_ids == [yours], "another was read")
    check((await ours.told("secret_messages_deleted", name))["messages"] == [said["id"]], "another has vanished")

    # What is said of keys where nobody asked, or with a number that is none, is refused (SC-03, SC-54, SC-56).
    await theirs.act(chat, tl.DecryptedMessageActionAcceptKey(exchange_id=5, g_b=bytes(256), key_fingerprint=1))
    check((await theirs.done(tl.DecryptedMessageActionAbortKey)).exchange_id == 5, "another exchange is refused")
    await theirs.act(chat, tl.DecryptedMessageActionRequestKey(exchange_id=6, g_a=b"\2"))
    check((await theirs.done(tl.DecryptedMessageActionAbortKey)).exchange_id == 6, "another exchange is refused")
    await theirs.act(chat, tl.DecryptedMessageActionScreenshotMessages([]))
    check((await ours.heard(name))["action"] == {"type": "screenshot"}, "telewire does not tell of it")
    await theirs.act(chat, tl.DecryptedMessageActionFlushHistory())
    await ours.told("secret_messages_deleted", name)
    check(await ours.run("history", name) == [], "telewire keeps what was said")


async def try_all(scene):
    ours, theirs = scene.ours, scene.theirs
    name, chat = await scene.ours_asks()
    await talk(ours, theirs, name, chat)
    await ours.run("close_secret_chat", name)
    await theirs.sees_end(chat)
    print("telewire asks, Telethon accepts: the same key; texts, files, times and actions both ways; telewire closes", flush=True)
    name, chat = await scene.theirs_asks()
    await talk(ours, theirs, name, chat)
    await theirs.package.close_secret_chat(chat)
    why = (await ours.told("secret_chat_closed", name))["why"]
    check(why == "the other side closed the chat", f"telewire says: {why}")
    print("Telethon asks, telewire accepts: the same; Telethon closes", flush=True)
    check(not theirs.failed and not theirs.said, f"Telethon: {theirs.failed}, {theirs.said}")
    for rule, what, show in FAULTS:
        began = time.monotonic()
        name, chat = await show(scene, ours, theirs)
        if name:
            stands = {one["id"]: one["state"] for one in await ours.run("secret_chat_list")}
            check(stands == {name: "ready"}, f"telewire's chats are {stands}")
            await ours.run("close_secret_chat", name)
        if chat:
            await theirs.sees_end(chat)
        print(f"  {rule}: it {what} ({time.monotonic() - began:.1f} s)", flush=True)
        check(not theirs.said, f"Telethon has heard {theirs.said} too")
        # What was under way in the chat fails.
        theirs.failed.clear()
        vars(theirs.package).pop("_temp_rekeyed_secret_chats", None)


async def main(binary):
    guard()
    private = rsa.PrivateKey.load_pkcs1((ROOT / "src/server/embedded_key.pem").read_bytes())
    server_keys._server_keys.clear()
    server_keys.add_key(rsa.PublicKey(private.n, private.e).save_pkcs1(), old=False)
    server, scene = Server(), Scene()
    await server.start(binary)
    try:
        with tempfile.TemporaryDirectory() as folder:
            await scene.theirs.start(server)
            await scene.ours.start(binary, folder, server)
            try:
                await try_all(scene)
            finally:
                await scene.theirs.client.disconnect()
                code = await scene.ours.stop()
            check(code == 0, f"telewire's shell ended with {code}")
    finally:
        await server.stop()


if __name__ == "__main__":
    try:
        asyncio.run(asyncio.wait_for(main(sys.argv[1]), PATIENCE))
    except Exception as error:
        raise SystemExit(f"error: {type(error).__name__}: {error or 'it took too long'}")

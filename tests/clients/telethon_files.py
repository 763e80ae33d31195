"""Files that one account sends with Telethon, of any version, and another saves: what comes is what was sent."""

import hashlib
import io
import random

# The larger one goes by `upload.saveBigFilePart`; neither ends where a part does.
SMALL, LARGE = ("2 MiB", (2 << 20) + 1), ("more than 10 MiB", (10 << 20) + 4321)


def content(size):
    """No two parts are the same, and nothing is made smaller by compressing it."""
    return random.Random(size).randbytes(size)


async def exchange(client, friend, files, step, check):
    """`client` sends to @second_of_two, which is `friend`'s name; the other is @first_of_two."""
    for what, size in files:
        sent = content(size)
        file = io.BytesIO(sent)
        file.name = "data.bin"
        message = await client.send_file("second_of_two", file, caption=what, force_document=True)
        check((message.file.name, message.file.size) == ("data.bin", size), f"it was sent as {message.file}")
        digest = hashlib.sha256(sent).hexdigest()
        [found] = await friend.get_messages("first_of_two", limit=1)
        check(found.raw_text == what, f"{found.raw_text} came")
        came = await friend.download_media(found, bytes)
        check(hashlib.sha256(came).hexdigest() == digest, f"{len(came)} other bytes came")
        # From somewhere in its middle, too.
        offset = size - 600_001
        rest = b"".join([bytes(chunk) async for chunk in friend.iter_download(found.media, offset=offset)])
        check(rest == sent[offset:], f"{len(rest)} other bytes came from its middle")
        step(f"a file of {what}, up and down", f"SHA-256 {digest[:16]}…")

"""Runs what the testkit's guide says of Python, as it stands there: the bot, and its test against `telewire serve`."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A second or two; a slow machine gets more.
PATIENCE = 100


def main(telewire):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "testkit/src/guide.md").read_text(), re.DOTALL)
    bot, test = blocks
    with tempfile.TemporaryDirectory() as folder:
        for name, text in [("bot.py", bot), ("test_bot.py", test)]:
            (Path(folder) / name).write_text(text)
        world = subprocess.run([telewire, "serve", "--example-world"], capture_output=True, text=True, check=True)
        (Path(folder) / "world.toml").write_text(world.stdout)
        command = [sys.executable, "test_bot.py"]
        env = os.environ | {"TELEWIRE": str(telewire)}
        ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE)
        if ran.returncode != 0 or ran.stdout != "the bot answers\n":
            raise SystemExit(f"the guide's test failed:\n{ran.stdout}{ran.stderr}")
    print("the guide's bot for Telethon: its test passes")


main(Path(sys.argv[1]).resolve())

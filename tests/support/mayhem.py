"""Commands in a loop in a child process that is killed at a random moment, again and again.

``python tests/support/mayhem.py PROJECT SEED KILLS`` imports everything once, forks a child for each kill, and prints one
JSON object: what was acknowledged, and how often a child was killed inside a command. The tests judge the store.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import NoReturn

COMMANDS = (
    ("materialize", "margin", "--output", "out.parquet"),
    ("materialize", "unit_price"),
    ("index",),
    ("check", "margin"),
    ("gc", "--apply", "--older-than", "0"),
    ("sql", "SELECT feature FROM features ORDER BY ALL", "-o", "answer.csv"),
    ("runs",),
)


def work(acknowledged: Path, draw: random.Random) -> NoReturn:
    """Run commands until killed; after each, a line is synced."""
    from featurecat.cli.main import main

    warnings.simplefilter("error")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    errors = os.open(acknowledged.with_name("errors"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(errors, 2)
    number = 0
    with acknowledged.open("a", encoding="utf-8") as lines:
        while True:
            number += 1
            command = draw.choice(COMMANDS)
            if number % 3 == 0:
                edit(draw.random())
            code = main(list(command))
            lines.write(json.dumps({"command": command[0], "code": code, "at": number}) + "\n")
            lines.flush()
            os.fsync(lines.fileno())


def edit(share: float) -> None:
    """Another definition, so that indexing has something to write."""
    path = Path("order_features.py")
    text = path.read_text(encoding="utf-8")
    start = text.index("DISCOUNT = ")
    beside = path.with_name("order_features.new")
    beside.write_text(f"{text[:start]}DISCOUNT = {share:.3f}{text[text.index(chr(10), start) :]}", encoding="utf-8")
    beside.replace(path)


def main() -> None:
    root, seed, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.support.nursery import preload

    sys.dont_write_bytecode = True
    preload()
    os.chdir(root)
    draw = random.Random(seed)
    acknowledged = root.parent / "acknowledged"
    acknowledged.touch()
    for _ in range(kills):
        child = os.fork()
        if not child:
            try:
                work(acknowledged, random.Random(draw.random()))
            finally:
                os._exit(70)
        time.sleep(draw.uniform(0.02, 0.9))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, acknowledged.with_name("errors").read_text()
        draw.random()
    print(json.dumps([json.loads(line) for line in acknowledged.read_text(encoding="utf-8").splitlines()]))


if __name__ == "__main__":
    main()

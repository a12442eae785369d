"""Pages tried from their text alone: files written, commands typed, examples run, in an empty directory."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.docs.doctests import answered
from tests.docs.written import Block, matches
from tests.support.projects import Nursery

__all__ = ["Desk"]

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


#: What a progress bar is drawn with; when a command has ended it is gone.
_PROGRESS = "━"
#: The notice that another hamilton is installed, broken into lines or not.
_ASIDE = re.compile(r"apache-hamilton is installed, too;.{0,80}?modules\r?\n?", re.DOTALL)


class Desk:
    """A directory in which a reader follows a page.

    Args:
        directory: Where it is; made if need be.
        nursery: Runs featurecat's commands.
    """

    def __init__(self, directory: Path, nursery: Nursery) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.start = directory
        self.directory = directory
        self.nursery = nursery
        self.names: dict[str, object] = {"__name__": "page"}

    def write(self, block: Block) -> None:
        """Write a block into its file."""
        path = self.directory / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text + "\n", encoding="utf-8")

    def typed(self, block: Block) -> str:
        """A block of commands with what they answered; what is written stays where it agrees."""
        told: list[str] = []
        for command, written in _commands(block.text):
            answer = self.run(command)
            told += [f"$ {command}", *(written if matches(written, answer) else answer).splitlines()]
        return "\n".join(told)

    def run(self, command: str) -> str:
        """What a command shows in a window of 80 columns."""
        command = command.replace("\\\n> ", "")
        words = shlex.split(command)
        if words[0] == "cd":
            self.directory = self.directory / words[1]
            return ""
        if words[0] == "featurecat" and not set(words) & {"|", ">", "&&"}:
            return self.told(words[1:])
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        ended = subprocess.run(
            command,
            shell=True,
            cwd=self.directory,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return _plain(ended.stdout)

    def told(self, words: list[str], terminal: str = "both") -> str:
        """What featurecat answers."""
        case = {"arguments": words, "directory": str(self.directory), "terminal": terminal, "columns": 80}
        (told,) = self.nursery.run([case])
        assert "Traceback" not in told.out + told.err, told.out + told.err
        return _plain(told.out if terminal else told.err)

    def answered(self, block: Block) -> str:
        """A block of examples with what they printed."""
        return answered(block.text, self.names)


def _plain(text: str) -> str:
    """What is left to be read: no colours, no progress, and nothing that depends on what else is installed."""
    lines = [line.rpartition("\r")[2].rstrip() for line in _ASIDE.sub("", _COLOURS.sub("", text)).splitlines()]
    return "\n".join(line for line in lines if _PROGRESS not in line).strip("\n")


def _commands(text: str) -> list[tuple[str, str]]:
    """The commands of a block, each with the answer that is written under it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\") and line.startswith("> "):
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(answer)) for command, answer in found]

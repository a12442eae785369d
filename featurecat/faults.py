"""Named failpoints: every durable step passes one, and a test may arm it.

``FEATURECAT_FAULT`` holds ``name[#n]=action`` pairs split by semicolons. ``n`` counts passages from 1.
Actions: ``kill`` (SIGKILL to this process), ``raise:ERRNO`` (an ``OSError`` such as ``ENOSPC``) and
``truncate:BYTES`` (cuts the file the step names). ``FEATURECAT_FAULT_LOG`` names a file to which each
passage is appended, which is how the tests enumerate the points instead of listing them by hand.
"""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

__all__ = ["point"]

_passages: dict[str, int] = {}


def point(name: str, path: str | Path | None = None) -> None:
    """Pass the failpoint ``name``; does nothing unless a test armed it through the environment.

    Args:
        name: Dotted name of the step just done, such as ``publish.after_rename``.
        path: The file the step worked on, for actions that damage it.

    Raises:
        OSError: When the armed action says so.
    """
    armed, log = os.environ.get("FEATURECAT_FAULT"), os.environ.get("FEATURECAT_FAULT_LOG")
    if armed is None and log is None:
        return
    _passages[name] = passage = _passages.get(name, 0) + 1
    if log is not None:
        with open(log, "a", encoding="utf-8") as stream:
            stream.write(f"{name}#{passage}\n")
    for rule in filter(None, (armed or "").split(";")):
        target, _, action = rule.partition("=")
        wanted, _, count = target.partition("#")
        if wanted == name and passage == int(count or 1):
            _act(action, name, path)


def _act(action: str, name: str, path: str | Path | None) -> None:
    verb, _, argument = action.partition(":")
    match verb:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            number = getattr(errno, argument)
            raise OSError(number, os.strerror(number), str(path) if path else name)
        case "truncate" if path is not None:
            os.truncate(path, int(argument))
        case _:
            raise ValueError(f"unknown fault action {action!r} at {name}")

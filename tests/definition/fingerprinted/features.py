# ruff: noqa - odd on purpose
"""Syntax whose tree, or whose text, differs between Python versions; fingerprints must not."""

from __future__ import annotations

import functools

from . import arithmetic
from .arithmetic import SCALE, rounded as shortened

MARK = "\U0001fae8 \u03c0 \udc80"
RAW = rb"\x00\xff"


def declared(**words: object):
    def attach(function):
        return function

    return attach


def plain(a: int, b: int = 3, *, c: "float" = 0.1 + 2e-3j.real) -> float:
    """A docstring."""
    return a // b @ c if a else -b


def texts(name: str, width: int) -> str:
    # neighbouring pieces, nested formats, quotes and debugging marks
    return f"{name!r:>{width}}" f" and {name=}" "plain" f"{{braces}} {f'{width:04d}'!s}" + MARK


@declared(owner="ops", limits=[0, None, ...], check=lambda x: x > SCALE["low"])
@functools.lru_cache
def wrapped(a: int) -> int:
    return a


@declared(owner="data", since=0x1F, share=1_000.50, flag=not True)
def helped(a: float) -> float:
    return shortened(a) + arithmetic.area(a) + arithmetic.circular(3)


def matched(command: tuple[str, ...]) -> str:
    match command:
        case ["go", *rest] if rest:
            return rest[0]
        case {"key": found, **others}:
            return found or str(others)
        case str() | None as whole:
            return str(whole)
    return ""


def comprehended(rows: list[int]) -> dict[int, set[int]]:
    with open("x") as first, open("y") as second:
        del first, second
    try:
        pass
    except* ValueError:
        raise
    global RAW
    return {row: {cell for cell in rows if (last := cell)} for row in rows[1:, ::2] if RAW and not last}


async def later(a: int) -> int:
    return await later(a)


def module_as_a_whole(name: str) -> float:
    return vars(arithmetic)[name](2.0)

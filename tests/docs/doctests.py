"""Examples of pages, run as at a prompt."""

from __future__ import annotations

import contextlib
import doctest
import io
import traceback
from typing import Any

from tests.docs.written import matches

__all__ = ["answered"]


def answered(text: str, names: dict[str, Any]) -> str:
    """The examples with what each printed; what is written stays where it agrees.

    Args:
        text: Lines as at a prompt.
        names: What is known to them; they add to it.
    """
    lines = text.splitlines()
    found = doctest.DocTestParser().get_examples(text + "\n")
    made: list[str] = []
    for example in found:
        before = example.lineno
        if made and not lines[before - 1].strip():
            made.append("")
        source = example.source.rstrip("\n").splitlines()
        made += lines[before : before + len(source)]
        told = _told(example.source, names)
        made += (example.want if matches(example.want, told) else told).strip("\n").splitlines()
    return "\n".join(made)


def _told(source: str, names: dict[str, Any]) -> str:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        try:
            exec(compile(source, "<page>", "single"), names)
        except Exception as error:
            shown = "".join(traceback.format_exception_only(error))
            print(f"Traceback (most recent call last):\n    ...\n{shown}")
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())

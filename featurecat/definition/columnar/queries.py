"""Texts that pandas evaluates on a frame: ``query`` and ``eval``."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from featurecat.definition.columnar.values import Cells, Frame, Reads

__all__ = ["evaluated"]

_QUOTED = re.compile(r"`([^`]+)`")
_NO_COLUMNS = frozenset({"index", "True", "False", "None"})


def evaluated(frame: Frame, text: object, beside: Reads) -> Cells | Frame:
    """What ``eval`` returns for a text: cells, or the frame with the columns that it assigns.

    Args:
        frame: The frame.
        text: The text; anything else may read all of it.
        beside: What else it is made of.

    Example:
        >>> frame = Frame(through={"t": frozenset()})
        >>> sorted(evaluated(frame, "a > @low and `b c` == 1", frozenset()).reads)
        [('t', 'a'), ('t', 'b c')]
    """
    if not isinstance(text, str):
        return Cells(frame.whole | beside)
    quoted: list[str] = []

    def placed(match: re.Match[str]) -> str:
        quoted.append(match.group(1))
        return f"_quoted_{len(quoted) - 1}_"

    plain = _QUOTED.sub(placed, text.strip()).replace("@", "_local_.")
    try:
        statements = ast.parse(plain.replace("&&", "&")).body
    except SyntaxError:
        return Cells(frame.whole | beside)
    made: Cells | Frame = Cells(beside)
    for statement in statements:
        reads = beside.union(*(frame.column(_unquoted(name, quoted)) for name in _names(statement)))
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            frame = frame.with_columns({_unquoted(statement.targets[0].id, quoted): reads})
            made = replace(frame)
        else:
            made = Cells(reads | frame.rows)
    return made


def _names(statement: ast.stmt) -> list[str]:
    called = {id(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)}
    return [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and id(node) not in called
        and node.id not in _NO_COLUMNS
        and node.id != "_local_"
    ]


def _unquoted(name: str, quoted: list[str]) -> str:
    match = re.fullmatch(r"_quoted_(\d+)_", name)
    return quoted[int(match.group(1))] if match else name

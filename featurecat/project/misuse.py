"""What is told of a decorator that was called with arguments it does not take."""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, NamedTuple

from featurecat.errors import did_you_mean

__all__ = ["misused"]

_UNEXPECTED = re.compile(r"\(\) got an unexpected keyword argument '(\w+)'")
_TOO_MANY = re.compile(r"\(\) takes .*positional arguments? but \d+ (?:were|was) given")
_MISSING = re.compile(r"\(\) missing \d+ required [\w-]+ arguments?: (.*)$")
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class _Call(NamedTuple):
    """A call that was refused: as it is written, and what was called."""

    text: str
    called: Callable[..., Any]


def misused(error: TypeError) -> tuple[str, str] | None:
    """What is wrong with a call of something of featurecat's that Python refused, and what it takes.

    Args:
        error: What was raised; the call stands in a file.

    Returns:
        A message and a hint, such as ``@feature takes no argument 'owners'`` and ``did you mean 'owner'? …``; None
        when the call was of something else.
    """
    call = _refused(error)
    if call is None:
        return None
    parameters = _parameters(call.called)
    known = [one.name for one in parameters if one.kind in _NAMED]
    listed = f"it takes {', '.join(known)}" if known else "it takes none by name"
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        listed = "give each a name of your choice"
    text = str(error)
    if found := _UNEXPECTED.search(text):
        near = did_you_mean(found[1], known)
        return f"{call.text} takes no argument {found[1]!r}", f"{near} {listed}" if near else listed
    if found := _MISSING.search(text):
        return f"{call.text} lacks {found[1]}", listed
    if _TOO_MANY.search(text):
        most = sum(one.kind in _POSITIONAL for one in parameters)
        taken = f"no more than {most} by position" if most else "its arguments by name only"
        return f"{call.text} takes {taken}", listed
    return None


def _refused(error: TypeError) -> _Call | None:
    """The call in which an exception arose, where it is one of featurecat's."""
    if error.__traceback__ is None:
        return None
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    summary = traceback.extract_tb(error.__traceback__)[-1]
    if summary.lineno is None or summary.end_lineno is None or summary.colno is None or summary.end_colno is None:
        return None  # Python was told to keep no columns
    lines = [
        linecache.getline(summary.filename, number).encode() for number in range(summary.lineno, summary.end_lineno + 1)
    ]
    before = lines[0][: summary.colno].strip()
    lines[-1] = lines[-1][: summary.end_colno]
    lines[0] = lines[0][summary.colno :]
    try:
        tree = ast.parse(b"".join(lines), mode="eval").body
    except SyntaxError:
        return None
    names = _dotted(tree.func) if isinstance(tree, ast.Call) else None
    called = None if names is None else _found(names, frame)
    if names is None or not callable(called) or not _is_own(called):
        return None
    return _Call(f"{'@' if before == b'@' else ''}{'.'.join(names)}", called)


def _dotted(tree: ast.expr) -> list[str] | None:
    if isinstance(tree, ast.Attribute):
        around = _dotted(tree.value)
        return None if around is None else [*around, tree.attr]
    return [tree.id] if isinstance(tree, ast.Name) else None


def _found(names: Sequence[str], frame: FrameType) -> Any:
    """What a dotted name means in a frame; None where it means nothing."""
    first, *rest = names
    found = {**frame.f_globals, **frame.f_locals}.get(first)
    for name in rest:
        found = getattr(found, name, None)
    return found


def _is_own(called: Any) -> bool:
    """Whether something is featurecat's, or a decorator derived from its :class:`~featurecat.Modifier`."""
    kinds = called.__mro__ if isinstance(called, type) else [called]
    return any(str(getattr(kind, "__module__", "")).startswith("featurecat.") for kind in kinds)


def _parameters(called: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters that a caller gives."""
    if isinstance(called, type):
        every = list(inspect.signature(called.__init__).parameters.values())  # type: ignore[misc]
        return every[1:]
    return list(inspect.signature(called).parameters.values())

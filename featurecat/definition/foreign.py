"""Functions that another library's decorators have marked: read as they are, the marks would be lost in silence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from featurecat.definition.types import unwrapped
from featurecat.errors import Problem

__all__ = ["foreign_problems"]

_LIBRARY = "hamilton"
_DECORATORS = "hamilton.function_modifiers"


def foreign_problems(functions: Iterable[Callable[..., Any]]) -> list[Problem]:
    """A problem for each function that apache-hamilton decorated, where that is imported by itself.

    With featurecat's own modules standing in for it there are none: then its decorators are featurecat's.
    """
    library = sys.modules.get(_DECORATORS)
    if library is None or library.__name__ != _DECORATORS:
        return []
    problems = []
    for function in functions:
        marks = [mark for given in vars(function).values() if isinstance(given, list) for mark in given]
        names = [type(mark).__name__ for mark in marks if type(mark).__module__.partition(".")[0] == _LIBRARY]
        if names:
            code = unwrapped(function).__code__
            problems.append(
                Problem(
                    "invalid-modifier",
                    f"{function.__name__} has decorators of apache-hamilton, which mean nothing here: {', '.join(names)}",
                    code.co_filename,
                    code.co_firstlineno,
                    "give --hamilton, set hamilton = true under [tool.featurecat], or call "
                    "featurecat.compat.hamilton.install() before importing the module",
                    function.__name__,
                )
            )
    return problems

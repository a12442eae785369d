"""Where in ``pyproject.toml`` a setting stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["line_of_setting"]

_HEADER = re.compile(r"\s*\[+([^\]]+)\]+\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def line_of_setting(text: str, path: Sequence[str]) -> int | None:
    r"""The line that sets what a path below ``[tool.featurecat]`` names, or the header of the table it is in.

    Args:
        text: The file.
        path: Keys; of a list of tables the position, counted from 0.

    Returns:
        Counted from 1; None where there is no such line.

    Example:
        >>> line_of_setting('[tool.featurecat.sets.churn]\nfeatures = "tag:churn"', ["sets", "churn", "features"])
        2
    """
    wanted = ["tool", "featurecat", *path]
    table: list[str] = []
    nearest: int | None = None
    repeated: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            if line.lstrip().startswith("[["):
                table.append(str(repeated[header[1]]))
                repeated[header[1]] += 1
            if len(table) >= 2 and table == wanted[: len(table)]:
                nearest = number
        elif (key := _KEY.match(line)) and [*table, *_parts(key[1])] == wanted[: len(table) + len(_parts(key[1]))]:
            return number
    return nearest


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]

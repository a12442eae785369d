"""Values typed on a command line, read as TOML where they are TOML; no third party is loaded for it."""

from __future__ import annotations

import tomllib
from typing import Any

__all__ = ["toml_scalar", "toml_value"]


def toml_value(text: str) -> Any:
    """The value that a text is in TOML, else the text itself.

    A text that only begins with a value is none: with a comment behind it or a further line it stays text.

    Args:
        text: What was typed after ``=``.

    Example:
        >>> toml_value("2.5"), toml_value("[1, 2]"), toml_value("5 # five"), toml_value("us")
        (2.5, [1, 2], '5 # five', 'us')
    """
    try:
        alone = tomllib.loads(f"value = {text}")
        # a comment, or a comma and what follows it, would swallow or outgrow the braces
        enclosed = tomllib.loads(f"value = {{inner = {text}}}")
    except (ValueError, RecursionError):  # the latter where a text nests without end
        return text
    if alone.keys() != {"value"} or enclosed.keys() != {"value"} or enclosed["value"].keys() != {"inner"}:
        return text
    return alone["value"]


def toml_scalar(text: str) -> Any:
    """As :func:`toml_value`, but arrays and tables stay text: those are typed as JSON, after ``:=``.

    Example:
        >>> toml_scalar("3"), toml_scalar("[1, 2]"), toml_scalar("{a = 1}")
        (3, '[1, 2]', '{a = 1}')
    """
    value = toml_value(text)
    return text if isinstance(value, list | dict) else value

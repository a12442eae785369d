"""Names taken apart into words."""

from __future__ import annotations

import re

__all__ = ["snake_case", "words_of"]

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a name or a sentence, in lower case.

    Example:
        >>> words_of("netAmount_EUR"), words_of("The net amount, in EUR.")
        (['net', 'amount', 'eur'], ['the', 'net', 'amount', 'in', 'eur'])
    """
    return _WORD.findall(_HUMP.sub("_", text).casefold())


def snake_case(name: str) -> str:
    """A name as Python writes names.

    Example:
        >>> snake_case("netAmount"), snake_case("HTTPStatus-Code")
        ('net_amount', 'http_status_code')
    """
    return "_".join(words_of(name))

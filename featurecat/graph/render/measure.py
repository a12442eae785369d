"""How wide text is, by a fixed table: a layout must not depend on the fonts of the machine that makes it."""

from __future__ import annotations

from typing import Final
from unicodedata import east_asian_width

__all__ = ["FONT", "shortened", "text_width"]

#: The families that the table fits, and what stands in for them.
FONT: Final = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

#: Hundredths of the font size for the signs from blank to tilde, in bold.
_WIDTHS: Final = (
    (28, 33, 47, 56, 56, 89, 72, 24, 33, 33, 39, 58, 28, 33, 28, 28)
    + (56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 33, 33, 58, 58, 58, 61)
    + (98, 72, 72, 72, 72, 67, 61, 78, 72, 28, 56, 72, 61, 83, 72, 78)
    + (67, 78, 72, 67, 61, 72, 67, 94, 67, 67, 61, 33, 28, 33, 58, 56)
    + (33, 56, 61, 56, 61, 56, 33, 61, 61, 28, 28, 56, 28, 89, 61, 61)
    + (61, 61, 39, 56, 33, 61, 56, 78, 56, 56, 50, 39, 28, 39, 58)
)
_WIDE: Final = 102
_OTHER: Final = 66


def text_width(text: str, size: float) -> float:
    """The width of a line of text.

    Args:
        text: One line.
        size: Font size in pixels.

    Returns:
        Pixels, with a little to spare.

    Example:
        >>> text_width("spend", 10)
        31
    """
    hundredths = 0
    for sign in text:
        code = ord(sign)
        if 32 <= code < 127:
            hundredths += _WIDTHS[code - 32]
        else:
            hundredths += _WIDE if east_asian_width(sign) in "WF" else _OTHER
    return round(hundredths * size * 1.04 / 100)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and end where it has more signs than ``most``.

    Example:
        >>> shortened("departure_delay_last_seven_days", 16)
        'departur…en_days'
    """
    if len(text) <= most:
        return text
    front = most // 2
    return f"{text[:front]}…{text[front + 1 - most :]}"

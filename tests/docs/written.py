"""Pages read as text: what is in their blocks, and what each block should say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Block", "blocks_of", "matches", "section_texts", "with_texts"]

_FENCE = re.compile(r"^```(\S*) ?(.*)$")
#: Stands in a page for what differs from run to run.
_VARIES = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        language: The first word after the fence.
        file: The second: the file that the block is the text of; empty for other blocks.
        text: What is between the fences.
        start: Index of its first line in the page.
        end: Index of its closing fence.
        sections: The headings above it, the innermost last.
    """

    language: str
    file: str
    text: str
    start: int
    end: int
    sections: tuple[str, ...]


def blocks_of(page: str) -> Iterator[Block]:
    """The blocks of a page in their order."""
    headings: list[tuple[int, str]] = []
    opened: tuple[str, str, int] | None = None
    lines = page.splitlines()
    for position, line in enumerate(lines):
        fence = _FENCE.match(line)
        if opened is not None:
            if line == "```":
                language, file, start = opened
                text = "\n".join(lines[start:position])
                yield Block(language, file, text, start, position, tuple(title for _, title in headings))
                opened = None
        elif fence:
            opened = fence[1], fence[2].strip(), position + 1
        elif line.startswith("#"):
            depth = len(line) - len(line.lstrip("#"))
            headings = [known for known in headings if known[0] < depth] + [(depth, line.lstrip("# "))]
    assert opened is None, f"the block that begins at line {opened[2] if opened else 0} is not closed"


def with_texts(page: str, texts: dict[int, str]) -> str:
    """The page with other texts in its blocks, told by their first lines."""
    lines = page.splitlines()
    for block in reversed(list(blocks_of(page))):
        if block.start in texts:
            lines[block.start : block.end] = texts[block.start].splitlines()
    return "\n".join(lines) + "\n"


def section_texts(page: str) -> dict[str, str]:
    """Text by title of the sections of the second order."""
    found: dict[str, str] = {}
    title, inside = "", False
    for line in page.splitlines():
        inside ^= line.startswith("```")
        if line.startswith("## ") and not inside:
            title = line[3:]
        found[title] = f"{found.get(title, '')}{line}\n"
    return found


def matches(written: str, told: str) -> bool:
    """Whether a page says what was told; ``…`` stands for what varies, on a line of its own for any lines.

    Blanks beside it do not count, so that columns can be kept in line.

    Example:
        >>> matches("run …: 5 rows", "run 01f: 5 rows"), matches("run …", "ran 1"), matches("a\\n…\\nd", "a\\nb\\nc\\nd")
        (True, False, True)
    """
    pattern = re.escape(re.sub(rf" *{_VARIES} *", _VARIES, written.strip()))
    pattern = pattern.replace(f"\\\n{_VARIES}\\\n", "\n(?:.*\n)*?").replace(_VARIES, "[^\n]*")
    return re.fullmatch(pattern, told.strip()) is not None

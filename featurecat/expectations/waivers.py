"""Waivers: comments in the code of a feature that allow an expectation not to hold, for a while and for a reason.

``# featurecat: allow[range] until=2026-12-31 reason=known sensor fault`` stands between the first decorator and the
end of a function, or in the comment directly above. Only real comments count: the source is read as tokens.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from featurecat.errors import Problem, did_you_mean

__all__ = ["EVERY_KIND", "Waiver", "parse_waivers", "source_block"]

#: Stands for all kinds of expectations and all rules.
EVERY_KIND = "*"

_DIRECTIVE = re.compile(r"#+\s*featurecat\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_ANYWHERE = re.compile(r"#\s*featurecat\s*:", re.IGNORECASE)
_ALLOW = re.compile(r"([\w-]+)\s*(?:\[([^\]]*)(\]?))?\s*(.*)", re.DOTALL)
_KIND = re.compile(r"\*|[^\W\d][\w.:-]*")
_SETTING = re.compile(r"\s*([\w-]+)\s*=\s*(?:\"([^\"]*)\"(?=\s|$)|'([^']*)'(?=\s|$)|(\S*))")
_REASON = re.compile(r"\s*reason\s*=\s*(?![\"'])(.*)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEYS = ("until", "owner", "reason")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A comment that allows expectations not to hold.

    Attributes:
        kinds: Kinds of expectations or rules of lint; :data:`EVERY_KIND` stands for all.
        until: The last day it is good for, UTC.
        reason: Why.
        owner: Who answers for it, or None.
        file: Where it stands.
        line: Line in ``file``.
    """

    kinds: tuple[str, ...]
    until: date
    reason: str
    owner: str | None = None
    file: str | None = None
    line: int | None = None

    def covers(self, kind: str) -> bool:
        """Whether it is about a kind of expectation or a rule."""
        return kind in self.kinds or EVERY_KIND in self.kinds

    def active(self, today: date) -> bool:
        """Whether it is good on a day; its last day counts."""
        return today <= self.until

    @property
    def place(self) -> str:
        """``file:line``, or what is known of it."""
        return ":".join(str(part) for part in (self.file, self.line) if part is not None) or "the waiver"


def parse_waivers(
    source_text: str, first_line: int = 1, *, file: str | None = None, feature: str | None = None
) -> tuple[list[Waiver], list[Problem]]:
    """The waivers in the source of a function.

    Args:
        source_text: The function with its decorators and the comment above (:func:`source_block`), or a whole file.
        first_line: The line of the file at which ``source_text`` begins.
        file: The file, for messages.
        feature: The feature, for messages.

    Returns:
        The waivers that can be read, and a problem with code ``invalid-waiver`` for each that cannot.

    Example:
        >>> found, problems = parse_waivers("# featurecat: allow[range, not_null] until=2026-12-31 reason=sensor fault")
        >>> found[0].kinds, found[0].reason, problems
        (('range', 'not_null'), 'sensor fault', [])
        >>> parse_waivers("# featurecat: allow[range] reason=sensor fault", 7, file="f.py")[1][0].message
        'the waiver has no until='
    """
    waivers: list[Waiver] = []
    problems: list[Problem] = []
    if not _ANYWHERE.search(source_text):
        return waivers, problems
    for offset, comment in _comments(source_text):
        directive = _DIRECTIVE.fullmatch(comment.rstrip())
        parts = _ALLOW.fullmatch(directive[1]) if directive else None
        # `featurecat: …` in prose is no directive
        if parts is None or (parts[2] is None and parts[1].casefold() != "allow"):
            continue
        line = first_line + offset
        read = _read(parts, file, line)
        if isinstance(read, Waiver):
            waivers.append(read)
        else:
            message, hint = read
            problems.append(Problem("invalid-waiver", message, file, line, hint, feature))
    return waivers, problems


def source_block(lines: Sequence[str], first: int, last: int) -> tuple[str, int]:
    r"""The text of a function in its file, with the comment directly above its first decorator.

    Args:
        lines: The lines of the file.
        first: Its first line, decorators included, from 1.
        last: Its last line.

    Returns:
        The text, and the line at which it begins.

    Example:
        >>> source_block(["x = 1", "# about f", "def f():", "    return x"], 3, 4)
        ('# about f\ndef f():\n    return x', 2)
    """
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return "\n".join(line.rstrip("\r\n") for line in lines[first - 1 : last]), first


def _comments(text: str) -> list[tuple[int, str]]:
    """The comments of a piece of Python, with their lines from 0, as far as it can be read."""
    found = []
    # what no module can hold stops the tokenizer of some versions of Python altogether
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    text = text.encode("utf-8", "replace").decode()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0] - 1, token.string))
    except (tokenize.TokenError, SyntaxError):
        # a block cut out of a module that could be imported ends here; waivers beyond would be of another function
        return found
    return found


def _read(parts: re.Match[str], file: str | None, line: int) -> Waiver | tuple[str, str]:
    """A waiver, or what is wrong with its comment and how to write it."""
    word, inside, closed, rest = parts.groups()
    kinds = [kind.strip() for kind in (inside or "").split(",")]
    faults = _kind_faults(word, inside, closed, kinds)
    settings, unreadable = _settings(rest)
    faults += unreadable
    if _ANYWHERE.search(rest):
        faults.append("has another one behind it, on the same line")
    faults += [f"has no {name}=" for name in ("until", "reason") if not settings.get(name)]
    until = _day(settings.get("until", ""))
    if settings.get("until") and until is None:
        faults.append(f"is good until={settings['until']!r}, which is no date")
    if faults or until is None:
        sound = [kind for kind in kinds if _KIND.fullmatch(kind)]
        return f"the waiver {_joined(faults)}", _example(sound, settings)
    return Waiver(tuple(dict.fromkeys(kinds)), until, settings["reason"], settings.get("owner") or None, file, line)


def _kind_faults(word: str, inside: str | None, closed: str | None, kinds: Sequence[str]) -> list[str]:
    if word.casefold() != "allow":
        return [f"begins with {word!r}, not with 'allow'"]
    if inside is None:
        return ["does not say what it allows: allow[range]"]
    if not closed:
        return ["lacks the bracket after what it allows"]
    wrong = [kind for kind in kinds if not _KIND.fullmatch(kind)]
    return [
        f"allows {kind!r}, which is no kind of expectation" if kind else "allows an empty name" for kind in wrong[:1]
    ]


def _settings(rest: str) -> tuple[dict[str, str], list[str]]:
    """``key=value`` pairs; an unquoted reason takes all that follows."""
    settings: dict[str, str] = {}
    faults: list[str] = []
    while rest.strip():
        if reason := _REASON.fullmatch(rest):
            key, text, rest = "reason", reason[1], ""
        elif found := _SETTING.match(rest):
            key, rest = found[1].casefold(), rest[found.end() :]
            text = next((group for group in found.groups()[1:] if group is not None), "")
            if key == "reason" and found[4] is not None:  # a quote that begins a word and is never closed
                text, rest = text + rest, ""
        else:
            faults.append(f"has {rest.split()[0]!r}, which is no key=value")
            break
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS)
            faults.append(f"has an unknown key {key!r}" + (f" ({near})" if near else ""))
        elif key in settings:
            faults.append(f"says {key}= twice")
        settings.setdefault(key, text.strip())
    return settings, faults


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _joined(faults: Sequence[str]) -> str:
    return faults[0] if len(faults) == 1 else f"{', '.join(faults[:-1])} and {faults[-1]}"


def _example(kinds: Sequence[str], settings: dict[str, str]) -> str:
    last = " (reason= runs to the end of the line)" if "until=" in settings.get("reason", "") else ""
    return f"# featurecat: allow[{', '.join(kinds) or 'range'}] until=2026-12-31 reason=known sensor fault{last}"

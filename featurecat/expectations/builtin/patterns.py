r"""Regular expressions that mean the same to every engine: Python's ``re``, Rust's (Polars), RE2 (DuckDB), Java's (Spark).

What is common to all of them is read, and written down again so that no engine's own notion is left in it: ``\d`` becomes
``[0-9]``, ``.`` becomes "no line feed", letters of a pattern that starts with ``(?i)`` become classes of both cases. What
has no common meaning, such as look-around, is refused.
"""

from __future__ import annotations

import functools
import re
import warnings

from featurecat.errors import ModifierError

__all__ = ["common_pattern"]

#: The greatest count of repeats that RE2 takes.
_MOST_REPEATS = 1_000
_CLASSES = {"d": "0-9", "w": "0-9A-Z_a-z", "s": "\\x09-\\x0d\\x20"}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_HEXADECIMAL = {"x": 2, "u": 4, "U": 8}
_SPECIAL = frozenset("\\.+*?()|[]{}^$")
_COUNTED = re.compile(r"\{(\d*)(?:(,)(\d*))?\}", re.ASCII)
_GROUPS = {
    "=": "look-ahead (?=…)",
    "!": "look-ahead (?!…)",
    "<=": "look-behind (?<=…)",
    "<!": "look-behind (?<!…)",
    ">": "an atomic group (?>…)",
    "P=": "a back-reference (?P=…)",
    "(": "a condition (?(…)…)",
    "#": "a comment (?#…)",
}


@functools.lru_cache(maxsize=1024)
def common_pattern(pattern: str) -> str:
    r"""A pattern as every engine reads it alike.

    Args:
        pattern: A regular expression for whole texts; ``^`` at its start and ``$`` at its end may be left out.

    Raises:
        ModifierError: When it is none, or not part of what the engines have in common.

    Example:
        >>> common_pattern(r"[A-Z]{2}\d+")
        '[A-Z]{2}[0-9]+'
        >>> common_pattern("(?i)n.a.")
        '[Nn][^\\x0a][Aa][^\\x0a]'
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a future meaning of [[ has none here: classes are written anew
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as fault:
        raise ModifierError(f"is no regular expression: {fault}") from fault
    return _Reader(pattern).whole()


def _refused(what: str, hint: str) -> ModifierError:
    return ModifierError(f"uses {what}, which not every engine knows", hint=hint)


class _Reader:
    """Reads a pattern from left to right and writes it anew."""

    def __init__(self, pattern: str) -> None:
        self.folded = pattern.startswith("(?i)")
        self.text = pattern.removeprefix("(?i)")
        self.place = 0
        self.depth = 0

    def whole(self) -> str:
        """The whole pattern."""
        self.text = self.text.removeprefix("^")
        if self.text.endswith("$") and not self._escaped(len(self.text) - 1):
            self.text = self.text[:-1]
        written = []
        while self.place < len(self.text):
            written.append(self._piece())
        answer = "".join(written)
        if not answer.isascii() and any("\ud800" <= character <= "\udfff" for character in answer):
            raise _refused("half a surrogate pair", "write the character itself")
        return answer

    def _escaped(self, place: int) -> bool:
        """Whether a character has an odd number of backslashes before it."""
        before = self.text[:place]
        return (len(before) - len(before.rstrip("\\"))) % 2 == 1

    def _piece(self) -> str:
        character = self.text[self.place]
        self.place += 1
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        if character == "(":
            return self._group()
        if character in "*+?":
            return character + self._how()
        if character == "{":
            return self._repeats()
        if character in "^$":
            hint = r"the whole text is matched as it is; write \^ or \$ for the character itself"
            raise _refused(f"{character} inside", hint)
        if character == ".":
            return "[^\\x0a]"
        return character if character in "|)" else self._literal(character)

    def _literal(self, character: str) -> str:
        forms = _cases(character) if self.folded else {character}
        if len(forms) == 1:
            return _written(character)
        return f"[{''.join(map(_written, sorted(forms)))}]"

    def _escape(self) -> str:
        character = self._next()
        if character in "AZz":
            hint = "leave it out: the whole text is matched as it is"
            raise _refused(f"\\{character}", hint)
        if character in "bB":
            raise _refused(f"\\{character}", "word boundaries differ beyond ASCII; name the characters beside the word")
        if character.lower() in _CLASSES:
            negated = "^" if character.isupper() else ""
            return f"[{negated}{_CLASSES[character.lower()]}]"
        return self._literal(self._character(character))

    def _character(self, character: str) -> str:
        """The character that an escape stands for."""
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in _HEXADECIMAL:
            digits = self.text[self.place : self.place + _HEXADECIMAL[character]]
            self.place += len(digits)
            return chr(int(digits, 16))
        if character.isdigit():
            raise _refused(f"\\{character}", "back-references and octal numbers are not common; write \\x41 for A")
        if character == "N":
            raise _refused("\\N{…}", "write the character itself")
        return character

    def _next(self) -> str:
        character = self.text[self.place]
        self.place += 1
        return character

    def _group(self) -> str:
        if not self.text.startswith("?", self.place):
            return "(?:"
        inside = self.text[self.place + 1 :]
        if inside.startswith(":"):
            self.place += 2
            return "(?:"
        if inside.startswith("P<"):
            self.place = self.text.index(">", self.place) + 1
            return "(?:"
        for start, words in _GROUPS.items():
            if inside.startswith(start):
                raise _refused(words, "say it in a function of your own: custom=…")
        raise _refused("flags inside", "(?i) at the very start is the one that all know")

    def _repeats(self) -> str:
        found = _COUNTED.match(self.text, self.place - 1)
        if found is None or (not found[1] and found[2] is None):
            return "\\{"  # to Python, too, a brace that counts nothing is a character
        self.place = found.end()
        least, most = found[1] or "0", found[3] or ""
        if max(int(least), int(most or 0)) > _MOST_REPEATS:
            raise _refused(f"{found[0]}", f"at most {_MOST_REPEATS} repeats are common")
        written = f"{{{int(least)}}}" if found[2] is None else f"{{{int(least)},{most and int(most)}}}"
        return written + self._how()

    def _how(self) -> str:
        """Nothing: that a repeat is lazy makes no difference to whether the whole text matches."""
        if self.text.startswith("+", self.place):
            raise _refused("a possessive repeat", "leave out its second +")
        self.place += self.text.startswith("?", self.place)
        return ""

    def _class(self) -> str:
        negated = self.text.startswith("^", self.place)
        self.place += negated
        written: list[str] = []
        start = self.place
        while not (self.text[self.place] == "]" and self.place > start):
            first, spelled = self._member()
            written.append(spelled)
            if first is not None and self._goes_on():
                self.place += 1
                last, _ = self._member()
                assert last is not None  # Python refuses a range that ends in a class
                written[-1] = self._range(first, last)
        self.place += 1
        return f"[{'^' if negated else ''}{''.join(written)}]"

    def _goes_on(self) -> bool:
        """Whether a range follows: a hyphen that is not the last character of its class."""
        return self.text.startswith("-", self.place) and not self.text.startswith("-]", self.place)

    def _member(self) -> tuple[str | None, str]:
        """A character of a class, None for several, and how it is written."""
        character = self._next()
        if character == "\\":
            character = self._next()
            if character in _CLASSES:
                return None, _CLASSES[character]
            if character.lower() in _CLASSES:
                raise _refused(f"\\{character} inside […]", f"write [^…] with \\{character.lower()} in it")
            # inside a class, this is a backspace
            character = "\b" if character == "b" else self._character(character)
        forms = _cases(character) if self.folded else {character}
        return character, "".join(map(_written, sorted(forms)))

    def _range(self, first: str, last: str) -> str:
        written = f"{_written(first)}-{_written(last)}"
        if not self.folded:
            return written
        if ord(last) > ord("\x7f"):
            raise _refused(f"the range {first}-{last} after (?i)", "write ranges of both cases instead of (?i)")
        both = {form for code in range(ord(first), ord(last) + 1) for form in _cases(chr(code))}
        return written + "".join(map(_written, sorted(form for form in both if not first <= form <= last)))


def _cases(character: str) -> set[str]:
    """A character in both cases, where these are one character each."""
    return {form for form in (character, character.lower(), character.upper()) if len(form) == 1}


def _written(character: str) -> str:
    """A character that stands for itself, inside a class and outside."""
    if character in _SPECIAL:
        return f"\\{character}"
    # what some engine may read in a way of its own, in a class or with spaces
    return f"\\x{ord(character):02x}" if character <= " " or character in "\x7f&~-#" else character

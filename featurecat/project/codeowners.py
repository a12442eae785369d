"""CODEOWNERS files of GitHub and GitLab: which people and teams answer for which file."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from featurecat.errors import Problem

__all__ = ["PLACES", "CodeOwners", "find_codeowners", "parse_codeowners"]

#: Where the file is looked for, below the root of the repository.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

_HEADING = re.compile(r"\^?\[([^\]]+)\](?:\[(\d+)\])?(?:\s+(.*))?$")
_WORD = re.compile(r"(?:\\.|[^\s\\])+|\\$")
_OWNER = re.compile(r"@@?[\w.-]+(?:/[\w.-]+)*|[^@\s]+@[^@\s]+\.[^@\s]+")
_EXAMPLE = "write a path and its owners: /features/ @org/team ann@example.com"


class _Rule(NamedTuple):
    """One line: which files it is about, and who answers for them; nobody, where ``owners`` is empty."""

    paths: re.Pattern[str]
    owners: tuple[str, ...]
    section: str


@dataclass(slots=True)
class CodeOwners:
    """The rules of one file.

    Attributes:
        rules: In the order of the file.
        problems: Lines that say nothing that can be used, code ``invalid-codeowners``.
    """

    rules: list[_Rule] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, path: str) -> tuple[str, ...] | None:
        r"""Who answers for a file: the last rule that matches counts, in every section.

        Args:
            path: The file, relative to the root of the repository, with ``/`` between folders.

        Returns:
            The owners; none, where the rule that counts names none; None, where no rule matches.

        Example:
            >>> owners = parse_codeowners("* @all\n/features/ @data ann@example.com\n/features/old.py\n")
            >>> owners.of("features/new.py"), owners.of("features/old.py")
            (('@data', 'ann@example.com'), ())
        """
        last = {rule.section: rule for rule in self.rules if rule.paths.fullmatch(path)}
        if not last:
            return None
        return tuple(dict.fromkeys(owner for rule in last.values() for owner in rule.owners))


def find_codeowners(root: Path) -> Path | None:
    """The CODEOWNERS file of a repository, in the first of :data:`PLACES` that has one."""
    return next((root / place for place in PLACES if (root / place).is_file()), None)


def parse_codeowners(text: str, *, file: str = "CODEOWNERS", gitlab: bool = False) -> CodeOwners:
    r"""Read the rules of a file.

    Args:
        text: What it holds.
        file: Its name, for problems.
        gitlab: Whether it follows the rules of GitLab; one with sections does anyway.

    Returns:
        Its rules. Lines that cannot be used are left out, and told in ``problems``.

    Example:
        >>> parse_codeowners("[Docs] @writers\n*.md\n*.rst @ann").of("guide/start.md")
        ('@writers',)
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    reader = _Reader(file, gitlab or any(_HEADING.match(line) for _, line in lines))
    for number, line in lines:
        reader.read(number, line)
    return reader.found


@dataclass(slots=True)
class _Reader:
    """Reads line after line.

    Attributes:
        file: Name of the file.
        gitlab: Whether sections, exclusions and paths mean what they mean to GitLab.
        found: What was read so far.
        section: The section at this line.
        standing: Who answers for files of that section whose rule names nobody.
    """

    file: str
    gitlab: bool
    found: CodeOwners = field(default_factory=CodeOwners)
    section: str = ""
    standing: tuple[str, ...] = ()

    def read(self, number: int, line: str) -> None:
        """Take one line that is neither empty nor a comment."""
        if line.startswith(("[", "^[")):
            self._heading(number, line)
            return
        pattern, *rest = list(_words(line))
        excluded = pattern.startswith("!")
        if excluded and not self.gitlab:
            self._problem(number, f"{pattern!r} excludes files, which GitHub does not know", _EXAMPLE)
            return
        if not self.gitlab and re.search(r"(?<!\\)\[", pattern):
            self._problem(number, f"{pattern!r} has a range of characters, which GitHub does not know", _EXAMPLE)
            return
        owners = self._owners(number, rest)
        if owners is not None:
            owners = () if excluded else owners or self.standing
            self.found.rules.append(_Rule(_paths(pattern.removeprefix("!"), self.gitlab), owners, self.section))

    def _heading(self, number: int, line: str) -> None:
        heading = _HEADING.match(line)
        if heading is None:
            self._problem(number, f"{line!r} is no heading of a section", "write [Section] @team")
            return
        self.section = heading[1].strip().lower()
        self.standing = self._owners(number, list(_words(heading[3] or ""))) or ()

    def _owners(self, number: int, words: list[str]) -> tuple[str, ...] | None:
        """The owners that a line names; None where it counts for nothing."""
        owners = []
        for word in words:
            if _OWNER.fullmatch(word):
                owners.append(word)
                continue
            self._problem(number, f"{word!r} is no owner", "an owner is @user, @org/team or an e-mail address")
            if not self.gitlab:
                return None  # GitHub leaves out the whole line
        return tuple(owners)

    def _problem(self, number: int, message: str, hint: str) -> None:
        self.found.problems.append(Problem("invalid-codeowners", message, self.file, number, hint))


def _words(line: str) -> Iterator[str]:
    """The words of a line up to a comment; a backslash keeps a blank inside a word."""
    for word in _WORD.findall(line):
        if word.startswith("#"):
            return
        yield word


@functools.cache
def _paths(pattern: str, gitlab: bool) -> re.Pattern[str]:
    """The paths that a pattern stands for, those inside folders included."""
    inner = pattern.strip("/")
    anchored = pattern.startswith("/") or ("/" in inner and not gitlab)
    parts = inner.split("/")
    pieces = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            pieces.append(".+" if last else "(?:.+/)?")
        else:
            pieces.append(_part(part) + ("" if last else "/"))
    if pattern.endswith("/"):
        below = "/.+"
    elif gitlab or parts[-1] in ("*", "**"):
        below = "(?:/.+)?" if inner == "*" and len(parts) == 1 and not pattern.startswith("/") else ""
    else:
        below = "(?:/.+)?"
    return re.compile(("" if anchored else "(?:.+/)?") + "".join(pieces) + below, re.DOTALL)


def _part(part: str) -> str:
    """What stands between two slashes, as an expression."""
    signs = iter(part)
    pieces = []
    for sign in signs:
        if sign == "\\":
            pieces.append(re.escape(next(signs, "\\")))
        else:
            pieces.append({"*": "[^/]*", "?": "[^/]"}.get(sign) or re.escape(sign))
    return "".join(pieces)

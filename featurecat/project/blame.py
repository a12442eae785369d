"""Who wrote the lines of a file, as git knows it; nobody, where it does not."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

__all__ = ["find_repository", "line_authors", "most_frequent"]

#: Longer histories of one file are not waited for.
_SECONDS = 10
_UNCOMMITTED = "0" * 40


def find_repository(folder: Path) -> Path | None:
    """The root of the git repository around a folder, without asking git."""
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)


def line_authors(file: Path) -> Sequence[str | None]:
    """The author of each line of a file: the e-mail address, else the name.

    Args:
        file: The file, in a git work tree.

    Returns:
        One entry a line, None for one that is not committed; empty where git cannot tell.
    """
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-C", str(file.parent), "blame", "--porcelain", "--", file.name]
    try:
        answer = subprocess.run(
            command, capture_output=True, env=environment, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return _authors(answer.stdout.decode("utf-8", "replace")) if answer.returncode == 0 else ()


def _authors(porcelain: str) -> list[str | None]:
    """The authors that git tells with the first line of each commit, line by line."""
    by_commit: dict[str, str] = {}
    authors: list[str | None] = []
    commit = ""
    at_header = True
    for line in porcelain.split("\n"):
        if line.startswith("\t"):
            authors.append(None if commit.startswith(_UNCOMMITTED) else by_commit.get(commit))
            at_header = True
        elif at_header:
            commit, at_header = line.partition(" ")[0], False
        elif line.startswith("author "):
            by_commit[commit] = line.removeprefix("author ")
        elif line.startswith("author-mail ") and (address := line.removeprefix("author-mail ").strip("<> ")):
            by_commit[commit] = address
    return authors


def most_frequent(authors: Sequence[str | None]) -> tuple[str, int] | None:
    """The author of the most lines, and how many those are; of two, the first of the alphabet.

    Example:
        >>> most_frequent(["ann@x.org", None, "bob@x.org", "ann@x.org"]), most_frequent([None])
        (('ann@x.org', 2), None)
    """
    counted = Counter(author for author in authors if author)
    return min(counted.items(), key=lambda pair: (-pair[1], pair[0])) if counted else None

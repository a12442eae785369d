"""What git says about the project, where there is git."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

__all__ = ["GitState", "git_state"]


class GitState(NamedTuple):
    """The commit that is checked out, and whether files differ from it; None where there is no git."""

    commit: str | None = None
    dirty: bool | None = None


def git_state(root: Path) -> GitState:
    """The state of the work tree around ``root``."""
    commit = _ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if not commit:
        return GitState()
    changes = _ask(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    return GitState(commit, None if changes is None else bool(changes))


def _ask(root: Path, *words: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None

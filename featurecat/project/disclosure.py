"""What may be told of a problem: no secrets, and no more of a path than the user would type."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from featurecat.errors import FeaturecatError, Problem
from featurecat.storage.redact import redact_text, secret_values

__all__ = ["hidden_secrets", "known_secrets", "redact_text", "without_folders", "without_secrets"]


def known_secrets(words: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    """The secrets that a command line and the environment hold.

    Args:
        words: The command line.
        more: Secrets known otherwise.
    """
    return tuple({*secret_values({}, uris=words, environment=os.environ), *more})


@contextlib.contextmanager
def hidden_secrets(root: Path, secrets: tuple[str, ...]) -> Iterator[None]:
    """Take secrets and the project's folder out of every error that the body raises."""
    try:
        yield
    except FeaturecatError as error:
        error.problems = tuple(
            without_secrets(without_folders(problem, [root]), secrets) for problem in error.problems
        )
        error.secrets = secrets
        raise


def without_secrets(problem: Problem, secrets: Sequence[str]) -> Problem:
    """A problem with every secret masked."""
    return Problem(
        problem.code,
        redact_text(problem.message, secrets),
        None if problem.file is None else redact_text(problem.file, secrets),
        problem.line,
        None if problem.hint is None else redact_text(problem.hint, secrets),
        problem.feature,
        tuple(redact_text(detail, secrets) for detail in problem.details),
    )


def without_folders(problem: Problem, folders: Iterable[Path]) -> Problem:
    """A problem whose paths below one of ``folders`` start there."""
    found = [re.escape(str(folder)) for folder in folders if folder != Path(folder.anchor)]
    if not found:
        return problem
    leading = re.compile(rf"(?<![\w./-])(?:{'|'.join(found)})/(?=[^\s/])")
    return Problem(
        problem.code,
        leading.sub("", problem.message),
        None if problem.file is None else leading.sub("", problem.file),
        problem.line,
        None if problem.hint is None else leading.sub("", problem.hint),
        problem.feature,
        tuple(leading.sub("", detail) for detail in problem.details),
    )

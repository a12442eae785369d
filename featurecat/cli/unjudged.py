"""Reports of a gate that could not judge: a module, a setting or a file kept it from it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from featurecat.errors import FeaturecatError
from featurecat.project.disclosure import known_secrets, without_folders, without_secrets
from featurecat.project.discover import Project
from featurecat.project.git import git_state
from featurecat.project.reporting import Target, write_reports
from featurecat.records import GateReport

__all__ = ["reported_errors"]


@contextlib.contextmanager
def reported_errors(tool: str, project: Project, targets: Sequence[Target]) -> Iterator[None]:
    """Write the reports although the body raises, with what it raised; the error goes on.

    A service that finds no report shows nothing, and one that finds that of an earlier run shows that.

    Args:
        tool: ``check`` or ``lint``.
        project: The project.
        targets: What to write. Standard output gets nothing but annotations.
    """
    try:
        yield
    except FeaturecatError as error:
        secrets = known_secrets(sys.argv[1:], error.secrets)
        problems = [without_folders(without_secrets(one, secrets), (project.root,)) for one in error.problems]
        report = GateReport(
            tool, project.name, (), error.exit_code,
            git_commit=git_state(project.root).commit, problems=tuple(problems),
        )  # fmt: skip
        wanted = [one for one in targets if one.path is not None or one.format != "json"]
        try:
            printed = write_reports(report, wanted, root=project.root, folder=Path.cwd())
        except FeaturecatError:  # the first error is the one to tell
            printed = None
        if printed is not None:
            click.echo(printed, nl=not printed.endswith("\n"))
        raise

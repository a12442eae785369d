"""``featurecat index`` as a use case: what needs to be read is read, by a process that may fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

from featurecat.clock import Clock
from featurecat.errors import Problem
from featurecat.project.discover import Project
from featurecat.project.isolation import isolated, read_isolated
from featurecat.project.storing import IndexReport, store_findings, unchanged, write_findings

__all__ = ["index_changes"]


def index_changes(project: Project, clock: Clock, *, force: bool = False) -> IndexReport:
    """Index a project unless nothing has changed since it was.

    Args:
        project: The project.
        clock: Tells the time.
        force: Read all modules again, changed or not.

    Raises:
        DefinitionError: Code ``no-project``, when no module is named.
        StoreError: When the store cannot be written.
        CatalogError: When the catalog cannot be written.
    """
    report = None if force else unchanged(project, clock)
    if report is not None:
        return report
    if isolated(project):
        return store_findings(project, read_isolated(project, _read), clock)
    from featurecat.project.index import index_project

    return index_project(project, clock)


def _read(
    project: Project, left_out: Mapping[str, Problem], announce: Callable[[str], None], answer: IO[bytes]
) -> None:
    """Read the modules; runs in the process that may fail."""
    from featurecat.project.index import findings_of, read_project

    read = read_project(project, left_out=left_out, announce=announce)
    announce("")
    write_findings(findings_of(read), answer)

"""The project a command works in."""

from __future__ import annotations

from collections.abc import Iterable

from featurecat.cli.options import Shared
from featurecat.clock import SystemClock
from featurecat.project.discover import Project, find_project

__all__ = ["CLOCK", "project_of"]

CLOCK = SystemClock()


def project_of(shared: Shared, modules: Iterable[str] = ()) -> Project:
    """The project that the shared options name."""
    return find_project(shared.directory, shared.store, modules)

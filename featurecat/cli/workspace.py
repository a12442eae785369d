"""The project a command works in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from featurecat.cli.options import Shared
from featurecat.clock import SystemClock
from featurecat.errors import RequestError
from featurecat.project.discover import Project, find_project
from featurecat.project.request import RunRequest

__all__ = ["CLOCK", "project_of", "run_request"]

CLOCK = SystemClock()


def project_of(shared: Shared, modules: Iterable[str] = ()) -> Project:
    """The project that the shared options name.

    Raises:
        RequestError: Code ``no-project``, when there are no settings, no further modules and no store.
    """
    project = find_project(shared.directory, shared.store, modules, hamilton=shared.hamilton)
    shared.root = project.root
    if not (project.declared or project.modules or project.store.root.exists()):
        raise RequestError(
            f"there is no project: no pyproject.toml with [tool.featurecat] in or above {project.root}",
            code="no-project",
            hint="featurecat init NAME makes one; without one, index and materialize take --module my_features",
        )
    return project


def run_request(options: Mapping[str, Any]) -> RunRequest:
    """The request that the options of ``materialize`` and ``inputs`` make."""
    return RunRequest(
        features=(*options.get("selection", ()), *options.get("features", ())),
        everything=options.get("everything", False),
        engine=options["engine"],
        config=options["config"],
        config_file=options["config_file"],
        config_name=options["config_name"],
        inputs=options.get("inputs", ()),
        limit=options.get("limit"),
        output=options.get("output"),
        dry_run=options.get("dry_run", False),
        allow_empty=options.get("allow_empty", False),
        against=options.get("against"),
        why=options.get("why", False),
        workers=options.get("workers", 1),
    )

"""Declared sources, their paths resolved."""

from __future__ import annotations

from pathlib import Path

from featurecat.io.sources import SourceSpec
from featurecat.project.discover import Project
from featurecat.project.request import resolve_references

__all__ = ["source_spec"]


def source_spec(project: Project, name: str) -> SourceSpec:
    """A declared source with its path resolved: ``env:NAME`` first, then relative to the project.

    Raises:
        RequestError: When the path refers to an environment variable that is not set.
    """
    source = project.settings.sources[name]
    path = resolve_references({f"sources.{name}.path": source.path})[f"sources.{name}.path"]
    resolved = path if "://" in path else str(project.root / Path(path).expanduser())
    return SourceSpec(
        name=name,
        format=source.format or Path(path).suffix.lstrip("."),
        path=resolved,
        key=tuple(source.key),
        timestamp=source.timestamp,
        columns=source.columns,
        pii=tuple(source.pii),
        freshness=source.freshness,
        options=source.options,
        doc=source.doc,
        table=source.table,
        **({"query": source.query} if source.query is not None else {}),
    )

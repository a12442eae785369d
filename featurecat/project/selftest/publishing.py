"""Publishes an altered table in the place of the one it was made of, as a broken pipeline would: nothing is audited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from featurecat.clock import Clock, timestamp_text
from featurecat.frames.alterations.change import Altered
from featurecat.frames.alterations.files import cut_file, write_again
from featurecat.project.check.subjects import Definitions
from featurecat.project.discover import Project
from featurecat.project.refresh import refresh_catalog
from featurecat.project.selftest.tables import PublishedTable
from featurecat.records import ArtifactRecord, Manifest
from featurecat.storage.layout import new_run_id
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import content_hash, read_footer, schema_hash
from featurecat.storage.publish import ArtifactDraft, Publication

__all__ = ["publish_altered"]

_ANONYMOUS = "rows-"


def publish_altered(
    project: Project, table: PublishedTable, altered: Altered, *, definitions: Definitions, clock: Clock
) -> None:
    """Publish an altered table as a run of its own, and bring the catalog up to date.

    Args:
        project: The project, with a store that is a copy.
        table: The table that was altered.
        altered: What became of it.
        definitions: What the catalog says.
        clock: Stamps the run.
    """
    if altered.before is not None:
        _publish(project, table, Altered(altered.before, altered.what), definitions, clock)
    path = _publish(project, table, altered, definitions, clock)
    refresh_catalog(project.store, clock)
    if altered.kept < 1.0:
        cut_file(project.store.root / path, altered.kept)


def _publish(project: Project, table: PublishedTable, altered: Altered, definitions: Definitions, clock: Clock) -> str:
    """One run; returns where its file lies in the store."""
    store, run_id = project.store, new_run_id(clock)
    original = read_manifest(store.manifest_path(table.published.run_id))
    artifact_id = f"{run_id}-0"
    features = [
        replace(record, artifact_id=artifact_id, profile=None)
        for record in original.features
        if record.artifact_id == table.published.artifact_id and _is_current(record.feature, table, definitions)
    ]
    grain = PurePosixPath(table.published.path).parts[-3]
    draft = ArtifactDraft(
        artifact_id,
        graph=table.graph,
        entity=table.published.entity,
        timestamp=table.published.timestamp,
        anonymous=grain.removeprefix(_ANONYMOUS) if grain.startswith(_ANONYMOUS) else None,
        features=tuple(dict.fromkeys(record.feature.rpartition("/")[2] for record in features)),
    )
    with Publication(store, run_id, clock=clock) as publication:
        staged = publication.stage(draft, altered.table)
        written: dict[str, Any] = {}
        if altered.layout is not None:
            write_again(staged.path, altered.layout)
            footer = read_footer(staged.path)
            written = {
                "bytes": footer.bytes,
                "content_hash": content_hash(staged.path),
                "schema_hash": schema_hash(footer.schema),
            }
        places: list[str] = []

        def manifest_of(records: tuple[ArtifactRecord, ...]) -> Manifest:
            artifacts = tuple(replace(record, **written) for record in records)
            places.extend(artifact.path for artifact in artifacts)
            return replace(
                original,
                run_id=run_id,
                status="published",
                started_at=timestamp_text(clock.now()),
                parent_run_id=None,
                attempt=1,
                artifacts=artifacts,
                features=tuple(features),
                checks=(),
                error=None,
            )

        publication.publish(manifest_of)
    return places[0]


def _is_current(feature: str, table: PublishedTable, definitions: Definitions) -> bool:
    """Whether the values of a feature in this file are its latest: older ones must not become so."""
    published = definitions.published.get(feature)
    return published is not None and published.path == table.published.path

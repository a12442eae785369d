"""Values of earlier runs, which expectations may ask for beside a column."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import CatalogError, EvaluationError, StoreError
from featurecat.expectations.kind import Surroundings
from featurecat.project.access import open_catalog
from featurecat.project.discover import Project
from featurecat.records import Manifest
from featurecat.storage.layout import list_manifests
from featurecat.storage.manifest import read_manifest
from featurecat.storage.parquet import read_columns

__all__ = ["EarlierRuns"]


class _Place(NamedTuple):
    """Where values of a feature lie; ``committed`` puts runs in order."""

    committed: tuple[str, str]
    path: str
    column: str


class EarlierRuns:
    """The published values of earlier runs, found and read when somebody asks.

    Args:
        project: The project.
        clock: Tells the time, should the catalog have to be rebuilt.
    """

    def __init__(self, project: Project, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._current: dict[str, _Place] | None = None
        self._manifests: dict[str, Manifest] = {}

    def column(self, feature: str, run: str | None = None) -> Any:
        """The values of a feature.

        Args:
            feature: Catalog key.
            run: A run id; None takes the last published run that has the feature.

        Returns:
            An Arrow column; None when no run has published the feature yet.

        Raises:
            EvaluationError: When the named run is not there or did not publish the feature, or when the file that
                holds the values cannot be read.
        """
        place = self._last(feature) if run is None else self._in_run(feature, run)
        if place is None:
            return None
        try:
            return read_columns(self._project.store.root / place.path, [place.column])[place.column]
        except (StoreError, KeyError) as error:
            raise EvaluationError(f"the earlier values of {feature} in {place.path} cannot be read") from error

    def surroundings(self, feature: str, as_of: datetime.datetime | None) -> Surroundings:
        """What is known beside the values of a feature.

        Args:
            feature: Catalog key.
            as_of: The moment that it is judged at.
        """
        return Surroundings(as_of=as_of, earlier=partial(self.column, feature))

    def _last(self, feature: str) -> _Place | None:
        if self._current is None:
            self._current = self._places()
        return self._current.get(feature)

    def _places(self) -> dict[str, _Place]:
        """Where the last published values of all features lie, by the catalog, and by what was published since."""
        try:
            catalog, _ = open_catalog(self._project, self._clock)
        except CatalogError as error:
            if error.code != "catalog-missing":
                raise EvaluationError(f"earlier runs cannot be told: {error.problems[0].message}") from error
            return {}
        with catalog:
            found = {
                row["feature"]: _Place((row["committed_at"], row["run_id"]), row["path"], row["column"])
                for row in catalog.table("current_artifacts")
            }
            for run_id in self._unknown_runs(catalog):
                for feature, place in _published(self._manifest(run_id)).items():
                    found[feature] = max(place, found.get(feature, place))
        return found

    def _unknown_runs(self, catalog: Catalog) -> list[str]:
        """Runs that the catalog does not hold yet."""
        known = {row["file"] for row in catalog.table("manifests")}
        return [Path(listed.file).stem for listed in list_manifests(self._project.store) if listed.file not in known]

    def _in_run(self, feature: str, run: str) -> _Place:
        found = _published(self._manifest(run, named=True)).get(feature)
        if found is None:
            raise EvaluationError(f"the run {run} did not publish {feature}", hint="featurecat runs lists the runs")
        return found

    def _manifest(self, run: str, *, named: bool = False) -> Manifest | None:
        if run not in self._manifests:
            try:
                self._manifests[run] = read_manifest(self._project.store.manifest_path(run))
            except (StoreError, ValueError) as error:  # a run id that is none is a ValueError, too
                if not named:
                    return None  # indexing puts it aside and says so
                hint = "featurecat runs lists the runs"
                raise EvaluationError(f"there is no run {run!r} to compare with", hint=hint) from error
        return self._manifests[run]


def _published(manifest: Manifest | None) -> Mapping[str, _Place]:
    if manifest is None or manifest.status != "published":
        return {}
    paths = {artifact.artifact_id: artifact.path for artifact in manifest.artifacts}
    return {
        record.feature: _Place((manifest.committed_at, manifest.run_id), paths[record.artifact_id], record.column)
        for record in manifest.features
        if record.artifact_id in paths and record.column is not None
    }

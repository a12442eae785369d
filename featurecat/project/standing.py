"""What the catalog tells of features beside their definitions: verdicts, how old the data are, answers to queries.

The catalog is opened when something is asked, and not before.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.catalog.sandbox import run_sql
from featurecat.catalog.selecting import selection_rows
from featurecat.clock import Clock
from featurecat.errors import Problem, RequestError, StoreError, did_you_mean
from featurecat.project.access import open_catalog
from featurecat.project.discover import Project
from featurecat.project.spans import judged_at, seconds_of

__all__ = ["CatalogStanding", "GraphStanding"]

#: Columns that a query may name features in.
_NAMING = ("feature", "name", "descendant")
_MOST_UNKNOWN = 5
#: Rows that a selection's query may answer; more than there are nodes make no sense.
_MOST_ROWS = 1_000_000


class CatalogStanding:
    """What runs and the catalog tell, by catalog key.

    Args:
        project: The project.
        clock: Tells the moment that freshness is measured from, where the settings say none.
    """

    def __init__(self, project: Project, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._answers: dict[str, Sequence[str]] = {}

    def values(self, attribute: str) -> Mapping[str, Sequence[str]]:
        """Catalog key to the values of ``result`` or ``freshness``.

        A result is a verdict of the last run that judged the feature, or ``blocked`` where the last run that computed
        it kept it back. Freshness is told of what declares one: ``fresh``, ``stale``, or ``unknown`` where nothing
        was published or its age is not on record.

        Raises:
            CatalogError: When there is no catalog.
        """
        return self._results if attribute == "result" else self._freshness

    def queried(self, statement: str) -> Sequence[str]:
        """The catalog keys that a query answers, in its order, each once; nulls are left out.

        Args:
            statement: One query, as ``featurecat sql`` takes it. Its column ``feature``, ``name`` or ``descendant``
                counts, or the only one.

        Raises:
            RequestError: Code ``invalid-sql`` when the query is refused or wrong, or no column holds names;
                ``unknown-feature`` or ``ambiguous-name`` when it answers something else.
            CatalogError: When there is no catalog.
        """
        if statement not in self._answers:
            self._answers[statement] = self._ask(statement)
        return self._answers[statement]

    # --- the catalog ------------------------------------------------------------------------------

    @functools.cached_property
    def _current(self) -> Any:
        """The file of a catalog that knows every run."""
        catalog, _ = open_catalog(self._project, self._clock, runs="all")
        catalog.close()
        return self._project.store.catalog

    def _rows(self, name: str) -> list[dict[str, Any]]:
        return selection_rows(self._current, name)

    @functools.cached_property
    def _results(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self._rows("verdicts"):
            found.setdefault(row["feature"], []).append(row["status"])
        return found

    # --- freshness --------------------------------------------------------------------------------

    @functools.cached_property
    def _freshness(self) -> dict[str, list[str]]:
        shown = [row for row in self._rows("features") if row["public"] or row["role"] == "source"]
        declared = [row for row in shown if row["freshness"] is not None]
        if not declared:
            return {}
        now = judged_at(self._project.settings.checks.as_of, self._clock)
        published = {row["feature"]: row for row in self._rows("published")}
        ages = {row["feature"]: row for row in self._rows("ages")}
        reads = {row["name"]: row for row in self._rows("reads")}
        found = {}
        for row in declared:
            feature, seen = row["feature"], ages.get(row["feature"])
            if row["role"] == "source":
                newest = self._newest_input(reads.get(row["name"]), seen)
                found[feature] = [_judged(newest, row["freshness"], now)]
            else:
                found[feature] = [_of_published(published.get(feature), seen, row["freshness"], now)]
        return found

    def _newest_input(self, read: Mapping[str, Any] | None, seen: Mapping[str, Any] | None) -> str | None:
        """When what the last run read of a source was new: its newest moment, else when its file was written."""
        if read is None:
            return None
        if seen is not None and seen["committed_at"] >= read["committed_at"]:
            return str(seen["newest"])
        from featurecat.storage.manifest import read_manifest  # validates, which few selections need

        try:
            manifest = read_manifest(self._project.store.root / read["manifest"])
        except StoreError:
            return str(read["started_at"])
        written = [one.mtime_ns for one in manifest.inputs if one.name == read["name"] and one.mtime_ns is not None]
        if not written:
            return str(read["started_at"])
        return datetime.datetime.fromtimestamp(max(written) / 1e9, datetime.UTC).isoformat()

    # --- queries ----------------------------------------------------------------------------------

    def _ask(self, statement: str) -> Sequence[str]:
        answer = run_sql(self._current, statement, most_rows=_MOST_ROWS)
        position = _naming_column(answer.columns)
        names = dict.fromkeys(row[position] for row in answer.rows if row[position] is not None)
        known = {row["feature"]: row["name"] for row in self._rows("names")} if names else {}
        short: dict[str, list[str]] = {}
        for key, name in known.items():
            short.setdefault(name, []).append(key)
        keys: list[str] = []
        problems: list[Problem] = []
        for name in names:
            candidates = [name] if name in known else short.get(name, [])
            if len(candidates) == 1:
                keys += candidates
            elif len(problems) < _MOST_UNKNOWN:
                problems.append(_stranger(name, candidates, [*known, *short], answer.columns[position]))
        if problems:
            raise RequestError(problems)
        return list(dict.fromkeys(keys))


class GraphStanding:
    """The same for one graph, by the names of its nodes.

    Args:
        standing: Of the project.
        graph: Name of the graph.
    """

    def __init__(self, standing: CatalogStanding, graph: str) -> None:
        self._standing = standing
        self._start = "" if graph == "default" else f"{graph}/"

    def values(self, attribute: str) -> Mapping[str, Sequence[str]]:
        """Name to the values of ``result`` or ``freshness``; see :meth:`CatalogStanding.values`."""
        found = self._standing.values(attribute)
        return {key.removeprefix(self._start): values for key, values in found.items() if self._is_here(key)}

    def queried(self, statement: str) -> Sequence[str]:
        """The names that a query answers, without those of other graphs."""
        return [key.removeprefix(self._start) for key in self._standing.queried(statement) if self._is_here(key)]

    def _is_here(self, key: str) -> bool:
        return key.startswith(self._start) if self._start else "/" not in key


def _judged(newest: str | None, allowed: str, now: datetime.datetime) -> str:
    """What an age makes of values; of the future they say nothing."""
    if newest is None:
        return "unknown"
    moment = datetime.datetime.fromisoformat(newest)
    moment = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
    return "fresh" if (now - moment).total_seconds() <= seconds_of(allowed) else "stale"


def _of_published(
    published: Mapping[str, Any] | None, seen: Mapping[str, Any] | None, allowed: str, now: datetime.datetime
) -> str:
    """The freshness of published values: by their newest moment where that is on record, else by when they were made."""
    if published is None:
        return "unknown"
    if published["event_timestamp"] is None:
        return _judged(published["committed_at"], allowed, now)
    if seen is not None and seen["committed_at"] >= published["committed_at"]:
        return _judged(seen["newest"], allowed, now)
    # they are no newer than the run that made them
    return "stale" if _judged(published["committed_at"], allowed, now) == "stale" else "unknown"


def _naming_column(columns: Sequence[str]) -> int:
    folded = [column.casefold() for column in columns]
    position = next((folded.index(name) for name in _NAMING if name in folded), None)
    if position is not None:
        return position
    if len(columns) == 1:
        return 0
    raise RequestError(
        f"the query of sql: answers {', '.join(columns[:5])}: which of them names features?",
        code="invalid-sql",
        hint="call it feature, as in SELECT x AS feature",
    )


def _stranger(name: object, candidates: Sequence[str], known: Sequence[str], column: str) -> Problem:
    if len(candidates) > 1:
        message = f"the query of sql: answers {name!r}, which is in several graphs: {', '.join(candidates)}"
        return Problem("ambiguous-name", message, hint="answer the column feature instead")
    message = f"the query of sql: answers {name!r} in its column {column}, which is no feature"
    near = did_you_mean(name, known) if isinstance(name, str) else None
    return Problem("unknown-feature", message, hint=near or "answer catalog keys: SELECT feature FROM public_features")

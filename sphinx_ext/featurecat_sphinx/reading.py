"""A catalog, read once into a :class:`~featurecat_sphinx.model.Snapshot`: the only place that asks DuckDB."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from featurecat.catalog.connection import Connection
from featurecat_sphinx.model import (
    Change,
    Check,
    Consumer,
    DocumentSection,
    Feature,
    Module,
    Profile,
    Run,
    Similar,
    Snapshot,
    Source,
    Variant,
    Verdict,
)

__all__ = ["MOST_RUNS", "MOST_VERDICTS", "read_snapshot"]

#: Verdicts kept of each expectation.
MOST_VERDICTS = 30
#: Runs kept of each feature: a page shows the last few, and the catalog has them all.
MOST_RUNS = 5
_MOST_SIMILAR = 4
_MOST_CHANGES = 2000
_MOST_PROFILES = 12
_BAD = {"fail": "failing", "error": "failing", "fatal": "failing", "warn": "warning"}
_SPANS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}

_FEATURES = """
SELECT feature, role, doc, summary, dtype, unit, entity, event_timestamp, grain, pii, status, sunset, replaced_by,
    freshness, tags FROM features WHERE public ORDER BY feature"""
_VARIANTS = """
SELECT feature, variant, engine, condition, module, function, file, line, end_line, dtype, signature, source_text
FROM variants WHERE feature IN (SELECT feature FROM features WHERE public) ORDER BY feature, engine <> 'pandas', variant"""
_CHECKS = """
SELECT feature, check_id, variant, kind, params, severity, origin, file, line, status, message, rows, failing_rows,
    share, committed_at, run_id
FROM checks
WHERE declared
QUALIFY row_number() OVER (
    PARTITION BY feature, check_id ORDER BY committed_at DESC NULLS LAST, variant) = 1
ORDER BY feature, line, kind, check_id"""
_VERDICTS = f"""
SELECT feature, check_id, list(status ORDER BY committed_at, run_id), list(committed_at ORDER BY committed_at, run_id)
FROM (
    SELECT c.feature, c.check_id, c.status, r.committed_at, run_id FROM check_results c JOIN runs r USING (run_id)
    QUALIFY row_number() OVER (PARTITION BY feature, check_id ORDER BY committed_at DESC, run_id) <= {MOST_VERDICTS})
GROUP BY feature, check_id ORDER BY feature, check_id"""
_PROFILES = f"""
SELECT feature, "column", kind, rows, nulls, distinct_values, min, max, mean, std, earliest, latest, quantiles,
    histogram, top, committed_at
FROM profiles
QUALIFY dense_rank() OVER (PARTITION BY feature ORDER BY committed_at DESC, run_id) <= {_MOST_PROFILES}
ORDER BY feature, committed_at DESC, run_id, "column" """
_RUNS = f"""
WITH made AS (
    SELECT feature, run_id, min(variant) AS variant, arg_min(artifact_id, variant) AS artifact_id
    FROM materializations GROUP BY feature, run_id),
newest AS (
    SELECT made.*, r.committed_at,
        row_number() OVER (PARTITION BY feature ORDER BY r.committed_at DESC, run_id) AS place,
        count(*) OVER (PARTITION BY feature) AS total,
        max(r.committed_at) FILTER (WHERE r.status = 'published') OVER (PARTITION BY feature) AS published
    FROM made JOIN runs r USING (run_id)
    QUALIFY place <= {MOST_RUNS})
SELECT n.feature, n.total, n.published, r.run_id, r.kind, r.status, r.engine, r.committed_at, r.seconds, a.rows,
    n.variant
FROM newest n JOIN runs r USING (run_id) LEFT JOIN artifacts a USING (artifact_id)
ORDER BY n.feature, n.place"""
_CHANGES = f"""
WITH first AS (SELECT min(snapshot) AS snapshot FROM snapshots),
states AS (
    SELECT *, lead(since_snapshot) OVER (PARTITION BY feature ORDER BY since_snapshot) AS next_snapshot
    FROM feature_history)
SELECT feature, since_snapshot AS snapshot, since AS at, git_commit, change, changes, previous
FROM states, first WHERE since_snapshot <> first.snapshot
UNION ALL
SELECT s.feature, s.until_snapshot, s.until, n.git_commit, 'removed', ['removed'], NULL
FROM states s LEFT JOIN snapshots n ON n.snapshot = s.until_snapshot
WHERE s.until_snapshot IS NOT NULL AND s.next_snapshot IS DISTINCT FROM s.until_snapshot
ORDER BY snapshot DESC, feature LIMIT {_MOST_CHANGES}"""
#: Every other table that is kept by feature.
_PARTS = {
    "owners": "SELECT feature, contact, origin FROM contacts WHERE role = 'owner' ORDER BY ALL",
    "taints": "SELECT DISTINCT feature, taint FROM taints ORDER BY ALL",
    "sections": "SELECT feature, section, name, type, text FROM doc_sections ORDER BY feature, ordinal",
    "columns": "SELECT feature, name, dtype, doc FROM columns ORDER BY feature, ordinal",
    "raw_columns": "SELECT feature, list_sort(list_distinct(list(source || '.' || \"column\"))) FROM raw_columns "
    "GROUP BY feature ORDER BY feature",
    "consumers": "SELECT feature, consumer, kind, owner FROM consumers ORDER BY ALL",
    "similar": "SELECT feature, other, method, score FROM similar_features QUALIFY row_number() OVER (PARTITION BY "
    f"feature ORDER BY score DESC, other, method) <= {_MOST_SIMILAR} ORDER BY feature, score DESC, other, method",
    "observed": "SELECT feature, observed_dtype FROM schemas WHERE observed_dtype IS NOT NULL ORDER BY ALL",
}

_Row = TypeVar("_Row")
_Groups = dict[str, list[tuple[Any, ...]]]


def read_snapshot(path: Path | str, *, project: str = "features", as_of: datetime | None = None) -> Snapshot:
    """Read a catalog.

    Args:
        path: File of the catalog, ``catalog.duckdb``.
        project: Name to show.
        as_of: Moment that staleness is measured from, UTC without zone; None is when the catalog was built.

    Raises:
        CatalogError: When there is none (``catalog-missing``), or it cannot be read (``catalog-unusable``).
    """
    reader = _Reader(Path(path), project, as_of)
    collecting = gc.isenabled()
    # hundreds of thousands of values are made here, and not one of them in a cycle: looking for those costs a third
    gc.disable()
    try:
        return reader.snapshot()
    finally:
        if collecting:
            gc.enable()
        reader.connection.close()


class _Reader:
    """One pass over a catalog."""

    def __init__(self, path: Path, project: str, as_of: datetime | None) -> None:
        self.connection = Connection.open(path)
        self.project = project
        self.as_of = as_of or self._rows("SELECT built_at FROM catalog_versions")[0][0]
        self._texts: dict[str, str] = {}
        self._verdicts: dict[tuple[str, datetime], Verdict] = {}
        self._verdict_words: dict[int, str] = {}
        self.roles = {str(key): str(role) for key, role in self._rows("SELECT feature, role FROM features")}

    def snapshot(self) -> Snapshot:
        rows = self._rows(_FEATURES)
        public = {row[0] for row in rows}
        sources = self._rows("SELECT source, kind, uri, freshness FROM sources ORDER BY source")
        edges = self._edges(public | {row[0] for row in sources})
        features = self._features(rows, edges)
        return Snapshot(
            project=self.project,
            as_of=self.as_of,
            features=features,
            sources=self._sources(sources, edges),
            modules=self._modules(),
            edges=edges,
            changes=tuple(
                Change(feature, snapshot, at, commit, kind, tuple(parts or ()), previous)
                for feature, snapshot, at, commit, kind, parts, previous in self._rows(_CHANGES)
            ),
            index_errors=tuple(
                (str(module), str(message))
                for module, message in self._rows("SELECT module, message FROM index_errors ORDER BY ALL")
            ),
        )

    def _free(self) -> None:
        """Give back the memory in which DuckDB keeps what it has read."""
        self.connection.close()
        self.connection = Connection.open(self.connection.path)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.rows(statement).rows

    def _grouped(self, statement: str) -> _Groups:
        groups: _Groups = {}
        for row in self.connection.each(statement):
            groups.setdefault(row[0], []).append(row[1:])
        return groups

    def _edges(self, shown: set[str]) -> tuple[tuple[str, str], ...]:
        """Who feeds whom among what is shown: hidden nodes stand for what they are made of."""
        parents: dict[str, list[str]] = {}
        for parent, child in self._rows("SELECT DISTINCT parent, child FROM edges WHERE kind = 'data' ORDER BY ALL"):
            parents.setdefault(child, []).append(parent)
        found: set[tuple[str, str]] = set()
        for child in shown:
            open_, seen = list(parents.get(child, ())), {child}
            while open_:
                parent = open_.pop()
                if parent in seen:
                    continue
                seen.add(parent)
                if parent in shown:
                    found.add((parent, child))
                else:
                    open_ += parents.get(parent, ())
        return tuple(sorted(found))

    def _features(self, rows: Sequence[tuple[Any, ...]], edges: Iterable[tuple[str, str]]) -> dict[str, Feature]:
        upstream: dict[str, list[str]] = {}
        downstream: dict[str, list[str]] = {}
        for parent, child in edges:
            upstream.setdefault(child, []).append(parent)
            downstream.setdefault(parent, []).append(child)
        parts = {name: self._grouped(statement) for name, statement in _PARTS.items()}
        self._free()
        variants = self._grouped(_VARIANTS)
        self._free()
        checks, told_of_checks = self._checks()
        profiles = self._grouped(_PROFILES)
        self._free()
        runs = self._grouped(_RUNS)
        features = {}
        for key, role, doc, summary, dtype, unit, entity, timestamp, grain, personal, *rest in rows:
            status, sunset, replaced_by, freshness, tags = rest
            own_runs = runs.get(key, [])
            total, published = own_runs[0][:2] if own_runs else (0, None)
            stale = _stale(freshness, published, self.as_of)
            observed = parts["observed"].get(key)
            own_checks = checks.get(key, ())
            features[key] = Feature(
                feature=key,
                role=role,
                doc=doc,
                summary=_summary(parts["sections"].get(key, ()), summary),
                dtype=dtype,
                observed_dtype=observed[0][0] if observed and role == "feature" else None,
                unit=unit,
                entity=tuple(entity or ()),
                event_timestamp=timestamp,
                grain=grain,
                personal_data=bool(personal),
                status=status,
                sunset=str(sunset) if sunset is not None else None,
                replaced_by=replaced_by,
                freshness=freshness,
                tags={name: tuple(texts) for name, texts in sorted((tags or {}).items())},
                owners=tuple(dict.fromkeys((str(name), str(origin)) for name, origin in parts["owners"].get(key, ()))),
                taints=tuple(row[0] for row in parts["taints"].get(key, ())),
                variants=tuple(_variant(row) for row in variants.get(key, ())),
                sections=tuple(DocumentSection(*row) for row in parts["sections"].get(key, ())),
                checks=own_checks,
                profiles=tuple(_profile(row, bool(personal)) for row in profiles.get(key, ())),
                runs=tuple(Run(*row[2:]) for row in own_runs),
                columns=tuple(parts["columns"].get(key, ())),
                raw_columns=tuple(self._shared(name) for (names,) in parts["raw_columns"].get(key, ()) for name in names),
                consumers=tuple(Consumer(*row) for row in parts["consumers"].get(key, ())),
                similar=tuple(Similar(*row) for row in parts["similar"].get(key, ())),
                upstream=tuple(upstream.get(key, ())),
                downstream=tuple(downstream.get(key, ())),
                check_state=_check_state(own_checks),
                stale=stale,
                as_of_run=published,
                earlier_runs=total - len(own_runs),
                digest=_digest(
                    key, role, doc, summary, dtype, unit, entity, timestamp, grain, personal, rest, stale,
                    upstream.get(key), downstream.get(key), variants.get(key), profiles.get(key), own_runs,
                    told_of_checks.get(key), [groups.get(key) for groups in parts.values()],
                ),
            )  # fmt: skip
        return features

    def _checks(self) -> tuple[dict[str, tuple[Check, ...]], dict[str, list[object]]]:
        """Expectations by feature, and what the catalog holds of them."""
        verdicts: dict[tuple[str, str], tuple[Verdict, ...]] = {}
        for feature, check_id, statuses, moments in self.connection.each(_VERDICTS):
            pairs = zip(statuses, moments, strict=True)
            verdicts[feature, check_id] = tuple([self._verdict(status, at) for status, at in pairs])
        found: dict[str, list[Check]] = {}
        told: dict[str, list[object]] = {}
        for row in self.connection.each(_CHECKS):
            feature, check_id, variant, kind, params, *rest = row
            owner = feature.removesuffix("_raw") if self.roles.get(feature) == "raw" else feature
            history = verdicts.get((feature, check_id), ())
            found.setdefault(owner, []).append(
                _made(Check, (check_id, variant, kind, _parsed(params) or {}, *rest, history))
            )
            told.setdefault(owner, []).append((row, [self._verdict_words[id(verdict)] for verdict in history]))
        return {feature: tuple(checks) for feature, checks in found.items()}, told

    def _verdict(self, status: str, at: datetime) -> Verdict:
        """A verdict; runs say the same of many features, so that few are made."""
        found = self._verdicts.get((status, at))
        if found is None:
            found = self._verdicts[status, at] = Verdict(self._shared(status), at)
            self._verdict_words[id(found)] = f"{status} {at}"
        return found

    def _shared(self, text: str) -> str:
        """The text itself, held once however often it is told."""
        return self._texts.setdefault(text, text)

    def _sources(self, rows: Sequence[tuple[Any, ...]], edges: Iterable[tuple[str, str]]) -> dict[str, Source]:
        readers: dict[str, list[str]] = {}
        for parent, child in edges:
            readers.setdefault(parent, []).append(child)
        columns = self._grouped('SELECT DISTINCT source, "column" FROM raw_columns ORDER BY ALL')
        return {
            name: Source(
                source=name,
                kind=kind,
                uri=uri,
                freshness=freshness,
                columns=tuple(row[0] for row in columns.get(name, ())),
                readers=tuple(readers.get(name, ())),
            )
            for name, kind, uri, freshness in rows
        }

    def _modules(self) -> dict[str, Module]:
        rows = self._rows("SELECT module, file, doc, status FROM modules ORDER BY module")
        return {row[0]: Module(*row) for row in rows}


def _digest(*told: object) -> str:
    return sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _summary(sections: Sequence[tuple[Any, ...]], summary: str | None) -> str:
    """What it is in a sentence: docstrings break lines inside them."""
    text = next((row[3] for row in sections if row[0] == "summary"), None) or summary or ""
    return " ".join(text.split())


def _variant(row: tuple[Any, ...]) -> Variant:
    variant, engine, condition, *rest = row
    return Variant(variant, engine, _parsed(condition), *rest)


def _profile(row: tuple[Any, ...], personal: bool) -> Profile:
    """A profile; of personal data the counts alone."""
    head, values, (quantiles, histogram, top, at) = row[:5], row[5:11], row[11:]
    if personal:
        values = (None,) * 6
        return _made(Profile, (*head, *values, None, None, None, at))
    return _made(Profile, (*head, *values, _parsed(quantiles), _parsed(histogram), _parsed(top), at))


def _made(kind: Callable[..., _Row], row: tuple[Any, ...]) -> _Row:
    """A value of a row with as many columns as it has fields."""
    return kind(*row)


def _parsed(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text


def _check_state(checks: Sequence[Check]) -> str:
    if not checks:
        return "none"
    states = {_BAD.get(check.status, "passing") for check in checks if check.status}
    return next((state for state in ("failing", "warning", "passing") if state in states), "unknown")


def _stale(freshness: str | None, published: datetime | None, as_of: datetime) -> bool:
    """Whether values that must not be older than ``freshness`` are; what was never made is not stale."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", freshness or "")
    if not found or published is None or found[2] not in _SPANS:
        return False
    return as_of - published > timedelta(seconds=float(found[1]) * _SPANS[found[2]])

"""The published tables that a selftest may alter, and what is expected of their columns."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featurecat.errors import EvaluationError, RequestError, did_you_mean
from featurecat.frames.alterations.change import Alteration, ColumnFacts, TableFacts, Target
from featurecat.frames.alterations.files import read_whole
from featurecat.project.check.implied import IMPLIED
from featurecat.project.check.subjects import Definitions, Published, subjects_of

__all__ = ["Aim", "PublishedTable", "Reader", "find_aim", "published_tables"]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A published file.

    Attributes:
        published: One of its features.
        graph: The graph of its features.
        facts: What is known of it.
    """

    published: Published
    graph: str
    facts: TableFacts


@dataclass(frozen=True, slots=True)
class Aim:
    """What an alteration is applied to.

    Attributes:
        table: The file.
        values: What it holds, as an Arrow table.
        target: What of it is altered.
    """

    table: PublishedTable
    values: Any
    target: Target


@dataclass(slots=True)
class Reader:
    """Reads published files whole; the last one is kept, for most alterations are tried on the same."""

    root: Path
    _path: str | None = None
    _values: Any = None

    def read(self, path: str) -> Any:
        """A file as an Arrow table.

        Args:
            path: The file, relative to the store.

        Raises:
            EvaluationError: When it cannot be read.
        """
        if path != self._path:
            self._path, self._values = None, None
            self._path, self._values = path, read_whole(self.root / path)
        return self._values


def published_tables(
    definitions: Definitions, selected: Collection[str], *, aimed: Collection[str], as_of: datetime.datetime
) -> list[PublishedTable]:
    """The files that hold selected features; of which most is expected come first.

    Args:
        definitions: What the catalog says.
        selected: Catalog keys.
        aimed: Catalog keys of features that somebody named; none means all of them.
        as_of: The moment that freshness and the future are judged by.

    Raises:
        RequestError: When nothing is published, or an aimed feature is not, or is not selected.
    """
    _refuse_unknown(definitions, selected, aimed)
    kinds: dict[str, set[str]] = {}
    for subject in subjects_of(definitions, selected):
        kinds.setdefault(subject.feature, set()).update({subject.spec.kind} - IMPLIED)
    by_path: dict[str, list[Published]] = {}
    for feature in selected:
        if (published := definitions.published.get(feature)) is not None:
            by_path.setdefault(published.path, []).append(published)
    tables = []
    for found in by_path.values():
        first = found[0]
        keys = (*first.entity, *([first.timestamp] if first.timestamp else []))
        columns = tuple(
            ColumnFacts(one.column, one.feature, frozenset(kinds.get(one.feature, ())), one.feature in aimed)
            for one in found
            if one.column not in keys
        )
        facts = TableFacts(columns, keys, first.timestamp, as_of)
        tables.append(PublishedTable(first, definitions.features[first.feature]["graph"], facts))
    if aimed:
        tables = [table for table in tables if any(column.aimed for column in table.facts.columns)]
    if not tables:
        raise RequestError(
            "nothing of the selection is published, so there is nothing to try",
            code="empty-selection",
            hint="featurecat materialize publishes features",
        )
    return sorted(tables, key=lambda table: (-_expected(table), table.published.path))


def find_aim(alteration: Alteration, tables: list[PublishedTable], reader: Reader) -> Aim | str:
    """What an alteration is applied to: where something is expected, if it can be applied there.

    Args:
        alteration: The alteration.
        tables: What is published, in the order to try it.
        reader: Reads them.

    Returns:
        The aim, or why there is none.
    """
    second_best: Aim | None = None
    reason = ""
    for table in tables:
        try:
            values = reader.read(table.published.path)
        except EvaluationError as error:
            reason = reason or error.problems[0].message
            continue
        here = [column for column in table.facts.columns if column.name in values.column_names]
        facts = TableFacts(tuple(here), table.facts.keys, table.facts.timestamp, table.facts.as_of)
        target = alteration.applies(values, facts)
        if isinstance(target, str):
            reason = reason or target
        elif target.expected:
            return Aim(table, values, target)
        else:
            second_best = second_best or Aim(table, values, target)
    return second_best or reason


def _expected(table: PublishedTable) -> int:
    return sum(len(column.kinds) for column in table.facts.columns)


def _refuse_unknown(definitions: Definitions, selected: Collection[str], aimed: Collection[str]) -> None:
    for feature in aimed:
        if feature not in definitions.features:
            raise RequestError(
                f"no feature {feature!r}",
                code="unknown-feature",
                hint=did_you_mean(feature, definitions.features) or "featurecat list shows them all",
            )
        if feature not in definitions.published or feature not in selected:
            told = "is not published" if feature not in definitions.published else "is not selected"
            raise RequestError(
                f"{feature} {told}, so there is nothing to try on it",
                code="empty-selection",
                hint="featurecat materialize publishes features",
            )

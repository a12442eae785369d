"""Catalog rows as the rules of ``lint`` ask for them: found by feature, in one pass over each table."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from featurecat.errors import did_you_mean
from featurecat.project.lint.options import LintOptions

__all__ = ["LintedDefinitions", "Row", "listed"]

#: A row of a definition table, column by column.
Row = Mapping[str, Any]
#: Table of rows by name, such as ``features``.
Tables = Mapping[str, Sequence[Row]]

_MOST_LISTED = 3
# looking for near names takes one pass over all names
_MOST_HINTS = 10
_LINTED_ROLES = ("feature", "frame")


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them, at most three.

    Example:
        >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
        ('a and b', 'a, b, c and 2 more')
    """
    shown = list(names[:_MOST_LISTED])
    rest = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
    *most, last = [*shown, *rest]
    return f"{', '.join(most)} and {last}" if most else last


@dataclass(slots=True)
class LintedDefinitions:
    """Everything the rules look at.

    Attributes:
        tables: The definition tables, as a snapshot has them.
        today: The date that sunsets are compared with.
        options: What the settings say.
        cleared: Features that say of themselves that they are not personal (``pii=False``).
        whole: Whether all modules could be read, so that a name which is not there does not exist.
        rows: Rows of ``features`` by catalog key.
        variants: Rows of ``variants`` by feature, as indexed.
        owners: Who answers, by feature.
        expectations: Rows of ``expectations`` by feature.
        consumers: Models, dashboards and feature sets by the feature they use.
        extracted: Names of the columns extracted from a frame, by frame.
        taints: Rows of ``taints`` by feature and taint.
        declassified: Whether something flows in that a feature takes away, by feature and taint.
        uncleared: Rows of ``consumer_taints`` without clearance, by feature.
    """

    tables: Tables
    today: datetime.date
    options: LintOptions = field(default_factory=LintOptions)
    cleared: frozenset[str] = frozenset()
    whole: bool = True
    rows: dict[str, Row] = field(init=False)
    variants: dict[str, list[Row]] = field(init=False)
    owners: dict[str, list[str]] = field(init=False)
    expectations: dict[str, list[Row]] = field(init=False)
    consumers: dict[str, list[str]] = field(init=False)
    extracted: dict[str, list[str]] = field(init=False)
    taints: dict[str, dict[str, Row]] = field(init=False)
    declassified: dict[str, dict[str, bool]] = field(init=False)
    uncleared: dict[str, list[Row]] = field(init=False)
    _declared: dict[tuple[str, str], str] = field(init=False)
    _near: dict[str, str | None] = field(init=False, default_factory=dict)
    _public_names: dict[str, list[str]] = field(init=False)
    _parents: dict[str, list[str]] = field(init=False)
    _children: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        """File every row under its feature."""
        self.rows = {row["feature"]: row for row in self._table("features")}
        self._public_names = _texts((self.rows[key]["name"], key) for key in self.subjects())
        self.variants = _by_feature(self._table("variants"))
        self.expectations = _by_feature(self._table("expectations"))
        self.owners = _texts((row["feature"], row["owner"]) for row in self._table("owners"))
        self.consumers = _texts(
            (row["feature"], f"the {row['kind']} {row['consumer']}") for row in self._table("consumers")
        )
        columns = self._table("columns")
        self.extracted = _texts((row["feature"], row["name"]) for row in columns if row["origin"] == "extracted")
        self._declared = {(row["feature"], row["name"]): row["dtype"] for row in columns if row["dtype"] is not None}
        self._file_taints()
        self._parents = _texts((row["child"], row["parent"]) for row in self._table("edges"))
        self._children = _texts((row["parent"], row["child"]) for row in self._table("edges"))

    def _file_taints(self) -> None:
        self.taints = {}
        for row in self._table("taints"):
            self.taints.setdefault(row["feature"], {})[row["taint"]] = row
        reached = {(row["feature"], row["taint"]) for row in self._table("taint_steps") if row["stopped"]}
        self.declassified = {}
        for row in self._table("declassifications"):
            here = self.declassified.setdefault(row["feature"], {})
            here[row["taint"]] = (row["feature"], row["taint"]) in reached
        self.uncleared = _by_feature(row for row in self._table("consumer_taints") if not row["cleared"])

    def _table(self, name: str) -> Sequence[Row]:
        return self.tables.get(name, ())

    def subjects(self) -> Iterator[str]:
        """Catalog keys of what is linted: public features and frames, in catalog order."""
        return (key for key, row in self.rows.items() if row["public"] and row["role"] in _LINTED_ROLES)

    def users(self, feature: str) -> list[str]:
        """The public features that take a feature, generated nodes passed through, and its consumers.

        Columns that its own function extracts do not count.
        """
        found: dict[str, None] = {}
        waiting = list(self._children.get(feature, ()))
        seen = set(waiting)
        while waiting:
            child = waiting.pop()
            row = self.rows.get(child)
            if row is None or row["public"]:
                found[child] = None
                continue
            below = [one for one in self._children.get(child, ()) if one not in seen]
            seen.update(below)
            waiting += below
        own = self.extracted.get(feature, ())
        using = sorted(name for name in found if name != feature and self._name(name) not in own)
        return [*using, *self.consumers.get(feature, ())]

    def _name(self, feature: str) -> str:
        return str(self.rows[feature]["name"]) if feature in self.rows else feature

    def dtype(self, row: Row) -> str | None:
        """The type declared for a feature's values: by ``dtype=``, an expectation, or its frame's schema."""
        if row["dtype"] is not None:
            return str(row["dtype"])
        for expectation in self.expectations.get(row["feature"], ()):
            if expectation["kind"] == "data_type":
                return str(expectation["params"].get("data_type"))
        declared = (self._declared.get((parent, row["name"])) for parent in self._parents.get(row["feature"], ()))
        return next((dtype for dtype in declared if dtype is not None), None)

    def find(self, name: str, graph: str) -> list[str]:
        """The catalog keys that a name may stand for, written in a module of ``graph``: several where it is ambiguous."""
        within = name if graph == "default" else f"{graph}/{name}"
        exact = next((key for key in (within, name) if key in self.rows), None)
        return self._public_names.get(name, []) if exact is None else [exact]

    def near(self, name: str, *, besides: str) -> str | None:
        """Names of other public features near ``name``, as a question; of many such names only the first are looked for.

        Args:
            name: What was written.
            besides: The catalog key of the feature that it was written on.
        """
        if name not in self._near and len(self._near) < _MOST_HINTS:
            others = [other for other, keys in self._public_names.items() if keys != [besides]]
            self._near[name] = did_you_mean(name, others)
        return self._near.get(name)

    def is_replaced(self, feature: str) -> bool:
        """Whether a feature is on its way out."""
        row = self.rows.get(feature)
        return row is not None and (row["status"] == "deprecated" or row["replaced_by"] is not None)


def _by_feature(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["feature"], []).append(row)
    return found


def _texts(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Texts by feature, each once, in the order they come."""
    found: dict[str, dict[str, None]] = {}
    for feature, text in pairs:
        found.setdefault(feature, {})[text] = None
    return {feature: list(texts) for feature, texts in found.items()}

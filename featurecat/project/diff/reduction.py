"""One side of a comparison: what of the definition tables is compared, small enough to be kept.

A side holds its public features alone: what decorators generated counts for the feature it was generated for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from featurecat.catalog.canonical import canonical_json
from featurecat.definition.fingerprint import digest
from featurecat.project.diff.bindings import BESIDE, BINDINGS

__all__ = [
    "MEANINGS",
    "REDUCTION",
    "SOURCE",
    "ReducedFeature",
    "ReducedVariant",
    "Side",
    "as_plain",
    "reduce_tables",
    "reduced_from",
]

#: Rises whenever equal tables would be reduced to something else.
REDUCTION: Final = 2
#: The table of a snapshot that takes definitions apart; catalogs have none of that name.
MEANINGS: Final = "meanings"
#: Before the names of sources in it.
SOURCE: Final = "source:"

_GIVEN = ("input", "config", "source")
_FACTS = (
    "role", "dtype", "unit", "entity", "event_timestamp", "grain", "doc", "tags", "pii", "status", "sunset", "replaced_by"
)  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReducedVariant:
    """One variant of a feature.

    Attributes:
        label: Engine and condition.
        origin: Engine and function: what a variant keeps when its condition changes.
        condition: The clauses under which it holds, as the catalog has them.
        place: Module and name of its function.
        file: Its file.
        line: Its first line.
        dtype: The declared type.
        inputs: Parent, parameter, whether it can be left out, and what is declared of a source, each as text.
        own: Digest of its functions as written; None in a snapshot that was taken by an older version.
        code: With all they reach.
        returns: What the type it declares is made of; None as ``own``.
        checks: What its expectations are made of; None as ``own``.
        beside: What it means beside its text, such as files that decorators read.
        texts: Module, function and source text of its functions, its own first.
        fingerprint: The fingerprint, which covers every decorator; the source text where there is none.
    """

    label: str
    origin: str
    condition: list[Any]
    place: str
    file: str | None
    line: int | None = field(compare=False)
    dtype: str | None
    inputs: list[list[str]]
    own: str | None
    code: str | None
    returns: str | None
    checks: str | None
    beside: list[str]
    texts: list[list[str]]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReducedFeature:
    """One public feature.

    Attributes:
        name: Its name in its graph.
        variants: Its variants.
        expectations: Its expectations, without where they stand.
        ages: How old it, or what it reads, may be.
        facts: What it declares of itself, in plain values.
        columns: Its columns, where it is a frame: name, type, whether nulls are expected, documentation.
        settings: ``config/key`` to the value that a named config has for a key that the feature reads.
    """

    name: str
    variants: list[ReducedVariant]
    expectations: list[dict[str, Any]]
    ages: dict[str, str]
    facts: dict[str, Any]
    columns: list[list[Any]]
    settings: dict[str, str]

    @property
    def owners(self) -> list[str]:
        """Who answers for it."""
        return [owner for owner, _ in self.facts.get("owners", ())]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        features: Catalog key to feature.
        bindings: Module to what its names stand for, as rows of the snapshot's own table.
        consumers: Rows of the table ``consumers``.
        commit: The commit it is; None for a snapshot without one.
        notices: What to say of it.
    """

    features: dict[str, ReducedFeature] = field(default_factory=dict)
    bindings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    consumers: list[dict[str, Any]] = field(default_factory=list)
    commit: str | None = None
    notices: tuple[str, ...] = ()

    def parents(self) -> dict[str, list[str]]:
        """Catalog key of each feature to the features and inputs it takes."""
        return {
            key: list(dict.fromkeys(taken[0] for variant in one.variants for taken in variant.inputs))
            for key, one in self.features.items()
        }


def reduce_tables(
    tables: Mapping[str, Sequence[Row]], *, commit: str | None = None, notices: Iterable[str] = ()
) -> Side:
    """What of definition tables is compared.

    Args:
        tables: Rows by table, as a snapshot holds them.
        commit: The commit they are of.
        notices: What to say of them.
    """
    bindings: dict[str, list[dict[str, Any]]] = {}
    for row in tables.get(BINDINGS, ()):
        bindings.setdefault(row["module"], []).append(
            {name: value for name, value in row.items() if name != "module" and value is not None}
        )
    consumers = [dict(row) for row in tables.get("consumers", ())]
    return Side(_Reduction(tables).features(), bindings, consumers, commit, tuple(notices))


def as_plain(side: Side) -> dict[str, Any]:
    """A side as JSON-ready data; :func:`reduced_from` reads it."""
    plain = _shallow(side)
    plain["features"] = {
        key: {**_shallow(one), "variants": [_shallow(variant) for variant in one.variants]}
        for key, one in side.features.items()
    }
    return plain


def reduced_from(plain: Mapping[str, Any]) -> Side:
    """A side out of JSON data.

    Raises:
        TypeError: When it is something else.
        KeyError: When a part is missing.
    """
    features = {
        key: ReducedFeature(**{**one, "variants": [ReducedVariant(**variant) for variant in one["variants"]]})
        for key, one in plain["features"].items()
    }
    return Side(features, plain["bindings"], plain["consumers"], plain["commit"], tuple(plain["notices"]))


def _shallow(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


class _Reduction:
    """The tables of one side, by feature."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self.features_by_key = {row["feature"]: row for row in tables.get("features", ())}
        self.variants = _by(tables.get("variants", ()), "feature")
        self.meanings = _by(tables.get(MEANINGS, ()), "feature")
        self.beside = _by(tables.get(BESIDE, ()), "feature")
        self.edges = _by([row for row in tables.get("edges", ()) if row["kind"] == "data"], "child")
        self.owners = _by(tables.get("owners", ()), "feature")
        self.columns = _by(tables.get("columns", ()), "feature")
        self.expectations = _by(tables.get("expectations", ()), "feature")
        self.config_keys = _by(tables.get("config_keys", ()), "feature")
        self.sources = {row["source"]: row for row in tables.get("sources", ())}
        self.configs: dict[str, dict[str, Any]] = {}
        for row in tables.get("configs", ()):
            self.configs.setdefault(row["config"], {})[row["key"]] = row["value"]

    def features(self) -> dict[str, ReducedFeature]:
        return {key: self.reduced(key) for key, row in self.features_by_key.items() if row["public"]}

    def reduced(self, key: str) -> ReducedFeature:
        row = self.features_by_key[key]
        variants = self.variants.get(key, ())
        labels = [variant["variant"] for variant in variants]
        walks = {label: self.walked(key, label, labels) for label in labels}
        inner = list(dict.fromkeys(node for nodes, _ in walks.values() for node in nodes)) or [key]
        given = {edge["parent"] for _, taken in walks.values() for edge in taken}
        columns = sorted(self.columns.get(key, ()), key=lambda column: column["name"])
        return ReducedFeature(
            name=row["name"],
            variants=[self.variant(variant, *walks[variant["variant"]], labels) for variant in variants],
            expectations=self.expected(key),
            ages=self.aged(key, row, given),
            facts=self.facts(key, row),
            columns=[[column["name"], column["dtype"], column["nullable"], column["doc"]] for column in columns],
            settings=self.settings(inner, given),
        )

    def facts(self, key: str, row: Row) -> dict[str, Any]:
        meta = dict(row["meta"] or {})
        facts = {name: row[name] for name in _FACTS} | {
            "type": meta.pop("type", None),
            "align": meta.pop("align", None),
        }
        facts["entity"] = list(row["entity"] or ())
        facts["tags"] = {tag: list(values) for tag, values in sorted((row["tags"] or {}).items())}
        facts["owners"] = sorted([owner["owner"], owner["role"]] for owner in self.owners.get(key, ()))
        return {**facts, "meta": meta}

    def walked(self, key: str, label: str, labels: Sequence[str]) -> tuple[list[str], list[Row]]:
        """The nodes that compute one variant, what decorators generated included, and the edges that lead into it."""
        nodes, taken, waiting = {key: None}, [], [key]
        while waiting:
            for edge in self.edges.get(waiting.pop(), ()):
                parent = edge["parent"]
                if edge["variant"] not in (None, label) and edge["variant"] in labels:
                    continue
                row = self.features_by_key.get(parent)
                if row is None or row["public"] or row["role"] in _GIVEN:
                    taken.append(edge)
                elif parent not in nodes:
                    nodes[parent] = None
                    waiting.append(parent)
        return list(nodes), taken

    def variant(self, row: Row, nodes: Sequence[str], taken: Sequence[Row], labels: Sequence[str]) -> ReducedVariant:
        label = row["variant"]
        meant = list(self.of_variant(self.meanings, nodes, label, labels))
        written = list(self.of_variant(self.variants, nodes, label, labels))
        texts = {(one["module"], one["function"], one["source_text"]): None for one in written}
        own = (row["module"], row["function"], row["source_text"])
        others = sorted([str(part) for part in one] for one in texts if one != own and one[2] is not None)
        return ReducedVariant(
            label=label,
            origin=f"{row['engine']} {row['function']}",
            condition=row["condition"],
            place=f"{row['module']}.{row['function']}",
            file=row["file"],
            line=row["line"],
            dtype=row["dtype"],
            inputs=[list(one) for one in sorted({self.taken(edge) for edge in taken})],
            own=_joined(meant, "own"),
            code=_joined(meant, "code"),
            returns=_joined(meant, "returns"),
            checks=_joined(meant, "checks"),
            beside=sorted({one["files"] for one in self.of_variant(self.beside, nodes, label, labels)}),
            texts=[[str(part) for part in own], *others] if row["source_text"] is not None else [],
            fingerprint=_short(sorted({str(one["fingerprint"] or one["source_text"]) for one in written})),
        )

    def of_variant(
        self, table: Mapping[str, Sequence[Row]], nodes: Iterable[str], label: str, labels: Sequence[str]
    ) -> Iterator[Row]:
        """The rows of nodes that belong to one variant: those of its label, and those of none of its siblings."""
        for node in nodes:
            yield from (one for one in table.get(node, ()) if one["variant"] == label or one["variant"] not in labels)

    def taken(self, edge: Row) -> tuple[str, str, str, str]:
        """An edge as text, with what is declared of a source."""
        parent = edge["parent"]
        row = self.features_by_key.get(parent, {})
        source = self.sources.get(row.get("name", parent)) if row.get("role") == "source" else None
        meant = [] if source is None else [one["own"] for one in self.meanings.get(f"{SOURCE}{source['source']}", ())]
        declared = "" if source is None else _short([source["kind"], source["uri"], meant])
        return parent, edge["parameter"], "optional" if edge["optional"] else "", declared

    def expected(self, key: str) -> list[dict[str, Any]]:
        """What is expected of a feature."""
        rows = self.expectations.get(key, ())
        kept = [
            {
                name: value
                for name, value in one.items()
                if name not in ("feature", "file", "line") and value is not None
            }
            for one in rows
        ]
        return sorted(kept, key=canonical_json)

    def aged(self, key: str, row: Row, given: Iterable[str]) -> dict[str, str]:
        """How old a feature, and the sources it reads, may be."""
        ages = {name: self.sources[name]["freshness"] for name in given if name in self.sources}
        return {name: age for name, age in {key: row.get("freshness"), **ages}.items() if age is not None}

    def settings(self, nodes: Iterable[str], given: Iterable[str]) -> dict[str, str]:
        """What the named configs say to the keys that a feature reads, itself or in the conditions of its variants."""
        read = {row["key"] for node in nodes for row in self.config_keys.get(node, ())}
        rows = (self.features_by_key.get(name) for name in given)
        read |= {row["name"] for row in rows if row is not None and row["role"] in ("input", "config")}
        return {
            f"{config}/{key}": _short(values[key]) if key in values else "absent"
            for config, values in self.configs.items()
            for key in sorted(read)
        }


def _by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[column], []).append(row)
    return grouped


def _joined(rows: Sequence[Row], column: str) -> str | None:
    """The different digests of one column as one; None without rows."""
    return _short(sorted({row[column] for row in rows})) if rows else None


def _short(value: Any) -> str:
    return digest(canonical_json(value))[:20]

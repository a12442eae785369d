"""What differs between two sets of definitions: for every feature whether it is new or modified, and why.

Definitions are reduced to a few digests a feature before they are compared, so that the two sides need not be in
memory, nor even in the same place, as whole tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

from featurecat.catalog.canonical import canonical_json
from featurecat.definition.fingerprint import digest

__all__ = [
    "MEANINGS",
    "REASONS",
    "REDUCTION",
    "SOURCE",
    "ReducedFeature",
    "ReducedVariant",
    "States",
    "as_plain",
    "compare",
    "reduce_tables",
    "reduced_from",
]

#: Why a feature can be modified, in the order in which it is told.
REASONS: Final = ("body", "helper", "dependency", "expectation", "config", "type")
#: Rises whenever equal tables would be reduced to something else.
REDUCTION: Final = 1

#: The table of a snapshot that takes definitions apart; catalogs have none of that name.
MEANINGS: Final = "meanings"
#: Before the names of sources in it.
SOURCE: Final = "source:"

#: What of two variants is compared, and what it is called when it differs.
_COMPARED: Final = {
    "own": "body",
    "code": "helper",
    "inputs": "dependency",
    "checks": "expectation",
    "dtype": "type",
    "returns": "type",
    "text": "",
    "fingerprint": "",
}
_GIVEN = ("input", "config", "source")
_TYPE = ("role", "dtype", "unit", "entity", "event_timestamp", "meta")
_DESCRIPTION = ("doc", "tags", "pii", "status", "sunset", "replaced_by")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReducedVariant:
    """One variant of a feature, as digests.

    Attributes:
        label: Engine and condition.
        origin: Engine and function: what a variant keeps when its condition changes.
        dtype: The declared type.
        inputs: What it takes, under which parameters.
        own: Its functions as written; None in a snapshot that was taken by an older version.
        code: With all they reach.
        returns: What the type it declares is made of; None as ``own``.
        checks: What its expectations are made of; None as ``own``.
        text: The source text, decorators and documentation included.
        fingerprint: The fingerprint, which covers every decorator; the source text where there is none.
    """

    label: str
    origin: str
    dtype: str | None
    inputs: str
    own: str | None
    code: str | None
    returns: str | None
    checks: str | None
    text: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReducedFeature:
    """One public feature, as digests.

    Attributes:
        variants: Its variants.
        expectations: What is expected of it; None when nothing is.
        types: What it declares of its values and rows.
        description: Documentation, owner, tags, status.
        settings: ``config/key`` to the value that a named config has for a key that the feature reads.
    """

    variants: tuple[ReducedVariant, ...]
    expectations: str | None
    types: str
    description: str
    settings: Mapping[str, str]


@dataclass(frozen=True)
class States:
    """What became of every public feature since a reference.

    Attributes:
        reference: What was compared with, as it was asked for.
        commit: The commit that is; None for a snapshot.
        states: Catalog key to ``new``, ``modified`` or ``unmodified``.
        reasons: Catalog key of each modified feature to why, out of :data:`REASONS`.
        removed: Features that are no more.
        redescribed: Unmodified features whose documentation, owner, tags or status differ.
        notices: What to say beside the answer.
    """

    reference: str
    commit: str | None
    states: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]
    removed: tuple[str, ...] = ()
    redescribed: frozenset[str] = frozenset()
    notices: tuple[str, ...] = field(default=())

    def of(self, feature: str) -> str:
        """The state of a feature: ``new``, ``modified`` or ``unmodified``.

        Args:
            feature: Its catalog key. What is not known is new.

        Example:
            >>> States("main", None, {"spend": "modified"}, {"spend": ("helper",)}).of("spend")
            'modified'
        """
        return self.states.get(feature, "new")

    def why(self, feature: str) -> str:
        """The state in words: ``new``, ``body, type``, or nothing when it is unmodified.

        Example:
            >>> States("main", None, {"spend": "modified"}, {"spend": ("helper", "type")}).why("spend")
            'helper, type'
        """
        state = self.of(feature)
        return ", ".join(self.reasons.get(feature, ())) if state == "modified" else "new" if state == "new" else ""

    @cached_property
    def selectable(self) -> Mapping[str, tuple[str, ...]]:
        """Catalog key to the values of ``state:`` that select it: a new feature counts as modified, too."""
        words = {"new": ("new", "modified")}
        return {feature: words.get(state, (state,)) for feature, state in self.states.items()}

    def in_graph(self, graph: str) -> Mapping[str, tuple[str, ...]]:
        """As :attr:`selectable`, by the names of one graph: what an index over that graph takes.

        Args:
            graph: Name of the graph.

        Example:
            >>> States("main", None, {"us/wind": "new", "spend": "unmodified"}, {}).in_graph("us")
            {'wind': ('new', 'modified')}
        """
        if graph == "default":
            return {key: words for key, words in self.selectable.items() if "/" not in key}
        start = f"{graph}/"
        return {key.removeprefix(start): words for key, words in self.selectable.items() if key.startswith(start)}


def compare(
    before: Mapping[str, ReducedFeature],
    now: Mapping[str, ReducedFeature],
    *,
    reference: str,
    commit: str | None = None,
) -> States:
    """Compare two sets of reduced definitions.

    Args:
        before: The older side, by catalog key.
        now: The newer side.
        reference: What the older side is called.
        commit: The commit it is.

    Returns:
        The states of the newer side's features.

    Example:
        >>> compare({}, {}, reference="main").removed
        ()
    """
    reasons = {key: _reasons(before[key], one) for key, one in now.items() if key in before}
    states = {key: "new" if key not in before else "modified" if reasons[key] else "unmodified" for key in now}
    return States(
        reference=reference,
        commit=commit,
        states=states,
        reasons={key: found for key, found in reasons.items() if found},
        removed=tuple(sorted(before.keys() - now.keys())),
        redescribed=frozenset(
            key for key, found in reasons.items() if not found and before[key].description != now[key].description
        ),
    )


def _reasons(before: ReducedFeature, now: ReducedFeature) -> tuple[str, ...]:
    """Why a feature is modified, in the order of :data:`REASONS`; nothing when it is not."""
    if before == now:
        return ()
    pairs = list(_paired(before.variants, now.variants))
    found = {reason for old, new in pairs for reason in _variant_reasons(old, new)}
    if before.types != now.types:
        found.add("type")
    if before.expectations != now.expectations:
        found.add("expectation")
    if _is_configured_otherwise(before, now, pairs):
        found.add("config")
    return tuple(reason for reason in REASONS if reason in found)


def _is_configured_otherwise(
    before: ReducedFeature, now: ReducedFeature, pairs: Sequence[tuple[ReducedVariant, ReducedVariant]]
) -> bool:
    """Whether there are other variants, under other conditions, or a config has another value for a key that is read."""
    if len(pairs) != max(len(before.variants), len(now.variants)) or any(old.label != new.label for old, new in pairs):
        return True
    common = before.settings.keys() & now.settings.keys()
    return any(before.settings[key] != now.settings[key] for key in common)


def _paired(
    before: Sequence[ReducedVariant], now: Sequence[ReducedVariant]
) -> Iterator[tuple[ReducedVariant, ReducedVariant]]:
    """Variants of the same label, then those of one function whose condition has changed."""
    labels = {one.label: one for one in before}
    rest = {one.origin: one for one in before if one.label not in {other.label for other in now}}
    for one in now:
        old = labels.get(one.label) or rest.pop(one.origin, None)
        if old is not None:
            yield old, one


def _variant_reasons(before: ReducedVariant, now: ReducedVariant) -> Iterator[str]:
    differing = {name for name in _COMPARED if getattr(before, name) != getattr(now, name)}
    if None in (before.own, now.own):  # all that is known is the fingerprint, which covers every decorator
        told = "own" if "text" in differing else "code"
        differing = differing & {"inputs", "dtype"} | ({told} if "fingerprint" in differing else set())
    if "own" in differing:  # what it reaches differs with it
        differing.discard("code")
    yield from (_COMPARED[name] for name in differing if _COMPARED[name])


# --- tables to digests ---------------------------------------------------------------------------


def reduce_tables(tables: Mapping[str, Sequence[Row]]) -> dict[str, ReducedFeature]:
    """The public features of definition tables, as digests.

    Args:
        tables: Rows by table, as a snapshot holds them.

    Returns:
        Catalog key to feature. What decorators generate counts for the feature it was generated for.
    """
    return _Reduction(tables).features()


def as_plain(reduced: Mapping[str, ReducedFeature]) -> dict[str, Any]:
    """Reduced definitions as JSON-ready data; :func:`reduced_from` reads it."""
    return {key: asdict(one) for key, one in reduced.items()}


def reduced_from(plain: Mapping[str, Any]) -> dict[str, ReducedFeature]:
    """Reduced definitions out of JSON data.

    Raises:
        TypeError: When it is something else.
        KeyError: When a part is missing.
    """
    return {
        key: ReducedFeature(**{**one, "variants": tuple(ReducedVariant(**variant) for variant in one["variants"])})
        for key, one in plain.items()
    }


class _Reduction:
    """The tables of one side, by feature."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self.features_by_key = {row["feature"]: row for row in tables.get("features", ())}
        self.variants = _by(tables.get("variants", ()), "feature")
        self.meanings = _by(tables.get(MEANINGS, ()), "feature")
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
        labels = [variant["variant"] for variant in self.variants.get(key, ())]
        walks = {label: self.walked(key, label, labels) for label in labels}
        inner = list(dict.fromkeys(node for nodes, _ in walks.values() for node in nodes)) or [key]
        given = {edge["parent"] for _, taken in walks.values() for edge in taken}
        columns = self.columns.get(key, ())
        typed = sorted(_kept(column, ("name", "dtype", "nullable", "origin")) for column in columns)
        described = sorted(_kept(column, ("name", "doc")) for column in columns)
        owners = sorted(_kept(owner, ("owner", "role")) for owner in self.owners.get(key, ()))
        return ReducedFeature(
            variants=tuple(
                self.variant(variant, *walks[variant["variant"]], labels) for variant in self.variants.get(key, ())
            ),
            expectations=self.expected(key, row, given),
            types=_short([_kept(row, _TYPE), typed]),
            description=_short([_kept(row, _DESCRIPTION), described, owners]),
            settings=self.settings(inner, given),
        )

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
        return ReducedVariant(
            label=label,
            origin=f"{row['engine']} {row['function']}",
            dtype=row["dtype"],
            inputs=_short(sorted({self.taken(edge) for edge in taken})),
            own=_joined(meant, "own"),
            code=_joined(meant, "code"),
            returns=_joined(meant, "returns"),
            checks=_joined(meant, "checks"),
            text=_short(sorted({str(one["source_text"]) for one in written})),
            fingerprint=_short(sorted({str(one["fingerprint"] or one["source_text"]) for one in written})),
        )

    def of_variant(
        self, table: Mapping[str, Sequence[Row]], nodes: Iterable[str], label: str, labels: Sequence[str]
    ) -> Iterator[Row]:
        """The rows of nodes that belong to one variant: those of its label, and those of none of its siblings."""
        for node in nodes:
            yield from (one for one in table.get(node, ()) if one["variant"] == label or one["variant"] not in labels)

    def taken(self, edge: Row) -> str:
        """An edge as text, with what is declared of a source."""
        parent = edge["parent"]
        row = self.features_by_key.get(parent, {})
        source = self.sources.get(row.get("name", parent)) if row.get("role") == "source" else None
        declared = None if source is None else [source["kind"], source["uri"]]
        meant = [] if source is None else [one["own"] for one in self.meanings.get(f"{SOURCE}{source['source']}", ())]
        return canonical_json([parent, edge["parameter"], edge["optional"], declared, meant])

    def expected(self, key: str, row: Row, given: Iterable[str]) -> str | None:
        """What is expected of a feature, the age of what it reads included."""
        expectations = sorted(
            canonical_json({name: value for name, value in one.items() if name not in ("file", "line") and value is not None})
            for one in self.expectations.get(key, ())
        )
        ages = {name: self.sources[name]["freshness"] for name in given if name in self.sources}
        fresh = {name: age for name, age in {key: row.get("freshness"), **ages}.items() if age is not None}
        return _short([expectations, fresh]) if expectations or fresh else None

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


def _kept(row: Row, columns: Iterable[str]) -> str:
    return canonical_json([row.get(column) for column in columns])


def _short(value: Any) -> str:
    return digest(canonical_json(value))[:20]

"""Which expectations a check is about, and where the values lie that they are judged on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from featurecat.catalog.gating import gate_rows
from featurecat.expectations.registry import KINDS, others_of
from featurecat.expectations.spec import ExpectationSpec, check_id
from featurecat.project.discover import Project
from featurecat.records import CheckRecord

__all__ = ["Definitions", "Published", "Subject", "read_definitions", "subjects_of"]

_MASK = "***"
NOT_PUBLISHED = "could not be evaluated: nothing was published yet (materialize does it)"


@dataclass(frozen=True, slots=True)
class Published:
    """Where the latest published values of a feature lie."""

    feature: str
    variant: str
    engine: str
    artifact_id: str
    run_id: str
    committed_at: str
    path: str
    column: str
    entity: tuple[str, ...]
    timestamp: str | None
    rows: int
    bytes: int
    content_hash: str | None
    dtype: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """One expectation that is to be judged.

    Attributes:
        spec: The expectation. Of one with a judge of its own, the judge is missing: it is found in the modules.
        needs_code: Whether judging takes the user's code.
    """

    check_id: str
    feature: str
    variant: str
    spec: ExpectationSpec
    published: Published | None
    pii: bool = False
    code: str | None = None
    needs_code: bool = False

    def record(self, status: str, message: str | None = None, **more: Any) -> CheckRecord:
        """A record of this expectation."""
        return CheckRecord(
            check_id=self.check_id,
            feature=self.feature,
            variant=self.variant,
            kind=self.spec.kind,
            severity=self.spec.severity,
            status=status,
            params=self.spec.params,
            message=message,
            **more,
        )


@dataclass(slots=True)
class Definitions:
    """What the catalog says of the public features.

    Attributes:
        features: Rows by catalog key, sources included.
        variants: Rows of the view ``variants``.
        owners: Rows of the view ``owners``.
        expectations: Rows by feature.
        published: Where the latest values lie, by feature.
        personal_keys: Columns that the settings of a source list as personal.
        ages: How old the rows of sources may be, where the settings say so.
    """

    features: dict[str, Mapping[str, Any]]
    variants: Sequence[Mapping[str, Any]]
    owners: Sequence[Mapping[str, Any]]
    expectations: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    published: dict[str, Published] = field(default_factory=dict)
    personal_keys: frozenset[str] = frozenset()
    ages: Mapping[str, str] = field(default_factory=dict)

    def checkable(self) -> list[str]:
        """Catalog keys of the public features, and of the frames that something is expected of."""
        return [
            key
            for key, row in self.features.items()
            if row["public"] and (row["role"] == "feature" or key in self.expectations)
        ]

    def personal_columns(self) -> frozenset[str]:
        """The columns with personal data, by the names they have in artifacts; those of sources as well."""
        personal = [key for key, row in self.features.items() if row["pii"]]
        columns = {self.published[key].column for key in personal if key in self.published}
        return frozenset(columns | self.personal_keys | {self.features[key]["name"] for key in personal})

    def frames(self) -> frozenset[str]:
        """Catalog keys of the features whose values are whole frames."""
        return frozenset(key for key, row in self.features.items() if row["role"] == "frame")


def read_definitions(project: Project) -> Definitions:
    """The definitions as the catalog has them; no user code is imported.

    Raises:
        CatalogError: When there is no catalog.
    """
    rows = gate_rows(project.store.catalog, "features", "variants", "owners", "expectations", "published")
    found = Definitions({row["feature"]: row for row in rows["features"]}, rows["variants"], rows["owners"])
    found.ages = {name: one.freshness for name, one in project.settings.sources.items() if one.freshness is not None}
    for row in rows["expectations"]:
        found.expectations.setdefault(row["feature"], []).append(row)
    found.published = {row["feature"]: _published(row) for row in rows["published"]}
    found.personal_keys = frozenset(column for source in project.settings.sources.values() for column in source.pii)
    return found


def _published(row: Mapping[str, Any]) -> Published:
    return Published(
        feature=row["feature"],
        variant=row["variant"],
        engine=row["engine"],
        artifact_id=row["artifact_id"],
        run_id=row["run_id"],
        committed_at=row["committed_at"],
        path=row["path"],
        column=row["column"],
        entity=tuple(row["entity"] or ()),
        timestamp=row["event_timestamp"],
        rows=row["rows"],
        bytes=row["bytes"],
        content_hash=row["content_hash"],
        dtype=row["dtype"],
    )


def subjects_of(definitions: Definitions, features: Iterable[str], *, engine: str | None = None) -> list[Subject]:
    """The expectations of features: the declared ones of the published variant, and those that follow from metadata.

    Args:
        definitions: What the catalog says.
        features: Catalog keys.
        engine: The engine whose variants count for what was never published; None is pandas.
    """
    codes = {(row["feature"], row["variant"]): row["fingerprint"] for row in definitions.variants}
    found: list[Subject] = []
    keyed: set[str] = set()
    for feature in features:
        row, published = definitions.features[feature], definitions.published.get(feature)
        declared = _of_variant(definitions.expectations.get(feature, []), published, engine or "pandas")
        pii = bool(row["pii"])
        found += [_declared(one, published, pii, codes) for one in declared]
        if published is not None and (declared or row["role"] == "feature"):
            found += _implied(row, published, pii)
        if published is not None and published.artifact_id not in keyed and published.entity:
            keyed.add(published.artifact_id)
            key = _key(definitions, published)
            found += [key, *_age_of_source(definitions, key, published)]
    return found


def _of_variant(
    declared: Sequence[Mapping[str, Any]], published: Published | None, engine: str
) -> Sequence[Mapping[str, Any]]:
    """The expectations of the variant that was published, or that would be; of all, where it has none."""
    if published is not None:
        found = [one for one in declared if one["variant"] == published.variant]
    else:
        found = [one for one in declared if one["variant"].partition("[")[0] in (engine, "any")]
    return found or declared


def _declared(
    row: Mapping[str, Any],
    published: Published | None,
    pii: bool,
    codes: Mapping[tuple[str, str], str | None],
) -> Subject:
    params = row["params"] or {}
    plain = row["kind"] in KINDS and _MASK not in str(params)
    spec = ExpectationSpec(
        row["kind"],
        params,
        row["severity"],
        row["origin"],
        row["file"],
        row["line"],
        fail_if=row.get("fail_if"),
        warn_if=row.get("warn_if"),
        others=others_of(row["kind"], params) if plain else (),
    )
    code = None if plain else codes.get((row["feature"], row["variant"]))
    return Subject(row["check_id"], row["feature"], row["variant"], spec, published, pii, code, not plain)


def _implied(row: Mapping[str, Any], published: Published, pii: bool) -> list[Subject]:
    """What metadata promise: the declared type, and how old the values may be."""
    specs = []
    if row["dtype"] is not None and row["role"] == "feature":
        specs.append(ExpectationSpec("dtype", {"dtype": row["dtype"]}, "error", "feature"))
    if row["freshness"] is not None:
        specs.append(ExpectationSpec("age", {"freshness": row["freshness"]}, "error", "feature"))
    feature = row["feature"]
    return [
        Subject(check_id(feature, spec.kind, spec.params), feature, published.variant, spec, published, pii)
        for spec in specs
    ]


def _age_of_source(definitions: Definitions, key: Subject, published: Published) -> list[Subject]:
    """How old the rows of a source may be, where its settings say so and the rows have a moment of their own."""
    freshness = definitions.ages.get(key.feature)
    if freshness is None or published.timestamp is None:
        return []
    spec = ExpectationSpec("age", {"freshness": freshness}, "error", "source")
    return [Subject(check_id(key.feature, spec.kind, spec.params), key.feature, "", spec, published)]


def _key(definitions: Definitions, published: Published) -> Subject:
    """That the keys of an artifact are there and tell its rows apart; it belongs to what declares them."""
    keys = [*published.entity, *([published.timestamp] if published.timestamp else [])]
    grain = sorted(published.entity)
    declaring = [
        feature
        for feature, row in definitions.features.items()
        if sorted(row["entity"] or ()) == grain and row["event_timestamp"] == published.timestamp
    ]
    sources = [feature for feature in declaring if definitions.features[feature]["role"] == "source"]
    feature = next(iter([*sources, *declaring]), published.feature)
    spec = ExpectationSpec("key", {"columns": keys}, "error", "grain")
    return Subject(check_id(feature, spec.kind, spec.params), feature, "", spec, published)

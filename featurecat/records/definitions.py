"""Rows of the definition tables: what an index finds, and what snapshots keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

__all__ = [
    "DEFINITION_TABLES",
    "AuthorRow",
    "CodePartRow",
    "ColumnReadRow",
    "ColumnRow",
    "ConfigKeyRow",
    "ConfigRow",
    "ConsumerRow",
    "ConsumerTaintRow",
    "CoverageRow",
    "DeclassificationRow",
    "DefinitionRow",
    "DocSectionRow",
    "EdgeRow",
    "ExpectationRow",
    "FeatureRow",
    "IndexErrorRow",
    "ModuleRow",
    "OwnerRow",
    "SimilarRow",
    "SourceRow",
    "TagRow",
    "TaintRow",
    "TaintStepRow",
    "VariantRow",
]


class DefinitionRow:
    """A row of one of the definition tables; ``table`` names it, ``key`` lists its logical key."""

    __slots__ = ()
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]

    def as_dict(self) -> dict[str, Any]:
        """The row as plain JSON-ready values, column by column."""
        return {column.name: getattr(self, column.name) for column in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class FeatureRow(DefinitionRow):
    """One node name of a graph. ``feature`` is the catalog key: ``name`` in the default graph, else ``graph/name``."""

    table: ClassVar[str] = "features"
    key: ClassVar[tuple[str, ...]] = ("feature",)
    graph: str
    feature: str
    name: str
    role: str
    public: bool
    doc: str | None
    summary: str | None
    dtype: str | None
    unit: str | None
    entity: tuple[str, ...]
    event_timestamp: str | None
    grain: str | None
    pii: bool
    status: str | None
    sunset: str | None
    replaced_by: str | None
    freshness: str | None
    tags: Mapping[str, tuple[str, ...]]
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VariantRow(DefinitionRow):
    """One definition of a name: ``condition`` lists the config clauses under which it holds.

    ``body_hash`` is that of the syntax tree without the names that its author chose: equal for copies.
    """

    table: ClassVar[str] = "variants"
    key: ClassVar[tuple[str, ...]] = ("feature", "variant")
    feature: str
    variant: str
    engine: str
    condition: list[dict[str, Any]]
    module: str | None
    function: str | None
    file: str | None
    line: int | None
    end_line: int | None
    dtype: str | None
    source_text: str | None
    fingerprint: str | None
    fingerprint_algorithm: str | None
    signature: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class EdgeRow(DefinitionRow):
    """``child`` takes ``parent`` as ``parameter``; ``variant`` is set where only some variants do.

    ``kind`` is ``data`` for a feature's own inputs, ``check`` for the edges around a validator.
    """

    table: ClassVar[str] = "edges"
    key: ClassVar[tuple[str, ...]] = ("parent", "child", "variant", "parameter")
    parent: str
    child: str
    variant: str | None
    parameter: str
    optional: bool
    kind: str


@dataclass(frozen=True, slots=True)
class OwnerRow(DefinitionRow):
    """Who answers for a feature; ``origin`` says where that is written (``feature``, ``tag``, ``module``, ``codeowners``)."""

    table: ClassVar[str] = "owners"
    key: ClassVar[tuple[str, ...]] = ("feature", "owner", "role")
    feature: str
    owner: str
    role: str
    origin: str


@dataclass(frozen=True, slots=True)
class TagRow(DefinitionRow):
    """One value of one tag."""

    table: ClassVar[str] = "tags"
    key: ClassVar[tuple[str, ...]] = ("feature", "key", "value")
    feature: str
    # the catalog's column is called "key"; the class attribute of that name is the logical key above
    tag: str
    value: str

    def as_dict(self) -> dict[str, Any]:
        """The row under the catalog's own column names."""
        return {"feature": self.feature, "key": self.tag, "value": self.value}


@dataclass(frozen=True, slots=True)
class ModuleRow(DefinitionRow):
    """A module as it was indexed; ``file`` is relative to the project root, ``status`` is ``ok`` or ``error``."""

    table: ClassVar[str] = "modules"
    key: ClassVar[tuple[str, ...]] = ("module",)
    module: str
    file: str | None
    doc: str | None
    git_commit: str | None
    size: int | None
    mtime_ns: int | None
    content_hash: str | None
    status: str


@dataclass(frozen=True, slots=True)
class IndexErrorRow(DefinitionRow):
    """A problem found while indexing; it hides nothing else."""

    table: ClassVar[str] = "index_errors"
    key: ClassVar[tuple[str, ...]] = ("module", "code", "file", "line", "message")
    module: str | None
    code: str
    file: str | None
    line: int | None
    message: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class ColumnRow(DefinitionRow):
    """A column of a frame or source; ``origin`` is ``declared`` or ``extracted``."""

    table: ClassVar[str] = "columns"
    key: ClassVar[tuple[str, ...]] = ("feature", "name")
    feature: str
    ordinal: int
    name: str
    dtype: str | None
    nullable: bool | None
    origin: str
    doc: str | None


@dataclass(frozen=True, slots=True)
class SourceRow(DefinitionRow):
    """A declared source; ``uri`` is redacted."""

    table: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("source",)
    source: str
    kind: str
    uri: str | None
    schema_hash: str | None
    freshness: str | None


@dataclass(frozen=True, slots=True)
class ExpectationRow(DefinitionRow):
    """One expectation of one variant of a feature; ``fail_if`` and ``warn_if`` are its limits, as ``> 1%``."""

    table: ClassVar[str] = "expectations"
    key: ClassVar[tuple[str, ...]] = ("check_id", "feature", "variant")
    check_id: str
    feature: str
    variant: str
    kind: str
    params: Mapping[str, Any]
    severity: str
    origin: str
    file: str | None
    line: int | None
    fail_if: str | None = None
    warn_if: str | None = None


@dataclass(frozen=True, slots=True)
class ConfigRow(DefinitionRow):
    """One key of one named config, redacted."""

    table: ClassVar[str] = "configs"
    key: ClassVar[tuple[str, ...]] = ("config", "name")
    config: str
    name: str
    value: Any

    def as_dict(self) -> dict[str, Any]:
        """The row under the catalog's own column names."""
        return {"config": self.config, "key": self.name, "value": self.value}


@dataclass(frozen=True, slots=True)
class ConfigKeyRow(DefinitionRow):
    """A config key that a variant's condition reads: ``operator`` is equal, not_equal, in or not_in."""

    table: ClassVar[str] = "config_keys"
    key: ClassVar[tuple[str, ...]] = ("name", "feature", "variant", "operator")
    name: str
    feature: str
    variant: str
    operator: str
    value: Any

    def as_dict(self) -> dict[str, Any]:
        """The row under the catalog's own column names."""
        return {
            "key": self.name,
            "feature": self.feature,
            "variant": self.variant,
            "operator": self.operator,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class ConsumerRow(DefinitionRow):
    """A model, dashboard or feature set that uses a feature."""

    table: ClassVar[str] = "consumers"
    key: ClassVar[tuple[str, ...]] = ("consumer", "kind", "feature")
    consumer: str
    kind: str
    feature: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class DocSectionRow(DefinitionRow):
    """One entry of a section of a feature's documentation; ``section`` is ``summary``, ``text``, ``args`` and so on."""

    table: ClassVar[str] = "doc_sections"
    key: ClassVar[tuple[str, ...]] = ("feature", "ordinal")
    feature: str
    ordinal: int
    section: str
    name: str | None
    type: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class AuthorRow(DefinitionRow):
    """Who wrote most lines of a feature that has no owner; another clone may say otherwise."""

    table: ClassVar[str] = "authors"
    key: ClassVar[tuple[str, ...]] = ("feature",)
    feature: str
    author: str
    lines: int


@dataclass(frozen=True, slots=True)
class CodePartRow(DefinitionRow):
    """A piece of code that fingerprints cover: ``kind`` is function, class, constant, import, module or file."""

    table: ClassVar[str] = "code_parts"
    key: ClassVar[tuple[str, ...]] = ("place",)
    place: str
    part: str
    kind: str
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class CoverageRow(DefinitionRow):
    """What the fingerprint of a definition covers, as ``place`` of :class:`CodePartRow`, in the order of first reach."""

    table: ClassVar[str] = "fingerprint_covers"
    key: ClassVar[tuple[str, ...]] = ("feature", "variant")
    feature: str
    variant: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnReadRow(DefinitionRow):
    """A column that a definition reads of a frame it takes; ``column`` is ``*`` where all of them may be read.

    ``origin`` says how that is known: ``subscript``, ``attribute``, ``expression``, ``query``, ``extracted``, …
    """

    table: ClassVar[str] = "column_reads"
    key: ClassVar[tuple[str, ...]] = ("feature", "variant", "parent", "column", "output")
    feature: str
    variant: str
    parent: str
    column: str
    output: str | None
    origin: str
    line: int | None


@dataclass(frozen=True, slots=True)
class TaintRow(DefinitionRow):
    """A taint that a feature bears: ``origin`` is ``declared`` or ``inherited``, ``via`` the parent it came from."""

    table: ClassVar[str] = "taints"
    key: ClassVar[tuple[str, ...]] = ("feature", "taint")
    feature: str
    taint: str
    origin: str
    via: str | None


@dataclass(frozen=True, slots=True)
class TaintStepRow(DefinitionRow):
    """The step with which a taint came to a feature, or to one column of it; ``stopped`` where it is taken away there.

    ``via`` and ``via_column`` are where it came from, ``hops`` the fewest steps from where it was declared.
    """

    table: ClassVar[str] = "taint_steps"
    key: ClassVar[tuple[str, ...]] = ("feature", "column", "taint", "stopped")
    feature: str
    column: str | None
    taint: str
    via: str | None
    via_column: str | None
    hops: int
    variant: str | None
    file: str | None
    line: int | None
    stopped: bool


@dataclass(frozen=True, slots=True)
class ConsumerTaintRow(DefinitionRow):
    """A taint that a consumer is given with a feature; ``cleared`` where the settings allow that."""

    table: ClassVar[str] = "consumer_taints"
    key: ClassVar[tuple[str, ...]] = ("consumer", "kind", "feature", "taint")
    consumer: str
    kind: str
    feature: str
    taint: str
    cleared: bool


@dataclass(frozen=True, slots=True)
class DeclassificationRow(DefinitionRow):
    """Where a taint is stopped, by which method, and who answers for that."""

    table: ClassVar[str] = "declassifications"
    key: ClassVar[tuple[str, ...]] = ("feature", "taint")
    feature: str
    taint: str
    method: str
    reason: str | None
    approved_by: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class SimilarRow(DefinitionRow):
    """Two features that may be one: ``feature`` sorts before ``other``; ``score`` is at most 1."""

    table: ClassVar[str] = "similar_definitions"
    key: ClassVar[tuple[str, ...]] = ("feature", "other", "method")
    feature: str
    other: str
    method: str
    score: float


#: The definition tables in the order snapshots write them.
DEFINITION_TABLES: tuple[type[DefinitionRow], ...] = (
    FeatureRow,
    VariantRow,
    EdgeRow,
    OwnerRow,
    TagRow,
    ModuleRow,
    IndexErrorRow,
    ColumnRow,
    SourceRow,
    ExpectationRow,
    ConfigRow,
    ConfigKeyRow,
    ConsumerRow,
    DocSectionRow,
    AuthorRow,
    CodePartRow,
    CoverageRow,
    ColumnReadRow,
    TaintRow,
    TaintStepRow,
    DeclassificationRow,
    ConsumerTaintRow,
    SimilarRow,
)

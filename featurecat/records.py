"""Frozen rows that cross rooms: what the catalog knows, what a manifest says.

A row's fields are the columns of the catalog table of the same name (``docs/architecture.md``).
Execution and storage yield records, the catalog stores them, everything above reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from featurecat.errors import Problem

__all__ = [
    "DEFINITION_TABLES",
    "MANIFEST_VERSION",
    "ArtifactRecord",
    "AuthorRow",
    "CheckRecord",
    "CodePartRow",
    "ColumnRow",
    "ConfigKeyRow",
    "ConfigRow",
    "ColumnReadRow",
    "ConsumerRow",
    "CoverageRow",
    "ConsumerTaintRow",
    "DeclassificationRow",
    "DefinitionRow",
    "DocSectionRow",
    "EdgeRow",
    "ErrorRecord",
    "ExpectationRow",
    "FeatureRecord",
    "FeatureRow",
    "Fingerprint",
    "GateReport",
    "GateResult",
    "IndexErrorRow",
    "InputRecord",
    "Manifest",
    "ModuleRow",
    "OwnerRow",
    "ProjectRecord",
    "RequestRecord",
    "SimilarRow",
    "SourceRow",
    "TagRow",
    "TaintRow",
    "TaintStepRow",
    "VariantRow",
]

MANIFEST_VERSION = 1


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


# --- manifests ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a value is made of: its code, the config it saw, its inputs (Merkle hashes, or None)."""

    algorithm: str = "v1"
    code: str | None = None
    config: str | None = None
    inputs: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """The project at the time of a run."""

    name: str
    graph: str = "default"
    git_commit: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """What was asked for; secrets in ``config`` are ``***`` and their keys stand in ``redacted``."""

    selection: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    redacted: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputRecord:
    """Something read: ``kind`` is file, value or frame; sizes in bytes, times in ns since the epoch."""

    name: str
    kind: str
    uri: str | None = None
    bytes: int | None = None
    mtime_ns: int | None = None
    schema_hash: str | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class ArtifactRecord:
    """One published file; ``path`` is relative to the store."""

    artifact_id: str
    path: str
    rows: int
    bytes: int
    content_hash: str | None
    schema_hash: str | None
    format: str = "parquet"
    partition: Mapping[str, Any] = field(default_factory=dict)
    entity: tuple[str, ...] = ()
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class FeatureRecord:
    """One feature of a run; ``action`` is run, reuse, input or skip."""

    feature: str
    variant: str
    action: str
    artifact_id: str | None = None
    column: str | None = None
    dtype: str | None = None
    engine_dtype: str | None = None
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    seconds: float | None = None
    profile: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One expectation's verdict: ``status`` is pass, warn, fail, error, skip or no_data.

    ``sample`` holds rows at fault, each its keys and the value under the feature's column; ``cached_from`` is the run
    that a verdict was taken over from, because neither code nor data had changed since.
    """

    check_id: str
    feature: str
    variant: str
    kind: str
    severity: str
    status: str
    params: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)
    rows: int | None = None
    failing_rows: int | None = None
    message: str | None = None
    seconds: float | None = None
    sample: tuple[Mapping[str, Any], ...] = ()
    cached_from: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """Why a run failed."""

    code: str
    message: str
    feature: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run, as its immutable file says. ``status`` is published, checked, failed or quarantined.

    ``unknown`` keeps top-level fields that a newer minor version wrote.
    """

    run_id: str
    kind: str
    status: str
    started_at: str
    committed_at: str
    seconds: float
    project: ProjectRecord
    engine: str
    versions: Mapping[str, str | None]
    request: RequestRecord
    graph_fingerprint: str | None = None
    schema_version: int = MANIFEST_VERSION
    attempt: int = 1
    parent_run_id: str | None = None
    executor: str = "local"
    inputs: tuple[InputRecord, ...] = ()
    artifacts: tuple[ArtifactRecord, ...] = ()
    features: tuple[FeatureRecord, ...] = ()
    checks: tuple[CheckRecord, ...] = ()
    error: ErrorRecord | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)


# --- gates ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate made of one expectation's verdict, or of what a rule of ``lint`` found.

    Attributes:
        check: The verdict. Of a rule, ``kind`` is its name, and ``params`` are empty.
        outcome: ``passed``, ``noted`` (not held, of severity info), ``warned``, ``failed``, ``unevaluated``,
            ``skipped``, ``waived`` (by a waiver in the code) or ``known`` (no worse than the baseline allows).
        file: Where the feature is defined, relative to the project, with slashes.
        line: Line of its function in ``file``, from 1.
        owner: Who answers for the feature, several joined by a comma.
        note: Why the outcome is not what the status alone would make it, such as a waiver's reason.
        query: A statement for any DuckDB client that lists all rows at fault, or None.
    """

    check: CheckRecord
    outcome: str
    file: str | None = None
    line: int | None = None
    owner: str | None = None
    note: str | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a gate found, ready to be reported in any format.

    Attributes:
        tool: ``check`` or ``lint``.
        project: Its name.
        results: Sorted by feature, variant, kind and check id.
        exit_code: What the process ends with.
        run_id: The run on record; None where there is none, as of ``lint``.
        started_at: UTC, as text.
        seconds: Wall time.
        git_commit: The commit that is checked out, or None.
        selected: Catalog keys of the features the gate was about.
        unchecked: Those of them that nothing was expected of.
        problems: What else is wrong: files that cannot be read, entries of the baseline that expired.
        notes: What to say beside it, such as entries of the baseline that can be tightened.
    """

    tool: str
    project: str
    results: tuple[GateResult, ...]
    exit_code: int
    run_id: str | None = None
    started_at: str | None = None
    seconds: float | None = None
    git_commit: str | None = None
    selected: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

"""What the site shows, as frozen values: one snapshot of a catalog, without Sphinx and without DuckDB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

__all__ = [
    "CHECK_STATES",
    "Change",
    "Check",
    "Consumer",
    "DocumentSection",
    "Feature",
    "Module",
    "Profile",
    "Run",
    "Similar",
    "Snapshot",
    "Source",
    "Variant",
    "Verdict",
    "slug",
]

#: What the checks of a feature say together, worst first: ``unknown`` has checks that never ran, ``none`` has none.
CHECK_STATES = ("failing", "warning", "passing", "unknown", "none")

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_LONGEST = 80


@lru_cache(maxsize=1 << 16)
def slug(text: str) -> str:
    """A text as a file name and part of an address: itself where that is safe, else with a piece of its hash.

    Args:
        text: Any text.

    Example:
        >>> slug("net_amount"), slug("team=sales/eu")
        ('net_amount', 'team-sales-eu-29ca98')
    """
    if len(text) <= _LONGEST and _SAFE.fullmatch(text) and not text.endswith((".", "-")) and text == text.lower():
        return text
    plain = re.sub(r"[^a-z0-9_.]+", "-", text.lower()).strip("-.")[:_LONGEST]
    return f"{plain or 'x'}-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:6]}"


@lru_cache(maxsize=1 << 16)
def _feature_address(module: str, feature: str) -> str:
    return f"features/{slug(module or 'none')}/{slug(feature)}.html"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run said of one expectation: ``pass``, ``fail``, ``warn``, ``error`` or ``skip``, and when (UTC)."""

    status: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """An expectation of a feature with what was last said of it.

    Attributes:
        origin: What declared it, such as ``check_output``.
        status: Of the last run that judged it; None if none did.
        share: Share of failing rows, 0 to 1.
        history: The last verdicts, oldest first, at most 30.
    """

    check_id: str
    variant: str | None
    kind: str
    params: Mapping[str, Any]
    severity: str
    origin: str | None
    file: str | None
    line: int | None
    status: str | None
    message: str | None
    rows: int | None
    failing_rows: int | None
    share: float | None
    committed_at: datetime | None
    run_id: str | None
    history: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """Statistics of the published values of one column; personal data has no values here.

    Attributes:
        kind: ``numeric``, ``text``, … as the catalog names it.
        quantiles: Share to value.
        histogram: As the catalog holds it: ``edges`` and ``counts`` for numbers.
        top: Most frequent values with counts, as the catalog holds them.
    """

    column: str | None
    kind: str | None
    rows: int | None
    nulls: int | None
    distinct: int | None
    minimum: float | None
    maximum: float | None
    mean: float | None
    std: float | None
    earliest: datetime | None
    latest: datetime | None
    quantiles: Any
    histogram: Any
    top: Any
    committed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Variant:
    """One function behind a feature.

    Attributes:
        condition: When it is taken, as JSON-ready data; empty for always.
        file: Relative to the project's root, with slashes.
    """

    variant: str
    engine: str | None
    condition: Any
    module: str
    function: str
    file: str
    line: int
    end_line: int | None
    dtype: str | None
    signature: str | None
    source_text: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run that made values of a feature."""

    run_id: str
    kind: str
    status: str
    engine: str | None
    committed_at: datetime
    seconds: float | None
    rows: int | None
    variant: str | None


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A part of a docstring: ``section`` is summary, text, args, returns and so on."""

    section: str
    name: str | None
    type: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Consumer:
    """A feature set, model or dashboard that uses features."""

    consumer: str
    kind: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Similar:
    """Another feature that looks alike: how it was found, and how alike it is, 0 to 1."""

    feature: str
    method: str
    score: float


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a feature between two snapshots.

    Attributes:
        kind: Class of the change: added, removed, breaking, behavioural, checks, cosmetic or metadata.
        parts: What changed, such as body or unit.
        previous: The name before a renaming.
    """

    feature: str
    snapshot: str
    at: datetime
    git_commit: str | None
    kind: str
    parts: tuple[str, ...]
    previous: str | None


@dataclass(frozen=True, slots=True)
class Feature:
    """A public feature or frame with everything the site tells of it.

    Attributes:
        feature: Catalog key.
        role: ``feature`` or ``frame``.
        owners: Who answers for it, first the one who decides, with where that is said.
        tags: Key to values.
        taints: Such as ``pii``, declared or inherited.
        raw_columns: ``source.column`` that it is made of.
        upstream: Keys of features, frames and sources it is directly made of.
        downstream: Keys of what is directly made of it.
        check_state: One of :data:`CHECK_STATES`.
        stale: Whether its values are older than its freshness allows, as of the catalog.
        as_of_run: When its published values were made; None if never.
        runs: The last ones, newest first.
        earlier_runs: How many more there are.
        digest: Of everything told here as the catalog holds it: equal digests mean equal features.
    """

    feature: str
    role: str
    doc: str | None
    summary: str
    dtype: str | None
    observed_dtype: str | None
    unit: str | None
    entity: tuple[str, ...]
    event_timestamp: str | None
    grain: str | None
    personal_data: bool
    status: str | None
    sunset: str | None
    replaced_by: str | None
    freshness: str | None
    tags: Mapping[str, tuple[str, ...]]
    owners: tuple[tuple[str, str], ...]
    taints: tuple[str, ...]
    variants: tuple[Variant, ...]
    sections: tuple[DocumentSection, ...]
    checks: tuple[Check, ...]
    profiles: tuple[Profile, ...]
    runs: tuple[Run, ...]
    columns: tuple[tuple[str, str | None, str | None], ...]
    raw_columns: tuple[str, ...]
    consumers: tuple[Consumer, ...]
    similar: tuple[Similar, ...]
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    check_state: str
    stale: bool
    as_of_run: datetime | None
    earlier_runs: int = 0
    digest: str = ""

    @property
    def module(self) -> str:
        """Module of its first variant; empty if it has none."""
        return self.variants[0].module if self.variants else ""

    @property
    def address(self) -> str:
        """Where its page is, relative to the root of the site."""
        return _feature_address(self.module, self.feature)

    @property
    def undocumented(self) -> bool:
        """Whether nobody said what it is."""
        return not (self.doc or "").strip()


@dataclass(frozen=True, slots=True)
class Source:
    """A source that features are made of."""

    source: str
    kind: str | None
    uri: str | None
    freshness: str | None
    columns: tuple[str, ...]
    readers: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where its page is, relative to the root of the site."""
        return f"sources/{slug(self.source)}.html"


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project."""

    module: str
    file: str | None
    doc: str | None
    status: str | None

    @property
    def address(self) -> str:
        """Where its page is, relative to the root of the site."""
        return f"modules/{slug(self.module)}.html"


@dataclass(frozen=True)
class Snapshot:
    """A catalog as the site shows it.

    Attributes:
        project: Name of the project.
        as_of: When the catalog was built, UTC: staleness is measured from there.
        features: By key, in order of the keys.
        sources: By name, in order.
        modules: By name, in order; those without public features, too.
        edges: Direct lineage among features, frames and sources as (parent, child), sorted; hidden nodes are folded.
        changes: Newest first.
        index_errors: Modules that could not be read: (module, message).
    """

    project: str
    as_of: datetime
    features: Mapping[str, Feature]
    sources: Mapping[str, Source]
    modules: Mapping[str, Module]
    edges: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...] = ()
    index_errors: tuple[tuple[str, str], ...] = field(default=())

    @cached_property
    def by_module(self) -> dict[str, list[Feature]]:
        """Features of each module that has some."""
        return _grouped(self.features.values(), lambda one: [one.module])

    @cached_property
    def by_owner(self) -> dict[str, list[Feature]]:
        """Features of each owner."""
        return _grouped(self.features.values(), lambda one: [name for name, _ in one.owners])

    @cached_property
    def by_tag(self) -> dict[str, list[Feature]]:
        """Features of each ``key=value``."""
        return _grouped(
            self.features.values(), lambda one: [f"{key}={text}" for key, texts in one.tags.items() for text in texts]
        )

    @cached_property
    def by_entity(self) -> dict[str, list[Feature]]:
        """Features of each grain: ``a+b`` for keys of two columns."""
        return _grouped(self.features.values(), lambda one: ["+".join(one.entity)] if one.entity else [])

    @cached_property
    def by_check(self) -> dict[str, list[Feature]]:
        """Features that have each kind of expectation."""
        return _grouped(self.features.values(), lambda one: sorted({check.kind for check in one.checks}))

    def address(self, name: str) -> str | None:
        """Page of a feature or source, relative to the root of the site; None if there is none of that name."""
        found = self.features.get(name) or self.sources.get(name)
        return found.address if found else None

    def reference(self, role: str, name: str) -> str | None:
        """Page that a reference leads to, relative to the root of the site; None if it leads nowhere.

        Args:
            role: ``feature``, ``mod``, ``owner``, ``tag``, ``check``, ``source`` or ``entity``.
            name: As it is written; a feature's may stand behind its module.
        """
        if role == "feature":
            return self.address(name) if name in self.features else self._behind_module(name)
        if role == "source":
            return self.sources[name].address if name in self.sources else None
        if role == "mod":
            return self.modules[name].address if name in self.modules else None
        groups = {
            "owner": ("owners", self.by_owner),
            "tag": ("tags", self.by_tag),
            "check": ("checks", self.by_check),
            "entity": ("entities", self.by_entity),
        }
        folder, known = groups.get(role, ("", {}))
        return f"{folder}/{slug(name)}.html" if name in known else None

    def _behind_module(self, name: str) -> str | None:
        module, _, feature = name.rpartition(".")
        found = self.features.get(feature)
        return found.address if found is not None and found.module == module else None


def _grouped(features: Any, keys_of: Any) -> dict[str, list[Feature]]:
    groups: dict[str, list[Feature]] = {}
    for one in features:
        for key in dict.fromkeys(keys_of(one)):
            groups.setdefault(key, []).append(one)
    return dict(sorted(groups.items()))

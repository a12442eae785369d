"""``[tool.featurecat]`` in ``pyproject.toml``: read, validated, all faults at once."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from featurecat.errors import DefinitionError, Problem, did_you_mean
from featurecat.project.lint.asked import demand_fault, demand_of, rule_fault
from featurecat.project.lint.options import MAX_LENGTH, NAMING, SUNSET_DAYS, LintOptions
from featurecat.project.outline import Outline

__all__ = [
    "ChecksSettings",
    "ConsumerSettings",
    "GraphSettings",
    "IndexSettings",
    "LintSettings",
    "OverrideSettings",
    "SetSettings",
    "SiteSettings",
    "Settings",
    "SourceSettings",
    "outline_of",
    "read_settings",
]

_HEADER = re.compile(r"\s*\[+([^\]]+)\]+\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")
_AT_LINE = re.compile(r"at line (\d+)")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SourceSettings(_Strict):
    """A declared source: where it lies, whose rows it has, what is known of its columns.

    Attributes:
        format: ``parquet``, ``csv`` (also zipped), ``json``, ``ndjson``, ``feather`` (or ``arrow``), ``orc``, ``duckdb``;
            told by the name when left out.
        path: The file, relative to the project; ``env:NAME`` takes it from the environment.
        key: Columns that tell its rows apart; they come first in every artifact.
        timestamp: Event timestamp column.
        columns: Table of column name to the type it is read as, such as ``{ born = "int64" }``.
        pii: Columns with personal data.
        taints: Table of taint to the columns that bear it, such as ``{ licence_nc = ["*"] }``.
        freshness: How old it may be, such as ``26h``.
        options: Of the format, such as ``delimiter``.
        doc: One line about it.
        table: Table of a database file.
        query: Query to a database file.
    """

    format: str | None = None
    path: str
    key: list[str] = Field(default_factory=list)
    timestamp: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    pii: list[str] = Field(default_factory=list)
    taints: dict[str, list[str]] = Field(default_factory=dict)
    freshness: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    doc: str | None = None
    table: str | None = None
    query: str | None = None

    @field_validator("key")
    @classmethod
    def _different(cls, key: list[str]) -> list[str]:
        if len(set(key)) != len(key):
            raise ValueError("names a column twice")
        return key


class GraphSettings(_Strict):
    """A further graph beside the default one; its features are called ``NAME/feature``.

    Attributes:
        modules: Modules of the graph.
    """

    modules: list[str]


class OverrideSettings(_Strict):
    """Another severity for the expectations of some features, and why.

    Attributes:
        features: A selection.
        kind: Kind of expectation; every kind when not set.
        severity: ``info``, ``warn``, ``error``, ``fatal`` or ``off``.
        reason: Why.
    """

    features: str
    kind: str | None = None
    severity: Literal["info", "warn", "error", "fatal", "off"]
    reason: str

    @field_validator("features", "reason")
    @classmethod
    def _said(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("says nothing")
        return text


class SetSettings(_Strict):
    """A feature set: what is trained or served together.

    Attributes:
        features: A selection.
        owner: Who answers for it.
        doc: What it is for.
    """

    features: str
    owner: str | None = None
    doc: str | None = None


class ConsumerSettings(_Strict):
    """What uses features outside the project: a model, a dashboard.

    Attributes:
        kind: What it is, such as ``model``, ``dashboard``, ``report`` or ``service``.
        features: A selection.
        owner: Who answers for it.
        doc: What it is for.
        cleared: Taints that it may be given, such as ``pii``.
    """

    kind: str = "model"
    features: str
    owner: str | None = None
    doc: str | None = None
    cleared: list[str] = Field(default_factory=list)


class SiteSettings(_Strict):
    """The discovery site.

    Attributes:
        output: Folder of the site, relative to the project.
        theme: The Sphinx theme.
        docstring_format: How docstrings are written: auto, rst, numpy, google, markdown or plain.
        source_url: Address of a line of source, with ``{path}``, ``{line}`` and ``{end_line}``; empty for none.
        feed_url: Address that the site will have, for the feed of changes.
        private_tags: Keys of tags that are not shown.
        badges: ``key=value`` of tags that are shown as badges, with their labels.
        profile_values: Whether frequent values are shown; never those of personal data.
        downloads: Whether the catalog can be downloaded.
    """

    output: str = "site"
    theme: str = "furo"
    docstring_format: Literal["auto", "rst", "numpy", "google", "markdown", "plain"] = "auto"
    source_url: str = ""
    feed_url: str = ""
    private_tags: list[str] = Field(default_factory=list)
    badges: dict[str, str] = Field(default_factory=dict)
    profile_values: bool = True
    downloads: bool = True


class IndexSettings(_Strict):
    """How modules are read.

    Attributes:
        isolated: Whether ``featurecat index`` imports modules in a process of their own, so that one which crashes or
            hangs is a problem and nothing more.
        seconds: How long the import of one module may take there.
        codeowners: The CODEOWNERS file, relative to the project; None looks in the usual places, "" in none.
        blame: Whether ``git blame`` names the owner of a feature that has no other.
    """

    isolated: bool = True
    seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    codeowners: str | None = None
    blame: bool = True


class ChecksSettings(_Strict):
    """The gate: what does not hold, and what becomes of it.

    Attributes:
        mode: ``enforce``; ``warn`` lets nothing block; ``off`` evaluates nothing.
        no_data: Whether expectations on data without rows or values ``fail`` or ``pass``.
        on_fail: What a failure of severity error keeps back: the ``feature`` with its descendants, the whole ``run``,
            or only the ``rows`` at fault.
        max_quarantined: Of ``rows``: the share of rows that may be kept back before the feature is.
        sample: Rows at fault that are kept of each expectation.
        as_of: The day or moment that freshness is measured from, instead of now.
        baseline: The baseline file, relative to the project.
        baseline_days: How long new entries of the baseline are good for.
        override: Other severities for some features; of several that fit, the last counts.
    """

    mode: Literal["enforce", "warn", "off"] = "enforce"
    no_data: Literal["fail", "pass"] = "fail"
    on_fail: Literal["feature", "run", "rows"] = "feature"
    max_quarantined: float = Field(default=0.01, ge=0, le=1, allow_inf_nan=False)
    sample: int = Field(default=20, ge=0, le=1_000)
    as_of: date | datetime | None = None
    baseline: str = "featurecat-baseline.json"
    baseline_days: int = Field(default=90, ge=1, le=3_650)
    override: list[OverrideSettings] = Field(default_factory=list)

    @field_validator("as_of", mode="before")
    @classmethod
    def _day_or_moment(cls, moment: object) -> object:
        if moment is not None and not isinstance(moment, date):
            raise ValueError("is a TOML date or date-time, such as 2026-12-31, without quotes")
        return moment

    @field_validator("baseline")
    @classmethod
    def _named(cls, baseline: str) -> str:
        if not baseline.strip():
            raise ValueError("names no file")
        return baseline


class LintSettings(_Strict):
    """What ``featurecat lint`` asks of definitions; see ``docs/lint.md``.

    Attributes:
        rules: Severities of rules that are not to have their own: ``error``, ``warn``, ``info`` or ``off``.
        tags: Tags that features must have: ``true``, a list of the values allowed, or a table with ``values`` and
            ``required``.
        naming: Pattern that the whole name of a feature must match.
        max_length: The most characters a name may have.
        sunset_days: Days before its sunset from which a feature is told of.
        personal: Further words that make a name look personal.
    """

    rules: dict[str, str] = Field(default_factory=dict)
    tags: dict[str, Any] = Field(default_factory=dict)
    naming: str = NAMING
    max_length: int = Field(default=MAX_LENGTH, ge=1)
    sunset_days: int = Field(default=SUNSET_DAYS, ge=0)
    personal: list[str] = Field(default_factory=list)

    @field_validator("rules", "tags", mode="after")
    @classmethod
    def _entries(cls, table: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        fault_of = rule_fault if info.field_name == "rules" else demand_fault
        faults = {name: fault for name, given in table.items() if (fault := fault_of(name, given)) is not None}
        if faults:
            raise ValidationError.from_exception_data(
                "lint", [InitErrorDetails(type=_fault(text), loc=(name,), input=None) for name, text in faults.items()]
            )
        return table

    @field_validator("naming")
    @classmethod
    def _pattern(cls, naming: str) -> str:
        try:
            re.compile(naming)
        except re.error as error:
            raise ValueError(f"{naming!r} is no regular expression: {error}") from error
        return naming

    @property
    def options(self) -> LintOptions:
        """The same without severities, as the rules take it."""
        demands = {key: demand_of(given) for key, given in self.tags.items()}
        return LintOptions(self.naming, self.max_length, self.sunset_days, demands, tuple(self.personal))


def _fault(text: str) -> PydanticCustomError:
    return PydanticCustomError("value_error", "{text}", {"text": text})


class Settings(_Strict):
    """Everything a project can set; every field has a default.

    Attributes:
        name: Name of the project; its folder's name when not set.
        modules: Modules of the graph ``default``; only these are imported, from the project's folder and ``src/``.
        graphs: Further graphs by name.
        configs: Named configs, chosen by ``--config-name``.
        sources: Declared sources by name.
        owners: Module, or glob of modules, to the owners of features in it that name none.
        sets: Feature sets by name.
        consumers: What uses features outside the project, by name.
        index: How modules are read.
        engine: ``pandas``, ``polars`` or ``polars-lazy``: whose variants run unless ``--engine`` says otherwise.
        store: Where catalog, manifests and artifacts lie, relative to the project.
        redact: Patterns of config keys that are secret, beside ``*password*``, ``*secret*``, ``*token*``, ``*key``.
        hamilton: Whether ``import hamilton`` means featurecat's modules of these names.
        plugins: Expectations of the project's own, or adapters, each as ``module:object``.
        checks: The gate.
        lint: The rules of ``featurecat lint``.
        profile: Whether runs keep a profile of each column.
        site: The discovery site.
    """

    name: str | None = None
    modules: list[str] = Field(default_factory=list)
    graphs: dict[str, GraphSettings] = Field(default_factory=dict)
    configs: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    owners: dict[str, str | list[str]] = Field(default_factory=dict)
    sets: dict[str, SetSettings] = Field(default_factory=dict)
    consumers: dict[str, ConsumerSettings] = Field(default_factory=dict)
    index: IndexSettings = Field(default_factory=IndexSettings)
    engine: str | None = None
    store: str = ".featurecat"
    redact: list[str] = Field(default_factory=list)
    hamilton: bool = False
    plugins: list[str] = Field(default_factory=list)
    checks: ChecksSettings = Field(default_factory=ChecksSettings)
    lint: LintSettings = Field(default_factory=LintSettings)
    profile: bool = True
    site: SiteSettings = Field(default_factory=SiteSettings)

    @field_validator("plugins")
    @classmethod
    def _targets(cls, plugins: list[str]) -> list[str]:
        for target in plugins:
            module, _, named = target.partition(":")
            if not all(part.isidentifier() for part in [*module.split("."), *named.split(".")]):
                raise ValueError(f"{target!r} names no object of a module; write 'my_checks:Even'")
        return plugins

    @field_validator("engine")
    @classmethod
    def _known_engine(cls, engine: str | None) -> str | None:
        known = ("pandas", "polars", "polars-lazy")
        if engine is not None and engine not in known:
            raise ValueError(f"{engine!r} is not an engine; it is one of {', '.join(known)}")
        return engine

    @field_validator("sets", "consumers")
    @classmethod
    def _names(cls, entries: dict[str, Any]) -> dict[str, Any]:
        for name in entries:
            if not name.strip() or not name.isprintable():
                raise ValueError(f"{name!r} is no name; write one of printable characters")
        return entries

    @field_validator("graphs")
    @classmethod
    def _graph_names(cls, graphs: dict[str, GraphSettings]) -> dict[str, GraphSettings]:
        for name in graphs:
            if name == "default" or not name.replace("_", "a").replace("-", "a").isalnum():
                raise ValueError(f"{name!r} cannot be the name of a further graph")
        return graphs


#: The tables of ``[tool.featurecat]`` with keys of their own, and those whose every entry has some.
_TABLES: Mapping[str, type[BaseModel]] = {"lint": LintSettings, "index": IndexSettings}
_ENTRIES: Mapping[str, type[BaseModel]] = {
    "graphs": GraphSettings,
    "sources": SourceSettings,
    "sets": SetSettings,
    "consumers": ConsumerSettings,
}


def outline_of(settings: Settings) -> Outline:
    """The outline of validated settings."""
    modules = {"default": tuple(settings.modules)}
    modules |= {name: tuple(graph.modules) for name, graph in settings.graphs.items()}
    return Outline(settings.name, settings.store, modules)


def read_settings(pyproject: Path) -> Settings:
    """Read and validate the settings.

    Args:
        pyproject: Path of the ``pyproject.toml``.

    Raises:
        DefinitionError: Code ``invalid-settings``, with every fault: file, line where known, did-you-mean.
    """
    try:
        text = pyproject.read_text(encoding="utf-8")
        tool = tomllib.loads(text).get("tool", {})
        table = tool.get("featurecat", {}) if isinstance(tool, dict) else tool
    except tomllib.TOMLDecodeError as error:
        where = _AT_LINE.search(str(error))
        raise DefinitionError(
            f"not valid TOML: {error}",
            code="invalid-settings",
            file=str(pyproject),
            line=int(where[1]) if where else len(text.splitlines()),
            hint="mend the file",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"the settings cannot be read: {error}", code="invalid-settings", file=str(pyproject)
        ) from error
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise DefinitionError([_problem(fault, pyproject, text) for fault in error.errors()]) from error


def _problem(fault: Mapping[str, Any], pyproject: Path, text: str) -> Problem:
    path = [str(part) for part in fault["loc"]]
    shown = ".".join(path)
    hint = None
    if fault["type"] == "extra_forbidden":
        known = _known_keys(path)
        message = f"[tool.featurecat] has an unknown key {shown}"
        hint = did_you_mean(path[-1], known) or f"known keys are {', '.join(known)}"
    else:
        message = f"[tool.featurecat] {shown}: {str(fault['msg']).removeprefix('Value error, ')}"
        # the value itself may be a secret and is not shown
        hint = "docs/configuration.md lists the settings, docs/gate.md those of the gate"
    return Problem("invalid-settings", message, str(pyproject), _line_of(text, path), hint)


def _known_keys(path: Sequence[str]) -> Iterable[str]:
    if path[0] == "checks" and len(path) > 1:
        return ChecksSettings.model_fields if len(path) == 2 else OverrideSettings.model_fields
    if len(path) == 2 and path[0] in _TABLES:
        return _TABLES[path[0]].model_fields
    return _ENTRIES[path[0]].model_fields if len(path) > 2 and path[0] in _ENTRIES else Settings.model_fields


def _line_of(text: str, path: Sequence[str]) -> int | None:
    """The line that sets what a path below ``[tool.featurecat]`` names, or the header of the table it is in."""
    wanted = ["tool", "featurecat", *path]
    table: list[str] = []
    nearest: int | None = None
    repeated: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            if line.lstrip().startswith("[["):
                table.append(str(repeated[header[1]]))
                repeated[header[1]] += 1
            if table[: len(wanted)] == wanted:
                return number
        elif (key := _KEY.match(line)) and [*table, *_parts(key[1])] == wanted[: len(table) + len(_parts(key[1]))]:
            return number
        if len(table) >= 2 and table == wanted[: len(table)] and header:
            nearest = number
    return nearest


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]

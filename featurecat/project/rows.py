"""Definitions as catalog rows: every variant of every name, whatever the config."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.condition import as_json
from featurecat.definition.fingerprint import ALGORITHM, Fingerprints
from featurecat.definition.metadata import Metadata, Tags
from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.types import type_text
from featurecat.errors import Problem
from featurecat.expectations.spec import check_id
from featurecat.frames.kinds import ENGINES
from featurecat.function_modifiers.queries import QueryCall
from featurecat.graph.graph import Graph
from featurecat.project.concealing import Concealment
from featurecat.project.discover import Project
from featurecat.project.signature_text import signature_of
from featurecat.records import (
    ColumnRow,
    ConfigKeyRow,
    ConfigRow,
    DefinitionRow,
    EdgeRow,
    ExpectationRow,
    FeatureRow,
    IndexErrorRow,
    ModuleRow,
    OwnerRow,
    SourceRow,
    TagRow,
    VariantRow,
)
from featurecat.storage.redact import DEFAULT_PATTERNS, redact_config, redact_uri

__all__ = ["GraphDefinitions", "RowWriter", "concealment_of", "feature_key", "plain_row", "secret_patterns"]


def feature_key(graph: str, name: str) -> str:
    """The catalog key of a node: its name in the default graph, else ``graph/name``."""
    return name if graph == "default" else f"{graph}/{name}"


@dataclass(frozen=True, slots=True)
class GraphDefinitions:
    """One graph's definitions, and one way to resolve them that shows every name."""

    name: str
    definitions: Definitions
    union: Graph


@dataclass(slots=True)
class RowWriter:
    """Writes the definition tables of a project.

    Attributes:
        project: The project.
        fingerprints: Reads its sources.
        git_commit: The commit the modules are at, or None.
    """

    project: Project
    fingerprints: Fingerprints
    git_commit: str | None
    rows: list[DefinitionRow] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=dict)
    _told: Callable[[Any], Any] = field(init=False)
    _files: dict[str, str | None] = field(default_factory=dict)
    _concealment: Concealment = field(init=False)

    def __post_init__(self) -> None:
        """Know what may not stand in a row: what decorators made of a config may hold its secrets."""
        self._concealment = concealment_of(self.project)
        self._told = self._concealment.told

    def graph_rows(self, graph: GraphDefinitions) -> None:
        """Rows of all names of a graph: features, variants, edges, owners, tags, expectations, config keys."""
        variants = graph.definitions.variants
        # what stands in a circle has no place in the graph's order, but it is defined
        circular = {name: nodes[0] for name, nodes in variants.items() if name not in graph.union.nodes}
        others = _asked_by_others(variants, graph.union.nodes)
        for name, node in {**graph.union.nodes, **circular, **others}.items():
            nodes = variants.get(name) or [node]
            if len(nodes) > 1:
                nodes = sorted(nodes, key=lambda one: (ENGINES.index(one.engine), one.variant))
            key = feature_key(graph.name, name)
            metadata, tags = _common(nodes)
            self.rows.append(self._feature(graph, key, name, nodes[0], metadata, tags))
            self._owners_and_tags(key, nodes[0], metadata, tags)
            if node.defined is None:
                continue
            for one in nodes:
                self.rows.append(self._variant(key, one))
                self._expectations(key, one)
                self._config_keys(key, one)
            self._edges(graph.name, key, nodes)
            self._query_columns(graph.name, key, node if node.raw is None else graph.union.nodes.get(node.raw, node))
            self._columns(graph, key, name)

    def _feature(
        self, graph: GraphDefinitions, key: str, name: str, node: Node, metadata: Metadata, tags: Tags
    ) -> FeatureRow:
        doc = self._told(_clean(node.documentation))
        grain = graph.union.grain(name)
        sources = self.project.settings.sources
        role = node.role
        if role is Role.INPUT and any(name in config for config in self.project.settings.configs.values()):
            role = Role.CONFIG
        return FeatureRow(
            graph=graph.name,
            feature=key,
            name=name,
            role=str(role),
            public=node.public,
            doc=doc,
            summary=doc.partition("\n")[0].strip() or None if doc else None,
            dtype=metadata.dtype,
            unit=self._told(metadata.unit),
            entity=grain.entity if grain else (),
            event_timestamp=grain.timestamp if grain else None,
            grain=grain.label if grain else None,
            pii=False,  # what tells of taints sets it
            status=metadata.status,
            sunset=metadata.sunset,
            replaced_by=metadata.replaced_by,
            freshness=metadata.freshness or (sources[name].freshness if name in sources else None),
            tags=self._told(dict(tags)),
            meta={"type": type_text(node.type)} | ({"align": metadata.align} if metadata.align else {}),
        )

    def _owners_and_tags(self, key: str, node: Node, metadata: Metadata, tags: Tags) -> None:
        origin = "feature" if node.declared.owner else "tag"
        self.rows += [OwnerRow(key, self._told(owner), "owner", origin) for owner in metadata.owner]
        self.rows += [TagRow(key, tag, self._told(value)) for tag, values in tags.items() for value in values]

    def _variant(self, key: str, node: Node) -> VariantRow:
        defined = node.defined
        assert defined is not None  # the caller left given nodes out
        text = self.fingerprints.text_of(defined.function)
        fingerprint = self.fingerprints.of_node(node)
        return VariantRow(
            feature=key,
            variant=node.variant,
            engine=node.engine,
            condition=as_json(node.condition),
            module=defined.module,
            function=defined.function.__qualname__,
            file=self._shown(defined.file),
            line=defined.line,
            end_line=text.end_line if text else None,
            dtype=node.metadata.dtype,
            source_text=text.text if text else None,
            fingerprint=fingerprint,
            fingerprint_algorithm=ALGORITHM if fingerprint else None,
            signature=signature_of(text, self._concealment) if text else None,
        )

    def _shown(self, file: str | None) -> str | None:
        if file is None:
            return None
        if file not in self._files:
            self._files[file] = self.project.shown(file)
        return self._files[file]

    def _expectations(self, key: str, node: Node) -> None:
        if node.raw is None:
            return
        for spec in node.expectations:
            identity = check_id(key, spec.kind, spec.params)
            file, params = self._shown(spec.file), self._told(spec.params)
            self.rows.append(
                ExpectationRow(
                    identity,
                    key,
                    node.variant,
                    spec.kind,
                    params,
                    spec.severity,
                    spec.origin,
                    file,
                    spec.line,
                    fail_if=spec.fail_if,
                    warn_if=spec.warn_if,
                )
            )

    def _config_keys(self, key: str, node: Node) -> None:
        for clause in as_json(node.condition):
            self.rows.append(ConfigKeyRow(clause["key"], key, node.variant, clause["operator"], clause["value"]))

    def _edges(self, graph: str, key: str, nodes: Sequence[Node]) -> None:
        """The union of all variants' edges; an edge that only some variants have names each of them."""
        found: dict[tuple[str, str], dict[str, tuple[bool, str]]] = {}
        for node in nodes:
            variant = node.variant
            for argument in node.arguments:
                if type(argument) is Dependency:
                    kind = "check" if _is_check(node, argument) else "data"
                    by_variant = found.setdefault((argument.name, argument.parameter), {})
                    by_variant[variant] = (argument.optional, kind)
        for (parent, parameter), by_variant in found.items():
            everywhere = len(by_variant) == len(nodes) and not (len(nodes) == 1 and nodes[0].condition)
            labels = [None] if everywhere else list(by_variant)
            optional, kind = next(iter(by_variant.values()))
            for label in labels:
                self.rows.append(EdgeRow(feature_key(graph, parent), key, label, parameter, optional, kind))

    def _query_columns(self, graph: str, key: str, node: Node) -> None:
        """The columns of a query, with what they are made of."""
        call = node.function
        if not isinstance(call, QueryCall):
            return
        from featurecat.catalog.columns import query_column_rows  # only graphs with queries pay for reading them

        given = {one.parameter: feature_key(graph, one.name) for one in node.dependencies}
        tables = {table: given[table] for table in call.tables if table in given}
        rows = query_column_rows(key, call.text, tables=tables, known=self.known)
        names = [row.name for row in rows]
        if names and "*" not in names:
            self.known[key] = names
        self.rows += rows

    def _columns(self, graph: GraphDefinitions, key: str, name: str) -> None:
        """The columns of a frame: declared ones, and those extracted from it."""
        if name not in graph.union.nodes or graph.union.nodes[name].role is not Role.FRAME:
            return  # what goes in a circle is in no graph
        extracted = [
            child
            for child in dict.fromkeys(graph.union.children[name])
            if (node := graph.union.nodes.get(child)) is not None
            and node.defined is graph.union.nodes[name].defined
            and node.role is not Role.VALIDATOR
        ]
        declared = dict(graph.union.nodes[name].schema)
        for ordinal, (column, written) in enumerate(declared.items()):
            self.rows.append(ColumnRow(key, ordinal, column, written, None, "declared", None))
        for ordinal, child in enumerate(extracted, len(declared)):
            node = graph.union.nodes[child]
            column = node.known_as
            if column in declared:
                continue
            dtype = graph.union.nodes[column].metadata.dtype if column in graph.union.nodes else None
            self.rows.append(ColumnRow(key, ordinal, column, dtype, None, "extracted", _clean(node.doc)))

    def project_rows(self) -> None:
        """Rows of sources and named configs."""
        settings = self.project.settings
        for name, source in settings.sources.items():
            place = source.path.partition("?")[0] if "://" in source.path else source.path
            kind = source.format or Path(place).suffix.lstrip(".")
            self.rows.append(SourceRow(name, kind, redact_uri(source.path), None, source.freshness))
            named = list(
                dict.fromkeys([*source.key, *([source.timestamp] if source.timestamp else []), *source.columns])
            )
            for ordinal, column in enumerate(named):
                nullable = False if column in source.key else None
                self.rows.append(
                    ColumnRow(name, ordinal, column, source.columns.get(column), nullable, "declared", None)
                )
        for config, values in settings.configs.items():
            clean, _ = redact_config(values, patterns=secret_patterns(self.project))
            self.rows += [ConfigRow(config, key, value) for key, value in clean.items()]

    def module_rows(self, modules: Iterable[ModuleType], failed: Mapping[str, Problem]) -> None:
        """Rows of the modules that were read, and of those that could not be."""
        for module in modules:
            file = getattr(module, "__file__", None)
            self.rows.append(self._module(module.__name__, file, _clean(module.__doc__), "ok"))
        for name, problem in failed.items():
            found = _find_module_file(name, self.project.root) or problem.file
            self.rows.append(self._module(name, found, None, "error"))

    def _module(self, name: str, file: str | None, doc: str | None, status: str) -> ModuleRow:
        path = None if file is None else self.project.root / file
        size = mtime_ns = content_hash = None
        if path is not None and path.is_file():
            stat = path.stat()
            size, mtime_ns = stat.st_size, stat.st_mtime_ns
            content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        return ModuleRow(name, self.project.shown(file), doc, self.git_commit, size, mtime_ns, content_hash, status)

    def problem_rows(
        self, problems: Iterable[Problem], modules: Mapping[str, str], failed: Mapping[Problem, str]
    ) -> None:
        """Rows of what is wrong; ``modules`` maps a file to its module, ``failed`` what kept one from being read."""
        for problem in problems:
            module = failed.get(problem) or modules.get(problem.file or "")
            self.rows.append(
                IndexErrorRow(module, problem.code, problem.file, problem.line, problem.message, problem.hint)
            )

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The rows by table, each logical key once, in a fixed order."""
        tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
        for row in self.rows:
            key_of = _KEYS.get(type(row)) or _KEYS.setdefault(type(row), attrgetter(*_key_fields(row)))
            rows = tables.setdefault(row.table, {})
            identity = key_of(row)
            if identity not in rows:
                rows[identity] = plain_row(row)
        return {table: list(rows.values()) for table, rows in tables.items()}


_KEYS: dict[type[DefinitionRow], Callable[[Any], Any]] = {}
_COLUMNS: dict[type[DefinitionRow], tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]] | None] = {}


def plain_row(row: DefinitionRow) -> dict[str, Any]:
    """As ``row.as_dict()``, at a third of the cost."""
    kind = type(row)
    if kind not in _COLUMNS:
        names = tuple(column.name for column in fields(kind))  # type: ignore[arg-type]
        own = kind.as_dict is not DefinitionRow.as_dict or len(names) < 2
        _COLUMNS[kind] = None if own else (names, attrgetter(*names))
    known = _COLUMNS[kind]
    return row.as_dict() if known is None else dict(zip(known[0], known[1](row), strict=True))


def _common(nodes: Sequence[Node]) -> tuple[Metadata, dict[str, tuple[str, ...]]]:
    """Metadata and tags of a name: what the first variant says, and what only others say."""
    metadata = functools.reduce(lambda first, other: first.over(other), (node.metadata for node in nodes))
    tags = {key: values for node in reversed(nodes) for key, values in node.tags.items()}
    return metadata, {key: tags[key] for node in nodes for key in node.tags}


def _key_fields(row: DefinitionRow) -> tuple[str, ...]:
    """The attributes that make a row's logical key (the tag's column ``key`` is the attribute ``tag``)."""
    return tuple("tag" if isinstance(row, TagRow) and name == "key" else name for name in row.key)


def _is_check(node: Node, argument: Dependency) -> bool:
    return node.role is Role.VALIDATOR or (node.raw is not None and argument.name != node.raw)


def _clean(doc: str | None) -> str | None:
    """A docstring without its common indentation."""
    if doc is None:
        return None
    lines = doc.expandtabs().splitlines()
    rest = [line for line in lines[1:] if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in rest), default=0)
    cleaned = "\n".join([lines[0].strip() if lines else "", *(line[margin:].rstrip() for line in lines[1:])])
    return cleaned.strip() or None


def _find_module_file(name: str, root: Path) -> str | None:
    stem = Path(*name.split("."))
    for folder in (root, root / "src"):
        for path in (folder / stem.with_suffix(".py"), folder / stem / "__init__.py"):
            if path.is_file():
                return str(path)
    return None


def secret_patterns(project: Project) -> tuple[str, ...]:
    """The patterns of config keys that are secret in this project."""
    return (*DEFAULT_PATTERNS, *project.settings.redact)


def concealment_of(project: Project) -> Concealment:
    """What takes the secrets of a project out of what is told of it.

    Raises:
        DefinitionError: Code ``invalid-settings``.
    """
    return Concealment(project.settings.configs, secrets=project.secrets, patterns=secret_patterns(project))


def _asked_by_others(variants: Mapping[str, Sequence[Node]], known: Collection[str]) -> dict[str, Node]:
    """Inputs that only those variants ask for which the union leaves out."""
    return {
        one.name: Node(one.name, one.type, _not_computed, (), role=Role.INPUT)
        for nodes in variants.values()
        for node in nodes
        for one in node.dependencies
        if one.name not in known and one.name not in variants
    }


def _not_computed() -> None:
    """Stands where a computed node has its function; nothing calls it."""

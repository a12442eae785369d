"""What selections are evaluated over: a graph, or the rows of a catalog; and what is told beside the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from featurecat.catalog.selecting import selection_rows
from featurecat.clock import Clock
from featurecat.errors import Problem
from featurecat.graph.selection.evaluate import NamedSet, Selected, union_notice
from featurecat.graph.selection.grammar import Atom, Intersection, Not, Selection, Union, parse
from featurecat.graph.selection.keys import clause_texts, config_values
from featurecat.graph.selection.over_graph import NOTHING_BEYOND, Beyond, Standing, states_of
from featurecat.project.discover import Project
from featurecat.project.sets import declared_sets, within_graph
from featurecat.project.standing import CatalogStanding, GraphStanding

if TYPE_CHECKING:
    from featurecat.definition.collect import Definitions  # contract: typing only
    from featurecat.project.changes import States  # contract: typing only

__all__ = [
    "CatalogIndex",
    "beyond_graph",
    "catalog_index",
    "selected_why",
    "selection_notices",
    "states_notices",
    "tables_index",
    "why_lines",
]

Row: TypeAlias = Mapping[str, Any]
#: Rows, or what reads them when they are asked for.
Rows: TypeAlias = Sequence[Row] | Callable[[], Sequence[Row]]
Edges: TypeAlias = Sequence[tuple[Any, ...]] | Callable[[], Sequence[tuple[Any, ...]]]
Sets: TypeAlias = Mapping[str, NamedSet] | Callable[[], Mapping[str, NamedSet]]


# --- what is told beside an answer ----------------------------------------------------------------


def selection_notices(selected: Selected) -> list[str]:
    """What to tell about a selection: a union that may be meant as an intersection, terms that match nothing."""
    union = union_notice(selected)
    barren = [f"{text!r} matches nothing" for text, count in selected.terms if not count]
    return [*([union] if union else []), *(barren if len(selected.terms) > 1 else [])]


def states_notices(states: States | None, most: int = 5) -> list[str]:
    """What to tell about a comparison: what its reference lacks, and features that are no more, which nothing selects.

    Args:
        states: What was compared; None where nothing was.
        most: How many of these features are named.
    """
    if states is None:
        return []
    more = f" and {len(states.removed) - most} more" if len(states.removed) > most else ""
    gone = f"removed since {states.reference}: {', '.join(states.removed[:most])}{more}"
    return [*states.notices, *([gone] if states.removed else [])]


def selected_why(selected: Selected, states: States | None = None, *, graph: str = "default") -> dict[str, list[str]]:
    """By which terms each name is selected; where a term is about a state, what has changed.

    Args:
        selected: The answer to a selection.
        states: What was compared, where something was.
        graph: The graph that the names are of; "default" where they are catalog keys.

    Returns:
        Name to texts such as ``tag:delay`` and ``state:modified+ from net_amount (body)``.
    """
    about_states = {text for text, _ in selected.terms if any(one.kind == "state" for one in _atoms_of(text))}
    start = "" if graph == "default" else f"{graph}/"
    found = {}
    for name, terms in selected.reasons.items():
        origin = selected.origins.get(name)
        reached = f" from {origin}" if origin else ""
        changed = "" if states is None else states.why(f"{start}{origin or name}")
        found[name] = [
            f"{term}{reached}" + (f" ({changed})" if changed and term in about_states and term != "state:new" else "")
            for term in terms
        ]
    return found


def _atoms_of(text: str) -> Iterator[Atom]:
    return iter(()) if text == "all" else _atoms(parse(text))


def _atoms(selection: Selection) -> Iterator[Atom]:
    match selection:
        case Atom():
            yield selection
        case Not(operand):
            yield from _atoms(operand)
        case Intersection(parts) | Union(parts):
            for part in parts:
                yield from _atoms(part)


def why_lines(selected: Selected, states: States | None = None, *, graph: str = "default") -> list[str]:
    """The same as lines to read, in the order of the answer.

    Args:
        selected: The answer to a selection.
        states: What was compared, where something was.
        graph: As :func:`selected_why` takes it.
    """
    return [f"{name}: {', '.join(terms)}" for name, terms in selected_why(selected, states, graph=graph).items()]


# --- over catalog rows ----------------------------------------------------------------------------


class CatalogIndex:
    """Catalog rows as selections see them; what is given as a function is read when it is asked for.

    Args:
        features: Rows of the view ``features``: feature, public, tags, entity, pii, status, role, name.
        variants: Rows of the view ``variants``: feature, module.
        owners: Rows of the view ``owners``: feature, owner.
        edges: ``(parent, child, …)`` of the view ``edges``.
        config_keys: Rows of the view ``config_keys``: feature, key, value.
        states: Catalog key to the states that select it, as ``States.selectable`` has them; None when nothing was
            compared.
        beyond: What the rows do not tell.
    """

    def __init__(
        self,
        features: Sequence[Row],
        variants: Rows,
        owners: Rows,
        edges: Edges,
        *,
        config_keys: Rows = (),
        states: Mapping[str, Sequence[str]] | None = None,
        beyond: Beyond = NOTHING_BEYOND,
    ) -> None:
        self._rows = {row["feature"]: row for row in features}
        self._variants = variants
        self._owner_rows = owners
        self._edges = edges
        self._config_keys = config_keys
        self._states = states
        self._beyond = beyond

    def names(self) -> Sequence[str]:
        """Public features in catalog order."""
        return [feature for feature, row in self._rows.items() if row["public"]]

    def hidden(self) -> Sequence[str]:
        """Generated and given nodes."""
        return [feature for feature, row in self._rows.items() if not row["public"]]

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one attribute of a feature."""
        match attribute:
            case "state":
                return states_of(name, self._states)
            case "result" | "freshness":
                return self._beyond.values(name, attribute)
            case "owner":
                return self._owners.get(name, ())
            case "module":
                return self._modules.get(name, ())
            case "config":
                return self._config.get(name, ())
        return _told(self._rows[name], attribute)

    def parents(self, name: str) -> Sequence[str]:
        """What feeds a feature."""
        return self._lineage[0].get(name, ())

    def children(self, name: str) -> Sequence[str]:
        """What a feature feeds."""
        return self._lineage[1].get(name, ())

    def sets(self) -> Mapping[str, NamedSet]:
        """What ``set:`` can name."""
        return self._sets

    def queried(self, statement: str) -> Sequence[str]:
        """The features that a query on the catalog answers."""
        return self._beyond.queried(statement)

    def refusal(self, kind: str) -> Problem | None:
        """Why a kind of atom cannot be answered."""
        return self._beyond.refusal(kind, compared=self._states is not None)

    @cached_property
    def _sets(self) -> Mapping[str, NamedSet]:
        return self._beyond.named_sets()

    @cached_property
    def _modules(self) -> dict[str, list[str]]:
        return _texts((row["feature"], row["module"]) for row in _read(self._variants))

    @cached_property
    def _owners(self) -> dict[str, list[str]]:
        rows = _read(self._owner_rows)
        return _texts((row["feature"], row["owner"]) for row in rows if row.get("role") != "author")

    @cached_property
    def _lineage(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Parents and children."""
        edges = self._edges() if callable(self._edges) else self._edges
        pairs = [(edge[0], edge[1]) for edge in edges]
        return _texts((child, parent) for parent, child in pairs), _texts(pairs)

    @cached_property
    def _config(self) -> dict[str, list[str]]:
        own: dict[str, list[str]] = {}
        for row in _read(self._config_keys):
            own.setdefault(row["feature"], []).extend(clause_texts(row["key"], row["value"]))
        keys = {feature: row["name"] for feature, row in self._rows.items() if row.get("role") == "config"}
        return config_values(
            own, keys, public=self.names(), hidden=self.hidden(), parents=self.parents, children=self.children
        )


def _told(row: Row, attribute: str) -> Sequence[str]:
    """What the row of a feature tells itself."""
    match attribute:
        case "tag":
            tags = row["tags"] or {}
            return [*tags, *(f"{key}={value}" for key, values in tags.items() for value in values)]
        case "entity":
            entity = row["entity"] or ()
            return [*entity, "+".join(entity)] if entity else []
        case "pii":
            return ["true" if row["pii"] else "false"]
        case "status" | "role":
            return [] if row.get(attribute) is None else [row[attribute]]
    return []


def _read(rows: Rows) -> Sequence[Row]:
    return rows() if callable(rows) else rows


def _texts(pairs: Any) -> dict[str, list[str]]:
    """Texts by name, each once, in the order they come; a text that is None is left out."""
    found: dict[str, dict[str, None]] = {}
    for name, text in pairs:
        if text is not None:
            found.setdefault(name, {})[text] = None
    return {name: list(texts) for name, texts in found.items()}


class _StoredIndex(CatalogIndex):
    """As :class:`CatalogIndex`, with tags and entities read from the catalog only when they are asked for."""

    def __init__(self, path: Path, *rows: Any, **more: Any) -> None:
        super().__init__(*rows, **more)
        self._path = path

    def values(self, name: str, attribute: str) -> Sequence[str]:
        if attribute == "tag":
            return self._tags.get(name, ())
        return self._entities.get(name, ()) if attribute == "entity" else super().values(name, attribute)

    @cached_property
    def _tags(self) -> dict[str, list[str]]:
        rows = selection_rows(self._path, "feature_tags")
        return _texts((row["feature"], text) for row in rows for text in (row["key"], f"{row['key']}={row['value']}"))

    @cached_property
    def _entities(self) -> dict[str, list[str]]:
        rows = selection_rows(self._path, "grains")
        return {row["feature"]: [*row["entity"], "+".join(row["entity"])] for row in rows}


def catalog_index(project: Project, clock: Clock, *, states: States | None = None) -> CatalogIndex:
    """The catalog of a project as selections see it; its file must be there.

    Args:
        project: The project.
        clock: Tells the moment that freshness is measured from.
        states: What was compared, where something was.

    Raises:
        CatalogError: When there is no catalog.
    """
    path = project.store.catalog

    def edges() -> Sequence[tuple[Any, ...]]:
        return [(row["parent"], row["child"]) for row in selection_rows(path, "edges")]

    return _StoredIndex(
        path,
        selection_rows(path, "features"),
        lambda: selection_rows(path, "variants"),
        lambda: selection_rows(path, "owners"),
        edges,
        config_keys=lambda: selection_rows(path, "config_keys"),
        states=None if states is None else states.selectable,
        beyond=Beyond(sets=lambda: declared_sets(project.root), standing=CatalogStanding(project, clock)),
    )


def tables_index(
    tables: Mapping[str, Sequence[Row]],
    *,
    states: States | None = None,
    sets: Sets | None = None,
    standing: Standing | None = None,
    refusals: Mapping[str, Problem] | None = None,
) -> CatalogIndex:
    """Definition tables as selections see them.

    Args:
        tables: Rows by table, as :func:`featurecat.project.index.definition_tables` gives them.
        states: What was compared, where something was.
        sets: What ``set:`` can name.
        standing: What the catalog tells, where it may be asked.
        refusals: Kinds of atoms that cannot be answered, with the reason.
    """
    return CatalogIndex(
        sorted(tables.get("features", ()), key=lambda row: str(row["feature"])),
        tables.get("variants", ()),
        tables.get("owners", ()),
        lambda: [(row["parent"], row["child"]) for row in tables.get("edges", ())],
        config_keys=tables.get("config_keys", ()),
        states=None if states is None else states.selectable,
        beyond=Beyond(sets=sets or {}, standing=standing, refusals=refusals or {}),
    )


# --- over a graph ---------------------------------------------------------------------------------


def beyond_graph(
    project: Project,
    clock: Clock,
    graph: str,
    *,
    definitions: Mapping[str, Definitions],
    sets: Mapping[str, NamedSet],
    tables: Callable[[], Mapping[str, Sequence[Row]]],
) -> Beyond:
    """What a selection over one graph of a project may ask beside the graph.

    Args:
        project: The project.
        clock: Tells the moment that freshness is measured from.
        graph: Name of the graph.
        definitions: Graph name to definitions.
        sets: The feature sets of the settings.
        tables: Makes the definition tables, where owners are asked for that the code does not name.
    """
    start = "" if graph == "default" else f"{graph}/"
    found: dict[str, list[str]] = {}

    def owners() -> Mapping[str, Sequence[str]]:
        if not found:
            rows = tables().get("owners", ())
            pairs = ((row["feature"], row["owner"]) for row in rows if row.get("role") != "author")
            found.update(_texts((key.removeprefix(start), owner) for key, owner in pairs if key.startswith(start)))
        return found

    return Beyond(
        variants=definitions[graph].variants,
        keys=frozenset(key for config in project.settings.configs.values() for key in config),
        sets=within_graph(sets, graph, {name: one.variants for name, one in definitions.items()}),
        owners=owners,
        standing=GraphStanding(CatalogStanding(project, clock), graph),
    )

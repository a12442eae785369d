"""Pictures of what the catalog knows. No user code is imported."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import RequestError
from featurecat.graph.lineage import distances
from featurecat.graph.picture import FORMATS, Picture, is_picture_name
from featurecat.graph.render.drawing import GIVEN_ROLES, ORIENTATIONS, Drawing, DrawnEdge, DrawnNode
from featurecat.project.access import open_catalog
from featurecat.project.ask import Answer, list_features
from featurecat.project.discover import Project

__all__ = ["FORMATS", "ORIENTATIONS", "Picture", "check_picture_file", "draw_selection"]


def draw_selection(
    project: Project,
    clock: Clock,
    selections: Sequence[str],
    *,
    hops: int | None = None,
    fold_checks: bool = True,
    against: str | None = None,
    allow_empty: bool = False,
) -> tuple[Drawing, Answer]:
    """Draw features with what they come from.

    Args:
        project: The project.
        clock: Tells the time.
        selections: What to draw; empty draws everything.
        hops: How many steps to go from what is selected, to either side; None goes all the way up, and not down.
        fold_checks: Draw a checked feature as one node, without the nodes that check.
        against: What to compare with, for ``state:`` in selections.
        allow_empty: Whether a selection may match nothing.

    Returns:
        The drawing, what is selected standing out in it, and the rows of what is selected with what to say beside.

    Raises:
        RequestError: When a selection is wrong or matches nothing.
        CatalogError: When there is no catalog.
    """
    answer = list_features(project, clock, selections, against=against, allow_empty=allow_empty, why=True)
    catalog, warnings = open_catalog(project, clock)
    with catalog:
        known = _Known.of(catalog)
    answer.warnings += [warning for warning in warnings if warning not in answer.warnings]
    selected = [row["feature"] for row in answer.rows]
    folded = known.folded(keep=selected) if fold_checks else {}
    edges = known.edges_between(folded)
    names = set(known.features) - folded.keys()
    if selections:
        names = _reached(selected, edges, hops)
    marked = set(selected) if selections else set()
    nodes = [
        replace(known.node(name), mark="output" if name in marked else None) for name in known.features if name in names
    ]
    if not fold_checks:
        nodes = [replace(node, checks=()) for node in nodes]
    return Drawing(tuple(nodes), tuple(edges), ", ".join(selections) or None), answer


def _reached(selected: Iterable[str], edges: Iterable[DrawnEdge], hops: int | None) -> set[str]:
    parents: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}
    for edge in edges:
        parents.setdefault(edge.child, []).append(edge.parent)
        children.setdefault(edge.parent, []).append(edge.child)
    reached = set(distances(selected, lambda name: parents.get(name, ()), hops))
    if hops is not None:
        reached |= set(distances(selected, lambda name: children.get(name, ()), hops))
    return reached


#: Files that may hold a flowchart of Mermaid, which is text.
_TEXTS = (".md", ".txt", "")


def check_picture_file(project: Project, output: Path) -> None:
    """Refuse to write a picture over what is none: the store, a source, a module, links followed.

    Raises:
        RequestError: In that case.
    """
    place = Path(os.path.realpath(output))
    if place.is_relative_to(os.path.realpath(project.store.root)):
        raise RequestError(f"the output {output} lies in the store", hint="name a place outside of the store")
    sources = {
        os.path.realpath(project.root / Path(one.path).expanduser()) for one in project.settings.sources.values()
    }
    fits = is_picture_name(place) or place.suffix in _TEXTS
    if place.is_file() and (str(place) in sources or not fits):
        raise RequestError(f"{output} is there and is no picture", hint="name another file, such as graph.svg")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a picture shows of the catalog, by catalog key.

    Attributes:
        features: All nodes, hidden ones included.
        dtypes: Type of the values, where a run has told it.
        edges: Parent, child, optional; over all variants.
        modules: The module of each node.
        keys: The config keys that choose its variant.
        checks: Kinds of its expectations.
        columns: Its declared columns.
    """

    features: Mapping[str, Mapping[str, Any]]
    dtypes: Mapping[str, str | None]
    edges: Sequence[tuple[str, str, bool]]
    modules: Mapping[str, str]
    keys: Mapping[str, list[str]]
    checks: Mapping[str, list[str]]
    columns: Mapping[str, list[tuple[str, str]]]

    @classmethod
    def of(cls, catalog: Catalog) -> _Known:
        """Read it."""
        modules: dict[str, str] = {}
        keys: dict[str, list[str]] = {}
        for row in catalog.table("variants"):
            modules.setdefault(row["feature"], row["module"])
            for clause in row["condition"] or ():
                keys.setdefault(row["feature"], []).append(clause["key"])
        checks: dict[str, list[str]] = {}
        for row in catalog.table("expectations"):
            checks.setdefault(row["feature"], []).append(row["kind"])
        columns: dict[str, list[tuple[str, str]]] = {}
        for row in sorted(catalog.table("columns"), key=lambda row: (row["feature"], row["ordinal"], row["name"])):
            if row["origin"] == "declared":
                columns.setdefault(row["feature"], []).append((row["name"], row["dtype"] or ""))
        return cls(
            {row["feature"]: row for row in catalog.features()},
            {row["feature"]: row["dtype"] for row in catalog.list_features()},
            [(edge[0], edge[1], edge[4]) for edge in catalog.edges()],
            modules,
            keys,
            checks,
            columns,
        )

    def folded(self, keep: Iterable[str]) -> dict[str, str]:
        """What only checks a feature, with the feature; not what is to be kept."""
        roles = {name: row["role"] for name, row in self.features.items()}
        owner: dict[str, str] = {}
        for parent, child, _ in self.edges:
            if roles.get(parent) == "validator":
                owner[parent] = child
        for parent, child, _ in self.edges:
            if roles.get(child) == "validator" and roles.get(parent) == "raw" and child in owner:
                owner[parent] = owner[child]
        for name in keep:
            owner.pop(name, None)
        return owner

    def edges_between(self, folded: Mapping[str, str]) -> list[DrawnEdge]:
        """The edges, with what is folded away in the place of what it belongs to."""
        ends = [(folded.get(parent, parent), folded.get(child, child), flag) for parent, child, flag in self.edges]
        return [DrawnEdge(parent, child, flag) for parent, child, flag in ends if parent != child]

    def node(self, name: str) -> DrawnNode:
        """One node."""
        row = self.features[name]
        keys = dict.fromkeys(self.keys.get(name, ()))
        shown = "/".join((row["tags"] or {}).get("display_name", ())) or name
        label = f"{shown}: {', '.join(sorted(keys))}" if keys else shown
        role = "materializer" if _MATERIALIZING & set(row["tags"] or ()) else row["role"]
        return DrawnNode(
            name,
            role,
            self.dtypes.get(name) or row["dtype"] or _type_of(row, role),
            label=None if label == name else label,
            public=row["public"],
            group=self.modules.get(name),
            doc=row["summary"],
            columns=tuple(self.columns.get(name, ())),
            checks=tuple(dict.fromkeys(self.checks.get(name, ()))),
        )


_MATERIALIZING = frozenset({"featurecat.data_loader", "featurecat.data_saver"})


def _type_of(row: Mapping[str, Any], role: str) -> str | None:
    text = (row["meta"] or {}).get("type")
    return None if text == "Any" and role in GIVEN_ROLES else text

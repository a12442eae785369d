"""What selections are evaluated over: a graph, or the rows of a catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.graph.grain import Grain
from featurecat.graph.graph import Graph
from featurecat.graph.selection.evaluate import Selected, union_notice

__all__ = ["CatalogIndex", "GraphIndex", "selection_notices"]


def selection_notices(selected: Selected) -> list[str]:
    """What to tell about a selection: a union that may be meant as an intersection, terms that match nothing."""
    union = union_notice(selected)
    barren = [f"{text!r} matches nothing" for text, count in selected.terms if not count]
    return [*([union] if union else []), *(barren if len(selected.terms) > 1 else [])]


class GraphIndex:
    """A graph as selections see it.

    Args:
        graph: The resolved graph.
        pii_sources: Sources with personal data.
        states: Name to the states that select it, as ``States.in_graph`` gives them; None when nothing was compared.
    """

    def __init__(
        self,
        graph: Graph,
        pii_sources: Sequence[str] = (),
        states: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._graph = graph
        self._pii_sources = pii_sources
        self._states = states

    def names(self) -> Sequence[str]:
        """Public nodes in graph order."""
        return self._graph.public_names()

    def hidden(self) -> Sequence[str]:
        """Generated and given nodes."""
        return [name for name, node in self._graph.nodes.items() if not node.public]

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one attribute of a node."""
        if attribute == "state":
            return _states_of(name, self._states)
        node = self._graph.nodes[name]
        metadata = node.metadata
        match attribute:
            case "role":
                return [str(node.role)]
            case "tag":
                return [*node.tags, *(f"{key}={value}" for key, values in node.tags.items() for value in values)]
            case "owner":
                return metadata.owner
            case "module":
                return [] if node.defined is None else [node.defined.module]
            case "entity":
                return _entity_values(self._graph.grain(name))
            case "status":
                return [] if metadata.status is None else [metadata.status]
            case "pii":
                return ["true" if metadata.pii or name in self._pii_sources else "false"]
        return []

    def parents(self, name: str) -> Sequence[str]:
        """What feeds a node."""
        return self._graph.existing_parents(name)

    def children(self, name: str) -> Sequence[str]:
        """What a node feeds."""
        return list(dict.fromkeys(self._graph.children[name]))


def _states_of(name: str, states: Mapping[str, Sequence[str]] | None) -> Sequence[str]:
    """The states of a name; what the comparison does not know was not there before."""
    return () if states is None else states.get(name, ("new", "modified"))


def _entity_values(grain: Grain | None) -> list[str]:
    """Each key column, and all of them as the grain is called."""
    return [] if grain is None or not grain.entity else [*grain.entity, "+".join(grain.entity)]


class CatalogIndex:
    """Catalog rows as selections see them.

    Args:
        features: Rows of the view ``features``.
        variants: Rows of the view ``variants``.
        owners: Rows of the view ``owners``.
        edges: ``(parent, child, …)`` of the view ``edges``.
        states: Catalog key to the states that select it, as ``States.selectable`` has them; None when nothing was
            compared.
    """

    def __init__(
        self,
        features: Sequence[Mapping[str, Any]],
        variants: Sequence[Mapping[str, Any]],
        owners: Sequence[Mapping[str, Any]],
        edges: Sequence[tuple[Any, ...]],
        *,
        states: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._states = states
        self._rows = {row["feature"]: row for row in features}
        self._modules: dict[str, list[str]] = {}
        for row in variants:
            self._modules.setdefault(row["feature"], []).append(row["module"])
        self._owners: dict[str, list[str]] = {}
        for row in owners:
            self._owners.setdefault(row["feature"], []).append(row["owner"])
        self._parents: dict[str, list[str]] = {}
        self._children: dict[str, list[str]] = {}
        for parent, child in dict.fromkeys((edge[0], edge[1]) for edge in edges):
            self._parents.setdefault(child, []).append(parent)
            self._children.setdefault(parent, []).append(child)

    def names(self) -> Sequence[str]:
        """Public features in catalog order."""
        return [feature for feature, row in self._rows.items() if row["public"]]

    def hidden(self) -> Sequence[str]:
        """Generated and given nodes."""
        return [feature for feature, row in self._rows.items() if not row["public"]]

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one attribute of a feature."""
        if attribute == "state":
            return _states_of(name, self._states)
        row = self._rows[name]
        match attribute:
            case "tag":
                tags = row["tags"] or {}
                return [*tags, *(f"{key}={value}" for key, values in tags.items() for value in values)]
            case "owner":
                return self._owners.get(name, [])
            case "module":
                return list(dict.fromkeys(self._modules.get(name, [])))
            case "entity":
                entity = row["entity"] or []
                return [*entity, "+".join(entity)] if entity else []
            case "pii":
                return ["true" if row["pii"] else "false"]
            case "status" | "role":
                return [] if row[attribute] is None else [row[attribute]]
        return []

    def parents(self, name: str) -> Sequence[str]:
        """What feeds a feature."""
        return self._parents.get(name, [])

    def children(self, name: str) -> Sequence[str]:
        """What a feature feeds."""
        return self._children.get(name, [])

"""A resolved graph as selections see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

from featurecat.definition.condition import as_json
from featurecat.definition.node import Node, Role
from featurecat.errors import Problem
from featurecat.graph.grain import Grain
from featurecat.graph.graph import Graph
from featurecat.graph.selection.evaluate import NamedSet
from featurecat.graph.selection.keys import clause_texts, config_values

__all__ = ["NOTHING_BEYOND", "Beyond", "GraphIndex", "Standing", "entity_values", "states_of"]

#: Why ``state:`` cannot be told where nothing was compared.
NO_COMPARISON = Problem(
    "invalid-option",
    "needs --against REF: what to compare with",
    hint="for example --against origin/main, or --against HEAD for what is not committed",
)
#: Why what runs have told cannot be asked for.
NO_CATALOG = Problem("unsupported", "asks the catalog, and there is none here", hint="ask in a project")


class Standing(Protocol):
    """What the catalog tells of the names of an index, beside their definitions."""

    def values(self, attribute: str) -> Mapping[str, Sequence[str]]:
        """Name to its values of ``result`` or ``freshness``."""

    def queried(self, statement: str) -> Sequence[str]:
        """The names that a query answers."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known of the nodes of a graph that it does not tell itself.

    Attributes:
        variants: All variants of each name, those included that the config leaves out.
        keys: Inputs that are config keys, though nothing is given for them.
        sets: What ``set:`` can name, or what reads it when it is asked for.
        owners: Tells the owners that are named elsewhere than in the code, by name.
        standing: What the catalog tells; None where there is none.
        refusals: Kinds of atoms that cannot be answered, with the reason.
    """

    variants: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    keys: Collection[str] = ()
    sets: Mapping[str, NamedSet] | Callable[[], Mapping[str, NamedSet]] = field(default_factory=dict)
    owners: Callable[[], Mapping[str, Sequence[str]]] | None = None
    standing: Standing | None = None
    refusals: Mapping[str, Problem] = field(default_factory=dict)

    def named_sets(self) -> Mapping[str, NamedSet]:
        """The sets."""
        return self.sets() if callable(self.sets) else self.sets

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of ``result`` or ``freshness`` of a name."""
        return () if self.standing is None else self.standing.values(attribute).get(name, ())

    def queried(self, statement: str) -> Sequence[str]:
        """The names that a query on the catalog answers."""
        return () if self.standing is None else self.standing.queried(statement)

    def refusal(self, kind: str, *, compared: bool) -> Problem | None:
        """Why a kind of atom cannot be answered.

        Args:
            kind: Of an atom.
            compared: Whether states are known.
        """
        if kind in self.refusals:
            return self.refusals[kind]
        if kind == "state":
            return None if compared else NO_COMPARISON
        return NO_CATALOG if kind in ("result", "freshness", "sql") and self.standing is None else None


#: For an index that knows no more than its rows or nodes.
NOTHING_BEYOND: Final = Beyond()


class GraphIndex:
    """A graph as selections see it.

    Args:
        graph: The resolved graph.
        pii_sources: Sources with personal data.
        states: Name to the states that select it, as ``States.in_graph`` gives them; None when nothing was compared.
        beyond: What the graph does not tell itself.
    """

    def __init__(
        self,
        graph: Graph,
        pii_sources: Sequence[str] = (),
        states: Mapping[str, Sequence[str]] | None = None,
        *,
        beyond: Beyond = NOTHING_BEYOND,
    ) -> None:
        self._graph = graph
        self._pii_sources = frozenset(pii_sources)
        self._states = states
        self._beyond = beyond

    def names(self) -> Sequence[str]:
        """Public nodes in graph order."""
        return self._graph.public_names()

    def hidden(self) -> Sequence[str]:
        """Generated and given nodes."""
        return [name for name, node in self._graph.nodes.items() if not node.public]

    def values(self, name: str, attribute: str) -> Sequence[str]:
        """The values of one attribute of a node."""
        if attribute in ("result", "freshness"):
            return self._beyond.values(name, attribute)
        node = self._graph.nodes[name]
        match attribute:
            case "state":
                return states_of(name, self._states)
            case "role":
                return [str(node.role)]
            case "owner":
                return self._owners(name, node)
            case "config":
                return self._config.get(name, ())
            case "entity":
                return entity_values(self._graph.grain(name))
            case "pii":
                return ["true" if node.metadata.pii or name in self._pii_sources else "false"]
        return _written(node, attribute)

    def parents(self, name: str) -> Sequence[str]:
        """What feeds a node."""
        return self._graph.existing_parents(name)

    def children(self, name: str) -> Sequence[str]:
        """What a node feeds."""
        return list(dict.fromkeys(self._graph.children[name]))

    def sets(self) -> Mapping[str, NamedSet]:
        """What ``set:`` can name."""
        return self._beyond.named_sets()

    def queried(self, statement: str) -> Sequence[str]:
        """The nodes that a query on the catalog answers."""
        return self._beyond.queried(statement)

    def refusal(self, kind: str) -> Problem | None:
        """Why a kind of atom cannot be answered."""
        return self._beyond.refusal(kind, compared=self._states is not None)

    def _owners(self, name: str, node: Node) -> Sequence[str]:
        if node.metadata.owner or self._beyond.owners is None:
            return node.metadata.owner
        return self._beyond.owners().get(name, ())

    @cached_property
    def _config(self) -> Mapping[str, Sequence[str]]:
        nodes = self._graph.nodes
        own = {
            name: [
                text
                for variant in self._beyond.variants.get(name, (node,))
                for clause in as_json(variant.condition)
                for text in clause_texts(clause["key"], clause["value"])
            ]
            for name, node in nodes.items()
        }
        keys = {
            name: name
            for name, node in nodes.items()
            if node.role is Role.CONFIG or (node.role is Role.INPUT and name in self._beyond.keys)
        }
        return config_values(
            own, keys, public=self.names(), hidden=self.hidden(), parents=self.parents, children=self.children
        )


def _written(node: Node, attribute: str) -> Sequence[str]:
    """What stands in the code."""
    match attribute:
        case "tag":
            return [*node.tags, *(f"{key}={value}" for key, values in node.tags.items() for value in values)]
        case "module":
            return [] if node.defined is None else [node.defined.module]
        case "status":
            return [] if node.metadata.status is None else [node.metadata.status]
    return []


def states_of(name: str, states: Mapping[str, Sequence[str]] | None) -> Sequence[str]:
    """The states of a name; what the comparison does not know was not there before.

    Args:
        name: Of the index.
        states: Name to its states; None when nothing was compared.
    """
    return () if states is None else states.get(name, ("new", "modified"))


def entity_values(grain: Grain | None) -> list[str]:
    """Each key column, and all of them as the grain is called.

    Args:
        grain: Of a node; None where it has no rows.
    """
    return [] if grain is None or not grain.entity else [*grain.entity, "+".join(grain.entity)]

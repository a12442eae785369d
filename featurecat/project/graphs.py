"""Which graph a selection is about: the default one, or the further one that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.deferred import expand
from featurecat.errors import Problem, RequestError
from featurecat.graph.selection.evaluate import NamedSet
from featurecat.graph.selection.grammar import Atom, Intersection, Not, Selection, Union

__all__ = ["choose_graph"]


def choose_graph(
    definitions: Mapping[str, Definitions],
    selection: Selection | None,
    config: Mapping[str, Any] | None = None,
    *,
    sets: Mapping[str, NamedSet] | None = None,
) -> tuple[str, Selection | None]:
    """The one graph that a selection names, and the selection within it.

    ``graph/name`` names a graph. So does a short name that the default graph lacks and one other graph has. What
    names none is about the graph that all features of its sets are of, else about the default graph, or about the
    only graph with features.

    Args:
        definitions: Graph name to definitions.
        selection: What was asked; None when everything was.
        config: The config; some functions have their names under a config only.
        sets: What ``set:`` can name.

    Raises:
        RequestError: Code ``invalid-option`` when several graphs are named, ``ambiguous-name`` when a short name is
            in several of them.
    """
    definitions = {name: expand(one, config or {}) for name, one in definitions.items()}
    if selection is None:
        return _graph_by_default(definitions), None
    atoms = [atom for atom in _atoms(selection) if atom.kind == "name"]
    named = _named(_graph_in(atom, definitions) for atom in atoms)
    named = named or _named(_only_holder(atom, definitions) for atom in atoms)
    if len(named) > 1:
        raise RequestError(
            f"one run is about one graph; the selection is about {', '.join(named)}", hint="run them one by one"
        )
    graph = next(iter(named), None) or _graph_of_sets(selection, sets or {}, definitions)
    graph = graph or _graph_by_default(definitions)
    return graph, _within(selection, graph)


def _named(graphs: Iterable[str | None]) -> list[str]:
    """Each graph once, in order."""
    return list(dict.fromkeys(graph for graph in graphs if graph is not None))


def _graph_of_sets(
    selection: Selection, sets: Mapping[str, NamedSet], definitions: Mapping[str, Definitions]
) -> str | None:
    """The one further graph that all names in sets are of."""
    named = [sets[atom.value] for atom in _atoms(selection) if atom.kind == "set" and atom.value in sets]
    names = [
        atom for one in named if one.selection is not None for atom in _atoms(one.selection) if atom.kind == "name"
    ]
    graphs = {_graph_in(atom, definitions) for atom in names}
    return graphs.pop() if len(graphs) == 1 else None


def _graph_by_default(definitions: Mapping[str, Definitions]) -> str:
    filled = [graph for graph, found in definitions.items() if found.variants]
    return filled[0] if len(filled) == 1 else "default"


def _graph_in(atom: Atom, definitions: Mapping[str, Definitions]) -> str | None:
    graph, slash, _ = atom.value.partition("/")
    return graph if slash and graph in definitions and graph != "default" else None


def _only_holder(atom: Atom, definitions: Mapping[str, Definitions]) -> str | None:
    """The further graph that has a short name which the default graph lacks."""
    if atom.glob or atom.value in definitions["default"].variants:
        return None
    holders = [graph for graph, found in definitions.items() if atom.value in found.variants]
    if len(holders) > 1:
        message = f"{atom.value!r} is the name of {len(holders)} features"
        candidates = tuple(f"{graph}/{atom.value}" for graph in holders)
        raise RequestError(
            Problem("ambiguous-name", message, hint="name one of them in full", feature=atom.value, details=candidates)
        )
    return holders[0] if holders else None


def _atoms(selection: Selection) -> Iterator[Atom]:
    match selection:
        case Atom():
            yield selection
        case Not(operand):
            yield from _atoms(operand)
        case Intersection(parts) | Union(parts):
            for part in parts:
                yield from _atoms(part)


def _within(selection: Selection, graph: str) -> Selection:
    """A selection without the graph before its names."""
    match selection:
        case Atom(kind="name"):
            return replace(selection, value=selection.value.removeprefix(f"{graph}/"))
        case Atom():
            return selection
        case Not(operand):
            return Not(_within(operand, graph))
        case Intersection(factors):
            return Intersection(tuple(_within(factor, graph) for factor in factors))
    return Union(tuple(_within(term, graph) for term in selection.terms), selection.implicit)

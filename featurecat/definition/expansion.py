"""How a function became its nodes: phase by phase, which decorator did what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from featurecat.definition.collect import nodes_of, plain_node
from featurecat.definition.condition import concealed_keys, condition_text
from featurecat.definition.fingerprint import Fingerprints
from featurecat.definition.modifier import Modifier, Phase, Stage
from featurecat.definition.node import DefinedFunction, Dependency, Node

__all__ = ["ExplainedNode", "ExplainedStage", "explain_function"]

_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """A node as one stage left it.

    Attributes:
        name: Its name.
        role: What it is.
        parents: What it takes, in order.
        function: Name of the function that computes it, where that is another than the decorated one.
        file: Where that function is, or None.
        line: Its line in ``file``.
    """

    name: str
    role: str
    parents: tuple[str, ...]
    function: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ExplainedStage:
    """What one decorator did.

    Attributes:
        phase: Name of its phase, lower case; ``define`` for the function itself.
        decorator: Its text, on one line.
        file: Where it is written.
        line: Its line in ``file``.
        made: Nodes that are new after it, or were rewired by it.
        removed: Names of nodes that are gone after it.
        changed: Names of further nodes whose tags, metadata or documentation it changed.
        nodes: Names of all nodes after it.
        roles: As what they are drawn, by name.
    """

    phase: str
    decorator: str
    file: str | None
    line: int | None
    made: tuple[ExplainedNode, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> dict[str, str]:
        """Names of the nodes it made or changed, and as what they are drawn."""
        roles = {**dict.fromkeys(self.changed, "feature"), **{node.name: node.role for node in self.made}}
        return {name: self.roles.get(name, role) for name, role in roles.items()}

    def as_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "phase": self.phase,
            "decorator": self.decorator,
            "file": self.file,
            "line": self.line,
            "made": [
                {"name": node.name, "role": node.role, "parents": list(node.parents), "function": node.function}
                for node in self.made
            ],
            "removed": list(self.removed),
            "changed": list(self.changed),
            "nodes": list(self.nodes),
        }


def explain_function(
    defined: DefinedFunction,
    sources: Fingerprints,
    config: Mapping[str, Any] | None = None,
    *,
    drawn_as: Callable[[Node], str] | None = None,
) -> list[ExplainedStage]:
    """What each decorator of a function did to its nodes, in the order in which they apply.

    Args:
        defined: The function.
        sources: Reads the source, for the text and line of each decorator.
        config: The config, where the nodes depend on it.
        drawn_as: As what a node is drawn; by default its role.

    Returns:
        First the function itself, then its conditions, then one stage per decorator.

    Raises:
        DefinitionError: When a decorator does not fit.
    """
    stages: list[Stage] = []
    nodes_of(defined, config, stages=stages)
    written = _Written(defined, sources)
    first = plain_node(defined)
    shown = drawn_as or _role_text
    alone: dict[str, Any] = {"nodes": (first.name,), "roles": {first.name: shown(first)}}
    text = f"def {defined.function.__name__}"
    explained = [ExplainedStage("define", text, defined.file, written.line, (_explained(first, defined),), **alone)]
    for modifier in defined.modifiers:
        if modifier.phase is Phase.RESOLVE:
            text, line = written.of(modifier)
            explained.append(ExplainedStage("resolve", text, defined.file, line, changed=(first.name,), **alone))
    before: Sequence[Node] = (first,)
    for stage in stages:
        assert stage.modifier is not None  # only modifiers leave stages
        text, line = written.of(stage.modifier)
        file = defined.file
        if (place := getattr(stage.modifier, "place", None)) is not None:
            file, line = place
        made = _made(before, stage.nodes, defined)
        new = {node.name for node in made}
        explained.append(
            ExplainedStage(
                stage.modifier.phase.name.lower(),
                text,
                file,
                line,
                made,
                _removed(before, stage.nodes),
                tuple(name for name in _changed(before, stage.nodes) if name not in new),
                tuple(node.name for node in stage.nodes),
                {node.name: shown(node) for node in stage.nodes},
            )
        )
        before = stage.nodes
    return explained


def _role_text(node: Node) -> str:
    return str(node.role)


def _explained(node: Node, outer: DefinedFunction) -> ExplainedNode:
    parents = tuple(argument.name for argument in node.arguments if type(argument) is Dependency)
    inner = node.defined
    if inner is None or inner.function is outer.function:
        return ExplainedNode(node.name, str(node.role), parents)
    return ExplainedNode(node.name, str(node.role), parents, inner.function.__name__, inner.file, inner.line)


def _made(before: Iterable[Node], after: Iterable[Node], defined: DefinedFunction) -> tuple[ExplainedNode, ...]:
    known = {(node.name, node.variant): node for node in before}
    return tuple(
        _explained(node, defined)
        for node in after
        if (old := known.get((node.name, node.variant))) is None
        or _wiring(old) != _wiring(node)
        or old.function is not node.function
    )


def _wiring(node: Node) -> list[str]:
    return [argument.name if type(argument) is Dependency else f"={argument.parameter}" for argument in node.arguments]


def _removed(before: Iterable[Node], after: Iterable[Node]) -> tuple[str, ...]:
    left = {node.name for node in after}
    return tuple(dict.fromkeys(node.name for node in before if node.name not in left))


def _changed(before: Iterable[Node], after: Iterable[Node]) -> tuple[str, ...]:
    known = {(node.name, node.variant): node for node in before}
    return tuple(
        node.name
        for node in after
        if (old := known.get((node.name, node.variant))) is not None
        and old is not node
        and (old.tags, old.declared, old.doc, old.type) != (node.tags, node.declared, node.doc, node.type)
    )


class _Written:
    """The decorators of a function as they stand in its file."""

    def __init__(self, defined: DefinedFunction, sources: Fingerprints) -> None:
        source = sources.text_of(defined.function)
        self._condition = condition_text(defined.condition)
        self._texts: dict[int, tuple[str, int | None]] = {}
        self.line: int | None = defined.line if source is None else source.tree.lineno
        written = [] if source is None else list(reversed(source.tree.decorator_list))
        for modifier in defined.modifiers:
            position = next((place for place, tree in enumerate(written) if _names(tree, modifier)), None)
            if position is not None:
                tree = written[position]
                del written[: position + 1]
                concealed = concealed_keys(defined.condition) if modifier.phase is Phase.RESOLVE else frozenset()
                self._texts[id(modifier)] = (_text(_without_values(tree, concealed)), tree.lineno)
        chosen = [one for one in defined.modifiers if one.phase is Phase.DYNAMIC]
        self._choice = self._texts.get(id(chosen[0])) if len(chosen) == 1 else None

    def of(self, modifier: Modifier) -> tuple[str, int | None]:
        """Text and line of a decorator."""
        if id(modifier) in self._texts:
            return self._texts[id(modifier)]
        if self._choice is not None:
            return f"@{modifier.name}(…), chosen by {self._choice[0]}", self._choice[1]
        return f"@{modifier.name}(…)", None


def _names(tree: ast.expr, modifier: Modifier) -> bool:
    called = tree.func if isinstance(tree, ast.Call) else tree
    text = ast.unparse(called)
    spelled = {modifier.name, type(modifier).__name__, modifier.name.rpartition(".")[2]}
    return text in spelled or text.rpartition(".")[2] in spelled or any(text.endswith(f".{name}") for name in spelled)


def _without_values(tree: ast.expr, keys: Collection[str]) -> ast.expr:
    """A decorator without what it says of some keys."""
    if not isinstance(tree, ast.Call) or not any(keyword.arg in keys for keyword in tree.keywords):
        return tree
    masked = ast.Name("***")
    keywords = [ast.keyword(one.arg, masked) if one.arg in keys else one for one in tree.keywords]
    return ast.copy_location(ast.Call(tree.func, tree.args, keywords), tree)


def _text(tree: ast.expr) -> str:
    text = f"@{ast.unparse(tree)}"
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"

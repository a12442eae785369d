"""Between featurecat and Hamilton: graphs built by Hamilton's rules, and our nodes as Hamilton's.

What Hamilton does otherwise when it builds a graph, and this module with it:

* without ``@config`` a suffix stays in a node's name: ``a__pandas`` is a node of that name;
* a config key that is also a node takes the node's place;
* names may differ in case alone;
* checks log and raise in Hamilton's words;
* columns that meet need not share their rows, so nothing is checked or joined before a function runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any, TypeAlias, get_origin

from featurecat.compat.hamilton.data_quality.base import with_legacy_checks
from featurecat.compat.hamilton.node import DependencyType, Node, NodeType
from featurecat.definition.collect import Definitions, collect
from featurecat.definition.deferred import expand
from featurecat.definition.modifier import ATTRIBUTE, Phase, modifiers_of
from featurecat.definition.node import REQUIRED, Argument, DefinedFunction, Dependency, Role
from featurecat.definition.node import Node as OwnNode
from featurecat.definition.parallel import Collect, Parallelizable
from featurecat.definition.types import accepts
from featurecat.errors import DefinitionError, ModifierError
from featurecat.function_modifiers.conditions import ConfigModifier
from featurecat.function_modifiers.loading import ADAPTER, LOADS, dataloader
from featurecat.function_modifiers.materializing import SAVES
from featurecat.function_modifiers.subdags import parameterized_subdag, subdag
from featurecat.graph.build import try_build_graph
from featurecat.graph.graph import Graph
from featurecat.graph.parallel import parallel_problems

__all__ = ["LegacyGraph", "inner_node", "inner_nodes", "legacy_graph", "legacy_tags"]

#: Of the type that is given and the one that is wanted: whether that may be.
Approval: TypeAlias = Callable[[Any, Any], bool]

_CONTAINS_RESULTS = "hamilton.data_quality.contains_dq_results"
#: Tags of featurecat's own that Hamilton's stand for.
_TRANSFER_TAGS = frozenset({LOADS, SAVES, ADAPTER})
_SOURCE_NODE = "hamilton.data_quality.source_node"


# --- graphs -----------------------------------------------------------------------------------------


def legacy_graph(
    modules: Iterable[ModuleType],
    config: Mapping[str, Any],
    *,
    allow_overrides: bool = False,
    approves: Approval | None = None,
) -> LegacyGraph:
    """The graph of modules, by Hamilton's rules.

    Args:
        modules: Modules with functions.
        config: The config.
        allow_overrides: Whether a later module replaces what an earlier one defines.
        approves: Says whether what is of one type may go where another is asked for, beside what may anyway.

    Raises:
        DefinitionError: A ValueError with every problem.
    """
    definitions = collect(
        [_with_suffixes_kept(module) for module in dict.fromkeys(modules)], allow_overrides=allow_overrides
    )
    definitions = expand(definitions, config)
    for key in config:
        definitions.variants.pop(key, None)
    for name, variants in definitions.variants.items():
        definitions.variants[name] = [with_legacy_checks(node) for node in variants]
    if approves is not None:
        _approve(definitions, approves)
    graph, problems = try_build_graph(definitions, config)
    left = [problem for problem in definitions.problems if problem.code != "case-conflict"]
    if left or problems or (problems := parallel_problems(graph.nodes)):
        every = [*left, *problems]
        # what catches misused decorators catches those that are seen late, too
        kind = ModifierError if all(problem.code == "invalid-modifier" for problem in every) else DefinitionError
        raise kind(every)
    return LegacyGraph.of(graph)


class LegacyGraph(Graph):
    """A graph whose columns need not share their rows."""

    @classmethod
    def of(cls, graph: Graph) -> LegacyGraph:
        """The same graph by Hamilton's rules."""
        return cls(graph.nodes, graph.config, graph.engine, graph.unmatched, graph.sources)

    def get_nodes(self) -> list[Node]:
        """All nodes as Hamilton's internals have them."""
        return list(inner_nodes(self).values())

    def alignment(self, name: str) -> None:
        """None: nothing is checked or joined before a function runs."""
        del name


def _approve(definitions: Definitions, approves: Approval) -> None:
    """Let any type pass along the edges that somebody approves of."""
    given = {name: [node.type for node in variants] for name, variants in definitions.variants.items()}
    for name, variants in definitions.variants.items():
        definitions.variants[name] = [node.with_(arguments=_approved(node, given, approves)) for node in variants]


def _approved(node: OwnNode, given: Mapping[str, list[Any]], approves: Approval) -> tuple[Argument, ...]:
    return tuple(
        one._replace(type=Any)
        if isinstance(one, Dependency)
        and any(not accepts(one.type, kind) and approves(kind, one.type) for kind in given.get(one.name, ()))
        else one
        for one in node.arguments
    )


def _with_suffixes_kept(module: ModuleType) -> ModuleType:
    """The module, or one like it whose functions have a suffix that no decorator gives a meaning."""
    suffixed = {
        name: member
        for name, member in vars(module).items()
        if type(member) is FunctionType
        and "__" in member.__name__
        and member.__module__ == module.__name__
        and not any(modifier.phase is Phase.RESOLVE for modifier in modifiers_of(member))
    }
    if not suffixed:
        return module
    shadow = ModuleType(module.__name__, module.__doc__)
    shadow.__dict__.update(vars(module))
    for name, function in suffixed.items():
        setattr(shadow, name, _named_in_full(function))
    return shadow


class _InFull(ConfigModifier):
    """Keeps a function's name as its node's, whatever it ends in."""

    def check(self, function: Callable[..., Any]) -> None:
        """There is nothing to check: nobody wrote this."""


def _named_in_full(function: FunctionType) -> FunctionType:
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__, copy.__annotations__ = function.__kwdefaults__, function.__annotations__
    copy.__module__, copy.__doc__, copy.__qualname__ = function.__module__, function.__doc__, function.__qualname__
    copy.__dict__.update(function.__dict__)
    setattr(copy, ATTRIBUTE, (*modifiers_of(function), _InFull((), function.__name__)))
    return copy


# --- nodes ------------------------------------------------------------------------------------------


def inner_nodes(graph: Graph) -> dict[str, Node]:
    """Every node as Hamilton's internals have it, with its neighbours."""
    made = {name: inner_node(node) for name, node in graph.nodes.items()}
    for name, children in graph.children.items():
        for child in dict.fromkeys(children):
            made[name].depended_on_by.append(made[child])
            made[child].dependencies.append(made[name])
            if made[name].user_defined and not made[name].originating_functions:
                made[name].originating_functions = made[child].originating_functions  # as Hamilton: the first who asks
    return made


def inner_node(node: OwnNode) -> Node:
    """One node as Hamilton's internals have it, without its neighbours."""
    kinds = {True: DependencyType.OPTIONAL, False: DependencyType.REQUIRED}
    return Node(
        node.name,
        node.type,
        node.documentation or "",
        None if node.given else _by_name(node),
        _source_of(node),
        input_types={one.name: (one.type, kinds[one.optional]) for one in node.dependencies},
        tags=legacy_tags(node),
        originating_functions=_functions_of(node),
        optional_values={one.name: one.default for one in node.dependencies if one.default is not REQUIRED},
    )


def _by_name(node: OwnNode) -> Callable[..., Any]:
    """The node's function as one that takes its dependencies by their names."""

    def call(**values: Any) -> Any:
        given = [
            values.get(argument.name, argument.default) if isinstance(argument, Dependency) else argument.value
            for argument in node.arguments
        ]
        split = len(given) - len(node.keywords)
        return node.function(*given[:split], **dict(zip(node.keywords, given[split:], strict=True)))

    return call


def _functions_of(node: OwnNode) -> tuple[Callable[..., Any], ...] | None:
    if node.defined is None:
        return ()
    return tuple(dict.fromkeys([node.defined.function, *(brought.function for brought in node.via)]))


def _source_of(node: OwnNode) -> NodeType:
    if node.given:
        return NodeType.EXTERNAL
    if get_origin(node.type) is Parallelizable:
        return NodeType.EXPAND
    if any(get_origin(one.type) is Collect for one in node.dependencies):
        return NodeType.COLLECT
    return NodeType.STANDARD


def legacy_tags(node: OwnNode) -> dict[str, Any]:
    """Tags under Hamilton's keys, a single value as a string."""
    tags: dict[str, Any] = {}
    if node.defined is not None and not node.given:
        tags["module"] = node.defined.module
        if keys := _config_keys(node.defined):
            tags["hamilton.config"] = ",".join(keys)
    if node.role is Role.VALIDATOR:
        tags[_CONTAINS_RESULTS] = True
        tags[_SOURCE_NODE] = _checked_by(node)
    if any(isinstance(one, subdag | parameterized_subdag) for by in node.via for one in by.modifiers):
        tags["hamilton.non_final_node"] = True
    tags |= _transfer_tags(node)
    if node.schema:
        tags["hamilton.internal.schema_output"] = ",".join(f"{column}={kind}" for column, kind in node.schema)
    own = {key: values for key, values in node.tags.items() if key not in _TRANSFER_TAGS}
    return tags | {key: values[0] if len(values) == 1 else list(values) for key, values in own.items()}


def _transfer_tags(node: OwnNode) -> dict[str, Any]:
    """How Hamilton tags nodes that load and save."""
    by_function = node.defined is not None and any(isinstance(one, dataloader) for one in node.defined.modifiers)
    loads, saves = node.tags.get(LOADS), node.tags.get(SAVES)
    (adapter,) = node.tags.get(ADAPTER, (node.name,))
    if loads == ("function",) or (by_function and node.defined is not None and node.name == node.defined.name):
        filled, source = node.name.removesuffix(".loader"), node.name.rpartition(".")[2]
        described = {"classname": f"{filled}()", "node": filled, "source": source}
    elif loads is not None:
        described = {"classname": adapter, "node": node.name.rpartition(".")[2], "source": loads[0]}
    elif saves is not None:
        function = saves == ("function",)
        named = {"classname": f"{adapter}()" if function else adapter, "sink": adapter if function else saves[0]}
        return {"hamilton.data_saver": True, **{f"hamilton.data_saver.{key}": tag for key, tag in named.items()}}
    else:
        return {}
    told = {"has_metadata": node.type is tuple or get_origin(node.type) is tuple, **described}
    return {"hamilton.data_loader": True, **{f"hamilton.data_loader.{key}": tag for key, tag in told.items()}}


def _config_keys(defined: DefinedFunction) -> list[str]:
    """The keys that ``@config`` decorators of a function look at."""
    conditions = [one for one in defined.modifiers if isinstance(one, ConfigModifier)]
    return list(dict.fromkeys(clause.key for one in conditions for clause in one.clauses))


def _checked_by(node: OwnNode) -> str:
    """The feature that a validator is for: it depends on that one's raw value."""
    raw = node.dependencies[0].name if node.dependencies else node.name
    return raw.removesuffix("_raw")

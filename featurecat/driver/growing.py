"""A graph grows the nodes that load and save: what ``from_`` and ``to`` ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from featurecat.definition.collect import Definitions
from featurecat.definition.node import Node, Role, dependency_on, role_of
from featurecat.definition.types import type_text
from featurecat.errors import DefinitionError, FeaturecatError, Problem, did_you_mean
from featurecat.function_modifiers.loading import LOADS, Fault, argument_faults, load_node, no_adapter, select_node
from featurecat.function_modifiers.materializing import save_node
from featurecat.graph.build import try_build_graph
from featurecat.graph.graph import Graph
from featurecat.io.materializers import Loading, Materializer, Saving
from featurecat.io.targets import kept_file, local_path, targets_among

if TYPE_CHECKING:
    from featurecat.execution.results import ResultBuilder

__all__ = ["Combine", "Declared", "grown_graph"]


class Declared:
    """A loader or saver that knows where it was written down: what it raises on purpose says so.

    Attributes:
        function: What loads or saves.
        declared_at: File and line where that is asked for.

    Args:
        function: What loads or saves.
        materializer: What asks for it.
    """

    __slots__ = ("declared_at", "function")

    def __init__(self, function: Callable[..., Any], materializer: Materializer) -> None:
        self.function = function
        self.declared_at = materializer.place

    def __call__(self, *values: Any) -> Any:
        """What the function returns.

        Raises:
            FeaturecatError: What the function raises on purpose, with file and line; other errors pass as they are.
        """
        try:
            return self.function(*values)
        except FeaturecatError as error:
            file, line = self.declared_at
            error.problems = tuple(
                problem if problem.file is not None else replace(problem, file=file, line=line)
                for problem in error.problems
            )
            raise


class Combine:
    """Makes one value of several, with a result builder.

    Args:
        builder: A result builder, or the name of a shipped one.
        names: The names of the values, in the order they arrive.
    """

    __slots__ = ("builder", "names")

    def __init__(self, builder: ResultBuilder | str, names: tuple[str, ...]) -> None:
        self.builder = builder
        self.names = names

    def __call__(self, *values: Any) -> Any:
        """The combined value."""
        builder = self.builder
        if isinstance(builder, str):
            from featurecat.execution.results import result_builder

            builder = result_builder(builder)
        return builder.build_result(**dict(zip(self.names, values, strict=True)))


_SHIPPED_BUILDERS = ("arrow", "dict", "pandas", "polars")


def grown_graph(graph: Graph, materializers: Sequence[Materializer]) -> Graph:
    """The graph with nodes that load and save; see :func:`~featurecat.driver.materializing.extended_graph`.

    Args:
        graph: A resolved graph.
        materializers: What ``to`` and ``from_`` made.

    Raises:
        DefinitionError: With everything that is wrong with them.
    """
    grown = _Grown(graph)
    for one in materializers:
        if isinstance(one, Loading):
            grown.load(one)
    for one in materializers:
        if isinstance(one, Saving):
            grown.save(one)
    return grown.build()


class _Grown:
    """A graph on its way to being another one."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = {name: node for name, node in graph.nodes.items() if not node.given}
        self.made: dict[str, Materializer] = {}
        self.targets: dict[tuple[str, Any], Saving] = {}
        self.problems: list[Problem] = []

    def build(self) -> Graph:
        """The graph.

        Raises:
            DefinitionError: When there are problems.
        """
        graph = self.graph
        unmatched = {name: variants for name, variants in graph.unmatched.items() if name not in self.nodes}
        sources = {name: source for name, source in graph.sources.items() if name not in self.nodes}
        definitions = Definitions({**unmatched, **{name: [node] for name, node in self.nodes.items()}})
        built, problems = try_build_graph(definitions, graph.config, graph.engine, sources=sources)
        if self.problems or problems:
            raise DefinitionError([*self.problems, *problems])
        return built

    def load(self, loading: Loading) -> None:
        """Add the nodes that load; the target takes the data."""
        target = self.graph.nodes.get(loading.target)
        if target is None:
            self._unknown(loading, loading.target)
            return
        if target.role is Role.CONFIG:
            text = f"{loading.target!r} is a config key, which is known before anything is loaded"
            self._add(loading, text, "load what depends on it", code="config-conflict")
            return
        name = f"load_data.{loading.target}"
        if not self._is_free(loading, name, loaded=True):
            return
        adapter = loading.registry.find("load", loading.format, target.type)
        if adapter is None:
            self._faults(loading, [no_adapter("load", loading.format, target.type, registry=loading.registry)])
            return
        faults = argument_faults(adapter, loading.arguments)
        self._faults(loading, faults)
        if faults:
            return
        loader = load_node(name, adapter, loading.arguments, type_=target.type, defined=target.defined)
        data = select_node(target.name, loader, type_=target.type)
        self.nodes[name] = loader.with_(function=Declared(loader.function, loading))
        self.nodes[target.name] = target.with_(
            function=data.function,
            arguments=data.arguments,
            keywords=(),
            role=role_of(target.type) if target.given else target.role,
            expectations=(),
            raw=None,
        )

    def save(self, saving: Saving) -> None:
        """Add the node that saves, and the one that combines what is saved."""
        names = [self._name_of(saving, item) for item in saving.dependencies]
        known = [name for name in names if name is not None]
        if not self._is_free(saving, saving.id) or len(known) < len(names):
            return
        if saving.combine is None:
            if len(known) != 1:
                text = f"it saves {', '.join(known)}: what makes one value of them is not said"
                self._add(saving, text, "combine='pandas' (or polars, arrow, dict), or a result builder")
                return
            saved = self._node(known[0])
        else:
            combined = self._combined(saving, known)
            if combined is None:
                return
            saved = combined
        node, faults = save_node(
            saving.id, saved, saving.format, given=saving.arguments, registry=saving.registry, defined=saved.defined
        )
        self._faults(saving, faults)
        self._check_target(saving)
        if node is not None:
            self.nodes[saving.id] = node.with_(function=Declared(node.function, saving))

    def _check_target(self, saving: Saving) -> None:
        """Refuse to save over what must stay, or twice to one file or table: the later would replace the earlier."""
        given = {name: getattr(argument, "value", argument) for name, argument in saving.arguments.items()}
        for target in targets_among(given):
            if (what := kept_file(target)) is not None:
                self._add(saving, f"{target} {what}", "name another file")
        path, table = given.get("path"), given.get("table")
        real = local_path(path)
        if path is None or real is None:
            return
        earlier = self.targets.setdefault((real, table), saving)
        if earlier is not saving:
            text = f"{earlier} saves to {os.fspath(path)}, too, and one would overwrite the other"
            self._add(saving, text, "give each a file of its own", code="duplicate-definition")

    def _combined(self, saving: Saving, names: Sequence[str]) -> Node | None:
        combine = saving.combine
        if isinstance(combine, str) and combine not in _SHIPPED_BUILDERS:
            hint = did_you_mean(combine, _SHIPPED_BUILDERS) or f"one of {', '.join(_SHIPPED_BUILDERS)}"
            self._add(saving, f"there is no result builder {combine!r}", hint)
            return None
        if not isinstance(combine, str) and not hasattr(combine, "build_result"):
            text = f"combine= takes a result builder, not a value of type {type(combine).__name__}"
            self._add(saving, text, "combine='pandas'")
            return None
        name = f"{saving.id}_build_result"
        if not self._is_free(saving, name):
            return None
        unique = tuple(dict.fromkeys(names))
        node = Node(
            name,
            combine.output_type() if hasattr(combine, "output_type") else Any,
            Combine(combine, unique),
            tuple(dependency_on(one, self._node(one).type, one) for one in unique),
            role=Role.RAW,
            doc=f"What {saving.id} saves: {', '.join(unique)}.",
            final=False,
        )
        self.nodes[name] = node
        return node

    def _node(self, name: str) -> Node:
        return self.nodes[name] if name in self.nodes else self.graph.nodes[name]

    def _name_of(self, saving: Saving, item: Any) -> str | None:
        """The node that is meant; None, and a problem, where there is none."""
        known = {**self.graph.nodes, **self.nodes}
        if not isinstance(item, str) and callable(item):
            for name, node in known.items():
                if node.defined is not None and node.defined.function is item and node.defined.name == name:
                    return name
            item = getattr(item, "__name__", repr(item))
            self._add(saving, f"the function {item} is no feature of this driver", None, code="unknown-feature")
            return None
        name = item if isinstance(item, str) else getattr(item, "name", item)
        if name in known:
            return str(name)
        self._unknown(saving, name)
        return None

    def _is_free(self, materializer: Materializer, name: str, *, loaded: bool = False) -> bool:
        """Whether a node may be called so; loading a target replaces an earlier way of loading it."""
        if name in self.made:
            self._add(
                materializer, f"{self.made[name]} makes {name!r}, too", "name each once", code="duplicate-definition"
            )
            return False
        self.made[name] = materializer
        present = self.graph.nodes.get(name)
        if present is None or (loaded and LOADS in present.tags):
            return True
        file, line = present.place
        where = "" if file is None else f", defined at {file}:{line}"
        text = f"there is a node {name!r} already{where}"
        self._add(materializer, text, "give it another id", code="duplicate-definition")
        return False

    def _unknown(self, materializer: Materializer, name: Any) -> None:
        shown = name if isinstance(name, str) else type_text(type(name))
        hint = did_you_mean(shown, {**self.graph.nodes, **self.nodes}) or "list_available_variables() shows what there is"
        self._add(materializer, f"there is no feature or input {shown!r}", hint, code="unknown-feature")

    def _faults(self, materializer: Materializer, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self._add(materializer, fault.message, fault.hint)

    def _add(self, materializer: Materializer, message: str, hint: str | None, *, code: str = "invalid-option") -> None:
        file, line = materializer.place
        name = materializer.id if isinstance(materializer, Saving) else materializer.target
        self.problems.append(Problem(code, f"{materializer}: {message}", file, line, hint, name))

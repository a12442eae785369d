"""What can be asked of a driver's graph without running it, and its pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from featurecat.definition.modifier import modifiers_of
from featurecat.definition.node import Node
from featurecat.driver.variable import Variable
from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.graph.selection.evaluate import select
from featurecat.graph.selection.grammar import parse_several
from featurecat.graph.selection.over_graph import Beyond, GraphIndex
from featurecat.plan.closure import Scope, closure, raise_problems
from featurecat.plan.planner import Plan, make_plan

if TYPE_CHECKING:
    from featurecat.graph.options import PictureOptions
    from featurecat.graph.picture import Picture

__all__ = ["GraphViews", "Request"]

#: How a node is named in a request.
Request: TypeAlias = "str | Callable[..., Any] | Variable"

_HINT = "featurecat list answers it in a project"
#: What selections over nothing but modules cannot ask.
_A_PROJECT_KNOWS = Beyond(
    refusals={
        kind: Problem("unsupported", f"asks for {what}, which a driver does not know", hint=_HINT)
        for kind, what in {
            "state": "what has changed",
            "result": "verdicts of runs",
            "freshness": "published data",
            "set": "the settings of a project",
            "sql": "the catalog of a project",
        }.items()
    }
)


class GraphViews:
    """What a driver tells about its graph.

    Attributes:
        graph: The resolved graph.
    """

    graph: Graph
    _modules: Sequence[ModuleType] = ()

    # --- requests -------------------------------------------------------------------------------

    def _plan(self, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> Plan:
        return make_plan(self.graph, names, given=inputs.keys(), overrides=overrides.keys())

    def _names(self, requested: Sequence[Request]) -> list[str]:
        if isinstance(requested, str):
            raise RequestError(f"final_vars takes a list, not the string {requested!r}", hint=f"[{requested!r}]")
        names = []
        for item in requested:
            if isinstance(item, str):
                names.append(item)
            elif isinstance(item, Variable):
                names.append(item.name)
            else:
                names.append(self._name_of(item))
        return names

    def _name_of(self, function: Callable[..., Any]) -> str:
        named = [
            name
            for name, node in self.graph.nodes.items()
            if node.defined is not None and node.defined.function is function and node.defined.name == name
        ]
        if not named:
            shown = getattr(function, "__name__", repr(function))
            raise RequestError(
                f"{shown} is not a feature of this driver", code="unknown-feature", hint="name the node instead"
            )
        return named[0]

    def _check_given(self, inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
        nodes = self.graph.nodes
        problems = []
        for name in inputs:
            if name in self.graph.config:
                problems.append(
                    Problem("config-conflict", f"{name!r} is given as config and as input", hint="give it once")
                )
            elif name in nodes and not self.graph.is_given(name):
                hint = f"overrides={{{name!r}: …}} replaces a computed value"
                problems.append(Problem("unknown-input", f"the input {name!r} is a computed feature", hint=hint))
        for kind, given in (("input", inputs), ("override", overrides)):
            for name in given:
                if name not in nodes:
                    hint = did_you_mean(name, nodes) or "leave it out"
                    problems.append(Problem("unknown-input", f"no feature takes the {kind} {name!r}", hint=hint))
                    problems += self._absent_takers(name)
        problems = list(dict.fromkeys(problems))
        if problems:
            raise RequestError(problems)

    def _absent_takers(self, name: str) -> list[Problem]:
        """Why functions that take or make ``name`` are not in the graph: under this config, or at all."""
        unmatched = [
            other
            for other, variants in self.graph.unmatched.items()
            if other == name or any(one.name == name for node in variants for one in node.dependencies)
        ]
        excluded = [
            Problem(
                "unknown-input",
                f"{function.__name__!r} takes {name!r}, and is no feature: @exclude, or @mutate, keeps that function out",
                function.__code__.co_filename,
                function.__code__.co_firstlineno,
                "leave the decorator out to make it one",
                function.__name__,
            )
            for module in self._modules
            for function in vars(module).values()
            if type(function) is FunctionType
            and function.__module__ == module.__name__
            and any(modifier.excludes for modifier in modifiers_of(function))
            and name in _parameters(function)
        ]
        return [*self.graph.unknown(unmatched), *excluded]

    # --- asking ---------------------------------------------------------------------------------

    def list_available_variables(
        self, *, tag_filter: Mapping[str, str | list[str] | None] | None = None
    ) -> list[Variable]:
        """All nodes, inputs and config keys included.

        Args:
            tag_filter: Tags they must all have: a value, one of a list of values, or None for any value.

        Raises:
            RequestError: When a filter is neither.
        """
        wanted = tag_filter or {}
        for key, values in wanted.items():
            listed = values if isinstance(values, list) else [values]
            if values is not None and not (listed and all(isinstance(one, str) for one in listed)):
                raise RequestError(
                    f"tag_filter[{key!r}] must be a string, a list of strings or None, not {values!r}",
                    hint="tag_filter={'team': ['a', 'b']}; None asks for presence",
                )
        nodes: Iterable[Node] = self.graph.nodes.values()
        return list(map(Variable, _tagged(nodes, wanted) if wanted else nodes))

    def select(self, *selections: str, allow_empty: bool = False) -> list[str]:
        """The names of the nodes that selections take, for ``execute`` and its like.

        Args:
            selections: Each as ``featurecat list`` takes it, such as ``tag:delay & not owner:ops``; several are a
                union.
            allow_empty: Whether an answer without names is fine.

        Returns:
            The names, in the order of the terms.

        Raises:
            RequestError: When a selection cannot be read, names what is not there, takes nothing, or asks for what
                only a project knows: sets, states, results, freshness, SQL.

        Example:
            >>> from types import ModuleType
            >>> from featurecat.driver import Driver
            >>> Driver({}, ModuleType("no_features")).select("tag:delay", allow_empty=True)
            []
        """
        index = GraphIndex(self.graph, beyond=_A_PROJECT_KNOWS)
        return list(select(parse_several(selections), index, allow_empty=allow_empty).names)

    def what_is_upstream_of(self, *node_names: str) -> list[Variable]:
        """What feeds the named nodes, themselves included, in graph order."""
        self._check_known(node_names)
        return self._variables(distances(node_names, self.graph.walk_up))

    def what_is_downstream_of(self, *node_names: str) -> list[Variable]:
        """What the named nodes feed, themselves included, in graph order."""
        self._check_known(node_names)
        return self._variables(distances(node_names, self.graph.children.__getitem__))

    def what_is_the_path_between(self, upstream_node_name: str, downstream_node_name: str) -> list[Variable]:
        """Every node on a path from one node to another, both included; empty when there is no path."""
        return self._variables(self._between(upstream_node_name, downstream_node_name))

    def _between(self, upstream_name: str, downstream_name: str) -> Iterable[str]:
        self._check_known([upstream_name, downstream_name])
        above = distances([downstream_name], self.graph.walk_up)
        return [name for name in distances([upstream_name], self.graph.children.__getitem__) if name in above]

    def _check_known(self, names: Sequence[str]) -> None:
        if problems := self.graph.unknown(names):
            raise RequestError(problems)

    def _variables(self, names: Iterable[str]) -> list[Variable]:
        nodes = self.graph.nodes
        return list(map(Variable, map(nodes.__getitem__, self.graph.in_order(names))))

    def export_execution(
        self,
        final_vars: Sequence[Request],
        inputs: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> str:
        """What :meth:`execute` would compute, as JSON for other programs.

        Args:
            final_vars: What would be asked for.
            inputs: Values of inputs; None draws nothing from them but their names.
            overrides: Values that replace those of nodes.

        Returns:
            ``{"nodes": [...]}``, by name. Each node has ``name``, ``tags``, ``output_type``,
            ``required_dependencies``, ``optional_dependencies``, ``source``, ``documentation`` and ``version``, a hash
            of its source.

        Raises:
            RequestError: As :meth:`execute`, for names and inputs.
        """
        from featurecat.graph.picture import exported

        names = self._closure(final_vars, inputs or {}, overrides or {})
        return json.dumps({"nodes": [exported(self.graph.nodes[name]) for name in sorted(names)]})

    def has_cycles(self, final_vars: Sequence[Request]) -> bool:
        """Whether what ``final_vars`` need leads round in a circle: never, a graph with circles is refused when built.

        Raises:
            RequestError: For unknown names.
        """
        self._check_known(self._names(final_vars))
        return False

    # --- drawing --------------------------------------------------------------------------------

    def display_all_functions(
        self,
        output_file_path: str | Path | None = None,
        render_kwargs: Mapping[str, Any] | None = None,
        graphviz_kwargs: Mapping[str, Any] | None = None,
        **options: Unpack[PictureOptions],
    ) -> Picture:
        """The whole graph as a picture.

        Args:
            output_file_path: Where to write it; the suffix chooses the format: .svg, .png, .html, .mmd, .dot, .json.
            render_kwargs: ``format`` instead of the suffix; ``view`` to open the file; ``engine`` for the layout.
            graphviz_kwargs: ``graph_attr``, ``node_attr`` and ``edge_attr`` for Graphviz.
            options: See :class:`~featurecat.graph.options.PictureOptions`.

        Returns:
            The picture: a notebook shows it, and its ``svg``, ``html``, ``mermaid``, ``dot`` and ``json`` are text.

        Raises:
            RequestError: For options that do not exist or fit.
        """
        return self._picture(self.graph.nodes, output_file_path, (render_kwargs, graphviz_kwargs, options))

    def display_upstream_of(
        self,
        *node_names: str,
        output_file_path: str | Path | None = None,
        render_kwargs: Mapping[str, Any] | None = None,
        graphviz_kwargs: Mapping[str, Any] | None = None,
        hops: int | None = None,
        **options: Unpack[PictureOptions],
    ) -> Picture:
        """What feeds the named nodes, as a picture; see :meth:`display_all_functions`.

        Args:
            node_names: The nodes.
            output_file_path: Where to write the picture.
            render_kwargs: As for :meth:`display_all_functions`.
            graphviz_kwargs: As for :meth:`display_all_functions`.
            hops: How many steps upwards to go; None goes all the way.
            options: As for :meth:`display_all_functions`.
        """
        names = self._around(node_names, hops, up=True)
        return self._picture(names, output_file_path, (render_kwargs, graphviz_kwargs, options), _marked(node_names))

    def display_downstream_of(
        self,
        *node_names: str,
        output_file_path: str | Path | None = None,
        render_kwargs: Mapping[str, Any] | None = None,
        graphviz_kwargs: Mapping[str, Any] | None = None,
        hops: int | None = None,
        **options: Unpack[PictureOptions],
    ) -> Picture:
        """What the named nodes feed and what else that takes, as a picture; see :meth:`display_upstream_of`."""
        names = self._with_parents(self._around(node_names, hops, down=True))
        return self._picture(names, output_file_path, (render_kwargs, graphviz_kwargs, options), _marked(node_names))

    def display_around(
        self,
        *node_names: str,
        output_file_path: str | Path | None = None,
        render_kwargs: Mapping[str, Any] | None = None,
        graphviz_kwargs: Mapping[str, Any] | None = None,
        hops: int | None = 1,
        **options: Unpack[PictureOptions],
    ) -> Picture:
        """The named nodes with what feeds them and what they feed, as a picture; see :meth:`display_upstream_of`."""
        names = self._around(node_names, hops, up=True, down=True)
        return self._picture(names, output_file_path, (render_kwargs, graphviz_kwargs, options), _marked(node_names))

    def visualize_execution(
        self,
        final_vars: Sequence[Request],
        output_file_path: str | Path | None = None,
        render_kwargs: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
        graphviz_kwargs: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        *,
        bypass_validation: bool = False,
        **options: Unpack[PictureOptions],
    ) -> Picture:
        """What :meth:`execute` would run, as a picture; see :meth:`display_all_functions`.

        Args:
            final_vars: What would be asked for.
            output_file_path: Where to write the picture.
            render_kwargs: As for :meth:`display_all_functions`.
            inputs: Values of inputs.
            graphviz_kwargs: As for :meth:`display_all_functions`.
            overrides: Values that replace those of nodes.
            bypass_validation: Draw it even where inputs are missing.
            options: As for :meth:`display_all_functions`.

        Raises:
            RequestError: As :meth:`execute`, for names and inputs; and for options that do not exist or fit.
        """
        names = self._closure(final_vars, inputs or {}, overrides or {}, bypass=bypass_validation)
        marks = {**_marked(self._names(final_vars)), **dict.fromkeys(overrides or {}, "override")}
        return self._picture(names, output_file_path, (render_kwargs, graphviz_kwargs, options), marks)

    def visualize_path_between(
        self,
        upstream_node_name: str,
        downstream_node_name: str,
        output_file_path: str | Path | None = None,
        render_kwargs: Mapping[str, Any] | None = None,
        graphviz_kwargs: Mapping[str, Any] | None = None,
        strict_path_visualization: bool = False,
        **options: Unpack[PictureOptions],
    ) -> Picture:
        """The paths from one node to another, as a picture; see :meth:`display_all_functions`.

        Args:
            upstream_node_name: Where the paths begin.
            downstream_node_name: Where they end.
            output_file_path: Where to write the picture.
            render_kwargs: As for :meth:`display_all_functions`.
            graphviz_kwargs: As for :meth:`display_all_functions`.
            strict_path_visualization: Draw the paths alone, without what else their nodes take.
            options: As for :meth:`display_all_functions`.

        Raises:
            RequestError: When there is no path.
        """
        path = list(self._between(upstream_node_name, downstream_node_name))
        if not path:
            raise RequestError(
                f"no path leads from {upstream_node_name!r} to {downstream_node_name!r}",
                hint=f"what_is_downstream_of({upstream_node_name!r}) lists what it feeds",
            )
        names = path if strict_path_visualization else self._with_parents(path)
        wishes = (render_kwargs, graphviz_kwargs, options)
        return self._picture(names, output_file_path, wishes, dict.fromkeys(path, "path"))

    def _closure(
        self,
        final_vars: Sequence[Request],
        inputs: Mapping[str, Any],
        overrides: Mapping[str, Any],
        *,
        bypass: bool = False,
    ) -> list[str]:
        """The nodes of a request, those that are given included; parallel blocks are none of its business."""
        names = self._names(final_vars)
        self._check_known(names)
        if bypass:
            known = [name for name in overrides if name in self.graph.nodes]
            given: Iterable[str] = [name for name, node in self.graph.nodes.items() if node.given]
            return closure(Scope(self.graph, list(given), known, ()), names)
        self._check_given(inputs, overrides)
        scope = Scope(self.graph, inputs.keys(), overrides.keys(), ())
        order = closure(scope, names)
        try:
            raise_problems(scope, order)
        except RequestError as error:
            if all(problem.code == "missing-input" for problem in error.problems):
                hint = "or draw it without: bypass_validation=True"
                error.problems = tuple(replace(one, details=(*one.details, hint)) for one in error.problems)
            raise
        return order

    def _around(self, names: Sequence[str], hops: int | None, *, up: bool = False, down: bool = False) -> Iterable[str]:
        from featurecat.graph.picture import neighbourhood

        if not names:
            raise RequestError(
                "no node is named to draw what lies around it", hint="name one, or display_all_functions()"
            )
        if hops is not None and (not isinstance(hops, int) or isinstance(hops, bool) or hops < 0):
            raise RequestError(f"hops must be a number of steps or None, not {hops!r}", hint="hops=2")
        self._check_known(names)
        return neighbourhood(self.graph, names, hops, up=up, down=down)

    def _with_parents(self, names: Iterable[str]) -> list[str]:
        """The names with what they take; of a checked parent all that belongs to it is not repeated."""
        known = dict.fromkeys(names)
        return list(known | dict.fromkeys(parent for name in known for parent in self.graph.existing_parents(name)))

    def _picture(
        self,
        names: Iterable[str],
        path: str | Path | None,
        wishes: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None, Mapping[str, Any]],
        marks: Mapping[str, Any] | None = None,
    ) -> Picture:
        from featurecat.graph.picture import depict

        return depict(self.graph, names, path=path, wishes=wishes, marks=marks, shown=self._shown_node)

    def _shown_node(self, node: Node) -> Any:
        """A node as ``custom_style_function`` is given it."""
        return Variable(node)

    def _repr_html_(self) -> str:
        from featurecat.graph.picture import overview

        return overview(self.graph)._repr_html_()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _parameters(function: FunctionType) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _marked(names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, "output")


def _tagged(nodes: Iterable[Node], wanted: Mapping[str, str | list[str] | None]) -> list[Node]:
    """The nodes that have every wanted tag with one of the wanted values."""
    for key, given in wanted.items():
        values = None if given is None else {given} if isinstance(given, str) else set(given)
        nodes = [
            node for node in nodes if key in node.tags and (values is None or not values.isdisjoint(node.tags[key]))
        ]
    return list(nodes)

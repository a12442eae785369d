"""What can be asked of a driver's graph without running it, and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from featurecat.definition.node import Node
from featurecat.driver.variable import Variable
from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.plan.planner import Plan, make_plan

if TYPE_CHECKING:
    from featurecat.graph.picture import Picture

__all__ = ["GraphViews", "Request"]

#: How a node is named in a request.
Request: TypeAlias = "str | Callable[..., Any] | Variable"


class GraphViews:
    """What a driver tells about its graph.

    Attributes:
        graph: The resolved graph.
    """

    graph: Graph

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
        if problems:
            raise RequestError(problems)

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
                raise RequestError(f"tag_filter[{key!r}] must be a string, a list of strings or None, not {values!r}")
        nodes: Iterable[Node] = self.graph.nodes.values()
        return list(map(Variable, _tagged(nodes, wanted) if wanted else nodes))

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

    # --- drawing --------------------------------------------------------------------------------

    def display_all_functions(self, output_file_path: str | None = None, **options: bool) -> Picture:
        """The whole graph as a picture; written when a path (.dot, .mmd, .json) is given.

        Args:
            output_file_path: Where to write it.
            options: ``hide_inputs``, ``deduplicate_inputs``, ``show_legend``.
        """
        return self._picture(self.graph.nodes, output_file_path, options)

    def display_upstream_of(self, *node_names: str, output_file_path: str | None = None, **options: bool) -> Picture:
        """What feeds the named nodes, as a picture; see :meth:`display_all_functions`."""
        self._check_known(node_names)
        names = distances(node_names, self.graph.walk_up)
        return self._picture(names, output_file_path, options, outputs=node_names)

    def display_downstream_of(self, *node_names: str, output_file_path: str | None = None, **options: bool) -> Picture:
        """What the named nodes feed, as a picture; see :meth:`display_all_functions`."""
        self._check_known(node_names)
        names = distances(node_names, self.graph.children.__getitem__)
        return self._picture(names, output_file_path, options, outputs=node_names)

    def visualize_execution(
        self,
        final_vars: Sequence[Request],
        output_file_path: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        **options: bool,
    ) -> Picture:
        """What :meth:`execute` would run, as a picture."""
        inputs, overrides = inputs or {}, overrides or {}
        self._check_given(inputs, overrides)
        names = self._names(final_vars)
        plan = self._plan(names, inputs, overrides)
        return self._picture([*plan.given, *plan.names], output_file_path, options, outputs=names)

    def visualize_path_between(
        self, upstream_node_name: str, downstream_node_name: str, output_file_path: str | None = None, **options: bool
    ) -> Picture:
        """The paths from one node to another, as a picture.

        Raises:
            RequestError: When there is none.
        """
        names = list(self._between(upstream_node_name, downstream_node_name))
        if not names:
            raise RequestError(f"no path leads from {upstream_node_name!r} to {downstream_node_name!r}")
        return self._picture(names, output_file_path, options)

    def _picture(
        self, names: Iterable[str], path: str | None, options: Mapping[str, bool], outputs: Iterable[str] = ()
    ) -> Picture:
        from featurecat.graph.picture import Picture, draw

        known = ("hide_inputs", "deduplicate_inputs", "show_legend")
        if unknown := [name for name in options if name not in known]:
            hint = did_you_mean(unknown[0], known) or ", ".join(known)
            raise RequestError(f"unknown drawing option {unknown[0]!r}", hint=hint)
        picture = Picture(draw(self.graph, names, marks=dict.fromkeys(outputs, "output")), **options)
        if path is not None:
            picture.save(path)
        return picture


def _tagged(nodes: Iterable[Node], wanted: Mapping[str, str | list[str] | None]) -> list[Node]:
    """The nodes that have every wanted tag with one of the wanted values."""
    for key, given in wanted.items():
        values = None if given is None else {given} if isinstance(given, str) else set(given)
        nodes = [
            node for node in nodes if key in node.tags and (values is None or not values.isdisjoint(node.tags[key]))
        ]
    return list(nodes)

"""The driver itself: collect, build, plan, run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from featurecat.definition.collect import collect
from featurecat.definition.pause import GarbagePause
from featurecat.definition.types import type_text, value_fits
from featurecat.driver.views import GraphViews, Request
from featurecat.errors import Problem, RequestError
from featurecat.frames.describe import describe_value
from featurecat.graph.build import build_graph
from featurecat.plan.planner import used_inputs

if TYPE_CHECKING:
    from featurecat.execution.hooks import Hook
    from featurecat.execution.results import ResultBuilder
    from featurecat.execution.run import Program

__all__ = ["Driver"]


class Driver(GraphViews):
    """Executes features of some modules under one config.

    Args:
        config: Values of config keys; they choose variants and are inputs, too.
        modules: Modules with feature functions.
        adapter: A result builder or hook, or several of them. Without a result builder ``execute`` returns a
            strictly aligned pandas DataFrame.
        engine: Which engine variants to take; None takes each name's only one, pandas first.
        allow_module_overrides: Whether a later module replaces what an earlier one defines.
        default_result: What ``execute`` returns without a result builder: ``pandas``, ``polars``, ``arrow``
            or ``dict``.

    Raises:
        DefinitionError: With every problem of the modules and their graph.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *modules: ModuleType,
        adapter: Any = None,
        engine: str | None = None,
        allow_module_overrides: bool = False,
        default_result: str = "pandas",
    ) -> None:
        adapters = [] if adapter is None else list(adapter) if isinstance(adapter, list | tuple) else [adapter]
        _check_adapters(adapters)
        builders = [one for one in adapters if hasattr(one, "build_result")]
        if len(builders) > 1:
            raise RequestError("a driver takes one result builder", hint="keep one of them")
        self._builder: ResultBuilder | str = builders[0] if builders else default_result
        self._hooks: list[Hook] = [one for one in adapters if not hasattr(one, "build_result")]
        self._modules = modules
        self._programs: dict[Any, Program] = {}
        strangers = [module for module in modules if not isinstance(module, ModuleType)]
        if strangers:
            raise RequestError(
                f"a driver takes modules, not {strangers[0]!r}", hint="import the module and hand it over itself"
            )
        with GarbagePause():
            definitions = collect(modules, allow_overrides=allow_module_overrides)
            self.graph = build_graph(definitions, dict(config), engine)
        self._check_values(config, config, "config key")

    # --- running --------------------------------------------------------------------------------

    def execute(
        self,
        final_vars: Sequence[Request],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Compute features, and only what they need.

        Args:
            final_vars: Names, or functions of the driver's modules, or variables.
            overrides: Values that replace those of nodes; what only feeds them is not computed.
            inputs: Values of inputs.

        Returns:
            What the result builder makes: a pandas DataFrame for ``Driver(...)``, a dictionary for a driver
            that a :class:`Builder` built.

        Raises:
            RequestError: For unknown names, missing or unfit inputs, all at once.
            StepError: When a feature's function raises.
            AlignmentError: When columns that meet do not share their rows.
            ExpectationError: When an expectation of importance ``fail`` does not hold.
        """
        from featurecat.execution.results import result_builder
        from featurecat.execution.run import Program

        overrides, inputs = overrides or {}, inputs or {}
        names = self._names(final_vars)
        key = (tuple(names), tuple(inputs), tuple(overrides))
        program = self._programs.get(key)
        if program is None:
            self._check_given(inputs, overrides)
            program = self._programs[key] = Program(self._plan(names, inputs, overrides))
        values = {**self.graph.config, **inputs, **overrides}
        self._check_values(program.plan.given, inputs)
        outputs = program.run(values, self._hooks)
        if self._builder == "dict":
            return outputs
        builder = result_builder(self._builder) if isinstance(self._builder, str) else self._builder
        return builder.build_result(**outputs)

    def validate_execution(
        self,
        final_vars: Sequence[Request],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise what :meth:`execute` would raise for its names and inputs; run nothing."""
        overrides, inputs = overrides or {}, inputs or {}
        self._check_given(inputs, overrides)
        names = self._names(final_vars)
        self._check_values(used_inputs(self.graph, names, given=inputs.keys(), overrides=overrides.keys()), inputs)

    def _check_values(self, names: Iterable[str], inputs: Mapping[str, Any], what: str = "input") -> None:
        problems = []
        for name in names:
            if name not in inputs:
                continue
            node, value = self.graph.nodes[name], inputs[name]
            if not value_fits(node.type, value):
                problems.append(
                    Problem(
                        "input-type",
                        f"the {what} {name!r} must be {type_text(node.type)}, not {describe_value(value)}",
                        hint="convert it before, or change the annotation",
                        feature=name,
                    )
                )
        if problems:
            raise RequestError(problems)


def _check_adapters(adapters: Iterable[Any]) -> None:
    for one in adapters:
        if isinstance(one, type) or not (hasattr(one, "build_result") or hasattr(one, "before_step")):
            shown = getattr(one, "__name__", type(one).__name__)
            hint = f"{shown}()" if isinstance(one, type) else "derive it from featurecat.execution.hooks.Hook"
            raise RequestError(f"{shown} is neither a result builder nor a hook", hint=hint)

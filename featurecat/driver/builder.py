"""Builds drivers step by step."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from featurecat.driver.driver import Driver
from featurecat.driver.materializing import check_materializers
from featurecat.errors import DefinitionError, RequestError, UnsupportedError, did_you_mean

if TYPE_CHECKING:
    from featurecat.execution.executors import DynamicExecution, ExecutionManager, TaskExecutor
    from featurecat.plan.grouping import GroupingStrategy

__all__ = ["Builder"]


class Builder:
    """Builds a driver step by step; every method changes the builder and returns it.

    ``execute`` of the driver returns a dictionary unless an adapter builds something else.

    Example:
        >>> Builder().with_config({"region": "US"}).with_config({"year": 2013}).config
        {'region': 'US', 'year': 2013}
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.modules: list[ModuleType] = []
        self.adapters: list[Any] = []
        self.materializers: list[Any] = []
        self.engine: str | None = None
        self.overriding = False
        self.dynamic = False
        #: What was chosen for dynamic execution, by what people call it.
        self.execution: dict[str, Any] = {}
        self.checks = "enforce"
        self._has_one_adapter = False

    def with_config(self, config: Mapping[str, Any]) -> Builder:
        """Add config; later values win."""
        self.config.update(config)
        return self

    def with_modules(self, *modules: ModuleType) -> Builder:
        """Add modules; one given twice counts once."""
        self.modules += [module for module in modules if module not in self.modules]
        return self

    def with_adapter(self, adapter: Any) -> Builder:
        """Add the adapter of a driver that has one; :meth:`with_adapters` takes any number.

        Raises:
            RequestError: When called twice.
        """
        if self._has_one_adapter:
            raise RequestError("with_adapter() was called before", hint="with_adapters(…) takes several")
        self._has_one_adapter = True
        return self.with_adapters(adapter)

    def with_adapters(self, *adapters: Any) -> Builder:
        """Add adapters: a result builder, hooks and others of :mod:`featurecat.lifecycle`.

        Raises:
            RequestError: For a list in place of its members.
        """
        for one in adapters:
            if isinstance(one, list | tuple):
                raise RequestError("adapters are given one by one, not as a list", hint="unpack it: *adapters")
        self.adapters += adapters
        return self

    def with_materializers(self, *materializers: Any) -> Builder:
        """Let the graph load with ``from_.<format>(…)`` and save with ``to.<format>(…)``; what saves runs when asked for.

        Raises:
            RequestError: For anything else, and for a list in place of its members.
        """
        self.materializers += check_materializers(materializers)
        return self

    def with_engine(self, engine: str) -> Builder:
        """Choose the engine whose variants are taken: pandas or polars."""
        self.engine = engine
        return self

    def with_checks(self, mode: str) -> Builder:
        """Choose what becomes of expectations that do not hold.

        Args:
            mode: ``enforce`` raises for those of severity error and fatal; ``warn`` logs them like the others; ``off``
                evaluates none.

        Raises:
            RequestError: When there is no such mode.
        """
        modes = ("enforce", "warn", "off")
        if mode not in modes:
            raise RequestError(
                f"checks cannot be {mode!r}", hint=did_you_mean(mode, modes) or f"one of {', '.join(modes)}"
            )
        self.checks = mode
        return self

    def with_cache(self, *given: Any, **named: Any) -> NoReturn:
        """Not yet.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            "with_cache() is not built in yet: results are kept by the engine of a later release",
            hint="leave it out; featurecat materialize stores what it computed",
        )

    def allow_module_overrides(self) -> Builder:
        """Let later modules replace what earlier ones define."""
        self.overriding = True
        return self

    # --- dynamic execution ----------------------------------------------------------------------

    def enable_dynamic_execution(self, *, allow_experimental_mode: bool = False) -> Builder:
        """Cut runs into tasks that executors run, so that ``Parallelizable`` and ``Collect`` work.

        Args:
            allow_experimental_mode: Must be true, as in Hamilton.

        Raises:
            RequestError: When it is not.
        """
        if not allow_experimental_mode:
            raise RequestError(
                "dynamic execution is to be allowed explicitly",
                hint="enable_dynamic_execution(allow_experimental_mode=True)",
            )
        self.dynamic = True
        return self

    def with_execution_manager(self, execution_manager: ExecutionManager) -> Builder:
        """Choose which executor runs which task; in place of a local and a remote executor.

        Raises:
            RequestError: Before dynamic execution is enabled, a second time, and beside executors.
        """
        return self._choose("execution manager", execution_manager, "get_executor_for_task")

    def with_local_executor(self, local_executor: TaskExecutor) -> Builder:
        """Choose where everything but blocks runs; by default here.

        Raises:
            RequestError: Before dynamic execution is enabled, a second time, and beside an execution manager.
        """
        return self._choose("local executor", local_executor, "submit_task")

    def with_remote_executor(self, remote_executor: TaskExecutor) -> Builder:
        """Choose where the tasks of blocks run; by default in ten threads.

        Raises:
            RequestError: Before dynamic execution is enabled, a second time, and beside an execution manager.
        """
        return self._choose("remote executor", remote_executor, "submit_task")

    def with_grouping_strategy(self, grouping_strategy: GroupingStrategy) -> Builder:
        """Choose how runs are cut into tasks; by default blocks are tasks, and so is every other node.

        Raises:
            RequestError: Before dynamic execution is enabled, and a second time.
        """
        return self._choose("grouping strategy", grouping_strategy, "group_nodes")

    def _choose(self, what: str, chosen: Any, method: str) -> Builder:
        if not self.dynamic:
            raise RequestError(
                f"the {what} needs dynamic execution",
                hint="call enable_dynamic_execution(allow_experimental_mode=True) first",
            )
        if what in self.execution:
            raise RequestError(f"the {what} was chosen before", hint="choose one")
        executors = {"local executor", "remote executor"}
        others = {"execution manager"} if what in executors else executors if what == "execution manager" else set()
        if beside := sorted(others & self.execution.keys()):
            raise RequestError(
                f"the {what} cannot stand beside the {beside[0]}",
                hint="give the executors to the manager: DefaultExecutionManager(local, remote)",
            )
        if isinstance(chosen, type) or not hasattr(chosen, method):
            shown = getattr(chosen, "__name__", type(chosen).__name__)
            hint = f"hand over an object: {shown}(…)" if isinstance(chosen, type) else f"it needs a method {method}"
            raise RequestError(f"{shown} is no {what}", hint=hint)
        self.execution[what] = chosen
        return self

    # --- building -------------------------------------------------------------------------------

    def copy(self) -> Builder:
        """An equal builder that can be changed by itself."""
        other = type(self)()
        vars(other).update(
            {name: one.copy() if isinstance(one, dict | list) else one for name, one in vars(self).items()}
        )
        return other

    def build(self) -> Driver:
        """The driver.

        Raises:
            DefinitionError: With every problem of the modules and their graph.
            RequestError: With every problem of the adapters.
        """
        if not self.modules:
            hint = "Builder().with_modules(my_features)"
            raise DefinitionError("a driver needs modules", code="no-project", hint=hint)
        driver = Driver(
            self.config,
            *self.modules,
            adapter=self.adapters,
            engine=self.engine,
            allow_module_overrides=self.overriding,
            default_result="dict",
            execution=self._dynamic_execution(),
            checks=self.checks,
        )
        return driver.with_materializers(*self.materializers) if self.materializers else driver

    def _dynamic_execution(self) -> DynamicExecution | None:
        if not self.dynamic:
            return None
        from featurecat.execution.executors import DefaultExecutionManager, DynamicExecution

        chosen = self.execution
        manager = chosen.get("execution manager") or DefaultExecutionManager(
            chosen.get("local executor"), chosen.get("remote executor")
        )
        strategy = chosen.get("grouping strategy")
        return DynamicExecution(manager) if strategy is None else DynamicExecution(manager, strategy)

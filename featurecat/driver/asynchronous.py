"""The driver for programs that run in an event loop: web services, bots, notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from inspect import isawaitable
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from featurecat.definition.asynchronous import is_asynchronous
from featurecat.driver.builder import Builder as PlainBuilder
from featurecat.driver.driver import Driver
from featurecat.driver.views import Request
from featurecat.errors import DefinitionError, UnsupportedError

if TYPE_CHECKING:
    from featurecat.execution.adapters import Adapters
    from featurecat.execution.asynchronous import AsyncProgram
    from featurecat.execution.results import ResultBuilder

__all__ = ["AsyncDriver", "Builder"]


class AsyncDriver(Driver):
    """Executes features of some modules under one config, coroutine functions among them.

    Features that wait (``async def``) wait together; plain functions run in between, in the loop. Several calls of
    :meth:`execute` may run at the same time. Hooks may be coroutines, too.

    Args:
        config: Values of config keys; they choose variants and are inputs, too.
        modules: Modules with feature functions.
        result_builder: What builds the result of ``execute``; without one it is a strictly aligned pandas DataFrame,
            or a dictionary for a driver that a :class:`Builder` built.
        adapters: Hooks; a result builder may be among them.
        engine: Which engine variants to take; None takes each name's only one, pandas first.
        allow_module_overrides: Whether a later module replaces what an earlier one defines.
        default_result: What ``execute`` returns without a result builder: ``pandas``, ``polars``, ``arrow``
            or ``dict``.

    Raises:
        DefinitionError: With every problem of the modules and their graph.

    Example:
        >>> import asyncio, types
        >>> async def price(item: str) -> float:
        ...     return float(len(item))
        >>> def price_with_tax(price: float) -> float:
        ...     return price * 2
        >>> shop = types.ModuleType("shop")
        >>> for function in (price, price_with_tax):
        ...     function.__module__ = "shop"
        ...     setattr(shop, function.__name__, function)
        >>> async def serve() -> dict:
        ...     driver = await Builder().with_modules(shop).build()
        ...     return await driver.execute(["price_with_tax"], inputs={"item": "tea"})
        >>> asyncio.run(serve())
        {'price_with_tax': 6.0}
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *modules: ModuleType,
        result_builder: ResultBuilder | None = None,
        adapters: Iterable[Any] | None = None,
        engine: str | None = None,
        allow_module_overrides: bool = False,
        default_result: str = "pandas",
    ) -> None:
        every = [*(adapters or ()), *([] if result_builder is None else [result_builder])]
        self._unready: list[Any] = every
        self._unannounced: tuple[Any, ...] = ()
        super().__init__(
            config,
            *modules,
            adapter=every,
            engine=engine,
            allow_module_overrides=allow_module_overrides,
            default_result=default_result,
        )
        self._options = {
            "adapters": every,
            "engine": engine,
            "allow_module_overrides": allow_module_overrides,
            "default_result": default_result,
        }

    def _sort(self, adapters: list[Any]) -> Adapters | None:
        """As for any driver, but coroutines that are to be told of the graph are told in :meth:`ainit`."""
        found = super()._sort(adapters)
        if found is None:
            return None
        waiting = [one for one in found.construction if is_asynchronous(one.run_after_graph_construction)]
        self._unannounced = tuple(waiting)
        return replace(found, construction=tuple(one for one in found.construction if one not in waiting))

    async def ainit(self) -> Self:
        """Let the adapters that have an ``ainit`` of their own get ready, once; :meth:`execute` sees to it, too.

        Returns:
            The driver itself.
        """
        unready, self._unready = self._unready, []
        unannounced, self._unannounced = self._unannounced, ()
        for adapter in unready:
            prepare = getattr(adapter, "ainit", None)
            answer = None if prepare is None else prepare()
            if isawaitable(answer):
                await answer
        for hook in unannounced:
            await hook.run_after_graph_construction(graph=self.graph, config=dict(self.graph.config))
        return self

    async def execute(
        self,
        final_vars: Sequence[Request],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Compute features, and only what they need.

        The first failure cancels what still runs; so does cancelling the task that awaits this.

        Args:
            final_vars: Names, or functions of the driver's modules, or variables.
            overrides: Values that replace those of nodes; what only feeds them is not computed.
            inputs: Values of inputs.

        Returns:
            What the result builder makes.

        Raises:
            RequestError: For unknown names, missing or unfit inputs, all at once.
            StepError: When a feature's function raises.
            AlignmentError: When columns that meet do not share their rows.
            ExpectationError: When an expectation of importance ``fail`` does not hold.
        """
        from featurecat.execution.results import result_builder

        await self.ainit()
        names = self._names(final_vars)
        overrides, inputs = overrides or {}, inputs or {}
        outputs = await self._computed(names, inputs, overrides)
        if self._builder == "dict":
            return outputs
        builder = result_builder(self._builder) if isinstance(self._builder, str) else self._builder
        return builder.build_result(**outputs)

    async def _computed(
        self, names: list[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Name to value of what was asked for; the adapters are told of the run."""
        adapters = self._sorted
        if adapters is None:
            return await self._run(names, inputs, overrides)
        import uuid

        from featurecat.execution.asynchronous import tell_all_waiting, tell_waiting
        from featurecat.execution.watching import methods_of

        run_id = str(uuid.uuid4())
        outputs: dict[str, Any] | None = None
        error: BaseException | None = None
        try:
            await tell_waiting(
                methods_of(adapters.runs, "run_before_graph_execution"),
                graph=self.graph,
                final_vars=names,
                inputs=dict(inputs),
                overrides=dict(overrides),
                execution_path=self._path(names, overrides) if adapters.runs else (),
                run_id=run_id,
            )
            outputs = await self._run(names, inputs, overrides, run_id)
        except BaseException as raised:
            error = raised
            raise
        finally:
            methods = methods_of(adapters.runs, "run_after_graph_execution")
            facts = {"graph": self.graph, "results": outputs, "success": error is None, "run_id": run_id}
            await tell_all_waiting(methods, error=error, **facts)
        return outputs

    async def _run(
        self, names: list[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any], run_id: str = ""
    ) -> dict[str, Any]:
        from featurecat.execution.asynchronous import AsyncProgram

        key = (tuple(names), tuple(inputs), tuple(overrides))
        program: AsyncProgram | None = self._programs.get(key)
        if program is None:
            self._check_given(inputs, overrides)
            program = self._programs[key] = AsyncProgram(self._plan(names, inputs, overrides))
        self._check_values(program.plan.given, inputs)
        values = {**self.graph.config, **inputs, **overrides}
        return await program.run(values, self._hooks, adapters=self._sorted, run_id=run_id)

    def materialize(self, *given: Any, **named: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: Always.
        """
        raise _unsupported("materialize", "execute what is to be saved, and save it; or use featurecat.driver")

    def with_materializers(self, *materializers: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: Always.
        """
        raise _unsupported("with_materializers", "load and save in features of their own: async def")


class Builder(PlainBuilder):
    """Builds async drivers step by step; every method but the last changes the builder and returns it.

    Example:
        >>> Builder().with_config({"region": "US"}).config
        {'region': 'US'}
    """

    async def build(self) -> AsyncDriver:  # type: ignore[override] # it is awaited, as drivers of this kind are
        """The driver, with its adapters ready.

        Raises:
            DefinitionError: With every problem of the modules and their graph.
        """
        return await self.build_without_init().ainit()

    def build_without_init(self) -> AsyncDriver:
        """The driver, where nothing can be awaited; :meth:`AsyncDriver.execute` makes its adapters ready.

        Raises:
            DefinitionError: With every problem of the modules and their graph.
        """
        if not self.modules:
            hint = "Builder().with_modules(my_features)"
            raise DefinitionError("a driver needs modules", code="no-project", hint=hint)
        return AsyncDriver(
            self.config,
            *self.modules,
            adapters=self.adapters,
            engine=self.engine,
            allow_module_overrides=self.overriding,
            default_result="dict",
        )

    def with_adapter(self, *given: Any, **named: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: Always.
        """
        raise _unsupported("with_adapter", "with_adapters(…) takes hooks and a result builder")

    def with_materializers(self, *given: Any, **named: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: Always.
        """
        raise _unsupported("with_materializers", "load and save in features of their own: async def")

    def enable_dynamic_execution(self, *given: Any, **named: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: Always.
        """
        raise _unsupported(
            "enable_dynamic_execution", "features that wait overlap anyway; use featurecat.driver for executors"
        )


def _unsupported(what: str, hint: str) -> UnsupportedError:
    return UnsupportedError(f"the async driver does not support {what}()", hint=hint)

"""Hamilton's ``async_driver``: ``AsyncDriver`` and its ``Builder``, with Hamilton's manners.

They differ from featurecat's own as :mod:`featurecat.compat.hamilton.driver` does.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn, Self

from featurecat.compat.hamilton._adapters import Adapters
from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.compat.hamilton.base import DictResult, PandasDataFrameResult
from featurecat.compat.hamilton.driver import Builder as _Builder
from featurecat.compat.hamilton.driver import Driver, RequestKey, own_error
from featurecat.errors import StepError, UnsupportedError
from featurecat.execution.asynchronous import AsyncProgram
from featurecat.plan.planner import Plan, make_plan

__all__ = ["AsyncDriver", "Builder"]

__getattr__, __dir__, _ = offer(
    __name__,
    {
        "ExtractorFactory": "featurecat.compat.hamilton.io.materialization",
        "MaterializerFactory": "featurecat.compat.hamilton.io.materialization",
        **{name: f"featurecat.compat.hamilton.{name}:" for name in ("base", "driver", "graph", "lifecycle", "node")},
    },
    later={
        INTERNAL: (
            "AsyncGraphAdapter",
            "await_dict_of_tasks",
            "create_error_message",
            "process_value",
            "separate_sync_from_async",
        )
    },
    own=__all__,
)


class AsyncDriver(Driver):
    """Executes functions of modules in an event loop, coroutine functions among them.

    Args:
        config: Values that choose variants and are inputs, too.
        modules: Modules with functions.
        result_builder: What makes the result; a pandas DataFrame by default.
        adapters: Lifecycle adapters; their methods may be coroutines. A result builder may be among them.
        allow_module_overrides: Whether a later module replaces what an earlier one defines.

    Raises:
        DefinitionError: A ValueError with every problem of the modules and their graph.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *modules: ModuleType,
        result_builder: Any = None,
        adapters: Sequence[Any] | None = None,
        allow_module_overrides: bool = False,
    ) -> None:
        every = [*(adapters or ()), *([] if result_builder is None else [result_builder])]
        found = Adapters(every, awaiting=True)
        if not found.builds_results:
            found = Adapters([*found.members, PandasDataFrameResult()], awaiting=True)
        self.initialized = False
        super().__init__(
            config,
            *modules,
            adapter=found,
            allow_module_overrides=allow_module_overrides,
            _use_legacy_adapter=False,
        )

    async def ainit(self) -> Self:
        """Let the adapters get ready, once.

        Returns:
            The driver itself.
        """
        if not self.initialized:
            self.initialized = True
            await self.adapter.prepare()
        return self

    async def execute(  # it is awaited, as drivers of this kind are
        self,
        final_vars: Sequence[Any],
        overrides: Mapping[str, Any] | None = None,
        display_graph: bool = False,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Compute nodes, and only what they need; see :meth:`featurecat.compat.hamilton.driver.Driver.execute`."""
        return self.adapter.build_result(await self.raw_execute(final_vars, overrides, display_graph, inputs))

    async def raw_execute(  # type: ignore[override]  # likewise
        self,
        final_vars: Sequence[Any],
        overrides: Mapping[str, Any] | None = None,
        display_graph: bool = False,
        inputs: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """As :meth:`execute`, without a result builder."""
        if display_graph:
            raise UnsupportedError("the async driver draws nothing while it executes", hint="visualize_execution")
        names, run_id, adapter = self._names(final_vars), str(uuid.uuid4()), self.adapter
        await self.ainit()
        adapter.before_run(run_id, self.function_graph, final_vars=names, inputs=inputs, overrides=overrides)
        await adapter.settle()
        results, failure = None, None
        try:
            results = await self._awaited(run_id, names, inputs or {}, overrides or {})
        except Exception as error:
            failure = error
            raise
        finally:
            adapter.after_run(run_id, self.function_graph, results=results, error=failure)
            await adapter.settle()
        return results

    async def _awaited(
        self, run_id: str, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]
    ) -> dict[str, Any]:
        program = AsyncProgram(self._sequential(self._request(names, inputs, overrides)))
        self._check_inputs(program.plan.given, inputs)
        values = {**self.graph.config, **inputs, **overrides}
        failed: StepError | None = None
        outputs: dict[str, Any] = {}
        try:
            outputs = await program.run(values, adapters=self._hooks, run_id=run_id)
        except StepError as error:
            failed = error
        if failed is not None:
            raise own_error(failed)
        return {name: outputs[name] if name in outputs else inputs[name] for name in names}

    def _sequential(self, key: RequestKey) -> Plan:
        names, inputs, overrides = key
        return make_plan(self.graph, names, given=inputs, overrides=overrides)

    def materialize(self, *given: Any, **named: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: Always.
        """
        raise _unsupported("materialize", "execute what a saver takes, and save it; or use hamilton.driver")


class Builder(_Builder):
    """Builds async drivers step by step; every method but the last changes the builder and returns it."""

    async def build(self) -> AsyncDriver:  # type: ignore[override]  # it is awaited, as drivers of this kind are
        """The driver, with its adapters ready.

        Raises:
            DefinitionError: A ValueError with every problem of the modules and their graph.
        """
        return await self.build_without_init().ainit()

    def build_without_init(self) -> AsyncDriver:
        """The driver, where nothing can be awaited; ``await driver.ainit()`` makes its adapters ready.

        Raises:
            DefinitionError: A ValueError with every problem of the modules and their graph.
        """
        adapters = Adapters(self.adapters, awaiting=True)
        return AsyncDriver(
            self.config,
            *self.modules,
            adapters=[*adapters.members, *([] if adapters.builds_results else [DictResult()])],
            allow_module_overrides=self.overriding,
        )

    def enable_dynamic_execution(self, *, allow_experimental_mode: bool = False) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: A ValueError, always.
        """
        del allow_experimental_mode
        raise _unsupported("enable_dynamic_execution", "use hamilton.driver for parallel graphs")

    def with_materializers(self, *materializers: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: A ValueError, always.
        """
        del materializers
        raise _unsupported("with_materializers", "execute what a saver takes, and save it; or use hamilton.driver")

    def with_adapter(self, adapter: Any) -> NoReturn:
        """Not for this driver.

        Raises:
            UnsupportedError: A ValueError, always.
        """
        del adapter
        raise _unsupported("with_adapter", "with_adapters(…) takes hooks and a result builder")


def _unsupported(method: str, hint: str) -> UnsupportedError:
    return UnsupportedError(f"{method}() is not supported for the async driver", hint=hint)

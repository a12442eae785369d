"""A driver for tests and notebooks: it runs whatever the modules hold, and returns when it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from featurecat.driver.driver import Driver
from featurecat.driver.views import Request
from featurecat.plan.anyhow import make_plan_anyhow

if TYPE_CHECKING:
    from featurecat.plan.planner import Plan
    from featurecat.plan.tasks import TaskPlan

__all__ = ["AnyDriver"]


class AnyDriver(Driver):
    """As :class:`Driver`; items of a ``Parallelizable`` are computed one after the other, and coroutines are waited for.

    What one execution needs may hold one of the two, not both. Hooks around single nodes are not for this driver.

    Example:
        >>> import types
        >>> async def price(item: str) -> float:
        ...     return float(len(item))
        >>> shop = types.ModuleType("shop")
        >>> price.__module__, shop.price = "shop", price
        >>> AnyDriver({}, shop, default_result="dict").execute(["price"], inputs={"item": "tea"})
        {'price': 3.0}
    """

    def _program(self, names: tuple[str, ...], inputs: tuple[str, ...], overrides: tuple[str, ...]) -> Any:
        return _Program(make_plan_anyhow(self.graph, names, given=inputs, overrides=overrides))

    def validate_execution(
        self,
        final_vars: Sequence[Request],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise what :meth:`execute` would raise for its names and inputs; run nothing."""
        overrides, inputs = overrides or {}, inputs or {}
        self._check_given(inputs, overrides)
        names = tuple(self._names(final_vars))
        self._check_values(self._program(names, tuple(inputs), tuple(overrides)).plan.given, inputs)


@dataclass(frozen=True, slots=True)
class _Program:
    """A plan that is run as it takes it; the driver's own programs run flat ones."""

    plan: Plan | TaskPlan

    def run(self, values: Mapping[str, Any], hooks: Sequence[Any] = ()) -> dict[str, Any]:
        from featurecat.execution.anyhow import run_anyhow

        return run_anyhow(self.plan, values, hooks)

"""Going on after errors: a failed node has a sentinel for a value, and so has what depends on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from featurecat.errors import RequestError
from featurecat.function_modifiers.metadata import tag

__all__ = ["GracefulErrorAdapter", "accept_error_sentinels"]

#: The tag of functions that are called with sentinels, too.
SENTINEL_TAG = "hamilton.error_sentinel"
_ALLOWED = "injection is requested"

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def accept_error_sentinels(function: Decorated) -> Decorated:
    """Let a function be called with sentinels in place of values that failed; see :class:`GracefulErrorAdapter`.

    Example:
        >>> @accept_error_sentinels
        ... def summary(spend: float) -> str:
        ...     return "failed" if spend is None else f"{spend:.2f}"
        >>> summary(None)
        'failed'
    """
    return tag(error_sentinel=_ALLOWED)(function)


class GracefulErrorAdapter:
    """Goes on after errors of one kind: the failed node and what needs it have a sentinel for a value.

    Of a ``Parallelizable`` that fails on the way, the items before the failure are computed upon, and the sentinel
    takes the place of the rest.

    Args:
        error_to_catch: The exception, or a tuple of several.
        sentinel_value: What stands for a value that is not there; choose one that no function returns.
        try_all_parallel: Whether items before a failure count; else a failed ``Parallelizable`` has the sentinel
            for its only item.
        allow_injection: Whether functions with :func:`accept_error_sentinels` are called with sentinels.

    Example:
        >>> adapter = GracefulErrorAdapter(ZeroDivisionError, sentinel_value="failed")
        >>> adapter.run_to_execute_node(
        ...     node_callable=lambda x: 1 / x, node_kwargs={"x": 0}, node_tags={}, is_expand=False
        ... )
        'failed'
    """

    def __init__(
        self,
        error_to_catch: type[BaseException] | tuple[type[BaseException], ...],
        sentinel_value: Any = None,
        *,
        try_all_parallel: bool = True,
        allow_injection: bool = True,
    ) -> None:
        kinds = error_to_catch if isinstance(error_to_catch, tuple) else (error_to_catch,)
        if not kinds or not all(isinstance(kind, type) and issubclass(kind, BaseException) for kind in kinds):
            raise RequestError(f"error_to_catch must be a kind of exception, not {error_to_catch!r}", hint="ValueError")
        self.error_to_catch = kinds
        self.sentinel_value = sentinel_value
        self.try_all_parallel = try_all_parallel
        self.allow_injection = allow_injection

    def run_to_execute_node(
        self,
        *,
        node_callable: Callable[..., Any],
        node_kwargs: dict[str, Any],
        node_tags: dict[str, Any],
        is_expand: bool,
        **future_kwargs: Any,
    ) -> Any:
        """The node's value, or the sentinel."""
        accepting = self.allow_injection and _ALLOWED in (node_tags.get("error_sentinel"), node_tags.get(SENTINEL_TAG))
        if not accepting and any(map(self._is_sentinel, node_kwargs.values())):
            return [self.sentinel_value] if is_expand else self.sentinel_value
        if is_expand:
            return self._items(node_callable, node_kwargs)
        try:
            return node_callable(**node_kwargs)
        except self.error_to_catch:
            return self.sentinel_value

    def _items(self, node_callable: Callable[..., Any], node_kwargs: dict[str, Any]) -> list[Any]:
        items: list[Any] = []
        try:
            items.extend(node_callable(**node_kwargs))
        except self.error_to_catch:
            return [*items, self.sentinel_value] if self.try_all_parallel else [self.sentinel_value]
        return items

    def _is_sentinel(self, value: Any) -> bool:
        """Whether a value is the sentinel, or equal to it where that can be asked without comparing frames."""
        if value is self.sentinel_value:
            return True
        plain = isinstance(self.sentinel_value, str | int | float | bytes | tuple) or self.sentinel_value is None
        return plain and type(value) is type(self.sentinel_value) and bool(value == self.sentinel_value)

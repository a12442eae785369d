"""Coroutine functions: which nodes have one, and what says so where they cannot be waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from featurecat.definition.node import Node
from featurecat.errors import Problem, RequestError

__all__ = ["is_asynchronous", "refuse_asynchronous", "refusing_awaitables", "wraps_asynchronous"]

#: CO_COROUTINE and CO_ITERABLE_COROUTINE of ``inspect``, which is not loaded for two numbers.
_COROUTINE = 0x80 | 0x100


def is_asynchronous(function: Callable[..., Any]) -> bool:
    """Whether calling a node's function gives something to wait for.

    Looks through ``functools.partial`` and what gathers arguments for a function (its attribute ``function``), and at
    the ``__call__`` of objects; not through ``functools.wraps``, as a wrapper may well wait by itself.

    Args:
        function: Any callable.

    Example:
        >>> async def price(item: str) -> float:
        ...     return 1.0
        >>> is_asynchronous(price), is_asynchronous(len)
        (True, False)
    """
    while True:
        code = getattr(function, "__code__", None)
        if code is not None:
            return bool(code.co_flags & _COROUTINE)
        inner = getattr(function, "func", None) or getattr(function, "function", None)
        if not callable(inner):
            code = getattr(type(function).__call__, "__code__", None)
            return code is not None and bool(code.co_flags & _COROUTINE)
        function = inner


def wraps_asynchronous(function: Callable[..., Any]) -> bool:
    """Whether a plain function was put around a coroutine function by ``functools.wraps``.

    Only a call tells whether it waits itself or gives the coroutine on.

    Example:
        >>> wraps_asynchronous(len)
        False
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
        if is_asynchronous(function):
            return True
    return False


def refusing_awaitables(function: Callable[..., Any], node: Node) -> Callable[..., Any]:
    """A function that calls ``function`` and raises where that gives a coroutine, rather than handing it on.

    Args:
        function: One of which only a call can tell; see :func:`wraps_asynchronous`.
        node: Whose function it is.

    Raises:
        RequestError: ``unsupported``, by the function that is returned.
    """

    def call(*values: Any) -> Any:
        value = function(*values)
        if hasattr(value, "__await__"):
            if hasattr(value, "close"):
                value.close()
            raise RequestError(_problem(node))
        return value

    return call


def refuse_asynchronous(nodes: Iterable[Node]) -> None:
    """Refuse to run nodes whose functions must be waited for.

    Args:
        nodes: What would be run, in order.

    Raises:
        RequestError: ``unsupported``, with each of them.
    """
    problems = [_problem(node) for node in nodes if is_asynchronous(node.function)]
    if problems:
        raise RequestError(problems)


def _problem(node: Node) -> Problem:
    name = node.known_as
    return Problem(
        "unsupported",
        f"{name} is an async function, and this driver does not wait",
        *node.place,
        "use featurecat.async_driver: await driver.execute([…])",
        name,
    )

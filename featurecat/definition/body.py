"""Whether a function's body does nothing: pass, an ellipsis, a docstring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from featurecat.definition.types import unwrapped

__all__ = ["has_empty_body"]

_IDLE = frozenset({"RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "RETURN_GENERATOR", "POP_TOP"})


def has_empty_body(function: Callable[..., Any]) -> bool:
    """Whether a function does nothing but return None.

    Example:
        >>> def declared(spend: float) -> float: ...
        >>> has_empty_body(declared), has_empty_body(lambda: 1)
        (True, False)
    """
    import dis  # few functions are asked

    left = [step for step in dis.get_instructions(unwrapped(function).__code__) if step.opname not in _IDLE]
    if len(left) == 1:
        return left[0].opname == "RETURN_CONST" and left[0].argval is None
    return (
        len(left) == 2
        and left[0].opname == "LOAD_CONST"
        and left[0].argval is None
        and left[1].opname == "RETURN_VALUE"
    )

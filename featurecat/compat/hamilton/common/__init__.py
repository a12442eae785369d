"""Hamilton's ``common``: names of requested nodes, out of the ways in which they can be requested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from featurecat.errors import RequestError

__all__ = ["convert_output_value", "convert_output_values"]


def convert_output_value(
    output_value: str | Callable[..., Any] | Any, module_set: Collection[str]
) -> tuple[str | None, str | None]:
    """The name that is meant, or what is wrong with it; the other one is None.

    Args:
        output_value: A name, a variable, or a function of one of the modules.
        module_set: Names of the driver's modules.
    """
    if isinstance(output_value, str):
        return output_value, None
    if hasattr(output_value, "name"):
        return output_value.name, None
    if not callable(output_value):
        return None, f"{output_value!r} is neither a name, nor a function, nor a variable"
    if output_value.__module__ in module_set:
        return output_value.__name__, None
    place = f"{output_value.__module__}.{output_value.__name__}"
    return None, f"{place} is not a function of the driver's modules: {', '.join(sorted(module_set))}"


def convert_output_values(
    output_values: Iterable[str | Callable[..., Any] | Any], module_set: Collection[str]
) -> list[str]:
    """The names that are meant.

    Raises:
        RequestError: A ValueError with everything that is wrong, when something is.
    """
    converted = [convert_output_value(value, module_set) for value in output_values]
    errors = sorted(error for _, error in converted if error is not None)
    if errors:
        raise RequestError(f"{len(errors)} errors encountered: " + "; ".join(errors), code="unknown-feature")
    return [name for name, _ in converted if name is not None]

"""The phases in which decorators apply, read from the code."""

from __future__ import annotations

from typing import Any

from featurecat import Phase, function_modifiers

__all__ = ["ALIASES", "DECORATORS", "phase_of"]

#: Second names of decorators.
ALIASES = frozenset({"extract_outputs", "pipe"})
#: How to make one, where the name is not its class.
_MADE = {
    "config": lambda: function_modifiers.config(lambda given: True),
    "config.when": lambda: function_modifiers.config.when(key=1),
    "config.when_in": lambda: function_modifiers.config.when_in(key=[1]),
    "config.when_not": lambda: function_modifiers.config.when_not(key=1),
    "config.when_not_in": lambda: function_modifiers.config.when_not_in(key=[1]),
    "load_from": lambda: function_modifiers.load_from.csv(path="a.csv"),
    "mutate": lambda: function_modifiers.pipe_output,  # what it attaches to its targets
    "save_to": lambda: function_modifiers.save_to.csv(path="a.csv"),
    "schema": lambda: function_modifiers.schema.output,
    "schema.output": lambda: function_modifiers.schema.output,
}


def _modifier(name: str) -> Any:
    return _MADE[name]() if name in _MADE else getattr(function_modifiers, name)


def phase_of(name: str) -> Phase:
    """When a decorator applies.

    Args:
        name: As users write it.
    """
    found: Phase = _modifier(name).phase
    return found


#: Every public name that is a decorator.
DECORATORS = frozenset(
    name
    for name in function_modifiers.__all__
    if name != "Modifier" and isinstance(getattr(_modifier(name), "phase", None), Phase)
)

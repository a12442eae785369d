"""Decorators that the config chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import FunctionType
from typing import Any, ClassVar

from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase
from featurecat.definition.node import DefinedFunction, Node
from featurecat.definition.types import unwrapped
from featurecat.errors import ModifierError

__all__ = ["ResolveAt", "resolve", "resolve_from_config"]

_VARIADIC = 0x04 | 0x08


class ResolveAt(Enum):
    """When a decorator is chosen."""

    CONFIG_AVAILABLE = "config_available"


class resolve(Modifier):  # noqa: N801 - the name users know
    """Choose a decorator once the config is known.

    Args:
        when: ``ResolveAt.CONFIG_AVAILABLE``; there is no other time.
        decorate_with: Its parameters name config keys, those with a default are optional; returns a decorator of
            featurecat, which then applies in its own phase.

    Example:
        >>> from featurecat.function_modifiers import tag
        >>> @resolve(when=ResolveAt.CONFIG_AVAILABLE, decorate_with=lambda team="ops": tag(owner=team))
        ... def delay(minutes: float) -> float:
        ...     return minutes
        >>> delay(3.0)
        3.0
    """

    phase: ClassVar[Phase] = Phase.DYNAMIC
    configurable: ClassVar[bool] = True

    def __init__(self, *, when: ResolveAt = ResolveAt.CONFIG_AVAILABLE, decorate_with: Callable[..., Modifier]) -> None:
        self.when = when
        self.decorate_with = decorate_with
        self._needs: ConfigNeeds | None = None

    def check(self, function: Callable[..., Any]) -> None:
        """Check that the choice is a function whose parameters can be config keys."""
        if not isinstance(self.when, Enum) or self.when.name != ResolveAt.CONFIG_AVAILABLE.name:
            raise self.error(f"when={self.when!r} is not known", function, "when=ResolveAt.CONFIG_AVAILABLE")
        chooser = unwrapped(self.decorate_with)
        if not isinstance(chooser, FunctionType):
            shown = f"@{chooser.name}(…)" if isinstance(chooser, Modifier) else repr(chooser)
            raise self.error(
                f"decorate_with is {shown}, and must be a function that returns one"
                if isinstance(chooser, Modifier)
                else f"decorate_with is {shown}, and must be a function",
                function,
                "decorate_with=lambda region: tag(region=region)",
            )
        if chooser.__code__.co_flags & _VARIADIC or chooser.__code__.co_posonlyargcount:
            raise self.error(
                "the parameters of decorate_with name config keys: it takes no *args, **kwargs or positional-only ones",
                function,
                "decorate_with=lambda region, level=1: …",
            )
        self._needs = _needs(chooser)

    def config_needs(self) -> ConfigNeeds:
        """The parameters of ``decorate_with``."""
        return self._needs if self._needs is not None else _needs(unwrapped(self.decorate_with))

    def modifier_for(self, config: Mapping[str, Any], defined: DefinedFunction) -> Modifier:
        """The decorator that this config chooses, checked against the function."""
        needs = self.config_needs()
        given = {key: config[key] for key in needs.keys if key in config}
        try:
            chosen = self.decorate_with(**given)
        except ModifierError as error:
            raise self.error(error.problems[0].message, defined, error.problems[0].hint) from error
        except (Exception, SystemExit) as error:  # whoever stops the program there stops all of it
            raise self.error(
                f"decorate_with raised {type(error).__name__}: {error}",
                defined,
                f"it is called with {', '.join(given) or 'nothing'} of the config",
            ) from error
        if not isinstance(chosen, Modifier) or chosen.phase in (Phase.DYNAMIC, Phase.RESOLVE):
            shown = f"@{chosen.name}" if isinstance(chosen, Modifier) else repr(chosen)
            raise self.error(
                f"decorate_with returned {shown}, which cannot be chosen here",
                defined,
                "return a decorator such as parameterize_sources(…) or tag(…)",
            )
        chosen.check(defined.function)
        return chosen

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Nothing: what the config chose stands in its place."""
        del defined
        return nodes


class resolve_from_config(resolve):  # noqa: N801 - the name users know
    """As :class:`resolve`, when the config is available.

    Args:
        decorate_with: As in :class:`resolve`.

    Example:
        >>> from featurecat.function_modifiers import parameterize_sources
        >>> @resolve_from_config(decorate_with=lambda first: parameterize_sources(total={"a": first}))
        ... def add(a: float, b: float) -> float:
        ...     return a + b
        >>> add(1.0, 2.0)
        3.0
    """

    def __init__(self, *, decorate_with: Callable[..., Modifier]) -> None:
        super().__init__(when=ResolveAt.CONFIG_AVAILABLE, decorate_with=decorate_with)


def _needs(chooser: Any) -> ConfigNeeds:
    code = chooser.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    positional = code.co_varnames[: code.co_argcount]
    defaults = {*positional[len(positional) - len(chooser.__defaults__ or ()) :], *(chooser.__kwdefaults__ or {})}
    return ConfigNeeds(
        tuple(name for name in names if name not in defaults), tuple(name for name in names if name in defaults)
    )

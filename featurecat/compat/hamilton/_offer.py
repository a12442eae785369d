"""What a module of this package offers: names looked up where featurecat has them, when they are first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from featurecat.errors import UnsupportedError

__all__ = ["INTERNAL", "absent", "offer"]

#: The capability of names that are the inside of Hamilton, and not of what is built on it.
INTERNAL = "internals of Hamilton"

_OURS = "featurecat.compat."


class _Absent(type):
    """The type of names that can be imported but not used: each use says what is absent."""

    def _refuse(cls, *given: Any, **named: Any) -> NoReturn:
        del given, named
        capability: str = type.__getattribute__(cls, "capability")
        place = f"{cls.__module__.removeprefix(_OURS)}.{cls.__name__}"
        if capability == INTERNAL:
            message = f"{place} belongs to the internals of Hamilton, which featurecat does not have"
            hint = (
                "write against the public interface: driver, function_modifiers, lifecycle; or keep Hamilton for this"
            )
        else:
            message = f"{place} cannot be used yet: {capability} comes with a later release of featurecat"
            hint = "leave it out, or keep Hamilton for this part"
        raise UnsupportedError(message, hint=hint)

    def __call__(cls, *given: Any, **named: Any) -> NoReturn:
        cls._refuse(*given, **named)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # the interpreter and inspecting tools ask for these
        cls._refuse()

    def __repr__(cls) -> str:
        return f"<{cls.__module__.removeprefix(_OURS)}.{cls.__name__}, absent: {cls.capability}>"

    __iter__ = __len__ = __getitem__ = __contains__ = __setitem__ = _refuse


def _no_subclasses(cls: type) -> None:
    """Refuse to be derived from."""
    cls.__mro__[1]()  # calling what is absent says so


def absent(name: str, capability: str, module: str) -> Any:
    """A name that can be imported and handed about; calling, subclassing or opening it raises.

    Args:
        name: The name.
        capability: What is absent, in words that go before "comes with a later release".
        module: Where it is offered.

    Example:
        >>> tracker = absent("Tracker", "tracking of runs", "featurecat.compat.hamilton.plugins.h_track")
        >>> tracker()
        Traceback (most recent call last):
            ...
        featurecat.errors.UnsupportedError: hamilton.plugins.h_track.Tracker cannot be used yet: ...
    """
    return _Absent(
        name, (), {"__module__": module, "capability": capability, "__init_subclass__": classmethod(_no_subclasses)}
    )


Offer = tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]


def offer(
    module: str, places: Mapping[str, str], later: Mapping[str, Iterable[str]] | None = None, own: Iterable[str] = ()
) -> Offer:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a module.

    Args:
        module: Its ``__name__``.
        places: Name to where it is: a module with a name of its own (``a.b:c``), one that has the same name (``a.b``),
            or a module itself (``a.b:``).
        later: Capability to the names that come with it.
        own: What the module defines itself.
    """
    absents = {name: capability for capability, names in (later or {}).items() for name in names}
    names = sorted({*places, *absents, *own})

    def find(name: str) -> Any:
        if name in places:
            found = _at(places[name], name)
        elif name in absents:
            found = absent(name, absents[name], module)
        else:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        setattr(sys.modules[module], name, found)
        return found

    return find, lambda: sorted({*vars(sys.modules[module]), *names}), names


def _at(place: str, name: str) -> Any:
    module, colon, attribute = place.partition(":")
    home = importlib.import_module(module)
    if colon and not attribute:
        return home
    found = home
    for part in (attribute or name).split("."):
        found = getattr(found, part)
    return found

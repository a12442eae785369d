"""Which adapters there are: the built-in ones, and those that users register."""

from __future__ import annotations

from typing import Any

from featurecat.errors import Problem, did_you_mean
from featurecat.io.adapters import AdapterError, DataAdapter, DataLoader, DataSaver, UnknownFormatError

__all__ = ["ADAPTERS", "LOADED_FORMATS", "SAVED_FORMATS", "AdapterRegistry", "register_adapter"]

_TABLES = ("csv", "excel", "feather", "json", "ndjson", "orc", "parquet", "sql", "sqlite")
_OBJECTS = ("file", "json", "npy", "pickle", "yaml")
#: The names that built-in loaders and savers have.
LOADED_FORMATS = tuple(sorted({*_TABLES, *_OBJECTS, "environment", "literal"}))
SAVED_FORMATS = tuple(sorted({*_TABLES, *_OBJECTS, "memory"}))


class AdapterRegistry:
    """Adapters by name; of several that fit a type, the one registered last is taken.

    Args:
        parent: Where to look for what this one does not have. A layer that speaks another vocabulary registers its own
            classes on a registry above the common one, and nobody else sees them.

    Example:
        >>> "parquet" in ADAPTERS.formats("load"), ADAPTERS.find("load", "json", dict).__name__
        (True, 'JsonLoader')
    """

    def __init__(self, parent: AdapterRegistry | None = None) -> None:
        self.parent = parent
        self._own: dict[tuple[str, str], list[type[DataAdapter]]] = {}

    def __reduce__(self) -> Any:
        # the shared registry travels by its name: whoever receives it has one
        return "ADAPTERS" if self is ADAPTERS else super().__reduce__()

    def register(self, adapter: type[DataAdapter]) -> None:
        """Add an adapter class; one of the same name in the same module takes the place of the earlier one.

        Raises:
            AdapterError: With everything that is wrong with the class.
        """
        if problems := _problems(adapter):
            raise AdapterError(problems)
        for direction in ("load", "save"):
            if issubclass(adapter, DataLoader if direction == "load" else DataSaver):
                known = self._own.setdefault((direction, adapter.name()), [])
                known[:] = [other for other in known if _identity(other) != _identity(adapter)] + [adapter]

    def formats(self, direction: str) -> list[str]:
        """The names of what there is.

        Args:
            direction: ``load`` or ``save``.
        """
        own = {name for known, name in self._own if known == direction}
        if self.parent is not None:
            return sorted(own.union(self.parent.formats(direction)))
        return sorted(own.union(LOADED_FORMATS if direction == "load" else SAVED_FORMATS))

    def candidates(self, direction: str, name: str) -> list[type[DataAdapter]]:
        """The adapters of that name, the ones to be preferred first.

        Raises:
            UnknownFormatError: When there is none.
        """
        own = list(reversed(self._own.get((direction, name), ())))
        if self.parent is not None:
            return own + (self.parent.candidates(direction, name) if name in self.parent.formats(direction) else [])
        found = own + [
            adapter
            for adapter in _built_in(direction, name)
            if issubclass(adapter, DataLoader if direction == "load" else DataSaver)
        ]
        if not found:
            raise self.unknown(direction, name)
        return found

    def unknown(self, direction: str, name: str) -> UnknownFormatError:
        """The error that there is no adapter of that name."""
        known = self.formats(direction)
        near = did_you_mean(name, known)
        listed = f"there are {', '.join(known)}"
        return UnknownFormatError(
            f"nothing {direction}s the format {name!r}",
            code="invalid-adapter",
            hint=f"{near} {listed}" if near else f"{listed}; register_adapter(MyAdapter) adds another",
        )

    def find(self, direction: str, name: str, type_: Any) -> type[DataAdapter] | None:
        """The adapter to take for a type; None when none of that name fits.

        One that applies comes before one for any type at all.

        Args:
            direction: ``load`` or ``save``.
            name: Name of the format.
            type_: What is to be loaded or saved.

        Raises:
            UnknownFormatError: When there is no adapter of that name for any type.
        """
        candidates = self.candidates(direction, name)
        fitting = [adapter for adapter in candidates if adapter.applies_to(type_)]
        fitting += [adapter for adapter in candidates if Any in adapter.applicable_types()]
        return fitting[0] if fitting else None


def _identity(adapter: type) -> tuple[str, str]:
    return adapter.__module__, adapter.__qualname__


def _built_in(direction: str, name: str) -> list[type[DataAdapter]]:
    if name not in (LOADED_FORMATS if direction == "load" else SAVED_FORMATS):
        return []
    # a module's adapters are loaded when one of them is asked for
    found: list[type[DataAdapter]] = []
    if name in _TABLES:
        from featurecat.io.table_adapters import TABLE_ADAPTERS

        found += [adapter for adapter in TABLE_ADAPTERS if adapter.name() == name]
    if name not in _TABLES or name in _OBJECTS:
        from featurecat.io.object_adapters import OBJECT_ADAPTERS

        found += [adapter for adapter in OBJECT_ADAPTERS if adapter.name() == name]
    return found


def _problems(adapter: Any) -> list[Problem]:
    if not isinstance(adapter, type) or not issubclass(adapter, DataLoader | DataSaver):
        shown = getattr(adapter, "__name__", repr(adapter))
        hint = "class MyLoader(DataLoader): …; then register_adapter(MyLoader)"
        return [Problem("invalid-adapter", f"{shown} is neither a DataLoader nor a DataSaver class", hint=hint)]
    file, line = _place(adapter)
    shown = adapter.__qualname__
    missing = sorted(getattr(adapter, "__abstractmethods__", ()))
    if missing:
        hint = f"define {', '.join(missing)} in the class"
        return [Problem("invalid-adapter", f"{shown} does not define {', '.join(missing)}", file, line, hint)]
    problems = []
    try:
        adapter.get_required_arguments()
    except AdapterError as fault:
        problems += [Problem("invalid-adapter", one.message, file, line, one.hint) for one in fault.problems]
    except NameError as fault:
        text = f"the type of an argument of {shown} is unknown: {fault}"
        problems.append(Problem("invalid-adapter", text, file, line, "import it at module level"))
    name = adapter.name()
    if not isinstance(name, str) or not name.isidentifier():
        text = f"{shown}.name() is {name!r}, which cannot be written as to.{name}"
        problems.append(Problem("invalid-adapter", text, file, line, "return a name such as 'model_registry'"))
    if not list(adapter.applicable_types()):
        text = f"{shown}.applicable_types() names no type"
        problems.append(Problem("invalid-adapter", text, file, line, "return a list such as [dict, list]"))
    return problems


def _place(adapter: type) -> tuple[str | None, int | None]:
    import inspect  # only faults are placed

    try:
        return inspect.getsourcefile(adapter), inspect.getsourcelines(adapter)[1]
    except (OSError, TypeError):  # made at a prompt, or by a program
        return None, None


#: The registry that everybody shares.
ADAPTERS = AdapterRegistry()


def register_adapter(adapter: type[DataAdapter]) -> None:
    """Make a :class:`~featurecat.io.adapters.DataLoader` or ``DataSaver`` known by its name.

    Args:
        adapter: A dataclass that implements one of the two, or both.

    Raises:
        AdapterError: With everything that is wrong with the class, and where it is defined.

    Example:
        >>> register_adapter(dict)
        Traceback (most recent call last):
        ...
        featurecat.io.adapters.AdapterError: dict is neither a DataLoader nor a DataSaver class [invalid-adapter]
          hint: class MyLoader(DataLoader): …; then register_adapter(MyLoader)
    """
    ADAPTERS.register(adapter)

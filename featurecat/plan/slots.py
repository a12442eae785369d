"""Places for values: who lives where while a plan runs, and when a place is free again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

__all__ = ["Slots"]

#: Values of these types are not worth clearing: their slot is used again, or holds a few bytes until the end.
_SMALL = (int, float, bool, complex, type(None))


class Slots:
    """Numbered places, handed out step by step; a place is used again once its value is spent.

    Args:
        given: Names of the values that are there from the start.
        keep: Names of the values that must still be there at the end.
    """

    __slots__ = ("_by_name", "_free", "_keep", "constants", "size")

    def __init__(self, given: Iterable[str], keep: Collection[str]) -> None:
        self._by_name = {name: slot for slot, name in enumerate(given)}
        self._keep = keep
        self._free: list[int] = []
        self.size = len(self._by_name)
        self.constants: list[tuple[int, Any]] = []

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> int:
        return self._by_name[name]

    def constant(self, value: Any) -> int:
        """A place of its own for a value known beforehand."""
        slot = self.size
        self.size += 1
        self.constants.append((slot, value))
        return slot

    def place(self, name: str, spent: Sequence[tuple[str, Any]]) -> tuple[int, tuple[int, ...]]:
        """Find a place for a step's result.

        Args:
            name: The step's name.
            spent: Name and type of the values that the step is the last to take.

        Returns:
            The slot of the result, and the slots to clear after the step.
        """
        freed: list[int] = []
        clear: list[int] = []
        for taken, annotation in dict(spent).items() if spent else ():
            if taken not in self._keep:
                (freed if annotation in _SMALL else clear).append(self._by_name[taken])
        # overwriting a value is letting it go, so one that must be cleared comes first
        if clear:
            output = clear.pop(0)
        elif freed:
            output = freed.pop(0)
        elif self._free:
            output = self._free.pop()
        else:
            output = self.size
            self.size += 1
        self._free += clear
        self._free += freed
        self._by_name[name] = output
        return output, tuple(clear)

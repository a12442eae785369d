"""What judges an object of another library, such as a schema: the protocol, and the libraries known here."""

from __future__ import annotations

from typing import Any, Protocol

from featurecat.expectations.great_expectations import GreatExpectationsAdapter
from featurecat.expectations.kind import Judge
from featurecat.expectations.pandera import PanderaAdapter

__all__ = ["ADAPTERS", "SchemaAdapter"]


class SchemaAdapter(Protocol):
    """Lets ``check_output(schema=…)`` take the objects of a library.

    What it makes must hold to this: the value is never changed; every fault is found at once, with the rows at fault
    counted where the library tells them; values of the data stand in no message; and whatever keeps the library from
    judging is raised, so that it is never taken for a pass.
    """

    @property
    def name(self) -> str:
        """The library, for messages."""
        ...

    @property
    def example(self) -> str:
        """Right use, for messages."""
        ...

    @property
    def installation(self) -> str:
        """What installs the library, for messages."""
        ...

    def recognises(self, argument: Any) -> bool:
        """Whether an object is the library's; told by the qualified name of its type, without importing anything."""
        ...

    def normalise(self, argument: Any) -> dict[str, Any]:
        """The object as JSON-ready parameters, which tell it from others; raises ModifierError when it cannot work."""
        ...

    def judge(self, argument: Any) -> Judge:
        """What judges values by an object that :meth:`normalise` took."""
        ...

    def argument_of(self, annotation: Any) -> Any:
        """The object that a return annotation itself gives, or None."""
        ...


#: The adapters that come with featurecat; those of plugins go after them.
ADAPTERS: tuple[SchemaAdapter, ...] = (PanderaAdapter(), GreatExpectationsAdapter())

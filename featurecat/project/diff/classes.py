"""The classes of changes, the most severe first, and which kind of change is in which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["CLASSES", "FAIL_ON", "KINDS", "REASONS", "Change", "at_least", "most_severe", "reason_of"]

#: Class of a change to what it means for others.
CLASSES: Final[Mapping[str, str]] = {
    "breaking": "what uses it may fail, or means something else",
    "behavioural": "its values may differ",
    "checks": "only what is expected of it differs",
    "added": "nothing could use it before",
    "metadata": "owners, tags, status",
    "cosmetic": "documentation, layout, names of locals, places",
}
#: From which class on ``--exit-code`` says no; ``any`` is the least of them.
FAIL_ON: Final = {"breaking": 1, "behavioural": 2, "checks": 3, "any": len(CLASSES)}

#: Kind of change to class.
KINDS: Final[Mapping[str, str]] = {
    "removed": "breaking",
    "renamed": "breaking",
    "type": "breaking",
    "unit": "breaking",
    "entity": "breaking",
    "grain": "breaking",
    "column removed": "breaking",
    "column type": "breaking",
    "variant removed": "breaking",
    "condition": "breaking",
    "body": "behavioural",
    "helper": "behavioural",
    "dependencies": "behavioural",
    "source": "behavioural",
    "config": "behavioural",
    "alignment": "behavioural",
    "variant added": "behavioural",
    "expectations": "checks",
    "freshness": "checks",
    "added": "added",
    "column added": "added",
    "owner": "metadata",
    "tags": "metadata",
    "status": "metadata",
    "sunset": "metadata",
    "replaced_by": "metadata",
    "pii": "metadata",
    "meta": "metadata",
    "doc": "cosmetic",
    "moved": "cosmetic",
    "dependency renamed": "cosmetic",
    "text": "cosmetic",
}
#: Why a feature can be modified, in the order in which it is told.
REASONS: Final = ("body", "helper", "dependency", "expectation", "config", "type")
_REASON_OF: Final = {
    "body": "body",
    "helper": "helper",
    "dependencies": "dependency",
    "source": "dependency",
    "alignment": "type",
    "config": "config",
    "condition": "config",
    "variant added": "config",
    "variant removed": "config",
    "expectations": "expectation",
    "freshness": "expectation",
    "type": "type",
    "unit": "type",
    "entity": "type",
    "grain": "type",
    "column removed": "type",
    "column type": "type",
    "column added": "type",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs about a feature.

    Attributes:
        kind: One of :data:`KINDS`.
        text: The difference in a few words, for people.
        before: What it was, as JSON has it; None where that cannot be said.
        after: What it is.
    """

    kind: str
    text: str = ""
    before: Any = None
    after: Any = None

    @property
    def change_class(self) -> str:
        """Its class.

        Example:
            >>> Change("unit", "EUR -> USD").change_class
            'breaking'
        """
        return KINDS[self.kind]

    def document(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "kind": self.kind,
            "class": self.change_class,
            "text": self.text,
            "before": self.before,
            "after": self.after,
        }


def most_severe(classes: Iterable[str]) -> str:
    """The most severe of several classes.

    Example:
        >>> most_severe(["cosmetic", "checks"])
        'checks'
    """
    order = list(CLASSES)
    return min(classes, key=order.index)


def at_least(classes: Iterable[str], limit: str) -> bool:
    """Whether one of several classes is as severe as a limit of :data:`FAIL_ON`.

    Example:
        >>> at_least(["behavioural"], "breaking"), at_least(["behavioural"], "checks")
        (False, True)
    """
    severe = list(CLASSES)[: FAIL_ON[limit]]
    return any(one in severe for one in classes)


def reason_of(kind: str) -> str | None:
    """Why a change of some kind makes a feature count as modified; None when it does not."""
    return _REASON_OF.get(kind)

"""What a rule of ``lint`` is, and what it says of a feature that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from featurecat.project.lint.definitions import LintedDefinitions, Row

__all__ = ["Breach", "Rule"]


@dataclass(frozen=True, slots=True)
class Breach:
    """How one feature breaks one rule.

    Attributes:
        message: What is wrong, without the feature's name.
        hint: What to do.
        variant: Label of the variant that is at fault; None is the first.
        mild: Whether it is at most worth a warning, however the rule is set.
        observed: What was found, JSON-ready.
        threshold: What was asked for, JSON-ready.
    """

    message: str
    hint: str
    variant: str | None = None
    mild: bool = False
    observed: Mapping[str, Any] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: What settings, reports and baselines call it.
        severity: ``error``, ``warn``, ``info`` or ``off``, unless the settings say otherwise.
        doc: One line: what is asked for.
        example: How it is done right.
        look: The breach of a feature, or None; takes the feature's catalog row and everything else that is defined.
        frames: ``no``, ``bare`` (frames that no column is extracted from) or ``all``: which frames it looks at.
    """

    name: str
    severity: str
    doc: str
    example: str
    look: Callable[[Row, LintedDefinitions], Breach | None]
    frames: str = "no"

    def concerns(self, row: Row, definitions: LintedDefinitions) -> bool:
        """Whether the rule is about this row: features, and frames as ``frames`` says.

        What is said of a function that extracts columns, such as its owner, belongs to the columns.
        """
        if row["role"] != "frame":
            return True
        return self.frames == "all" or (self.frames == "bare" and not definitions.extracted.get(row["feature"]))

"""What the rules of ``lint`` can be told, apart from their severities; names no third party."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["LINT_SEVERITIES", "MAX_LENGTH", "NAMING", "SUNSET_DAYS", "LintOptions", "TagDemand"]

#: What a rule can be set to.
LINT_SEVERITIES = ("error", "warn", "info", "off")
#: Names of features: snake_case.
NAMING = "[a-z][a-z0-9]*(_[a-z0-9]+)*"
#: The longest name of a column that PostgreSQL keeps.
MAX_LENGTH = 63
#: How long before its sunset a feature is told of.
SUNSET_DAYS = 30


@dataclass(frozen=True, slots=True)
class TagDemand:
    """What is asked of one tag.

    Attributes:
        values: The values it may have; empty allows any.
        required: Whether every feature must have it.
    """

    values: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What ``[tool.featurecat.lint]`` says beside severities.

    Attributes:
        naming: Pattern that the whole name of a feature must match.
        max_length: The most characters a name may have.
        sunset_days: Days before its sunset from which a feature is told of.
        tags: Tag key to what is asked of it.
        personal: Further words that make a name look personal.
    """

    naming: str = NAMING
    max_length: int = MAX_LENGTH
    sunset_days: int = SUNSET_DAYS
    tags: Mapping[str, TagDemand] = field(default_factory=dict)
    personal: tuple[str, ...] = ()

"""All rules of ``lint`` by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from featurecat.project.lint.rule import Rule
from featurecat.project.lint.rules.documentation import DOCSTRING, OWNER, TAGS, UNIT
from featurecat.project.lint.rules.lifecycle import REPLACED, SUNSET, UNUSED
from featurecat.project.lint.rules.names import NAME, PERSONAL
from featurecat.project.lint.rules.taints import IDLE, UNCLEARED, UNDECLASSIFIED
from featurecat.project.lint.rules.values import DTYPE, ENTITY, UNCHECKED

__all__ = ["RULES", "severities"]

#: Every rule, in the order in which they are listed.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            OWNER, DOCSTRING, UNIT, TAGS, NAME, PERSONAL, UNDECLASSIFIED, IDLE, UNCLEARED, UNCHECKED, DTYPE,
            ENTITY, SUNSET, REPLACED, UNUSED,
        )
    }
)  # fmt: skip


def severities(chosen: Mapping[str, str]) -> dict[str, str]:
    """The severity of every rule: what the settings say, else its own.

    Example:
        >>> severities({"owner": "error"})["owner"], severities({})["unused"]
        ('error', 'off')
    """
    return {name: chosen.get(name, rule.severity) for name, rule in RULES.items()}

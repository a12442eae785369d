"""Entries of ``[tool.featurecat.lint]`` as they are written: what is wrong with one, and what it means."""

from __future__ import annotations

from typing import Any

from featurecat.errors import did_you_mean
from featurecat.project.lint.options import LINT_SEVERITIES, TagDemand
from featurecat.project.lint.registry import RULES

__all__ = ["demand_fault", "demand_of", "rule_fault"]

_KEYS = ("required", "values")


def rule_fault(name: str, severity: Any) -> str | None:
    """What is wrong with an entry of ``[tool.featurecat.lint.rules]``, or None.

    Example:
        >>> rule_fault("ownr", "warn")
        "there is no rule 'ownr'; did you mean 'owner'?"
        >>> rule_fault("owner", "fatal")
        "'fatal' is not one of error, warn, info, off"
    """
    if name not in RULES:
        return f"there is no rule {name!r}; {did_you_mean(name, RULES) or 'rules are ' + ', '.join(RULES)}"
    return None if severity in LINT_SEVERITIES else f"{severity!r} is not one of {', '.join(LINT_SEVERITIES)}"


def demand_fault(key: str, written: Any) -> str | None:
    """What is wrong with an entry of ``[tool.featurecat.lint.tags]``, or None.

    Args:
        key: The tag.
        written: What is asked of it: true, a list of values, or a table.

    Example:
        >>> demand_fault("known", ["before", "after"]), demand_fault("known", "before")
        (None, 'write true, or the list of values it may have')
    """
    if written is True or _are_values(written):
        return None
    if not isinstance(written, dict):
        return "write true, or the list of values it may have"
    unknown = next((name for name in written if name not in _KEYS), None)
    if unknown is not None:
        return f"it has no key {unknown!r}; {did_you_mean(unknown, _KEYS) or 'keys are ' + ', '.join(_KEYS)}"
    if "values" in written and not _are_values(written["values"]):
        return "its values are a list of different texts"
    return None if isinstance(written.get("required", True), bool) else "required is true or false"


def _are_values(written: Any) -> bool:
    return (
        isinstance(written, list)
        and bool(written)
        and all(isinstance(value, str) and value for value in written)
        and len(set(written)) == len(written)
    )


def demand_of(written: Any) -> TagDemand:
    """What a sound entry of ``[tool.featurecat.lint.tags]`` means.

    Example:
        >>> demand_of({"values": ["raw", "gold"], "required": False})
        TagDemand(values=('raw', 'gold'), required=False)
    """
    if isinstance(written, dict):
        return TagDemand(tuple(written.get("values", ())), written.get("required", True))
    return TagDemand(tuple(written) if isinstance(written, list) else ())

"""What is installed, as its metadata tells: versions against what featurecat needs, extras, plugins by name."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata

__all__ = [
    "PLUGIN_GROUPS",
    "InstalledPlugin",
    "Requirement",
    "fits",
    "installed_plugins",
    "python_range",
    "requirements",
]

#: The entry-point groups in which plugins announce what they bring.
PLUGIN_GROUPS = tuple(f"featurecat.{kind}" for kind in ("expectations", "io", "executors", "reports", "modifiers"))

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?P<bounds>[^;]*)(?:;\s*(?P<marker>.*))?")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
_BOUND = re.compile(r"(>=|<=|==|!=|<|>|~=)\s*([0-9][0-9A-Za-z.*+!-]*)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that featurecat needs, or that one of its extras adds.

    Attributes:
        name: Of the distribution.
        bounds: Which versions, such as ``>=2.2``.
        extra: The extra it belongs to; None when it is always needed.
        version: The installed version, or None.
    """

    name: str
    bounds: str
    extra: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """An entry point of a plugin: what it announces, and whose it is."""

    group: str
    name: str
    target: str
    distribution: str


def requirements() -> list[Requirement]:
    """What featurecat's own metadata asks for, with what is installed of it."""
    try:
        asked: Iterable[str] = metadata.requires("featurecat") or ()
    except metadata.PackageNotFoundError:  # a copied source tree
        asked = ()
    found = []
    for text in asked:
        match = _REQUIREMENT.fullmatch(text.strip())
        if match is None or match["name"] == "featurecat":
            continue
        extra = _EXTRA.search(match["marker"] or "")
        name = match["name"]
        found.append(Requirement(name, match["bounds"].strip(" ()"), extra[1] if extra else None, _version(name)))
    return found


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def python_range() -> tuple[str, str]:
    """The version of this Python, and which ones featurecat takes."""
    try:
        asked = metadata.metadata("featurecat")["Requires-Python"]
    except metadata.PackageNotFoundError:
        asked = None
    return platform.python_version(), asked or ">=3.11"


def fits(version: str, bounds: str) -> bool:
    """Whether a version lies within bounds; only the numbers of a release are compared.

    Example:
        >>> fits("3.1.1", ">=2.2"), fits("2.10", ">=2.2,<3"), fits("1.4.0rc1", ">=1.5")
        (True, True, False)
    """
    return all(_holds(version, operator, bound) for operator, bound in _BOUND.findall(bounds))


def _holds(version: str, operator: str, bound: str) -> bool:
    numbers = _numbers(bound)
    found, wanted = _padded(_numbers(version), numbers)
    match operator:
        case ">=":
            return found >= wanted
        case "<=":
            return found <= wanted
        case "<":
            return found < wanted
        case ">":
            return found > wanted
        case "~=":
            return found >= wanted and found[: len(numbers) - 1] == wanted[: len(numbers) - 1]
        case "!=":
            return found[: len(numbers)] != wanted[: len(numbers)]
    return found[: len(numbers)] == wanted[: len(numbers)]


def _numbers(version: str) -> list[int]:
    release = re.match(r"\d+(?:\.\d+)*", version)
    return [int(part) for part in release[0].split(".")] if release else []


def _padded(one: list[int], other: list[int]) -> tuple[list[int], list[int]]:
    length = max(len(one), len(other))
    return one + [0] * (length - len(one)), other + [0] * (length - len(other))


def installed_plugins() -> list[InstalledPlugin]:
    """Every announced plugin, by group and name; none of them is imported."""
    return sorted(_announced(), key=lambda plugin: (plugin.group, plugin.name, plugin.distribution))


def _announced() -> Iterator[InstalledPlugin]:
    for group in PLUGIN_GROUPS:
        for point in metadata.entry_points(group=group):
            owner = point.dist.name if point.dist is not None else "unknown"
            yield InstalledPlugin(group, point.name, point.value, owner)

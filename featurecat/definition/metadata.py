"""What a feature's author declares about it, beside the code: typed fields and free tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, fields

__all__ = ["NO_METADATA", "PII", "STATUSES", "TYPED_TAGS", "Declassify", "Metadata", "Tags", "is_pii", "merge"]

#: Tags by key, each with one or more values.
Tags = Mapping[str, tuple[str, ...]]

STATUSES = ("experimental", "active", "deprecated")

#: Tag keys that feed a typed field when ``@feature`` does not set it.
TYPED_TAGS = ("owner", "pii", "status", "unit", "entity")

#: The taint of personal data.
PII = "pii"

_NOT_PII = frozenset({"false", "no", "0", "none", ""})


@dataclass(frozen=True, slots=True)
class Declassify:
    """That a feature takes a taint away from what it is made of: how, why that is enough, and who says so.

    It is given to ``@feature(declassify=…)``, which asks for every part of it.

    Args:
        taint: Name of the taint, such as ``pii``.
        method: What takes it away, such as ``hash``, ``aggregate`` or ``drop``.
        reason: Why nothing of it is left.
        approved_by: Who answers for that.

    Example:
        >>> mean = Declassify("pii", method="aggregate", reason="of 50 people or more", approved_by="privacy")
        >>> mean.taint, mean.lacking
        ('pii', ())
        >>> Declassify("pii", method="hash").lacking
        ('reason', 'approved_by')
    """

    taint: str
    _: KW_ONLY
    method: str = ""
    reason: str = ""
    approved_by: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """The parts that say nothing."""
        given = {"taint": self.taint, "method": self.method, "reason": self.reason, "approved_by": self.approved_by}
        return tuple(name for name, text in given.items() if not isinstance(text, str) or not text.strip())


@dataclass(frozen=True, slots=True)
class Metadata:
    """The typed fields; None (or an empty tuple) means not declared.

    Attributes:
        owner: Who answers for the feature, one or several.
        entity: Key columns of its rows, in order.
        timestamp: Name of its event timestamp column.
        unit: Unit of its values.
        dtype: Arrow logical type its values must have.
        pii: Whether it holds personal data; False says so, and takes nothing away.
        status: One of :data:`STATUSES`.
        sunset: ISO date after which it must not be used.
        replaced_by: The feature to use instead.
        freshness: Longest age of its data, such as ``26h``.
        align: ``outer`` or ``inner`` when its inputs are to be aligned on their index first.
        taints: What else it bears and hands on, such as ``licence_nc``.
        declassify: The taints that it takes away.
    """

    owner: tuple[str, ...] = ()
    entity: tuple[str, ...] | None = None
    timestamp: str | None = None
    unit: str | None = None
    dtype: str | None = None
    pii: bool | None = None
    status: str | None = None
    sunset: str | None = None
    replaced_by: str | None = None
    freshness: str | None = None
    align: str | None = None
    taints: tuple[str, ...] = ()
    declassify: tuple[Declassify, ...] = ()

    @property
    def tainted(self) -> frozenset[str]:
        """All taints that are declared, ``pii`` among them."""
        return frozenset([*self.taints, PII]) if self.pii else frozenset(self.taints)

    def over(self, below: Metadata) -> Metadata:
        """These fields, and those of ``below`` where nothing is declared here; taints add up."""
        if below is NO_METADATA or self is NO_METADATA:
            return below if self is NO_METADATA else self
        chosen = {}
        for item in fields(self):
            value = getattr(self, item.name)
            chosen[item.name] = getattr(below, item.name) if value is None or value == () else value
        if self.taints and below.taints:
            chosen["taints"] = tuple(dict.fromkeys([*self.taints, *below.taints]))
        if self.declassify and below.declassify:
            taken = {one.taint for one in self.declassify}
            chosen["declassify"] = (*self.declassify, *(one for one in below.declassify if one.taint not in taken))
        return Metadata(**chosen)


NO_METADATA = Metadata()


def is_pii(value: str) -> bool:
    """Whether a written ``pii`` value means personal data; false, no, 0 and none in any case do not.

    Example:
        >>> is_pii("False"), is_pii("email")
        (False, True)
    """
    return value.strip().casefold() not in _NOT_PII


def merge(declared: Metadata, tags: Tags) -> tuple[Metadata, list[str]]:
    """Typed metadata from ``@feature`` and tags together.

    Args:
        declared: What ``@feature`` says.
        tags: What ``@tag`` says.

    Returns:
        The merged metadata, and one sentence for each field on which the two disagree.
    """
    if not any(key in tags for key in TYPED_TAGS):
        return declared, []
    tagged = Metadata(
        owner=tags.get("owner", ()),
        entity=tags.get("entity"),
        unit=_first(tags, "unit"),
        status=_first(tags, "status"),
        pii=any(is_pii(value) for value in tags["pii"]) if "pii" in tags else None,
    )
    conflicts = [
        f"@feature({key}={_shown(getattr(declared, key))}) and @tag({key}={_shown(getattr(tagged, key))}) disagree"
        for key in TYPED_TAGS
        if getattr(declared, key) not in (None, ()) and getattr(tagged, key) not in (None, (), getattr(declared, key))
    ]
    return declared.over(tagged), conflicts


def _first(tags: Tags, key: str) -> str | None:
    values = tags.get(key)
    return values[0] if values else None


def _shown(value: object) -> str:
    return repr(value[0] if isinstance(value, tuple) and len(value) == 1 else value)

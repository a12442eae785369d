"""What has become of each feature since a reference: new, modified or the same, and why.

It is told from the same comparison as ``featurecat diff``; see :mod:`featurecat.project.diff`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from featurecat.project.diff.classes import REASONS, reason_of
from featurecat.project.diff.reduction import (
    MEANINGS,
    REDUCTION,
    SOURCE,
    Side,
    as_plain,
    reduce_tables,
    reduced_from,
)
from featurecat.project.diff.whole import FeatureDifference, compare_sides

__all__ = [
    "MEANINGS",
    "REASONS",
    "REDUCTION",
    "SOURCE",
    "States",
    "as_plain",
    "compare",
    "reduce_tables",
    "reduced_from",
]

#: Classes of changes that leave a feature what it was.
_QUIET: Final = ("metadata", "cosmetic")


@dataclass(frozen=True)
class States:
    """What became of every public feature since a reference.

    Attributes:
        reference: What was compared with, as it was asked for.
        commit: The commit that is; None for a snapshot.
        states: Catalog key to ``new``, ``modified`` or ``unmodified``.
        reasons: Catalog key of each modified feature to why, out of :data:`REASONS`.
        removed: Features that are no more.
        redescribed: Unmodified features whose documentation, owner, tags or status differ.
        breaking: Features whose change may break what uses them.
        notices: What to say beside the answer.
    """

    reference: str
    commit: str | None
    states: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]
    removed: tuple[str, ...] = ()
    redescribed: frozenset[str] = frozenset()
    breaking: frozenset[str] = frozenset()
    notices: tuple[str, ...] = field(default=())

    def of(self, feature: str) -> str:
        """The state of a feature: ``new``, ``modified`` or ``unmodified``.

        Args:
            feature: Its catalog key. What is not known is new.

        Example:
            >>> States("main", None, {"spend": "modified"}, {"spend": ("helper",)}).of("spend")
            'modified'
        """
        return self.states.get(feature, "new")

    def why(self, feature: str) -> str:
        """The state in words: ``new``, ``body, type``, or nothing when it is unmodified.

        Example:
            >>> States("main", None, {"spend": "modified"}, {"spend": ("helper", "type")}).why("spend")
            'helper, type'
        """
        state = self.of(feature)
        return ", ".join(self.reasons.get(feature, ())) if state == "modified" else "new" if state == "new" else ""

    @cached_property
    def selectable(self) -> Mapping[str, tuple[str, ...]]:
        """Catalog key to the values of ``state:`` that select it: new and breaking ones count as modified, too."""
        words = {"new": ("new", "modified")}
        return {
            feature: (*words.get(state, (state,)), *(("breaking",) if feature in self.breaking else ()))
            for feature, state in self.states.items()
        }

    def in_graph(self, graph: str) -> Mapping[str, tuple[str, ...]]:
        """As :attr:`selectable`, by the names of one graph: what an index over that graph takes.

        Args:
            graph: Name of the graph.

        Example:
            >>> States("main", None, {"us/wind": "new", "spend": "unmodified"}, {}).in_graph("us")
            {'wind': ('new', 'modified')}
        """
        if graph == "default":
            return {key: words for key, words in self.selectable.items() if "/" not in key}
        start = f"{graph}/"
        return {key.removeprefix(start): words for key, words in self.selectable.items() if key.startswith(start)}


def compare(before: Side, now: Side, *, reference: str, commit: str | None = None) -> States:
    """What has become of the features of one side since another.

    Args:
        before: The older side.
        now: The newer side.
        reference: What the older side is called.
        commit: The commit it is.

    Returns:
        The states of the newer side's features. A feature with another name is a new one, and the old one removed.

    Example:
        >>> compare(Side(), Side(), reference="main").removed
        ()
    """
    found = {one.feature: one for one in compare_sides(before, now) if one.feature in before.features}
    reasons = {key: why for key, one in found.items() if key in now.features and (why := _reasons(one))}
    states = {
        key: "new" if key not in before.features else "modified" if key in reasons else "unmodified"
        for key in now.features
    }
    return States(
        reference=reference,
        commit=commit,
        states=states,
        reasons=reasons,
        removed=tuple(sorted(before.features.keys() - now.features.keys())),
        redescribed=frozenset(key for key, one in found.items() if key not in reasons and _is_described_anew(one)),
        breaking=frozenset(key for key in reasons if found[key].change_class == "breaking"),
    )


def _reasons(one: FeatureDifference) -> tuple[str, ...]:
    """Why a feature is modified, in the order of :data:`REASONS`; nothing when it is not."""
    found = {reason_of(change.kind) for change in one.changes}
    if one.change_class in _QUIET:
        return ()
    if "body" in found:  # which is told instead of what the body reaches
        found.discard("helper")
    return tuple(reason for reason in REASONS if reason in found)


def _is_described_anew(one: FeatureDifference) -> bool:
    return any(change.change_class == "metadata" or change.kind == "doc" for change in one.changes)

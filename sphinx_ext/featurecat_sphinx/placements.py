"""What documents show of the catalog: remembered, so that they are read again exactly when it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence, Set
from typing import Any

from sphinx.environment import BuildEnvironment

from featurecat_sphinx.model import Feature, Snapshot
from featurecat_sphinx.selecting import SelectionError, selected
from featurecat_sphinx.state import snapshot_of

__all__ = ["Placements", "digest_of_block", "note_use", "outdated_documents"]


class Placements:
    """Uses by document: each a name with the digest of what it showed.

    Args:
        uses: Document to use to digest, kept in the environment.
    """

    def __init__(self, uses: dict[str, dict[str, str]]) -> None:
        self.uses = uses

    def forget(self, document: str) -> None:
        """Forget a document."""
        self.uses.pop(document, None)

    def merge(self, documents: Set[str], others: dict[str, dict[str, str]]) -> None:
        """Take over documents that another process has read."""
        self.uses.update({document: others[document] for document in documents if document in others})


def note_use(environment: BuildEnvironment, use: str, shown: Any) -> None:
    """Write down that the document being read shows something of the catalog.

    Args:
        environment: Of the build.
        use: What it asks for, such as ``feature:net_amount``.
        shown: What it gets.
    """
    uses = environment.domains["fc"].data["uses"]
    if environment.docname in environment.found_docs:
        uses.setdefault(environment.docname, {})[use] = _digest(shown)


def outdated_documents(environment: BuildEnvironment, placements: Placements) -> Iterator[str]:
    """Documents whose answers are others now."""
    snapshot = snapshot_of(environment)
    known: dict[str, str] = {}
    for document, uses in placements.uses.items():
        for use, digest in uses.items():
            if use not in known:
                known[use] = _digest(_asked_again(snapshot, use))
            if known[use] != digest:
                yield document
                break


def digest_of_block(snapshot: Snapshot, kind: str, argument: str) -> Any:
    """What a block shows: the features it lists; all of the catalog for blocks that sum it up."""
    if kind in ("table", "count"):
        try:
            return [_shown(snapshot.features[key]) for key in selected(snapshot, argument)]
        except SelectionError as error:
            return str(error)
    if kind in ("card", "lineage"):
        one = snapshot.features.get(argument)
        if one is None:
            return None
        near: Sequence[str] = [argument, *one.upstream, *one.downstream]
        far = [other for name in near if name in snapshot.features for other in _around(snapshot.features[name])]
        return [_shown(snapshot.features[name]) for name in [*near, *sorted(set(far))] if name in snapshot.features]
    return [[_shown(one) for one in snapshot.features.values()], snapshot.changes, snapshot.index_errors]


def _around(one: Feature) -> tuple[str, ...]:
    return one.upstream + one.downstream


def _shown(one: Feature) -> tuple[Any, ...]:
    """What blocks show of a feature."""
    return (
        one.feature, one.address, one.summary, one.dtype, one.observed_dtype, one.unit, one.entity, one.grain,
        one.personal_data, one.taints, one.status, one.sunset, one.replaced_by, one.freshness, sorted(one.tags.items()),
        one.owners, one.check_state, one.stale, one.upstream, one.downstream, one.role, bool(one.consumers),
        bool(one.checks), one.undocumented,
    )  # fmt: skip


def _asked_again(snapshot: Snapshot, use: str) -> Any:
    kind, _, argument = use.partition(":")
    if kind == "block":
        block, _, argument = argument.partition(":")
        return digest_of_block(snapshot, block, argument)
    return snapshot.reference(kind, argument)


def _digest(shown: Any) -> str:
    return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()

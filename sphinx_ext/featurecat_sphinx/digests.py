"""What a feature page shows, as digests: equal digests mean equal pages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from featurecat_sphinx.model import Feature, Snapshot

__all__ = ["FeatureDigests"]


class FeatureDigests:
    """Digests of the pages of features.

    A page shows its feature, the faces of what is near it (names, addresses, badges, summaries), and the edges among
    those; so its digest covers the feature, and faces and edges of all within ``hops``.

    Args:
        snapshot: The catalog.
        hops: How far a picture reaches.
    """

    def __init__(self, snapshot: Snapshot, hops: int) -> None:
        self._snapshot = snapshot
        self._hops = hops
        self._faces = {name: _number(_face(one)) for name, one in snapshot.features.items()}
        self._faces |= {name: _number((name, one.address)) for name, one in snapshot.sources.items()}
        self._near: dict[str, tuple[str, ...]] = {
            name: one.upstream + one.downstream for name, one in snapshot.features.items()
        }
        self._near |= {name: one.readers for name, one in snapshot.sources.items()}
        self._changes: dict[str, list[object]] = {}
        for change in snapshot.changes:
            self._changes.setdefault(change.feature, []).append(change)

    def of(self, key: str, documentation: str) -> str:
        """The digest of a feature's page.

        Args:
            key: The feature.
            documentation: Its rendered docstring.
        """
        one = self._snapshot.features[key]
        near = {key}
        frontier: Iterable[str] = (key,)
        for _ in range(self._hops):
            frontier = {other for name in frontier for other in self._near.get(name, ())} - near
            near |= set(frontier)
        others = [similar.feature for similar in one.similar] + [one.replaced_by or ""]
        around = sum(self._faces.get(name, 0) for name in near) + sum(self._faces.get(name, 1) for name in others)
        told = repr((one.digest, documentation, self._changes.get(key))).encode("utf-8", "surrogatepass")
        return hashlib.sha256(told + around.to_bytes(40, "little")).hexdigest()


def _face(one: Feature) -> tuple[object, ...]:
    """What other pages show of a feature."""
    return (
        one.feature,
        one.address,
        one.role,
        one.summary,
        one.status,
        one.personal_data,
        one.taints,
        one.check_state,
        one.stale,
        one.owners,
        one.dtype,
        one.observed_dtype,
        one.unit,
        one.upstream,
        one.downstream,
    )


def _number(told: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest(), "little")

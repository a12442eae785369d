"""``featurecat impact``: what a change of features or columns reaches, and who has to know. From the catalog alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from featurecat.catalog.catalog import Catalog
from featurecat.clock import Clock
from featurecat.errors import FeaturecatError, Problem, RequestError, did_you_mean
from featurecat.project.against import states_against
from featurecat.project.answering import answered
from featurecat.project.discover import Project

__all__ = ["GROUPS", "ImpactReport", "impact_of"]

#: What an impact is grouped by.
GROUPS: Final = ("owner", "module", "consumer")
_NOBODY: Final = {"owner": "(no owner)", "module": "(no module)", "consumer": "(no consumer)"}

#: A node, or one column of it.
Place = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """What a change reaches.

    Attributes:
        of: What changes, as catalog keys and ``source.column``.
        by: What :attr:`groups` are.
        features: Rows of the features downstream, nearest first: ``feature``, ``depth`` (features on the way, itself
            included), ``because`` (which of :attr:`of` reach it), ``owners``, ``module`` and ``consumers``.
        consumers: Rows of what uses them or what changes: ``consumer``, ``kind``, ``owner``, ``features``.
        groups: Rows with ``name`` and ``features``, the largest first.
        notices: What to say beside it.
        warnings: What was wrong with the catalog.
    """

    of: tuple[str, ...]
    by: str
    features: tuple[Mapping[str, Any], ...]
    consumers: tuple[Mapping[str, Any], ...]
    groups: tuple[Mapping[str, Any], ...]
    notices: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "of": list(self.of),
            "by": self.by,
            "features": [dict(row) for row in self.features],
            "consumers": [dict(row) for row in self.consumers],
            "groups": [dict(row) for row in self.groups],
        }


def impact_of(
    project: Project,
    clock: Clock,
    names: Sequence[str],
    *,
    against: str | None = None,
    depth: int | None = None,
    by: str = "owner",
) -> ImpactReport:
    """What a change of features, sources or columns reaches.

    Args:
        project: The project.
        clock: Tells the time.
        names: Features, sources, or columns as ``source.column``.
        against: Take everything that changed since this, too; as ``featurecat list --against`` takes it.
        depth: The most steps; None for all.
        by: ``owner``, ``module`` or ``consumer``.

    Raises:
        RequestError: When a name is not known, all of them told at once, or there is none.
        CatalogError: When there is no catalog.
    """
    changed: list[str] = []
    if against is not None:
        states = states_against(project, clock, against)
        # what is only expected of a feature reaches nobody
        changed = [name for name, why in states.reasons.items() if set(why) != {"expectation"}]
    if not names and against is None:
        raise RequestError(
            "nothing is named", code="invalid-option", hint="featurecat impact FEATURE, SOURCE.COLUMN, or --against REF"
        )

    def question(catalog: Catalog) -> tuple[Any, ...]:
        graph = _Graph(catalog)
        known = set(graph.rows)
        starts = dict.fromkeys(
            [*_resolved(catalog, graph, names), *((name, None) for name in changed if name in known)]
        )
        return graph, list(starts), _reached(graph, list(starts), depth)

    answer = answered(project, clock, question)
    graph, starts, reached = answer.found
    features = [graph.described(name, steps, because) for name, (steps, because) in reached.items()]
    features.sort(key=lambda row: (row["depth"], row["feature"]))
    consumers = list(graph.using([*(name for name, _ in starts), *reached]))
    return ImpactReport(
        tuple(_text(place) for place in starts),
        by,
        tuple(features),
        tuple(consumers),
        tuple(_grouped(features, by)),
        answer.notices,
        answer.warnings,
    )


class _Graph:
    """The catalog's edges, and what columns are read along them."""

    def __init__(self, catalog: Catalog) -> None:
        self.rows = {row["feature"]: row for row in catalog.features()}
        self.children: dict[str, list[str]] = {}
        for parent, child, _, _, _, kind in catalog.edges():
            if kind == "data":
                self.children.setdefault(parent, []).append(child)
        self.reads: dict[str, list[Mapping[str, Any]]] = {}
        for row in catalog.table("column_edges"):
            self.reads.setdefault(row["parent"], []).append(row)
        self.columns: dict[str, list[str]] = {}
        for row in catalog.table("columns"):
            self.columns.setdefault(row["feature"], []).append(row["name"])
        self._owners: dict[str, list[str]] = {}
        for row in catalog.table("owners"):
            self._owners.setdefault(row["feature"], []).append(row["owner"])
        self._modules = {row["feature"]: row["module"] for row in reversed(catalog.table("variants"))}
        self._consumers = catalog.table("consumers")

    def below(self, place: Place) -> Iterator[Place]:
        """What a whole node feeds."""
        yield from ((child, None) for child in dict.fromkeys(self.children.get(place[0], ())))

    def made_of(self, place: Place, start: Place) -> Iterator[Place]:
        """What is made of a column; a frame as a whole, reached from one of its columns, leads to no other column."""
        taken = (place[1], None) if place == start else (place[1],)  # None reads all of it
        for row in self.reads.get(place[0], ()):
            if row["parent_column"] in taken:
                yield row["child"], row["child_column"]

    def named_columns(self, name: str) -> set[str]:
        """The columns that are known of a frame or source."""
        read = {row["parent_column"] for row in self.reads.get(name, ()) if row["parent_column"] is not None}
        return {*self.columns.get(name, ()), *read} - {"*"}

    def described(self, name: str, depth: int, because: Iterable[str]) -> dict[str, Any]:
        """A row of the answer."""
        return {
            "feature": name,
            "depth": depth,
            "because": sorted(because),
            "owners": sorted(set(self._owners.get(name, ()))),
            "module": self._modules.get(name),
            "consumers": sorted({row["consumer"] for row in self._consumers if row["feature"] == name}),
        }

    def using(self, names: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The consumers of some features."""
        wanted = set(names)
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for row in self._consumers:
            if row["feature"] in wanted:
                key = (row["consumer"], row["kind"])
                entry = found.setdefault(
                    key, {"consumer": row["consumer"], "kind": row["kind"], "owner": row["owner"], "features": []}
                )
                entry["features"].append(row["feature"])
        for key in sorted(found):
            found[key]["features"].sort()
            yield found[key]


def _resolved(catalog: Catalog, graph: _Graph, names: Sequence[str]) -> list[Place]:
    """What names stand for.

    Raises:
        RequestError: When some are not known.
    """
    places: list[Place] = []
    problems: list[Problem] = []
    for name in names:
        try:
            places.append((catalog.resolve_name(name), None))
        except FeaturecatError as error:
            place = _column(graph, name)
            if place is None:
                problems += _unknown_column(graph, name) or error.problems
            else:
                places.append(place)
    if problems:
        raise RequestError(problems)
    return places


def _column(graph: _Graph, name: str) -> Place | None:
    frame, _, column = name.rpartition(".")
    return (frame, column) if column in graph.named_columns(frame) else None


def _unknown_column(graph: _Graph, name: str) -> list[Problem]:
    """The problem of a column that a known frame does not have; nothing where there is no such frame."""
    frame, _, column = name.rpartition(".")
    if frame not in graph.rows:
        return []
    known = sorted(graph.named_columns(frame))
    hint = did_you_mean(column, known) or f"known are {', '.join(known[:8])}" if known else "no columns of it are known"
    return [Problem("unknown-feature", f"nothing is known of a column {column!r} of {frame}", hint=hint, feature=name)]


def _reached(graph: _Graph, starts: Sequence[Place], depth: int | None) -> dict[str, tuple[int, set[str]]]:
    """Public features below some places, each with its distance and what reaches it; hidden nodes are no step."""
    reached: dict[str, tuple[int, set[str]]] = {}
    for start in starts:
        for name, steps in _distances(graph, start, depth).items():
            before = reached.get(name)
            reached[name] = (min(steps, before[0]) if before else steps, {*(before[1] if before else ()), _text(start)})
    for name, column in starts:  # what changes itself is not downstream of itself
        if column is None:
            reached.pop(name, None)
    return reached


def _distances(graph: _Graph, start: Place, depth: int | None) -> dict[str, int]:
    found: dict[str, int] = {}
    seen = {start: 0}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        for after in graph.below(place) if start[1] is None else graph.made_of(place, start):
            public = bool(graph.rows.get(after[0], {}).get("public"))
            same = after[0] == place[0]
            steps = seen[place] + (public and not same)
            if (depth is not None and steps > depth) or seen.get(after, steps + 1) <= steps:
                continue
            seen[after] = steps
            (waiting.append if public else waiting.appendleft)(after)
            if public:
                found[after[0]] = min(steps, found.get(after[0], steps))
    return found


def _grouped(features: Sequence[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
    groups: dict[str, list[str]] = {}
    for row in features:
        names = {
            "owner": row["owners"],
            "module": [row["module"]] if row["module"] else [],
            "consumer": row["consumers"],
        }[by]
        for name in names or [_NOBODY[by]]:
            groups.setdefault(name, []).append(row["feature"])
    ordered = sorted(groups.items(), key=lambda item: (item[0] == _NOBODY[by], -len(item[1]), item[0]))
    return [{"name": name, "features": found} for name, found in ordered]


def _text(place: Place) -> str:
    return place[0] if place[1] is None else f"{place[0]}.{place[1]}"

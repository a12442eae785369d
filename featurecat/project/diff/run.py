"""``featurecat diff`` and ``featurecat changelog``: which two states are compared, and what is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from featurecat.catalog.snapshot import SnapshotRow, list_snapshots
from featurecat.clock import Clock
from featurecat.errors import DefinitionError, Problem, RequestError
from featurecat.project.against import fork_point, newest_side, side_at
from featurecat.project.ask import list_features
from featurecat.project.diff.classes import CLASSES, at_least
from featurecat.project.diff.reduction import Side
from featurecat.project.diff.whole import FeatureDifference, compare_sides, with_touched
from featurecat.project.discover import Project
from featurecat.project.index import index_project
from featurecat.project.stamp import definitions_current

__all__ = ["DiffReport", "diff_project", "snapshot_changes"]

_SNAPSHOT: Final = "snapshot:"
_SHORT_COMMIT: Final = 12


@dataclass(frozen=True, slots=True)
class DiffReport:
    """What differs between two states of the definitions.

    Attributes:
        base: What the older side is called.
        head: What the newer side is called.
        base_commit: The commit that the older side is; None for a snapshot without one.
        features: What differs, the most severe first.
        notices: What to say beside it.
        warnings: What had to be set aside on the way.
    """

    base: str
    head: str
    base_commit: str | None
    features: tuple[FeatureDifference, ...]
    notices: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many features differ, by class; those without any are left out."""
        counted = Counter(one.change_class for one in self.features)
        return {name: counted[name] for name in CLASSES if counted[name]}

    def fails(self, limit: str) -> bool:
        """Whether some change is as severe as ``breaking``, ``behavioural`` or ``checks``, or there is ``any``."""
        return at_least(self.counts, limit)

    def document(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "base": self.base,
            "head": self.head,
            "base_commit": self.base_commit,
            "counts": self.counts,
            "features": [one.document() for one in self.features],
        }


def diff_project(
    project: Project, clock: Clock, *, base: str | None = None, head: str | None = None, selections: Sequence[str] = ()
) -> DiffReport:
    """What differs between two states of the definitions.

    Args:
        project: The project.
        clock: Tells the time.
        base: The older side: a branch, tag or commit, ``snapshot:NAME``, or a snapshot's file. None takes the commit
            at which the work tree left the main branch.
        head: The newer side, named likewise; None takes the files as they are, which are indexed if they changed.
        selections: Tell only of features that these match today, or that are gone and whose names they match.

    Raises:
        RequestError: Code ``against-unusable``, or a selection is wrong.
        DefinitionError: When something is wrong with the definitions of the work tree, all of it at once.
        CatalogError: When the catalog cannot be written.
    """
    shown = base
    if base is None:
        base, branch = fork_point(project)
        shown = f"{branch} ({base[:_SHORT_COMMIT]})"
    now, warnings = (side_at(project, clock, head), ()) if head is not None else _work_tree(project, clock)
    before = side_at(project, clock, base)
    found = with_touched(compare_sides(before, now), before, now)
    if selections:
        found = list(_selected(project, clock, found, selections))
    notices = dict.fromkeys([*before.notices, *now.notices])
    return DiffReport(str(shown), head or "the work tree", before.commit, tuple(found), tuple(notices), warnings)


def _work_tree(project: Project, clock: Clock) -> tuple[Side, tuple[Problem, ...]]:
    """The files as they are; indexed, unless they are what was indexed last."""
    warnings: tuple[Problem, ...] = ()
    if not definitions_current(project):
        report = index_project(project, clock)
        if report.problems:  # they hide features, which would seem to be gone
            raise DefinitionError(report.problems)
        warnings = report.warnings
    return newest_side(project), warnings


def _selected(
    project: Project, clock: Clock, found: Sequence[FeatureDifference], selections: Sequence[str]
) -> Iterator[FeatureDifference]:
    """Those of some differences that selections match; of features that are gone only the names are known."""
    answer = list_features(project, clock, list(selections), allow_empty=True)
    names = {row["feature"] for row in answer.rows}
    for one in found:
        gone = one.changes[0].kind == "removed"
        if one.feature in names or (gone and any(fnmatchcase(one.feature, pattern) for pattern in selections)):
            yield one


# --- snapshots -----------------------------------------------------------------------------------


def snapshot_changes(
    project: Project, clock: Clock, *, older: str | None = None, newer: str | None = None
) -> DiffReport:
    """What changed between two snapshots.

    Args:
        project: The project.
        clock: Tells the time.
        older: The beginning of a snapshot's name, a time such as ``2026-11-01``, or a commit. None takes the snapshot
            before the newer one.
        newer: As ``older``; None takes the newest snapshot.

    Raises:
        RequestError: Code ``against-unusable``: there is nothing of that name, or nothing to compare.
    """
    rows = list_snapshots(project.store.snapshots).rows
    if not rows:
        raise _nothing("nothing was indexed yet", "featurecat index keeps a snapshot whenever something changed")
    last = rows[-1] if newer is None else _named(rows, newer)
    if older is None:
        earlier = [row for row in rows if row.snapshot < last.snapshot] if last is not None else []
        if not earlier:
            raise _nothing("there is no snapshot before it to compare with", "name one: featurecat changelog FROM TO")
        first: SnapshotRow | None = earlier[-1]
    else:
        first = _named(rows, older)
    sides = [
        side_at(project, clock, f"{_SNAPSHOT}{row.snapshot}" if row is not None else str(name))
        for row, name in ((first, older), (last, newer))
    ]
    found = with_touched(compare_sides(*sides), *sides)
    notices = tuple(dict.fromkeys([*sides[0].notices, *sides[1].notices]))
    return DiffReport(_title(first, older), _title(last, newer), sides[0].commit, tuple(found), notices)


def _named(rows: Sequence[SnapshotRow], name: str) -> SnapshotRow | None:
    """The snapshot that a name means; None where it has to be asked of git.

    A commit may have several snapshots: the last one is meant. Of a time, the snapshot that held then.
    """
    plain = name.removeprefix(_SNAPSHOT)
    found = [row for row in rows if row.snapshot.startswith(plain)] if plain else []
    if len(found) == 1:
        return found[0]
    commits = [row for row in rows if len(plain) >= 4 and (row.git_commit or "").startswith(plain)]
    if commits:
        return commits[-1]
    return _held(rows, plain) if plain[:4].isdigit() and plain[4:5] == "-" else None


def _held(rows: Sequence[SnapshotRow], when: str) -> SnapshotRow:
    """The snapshot that held at a time, or at the end of a day."""
    moment = when.replace(" ", "T")
    held = [row for row in rows if row.indexed_at <= moment or row.indexed_at.startswith(moment)]
    if not held:
        raise _nothing(f"there is no snapshot from {when} or before", f"the first is {rows[0].indexed_at}")
    return held[-1]


def _title(row: SnapshotRow | None, name: str | None) -> str:
    if row is None:
        return str(name)
    commit = f" ({row.git_commit[:_SHORT_COMMIT]})" if row.git_commit else ""
    return f"{row.indexed_at[:16].replace('T', ' ')}{commit}"


def _nothing(message: str, hint: str) -> RequestError:
    return RequestError(message, code="against-unusable", hint=hint)

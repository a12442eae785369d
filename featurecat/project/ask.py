"""Questions to the catalog: list, show, lineage, runs, sql. None of them imports user code."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from featurecat.catalog.catalog import Catalog
from featurecat.catalog.connection import distinct_names
from featurecat.catalog.sandbox import Limits, run_sql
from featurecat.catalog.selecting import listed_rows
from featurecat.catalog.tracing import Spot, find_spot, trace
from featurecat.clock import Clock
from featurecat.errors import CatalogError, Problem, RequestError
from featurecat.graph.selection.evaluate import Selected, select
from featurecat.graph.selection.grammar import parse_several
from featurecat.project.access import open_catalog, rebuild_catalog, stale_modules
from featurecat.project.discover import Project
from featurecat.project.excluded import excluded_in_files
from featurecat.project.lineage import Lineage
from featurecat.project.selecting import catalog_index, selected_why, selection_notices, states_notices
from featurecat.project.stamp import definitions_current

if TYPE_CHECKING:
    from featurecat.project.changes import States  # contract: typing only

__all__ = ["Answer", "Lineage", "ask_sql", "list_features", "list_runs", "show_feature", "trace_lineage"]


@dataclass(slots=True)
class Answer:
    """Rows or a document, with what to say beside them on standard error."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


Question = TypeVar("Question", bound=Callable[..., Any])


def _asked_again(question: Question) -> Question:
    """Ask again on a rebuilt catalog when damage shows only while the question is answered."""

    @functools.wraps(question)
    def ask(project: Project, clock: Clock, *words: Any, **options: Any) -> Any:
        try:
            return question(project, clock, *words, **options)
        except CatalogError as error:
            if error.code != "catalog-unusable":
                raise
            rebuild_catalog(project, clock, error)
            return question(project, clock, *words, **options)

    return cast("Question", ask)


def _open(project: Project, clock: Clock, answer: Answer, *, runs: str = "any") -> Catalog:
    catalog, warnings = open_catalog(project, clock, runs=runs)
    answer.warnings += warnings
    stale = stale_modules(project, catalog.modules())
    if stale:
        shown = ", ".join(stale[:3]) + (f" and {len(stale) - 3} more" if len(stale) > 3 else "")
        answer.notices.append(f"the catalog is older than {shown}: run featurecat index")
    if errors := catalog.index_errors():
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        answer.notices.append(f"{count} when it was indexed: run featurecat index to see them")
    return catalog


@contextlib.contextmanager
def _behind(answer: Answer) -> Iterator[None]:
    """Tell with an unknown name that the catalog may not know it yet."""
    try:
        yield
    except RequestError as error:
        if answer.notices:
            error.problems = tuple(
                replace(problem, details=(*problem.details, answer.notices[0]))
                if problem.code in ("unknown-feature", "empty-selection")
                else problem
                for problem in error.problems
            )
        raise


@contextlib.contextmanager
def _excluded_told(project: Project, catalog: Catalog, name: str) -> Iterator[None]:
    """Say of an unknown name that its function is marked as no feature, where its file says so."""
    try:
        yield
    except RequestError as error:
        files = [row["file"] for row in catalog.modules() if row["file"] is not None]
        if error.code == "unknown-feature" and (told := excluded_in_files(project.root, files, name)) is not None:
            raise RequestError(told) from error
        raise


@_asked_again
def list_features(
    project: Project,
    clock: Clock,
    selections: Sequence[str],
    *,
    allow_empty: bool = False,
    against: str | None = None,
    why: bool = False,
) -> Answer:
    """Public features with dtype, grain, owner, tags and summary.

    Args:
        project: The project.
        clock: Tells the time.
        selections: What to list; empty lists everything.
        allow_empty: Whether an answer without rows is fine.
        against: What to compare with, as :func:`featurecat.project.against.states_against` takes it. Rows then have
            ``state`` and ``reasons``.
        why: Whether rows have ``why``: the terms that select them, and what has changed.

    Raises:
        RequestError: When a selection is wrong or matches nothing, or there is nothing to compare with.
        CatalogError: When there is no catalog.
    """
    answer = Answer()
    states = None
    with _open(project, clock, answer) as catalog, _behind(answer):
        if against is not None:
            from featurecat.project.against import states_against  # only --against pays for git

            states = states_against(project, clock, against)
        if states is not None:
            answer.notices += [*_outdated(project, answer), *states_notices(states)]
        selected = None
        if not selections:
            rows = {row["feature"]: row for row in catalog.list_features()}
            names = list(rows)
        else:
            index = catalog_index(project, clock, states=states)
            selected = select(parse_several(list(selections)), index, allow_empty=allow_empty)
            names = list(selected.names)
            rows = {row["feature"]: row for row in listed_rows(project.store.catalog, names)}
            answer.notices += selection_notices(selected)
    added = _added(selected, states, names, why=why)
    answer.rows = [{**rows[name], **added.get(name, {})} for name in names]
    return answer


def _added(
    selected: Selected | None, states: States | None, names: Sequence[str], *, why: bool
) -> dict[str, dict[str, Any]]:
    """What rows have beside what the catalog says: the state, and why they are selected."""
    added: dict[str, dict[str, Any]] = {name: {} for name in names}
    terms = selected_why(selected, states) if why and selected is not None else {}
    for name, row in added.items():
        if states is not None:
            row |= {"state": states.of(name), "reasons": list(states.reasons.get(name, ()))}
        if why:
            changed = [] if states is None or not states.why(name) else [states.why(name)]
            row["why"] = terms.get(name, changed)
    return added


def _outdated(project: Project, answer: Answer) -> list[str]:
    """That files which no setting names may have changed since the last index; others are told of anyway."""
    if answer.notices or definitions_current(project):
        return []
    return ["the catalog may be older than the files: featurecat index looks again"]


@_asked_again
def show_feature(project: Project, clock: Clock, name: str) -> tuple[dict[str, Any], Answer]:
    """Everything known about one feature, and what to say beside it.

    Raises:
        RequestError: When there is no such feature.
        CatalogError: When there is no catalog.
    """
    answer = Answer()
    with _open(project, clock, answer, runs="all") as catalog, _behind(answer):
        with _excluded_told(project, catalog, name):
            found = catalog.show(name)
        roles = catalog.generated()
        parents = _data_parents(catalog)
        sources = {row["source"]: row for row in catalog.table("sources")}
    key = found["feature"]
    found["source"] = sources.get(found["name"]) if found["role"] == "source" else None
    folded = _fold(parents, roles, key)
    found["takes"] = folded.get(key, [])
    found["feeds"] = [child for child, above in folded.items() if key in above]
    return found, answer


@_asked_again
def list_runs(project: Project, clock: Clock, limit: int | None) -> Answer:
    """Runs, newest first.

    Raises:
        CatalogError: When there is no catalog.
    """
    catalog, warnings = open_catalog(project, clock, runs="all")
    with catalog:
        return Answer(catalog.runs(limit), warnings=warnings)


@_asked_again
def ask_sql(project: Project, clock: Clock, statement: str, *, limits: Limits | None = None) -> Answer:
    """The rows of one read-only query, sandboxed.

    Args:
        project: The project.
        clock: Tells the time.
        statement: One query.
        limits: How much it may take.

    Raises:
        RequestError: When the statement is refused, wrong, or takes too much.
        CatalogError: When there is no catalog.
    """
    catalog, warnings = open_catalog(project, clock, runs="all")
    catalog.close()
    limits = limits or Limits()
    answered = run_sql(
        project.store.catalog,
        statement,
        seconds=limits.seconds,
        memory=limits.memory,
        most_rows=limits.most_rows,
    )
    return Answer(answered.dicts(), tuple(distinct_names(answered.columns)), warnings=warnings)


@_asked_again
def trace_lineage(
    project: Project, clock: Clock, name: str, *, up: int | None, down: int | None, columns: bool = False
) -> tuple[Lineage, Answer]:
    """The lineage of one feature or column; raw values and validators are folded into the features they belong to.

    Args:
        project: The project.
        clock: Tells the time.
        name: A feature, or a column as ``source.column``.
        up: Steps upstream; None is all the way.
        down: Steps downstream, consumers last; None is all the way.
        columns: Whether to go from column to column.

    Raises:
        RequestError: When there is no such feature or column.
        CatalogError: When there is no catalog.
    """
    answer = Answer()
    with _open(project, clock, answer) as catalog, _behind(answer):
        spot = find_spot(project.store.catalog, name)
        if spot is None:
            with _excluded_told(project, catalog, name):
                spot = Spot(catalog.resolve_name(name))
    traced = trace(project.store.catalog, spot, up=up != 0, down=down != 0, columns=columns)
    return Lineage.of(traced, up=up, down=down), answer


def _data_parents(catalog: Catalog) -> dict[str, list[str]]:
    """Name to the names its values come from; edges around validators are left out."""
    parents: dict[str, list[str]] = {}
    for parent, child in dict.fromkeys((edge[0], edge[1]) for edge in catalog.edges() if edge[5] == "data"):
        parents.setdefault(child, []).append(parent)
    return parents


def _fold(parents: Mapping[str, list[str]], rows: Mapping[str, Mapping[str, Any]], key: str) -> dict[str, list[str]]:
    """Edges with generated nodes passed through, unless the question is about one of them."""
    folded: dict[str, list[str]] = {}
    for child, above in parents.items():
        if child != key and rows.get(child, {}).get("role") in ("raw", "validator"):
            continue
        reached: list[str] = []
        waiting = list(reversed(above))
        while waiting:
            parent = waiting.pop()
            if parent != key and rows.get(parent, {}).get("role") in ("raw", "validator"):
                waiting += reversed(parents.get(parent, []))
            elif parent not in reached:
                reached.append(parent)
        folded[child] = reached
    return folded
